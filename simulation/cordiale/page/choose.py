"""First: which scenario, and what it is compared with; or a scenario of one's own."""

from __future__ import annotations

import streamlit as st

from cordiale.errors import UserError
from cordiale.layers import Scenario
from cordiale.page.chosen import uploaded
from cordiale.page.desk import Desk
from cordiale.page.texts import literal

QUERY = {"mine": "scenario", "base": "with"}  # in the page's address: ?scenario=NAME&with=NAME


def show(shared: Desk) -> tuple[Scenario, Scenario]:
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


def _receive(shared: Desk) -> None:
    st.file_uploader("Scenario file", type=["yaml", "yml"], key="file", max_upload_size=1, on_change=_read,
                     args=(shared,), help="A file that `cordiale run` reads; this page writes such files.")  # fmt: skip
    if message := st.session_state.get("fault"):
        st.error(literal(message))
    elif own := st.session_state.get("own"):
        st.success(f"Shown as the scenario: {literal(own.title)}")


def _read(shared: Desk) -> None:
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
