"""Texts for Streamlit, which reads Markdown nearly everywhere: what comes from files is shown letter by letter."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&^=@/])")


def literal(text: object) -> str:
    """Return a text from a file such that Markdown shows it as it stands: no link, colour, formula or tag."""
    return _SPECIAL.sub(r"\\\1", " ".join(str(text).split()))


def signed(value: float, digits: int = 3) -> str:
    """Return a number with its sign, a true minus: "+0.012", "−0.012"."""
    return f"{value:+.{digits}f}".replace("-", "−")


def bullets(texts: list[str]) -> str:
    """Return a Markdown list of texts from files."""
    return "\n".join(f"- {literal(text)}" for text in texts)
