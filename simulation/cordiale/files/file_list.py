"""What cordiale wrote into a folder of results: a list in the folder itself, files.txt. All else is the user's.

A folder is one of results where its manifest says so: kind, format, and a seal that fits. What is removed or
written over is what the list names, and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

from filelock import FileLock, Timeout

from cordiale.files.errors import StudyError, shown
from cordiale.files.temporary import DRAFT, is_held

LIST = "files.txt"
MANIFEST = "manifest.json"
JOURNAL = "journal.jsonl"
RESULT, PARTS, LOCK = "result", "parts", "lock"  # what else lies in the hidden folder of work that is not finished
BEFORE_IT = (f".{JOURNAL}.tmp", LOCK)  # what lies there before there is a journal; the lock goes last
BEGUN = b'{"unfinished":1,'  # as which a journal begins
ANY = "-"  # in place of a hash, of a file that is being written; before one, of a file that is being given its name


def hash_of(path: Path) -> str:
    """Return the hash of a file."""
    with path.open("rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


def seal(manifest: dict[str, Any]) -> str:
    """Return a manifest's seal: the hash of all else that stands in it."""
    rest = {key: value for key, value in manifest.items() if key != "seal"}
    return "sha256:" + hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def kind_of(folder: Any) -> str | None:
    """Return which kind of result of cordiale's a folder holds, here or at an address, by what its manifest says.

    "study", "sweep", "sensitivity", ...; None where it holds none.
    """
    try:
        if not (folder / MANIFEST).is_file():  # a pipe would be waited for
            return None
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        ours = isinstance(manifest["format"], int) and manifest["seal"] == seal(manifest)
        return str(manifest["kind"] if "kind" in manifest or "parts" not in manifest else "study") if ours else None
    except Exception:  # whatever a file that is not ours, or a protocol's package, makes of it
        return None


def result_of(path: Path) -> Path | None:
    """Return the folder of results in which a path lies, finished or not; None where it lies in none."""
    for folder in path.absolute().parents:
        if (folder / LIST).is_file() and (kind_of(folder) or (folder.parent / JOURNAL).is_file()):
            return folder
    return None


def is_before_it(folder: Path, name: str) -> bool:
    """Return whether a file is of those before there is a journal, and holds what cordiale writes into it."""
    path = folder / name
    first = path.read_bytes()[: len(BEGUN)] if path.is_file() else b""
    return name in BEFORE_IT and (BEGUN.startswith(first) if name != LOCK else not first)


def remove_empty(folders: Iterable[Path]) -> None:
    """Remove folders that are empty, in their order."""
    for folder in folders:
        with suppress(OSError):  # it holds something
            folder.rmdir()


