"""A scenario written in Python is the scenario of a file that says the same."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import cordiale
from cordiale.engine.block import run_blocks
from cordiale.study.run import make_plan

SAID: dict[str, Any] = {
    "title": "A seat, and a softer tone",
    "question": "Does a softer tone undo the seat?",
    "basis": {"locator": "Limitations 1", "says": "Paris would rather not be loud"},
    "extends": "baseline",
    "levers": {"france_in_quad": 1.0},
    "uncertainties": {"FRA.resolve": {"low": 0.2, "best": 0.5, "high": 0.8, "basis": "not in the article",
                                      "source": "assumption: for a test"}},
    "horizon": "2020Q4",
    "worlds": 12,
    "measures": ["alignment", "trust:FRA-JPN"],
}  # fmt: skip
IN_CODE = {"2019Q2": {"france_china_tone": 0.2}, "2019Q3": {"ramp": {"brexit": 1}, "over": 4}}
IN_FILE = [{"quarter": "2019Q2", "set": {"france_china_tone": 0.2}},
           {"quarter": "2019Q3", "ramp": {"brexit": 1}, "over": 4}]  # fmt: skip


def values(scenario: cordiale.Scenario) -> np.ndarray:
    return run_blocks(make_plan([scenario]), 0, 12, 12).values


@pytest.fixture
def mine() -> cordiale.Scenario:
    return cordiale.Scenario(**SAID, timeline=IN_CODE)


def test_it_is_the_same_as_a_file_that_says_the_same(mine: cordiale.Scenario, tmp_path: Path) -> None:
    path = tmp_path / "a_seat_and_a_softer_tone.yaml"
    path.write_text(yaml.safe_dump(SAID | {"timeline": IN_FILE, "pack": "indo_pacific_2018"}), "utf-8")
    of_file = cordiale.load_scenario(path)
    assert (mine.name, mine.title) == (of_file.name, of_file.title)
    assert (mine.levers, mine.events, mine.ranges) == (of_file.levers, of_file.events, of_file.ranges)
    assert values(mine).tobytes() == values(of_file).tobytes()


def test_it_tells_who_set_what_and_names_no_file_of_what_stands_in_none(mine: cordiale.Scenario) -> None:
    table = mine.explain()
    own = table[table["layer"] == mine.name]
    assert {"FRA.resolve", "levers.france_in_quad", "2019Q3.brexit"} <= set(own["path"])
    assert set(own["place"]) == {""}


def test_it_is_written_as_a_file_of_which_every_world_is_the_same(mine: cordiale.Scenario, tmp_path: Path) -> None:
    mine.to_yaml(tmp_path / "written.yaml")
    assert values(cordiale.load_scenario(tmp_path / "written.yaml")).tobytes() == values(mine).tobytes()
    with pytest.raises(cordiale.StudyError, match="exists"):
        mine.to_yaml(tmp_path / "written.yaml")


def test_it_runs_beside_another_and_its_study_runs_it_again(mine: cordiale.Scenario, tmp_path: Path) -> None:
    base = cordiale.load_scenario("baseline", set={"horizon": "2020Q4", "worlds": 12})
    study = cordiale.run([base, mine, mine.copy(name="again", title="The same")], worlds=12, out=tmp_path / "study")
    assert study.scenarios == ["baseline", mine.name, "again"]
    one, other = (study.values("trust:FRA-JPN", scenario=name) for name in (mine.name, "again"))
    assert np.array_equal(one, other)
    assert study.verify().holds


def test_a_copy_changes_nothing_of_the_first(mine: cordiale.Scenario) -> None:
    other = mine.copy(name="other", title="Another")
    assert (mine.name, mine.title) == ("a_seat_and_a_softer_tone", "A seat, and a softer tone")
    assert (other.name, other.title, other.levers) == ("other", "Another", mine.levers)


def test_it_travels(mine: cordiale.Scenario) -> None:
    assert values(pickle.loads(pickle.dumps(mine))).tobytes() == values(mine).tobytes()


def test_numbers_of_numpy_are_numbers(mine: cordiale.Scenario) -> None:
    said = SAID | {"levers": {"france_in_quad": np.float64(1.0)}, "worlds": np.int64(12)}
    assert cordiale.Scenario(**said, timeline=IN_CODE).levers == mine.levers


def test_what_it_does_not_say_comes_from_its_parent() -> None:
    short, parent = cordiale.Scenario("Short", extends="france_joins_quad"), cordiale.load_scenario("france_joins_quad")
    assert (short.file.question, short.file.basis) == (parent.file.question, parent.file.basis)


def test_what_says_who_said_so(mine: cordiale.Scenario) -> None:
    line = mine.explain("france_in_quad")
    assert line[line.holds].layer.iloc[-1] == mine.name
    assert any("Quad" in sentence for sentence in cordiale.load_scenario("baseline").differences(mine))
    assert "france_in_quad" in set(mine.known("levers").lever)


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "a lever": ({"levers": {"france_in_quadd": 1}}, "'france_in_quadd' is no lever of this pack; did you mean"),
    "its scale": ({"levers": {"france_in_quad": 2}}, "2 leaves the scale 0..1 of the lever 'france_in_quad'"),
    "a quarter": ({"timeline": {"2021Q7": {"brexit": 1}}}, "'2021Q7' is not a quarter"),
    "after the end": ({"timeline": {"2035Q1": {"brexit": 1}}}, "2035Q1 is after the horizon, 2020Q4"),
    "a parent": ({"extends": "baselin"}, "extends 'baselin', and there is no such scenario; did you mean 'baseline'?"),
    "a measure": ({"measures": ["aligment"]}, "'aligment' is no measure of this pack; did you mean 'alignment'?"),
    "a model": ({"model": "landscap"}, "no model 'landscap'; did you mean 'landscape'?"),
    "a paragraph": ({"basis": {"locator": "Nowhere 9", "says": "nothing at all"}}, "is no paragraph of the article"),
    "--set": ({"set": {"brexitt": 1}}, "brexitt"),
    "a name": ({"name": "../out"}, "the name '../out'"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_one_line_without_a_file(fault: str) -> None:
    said, message = FAULTS[fault]
    with pytest.raises(cordiale.OptionError) as raised:
        cordiale.Scenario(**SAID | said)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)
