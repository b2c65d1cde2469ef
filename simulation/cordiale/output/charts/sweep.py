"""Charts of a sweep: lines for one factor, heat maps for two or more, and effects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FixedFormatter, FixedLocator, MaxNLocator, NullLocator

from cordiale.analysis.sweep import Sweep
from cordiale.analysis.sweep_design import Factor, level_text
from cordiale.analysis.sweep_words import between, digits_of, signed, subject
from cordiale.output.charts.axes import number, value_axis, value_range
from cordiale.output.charts.frame import wrapped
from cordiale.output.charts.layout import finish, grid, panel_title, sheet, title_panels
from cordiale.output.charts.recorded import Array
from cordiale.output.charts.style import BLUE, COLUMN, GREY, PAGE, SMALL, VERMILION, house_style, ink_on, look
from cordiale.study import labels as words
from cordiale.study.study import Study


def figures(sweep: Sweep) -> dict[str, Callable[[], Figure]]:
    """Return a chart of each measure over the levels, and one of the effects where there are several factors."""
    drawn: dict[str, Callable[[], Figure]] = {}
    several = len(sweep.design.factors) > 1
    for measure, entity in sweep.measures:
        name = f"{measure}-{entity}".replace(">", "-to-")
        drawn[f"sweep-{name}"] = partial(grid_chart if several else line_chart, sweep, measure, entity)
        if several:
            drawn[f"effects-{name}"] = partial(effects_chart, sweep, measure, entity)
    return drawn


def source(sweep: Sweep) -> str:
    """Return the line at a chart's foot."""
    return words.source(texts_of(sweep))


@house_style()
def line_chart(sweep: Sweep, measure: str, entity: str, *, width: float = PAGE) -> Figure:
    """Return a measure over the levels of the first factor, and its difference to the first level, or to the scenario
    that cells are held against.

    Left: mean with its 95 % interval, and 90 % of worlds. Right: the mean of differences in the same world,
    with its 95 % interval. Levels of a switch are points, not a line. "Coded" is no place between numbers: it is a
    line across the panel, or a point before the others.
    """
    factor, study, to = sweep.design.factors[0], texts_of(sweep), difference_of(sweep)
    told = {
        name: sweep.means(measure, entity, name).reshape(len(factor.values), -1)[:, 0]
        for name in ("mean", "low", "high", "q05", "q95", to, f"{to}_low", f"{to}_high")
    }
    figure, panels = sheet(width, 2.2, columns=2, sharey=False)
    titles = ["Level", f"Difference to {sweep.against or _first(factor)}, world by world"]
    left, right = title_panels(figure, panels, titles, 2)
    _curve(left, factor, told["mean"], told["low"], told["high"], told["q05"], told["q95"])
    _curve(right, factor, told[to], told[f"{to}_low"], told[f"{to}_high"])
    right.axhline(0.0, color=GREY, linewidth=0.7, zorder=1, gid="zero")
    reach = [told[f"{to}_low"], told[f"{to}_high"], np.zeros(1)]
    shown = value_axis(left, float(told["q05"].min()), float(told["q95"].max()), words.extent(study, measure))
    value_axis(right, float(min(each.min() for each in reach)), float(max(each.max() for each in reach)))
    left.set_ylabel(wrapped(figure, words.axis(study, measure), 1.7))
    right.set_ylabel(wrapped(figure, f"difference, {words.points(study.measure(measure).unit)}", 1.7))
    for axes in (left, right):
        axes.set_xlabel(wrapped(figure, words.plain(factor.axis), width / 2 - 0.7))
    said = "Dark: mean and its 95 % interval; pale: 90 % of worlds" + (f"; left, {shown}" if shown else "")
    said += "; dashed: coded, with its interval" if factor.coded and factor.continuous else ""
    return finish(figure, title_of(sweep, measure, entity), said, words.source(study))


def difference_of(sweep: Sweep) -> str:
    """Return which difference is drawn: that to the scenario that cells are held against, else that to the first."""
    return "against" if sweep.against else "difference"


def _first(factor: Factor) -> str:
    return "what is coded" if factor.coded else f"the level {level_text(factor.values[0])}"


