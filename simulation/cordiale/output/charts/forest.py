"""Forest plots: a row each, with a mean and its 95 % interval, full where worlds agree on the sign.

What is too little to notice lies on grey.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from cordiale.output.charts.frame import Page, head, page_of, sheet, text_width, wrapped
from cordiale.output.charts.style import inks, sizes, target
from cordiale.output.charts.timeline import tick_text
from cordiale.output.charts.titles import AGREE
from cordiale.study.labels import plain

HEAD, AXIS, BETWEEN = 2.0, 1.6, 0.45  # lines of text that a panel's head, its axis, and the air of a row take
TALLEST = 12.0  # lines that rows of one panel have on a sheet whose height is given
MARKS = (
    f"Dot: mean; line: its 95 % interval. Full: {100 * AGREE:.0f} % of worlds or more have the sign of the mean; "
    "hollow: fewer. Grey: too little to notice"
)


@dataclass(frozen=True)
class Bar:
    """A mean over worlds.

    Attributes
    ----------
    low, high : its 95 % interval; not finite where there is none
    share : of worlds that have its sign
    wide : an interval that holds for all rows at once, where there is one
    """

    mean: float
    low: float
    high: float
    share: float
    wide: tuple[float, float] | None = None

    @property
    def ends(self) -> list[float]:
        """All its values that are finite, the lowest first."""
        return sorted(each for each in (self.mean, self.low, self.high, *(self.wide or ())) if np.isfinite(each))


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
    bars : one a row, None of a row of words
    step : the difference below which nobody would notice
    told : a difference with its sign, as numbers and ticks have it
    unit : panels of one unit have one axis
    share : whether it is of shares of worlds, which are told in points of a hundred
    """

    head: str
    rows: Sequence[Row]
    bars: Sequence[Bar | None]
    step: float
    told: Callable[[float], str]
    unit: str = ""
    share: bool = False


def forest(panels: Sequence[Panel], beside: bool = False) -> Page:
    """Return a sheet with a panel a measure, one below the other, or beside each other with the same rows."""
    columns = len(panels) if beside else 1
    labels = 0.36 if target().narrow else 0.32
    inches = labels * target().inches
    rows = panels[:1] if beside else panels
    heights = [_lines(each, inches) for each in rows]
    own = [each.unit != after.unit for each, after in pairwise(panels)] + [True]
    count = sum(heights) + HEAD * len(rows) + AXIS * (1 if beside else sum(own))
    figure, axes = sheet(len(rows), columns, lines=count, sharey="row" if beside else False, heights=heights)
    room = ((1 - labels) * target().inches - 0.4 * columns * sizes().text / 72) / columns
    for k, (each, panel) in enumerate(zip(axes, panels, strict=True)):
        alike = [panel] if beside else [other for other in panels if other.unit == panel.unit]
        _horizontal(each, alike, room, ticks=beside or own[k])
        _rows(each, panel, inches, labels=not (beside and k))
        head(each, panel.head)
    return figure


def fitting(rows: Sequence[Row], lines: float = TALLEST) -> int:
    """Return how many rows fit a sheet whose height is given; all where it is not."""
    if not target().sheet.fixed:
        return len(rows)
    inches, used = 0.32 * target().inches, 0.0
    figure, _ = sheet(lines=1)
    for k, row in enumerate(rows):
        used += _tall(_label(figure, row, inches))
        if used > lines:
            return k
    return len(rows)


def _label(figure: Page, row: Row, inches: float) -> str:
    return wrapped(figure, plain(row.label), inches, sizes().small, "bold" if row.bold else "normal")


def _tall(label: str) -> float:
    """Return the height of a row, in lines of text."""
    return (label.count("\n") + 1) * 1.1 * sizes().small / sizes().text + BETWEEN


def _lines(panel: Panel, inches: float) -> float:
    figure, _ = sheet(lines=1)
    return sum(_tall(_label(figure, row, inches)) for row in panel.rows)


