"""The verdict on a claim: known answers, and that it does not hang on how many worlds were run."""

from __future__ import annotations

import numpy as np
import pytest

from cordiale.analysis.claim_rule import (
    NO_CHANNEL,
    OPPOSITE,
    SUPPORTED,
    TOO_SMALL,
    UNDECIDED,
    combined,
    decide,
    find,
    supports,
    worlds_to_decide,
)
from cordiale.models.random import Array
from cordiale.scenario.claims import Contrast
from cordiale.study.intervals import interval

ALL = {1: 1.0, -1: 1.0, 0: 1.0}
FEW = dict.fromkeys(ALL, 0.79)
MARGIN = 0.01


@pytest.mark.parametrize(
    ("sign", "low", "high", "shares", "verdict"),
    [
        ("+", 0.02, 0.05, ALL, SUPPORTED),
        ("+", 0.02, 0.05, {**ALL, 1: 0.8}, SUPPORTED),
        ("+", 0.02, 0.05, FEW, UNDECIDED),
        ("+", 0.005, 0.05, ALL, UNDECIDED),
        ("+", 0.01, 0.05, ALL, UNDECIDED),
        ("+", -0.05, -0.02, ALL, OPPOSITE),
        ("+", -0.05, -0.02, FEW, UNDECIDED),
        ("+", -0.05, -0.005, ALL, UNDECIDED),
        ("+", -0.02, 0.05, ALL, UNDECIDED),
        ("+", 0.001, 0.005, ALL, TOO_SMALL),
        ("+", 0.001, 0.005, FEW, TOO_SMALL),
        ("-", -0.05, -0.02, ALL, SUPPORTED),
        ("-", -0.05, -0.005, ALL, UNDECIDED),
        ("-", 0.02, 0.05, ALL, OPPOSITE),
        ("-", -0.009, 0.009, ALL, TOO_SMALL),
        ("0", -0.004, 0.005, ALL, SUPPORTED),
        ("0", -0.004, 0.005, FEW, UNDECIDED),
        ("0", -0.02, 0.005, ALL, UNDECIDED),
        ("0", 0.02, 0.05, ALL, OPPOSITE),
        ("0", -0.05, -0.02, ALL, OPPOSITE),
        ("0", 0.02, 0.05, FEW, UNDECIDED),
    ],
)
def test_the_rule(sign: str, low: float, high: float, shares: dict[int, float], verdict: str) -> None:
    assert decide(sign, low, high, MARGIN, shares) == verdict
    assert decide(sign, low, high, MARGIN, shares, moves=False) == NO_CHANNEL


@pytest.mark.parametrize(
    ("kinds", "verdict"),
    [
        ([SUPPORTED, SUPPORTED], SUPPORTED),
        ([SUPPORTED, UNDECIDED], UNDECIDED),
        ([UNDECIDED, NO_CHANNEL, SUPPORTED], NO_CHANNEL),
        ([NO_CHANNEL, TOO_SMALL], TOO_SMALL),
        ([TOO_SMALL, OPPOSITE, SUPPORTED], OPPOSITE),
    ],
)
def test_a_claim_is_supported_only_if_all_its_contrasts_are(kinds: list[str], verdict: str) -> None:
    assert combined(kinds) == combined(kinds[::-1]) == verdict


def contrast(margin: float = MARGIN) -> Contrast:
    return Contrast.model_validate({"to": {}, "measure": "trust", "margin": margin, "why": "a test of the rule"})


def same_effect(worlds: int, mean: float, deviation: float) -> Array:
    """Return differences with exactly this mean and standard deviation."""
    noise = np.random.default_rng(worlds).normal(size=worlds)
    return np.asarray(mean + deviation * (noise - noise.mean()) / noise.std(ddof=1))


@pytest.mark.parametrize("sign", ["+", "-", "0"])
@pytest.mark.parametrize("mean", [-0.03, -0.012, -0.008, 0.0, 0.003, 0.0095, 0.011, 0.02, 0.2])
@pytest.mark.parametrize("deviation", [0.01, 0.1, 0.5])
def test_worlds_change_no_verdict_into_another(sign: str, mean: float, deviation: float) -> None:
    coded = np.full((20, 50), mean)
    few, many = (find(contrast(), sign, same_effect(n, mean, deviation), coded) for n in (200, 2000))
    assert few.kind in (many.kind, UNDECIDED)
    for found in (few, many):
        if found.kind == UNDECIDED:
            assert found.decides is not None
            decided = find(contrast(), sign, same_effect(found.decides, mean, deviation), coded)
            one_less = find(contrast(), sign, same_effect(found.decides - 1, mean, deviation), coded)
            assert decided.kind != UNDECIDED
            assert one_less.kind == UNDECIDED
            assert many.kind in (decided.kind, UNDECIDED)
        else:
            assert found.decides is None


