"""What is printed may have no place: the work is done all the same."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import SECONDS, cordiale, in_folder

RUN = ("run", "baseline", "--set", "horizon=2019Q4", "--worlds", "8", "--no-charts", "--jobs", "1", "--out", "x")
HELD_BACK = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
AT_ONCE = {**HELD_BACK, "PYTHONUNBUFFERED": "1"}


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a system without a file that is always full")
@pytest.mark.parametrize("environment", [HELD_BACK, AT_ONCE], ids=["held_back", "at_once"])
def test_a_full_output_is_told_in_one_line(environment: dict[str, str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cordiale", *RUN]
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, timeout=SECONDS, env=environment
        )
    assert done.returncode == 2
    assert done.stderr.startswith("cordiale: what is printed cannot be written: No space left on device")
    assert done.stderr.count("\n") == 1
    assert cordiale("verify", "x", cwd=tmp_path).returncode == 0


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a system without a file that is always full")
@pytest.mark.parametrize("command", [("list",), ("--help",), ("--version",), ("run", "--help")], ids=" ".join)
def test_a_full_output_of_what_only_prints(command: tuple[str, ...], tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "cordiale", *command], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True,
            timeout=SECONDS,
        )  # fmt: skip
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert done.stderr.startswith("cordiale: what is printed cannot be written: No space left on device")


@pytest.mark.parametrize("closed", [(2,), (1, 2), (0, 1, 2)])
def test_streams_that_a_shell_has_closed(closed: tuple[int, ...], tmp_path: Path) -> None:
    def close() -> None:
        for number in closed:
            os.close(number)

    command = [sys.executable, "-m", "cordiale", *RUN]
    done = subprocess.run(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True, timeout=SECONDS, preexec_fn=close)
    assert done.returncode == 0
    assert done.stdout.startswith("" if 1 in closed else "Study of 8 worlds in x/\n")
    assert in_folder(tmp_path) == ["x"]
    assert cordiale("verify", "x", cwd=tmp_path).returncode == 0


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a system without a file that is always full")
def test_a_remark_that_has_no_place_costs_no_work(tmp_path: Path) -> None:
    names = ("run", "baseline", "france_joins_quad", "--set", "france_joins_quad:france_in_quad=0.5")
    command = [sys.executable, "-m", "cordiale", *names, *RUN[2:]]
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=full, text=True, timeout=SECONDS, env=HELD_BACK
        )
    assert done.returncode == 0
    assert in_folder(tmp_path) == ["x"]


def test_a_pipe_that_is_closed_is_quiet(tmp_path: Path) -> None:
    """As by `cordiale odd ... | head -1`."""
    command = [sys.executable, "-m", "cordiale", "odd", "indo_pacific_2018", "diplomacy"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(SECONDS) in (0, 1)
    process.stderr.close()
