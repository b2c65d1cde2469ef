"""Pages as PDF, set by Typst: the same bytes for the same text. What comes from a pack is never read as markup."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

# ----------------------------------------------------------------
# A brief: what comes from files travels as data.

SIZES = (9.5, 9.0, 8.5, 8.0, 7.5, 7.0)  # points of the text, the first that fits
PAGES = 2


def of_brief(contents: Mapping[str, Any]) -> bytes:
    """Return the bytes of a PDF of two pages.

    Parameters
    ----------
    contents : what `output.brief.page.as_data` returns
    """
    source = (files("cordiale.output.brief") / "templates" / "brief.typ").read_bytes()
    data = json.dumps(contents, ensure_ascii=False)
    for size in SIZES:
        given = {"data": data, "size": str(size)}
        if _pages(source, given) <= PAGES:
            break
    return _set(source, given)


def _pages(source: bytes, given: dict[str, str]) -> int:
    import typst

    return int(json.loads(typst.query(source, "<pages>", field="value", one=True, sys_inputs=given)))


# ----------------------------------------------------------------
# An ODD document: pandoc turns its Markdown and equations into Typst's.

MARKDOWN = "gfm+tex_math_dollars-raw_html"  # neither HTML nor Typst's own markup is read from a pack's texts
WIDE = "--columns=100000"  # else pandoc gives all columns of a table one width


def of_odd(document: str) -> bytes:
    """Return the bytes of a PDF of an ODD document.

    Parameters
    ----------
    document : Markdown, as `odd` returns it
    """
    return _set(odd_source(document).encode(), {})


def odd_source(document: str) -> str:
    """Return what Typst sets of an ODD document."""
    import pypandoc

    head = (files("cordiale.output") / "odd.typ").read_text("utf-8")
    body: str = pypandoc.convert_text(document, "typst", format=MARKDOWN, extra_args=[WIDE])
    return head + body


def _set(source: bytes, given: dict[str, str]) -> bytes:
    import typst

    made = typst.compile(source, sys_inputs=given, format="pdf", timestamp=0)
    if not isinstance(made, bytes):
        raise TypeError("Typst gave no file")
    return made
