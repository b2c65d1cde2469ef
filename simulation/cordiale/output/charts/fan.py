"""Alignment fans by scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from cordiale.case.quarters import to_text
from cordiale.output.charts.axes import quarter_axis, quarter_label, value_axis
from cordiale.output.charts.layout import finish, grid, label_edges, sheet, title_panels, wrapped
from cordiale.output.charts.recorded import Array, NotRecorded, one_of, quarters
from cordiale.output.charts.style import BLUE, COLUMN, GREY, PAGE, Look, house_style, look
from cordiale.study import labels as words
from cordiale.study.study import Study


@house_style()
def fan(
    study: Study,
    measure: str | None = None,
    *,
    width: float = COLUMN,
    height: float = 2.2,
) -> Figure:
    """Return the fan of a measure over quarters: median, and bands of 50 and 90 % of worlds, by scenario.

    Up to four scenarios have both bands; of more, only the first has, the others are medians; bars at the
    right show both bands of all at the horizon. Eight scenarios can be told apart; beyond, looks repeat.

    Parameters
    ----------
    measure : recorded each quarter, with its entity, such as "practice.maritime:FRA-JPN"; of the case's focus
        without an entity, and the headline of the study's model where None
    width, height : inches, height that of the panel

    Raises
    ------
    OptionError where the study lacks the measure
    """
    measure, entity = one_of(study, "fan", measure)
    several = [series_of(study, measure, entity, name, look(i)) for i, name in enumerate(study.scenarios)]
    figure, axes = fans(several, width, height)
    shown = value_axis(axes, *reach(several), words.extent(study, measure))
    axes.set_ylabel(wrapped(figure, words.axis(study, measure), height - 0.55))
    bands = "Line: median of worlds"
    if len(several) > CROWDED:
        bands += "; bands of the first scenario only"
    return finish(
        figure, words.subject(study, measure, entity), sentence(bands, bars(several), shown),
        words.source(study, BANDS), [(series.key, series.label) for series in several if len(several) > 1],
    )  # fmt: skip


def series_of(study: Study, measure: str, entity: str, scenario: str, drawn: Look) -> Series:
    """Return a scenario's worlds, to be drawn in a look."""
    title, values = words.scenario_title(study, scenario), study.values(measure, entity, scenario)
    return Series(title, quarters(study, scenario), values, drawn)


def fans(several: Sequence[Series], width: float, height: float) -> tuple[Figure, Axes]:
    """Return a figure with a panel of fans, and one beside it of bars where there are several fans."""
    beside = 0.09 * len(several) + 0.1 if len(several) > 1 else 0.0
    figure, panels = sheet(
        width, height, columns=2 if beside else 1, ratios=[width - 0.6 - beside, beside] if beside else None
    )
    longest = max((series.quarters for series in several), key=len)
    quarter_axis(panels[0], longest, width - 0.6 - beside)
    panels[0].set_xlabel(quarter_label(longest))
    if beside:
        draw_bars(panels[1], several)
    draw_fans(panels[0], several)
    return figure, panels[0]


def bars(several: Sequence[Series]) -> str:
    """Return what the bars beside fans show, '' for one fan."""
    ends = sorted({int(series.quarters[-1]) for series in several})
    when = to_text(ends[0]) if len(ends) == 1 else "its last quarter"
    return f"bars, in the order below: bands in {when}" if len(several) > 1 else ""


def sentence(*parts: str) -> str:
    """Return the parts that say something, joined by semicolons."""
    return "; ".join(part for part in parts if part)


# ----------------------------------------------------------------
# Fans: a median line and the bands of 50 and 90 % of worlds.


QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
BANDS = "bands: 50 and 90 % of worlds"
CROWDED = 4  # more fans than this in one panel cannot be told apart


@dataclass(frozen=True)
class Series:
    """One scenario's worlds.

    Attributes
    ----------
    quarters : running numbers, (Q,)
    values : (W, Q)
    """

    label: str
    quarters: NDArray[np.int64]
    values: Array
    look: Look

    @cached_property
    def fan(self) -> Array:
        """The five quantiles of worlds, (5, Q)."""
        return np.asarray(np.quantile(self.values, QUANTILES, axis=0))

    @property
    def key(self) -> Line2D:
        """The line of the legend."""
        return Line2D([], [], color=self.look.colour, linestyle=self.look.dash, marker=self.look.marker)


def draw_fan(axes: Axes, series: Series, *, filled: float = 1.0, outlined: bool = False) -> None:
    """Draw one fan.

    Parameters
    ----------
    filled : strength of the bands' fill; 0 for none
    outlined : whether the band of 90 % is two thin lines in place of a fill
    """
    low, lower, middle, upper, high = series.fan
    at, look = series.quarters, series.look
    if filled:
        axes.fill_between(at, lower, upper, color=look.colour, alpha=0.25 * filled, linewidth=0, zorder=1.5)
    if filled and not outlined:
        axes.fill_between(at, low, high, color=look.colour, alpha=0.13 * filled, linewidth=0, zorder=1.2)
    if outlined:
        for edge in (low, high):
            axes.plot(at, edge, color=look.colour, linestyle=look.dash, linewidth=0.5, alpha=0.8, zorder=1.7)
    last = len(at) - 1
    axes.plot(
        at, middle, color=look.colour, linestyle=look.dash, marker=look.marker, markevery=(last % 4, 4),
        markersize=2.6, label=series.label, zorder=3, gid="median", clip_on=False,
    )  # fmt: skip


