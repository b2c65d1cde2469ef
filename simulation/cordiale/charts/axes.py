"""Axes: quarters, ranges of values, and labels at the ends of lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullFormatter
from numpy.typing import NDArray

from cordiale.charts.needs import Array
from cordiale.charts.style import SMALL
from cordiale.quarters import to_text

QUARTERS = "fourth quarter of the year"
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


def value_range(low: float, high: float, within: tuple[float, float] | None = None) -> Array:
    """Return evenly spaced ticks, the first and last of which enclose the values.

    Parameters
    ----------
    within : the range that the unit states; ticks stay inside it
    """
    if not high > low:
        low, high = low - 0.05, high + 0.05
    ticks = MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    if within is not None:
        ticks = ticks[(ticks >= within[0] - 1e-9) & (ticks <= within[1] + 1e-9)]
    return np.asarray(ticks, dtype=np.float64)


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


def end_labels(axes: Axes, at: float, heights: Sequence[float], texts: Sequence[str], colours: Sequence[str]) -> list[Text]:
    """Write labels to the right of lines' ends; `spread` moves them apart once the layout stands."""
    return [
        axes.annotate(
            text, (at, height), xytext=(3, 0), textcoords="offset points", va="center", color=colour, size=SMALL,
            annotation_clip=False,
        )
        for height, text, colour in zip(heights, texts, colours, strict=True)
    ]  # fmt: skip


def spread(axes: Axes, labels: Sequence[Text]) -> None:
    """Move labels up or down until none touches another, in their order, inside the panel's height."""
    if not labels:
        return
    box = axes.get_window_extent()
    pitch = SMALL * axes.get_figure(root=True).dpi / 72 * 1.08  # type: ignore[union-attr]
    order = sorted(labels, key=lambda label: axes.transData.transform((0, label.xy[1]))[1])  # type: ignore[attr-defined]
    wanted = [float(axes.transData.transform((0, label.xy[1]))[1]) for label in order]  # type: ignore[attr-defined]
    placed = apart(wanted, pitch, box.y0, box.y1)
    for label, was, now in zip(order, wanted, placed, strict=True):
        label.set_position((3, (now - was) * 72 / axes.get_figure(root=True).dpi))  # type: ignore[union-attr]


def apart(wanted: Sequence[float], pitch: float, low: float, high: float) -> list[float]:
    """Return ascending places at least `pitch` apart, near the wanted ones: least squares by pooling neighbours."""
    groups: list[list[float]] = []
    for place in wanted:
        groups.append([place, 1.0])
        while len(groups) > 1:
            (one, n), (other, m) = groups[-2], groups[-1]
            if other - one >= pitch * (n + m) / 2:
                break
            groups[-2:] = [[(one * n + other * m) / (n + m), n + m]]
    placed = [centre + pitch * (k - (n - 1) / 2) for centre, n in groups for k in range(int(n))]
    for i in range(len(placed)):
        placed[i] = max(placed[i], low + pitch * i, placed[i - 1] + pitch if i else low)
    for i in reversed(range(len(placed))):
        upper = high - pitch * (len(placed) - 1 - i)
        placed[i] = min(placed[i], upper, placed[i + 1] - pitch if i + 1 < len(placed) else high)
    return placed
