"""Quarters as integers: 2018Q4 is 2018 * 4 + 3."""

from __future__ import annotations

import re

from cordiale.files.errors import short

_MONTHS = ("March", "June", "September", "December")
_FIRST = ("1 January", "1 April", "1 July", "1 October")
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


def end_of(quarter: str) -> str:
    """Return "the end of 2025" of its last quarter, and "the end of June 2025" of its second."""
    at = to_index(quarter)
    return f"the end of {at // 4}" if at % 4 == 3 else f"the end of {_MONTHS[at % 4]} {at // 4}"


def day_of(quarter: str) -> str:
    """Return a quarter's first day: "1 July 2019"."""
    at = to_index(quarter)
    return f"{_FIRST[at % 4]} {at // 4}"
