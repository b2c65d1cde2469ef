"""Whose uncertainty matters most: Sobol' indices of groups as bars, or the strength of their elementary effects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.transforms import Bbox

from cordiale.analysis.morris import Effects
from cordiale.analysis.response import of_whom
from cordiale.analysis.sensitivity import Sensitivity
from cordiale.analysis.sobol import REST, Indices
from cordiale.case.quarters import end_of
from cordiale.models.measures import sentence_case
from cordiale.models.units import unit_of, unit_words
from cordiale.output.charts.captions import caption_of
from cordiale.output.charts.end_labels import place
from cordiale.output.charts.frame import Words, finish, head, page_of, sheet
from cordiale.output.charts.recorded import Array
from cordiale.output.charts.rows import SLIDE, beside, heighten, name_rows, rows_of, value_ticks, zero_column
from cordiale.output.charts.style import house_style, inks, sizes, target
from cordiale.output.charts.timeline import tick_text
from cordiale.output.charts.titles import joined

SHOWN = 12  # groups; the others are counted in the caption
MARKED = 8  # numbers told apart by their rank in the plane
PLANE = 0.5  # share of groups that are single numbers, from which on their plane is drawn
PLANE_ROOM = 7.0  # lines of text that rows take on a slide beside the plane


def figures(sensitivity: Sensitivity) -> dict[str, Callable[[], Figure]]:
    """Return the chart of the method."""
    of = subject(sensitivity)
    if isinstance(sensitivity.found, Indices):
        return {"tornado": partial(tornado, sensitivity.found, sensitivity.names, of, source(sensitivity))}
    kind = sensitivity.scenario.family.measure(sensitivity.target.measure.partition(":")[0])
    return {
        "morris": partial(
            morris, sensitivity.found, sensitivity.names, of, source(sensitivity), unit_words(kind.unit),
            unit_of(kind.unit).digits,
        )
    }  # fmt: skip


def subject(sensitivity: Sensitivity) -> str:
    """Return what is moved: "alignment of France and Japan at the end of 2025"."""
    target = sensitivity.target
    difference = f"what “{target.scenario.title}” adds to " if target.against else ""
    return f"{difference}{of_whom(target)} at {end_of(target.quarter)}"


def source(sensitivity: Sensitivity) -> str:
    """Return what a caption says of the run."""
    luck = "one world" if sensitivity.luck == 1 else f"{sensitivity.luck} worlds"
    return caption_of(sensitivity, "", f"{sensitivity.found.rows:,} rows, each with the luck of {luck}")


# ---------------------------------------------------------------- shares of the variance


@house_style()
def tornado(indices: Indices, names: Mapping[str, str], of: str, source: str) -> Figure:
    """Return total and first-order indices of groups as bars with 95 % intervals.

    Parameters
    ----------
    names : group -> its name; itself where it is missing
    of : what is moved: "alignment of France and Japan at the end of 2025"
    source : what the caption says of the run
    """
    figure, (axes,) = sheet(lines=20)
    order = _drawn(indices.groups, indices.total)
    rows = rows_of(figure, [_named(indices.groups[at], names) for at in order], least=1.5)
    order = order[: len(rows)]
    heighten(figure, rows.lines + 3.2)
    blue = inks().series[0]
    _bars(axes, rows.at - 0.25, indices.total[order], indices.total_error[order], 0.8, blue, 0.4, "total", shift=0.25)
    _bars(axes, rows.at + 0.2, indices.first[order], indices.first_error[order], 0.36, blue, 1.0, "first")
    told = [f"{total:.2f}, alone {_share(first)}" for total, first in
            zip(indices.total[order], indices.first[order], strict=True)]  # fmt: skip
    bar, inner = ("", "") if target().narrow else (" (wide bar)", " (narrow bar)")
    told[0] = f"{indices.total[order[0]]:.2f} in all{bar}, {_share(indices.first[order[0]])} alone{inner}"
    ends = [max(float(np.sum(each)) for each in pair) for pair in zip(
        zip(indices.total[order], indices.total_error[order], strict=True),
        zip(indices.first[order], indices.first_error[order], strict=True), strict=True)]  # fmt: skip
    _numbers(axes, ends, list(rows.at), told, low=float(np.min(indices.first[order] - indices.first_error[order])))
    name_rows(axes, rows)
    head(axes, "Share of the variance that coding brings")
    return finish(figure, _tornado_words(indices, names, of, source, len(order)))


def _share(value: float) -> str:
    return f"{value:.2f}".replace("-", "−") if round(abs(value), 2) > 0 else "0"


def _bars(
    axes: Axes, at: Array, values: Array, errors: Array, height: float, colour: str, alpha: float, gid: str,
    shift: float = 0.0, lowest: float = -np.inf,
) -> None:  # fmt: skip
    """Draw a bar a row with its interval; the bar may lie lower than its interval."""
    for bar in axes.barh(at + shift, values, height, color=colour, alpha=alpha, linewidth=0, zorder=2):
        bar.set_gid(gid)
    lows = np.maximum(values - errors, lowest)
    axes.hlines(at, lows, values + errors, color=inks().ink, linewidth=sizes().line / 2, zorder=3)


def _numbers(axes: Axes, ends: Sequence[float], at: Sequence[float], texts: Sequence[str], low: float = 0.0) -> None:
    """Write numbers at the right of bars, and leave them room."""
    for end, height, text in zip(ends, at, texts, strict=True):
        beside(axes, (max(end, 0.0), height), text, inks().ink)
    most, longest = max(max(ends), 1e-9), max(range(len(ends)), key=lambda k: 60 * ends[k] / max(ends) + len(texts[k]))
    inches = (1.0 - 0.36) * target().inches
    room = len(texts[longest]) * 0.56 * sizes().small / 72 + 0.1
    share = min(0.7, room / inches)
    axes.set_xlim(min(low, 0.0), max(most, ends[longest] / (1 - share)))
    value_ticks(axes)
    zero_column(axes)


def _tornado_words(indices: Indices, names: Mapping[str, str], of: str, source: str, shown: int) -> Words:
    order = _ranked(indices.groups, indices.total)
    ranked = [_named(indices.groups[at], names) for at in order]
    share = f"{100 * indices.total[order[0]]:.0f} %"
    forms = _titles(ranked, indices.total[order], indices.total_error[order], of,
                    f"{share} of what coding brings", f"{share} of what coding brings")  # fmt: skip
    subtitle = joined(
        f"Shares of the variance that coding brings to {of} (Sobol’ indices). In all: what would stay if all other "
        "numbers were known; alone: what would go if the group were known. Lines: 95 % intervals",
        _state(indices),
    )
    left = len(indices.groups) - shown
    drawn = f"{left} groups with smaller shares are not drawn" if left else ""
    told = "; ".join(
        f"{name} {indices.total[at]:.2f} in all, {_share(indices.first[at])} alone"
        for name, at in zip(ranked[:5], order[:5], strict=True)
    )
    return Words(forms, subtitle, joined(drawn, source), f"Bars of Sobol’ indices. {forms[0]}. {told}.")


def _state(found: Indices | Effects) -> str:
    if target().sheet.fixed:
        return "Converged" if found.converged else "Not converged"
    return "Converged" if found.converged else f"Not converged: {'; '.join(found.doubts)}"


def _ranked(groups: Sequence[str], values: Array) -> list[int]:
    """Return places of groups, the largest value first, without what is left of the numbers."""
    return sorted((at for at, group in enumerate(groups) if group != REST), key=lambda at: -float(values[at]))


def _drawn(groups: Sequence[str], values: Array) -> list[int]:
    """Return places of the groups that have rows: what is left of the numbers on top, then those ranked first."""
    return [*(at for at, group in enumerate(groups) if group == REST), *_ranked(groups, values)[:SHOWN]]


def _named(group: str, names: Mapping[str, str], size: int = 1) -> str:
    """Return what a group is called, and how many numbers it has where they are several."""
    name = sentence_case(names.get(group, group))
    return name if size == 1 else f"{name} ({size:,})" if group == REST else f"{name} ({size:,} numbers)"


def _titles(ranked: Sequence[str], values: Array, errors: Array, of: str, number: str, short: str) -> list[str]:
    """Return forms of which group moves a measure most, and whether clearly more than the second.

    Parameters
    ----------
    number, short : of the first one
    """
    first, what = ranked[0], of.partition(" of ")[0]
    if len(ranked) < 2 or float(values[0] - values[1]) > float(np.hypot(errors[0], errors[1])):
        return [
            f"“{first}” moves {of} most: {number}",
            f"“{first}” moves {what} most: {short}",
            f"“{first}” does most: {short}",
        ]
    return [
        f"“{first}” moves {of} most, {number}, but not clearly more than “{ranked[1]}”",
        f"“{first}” moves {of} most, {short}, but not clearly",
        f"“{first}” moves {what} most, {short}, but not clearly",
        f"“{first}” does most, {short}, but not clearly",
    ]


# ----------------------------------------------------------------
# Which numbers matter at all: mean absolute elementary effects, and how far they depend on the others.


@house_style()
def morris(
    effects: Effects, names: Mapping[str, str], of: str, source: str, unit: str = "", digits: int = 2
) -> Figure:  # fmt: skip
    """Return mean absolute effects as bars with 95 % intervals; of single numbers also the plane of mean and spread.

    A group of several numbers says how many it has, and has no place in the plane; where most groups are such, as in
    the grouping that is usual, there is no plane.

    Parameters
    ----------
    names, of, source : as in `tornado`
    unit : of the effects
    digits : with how many decimals they are told
    """
    single = np.isfinite(effects.spread)
    plane = bool(single.mean() >= PLANE)
    side = plane and not target().narrow
    figure, panels = sheet(1 if side or not plane else 2, 2 if side else 1, lines=20,
                           widths=[1.15, 1.0] if side else None)  # fmt: skip
    order = _drawn(effects.groups, effects.strength)
    rows = rows_of(figure, _called(effects, names, order, plane), room=PLANE_ROOM if plane else SLIDE)
    order = order[: len(rows)]
    tall = rows.lines + 3.2
    _share_height(figure, panels, tall, plane, side)
    colour = inks().series[0]
    _bars(panels[0], rows.at, effects.strength[order], effects.strength_error[order], 0.7, colour, 0.5, "strength",
          lowest=0.0)  # fmt: skip
    ends = effects.strength[order] + effects.strength_error[order]
    told = [_effect(value, digits) for value in effects.strength[order]]
    _numbers(panels[0], list(ends), list(rows.at), told)
    name_rows(panels[0], rows)
    head(panels[0], "How strong: mean absolute effect")
    if plane:
        _plane(panels[1], effects, order)
        head(panels[1], "Single numbers: spread (up) by strength; dashed: both equal")
    return finish(figure, _morris_words(effects, names, of, source, unit, digits, len(order), plane))


def _effect(value: float, digits: int) -> str:
    return f"{value:.{digits}f}" if round(float(value), digits) > 0 else "0"


def _called(effects: Effects, names: Mapping[str, str], order: Sequence[int], plane: bool) -> list[str]:
    """Return what rows are called: the group with how many numbers it has, a single one with its rank in the plane."""
    ranks = {at: f"{rank}. " for rank, at in enumerate(_ranked(effects.groups, effects.strength)[:MARKED], 1)}
    marked = [ranks.get(at, "") if plane and np.isfinite(effects.spread[at]) else "" for at in order]
    return [rank + _named(effects.groups[at], names, effects.sizes[at]) for rank, at in zip(marked, order, strict=True)]


def _share_height(figure: Figure, panels: Sequence[Axes], lines: float, plane: bool, side: bool) -> None:
    """Give rows their height, and the plane below them one of its own where it does not stand beside."""
    page = page_of(panels[0])
    below = 16.0 if plane and not side else 0.0
    heighten(page, max(lines, 18.0 if side else 0.0) + below)
    grid = panels[0].get_gridspec()
    if below and grid is not None:
        grid.set_height_ratios([lines, below])


def _plane(axes: Axes, effects: Effects, order: Sequence[int]) -> None:
    """Plot the spread of every single number against its mean absolute effect; the strongest have their rank."""
    single = np.isfinite(effects.spread)
    up = single & (effects.mean >= 0)
    blue, red = inks().series[:2]
    for chosen, colour, marker in ((up, blue, "o"), (single & ~up, red, "v")):
        how: dict[str, Any] = {"color": colour, "markeredgecolor": inks().paper, "markeredgewidth": sizes().line / 5}
        axes.plot(effects.strength[chosen], effects.spread[chosen], marker, linestyle="", gid="effects",
                  markersize=2.4 * sizes().line, **how)  # fmt: skip
    top = 1.12 * float(max(effects.strength[single].max(), effects.spread[single].max(), 1e-12))
    axes.plot([0, top], [0, top], color=inks().soft, linewidth=sizes().line / 2, dashes=(4, 2), zorder=1)
    axes.set_xlim(-0.03 * top, top)
    axes.set_ylim(-0.03 * top, top)
    ticks = [float(tick) for tick in MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]).tick_values(0, top) if tick < 0.97 * top]
    axes.set_xticks(ticks)
    axes.set_yticks(ticks)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda tick, _: tick_text(tick, ticks)))
    axes.grid(axis="both")
    page_of(axes).later.append(partial(_ranks, axes, effects, order))


def _ranks(axes: Axes, effects: Effects, order: Sequence[int]) -> None:
    """Write ranks beside the marks of single numbers, where they touch nothing."""
    renderer = page_of(axes).canvas.get_renderer()  # type: ignore[attr-defined]
    em = sizes().small * page_of(axes).dpi / 72
    single = np.flatnonzero(np.isfinite(effects.spread))
    points = [(float(effects.strength[at]), float(effects.spread[at])) for at in single]
    marks = [axes.transData.transform(point) for point in points]
    taken = [Bbox.from_bounds(x - em / 3, y - em / 3, em / 1.5, em / 1.5) for x, y in marks]
    box = axes.get_window_extent()
    for rank, at in enumerate(_ranked(effects.groups, effects.strength)[: min(MARKED, len(order))], 1):
        if np.isfinite(effects.spread[at]):
            point = float(effects.strength[at]), float(effects.spread[at])
            place(axes, str(rank), point, inks().ink, taken, box, renderer, points)


def _morris_words(
    effects: Effects, names: Mapping[str, str], of: str, source: str, unit: str, digits: int, shown: int, plane: bool
) -> Words:  # fmt: skip
    order = _ranked(effects.groups, effects.strength)
    ranked = [_named(effects.groups[at], names) for at in order]
    values, errors = effects.strength[order], effects.strength_error[order]
    number = f"by {_effect(values[0], digits)}"
    forms = _titles(ranked, values, errors, of, f"{number} on average", number)
    several = any(size > 1 for size, group in zip(effects.sizes, effects.groups, strict=True) if group != REST)
    moved = "groups of coded numbers, all of a group at once" if several else "coded numbers, one at a time"
    marks = "Dots raise it on average, triangles lower it" + (", a group of numbers has no mark" if several else "")
    subtitle = joined(
        f"Absolute change of {of} between the quantiles 1/8 and 7/8 of {moved}: mean elementary effects with 95 % "
        f"intervals{', ' + unit if unit else ''}",
        marks if plane else "", _state(effects),
    )  # fmt: skip
    left = len(effects.groups) - shown
    drawn = f"{left} with smaller effects are not drawn" if left else ""
    told = "; ".join(f"{name} {_effect(value, digits)}" for name, value in zip(ranked[:5], values[:5], strict=False))
    alt = f"Bars of mean absolute effects{' and a plane of single numbers' if plane else ''}. {forms[0]}. {told}."
    return Words(forms, subtitle, joined(drawn, sentence_case(source)), alt)
