"""The equations of opinions: printed examples, limits by other ways, and what holds of any weights."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cordiale
from cordiale.case.public.published import example
from cordiale.files.errors import OptionError
from cordiale.models.opinion import friedkin_johnsen, hegselmann_krause, majority_rule


def parsegov() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = list(csv.DictReader(example("influence").paths[0].read_text("utf-8").splitlines()))
    weights = np.array([[float(row[f"weight_{k}"]) for k in range(1, 5)] for row in rows])
    return weights, *(np.array([float(row[name]) for row in rows]) for name in ("start", "limit"))


def test_the_example_of_friedkin_and_johnsen_is_reproduced() -> None:
    """Parsegov et al. 2017: to the printed digit."""
    weights, start, printed = parsegov()
    found = friedkin_johnsen(weights, start)
    assert np.round(found.limit).tolist() == printed.tolist()
    assert found.path[0].tolist() == start.tolist()
    assert found.path[-1] == pytest.approx(found.limit, abs=1e-6)
    open_to = 1 - np.diag(weights)
    assert found.path[1] == pytest.approx(open_to * (weights @ start) + (1 - open_to) * start)


def test_several_issues_are_several_times_one() -> None:
    weights, start, _ = parsegov()
    both = friedkin_johnsen(weights, np.stack([start, start[::-1]], axis=1))
    assert both.limit[:, 0] == pytest.approx(friedkin_johnsen(weights, start).limit)
    assert both.limit[:, 1] == pytest.approx(friedkin_johnsen(weights, start[::-1]).limit)


def test_who_is_wholly_open_goes_to_the_consensus_of_degroot() -> None:
    """Nobody holds on to anything: the limit is the start weighted by the left eigenvector of the weights."""
    weights = np.array([[0.5, 0.5, 0.0], [0.25, 0.5, 0.25], [0.0, 0.5, 0.5]])
    found = friedkin_johnsen(weights, [0.0, 4.0, 8.0], susceptibility=[1, 1, 1])
    assert found.limit == pytest.approx([4.0] * 3)  # weights 1/4, 1/2, 1/4
    assert friedkin_johnsen(weights, [0.0, 4.0, 8.0], [0, 0, 0]).limit.tolist() == [0, 4, 8]


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 6), st.integers(0, 2**31))
def test_no_opinion_leaves_the_range_of_the_start(count: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    weights = random.dirichlet(np.ones(count), size=count)
    start = random.random(count)
    found = friedkin_johnsen(weights, start, random.uniform(0, 0.95, count))
    assert start.min() - 1e-9 <= found.path.min()
    assert found.path.max() <= start.max() + 1e-9
    assert found.limit == pytest.approx(found.path[-1], abs=1e-6)


def test_followers_in_turn_never_rest() -> None:
    with pytest.raises(OptionError, match="do not come to rest"):
        friedkin_johnsen([[0, 1], [1, 0]], [0, 1])


BAD = {
    "not square": ([[1, 0]], [1], "weights of 1 by 2 and opinions of 1"),
    "too few opinions": ([[1, 0], [0, 1]], [1], "weights of 2 by 2 and opinions of 1"),
    "one number": ([[1]], 1, "opinions of one number"),
    "no shares": ([[1, 1], [0, 1]], [1, 2], "sum to 1"),
    "negative": ([[2, -1], [0, 1]], [1, 2], "not negative"),
    "no number": ([[1]], [np.nan], "opinions are numbers"),
}


@pytest.mark.parametrize("fault", BAD)
def test_weights_that_are_none_are_refused(fault: str) -> None:
    weights, start, message = BAD[fault]
    with pytest.raises(OptionError, match=message):
        friedkin_johnsen(weights, start)


@pytest.mark.parametrize(("count", "confidence", "clusters", "periods"), [(50, 0.2, 2, 8), (100, 0.25, 1, 10)])
def test_regular_profiles_of_hegselmann_and_krause(count: int, confidence: float, clusters: int, periods: int) -> None:
    found = hegselmann_krause(np.arange(count) / (count - 1), confidence)
    assert (len(found.clusters), found.periods) == (clusters, periods)
    assert found.path[periods].tolist() == found.limit.tolist()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=12), st.integers(0, 40))
def test_bounded_confidence_keeps_the_order_and_rests_apart(start: list[int], confidence: int) -> None:
    """Krause 2000: opinions never change their order; at rest they are the same or too far apart to be heard."""
    found = hegselmann_krause([each / 10 for each in start], confidence / 10)
    order = np.argsort(start, kind="stable")
    assert (np.diff(found.path[:, order], axis=1) > -1e-9).all()
    assert all(gap > confidence / 10 - 1e-9 for gap in np.diff(found.clusters))


@pytest.mark.parametrize(("start", "confidence"), [([], 0.1), ([1, np.inf], 0.1), ([1, 2], -1), ([1, 2], np.nan)])
def test_opinions_that_are_none_are_refused(start: list[float], confidence: float) -> None:
    with pytest.raises(OptionError, match="opinions are a list of numbers"):
        hegselmann_krause(start, confidence)


def test_majority_rule_of_galam() -> None:
    share = np.linspace(0, 1, 21)
    assert majority_rule(share) == pytest.approx(3 * share**2 - 2 * share**3)
    for below, above in zip(share[1:10], share[11:20], strict=True):  # the threshold is 1/2
        assert majority_rule(below) < below
        assert majority_rule(above) > above
    assert majority_rule(0.5) == pytest.approx(0.5)
    assert majority_rule(share, 1) == pytest.approx(share)
    assert majority_rule(0.5, 4, ties=0.0) == pytest.approx(5 / 16)  # 3 or 4 of 4
    with pytest.raises(OptionError, match="shares lie from 0 to 1"):
        majority_rule(1.2)


def test_the_equations_are_reached_from_the_package() -> None:
    assert cordiale.models.opinion.friedkin_johnsen is friedkin_johnsen
    assert cordiale.models.opinion.hegselmann_krause is hegselmann_krause
