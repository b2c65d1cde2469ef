"""The table of levers: what each scenario was expected to move, and what it moves, on the same worlds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cordiale.case.quarters import to_text
from cordiale.engine.sample import Measured, Sampler, sample
from cordiale.models.measures import request
from cordiale.models.random import Array
from cordiale.models.units import SEEN, SMALL
from cordiale.scenario.expectations import Expectations, Expected
from cordiale.scenario.load import Scenario
from cordiale.study.intervals import interval

NONE = SEEN  # SD across dyads, below which an effect counts as none where none is expected
SPREAD_WORLDS = 64  # enough for a mean over worlds of every dyad
VERDICTS = ("hit", "small", "miss", "wrong")


@dataclass(frozen=True)
class Found:
    """One expectation with what was measured.

    Attributes
    ----------
    effect, low, high : mean over worlds of the change, with its 95 % interval
    unit : its unit
    spread : standard deviation of the measure over dyads (or states) of the baseline; nan of a whole
    """

    expected: Expected
    window: str
    effect: float
    low: float
    high: float
    unit: str
    spread: float

    @property
    def size(self) -> float:
        """The effect in SD across dyads; nan where there is none."""
        return self.effect / self.spread if self.spread > 0 else float("nan")

    @cached_property
    def verdict(self) -> str:
        """One of VERDICTS; small is as expected and below SMALL, a miss has an interval with 0."""
        if self.expected.sign == "0":
            return "hit" if abs(self.size) < NONE or self.effect == 0 else "miss"
        if self.low <= 0 <= self.high:
            return "miss"
        if (self.effect > 0) != (self.expected.sign == "+"):
            return "wrong"
        return "small" if abs(self.size) < SMALL else "hit"

    @property
    def as_expected(self) -> bool:
        """Whether it is seen as expected, however small."""
        return self.verdict in ("hit", "small")


class LeverTable:
    """The expectations of a pack, ready to be measured.

    Parameters
    ----------
    placebos : whether they are measured too
    """

    def __init__(self, expectations: Expectations, placebos: bool = True) -> None:
        self.every = [*expectations.expected, *(expectations.placebos if placebos else [])]
        self.names = list(dict.fromkeys(each.policy for each in self.every))
        self.baseline = expectations.baseline
        reads = list(dict.fromkeys(read for each in self.every for read in each.reads))
        self.sampler = Sampler([self.baseline, *(expectations.policies[name] for name in self.names)], reads)
        self.spreads = _Spreads(self.baseline, reads)

    def measured(self, worlds: int, fixed: Mapping[str, float] | None = None) -> list[Found]:
        """Return every expectation, then every placebo, with what was measured.

        Parameters
        ----------
        fixed : path -> one number for all worlds; SD across dyads stay those of the pack's own ranges
        """
        baseline, *policies = self.sampler.measured(worlds, fixed)
        return [self._found(each, baseline, policies[self.names.index(each.policy)]) for each in self.every]

    def _found(self, each: Expected, without: Measured, under: Measured) -> Found:
        start, scale = self.baseline.start, self.spreads.scale(each)
        change = sum(_window(under[read], each) - _window(without[read], each) for read in each.reads)
        effect, low, high = interval(np.asarray(change)[:, 0] * scale)
        window = f"{to_text(start + each.first)} to {to_text(start + each.last)}"
        return Found(each, window, effect, low, high, self.spreads.unit(each), self.spreads.of(each))


def _window(values: Array, each: Expected) -> Array:
    """Return the mean over the window of (worlds, quarters, entities): (worlds, entities)."""
    return np.asarray(values[:, each.first : each.last + 1].mean(axis=1))


class _Spreads:
    """How widely measures differ between dyads (or states) in the baseline."""

    def __init__(self, baseline: Scenario, reads: Sequence[str]) -> None:
        self.baseline = baseline
        kinds = list(dict.fromkeys(read.partition(":")[0] for read in reads))
        self.found = sample([baseline], kinds, SPREAD_WORLDS)[0]

    def scale(self, each: Expected) -> float:
        """Return 4 for what is counted a quarter, so that it is told a year."""
        return 4.0 if self._measured_in(each) == "a quarter" else 1.0

    def unit(self, each: Expected) -> str:
        return self._measured_in(each).replace("a quarter", "a year")

    def _measured_in(self, each: Expected) -> str:
        return request(each.reads[0], self.baseline.names, self.baseline.family).measure.unit

    def of(self, each: Expected) -> float:
        whole = sum(_window(self.found[read.partition(":")[0]], each).mean(axis=0) for read in each.reads)
        by_entity = np.asarray(whole) * self.scale(each)
        return float(by_entity.std()) if len(by_entity) > 1 else float("nan")


def count(found: Sequence[Found]) -> Counter[str]:
    """Return how many expectations have each verdict; placebos are not counted."""
    return Counter(each.verdict for each in found if each.expected.locator)
