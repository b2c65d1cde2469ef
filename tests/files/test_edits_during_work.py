"""What somebody changes while a command works, or between two, is seen before anything gets its name."""

from __future__ import annotations

from pathlib import Path

import pytest

import cordiale
from cordiale.study.unfinished import hidden
from cordiale.study.verify import verify
from tests.commands import after, contents, in_folder, killed
from tests.commands import cordiale as command
from tests.conftest import PACK

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


# ---------------------------------------------------------------- what unfinished work was begun with

RUN = ("run", "baseline", "--set", "horizon=2018Q4", "--worlds", "300", "--no-charts", "--jobs", "1", "--out", "x")
AT_THE_LAST_PART = """
from cordiale.study.journal import Journal
add = Journal.add
def added(self, name, *what):
    part = add(self, name, *what)
    if "256" in name:
        {harm}
    return part
Journal.add = added
"""
BEGUN = ["design.json", f"sources/{PACK}/FRA.yaml"]
RESULT = hidden(Path("x")) / "result"


@pytest.mark.parametrize("name", BEGUN)
def test_what_a_run_was_begun_with_is_edited_while_it_is_on(name: str, workshop: Path) -> None:
    """It does not get its name, and is whole when the edit was moved away."""
    path = RESULT / name
    done = after(AT_THE_LAST_PART.format(harm=f"open('{path}', 'a').write(' ')"), *RUN)
    assert (done.returncode, Path("x").exists()) == (2, False)
    assert done.stderr == (
        f"cordiale: {path} was changed since cordiale wrote it: move it away, and try again; "
        "300 worlds are kept: go on with cordiale run --resume x\n"
    )
    path.rename("mine")
    done = command(*RUN)
    assert (done.returncode, done.stderr) == (0, "")
    assert verify(cordiale.Study.open("x")).holds
    assert (Path("x") / name).read_bytes() + b" " == Path("mine").read_bytes()


@pytest.mark.parametrize("name", BEGUN)
def test_what_a_run_was_begun_with_is_taken_away_while_it_is_on(name: str, workshop: Path) -> None:
    done = after(AT_THE_LAST_PART.format(harm=f"os.remove('{RESULT / name}')"), *RUN)
    assert (done.returncode, Path("x").exists()) == (2, False)
    assert f"{RESULT / name} is missing; 300 worlds are kept" in done.stderr


@pytest.mark.parametrize("name", BEGUN)
def test_what_a_run_was_begun_with_is_edited_after_a_kill(name: str, workshop: Path) -> None:
    killed(AT_THE_LAST_PART.format(harm="os.kill(os.getpid(), signal.SIGKILL)"), *RUN)
    path = RESULT / name
    edited = path.read_bytes() + b"\n"
    path.write_bytes(edited)
    for again in (RUN, ("run", "--resume", "x")):
        done = command(*again)
        told = f"cordiale: {path} was changed since cordiale wrote it: move it away, and try again\n"
        assert (done.returncode, done.stderr) == (2, told)
    assert path.read_bytes() == edited


AT_THE_THIRD_PART = """
from cordiale.study.journal import Journal
add = Journal.add
def added(self, name, *what):
    part = add(self, name, *what)
    if name == "000002":
        os.kill(os.getpid(), signal.SIGKILL)
    return part
Journal.add = added
"""
SENSITIVITY = ("sensitivity", "baseline", "--measure", "alignment:FRA-JPN", "--samples", "4", "--luck", "1", "--group",
               "fields", "--set", "horizon=2018Q4", "--jobs", "1", "--out", "x")  # fmt: skip


@pytest.mark.parametrize("begun", [SENSITIVITY, (*SENSITIVITY, "--replace")], ids=["begun", "begun with --replace"])
def test_a_pack_that_is_edited_after_a_kill_costs_no_part_of_an_analysis(
    begun: tuple[str, ...], workshop: Path
) -> None:
    """Resuming says so and keeps the parts, and goes on when the edit is taken back."""
    killed(AT_THE_THIRD_PART, *begun)
    kept = contents(hidden(Path("x")))
    path = Path("agents") / PACK / "case.yaml"
    read = path.read_bytes()
    path.write_bytes(read + b"# a note\n")
    done = command("sensitivity", "--resume", "x")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "cordiale: x: cannot be resumed: its scenarios, their pack or cordiale were changed since it was interrupted; "
        "put that back, or delete .x.unfinished to begin anew\n"
    )
    assert contents(hidden(Path("x"))) == kept
    path.write_bytes(read)
    done = command("sensitivity", "--resume", "x")
    assert (done.returncode, done.stderr) == (0, "")
    assert in_folder(workshop) == ["agents", "scenarios", "x"]
