"""The hidden folder of work that is not finished: what lies in it, whose it is, and who is at work there.

.name.unfinished/
  journal.jsonl    what is done: the work, then a line a part with its hashes; a torn last line counts as none
  lock             held by the process that works
  parts/           what an analysis has worked out, a file a part
  result/          what will be the folder of results; a study's parts lie in it already
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeGuard

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from cordiale.files.arrays import from_bytes
from cordiale.files.atomic_write import check_name, in_the_way, user_path
from cordiale.files.errors import StudyError, short, shown
from cordiale.files.file_list import (
    BEFORE_IT,
    JOURNAL,
    LOCK,
    MANIFEST,
    PARTS,
    RESULT,
    Written,
    hash_of,
    is_before_it,
    remove_empty,
    seal,
)
from cordiale.files.place import mark_of, put_aside, remove_put_aside
from cordiale.files.remote import is_remote

Begun = tuple[str, Mapping[str, Any]]  # a command and its options
OURS = {JOURNAL, RESULT, PARTS, *BEFORE_IT}
PART_NAME = re.compile(r"[0-9]{6}|part-[0-9]{10}\.parquet")


def hidden(target: Path) -> Path:
    """Return where work lies while it is done."""
    check_name(target)
    return target.with_name(f".{target.name}.unfinished")


def command_line() -> list[str]:
    """Return what was typed, whichever way the program was called."""
    program = Path(sys.argv[0])
    return ["cordiale" if program.parts[-2:] == ("cordiale", "__main__.py") else program.name, *sys.argv[1:]]


class Header(BaseModel):
    """What is done: the journal's first line.

    Attributes
    ----------
    command : "sweep"; what goes on with it is `cordiale sweep --resume FOLDER`
    key : hash of all that its parts hang on; empty where it has none, so that nothing goes on with it
    options : with which the command does the same again; None where no command began it, but a call from Python
    typed : the program and its arguments, or what else called
    before : what the result is to replace, see `files.place`; None where nothing lay there
    """

    model_config = ConfigDict(extra="forbid")

    unfinished: Literal[1] = 1
    command: str
    key: str
    options: dict[str, Any] | None = None
    typed: list[str] = Field(default_factory=command_line)
    before: tuple[int, int, int] | None = None

    @classmethod
    def of(cls, command: str, key: str, begun_by: Begun | None) -> Header:
        """Return the header of work that a call from Python began, or a command with its options."""
        return (
            cls(command=begun_by[0], key=key, options=dict(begun_by[1])) if begun_by else cls(command=command, key=key)
        )

    def goes_on(self, told: Header | None) -> TypeGuard[Header]:
        """Return whether this is the same work as what a journal tells of."""
        return told is not None and bool(self.key) and (told.command, told.key) == (self.command, self.key)


@dataclass(frozen=True)
class Part:
    """A part that is done.

    Attributes
    ----------
    files : path in the hidden folder -> hash
    about : what else is known of it
    """

    name: str
    files: dict[str, str]
    about: dict[str, Any]

    @property
    def words(self) -> str:
        """What is done again where its files are damaged."""
        first, worlds = self.about.get("first"), self.about.get("worlds")
        if not isinstance(first, int) or not isinstance(worlds, int):
            return "it is"
        return f"worlds {first} to {first + worlds - 1} are"

    def fault(self, folder: Path) -> str | None:
        """Return what is wrong with its files, None where they are what was written."""
        for name, written in self.files.items():
            path = folder / name
            if path.is_symlink() or not path.is_file():
                return f"{shown(path)} is missing"
            if hash_of(path) != written:
                return f"{shown(path)} is damaged"
        return None


_LINE: TypeAdapter[Part] = TypeAdapter(Part)


def read_header(folder: Path) -> Header | None:
    """Return what the journal in a hidden folder is of; None where there is none."""
    path = folder / JOURNAL
    if path.is_symlink() or not path.is_file():
        return None
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return Header.model_validate_json(file.readline())
    except (OSError, ValueError):
        return None


def recorded(folder: Path) -> Iterator[Part]:
    """Yield the parts of which a journal tells; a line that is torn, or was edited, tells of none."""
    path = folder / JOURNAL
    lines = path.read_text("utf-8", errors="replace").splitlines()[1:] if path.is_file() else []
    for line in lines:
        with suppress(ValueError, TypeError, RecursionError):
            told = json.loads(line)
            part = _LINE.validate_python(told)
            if told.get("seal") == seal(told):
                yield part


def next_command(header: Header, target: Path) -> str:
    """Return in words how interrupted work goes on."""
    if header.options is None:
        return "call it again as before to go on"
    return f"go on with cordiale {header.command} --resume {shown(target)}"


def words_of_put_aside(target: Path) -> str:
    """Return where a result lies that killed work had put aside to replace it, and what to type."""
    try:
        aside = put_aside(target)
    except OSError:  # a path that no file can have
        return ""
    if not aside:
        return ""
    header = read_header(hidden(target))
    resume = "" if header is None else f", or {next_command(header, target)}"
    return "".join(f"; {shown(each)} was to be replaced: rename it{resume}" for each in aside)


_resumed: ContextVar[Path | None] = ContextVar("_resumed", default=None)


@contextmanager
def resuming(target: Path) -> Iterator[None]:
    """Let work at a folder of results go on, and not begin anew, also where it was begun with --replace."""
    before = _resumed.set(target.absolute())
    try:
        yield
    finally:
        _resumed.reset(before)


def check_not_resumed(target: Path) -> None:
    """Raise StudyError where it was asked to go on with work whose parts do not fit any more."""
    if _resumed.get() == target.absolute():
        raise StudyError(
            f"{shown(target)}: cannot be resumed: its scenarios, their pack or cordiale were changed since it was "
            f"interrupted; put that back, or delete {shown(hidden(target))} to begin anew"
        )


def interrupted(place: Path | str, command: str | None = None) -> tuple[Path, Header]:
    """Return where a result would lie whose work was interrupted, and what was to be done.

    Parameters
    ----------
    place : the folder that the result would have had, or its name below `outputs/`
    command : which is to go on; any where None

    Raises
    ------
    StudyError where nothing was interrupted there, or what another command began
    """
    if is_remote(place):
        raise StudyError(f"{place}: {_words_of_address(str(place))}")
    target = user_path(place)
    for each in (target, Path("outputs") / target):
        tidy(each)
        header = read_header(hidden(each))
        if header is None or not (hidden(each) / RESULT).is_dir():
            continue
        if command not in (None, header.command):
            raise StudyError(f"{shown(each)} was not begun by cordiale {command}: {next_command(header, each)}")
        if os.path.lexists(each) and mark_of(each) != header.before:
            raise StudyError(f"{shown(each)} was made by somebody else since: move it away, and resume then")
        return each, header
    if os.path.isfile(target / MANIFEST):
        raise StudyError(f"{shown(target)} is finished: there is nothing to go on with")
    raise StudyError(f"{short(str(place))}: no work was interrupted there")


def _words_of_address(address: str) -> str:
    """Return what to type where the run of a study that was to lie at an address was interrupted."""
    for folder in sorted(Path("outputs").glob(".*.unfinished")):
        header = read_header(folder)
        if header is not None and (header.options or {}).get("out") == address:
            target = folder.with_name(folder.name.removeprefix(".").removesuffix(".unfinished"))
            return f"its study is run here first: {next_command(header, target)}, and copy it there when it is whole"
    return "no run whose study was to lie there was interrupted here"


# ---------------------------------------------------------------- whose it is


def check_ours(folder: Path) -> None:
    """Raise StudyError where a hidden folder holds what cordiale did not write, a link, or a pipe."""
    for path in (folder, *folder.rglob("*")):
        if path.is_symlink():
            raise StudyError(f"{shown(path)} is a link, and results are written into a folder of their own: remove it")
        if not (path.is_file() or path.is_dir()):
            raise StudyError(f"{shown(path)} is neither a file nor a folder: move it away, and try again")
    for path in folder.iterdir():
        if path.name in OURS and path.is_dir() != (path.name in (RESULT, PARTS)):
            raise StudyError(in_the_way(path))
    begun = read_header(folder) is not None
    ours = OURS if begun else {name for name in BEFORE_IT if is_before_it(folder, name)}
    foreign = {path.name for path in folder.iterdir()} - ours
    if foreign:
        listed = ", ".join(sorted(foreign)[:3])
        raise StudyError(
            f"{shown(folder)} holds what this version of cordiale did not write ({listed}): "
            "move it away or delete it, or choose another folder with --out"
        )


def check_free(folder: Path, path: Path) -> None:
    """Raise StudyError where a file that is not cordiale's has a part's name."""
    if path.is_file() and not _is_ours(folder, path, _files_recorded(folder)):
        raise StudyError(f"{shown(path)} was not written by cordiale: move it away, and try again")


def _is_ours(folder: Path, path: Path, files: Collection[str]) -> bool:
    """Return whether a file is a part of which the journal tells, or one of which it could not tell any more."""
    if path.relative_to(folder).as_posix() in files:
        return True
    if folder / RESULT in path.parents:
        return Written(folder / RESULT).has(path)
    try:
        from_bytes(path.read_bytes())
    except ValueError:
        return False
    return True


def _files_recorded(folder: Path) -> set[str]:
    return {name for part in recorded(folder) for name in part.files}


# ---------------------------------------------------------------- who is at work there, and the end


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Hold the hidden folder; StudyError where another process does, or has just ended there."""
    folder = hidden(target)
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
        if not (folder / LOCK).exists():  # the run that held it has just ended, and removed it
            raise StudyError(f"{shown(target)}: another run has just ended there: look at it, and try again")
        yield
    except Timeout:
        raise StudyError(f"{shown(target)}: another run writes to it now: wait, or choose another --out") from None
    finally:
        lock.release()


