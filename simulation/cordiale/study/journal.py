"""Long work while it is done: a hidden folder beside the result's, with a journal that outlives any crash.

    .name.unfinished/
      journal.jsonl    what is done: the work, then a line a part with its hashes; a torn last line counts as none
      lock             held by the process that works
      parts/           what an analysis has worked out, a file a part
      result/          what will be the folder of results; a study's parts lie in it already

Each part is on the disk, whole, before its line is written. Whoever does the same work again, or resumes it,
takes the parts whose hashes fit and works out the others, so that the result has the bytes of an unbroken run.
When all is there the result gets its name, and the hidden folder goes.
"""

from __future__ import annotations

import json
import os
import re
import sys
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from cordiale.engine.pool import Result, Shared, Task, ordered
from cordiale.files.arrays import as_bytes, from_bytes
from cordiale.files.atomic_write import (
    check_files,
    check_name,
    in_the_way,
    missing_parents,
    reason,
    user_path,
    write_durably,
)
from cordiale.files.errors import StudyError, StudyWarning, UserError, short, shown
from cordiale.files.file_list import JOURNAL, LIST, MANIFEST, Written, hash_of, remove_empty, seal
from cordiale.files.place import Moved, Place, mark_of
from cordiale.files.remote import is_remote
from cordiale.files.stop import check, held

Begun = tuple[str, Mapping[str, Any]]  # a command and its options
RESULT, PARTS = "result", "parts"
KINDS = {"run": "study", "compare": "study"}  # of a command's result, where it is not called as the command
LOCK = "lock"
BEFORE_IT = {LOCK, f".{JOURNAL}.tmp"}  # what lies there before there is a journal
BEGUN = b'{"unfinished":1,'  # as which a journal begins
_PART = re.compile(r"[0-9]{6}|part-[0-9]{10}\.parquet")
_DRAFT = re.compile(r"\.(?P<name>.+)\.(?:tmp|[0-9a-f]{8}\.unfinished)")
OURS = {JOURNAL, RESULT, PARTS, *BEFORE_IT}


def command_line() -> list[str]:
    """Return what was typed, whichever way the program was called."""
    program = Path(sys.argv[0])
    return ["cordiale" if program.parts[-2:] == ("cordiale", "__main__.py") else program.name, *sys.argv[1:]]


