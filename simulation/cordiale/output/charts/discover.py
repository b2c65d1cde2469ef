"""Boxes of worlds: what a box gains in density for the coverage it gives up, and its bounds in the coded ranges."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from cordiale.analysis.discover import Box, Discovery, Search
from cordiale.analysis.prim import SURE
from cordiale.analysis.response import of_whom
from cordiale.case.quarters import end_of
from cordiale.case.ranges import Coded
from cordiale.models.measures import sentence_case
from cordiale.output.charts.captions import caption_of
from cordiale.output.charts.end_labels import place
from cordiale.output.charts.frame import Words, finish, head, page_of, sheet
from cordiale.output.charts.rows import Rows, beside, heighten, name_rows, rows_of
from cordiale.output.charts.style import house_style, inks, sizes, target
from cordiale.output.charts.titles import joined
from cordiale.scenario.words import label, share

HEAD = (4.6, 3.0)  # lines of text that a box takes beside its rows, on a narrow sheet and on another
SLIDE = 12.5  # lines of text that boxes may take on a slide


@dataclass(frozen=True)
class About:
    """What boxes are of.

    Attributes
    ----------
    condition : "alignment of France and Japan at the end of 2025 is below 3"
    source : what a caption says of the run
    """

    condition: str
    source: str


def figures(discovery: Discovery) -> dict[str, Callable[[], Figure]]:
    """Return the trade-off of coverage and density, and the boxes; nothing where no box was found."""
    scenario, search = discovery.scenario, discovery.search
    if not search.boxes:
        return {}
    names = {path: label(scenario, path) for box in search.boxes for path in box.bounds}
    about = About(condition_words(discovery), source(discovery))
    return {
        "tradeoff": partial(tradeoff, search, about),
        "boxes": partial(boxes, search.boxes, scenario.ranges, names, about, float(search.met.mean())),
    }


def condition_words(discovery: Discovery) -> str:
    """Return what worlds in question have in common: "alignment of France and Japan at the end of 2025 is below 3"."""
    target = discovery.condition.target
    difference = f"what “{target.scenario.title}” adds to " if target.against else ""
    return f"{difference}{of_whom(target)} at {end_of(target.quarter)} is {discovery.condition.words}"


def source(discovery: Discovery) -> str:
    """Return what a caption says of the run."""
    return caption_of(discovery, "", f"{len(discovery.search.met):,} worlds, a third of them kept back")


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %"


# ---------------------------------------------------------------- coverage against density


@house_style()
def tradeoff(search: Search, about: About) -> Figure:
    """Return density against coverage along the peeling, on the worlds kept back and on those that found the box."""
    figure, (axes,) = sheet(lines=22)
    drawn = [box for box in search.tradeoff if np.isfinite(box.tested.density)]
    size = 2.6 * sizes().line
    for box in drawn:
        xs, ys = _ends(box)
        axes.plot(xs, ys, color=inks().rule, linewidth=sizes().line / 2, zorder=1)
        axes.plot(xs[0], ys[0], "o", markersize=size, markerfacecolor=inks().paper, markeredgecolor=inks().soft,
                  markeredgewidth=sizes().line / 2.5, gid="found", zorder=2)  # fmt: skip
        axes.plot(xs[1], ys[1], "o", color=inks().series[0], markersize=size, gid="tested", zorder=3)
    base = float(search.met.mean())
    axes.axhline(base, color=inks().soft, linewidth=sizes().line / 2, dashes=(4, 2), zorder=1.5)
    chosen = search.boxes[0].tested if search.boxes else None
    if chosen is not None:
        axes.plot(chosen.coverage, chosen.density, "D", markersize=1.3 * size, color=inks().series[1], gid="chosen",
                  zorder=4)  # fmt: skip
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"])
    axes.set_xlim(-0.02, 1.04)
    axes.set_ylim(-0.02, 1.06)
    axes.grid(axis="both")
    head(axes, "↑ Density: share of the box’s worlds that are in question")
    axes.set_xlabel("Coverage: share of the worlds in question that lie in the box →", loc="right", color=inks().ink,
                    weight="bold")  # fmt: skip
    figure.later.append(partial(_label, axes, drawn, search, base))
    return finish(figure, _tradeoff_words(search, about, base))


def _ends(box: Box) -> tuple[list[float], list[float]]:
    """Return coverage and density of a box, on the worlds that found it and on those kept back."""
    return [box.found.coverage, box.tested.coverage], [box.found.density, box.tested.density]


def _label(axes: Axes, drawn: Sequence[Box], search: Search, base: float) -> None:
    """Name the box that is reported, the share of all worlds, and how many numbers boxes restrict."""
    figure = page_of(axes)
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    em, box = sizes().small * figure.dpi / 72, axes.get_window_extent()
    points = [point for each in drawn for point in zip(*_ends(each), strict=True)]
    if search.boxes:
        points.append((search.boxes[0].tested.coverage, search.boxes[0].tested.density))
    marks = [axes.transData.transform(point) for point in points]
    taken = [Bbox.from_bounds(x - em / 2.5, y - em / 2.5, em / 1.25, em / 1.25) for x, y in marks]
    _, height = axes.transData.transform((0.0, base))
    taken.append(Bbox.from_bounds(box.x0, height - 1, box.width, 2))
    if search.boxes:
        first = search.boxes[0]
        at = (first.tested.coverage, first.tested.density)
        place(axes, f"box 1: {_numbers(len(first.bounds))}", at, inks().series[1], taken, box, renderer, points)
    place(axes, f"all worlds: {_percent(base)}", (0.0, base), inks().soft, taken, box, renderer, points)
    for count in dict.fromkeys(len(each.bounds) for each in drawn if each.bounds):
        those = [each for each in drawn if len(each.bounds) == count]
        most = max(those, key=lambda each: each.tested.density)
        at = (most.tested.coverage, most.tested.density)
        place(axes, _numbers(count), at, inks().series[0], taken, box, renderer, points)


def _numbers(count: int) -> str:
    return "1 number" if count == 1 else f"{count} numbers"


def _tradeoff_words(search: Search, about: About, base: float) -> Words:
    subtitle = joined(
        f"Worlds in question: those in which {about.condition}. Each mark is a box that restricts some numbers: "
        "full, counted on the worlds kept back; hollow, on those that found it"
    )
    said = "Diamond: the first box that is reported. Boxes that another exceeds in both shares are not drawn"
    if not search.boxes:
        forms = [f"No box tells the worlds in which {about.condition} from the others", "No box was found"]
    else:
        counted = search.boxes[0].tested
        inside, held = _percent(counted.density), _percent(counted.coverage)
        forms = [
            f"Box 1: {about.condition} in {inside} of its worlds ({_percent(base)} of all); it holds {held} of such",
            f"Box 1: {inside} of its worlds are in question, against {_percent(base)} of all; it holds {held} of such",
            f"Box 1: {inside} against {_percent(base)} of all; it holds {held}",
        ]
    alt = f"A scatter of {len(search.tradeoff)} boxes by coverage and density. {forms[0]}."
    return Words(forms, subtitle, joined(said, about.source), alt)


# ---------------------------------------------------------------- bounds in the coded ranges


@house_style()
def boxes(
    boxes: Sequence[Box], ranges: Mapping[str, Coded], names: Mapping[str, str], about: About, base: float
) -> Figure:  # fmt: skip
    """Return each box's bounds within the coded ranges, a panel a box.

    Parameters
    ----------
    ranges : path -> the range that worlds draw from
    names : path -> its name
    base : share of all worlds that are in question
    """
    rows = _rows(boxes, names)
    heights = [each.lines + HEAD[not target().narrow] for each in rows]
    figure, panels = sheet(len(rows), lines=sum(heights), heights=heights)
    heighten(figure, sum(heights))
    for at, (axes, each, box) in enumerate(zip(panels, rows, boxes, strict=False), 1):
        counted = box.tested
        head(axes, f"Box {at}: {_percent(counted.density)} of its worlds are in question, of which it holds "
                   f"{_percent(counted.coverage)}")  # fmt: skip
        _bounds(axes, box, each, ranges)
        name_rows(axes, each, least=0.0)
    return finish(figure, _box_words(boxes, names, about, base, len(rows)))


def _rows(boxes: Sequence[Box], names: Mapping[str, str]) -> list[Rows]:
    """Return the rows of each box; on a slide of the first boxes alone that have room."""
    measured, _ = sheet(lines=1)
    least = 2.2 if target().narrow else 1.5
    rows = [rows_of(measured, [names.get(path, path) for path in box.bounds], least=least) for box in boxes]
    kept = [k for k in range(len(rows)) if sum(each.lines + HEAD[1] for each in rows[: k + 1]) <= SLIDE]
    return rows[: max(1, len(kept))] if target().sheet.fixed else rows


def _bounds(axes: Axes, box: Box, rows: Rows, ranges: Mapping[str, Coded]) -> None:
    for at, (path, (low, high)) in zip(rows.at, box.bounds.items(), strict=False):
        coded = ranges[path]
        start = share(coded, low) if np.isfinite(low) else 0.0
        end = share(coded, high) if np.isfinite(high) else 1.0
        thick = {"linewidth": 0.9 * sizes().text, "solid_capstyle": "butt"}
        axes.plot([0, 1], [at, at], color=inks().band, zorder=1, **thick)  # type: ignore[arg-type]
        axes.plot([start, end], [at, at], color=inks().series[0], zorder=2, gid=path, **thick)  # type: ignore[arg-type]
        axes.plot(share(coded, coded.best), at, "|", color=inks().ink, markersize=1.3 * sizes().text, zorder=3,
                  markeredgewidth=sizes().line, gid="best")  # fmt: skip
        text = f"{_bound(low, high)}{chr(10) if target().narrow else ', '}{_quasi(box.tested.quasi_p[path])}"
        beside(axes, (1.0, float(at)), text)
    axes.set_xlim(0, 1.75 if target().narrow else 1.45)
    axes.set_xticks([0, 1], ["low end", "high end"])
    low_end, high_end = axes.get_xticklabels()
    low_end.set_horizontalalignment("left")
    high_end.set_horizontalalignment("right")
    axes.tick_params(axis="x", length=0)
    axes.spines["bottom"].set_visible(False)


def _bound(low: float, high: float) -> str:
    """Return a bound in words: "above 0.4"."""
    ends = [f"{each:.3g}".replace("-", "−") for each in (low, high)]
    if np.isfinite(low) and np.isfinite(high):
        return f"{ends[0]} to {ends[1]}"
    return f"above {ends[0]}" if np.isfinite(low) else f"below {ends[1]}"


def _quasi(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def _box_words(boxes: Sequence[Box], names: Mapping[str, str], about: About, base: float, shown: int) -> Words:
    first = boxes[0]
    bounds = [f"“{names.get(path, path)}” is {_bound(*ends)}" for path, ends in first.bounds.items()]
    inside = _percent(first.tested.density)
    where = " and ".join(bounds)
    forms = [
        f"{sentence_case(about.condition)} in {inside} of worlds where {where}, against {_percent(base)} of all",
        f"{sentence_case(about.condition)} in {inside} of box 1’s worlds, against {_percent(base)} of all",
        f"Where {where}: in {inside} of worlds, against {_percent(base)} of all",
        f"Box 1: {inside} of its worlds are in question, against {_percent(base)} of all",
    ]
    subtitle = joined(
        f"Worlds in question: those in which {about.condition}. Each bar is a number’s coded range, from its low end "
        "to its high: strong inside the box, the upright line at the best value. Beside it the bound and its "
        f"quasi-p-value (sure up to {SURE:g})"
    )
    left = len(boxes) - shown
    drawn = f"{left} further {'box is' if left == 1 else 'boxes are'} not drawn" if left else ""
    drawn = joined("All shares are counted on the worlds kept back", drawn)
    told = "; ".join(
        f"box {at}: {', '.join(f'{names.get(path, path)} {_bound(*ends)}' for path, ends in box.bounds.items())}"
        for at, box in enumerate(boxes, 1)
    )
    alt = f"Bars of bounds within coded ranges, a panel a box. {forms[0]}. {sentence_case(told)}."
    return Words(forms, subtitle, joined(drawn, about.source), alt)