def remove_parts(folder: Path) -> None:
    """Remove parts of an analysis, and the journal last: without it the folder is not known as cordiale's."""
    files = _files_recorded(folder)
    for path in (folder / PARTS).glob("*"):
        if PART_NAME.fullmatch(path.name) and path.is_file() and _is_ours(folder, path, files):
            path.unlink()
    remove_empty([folder / PARTS])
    (folder / JOURNAL).unlink(missing_ok=True)


def remove_rest(folder: Path) -> None:
    """Remove what is left when the result has its name, the lock last, and nothing that is not cordiale's."""
    remove_parts(folder)
    for name in BEFORE_IT:
        if is_before_it(folder, name):
            (folder / name).unlink(missing_ok=True)
    remove_empty([folder])


def tidy(target: Path) -> None:
    """Remove what is left of work that was stopped before it was begun, or when its result had its name already."""
    folder = hidden(target)
    remove_empty([folder])
    over = os.path.lexists(target) or not (folder / JOURNAL).exists()
    if not over or not folder.is_dir() or (folder / RESULT).exists():
        return
    with suppress(StudyError, OSError):  # it holds files of the user's, other work has begun there, or the disk is full
        check_ours(folder)
        with locked(target):
            if not (folder / RESULT).exists():
                header = read_header(folder)
                remove_put_aside(target, header.before if header else None)
                remove_rest(folder)
