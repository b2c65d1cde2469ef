"""Charts of a sweep: lines for one factor, heat maps for two or more, and effects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from cordiale.analysis.sweep import Effect, Sweep
from cordiale.analysis.sweep_design import CODED, Factor, Level, level_text
from cordiale.analysis.window import PEAK
from cordiale.case.quarters import end_of
from cordiale.models.measures import sentence_case, within
from cordiale.models.units import level as level_number
from cordiale.models.units import signed, unit_of, unit_words
from cordiale.output.charts import titles
from cordiale.output.charts.axes import number
from cordiale.output.charts.captions import LONGEST, NO_FORECAST
from cordiale.output.charts.cells import REACH, clear_of, colours_of, write_cell
from cordiale.output.charts.end_labels import Label, end_labels, label_room
from cordiale.output.charts.forest import HEAD, MARKS, Panel, Row, fitting, forest
from cordiale.output.charts.frame import LEADING, Words, finish, head, page_of, sheet, text_width, wrapped
from cordiale.output.charts.gain_cost import costs_of_pack
from cordiale.output.charts.recorded import Array
from cordiale.output.charts.style import house_style, inks, sizes, target
from cordiale.output.charts.timeline import value_axis, zero_line
from cordiale.study import labels as words
from cordiale.study.estimate import LITTLE_CHANGE, Estimate

MOST_PANELS = 6
REACHES = (REACH, 2 * REACH, 4 * REACH)  # steps to each side of zero
MOST_ZERO = 0.1  # share of cells that are zero, up to which a line of no change is drawn
SLIDE = 10.0  # lines of text that a panel has on a slide, with its head and its levels, about
ROW = 2.0  # lines of text that a row takes
_GROW = (1, 2, 4, 10, 20, 40, 100, 200, 400, 1000)


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


@house_style()
def line_chart(sweep: Sweep, measure: str, entity: str) -> Figure:
    """Return a measure over the levels of the first factor, and its difference to the first level, or to the scenario
    that cells are held against.

    The level: mean with its 95 % interval, and 90 % of worlds. The difference: mean over the same worlds, with its 95 %
    interval. Levels of a switch are points, not a line. "Coded" is no place between numbers: it is a line across the
    panel, or a point before the others.
    """
    factor, study, to = sweep.design.factors[0], sweep.texts, column_of(sweep)

    found = sweep.summary()
    rows = found[(found["measure"] == measure) & (found["entity"] == entity)].to_dict("records")
    rows = rows[:: len(rows) // len(factor.values)]
    difference = [sweep.estimate(measure, row, to) for row in rows]
    level = [replace(each, mean=row["mean"], low=row["low"], high=row["high"])
             for each, row in zip(difference, rows, strict=True)]  # fmt: skip
    worlds = [np.array([row[end] for row in rows]) for end in ("q05", "q95")]
    columns, share = 1 if target().narrow else 2, sweep.yes_no(measure)
    figure, (left, right) = sheet(2 // columns, columns, lines=15 if columns == 2 else 24)
    heads = ("Level", f"Difference to {held_against(sweep)}, in the same worlds")
    for axes, curve, text in zip((left, right), (level, difference), heads, strict=True):
        _draw(axes, factor, curve, worlds if curve is level else [])
        head(axes, text)
    within = words.extent(study, measure)
    value_axis(left, *_reach(level, worlds), within, percent=share)
    low, high = _reach(difference)
    value_axis(right, min(low, 0.0), max(high, 0.0), signs=True, percent=share)
    zero_line(right)
    _ends(left, factor, level, lambda each: level_number(each.mean, sweep.unit(measure)), columns)
    _ends(right, factor, difference, _points, columns)
    for axes in (left, right) if columns == 2 else (right,):
        axes.set_xlabel(wrapped(figure, name_of(factor), 0.7 * target().inches / columns, sizes().small))
    return finish(figure, _words(sweep, measure, entity, factor, difference))


def _reach(curve: Sequence[Estimate], worlds: Sequence[Array] = ()) -> tuple[float, float]:
    """Return the lowest and the highest that is drawn."""
    every = [
        *(end for each in curve for end in (each.low, each.high)),
        *(float(one) for each in worlds for one in each),
    ]
    return min(every), max(every)


def _points(each: Estimate) -> str:
    """Return a difference with its sign; of shares of worlds in points of a hundred, without the word."""
    return each.text().removesuffix(" points")


def _draw(axes: Axes, factor: Factor, curve: Sequence[Estimate], worlds: Sequence[Array]) -> None:
    """Draw means with their intervals, and quantiles of worlds, over the levels in ascending order."""
    colour, line = inks().series[0], sizes().line
    order = factor.ascending[int(factor.coded and factor.continuous) :]
    at = factor.numbers[order] if factor.continuous else np.arange(len(order), dtype=float)
    mean, low, high = (np.array([getattr(curve[k], end) for k in order]) for end in ("mean", "low", "high"))
    if factor.coded and factor.continuous:
        axes.axhline(curve[0].mean, color=inks().baseline, linewidth=line / 1.5, dashes=(4, 1.5), gid="coded")
    if factor.continuous:
        if worlds:
            least, most = (each[order] for each in worlds)
            axes.fill_between(at, least, most, color=colour, alpha=0.13, linewidth=0, gid="worlds")
        axes.fill_between(at, low, high, color=colour, alpha=0.3, linewidth=0, gid="interval")
        axes.plot(at, mean, color=colour, marker="o" if len(at) <= 25 else "", markersize=1.6 * line, gid="mean",
                  clip_on=False, zorder=3)  # fmt: skip
        axes.set_xlim(at[0], at[-1])
        axes.xaxis.set_major_formatter(lambda tick, _: number(tick))
        return
    if worlds:
        least, most = (each[order] for each in worlds)
        axes.vlines(at, least, most, color=colour, linewidth=3.5 * line, alpha=0.2, gid="worlds")
    axes.vlines(at, low, high, color=colour, linewidth=line, gid="interval")
    axes.plot(at, mean, color=colour, marker="o", markersize=2.6 * line, linestyle="none", gid="mean", zorder=3,
              clip_on=False)  # fmt: skip
    axes.set_xticks(at, [short(factor.values[level]) for level in order])
    axes.set_xlim(-0.6, len(at) - 0.4)


def _ends(axes: Axes, factor: Factor, curve: Sequence[Estimate], tell: Callable[[Estimate], str], columns: int) -> None:
    """Write the last number at a line's end, and what is coded at its own; of points each number beside it."""
    colour = inks().series[0]
    order = factor.ascending
    if factor.continuous:
        labels = [Label(curve[order[-1]].mean, tell(curve[order[-1]]), colour)]
        if factor.coded:
            labels.append(Label(curve[0].mean, f"as coded {tell(curve[0])}", inks().baseline, small=True))
        end_labels(axes, float(factor.numbers[order[-1]]), labels, label_room(columns))
        return
    for place, level in enumerate(order):
        axes.annotate(
            tell(curve[level]), (place, curve[level].mean), xytext=(2.4 * sizes().line, 0), va="center",
            textcoords="offset points", size=sizes().small, color=colour, weight="bold",
            bbox={"facecolor": inks().paper, "linewidth": 0, "pad": 0.4},
        )  # fmt: skip


