"""Whose uncertainty matters most: bars of Sobol' indices, the largest on top."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from cordiale.analysis.morris import Effects
from cordiale.analysis.response import target_words
from cordiale.analysis.sensitivity import Sensitivity
from cordiale.analysis.sobol import Indices
from cordiale.output.charts.axes import number
from cordiale.output.charts.frame import wrapped
from cordiale.output.charts.layout import finish, panel_title, sheet
from cordiale.output.charts.recorded import Array
from cordiale.output.charts.style import BLUE, GREY, PAGE, RULE, SKY, SMALL, VERMILION, house_style
from cordiale.scenario.settings import Scenario
from cordiale.study.labels import plain, short_citation

SHOWN = 15  # groups; the others are counted in the subtitle
ROW = 0.24  # inches
LABEL = 2.4  # inches that the names of groups take at most
WHISKER: dict[str, Any] = {"fmt": "none", "ecolor": "black", "elinewidth": 0.8, "capsize": 1.6, "capthick": 0.8}


def figures(sensitivity: Sensitivity) -> dict[str, Callable[[], Figure]]:
    """Return the chart of the method."""
    title = f"What moves {target_words(sensitivity.target)}: {sensitivity.scenario.title}"
    if isinstance(sensitivity.found, Indices):
        return {"tornado": partial(tornado, sensitivity.found, sensitivity.names, title, source(sensitivity))}
    return {"morris": partial(morris, sensitivity.found, sensitivity.names, title, source(sensitivity))}


def source(sensitivity: Sensitivity) -> str:
    """Return the line at the chart's foot."""
    return source_of(sensitivity.scenario, f"mean over the luck of {sensitivity.luck} worlds")


def source_of(scenario: Scenario, what: str) -> str:
    """Return the line at the foot of a chart of one scenario.

    Parameters
    ----------
    what : of what the chart is drawn: "1000 worlds"
    """
    pack = scenario.loaded.pack
    after = short_citation(pack.case.article.citation)
    return plain(f"cordiale {version('cordiale')}; pack {pack.name} after {after}; seed {scenario.seed}; {what}")


@house_style()
def tornado(indices: Indices, names: Mapping[str, str], title: str, source: str, *, width: float = PAGE) -> Figure:
    """Return total and first-order indices of groups as bars with 95 % intervals.

    Parameters
    ----------
    names : group -> its name; itself where it is missing
    width : inches
    """
    order = np.argsort(-indices.total, kind="stable")[:SHOWN]
    figure, (axes,) = sheet(width, len(order) * ROW + 0.5)
    bars(axes, indices.total[order], indices.total_error[order], SKY, 0.4, "total", -0.2)
    bars(axes, indices.first[order], indices.first_error[order], BLUE, 0.4, "first", 0.2)
    name_rows(figure, axes, [names.get(indices.groups[at], indices.groups[at]) for at in order])
    axes.axvline(0.0, color="black", linewidth=0.6)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    axes.set_xlabel("share of the variance that coding brings")
    state = "converged" if indices.converged else "not converged: " + "; ".join(indices.doubts)
    left = len(indices.groups) - len(order)
    rest = f"; {left} groups with smaller totals are left out" if left else ""
    keys = [
        (Patch(facecolor=SKY, edgecolor="black", linewidth=0.4), "total: with all its interactions"),
        (Patch(facecolor=BLUE, edgecolor="black", linewidth=0.4), "first order: by itself"),
        (Line2D([], [], color="black", linewidth=0.8), "95 % interval"),
    ]
    return finish(figure, title, f"Sobol' indices, {indices.rows:,} rows, {state}{rest}", source, keys)


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


# ----------------------------------------------------------------
# Which numbers matter at all: mean absolute elementary effects, and how far they depend on the others.


MARKED = 8  # numbers told apart by their rank in the plane


@house_style()
def morris(
    effects: Effects, names: Mapping[str, str], title: str, source: str, unit: str = "", *, width: float = PAGE
) -> Figure:
    """Return mean absolute effects as bars with 95 % intervals; beside them the plane of mean and spread.

    The plane is of single numbers, so it is left out where every group has several.

    Parameters
    ----------
    names : group -> its name; itself where it is missing
    unit : of the effects
    width : inches
    """
    order = np.argsort(-effects.strength, kind="stable")[:SHOWN]
    plane = bool(np.isfinite(effects.spread).any())
    height = max(len(order) * ROW + 0.5, 2.6 if plane else 0.0)
    figure, panels = sheet(width, height, 1, 2 if plane else 1, sharey=False, ratios=[1.25, 1.0] if plane else None)
    columns = len(panels)
    bars(panels[0], effects.strength[order], effects.strength_error[order], SKY, 0.66, "strength")
    ranks = [f"{rank}  " if plane and rank <= MARKED else "" for rank in range(1, len(order) + 1)]
    name_rows(figure, panels[0], [rank + names.get(effects.groups[at], effects.groups[at])
                                  for rank, at in zip(ranks, order, strict=True)])  # fmt: skip
    panels[0].set_xlabel(f"mean absolute effect{', ' + unit if unit else ''}")
    keys = []
    if plane:
        panel_title(figure, panels[0], "How strong", columns)
        panel_title(figure, panels[1], "How far it depends on the other numbers", columns)
        _plane(panels[1], effects, order)
        keys = [
            (Line2D([], [], color=BLUE, marker="o", linestyle=""), "raises on average"),
            (Line2D([], [], color=VERMILION, marker="v", linestyle=""), "lowers on average"),
            (Line2D([], [], color=GREY, linewidth=0.8, linestyle=(0, (4, 2))), "spread equal to strength"),
        ]  # fmt: skip
    state = "converged" if effects.converged else "not converged: " + "; ".join(effects.doubts)
    left = len(effects.groups) - len(order)
    rest = f"; {left} more have no bar" if left else ""
    said = f"Elementary effects from quantile 1/8 to 7/8, {effects.rows:,} rows, 95 % intervals, {state}{rest}"
    return finish(figure, title, said, source, keys)


def _plane(axes: Axes, effects: Effects, order: object) -> None:
    """Plot the spread of every single number against its mean absolute effect; the strongest have their rank."""
    single = np.isfinite(effects.spread)
    up = single & (effects.mean >= 0)
    for chosen, colour, marker in ((up, BLUE, "o"), (single & ~up, VERMILION, "v")):
        axes.plot(effects.strength[chosen], effects.spread[chosen], marker, color=colour, markersize=3, linestyle="",
                  gid="effects", alpha=0.85)  # fmt: skip
    top = 1.08 * float(max(effects.strength[single].max(), effects.spread[single].max()))
    axes.plot([0, top], [0, top], color=GREY, linewidth=0.8, linestyle=(0, (4, 2)), zorder=1)
    for rank, at in enumerate(np.asarray(order)[:MARKED], 1):
        if single[at]:
            axes.annotate(str(rank), (effects.strength[at], effects.spread[at]), xytext=(3, 2),
                          textcoords="offset points", size=SMALL)  # fmt: skip
    axes.set_xlim(0, top)
    axes.set_ylim(0, top)
    axes.grid(True, color=RULE, linewidth=0.3)
    axes.set_axisbelow(True)
    axes.set_xlabel("mean absolute effect")
    axes.set_ylabel("standard deviation of effects")
