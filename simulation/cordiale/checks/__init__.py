"""What no single file can know: names that must agree across the files of a pack."""

from __future__ import annotations

from cordiale.checks.case import check_case
from cordiale.checks.sheet import Sheet
from cordiale.checks.state import check_state
from cordiale.checks.ties import check_ties
from cordiale.checks.walk import paragraphs, walk, walk_coded
from cordiale.fields import Names
from cordiale.pack import Pack
from cordiale.yamlfile import Document

__all__ = ["check_pack", "paragraphs", "walk_coded"]


def check_pack(pack: Pack, documents: dict[str, Document]) -> None:
    """Raise FileError for the first name that does not agree, or locator that leads nowhere."""
    names = Names(pack)
    sheets = {name: Sheet(document, names) for name, document in documents.items()}
    check_case(pack.case, sheets["case"])
    for code, state in pack.states.items():
        check_state(code, state, sheets[code])
    check_ties(pack.ties, sheets["ties"])
    places = paragraphs(pack.case)
    for name, record in {"case": pack.case, **pack.states, "ties": pack.ties}.items():
        for path, value in walk(record):
            if getattr(value, "locator", None) is not None:
                sheets[name].paragraph((*path, "locator"), getattr(value, "locator", ""), places)
