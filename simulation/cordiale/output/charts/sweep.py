"""Charts of a sweep: lines for one factor, heat maps for two or more, and effects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cordiale.analysis.sweep import Sweep
from cordiale.analysis.sweep_design import Factor, level_text
from cordiale.analysis.sweep_tables import Effects, contrasts
from cordiale.analysis.sweep_words import between
from cordiale.models.measures import sentence_case
from cordiale.models.units import level as level_text_of
from cordiale.models.units import unit_of
from cordiale.output.charts import sweep_said as said
from cordiale.output.charts import titles
from cordiale.output.charts.axes import number
from cordiale.output.charts.end_labels import Label, end_labels, label_room
from cordiale.output.charts.forest import HEAD, MARKS, Panel, Row, fitting, forest
from cordiale.output.charts.frame import Words, finish, head, sheet, wrapped
from cordiale.output.charts.recorded import Array
from cordiale.output.charts.style import house_style, inks, sizes, target
from cordiale.output.charts.sweep_map import grid_chart
from cordiale.output.charts.timeline import value_axis, zero_line
from cordiale.study import labels as words


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


@dataclass(frozen=True)
class Curve:
    """A mean over the levels of a factor, each (levels,) in the order of the levels.

    Attributes
    ----------
    low, high : its 95 % interval
    worlds : the 5 % and the 95 % quantile of worlds, where they are drawn
    """

    mean: Array
    low: Array
    high: Array
    worlds: tuple[Array, Array] | None = None

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and the highest that is drawn."""
        every = [self.mean, self.low, self.high, *(self.worlds or ())]
        return float(min(each.min() for each in every)), float(max(each.max() for each in every))


