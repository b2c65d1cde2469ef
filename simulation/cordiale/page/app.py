"""The page, from top to bottom, in the order in which a visitor meets it."""

from __future__ import annotations

import sys

import streamlit as st

from cordiale.errors import UserError
from cordiale.page import choose, classroom, dress, levers, result, rooms
from cordiale.page.desk import Desk, desk
from cordiale.page.texts import literal


def page(shared: Desk) -> None:
    """Show the page once: what Streamlit calls a run of the script."""
    dress.begin(shared)
    if dress.class_mode():
        classroom.show(shared)
        return
    left, right = st.columns([2, 3], gap="large")
    with left:
        base, mine = choose.show(shared)
        moved = levers.show(shared, mine)
    with right:
        seen = result.show(shared, base, mine, moved)
    if seen is not None:
        rooms.show(shared, seen)
    dress.end(shared)


def main() -> None:
    """Show the page, and what a visitor can mend as one message."""
    pack, *names = sys.argv[1:] or [""]
    try:
        page(desk(pack or None, tuple(names)))
    except UserError as error:
        st.error(literal(error))


main()
