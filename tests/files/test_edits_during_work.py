"""What somebody changes while a command works, or between two, is seen before anything gets its name."""

from __future__ import annotations

from pathlib import Path

import pytest

import cordiale
from tests.commands import after, contents, in_folder

# ---------------------------------------------------------------- a study that another takes the place of

SWAP = """
def swap():
    if not os.path.exists("old"):
        os.rename("A", "old")
        os.rename("B", "A")
"""
WHEN_READ = """
from cordiale.study.study import Study
opened = Study.open.__func__
def open_(cls, folder):
    found = opened(cls, folder)
    swap()
    return found
Study.open = classmethod(open_)
"""
WHEN_DRAWN = """
import cordiale.files.atomic_write as files
sync = files.sync
def synced(path):
    sync(path)
    swap()
files.sync = synced
"""
COMMANDS = {
    "chart": ("chart", "A", "fan"),
    "all charts": ("chart", "A"),
    "report": ("report", "A"),
    "export": ("export", "A"),
    "export elsewhere": ("export", "A", "--out", "e"),
    "compare": ("compare", "A"),
}
REPLACED = "cordiale: A is no longer the study that was read: it was replaced or changed meanwhile; "


@pytest.fixture
def studies(workshop: Path) -> dict[str, str]:
    """Two studies alike but for their seed; what is in the second, which holds a folder of charts too."""
    for name, seed in (("A", 1), ("B", 2)):
        cordiale.run(["baseline", "brexit"], worlds=3, seed=seed, set={"horizon": "2019Q2"}, jobs=1, out=name)
    (workshop / "B" / "charts").mkdir()
    (workshop / "B" / "charts" / "mine.txt").write_text("mine", "utf-8")
    return contents(workshop / "B")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_study_that_was_replaced_since_it_was_read_gets_nothing_of_the_old(
    command: str, studies: dict[str, str], workshop: Path
) -> None:
    listed = (workshop / "B" / "files.txt").read_bytes()
    done = after(SWAP + WHEN_READ, *COMMANDS[command])
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert done.stderr.startswith(REPLACED)
    assert (contents(Path("A")), in_folder(workshop)) == (studies, ["A", "agents", "old", "scenarios"])
    if command != "export":  # which begins there before it has anything to write
        assert Path("A/files.txt").read_bytes() == listed


def test_a_study_that_is_replaced_while_files_of_it_are_written(studies: dict[str, str]) -> None:
    done = after(SWAP + WHEN_DRAWN, "compare", "A")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert done.stderr.startswith(REPLACED)
    assert contents(Path("A")) == studies