def _curve(
    axes: Axes, factor: Factor, mean: Array, low: Array, high: Array, q05: Array | None = None, q95: Array | None = None
) -> None:
    """Draw a mean with its interval, and quantiles of worlds, over the levels in ascending order."""
    order = factor.ascending[int(factor.coded and factor.continuous) :]
    at = factor.numbers[order] if factor.continuous else np.arange(len(order), dtype=float)
    if factor.coded and factor.continuous:
        axes.axhspan(low[0], high[0], color=VERMILION, alpha=0.15, linewidth=0, gid="interval of coded")
        axes.axhline(mean[0], color=VERMILION, linewidth=1, linestyle=(0, (4, 2)), gid="coded")
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
    axes.set_xticks(at, [level_text(factor.values[level]) for level in order])
    axes.set_xlim(-0.6, len(at) - 0.4)


# ----------------------------------------------------------------
# Heat maps of a sweep with contour lines, one a level of a third factor.


LEVEL = "YlGnBu"
MOST_PANELS = 6
MOST_TICKS = 9
EDGE = 0.07  # of a panel's width or height, within which a label would be cut


def texts_of(sweep: Sweep) -> Study:
    """Return what the texts of charts are read from."""
    return Study(sweep.folder, sweep.manifest)


def title_of(sweep: Sweep, measure: str, entity: str, minus: str | None = None) -> str:
    """Return the chart's title.

    Parameters
    ----------
    minus : the scenario of which the differences are drawn alone
    """
    coding = f", coding {sweep.coding}" if sweep.coding else ""
    what = subject(sweep, measure, entity)
    what = f"Difference to {minus} in {_lower(what)}" if minus else what
    return f"{what}: {words.plain(sweep.manifest['title'] + coding)}"


@house_style()
def grid_chart(sweep: Sweep, measure: str, entity: str, *, width: float | None = None) -> Figure:
    """Return heat maps of means over the first two factors, a panel a level of the third; of mean differences to the
    scenario that cells are held against, where there is one.

    Where both factors are continuous, and "coded" is no level of theirs, cells lie at their values and contour lines
    run between them; else each cell has its number. Further factors are averaged over. Colours are the same in all
    panels.
    """
    factors, study = sweep.design.factors, texts_of(sweep)
    means = sweep.means(measure, entity, "against" if sweep.against else "mean")
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
        panel_title(
            figure, panels[panel], f"{third.path} = {level_text(third.values[level])}" if third else "", columns
        )
        _map(panels[panel], factors, means[..., level] if third else means, norm, lines)
        _label(figure, panels[panel], factors, width / columns, panel % columns == 0, panel + columns >= len(levels))
    for axes in panels[len(levels) :]:
        axes.remove()
    if _contoured(factors):
        difference = f"difference, {words.points(study.measure(measure).unit)}"
        label = difference if sweep.against else words.axis(study, measure)
        _colour_bar(figure, panels[: len(levels)], norm, lines, label)
    return finish(
        figure, title_of(sweep, measure, entity, sweep.against), _note(sweep, third, levels), words.source(study)
    )


def _note(sweep: Sweep, third: Factor | None, levels: Sequence[int]) -> str:
    factors = sweep.design.factors
    of = f"Mean differences to {sweep.against}, world by world" if sweep.against else "Means over worlds"
    parts = [f"{of}, every cell on the same worlds"]
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
    order = factor.ascending
    if len(order) <= MOST_PANELS:
        return order
    return [order[at] for at in np.linspace(0, len(order) - 1, MOST_PANELS).round().astype(int)]


