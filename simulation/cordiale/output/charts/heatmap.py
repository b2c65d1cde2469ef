"""Changes of the headline, alignment say, between all states, in steps that one can name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, Colormap, LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from cordiale.case.quarters import end_of
from cordiale.output.charts import titles
from cordiale.output.charts.axes import Scale, scale_of
from cordiale.output.charts.frame import Words, finish, head, page_of, sheet
from cordiale.output.charts.recorded import Array, all_dyads, matrix, quarters
from cordiale.output.charts.style import house_style, ink_on, inks, sizes, target
from cordiale.study import labels as words
from cordiale.study.intervals import mean_interval
from cordiale.study.study import Study

REACH = 5  # steps of the scale to each side that the colours run at least
HATCH = "//////"


@dataclass(frozen=True)
class Square:
    """Changes of all dyads in one panel.

    Attributes
    ----------
    values : means over worlds, (N, N), NaN on the diagonal
    sure : whether the interval leaves zero out and 9 in 10 worlds agree, (N, N)
    """

    title: str
    values: Array
    sure: NDArray[np.bool_]


@house_style()
def heatmap(study: Study, scenario: str | None = None) -> Figure:
    """Return how the headline of every dyad changes: since the start in the first scenario, and by another one.

    A cell is the mean over worlds in the last quarter, in hundredths of the unit. Colours run as far below zero as
    above it, in steps of the scale; what is below one step is pale. Hatched, of what is not pale: the 95 % interval of
    the mean covers zero, or fewer than 9 in 10 worlds that differ agree on the sign.

    Parameters
    ----------
    scenario : the other one; that which changes most where None

    Raises
    ------
    OptionError where the study lacks the headline of all dyads, or the scenario
    """
    codes = all_dyads(study, "heatmap", study.headline)
    every, scale = squares(study, codes), scale_of(study, study.headline)
    others = every[1:]
    if scenario is not None:
        study.about(scenario)
        others = others if scenario == study.scenarios[0] else [every[study.scenarios.index(scenario)]]
    most = max(others, key=lambda each: float(np.nansum(np.abs(each.values) >= scale.step)), default=every[0])
    shown = [most] if target().narrow or most is every[0] else [every[0], most]
    figure, panels = sheet(1, len(shown), lines=1.1 * len(codes) + 4)
    for axes, each in zip(panels, shown, strict=True):
        draw_cells(axes, each.values, each.sure, codes, scale)
        head(axes, each.title)
        figure.later.append(partial(_fit_labels, axes, len(codes)))
    left = [each.title for each in every if each not in shown]
    return finish(figure, _words(study, codes, shown, left, scale))


def _fit_labels(axes: Axes, count: int) -> None:
    """Make the names of states on a slide, whose height is given, as small as its rows."""
    row = axes.get_window_extent().height / count * 72 / page_of(axes).dpi
    if target().sheet.fixed:
        axes.tick_params(labelsize=min(sizes().small, 0.74 * row))
        for text in axes.texts:
            text.set_fontsize(min(float(text.get_fontsize()), 0.74 * row))


def squares(study: Study, codes: Sequence[str]) -> list[Square]:
    """Return the change since the start in the first scenario, and the difference of each other one to it.

    Pairs of a state that takes no part in a quarter that is read are NaN, and not sure.
    """
    first, measure = study.scenarios[0], study.headline
    entities = study.measures(first)[measure]
    base = study.values(measure, scenario=first)
    found = [_square(f"{words.scenario_title(study, first)}: change since {end_of(study.quarters()[0])}",
                     base[:, -1] - base[:, 0], entities, codes, _out(study, (first, 0), (first, -1)))]  # fmt: skip
    for other in study.scenarios[1:]:
        _, one, two = np.intersect1d(quarters(study, first), quarters(study, other), return_indices=True)
        values = study.values(measure, scenario=other, quarter=int(two[-1]))
        order = [study.measures(other)[measure].index(entity) for entity in entities]
        title = f"{words.scenario_title(study, other)}: against {words.scenario_title(study, first)}"
        out = _out(study, (first, int(one[-1])), (other, int(two[-1])))
        found.append(_square(title, values[:, order] - base[:, one[-1]], entities, codes, out))
    return found


def _out(study: Study, *read: tuple[str, int]) -> set[str]:
    """Return the states that take no part in one of some scenarios' quarters, which are given by their place."""
    return {
        code
        for scenario, at in read
        for code, quarters in study.outside(scenario).items()
        if study.quarters(scenario)[at] in quarters
    }


def _square(title: str, values: Array, entities: Sequence[str], codes: Sequence[str], out: set[str]) -> Square:
    sure = np.nan_to_num(matrix(sure_of(values).astype(float), entities, codes)) > 0
    means = matrix(values.mean(axis=0), entities, codes)
    gone = [at for at, code in enumerate(codes) if code in out]
    means[gone], means[:, gone] = np.nan, np.nan
    return Square(title, means, sure & ~np.isnan(means))


def sure_of(values: Array) -> NDArray[np.bool_]:
    """Return of which columns the sign is sure: the interval leaves zero out, and 9 in 10 worlds that differ agree.

    Parameters
    ----------
    values : (worlds, columns) differences
    """
    low, high = mean_interval(values)
    up, down = (values > 0).sum(axis=0), (values < 0).sum(axis=0)
    agree = np.maximum(up, down) >= titles.AGREE * np.maximum(up + down, 1)
    return np.asarray(((low > 0) | (high < 0)) & agree)


