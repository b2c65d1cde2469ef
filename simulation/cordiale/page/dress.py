"""The page's frame: title, class switch, style and foot."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from cordiale.page.desk import Desk
from cordiale.page.texts import literal

STYLE = Path(__file__).with_name("page.css")
LARGE = Path(__file__).with_name("class.css")


def begin(shared: Desk) -> None:
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


def end(shared: Desk) -> None:
    """Write what must not be forgotten at the foot."""
    st.divider()
    st.caption(
        f"What follows from one article's coded claims and stated rules, not what will happen. "
        f"After {literal(shared.pack.case.article.citation)}."
    )
