"""Second: move a lever, with what the article says of it, its coded range, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from cordiale.case.fields import FIELDS
from cordiale.page import sources
from cordiale.page.app_state import AppState
from cordiale.page.texts import bullets, literal
from cordiale.scenario.load import Scenario
from cordiale.scenario.timeline import lever_course

STEP = 0.05


@dataclass(frozen=True)
class Handle:
    """A lever as a visitor meets it.

    Attributes
    ----------
    name, label : of the lever
    holds : whether all it moves is held in or out: there is nothing between 0 and 1
    coded : low, best and high of the coded numbers it moves, on the lever's own scale; None where none is coded
    """

    name: str
    label: str
    holds: bool
    coded: tuple[float, float, float] | None


def handle(scenario: Scenario, name: str) -> Handle:
    """Return a lever's handle."""
    lever = scenario.loaded.pack.case.levers[name]
    paths = {scenario.names.canonical(path): ends for path, ends in lever.moves.items()}
    kinds = {FIELDS[scenario.names.paths[path][0]].kind for path in paths if scenario.names.paths[path][0] in FIELDS}
    found, ranges = [], scenario.ranges
    for path, (low, high) in paths.items():
        if path in ranges and high != low:
            coded = ranges[path]
            found.append(sorted((each - low) / (high - low) for each in (coded.low, coded.best, coded.high)))
    places = [min(1.0, max(0.0, sum(column) / len(found))) for column in zip(*found, strict=True)] if found else None
    return Handle(name, lever.label, kinds == {"hold"}, (places[0], places[1], places[2]) if places else None)


def resting(scenario: Scenario, handle: Handle) -> float:
    """Return where a lever stands while nobody moves it: as the scenario leaves it, else as coded."""
    if handle.name in scenario.moved:
        share, part = lever_course(scenario, handle.name)
        moved = [float(p / s) for s, p in zip(share, part, strict=True) if s > 0]
        if moved:
            return _step(moved[-1])
    return _step(handle.coded[1]) if handle.coded else 0.0


def _step(value: float) -> float:
    return round(round(value / STEP) * STEP, 10)


def show(shared: AppState, mine: Scenario) -> dict[str, float]:
    """Ask for a lever and its place; return what was moved: lever -> value."""
    st.header("2. Move a lever", anchor=False)
    case = shared.pack.case
    moved: dict[str, float] = st.session_state.setdefault("moved", {})
    if st.session_state.get("moved of") != mine.name:
        moved.clear()
        st.session_state["moved of"] = mine.name
    used = mine.moved
    order = sorted(case.levers, key=lambda name: name not in used)
    name = st.selectbox("Lever", order, key=f"lever of {mine.name}", format_func=lambda name: case.levers[name].label)
    st.session_state["lever"] = name
    _lever(mine, handle(mine, name), moved)
    _moved(shared, moved)
    return moved


def _lever(mine: Scenario, handle: Handle, moved: dict[str, float]) -> None:
    lever, key = mine.loaded.pack.case.levers[handle.name], f"at {handle.name} in {mine.name}"
    nobody = " An event that nobody controls." if lever.shock else ""
    st.markdown(f"The article says ({literal(lever.locator)}, in the coder’s words): {literal(lever.says)}.{nobody}")
    if key not in st.session_state:
        st.session_state[key] = moved.get(handle.name, resting(mine, handle))
    arguments: dict[str, Any] = {"key": key, "on_change": _move, "args": (handle.name, key)}
    if handle.holds:
        st.radio(f"{literal(handle.label)}: held", [0.0, 1.0], horizontal=True, format_func=_in_or_out, **arguments)
    else:
        st.slider(literal(handle.label), 0.0, 1.0, step=STEP, format="%.2f", **arguments)
    st.caption(literal(_coded_words(mine, handle)))
    with st.container(horizontal=True):
        st.button("Reset this lever", disabled=handle.name not in moved, on_click=_reset, args=([handle.name], mine))
        sources.lever(mine, handle.name)


def _in_or_out(value: float) -> str:
    return "in (1)" if value else "out (0)"


def _coded_words(mine: Scenario, handle: Handle) -> str:
    if handle.name in mine.moved:
        words = f"The scenario sets it; moved here, it holds from the first quarter to the last. {_range(handle)}"
    else:
        words = f"{_range(handle)} Moved, it holds in every world from the first quarter to the last."
    return words


def _range(handle: Handle) -> str:
    if handle.coded is None:
        return "Nothing is coded: free until a lever holds it." if handle.holds else "Coded as 0: absent."
    low, best, high = handle.coded
    return f"Coded range on this scale: {low:.2f} to {high:.2f}, best {best:.2f}."


def _moved(shared: AppState, moved: dict[str, float]) -> None:
    if not moved:
        return
    labels = {name: shared.pack.case.levers[name].label for name in moved}
    st.markdown("Moved so far:\n" + bullets([f"{labels[name]}: {value:.2f}" for name, value in moved.items()]))
    mine = st.session_state["mine"]
    st.button("Reset all levers", on_click=_reset, args=(list(moved), mine), key="reset all")


def _move(name: str, key: str) -> None:
    st.session_state["moved"][name] = float(st.session_state[key])


def _reset(names: list[str], mine: Scenario | str) -> None:
    scenario = mine if isinstance(mine, str) else mine.name
    for name in names:
        st.session_state["moved"].pop(name, None)
        st.session_state.pop(f"at {name} in {scenario}", None)
