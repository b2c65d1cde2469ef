"""The file of questions: what is in it must exist, every fault is told at its line, and no scenario is left out."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cordiale.case.load import scenario_names
from cordiale.case.quarters import to_text
from cordiale.files.errors import FileError, OptionError
from cordiale.scenario.check import check
from cordiale.scenario.first_questions import load_questions, load_teams
from tests.conftest import Command

ROOT = Path(__file__).parents[2]
PACK = "indo_pacific_2018"
OWN = "my_case"
FILE = f"scenarios/{OWN}/first_questions.yaml"
GOOD = """questions:
  quad:
    ask: What if France joins the Quad?
    scenario: france_joins_quad
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Write the file of questions of a pack that has two scenarios."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "agents" / PACK, Path("agents") / OWN, ignore=shutil.ignore_patterns("schema"))
    Path(FILE).parent.mkdir(parents=True)
    for name in ("baseline", "france_joins_quad"):
        shutil.copy(ROOT / "scenarios" / PACK / f"{name}.yaml", Path(FILE).parent)

    def write(text: str) -> None:
        Path(FILE).write_text(text, "utf-8")

    return write


def test_the_shipped_questions_ask_about_every_scenario_once() -> None:
    asked = load_questions(PACK)
    first = [each for each in asked if each.first]
    assert [each.name for each in first] == [
        "quad", "strategy", "dual_use", "contribution", "ships", "acsa", "retrenchment", "coercion",
    ]  # fmt: skip
    assert {each.scenario.name for each in asked} == set(scenario_names(PACK)) - {"baseline"}
    assert len({each.scenario.name for each in asked}) == len(asked) == len({each.name for each in asked})
    assert asked[: len(first)] == first
    for each in asked:
        assert each.against.name == (each.scenario.against or "baseline")
        assert each.scenario.start < each.quarter <= each.scenario.horizon
        assert len(each.gain.entities) == 1
        assert each.cost is not None
    coercion = first[-1]
    assert (to_text(coercion.quarter), coercion.said.want) == ("2021Q4", "less")
    assert (coercion.gain.name, coercion.gain.entities) == ("pressure.CHN", ("JPN",))


def test_the_shipped_teams_play_states_that_hold_levers() -> None:
    found = [(each.code, each.goal.name, *each.goal.entities, each.said.want) for each in load_teams(PACK)]
    assert found == [
        ("FRA", "alignment", "FRA-JPN", "more"), ("JPN", "trusting", "JPN>FRA", "more"),
        ("CHN", "alignment", "FRA-JPN", "less"), ("USA", "alignment", "JPN-USA", "more"),
    ]  # fmt: skip


def test_a_question_says_little_and_the_pack_the_rest(desk: Callable[[str], None]) -> None:
    desk(GOOD)
    (found,) = load_questions(OWN)
    assert (found.name, found.first, found.against.name) == ("quad", True, "baseline")
    assert (found.gain.name, found.gain.entities) == ("alignment", ("FRA-JPN",))
    assert found.quarter == found.scenario.horizon
    assert found.cost is not None
    assert load_teams(OWN) == []


def test_a_pack_without_the_file_asks_what_its_scenarios_ask(desk: Callable[[str], None]) -> None:
    (found,) = load_questions(OWN)
    assert (found.name, found.first, found.said.ask) == ("france_joins_quad", False, found.scenario.file.question)
    assert load_teams(OWN) == []
    assert not check([OWN]).faults


def test_a_pack_without_scenarios_has_nothing_to_ask_about(desk: Callable[[str], None]) -> None:
    shutil.rmtree("scenarios")
    with pytest.raises(OptionError, match="no scenarios to ask about"):
        load_questions(OWN)


