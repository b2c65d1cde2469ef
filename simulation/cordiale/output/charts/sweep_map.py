"""Heat maps of a sweep over two factors: a number with its sign in each cell, the same colours for + and for −."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from cordiale.analysis.sweep import Sweep
from cordiale.analysis.sweep_design import Factor
from cordiale.models.measures import sentence_case, within
from cordiale.models.units import unit_of
from cordiale.output.charts import sweep_said as said
from cordiale.output.charts import titles
from cordiale.output.charts.cells import REACH, clear_of, colours_of, write_cell
from cordiale.output.charts.frame import LEADING, Words, finish, head, page_of, sheet, text_width, wrapped
from cordiale.output.charts.gain_cost import costs_of_pack
from cordiale.output.charts.recorded import Array
from cordiale.output.charts.style import house_style, inks, sizes, target

MOST_PANELS = 6
REACHES = (REACH, 2 * REACH, 4 * REACH)  # steps to each side of zero
MOST_ZERO = 0.1  # share of cells that are zero, up to which a line of no change is drawn
SLIDE = 10.0  # lines of text that a panel has on a slide, with its head and its levels, about
ROW = 2.0  # lines of text that a row takes
_GROW = (1, 2, 4, 10, 20, 40, 100, 200, 400, 1000)


@dataclass(frozen=True)
class Panel:
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
        _draw(each, factors, panel)
        head(each, panel.head)
        if k + columns >= len(panels):
            each.set_xlabel(wrapped(figure, said.name_of(factors[0]), 0.75 * target().inches / columns, sizes().small))
        if k % columns == 0:
            tall = (min(lines / rows, SLIDE) if target().sheet.fixed else lines / rows) - 3.5
            tall *= LEADING * sizes().text / 72
            each.set_ylabel(wrapped(figure, said.name_of(factors[1]), tall, sizes().small), linespacing=1.1)
        else:
            each.tick_params(labelleft=False)
        figure.later.append(partial(_levels, each, factors))
        figure.later.append(partial(_numbers, each, sweep, panel, factors))
    for each in axes[len(panels) :]:
        each.remove()
    return finish(figure, _words(sweep, measure, entity, panels, left_out))


def _panels(sweep: Sweep, measure: str, entity: str) -> tuple[list[Panel], int, str]:
    """Return the panels, how many stand beside each other, and what is said of those that are not drawn."""
    factors = sweep.design.factors
    values = said.differences(sweep, measure, entity)
    values = values.mean(axis=tuple(range(3, len(factors)))) if len(factors) > 3 else values
    if len(factors) == 2:
        return _gain_and_cost(sweep, measure, entity, values)
    third, most = factors[2], 3 if target().narrow or target().sheet.fixed else MOST_PANELS
    order = third.ascending
    evenly = np.linspace(0, len(order) - 1, min(most, len(order))).round().astype(int)
    shown = [order[k] for k in evenly]
    step, reach = _steps(sweep, measure, values)
    panels = [
        _panel(f"{said.name_of(third)}: {said.short(third.values[k])}", measure, values[:, :, k], step, reach)
        for k in shown
    ]
    left = f"{len(shown)} of {len(order)} levels of {said.name_of(third)} are drawn" if len(shown) < len(order) else ""
    return panels, 1 if target().narrow else min(3, len(panels)), left


def _gain_and_cost(sweep: Sweep, measure: str, entity: str, values: Array) -> tuple[list[Panel], int, str]:
    """Return the map of a measure, and beside it, where it is no cost itself, that of the first cost measured."""
    state = entity.split("-")[0].split(">")[-1]
    known = [each for each in costs_of_pack(said.texts_of(sweep), state) if len(each.measures) == 1]
    costs = {each.measures[0]: each for each in known}
    others = [each for each in sweep.measures if ":".join(each) in costs]
    own = costs.get(f"{measure}:{entity}")
    role = "Cost: " if own else "Gain: " if others else ""
    name = within(own.label) if own else said.subject(sweep, measure, entity)
    worse = bool(own and own.more)
    first = _panel(sentence_case(role + name), measure, values, *_steps(sweep, measure, values), worse)
    if own or not others:
        return [first], 1, ""
    cost, found = costs[":".join(others[0])], said.differences(sweep, *others[0])
    text = f"Cost: {within(cost.label)} ({said.unit(sweep, others[0][0])})"
    second = _panel(text, others[0][0], found, *_steps(sweep, others[0][0], found), cost.more)
    return [first, second], 1 if target().narrow else 2, ""


def _panel(text: str, measure: str, values: Array, step: float, reach: int, worse: bool = False) -> Panel:
    """Return the map of differences, (levels, levels, worlds)."""
    shape = values.shape[:2]
    flat = values.reshape(-1, values.shape[-1]).T
    return Panel(text, measure, flat.mean(axis=0).reshape(shape), clear_of(flat).reshape(shape), step, reach, worse)


def _steps(sweep: Sweep, measure: str, values: Array) -> tuple[float, int]:
    """Return the step of colours and how many there are to each side.

    They are those of the measure's scale, with twice or four times as many where differences are larger; steps grow
    only where differences are so large that colours would tell nothing.
    """
    step, most = unit_of(said.unit_of_measure(sweep, measure)).step, float(np.abs(values.mean(axis=-1)).max())
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
    texts = [[said.short(factor.values[at]) for at in factor.ascending] for factor in factors]
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


def _draw(axes: Axes, factors: Sequence[Factor], panel: Panel) -> None:
    means = np.asarray(_ordered(panel.means, factors), dtype=np.float64)
    colours, norm = colours_of(panel.reach * panel.step, panel.step)
    edges = [np.arange(count + 1) - 0.5 for count in means.shape[::-1]]
    shown = np.round(-means if panel.worse else means, _digits(panel))  # as the numbers have it: one colour a number
    axes.pcolormesh(*edges, shown, cmap=colours, norm=norm, edgecolors=inks().paper, linewidth=sizes().line / 3,
                    gid="means")  # fmt: skip
    if _crossed(factors, panel):
        axes.contour(means, levels=[0.0], colors=inks().ink, linewidths=sizes().line).set_gid("zero")


def _digits(panel: Panel) -> int:
    """Return the decimals to which a difference is printed."""
    return max(2, int(np.ceil(-np.log10(panel.step))))


def _crossed(factors: Sequence[Factor], panel: Panel) -> bool:
    """Whether a line of no change can be drawn: between levels lies something, and few cells are zero themselves."""
    means = panel.means
    between = all(factor.continuous and not factor.coded for factor in factors[:2])
    return bool(between and means.min() < 0 < means.max() and np.mean(np.abs(means) < 1e-9) < MOST_ZERO)


def _numbers(axes: Axes, sweep: Sweep, panel: Panel, factors: Sequence[Factor]) -> None:
    """Write the number of each cell, of every few where cells are narrow, and hatch those that are not clear."""
    figure, small = page_of(axes), sizes().small
    means = np.asarray(_ordered(panel.means, factors), dtype=np.float64)
    clear = np.asarray(_ordered(panel.clear, factors), dtype=bool)
    box, (up, across) = axes.get_window_extent(), means.shape
    texts = {at: said.told(sweep, panel.measure, float(means[at])) for at in np.ndindex(up, across)}
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


def _words(sweep: Sweep, measure: str, entity: str, panels: Sequence[Panel], left_out: str) -> Words:
    factors, of = sweep.design.factors, said.subject(sweep, measure, entity)
    others = [said.name_of(each) for each in factors[3:]]
    subtitle = titles.joined(
        f"Change of {of} {said.when(sweep, measure, entity)} against {said.held_against(sweep)} in the same worlds, "
        f"for {sweep.design.cells} combinations of “{said.name_of(factors[0])}” (right) and "
        f"“{said.name_of(factors[1])}” (up), {said.unit(sweep, measure)}",
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
    form = said.forms(sweep, measure, entity)
    alt = f"{len(panels)} heat maps. {form[0]}. {panels[0].head}: from {extremes}."
    alt = alt.replace("1 heat maps", "A heat map")
    return Words(form, subtitle, said.caption(sweep, drawn), alt)


def _extreme(sweep: Sweep, measure: str, panel: Panel, at: Callable[[Array], np.intp]) -> str:
    """Return the least or the largest number of a map, with the levels at which it is."""
    place = np.unravel_index(int(at(panel.means)), panel.means.shape)
    levels = [said.short(each.values[k]) for each, k in zip(sweep.design.factors, place, strict=False)]
    return f"{said.told(sweep, measure, float(panel.means[place]))} at {' and '.join(levels)}"


def _plain(sweep: Sweep, measure: str, value: float) -> str:
    return f"{100 * value:g}" if sweep.yes_no(measure) else f"{value:g}"
