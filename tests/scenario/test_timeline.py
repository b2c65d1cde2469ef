"""Any coded number dated, events that come again, and levers of a scenario's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cordiale
from cordiale.case.quarters import to_index
from cordiale.engine.block import run_blocks
from cordiale.scenario.timeline import profiles
from cordiale.study.run import make_plan

OWN = {"carrier_group": {"label": "A carrier group", "says": "a deployment each spring", "locator": "Substance 3",
                         "moves": {"FRA.freedom_of_navigation.ideal": [0.3, 0.9]}}}  # fmt: skip


def scenario(**said: Any) -> cordiale.Scenario:
    return cordiale.Scenario("Mine", extends="baseline", worlds=6, horizon="2022Q4", **said)


def course(of: cordiale.Scenario, path: str) -> tuple[np.ndarray, np.ndarray]:
    """f and c of a number in each quarter from 2018Q4 on."""
    (found,) = [each for each in profiles(of) if each.path == path]
    return found.share, found.part


def test_a_coded_number_is_dated_as_it_is() -> None:
    share, part = course(
        scenario(timeline={"2020Q1": {"JPN.dual_use_restraint.ideal": 0.1}}), "JPN.dual_use_restraint.ideal"
    )
    assert share.tolist() == [0] * 5 + [1] * 12
    assert part.tolist() == [0] * 5 + [0.1] * 12


def test_a_coded_number_ramps_from_what_each_world_drew_and_returns_to_it() -> None:
    timeline = [
        {"quarter": "2019Q1", "ramp": {"JPN.resolve": 0.9}, "over": 4},
        {"quarter": "2021Q1", "stop": ["JPN.resolve"]},
    ]
    share, part = course(scenario(timeline=timeline), "JPN.resolve")
    assert share[:6] == pytest.approx([0, 0, 0.25, 0.5, 0.75, 1])
    assert part[:6] == pytest.approx(0.9 * share[:6])
    assert share[9:].tolist() == [0] * 8


def test_the_names_of_a_number_are_one() -> None:
    """Those that may be turned round are kept in one form, so that two cannot be set at once in silence."""
    paths = ("FRA-JPN.agreement.acsa", "JPN-FRA.agreement.acsa")
    one, other = (scenario(timeline={"2020Q1": {path: 1}}) for path in paths)
    assert one.events == other.events


def test_what_is_set_again_after_it_was_stopped_comes_again() -> None:
    on = {"quarter": "2019Q1", "set": {"JPN.resolve": 1}, "every": 4, "until": "2021Q1"}
    off = {"quarter": "2019Q3", "stop": ["JPN.resolve"], "every": 4, "until": "2021Q3"}
    found = scenario(timeline=[on, off])
    assert course(found, "JPN.resolve")[0].tolist() == [0, *([1, 1, 0, 0] * 3), 0, 0, 0, 0]


def test_an_event_comes_again() -> None:
    found = scenario(define=OWN, timeline=[{"quarter": "2019Q2", "shock": {"carrier_group": 1}, "lasts": 1, "every": 4,
                                            "until": "2021Q4"}])  # fmt: skip
    assert [when.quarter for when, _ in found.events] == [to_index(f"{year}Q2") for year in (2019, 2020, 2021)]
    share, part = course(found, "FRA.freedom_of_navigation.ideal")
    assert np.flatnonzero(share).tolist() == [2, 6, 10]
    assert part[2] == pytest.approx(0.9)


def test_an_event_without_an_end_comes_again_until_the_horizon_whatever_it_is() -> None:
    said = {"timeline": [{"quarter": "2020Q1", "shock": {"brexit": 1}, "lasts": 1, "every": 4}]}
    assert len(scenario(**said).events) == 3
    assert len(cordiale.Scenario("Mine", extends="baseline", set={"horizon": "2024Q4"}, **said).events) == 5


def test_what_is_said_of_a_quarter_counts_more_than_what_comes_again() -> None:
    timeline = [{"quarter": "2020Q1", "set": {"brexit": 1}, "every": 4}, {"quarter": "2021Q1", "set": {"brexit": 0.2}}]
    values = {when.quarter: event.value for when, event in scenario(timeline=timeline).events}
    assert values == {to_index("2020Q1"): 1, to_index("2021Q1"): 0.2, to_index("2022Q1"): 1}


def test_a_lever_of_ones_own_is_a_lever(tmp_path: Path) -> None:
    """It is set, swept, explained, and known to a study that is run again from its own folder."""
    mine = scenario(define=OWN, levers={"carrier_group": 1})
    assert course(mine, "FRA.freedom_of_navigation.ideal")[1] == pytest.approx([0.9] * 17)
    study = cordiale.run([scenario(), mine.copy(name="other", title="Other")], worlds=6, out=tmp_path / "study")
    assert study.verify().holds
    one, other = (study.values("alignment:FRA-JPN", scenario=name) for name in study.scenarios)
    assert not np.array_equal(one, other)
    assert "A carrier group: at 1 throughout." in scenario().differences(mine)
    swept = cordiale.sweep(mine, {"carrier_group": [0, 1]}, worlds=4, out=tmp_path / "sweep")
    assert swept.design.factors[0].label == "A carrier group"
    assert mine.explain("carrier_group").layer.tolist() == ["mine", "mine"]


def test_all_of_it_is_written_as_a_file(tmp_path: Path) -> None:
    mine = scenario(define=OWN, timeline=[
        {"quarter": "2019Q2", "shock": {"carrier_group": 1}, "lasts": 1, "every": 4},
        {"quarter": "2020Q1", "set": {"JPN.dual_use_restraint.ideal": 0.1}},
    ])  # fmt: skip
    mine.to_yaml(tmp_path / "mine.yaml")
    again = cordiale.load_scenario(tmp_path / "mine.yaml")
    one, other = (run_blocks(make_plan([each]), 0, 6, 6).values for each in (mine, again))
    assert one.tobytes() == other.tobytes()


# ---------------------------------------------------------------- --set of one scenario


def test_set_is_of_one_scenario_where_it_names_it_and_says_which_it_moved(tmp_path: Path) -> None:
    said: list[str] = []
    names = ["baseline", "france_joins_quad"]
    sets = ["france_joins_quad:brexit=1", "france_in_quad=1", "horizon=2020Q4"]
    study = cordiale.run(names, worlds=2, set=sets, out=tmp_path / "study", tell=said.append)
    assert [study.about(name)["levers"] for name in names] == [
        {"france_in_quad": 1.0},
        {"brexit": 1.0, "france_in_quad": 1.0},
    ]
    assert said == ["--set brexit moves france_joins_quad.", "--set france_in_quad moves baseline, france_joins_quad."]


def test_what_is_set_to_what_it_was_moves_nothing(tmp_path: Path) -> None:
    said: list[str] = []
    cordiale.run(["baseline"], worlds=2, set={"horizon": "2025Q4"}, out=tmp_path / "study", tell=said.append)
    assert said == ["--set horizon moves no scenario: all have that value already."]


def test_loaded_scenarios_are_set_too(tmp_path: Path) -> None:
    mine = scenario()
    study = cordiale.run([mine], set={"brexit": 1}, out=tmp_path / "study")
    assert study.about("mine")["levers"] == {"brexit": 1.0}
    assert mine.levers == {}
