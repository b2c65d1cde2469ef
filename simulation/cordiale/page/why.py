"""Why a pair changed: what each cause has added, in both scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from cordiale.charts.needs import states
from cordiale.page import sources
from cordiale.page.desk import Desk
from cordiale.page.drawings import INKS, bars_svg
from cordiale.page.result import Seen
from cordiale.page.texts import literal, signed
from cordiale.page.visitor import visitor, waited

if TYPE_CHECKING:
    from cordiale.analysis.terms import Terms
    from cordiale.layers import Scenario


def show(shared: Desk, seen: Seen) -> None:
    """Show the causes of a pair's changes."""
    study = seen.study
    known = study.measures()["alignment"]
    names = study.manifest["names"]
    wished = "-".join(sorted(states([seen.entity])))
    first = known.index(wished) if wished in known else known.index(study.manifest["focus"])
    one, two = st.columns(2)
    with one:
        dyad = st.selectbox("Pair", known, index=first, key=f"why {wished}",
                            format_func=lambda each: " and ".join(names[code] for code in each.split("-")))  # fmt: skip
    found = waited(shared.runs.why(seen.choice.scenarios, dyad, visitor()))
    with two:
        labels = {quantity: _label(quantity, names) for quantity in found[0].levels}
        quantity = st.selectbox("What changed", list(labels), key="quantity", format_func=lambda each: labels[each])
    _causes(seen, found, quantity, labels[quantity], dyad)


def _causes(seen: Seen, found: list[Terms], quantity: str, label: str, dyad: str) -> None:
    study = seen.study
    sums = [causes(each, quantity, seen.choice.base) for each in found]
    titles = [study.title(name) for name in study.scenarios]
    for title, each in zip(titles, found, strict=True):
        first, last = each.levels[quantity].mean(axis=0)[[0, -1]]
        st.markdown(
            f"**{literal(title)}**: {literal(label[0].lower() + label[1:])} goes from {first:.3f} to {last:.3f}."
        )
    order = sorted(sums[0], key=lambda cause: -max(abs(each.get(cause, 0.0)) for each in sums))
    svg = bars_svg(order, [[each.get(cause, 0.0) for cause in order] for each in sums], titles, INKS)
    told = "; ".join(f"{cause}: " + ", ".join(signed(each.get(cause, 0.0)) for each in sums) for cause in order)
    st.image(svg, alt=f"{label}, what each cause added. {told}", width="stretch")
    st.caption(
        f"Sum over all quarters of what each cause added, mean of {found[0].worlds} worlds; "
        f"together they are the change."
    )
    sources.pair(seen.choice.mine, study, "alignment", dyad, key="why")


def causes(found: Terms, quantity: str, scenario: Scenario) -> dict[str, float]:
    """Return cause -> what it added over all quarters, mean over worlds, by labels of the pack."""
    case, names = scenario.loaded.pack.case, {code: state.name for code, state in scenario.loaded.pack.states.items()}
    sums: dict[str, float] = {}
    for (of, cause), change in found.changes.items():
        if of == quantity:
            label = _cause(cause, names, {**case.issues, **case.domains})
            sums[label] = sums.get(label, 0.0) + float(change.sum(axis=1).mean())
    return sums


def _cause(cause: str, names: Mapping[str, str], parts: Mapping[str, object]) -> str:
    from cordiale.charts.terms import TRUST

    proposer, proposes, domain = cause.partition(" proposes ")
    if proposes:
        return f"{names[proposer]} proposes: {getattr(parts[domain], 'label', domain)}"
    if cause in parts:
        return str(getattr(parts[cause], "label", cause))
    return TRUST.get(cause, cause.replace("_", " "))


def _label(quantity: str, names: Mapping[str, str]) -> str:
    head, _, directed = quantity.partition(" ")
    if directed:
        one, other = directed.split(">")
        return f"Trust of {names[one]} in {names[other]}"
    return {"practice": "Practice, mean over domains", "similarity": "Policy similarity"}.get(head, head)
