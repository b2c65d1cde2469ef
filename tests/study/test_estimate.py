"""An estimate: its numbers are the estimators', its verdict follows one rule, and what is printed adds up."""

from __future__ import annotations

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from cordiale.models.base import FAMILIES, family_of
from cordiale.models.units import SD, UNITS, YES_NO, extent_of, unit_of
from cordiale.study import estimate
from cordiale.study.estimate import COLUMNS, FALLS, LITTLE_CHANGE, RISES, UNCLEAR, Estimate, adding_up, flat
from cordiale.study.intervals import interval, of_shares

numbers = some.floats(-3, 3, allow_nan=False)
units = some.sampled_from([SD, YES_NO, "0 to 1", "1 is the closest", "a quarter"])


def test_its_numbers_are_those_of_the_estimators() -> None:
    values = np.random.default_rng(0).normal(0.1, 0.2, 50)
    values[:10] = 0.0
    found = Estimate.of(values, SD)
    assert (found.mean, found.low, found.high) == interval(values)
    assert (found.higher, found.same, found.lower) == (np.mean(values > 0), 0.2, np.mean(values < 0))
    gained = np.array([1.0] * 5 + [0.0] * 14 + [-1.0])
    share = Estimate.of(gained, YES_NO)
    low, high = of_shares(gained[:, None])
    assert (share.mean, share.low, share.high) == pytest.approx((0.2, low[0], high[0]))


@given(numbers, some.floats(0, 3), some.floats(0, 3), units)
def test_the_verdict_follows_the_rule(mean: float, below: float, above: float, unit: str) -> None:
    found = Estimate(mean, mean - below, mean + above, unit=unit)
    clear, step = found.low > 0 or found.high < 0, unit_of(unit).step
    if clear and abs(mean) >= step:
        assert found.verdict == (RISES if mean > 0 else FALLS)
    elif clear or max(abs(found.low), abs(found.high)) < step:
        assert found.verdict == LITTLE_CHANGE
    else:
        assert found.verdict == UNCLEAR
    assert found.noticeable == (found.verdict in (RISES, FALLS))


@given(numbers, some.floats(0, 3), units)
def test_the_other_way_round_is_the_other_verdict(mean: float, reach: float, unit: str) -> None:
    turned = {RISES: FALLS, FALLS: RISES, LITTLE_CHANGE: LITTLE_CHANGE, UNCLEAR: UNCLEAR}
    one, other = (Estimate(sign * mean, sign * mean - reach, sign * mean + reach, unit=unit) for sign in (1, -1))
    assert other.verdict == turned[one.verdict]


def test_what_is_good_improves_and_what_is_bad_worsens() -> None:
    rank = Estimate(-0.4, -0.5, -0.3, unit="1 is the closest", good="less")
    assert (rank.verdict, rank.verb, rank.better) == (FALLS, "improves", 0.4)
    assert rank.phrase("rank") == "rank improves by 0.40"
    loss = Estimate(-0.4, -0.5, -0.3, unit=SD, good="more")
    assert (loss.verdict, loss.verb) == (FALLS, "worsens")


def test_every_measure_is_of_a_unit_with_a_step_and_a_reason() -> None:
    for name in FAMILIES:
        for measure in family_of(name).measures.values():
            assert measure.unit in UNITS or extent_of(measure.unit), f"{measure.unit}: its step is stated nowhere"
            assert unit_of(measure.unit).step > 0
            assert unit_of(measure.unit).reason


def test_several_at_once_have_an_interval_that_holds_the_own_one() -> None:
    draws = np.random.default_rng(3)
    every = [draws.normal(0.05 * k, 0.2, 40) for k in range(4)]
    for values, found in zip(every, Estimate.together(every, [SD] * 4), strict=True):
        assert found.at_once is not None
        assert found.at_once[0] <= found.low <= found.mean <= found.high <= found.at_once[1]
        assert found == Estimate.of(values, SD), "and the same verdict wherever it stands"


def test_unchanged_worlds_are_counted_apart() -> None:
    found = Estimate.of(np.array([1.0] * 7 + [0.0] * 2 + [-1.0]), SD)
    assert found.shares == "higher in 70 % of 10 worlds, the same in 20 %, lower in 10 %"
    rare = Estimate.of(np.array([1.0] + [0.0] * 999), SD)
    assert rare.shares == "higher in less than 1 % of 1,000 worlds, the same in more than 99 %"


def test_a_file_has_the_same_columns_of_every_estimate() -> None:
    found = Estimate.of(np.array([0.1, 0.2]), SD).wider(-1.0, 1.0)
    assert list(found.record()) == [*COLUMNS, "simultaneous_low", "simultaneous_high"]
    assert list(flat({"": found})) == list(found.record())
    assert list(flat({"gain": found}))[:3] == ["gain", "gain_low", "gain_high"]


@given(some.lists(some.floats(-1, 1), min_size=1, max_size=8), some.integers(1, 3))
def test_parts_are_printed_so_that_they_add_up(parts: list[float], digits: int) -> None:
    total = sum(parts)
    shown = adding_up(parts, total, digits)
    assert sum(shown) == pytest.approx(round(total, digits), abs=1e-9)
    assert max(abs(one - other) for one, other in zip(shown, parts, strict=True)) < 1.51 * 10.0**-digits


def test_one_world_says_nothing_of_others() -> None:
    found = Estimate.of(np.array([0.4]), SD)
    assert found.verdict == UNCLEAR
    assert found.detail() == "one world says nothing of others"
    assert found.cell == "+0.40"


def test_examples_in_docstrings_run() -> None:
    assert doctest.testmod(estimate).failed == 0