QUESTION = "questions:\n  quad:\n    ask: What if?\n    scenario: france_joins_quad\n"
TEAM = GOOD + "teams:\n  FRA: {plays_for: a thing, goal: 'alignment:FRA-JPN'}\n"
WRONG = {
    "scenario": (QUESTION.replace("joins_quad", "joins_quat"), 4, "did you mean 'france_joins_quad'?"),
    "against": (QUESTION + "    against: baselin\n", 5, "did you mean 'baseline'?"),
    "measure": (QUESTION + "    gain: alignmen:FRA-JPN\n", 5, "did you mean 'alignment'?"),
    "entity": (QUESTION + "    gain: alignment:FRA-JPM\n", 5, "did you mean 'FRA-JPN'?"),
    "many entities": (QUESTION + "    gain: alignment\n", 5, "alignment"),
    "quarter": (QUESTION + "    quarter: 2035Q1\n", 5, "2035Q1 is not from 2019Q1 to 2025Q4"),
    "quarter of the start": (QUESTION + "    quarter: 2018Q4\n", 5, "2018Q4 is not from 2019Q1 to 2025Q4"),
    "state of a cost": (QUESTION + "    cost: FRB.other_partners\n", 5, "did you mean 'FRA'?"),
    "cost": (QUESTION + "    cost: FRA.other_partner\n", 5, "did you mean 'other_partners'?"),
    "cost that is far": (QUESTION + "    cost: FRA.zzz\n", 5, "its costs: "),
    "lever": (QUESTION + "    change: [quad_hardnes]\n", 5, "did you mean 'quad_hardness'?"),
    "key": (QUESTION + "    wants: less\n", 5, "did you mean 'want'?"),
    "want": (QUESTION + "    want: fewer\n", 5, "more"),
    "no question": (QUESTION.replace("What if?", "What if"), 3, "What if"),
    "no questions": ("teams: {}\n", 1, "questions"),
    "state of a team": (TEAM.replace("FRA:", "FRB:"), 6, "did you mean 'FRA'?"),
    "goal": (TEAM.replace("JPN", "JPM"), 6, "did you mean 'FRA-JPN'?"),
    "team without a lever": (TEAM.replace("FRA:", "NZL:"), 6, "holds no lever"),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRONG)
def test_what_does_not_exist_is_told_at_its_place(kind: str, desk: Callable[[str], None]) -> None:
    text, line, told = WRONG[kind]
    desk(text)
    (fault,) = check([OWN]).faults
    assert re.match(rf"{re.escape(FILE)}:{line}:\d+: ", str(fault))
    assert told in str(fault)
    if "team" not in kind and kind != "goal":
        with pytest.raises(FileError, match=rf"questions\.yaml:{line}:"):
            load_questions(OWN)
    elif kind != "no questions":
        with pytest.raises(FileError, match=rf"questions\.yaml:{line}:"):
            load_teams(OWN)


def test_all_faults_of_a_file_are_told_at_once(desk: Callable[[str], None], typed: Command) -> None:
    desk(
        "questions:\n"
        "  one:\n"
        "    ask: What if?\n"
        "    scenario: france_joins_quat\n"
        "  two:\n"
        "    ask: What if?\n"
        "    scenario: france_joins_quad\n"
        "    gain: alignment:FRA-JPM\n"
        "    cost: FRA.other_partner\n"
        "    change: [quad_hardnes]\n"
        "teams:\n"
        "  JPM: {plays_for: a thing, goal: 'alignment:FRA-JPN'}\n"
    )
    code, _, told = typed("validate", OWN)
    assert code == 2
    places = re.findall(rf"^cordiale: {re.escape(FILE)}:(\d+):\d+: |^{re.escape(FILE)}:(\d+):\d+: ", told, re.MULTILINE)
    assert [first or second for first, second in places] == ["4", "8", "9", "10", "12"]
    assert told.count("did you mean") == 5


def test_a_scenario_that_ends_in_another_quarter_cannot_be_asked_about(desk: Callable[[str], None]) -> None:
    path = Path(FILE).with_name("france_joins_quad.yaml")
    path.write_text(path.read_text("utf-8") + "horizon: 2022Q4\n", "utf-8")
    assert load_questions(OWN) == []
    desk(GOOD)
    with pytest.raises(FileError, match=r"questions\.yaml:4:15: 'france_joins_quad' ends in 2022Q4, and the b"):
        load_questions(OWN)


def test_the_file_is_no_scenario(desk: Callable[[str], None]) -> None:
    desk(GOOD)
    assert scenario_names(OWN) == ["baseline", "france_joins_quad"]
