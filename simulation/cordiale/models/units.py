"""Units of measures: the range that one states, and which differences are small in it."""

from __future__ import annotations

import re

SPREADS = "spreads over dyads"  # 1 is the standard deviation over pairs of states at the start
SMALL, SEEN = 0.05, 0.1  # spreads over dyads, below which a difference is small, and from which it can be seen
SMALL_IN_RANGE = 0.01  # of what lies between two ends, such as 0 and 1
LITTLE = 3  # times what is small, up to which a difference is little


def extent_of(unit: str) -> tuple[float, float] | None:
    """Return the range that a unit states, None where it states none."""
    if unit == "share of worlds":
        return 0.0, 1.0
    found = re.fullmatch(r"(-?\d+) to (-?\d+)", unit)
    return (float(found[1]), float(found[2])) if found else None


def small_in(unit: str) -> float:
    """Return the difference below which one is small in a unit; 0 where the unit has no such size."""
    if unit == SPREADS:
        return SMALL
    return SMALL_IN_RANGE if extent_of(unit) else 0.0


def is_little(difference: float, small: float) -> bool:
    """Whether a difference is told as a little; never so where the unit has no size that is small (0)."""
    return abs(difference) < LITTLE * small
