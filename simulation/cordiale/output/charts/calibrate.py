"""What the record leaves of each weight's prior, and the ladder's pace against it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import version

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, MaxNLocator

from cordiale.analysis.calibrate import Calibration, Posterior
from cordiale.analysis.calibration_targets import FIRST, LAST, record, yearly
from cordiale.models.sums import Flags
from cordiale.output.charts.layout import finish, sheet, title_panels
from cordiale.output.charts.recorded import Array
from cordiale.output.charts.style import BLUE, GREY, PAGE, VERMILION, house_style
from cordiale.study.labels import foot

COLUMNS, BINS = 4, 24


def figures(calibration: Calibration) -> dict[str, Callable[[], Figure]]:
    """Return the chart of weights and steps."""
    scenario = calibration.past.scenario
    recorded = {code: years[0] for code, years in yearly(scenario, record(scenario)).items()}
    names = {code: state.name for code, state in scenario.loaded.pack.states.items()}
    return {"calibration": partial(calibration_chart, calibration, recorded, names, source(calibration))}


def source(calibration: Calibration) -> str:
    """Return the line at the chart's foot."""
    scenario, pack = calibration.past.scenario, calibration.past.scenario.loaded.pack
    return foot(version("cordiale"), pack.name, pack.case.article.citation, scenario.seed, len(calibration.distance))


@house_style()
def calibration_chart(
    calibration: Calibration,
    recorded: Mapping[str, Array],
    names: Mapping[str, str],
    source: str,
    *,
    width: float = PAGE,
) -> Figure:
    """Return a panel a weight with the draws of all and of the kept worlds, and a panel a state with its steps.

    Parameters
    ----------
    recorded : state -> (years,) steps by the end of each year
    names : code -> name of a state
    width : inches
    """
    weights, states = list(calibration.posteriors), list(recorded)
    rows = -(-(len(weights) + len(states)) // COLUMNS)
    figure, panels = sheet(width, rows * 1.35 + 0.2, rows, COLUMNS, sharey=False)
    titles = [name + ("" if calibration.posteriors[name].learnt else " (nothing learnt)") for name in weights]
    titles += [f"{names[code]}: steps signed since {FIRST}" for code in states]
    panels = title_panels(figure, panels, titles, COLUMNS, room=0.35)
    for axes, name in zip(panels, weights, strict=False):
        _weight(axes, calibration.posteriors[name], calibration.prior.weights[name], calibration.kept)
    for axes, code in zip(panels[len(weights) :], states, strict=True):
        _steps(axes, calibration.prior.years[code], calibration.kept, recorded[code])
    keys = [
        (Patch(facecolor=GREY, alpha=0.35), "all worlds: draws of a weight, 90 % of steps"),
        (Line2D([], [], color=BLUE, linewidth=1.4), "kept worlds: draws of a weight, median and 90 % of steps"),
        (Line2D([], [], color=VERMILION, linewidth=1.4, marker="v", markersize=4), "new range with its best value"),
        (Line2D([], [], color="black", linewidth=1.2, dashes=(3, 1.5)), "recorded steps"),
    ]
    title = f"What the steps of {FIRST} to {LAST} leave of each weight's prior"
    said = (
        f"{len(calibration.distance)} worlds, of which the {int(calibration.kept.sum())} nearest to the record are kept"
    )
    return finish(figure, title, said, source, keys)


def _weight(axes: Axes, each: Posterior, drawn: Array, kept: Flags) -> None:
    edges = np.linspace(each.prior.low, each.prior.high, BINS + 1)
    every, edges = np.histogram(drawn, edges, density=True)
    near, _ = np.histogram(drawn[kept], edges[::2], density=True)
    axes.stairs(every, edges, fill=True, color=GREY, alpha=0.35, gid="prior")
    axes.stairs(near, edges[::2], color=BLUE, linewidth=1.4, gid="kept")
    top = 1.2 * max(float(every.max()), float(near.max()))
    if each.learnt:
        axes.plot([each.low, each.high], [0.92 * top] * 2, color=VERMILION, linewidth=1.4, gid="new range")
        axes.plot(each.best, 0.92 * top, color=VERMILION, marker="v", markersize=4)
    axes.set_xlim(each.prior.low, each.prior.high)
    axes.set_ylim(0, top)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(3))


def _steps(axes: Axes, years: Array, kept: Flags, recorded: Array) -> None:
    at = np.arange(FIRST, LAST + 1)
    near = years[kept]
    axes.fill_between(at, *np.quantile(years, [0.05, 0.95], axis=0), color=GREY, alpha=0.35, linewidth=0, gid="prior")
    low, middle, high = np.quantile(near, [0.05, 0.5, 0.95], axis=0)
    axes.fill_between(at, low, high, color=BLUE, alpha=0.25, linewidth=0, gid="kept")
    axes.plot(at, middle, color=BLUE, linewidth=1.4)
    axes.plot(at, recorded, color="black", linewidth=1.2, dashes=(3, 1.5), gid="recorded")
    axes.set_xlim(FIRST, LAST)
    axes.set_ylim(0, None)
    axes.xaxis.set_major_locator(FixedLocator([FIRST, LAST]))
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
