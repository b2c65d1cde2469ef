"""Charts of rows: a name at the left of each, broken by its measured width, and as high as its lines are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from cordiale.output.charts.frame import LEADING, Page, wrapped
from cordiale.output.charts.recorded import Array
from cordiale.output.charts.style import inks, sizes, target
from cordiale.output.charts.timeline import tick_text
from cordiale.study.labels import plain

SLIDE = 10.5  # lines of text that rows may take on a sheet whose height is fixed
NAMES = (0.4, 0.33)  # share of a sheet that names take at most, of a narrow one and of another


@dataclass(frozen=True)
class Rows:
    """Rows of a chart.

    Attributes
    ----------
    names : of those that have room, broken into lines
    at : their middles, in lines of text from the top
    lines : what they take together
    """

    names: list[str]
    at: Array
    lines: float

    def __len__(self) -> int:
        return len(self.names)


def rows_of(figure: Page, names: Sequence[str], *, least: float = 1.3, room: float = SLIDE) -> Rows:
    """Return rows of some names, from the first on; on a slide no more than have room.

    Parameters
    ----------
    least : lines of text that a row takes at least
    room : lines of text that they may take on a slide
    """
    inches = NAMES[not target().narrow] * target().inches
    broken, tall = list[str](), list[float]()
    for name in names:
        text = wrapped(figure, plain(name), inches, sizes().small)
        height = max(least, (text.count("\n") + 1) * 1.36 * sizes().small / (LEADING * sizes().text) + 0.25)
        if target().sheet.fixed and broken and sum(tall) + height > room:
            break
        broken.append(text)
        tall.append(height)
    return Rows(broken, np.cumsum(tall) - np.array(tall) / 2, float(sum(tall)))


def heighten(figure: Page, lines: float) -> None:
    """Make panels with their heads and axes so many lines of text high, before the sheet is put together."""
    figure.set_size_inches(target().inches, lines * sizes().text * LEADING / 72)


def name_rows(axes: Axes, rows: Rows, colours: Sequence[str] = (), least: float = 7.0) -> None:
    """Write the names at the left, the first on top.

    Parameters
    ----------
    colours : of the names; all in ink where there are none
    least : lines that stand free where rows are few and the sheet's height is fixed, so that bars are not beams
    """
    axes.set_yticks(rows.at, rows.names, linespacing=1.05, color=inks().ink)
    for label, colour in zip(axes.get_yticklabels(), colours, strict=False):
        label.set_color(colour)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_ylim(max(rows.lines, least if target().sheet.fixed else 0.0), 0.0)


def value_ticks(axes: Axes) -> None:
    """Put few round ticks on the horizontal axis, inside its limits, with thin rules."""
    low, high = axes.get_xlim()
    every = MaxNLocator(4 if target().narrow else 6, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    ticks = [float(tick) for tick in every if low - 1e-9 <= tick <= low + 0.97 * (high - low)]
    axes.set_xticks(ticks, [tick_text(tick, ticks) for tick in ticks])
    axes.grid(axis="x")


def zero_column(axes: Axes) -> None:
    """Draw the upright line of nothing."""
    axes.axvline(0.0, color=inks().soft, linewidth=sizes().line / 2, zorder=1.8, gid="zero")


def beside(axes: Axes, at: tuple[float, float], text: str, colour: str | None = None, *, left: bool = False,
           bold: bool = False, gap: float = 0.5) -> None:  # fmt: skip
    """Write a few words beside a mark, at its right or left, in small letters.

    Parameters
    ----------
    gap : to the mark, in ems
    """
    shift = gap * sizes().small
    axes.annotate(
        text, at, xytext=(-shift if left else shift, 0), textcoords="offset points", va="center_baseline",
        ha="right" if left else "left", size=sizes().small, color=colour or inks().ink, annotation_clip=False,
        weight="bold" if bold else "normal", zorder=6,
    )  # fmt: skip
