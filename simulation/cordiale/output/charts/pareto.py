"""Gain against cost, drawn: a mark each, those that no other beats on both, and names of those that matter most.

Where no cost is noticeable there is nothing to hold a gain against: sorted rows of gains stand in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator
from matplotlib.transforms import Bbox

from cordiale.models.measures import within
from cordiale.models.units import YES_NO
from cordiale.output.charts.end_labels import is_free, place
from cordiale.output.charts.forest import Panel, Row, fitting, forest
from cordiale.output.charts.frame import Page, page_of, sheet, wrapped
from cordiale.output.charts.style import inks, scenario_ink, sizes
from cordiale.output.charts.timeline import tick_text, value_axis
from cordiale.study.estimate import Estimate

FEW = 5  # marks that have colours, and whose intervals are drawn
NAMED = 8  # marks that have a name at most, joined to its mark where it does not stand at it
MOST = 60  # rows
UNNAMED = "Marks that have no name are in the table. "
NO_MONEY = "Money is not modelled"


@dataclass(frozen=True)
class Mark:
    """What gains and costs something.

    Attributes
    ----------
    front : whether none beats it on both
    hollow : whether it is not in the hands of whom the chart is of
    """

    name: str
    title: str
    gain: Estimate
    cost: Estimate
    colour: str
    front: bool
    hollow: bool = False


@dataclass(frozen=True)
class Field:
    """What marks are held against.

    Attributes
    ----------
    nothing : what the mark at zero is called
    gain, cost : what is measured, as it stands within a sentence
    wanted : whether more of the gain is wanted
    more : whether more of the cost is worse
    """

    nothing: str
    gain: str
    cost: str
    wanted: bool = True
    more: bool = True


def any_cost(marks: Sequence[Mark]) -> bool:
    """Whether any mark costs something that one would notice, so that gains are drawn against costs."""
    return any(each.cost.noticeable for each in marks)


def pareto(
    field: Field, marks: Sequence[Mark], line: Sequence[Mark], asked: str | None = None
) -> Page:  # fmt: skip
    """Return a sheet with what marks gain (up) and cost (right), or with rows of gains where none has a cost.

    Parameters
    ----------
    line : the marks that are joined by a line, in their order
    asked : the name of one that is named before all others
    """
    if not any_cost(marks):
        return _rows(field, marks)
    figure, (axes,) = sheet(lines=24)
    _axes(axes, field, marks)
    _draw(axes, marks, line, asked)
    figure.later.append(partial(_label, axes, field, marks, asked))
    return figure


def _rows(field: Field, marks: Sequence[Mark]) -> Page:
    """Return a row a mark, the largest gain on top; those that change least are left out where there is no room."""
    kept = _with_room(field, marks)
    kept.sort(key=lambda each: -each.gain.mean if field.wanted else each.gain.mean)
    return forest([Panel(_head(field), [_row(each, marks) for each in kept], [each.gain for each in kept])])


def left_out(field: Field, marks: Sequence[Mark]) -> str:
    """Return what a caption says of gains that have no row; "" where all have one."""
    left = len(marks) - len(_with_room(field, marks))
    return f"The {left} that change least are left out. " if left else ""


def _with_room(field: Field, marks: Sequence[Mark]) -> list[Mark]:
    """Return the marks that have a row, those that change most first."""
    order = sorted(marks, key=lambda each: -abs(each.gain.mean))
    return order[: min(MOST, fitting([_row(each, marks) for each in order], [_head(field)]))]


def _row(each: Mark, marks: Sequence[Mark]) -> Row:
    return Row(each.title, each.colour if len(marks) <= FEW else inks().ink)


def _head(field: Field) -> str:
    return f"Gain: {'' if field.wanted else 'less '}{field.gain}"


def _axes(axes: Axes, field: Field, marks: Sequence[Mark]) -> None:
    gains = [0.0, *_reached([each.gain for each in marks])]
    costs = [0.0, *_reached([each.cost for each in marks])]
    edge = max(0.12 * (max(costs) - min(costs)), marks[0].cost.step)
    low, high = min(costs) - edge, max(costs) + edge
    axes.set_xlim((low, high) if field.more else (high, low))
    ticks = MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    ticks = [float(each) for each in ticks if low < each < high]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda tick, _: tick_text(tick, ticks, True)))
    spread = max(max(gains) - min(gains), 2 * marks[0].gain.step)
    share = marks[0].gain.unit == YES_NO
    value_axis(axes, min(gains) - 0.08 * spread, max(gains) + 0.08 * spread, signs=True, percent=share)
    if not field.wanted:
        axes.invert_yaxis()
    axes.grid(axis="both")
    axes.axhline(0.0, color=inks().soft, linewidth=sizes().line / 2, zorder=1)
    axes.axvline(0.0, color=inks().soft, linewidth=sizes().line / 2, zorder=1)
    free = (low, 0.0) if field.more else (0.0, high)
    axes.fill_between(free, 0.0, axes.get_ylim()[1], color=inks().band, alpha=0.5, linewidth=0, zorder=0, gid="free")
    axes.set_xlabel(f"Cost: {'more' if field.more else 'less'} {within(field.cost)} →", loc="right", weight="bold",
                    color=inks().ink)  # fmt: skip
    axes.set_title(f"↑ {_head(field)}", loc="left", weight="bold", size=sizes().small, pad=0.5 * sizes().small)


def _reached(drawn: Sequence[Estimate]) -> list[float]:
    """Return the means, and the ends of intervals where these are drawn."""
    every = [end for each in drawn for end in (each.mean, *((each.low, each.high) if len(drawn) <= FEW else ()))]
    return [each for each in every if np.isfinite(each)]


def _draw(axes: Axes, marks: Sequence[Mark], line: Sequence[Mark], asked: str | None) -> None:
    """Draw the marks with their intervals, a diamond where none beats it, and a line through those that are joined."""
    size = 2.4 * sizes().line
    for each in marks:
        thin = {"color": each.colour, "linewidth": sizes().line / 2.5, "alpha": 0.7, "zorder": 3, "gid": "interval"}
        x, y = each.cost.mean, each.gain.mean
        if (len(marks) <= FEW or each.name == asked) and np.isfinite([each.cost.high, each.gain.high]).all():
            axes.plot([each.cost.low, each.cost.high], [y, y], **thin)  # type: ignore[arg-type]
            axes.plot([x, x], [each.gain.low, each.gain.high], **thin)  # type: ignore[arg-type]
        edge = {"markeredgecolor": inks().paper, "markeredgewidth": sizes().line / 4}
        if each.hollow:
            edge = {"markeredgecolor": each.colour, "markeredgewidth": sizes().line / 1.8}
        axes.plot([x], [y], color=each.colour, marker="D" if each.front else "o", markersize=size, zorder=4,
                  linestyle="none", gid="policy", markerfacecolor=inks().paper if each.hollow else each.colour,
                  **edge)  # type: ignore[arg-type]  # fmt: skip
    axes.plot([0.0], [0.0], color=scenario_ink(0).colour, marker="s", markersize=size, zorder=4, gid="baseline")
    if len(line) > 1:
        axes.step([each.cost.mean for each in line], [each.gain.mean for each in line], where="post",
                  color=inks().soft, linewidth=sizes().line / 1.5, zorder=2, gid="front")  # fmt: skip


def _label(axes: Axes, field: Field, marks: Sequence[Mark], asked: str | None) -> None:
    """Name the marks, those first that matter most, wherever a name touches no other name and no mark."""
    figure = page_of(axes)
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    box, size, em = axes.get_window_extent(), sizes().small, sizes().small * figure.dpi / 72
    points = [(0.0, 0.0), *((each.cost.mean, each.gain.mean) for each in marks)]
    taken = [
        Bbox.from_bounds(x - em / 2.5, y - em / 2.5, em / 1.25, em / 1.25)
        for x, y in map(axes.transData.transform, points)
    ]
    x, y = axes.transData.transform((0.0, 0.0))
    lines = [Bbox([(box.x0, y - 1), (box.x1, y + 1)]), Bbox([(x - 1, box.y0), (x + 1, box.y1)])]  # the lines at zero
    for each in marks if len(marks) <= FEW else ():  # of many, intervals are left to be crossed
        (x, y), (gain, cost) = (each.cost.mean, each.gain.mean), (each.gain, each.cost)
        for low, high in (((cost.low, y), (cost.high, y)), ((x, gain.low), (x, gain.high))):
            if np.isfinite([*low, *high]).all():
                lines.append(Bbox([axes.transData.transform(low), axes.transData.transform(high)]).padded(1))
    side = 0.012 if field.more else 0.988
    text = axes.text(side, 0.985, "gain, and no more cost", transform=axes.transAxes, va="top", size=size,
                     ha="left" if field.more else "right", color=inks().soft, weight="bold")  # fmt: skip
    if is_free(text.get_window_extent(renderer), [*taken, *lines], box):
        taken.append(text.get_window_extent(renderer))
    else:
        text.remove()
    reach = [max(float(np.ptp(part)), 1e-12) for part in np.array(points).T]

    def weight(each: Mark) -> float:
        far = np.hypot(each.cost.mean / reach[0], each.gain.mean / reach[1])
        return float(far) + each.front + 9 * (each.name == asked)

    named = [
        (each.title, each.cost.mean, each.gain.mean, inks().ink if each.colour == inks().soft else each.colour)
        for each in sorted(marks, key=weight, reverse=True)[:NAMED]
    ]
    named.append((field.nothing, 0.0, 0.0, scenario_ink(0).colour))
    for title, x, y, colour in named:
        shown = wrapped(figure, title, 0.4 * box.width / figure.dpi, size)
        others = [at for at in points if at != (x, y)]
        place(axes, shown, (x, y), colour, taken, box, renderer, others, lines)
