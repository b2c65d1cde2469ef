"""Which case pack is meant: named, or the only one of the nearest folder; never chosen between in silence."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

import cordiale
from cordiale.scenario.new import new_pack
from tests.conftest import Command


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with two packs."""
    monkeypatch.chdir(tmp_path)
    for name in ("one", "other"):
        new_pack(name)
    return tmp_path


COMMANDS = (
    "run baseline", "compare baseline baseline", "sweep baseline --over x=0,1", "causes baseline", "explain baseline",
    "sensitivity baseline --measure alignment:AAA-BBB", "handout baseline", "baseline", "findings", "calibrate",
    "claims", "pack coverage", "agreement x.csv", "page", "new scenario mine", "new state QQQ",
)  # fmt: skip


@pytest.mark.parametrize("typed", COMMANDS)
def test_two_packs_are_never_chosen_between_in_silence(typed: str, two: Path, run_command: Command) -> None:
    code, _, error = run_command(*typed.split())
    assert code == 2
    assert "one and other" in error
    assert "--pack" in error


def test_the_one_that_is_named_is_taken(two: Path) -> None:
    study = cordiale.run("baseline", pack="other", worlds=2, out="study")
    assert study.manifest["pack"] == "other"


WITH_PACK = (*COMMANDS, "list", "list levers", "list measures", "list parameters", "validate", "odd diplomacy",
             "pack schema", "discover baseline --where x")  # fmt: skip


@pytest.mark.parametrize("typed", WITH_PACK)
def test_a_pack_that_there_is_not_is_told(typed: str, two: Path, run_command: Command) -> None:
    (two / "x.csv").write_text("state,issue,value\n", "utf-8")
    code, out, error = run_command(*typed.split(), "--pack", "othr")
    assert (code, out) == (2, "")
    assert "no case pack 'othr'; did you mean 'other'?" in error


@pytest.mark.parametrize("folder", ["agents/one", "{here}/agents/one", "there/agents/one"])
def test_a_folder_is_named_as_well(folder: str, two: Path, run_command: Command) -> None:
    """Its scenarios are those beside its own agents/, also where a pack of that name lies here too."""
    if folder.startswith("there"):
        for each in ("agents", "scenarios"):
            shutil.copytree(two / each / "one", two / "there" / each / "one")
    folder = folder.format(here=two)
    baseline = Path(folder).parent.parent / "scenarios" / "one" / "baseline.yaml"
    baseline.write_text(re.sub("^title: .*", "title: Its own", baseline.read_text("utf-8"), flags=re.M), "utf-8")
    for typed in ("list", "explain baseline", "validate", "run baseline --worlds 2 --no-charts --out made",
                  "causes baseline --worlds 2"):  # fmt: skip
        code, out, error = run_command(*typed.split(), "--pack", folder)
        assert code == 0, error
        assert "Its own" in out or typed.startswith("causes")
    for typed in ("pack coverage", "odd diplomacy", "list levers"):
        assert run_command(*typed.split(), "--pack", folder)[0] == 0


def test_a_pack_is_named_once(two: Path, run_command: Command) -> None:
    for typed in (("pack", "coverage", "one"), ("pack", "schema", "one"), ("odd", "one", "diplomacy")):
        code, _, error = run_command(*typed, "--pack", "other")
        assert code == 2
        assert error == "cordiale: the case pack is named twice, 'one' and --pack other: leave one out\n"


def test_a_scenario_is_of_the_pack_in_whose_folder_it_lies(two: Path, run_command: Command) -> None:
    path = Path("scenarios/one/baseline.yaml")
    code, _, error = run_command("run", str(path), "--pack", "other", "--out", "made")
    assert code == 2
    assert (
        error == f"cordiale: {path}:3:1: is a scenario of the pack 'one', in whose folder it lies, and not of 'other'\n"
    )
    path.write_text(path.read_text("utf-8") + "pack: other\n", "utf-8")
    assert cordiale.load_scenario(path, pack="other").loaded.pack.name == "other"
    with pytest.raises(cordiale.FileError, match=r"yaml:\d+:\d+: is a scenario of the pack 'other', as `pack:` says"):
        cordiale.load_scenario(path, pack="one")
    Path("loose.yaml").write_text(path.read_text("utf-8").replace("pack: other\n", ""), "utf-8")
    for name in ("one", "other"):
        assert cordiale.load_scenario("loose.yaml", pack=name).loaded.pack.name == name


def test_a_list_of_several_packs_says_of_which_each_row_is(two: Path, run_command: Command) -> None:
    for what in ("scenarios", "levers"):
        rows = json.loads(run_command("list", what, "--json")[1])
        assert {row["pack"] for row in rows} == {"indo_pacific_2018", "one", "other"}
        assert all("pack" not in row for row in json.loads(run_command("list", what, "--pack", "one", "--json")[1]))


def test_the_nearest_folder_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert cordiale.load_pack().name == "indo_pacific_2018"
    new_pack("mine")
    assert cordiale.load_pack().name == "mine"
    assert cordiale.load_scenario("baseline").loaded.pack.name == "mine"
    assert cordiale.load_scenario("baseline", pack="indo_pacific_2018").loaded.pack.name == "indo_pacific_2018"


def test_every_command_is_in_a_group_and_its_summary_is_whole(run_command: Command) -> None:
    from typer.main import get_command

    from cordiale.cli import GROUPS, QUESTIONS, app

    shown = " ".join(run_command("--help")[1].split())
    commands = get_command(app).commands  # type: ignore[attr-defined]
    assert {name for names in GROUPS.values() for name in names} == {*commands, *QUESTIONS}
    for text in (
        *(each.help.split("\n\n")[0] for each in commands.values()),
        *(each.summary for each in QUESTIONS.values()),
    ):
        assert " ".join(text.split()) in shown


def test_the_version_is_printed(run_command: Command) -> None:
    assert run_command("--version")[:2] == (0, f"cordiale {cordiale.__version__}\n")
