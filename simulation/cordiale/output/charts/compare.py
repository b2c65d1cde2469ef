"""The charts of a comparison: a forest plot, and levels and differences over quarters."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from cordiale.analysis.compare import Comparison, Difference
from cordiale.output.charts.fan import fan
from cordiale.output.charts.layout import finish, sheet
from cordiale.output.charts.style import GREY, PAGE, house_style, look
from cordiale.study import labels as words


def figures(comparison: Comparison) -> dict[str, Callable[[], Figure]]:
    """Return the forest plot, and the level and the difference over quarters of each measure.

    What is so or not so in a world stands in the forest plot alone: a median of worlds says nothing of it.
    """
    drawn: dict[str, Callable[[], Figure]] = {"forest": partial(forest, comparison)}
    for row in {(row.measure, row.entity): row for row in comparison.differences}.values():
        if len(row.quarters) > 1 and not comparison.study.measure(row.measure).yes_no:
            name = f"fan-{row.measure}-{row.entity}".replace(">", "-to-")
            drawn[name] = partial(fan, comparison.study, f"{row.measure}:{row.entity}")
    return drawn


def source(comparison: Comparison) -> str:
    """Return the line at a chart's foot."""
    return words.source(comparison.study)


# ----------------------------------------------------------------
# A forest plot: mean differences at the horizon with intervals, a row each.


@house_style()
def forest(comparison: Comparison, *, width: float = PAGE) -> Figure:
    """Return the mean differences of all rows in the last quarter.

    Thick: the 95 % interval of the mean by itself; thin: that which holds for all rows at once.
    """
    study, rows = comparison.study, comparison.differences
    scenarios = list(dict.fromkeys((row.scenario, row.baseline) for row in rows))
    figure, (axes,) = sheet(width, 0.35 + 0.2 * len(rows))
    for at, row in enumerate(rows):
        style, found = look(scenarios.index((row.scenario, row.baseline)) + 1), row.effect
        axes.plot(row.together, (at, at), color=style.colour, linewidth=0.7, gid="together")
        axes.plot((found.low[-1], found.high[-1]), (at, at), color=style.colour, linewidth=2.4, gid="interval")
        axes.plot([found.mean[-1]], [at], color=style.colour, marker=style.marker, markersize=4, gid="mean")
    axes.axvline(0.0, color=GREY, linewidth=0.7, zorder=0, gid="zero")
    labels = [_label(comparison, row) for row in rows]
    first = [label if at == 0 or labels[at - 1] != label else "" for at, label in enumerate(labels)]
    axes.set_yticks(np.arange(len(rows)), first, parse_math=False)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlabel(f"mean difference in {rows[0].quarters[-1]}, points of the measure's scale")
    keys = [(_key(at), _name(comparison, *pair)) for at, pair in enumerate(scenarios)]
    return finish(
        figure, "Differences on matched worlds", "Thick: 95 % interval of the mean; thin: 95 % for all rows at once",
        words.source(study), keys,
    )  # fmt: skip


def _label(comparison: Comparison, row: Difference) -> str:
    return words.plain(words.subject(comparison.study, row.measure, row.entity))


def _name(comparison: Comparison, scenario: str, baseline: str) -> str:
    titles = {name: comparison.study.title(name) for name in comparison.study.scenarios}
    text = " in ".join(titles.get(part, part) for part in scenario.split(" in "))
    return words.plain(f"{text} against {titles.get(baseline, baseline)}")


def _key(at: int) -> Line2D:
    style = look(at + 1)
    return Line2D([], [], color=style.colour, marker=style.marker, linewidth=2.4, markersize=4)
