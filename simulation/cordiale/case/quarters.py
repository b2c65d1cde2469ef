"""Quarters as integers: 2018Q4 is 2018 * 4 + 3."""

from __future__ import annotations

import re

from cordiale.files.errors import short

_FORM = re.compile(r"([0-9]{4})Q([1-4])")


def to_index(quarter: str) -> int:
    """Return the running number of a quarter such as "2018Q4"; ValueError for another form."""
    match = _FORM.fullmatch(quarter)
    if match is None:
        raise ValueError(f"{short(quarter)} is not a quarter such as 2018Q4")
    return int(match[1]) * 4 + int(match[2]) - 1


def to_text(index: int) -> str:
    """Return the quarter of a running number, the inverse of `to_index`."""
    return f"{index // 4:04d}Q{index % 4 + 1}"
