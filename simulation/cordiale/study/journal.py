"""Long work while it is done: its journal, in a hidden folder (`unfinished.py`), outlives any crash.

Each part is on the disk, whole, before its line is written. Whoever does the same work again, or resumes it,
takes the parts whose hashes fit and works out the others, so that the result has the bytes of an unbroken run.
When all is there the result gets its name, and the hidden folder goes.
"""

from __future__ import annotations

import json
import os
import re
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cordiale.engine.pool import Result, Shared, Task, ordered
from cordiale.files.arrays import as_bytes, from_bytes
from cordiale.files.atomic_write import check_files, missing_parents, reason, write_durably
from cordiale.files.errors import StudyError, StudyWarning, UserError, shown
from cordiale.files.file_list import JOURNAL, LIST, PARTS, RESULT, Written, remove_empty, result_of, seal
from cordiale.files.place import Moved, Place
from cordiale.files.stop import check, held
from cordiale.files.temporary import beside
from cordiale.study.unfinished import (
    PART_NAME,
    Header,
    Part,
    check_free,
    check_not_resumed,
    check_ours,
    hidden,
    locked,
    next_command,
    read_header,
    recorded,
    remove_parts,
    remove_rest,
    tidy,
)

KINDS = {"run": "study", "compare": "study"}  # of a command's result, where it is not called as the command
_DRAFT = re.compile(r"\.(?P<name>.+)\.(?:tmp|[0-9a-f]{8}\.unfinished)")


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
            check_free(self.folder, path)
        Written(self.result).add(*(path for path in paths.values() if self.result in path.parents))
        for path in paths.values():  # listed, by which their folders are known as ours too
            path.parent.mkdir(exist_ok=True)  # one level: a folder that somebody took away is not made again
        part = Part(name, {each: write_durably(paths[each], data) for each, data in files.items()}, dict(about or {}))
        line = json.loads(json.dumps(asdict(part)))  # as it will be read
        self._write(json.dumps(line | {"seal": seal(line)}))
        self.parts[name] = part
        return part

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

    def write(self, name: str, content: str | bytes) -> None:
        """Write a text, or bytes, as a file of the result."""
        write_durably(self.path(name), content.encode() if isinstance(content, str) else content)

    def list_again(self, names: Iterable[str]) -> None:
        """List files of the result that were written before the work was interrupted: the list may be damaged since."""
        Written(self.result).add(*(self.result / name for name in names))

    def list_begun(self, names: Iterable[str]) -> None:
        """List what the work was begun with, which is written: what somebody changes of it is seen from now on."""
        Written(self.result).add(*(self.result / name for name in names), sealed=True)

    def check_begun(self) -> None:
        """Raise StudyError where something that the work was begun with is missing, or not what was written."""
        own = Written(self.result)
        begun = {name for name in own.names if name.partition("/")[0] in self.begun}
        for name in begun:
            if not (self.result / name).is_file():
                raise StudyError(f"{shown(self.result / name)} is missing")
        own.check_unchanged(begun)

    def seal(self) -> None:
        """Write the list of the result, which is whole; the hashes of parts are known.

        Raises StudyError where something of it is not what was written: somebody changed it, or the disk did.
        """
        self.check_begun()
        for part in self.parts.values():
            if any(name.startswith(f"{RESULT}/") for name in part.files) and (fault := part.fault(self.folder)):
                raise StudyError(fault)
        files = {name: each for part in self.parts.values() for name, each in part.files.items()}
        Written(self.result).seal({name.removeprefix(f"{RESULT}/"): each for name, each in files.items()})

    @property
    def done(self) -> dict[str, Part]:
        """The parts that a stop would keep: one may have been written and not yet be among `parts`."""
        if self.useless or not self.result.is_dir():
            return {}
        return {part.name: part for part in recorded(self.folder)} | self.parts

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
            if self.header.goes_on(told):
                self.header = told
                self._read()
                files = [name for part in self.parts.values() for name in part.files]
                self._clear_result()
                self.list_again(name.removeprefix(f"{RESULT}/") for name in files if name.startswith(f"{RESULT}/"))
                self.ours = True
                return
            check_not_resumed(self.target)
            if not replace and len((self.folder / JOURNAL).read_bytes().splitlines()) > 1:
                raise StudyError(
                    f"{shown(self.target)}: other work was interrupted there: {next_command(told, self.target)}, "
                    "or begin anew with --replace"
                )
        if self.result.is_dir():
            self._clear_drafts()
            Written(self.result).check_ours()  # before what is kept goes
        self._remove_work()
        self.ours = True
        write_durably(self.folder / JOURNAL, (self.header.model_dump_json() + "\n").encode())
        for folder in (self.folder / PARTS, self.result):
            folder.mkdir(exist_ok=True)
        self.list_again([])

    def _read(self) -> None:
        """Read the journal, and keep the parts whose files are what it says."""
        for part in recorded(self.folder):
            if (fault := part.fault(self.folder)) is None:
                self.parts[part.name] = part
            else:
                self.parts.pop(part.name, None)
                warnings.warn(f"{fault}: {part.words} done again", StudyWarning, stacklevel=2)

    def _clear_result(self) -> None:
        """Remove what was written of the result; its parts, and what the work was begun with, stay.

        Raises StudyError where somebody changed what was written.
        """
        held, own = {name for part in self.parts.values() for name in part.files}, Written(self.result)
        rest = {name for name in own.names if f"{RESULT}/{name}" not in held}
        own.check_unchanged(rest)
        paths = [self.result / name for name in rest if name.partition("/")[0] not in self.begun]
        there = [path for path in paths if path.is_file()]
        for path in there:
            path.unlink()
        remove_empty(parent for path in there for parent in path.parents if self.result in parent.parents)
        self._clear_drafts()

    def _clear_drafts(self) -> None:
        """Remove what was half written of files of ours, and no other hidden file."""
        own = {JOURNAL, LIST, *(Path(name).name for name in Written(self.result).names)}
        for path in self.folder.rglob(".*"):
            draft = _DRAFT.fullmatch(path.name)
            if draft and path.is_file() and (draft["name"] in own or PART_NAME.fullmatch(draft["name"])):
                path.unlink()

    def _remove_work(self) -> None:
        """Remove all but the lock, and nothing that is not cordiale's."""
        if self.result.is_dir():
            self._clear_drafts()
            Written(self.result).remove()
        remove_parts(self.folder)

    def end(self) -> None:
        """Remove the hidden folder, and nothing in it that is not cordiale's; the lock last."""
        self._remove_work()
        remove_rest(self.folder)


