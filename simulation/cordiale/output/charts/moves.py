"""The moves of a state: what each gains against what it costs, with those that no other beats, and a row each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from cordiale.analysis.moves import SURE, Change, Moves, Priced
from cordiale.output.charts.axes import number
from cordiale.output.charts.frame import wrapped
from cordiale.output.charts.layout import finish, panel_title, sheet
from cordiale.output.charts.scales import scale_of_unit
from cordiale.output.charts.sensitivity import source_of
from cordiale.output.charts.style import BLUE, GREEN, GREY, PAGE, PALE, RULE, SMALL, house_style
from cordiale.study.labels import plain, sentence_case

ROW = 0.17  # inches
GAP = 0.13  # inches between two labels of the scatter


def figures(moves: Moves) -> dict[str, Callable[[], Figure]]:
    """Return gain against cost, of a state that names a cost, and the rows of all moves."""
    if not moves.priced:
        return {}
    drawn: dict[str, Callable[[], Figure]] = {"gain_cost": partial(gain_cost, moves)} if moves.reads.costs else {}
    return drawn | {"moves": partial(rows, moves)}


def source(moves: Moves) -> str:
    """Return the line at a chart's foot."""
    return source_of(moves.scenario, f"{moves.worlds} worlds; no forecast")


@house_style()
def gain_cost(moves: Moves, *, width: float = PAGE) -> Figure:
    """Return each move as a point: what it gains (up) and its first cost (right), named in a column at the right."""
    figure, (axes, names) = sheet(width, 3.6, columns=2, ratios=(1.5, 1.0), sharey=False)
    label = next(iter(moves.reads.labels.values()))
    wanted, worse = moves.reads.better[0], -moves.reads.better[1]
    for each in moves.priced:
        x, y = next(iter(each.costs.values())).mean, each.gain.mean
        colour = GREEN if each.front else GREY
        face = "white" if each.move.joint else colour
        axes.plot([x], [y], marker="D" if each.front else "o", markersize=4.5, color=colour, markerfacecolor=face,
                  linestyle="", gid=each.move.lever)  # fmt: skip
    alone = [each for each in moves.priced if each.front and not each.move.joint]
    if len(alone) > 1:
        front = sorted((next(iter(each.costs.values())).mean, each.gain.mean) for each in alone)
        axes.plot(*np.transpose(front), color=GREEN, linewidth=1.0, zorder=0, gid="front")
    for line in (axes.axhline, axes.axvline):
        line(0.0, color=GREY, linewidth=0.6, zorder=0)
    axes.set_xlabel(f"{label}, {'worse' if worse > 0 else 'better'} to the right")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: f"{value:+g}" if value else "0")
    panel_title(figure, axes, f"{sentence_case(moves.gain.subject)}: {_way(wanted)}", 1)
    names.set_axis_off()
    finished = finish(
        figure, _title(moves),
        "Each point is one move against the same worlds without it. Gain: in "
        f"{moves.gain.words}; cost: mean over the quarters of the move. Diamonds: no other move that needs no more "
        "consent brings more for less. Hollow: needs the consent of others. Money is not counted",
        source(moves),
    )  # fmt: skip
    _name_points(finished, axes, names, moves.priced)
    return finished


def _way(wanted: float) -> str:
    return "more is wanted" if wanted > 0 else "less is wanted"


