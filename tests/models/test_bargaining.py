"""The equations of bargaining: the printed case, settlements by hand, and offers against plain loops."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cordiale.case.public.published import example
from cordiale.files.errors import OptionError
from cordiale.models.bargaining import challenge, offers, risks, weighted_mean, weighted_median

MEMBERS, MEDIANS = example("emission").paths
Table = tuple[np.ndarray, np.ndarray, np.ndarray]


def emission() -> Table:
    """Positions, salience and capability."""
    rows = list(csv.DictReader(MEMBERS.read_text("utf-8").splitlines()))
    x, s, c = (np.array([float(row[name]) for row in rows]) for name in ("position", "salience", "capability"))
    return x, s, c


@pytest.mark.parametrize("farthest", [False, True])
def test_the_emission_case_is_reproduced(farthest: bool) -> None:
    """Scholz, Calbert and Smith 2011, tables 1 and 2: medians within 0.1."""
    x, s, c = emission()
    assert round(float(weighted_mean(x, s * c)), 2) == 7.39
    assert weighted_median(x, s * c) == 7
    found = challenge(x, s, c, rounds=8, farthest=farthest)
    printed = list(csv.DictReader(MEDIANS.read_text("utf-8").splitlines()))
    for row in printed:
        assert found.medians[int(row["round"])] == pytest.approx(float(row["median"]), abs=0.1)
    assert len(printed) == 7
    assert found.settlement == found.medians[3]  # where it first rests


def test_one_reading_hangs_on_which_end_is_called_0() -> None:
    """The program's choice among compromises; the choice that the family makes does not."""
    x, s, c = emission()
    there, back = (challenge(each, s, c, 8, farthest=True).medians for each in (x, 14 - x))
    assert there == pytest.approx(14 - back)
    there, back = (challenge(each, s, c, 8).medians for each in (x, 14 - x))
    assert np.abs(there - (14 - back)).max() > 2


# ---------------------------------------------------------------- offers, a pair at a time


def by_hand(x: np.ndarray, s: np.ndarray, c: np.ndarray, width: float) -> list[float]:
    """A round as the paper and its authors' program say it, in loops."""
    n, every = len(x), range(len(x))

    def vote(k: int, a: float, b: float, r: float) -> float:
        return float(c[k] * s[k] * ((abs(x[k] - b) / width) ** r - (abs(x[k] - a) / width) ** r))

    def chance(i: int, j: int, r: list[float]) -> float:
        whole = sum(abs(vote(k, x[a], x[b], r[k])) for k in every for a in every for b in every)
        won = sum(max(0.0, vote(k, x[i], x[j], r[k])) for k in every)
        return 0.0 if x[i] == x[j] or whole == 0 else won / whole

    def gain(i: int, j: int, viewer: int, r: list[float]) -> float:
        d, own = abs(x[i] - x[j]) / width, r[viewer]
        success, failure, still = 2 - 4 * (0.5 - 0.5 * d) ** own, 2 - 4 * (0.5 + 0.5 * d) ** own, 2 - 4 * 0.5**own
        p = chance(i, j, r)
        return float(s[j] * (p * success + (1 - p) * failure) + (1 - s[j]) * success - still)

    neutral = [1.0] * n
    exposed = [sum(gain(j, i, i, neutral) for j in every if j != i) for i in every]
    most, least = max(exposed), min(exposed)
    scaled = [(2 * each - most - least) / (most - least) if most > least else 0.0 for each in exposed]
    r = [(1 - each / 3) / (1 + each / 3) for each in scaled]
    result = []
    for i in every:
        beaten, pressed = [], []
        for j in every:
            if x[j] == x[i]:
                continue
            a, b = gain(i, j, i, r), gain(j, i, i, r)
            if b > a > 0:
                beaten.append((abs(x[j] - x[i]), j, x[j]))
            elif b > 0 > a and b > abs(a):
                between = (abs(a) * x[i] + abs(b) * x[j]) / (abs(a) + abs(b))
                pressed.append((between, j, x[i] + (x[j] - x[i]) * abs(a / b)))
        result.append(min(beaten)[2] if beaten else min(pressed)[2] if pressed else x[i])
    return result


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 6), st.integers(0, 2**31))
def test_offers_are_those_of_plain_loops(count: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    x, s, c = random.random(count), random.uniform(0.1, 1, count), random.random(count)
    width = float(np.ptp(x))
    assert offers(x, s, c, width) == pytest.approx(by_hand(x, s, c, width))


def test_many_tables_at_once_are_each_by_itself() -> None:
    random = np.random.default_rng(0)
    x, s, c = random.random((5, 3, 7)), random.uniform(0.1, 1, (5, 3, 7)), random.random((5, 3, 7))
    whole = offers(x, s, c, 1.0, farthest=True)
    for world, issue in np.ndindex(5, 3):
        alone = (each[world, issue] for each in (x, s, c))
        assert whole[world, issue].tolist() == offers(*alone, 1.0, farthest=True).tolist()


def test_two_alike_stand_still_and_take_no_risk() -> None:
    """Of two actors of one weight none can challenge the other: nobody moves."""
    x, s, c = np.array([0.2, 0.8]), np.ones(2), np.ones(2)
    assert risks(x, s, s * c, 0.6).tolist() == [1, 1]
    assert offers(x, s, c, 0.6).tolist() == x.tolist()
    assert challenge([3, 3], [1, 1], [1, 2]).medians.tolist() == [3] * 11


# ---------------------------------------------------------------- settlements


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5)), min_size=1, max_size=9))
def test_the_median_is_beaten_by_no_position(actors: list[tuple[int, int]]) -> None:
    """Black: no other position has more weight of those who are nearer to it; all held positions are tried."""
    x, w = (np.array(each, dtype=float) for each in zip(*actors, strict=True))
    median = float(weighted_median(x, w))
    if not w.any():
        assert np.isnan(median)
        assert np.isnan(weighted_mean(x, w))
        return
    for other in x:
        nearer = np.abs(x - other) < np.abs(x - median)
        farther = np.abs(x - other) > np.abs(x - median)
        assert w[nearer].sum() <= w[farther].sum() + 1e-9
    assert x[w > 0].min() <= median <= x[w > 0].max()
    assert weighted_mean(x, w) == pytest.approx(np.average(x, weights=w))


def test_half_against_half_is_the_middle() -> None:
    assert weighted_median(np.array([1.0, 2.0, 4.0]), np.array([1.0, 1.0, 2.0])) == 3
    assert weighted_median(np.array([1.0, 2.0, 9.0]), np.array([1.0, 1.0, 0.0])) == 1.5


BAD = [([1, 2], [1], [1, 2]), ([], [], []), ([1, np.nan], [1, 1], [1, 1]), ([1, 2], [1, 2], [1, 1]),
       ([1, 2], [1, 1], [-1, 1]), ([1, 2], [0, 1], [1, 0])]  # fmt: skip


@pytest.mark.parametrize("table", BAD)
def test_what_cannot_bargain_is_refused(table: tuple[list[float], list[float], list[float]]) -> None:
    with pytest.raises(OptionError, match=r"three lists|salience lies"):
        challenge(*table)
