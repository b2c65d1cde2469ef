"""`list` and `validate`: what there is, and that it is sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from cordiale.case.fields import Names
from cordiale.case.load import scenario_names
from cordiale.files.errors import FileError
from cordiale.models.diplomacy.family import DIPLOMACY
from cordiale.models.measures import known_measures
from cordiale.scenario.listing import check, listing
from cordiale.scenario.load import load_pack, load_scenario

PACK = "indo_pacific_2018"


def test_scenarios_levers_measures_and_packs_are_all_listed() -> None:
    pack = load_pack(PACK)
    assert [row["scenario"] for row in listing("scenarios", PACK)] == scenario_names(PACK)
    assert [row["lever"] for row in listing("levers", PACK)] == list(pack.case.levers)
    assert [row["measure"] for row in listing("measures", PACK)] == known_measures(DIPLOMACY, Names(pack))
    assert PACK in [row["pack"] for row in listing("packs")]
    for kind in ("scenarios", "levers", "measures", "packs"):
        assert all(all(row.values()) for row in listing(kind)), f"a {kind} row with an empty cell"


def test_every_parameter_is_listed_with_its_range() -> None:
    numbers = load_scenario("baseline").numbers
    rows = {row["parameter"]: row for row in listing("parameters", PACK)}
    assert list(rows) == list(numbers)
    for path, row in rows.items():
        coded = numbers[path].coded
        assert (row["low"], row["best"], row["high"]) == (coded.low, coded.best, coded.high)
        assert row["low"] <= row["best"] <= row["high"]
        assert row["meaning"]


def test_all_that_is_here_is_checked() -> None:
    lines = list(check([]))
    assert len([line for line in lines if line.startswith("ok  pack ")]) >= 1
    assert len([line for line in lines if line.startswith("ok  scenario ")]) == len(scenario_names(PACK))
    assert list(check(["baseline", PACK], PACK)) == [
        "ok  scenario baseline: No new policy",
        f"ok  pack {PACK}: 13 states, {len(load_scenario('baseline').numbers)} numbers with range and source",
    ]


def test_the_first_that_is_not_sound_raises_its_error(workshop: Path) -> None:
    path = workshop / "agents" / PACK / "FRA.yaml"
    path.write_text(path.read_text("utf-8") + "colour: blue\n", "utf-8")
    with pytest.raises(FileError, match=r"FRA\.yaml:\d+:1: .*'colour'"):
        list(check([f"agents/{PACK}"]))
