"""Forest plots: a row each, with an estimate and its interval, filled where that leaves out zero.

What is below the noticeable step lies on grey.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from cordiale.models.units import YES_NO
from cordiale.output.charts.frame import Page, head, page_of, sheet, text_width, wrapped
from cordiale.output.charts.style import inks, sizes, target
from cordiale.output.charts.timeline import tick_text
from cordiale.study.estimate import Estimate
from cordiale.study.labels import plain

HEAD, AXIS = 2.0, 1.6  # lines of text that a panel's head and its axis take
BETWEEN, LEAST = 0.45, 0.2  # lines of air of a row, and the least where the height of a sheet is given
TALLEST = 12.0  # lines that rows of one panel have on a sheet whose height is given, below a head of one line
FIRST = 1.7  # width of the first of several panels beside each other, over that of the others
MOST_NUMBERS = 0.62  # of a panel's width, that numbers beside bars may take
MARKS = "Dot: mean; line: its 95 % interval. Filled: the interval leaves out zero. Grey band: below the noticeable step"


@dataclass(frozen=True)
class Row:
    """What stands at the left of a row; one without bars is a line of words between others."""

    label: str
    colour: str
    bold: bool = False


@dataclass(frozen=True)
class Panel:
    """A measure.

    Attributes
    ----------
    bars : one a row, None of a row of words; all of one unit
    axis : panels of one have one axis; those of one unit where it is ""
    """

    head: str
    rows: Sequence[Row]
    bars: Sequence[Estimate | None]
    axis: str = ""

    @property
    def first(self) -> Estimate:
        """The first estimate, whose unit and step are those of all."""
        return next(each for each in self.bars if each is not None)

    @property
    def one_axis(self) -> str:
        """What panels have one axis by."""
        return self.axis or self.first.unit

    def told(self, each: Estimate) -> str:
        """Return the number that stands beside a mark: of shares of worlds in points, without the word."""
        return each.text().removesuffix(" points")


def forest(panels: Sequence[Panel], beside: bool = False) -> Page:
    """Return a sheet with a panel a measure, one below the other, or beside each other with the same rows."""
    rows = panels[:1] if beside else panels
    texts = [_labels(each.rows) for each in rows]
    heights = [sum(map(_tall, each)) for each in texts]
    own = [each.one_axis != after.one_axis for each, after in pairwise(panels)] + [True]
    columns = len(panels) if beside else 1
    widths = _widths(columns)
    rooms = _rooms(widths)
    more = _more_lines([each.head for each in panels], rooms if beside else rooms * len(panels))
    count = sum(heights) + HEAD * len(rows) + (max(more) if beside else sum(more)) + AXIS * (1 if beside else sum(own))
    figure, axes = sheet(
        len(rows), columns, lines=count, sharey="row" if beside else False, heights=heights, widths=widths
    )
    for k, (each, panel) in enumerate(zip(axes, panels, strict=True)):
        alike = [panel] if beside else [other for other in panels if other.one_axis == panel.one_axis]
        numbers = _horizontal(each, alike, rooms[k if beside else 0], ticks=beside or own[k])
        _rows(each, panel, texts[0 if beside else k], labels=not (beside and k), numbers=numbers)
        head(each, panel.head)
    return figure


def fitting(rows: Sequence[Row], heads: Sequence[str], below: float = 0.0) -> int:
    """Return how many rows fit a sheet whose height is given, below heads that take their lines; all where it is not.

    Parameters
    ----------
    heads : of panels beside each other
    below : lines of text that are taken otherwise
    """
    if not target().sheet.fixed:
        return len(rows)
    rooms = _rooms(_widths(len(heads)))
    left = TALLEST - below - max(_more_lines(heads, rooms))
    for k, label in enumerate(_labels(rows)):
        left -= _tall(label)
        if left < 0:
            return k
    return len(rows)


def _more_lines(heads: Sequence[str], rooms: Sequence[float]) -> list[float]:
    """Return how many lines of text each head takes beyond its first, where it has so many inches."""
    figure, _ = sheet(lines=1)
    broken = [wrapped(figure, text, room, sizes().text, "bold") for text, room in zip(heads, rooms, strict=True)]
    return [1.1 * text.count("\n") for text in broken]


def _widths(columns: int) -> list[float]:
    return [FIRST if columns > 1 else 1.0, *[1.0] * (columns - 1)]


def _label_inches() -> float:
    return (0.36 if target().narrow else 0.32) * target().inches


def _rooms(widths: Sequence[float]) -> list[float]:
    """Return the inches of panels beside each other, about, from their relative widths."""
    gap = 0.6 * sizes().text / 72
    whole = target().inches - _label_inches() - gap * (len(widths) + 1)
    return [whole * each / sum(widths) for each in widths]


def _labels(rows: Sequence[Row]) -> list[str]:
    """Return the labels of rows broken into lines."""
    figure, _ = sheet(lines=1)
    inches, small = _label_inches(), sizes().small
    return [wrapped(figure, plain(row.label), inches, small, "bold" if row.bold else "normal") for row in rows]


def _tall(label: str) -> float:
    """Return the height of a row, in lines of text."""
    air = LEAST if target().sheet.fixed else BETWEEN
    return (label.count("\n") + 1) * 1.1 * sizes().small / sizes().text + air


def _horizontal(axes: Axes, panels: Sequence[Panel], room: float, *, ticks: bool) -> bool:
    """Set an axis that holds the bars of some panels, draw what lies behind them, and return whether numbers have room.

    Parameters
    ----------
    room : inches of the panel, about
    """
    bars = [bar for panel in panels for bar in panel.bars if bar is not None]
    step, figure = panels[0].first.step, page_of(axes)
    low = min(-1.4 * step, *(_reach(bar)[0] for bar in bars))
    high = max(1.4 * step, *(_reach(bar)[-1] for bar in bars))
    wide = max(text_width(figure, panels[0].told(bar), sizes().small, "bold") for bar in bars)
    share = (wide + 1.5 * sizes().small / 72) / room
    sides = [any(bar.mean < 0 for bar in bars), any(bar.mean >= 0 for bar in bars)]
    numbers = share * sum(sides) < MOST_NUMBERS
    number, edge = share / (1 - share * sum(sides)) * (high - low), 0.04 * (high - low)
    left, right = (number if numbers and side else edge for side in sides)
    axes.set_xlim(low - left, high + right)
    _ticks(axes, panels[0], (low, high), room)
    axes.axvspan(-step, step, color=inks().band, linewidth=0, zorder=0, gid="little")
    axes.axvline(0.0, color=inks().soft, linewidth=sizes().line / 2, zorder=1, gid="zero")
    axes.spines["left"].set_visible(False)
    if not ticks:
        axes.spines["bottom"].set_visible(False)
        axes.tick_params(axis="x", length=0, labelbottom=False)
    return numbers


def _ticks(axes: Axes, panel: Panel, ends: tuple[float, float], room: float) -> None:
    """Put as many round ticks as have room."""
    hundred, (low, high) = 100 if panel.first.unit == YES_NO else 1, axes.get_xlim()
    for bins in (6, 5, 4, 3, 2, 1):
        found = MaxNLocator(nbins=bins, steps=[1, 2, 2.5, 5, 10]).tick_values(hundred * ends[0], hundred * ends[1])
        places = [float(each) for each in found if hundred * low <= each <= hundred * high]
        texts = [tick_text(each, places, True) for each in places]
        wide = max((text_width(page_of(axes), text, sizes().small) for text in texts), default=0.0)
        apart = room * float(found[1] - found[0]) / (hundred * (high - low))
        if apart > 1.2 * wide:
            break
    else:
        places = [0.0]
    axes.xaxis.set_major_locator(FixedLocator([each / hundred for each in places]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda tick, _: tick_text(hundred * tick, places, True)))


def _rows(axes: Axes, panel: Panel, texts: Sequence[str], *, labels: bool, numbers: bool) -> None:
    at, places = 0.0, list[float]()
    for row, text, bar in zip(panel.rows, texts, panel.bars, strict=True):
        places.append(at + _tall(text) / 2)
        if bar is not None:
            _bar(axes, bar, places[-1], row.colour)
        if bar is not None and numbers:
            _number(axes, bar, places[-1], row, panel.told(bar))
        at += _tall(text)
    axes.set_ylim(at, 0.0)
    axes.tick_params(axis="y", length=0, labelleft=labels)
    if not labels:
        return
    axes.set_yticks(places, texts, linespacing=1.05)
    for shown, row in zip(axes.get_yticklabels(), panel.rows, strict=True):
        shown.set(color=row.colour, weight="bold" if row.bold else "normal")


def _bar(axes: Axes, bar: Estimate, at: float, colour: str) -> None:
    line = sizes().line
    if bar.at_once is not None and np.isfinite(bar.at_once).all():
        axes.plot(bar.at_once, [at, at], color=colour, linewidth=line / 3, zorder=2, gid="together")
    if np.isfinite([bar.low, bar.high]).all():
        axes.plot([bar.low, bar.high], [at, at], color=colour, linewidth=line, zorder=3, gid="interval",
                  solid_capstyle="butt")  # fmt: skip
    axes.plot([bar.mean], [at], marker="o", linestyle="none", color=colour, markersize=2.7 * line, zorder=4, gid="mean",
              markerfacecolor=colour if bar.clear else inks().paper, markeredgewidth=line / 1.5)  # fmt: skip


def _number(axes: Axes, bar: Estimate, at: float, row: Row, told: str) -> None:
    side, end = (-1, _reach(bar)[0]) if bar.mean < 0 else (1, _reach(bar)[-1])  # away from zero
    axes.annotate(
        told, (end, at), xytext=(side * (2 * sizes().line + 2), 0), textcoords="offset points",
        va="center", ha="right" if side < 0 else "left", color=row.colour, size=sizes().small, annotation_clip=False,
        weight="bold" if row.bold else "normal",
    ).set_in_layout(False)  # fmt: skip


def _reach(bar: Estimate) -> list[float]:
    """Return the values that are drawn, the lowest first; an interval that is not finite is not."""
    return sorted(each for each in (bar.mean, bar.low, bar.high, *(bar.at_once or ())) if np.isfinite(each))
