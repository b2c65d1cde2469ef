"""The page, from top to bottom, in the order in which a visitor meets it."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

from cordiale.files.errors import UserError
from cordiale.page import classroom, levers, network, result, sources, tabs
from cordiale.page.app_state import AppState, app_state
from cordiale.page.result import Seen
from cordiale.page.session import uploaded
from cordiale.page.texts import literal
from cordiale.scenario.load import Scenario


def page(shared: AppState) -> None:
    """Show the page once: what Streamlit calls a run of the script."""
    begin(shared)
    if class_mode():
        classroom.show(shared)
        return
    left, right = st.columns([2, 3], gap="large")
    with left:
        base, mine = show_choose(shared)
        moved = levers.show(shared, mine)
    with right:
        seen = result.show(shared, base, mine, moved)
    if seen is not None:
        show(shared, seen)
    end(shared)


def main() -> None:
    """Show the page, and what a visitor can mend as one message."""
    pack, *names = sys.argv[1:] or [""]
    try:
        page(app_state(pack or None, tuple(names)))
    except UserError as error:
        st.error(literal(error))


# ----------------------------------------------------------------
# The page's frame: title, class switch, style and foot.


STYLE = Path(__file__).with_name("page.css")
LARGE = Path(__file__).with_name("class.css")


def begin(shared: AppState) -> None:
    """Set the page up and write its head."""
    st.set_page_config(page_title=f"cordiale: {shared.pack.case.title}", page_icon=None, layout="wide")
    st.html(STYLE)
    if "class" not in st.session_state:
        st.session_state["class"] = st.query_params.get("class") == "1"
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.title(literal(shared.pack.case.title), anchor=False, width="content")
        st.toggle("Class mode", key="class", help="Large type, one question at a time, guesses before results.")
    if class_mode():
        st.html(LARGE)


def class_mode() -> bool:
    """Return whether the page is shown to a class."""
    return bool(st.session_state.get("class"))


def end(shared: AppState) -> None:
    """Write what must not be forgotten at the foot."""
    st.divider()
    st.caption(
        f"What follows from one article's coded claims and stated rules, not what will happen. "
        f"After {literal(shared.pack.case.article.citation)}."
    )


# ----------------------------------------------------------------
# Below the result: one room open at a time, so that only what is looked at is worked out.


ROOMS = ("Network", "Why", "Claims", "One world", "Take it with you", "Sources")


def show(shared: AppState, seen: Seen) -> None:
    """Show the rooms and what is in the open one."""
    opened = st.tabs(list(ROOMS), key="room", on_change="rerun")
    for tab, name in zip(opened, ROOMS, strict=True):
        if tab.open:
            with tab:
                _show(name, shared, seen)


def _show(name: str, shared: AppState, seen: Seen) -> None:
    """Show a room; a fault in it leaves the rest of the page alone."""
    rooms = {
        "Network": lambda: network.show(seen),
        "Why": lambda: tabs.show(shared, seen),
        "Claims": lambda: tabs.show_claims(shared),
        "One world": lambda: tabs.show_one_world(shared, seen),
        "Take it with you": lambda: tabs.show_take(shared, seen),
        "Sources": lambda: sources.every(seen.choice.mine),
    }
    try:
        rooms[name]()
    except UserError as error:
        st.error(literal(error))


# ----------------------------------------------------------------
# First: which scenario, and what it is compared with; or a scenario of one's own.


QUERY = {"mine": "scenario", "base": "with"}  # in the page's address: ?scenario=NAME&with=NAME


def show_choose(shared: AppState) -> tuple[Scenario, Scenario]:
    """Ask for two scenarios and return them: the one to compare with, and the one to look at."""
    st.header("1. Choose", anchor=False)
    own = st.session_state.get("own")
    known = {**shared.scenarios, **({own.name: own} if own else {})}
    base_name, mine_name = shared.opening
    names = list(known)
    _begin("mine", mine_name, names)
    _begin("base", base_name, names)
    mine = known[st.selectbox("Scenario", names, key="mine", format_func=lambda name: known[name].title)]
    st.caption(f"{literal(mine.file.question)} ({literal(mine.file.basis.locator)}: {literal(mine.file.basis.says)})")
    base = known[st.selectbox("Compared with", names, key="base", format_func=lambda name: known[name].title)]
    with st.expander("Use a scenario file of your own"):
        _receive(shared)
    return base, mine


def _begin(key: str, name: str, names: list[str]) -> None:
    """Set a choice where there is none yet, or where it is of a file that has gone."""
    if st.session_state.get(key) not in names:
        wished = st.query_params.get(QUERY[key], name)
        st.session_state[key] = wished if wished in names else name


def _receive(shared: AppState) -> None:
    st.file_uploader("Scenario file", type=["yaml", "yml"], key="file", max_upload_size=1, on_change=_read,
                     args=(shared,), help="A file that `cordiale run` reads; this page writes such files.")  # fmt: skip
    if message := st.session_state.get("fault"):
        st.error(literal(message))
    elif own := st.session_state.get("own"):
        st.success(f"Shown as the scenario: {literal(own.title)}")


def _read(shared: AppState) -> None:
    """Take a file that was sent, or say in a line what is wrong with it."""
    file = st.session_state.get("file")
    st.session_state["fault"] = None
    if file is None:
        st.session_state["own"] = None
        return
    try:
        st.session_state["own"] = uploaded(file.getvalue(), file.name, shared.loaded)
        st.session_state["mine"] = st.session_state["own"].name
        st.session_state["moved of"] = None  # another file, other levers
    except UserError as error:
        st.session_state["fault"] = str(error)


# ----------------------------------------------------------------
# Streamlit runs this file from top to bottom: everything is defined by now.


main()
