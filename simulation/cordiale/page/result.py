"""Third: what differs, in words and in a chart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from cordiale.models.random import Array
from cordiale.output.charts.recorded import in_focus, quarters
from cordiale.output.report.elements import typeset
from cordiale.page import sources
from cordiale.page.app_state import AppState
from cordiale.page.drawings import INKS, Line, fan_svg
from cordiale.page.session import WORLDS, Choice, choice
from cordiale.page.texts import bullets, literal, signed
from cordiale.page.visitor import visitor, waited
from cordiale.scenario.load import Scenario
from cordiale.study import labels as names
from cordiale.study.findings import differs
from cordiale.study.in_memory import InMemory
from cordiale.study.intervals import difference_interval
from cordiale.study.labels import subject
from cordiale.study.study import Study

MORE = (WORLDS, 200, 500)
DIFFERENCE, LEVELS = "Difference", "Both levels"


@dataclass(frozen=True)
class Seen:
    """What is on the screen: the choice, its study, and the series that is looked at."""

    choice: Choice
    study: InMemory
    measure: str
    entity: str


def show(shared: AppState, base: Scenario, mine: Scenario, moved: Mapping[str, float]) -> Seen | None:
    """Show what differs and return what is seen."""
    st.header("3. See what differs", anchor=False)
    worlds = st.session_state.get("worlds", WORLDS)
    chosen = choice(base, mine, moved, worlds, shared.seed)
    if len(chosen.scenarios) == 2:
        st.markdown(bullets(chosen.words))
    else:
        st.markdown("One scenario alone: choose another, or move a lever.")
    study = waited(shared.runs.shown(chosen.scenarios, visitor()))
    measure, entity = _series(study)
    seen = Seen(chosen, study, measure, entity)
    _numbers(seen)
    _chart(seen)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Worlds", MORE, key="worlds", width=110, help="More worlds: narrower intervals, and a longer wait."
        )
        sources.pair(chosen.mine, study, measure, entity)
    return seen


def _series(study: InMemory) -> tuple[str, str]:
    """Ask what to look at."""
    recorded = study.measures()
    one, two = st.columns(2)
    with one:
        measure = st.selectbox("Measure", list(recorded), key="measure", format_func=lambda m: names.quantity(study, m))
    kind, known = study.measure(measure).entity, recorded[measure]
    first = known.index(in_focus(study, known))
    with two:
        entity = st.selectbox(_WHOSE[kind], known, index=first, key=f"whose {kind}",
                              format_func=lambda each: names.entity_name(study, each, " and "))  # fmt: skip
    return measure, entity


_WHOSE = {"dyad": "Of the pair", "directed": "Of the partner", "state": "Of the state"}


def _numbers(seen: Seen) -> None:
    study, measure, entity = seen.study, seen.measure, seen.entity
    if len(study.scenarios) == 1:
        st.markdown(f"**{literal(level(study, study.scenarios[0], measure, entity))}**")
        return
    found, yes_no = effect(study, measure, entity), study.measure(measure).yes_no
    st.markdown(f"**{literal(found.words)}**")
    columns = st.columns(3, gap="small")
    box: dict[str, Any] = {"border": True, "height": "stretch"}
    for column, name in zip(columns, study.scenarios, strict=False):
        last = float(np.mean(study.values(measure, entity, name)[:, -1]))
        shown = f"{last:.0%}" if yes_no else f"{last:.3f}"
        column.metric(literal(study.title(name)), shown, help="Mean of worlds in the last quarter.", **box)
    shown = "0" if not found.mean else typeset(f"{found.mean:+.0%}") if yes_no else signed(found.mean)
    help_ = "Mean over worlds of the second minus the first, in the same world."
    columns[2].metric(f"Difference in {found.quarter}", shown, help=help_, **box)


def _chart(seen: Seen) -> None:
    kind = LEVELS
    if len(seen.study.scenarios) == 2:
        kind = st.segmented_control("Chart", [DIFFERENCE, LEVELS], default=DIFFERENCE, required=True, key="chart",
                                    label_visibility="collapsed")  # fmt: skip
    chart(seen, kind)


def chart(seen: Seen, kind: str) -> None:
    """Draw the difference, or the levels of the scenarios."""
    study, measure, entity = seen.study, seen.measure, seen.entity
    title = names.subject(study, measure, entity)
    if kind == DIFFERENCE:
        at, mine, base = sides(study, measure, entity)
        label = f"{study.title(study.scenarios[1])} minus {study.title(study.scenarios[0])}"
        line = Line(label, quarters(study, study.scenarios[1])[: len(at)], mine - base, INKS[1])
        svg = fan_svg([line], names.axis(study, measure, change=True), None, zero=True)
        alt = f"{title}: difference by quarter. {effect(study, measure, entity).words}"
    else:
        lines = [Line(study.title(name), quarters(study, name), study.values(measure, entity, name), ink)
                 for name, ink in zip(study.scenarios, INKS, strict=False)]  # fmt: skip
        svg = fan_svg(lines, names.axis(study, measure), names.extent(study, measure))
        alt = f"{title} by quarter. " + " ".join(level(study, name, measure, entity) for name in study.scenarios)
    st.image(svg, alt=alt, width="stretch")
    st.caption(f"{literal(title)}. Line: median of {study.worlds} worlds; bands: 50 and 90 % of them.")


# ----------------------------------------------------------------
# What the screen shows, in sentences, for any measure.


@dataclass(frozen=True)
class Effect:
    """The difference of the second scenario to the first in the last quarter that both have, world by world.

    Attributes
    ----------
    mean, low, high : mean over worlds with its 95 % interval; of what is so or not so in a world, as shares of worlds
    words : the same in a sentence
    """

    quarter: str
    mean: float
    low: float
    high: float
    words: str

    @property
    def clear(self) -> bool:
        """Whether the interval is clear of zero."""
        return self.low > 0 or self.high < 0


def sides(study: Study, measure: str, entity: str) -> tuple[list[str], Array, Array]:
    """Return the quarters that both scenarios have, and the second and the first in them: (worlds, quarters)."""
    first, second = study.scenarios
    quarters = [quarter for quarter in study.quarters(second) if quarter in set(study.quarters(first))]
    mine, base = (study.values(measure, entity, name)[:, : len(quarters)] for name in (second, first))
    return quarters, mine, base


def effect(study: Study, measure: str, entity: str) -> Effect:
    """Return the effect that the words and the numbers on top tell."""
    quarters, mine, base = sides(study, measure, entity)
    yes_no, what = study.measure(measure).yes_no, subject(study, measure, entity)
    mean, low, high = difference_interval((mine - base)[:, -1], yes_no)
    first, second = (study.title(name) for name in study.scenarios)
    so = f"{what[0].lower()}{what[1:]}" if yes_no else None
    told = differs((mine[:, -1], base[:, -1]), first, quarters[-1], so)
    return Effect(quarters[-1], mean, low, high, typeset(f"{second}: {told}."))


def level(study: Study, scenario: str, measure: str, entity: str) -> str:
    """Return where a scenario ends, in a sentence."""
    values, quarters = study.values(measure, entity, scenario), study.quarters(scenario)
    what = subject(study, measure, entity)
    if study.measure(measure).yes_no:
        ends, begins = values[:, -1].mean(), values[:, 0].mean()
        return (
            f"{study.title(scenario)}: {what[0].lower()}{what[1:]} in {ends:.0%} of {study.worlds} worlds in "
            f"{quarters[-1]} ({begins:.0%} in {quarters[0]})."
        )
    low, middle, high = np.quantile(values[:, -1], [0.05, 0.5, 0.95])
    return (
        f"{study.title(scenario)}: {what[0].lower()}{what[1:]} has a median of {middle:.2f} in {quarters[-1]} "
        f"({np.median(values[:, 0]):.2f} in {quarters[0]}); 90 % of {study.worlds} worlds lie between "
        f"{low:.2f} and {high:.2f}."
    ).replace("-0.00", "0.00")
