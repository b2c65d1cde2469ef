from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cordiale.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in an empty working directory: exit code, what it prints, what it says on stderr."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["cordiale", *arguments])
        with pytest.raises(SystemExit) as stopped:
            main()
        out, error = capsys.readouterr()
        return int(stopped.value.code or 0), out, error

    return command
