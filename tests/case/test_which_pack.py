"""Which case pack is meant: named, or the only one of the nearest folder; never chosen between in silence."""

from __future__ import annotations

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
    "run baseline", "compare baseline baseline", "sweep baseline --over x=0,1", "terms baseline", "explain baseline",
    "sensitivity baseline --measure alignment:AAA-BBB", "handout baseline", "baseline", "findings", "calibrate",
    "claims", "pack coverage", "agreement x.csv",
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


def test_the_nearest_folder_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert cordiale.load_pack().name == "indo_pacific_2018"
    new_pack("mine")
    assert cordiale.load_pack().name == "mine"
    assert cordiale.load_scenario("baseline").loaded.pack.name == "mine"
    assert cordiale.load_scenario("baseline", pack="indo_pacific_2018").loaded.pack.name == "indo_pacific_2018"


def test_every_command_is_in_a_group_and_its_summary_is_whole(run_command: Command) -> None:
    from typer.main import get_command

    from cordiale.cli import GROUPS, app

    shown = " ".join(run_command("--help")[1].split())
    commands = get_command(app).commands  # type: ignore[attr-defined]
    assert {name for names in GROUPS.values() for name in names} == set(commands)
    for each in commands.values():
        assert " ".join(each.help.split("\n\n")[0].split()) in shown


def test_the_version_is_printed(run_command: Command) -> None:
    assert run_command("--version")[:2] == (0, f"cordiale {cordiale.__version__}\n")
