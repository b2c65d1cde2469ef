"""An ODD document as PDF: pandoc turns its Markdown and equations into Typst's, and Typst sets them."""

from __future__ import annotations

from importlib.resources import files

# What a pack says stays text: neither HTML nor Typst's own markup is read from it.
MARKDOWN = "gfm+tex_math_dollars-raw_html"
WIDE = "--columns=100000"  # else pandoc gives all columns of a table one width


def pdf(document: str) -> bytes:
    """Return the bytes of a PDF of an ODD document, the same for the same document.

    Parameters
    ----------
    document : Markdown, as `odd` returns it
    """
    import typst

    made = typst.compile(source(document).encode(), format="pdf", timestamp=0)
    if not isinstance(made, bytes):
        raise TypeError("Typst gave no file")
    return made


def source(document: str) -> str:
    """Return what Typst sets."""
    import pypandoc

    head = (files("cordiale.output") / "odd.typ").read_text("utf-8")
    body: str = pypandoc.convert_text(document, "typst", format=MARKDOWN, extra_args=[WIDE])
    return head + body
