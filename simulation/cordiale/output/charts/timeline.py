"""Charts over time: where a quarter stands, ticks at 1 January, and the first day of a policy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter, MaxNLocator, NullFormatter
from numpy.typing import NDArray

from cordiale.case.quarters import day_of, to_index, to_text
from cordiale.output.charts.axes import number
from cordiale.output.charts.frame import page_of, text_width
from cordiale.output.charts.recorded import Array
from cordiale.output.charts.style import inks, scenario_ink, sizes, target
from cordiale.study.study import Study

MOST_DAYS = 3  # on which policies begin, that can be told apart


def when(quarters: NDArray[np.int64]) -> Array:
    """Return where values of quarters stand, in years: at the quarter's end, so that 2018Q4 is 2019.0."""
    return (np.asarray(quarters, dtype=float) + 1) / 4


def time_axis(axes: Axes, quarters: NDArray[np.int64], inches: float) -> None:
    """Put ticks at 1 January, and the names of years, as many as have room, in the middle of the years.

    Parameters
    ----------
    quarters : running numbers
    inches : width of the panel, about
    """
    at = when(quarters)
    low, high = float(at[0]), float(at[-1])
    edge = 0.02 * max(high - low, 0.25)
    axes.set_xlim(low - edge, high + edge)
    axes.xaxis.set_major_locator(FixedLocator([float(year) for year in range(int(np.ceil(low)), int(high) + 1)]))
    axes.xaxis.set_major_formatter(NullFormatter())
    years = [year for year in range(int(low) - 1, int(high) + 1) if low <= year + 0.5 <= high]
    if not years:  # less than half a year: the quarters themselves
        ends = sorted({int(quarters[0]), int(quarters[-1])})
        places, names = [(each + 1) / 4 for each in ends], [to_text(each) for each in ends]
        names = names if (ends[-1] - ends[0]) / 4 > 0.5 * (high - low) else names[-1:]
        places = places[-len(names) :]
    else:
        wide = text_width(page_of(axes), "’88 " if target().narrow else "8888 ", sizes().small)
        step = max(1, int(np.ceil(wide * (high - low) / max(inches, 0.1))))
        years = years[::step]
        places, names = [year + 0.5 for year in years], [_year(year, k) for k, year in enumerate(years)]
    axes.xaxis.set_minor_locator(FixedLocator(places))
    axes.xaxis.set_minor_formatter(FixedFormatter(names))


def _year(year: int, place: int) -> str:
    return f"’{year % 100:02d}" if place and target().narrow else str(year)


def value_axis(
    axes: Axes, low: float, high: float, within: tuple[float, float] | None = None, *, signs: bool = False,
    percent: bool = False, bins: int = 5,
) -> None:  # fmt: skip
    """Set a vertical axis that holds some values, with few round ticks and thin rules.

    Parameters
    ----------
    within : the range that the unit states, which the axis does not leave
    signs : whether ticks are of differences, written with their sign
    percent : whether they are of shares, written as %
    """
    if not high > low:
        low, high = low - 0.05, high + 0.05
    edge = 0.08 * (high - low)
    low, high = low - edge, high + edge
    if within is not None:
        low, high = max(low, within[0]), min(high, within[1])
        low, high = (low, high) if high > low else within
    axes.set_ylim(low, high)
    ticks = MaxNLocator(nbins=bins, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    ticks = [float(tick) for tick in ticks if low - 1e-9 <= tick <= high + 1e-9]
    axes.yaxis.set_major_locator(FixedLocator(ticks))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda tick, _: tick_text(tick, ticks, signs, percent)))
    axes.grid(axis="y")


def tick_text(tick: float, ticks: Sequence[float], signs: bool = False, percent: bool = False) -> str:
    """Return the text of a tick with as many digits as all of them need."""
    if abs(tick) < 1e-12:
        return "0"
    scale = 100 if percent else 1
    digits = max(len(number(scale * each).partition(".")[2]) for each in ticks)
    text = f"{scale * tick:{'+' if signs else ''}.{digits}f}".replace("-", "−")
    return f"{text} %" if percent else text


def zero_line(axes: Axes) -> None:
    """Draw the line of no difference."""
    axes.axhline(0.0, color=inks().soft, linewidth=sizes().line / 2, zorder=1.8, gid="zero")


def steps(axes: Axes, quarters: NDArray[np.int64], values: Array, **how: object) -> None:
    """Draw counts or shares of worlds as steps over a time axis: a value stands within its quarter, up to its end.

    Of the first quarter only its last days lie on the axis.
    """
    at = when(quarters)
    axes.step(np.append(max(at[0] - 0.25, axes.get_xlim()[0]), at), np.append(values[0], values), where="pre", **how)  # type: ignore[arg-type]


# ---------------------------------------------------------------- the first day of a policy


def policy_start(study: Study, scenario: str) -> str | None:
    """Return the quarter with which the first event of a scenario that others lack begins; None where it has none.

    Events that the study's first scenario has too change nothing between the two.
    """
    first = study.about(study.scenarios[0]).get("events", [])
    own = [each for each in study.about(scenario).get("events", []) if each not in first]
    quarters = sorted(str(each["quarter"]) for each in own if "quarter" in each)
    return quarters[0] if quarters else None


def policy_lines(axes: Axes, study: Study, scenarios: Sequence[str], *, text: bool = False) -> None:
    """Draw a dashed line at the first day of each policy, in its colour where days differ, and the date beside it.

    Where policies begin on more than three days, lines would tell no policy from another, and none is drawn.

    Parameters
    ----------
    text : whether dates are written, of the first two days that differ
    """
    starts: dict[str, list[str]] = {}
    for name in scenarios:
        if (quarter := policy_start(study, name)) is not None:
            starts.setdefault(quarter, []).append(name)
    low, high = axes.get_xlim()
    if len(starts) > MOST_DAYS:
        return
    for k, quarter in enumerate(sorted(starts)):
        at, own = to_index(quarter) / 4, starts[quarter]
        if not low <= at <= high:
            continue
        alone = len(starts) > 1 and len(own) == 1
        colour = scenario_ink(study.scenarios.index(own[0])).colour if alone else inks().ink
        axes.axvline(at, color=colour, linewidth=sizes().line / 2, dashes=(4, 2), zorder=1.9, gid="policy")
        if not text or k > 1:
            continue
        right = at > (low + high) / 2
        axes.annotate(
            f"from {day_of(quarter)}", (at, 0.99), xycoords=axes.get_xaxis_transform(), va="top",
            xytext=(-3 if right else 3, -1.3 * k * sizes().small), textcoords="offset points",
            ha="right" if right else "left", size=sizes().small, color=colour,
            path_effects=[withStroke(linewidth=sizes().line, foreground=inks().paper)],  # a later day's line crosses it
        )  # fmt: skip