class Header(BaseModel):
    """What is done: the journal's first line.

    Attributes
    ----------
    command : "sweep"; what goes on with it is `cordiale sweep --resume FOLDER`
    key : hash of all that its parts hang on
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


class Journal:
    """Work in hand; use `journal`."""

    def __init__(self, target: Path, header: Header, unit: str, begun: Collection[str]) -> None:
        self.target, self.header, self.unit, self.begun = target, header, unit, frozenset(begun)
        self.folder = hidden(target)
        self.result = self.folder / RESULT
        self.parts: dict[str, Part] = {}
        self.ours = False  # not before it is begun: what other work has kept stays
        self.useless = False  # what is done: the same work would meet the same fault again
        self.named = False
        self._next = 0

    # ------------------------------------------------------------ parts

    def add(self, name: str, files: Mapping[str, bytes], about: Mapping[str, Any] | None = None) -> Part:
        """Write a part and its line, both on the disk when this returns.

        Parameters
        ----------
        files : path in the hidden folder -> what it holds
        about : what else the line tells, as JSON
        """
        check()
        paths = {each: self.folder / each for each in files}
        for path in paths.values():
            path.parent.mkdir(exist_ok=True)  # one level: a folder that somebody took away is not made again
            self._check_free(path)
        Written(self.result).add(*(path for path in paths.values() if self.result in path.parents))
        part = Part(name, {each: write_durably(paths[each], data) for each, data in files.items()}, dict(about or {}))
        line = json.loads(json.dumps(asdict(part)))  # as it will be read
        self._write(json.dumps(line | {"seal": seal(line)}))
        self.parts[name] = part
        return part

    def _check_free(self, path: Path) -> None:
        """Raise StudyError where a file that is not cordiale's has a part's name."""
        if path.is_file() and not self._is_ours(path, self._recorded_files()):
            raise StudyError(f"{shown(path)} was not written by cordiale: move it away, and try again")

    def _is_ours(self, path: Path, recorded: Collection[str]) -> bool:
        """Return whether a file is a part of which the journal tells, or one of which it could not tell any more."""
        if path.relative_to(self.folder).as_posix() in recorded:
            return True
        return Written(self.result).has(path) if self.result in path.parents else _is_part(path)

    def _recorded_files(self) -> set[str]:
        return {name for part in self._recorded() for name in part.files}

    def ordered(
        self, work: Callable[[Shared, Task], Result], shared: Shared, tasks: Sequence[Task], jobs: int | None, size: int
    ) -> Iterator[Result]:
        """Yield work(shared, task) for each task in order as `pool.ordered` does, each worked out once for all.

        Results are arrays, or tuples, lists and dicts of such, with numbers and texts.
        """
        names = [f"{self._next + at:06d}" for at in range(len(tasks))]
        self._next += len(tasks)
        done = {name for name in names if name in self.parts and set(self.parts[name].files) == {f"{PARTS}/{name}"}}
        missing = [task for name, task in zip(names, tasks, strict=True) if name not in done]
        running = ordered(work, shared, missing, jobs, size * len(missing) // max(1, len(tasks)))
        for name in names:
            if name in done:
                yield from_bytes((self.folder / PARTS / name).read_bytes())
            else:
                result = next(running)
                self.add(name, {f"{PARTS}/{name}": as_bytes(result)})
                yield result

    def _write(self, line: str) -> None:
        handle = os.open(self.folder / JOURNAL, os.O_WRONLY | os.O_APPEND)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write("\n" + line + "\n")  # begins a line of its own after a torn one
            file.flush()
            os.fsync(handle)

    # ------------------------------------------------------------ the result

    def path(self, name: str) -> Path:
        """Return where a file of the result is to be written; it is on the list of what is cordiale's from now on.

        Raises StudyError where a file that is not on the list lies there.
        """
        path, own = self.result / name, Written(self.result)
        if path.is_file() and name not in own.names:
            own.check_ours()  # tells all such files at once
        check_files([path], replace=False, own=self.result)
        own.add(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def write(self, name: str, text: str) -> None:
        """Write a text as a file of the result."""
        write_durably(self.path(name), text.encode())

    def list_again(self, names: Iterable[str]) -> None:
        """List files of the result that were written before the work was interrupted: the list may be damaged since."""
        Written(self.result).add(*(self.result / name for name in names))

    def seal(self) -> None:
        """Write the list of the result, which is whole; the hashes of parts are known."""
        files = {name: each for part in self.parts.values() for name, each in part.files.items()}
        Written(self.result).seal({name.removeprefix(f"{RESULT}/"): each for name, each in files.items()})

    @property
    def done(self) -> dict[str, Part]:
        """The parts that a stop would keep: one may have been written and not yet be among `parts`."""
        return {} if self.useless else {part.name: part for part in self._recorded()} | self.parts

    @property
    def outcome(self) -> str:
        """What is kept of work that stops, and what to type next; nothing where nothing is."""
        if self.named:
            return f"; {shown(self.target)} is whole"
        parts = self.done
        if not parts or not (self.folder / JOURNAL).is_file():
            return "; nothing was kept"
        counts = [part.about.get(self.unit, 1) for part in parts.values()]
        done = sum(count for count in counts if isinstance(count, int))
        counted = f"1 {self.unit[:-1]} is" if done == 1 else f"{done:,} {self.unit} are"
        return f"; {counted} kept: {next_command(self.header, self.target)}"

    # ------------------------------------------------------------ beginning and end

    def begin(self, replace: bool) -> None:
        """Take up what lies here where it is the same work, else begin anew."""
        told = read_header(self.folder)
        if told is not None and self.result.is_dir():  # without it, all was done and only the name was missing
            if (told.command, told.key) == (self.header.command, self.header.key):
                self.header = told
                self._read()
                files = [name for part in self.parts.values() for name in part.files]
                self.list_again(name.removeprefix(f"{RESULT}/") for name in files if name.startswith(f"{RESULT}/"))
                self._clear_result()
                return
            if not replace and len((self.folder / JOURNAL).read_bytes().splitlines()) > 1:
                raise StudyError(
                    f"{shown(self.target)}: other work was interrupted there: {next_command(told, self.target)}, "
                    "or begin anew with --replace"
                )
        self._remove_work()
        write_durably(self.folder / JOURNAL, (self.header.model_dump_json() + "\n").encode())
        for folder in (self.folder / PARTS, self.result):
            folder.mkdir(exist_ok=True)
        self.list_again([])

    def _read(self) -> None:
        """Read the journal, and keep the parts whose files are what it says."""
        for part in self._recorded():
            if (fault := part.fault(self.folder)) is None:
                self.parts[part.name] = part
            else:
                self.parts.pop(part.name, None)
                warnings.warn(f"{fault}: {part.words} done again", StudyWarning, stacklevel=2)

    def _recorded(self) -> Iterator[Part]:
        """Yield the parts of which the journal tells; a line that is torn, or was edited, tells of none."""
        path = self.folder / JOURNAL
        lines = path.read_text("utf-8", errors="replace").splitlines()[1:] if path.is_file() else []
        for line in lines:
            with suppress(ValueError, TypeError, RecursionError):
                told = json.loads(line)
                part = _LINE.validate_python(told)
                if told.get("seal") == seal(told):
                    yield part

    def _clear_result(self) -> None:
        """Remove what was half written of the result; its parts, and what the work was begun with, stay."""
        held = {name for part in self.parts.values() for name in part.files}
        for name in Written(self.result).names:
            path = self.result / name
            if f"{RESULT}/{name}" not in held and name.partition("/")[0] not in self.begun and path.is_file():
                path.unlink()
        self._clear_drafts()

    def _clear_drafts(self) -> None:
        """Remove what was half written of files of ours, and no other hidden file."""
        own = {JOURNAL, LIST, *(Path(name).name for name in Written(self.result).names)}
        for path in self.folder.rglob(".*"):
            draft = _DRAFT.fullmatch(path.name)
            if draft and path.is_file() and (draft["name"] in own or _PART.fullmatch(draft["name"])):
                path.unlink()

    def _remove_work(self) -> None:
        """Remove all but the lock, and nothing that is not cordiale's."""
        if self.result.is_dir():
            self._clear_drafts()
            Written(self.result).remove()
        recorded = self._recorded_files()
        for path in (self.folder / PARTS).glob("*"):
            if _PART.fullmatch(path.name) and path.is_file() and self._is_ours(path, recorded):
                path.unlink()
        remove_empty([self.folder / PARTS])
        (self.folder / JOURNAL).unlink(missing_ok=True)  # last: without it the folder is not known as ours

    def end(self) -> None:
        """Remove the hidden folder, and nothing in it that is not cordiale's; the lock last."""
        self._remove_work()
        (self.folder / LOCK).unlink(missing_ok=True)
        remove_empty([self.folder])


