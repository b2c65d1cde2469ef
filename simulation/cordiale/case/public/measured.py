"""A number that data give: its range, what they say, and what to cite."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """A number on the scale of a pack.

    Attributes
    ----------
    low, best, high : the range holds the best value
    says : the figures that it was made of, in words
    source : what to cite, or the user's file and lines
    """

    low: float
    best: float
    high: float
    says: str
    source: str

    def within(self, bottom: float = 0.0, top: float = 1.0) -> Measured:
        """Return the same, held to a scale."""
        low, best, high = (min(max(each, bottom), top) for each in (self.low, self.best, self.high))
        return Measured(low, best, high, self.says, self.source)
