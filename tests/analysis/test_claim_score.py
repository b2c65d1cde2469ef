"""The discriminating score: known answers, a pack that was planted, and what a pack without coding scores."""

from __future__ import annotations

import numpy as np
import pytest

from cordiale.analysis.claim_score import PLACEBOS, Judged, Score, discriminating, left_out, score_of
from cordiale.models.random import Array

MARGIN = 0.05


def test_a_claim_that_every_pack_supports_counts_nothing() -> None:
    packs = np.array([[1, 1, 0, 0], [1, 0, 0, 0], [1, 1, 0, 1], [1, 0, 0, 1]], dtype=float)
    assert discriminating(np.array([True, True, True, False]), packs) == pytest.approx(0 + 0.5 + 1)
    assert discriminating(np.array([False] * 4), packs) == 0
    # Pack 0 supports claims 0 and 1, which 3 and 1 of the other 3 packs support.
    assert left_out(packs)[0] == pytest.approx((1 - 1) + (1 - 1 / 3))
    assert left_out(packs)[1] == pytest.approx(0)
    assert np.isnan(left_out(packs[:1])).all()


def judged(own: Array, packs: Array) -> Judged:
    """Return a claim of the sign "+" whose differences are given: (worlds,), and which packs support it."""
    holds = bool(own.mean() - 1.96 * own.std(ddof=1) / np.sqrt(len(own)) > MARGIN)
    return Judged(holds, holds, [("+", MARGIN, own)], packs)


def score(effects: list[float], shares: list[float], packs: int = 102) -> Score:
    """Return the score of claims with some effects, which some shares of placebo packs support."""
    rng = np.random.default_rng(1)
    kinds = [PLACEBOS[number % 3] for number in range(packs)]
    claims = [
        judged(effect + rng.normal(0, 0.1, 500), rng.permutation(packs) < share * packs)
        for effect, share in zip(effects, shares, strict=True)
    ]
    return score_of(claims, kinds, 1)


def test_a_planted_pack_stands_out() -> None:
    planted = score([0.5] * 10 + [0.0] * 10, [0.5] * 10 + [0.5] * 10)
    assert (planted.claims, planted.supported) == (20, 10)
    assert planted.value == pytest.approx(5.0)
    assert planted.low < 5.0 < planted.high
    assert planted.high - planted.low < 2
    mean, low, high = planted.expected
    assert mean == pytest.approx(20 * 0.5 * 0.5, abs=0.1)
    assert low < mean < high
    sure = score([0.5] * 10 + [0.0] * 10, [0.0] * 10 + [0.9] * 10)
    assert sure.value == pytest.approx(10.0)
    assert sure.value > sure.expected[2]
    assert sure.reached == pytest.approx(1 / 103)


def test_what_every_pack_supports_scores_exactly_nothing() -> None:
    nothing = score([0.5] * 4, [1.0] * 4, packs=6)
    assert (nothing.supported, nothing.value, nothing.low, nothing.high) == (4, 0.0, 0.0, 0.0)


def test_a_claim_on_the_bound_widens_the_interval() -> None:
    clear, close = score([0.5] * 4, [0.2] * 4), score([0.5, 0.5, 0.5, 0.06], [0.2] * 4)
    assert close.supported == 4
    assert close.high - close.low > clear.high - clear.low + 0.5


def test_a_pack_drawn_from_the_placebos_scores_what_is_expected() -> None:
    """Where the pack itself is one more placebo pack, its score is on average that of the placebo packs."""
    rng = np.random.default_rng(2)
    own, expected, reached = [], [], []
    for _ in range(400):
        chances = rng.beta(0.7, 0.7, size=30)
        support = rng.random((52, 30)) < chances
        own.append(discriminating(support[0], support[1:].astype(float)))
        null = left_out(support[1:].astype(float))
        expected.append(null.mean())
        reached.append((1 + np.sum(null >= own[-1])) / (1 + len(null)))
    gap = np.array(own) - np.array(expected)
    assert abs(gap.mean()) < 3 * gap.std(ddof=1) / np.sqrt(len(gap))
    assert gap.std() > 0.5
    assert 0.02 < np.mean(np.array(reached) <= 0.05) < 0.09


def test_kinds_are_shown_apart() -> None:
    packs = np.zeros((6, 2), dtype=bool)
    packs[[0, 3], 0] = True  # both packs with labels mixed up
    kinds = [*PLACEBOS, *PLACEBOS]
    found = score_of([judged(np.zeros(50), packs[:, 0]), judged(np.zeros(50), packs[:, 1])], kinds, 0)
    assert found.of_kind("labels")[0] == pytest.approx(1 - 1 / 5)
    assert found.of_kind("ties")[0] == 0
    assert (found.value, found.low, found.high) == (0, 0, 0)
