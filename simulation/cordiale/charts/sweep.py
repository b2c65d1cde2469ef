"""Charts of a sweep: lines for one factor, heat maps for two or more, and effects."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cordiale.analysis.sweep import Sweep
from cordiale.analysis.sweep_design import Factor
from cordiale.charts import words
from cordiale.charts.axes import value_axis
from cordiale.charts.effects import effects_chart
from cordiale.charts.files import pictures
from cordiale.charts.needs import Array
from cordiale.charts.page import dress, finish, sheet, wrapped
from cordiale.charts.style import BLUE, GREY, PAGE, house_style
from cordiale.charts.sweep_grid import grid_chart, texts_of, title_of
from cordiale.files.atomic_write import write_files
from cordiale.measures.catalogue import measure_of


def draw_sweep(sweep: Sweep, folder: Path) -> list[Path]:
    """Write the charts of every measure as PNG and SVG into a folder, and return the files.

    Raises
    ------
    StudyError where the folder cannot be written
    """
    writers: dict[str, Callable[[Path], object]] = {}
    for measure, entity in sweep.measures:
        name = f"{measure}-{entity}".replace(">", "-to-")
        source = words.source(texts_of(sweep))
        chart = line_chart if len(sweep.design.factors) == 1 else grid_chart
        writers |= pictures(chart(sweep, measure, entity), f"sweep-{name}", source)
        if len(sweep.design.factors) > 1:
            writers |= pictures(effects_chart(sweep, measure, entity), f"effects-{name}", source)
    return write_files(folder, writers)


@house_style()
def line_chart(sweep: Sweep, measure: str, entity: str, *, width: float = PAGE) -> Figure:
    """Return a measure over the levels of the first factor, and its difference to the first level.

    Left: mean with its 95 % interval, and 90 % of worlds. Right: the mean of differences in the same world,
    with its 95 % interval. Levels of a switch are points, not a line.
    """
    factor, study = sweep.design.factors[0], texts_of(sweep)
    told = {
        name: sweep.means(measure, entity, name).reshape(len(factor.values), -1)[:, 0]
        for name in ("mean", "low", "high", "q05", "q95", "difference", "difference_low", "difference_high")
    }
    figure, panels = sheet(width, 2.2, columns=2, sharey=False)
    titles = ["Level", f"Difference to the level {factor.values[0]:g}, world by world"]
    left, right = dress(figure, panels, titles, 2)
    _curve(left, factor, told["mean"], told["low"], told["high"], told["q05"], told["q95"])
    _curve(right, factor, told["difference"], told["difference_low"], told["difference_high"])
    right.axhline(0.0, color=GREY, linewidth=0.7, zorder=1, gid="zero")
    reach = [told["difference_low"], told["difference_high"], np.zeros(1)]
    shown = value_axis(left, float(told["q05"].min()), float(told["q95"].max()), words.extent(measure))
    value_axis(right, float(min(each.min() for each in reach)), float(max(each.max() for each in reach)))
    left.set_ylabel(wrapped(figure, words.axis(study, measure), 1.7))
    right.set_ylabel(wrapped(figure, f"difference, {words.points(measure_of(measure).unit)}", 1.7))
    for axes in (left, right):
        axes.set_xlabel(wrapped(figure, words.plain(factor.axis), width / 2 - 0.7))
    said = "Dark: mean and its 95 % interval; pale: 90 % of worlds" + (f"; left, {shown}" if shown else "")
    return finish(figure, title_of(sweep, measure, entity), said, words.source(study))


def _curve(
    axes: Axes, factor: Factor, mean: Array, low: Array, high: Array, q05: Array | None = None, q95: Array | None = None
) -> None:
    """Draw a mean with its interval, and quantiles of worlds, over the levels in ascending order."""
    order = np.argsort(factor.values)
    at = np.array(factor.values)[order] if factor.continuous else np.arange(len(order), dtype=float)
    mean, low, high = mean[order], low[order], high[order]
    if factor.continuous:
        if q05 is not None and q95 is not None:
            axes.fill_between(at, q05[order], q95[order], color=BLUE, alpha=0.13, linewidth=0, gid="worlds")
        axes.fill_between(at, low, high, color=BLUE, alpha=0.35, linewidth=0, gid="interval")
        marker = "o" if len(at) <= 25 else ""
        axes.plot(at, mean, color=BLUE, marker=marker, markersize=2.6, gid="mean", clip_on=False, zorder=3)
        axes.set_xlim(at[0], at[-1])
        return
    if q05 is not None and q95 is not None:
        axes.vlines(at, q05[order], q95[order], color=BLUE, linewidth=5, alpha=0.2, gid="worlds")
    axes.vlines(at, low, high, color=BLUE, linewidth=1.6, gid="interval")
    axes.plot(at, mean, color=BLUE, marker="o", markersize=4, linestyle="none", gid="mean", zorder=3, clip_on=False)
    axes.set_xticks(at, [f"{factor.values[level]:g}" for level in order])
    axes.set_xlim(-0.6, len(at) - 0.4)