def _forms(factor: Factor, difference: Sequence[Estimate], of: str) -> list[str]:
    """Return what both ends of a factor change that has "coded" among its levels; nothing where that is little."""
    if not factor.coded or len(factor.values) < 3:
        return []
    one, *_, other = factor.ascending[1:]
    if not all(difference[at].noticeable for at in (one, other)):
        return []
    ends = " and ".join(f"{_points(difference[at])} at {short(factor.values[at])}" for at in (one, other))
    return [f"“{name_of(factor)}” changes {of} by {ends}"]


def _words(sweep: Sweep, measure: str, entity: str, factor: Factor, difference: Sequence[Estimate]) -> Words:
    of = subject(sweep, measure, entity)
    name = f"“{name_of(factor)}”"
    what = f"{sentence_case(of)} {when(sweep, measure, entity)} at {len(factor.values)} levels of {name}"
    subtitle = titles.joined(f"{what}, {unit(sweep, measure)}")
    drawn = "Line: mean over worlds" if factor.continuous else "Dots: means over worlds"
    drawn += "; strong: its 95 % interval; faint: 90 % of worlds"
    drawn += "; dashed: what is coded, which each world has of its own" if factor.coded and factor.continuous else ""
    form = [*_forms(factor, difference, of), *forms(sweep, measure, entity)]
    levels = ", ".join(f"{short(factor.values[at])}: {_points(difference[at])}" for at in factor.ascending)
    alt = f"A measure over the levels of a factor. {form[0]}. Differences to {held_against(sweep)} by level: {levels}."
    return Words(form, subtitle, caption(sweep, drawn), alt)


