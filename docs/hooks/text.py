"""Small pieces of Markdown that the generated pages share."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

COLUMNS = re.compile(r"^.*\S {3,}\S.*$", re.MULTILINE)
MARKS = re.compile(r"([\\`*_\[\]|])")


def words(text: str) -> str:
    """Return a text from a file so that Markdown shows it as it stands, also within a table's cell."""
    return MARKS.sub(r"\\\1", html.escape(" ".join(text.split()), quote=False))


def code(text: str) -> str:
    """Return a name as code, also within a table's cell; it may contain no backtick."""
    return f"`{text}`".replace("|", "\\|") if text else ""


def path(text: str) -> str:
    """Return a number's path as code that may break after a dot or an underscore."""
    broken = re.sub(r"([._>])", r"\1<wbr>", html.escape(text, quote=False).replace("&gt;", ">"))
    return f"<code>{broken.replace('_', '&#95;').replace('><wbr>', '&gt;<wbr>')}</code>"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of cells that are Markdown already; '' without rows."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    if not lines:
        return ""
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *lines]) + "\n"


def columned(output: str) -> bool:
    """Return whether printed output stands in columns, which a narrow screen must not break."""
    return len(COLUMNS.findall(output)) > 1


def page(title: str, *parts: str) -> str:
    """Return a page of parts with a blank line between them."""
    return "\n\n".join([f"# {title}", *(part.rstrip("\n") for part in parts if part)]) + "\n"
