"""Draws from coded ranges, and what a timeline makes of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaincinv
from scipy.stats import kstest

from cordiale.case.ranges import Free
from cordiale.models.parameters import Parameters, pert
from cordiale.scenario.load import Scenario, load_scenario
from cordiale.scenario.timeline import lever_course
from tests.worlds import begun, drawn

Build = Callable[..., Scenario]
LEVER = "france_china_tone"


def coded(low: float, best: float, high: float) -> Free:
    return Free(low=low, best=best, high=high, basis="not in the article", source="assumption: a test")


@settings(max_examples=60, deadline=None)
@given(mode=st.floats(0, 1), low=st.floats(-1, 1), width=st.floats(0.01, 5))
def test_pert_table_is_close_to_the_exact_quantiles(mode: float, low: float, width: float) -> None:
    high = low + width
    best = min(max(low + mode * width, low), high)
    uniform = np.linspace(0.01, 0.99, 197)
    share = (best - low) / width
    exact = low + width * betaincinv(1 + 4 * share, 5 - 4 * share, uniform)
    found = pert(coded(low, best, high), uniform)
    assert np.abs(found - exact).max() < 1e-3 * width
    assert (np.diff(found) >= 0).all()


def test_pert_has_the_published_mean() -> None:
    """The mean of PERT is (low + 4 best + high) / 6."""
    uniform = (np.arange(200_000) + 0.5) / 200_000
    found = pert(coded(0.1, 0.3, 0.9), uniform)
    assert found.mean() == pytest.approx((0.1 + 4 * 0.3 + 0.9) / 6, abs=1e-4)
    assert found.min() >= 0.1
    assert found.max() <= 0.9


def test_a_point_range_is_a_point() -> None:
    assert pert(coded(0.4, 0.4, 0.4), np.array([0.1, 0.9])).tolist() == [0.4, 0.4]


def test_worlds_follow_the_coded_distribution() -> None:
    from cordiale.models.parameters import draw
    from cordiale.models.random import Streams

    scenario = load_scenario("baseline")
    path = "FRA.china_tone.ideal"
    number = scenario.ranges[path]
    drawn = draw({path: number}, Streams(5, 0, 4000))[path]
    share = (number.best - number.low) / (number.high - number.low)
    statistic = kstest((drawn - number.low) / (number.high - number.low), "beta", args=(1 + 4 * share, 5 - 4 * share))
    assert statistic.pvalue > 1e-4


def test_changed_parameters_replace_what_is_given_and_nothing_else() -> None:
    one, two = np.array([1.0]), np.array([2.0])
    found = Parameters({"trust": one, "threat": one}, {"trust_news": one, "trust_return": one})
    changed = found.changed({"trust": two}, {"trust_return": two})
    assert (changed.trust, changed.threat) == (two, one)
    assert changed.weights == {"trust_news": one, "trust_return": two}
    assert (found.trust, found.weights["trust_return"]) == (one, one)
    with pytest.raises(AttributeError, match="joy"):
        _ = changed.joy


@pytest.fixture
def with_events(tmp_path: Path) -> Build:
    """Return a builder of scenarios with a timeline, through a file as a user would."""

    def build(*events: dict[str, Any], **levers: float) -> Scenario:
        data = {"title": "Test", "question": "What?", "basis": {"locator": "Opening 1", "says": "nothing"}}
        data |= {"pack": "indo_pacific_2018", "levers": levers, "timeline": list(events)}
        path = tmp_path / "test.yaml"
        path.write_text(yaml.safe_dump(data), "utf-8")
        return load_scenario(path)

    return build


def course(scenario: Scenario, lever: str = LEVER) -> list[tuple[float, float]]:
    share, part = lever_course(scenario, lever)
    return [(round(float(f), 6), round(float(c), 6)) for f, c in zip(share, part, strict=True)]


def test_set_and_stop(with_events: Build) -> None:
    found = course(with_events({"quarter": "2019Q2", "set": {LEVER: 0.8}}, {"quarter": "2019Q4", "stop": [LEVER]}))
    assert found[:6] == [(0, 0), (0, 0), (1, 0.8), (1, 0.8), (0, 0), (0, 0)]


def test_a_ramp_starts_at_the_coded_number_and_ends_at_its_goal(with_events: Build) -> None:
    found = course(with_events({"quarter": "2019Q1", "ramp": {LEVER: 0.8}, "over": 4}))
    assert found[:7] == [(0, 0), (0, 0), (0.25, 0.2), (0.5, 0.4), (0.75, 0.6), (1, 0.8), (1, 0.8)]


def test_a_ramp_from_a_lever_starts_at_its_value(with_events: Build) -> None:
    found = course(with_events({"quarter": "2019Q1", "ramp": {LEVER: 1.0}, "over": 2}, france_china_tone=0.5))
    assert found[:4] == [(1, 0.5), (1, 0.5), (1, 0.75), (1, 1.0)]


def test_a_shock_ends_by_itself(with_events: Build) -> None:
    shock = {"quarter": "2019Q1", "shock": {"chinese_coercion": 0.9}, "lasts": 2}
    found = course(with_events(shock), "chinese_coercion")
    assert found[:5] == [(0, 0), (1, 0.9), (1, 0.9), (0, 0), (0, 0)]


def test_levers_reach_their_parameter_and_stop_gives_it_back(with_events: Build) -> None:
    scenario = with_events({"quarter": "2019Q1", "set": {LEVER: 0.9}}, {"quarter": "2019Q3", "stop": [LEVER]})
    model = begun(scenario, 5)
    france, tone = scenario.names.states.index("FRA"), scenario.names.issues.index("china_tone")
    coded = drawn(scenario, 5).parameters.ideal[:, france, tone]
    seen = []
    for _ in range(4):
        model.step()
        seen.append(model.parameters.ideal[:, france, tone].copy())
    assert np.array_equal(seen[0], coded)
    assert (seen[1] == 0.9).all()
    assert (seen[2] == 0.9).all()
    assert np.array_equal(seen[3], coded)


def test_set_of_a_lever_holds_against_the_timeline() -> None:
    usual, held = load_scenario("france_joins_quad"), load_scenario("france_joins_quad", set={"france_in_quad": 0})
    assert course(usual, "france_in_quad")[-1] == (1, 1)
    assert set(course(held, "france_in_quad")) == {(1, 0)}
