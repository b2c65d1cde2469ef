"""Whose uncertainty matters most: bars of Sobol' indices, the largest on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from cordiale.analysis.sensitivity import Indices
from cordiale.charts.axes import number
from cordiale.charts.needs import Array
from cordiale.charts.page import finish, sheet, wrapped
from cordiale.charts.style import BLUE, PAGE, SKY, SMALL, house_style
from cordiale.charts.words import plain

SHOWN = 15  # groups; the others are counted in the subtitle
ROW = 0.24  # inches
LABEL = 2.4  # inches that the names of groups take at most
WHISKER: dict[str, Any] = {"fmt": "none", "ecolor": "black", "elinewidth": 0.8, "capsize": 1.6, "capthick": 0.8}


@house_style()
def tornado(found: Indices, names: Mapping[str, str], title: str, source: str, *, width: float = PAGE) -> Figure:
    """Return total and first-order indices of groups as bars with 95 % intervals.

    Parameters
    ----------
    names : group -> its name; itself where it is missing
    width : inches
    """
    order = np.argsort(-found.total, kind="stable")[:SHOWN]
    figure, (axes,) = sheet(width, len(order) * ROW + 0.5)
    bars(axes, found.total[order], found.total_error[order], SKY, 0.4, "total", -0.2)
    bars(axes, found.first[order], found.first_error[order], BLUE, 0.4, "first", 0.2)
    name_rows(figure, axes, [names.get(found.groups[at], found.groups[at]) for at in order])
    axes.axvline(0.0, color="black", linewidth=0.6)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    axes.set_xlabel("share of the variance that coding brings")
    state = "converged" if found.converged else "not converged: " + "; ".join(found.doubts)
    left = len(found.groups) - len(order)
    rest = f"; {left} groups with smaller totals are left out" if left else ""
    keys = [
        (Patch(facecolor=SKY, edgecolor="black", linewidth=0.4), "total: with all its interactions"),
        (Patch(facecolor=BLUE, edgecolor="black", linewidth=0.4), "first order: by itself"),
        (Line2D([], [], color="black", linewidth=0.8), "95 % interval"),
    ]
    return finish(figure, title, f"Sobol' indices, {found.rows:,} rows, {state}{rest}", source, keys)


def bars(axes: Axes, values: Array, errors: Array, colour: str, height: float, gid: str, shift: float = 0.0) -> None:
    """Draw a bar a row, the first row on top, with an interval; shifted down by a part of a row."""
    at = np.arange(len(values)) + shift
    for bar in axes.barh(at, values, height, color=colour, edgecolor="black", linewidth=0.4, zorder=2):
        bar.set_gid(gid)
    axes.errorbar(values, at, xerr=errors, zorder=3, **WHISKER)


def name_rows(figure: Figure, axes: Axes, names: Sequence[str]) -> None:
    """Name the rows at the left, the first one on top."""
    axes.set_yticks(range(len(names)), [wrapped(figure, plain(name), LABEL, SMALL) for name in names])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(names) - 0.4, -0.6)