def test_what_hangs_on_codings_is_decided_by_no_number_of_worlds() -> None:
    coded = np.repeat([[0.03], [0.0]], 10, axis=0) * np.ones(50)
    found = find(contrast(), "+", same_effect(500, 0.03, 0.01), coded)
    assert (found.kind, found.codings, found.decides) == (UNDECIDED, 0.5, None)
    assert found.hangs_on_codings
    on_the_bound = find(contrast(0.03), "+", same_effect(500, 0.03, 0.01), coded)
    assert on_the_bound.kind == UNDECIDED
    assert not on_the_bound.hangs_on_codings
    assert worlds_to_decide(0.01, 0.2, 0.01) is None


@pytest.mark.parametrize(
    ("sign", "mean", "agreeing", "many"),
    [
        ("+", 0.012, 12, UNDECIDED), ("+", 0.012, 16, SUPPORTED), ("+", 0.008, 12, TOO_SMALL),
        ("-", 0.012, 12, UNDECIDED), ("-", 0.012, 16, OPPOSITE),
        ("0", 0.008, 12, UNDECIDED), ("0", 0.008, 16, SUPPORTED),
    ],
)  # fmt: skip
def test_worlds_are_named_only_where_codings_would_let_them_decide(
    sign: str, mean: float, agreeing: int, many: str
) -> None:
    coded = np.repeat([mean, 0.02 if mean < MARGIN else 0.0], [agreeing, 20 - agreeing])[:, np.newaxis] * np.ones(50)
    few = find(contrast(), sign, same_effect(200, mean, 0.1), coded)
    assert few.kind == UNDECIDED
    assert find(contrast(), sign, same_effect(20000, mean, 0.1), coded).kind == many
    assert (few.decides is None) == few.hangs_on_codings == (many == UNDECIDED)


def test_worlds_to_decide_are_the_least_with_which_the_interval_is_clear() -> None:
    for mean, deviation in ((0.02, 0.1), (0.012, 0.3), (0.0, 0.05), (0.5, 0.01)):
        worlds = worlds_to_decide(mean, deviation, MARGIN)
        assert worlds is not None
        distance = abs(abs(mean) - MARGIN)
        _, low, _ = interval(same_effect(worlds, 0.0, deviation))
        assert -low < distance
        if worlds > 2:
            _, low, _ = interval(same_effect(worlds - 1, 0.0, deviation))
            assert -low >= distance


def test_no_channel_is_exactly_no_difference() -> None:
    same, coded = np.zeros(40), np.zeros((3, 10))
    for sign in ("+", "-", "0"):
        assert find(contrast(), sign, same, coded).kind == NO_CHANNEL
    almost = same.copy()
    almost[3] = 1e-12
    assert find(contrast(), "+", almost, coded).kind == TOO_SMALL
    assert find(contrast(), "0", almost, coded).kind == SUPPORTED


def test_worlds_without_a_difference_are_left_out_of_shares() -> None:
    drawn = np.array([0.0] * 90 + [0.2] * 6 + [-0.2] * 4)
    coded = np.zeros((2, 5))
    assert find(contrast(), "+", drawn, coded).worlds == pytest.approx(0.6)
    assert find(contrast(), "-", drawn, coded).worlds == pytest.approx(0.4)
    assert np.isnan(find(contrast(), "0", drawn, coded).worlds)


def test_packs_support_a_claim_if_all_its_contrasts_hold_there() -> None:
    up, down, none = same_effect(48, 0.1, 0.05), same_effect(48, -0.1, 0.05), np.zeros(48)
    small = same_effect(48, 0.0, 0.001)
    first = np.stack([up, up, none, small])
    assert supports([("+", MARGIN, first)]).tolist() == [True, True, False, False]
    assert supports([("+", MARGIN, first), ("-", MARGIN, np.stack([down, up, down, down]))]).tolist() == [
        True, False, False, False,
    ]  # fmt: skip
    assert supports([("0", MARGIN, first)]).tolist() == [False, False, False, True]
