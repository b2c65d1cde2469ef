"""A study while it is run: a hidden folder beside the study's, with a journal that outlives any crash.

    .name.unfinished/
      design.json, sources/    what is run (design.py), written first
      measures/, inputs/       the parts that are done, each whole or not there (parts.py)
      journal.jsonl            a line a part: its worlds, hashes and failures; a torn last line counts as none
      lock                     held by the process that writes

When all parts are there the manifest is written and the folder gets the study's name: a study is whole or
not there, and what was finished is not run again.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import TypeAdapter

from cordiale.blocks import Failure, Plan
from cordiale.design import Design, write_design
from cordiale.durable import PART, TABLES, durable, hash_of, part_name
from cordiale.errors import StudyError, UserError, shown
from cordiale.folders import check_free, check_name
from cordiale.parts import PartBytes
from cordiale.restored import read_design

JOURNAL = "journal.jsonl"


@dataclass(frozen=True)
class Part:
    """A part that is done.

    Attributes
    ----------
    first, worlds : the worlds that it was run for
    kept : how many of them it holds
    measures, inputs : hashes of its files
    """

    first: int
    worlds: int
    kept: int
    measures: str
    inputs: str
    failed: tuple[Failure, ...] = ()

    @classmethod
    def read(cls, line: str) -> Part:
        """Return the part that a line of the journal tells of; ValueError where it is torn, or tells of none."""
        part = _LINE.validate_json(line)
        if part.first < 0 or part.first % PART or not 0 <= part.kept <= part.worlds <= PART:
            raise ValueError("no part of a study")
        return part

    def fault(self, folder: Path) -> str | None:
        """Return what is wrong with its files, None where they are what was written."""
        for table, told in (("measures", self.measures), ("inputs", self.inputs)):
            path = folder / table / part_name(self.first)
            if not path.is_file():
                return f"{shown(path)} is missing"
            if hash_of(path) != told:
                return f"{shown(path)} is damaged"
        return None


_LINE: TypeAdapter[Part] = TypeAdapter(Part)


class Unfinished:
    """The folder of a study that is being run; use `unfinished`."""

    def __init__(self, folder: Path, study: Path) -> None:
        self.folder, self.study = folder, study
        self.parts: dict[int, Part] = {}
        self.damaged: list[str] = []
        self.ours = False

    def read(self) -> None:
        """Read the journal, and keep the parts whose files are what it says."""
        path = self.folder / JOURNAL
        for line in path.read_text("utf-8", errors="replace").splitlines() if path.is_file() else []:
            try:
                part = Part.read(line)
            except ValueError:
                continue  # torn when the machine stopped: its part is run again
            fault = part.fault(self.folder)
            if fault is None:
                self.parts[part.first] = part
            else:
                self.damaged.append(f"{fault}: worlds {part.first} to {part.first + part.worlds - 1} are run again")

    def start(self) -> None:
        """Make ready to add parts."""
        for table in TABLES:
            (self.folder / table).mkdir(exist_ok=True)
            for torn in (self.folder / table).glob(".*.tmp"):
                torn.unlink()

    def add(self, run: PartBytes) -> None:
        """Write a part and its line of the journal, both on the disk when this returns."""
        hashes = {
            table: durable(self.folder / table / part_name(run.first), data) for table, data in run.tables.items()
        }
        part = Part(run.first, run.worlds, run.kept, hashes["measures"], hashes["inputs"], run.failed)
        with (self.folder / JOURNAL).open("a", encoding="utf-8") as journal:
            journal.write("\n" + json.dumps(asdict(part)) + "\n")  # begins a line of its own after a torn one
            journal.flush()
            os.fsync(journal.fileno())
        self.parts[part.first] = part

    @property
    def done(self) -> int:
        """How many worlds are done."""
        return sum(part.worlds for part in self.parts.values())


def hidden(study: Path) -> Path:
    """Return where a study lies while it is run."""
    check_name(study)
    return study.with_name(f".{study.name}.unfinished")


def check_own(folder: Path) -> None:
    """Raise StudyError where what is written here would land elsewhere: a link in an unfinished study."""
    for path in (folder, *folder.iterdir()):
        if path.is_symlink():
            raise StudyError(f"{shown(path)} is a link, and a study is written into a folder of its own: take it away")


@contextmanager
def unfinished(study: Path, plan: Plan, design: Design, replace: bool = False) -> Iterator[Unfinished]:
    """Give the folder of a run, gone on with where the same run was broken off, and name it `study` at the end.

    Raises StudyError where the study exists, cannot be written, is being written, or the disk is full.
    """
    check_free(study, replace)
    folder = hidden(study)
    made = [parent for parent in folder.parents if not parent.exists()]
    run = Unfinished(folder, study)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        check_own(folder)
        with _locked(run):
            _lay_down(run, plan, design, replace)
            yield run
            _publish(run)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StudyError(f"{shown(study)}: the disk is full{kept(run)}") from None
        fault = f"cannot be written: {error.strerror or error}"
        raise StudyError(f"{shown(study)}: {fault}{kept(run) if run.parts else ''}") from None
    except UserError:
        raise
    except Exception as error:
        error.add_note(f"cordiale: {shown(study)}{kept(run)}")
        raise
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"stopped{kept(run)}") from None
    finally:
        if run.ours and not (folder / JOURNAL).is_file():
            _sweep(folder, made)


def _lay_down(run: Unfinished, plan: Plan, design: Design, replace: bool) -> None:
    """Take up what lies there where it is the same run, else begin."""
    if (run.folder / JOURNAL).is_file():
        if design.runs_as(read_design(run.folder)):
            run.read()
            run.start()
            return
        if not replace:
            message = f"{shown(run.study)}: another run was broken off there: go on with it by --resume"
            raise StudyError(f"{message} {shown(run.study)}, or let it go with --replace")
    for each in run.folder.iterdir():
        if each.name != "lock":
            shutil.rmtree(each) if each.is_dir() else each.unlink()
    write_design(plan, design, run.folder)
    run.start()


def kept(run: Unfinished) -> str:
    """Return in words what is kept of a run that stops, and what to type next."""
    if not run.parts:
        return "; nothing was kept"
    return f"; {run.done} worlds are kept: go on with cordiale run --resume {shown(run.study)}"


@contextmanager
def _locked(run: Unfinished) -> Iterator[None]:
    lock = FileLock(run.folder / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise StudyError(f"{shown(run.study)}: another run writes to it now: wait, or choose another --out") from None
    run.ours = True
    try:
        yield
    finally:
        lock.release()


def _publish(run: Unfinished) -> None:
    """Give the study its name; the journal goes last, since without it nothing that is done would be found."""
    if run.study.exists():
        shutil.rmtree(run.study)
    run.folder.rename(run.study)
    for name in (JOURNAL, "lock"):
        (run.study / name).unlink(missing_ok=True)


def _sweep(folder: Path, made: list[Path]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for parent in made:  # the nearest first; one that holds the study stays
        if parent.is_dir() and not any(parent.iterdir()):
            parent.rmdir()