def _is_part(path: Path) -> bool:
    """Return whether a file holds what a part of an analysis does."""
    try:
        from_bytes(path.read_bytes())
    except ValueError:
        return False
    return True


def hidden(target: Path) -> Path:
    """Return where work lies while it is done."""
    check_name(target)
    return target.with_name(f".{target.name}.unfinished")


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


def next_command(header: Header, target: Path) -> str:
    """Return in words how interrupted work goes on."""
    if header.options is None:
        return "call it again as before to go on"
    return f"go on with cordiale {header.command} --resume {shown(target)}"


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
        _tidy(each)
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


def _tidy(target: Path) -> None:
    """Remove what is left of work that was killed when its result had its name already."""
    left = Journal(target, Header(command="", key=""), "parts", ())
    if not os.path.lexists(target) or not left.folder.is_dir() or left.result.exists():
        return
    with suppress(StudyError):  # it holds files of the user's, or other work has begun there
        check_ours(left.folder)
        with _locked(left):
            if not left.result.exists():
                left.end()


@contextmanager
def journal(
    target: Path,
    header: Header,
    *,
    replace: bool = False,
    unit: str = "parts",
    begun: Collection[str] = (),
    publish: Callable[[Path], None] | None = None,
    kind: str | None = None,
) -> Iterator[Journal]:
    """Give the journal of some work, gone on with where the same work was interrupted; at the end its result is named.

    Parameters
    ----------
    target : the folder of results, or the file, that the work is to leave
    replace : whether a result that lies there may go, or other work that was interrupted there
    unit : what parts are counted in: "worlds" where their lines tell "worlds"
    begun : files and folders of the result that are written before the first part
    publish : gives the result its place; under the name of `target`, see `Place`, where None
    kind : of the result, as its manifest has it; that of the command's where None

    Raises
    ------
    StudyError where something is in the way, nothing can be written, other work goes on there, or the disk is full
    """
    _tidy(target)
    told = read_header(hidden(target))
    same = told is not None and (told.command, told.key) == (header.command, header.key)
    if publish is None:
        kind = kind or KINDS.get(header.command, header.command)
        place = Place(target, kind, replace, told.before if told is not None and same else None)
        header, publish = header.model_copy(update={"before": place.before}), place.publish
    elif os.path.lexists(target):
        header = header.model_copy(update={"before": mark_of(target)})
    run = Journal(target, header, unit, begun)
    made = missing_parents(run.folder)
    try:
        run.folder.mkdir(parents=True, exist_ok=True)
        check_ours(run.folder)
        with _locked(run), _cleaned(run):
            with held():
                run.begin(replace)
                run.ours = True
            yield run
            run.seal()
            with held():
                publish(run.result)
                run.named = True
                run.end()
    except Moved:
        raise
    except StudyError as error:
        raise (StudyError(f"{error}{run.outcome}") if run.ours and run.done else error) from None
    except OSError as error:
        raise StudyError(f"{shown(target)}: {reason(error)}{run.outcome if run.ours else ''}") from None
    except UserError:
        raise
    except KeyboardInterrupt as stop:
        raise KeyboardInterrupt(f"{str(stop) or 'stopped'}{run.outcome}") from None
    except BaseException as error:
        error.add_note(f"cordiale: {shown(target)}{run.outcome}")
        raise
    finally:
        remove_empty(made)