def _name_points(figure: Figure, axes: Axes, names: Axes, priced: Sequence[Priced]) -> None:
    """Write the names of points in a column, in the order of their gains and apart, with a line to each."""
    height = axes.get_position().height * figure.get_size_inches()[1]
    low, high = axes.get_ylim()
    order = sorted(priced, key=lambda each: each.gain.mean)
    want = np.array([(each.gain.mean - low) / (high - low) for each in order])
    step = min(GAP / height, 1.0 / len(order))
    at = np.arange(len(order)) * step
    at = at + np.maximum.accumulate(want - at)  # upward, no nearer than a step
    at = np.minimum(at, 1.0 - np.arange(len(order))[::-1] * step)
    names.set_xlim(0, 1)
    names.set_ylim(0, 1)
    for each, y in zip(order, at, strict=True):
        x = next(iter(each.costs.values())).mean
        colour = GREEN if each.front else "black"
        names.text(
            0.06, y, f"{plain(each.move.label)} {each.gain.mean:+.2f}", size=SMALL - 1, va="center", color=colour
        )
        line = Line2D(
            *_points(figure, axes, (x, each.gain.mean), names, (0.05, float(y))), color=RULE, linewidth=0.4, zorder=0,
            transform=figure.transFigure,
        )  # fmt: skip
        figure.add_artist(line)
    axes.patch.set_visible(False)  # it would hide the lines


def _points(
    figure: Figure, axes: Axes, one: tuple[float, float], other_axes: Axes, other: tuple[float, float]
) -> tuple[list[float], list[float]]:
    """Return where two points of two panels lie in the figure."""
    back = figure.transFigure.inverted()
    places = [back.transform(axes.transData.transform(one)), back.transform(other_axes.transData.transform(other))]
    return [float(place[0]) for place in places], [float(place[1]) for place in places]


@house_style()
def rows(moves: Moves, *, width: float = PAGE) -> Figure:
    """Return a row each move: what it gains and each cost, with 95 % intervals; full where the sign is sure."""
    shown = sorted(moves.priced, key=lambda each: each.move.joint)
    labels = [sentence_case(moves.gain.subject), *(sentence_case(label) for label in moves.reads.labels.values())]
    figure, panels = sheet(width, 0.5 + ROW * len(shown), columns=len(labels), sharey=True)
    for axes, at in zip(panels, range(len(labels)), strict=True):
        for row, each in enumerate(shown):
            change = each.gain if at == 0 else list(each.costs.values())[at - 1]
            _draw(axes, change, row, BLUE if at == 0 else GREY)
        if at == 0:
            small = scale_of_unit(moves.gain.unit).step
            axes.axvspan(-small, small, color=PALE, linewidth=0, zorder=0)
        axes.axvline(0.0, color=GREY, linewidth=0.6, zorder=0)
        axes.xaxis.set_major_formatter(lambda value, _: number(value))
        panel_title(figure, axes, labels[at], len(labels), head="Gain" if at == 0 else "Cost", room=0.9)
    joint = sum(not each.move.joint for each in shown)
    if 0 < joint < len(shown):
        for axes in panels:
            axes.axhline(joint - 0.5, color=RULE, linewidth=0.6)
    texts = [wrapped(figure, plain(each.move.label), 2.4, SMALL) for each in shown]
    panels[0].set_yticks(np.arange(len(shown)), texts, parse_math=False)
    panels[0].set_ylim(len(shown) - 0.4, -0.6)
    return finish(
        figure, _title(moves),
        "Mean over worlds of the change against the same worlds without the move, with its 95 % interval. Full: the "
        f"sign is the same in {SURE:.0%} of worlds or more. Below the line: moves that need the consent of others",
        source(moves),
    )  # fmt: skip


def _draw(axes: Axes, change: Change, row: int, colour: str) -> None:
    axes.plot((change.low, change.high), (row, row), color=colour, linewidth=1.4, gid="interval")
    face = colour if change.share >= SURE else "white"
    axes.plot([change.mean], [row], marker="o", markersize=3.5, color=colour, markerfacecolor=face, gid="mean")


def _title(moves: Moves) -> str:
    alone = [each for each in moves.priced if not each.move.joint] or list(moves.priced)
    best = alone[0]
    if best.better[0] <= 0 or not best.gain.sure:
        return f"No move of {moves.name} alone clearly brings {moves.gain.want} {moves.gain.subject}"
    return f"{best.move.label}: of {moves.name}'s own moves it brings most, {best.gain.mean:+.2f}"
