"""A question's parameters are its command's options; what was asked is known to the answer, and can be typed again."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any

import pytest

import cordiale
from cordiale.cli import QUESTIONS
from cordiale.cli.asked import ONLY_PYTHON, command_of
from cordiale.files.errors import StudyWarning
from cordiale.study.question import Asked, How

Command = Callable[..., tuple[int, str, str]]
SHORT = {"horizon": "2019Q2"}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def function_of(name: str) -> Any:
    module, _, function = QUESTIONS[name].place.partition(":")
    return getattr(import_module(f"cordiale.{module}"), function)


@pytest.mark.parametrize("name", QUESTIONS)
def test_python_and_the_command_line_have_the_same_parameters(name: str) -> None:
    own = {each for each in signature(function_of(name)).parameters if each != "how"}
    options = {each.name for each in command_of(name, QUESTIONS[name]).params}
    assert options - {"resume", "as_json", "design_only"} == (own | How.__annotations__.keys()) - {*ONLY_PYTHON}


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_example_is_a_command_line_that_can_be_read(name: str) -> None:
    words = shlex.split(QUESTIONS[name].epilog.removeprefix("Example: cordiale "))
    assert words[0] == name
    command = command_of(name, QUESTIONS[name])
    found = command.make_context(name, words[1:], resilient_parsing=True).params
    given = {each: value for each, value in found.items() if value is not None}
    assert len(given) >= 2


def test_what_was_asked_can_be_typed_again() -> None:
    asked = Asked(
        "robust", {"actor": "FRA", "level": {"a": [0.3, 0.7]}, "alone": True, "future": ["x", "y"]}, ["actor"]
    )
    assert asked.command() == "cordiale robust FRA --level a=0.3,0.7 --alone --future x --future y"


def test_an_answer_knows_its_question_with_what_a_loaded_scenario_was_set_to() -> None:
    loaded = cordiale.load_scenario("baseline", set=SHORT)
    found = cordiale.moves("france", loaded, worlds=2)
    assert found.call is not None
    assert found.call.command() == "cordiale moves france --scenario baseline --worlds 2 --set horizon=2019Q2"
    assert found.kept_in is None


def test_what_is_as_usual_is_not_told() -> None:
    found = cordiale.moves("FRA", "baseline", worlds=2, want="more", set=SHORT, jobs=1)
    assert found.call is not None
    assert found.call.command() == "cordiale moves FRA --worlds 2 --set horizon=2019Q2"


def test_an_old_name_of_a_parameter_works_and_says_the_new_one() -> None:
    with pytest.warns(StudyWarning, match="sweep: measures is called measure now"):
        found = cordiale.sweep("baseline", {"brexit": [0, 1]}, measures=["trust:FRA-JPN"], worlds=2, set=SHORT, out="s")  # type: ignore[call-arg]
    assert found.measures == [("trust", "FRA-JPN")]


def test_an_answer_is_kept_below_outputs_where_it_may_choose() -> None:
    found = cordiale.moves("FRA", worlds=2, set=SHORT, out=True)
    assert found.kept_in == Path("outputs/moves-FRA-baseline")
    assert found.head() == "In outputs/moves-FRA-baseline/: moves.csv, charts/, manifest.json"
    assert (found.kept_in / "moves.csv").is_file()


def test_old_names_of_commands_and_options_work_with_a_remark(run_command: Command) -> None:
    words = ("france_joins_quad", "--worlds", "2", "--set", "horizon=2020Q2", "--allow-module", "json")
    code, out, error = run_command("terms", *words)
    assert code == 0
    assert "the command terms is called causes now" in error
    assert "the option --allow-module is called --allow now" in error
    assert out == run_command("causes", *words[:-2], "--allow", "json")[1]


def test_what_is_missing_is_named_with_an_example(run_command: Command) -> None:
    assert run_command("moves")[2] == "cordiale: missing STATE. Example: cordiale moves FRA --worlds 200\n"
    assert (
        "missing --measure MEASURE:ENTITY. Example: cordiale sensitivity" in run_command("sensitivity", "baseline")[2]
    )
