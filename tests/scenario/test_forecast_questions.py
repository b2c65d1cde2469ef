"""Questions of a forecast: statements are true when they say so, names must exist, and a hash leaves out the answer."""

from __future__ import annotations

import re
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from cordiale.files.errors import FileError
from cordiale.files.yaml_file import read
from cordiale.scenario.check import check
from cordiale.scenario.forecast_questions import FILE, Asked, load_forecast_questions
from cordiale.scenario.load import load_pack, load_scenario
from cordiale.scenario.schema import questions_schema
from tests.conftest import PACK, ROOT

SHIPPED = ROOT / "scenarios" / PACK / FILE


def loaded(tmp_path: Path, body: str, name: str = "Q") -> Asked:
    """Return a question of a file about the Baltic pack, 2024Q1 to 2028Q4."""
    path = tmp_path / "asked.yaml"
    lines = "".join(f"    {line}\n" for line in body.strip().split("\n"))
    path.write_text(f"questions:\n  {name}:\n    asks: Is it so?\n{lines}", "utf-8")
    (found,) = load_forecast_questions(path, load_scenario("baseline", pack="baltic_2024"))
    return found


ROWS = np.zeros((3, 20))  # worlds of events.leaders:EST-FIN; the first has one in 2024Q2 and two in 2025Q1
ROWS[0, 1], ROWS[0, 4] = 1, 2
ROWS[1] = np.arange(20) / 10  # the second climbs by 0.1 a quarter
VALUES = {"events.leaders:EST-FIN": ROWS, "events.visit:EST-FIN": np.ones((3, 20))}


@pytest.mark.parametrize(
    ("said", "true"),
    [
        ("within: [2024Q1, 2024Q4], at_least: 1", [True, False, False]),
        ("within: [2024Q1, 2025Q1], at_least: 3", [True, False, False]),
        ("within: [2024Q3, 2024Q4], at_most: 0", [True, False, True]),
        ("within: [2024Q1, 2025Q1], at_least: 1, at_most: 2", [False, True, False]),
        ("at: 2025Q1, at_least: 0.4", [True, True, False]),
        ("at: 2025Q2, at_least: 0.4", [False, True, False]),
        ("by: 2025Q2, at_least: 2", [True, False, False]),
        ("by: 2024Q4, at_least: 2", [False, False, False]),
        ("change: [2024Q2, 2025Q1], at_least: 0.25", [True, True, False]),
        ("change: [2025Q1, 2025Q2], at_most: -1", [True, False, False]),
        ("every: year, within: [2024Q1, 2025Q4], at_least: 1", [True, False, False]),
        ("every: year, within: [2024Q1, 2026Q4], at_least: 1", [False, False, False]),
        ("every: year, within: [2025Q1, 2028Q4], at_least: 2.2", [False, True, False]),
    ],
)
@pytest.mark.usefixtures("baltic_pack")
def test_a_measure_is_read_over_its_quarters(tmp_path: Path, said: str, true: list[bool]) -> None:
    found = loaded(tmp_path, f"true_when: {{measure: events.leaders:FIN-EST, {said}}}")
    assert found.truth is not None
    assert found.truth.met(VALUES).tolist() == true
    assert (found.block, found.reading, found.cluster) == ("events", "exact", "Q")


@pytest.mark.usefixtures("baltic_pack")
def test_statements_are_joined_and_measures_added_up(tmp_path: Path) -> None:
    met = "{measure: events.leaders:FIN-EST, at: 2025Q1, at_least: 1}"
    climbs = "{measure: events.leaders:FIN-EST, change: [2024Q1, 2024Q2], at_least: 0.1, at_most: 0.5}"
    both = "{measure: [events.leaders:FIN-EST, events.visit:FIN-EST], at: 2025Q1, at_least: 3}"
    for said, true in (
        (f"any_of: [{met}, {climbs}]", [True, True, False]),
        (f"all_of: [{met}, {{not: {climbs}}}]", [True, False, False]),
        (f"not: {{any_of: [{met}, {climbs}]}}", [False, False, True]),
        (both[1:-1], [True, False, False]),
    ):
        found = loaded(tmp_path, f"true_when: {{{said}}}")
        assert found.truth is not None
        assert found.truth.met(VALUES).tolist() == true


@pytest.mark.usefixtures("baltic_pack")
def test_given_stands_beside_or_inside(tmp_path: Path) -> None:
    climbs = "{measure: events.leaders:FIN-EST, at: 2024Q2, at_most: 0.5}"
    beside = loaded(tmp_path, f"true_when: {{measure: ladder:FIN-EST, at: 2024Q4, at_least: 1}}\ngiven: {climbs}")
    inside = loaded(tmp_path, f"true_when: {{measure: ladder:FIN-EST, at: 2024Q4, at_least: 1, given: {climbs}}}")
    for found in (beside, inside):
        assert found.given is not None
        assert found.given.met(VALUES).tolist() == [False, True, True]
        assert found.measures == {"ladder:EST-FIN", "events.leaders:EST-FIN"}


GOOD = "true_when: {measure: events.leaders:FIN-EST, at: 2024Q4, at_least: 1}"


