"""When a statement about measures is true in a world: what the questions of a forecast are read by.

A statement reads one measure, or several added up, over the quarters of a scenario; statements are joined by and, or
and not. It is read world by world, and the share of worlds in which it is true is the forecast.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from cordiale.models.random import Array
from cordiale.models.sums import Flags

How = Literal["sum", "every_year", "at", "ever", "change"]
Values = Mapping[str, Array]  # measure with its entity -> (worlds, quarters)
YEAR = 4  # quarters


class Truth(Protocol):
    """A statement that is true or false in each world."""

    @property
    def measures(self) -> frozenset[str]:
        """The measures that it reads, each with its entity."""

    @property
    def last(self) -> int:
        """The last quarter that it reads, counted from 0."""

    def met(self, values: Values) -> Flags:
        """Return (worlds,) in which it is true."""


@dataclass(frozen=True)
class Reading:
    """Whether a number read of a measure lies within limits.

    Attributes
    ----------
    read : measures, which are added up
    how : the sum over the quarters, the same in every calendar year, the value at the last, the value in any of them,
        or the last less the first
    first, last : quarters, counted from 0, both read
    least, most : limits, both met by the number; None where there is none
    """

    read: tuple[str, ...]
    how: How
    first: int
    last: int
    least: float | None
    most: float | None

    @property
    def measures(self) -> frozenset[str]:
        """The measures that it reads."""
        return frozenset(self.read)

    def met(self, values: Values) -> Flags:
        """Return (worlds,) in which it is true."""
        series = np.sum([values[name] for name in self.read], axis=0)[:, self.first : self.last + 1]
        return READ[self.how](series, self._within)

    def _within(self, numbers: Array) -> Flags:
        """Return which numbers lie within the limits."""
        found = np.ones(numbers.shape, dtype=np.bool_)
        if self.least is not None:
            found &= numbers >= self.least
        if self.most is not None:
            found &= numbers <= self.most
        return found


Within = Callable[[Array], Flags]
READ: dict[How, Callable[[Array, Within], Flags]] = {
    "sum": lambda series, within: within(series.sum(axis=1)),
    "every_year": lambda series, within: np.asarray(
        within(series.reshape(len(series), -1, YEAR).sum(axis=2)).all(axis=1)
    ),
    "at": lambda series, within: within(series[:, -1]),
    "ever": lambda series, within: np.asarray(within(series).any(axis=1)),
    "change": lambda series, within: within(series[:, -1] - series[:, 0]),
}


@dataclass(frozen=True)
class Joined:
    """Statements of which all are true, or any is."""

    parts: tuple[Truth, ...]
    every: bool

    @property
    def measures(self) -> frozenset[str]:
        """The measures that they read."""
        return frozenset().union(*(part.measures for part in self.parts))

    @property
    def last(self) -> int:
        """The last quarter that any of them reads."""
        return max(part.last for part in self.parts)

    def met(self, values: Values) -> Flags:
        """Return (worlds,) in which it is true."""
        found = [part.met(values) for part in self.parts]
        return np.asarray(np.all(found, axis=0) if self.every else np.any(found, axis=0))


@dataclass(frozen=True)
class Denied:
    """A statement that is not true."""

    part: Truth

    @property
    def measures(self) -> frozenset[str]:
        """The measures that it reads."""
        return self.part.measures

    @property
    def last(self) -> int:
        """The last quarter that it reads."""
        return self.part.last

    def met(self, values: Values) -> Flags:
        """Return (worlds,) in which it is true."""
        return ~self.part.met(values)
