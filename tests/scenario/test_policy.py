"""A scenario's policy in words names every lever it moves, and two scenarios differ in what only one of them sets."""

from __future__ import annotations

import pytest

from cordiale.case.load import scenario_names
from cordiale.scenario.load import load_scenario
from cordiale.scenario.words import difference_words, moves

NAMES = scenario_names("indo_pacific_2018")


@pytest.mark.parametrize("name", NAMES)
def test_every_lever_is_told(name: str) -> None:
    scenario = load_scenario(name)
    told = {move.what for move in moves(scenario)}
    assert told >= set(scenario.moved)


def test_kinds_of_events_in_words() -> None:
    assert [str(move) for move in moves(load_scenario("france_joins_quad"))] == [
        "France in the Quad: at 1 from 2019Q3 on"
    ]
    sale = moves(load_scenario("dual_use_revealed"))[0]
    assert sale.how == "at 1 for 2 quarters from 2020Q1 on"
    assert sale.nobodys == load_scenario("baseline").loaded.pack.case.levers[sale.what].shock


def test_a_scenario_differs_from_itself_in_nothing() -> None:
    quad = load_scenario("france_joins_quad")
    assert difference_words(quad, quad) == ["France joins the Quad sets nothing that France joins the Quad does not."]


def test_what_is_taken_back_is_told() -> None:
    quad, base = load_scenario("france_joins_quad"), load_scenario("baseline")
    assert difference_words(quad, base) == [
        "France in the Quad: as coded (in France joins the Quad: at 1 from 2019Q3 on)."
    ]


def test_numbers_and_settings_are_told() -> None:
    base = load_scenario("baseline")
    other = load_scenario("baseline", set={"FRA.resolve": 0.5, "horizon": "2020Q4", "seed": 7})
    words = difference_words(base, other)
    assert words[0] == "France: resolve: 0.5 in every world."
    assert "Last quarter: 2020Q4 (in " in words[1]
    assert "Seed: 7 (in " in words[2]