@pytest.mark.parametrize(
    ("body", "at", "told"),
    [
        (GOOD.replace("leaders", "leader"), "4:26", "'events.leader' is no measure; did you mean 'events.leaders'"),
        (GOOD.replace("FIN-EST", "FIN-ESS"), "4:26", "did you mean 'FIN-EST'|'EST-FIN'"),
        (GOOD.replace(":FIN-EST", ""), "4:26", "name one entity after a colon"),
        (GOOD.replace("2024Q4", "2031Q4"), "4:", "2031Q4 is not from 2024Q1 to 2028Q4"),
        (GOOD.replace("2024Q4", "2024"), "4:", "2024"),
        (GOOD.replace(", at_least: 1", ""), "4:16", "at_least or at_most"),
        (GOOD.replace("at: 2024Q4, ", ""), "4:16", "within, at, by, change"),
        (GOOD.replace("at: 2024Q4", "at: 2024Q4, by: 2024Q4"), "4:16", "not by at and by"),
        (GOOD.replace("at: ", "every: year, at: "), "4:", "'every' counts the years of 'within'"),
        (GOOD.replace("at: 2024Q4", "every: year, within: [2024Q2, 2025Q1]"), "4:", "whole years"),
        (GOOD.replace("at: 2024Q4", "within: [2025Q2, 2025Q1]"), "4:", "2025Q2 comes after 2025Q1"),
        (GOOD.replace("events.leaders", "same_bloc"), "4:26", "last quarter only: say at: 2028Q4"),
        (GOOD + "\nunreadable: no word", "3:5", "this one has both"),
        ("cluster: x", "3:5", "this one has neither"),
        (GOOD + "\nreading: exct", "5:14", "exact"),
        (GOOD + "\ndeadline: 2024Q3", "5:15", "2024Q4 is read, which is after the deadline 2024Q3"),
        (GOOD + "\ndeadline: soon", "5:15", "no deadline such as 2021Q4 or 2021-12"),
        (GOOD + "\nanswer: perhaps", "5:13", "yes"),
        (GOOD + "\nanswr: yes", "5:5", "did you mean 'answer'"),
        ("true_when: {all_of: [{measure: ladder:FIN-EST, at: 2024Q4, at_least: 1, given: {measure: ladder:FIN-EST, "
         "at: 2024Q4, at_least: 1}}]}", "4:", "'given' is of a whole question"),
        ("true_when: {measure: [ladder:FIN-EST, ladder:EST-FIN], at: 2024Q4, at_least: 1}", "4:", "stands twice"),
        ("true_when: {all_of: [], at: 2024Q4}", "4:", ""),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("baltic_pack")
def test_a_fault_is_told_at_its_line(tmp_path: Path, body: str, at: str, told: str) -> None:
    with pytest.raises(FileError) as error:
        loaded(tmp_path, body)
    assert f"asked.yaml:{at}" in str(error.value)
    assert re.search(told, str(error.value)), str(error.value)


@pytest.mark.usefixtures("baltic_pack")
def test_the_hash_leaves_out_the_answer_and_where_it_is_told_and_nothing_else(tmp_path: Path) -> None:
    first = loaded(tmp_path, GOOD).said.hash
    assert loaded(tmp_path, GOOD + "\nanswer: yes\nsource: a paper").said.hash == first
    for other in (
        GOOD.replace("at_least", "at_most"), GOOD + "\nreading: close", GOOD + "\ncluster: other",
        GOOD + "\ndeadline: 2024-12", GOOD.replace("2024Q4", "2024Q3"),
    ):  # fmt: skip
        assert loaded(tmp_path, other).said.hash != first


def test_the_shipped_questions_are_read_and_answered() -> None:
    asked = load_forecast_questions(SHIPPED, load_scenario("baseline", pack=PACK))
    assert len(asked) == 65
    assert {each.said.answer for each in asked} == {"yes", "no"}
    assert all(each.said.why for each in asked if each.reading in ("close", "rough"))
    assert all(each.said.deadline and each.said.cluster for each in asked)
    assert {each.reading for each in asked} == {"exact", "close", "rough", "unreadable"}
    assert {each.block for each in asked if each.truth} == {"agreements", "events", "formats", "positions", "ruptures"}


def test_editors_know_the_measures_and_the_shape() -> None:
    schema = questions_schema(load_pack(PACK))
    whole = read(SHIPPED).data
    jsonschema.validate(whole, schema)
    for spoilt in ({"measure": "events.two_plus_one:FRA-JPN", "at": "2019Q1", "at_least": 1}, {"mesure": "x"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"questions": {"F001": {"asks": "Is it so?", "true_when": spoilt}}}, schema)


@pytest.mark.usefixtures("baltic_pack")
def test_validate_tells_faults_of_the_questions_beside_a_pack() -> None:
    Path("scenarios/baltic_2024/questions.yaml").write_text(
        f"questions:\n  Q:\n    asks: Is it so?\n    {GOOD}\n", "utf-8"
    )
    assert not check(["baltic_2024"]).faults
    Path("scenarios/baltic_2024/questions.yaml").write_text(
        f"questions:\n  Q:\n    asks: Is it so?\n    {GOOD.replace('leaders', 'leder')}\n", "utf-8"
    )
    (fault,) = check(["baltic_2024"]).faults
    assert "questions.yaml:4:26" in str(fault)