class Written:
    """The list of what cordiale wrote into a folder.

    Parameters
    ----------
    folder : of results, finished or not
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def names(self) -> dict[str, str]:
        """File -> hash, or what begins with ANY; a later line counts more."""
        return {name: marks[-1] for name, marks in self._marks.items()}

    @property
    def _marks(self) -> dict[str, list[str]]:
        """File -> the marks of what may lie there: the last, and those before where that may not have its name yet."""
        path = self.folder / LIST
        lines = path.read_text("utf-8", errors="replace").splitlines() if path.is_file() else []
        pairs = (line.partition(" ") for line in lines)
        marks: dict[str, list[str]] = {}
        for mark, _, name in pairs:
            if _inside(name):
                marks[name] = [*(marks.get(name, []) if len(mark) > 1 and mark.startswith(ANY) else []), mark]
        return marks

    def add(self, *paths: Path, sealed: bool = False) -> None:
        """List files: before they are written, or with their hashes when they are.

        Raises OSError where the list cannot be written.
        """
        self._append(f"{hash_of(path) if sealed else ANY} {self._name(path)}\n" for path in paths)

    def announce(self, drafts: Mapping[Path, Path]) -> None:
        """List files that are about to get their names, with what they will hold: all else there is the user's.

        Parameters
        ----------
        drafts : file -> what will be named so
        """
        self._append(f"{ANY}{hash_of(draft)} {self._name(path)}\n" for path, draft in drafts.items())

    def _append(self, lines: Iterable[str]) -> None:
        with (self.folder / LIST).open("a", encoding="utf-8") as file:
            file.write("".join(lines))

    def list_below(self, folder: Path) -> None:
        """List what lies in a folder below this one, with hashes, in place of what was listed there before."""
        below = f"{self._name(folder)}/"
        others = ((name, marks) for name, marks in self._marks.items() if not name.startswith(below))
        self._write([f"{mark} {name}\n" for name, marks in others for mark in marks])
        self.add(*(path for path in folder.rglob("*") if path.is_file()), sealed=True)

    def seal(self, known: Mapping[str, str]) -> None:
        """Write the list of a folder that is whole, with the hash of each file.

        Parameters
        ----------
        known : file -> hash, of those that need not be read again
        """
        there = [name for name in sorted(self.names) if (self.folder / name).is_file()]
        self._write([f"{known.get(name) or hash_of(self.folder / name)} {name}\n" for name in there])

    def _write(self, lines: list[str]) -> None:
        """Write the list whole or not at all: what a cut list leaves out counts as the user's."""
        draft = self.folder / f".{LIST}.tmp"
        draft.write_text("".join(lines), "utf-8")
        draft.replace(self.folder / LIST)

    def has(self, path: Path) -> bool:
        """Return whether a file is one of the list."""
        return self._name(path) in self.names

    def unchanged(self, path: Path) -> bool:
        """Return whether a file is one of the list, and still what was written."""
        return _holds(path, self._marks.get(self._name(path), []))

    def check_unchanged(self, names: Collection[str] | None = None) -> None:
        """Raise StudyError where a file, of these or of all, is there and no longer what the list says."""
        for name, marks in self._marks.items():
            path = self.folder / name
            if (names is None or name in names) and path.is_file() and not _holds(path, marks):
                raise StudyError(f"{shown(path)} was changed since cordiale wrote it: move it away, and try again")

    def foreign(self) -> list[str]:
        """Return what is not of the list, or was changed since; an empty folder with a slash at its end."""
        marks, found = self._marks, []
        folders = {parent.as_posix() for name in marks for parent in PurePosixPath(name).parents}
        leftovers = [path for path in self.folder.rglob(".*.unfinished") if _nothing_done(path)]
        inner = {path.parent for path in self.folder.rglob(LIST)} - {self.folder}
        results = {folder for folder in inner if kind_of(folder) not in (None, "export")}
        for path in _leaves(self.folder):
            name = self._name(path)
            if name == LIST or any(_left_over(path, folder) for folder in leftovers):
                continue
            if _empty(path):
                if name not in folders:
                    found.append(f"{name}/")
            elif results.intersection(path.parents) or not _holds(path, marks.get(name, [])) or _is_being_written(path):
                found.append(name)  # also of a result of its own, which goes by its own name alone
        return sorted(found)

    def remove(self, whole: bool = False) -> None:
        """Remove what was written, and the folder where nothing else lies in it.

        Parameters
        ----------
        whole : whether nothing is removed where anything else lies there
        """
        foreign = set(self.foreign())
        if whole and foreign:
            return
        last = self.folder / MANIFEST, self.folder / LIST  # by the list it is known what is ours of the rest
        own = [path for path in _leaves(self.folder) if not _empty(path) and self._name(path) not in foreign]
        for path in sorted(set(own) - {last[1]}, key=lambda path: path == last[0]):
            path.unlink()
        below = [Path(here) for here, _, _ in os.walk(self.folder, topdown=False)][:-1]
        remove_empty(here for here in below if f"{self._name(here)}/" not in foreign)
        if last[1] in own:
            last[1].unlink()
        remove_empty([self.folder])

    def check_ours(self) -> None:
        """Raise StudyError, with their names, where files lie there that are not cordiale's."""
        if foreign := self.foreign():
            more = f" and {len(foreign) - 3} more" if len(foreign) > 3 else ""
            raise StudyError(
                f"{shown(self.folder)} holds what cordiale did not write ({', '.join(foreign[:3])}{more}), so it is "
                "left alone: move that away, or choose another folder with --out"
            )

    def _name(self, path: Path) -> str:
        return path.absolute().relative_to(self.folder.absolute()).as_posix()


def _holds(path: Path, marks: Collection[str]) -> bool:
    """Return whether a path is a file that holds what one of its marks says."""
    if not marks or not path.is_file() or path.is_symlink():
        return False
    return ANY in marks or hash_of(path) in {mark.removeprefix(ANY) for mark in marks}


def _is_being_written(path: Path) -> bool:
    """Return whether a path is a draft that a process writes now."""
    return DRAFT.fullmatch(path.name) is not None and is_held(path)


def _empty(path: Path) -> bool:
    """Return whether a leaf is an empty folder."""
    return path.is_dir() and not path.is_symlink()


def _inside(name: str) -> bool:
    """Return whether a name is of a file below a folder: a list that was written over might lead elsewhere."""
    path = PurePosixPath(name)
    short = all(len(part.encode()) < 256 for part in path.parts)  # no system has longer ones
    return bool(name) and short and not path.is_absolute() and ".." not in path.parts


def _left_over(path: Path, folder: Path) -> bool:
    """Return whether a leaf is cordiale's own in a folder of work that was stopped before its first part."""
    if path == folder:  # it was stopped before all else
        return True
    if folder not in path.parents or path.is_symlink():
        return False
    name, listed = path.relative_to(folder).as_posix(), [f"{RESULT}/{each}" for each in Written(folder / RESULT).names]
    own = name in {JOURNAL, LOCK, PARTS, RESULT, f"{RESULT}/{LIST}", *listed} or is_before_it(folder, name)
    return own or (_empty(path) and any(each.startswith(f"{name}/") for each in listed))


def _nothing_done(folder: Path) -> bool:
    """Return whether a folder is what is left of work that was stopped before its first part, and nobody is at it."""
    lock, journal = FileLock(folder / LOCK), folder / JOURNAL
    try:
        if folder.is_symlink() or not folder.is_dir():
            return False
        lines = journal.read_bytes().splitlines() if journal.exists() else []
        if len(lines) > 1 or not (lines or all(is_before_it(folder, name) for name in os.listdir(folder))):
            return False
        if (folder / LOCK).exists():
            lock.acquire(timeout=0)
    except (OSError, Timeout, RuntimeError):  # the last where this very process works there
        return False
    finally:
        lock.release()
    return True


def _leaves(folder: Path) -> Iterator[Path]:
    """Yield files, links, which are not followed, and empty folders below a folder."""
    for here, folders, files in os.walk(folder):
        yield from (Path(here) / name for name in files)
        yield from (Path(here) / name for name in folders if (Path(here) / name).is_symlink())
        if not folders and not files and Path(here) != folder:
            yield Path(here)