def colours_of(reach: float, step: float) -> tuple[Colormap, BoundaryNorm]:
    """Return colours of differences and where each begins: a colour a step, pale below one, the same to both sides."""
    steps = round(reach / step)
    edges = step * np.array([*range(-steps, 0), *range(1, steps + 1)], dtype=float)
    palette = inks()
    whole = LinearSegmentedColormap.from_list("difference", [palette.low, palette.middle, palette.high])
    side = np.linspace(0.14, 0.5, steps)[: steps - 1]
    places = [0.5 - each for each in side[::-1]] + [0.5] + [0.5 + each for each in side]
    colours = matplotlib.colors.ListedColormap([to_hex(whole(place)) for place in places])
    return colours.with_extremes(under=palette.low, over=palette.high), BoundaryNorm(edges, colours.N)


def draw_cells(axes: Axes, square: Array, sure: NDArray[np.bool_], codes: Sequence[str], scale: Scale) -> None:
    """Draw a cell a pair, below the diagonal, with its number in hundredths and its sign.

    What is too little to notice is pale, and of the rest what has no sure sign is hatched.
    """
    colours, norm = colours_of(REACH * scale.step, scale.step)
    lower = np.tril(np.ones_like(square, dtype=bool), -1)
    shown = np.ma.masked_where(~lower | np.isnan(square), square)
    axes.imshow(shown, cmap=colours, norm=norm, interpolation="nearest", aspect="auto", gid="means")
    places = range(len(codes))
    axes.set_xticks(places[:-1], codes[:-1], rotation=90 if len(codes) > 8 else 0)
    axes.set_yticks(places[1:], codes[1:])
    axes.set_xlim(-0.5, len(codes) - 1.5)
    axes.set_ylim(len(codes) - 0.5, 0.5)
    axes.tick_params(length=0, pad=2)
    axes.spines[:].set_visible(False)
    size = sizes().small * (0.86 if len(codes) > 12 else 1)
    for i, j in zip(*np.nonzero(~np.ma.getmaskarray(shown)), strict=True):
        value = float(square[i, j])
        write_cell(axes, (j, i), titles.signed(100 * value, 0), colours(norm(value)),
                   little=abs(value) < scale.step, sure=bool(sure[i, j]), size=size)  # fmt: skip


def write_cell(
    axes: Axes, at: tuple[float, float], text: str, ground: Any, *, little: bool, sure: bool, size: float,
    extent: tuple[float, float] = (1.0, 1.0), bold: bool = False, boxed: bool = False,
) -> None:  # fmt: skip
    """Write the number of a cell of a heat map, and hatch the cell where it is not little and its sign is not sure.

    Parameters
    ----------
    at : its middle
    ground : its colour
    little : whether it is too little to notice
    extent : its width and height
    boxed : whether the number has ground around it, as where a line may cross it
    """
    ink = inks().soft if little else {"black": "#1b1f24", "white": "#ffffff"}[ink_on(ground)]
    hatched = not little and not sure
    if hatched:
        corner = (at[0] - extent[0] / 2, at[1] - extent[1] / 2)
        axes.add_patch(Rectangle(corner, *extent, fill=False, hatch=HATCH, linewidth=0, edgecolor=inks().soft,
                                 gid="unsure"))  # fmt: skip
    if not text:
        return
    cell = axes.text(*at, text, ha="center", va="center", size=size, color=ink, weight="bold" if bold else "normal")
    if hatched or boxed:
        cell.set_bbox({"facecolor": ground, "linewidth": 0, "pad": 0.6})
    cell.set_in_layout(False)  # it lies inside the panel: nothing to measure


def _words(
    study: Study, codes: Sequence[str], shown: Sequence[Square], left: Sequence[str], scale: Scale
) -> Words:  # fmt: skip
    what = words.quantity(study, study.headline)
    by, step = end_of(study.quarters()[-1]), scale.step
    title, told = _found(study, shown[-1], codes, what, scale)
    unit = titles.unit_words(study.measure(study.headline))
    unit = unit.replace("in spreads", "in hundredths of a spread") if "in spreads" in unit else f"in hundredths, {unit}"
    subtitle = titles.joined(f"Change of {what} of each pair of states by {by}, means over worlds, {unit}")
    drawn = (
        f"Colours run as far below zero as above it, in steps of {100 * step:g}; none below one step, and from "
        f"{100 * REACH * step:g} on all alike. Hatched: large enough to notice, but not "
        "sure of the sign (the 95 % interval covers zero, or fewer than 9 in 10 of the worlds that differ agree)"
    )
    drawn += f". Not drawn: {'; '.join(left)}" if left else ""
    alt = (
        f"{len(shown)} heat maps of {len(codes)} states: {'; '.join(each.title for each in shown)}. {title[0]}. {told}"
    )
    return Words(title, subtitle, titles.caption(study, drawn), alt)


def _found(
    study: Study, square: Square, codes: Sequence[str], what: str, scale: Scale
) -> tuple[list[str], str]:  # fmt: skip
    """Return which pair changes most in a panel, and in how many the change is large enough to notice."""
    upper = np.triu_indices(len(codes), 1)
    values, sure = square.values[upper], square.sure[upper]
    counted = np.abs(values) >= scale.step
    count = int((counted & sure).sum())
    name = square.title.partition(": ")[0]
    since = "since the start" if "change since" in square.title else "by “" + name + "”"
    if not count:
        return [f"No pair changes enough to notice {since}"], "No cell is both sure and above one step."
    k = int(np.argmax(np.where(sure, np.abs(values), 0.0)))
    pair = " and ".join(words.state(study, codes[each[k]]) for each in upper)
    number = titles.signed(float(values[k]), scale.digits)
    head = f"{pair} change most {since}: {number}"
    pairs = int((~np.isnan(values)).sum())
    more = f"; {count} of {pairs} pairs surely by {scale.step:g} or more"
    return [head + more, head], f"{count} of {pairs} pairs change by {scale.step:g} or more, surely."
