"""How large the letters of a brief may be so that its texts fill two sheets and no third: an estimate for HTML.

A browser has no rule for this. Widths are those of Arial's letters on average, rather too wide than too narrow;
Typst measures by itself, and needs no estimate.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cordiale.output.brief.page import Contents

SIZES = (9.6, 9.0, 8.4, 7.8, 7.2, 6.6)  # points, the largest that fits
WIDTH, HEIGHT = 510.0, 775.0  # points that the margins leave of a sheet
CHART = 176.0  # points: the least height of the chart
LETTER, BOLD, MONO = 0.52, 0.58, 0.61  # widths of a letter in its size, on average
SMALL = 0.88  # size of tables and notes in the text's
LEADING = 1.36


def size_of(found: Contents) -> float:
    """Return the size of the text in points."""
    fitting = (size for size in SIZES if max(first_sheet(found, size), second_sheet(found, size)) <= HEIGHT)
    return next(fitting, SIZES[-1])


def first_sheet(found: Contents, size: float) -> float:
    """Return the height of the first sheet in points, with the least chart."""
    extra = max(0, len(found.costs) - 1)
    title = WIDTH - size * ((17 if not found.costs else 29) + 6.4 * extra)  # what numbers leave to the titles
    heads = [_lines(cost, 6.0 * size, SMALL * size, BOLD) for cost in found.costs[1:]]
    rows = [max(1, _lines(option.title, title, SMALL * size)) for option in found.options]
    table = (max([2, *heads]) + sum(rows)) * 1.25 * SMALL * size + (len(rows) + 1) * 0.55 * size
    text = _height(found.made, size * SMALL) + _height(found.question, 1.9 * size, BOLD, 1.14)
    text += _height(" ".join([found.verdict, *found.answer]), 1.1 * size)
    notes = _height(" ".join(found.notes) + "x" * 50, size * SMALL)
    return text + notes + table + 4.6 * size + (CHART if found.chart else _height(found.no_chart, size))


def second_sheet(found: Contents, size: float) -> float:
    """Return the height of the second sheet in points."""
    told = sum(_height(each, size) + 0.4 * size for each in [*found.why, *found.limits])
    narrow = WIDTH - 9.4 * size
    changes = sum(_change(said, command, narrow, size) for _, said, command in found.changes)
    title = WIDTH - 6.2 * size * (len(found.parts) + 1)
    rows = [max(1, _lines(option.title, title, SMALL * size)) for option in found.options if option.parts]
    table = (2 + sum(rows)) * 1.25 * SMALL * size + (len(rows) + 1) * 0.55 * size if rows else 0.0
    again = _height(found.again, 0.75 * size, MONO) + _height(found.design + "x" * 50, size * SMALL)
    return told + changes + table + again + 4 * 2.7 * size


def _change(said: list[str], command: str, width: float, size: float) -> float:
    lines = _lines(" ".join(said), width, size) if said else _lines(f"Not run: {command}", width, 0.84 * size, MONO)
    return max(2 if not said else 1, lines) * LEADING * size + 0.2 * size


def _lines(text: str, width: float, size: float, letter: float = LETTER) -> int:
    return ceil(len(text) * letter * size / width * 1.04)


def _height(text: str, size: float, letter: float = LETTER, leading: float = LEADING) -> float:
    return _lines(text, WIDTH, size, letter) * leading * size
