"""Charts for the screen as small SVG: quick to make, in the house's looks, readable without colour.

Figures for print are drawn by `cordiale.output.charts.study`; these show the same numbers at the same bands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cordiale.output.charts.axes import value_range
from cordiale.output.charts.fan import QUANTILES
from cordiale.output.charts.recorded import Array
from cordiale.output.charts.style import scenario_ink

if TYPE_CHECKING:
    from jinja2 import Template


WIDTH, HEIGHT = 480, 300
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 26, 36


@dataclass(frozen=True)
class Ink:
    """How a series is drawn: colour, dashes as SVG writes them, and the sign of its marker."""

    colour: str
    dash: str
    marker: str


def _of_scenario(place: int, marker: str) -> Ink:
    """Return how the charts draw the scenario of a place, for the screen."""
    ink = scenario_ink(place, dark=False)
    return Ink(ink.colour, " ".join(f"{2.4 * each:g}" for each in ink.dashes), marker)


INKS = (_of_scenario(0, "circle"), _of_scenario(1, "square"))


@dataclass(frozen=True)
class Line:
    """One series.

    Attributes
    ----------
    quarters : running numbers, (Q,)
    values : (worlds, Q)
    world : the world whose own line is drawn; None for the median of all
    bands : whether the bands of 50 and 90 % of worlds are drawn
    """

    label: str
    quarters: NDArray[np.int64]
    values: Array
    ink: Ink
    world: int | None = None
    bands: bool = True


@lru_cache
def template(name: str) -> Template:
    """Return a template of this room; what is put into it is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("cordiale.page", "templates")
    return Environment(autoescape=True, loader=loader, undefined=StrictUndefined, trim_blocks=True).get_template(name)


def fan_svg(lines: Sequence[Line], unit: str, within: tuple[float, float] | None, *, zero: bool = False) -> str:
    """Return lines over quarters with their bands.

    Parameters
    ----------
    unit : written above the vertical axis
    within : the range that the unit states
    zero : whether the axis must hold zero, and a line is drawn there
    """
    fans = [np.quantile(line.values, QUANTILES, axis=0) for line in lines]
    middles = [fan[2] if line.world is None else line.values[line.world] for line, fan in zip(lines, fans, strict=True)]
    seen = [fan for line, fan in zip(lines, fans, strict=True) if line.bands] + middles
    low, high = min(float(each.min()) for each in seen), max(float(each.max()) for each in seen)
    ticks = value_range(min(low, 0.0) if zero else low, max(high, 0.0) if zero else high, within)
    scale = _Scale(lines, float(ticks[0]), float(ticks[-1]))
    drawn = [_drawn(scale, line, fan, middle) for line, fan, middle in zip(lines, fans, middles, strict=True)]
    return template("fan.svg").render(
        width=WIDTH, height=HEIGHT + 20 * len(lines), left=LEFT, right=WIDTH - RIGHT, top=TOP, bottom=HEIGHT - BOTTOM,
        unit=unit, ticks=[(scale.y(tick), number(tick, ticks)) for tick in ticks], years=scale.years(), lines=drawn,
        across=scale.across, zero=scale.y(0.0) if zero else None, legend=HEIGHT,
    )  # fmt: skip


def number(tick: float, ticks: Array) -> str:
    """Return a tick's text with as many digits as its neighbours need."""
    step = float(ticks[1] - ticks[0]) if len(ticks) > 1 else 1.0
    digits = next((k for k in range(6) if abs(round(step, k) - step) < 1e-9), 6)
    return f"{tick + 0.0:.{digits}f}".replace("-", "−")


class _Scale:
    """From quarters and values to places in the picture."""

    def __init__(self, lines: Sequence[Line], low: float, high: float) -> None:
        self.first = int(min(line.quarters[0] for line in lines))
        self.last = max(int(max(line.quarters[-1] for line in lines)), self.first + 1)
        self.low, self.high = low, high
        fourth = [at for at in range(self.first, self.last + 1) if at % 4 == 3]
        self.across = "fourth quarter of the year" if len(fourth) > 1 else "quarter"
        self.fourth = fourth if len(fourth) > 1 else [self.first, self.last]

    def x(self, quarter: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (quarter - self.first) / (self.last - self.first)

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * (value - self.low) / (self.high - self.low)

    def years(self) -> list[tuple[float, str]]:
        """Return the place and text of each tick of the horizontal axis, the last one always."""
        step = max(1, -(-len(self.fourth) // 9))
        kept = self.fourth[::-1][::step][::-1]
        return [(self.x(at), str(at // 4) if self.across != "quarter" else f"{at // 4}Q{at % 4 + 1}") for at in kept]

    def path(self, quarters: NDArray[np.int64], values: Array) -> str:
        return " ".join(f"{self.x(q):.1f},{self.y(v):.1f}" for q, v in zip(quarters, values, strict=True))

    def area(self, quarters: NDArray[np.int64], low: Array, high: Array) -> str:
        return f"{self.path(quarters, low)} {self.path(quarters[::-1], high[::-1])}"


def _drawn(scale: _Scale, line: Line, fan: Array, middle: Array) -> dict[str, object]:
    at, last = line.quarters, len(line.quarters) - 1
    marks = [(scale.x(at[k]), scale.y(middle[k])) for k in range(last % 4, last + 1, 4)]
    return {
        "label": line.label, "ink": line.ink, "bands": line.bands, "middle": scale.path(at, middle), "marks": marks,
        "half": scale.area(at, fan[1], fan[3]), "edges": [scale.path(at, fan[0]), scale.path(at, fan[4])],
        "most": scale.area(at, fan[0], fan[4]),
    }  # fmt: skip


def bars_svg(rows: Sequence[str], values: Sequence[Sequence[float]], labels: Sequence[str], inks: Sequence[Ink]) -> str:
    """Return bars to both sides of zero: a row a cause, a bar a series, with its number at its end.

    Parameters
    ----------
    values : by series, a value a row
    """
    flat = [value for series in values for value in series]
    low, high = min([0.0, *flat]), max([0.0, *flat])
    reach = max(high - low, 1e-9)
    left, right, thick = 70, WIDTH - 70, 13
    tall = 22 + thick * len(values) + 8
    bars = []
    for k, row in enumerate(rows):
        top = 26 * len(labels) + 6 + tall * k
        places = []
        for s, series in enumerate(values):
            ends = sorted(left + (right - left) * (each - low) / reach for each in (0.0, series[k]))
            text = f"{series[k]:+.3f}".replace("-", "−")
            places.append((ends[0], max(ends[1] - ends[0], 0.6), top + 20 + thick * s, text, series[k] < 0, inks[s], s))
        bars.append((row, top + 13, places))
    return template("bars.svg").render(
        width=WIDTH, height=26 * len(labels) + 6 + tall * len(rows) + 6, bars=bars, thick=thick - 2,
        zero=left + (right - left) * (0.0 - low) / reach, legend=list(zip(labels, inks, strict=False)),
    )  # fmt: skip