MOST = 24  # rows that fit a page
HEADS = ("Effect of one factor", "By how much two factors change each other's effect")


@house_style()
def effects_chart(sweep: Sweep, measure: str, entity: str) -> Figure:
    """Return a row an effect, the largest of each kind on top: mean over worlds and its 95 % interval.

    A main effect is the highest level minus the lowest, or each of them minus what is coded; an interaction, how much
    higher the first factor's effect is at the one level of the second than at the other.
    """
    kinds = sweep.effects_of(measure, entity)
    found = [(text, each) for text, own in zip(HEADS, kinds, strict=True) for each in own]
    labels = [
        Row(_label(sweep, each), inks().ink if at else inks().series[0], not at) for at, (_, each) in enumerate(found)
    ]
    kept = min(MOST, fitting(labels, [HEADS[0]], below=HEAD))
    panels = []
    for text in HEADS:
        own = [at for at, (of, _) in enumerate(found[:kept]) if of == text]
        if own:
            panels.append(Panel(text, [labels[at] for at in own], [found[at][1].found for at in own]))
    figure = forest(panels)
    of = subject(sweep, measure, entity)
    subtitle = titles.joined(
        f"Effects on {of} {when(sweep, measure, entity)}, each over all levels of the other factors, mean and "
        f"95 % interval, {unit(sweep, measure)}"
    )
    left = f"The {len(found) - kept} smallest effects are left out" if len(found) > kept else ""
    pairs = zip(labels, found[:12], strict=False)
    form = forms(sweep, measure, entity)
    shown = "; ".join(f"{row.label} {_points(each.found)}" for row, (_, each) in pairs)
    alt = f"A forest plot of effects. {form[0]}. {shown}."
    return finish(figure, Words(form, subtitle, caption(sweep, titles.joined(MARKS, left)), alt))


def _label(sweep: Sweep, each: Effect) -> str:
    names = {factor.path: name_of(factor) for factor in sweep.design.factors}
    one = names[each.factor]
    if not each.other:
        return f"{one}, {each.between.removeprefix('from ')}"
    coded = {factor.path for factor in sweep.design.factors if factor.coded}
    ends = [f" to {level_text(to)}" if of in coded else ""
            for of, (_, to) in zip((each.factor, each.other), each.ends, strict=True)]  # fmt: skip
    return f"{one}{ends[0]} × {names[each.other]}{ends[1]}"


# ---------------------------------------------------------------- maps of two factors


@dataclass(frozen=True)
class Map:
    """A map.

    Attributes
    ----------
    means, clear : (levels of the first factor, levels of the second), in the order of the levels
    step : of colours
    reach : steps to each side
    worse : whether more of it is worse, as of a cost
    """

    head: str
    measure: str
    means: Array
    clear: NDArray[np.bool_]
    step: float
    reach: int
    worse: bool = False


