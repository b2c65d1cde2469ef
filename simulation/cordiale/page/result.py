"""Third: what differs, in words and in a chart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from cordiale.models.random import Array
from cordiale.output.charts.recorded import in_focus, quarters
from cordiale.page import sources
from cordiale.page.app_state import AppState
from cordiale.page.drawings import INKS, Line, fan_svg
from cordiale.page.session import WORLDS, Choice, Shown, choice
from cordiale.page.texts import bullets, literal, signed
from cordiale.page.visitor import visitor, waited
from cordiale.scenario.load import Scenario
from cordiale.study import labels as names
from cordiale.study.intervals import few_differ, interval
from cordiale.study.labels import subject
from cordiale.study.study import Study

MORE = (WORLDS, 200, 500)
DIFFERENCE, LEVELS = "Difference", "Both levels"


@dataclass(frozen=True)
class Seen:
    """What is on the screen: the choice, its study, and the series that is looked at."""

    choice: Choice
    study: Shown
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


def _series(study: Shown) -> tuple[str, str]:
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
    found = effect(study, measure, entity)
    st.markdown(f"**{literal(effect_words(study, found))}**")
    columns = st.columns(3, gap="small")
    box: dict[str, Any] = {"border": True, "height": "stretch"}
    for column, name in zip(columns, study.scenarios, strict=False):
        last = float(np.mean(study.values(measure, entity, name)[:, -1]))
        column.metric(literal(study.title(name)), f"{last:.3f}", help="Mean of worlds in the last quarter.", **box)
    shown = "0" if found.same else signed(found.mean)
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
        at, every = differences(study, measure, entity)
        label = f"{study.title(study.scenarios[1])} minus {study.title(study.scenarios[0])}"
        line = Line(label, quarters(study, study.scenarios[1])[: len(at)], every, INKS[1])
        svg = fan_svg([line], names.axis(study, measure, change=True), None, zero=True)
        alt = f"{title}: difference by quarter. {effect_words(study, effect(study, measure, entity))}"
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
    mean, low, high : mean over worlds with its 95 % interval
    share : share of worlds whose difference has the sign of the mean
    same : whether no world differs
    few : in how many worlds there is a difference, where those are few
    """

    quarter: str
    mean: float
    low: float
    high: float
    share: float
    same: bool
    few: str | None = None

    @property
    def clear(self) -> bool:
        """Whether the interval is clear of zero."""
        return self.low > 0 or self.high < 0


def differences(study: Study, measure: str, entity: str) -> tuple[list[str], Array]:
    """Return the quarters that both scenarios have, and second minus first: (worlds, quarters)."""
    first, second = study.scenarios
    quarters = [quarter for quarter in study.quarters(second) if quarter in set(study.quarters(first))]
    sides = [study.values(measure, entity, name)[:, : len(quarters)] for name in (second, first)]
    return quarters, np.asarray(sides[0] - sides[1])


def effect(study: Study, measure: str, entity: str) -> Effect:
    """Return the effect that the words and the numbers on top tell."""
    quarters, every = differences(study, measure, entity)
    last = every[:, -1]
    mean, low, high = interval(last)
    share = float(np.mean(last > 0 if mean > 0 else last < 0))
    return Effect(quarters[-1], mean, low, high, share, not last.any(), few_differ(last))


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


def effect_words(study: Study, effect: Effect) -> str:
    """Return the effect in a sentence."""
    first, second = (study.title(name) for name in study.scenarios)
    if effect.same:
        return f"{second}: the same as {first} in every world."
    if effect.few is not None:
        return f"{second}: differs from {first} in {effect.quarter} {effect.few}."
    word = "higher" if effect.mean > 0 else "lower"
    verdict = f"{abs(effect.mean):.3f} {word}" if effect.clear else f"not clearly different ({signed(effect.mean)})"
    return (
        f"{second}: {verdict} on average than {first} in the same worlds in {effect.quarter} "
        f"(95 % interval {signed(effect.low)} to {signed(effect.high)}; {word} in {effect.share:.0%} of worlds)."
    )
