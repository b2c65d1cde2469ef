"""Packages of moves on a chart: a row each with its gain in every future, its regret, and its cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cordiale.analysis.confirm import WINNER
from cordiale.analysis.decision import MEAN, REGRET, SATISFICING
from cordiale.analysis.packages import Packages
from cordiale.output.charts.frame import wrapped
from cordiale.output.charts.layout import finish, panel_title, sheet
from cordiale.output.charts.scales import scale_of_unit
from cordiale.output.charts.sensitivity import source_of
from cordiale.output.charts.style import BLUE, GREY, PAGE, PALE, SMALL, VERMILION, house_style, ink_on
from cordiale.study.labels import plain

SHOWN = 10  # packages
ROW = 0.34  # inches


def figures(found: Packages) -> dict[str, Callable[[], Figure]]:
    """Return the chart of packages."""
    return {"packages": partial(packages, found)}


def source(found: Packages) -> str:
    """Return the line at a chart's foot."""
    return source_of(found.runs.scenario, f"{found.race.worlds} worlds of each future; no forecast")


@house_style()
def packages(found: Packages, *, width: float = PAGE) -> Figure:
    """Return the packages that rules chose, then the best of the others by their mean over futures."""
    race = found.race
    chosen = list(dict.fromkeys(each.package for each in found.confirmed if each.place == WINNER))
    shown = [*chosen, *(package for package in race.order(MEAN) if package not in chosen)][:SHOWN]
    rows = [int(np.searchsorted(race.left, package)) for package in shown]
    bars = {"regret": REGRET, "share good enough": SATISFICING}
    panels = 1 + sum(rule in race.values for rule in bars.values()) + (len(race.costs) > 0)
    figure, axes = sheet(
        width, 0.6 + ROW * len(shown), columns=panels, ratios=[0.55 * len(found.futures), *[1.0] * (panels - 1)]
    )
    _heat(axes[0], race.gains[rows].mean(axis=-1), scale_of_unit(found.runs.gain.unit).reach)
    futures = [plain(each.title if each.bite else each.name) for each in found.futures]
    axes[0].set_xticks(np.arange(len(futures)), futures, size=SMALL - 1, rotation=28, ha="left", parse_math=False)
    axes[0].xaxis.tick_top()
    axes[0].tick_params(length=0)
    names = [wrapped(figure, plain(found.label(package)), 2.2, SMALL - 0.5) for package in shown]
    axes[0].set_yticks(np.arange(len(shown)), names, parse_math=False, size=SMALL - 0.5)
    axes[0].set_ylim(len(shown) - 0.5, -0.5)
    at = 1
    for name, rule in bars.items():
        if rule in race.values:
            _bars(axes[at], race.values[rule][rows], BLUE if rule == SATISFICING else GREY, rule == SATISFICING)
            panel_title(figure, axes[at], name, panels, room=width / panels - 0.75)
            at += 1
    if len(race.costs):
        cost = found.reads.costs[0].said
        _bars(axes[at], race.costs[0, rows].mean(axis=(1, 2)), VERMILION, False)
        panel_title(
            figure,
            axes[at],
            cost.label if cost.worse == "more" else f"loss of {cost.label}",
            panels,
            room=width / panels - 0.75,
        )
    for each in axes:
        for side in each.spines.values():
            side.set_visible(False)
    return finish(
        figure, _title(found),
        f"Gain in {found.runs.gain.subject} in {found.runs.gain.words} in each future, against nothing "
        f"done in the same worlds; regret against the best package of each future. {len(race.left)} of "
        f"{race.packages:,} packages may be best by some rule; the {len(shown)} named first are shown",
        source(found),
    )  # fmt: skip


def _heat(axes: Axes, gains: np.ndarray, reach: float) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    colours = LinearSegmentedColormap.from_list("gain", [VERMILION, "#f4f4f4", BLUE])
    reach = max(reach, float(np.abs(gains).max()))
    axes.imshow(gains, cmap=colours, vmin=-reach, vmax=reach, aspect="auto")
    for (row, column), value in np.ndenumerate(gains):
        colour = colours((value / reach + 1) / 2)
        axes.text(column, row, f"{value:+.2f}", ha="center", va="center", size=SMALL, color=ink_on(colour[:3]))


def _bars(axes: Axes, values: np.ndarray, colour: str, share: bool) -> None:
    at = np.arange(len(values))
    if share:
        axes.barh(at, 1.0, height=0.45, color=PALE)
    axes.barh(at, values, height=0.45, color=colour)
    most = 1.0 if share else max(float(np.abs(values).max()), 1e-9)
    axes.set_xlim(min(0.0, 1.1 * float(values.min())), 1.9 * most)
    for row, value in enumerate(values):
        text = f"{value:.0%}" if share else f"{value:+.3f}"
        axes.text((1.0 if share else max(value, 0.0)) + 0.06 * most, row, text, va="center", size=SMALL)
    axes.set_xticks([])
    axes.tick_params(length=0)


def _title(found: Packages) -> str:
    """Return the package that most rules call best, with its gain on fresh worlds."""
    winners = [each for each in found.confirmed if each.place == WINNER]
    count = Counter(each.package for each in winners)
    best, rules = count.most_common(1)[0]
    gain = next(each.gain.value for each in winners if each.package == best)
    how = "every rule" if rules == len(winners) else f"{rules} of {len(winners)} rules"
    return f"{found.label(best)}: best by {how}, {gain:+.2f} on fresh worlds"
