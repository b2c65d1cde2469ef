"""What families of positions have in common: steps by hand, what is measured, and states that stand outside."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cordiale.case.numbers import coded_numbers
from cordiale.models.bargaining import offers
from cordiale.models.base import family_of
from cordiale.models.parameters import Parameters, assemble, best
from cordiale.models.positions import NEAR, Positions, World, sides, spread
from cordiale.models.positions import settlement as settled
from cordiale.models.random import Streams
from cordiale.models.similarity import Standard
from cordiale.scenario.load import load_scenario


def world(position: list[float], power: list[float], salience: list[float], here: list[bool] | None = None) -> World:
    """One world of one issue."""
    x, c, s = (np.array([each], dtype=float) for each in (position, power, salience))
    there = np.array([here or [True] * len(position)])
    return World(np.zeros_like(x)[..., None], x[..., None], s[..., None], c * there, there, Standard((0,), 1.0))


def test_settlement_spread_and_sides_by_hand() -> None:
    found = world([0.1, 0.2, 0.9], [1, 2, 1], [1, 0.5, 1])
    assert settled(found, 0) == pytest.approx([(0.1 + 0.2 + 0.9) / 3])
    assert spread(found, 0) == pytest.approx([np.std([0.1, 0.2, 0.9])])
    assert sides(found, 0).tolist() == [2]
    assert sides(world([0.0, NEAR, 2 * NEAR], [1] * 3, [1] * 3), 0).tolist() == [1], "a chain is one side"
    assert sides(world([0.0, 0.5, 1.0], [1] * 3, [1] * 3), 0).tolist() == [3]


def test_who_stands_outside_is_not_measured() -> None:
    found = world([0.1, 0.2, 0.9], [1, 2, 1], [1, 0.5, 1], [True, True, False])
    assert settled(found, 0) == pytest.approx([0.15])
    assert spread(found, 0) == pytest.approx([0.05])
    assert sides(found, 0).tolist() == [1]
    nobody = world([0.1, 0.2], [1, 1], [1, 1], [False, False])
    assert (settled(nobody, 0).tolist(), spread(nobody, 0).tolist(), sides(nobody, 0).tolist()) == ([0], [0], [0])


def model_of(name: str, **changes: Any) -> tuple[Positions, Parameters]:
    """The world of best values of the shipped baseline, with other weights or numbers by path."""
    scenario = load_scenario("baseline", model=name)
    values = best({path: each.coded for path, each in coded_numbers(scenario.loaded, scenario.names).items()})
    numbers = assemble(values | {path: np.array([value]) for path, value in changes.items()}, scenario.names)
    rules = family_of(name).rules(scenario.loaded)
    model = rules.start(numbers, lambda _: numbers, Streams(0, 0, 1))
    assert isinstance(model, Positions)
    return model, numbers


WHOLE = {"weight.pace": 1.0, "weight.confidence": 1.0}


def test_a_quarter_of_opinion_is_a_period_of_friedkin_and_johnsen() -> None:
    """Where everybody is heard and goes the whole way: A W x + (I - A) u, with W from trust and capability."""
    model, numbers = model_of("opinion", **WHOLE)
    start = model.now.position[0]
    weights = numbers.trust[0] * numbers.capability[0].mean(axis=1)
    np.fill_diagonal(weights, 0.0)
    weights /= weights.sum(axis=1, keepdims=True)
    open_to = 1 - numbers.resolve[0][:, None]
    model.step()
    ideal = np.clip(numbers.ideal[0] + numbers.trend[0], 0, 1)
    assert model.now.position[0] == pytest.approx(open_to * (weights @ start) + (1 - open_to) * ideal)


def test_who_is_too_far_away_is_not_heard() -> None:
    """Without confidence each hears those at its own place alone, so that only its ideal point moves it."""
    model, numbers = model_of("opinion", **WHOLE | {"weight.confidence": 0.0})
    start = model.now.position[0]
    model.step()
    ideal, resolve = np.clip(numbers.ideal[0] + numbers.trend[0], 0, 1), numbers.resolve[0][:, None]
    assert model.now.position[0] == pytest.approx(resolve * ideal + (1 - resolve) * start)


def test_a_quarter_of_bargaining_is_a_round_of_offers() -> None:
    model, numbers = model_of("bargaining", **{"weight.pace": 1.0})
    start, power = model.now.position[0], numbers.capability[0].mean(axis=1)
    resolve = numbers.resolve[0][:, None]
    model.step()
    ideal = np.clip(numbers.ideal[0] + numbers.trend[0], 0, 1)
    for issue in range(start.shape[1]):
        pulled = offers(start[:, issue], numbers.salience[0][:, issue], power, 1.0, farthest=True)
        goal = resolve[:, 0] * ideal[:, issue] + (1 - resolve[:, 0]) * pulled
        assert model.now.position[0][:, issue] == pytest.approx(np.clip(goal, 0, 1))


@pytest.mark.parametrize("name", ["opinion", "bargaining"])
def test_a_state_outside_pulls_nobody_and_is_pulled_by_nobody(name: str) -> None:
    found = []
    for ideal in (0.0, 1.0):
        changes = {"JPN.present": 0.0, "JPN.china_tone.ideal": ideal, "JPN.china_tone.trend": 0.0}
        model, numbers = model_of(name, **changes)
        for _ in range(4):
            model.step()
        names = load_scenario("baseline").names
        at, issue = names.states.index("JPN"), names.issues.index("china_tone")
        assert model.now.position[0, at, issue] == ideal
        found.append(np.delete(model.now.position[0], at, axis=0))
        assert numbers.taking_part[0].sum() == len(names.states) - 1
    np.testing.assert_array_equal(found[0], found[1])


def test_positions_stay_on_the_scale_and_pace_0_moves_nobody() -> None:
    model, _ = model_of("bargaining", **{"weight.pace": 0.0})
    start = model.now.position
    model.step()
    np.testing.assert_array_equal(model.now.position, start)
