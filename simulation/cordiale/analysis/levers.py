"""The table of levers: what each scenario was expected to move, and what it moves, on the same worlds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from cordiale.analysis.rules_off import RULES, Rule
from cordiale.case.quarters import to_text
from cordiale.engine.sample import Measured, sample
from cordiale.models.measures import request
from cordiale.models.random import Array
from cordiale.scenario.expectations import Expectations, Expected, load_expectations
from cordiale.scenario.load import Scenario
from cordiale.study.intervals import interval

SMALL = 0.05  # spreads over dyads, below which an effect is real and hardly seen
NONE = 0.1  # spreads over dyads, below which an effect counts as none where none is expected
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
        """The effect in spreads over dyads; nan where there is none."""
        return self.effect / self.spread if self.spread > 0 else float("nan")

    @cached_property
    def verdict(self) -> str:
        """hit; small: as expected, below `SMALL`; miss: the interval holds 0, or an effect where none should be; wrong."""
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


def measured(expectations: Expectations, worlds: int) -> list[Found]:
    """Return every expectation, then every placebo, with what was measured."""
    every = [*expectations.expected, *expectations.placebos]
    names, reads = list(expectations.policies), list(dict.fromkeys(read for each in every for read in each.reads))
    baseline, *policies = sample([expectations.baseline, *expectations.policies.values()], reads, worlds)
    spreads = _Spreads(expectations.baseline, reads, worlds)
    return [_found(expectations, each, baseline, policies[names.index(each.policy)], spreads) for each in every]


def _found(
    expectations: Expectations, each: Expected, without: Measured, under: Measured, spreads: _Spreads
) -> Found:
    start, scale = expectations.baseline.start, spreads.scale(each)
    change = sum(_window(under[read], each) - _window(without[read], each) for read in each.reads)
    effect, low, high = interval(np.asarray(change)[:, 0] * scale)
    window = f"{to_text(start + each.first)} to {to_text(start + each.last)}"
    return Found(each, window, effect, low, high, spreads.unit(each), spreads.of(each))


def _window(values: Array, each: Expected) -> Array:
    """Return the mean over the window of (worlds, quarters, entities): (worlds, entities)."""
    return np.asarray(values[:, each.first : each.last + 1].mean(axis=1))


class _Spreads:
    """How widely measures differ between dyads (or states) in the baseline."""

    def __init__(self, baseline: Scenario, reads: Sequence[str], worlds: int) -> None:
        self.baseline = baseline
        kinds = list(dict.fromkeys(read.partition(":")[0] for read in reads))
        self.found = sample([baseline], kinds, min(worlds, SPREAD_WORLDS))[0]

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


# ----------------------------------------------------------------
# What each rule carries: the table again with one rule off.


@dataclass(frozen=True)
class Off:
    """The table of levers without a rule, against the table with it.

    Attributes
    ----------
    lost : expectations seen with the rule and not without it;  gained : the other way
    turned : those of wrong sign without it;  most : the three whose size changes most
    """

    rule: Rule
    hits: int
    lost: list[tuple[Found, Found]]
    gained: list[tuple[Found, Found]]
    turned: list[tuple[Found, Found]]
    most: list[tuple[Found, Found]]


def rules_off(pack: str, worlds: int, set: Mapping[str, Any] | None = None) -> tuple[list[Found], list[Off]]:
    """Return the table of levers, and what of it is left without each rule that a weight can switch off.

    Parameters
    ----------
    set : laid over every scenario, as `--set`
    """
    over = dict(set or {})
    whole = _of_levers(pack, over, worlds)
    return whole, [_off(rule, whole, _of_levers(pack, over | rule.off, worlds)) for rule in RULES]


def _of_levers(pack: str, over: Mapping[str, float], worlds: int) -> list[Found]:
    expectations = load_expectations(pack, set=over)
    found = measured(expectations, worlds) if expectations else []
    return [each for each in found if each.expected.locator]


def _off(rule: Rule, whole: Sequence[Found], without: Sequence[Found]) -> Off:
    pairs = list(zip(whole, without, strict=True))
    changed = sorted(pairs, key=lambda pair: -abs(np.nan_to_num(pair[1].size - pair[0].size)))
    return Off(
        rule,
        sum(each.as_expected for each in without),
        [pair for pair in pairs if pair[0].as_expected and not pair[1].as_expected],
        [pair for pair in pairs if pair[1].as_expected and not pair[0].as_expected],
        [pair for pair in pairs if pair[1].verdict == "wrong" and pair[0].verdict != "wrong"],
        changed[:3],
    )
