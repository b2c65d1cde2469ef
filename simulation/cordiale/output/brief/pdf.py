"""A brief as PDF, set by Typst: what comes from files travels as data and is never read as markup."""

from __future__ import annotations

import json
from importlib.resources import files

from cordiale.output.brief.page import Contents, as_data

SIZES = (9.5, 9.0, 8.5, 8.0, 7.5, 7.0)  # points of the text, the first that fits
PAGES = 2


def pdf(found: Contents) -> bytes:
    """Return the bytes of a PDF of two pages, the same for the same contents."""
    import typst

    source = (files("cordiale.output.brief") / "templates" / "brief.typ").read_bytes()
    data = json.dumps(as_data(found), ensure_ascii=False)
    for size in SIZES:
        given = {"data": data, "size": str(size)}
        if _pages(source, given) <= PAGES:
            break
    made = typst.compile(source, sys_inputs=given, format="pdf", timestamp=0)
    if not isinstance(made, bytes):
        raise TypeError("Typst gave no file")
    return made


def _pages(source: bytes, given: dict[str, str]) -> int:
    import typst

    return int(json.loads(typst.query(source, "<pages>", field="value", one=True, sys_inputs=given)))
