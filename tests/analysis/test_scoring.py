"""Scores have their known answers: by hand, against scikit-learn, and where they must be 0 or sum to the whole."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss, roc_auc_score

from cordiale.analysis.hazards import auc
from cordiale.analysis.scoring import (
    base_rates,
    brier,
    calibrated,
    gap_interval,
    parts,
    skill,
    skill_interval,
)

CHANCE = np.array([0.9, 0.6, 0.6, 0.2, 0.1])
CAME = np.array([True, True, False, False, True])
CLUSTERS = np.array(["a", "a", "b", "b", "c"])


def samples(size: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    luck = np.random.default_rng(seed)
    chance = luck.integers(0, 11, size) / 10
    return chance, luck.random(size) < chance, luck.integers(0, 5, size).astype(str)


def test_a_toy_by_hand() -> None:
    assert brier(CHANCE, CAME) == pytest.approx((0.01 + 0.16 + 0.36 + 0.04 + 0.81) / 5)
    # Outside a: one of three came; outside b: all three; outside c: two of four.
    base = base_rates(CAME, CLUSTERS)
    assert base.tolist() == pytest.approx([1 / 3, 1 / 3, 1.0, 1.0, 0.5])
    rate = (4 / 9 + 4 / 9 + 1 + 1 + 0.25) / 5
    assert brier(base, CAME) == pytest.approx(rate)
    found = skill_interval((CHANCE - CAME) ** 2, (base - CAME) ** 2, CLUSTERS)
    assert found.value == pytest.approx(1 - 0.276 / rate) == pytest.approx(skill(0.276, rate))
    assert found.low <= found.value <= found.high
    assert found.found == pytest.approx(2.8 * found.error)


def test_the_isotonic_curve_by_hand() -> None:
    """Of 0.1 (came) and 0.2 (did not) the shares fall, so they are one group with 0.6 (one of two): 2 of 4."""
    assert calibrated(CHANCE, CAME).tolist() == pytest.approx([1.0, 0.5, 0.5, 0.5, 0.5])
    told = parts(CHANCE, CAME)
    assert told.uncertainty == pytest.approx(0.6 * 0.4)
    assert told.resolution == pytest.approx(0.24 - 4 * 0.25 / 5)
    assert told.reliability == pytest.approx(0.276 - 0.2)


@given(st.integers(2, 60), st.integers(0, 10_000))
def test_the_parts_sum_to_the_brier_score_and_are_none_below_0(size: int, seed: int) -> None:
    chance, came, _ = samples(size, seed)
    told = parts(chance, came)
    assert told.reliability - told.resolution + told.uncertainty == pytest.approx(brier(chance, came))
    assert min(told.reliability, told.resolution, told.uncertainty) > -1e-12


@given(st.integers(8, 60), st.integers(0, 10_000))
def test_scores_are_those_of_scikit_learn(size: int, seed: int) -> None:
    chance, came, _ = samples(size, seed)
    assert brier(chance, came) == pytest.approx(brier_score_loss(came, chance, pos_label=True))
    theirs = IsotonicRegression().fit(chance, came.astype(float)).predict(chance)
    assert calibrated(chance, came) == pytest.approx(theirs, abs=1e-6)
    if 0 < came.sum() < size:
        assert auc(chance, came) == pytest.approx(roc_auc_score(came, chance))


@given(st.integers(4, 60), st.integers(0, 10_000))
def test_the_skill_of_the_base_rate_is_0_and_of_the_truth_1(size: int, seed: int) -> None:
    _, came, clusters = samples(size, seed)
    base = base_rates(came, clusters)
    loss = (base - came) ** 2
    if loss.sum() > 0:
        assert skill_interval(loss, loss, clusters).value == 0
        assert skill_interval(0 * loss, loss, clusters).value == 1


def test_a_base_rate_never_knows_its_own_cluster() -> None:
    chance, came, clusters = samples(40, 3)
    del chance
    inside = clusters == "0"
    turned = np.where(inside, ~came, came)
    assert base_rates(came, clusters)[inside].tolist() == base_rates(turned, clusters)[inside].tolist()
    assert base_rates(came, np.full(40, "one")).tolist() == [0.5] * 40


def test_an_interval_is_drawn_over_clusters_and_is_the_same_each_time() -> None:
    """Forty copies of five questions tell no more than the five."""
    loss, other = (CHANCE - CAME) ** 2, np.full(5, 0.25)
    once = skill_interval(loss, other, CLUSTERS)
    again = skill_interval(np.tile(loss, 40), np.tile(other, 40), np.tile(CLUSTERS, 40))
    assert (again.low, again.high) == pytest.approx((once.low, once.high))
    assert once == skill_interval(loss, other, CLUSTERS)
    alone = skill_interval(loss, other, np.full(5, "one"))
    assert alone.value == pytest.approx(once.value)
    assert math.isnan(alone.low)
    assert gap_interval(loss, other, CLUSTERS).value == pytest.approx(float(np.mean(loss - other)))


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    """Of forecasts that are right in the mean, over 30 clusters: the gap to themselves plus noise of mean 0."""
    luck, held = np.random.default_rng(1), 0
    clusters = np.repeat(np.arange(30), 2).astype(str)
    for _ in range(60):
        shared = np.repeat(luck.normal(0, 1, 30), 2)
        found = gap_interval(shared + luck.normal(0, 0.5, 60), np.zeros(60), clusters)
        held += found.low <= 0 <= found.high
    assert held >= 50
