"""The real command, run, stopped and killed: what tests of interrupted work share."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from cordiale import __main__ as program
from cordiale.files.file_list import JOURNAL, LIST
from cordiale.study.unfinished import hidden
from tests.ready import ENDS, ended

SECONDS = 180  # in which a command of a test must get somewhere


def cordiale(*arguments: str, cwd: Path | None = None, **how: object) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; one of which no more is asked, in a process that has the program imported."""
    if not how:
        return ended(ENDS, [program.__file__, *arguments], cwd or Path.cwd(), SECONDS)
    return subprocess.run(
        [sys.executable, "-m", "cordiale", *arguments], cwd=cwd, capture_output=True, text=True, timeout=SECONDS, **how
    )  # type: ignore[call-overload,no-any-return]


def begin(*arguments: str, cwd: Path | None = None) -> subprocess.Popen[str]:
    """Begin a command as a shell does, in a group of its own, so that a signal to it reaches no test."""
    return subprocess.Popen(
        [sys.executable, "-m", "cordiale", *arguments], cwd=cwd, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip


AT_SYNC = "os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)"  # when the first file is whole
AT_ASIDE = """
import cordiale.files.place
cordiale.files.place._renamed = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
"""
AT_REMOVAL = """
import cordiale.files.place
cordiale.files.place.remove_put_aside = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
"""


def after(lines: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a Python that has run some lines first, before which os and signal are imported."""
    return ended(f"import os, signal\n{lines}\n{ENDS}", ["-c", *arguments], Path.cwd(), SECONDS)


def killed(when: str, *arguments: str) -> None:
    """Run a command that is killed, as by `kill -9`, at a moment of its own; fails where it is not.

    Parameters
    ----------
    when : lines of Python that have it killed at that moment, see `after`
    """
    done = after(when, *arguments)
    assert done.returncode == -signal.SIGKILL, done.stderr


def parts(out: Path) -> int:
    """Return how many parts a journal tells of."""
    path = hidden(out) / JOURNAL
    return max(0, len([line for line in path.read_bytes().splitlines() if line]) - 1) if path.is_file() else -1


def wait_for(process: subprocess.Popen[str], out: Path, number: int) -> bool:
    """Wait until some parts are done, -1 for the hidden folder alone; False where the command ended before."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            return False
        if parts(out) >= number and (number >= 0 or hidden(out).exists()):
            return True
        time.sleep(0.01)
    raise TimeoutError(f"{out} got no further than {parts(out)} parts")


def children(process: subprocess.Popen[str]) -> list[int]:
    """Return the processes below one."""
    import psutil

    return [each.pid for each in psutil.Process(process.pid).children(recursive=True)]


def alive(pids: Sequence[int], seconds: float = 0) -> list[int]:
    """Return which processes are still there after some seconds at most."""
    import psutil

    deadline = time.monotonic() + seconds
    while True:
        left = [pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"]
        if not left or time.monotonic() >= deadline:
            return left
        time.sleep(0.05)


def contents(folder: Path) -> dict[str, str]:
    """Return the hash of each file below a folder, but for what tells when it was made."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name not in (LIST, "manifest.json")]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def in_folder(folder: Path) -> list[str]:
    """Return the names in a folder, the hidden ones too."""
    return sorted(os.listdir(folder))
