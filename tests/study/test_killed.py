"""Every long command, killed at any moment and resumed by the same word, leaves what an unbroken run leaves."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
from pathlib import Path

import pytest

from cordiale.files.file_list import RESULT
from cordiale.study.unfinished import hidden
from tests.commands import alive, begin, children, contents, cordiale, in_folder, parts, wait_for

KILLS = int(os.environ.get("CORDIALE_KILLS", "2"))  # of each command; 10 were tried
QUICK = ("--set", "horizon=2019Q4")
SMALL = Path(__file__).parents[1] / "data" / "baltic"  # the pack whose claims are judged
COMMANDS = {
    "run": ("run", "baseline", "brexit", *QUICK, "--worlds", "800", "--no-charts", "--jobs", "1"),
    "run_few": ("run", "baseline", "--worlds", "40"),
    "compare": ("compare", "baseline", "france_joins_quad", *QUICK, "--worlds", "600", "--jobs", "1"),
    "sweep": ("sweep", "baseline", "--over", "brexit=0:1:6", "--over", "france_in_quad=0,1", "--worlds", "40", *QUICK),
    "sensitivity": ("sensitivity", "baseline", "--measure", "alignment:FRA-JPN", *QUICK, "--samples", "32",
                    "--group", "fields", "--luck", "1", "--jobs", "1"),
    "discover": ("discover", "baseline", "--where", "alignment:FRA-JPN < 3.4", *QUICK, "--worlds", "600"),
    "claims": ("claims", "--pack", "baltic_2024", "--worlds", "60", "--codings", "6", "--placebos", "3", "--jobs", "1"),
}  # fmt: skip


def made(name: str, folder: Path) -> list[str]:
    """Make the folder in which a command is run, and return what lies there."""
    folder.mkdir()
    if name == "claims":
        shutil.copytree(SMALL, folder, dirs_exist_ok=True)
    return in_folder(folder)


def word(name: str) -> str:
    return COMMANDS[name][0]


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    return {}


def whole(name: str, folder: Path, known: dict[str, dict[str, str]]) -> dict[str, str]:
    """Return what an unbroken run of a command leaves."""
    if name not in known:
        made(name, folder)
        done = cordiale(*COMMANDS[name], "--out", "x", cwd=folder)
        assert done.returncode == 0, done.stderr
        known[name] = contents(folder)
    return known[name]


def without_design(found: dict[str, str]) -> dict[str, str]:
    """Leave out the file that tells what was typed."""
    return {name: each for name, each in found.items() if not name.endswith("design.json")}


@pytest.mark.parametrize("name", COMMANDS)
def test_killed_and_resumed(name: str, tmp_path: Path, unbroken: dict[str, dict[str, str]]) -> None:
    """Killed before the first part, after each of some parts, and while it is resumed."""
    moments = random.Random(os.environ.get("CORDIALE_KILL_SEED", name))
    folder = tmp_path / "killed"
    before = made(name, folder)
    out = folder / "x"
    first = (*COMMANDS[name], "--out", out.name)
    again = (word(name), "--resume", out.name)
    command = first
    for kill in range(KILLS):
        process = begin(*command, cwd=folder)
        if wait_for(process, out, kill and parts(out) + moments.randint(1, 2)):
            process.kill()
        _, said = process.communicate()
        assert "Traceback" not in said
        assert not out.exists() or process.returncode == 0
        if process.returncode == 0:
            break
        command = again if (hidden(out) / RESULT).is_dir() else first
    else:
        done = cordiale(*command, cwd=folder)
        if "type its command again" in done.stderr:
            done = cordiale(*first, cwd=folder)
        assert done.returncode == 0, done.stderr
    assert in_folder(folder) == sorted([*before, "x"])
    assert contents(folder) == whole(name, tmp_path / "whole", unbroken)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=lambda each: each.name)
def test_a_signal_ends_as_ctrl_c_does(number: signal.Signals, tmp_path: Path) -> None:
    out = tmp_path / "study"
    process = begin("run", "baseline", *QUICK, "--worlds", "20000", "--no-charts", "--jobs", "2", "--out", str(out))
    assert wait_for(process, out, 2)
    workers = children(process)
    process.send_signal(number)
    printed, said = process.communicate(timeout=60)
    assert (process.returncode, printed) == (128 + number, "")
    assert said.count("\n") == 1, said
    assert f"worlds are kept: go on with cordiale run --resume {out}" in said
    assert len(workers) >= 2
    assert alive(workers, 10) == []


@pytest.mark.parametrize("command", ["run", "sweep", "claims"])
def test_workers_end_with_a_parent_that_is_killed(command: str, tmp_path: Path) -> None:
    """They hold its standard output open: `cordiale run ... | tee` ends when they do."""
    made(command, tmp_path / "work")
    out = tmp_path / "work" / "x"
    arguments = {
        "run": ("run", "baseline", *QUICK, "--worlds", "20000", "--no-charts"),
        "sweep": ("sweep", "baseline", "--over", "brexit=0:1:60", "--worlds", "200", *QUICK),
        "claims": ("claims", "--pack", "baltic_2024", "--worlds", "30000"),
    }[command]
    process = begin(*arguments, "--jobs", "2", "--out", str(out), cwd=out.parent)
    assert wait_for(process, out, 1)
    workers = children(process)
    process.kill()
    _, said = process.communicate(timeout=20)  # returns when nobody holds the pipe
    assert alive(workers, 5) == []
    assert said == ""


def test_a_terminal_that_is_closed_is_told_in_one_line(tmp_path: Path) -> None:
    """The hangup reaches all processes of the terminal, those that clean up after a process too."""
    out = tmp_path / "x"
    process = begin("run", "baseline", *QUICK, "--worlds", "20000", "--no-charts", "--jobs", "2", "--out", str(out))
    assert wait_for(process, out, 1)
    below = children(process)
    os.killpg(process.pid, signal.SIGHUP)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGHUP
    assert said.count("\n") == 1, said
    assert alive(below, 10) == []


def test_a_worker_that_is_killed_costs_nothing(tmp_path: Path, unbroken: dict[str, dict[str, str]]) -> None:
    out = tmp_path / "killed" / "x"
    out.parent.mkdir()
    process = begin(*COMMANDS["run"][:-2], "--jobs", "2", "--out", "x", cwd=out.parent)
    assert wait_for(process, out, 1)
    import psutil

    workers = [pid for pid in children(process) if "loky" in " ".join(psutil.Process(pid).cmdline())]
    os.kill(workers[-1], signal.SIGKILL)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert said.count("\n") == 1
    assert "a process was killed, perhaps since memory ran out: its work is done again" in said
    assert in_folder(out.parent) == ["x"]
    assert without_design(contents(out.parent)) == without_design(whole("run", tmp_path / "whole", unbroken))


@pytest.mark.parametrize("seconds", [0.0, 0.5, 1.5])
def test_a_worker_that_is_killed_while_it_starts_is_not_waited_for(seconds: float, tmp_path: Path) -> None:
    """What it would begin with is more than a pipe holds, and a write to a process that is gone has no end."""
    import time

    process = begin(*COMMANDS["run"][:-2], "--jobs", "2", "--out", "x", cwd=tmp_path)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        workers = [each for each in children(process) if b"popen_loky" in _typed(each)]
        if workers:
            break
        time.sleep(0.01)
    time.sleep(seconds)
    os.kill(workers[0], signal.SIGKILL)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert in_folder(tmp_path) == ["x"]


def _typed(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def test_workers_that_are_killed_each_time(tmp_path: Path) -> None:
    """One line that says what to type; what is done is kept."""
    script = tmp_path / "always.py"
    script.write_text(
        "import os, signal, cordiale\n"
        "class Killed(cordiale.State):\n"
        "    def leaning(self):\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "cordiale.run('baseline', worlds=600, set={'horizon': '2018Q4'}, out='x', jobs=2, behaviour={'JPN': Killed})\n",
        "utf-8",
    )
    import subprocess

    done = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, timeout=180)
    assert done.returncode == 1
    assert "StudyError: a process was killed each time it worked" in done.stderr
    assert "try --jobs 1" in done.stderr
    assert in_folder(tmp_path) == ["always.py"]


RUNS = ("run", "baseline", "--worlds", "600", "--jobs", "2", "--out", "x")
SWEEPS = ("sweep", "baseline", "--over", "brexit=0:1:6", "--worlds", "100", *QUICK, "--jobs", "2", "--out", "x")


@pytest.mark.parametrize(
    ("command", "kilobytes"),
    [
        *((RUNS, limit) for limit in (300_000, 450_000, 600_000, 650_000, 740_000, 850_000)),
        *((SWEEPS, limit) for limit in (600_000, 650_000, 720_000, 800_000)),
    ],
)
def test_little_memory_is_told_in_one_line(command: tuple[str, ...], kilobytes: int, tmp_path: Path) -> None:
    """Also where it is short while modules are imported, or in a thread that looks after processes."""
    import resource

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (kilobytes * 1024, kilobytes * 1024))

    done = cordiale(*command, cwd=tmp_path, preexec_fn=limit)
    *before, last = done.stderr.splitlines() or [""]
    assert all(line.startswith("cordiale: a process was killed") for line in before)
    assert (done.returncode, last != "") in ((0, False), (2, True)), done.stderr
    if done.returncode:
        assert last.startswith("cordiale: memory is short") or "memory runs out" in last
        assert "nothing was kept" in last or "kept: go on with" in last or not hidden(tmp_path / "x").exists()