@house_style()
def grid_chart(sweep: Sweep, measure: str, entity: str) -> Figure:
    """Return heat maps of mean differences over the first two factors.

    Differences are to the scenario that cells are held against, else to the first cell. Where there is a third factor
    a panel is a level of it; else a cost that is measured stands beside its gain. Further factors are averaged over. A
    black line is where nothing changes.
    """
    panels, columns, left_out = _panels(sweep, measure, entity)
    factors, rows = sweep.design.factors[:2], -(-len(panels) // columns)
    lines = (ROW * min(len(factors[1].values), 16) + 4.5) * rows
    figure, axes = sheet(rows, columns, lines=lines, sharex=False)
    for k, (each, panel) in enumerate(zip(axes, panels, strict=False)):
        _levels(each, factors, (0.8 * target().inches / columns, lines / rows * sizes().text / 72))
        _draw_map(each, factors, panel)
        head(each, panel.head)
        if k + columns >= len(panels):
            each.set_xlabel(wrapped(figure, name_of(factors[0]), 0.75 * target().inches / columns, sizes().small))
        if k % columns == 0:
            tall = (min(lines / rows, SLIDE) if target().sheet.fixed else lines / rows) - 3.5
            tall *= LEADING * sizes().text / 72
            each.set_ylabel(wrapped(figure, name_of(factors[1]), tall, sizes().small), linespacing=1.1)
        else:
            each.tick_params(labelleft=False)
        figure.later.append(partial(_levels, each, factors))
        figure.later.append(partial(_numbers, each, sweep, panel, factors))
    for each in axes[len(panels) :]:
        each.remove()
    return finish(figure, _map_words(sweep, measure, entity, panels, left_out))


def _panels(sweep: Sweep, measure: str, entity: str) -> tuple[list[Map], int, str]:
    """Return the panels, how many stand beside each other, and what is said of those that are not drawn."""
    factors = sweep.design.factors
    values = differences(sweep, measure, entity)
    values = values.mean(axis=tuple(range(3, len(factors)))) if len(factors) > 3 else values
    if len(factors) == 2:
        return _gain_and_cost(sweep, measure, entity, values)
    third, most = factors[2], 3 if target().narrow or target().sheet.fixed else MOST_PANELS
    order = third.ascending
    evenly = np.linspace(0, len(order) - 1, min(most, len(order))).round().astype(int)
    shown = [order[k] for k in evenly]
    step, reach = _steps(sweep, measure, values)
    panels = [
        _panel(f"{name_of(third)}: {short(third.values[k])}", measure, values[:, :, k], step, reach) for k in shown
    ]
    left = f"{len(shown)} of {len(order)} levels of {name_of(third)} are drawn" if len(shown) < len(order) else ""
    return panels, 1 if target().narrow else min(3, len(panels)), left


def _gain_and_cost(sweep: Sweep, measure: str, entity: str, values: Array) -> tuple[list[Map], int, str]:
    """Return the map of a measure, and beside it, where it is no cost itself, that of the first cost measured."""
    state = entity.split("-")[0].split(">")[-1]
    known = [each for each in costs_of_pack(sweep.texts, state) if len(each.measures) == 1]
    costs = {each.measures[0]: each for each in known}
    others = [each for each in sweep.measures if ":".join(each) in costs]
    own = costs.get(f"{measure}:{entity}")
    role = "Cost: " if own else "Gain: " if others else ""
    name = within(own.label) if own else subject(sweep, measure, entity)
    worse = bool(own and own.more)
    first = _panel(sentence_case(role + name), measure, values, *_steps(sweep, measure, values), worse)
    if own or not others:
        return [first], 1, ""
    cost, found = costs[":".join(others[0])], differences(sweep, *others[0])
    text = f"Cost: {within(cost.label)} ({unit(sweep, others[0][0])})"
    second = _panel(text, others[0][0], found, *_steps(sweep, others[0][0], found), cost.more)
    return [first, second], 1 if target().narrow else 2, ""


def _panel(text: str, measure: str, values: Array, step: float, reach: int, worse: bool = False) -> Map:
    """Return the map of differences, (levels, levels, worlds)."""
    shape = values.shape[:2]
    flat = values.reshape(-1, values.shape[-1]).T
    return Map(text, measure, flat.mean(axis=0).reshape(shape), clear_of(flat).reshape(shape), step, reach, worse)


def _steps(sweep: Sweep, measure: str, values: Array) -> tuple[float, int]:
    """Return the step of colours and how many there are to each side.

    They are those of the measure's scale, with twice or four times as many where differences are larger; steps grow
    only where differences are so large that colours would tell nothing.
    """
    step, most = unit_of(sweep.unit(measure)).step, float(np.abs(values.mean(axis=-1)).max())
    for reach in REACHES:
        if most <= reach * step:
            return step, reach
    return step * next((each for each in _GROW if most <= 2 * REACHES[-1] * step * each), _GROW[-1]), REACHES[-1]


# ---------------------------------------------------------------- what is drawn


def _levels(axes: Axes, factors: Sequence[Factor], room: tuple[float, float] | None = None) -> None:
    """Write as many levels as have room, each in the middle of its cells.

    Parameters
    ----------
    room : width and height of the panel in inches, about; those that it has where None
    """
    figure, small = page_of(axes), sizes().small
    box = axes.get_window_extent()
    inches, tall = room or (box.width / figure.dpi, box.height / figure.dpi)
    texts = [[short(factor.values[at]) for at in factor.ascending] for factor in factors]
    wide = max(text_width(figure, text, small) for text in texts[0]) + 0.6 * small / 72
    every = (
        max(1, int(np.ceil(wide * len(texts[0]) / inches))),
        max(1, int(np.ceil(len(texts[1]) * 1.25 * small / 72 / tall))),
    )
    for setter, text, step in zip((axes.set_xticks, axes.set_yticks), texts, every, strict=True):
        setter(range(0, len(text), step), text[::step])
    axes.set_xlim(-0.5, len(texts[0]) - 0.5)
    axes.set_ylim(-0.5, len(texts[1]) - 0.5)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _ordered(values: NDArray[np.generic], factors: Sequence[Factor]) -> NDArray[np.generic]:
    """Return (levels of the second factor, of the first), ascending."""
    return np.asarray(values[np.ix_(*(factor.ascending for factor in factors))].T)


def _draw_map(axes: Axes, factors: Sequence[Factor], panel: Map) -> None:
    means = np.asarray(_ordered(panel.means, factors), dtype=np.float64)
    colours, norm = colours_of(panel.reach * panel.step, panel.step)
    edges = [np.arange(count + 1) - 0.5 for count in means.shape[::-1]]
    shown = np.round(-means if panel.worse else means, _digits(panel))  # as the numbers have it: one colour a number
    axes.pcolormesh(*edges, shown, cmap=colours, norm=norm, edgecolors=inks().paper, linewidth=sizes().line / 3,
                    gid="means")  # fmt: skip
    if _crossed(factors, panel):
        axes.contour(means, levels=[0.0], colors=inks().ink, linewidths=sizes().line).set_gid("zero")


def _digits(panel: Map) -> int:
    """Return the decimals to which a difference is printed."""
    return max(2, int(np.ceil(-np.log10(panel.step))))


def _crossed(factors: Sequence[Factor], panel: Map) -> bool:
    """Whether a line of no change can be drawn: between levels lies something, and few cells are zero themselves."""
    means = panel.means
    between = all(factor.continuous and not factor.coded for factor in factors[:2])
    return bool(between and means.min() < 0 < means.max() and np.mean(np.abs(means) < 1e-9) < MOST_ZERO)


def _numbers(axes: Axes, sweep: Sweep, panel: Map, factors: Sequence[Factor]) -> None:
    """Write the number of each cell, of every few where cells are narrow, and hatch those that are not clear."""
    figure, small = page_of(axes), sizes().small
    means = np.asarray(_ordered(panel.means, factors), dtype=np.float64)
    clear = np.asarray(_ordered(panel.clear, factors), dtype=bool)
    box, (up, across) = axes.get_window_extent(), means.shape
    texts = {at: told(sweep, panel.measure, float(means[at])) for at in np.ndindex(up, across)}
    wide = 1.2 * max(text_width(figure, text, small) for text in texts.values())
    every = [
        max(1, int(np.ceil(room * figure.dpi * count / pixels)))
        for room, count, pixels in ((1.4 * small / 72, up, box.height), (wide, across, box.width))
    ]
    colours, norm = colours_of(panel.reach * panel.step, panel.step)
    boxed = _crossed(factors, panel) or max(every) > 1
    for at, text in texts.items():
        value = float(means[at])
        written = all(
            k % step == step // 2 and k + (step + 1) / 2 <= count
            for k, step, count in zip(at, every, means.shape, strict=True)
        )
        write_cell(
            axes, at[::-1], text if written else "", colours(norm(-value if panel.worse else value)),
            little=abs(value) < panel.step, clear=bool(clear[at]), size=small, boxed=boxed,
        )  # fmt: skip


# ---------------------------------------------------------------- words


def _map_words(sweep: Sweep, measure: str, entity: str, panels: Sequence[Map], left_out: str) -> Words:
    factors, of = sweep.design.factors, subject(sweep, measure, entity)
    others = [name_of(each) for each in factors[3:]]
    subtitle = titles.joined(
        f"Change of {of} {when(sweep, measure, entity)} against {held_against(sweep)} in the same worlds, "
        f"for {sweep.design.cells} combinations of “{name_of(factors[0])}” (right) and "
        f"“{name_of(factors[1])}” (up), {unit(sweep, measure)}",
        f"Means over the levels of {', '.join(others)}" if others else "",
    )
    steps = {each.head: f"a shade is {_plain(sweep, each.measure, each.step)}" for each in panels}
    of_cost = f"; of the cost {steps[panels[1].head]}" if len({each.measure for each in panels}) > 1 else ""
    drawn = titles.joined(
        f"Means over worlds. Colours: {steps[panels[0].head]}{of_cost}; pale: below the noticeable step; hatched: the "
        "95 % interval covers zero",
        "Line: no change" if any(_crossed(factors, each) for each in panels) else "",
        "Brown: a cost that grows" if any(each.worse for each in panels) else "",
        left_out,
    )
    extremes = " to ".join(_extreme(sweep, measure, panels[0], at) for at in (np.argmin, np.argmax))
    form = forms(sweep, measure, entity)
    alt = f"{len(panels)} heat maps. {form[0]}. {panels[0].head}: from {extremes}."
    alt = alt.replace("1 heat maps", "A heat map")
    return Words(form, subtitle, caption(sweep, drawn), alt)


def _extreme(sweep: Sweep, measure: str, panel: Map, at: Callable[[Array], np.intp]) -> str:
    """Return the least or the largest number of a map, with the levels at which it is."""
    place = np.unravel_index(int(at(panel.means)), panel.means.shape)
    levels = [short(each.values[k]) for each, k in zip(sweep.design.factors, place, strict=False)]
    return f"{told(sweep, measure, float(panel.means[place]))} at {' and '.join(levels)}"


def _plain(sweep: Sweep, measure: str, value: float) -> str:
    return f"{100 * value:g}" if sweep.yes_no(measure) else f"{value:g}"


# ---------------------------------------------------------------- words of all of them


def subject(sweep: Sweep, measure: str, entity: str) -> str:
    """Return what is measured, of whom, as it stands within a sentence."""
    return titles.subject_of(sweep.texts, measure, entity)


def when(sweep: Sweep, measure: str, entity: str) -> str:
    """Return "by the end of 2025", or "on average over 2020Q1 to 2022Q4"."""
    quarter = sweep.read_in(measure, entity)
    if ":" in quarter:
        return f"on average over {quarter.replace(':', ' to ')}"
    peak = ", the quarter in which cells differ most" if sweep.manifest["quarter"] == PEAK else ""
    return f"by {end_of(quarter)}{peak}"


def column_of(sweep: Sweep) -> str:
    """Return which difference is drawn: that to the scenario that cells are held against, else that to the first."""
    return "against" if sweep.against else "difference"


def held_against(sweep: Sweep) -> str:
    """Return what differences are to: a scenario, what is coded, or the cell with the first level of each factor."""
    if sweep.against:
        return f"“{words.plain(sweep.manifest['against']['title'])}”"
    factors = sweep.design.factors
    if all(factor.coded for factor in factors):
        return "what is coded"
    if len(factors) == 1:
        return f"the level {short(factors[0].values[0])}"
    if len(factors) > 2:
        return "the first cell (the first level of each factor)"
    return "the first cell (" + ", ".join(f"{name_of(each)} {short(each.values[0])}" for each in factors) + ")"


def short(level: Level) -> str:
    """Return a level as there is room for it: "coded", or three figures of a number."""
    return CODED if level == CODED else f"{float(level):.3g}".replace("-", "−")


def name_of(factor: Factor) -> str:
    """Return what a factor is called."""
    return words.plain(factor.label)


def differences(sweep: Sweep, measure: str, entity: str) -> Array:
    """Return the differences that are drawn, world by world, shaped as the design with worlds last."""
    cells = sweep.cells()
    own = cells[(cells["measure"] == measure) & (cells["entity"] == entity)]
    values = np.asarray(own["against" if sweep.against else "value"], dtype=np.float64)
    values = values.reshape(*sweep.design.shape, sweep.worlds)
    return values if sweep.against else values - values.reshape(-1, sweep.worlds)[0]


def told(sweep: Sweep, measure: str, value: float) -> str:
    """Return a difference with its sign; of shares of worlds in points of a hundred, without the word."""
    return signed(value, sweep.unit(measure)).removesuffix(" points")


def unit(sweep: Sweep, measure: str) -> str:
    """Return the unit of differences, as a subtitle says it."""
    share = sweep.yes_no(measure)
    return "share of worlds, in points of a hundred" if share else unit_words(sweep.unit(measure))


# ---------------------------------------------------------------- what was found


def forms(sweep: Sweep, measure: str, entity: str) -> list[str]:
    """Return which factor moves a measure most, from the longest form to the shortest."""
    main, of = sweep.effects_of(measure, entity)[0], subject(sweep, measure, entity)
    most, several = main[0], len(main) > 1
    names = {factor.path: name_of(factor) for factor in sweep.design.factors}
    name, found = f"“{names[most.factor]}”", most.found
    between = f"from {short(most.ends[0][0])} to {short(most.ends[0][1])}"
    if not found.noticeable:
        what = "noticeably" if found.verdict == LITTLE_CHANGE else "clearly"
        who = "No lever" if several else name
        told = f"{who} {what} changes {of}" if several else f"{name} brings {found.verdict} in {of}"
        return [told, sentence_case(f"{found.verdict} in {of}")]
    verb = "raises" if found.mean > 0 else "lowers"
    rank = " most" if several and found.clearly_larger(main[1].found) else ""
    return [
        f"{name} {verb} {of}{rank}: {found.full} {between}",
        f"{name} {verb} it{rank}: {found.full} {between}",
        f"{name}{rank}: {found.full} {between}",
        f"{name}: {found.full}",
    ]


# ---------------------------------------------------------------- how it is made again


def caption(sweep: Sweep, drawn: str) -> str:
    """Return the text under a chart: what marks are, worlds and seed, how to make it again, no forecast."""
    about = sweep.manifest
    coding = f"The numbers of the coding {sweep.coding} stand in place of the pack's" if sweep.coding else ""
    pack = f"pack {about['pack']} after {words.short_citation(str(about['article']))}"
    typed = words.plain(str(about.get("asked", "")))
    if not 0 < len(typed) <= LONGEST:
        factors = len(sweep.design.factors)
        typed = f"cordiale sweep {about['scenario']} ({factors} factors) --worlds {sweep.worlds}"
    worlds = f"{sweep.worlds:,} worlds, seed {about['seed']}, the same in every cell"
    source = f"Source: {typed} (cordiale {about['versions']['cordiale']}, {pack})"
    return titles.joined(drawn, coding, worlds, source, NO_FORECAST)