@house_style()
def line_chart(sweep: Sweep, measure: str, entity: str) -> Figure:
    """Return a measure over the levels of the first factor, and its difference to the first level, or to the scenario
    that cells are held against.

    The level: mean with its 95 % interval, and 90 % of worlds. The difference: mean over the same worlds, with its 95 %
    interval. Levels of a switch are points, not a line. "Coded" is no place between numbers: it is a line across the
    panel, or a point before the others.
    """
    factor, study, to = sweep.design.factors[0], said.texts_of(sweep), said.column_of(sweep)

    def of(name: str) -> Array:
        return sweep.means(measure, entity, name).reshape(len(factor.values), -1)[:, 0]

    level = Curve(of("mean"), of("low"), of("high"), (of("q05"), of("q95")))
    difference = Curve(of(to), of(f"{to}_low"), of(f"{to}_high"))
    columns, share = 1 if target().narrow else 2, sweep.yes_no(measure)
    figure, (left, right) = sheet(2 // columns, columns, lines=15 if columns == 2 else 24)
    heads = ("Level", f"Difference to {said.held_against(sweep)}, in the same worlds")
    for axes, curve, text in zip((left, right), (level, difference), heads, strict=True):
        _draw(axes, factor, curve)
        head(axes, text)
    within = words.extent(study, measure)
    value_axis(left, *level.ends, within, percent=share)
    low, high = difference.ends
    value_axis(right, min(low, 0.0), max(high, 0.0), signs=True, percent=share)
    zero_line(right)
    _ends(left, factor, level, lambda value: level_text_of(value, said.unit_of_measure(sweep, measure)), columns)
    _ends(right, factor, difference, partial(said.told, sweep, measure), columns)
    for axes in (left, right) if columns == 2 else (right,):
        axes.set_xlabel(wrapped(figure, said.name_of(factor), 0.7 * target().inches / columns, sizes().small))
    return finish(figure, _words(sweep, measure, entity, factor, difference))


def _draw(axes: Axes, factor: Factor, curve: Curve) -> None:
    """Draw a mean with its interval, and quantiles of worlds, over the levels in ascending order."""
    colour, line = inks().series[0], sizes().line
    order = factor.ascending[int(factor.coded and factor.continuous) :]
    at = factor.numbers[order] if factor.continuous else np.arange(len(order), dtype=float)
    mean, low, high = curve.mean[order], curve.low[order], curve.high[order]
    if factor.coded and factor.continuous:
        axes.axhline(curve.mean[0], color=inks().baseline, linewidth=line / 1.5, dashes=(4, 1.5), gid="coded")
    if factor.continuous:
        if curve.worlds is not None:
            least, most = (each[order] for each in curve.worlds)
            axes.fill_between(at, least, most, color=colour, alpha=0.13, linewidth=0, gid="worlds")
        axes.fill_between(at, low, high, color=colour, alpha=0.3, linewidth=0, gid="interval")
        axes.plot(at, mean, color=colour, marker="o" if len(at) <= 25 else "", markersize=1.6 * line, gid="mean",
                  clip_on=False, zorder=3)  # fmt: skip
        axes.set_xlim(at[0], at[-1])
        axes.xaxis.set_major_formatter(lambda tick, _: number(tick))
        return
    if curve.worlds is not None:
        least, most = (each[order] for each in curve.worlds)
        axes.vlines(at, least, most, color=colour, linewidth=3.5 * line, alpha=0.2, gid="worlds")
    axes.vlines(at, low, high, color=colour, linewidth=line, gid="interval")
    axes.plot(at, mean, color=colour, marker="o", markersize=2.6 * line, linestyle="none", gid="mean", zorder=3,
              clip_on=False)  # fmt: skip
    axes.set_xticks(at, [said.short(factor.values[level]) for level in order])
    axes.set_xlim(-0.6, len(at) - 0.4)


def _ends(axes: Axes, factor: Factor, curve: Curve, tell: Callable[[float], str], columns: int) -> None:
    """Write the last number at a line's end, and what is coded at its own; of points each number beside it."""
    colour = inks().series[0]
    order = factor.ascending
    if factor.continuous:
        labels = [Label(float(curve.mean[order[-1]]), tell(float(curve.mean[order[-1]])), colour)]
        if factor.coded:
            coded = float(curve.mean[0])
            labels.append(Label(coded, f"as coded {tell(coded)}", inks().baseline, small=True))
        end_labels(axes, float(factor.numbers[order[-1]]), labels, label_room(columns))
        return
    for place, level in enumerate(order):
        axes.annotate(
            tell(float(curve.mean[level])), (place, curve.mean[level]), xytext=(2.4 * sizes().line, 0), va="center",
            textcoords="offset points", size=sizes().small, color=colour, weight="bold",
            bbox={"facecolor": inks().paper, "linewidth": 0, "pad": 0.4},
        )  # fmt: skip


def _forms(factor: Factor, difference: Curve, of: str, tell: Callable[[float], str], step: float) -> list[str]:
    """Return what both ends of a factor change that has "coded" among its levels; nothing where that is little."""
    if not factor.coded or len(factor.values) < 3:
        return []
    one, *_, other = factor.ascending[1:]
    means = [float(difference.mean[at]) for at in (one, other)]
    sure = [difference.low[at] > 0 or difference.high[at] < 0 for at in (one, other)]
    if not all(sure) or min(map(abs, means)) < step:
        return []
    levels = [said.short(factor.values[at]) for at in (one, other)]
    ends = " and ".join(f"{tell(mean)} at {level}" for mean, level in zip(means, levels, strict=True))
    return [f"“{said.name_of(factor)}” changes {of} by {ends}"]


def _words(sweep: Sweep, measure: str, entity: str, factor: Factor, difference: Curve) -> Words:
    of = said.subject(sweep, measure, entity)
    name = f"“{said.name_of(factor)}”"
    what = f"{sentence_case(of)} {said.when(sweep, measure, entity)} at {len(factor.values)} levels of {name}"
    subtitle = titles.joined(f"{what}, {said.unit(sweep, measure)}")
    drawn = "Line: mean over worlds" if factor.continuous else "Dots: means over worlds"
    drawn += "; strong: its 95 % interval; faint: 90 % of worlds"
    drawn += "; dashed: what is coded, which each world has of its own" if factor.coded and factor.continuous else ""
    tell = partial(said.told, sweep, measure)
    step = unit_of(said.unit_of_measure(sweep, measure)).step
    form = [*_forms(factor, difference, of, tell, step), *said.forms(sweep, measure, entity)]
    told = ", ".join(f"{said.short(factor.values[at])}: {tell(float(difference.mean[at]))}" for at in factor.ascending)
    against = said.held_against(sweep)
    alt = f"A measure over the levels of a factor. {form[0]}. Differences to {against} by level: {told}."
    return Words(form, subtitle, said.caption(sweep, drawn), alt)


MOST = 24  # rows that fit a page
HEADS = {"main": "Effect of one factor", "interaction": "By how much two factors change each other's effect"}
ENDS = (("factor", "high"), ("other", "other_high"))  # of an interaction: each factor, and the level to which it goes


@house_style()
def effects_chart(sweep: Sweep, measure: str, entity: str) -> Figure:
    """Return a row an effect, the largest of each kind on top: mean over worlds and its 95 % interval.

    A main effect is the highest level minus the lowest, or each of them minus what is coded; an interaction, how much
    higher the first factor's effect is at the one level of the second than at the other.
    """
    worlds = _by_world(sweep, measure, entity)
    found = [(kind, row) for kind in HEADS for row in said.effects_of(sweep, measure, entity, kind)]
    most = found[0][1]
    inked = [inks().series[0] if row is most else inks().ink for _, row in found]
    labels = [Row(_label(sweep, row), ink, row is most) for ink, (_, row) in zip(inked, found, strict=True)]
    kept = min(MOST, fitting(labels, [HEADS["main"]], below=HEAD))
    tell = partial(said.told, sweep, measure)
    panels = []
    for kind, text in HEADS.items():
        own = [at for at, (of, _) in enumerate(found[:kept]) if of == kind]
        if own:
            bars = [said.estimate_of(sweep, found[at][1], worlds[found[at][1]["at"]]) for at in own]
            rows = [labels[at] for at in own]
            panels.append(Panel(text, rows, bars))
    figure = forest(panels)
    of = said.subject(sweep, measure, entity)
    subtitle = titles.joined(
        f"Effects on {of} {said.when(sweep, measure, entity)}, each over all levels of the other factors, mean and "
        f"95 % interval, {said.unit(sweep, measure)}"
    )
    left = f"The {len(found) - kept} smallest effects are left out" if len(found) > kept else ""
    pairs = zip(labels, found[:12], strict=False)
    told = "; ".join(f"{row.label} {tell(float(each['effect']))}" for row, (_, each) in pairs)
    form = said.forms(sweep, measure, entity)
    alt = f"A forest plot of effects. {form[0]}. {told}."
    return finish(figure, Words(form, subtitle, said.caption(sweep, titles.joined(MARKS, left)), alt))


def _by_world(sweep: Sweep, measure: str, entity: str) -> Array:
    """Return each effect world by world, (effects, worlds), in the order of the table."""
    design = sweep.design
    values = said.differences(sweep, measure, entity).reshape(design.cells, 1, sweep.worlds)
    effects = Effects(contrasts(design.shape, [factor.compared for factor in design.factors]), 1, sweep.worlds)
    effects.add(design.levels(0, design.cells), values)
    return np.asarray(effects.values[:, 0])


def _label(sweep: Sweep, row: dict[str, Any]) -> str:
    names = {factor.path: said.name_of(factor) for factor in sweep.design.factors}
    one = words.plain(names[row["factor"]])
    if row["kind"] == "main":
        return f"{one}, {between(row).removeprefix('from ')}"
    coded = {factor.path for factor in sweep.design.factors if factor.coded}
    ends = [f" to {level_text(row[end])}" if row[of] in coded else "" for of, end in ENDS]
    return f"{one}{ends[0]} × {names[row['other']]}{ends[1]}"
