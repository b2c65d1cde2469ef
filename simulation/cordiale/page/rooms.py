"""Below the result: one room open at a time, so that only what is looked at is worked out."""

from __future__ import annotations

import streamlit as st

from cordiale.errors import UserError
from cordiale.page import claims, network, one_world, sources, take, why
from cordiale.page.desk import Desk
from cordiale.page.result import Seen
from cordiale.page.texts import literal

ROOMS = ("Network", "Why", "Claims", "One world", "Take it with you", "Sources")


def show(shared: Desk, seen: Seen) -> None:
    """Show the rooms and what is in the open one."""
    tabs = st.tabs(list(ROOMS), key="room", on_change="rerun")
    for tab, name in zip(tabs, ROOMS, strict=True):
        if tab.open:
            with tab:
                _show(name, shared, seen)


def _show(name: str, shared: Desk, seen: Seen) -> None:
    """Show a room; a fault in it leaves the rest of the page alone."""
    rooms = {
        "Network": lambda: network.show(seen),
        "Why": lambda: why.show(shared, seen),
        "Claims": lambda: claims.show(shared),
        "One world": lambda: one_world.show(shared, seen),
        "Take it with you": lambda: take.show(shared, seen),
        "Sources": lambda: sources.every(seen.choice.mine),
    }
    try:
        rooms[name]()
    except UserError as error:
        st.error(literal(error))
