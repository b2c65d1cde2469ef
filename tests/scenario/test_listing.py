"""`list`: what there is."""

from __future__ import annotations

import pytest

from cordiale.case.fields import Names
from cordiale.case.load import scenario_names
from cordiale.files.errors import OptionError
from cordiale.models.diplomacy.family import DIPLOMACY
from cordiale.models.measures import known_measures
from cordiale.scenario.explain import listing
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


def test_a_measure_of_a_part_says_the_parts_label() -> None:
    meanings = {row["measure"]: row["meaning"] for row in listing("measures", PACK)}
    assert meanings["events.call"] == "events: calls of a carrier or amphibious group"
    assert meanings["pressure.CHN"] == "coercive pressure by China"
    case = load_pack(PACK).case
    for name, issue in case.issues.items():
        assert meanings[f"position.{name}"] == f"position: {issue.label}"
    parts = [meaning for name, meaning in meanings.items() if "." in name]
    assert len(set(parts)) == len(parts)


def test_every_parameter_is_listed_with_its_range() -> None:
    numbers = load_scenario("baseline").numbers
    rows = {row["parameter"]: row for row in listing("parameters", PACK)}
    assert list(rows) == list(numbers)
    for path, row in rows.items():
        coded = numbers[path].coded
        assert (row["low"], row["best"], row["high"]) == (coded.low, coded.best, coded.high)
        assert row["low"] <= row["best"] <= row["high"]
        assert row["meaning"]


def test_an_unknown_kind_is_refused_with_a_hint() -> None:
    with pytest.raises(OptionError, match="'lever' cannot be listed; did you mean 'levers'"):
        listing("lever")
