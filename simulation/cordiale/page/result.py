"""Third: what differs, in words and in a chart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from cordiale.charts import words as names
from cordiale.charts.needs import quarters
from cordiale.layers import Scenario
from cordiale.measures.catalogue import measure_of
from cordiale.page import sources
from cordiale.page.chosen import WORLDS, Choice, choice
from cordiale.page.desk import Desk
from cordiale.page.drawings import INKS, Line, fan_svg
from cordiale.page.shown import Shown
from cordiale.page.texts import bullets, literal, signed
from cordiale.page.visitor import visitor, waited
from cordiale.page.words import differences, effect, effect_words, level

MORE = (WORLDS, 200, 500)
DIFFERENCE, LEVELS = "Difference", "Both levels"


@dataclass(frozen=True)
class Seen:
    """What is on the screen: the choice, its study, and the series that is looked at."""

    choice: Choice
    study: Shown
    measure: str
    entity: str


def show(shared: Desk, base: Scenario, mine: Scenario, moved: Mapping[str, float]) -> Seen | None:
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
    recorded, focus = study.measures(), study.manifest["focus"]
    one, two = st.columns(2)
    with one:
        measure = st.selectbox("Measure", list(recorded), key="measure", format_func=lambda m: names.quantity(study, m))
    kind, known = measure_of(measure).entity, recorded[measure]
    first = known.index(focus) if focus in known else 0
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
        svg = fan_svg(lines, names.axis(study, measure), names.extent(measure))
        alt = f"{title} by quarter. " + " ".join(level(study, name, measure, entity) for name in study.scenarios)
    st.image(svg, alt=alt, width="stretch")
    st.caption(f"{literal(title)}. Line: median of {study.worlds} worlds; bands: 50 and 90 % of them.")
