from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cordiale.cli import main

ROOT = Path(__file__).parent.parent
PACK = "indo_pacific_2018"
Call = Callable[..., tuple[int, str]]


def place_pack(folder: Path) -> None:
    """Copy the shipped pack and its baseline into a folder."""
    shutil.copytree(ROOT / "agents" / PACK, folder / "agents" / PACK, ignore=shutil.ignore_patterns("schema"))
    scenarios = folder / "scenarios" / PACK
    scenarios.mkdir(parents=True)
    shutil.copy(ROOT / "scenarios" / PACK / "baseline.yaml", scenarios)


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a pack and one scenario of its own, to be spoilt by a test."""
    place_pack(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command in this process: exit code, what it prints, and what it says on stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["cordiale", *arguments])
        with pytest.raises(SystemExit) as stopped:
            main()
        out, error = capsys.readouterr()
        return int(stopped.value.code or 0), out, error

    return run


@pytest.fixture
def refused(workshop: Path, run_command: Command) -> Callable[..., str]:
    """Run a command that must be refused: exit code 2, one line, nothing left behind; give the message."""

    def run(*arguments: str) -> str:
        before = _contents(workshop)
        code, out, message = run_command(*arguments)
        assert (code, out) == (2, "")
        assert message.startswith("cordiale: ")
        assert message.endswith("\n")
        assert message.count("\n") == 1
        assert _contents(workshop) == before
        return message.removeprefix("cordiale: ").rstrip("\n")

    return run


@pytest.fixture
def typed(workshop: Path, run_command: Command) -> Command:
    """Run a command in the workshop and give its exit code, what it printed and what it said beside."""
    return run_command


@pytest.fixture
def call(typed: Command) -> Call:
    """Run a command in the workshop and give its exit code and what it said beside what it printed."""
    return lambda *arguments: typed(*arguments)[::2]


def _contents(folder: Path) -> dict[str, tuple[int, int] | None]:
    return {str(path): None if path.is_dir() else _stamp(path) for path in folder.rglob("*")}


def _stamp(path: Path) -> tuple[int, int]:
    stat = path.lstat()
    return stat.st_mtime_ns, stat.st_size


@pytest.fixture(autouse=True)
def own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test a command line of its own, so that none sees what another typed."""
    monkeypatch.setattr(sys, "argv", ["pytest"])


@pytest.fixture
def baltic_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a small pack that is not shipped, copied into the working directory."""
    shutil.copytree(Path(__file__).parent / "data" / "baltic", tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return "baltic_2024"