def _contoured(factors: Sequence[Factor]) -> bool:
    return all(factor.continuous and not factor.coded for factor in factors[:2])


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
    orders = [factor.ascending for factor in factors[:2]]
    ordered = means[np.ix_(*orders)].T
    if _contoured(factors):
        places = [factor.numbers[order] for factor, order in zip(factors, orders, strict=False)]
        _surface(axes, places, ordered, norm, lines)
        return
    axes.imshow(ordered, cmap=LEVEL, norm=norm, aspect="auto", origin="lower", interpolation="nearest", gid="means")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    for setter, factor, order in zip((axes.set_xticks, axes.set_yticks), factors, orders, strict=False):
        at = range(0, len(order), -(-len(order) // MOST_TICKS))
        setter(list(at), [level_text(factor.values[order[level]]) for level in at])
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


# ----------------------------------------------------------------
# Main effects and two-way interactions of a sweep, with intervals and a zero line.


MOST = 24  # rows that fit a page
LABEL, ROW = 2.6, 0.16  # inches: a row's label, and a line of it
KINDS = {"main": "main effect", "interaction": "interaction"}
ENDS = (("factor", "high"), ("other", "other_high"))  # of an interaction: each factor, and the level to which it goes


@house_style()
def effects_chart(sweep: Sweep, measure: str, entity: str, *, width: float = PAGE) -> Figure:
    """Return a row an effect, the largest of each kind on top: mean over worlds and its 95 % interval.

    A main effect is the highest level minus the lowest, or each of them minus what is coded; an interaction, how much
    higher the first factor's effect is at the one level of the second than at the other. At most 24 rows.
    """
    study, found = Study(sweep.folder, sweep.manifest), sweep.effects()
    own = found[(found["measure"] == measure) & (found["entity"] == entity)].to_dict("records")
    rows: list[dict[Any, Any]] = []
    for kind in KINDS:
        rows += sorted((row for row in own if row["kind"] == kind), key=lambda row: -abs(float(row["effect"])))
    left_out, rows = len(rows[MOST:]), rows[:MOST]
    figure, (axes,) = sheet(width, 1.0)
    labels = [wrapped(figure, _label_effects(sweep, row), LABEL) for row in rows]
    lines = [label.count("\n") + 1 for label in labels]
    figure.set_size_inches(width, 0.45 + ROW * (sum(lines) + 0.5 * len(lines)))
    _draw(axes, rows, labels, lines)
    axes.set_xlabel("effect on " + words.axis(study, measure, change=True))
    kinds = list(dict.fromkeys(str(row["kind"]) for row in rows))
    keys = [(_key(kind), KINDS[kind]) for kind in kinds]
    said = "Mean over the same worlds and its 95 % interval, each by itself; over all levels of the other factors"
    said += f"; the {left_out} smallest interactions are left out" if left_out else ""
    title = f"Effects on {_lower(subject(sweep, measure, entity))}: {words.plain(sweep.manifest['title'])}"
    return finish(figure, title, said, words.source(study), keys)


def _draw(axes: Axes, rows: list[dict[Any, Any]], labels: list[str], lines: list[int]) -> None:
    at, places = 0.0, []
    digits = digits_of(max(abs(float(row["effect"])) for row in rows))
    for row, height in zip(rows, lines, strict=True):
        place = at + height / 2
        style = look(1 if row["kind"] == "main" else 2)
        axes.plot([row["effect_low"], row["effect_high"]], [place, place], color=style.colour, linewidth=1.6,
                  solid_capstyle="butt", gid="interval")  # fmt: skip
        axes.plot([row["effect"]], [place], color=style.colour, marker=style.marker, markersize=4, gid="effect")
        text = signed(float(row["effect"]), digits).replace("-", "−")
        axes.annotate(text, (row["effect_high"], place), xytext=(4, 0), textcoords="offset points", va="center",
                      size=SMALL, color=style.colour)  # fmt: skip
        places.append(place)
        at += height + 0.5
    axes.axvline(0.0, color=GREY, linewidth=0.7, zorder=1, gid="zero")
    axes.set_yticks(places, labels, linespacing=1.1)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(at, -0.5)
    ends = [0.0, *(float(row[name]) for row in rows for name in ("effect_low", "effect_high"))]
    ticks = value_range(min(ends), max(ends))
    axes.set_xlim(ticks[0], ticks[-1] + 0.1 * (ticks[-1] - ticks[0]))
    axes.set_xticks(ticks.tolist(), [number(tick) for tick in ticks])


def _label_effects(sweep: Sweep, row: dict[Any, Any]) -> str:
    names = {factor.path: factor.label for factor in sweep.design.factors}
    one = words.plain(names[row["factor"]])
    if row["kind"] == "main":
        return f"{one}, {between(row).removeprefix('from ')}"
    coded = {factor.path for factor in sweep.design.factors if factor.coded}
    ends = [f" to {level_text(row[end])}" if row[of] in coded else "" for of, end in ENDS]
    return f"{one}{ends[0]} × {words.plain(names[row['other']])}{ends[1]}"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _key(kind: str) -> Line2D:
    style = look(1 if kind == "main" else 2)
    return Line2D([], [], color=style.colour, marker=style.marker, linewidth=1.6, markersize=4)
