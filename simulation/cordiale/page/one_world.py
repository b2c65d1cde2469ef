"""From one world, told as a story, to many worlds as bands."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from cordiale.analysis.story import START, Happening, among, milestones
from cordiale.charts import words as names
from cordiale.charts.needs import quarters, states
from cordiale.page import sources
from cordiale.page.desk import Desk
from cordiale.page.drawings import INKS, Line, fan_svg
from cordiale.page.result import Seen
from cordiale.page.texts import literal
from cordiale.page.visitor import visitor, waited

PAIR, ALL = "This pair, all that happens", "All states, agreements and entries"


def show(shared: Desk, seen: Seen) -> None:
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
    extent = names.extent(seen.measure)
    st.image(fan_svg(lines, names.axis(study, seen.measure), extent), width="stretch",
             alt=f"{subject} in world {world}" + (f" among {study.worlds} worlds" if many else ""))  # fmt: skip
    _story(shared, seen, world)


def _story(shared: Desk, seen: Seen, world: int) -> None:
    chosen = seen.choice.mine
    st.subheader(f"What happens in world {world}: {literal(chosen.title)}", anchor=False)
    which = st.radio("Tell", [PAIR, ALL], horizontal=True, key="tell")
    told = waited(shared.runs.story(chosen, world, visitor()))
    pair = states([seen.entity])
    told = among(told, pair) if which == PAIR else milestones(told)
    at_start = [each for each in told if each.kind == START]
    if at_start:
        st.markdown("At the start: " + " ".join(literal(each.words) for each in at_start))
    st.markdown("\n".join(_told([each for each in told if each.kind != START])) or "Nothing happens.")
    sources.luck(chosen, world)


def _told(told: list[Happening]) -> list[str]:
    """Return a Markdown list, a line a quarter, what is signed, in force or entered in bold."""
    lines = []
    for quarter, group in groupby(told, key=lambda each: each.quarter):
        words = " ".join(_sentence(each) for each in group)
        lines.append(f"- {quarter}: {words}")
    return lines


def _sentence(each: Happening) -> str:
    return literal(each.words) if each.kind == "proposal" else f"**{literal(each.words)}**"
