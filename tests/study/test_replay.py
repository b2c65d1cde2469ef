"""`replay` tells the world that the study holds, and reproduces a failure."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import cordiale
from cordiale.cli import main
from cordiale.models.diplomacy.chronicle import ENTRY, FORCE
from cordiale.models.random import Array
from cordiale.scenario.load import load_scenario
from cordiale.study.narrative import FAILURE, replay, story

SHORT = {"horizon": "2020Q4"}
NAMES = ["baseline", "france_joins_quad"]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> cordiale.Study:
    return cordiale.run(NAMES, worlds=12, set=SHORT, out=tmp_path_factory.mktemp("out") / "study")


def test_the_story_is_that_of_the_scenario(study: cordiale.Study) -> None:
    told = replay(study, 7, "france_joins_quad")
    assert told == story(load_scenario("france_joins_quad", set=SHORT), 7)
    assert [
        each.quarter for each in told if each.kind == ENTRY and each.words.startswith("France enters The Quad")
    ] == ["2019Q3"]


def test_what_comes_into_force_is_on_the_ladder_that_the_study_recorded(study: cordiale.Study) -> None:
    ladder = study.values("ladder:FRA-JPN")[7]
    told = [each for each in replay(study, 7) if each.kind == FORCE and set(each.states) == {"FRA", "JPN"}]
    assert ladder[-1] - ladder[0] <= len(told)
    assert (len(told) > 0) == bool((ladder != ladder[0]).any()) or told[0].quarter == study.quarters()[0]


def test_a_failure_is_reproduced(tmp_path: Path) -> None:
    class Late(cordiale.State):
        """Fails in world 3 from the third quarter on."""

        def likeness(self) -> Array:
            first = self.view.streams.first
            if self.view.quarter == 2 and first <= 3 < first + self.world.worlds:
                raise ValueError("a likeness of world 3")
            return super().likeness()

    behaviour = {"FRA": Late}
    study = cordiale.run("baseline", worlds=6, set=SHORT, out=tmp_path / "study", behaviour=behaviour)
    assert list(study.failed) == [3]
    last = replay(study, 3, behaviour=behaviour)[-1]
    assert last.kind == FAILURE
    assert study.failed[3] in last.words
    assert last.quarter == "2019Q1"


def test_the_command(
    study: cordiale.Study, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*options: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["cordiale", "replay", str(study.folder), *options])
        with pytest.raises(SystemExit) as stopped:
            main()
        return int(stopped.value.code or 0), *capsys.readouterr()

    code, told, _ = run("--world", "7", "--scenario", "france_joins_quad", "--state", "FRA", "--state", "JPN")
    assert code == 0
    assert "2019Q3  France enters " in told
    code, told, _ = run("--world", "7", "--state", "FRA", "--all")
    assert code == 0
    assert " France and Japan have in force: " in told
    pairs = [line for line in told.splitlines() if " and " in line and "FRANZ" not in line and "level" not in line]
    assert all("France" in line for line in pairs)
    assert len(pairs) > 20
    said = "cordiale: --state 'FRX': no state of the study; did you mean 'FRA'?\n"
    assert run("--world", "7", "--state", "FRX")[::2] == (2, said)
    assert run("--world", "12")[::2] == (2, "cordiale: --world 12: the study has worlds 0 to 11\n")
    code, _, said = run("--world", "1", "--scenario", "basline")
    assert code == 2
    assert "did you mean 'baseline'?" in said
