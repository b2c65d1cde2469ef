"""Boxes of worlds: what a box gains in density for the coverage it gives up, and its bounds in the coded ranges."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from cordiale.analysis.discover import Box, Discovery, Search
from cordiale.analysis.prim import SURE, Bounds
from cordiale.analysis.response import target_words
from cordiale.case.ranges import Coded
from cordiale.output.charts.layout import finish, panel_title, sheet
from cordiale.output.charts.sensitivity import name_rows, source_of
from cordiale.output.charts.style import BLUE, COLUMN, GREY, LOOKS, PAGE, PALE, RULE, SMALL, house_style
from cordiale.scenario.words import label, share

ROW = 0.34  # inches


def figures(discovery: Discovery) -> dict[str, Callable[[], Figure]]:
    """Return the trade-off of coverage and density, and the boxes; nothing where no box was found."""
    scenario, search = discovery.scenario, discovery.search
    if not search.boxes:
        return {}
    title = f"Where {target_words(discovery.condition.target)} is {discovery.condition.words}: {scenario.title}"
    names = {path: label(scenario, path) for box in search.boxes for path in box.bounds}
    return {
        "tradeoff": partial(tradeoff, search, title, source(discovery)),
        "boxes": partial(boxes, search.boxes, scenario.ranges, names, title, source(discovery)),
    }


def source(discovery: Discovery) -> str:
    """Return the line at a chart's foot."""
    return source_of(discovery.scenario, f"{len(discovery.search.met)} worlds")


@house_style()
def tradeoff(search: Search, title: str, source: str, *, width: float = COLUMN) -> Figure:
    """Return density against coverage along the peeling, on the worlds kept back and on those that found the box.

    Parameters
    ----------
    width : inches
    """
    figure, (axes,) = sheet(width, 2.6)
    boxes = [box for box in search.tradeoff if np.isfinite(box.tested.density)]
    for box in boxes:
        ends = ([box.found.coverage, box.tested.coverage], [box.found.density, box.tested.density])
        axes.plot(*ends, color=RULE, linewidth=0.6, zorder=1)
        look = LOOKS[len(box.bounds) % len(LOOKS)]
        axes.plot(ends[0][0], ends[1][0], marker=look.marker, markersize=4, markerfacecolor="white",
                  markeredgecolor=look.colour, markeredgewidth=0.8, gid="found", zorder=2)  # fmt: skip
        axes.plot(ends[0][1], ends[1][1], marker=look.marker, color=look.colour, markersize=4, gid="tested", zorder=3)
    base = float(search.met.mean())
    axes.axhline(base, color=GREY, linewidth=0.8, linestyle=(0, (4, 2)))
    if search.boxes:
        chosen = search.boxes[0].tested
        axes.plot(chosen.coverage, chosen.density, marker="o", markersize=10, markerfacecolor="none",
                  markeredgecolor="black", linestyle="", gid="chosen")  # fmt: skip
    axes.set_xlim(0, 1.03)
    axes.set_ylim(0, 1.03)
    axes.set_xlabel("coverage: share of the worlds in question")
    axes.set_ylabel("density: share of the box's worlds")
    keys = [
        (Line2D([], [], marker=LOOKS[n % len(LOOKS)].marker, color=LOOKS[n % len(LOOKS)].colour, linestyle=""),
         f"{n} {'number' if n == 1 else 'numbers'} restricted" if n else "all worlds")
        for n in sorted({len(box.bounds) for box in boxes})
    ] + [
        (Line2D([], [], color=GREY, linewidth=0.8, linestyle=(0, (4, 2))), f"all worlds: {base:.0%}"),
        (Line2D([], [], marker="o", markersize=8, markerfacecolor="none", color="black", linestyle=""), "box reported"),
    ]  # fmt: skip
    said = "Filled: on the worlds kept back; hollow: on those that found the box"
    return finish(figure, title, said, source, keys)


@house_style()
def boxes(
    boxes: Sequence[Box], ranges: Mapping[str, Coded], names: Mapping[str, str], title: str, source: str, *,
    width: float = PAGE,
) -> Figure:  # fmt: skip
    """Return each box's bounds within the coded ranges, a panel a box.

    Parameters
    ----------
    ranges : path -> the range that worlds draw from
    names : path -> its name
    width : inches
    """
    rows = [max(1, len(box.bounds)) for box in boxes] or [1]
    figure, panels = sheet(width, sum(rows) * ROW + 0.75 * len(rows), len(rows), 1, sharey=False)
    layout = panels[0].get_gridspec()
    if layout is not None:
        layout.set_height_ratios([count + 1.2 for count in rows])
    for at, (axes, box) in enumerate(zip(panels, boxes, strict=False), 1):
        counted = box.tested
        head = (
            f"Box {at}: density {counted.density:.0%}, coverage {counted.coverage:.0%}, mass {counted.mass:.0%}"
            " on the worlds kept back"
        )
        panel_title(figure, axes, head, 1)
        _bounds(axes, box, ranges)
        name_rows(figure, axes, [names.get(path, path) for path in box.bounds])
        axes.set_xlabel("coded range, low to high" if at == len(boxes) else "")
    keys = [
        (Patch(facecolor=PALE), "coded range"), (Patch(facecolor=BLUE), "inside the box"),
        (Line2D([], [], color="black", marker="|", markersize=8, linestyle=""), "best value"),
    ]  # fmt: skip
    said = f"Beside each bound its value; at the right the quasi-p-value on the worlds kept back (sure up to {SURE:g})"
    return finish(figure, title, said, source, keys)


def _bounds(axes: Axes, box: Box, ranges: Mapping[str, Coded]) -> None:
    bounds: Bounds = box.bounds
    for row, (path, (low, high)) in enumerate(bounds.items()):
        coded = ranges[path]
        start = share(coded, low) if np.isfinite(low) else 0.0
        end = share(coded, high) if np.isfinite(high) else 1.0
        axes.barh(row, 1.0, 0.42, color=PALE, zorder=1)
        axes.barh(row, end - start, 0.42, left=start, color=BLUE, zorder=2, gid=path)
        axes.plot(share(coded, coded.best), row, "|", color="black", markersize=9, zorder=3)
        for place, value, shift, align in ((start, low, -3, "right"), (end, high, 3, "left")):
            if np.isfinite(value):
                axes.annotate(f"{value:.3g}".replace("-", "−"), (place, row), xytext=(shift, 0), size=SMALL,
                              textcoords="offset points", va="center", ha=align, zorder=4,
                              bbox={"facecolor": PALE, "edgecolor": "none", "pad": 0.6})  # fmt: skip
        quasi = box.tested.quasi_p[path]
        axes.annotate(_quasi(quasi), (1.0, row), xytext=(6, 0), textcoords="offset points", va="center", size=SMALL,
                      annotation_clip=False)  # fmt: skip
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 1 / 3, 2 / 3, 1], ["low", "1/3", "2/3", "high"])


def _quasi(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"
