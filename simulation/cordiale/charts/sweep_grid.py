"""Heat maps of a sweep with contour lines, one a level of a third factor."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FixedFormatter, FixedLocator, MaxNLocator, NullLocator

from cordiale.analysis.sweep import Sweep
from cordiale.analysis.sweep_design import Factor
from cordiale.analysis.sweep_words import subject
from cordiale.charts import words
from cordiale.charts.axes import number
from cordiale.charts.needs import Array
from cordiale.charts.page import finish, grid, panel_title, sheet, wrapped
from cordiale.charts.style import COLUMN, PAGE, SMALL, house_style, ink_on
from cordiale.study import Study

LEVEL = "YlGnBu"
MOST_PANELS = 6
MOST_TICKS = 9
EDGE = 0.07  # of a panel's width or height, within which a label would be cut


def texts_of(sweep: Sweep) -> Study:
    """Return what the texts of charts are read from."""
    return Study(sweep.folder, sweep.manifest)


def title_of(sweep: Sweep, measure: str, entity: str) -> str:
    """Return the chart's title."""
    return f"{subject(sweep, measure, entity)}: {words.plain(sweep.manifest['title'])}"


@house_style()
def grid_chart(sweep: Sweep, measure: str, entity: str, *, width: float | None = None) -> Figure:
    """Return heat maps of means over the first two factors, a panel a level of the third.

    Where both factors are continuous, cells lie at their values and contour lines run between them; else
    each cell has its number. Further factors are averaged over. Colours are the same in all panels.
    """
    factors, study = sweep.design.factors, texts_of(sweep)
    means = sweep.means(measure, entity)
    means = means.mean(axis=tuple(range(3, means.ndim))) if means.ndim > 3 else means
    third = factors[2] if len(factors) > 2 else None
    levels = _spread(third) if third else [0]
    width = width or (COLUMN if third is None else PAGE)
    rows, columns = grid(len(levels))
    columns = min(columns, 3)
    rows = -(-len(levels) // columns)
    figure, panels = sheet(width, rows * _height(factors, width / columns) + 0.3, rows, columns, sharey=False)
    norm, lines = _norm(means), _ticks(float(means.min()), float(means.max()))
    for panel, level in enumerate(levels):
        panel_title(figure, panels[panel], f"{third.path} = {third.values[level]:g}" if third else "", columns)
        _map(panels[panel], factors, means[..., level] if third else means, norm, lines)
        _label(figure, panels[panel], factors, width / columns, panel % columns == 0, panel + columns >= len(levels))
    for axes in panels[len(levels) :]:
        axes.remove()
    if _contoured(factors):
        _colour_bar(figure, panels[: len(levels)], norm, lines, words.axis(study, measure))
    return finish(figure, title_of(sweep, measure, entity), _said(sweep, third, levels), words.source(study))


def _said(sweep: Sweep, third: Factor | None, levels: Sequence[int]) -> str:
    factors = sweep.design.factors
    parts = ["Means over worlds, every cell on the same worlds"]
    if third is not None:
        parts.append(f"{third.path}: {third.axis.removeprefix(third.path + ': ')}")
        if len(levels) < len(third.values):
            parts.append(f"{len(levels)} of its {len(third.values)} levels are drawn")
    if len(factors) > 3:
        parts.append(f"mean over the levels of {', '.join(factor.path for factor in factors[3:])}")
    if _contoured(factors):
        parts.append("dots: cells; between them colours and lines are interpolated")
    return "; ".join(parts)


def _spread(factor: Factor) -> list[int]:
    """Return the levels that are drawn, in ascending order of value: all, or six evenly chosen."""
    order = np.argsort(factor.values)
    if len(order) <= MOST_PANELS:
        return [int(level) for level in order]
    chosen = np.linspace(0, len(order) - 1, MOST_PANELS).round().astype(int)
    return [int(order[at]) for at in chosen]


def _contoured(factors: Sequence[Factor]) -> bool:
    return factors[0].continuous and factors[1].continuous


def _height(factors: Sequence[Factor], inches: float) -> float:
    """Return a panel's height: near square for contours, by the rows for cells."""
    if _contoured(factors):
        return max(1.7, 0.78 * inches)
    return 0.75 + 0.28 * min(len(factors[1].values), 20)


def _norm(means: Array) -> Normalize:
    low, high = float(means.min()), float(means.max())
    spare = max(0.1 * (high - low), 1e-6)
    return Normalize(low - spare, high + spare)


def _ticks(low: float, high: float) -> dict[float, str]:
    """Return round numbers between two others, for contour lines and the colour bar, as they are written."""
    inside = [float(tick) for tick in MaxNLocator(nbins=8).tick_values(low, high) if low < tick < high]
    if not high - low > 1e-9:
        return {}
    digits = max((len(number(tick).partition(".")[2]) for tick in inside), default=0)
    return {tick: f"{tick:.{digits}f}".replace("-", "−") for tick in inside}


def _map(axes: Axes, factors: Sequence[Factor], means: Array, norm: Normalize, lines: dict[float, str]) -> None:
    """Draw means, (levels of the first, levels of the second), the first across."""
    orders = [np.argsort(factor.values) for factor in factors[:2]]
    ordered = means[np.ix_(*orders)].T
    if _contoured(factors):
        places = [np.array(factor.values)[order] for factor, order in zip(factors, orders, strict=False)]
        _surface(axes, places, ordered, norm, lines)
        return
    axes.imshow(ordered, cmap=LEVEL, norm=norm, aspect="auto", origin="lower", interpolation="nearest", gid="means")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    for setter, factor, order in zip((axes.set_xticks, axes.set_yticks), factors, orders, strict=False):
        at = range(0, len(order), -(-len(order) // MOST_TICKS))
        setter(list(at), [f"{factor.values[order[level]]:g}" for level in at])
    if ordered.shape[1] <= MOST_TICKS and ordered.shape[0] <= 20:
        _numbers(axes, ordered, norm)


def _surface(axes: Axes, places: Sequence[Array], means: Array, norm: Normalize, lines: dict[float, str]) -> None:
    """Draw means as colours that run from cell to cell, dots at the cells, and contour lines."""
    axes.pcolormesh(*places, means, cmap=LEVEL, norm=norm, shading="gouraud", gid="means", rasterized=True)
    if means.size <= 200:
        across, up = np.meshgrid(*places)
        axes.plot(across.ravel(), up.ravel(), ".", color="black", markersize=1.5, alpha=0.5, clip_on=False, gid="cells")
    levels = [level for level in lines if means.min() < level < means.max()]
    if not levels:
        return
    drawn = axes.contour(*places, means, levels=levels, colors="black", linewidths=0.7)
    drawn.set_gid("contours")
    for text in axes.clabel(drawn, fmt=lines, fontsize=SMALL, inline=False):
        text.set_path_effects([withStroke(linewidth=1.5, foreground="white")])
        text.set_in_layout(False)
        shares = axes.transAxes.inverted().transform(axes.transData.transform(text.get_position()))
        if shares.min() < EDGE or shares.max() > 1 - EDGE:
            text.remove()  # it would be cut


def _numbers(axes: Axes, means: Array, norm: Normalize) -> None:
    colours = matplotlib.colormaps[LEVEL]
    for row, line in enumerate(means):
        for column, mean in enumerate(line):
            text = axes.text(column, row, f"{mean:.3f}".replace("-", "−"), ha="center", va="center", size=SMALL,
                             color=ink_on(colours(norm(mean))))  # fmt: skip
            text.set_in_layout(False)


def _label(figure: Figure, axes: Axes, factors: Sequence[Factor], inches: float, left: bool, lowest: bool) -> None:
    if lowest:
        axes.set_xlabel(wrapped(figure, words.plain(factors[0].axis), inches - 0.7))
    if left:
        room = _height(factors, inches) - 0.4
        axes.set_ylabel(wrapped(figure, words.plain(factors[1].axis), max(room, 0.9)), linespacing=1.1)


def _colour_bar(figure: Figure, panels: Sequence[Axes], norm: Normalize, ticks: dict[float, str], label: str) -> None:
    bar = figure.colorbar(ScalarMappable(norm, LEVEL), ax=list(panels), fraction=0.05, pad=0.02, aspect=25)
    bar.ax.yaxis.set_major_locator(FixedLocator(list(ticks)))
    bar.ax.yaxis.set_major_formatter(FixedFormatter(list(ticks.values())))
    bar.ax.yaxis.set_minor_locator(NullLocator())
    bar.set_label(wrapped(figure, label, 1.7))
