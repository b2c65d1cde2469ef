"""Decision rules on a problem small enough to work out by hand, and against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm

from cordiale.analysis.decision import (
    Enough,
    Rules,
    best_first,
    cvar,
    hurwicz,
    maximum_regret,
    mean,
    non_dominated,
    pareto,
    regret,
    satisficing,
    worst_case,
)

NAMES = ("bold", "hedge", "middle", "steady")
# Ten worlds of a calm future and ten of a crisis, in each the same but for one bad world of the hedge.
GAINS = np.repeat(np.array([[12.0, 2], [6, 7], [9, 4], [5, 5]])[..., None], 10, axis=-1)
GAINS[1, 1, 3] = 0.0
COSTS = np.repeat(np.array([[1.0, 1], [1, 3], [2, 2], [0, 0]])[None, ..., None], 10, axis=-1)


def test_mean() -> None:
    assert mean(GAINS) == pytest.approx([7, 6.15, 6.5, 5])


def test_worst_case() -> None:
    assert worst_case(GAINS) == pytest.approx([2, 6, 4, 5])


def test_cvar_is_the_mean_of_the_two_worst_of_twenty_worlds() -> None:
    assert cvar(GAINS) == pytest.approx([2, (0 + 6) / 2, 4, 5])


def test_cvar_counts_half_a_world_by_half() -> None:
    assert cvar(GAINS, 0.075)[1] == pytest.approx((0 + 6 / 2) / 1.5)


def test_regret() -> None:
    assert regret(GAINS) == pytest.approx(np.array([[0, 4.3], [6, 0], [3, 2.3], [7, 1.3]]))
    assert maximum_regret(GAINS) == pytest.approx([4.3, 6, 3, 7])


def test_hurwicz() -> None:
    assert hurwicz(GAINS, 0.5) == pytest.approx([7, 6.15, 6.5, 5])
    assert hurwicz(GAINS, 0.25) == pytest.approx([4.5, 6.075, 5.25, 5])
    assert hurwicz(GAINS, 0) == pytest.approx(worst_case(GAINS))
    assert hurwicz(GAINS, 1) == pytest.approx([12, 6.3, 9, 5])


def test_satisficing_asks_for_gain_and_cost_in_the_same_world() -> None:
    assert satisficing(GAINS, COSTS, Enough(4.5, (9,))) == pytest.approx([0.5, 0.95, 0.5, 1])
    assert satisficing(GAINS, COSTS, Enough(4.5, (2,))) == pytest.approx([0.5, 0.5, 0.5, 1])
    assert satisficing(GAINS, COSTS, Enough(5, (2,)))[3] == 1  # what is just enough is enough


def test_pareto_front() -> None:
    """The hedge and the middle gain less than the bold package, and cost more."""
    assert [name for name, there in zip(NAMES, pareto(GAINS, COSTS), strict=True) if there] == ["bold", "steady"]


def test_rules_choose_what_they_are_for() -> None:
    rules = Rules(optimism=0.25, enough=Enough(4.5, (2,)))
    chosen = {rule: NAMES[best_first(rule, values)[0]] for rule, values in rules.values(GAINS, COSTS).items()}
    assert chosen == {
        "mean": "bold", "worst_case": "hedge", "cvar": "steady", "regret": "middle", "hurwicz": "hedge",
        "satisficing": "steady",
    }  # fmt: skip
    assert rules.names(len(COSTS)) == (*chosen, "pareto")
    assert Rules().names(0) == ("mean", "worst_case", "cvar", "regret")


def test_a_future_weighs_the_same_whatever_it_brings() -> None:
    """A package that is never bad in a future of good luck is not better for it: means of futures are averaged."""
    uneven = np.stack([np.stack([np.zeros(6), np.full(6, 9.0), np.full(6, 3.0)])])
    assert mean(uneven) == pytest.approx([4])
    assert cvar(uneven, 1 / 3) == pytest.approx([0])


def test_cvar_of_a_normal_curve() -> None:
    worlds = norm.ppf((np.arange(20_000) + 0.5) / 20_000).reshape(1, 2, -1)
    assert cvar(worlds, 0.1)[0] == pytest.approx(-norm.pdf(norm.ppf(0.1)) / 0.1, abs=1e-3)


@settings(suppress_health_check=[HealthCheck.too_slow])  # of a busy machine
@given(
    arrays(np.float64, st.tuples(st.just(3), st.integers(1, 3), st.integers(1, 7)), elements=st.integers(-5, 5)),
    st.floats(0.02, 1),
)
def test_cvar_is_the_largest_over_all_quantiles(gains: np.ndarray, tail: float) -> None:
    at = np.unique(gains)
    over = [q - np.maximum(q - gains, 0).mean(axis=(1, 2)) / tail for q in at]
    assert cvar(gains, tail) == pytest.approx(np.max(over, axis=0))


@given(arrays(np.float64, st.tuples(st.integers(1, 8), st.integers(1, 3)), elements=st.integers(0, 3)))
def test_non_dominated_by_its_definition(values: np.ndarray) -> None:
    by_pairs = [not any((other >= one).all() and (other > one).any() for other in values) for one in values]
    assert non_dominated(values).tolist() == by_pairs
