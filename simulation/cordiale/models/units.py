"""Units of measures: from which difference on a reader would notice one, why, and how numbers in each are written.

The noticeable step of a unit stands here and nowhere else: verdicts, colours, marks, titles and tables take it from
`unit_of`. It moves no rule of any model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SD = "SD across dyads"  # 1 is the standard deviation over pairs of states at the start
YES_NO = "share of worlds"  # of what is so or not so in a world
EARLIER = {"spreads over dyads": SD}  # names that units had in studies made before
SMALL, SEEN = 0.05, 0.1  # SD, below which a difference is small, and from which it is seen without looking for it
LITTLE = 3  # times the step, up to which an effect is called a little


@dataclass(frozen=True)
class Unit:
    """How differences in a unit are read.

    Attributes
    ----------
    step : the smallest difference that a reader would notice
    reason : why that one, as a reader accepts it
    digits : decimals of a number
    short : what follows a number: " SD"
    long : the unit for those who meet it first, as a subtitle says it
    """

    step: float
    reason: str
    digits: int = 2
    short: str = ""
    long: str = ""


_SCALE = Unit(0.01, "a hundredth of the scale: coded numbers are given to a tenth", 3)
_PER_TWENTY = "one more in twenty worlds"
UNITS = {
    SD: Unit(
        SMALL, "a twentieth of the spread across pairs of states; what coded ranges leave open is twenty times as wide",
        2, " SD", "in standard deviations (SD) across pairs of states at the start; 0.05 is small",
    ),
    YES_NO: Unit(0.05, "5 worlds in 100: fewer would not change advice", 2, "", "share of worlds"),
    "a quarter": Unit(0.05, "one event more in five years", 2, " a quarter", "a quarter"),
    "agreements": Unit(0.05, f"one agreement: {_PER_TWENTY}", 2, " agreements"),
    "1 is the closest": Unit(0.05, f"one place: {_PER_TWENTY}", 2, "", "where 1 is the closest"),
    "0 announced to 3 leaders": Unit(0.05, f"one level: {_PER_TWENTY}", 2, "", "from 0 (announced) to 3 (leaders)"),
    "sides": Unit(0.05, f"one side: {_PER_TWENTY}", 2, " sides"),
    "0 is a close partner": Unit(0.05, "as of alignment, whose spread across pairs it has", 2),
    "size, 0 to 1": _SCALE,
    "sum over challengers, each 0 to 1": _SCALE,
    "1 attracts fully": _SCALE,
    "share of all pulls": _SCALE,
    "weighted frustration": _SCALE,
}  # fmt: skip
_OTHER = Unit(0.05, "a twentieth of the unit: the family of models says nothing of it", 2)


def current(name: str) -> str:
    """Return a unit's name today, of one that an earlier study has."""
    return EARLIER.get(name, name)


def unit_of(name: str) -> Unit:
    """Return how differences in a unit are read; a hundredth is noticed of any scale with two ends, such as 0 to 1."""
    name = current(name)
    return UNITS.get(name) or (_SCALE if extent_of(name) else _OTHER)


def extent_of(name: str) -> tuple[float, float] | None:
    """Return the range that a unit states, None where it states none."""
    if name == YES_NO:
        return 0.0, 1.0
    found = re.fullmatch(r"(-?\d+) to (-?\d+)", name)
    return (float(found[1]), float(found[2])) if found else None


def unit_words(name: str, short: bool = False) -> str:
    """Return a unit as a subtitle says it: "on a scale from 0 to 1"; for a slide without what is small in it."""
    told = unit_of(name).long
    if not told:
        told = f"on a scale from {name}".replace("-1", "−1") if extent_of(name) else current(name)
    return told.partition(";")[0] if short else told


def unit_name(name: str) -> str:
    """Return a unit for the head of a column or a panel: "SD", "points", "0 to 1"."""
    return "points" if name == YES_NO else unit_of(name).short.strip() or current(name)


# ---------------------------------------------------------------- numbers


def signed(value: float, unit: str = SD, digits: int | None = None) -> str:
    """Return a difference with its sign: "+0.08", "−12 points"; "0" of what is nothing at these digits."""
    if unit == YES_NO:
        return f"{_signed(100 * value, digits or 0)} points"
    return _signed(value, unit_of(unit).digits if digits is None else digits)


def size(value: float, unit: str = SD) -> str:
    """Return how large a difference is, with its unit and without its sign: "0.08 SD", "12 points"."""
    return f"{signed(abs(value), unit).lstrip('+')}{unit_of(unit).short}"


def level(value: float, unit: str) -> str:
    """Return a level: "3.99", "12 %"."""
    return f"{100 * value:.0f} %" if unit == YES_NO else f"{value:.{unit_of(unit).digits}f}".replace("-", "−")


def _signed(value: float, digits: int) -> str:
    return f"{value:+.{digits}f}".replace("-", "−") if round(abs(value), digits) > 0 else "0"
