"""Cells in colour, of a sweep's map or of packages by future: colours in steps that one can name, numbers, hatching."""

from __future__ import annotations

from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, Colormap, LinearSegmentedColormap, to_hex
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from cordiale.output.charts.recorded import Array
from cordiale.output.charts.style import ink_on, inks
from cordiale.study.intervals import mean_interval

REACH = 5  # steps of the scale to each side that the colours run at least
HATCH = "//////"


def clear_of(values: Array) -> NDArray[np.bool_]:
    """Return of which columns the sign is clear: the interval leaves zero out.

    Parameters
    ----------
    values : (worlds, columns) differences
    """
    low, high = mean_interval(values)
    return np.asarray((low > 0) | (high < 0))


def colours_of(reach: float, step: float) -> tuple[Colormap, BoundaryNorm]:
    """Return colours of differences and where each begins: a colour a step, pale below one, the same to both sides."""
    steps = round(reach / step)
    edges = step * np.array([*range(-steps, 0), *range(1, steps + 1)], dtype=float)
    palette = inks()
    whole = LinearSegmentedColormap.from_list("difference", [palette.low, palette.middle, palette.high])
    side = np.linspace(0.14, 0.5, steps)[: steps - 1]
    places = [0.5 - each for each in side[::-1]] + [0.5] + [0.5 + each for each in side]
    colours = matplotlib.colors.ListedColormap([to_hex(whole(place)) for place in places])
    return colours.with_extremes(under=palette.low, over=palette.high), BoundaryNorm(edges, colours.N)


def write_cell(
    axes: Axes, at: tuple[float, float], text: str, ground: Any, *, little: bool, clear: bool, size: float,
    extent: tuple[float, float] = (1.0, 1.0), bold: bool = False, boxed: bool = False,
) -> None:  # fmt: skip
    """Write the number of a cell, and hatch the cell where it is not little and its sign is not clear.

    Parameters
    ----------
    at : its middle
    ground : its colour
    little : whether it is below the noticeable step
    extent : its width and height
    boxed : whether the number has ground around it, as where a line may cross it
    """
    ink = inks().soft if little else {"black": "#1b1f24", "white": "#ffffff"}[ink_on(ground)]
    hatched = not little and not clear
    if hatched:
        corner = (at[0] - extent[0] / 2, at[1] - extent[1] / 2)
        axes.add_patch(Rectangle(corner, *extent, fill=False, hatch=HATCH, linewidth=0, edgecolor=inks().soft,
                                 gid="unclear"))  # fmt: skip
    if not text:
        return
    cell = axes.text(*at, text, ha="center", va="center", size=size, color=ink, weight="bold" if bold else "normal")
    if hatched or boxed:
        cell.set_bbox({"facecolor": ground, "linewidth": 0, "pad": 0.6})
    cell.set_in_layout(False)  # it lies inside the panel: nothing to measure