def draw_fans(axes: Axes, several: Sequence[Series]) -> None:
    """Draw fans so that they can be told apart.

    One has both bands filled. Up to four have a light fill for 50 % and thin lines for 90 %. Of more, only
    the first has bands, and the others are medians.
    """
    for i, series in enumerate(several):
        if len(several) == 1:
            draw_fan(axes, series)
        elif len(several) <= CROWDED:
            draw_fan(axes, series, filled=0.55, outlined=True)
        else:
            draw_fan(axes, series, filled=0.0 if i else 1.0)


def draw_bars(axes: Axes, several: Sequence[Series]) -> None:
    """Draw each fan at its horizon as a bar: thin 90 %, thick 50 %, marker at the median."""
    for i, series in enumerate(several):
        low, lower, middle, upper, high = series.fan[:, -1]
        look = series.look
        axes.plot([i, i], [low, high], color=look.colour, linewidth=0.7, solid_capstyle="butt")
        axes.plot([i, i], [lower, upper], color=look.colour, linewidth=2.6, solid_capstyle="butt", alpha=0.55)
        axes.plot([i], [middle], color=look.colour, marker=look.marker, markersize=3.6, linestyle="none",
                  markeredgewidth=0, zorder=4)  # fmt: skip
    axes.set_xlim(-0.8, len(several) - 0.2)
    axes.xaxis.set_visible(False)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(left=False, labelleft=False)


def reach(several: Sequence[Series]) -> tuple[float, float]:
    """Return the least and the greatest value in any band."""
    bands = [series.fan for series in several]
    return min(float(each.min()) for each in bands), max(float(each.max()) for each in bands)


# ---------------------------------------------------------------- Fans side by side, a panel a scenario


LOOK = Look(BLUE, "-", "")


@house_style()
def small_multiples(study: Study, measure: str | None = None, *, width: float | None = None) -> Figure:
    """Return fans one panel a scenario, with the first scenario's median as a thin grey line in each.

    Parameters
    ----------
    measure : as in `fan`
    width : inches; both columns of a journal where None, one for a single scenario

    Raises
    ------
    OptionError where the study lacks the measure
    """
    measure, entity = one_of(study, "small_multiples", measure)
    several = [series_of(study, measure, entity, name, LOOK) for name in study.scenarios]
    width = width or (COLUMN if len(several) == 1 else PAGE)
    rows, columns = grid(len(several))
    figure, panels = sheet(width, rows * 1.75 + 0.2, rows, columns)
    panels = title_panels(figure, panels, [series.label for series in several], columns)
    shown = value_axis(panels[0], *reach(several), words.extent(study, measure))
    for series, axes in zip(several, panels, strict=True):
        _panel(axes, series, several[0] if len(several) > 1 else None, width / columns - 0.35)
    label_edges(figure, panels, columns, quarter_label(several[0].quarters), words.axis(study, measure), 1.3)
    grey = f"grey line: median of “{several[0].label}”" if len(several) > 1 else ""
    said = sentence("Line: median of worlds", grey, shown)
    return finish(figure, words.subject(study, measure, entity), said, words.source(study, BANDS))


def _panel(axes: Axes, series: Series, first: Series | None, inches: float) -> None:
    quarter_axis(axes, series.quarters, inches)
    draw_fan(axes, series)
    if first is not None and first is not series:
        axes.plot(first.quarters, first.fan[2], color=GREY, linewidth=0.9, zorder=2.5, gid="first")


# ----------------------------------------------------------------
# Differences to the first scenario in the same world.


@house_style()
def difference(
    study: Study,
    measure: str | None = None,
    *,
    width: float = COLUMN,
    height: float = 2.2,
) -> Figure:
    """Return the fan of a scenario's world n minus the first scenario's world n, by scenario.

    Up to four differences have both bands; of more, only the first has; bars show both at the horizon. The
    legend gives the share of worlds that lie above zero there.

    Parameters
    ----------
    measure, width, height : as in `fan`

    Raises
    ------
    OptionError where the study lacks the measure, or has but one scenario
    """
    measure, entity = one_of(study, "difference", measure)
    if len(study.scenarios) < 2:
        raise NotRecorded("the chart 'difference' needs two scenarios: run another one beside the first")
    base = study.values(measure, entity, study.scenarios[0])
    several = [_minus_first(study, measure, entity, i, base) for i in range(1, len(study.scenarios))]
    figure, axes = fans(several, width, height)
    for panel in figure.axes:
        panel.axhline(0.0, color=GREY, linewidth=0.7, zorder=1, gid="zero")
    low, high = reach(several)
    shown = value_axis(axes, min(low, 0.0), max(high, 0.0))
    axes.set_ylabel(wrapped(figure, "difference in " + words.axis(study, measure, change=True), height - 0.55))
    first = words.scenario_title(study, study.scenarios[0])
    bands = "bands of the first of them only" if len(several) > CROWDED else ""
    title = f"{words.subject(study, measure, entity)}: difference to “{first}”"
    keys = [(series.key, f"{series.label}: {_above(series):.0f} % above zero") for series in several]
    said = sentence("World by world; line: median", bands, bars(several), "% of worlds above zero there", shown)
    return finish(figure, title, said, words.source(study, BANDS), keys)


def _minus_first(study: Study, measure: str, entity: str, index: int, base: Array) -> Series:
    """Return the difference of a scenario to the first in the quarters that both have."""
    first, name = study.scenarios[0], study.scenarios[index]
    at, one, other = np.intersect1d(quarters(study, first), quarters(study, name), return_indices=True)
    values = study.values(measure, entity, name)[:, other] - base[:, one]
    return Series(words.scenario_title(study, name), at, values, look(index))


def _above(series: Series) -> float:
    return float(100 * np.mean(series.values[:, -1] > 0))
