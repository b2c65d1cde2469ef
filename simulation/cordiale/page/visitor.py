"""The visitor of today's page: a session of Streamlit, which may end the script while it waits."""

from __future__ import annotations

from typing import TypeVar
from uuid import uuid4

import streamlit as st

from cordiale.page.job_queue import Ticket

KEY = "visitor"
Result = TypeVar("Result")


def visitor() -> str:
    """Return the key of this session."""
    return str(st.session_state.setdefault(KEY, uuid4().hex))


def waited(ticket: Ticket[Result]) -> Result:
    """Return what a ticket gives; it is dropped where the visitor changes something, or leaves, before it is there."""
    return ticket.result(still=_still)


def _still() -> None:
    """Let Streamlit end this run of the script, as it does whenever the session's state is looked at."""
    KEY in st.session_state  # noqa: B015
