"""How fine a measure is drawn and told: what is small in one unit is large in another."""

from __future__ import annotations

from dataclasses import dataclass

from cordiale.models.units import SMALL, SMALL_IN_RANGE, SPREADS, extent_of
from cordiale.study.study import Study


@dataclass(frozen=True)
class Scale:
    """The scale of a measure, in its own unit.

    Attributes
    ----------
    least : the least difference that is told of one dyad among many
    step : a small difference, and the step of colours
    reach : the least strength of the strongest colour of differences
    digits : with how many decimals a level is told
    """

    least: float
    step: float
    reach: float
    digits: int


BOUNDED = Scale(0.001, SMALL_IN_RANGE, 0.01, 3)  # of what lies between two ends, such as 0 and 1
UNBOUNDED = Scale(0.01, SMALL, 0.25, 2)  # of what is counted in spreads over dyads


def scale_of(study: Study, measure: str) -> Scale:
    """Return the scale of a measure of a study."""
    return scale_of_unit(study.measure(measure).unit)


def scale_of_unit(unit: str) -> Scale:
    """Return the scale of a unit."""
    return BOUNDED if extent_of(unit) else UNBOUNDED


def unit_in_words(unit: str) -> str:
    """Return what a unit is and which difference is small in it, for those who are new to it; "" where it says so."""
    if unit != SPREADS:
        return ""
    return f"1 is the spread between pairs of states at the start, {SMALL:g} is small"