@contextmanager
def journal(
    target: Path,
    header: Header,
    *,
    replace: bool = False,
    unit: str = "parts",
    begun: Collection[str] = (),
    kind: str | None = None,
) -> Iterator[Journal]:
    """Give the journal of some work, gone on with where the same work was interrupted; at the end its result is named.

    Parameters
    ----------
    target : the folder of results that the work is to leave
    replace : whether a result that lies there may go, or other work that was interrupted there
    unit : what parts are counted in: "worlds" where their lines tell "worlds"
    begun : files and folders of the result that are written before the first part
    kind : of the result, as its manifest has it; that of the command's where None

    Raises
    ------
    StudyError where something is in the way, nothing can be written, other work goes on there, or the disk is full
    """
    tidy(target)
    told = read_header(hidden(target))
    kind = kind or KINDS.get(header.command, header.command)
    place = Place(target, kind, replace, told.before if told and (replace or header.goes_on(told)) else None)
    header = header.model_copy(update={"before": place.before or place.known})
    run = Journal(target, header, unit, begun)
    made = missing_parents(run.folder)
    try:
        if not target.parent.exists() and (outer := result_of(target)) is not None:
            Written(outer).add(beside(target))  # by which the folders between them are known as ours
        run.folder.mkdir(parents=True, exist_ok=True)
        check_ours(run.folder)
        with locked(target), _cleaned(run):
            with held():
                run.begin(replace)
            yield run
            Written(run.result).check_unchanged()
            Written(run.result).check_ours()  # what somebody laid there is no part of the result
            run.seal()
            with held():
                place.publish(run.result)
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
        tidy(target)
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
