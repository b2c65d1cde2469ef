"""The shipped schemas are those of the records, and they accept and refuse what the records do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cordiale.case.load import roots, scenario_names
from cordiale.scenario.load import load_pack, load_scenario
from cordiale.scenario.schema import scenario_schema, schemas, text
from tests import packs

ROOT = roots()[-1]


def test_shipped_schemas_are_current() -> None:
    for name, schema in schemas(load_pack()).items():
        assert (ROOT / name).read_text("utf-8") == text(schema), f"{name}: run `make schemas`"


def files() -> list[Path]:
    return sorted([*ROOT.glob("agents/*/*.yaml"), *(ROOT / "scenarios").glob("*/*.yaml")])


@pytest.mark.parametrize("path", files(), ids=lambda path: path.stem)
def test_each_file_names_its_schema_and_keeps_to_it(path: Path) -> None:
    packs.keeps_to_its_schema(path)


@pytest.mark.parametrize(
    "fault",
    [
        {"levers": {"france_in_qaud": 1}},
        {"levers": {"france_in_quad": 2}},
        {"measures": ["alignmnt"]},
        {"timeline": [{"quarter": "2020Q5", "set": {"france_in_quad": 1}}]},
        {"basis": {"locator": "Nowhere 1", "says": "nothing"}},
        {
            "timeline": [
                {"quarter": "2020Q1", "stop": ["brexit"], "when": {"measure": "alignment", "below": 1, "in": "2019Q1"}}
            ]
        },
        {"timeline": [{"quarter": "2020Q1", "stop": ["brexit"], "when": {"measure": "pressure:FRA", "in": "2019Q1"}}]},
        {"worlds": 0},
        {"colour": "red"},
    ],
)
def test_scenario_schema_refuses_what_an_editor_should_mark(fault: dict[str, Any]) -> None:
    sound = {"title": "One", "question": "What?", "basis": {"locator": "Opening 1", "says": "nothing"}}
    validator = jsonschema.Draft202012Validator(scenario_schema(load_pack()))
    assert validator.is_valid({**sound, "levers": {"france_in_quad": 1}})
    assert not validator.is_valid({**sound, **fault})


def test_at_least_eighteen_scenarios_move_every_lever() -> None:
    names = scenario_names("indo_pacific_2018")
    assert len(names) >= 18
    moved: set[str] = set()
    for name in names:
        scenario = load_scenario(name)
        moved |= set(scenario.moved)
    assert moved >= set(load_pack().case.levers), "acts are set by their paths and are levers of no pack"