@contextmanager
def _cleaned(run: Journal) -> Iterator[None]:
    """Remove work of which nothing is kept, before anybody else can take it up."""
    try:
        yield
    except Moved:
        run.end()
        raise
    except UserError as error:
        run.useless = not isinstance(error, StudyError)
        raise
    finally:
        if run.ours and not run.named and not run.done and run.folder.is_dir():
            run.end()


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
    names = {path.name for path in folder.iterdir()}
    foreign = names - (OURS if read_header(folder) is not None else {each for each in BEFORE_IT if _ours(folder, each)})
    if foreign:
        listed = ", ".join(sorted(foreign)[:3])
        raise StudyError(
            f"{shown(folder)} holds what this version of cordiale did not write ({listed}): "
            "move it away or delete it, or choose another folder with --out"
        )


def _ours(folder: Path, name: str) -> bool:
    """Return whether a file that lies there before there is a journal holds what cordiale writes into it."""
    path = folder / name
    begun = path.read_bytes()[: len(BEGUN)] if path.is_file() else b""
    return BEGUN.startswith(begun) if name != LOCK else not begun


@contextmanager
def _locked(run: Journal) -> Iterator[None]:
    lock = FileLock(run.folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise StudyError(f"{shown(run.target)}: another run writes to it now: wait, or choose another --out") from None
    try:
        if not (run.folder / LOCK).exists():  # the run that held it has just ended, and removed it
            raise StudyError(f"{shown(run.target)}: another run has just ended there: look at it, and try again")
        yield
    finally:
        lock.release()
