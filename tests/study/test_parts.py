"""The headline by its parts: what other weights of them would say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from cordiale.study.attribution import under_other_weights

MOVES = st.lists(st.floats(-1, 1), min_size=1, max_size=6).map(np.array)


@given(MOVES)
def test_ends_under_other_weights_are_those_of_a_linear_programme(added: np.ndarray) -> None:
    """Factors between half and twice that leave the sum of weights as it is, which a solver moves to either end."""
    count = len(added)
    ends = [
        sign * linprog(sign * added, A_eq=np.ones((1, count)), b_eq=[count], bounds=[(0.5, 2)] * count).fun
        for sign in (1, -1)
    ]
    assert under_other_weights(added) == pytest.approx(ends, abs=1e-6)  # the solver takes steps below 1e-7 for none


@given(MOVES)
def test_own_weights_lie_between_the_ends(added: np.ndarray) -> None:
    low, high = under_other_weights(added)
    assert low - 1e-12 <= added.sum() <= high + 1e-12


def test_one_part_has_no_other_weight() -> None:
    assert under_other_weights(np.array([0.3])) == pytest.approx((0.3, 0.3))
