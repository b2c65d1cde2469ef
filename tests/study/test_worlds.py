"""`worlds` lists those in which measures reach what is asked for, and no other."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import cordiale
from cordiale.study.worlds import OPERATORS, worlds_where
from tests.conftest import Command

FIRST_FORM = Path(__file__).parent.parent / "data" / "first_form"


@pytest.fixture(scope="module")
def study() -> cordiale.Study:
    return cordiale.Study.open(FIRST_FORM)


@pytest.mark.parametrize("operator", OPERATORS)
def test_worlds_are_those_of_the_array(study: cordiale.Study, operator: str) -> None:
    values = study.values("ladder:EST-FIN", scenario="helsinki_speaks")
    found = worlds_where(study, [f"ladder:FIN-EST{operator}1"], "helsinki_speaks")
    meets = {">=": values >= 1, "<=": values <= 1, "==": values == 1, ">": values > 1, "<": values < 1}[operator]
    assert found.numbers.tolist() == np.flatnonzero(meets.any(axis=1)).tolist()
    assert found.share == len(found.numbers) / 8


def test_every_condition_is_met_in_a_quarter_of_its_own(study: cordiale.Study) -> None:
    middle = float(np.median(study.values("trust:EST-FIN").max(axis=1)))
    conditions = ["ladder:EST-FIN >= 1", f"trust:EST-FIN > {middle}"]
    one, other = (set(worlds_where(study, [each]).numbers.tolist()) for each in conditions)
    assert set(worlds_where(study, conditions).numbers.tolist()) == one & other
    assert 0 < len(other) < 8


def test_worlds_that_are_kept_out_have_no_number_here(study: cordiale.Study) -> None:
    """Numbers are those of the worlds, by which they are replayed, and not their places in the study."""
    kept = {**study.manifest, "failed": [{"world": 0, "fault": "x"}]}
    later = cordiale.Study(study.folder, kept)
    assert worlds_where(later, ["trust:EST-FIN > 0"]).numbers.tolist() == [1, 2, 3, 4, 5, 6, 7, 8]


def test_the_command(run_command: Command) -> None:
    asked = ("worlds", str(FIRST_FORM), "--where", "ladder:EST-FIN >= 0", "--scenario", "helsinki_speaks")
    code, out, error = run_command(*asked)
    assert (code, error) == (0, "")
    assert "in 8 of 8 worlds (100%): 0, 1, 2, 3, 4, 5, 6, 7." in out
    assert out.endswith("--world 0 --scenario helsinki_speaks\n")
    told = json.loads(run_command(*asked, "--json")[1])
    assert (told["worlds"], told["share"], told["where"]) == (list(range(8)), 1, ["ladder:EST-FIN >= 0"])
    none = run_command("worlds", str(FIRST_FORM), "--where", "ladder:EST-FIN > 99")[1]
    assert none.endswith("in 0 of 8 worlds (0%).\n")


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("ladder:EST-FIN", "is no condition: write it as 'alignment:EST-FIN >= NUMBER'"),
        ("ladder:EST-FIN >= high", "'high' is not a finite number"),
        ("ladder:EST-FIN >= nan", "'nan' is not a finite number"),
        ("laddr:EST-FIN >= 1", "did you mean 'ladder'?"),
        ("ladder >= 1", "name one entity after a colon, such as ladder:"),
        ("ladder:EST-FNI >= 1", "did you mean 'EST-FIN'?"),
        ("shortfall:EST>FIN >= 1", "the study does not record 'shortfall'"),
        (">= 1", "is no condition"),
    ],
)
def test_what_is_no_condition_is_refused_in_one_line(run_command: Command, where: str, told: str) -> None:
    code, out, error = run_command("worlds", str(FIRST_FORM), "--where", where)
    assert (code, out) == (2, "")
    assert error.startswith("cordiale: --where ")
    assert told in error
    assert error.count("\n") == 1


def test_a_scenario_that_the_study_lacks_is_refused(run_command: Command) -> None:
    asked = ("worlds", str(FIRST_FORM), "--where", "ladder:EST-FIN >= 1", "--scenario", "helsinki")
    assert "did you mean 'helsinki_speaks'?" in run_command(*asked)[2]
