"""Levers as a visitor meets them: where each stands, what is coded, and what an address makes of it."""

from __future__ import annotations

import pytest

from cordiale.page.look import Look
from cordiale.page.session import handle_of, handles
from cordiale.scenario.load import Scenario, load_scenario
from cordiale.scenario.timeline import lever_course
from tests.page.conftest import PACK

QUAD, PLAIN = "france_joins_quad", Look()


@pytest.fixture(scope="module")
def base() -> Scenario:
    return load_scenario("baseline", pack=PACK)


@pytest.fixture(scope="module")
def quad() -> Scenario:
    return load_scenario(QUAD, pack=PACK)


@pytest.mark.parametrize("name", ["baseline", QUAD, "chinese_coercion", "us_retrenchment", "brexit"])
def test_every_lever_has_its_place(name: str) -> None:
    found = handles(load_scenario(name, pack=PACK), PLAIN)
    for each in found:
        assert 0 <= each.at <= 1
        assert each.label
        assert each.locator
        assert not each.moved
        if each.coded:
            assert 0 <= each.coded[0] <= each.coded[1] <= each.coded[2] <= 1
    used = [each.used for each in found]
    assert used == sorted(used, reverse=True)  # those that the scenario moves stand first


def test_the_coded_range_is_told_on_the_levers_own_scale(base: Scenario) -> None:
    seen = 0
    for name, lever in base.known_levers.items():
        (path, (low, high)), *more = lever.moves.items()
        coded = base.ranges.get(base.names.canonical(path))
        if not more and coded is not None and (low, high) == (0, 1):
            handle = handle_of(base, name, PLAIN)
            assert handle.coded == (coded.low, coded.best, coded.high)
            assert handle.coded_words == f"Coded from {coded.low:.2f} to {coded.high:.2f}, best {coded.best:.2f}."
            assert handle.at == pytest.approx(coded.best, abs=0.026)  # to the nearest step of 0.05
            seen += 1
    assert seen > 3


def test_a_lever_rests_where_the_scenario_leaves_it(quad: Scenario) -> None:
    for name in quad.moved:
        share, part = lever_course(quad, name)
        handle = handle_of(quad, name, PLAIN)
        assert share[-1] > 0
        assert handle.at == pytest.approx(part[-1] / share[-1], abs=0.026)
        assert handle.used


def test_a_lever_that_is_moved_stands_where_the_address_says(quad: Scenario) -> None:
    look = Look("quad", {"quad_hardness": 0.3141592})
    handle = handle_of(quad, "quad_hardness", look)
    assert (handle.at, handle.moved, handle.field) == (0.3141592, True, "set.quad_hardness")
    assert handle_of(quad, "quad_hardness", PLAIN).coded == handle.coded


def test_a_lever_of_what_is_held_has_nothing_between_its_ends(base: Scenario) -> None:
    held = [each for each in handles(base, PLAIN) if each.holds]
    assert held
    for each in held:
        assert each.at in (0, 1)
        assert not each.coded
        assert each.coded_words == "Nothing is coded: free until a lever holds it."