def _horizontal(axes: Axes, panels: Sequence[Panel], room: float, *, ticks: bool) -> None:
    """Set an axis that holds the bars of some panels, with room for their numbers, and draw what lies behind bars."""
    bars = [bar for panel in panels for bar in panel.bars if bar is not None]
    step, figure = panels[0].step, page_of(axes)
    low = min(-1.4 * step, *(bar.ends[0] for bar in bars))
    high = max(1.4 * step, *(bar.ends[-1] for bar in bars))
    wide = max(text_width(figure, panels[0].told(bar.mean), sizes().small, "bold") for bar in bars)
    share = min((wide + 1.5 * sizes().small / 72) / max(room, 0.1), 0.35)
    sides = [any(bar.mean < 0 for bar in bars), any(bar.mean >= 0 for bar in bars)]
    number, edge = share / (1 - share * sum(sides)) * (high - low), 0.03 * (high - low)
    left, right = (number if side else edge for side in sides)
    axes.set_xlim(low - left, high + right)
    bins = int(np.clip(room * (1 - share) / (1.6 * wide), 2, 6))
    hundred = 100 if panels[0].share else 1
    found = MaxNLocator(nbins=bins, steps=[1, 2, 2.5, 5, 10]).tick_values(hundred * low, hundred * high)
    places = [float(each) / hundred for each in found if low - left <= each / hundred <= high + right]
    written = [hundred * each for each in places]
    axes.xaxis.set_major_locator(FixedLocator(places))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda tick, _: tick_text(hundred * tick, written, True)))
    axes.axvspan(-step, step, color=inks().band, linewidth=0, zorder=0, gid="little")
    axes.axvline(0.0, color=inks().soft, linewidth=sizes().line / 2, zorder=1, gid="zero")
    axes.spines["left"].set_visible(False)
    if not ticks:
        axes.spines["bottom"].set_visible(False)
        axes.tick_params(axis="x", length=0, labelbottom=False)


def _rows(axes: Axes, panel: Panel, inches: float, *, labels: bool) -> None:
    figure, at, places, texts = page_of(axes), 0.0, [], []
    for row, bar in zip(panel.rows, panel.bars, strict=True):
        text = _label(figure, row, inches)
        places.append(at + _tall(text) / 2)
        texts.append(text)
        if bar is not None:
            _bar(axes, bar, places[-1], row.colour, panel.told(bar.mean), row.bold)
        at += _tall(text)
    axes.set_ylim(at, 0.0)
    axes.tick_params(axis="y", length=0, labelleft=labels)
    if not labels:
        return
    axes.set_yticks(places, texts, linespacing=1.05)
    for shown, row in zip(axes.get_yticklabels(), panel.rows, strict=True):
        shown.set(color=row.colour, weight="bold" if row.bold else "normal")


def _bar(axes: Axes, bar: Bar, at: float, colour: str, told: str, bold: bool) -> None:
    line = sizes().line
    if bar.wide is not None and np.isfinite(bar.wide).all():
        axes.plot(bar.wide, [at, at], color=colour, linewidth=line / 3, zorder=2, gid="together")
    if np.isfinite([bar.low, bar.high]).all():
        axes.plot([bar.low, bar.high], [at, at], color=colour, linewidth=line, zorder=3, gid="interval",
                  solid_capstyle="butt")  # fmt: skip
    axes.plot([bar.mean], [at], marker="o", linestyle="none", color=colour, markersize=2.7 * line, zorder=4, gid="mean",
              markerfacecolor=colour if bar.share >= AGREE else inks().paper, markeredgewidth=line / 1.5)  # fmt: skip
    side = -1 if bar.mean < 0 else 1  # away from zero
    axes.annotate(
        told, (bar.ends[0 if side < 0 else -1], at), xytext=(side * (2 * line + 2), 0), textcoords="offset points",
        va="center", ha="right" if side < 0 else "left", color=colour, size=sizes().small, annotation_clip=False,
        weight="bold" if bold else "normal",
    ).set_in_layout(False)  # fmt: skip
