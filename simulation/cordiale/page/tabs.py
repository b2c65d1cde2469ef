"""Why a pair changed: what each cause has added, in both scenarios."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import streamlit as st

from cordiale.models.base import Event
from cordiale.output.charts.recorded import quarters, states
from cordiale.page import sources
from cordiale.page.app_state import AppState, Judged
from cordiale.page.drawings import INKS, Line, bars_svg, fan_svg
from cordiale.page.result import Seen
from cordiale.page.runs import Runs
from cordiale.page.texts import literal, signed
from cordiale.page.visitor import visitor, waited
from cordiale.scenario.claims import Claim
from cordiale.scenario.load import Scenario
from cordiale.scenario.write import scenario_text
from cordiale.study import labels as names
from cordiale.study.in_memory import InMemory
from cordiale.study.narrative import ACTIVITY, START, among, milestones

if TYPE_CHECKING:
    from cordiale.scenario.load import Scenario
    from cordiale.study.attribution import Terms


def show(shared: AppState, seen: Seen) -> None:
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
        labels = {quantity: found[0].quantity_label(quantity) for quantity in found[0].levels}
        quantity = st.selectbox("What changed", list(labels), key="quantity", format_func=lambda each: labels[each])
    _causes(seen, found, quantity, labels[quantity], dyad)


def _causes(seen: Seen, several: list[Terms], quantity: str, label: str, dyad: str) -> None:
    study = seen.study
    sums = [causes(each, quantity) for each in several]
    titles = [study.title(name) for name in study.scenarios]
    for title, each in zip(titles, several, strict=True):
        first, last = each.levels[quantity].mean(axis=0)[[0, -1]]
        st.markdown(
            f"**{literal(title)}**: {literal(label[0].lower() + label[1:])} goes from {first:.3f} to {last:.3f}."
        )
    order = sorted(sums[0], key=lambda cause: -max(abs(each.get(cause, 0.0)) for each in sums))
    svg = bars_svg(order, [[each.get(cause, 0.0) for cause in order] for each in sums], titles, INKS)
    told = "; ".join(f"{cause}: " + ", ".join(signed(each.get(cause, 0.0)) for each in sums) for cause in order)
    st.image(svg, alt=f"{label}, what each cause added. {told}", width="stretch")
    st.caption(
        f"Sum over all quarters of what each cause added, mean of {several[0].worlds} worlds; "
        f"together they are the change."
    )
    sources.pair(seen.choice.mine, study, "alignment", dyad, key="why")


def causes(terms: Terms, quantity: str) -> dict[str, float]:
    """Return label of a cause -> what it added over all quarters, mean over worlds."""
    sums: dict[str, float] = {}
    for (of, cause), change in terms.changes.items():
        if of == quantity:
            label = terms.cause_labels(quantity, cause).long
            sums[label] = sums.get(label, 0.0) + float(change.sum(axis=1).mean())
    return sums


# ----------------------------------------------------------------
# From one world, told as a story, to many worlds as bands.


PAIR, ALL = "This pair, all that happens", "All states, agreements and entries"


def show_one_world(shared: AppState, seen: Seen) -> None:
    """Show one world, and step up to many."""
    study = seen.study
    one, two = st.columns([1, 2])
    with one:
        world = int(st.number_input("World", 0, study.worlds - 1, 0, key="world",
                                    help="One possible course of things: its own numbers, its own luck."))  # fmt: skip
    with two:
        many = st.toggle("Step up to many worlds", key="many", help="Adds the bands of 50 and 90 % of all worlds.")
    lines = [Line(f"{study.title(name)}, world {world}", quarters(study, name),
                  study.values(seen.measure, seen.entity, name), ink, world, many)
             for name, ink in zip(study.scenarios, INKS, strict=False)]  # fmt: skip
    subject = names.subject(study, seen.measure, seen.entity)
    extent = names.extent(study, seen.measure)
    st.image(fan_svg(lines, names.axis(study, seen.measure), extent), width="stretch",
             alt=f"{subject} in world {world}" + (f" among {study.worlds} worlds" if many else ""))  # fmt: skip
    _story(shared, seen, world)


def _story(shared: AppState, seen: Seen, world: int) -> None:
    chosen = seen.choice.mine
    st.subheader(f"What happens in world {world}: {literal(chosen.title)}", anchor=False)
    which = st.radio("Tell", [PAIR, ALL], horizontal=True, key="tell")
    told = waited(shared.runs.story(chosen, world, visitor()))
    pair = states([seen.entity])
    told = among(told, pair) if which == PAIR else milestones(told)
    at_start = [each for each in told if each.kind == START]
    if at_start:
        st.markdown("At the start: " + " ".join(literal(each.words) for each in at_start))
    st.markdown("\n".join(_by_quarter([each for each in told if each.kind != START])) or "Nothing happens.")
    sources.luck(chosen, world)


def _by_quarter(events: list[Event]) -> list[str]:
    """Return a Markdown list, a line a quarter, what is signed, in force or entered in bold."""
    lines = []
    for quarter, group in groupby(events, key=lambda each: each.quarter):
        words = " ".join(_sentence(each) for each in group)
        lines.append(f"- {quarter}: {words}")
    return lines


def _sentence(each: Event) -> str:
    return literal(each.words) if each.kind == ACTIVITY else f"**{literal(each.words)}**"


# ----------------------------------------------------------------
# The article's sentences that a lever belongs to, and what the model says of them.


MEANS = {
    "supported": "the effect is as the article says, beyond the margin or, where it says none, inside, in most codings",
    "opposite": "the effect is beyond the margin, in most codings, and goes the other way, or the article says none",
    "too small to matter": "the effect is so small that no reader would notice it",
    "no channel": "nothing differs with the cause and without it",
    "undecided": "the interval, or what differs between codings, leaves it open",
    "not testable": "no contrast of this model can test it",
    "not recorded": "nobody has recorded a verdict yet",
}
EXPECTED = {"+": "it rises", "-": "it falls", "0": "it stays", "ambivalent": "pulled both ways"}


def show_claims(shared: AppState) -> None:
    """Show the claims of the lever that is being moved."""
    lever = st.session_state["lever"]
    record = shared.pack.case.levers[lever]
    found = shared.claims_of(lever)
    tested = [each for each in found if shared.tests(each.claim, lever)]
    st.subheader(f"{literal(record.label)}: what the article claims", anchor=False)
    if not found:
        st.markdown("No recorded claim of the article is about this lever.")
    for each in tested:
        _claim(each)
    others = [each for each in found if each not in tested]
    if others and not tested:
        st.markdown("No claim is tested with this lever. Those of the same paragraph:")
    for each in others if not tested else []:
        _claim(each)
    if tested and others:
        with st.expander(f"Other claims of the same paragraph ({literal(record.locator)})"):
            for each in others:
                _claim(each)
    st.caption("Verdicts are those recorded with the pack; `cordiale claims` runs them again.")


def _claim(each: Judged) -> None:
    claim = each.claim
    with st.container(border=True):
        st.markdown(
            f"{literal(claim.paraphrase[:1].upper() + claim.paraphrase[1:])} "
            f"({_voice(claim)}, {literal(claim.locator)})."
        )
        st.markdown(f"**{literal(each.verdict.capitalize())}**: {MEANS.get(each.verdict, '')}.")
        if claim.test is not None:
            st.caption(
                f"Cause: {literal(claim.cause)}. Effect: {literal(claim.effect)}. Read from `{claim.test.measure}`, "
                f"where the article expects that {EXPECTED[claim.sign]}: {literal(claim.test.why)}."
            )
        else:
            st.caption(f"Not tested: {literal(claim.not_testable)}.")


def _voice(claim: Claim) -> str:
    return f"{claim.voice} of {literal(claim.holder)}" if claim.holder else f"the article {claim.voice}"


# ----------------------------------------------------------------
# Take it with you: the figure, the data, and the scenario files that give the same numbers again.


KINDS = {"png": "image/png", "svg": "image/svg+xml", "csv": "text/csv", "yaml": "application/yaml"}


def show_take(shared: AppState, seen: Seen) -> None:
    """Offer the files."""
    study, stem = seen.study, _stem(seen)
    st.markdown("**The figure**, drawn for print, and **its data**, a row a scenario, world and quarter:")
    with st.container(horizontal=True):
        small = study.only(seen.measure)
        for suffix in ("png", "svg"):
            task = partial(_drawn, shared.runs, visitor(), small, seen.measure, seen.entity, suffix)
            _button(f"Figure ({suffix.upper()})", task, f"{stem}.{suffix}")
        _button("Data (CSV)", partial(csv, study, seen.measure, seen.entity), f"{stem}.csv")
    st.markdown("**The scenario as a file**: run it, and every number on the screen comes out again.")
    named = [(scenario, f"{scenario.name}.yaml") for scenario in seen.choice.scenarios]
    with st.container(horizontal=True):
        for scenario, file in reversed(named):
            _button(f"Scenario: {literal(scenario.title)}", partial(file_text, seen, scenario), file)
    st.code(command(seen), language="bash")


def _button(label: str, task: partial[bytes], name: str) -> None:
    kind = KINDS[name.rpartition(".")[2]]
    st.download_button(label, task, name, kind, key=f"take {name}", on_click="ignore")


def _drawn(runs: Runs, whose: Hashable, *arguments: Any) -> bytes:
    """Return the figure, drawn by one of the processes, whichever thread of the server asks."""
    return runs.do(whose, picture, *arguments).result()


def _stem(seen: Seen) -> str:
    entity = seen.entity.replace(">", "-")
    return "-".join([*seen.study.scenarios, seen.measure, entity])[:120]


def command(seen: Seen) -> str:
    """Return what a user types to get the numbers of the screen again."""
    return "cordiale run " + " ".join(f"{name}.yaml" for name in seen.study.scenarios)


def file_text(seen: Seen, scenario: Scenario) -> bytes:
    """Return a scenario of the screen as a file, with all measures that the page records."""
    measures = list(seen.study.measures(scenario.name))
    note = f"Written by `cordiale page`. The numbers of the screen come out again with:\n  {command(seen)}"
    return scenario_text(scenario, measures=measures, note=note).encode()


def csv(study: InMemory, measure: str, entity: str) -> bytes:
    """Return the series on the screen, with all digits."""
    return study.tidy(measure, entity).to_csv(index=False).encode()


def picture(study: InMemory, measure: str, entity: str, suffix: str) -> bytes:
    """Return the figure as PNG or SVG.

    To be called in another process: matplotlib's style is one for all threads, and so for all sessions.
    """
    from cordiale.output.charts.pictures import pictures
    from cordiale.output.charts.study import CHARTS

    figure = CHARTS["fan"].function(study, f"{measure}:{entity}")
    with TemporaryDirectory(prefix="cordiale-") as folder:
        path = Path(folder) / f"figure.{suffix}"
        pictures(figure, "figure", (suffix,))[path.name](path)
        return path.read_bytes()
