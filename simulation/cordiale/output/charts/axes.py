"""Axes: quarters, ranges of values, and labels at the ends of lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Annotation
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullFormatter
from numpy.typing import NDArray

from cordiale.case.quarters import to_text
from cordiale.output.charts.recorded import Array
from cordiale.output.charts.style import SMALL

GAP = 9  # points between a line's end and its label
_LEADER = {"arrowstyle": "-", "linewidth": 0.4, "shrinkA": 0, "shrinkB": 2, "relpos": (0, 0.5)}
_LABEL = 0.34  # inches that a year's label takes


def quarter_axis(axes: Axes, quarters: NDArray[np.int64], inches: float) -> None:
    """Mark the fourth quarters, and label as many of them as have room, the last one always.

    Parameters
    ----------
    quarters : running numbers
    inches : width of the panel
    """
    fourth = [int(quarter) for quarter in quarters if quarter % 4 == 3]
    if len(fourth) < 2:
        ends = sorted({int(quarters[0]), int(quarters[-1])})
        axes.xaxis.set_major_locator(FixedLocator(ends))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda at, _: to_text(round(at))))
    else:
        step = max(1, int(np.ceil(len(fourth) * _LABEL / max(inches, 0.1))))
        axes.xaxis.set_major_locator(FixedLocator(fourth[::-1][::step][::-1]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda at, _: str(round(at) // 4)))
    axes.xaxis.set_minor_locator(FixedLocator(fourth if len(fourth) > 1 else [int(each) for each in quarters]))
    axes.xaxis.set_minor_formatter(NullFormatter())
    low, high = float(quarters[0]), float(quarters[-1])
    axes.set_xlim(low, high if high > low else low + 1)


def quarter_label(quarters: NDArray[np.int64]) -> str:
    """Return the horizontal axis' label that goes with the ticks of `quarter_axis`."""
    return "fourth quarter of the year" if sum(quarters % 4 == 3) > 1 else "quarter"


def value_range(low: float, high: float, within: tuple[float, float] | None = None) -> Array:
    """Return evenly spaced ticks, the first and last of which enclose the values.

    Parameters
    ----------
    within : the range that the unit states; ticks stay inside it
    """
    if not high > low:
        low, high = low - 0.05, high + 0.05
    ticks = np.array(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high), dtype=np.float64)
    if within is not None:
        ticks = ticks[(ticks >= within[0] - 1e-9) & (ticks <= within[1] + 1e-9)]
    return ticks


def value_axis(axes: Axes, low: float, high: float, within: tuple[float, float] | None = None) -> str:
    """Set the vertical axis to round numbers and return a sentence on the part of the range shown, or ''."""
    ticks = value_range(low, high, within)
    axes.set_ylim(ticks[0], ticks[-1])
    axes.yaxis.set_major_locator(FixedLocator(ticks.tolist()))
    digits = max(len(number(tick).partition(".")[2]) for tick in ticks)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda at, _: f"{at + 0.0:.{digits}f}".replace("-", "−")))
    if within is not None and np.allclose((ticks[0], ticks[-1]), within):
        return ""
    return f"vertical axis from {number(ticks[0])} to {number(ticks[-1])}"


def number(value: float) -> str:
    """Return a tick's number without needless digits, with a true minus sign."""
    return f"{value:.6g}".replace("-", "−") if abs(value) > 1e-12 else "0"


def end_labels(
    axes: Axes, at: float, heights: Sequence[float], texts: Sequence[str], colours: Sequence[str]
) -> list[Annotation]:
    """Write labels to the right of lines' ends; `spread` moves them apart once the layout stands."""
    return [
        axes.annotate(
            text, (at, height), xytext=(GAP, 0), textcoords="offset points", va="center", color=colour,
            size=SMALL, linespacing=1.1, annotation_clip=False, arrowprops=_LEADER | {"color": colour},
        )
        for height, text, colour in zip(heights, texts, colours, strict=True)
    ]  # fmt: skip


def spread(axes: Axes, labels: Sequence[Annotation]) -> None:
    """Move labels up or down until none touches another, in their order, inside the panel's height."""
    figure = axes.get_figure(root=True)
    if not labels or figure is None:
        return
    box = axes.get_window_extent()

    def height(label: Annotation) -> float:
        return float(axes.transData.transform((0.0, label.xy[1]))[1])

    order = sorted(labels, key=height)
    sizes = [(label.get_text().count("\n") + 1) * SMALL * figure.dpi / 72 * 1.15 for label in order]
    placed = apart([height(label) for label in order], sizes, box.y0, box.y1)
    for label, now in zip(order, placed, strict=True):
        label.set_position((GAP, (now - height(label)) * 72 / figure.dpi))


def apart(wanted: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Return centres of labels that do not touch, as near the wanted ones as may be.

    Parameters
    ----------
    wanted : ascending centres
    sizes : heights of the labels
    low, high : between which the labels lie, if there is room; else they reach below `low`
    """
    offsets = np.cumsum(sizes) - np.array(sizes) / 2
    free = np.array(wanted) - offsets  # labels touch where equal, so these must ascend: pool neighbours (least squares)
    groups: list[list[float]] = []
    for place in free:
        groups.append([float(place)])
        while len(groups) > 1 and np.mean(groups[-1]) < np.mean(groups[-2]):
            groups[-2:] = [groups[-2] + groups[-1]]
    pooled = np.concatenate([[np.mean(group)] * len(group) for group in groups])
    bounded = np.minimum(np.maximum(pooled, low), high - float(sum(sizes)))
    return [float(place) for place in bounded + offsets]
