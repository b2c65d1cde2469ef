"""Fans: a median line and the bands of 50 and 90 % of worlds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from cordiale.charts.needs import Array
from cordiale.charts.style import Look

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
BANDS = "bands: 50 and 90 % of worlds"
CROWDED = 4  # more fans than this in one panel cannot be told apart


@dataclass(frozen=True)
class Series:
    """One scenario's worlds.

    Attributes
    ----------
    quarters : running numbers, (Q,)
    values : (W, Q)
    """

    label: str
    quarters: NDArray[np.int64]
    values: Array
    look: Look

    @cached_property
    def fan(self) -> Array:
        """The five quantiles of worlds, (5, Q)."""
        return np.asarray(np.quantile(self.values, QUANTILES, axis=0))

    @property
    def key(self) -> Line2D:
        """The line of the legend."""
        return Line2D([], [], color=self.look.colour, linestyle=self.look.dash, marker=self.look.marker)


def draw_fan(axes: Axes, series: Series, *, filled: float = 1.0, outlined: bool = False) -> None:
    """Draw one fan.

    Parameters
    ----------
    filled : strength of the bands' fill; 0 for none
    outlined : whether the band of 90 % is two thin lines in place of a fill
    """
    low, lower, middle, upper, high = series.fan
    at, look = series.quarters, series.look
    if filled:
        axes.fill_between(at, lower, upper, color=look.colour, alpha=0.25 * filled, linewidth=0, zorder=1.5)
    if filled and not outlined:
        axes.fill_between(at, low, high, color=look.colour, alpha=0.13 * filled, linewidth=0, zorder=1.2)
    if outlined:
        for edge in (low, high):
            axes.plot(at, edge, color=look.colour, linestyle=look.dash, linewidth=0.5, alpha=0.8, zorder=1.7)
    last = len(at) - 1
    axes.plot(
        at, middle, color=look.colour, linestyle=look.dash, marker=look.marker, markevery=(last % 4, 4),
        markersize=2.6, label=series.label, zorder=3, gid="median", clip_on=False,
    )  # fmt: skip


def draw_fans(axes: Axes, several: Sequence[Series]) -> None:
    """Draw fans so that they can be told apart.

    One has both bands filled. Up to four have a light fill for 50 % and thin lines for 90 %. Of more, only
    the first has bands, and the others are medians.
    """
    for i, series in enumerate(several):
        if len(several) == 1:
            draw_fan(axes, series)
        elif len(several) <= CROWDED:
            draw_fan(axes, series, filled=0.55, outlined=True)
        else:
            draw_fan(axes, series, filled=0.0 if i else 1.0)


def draw_bars(axes: Axes, several: Sequence[Series]) -> None:
    """Draw each fan at its horizon as a bar: thin 90 %, thick 50 %, marker at the median."""
    for i, series in enumerate(several):
        low, lower, middle, upper, high = series.fan[:, -1]
        look = series.look
        axes.plot([i, i], [low, high], color=look.colour, linewidth=0.7, solid_capstyle="butt")
        axes.plot([i, i], [lower, upper], color=look.colour, linewidth=2.6, solid_capstyle="butt", alpha=0.55)
        axes.plot([i], [middle], color=look.colour, marker=look.marker, markersize=3.6, linestyle="none",
                  markeredgewidth=0, zorder=4)  # fmt: skip
    axes.set_xlim(-0.8, len(several) - 0.2)
    axes.xaxis.set_visible(False)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(left=False, labelleft=False)


def reach(several: Sequence[Series]) -> tuple[float, float]:
    """Return the least and the greatest value in any band."""
    fans = [series.fan for series in several]
    return min(float(fan.min()) for fan in fans), max(float(fan.max()) for fan in fans)
