"""Folders that a command had just made when it was stopped: they are known as cordiale's, and in nobody's way."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

import cordiale
from cordiale.study.unfinished import hidden
from tests.commands import after, killed
from tests.conftest import Call
from tests.hostile.files import Refused

SHORT = ("--set", "horizon=2018Q4", "--worlds", "3", "--no-charts", "--jobs", "1")
RUN = ("run", "baseline", *SHORT)
SWEEP = ("sweep", "baseline", "--over", "brexit=0,1", *SHORT)
WORKSHOP = ["agents", "scenarios"]

WHEN_MADE = """
import pathlib
make = pathlib.Path.mkdir
def mkdir(self, *how, **more):
    make(self, *how, **more)
    if self.name == "{folder}":
        os.kill(os.getpid(), signal.{name})
pathlib.Path.mkdir = mkdir
"""
AT_THE_LOCK = """
from cordiale.study import unfinished
class Lock(unfinished.FileLock):
    def acquire(self, *how, **more):
        {before}
        super().acquire(*how, **more)
        os.kill(os.getpid(), signal.{name})
unfinished.FileLock = Lock
"""
BEFORE_THE_LOCK = AT_THE_LOCK.replace("{before}", "os.kill(os.getpid(), signal.{name})")
BEHIND_THE_LOCK = AT_THE_LOCK.replace("{before}", "pass")
FULL = """
import errno
from cordiale.files.file_list import Written
append = Written._append
def full(self, lines):
    lines = list(lines)
    if any("{what}" in line for line in lines):
        raise OSError(errno.ENOSPC, "No space left on device")
    append(self, lines)
Written._append = full
"""


@pytest.fixture
def study(workshop: Path) -> Path:
    return cordiale.run("baseline", worlds=3, set={"horizon": "2018Q4"}, jobs=1, out="A").here


@pytest.mark.parametrize("folder", ["measures", "inputs"])
def test_a_stop_when_a_folder_of_tables_was_made_leaves_nothing(folder: str, workshop: Path) -> None:
    done = after(WHEN_MADE.format(folder=folder, name="SIGTERM"), *RUN, "--out", "x")
    assert (done.returncode, done.stderr) == (128 + signal.SIGTERM, "cordiale: stopped; nothing was kept\n")
    assert sorted(os.listdir()) == WORKSHOP


@pytest.mark.parametrize("command", [RUN, SWEEP], ids=["run", "sweep"])
def test_a_kill_when_a_folder_of_tables_was_made_is_no_obstacle(
    command: tuple[str, ...], workshop: Path, call: Call
) -> None:
    killed(WHEN_MADE.format(folder="measures", name="SIGKILL"), *RUN, "--out", "x")
    assert call(*command, "--seed", "3", "--out", "x") == (0, "")
    assert sorted(os.listdir()) == [*WORKSHOP, "x"]


@pytest.mark.parametrize("what", ["measures", "sources"])
def test_a_disk_that_is_full_before_the_first_part_keeps_nothing(what: str, workshop: Path) -> None:
    done = after(FULL.format(what=what), *RUN, "--out", "x")
    assert (done.returncode, done.stderr) == (2, "cordiale: x: the disk is full; nothing was kept\n")
    assert sorted(os.listdir()) == WORKSHOP


@pytest.mark.parametrize("when", [BEFORE_THE_LOCK, BEHIND_THE_LOCK], ids=["before the lock", "behind it"])
def test_a_stop_before_the_journal_leaves_nothing(when: str, study: Path) -> None:
    """Not even the folders above."""
    before = sorted(study.rglob("*"))
    done = after(when.format(name="SIGTERM"), "export", "A")
    assert (done.returncode, done.stderr) == (128 + signal.SIGTERM, "cordiale: stopped; nothing was kept\n")
    assert sorted(study.rglob("*")) == before


LEFT = {
    "the folder above": (WHEN_MADE.format(folder="export", name="SIGKILL"), ("export", "A")),
    "empty": (BEFORE_THE_LOCK.format(name="SIGKILL"), ("export", "A")),
    "a lock": (BEHIND_THE_LOCK.format(name="SIGKILL"), ("export", "A")),
    "a journal by half": ("os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)", ("export", "A")),
    "tables": (WHEN_MADE.format(folder="measures", name="SIGKILL"), (*RUN, "--out", "A/inner")),
    "charts": (WHEN_MADE.format(folder="charts", name="SIGKILL"), ("chart", "A", "fan")),
}


@pytest.mark.parametrize("left", LEFT)
def test_what_a_killed_command_left_empty_in_a_study_goes_with_it(left: str, study: Path, call: Call) -> None:
    before = sorted(study.rglob("*"))
    killed(*LEFT[left][:1], *LEFT[left][1])
    assert sorted(study.rglob("*")) != before
    assert call(*RUN, "--seed", "2", "--out", "A", "--replace") == (0, "")
    assert sorted(os.listdir()) == ["A", *WORKSHOP]
    assert cordiale.Study.open("A").manifest["seed"] == 2


def test_what_lies_in_a_folder_of_that_name_without_a_journal_is_the_user_s(study: Path, call: Call) -> None:
    folder = hidden(study / "inner")
    folder.mkdir()
    for name in ("lock", ".journal.jsonl.tmp", "notes.md"):
        (folder / name).write_text("mine", "utf-8")
        code, said = call(*RUN, "--out", "A", "--replace")
        assert (code, f"A holds what cordiale did not write (.inner.unfinished/{name})" in said) == (2, True)
        (folder / name).unlink()


def test_an_empty_hidden_folder_goes_with_any_work_of_that_name(workshop: Path, call: Call) -> None:
    hidden(Path("x")).mkdir()
    assert call("run", "--resume", "x") == (2, "cordiale: 'x': no work was interrupted there\n")
    assert sorted(os.listdir()) == WORKSHOP


@pytest.mark.parametrize("out", ["x", "dang/x"])
def test_a_link_that_leads_nowhere_is_called_so(out: str, refused: Refused) -> None:
    link = hidden(Path("x")) if out == "x" else Path("dang")
    link.symlink_to("nowhere")
    assert f"{link} is a link that leads nowhere: move it away, and try again" in refused(*RUN, "--out", out)
    assert link.is_symlink()
