"""Where a folder of results appears: onto nothing, or onto exactly the result that lay there when the work began."""

from __future__ import annotations

import errno
import glob
import itertools
import os
import secrets
import warnings
from contextlib import suppress
from pathlib import Path

from cordiale.files.atomic_write import check_links, check_name, sync_folder
from cordiale.files.errors import StudyError, StudyWarning, shown
from cordiale.files.file_list import LIST, Written, kind_of, result_of

Mark = tuple[int, int, int]


class Place:
    """A folder's name that work in hand will need at its end.

    Parameters
    ----------
    folder : that will appear
    kind : of the result: "study", "sweep", ...
    replace : whether a result of that kind that lies there already may go
    known : what lay there when the same work, or what this is to replace, was begun earlier, which may go all the same

    Attributes
    ----------
    before : what lies there, None for nothing

    Raises
    ------
    StudyError where something is in the way, or where there can be no folder
    """

    def __init__(self, folder: Path, kind: str, replace: bool, known: Mark | None = None) -> None:
        self.folder, self.kind, self.known = folder, kind, known
        check_name(folder)
        if (outer := result_of(folder)) is not None:
            check_links(outer, folder)
        self.before = mark_of(folder) if os.path.lexists(folder) else None
        self.stamps: dict[str, tuple[int, int]] = {}
        if self.before is None:
            return
        if folder.is_symlink():
            raise StudyError(f"{shown(folder)} is a link: choose another folder with --out")
        if not folder.is_dir():
            raise StudyError(f"{shown(folder)} is a file: choose another folder with --out")
        if not replace and self.before != known:
            raise StudyError(f"{shown(folder)} exists: choose another folder with --out, or add --replace")
        if folder.resolve() in (Path.cwd(), *Path.cwd().parents):
            raise StudyError(f"{shown(folder)} holds the working folder, so --replace leaves it alone")
        if any(folder.iterdir()):
            if kind_of(folder) != kind:
                raise StudyError(f"{shown(folder)} is no {kind} of cordiale's, so --replace leaves it alone")
            if not Written(folder).names:
                raise StudyError(
                    f"{shown(folder)} has no list of what cordiale wrote there ({LIST}), so --replace leaves it alone: "
                    "move it away, or choose another folder with --out"
                )
            Written(folder).check_ours()
        self.stamps = _stamps(folder)

    def publish(self, whole: Path) -> None:
        """Give a folder that is whole the name.

        Raises
        ------
        StudyError where something else lies there now: the result is then beside it, under a name that is told
        OSError where the file system refuses
        """
        aside = self._put_aside()
        if aside is not None and self._changed(aside):
            if not _renamed(aside, self.folder):
                raise StudyError(f"{shown(self.folder)} was changed meanwhile; what lay there is now in {shown(aside)}")
            self._publish_beside(whole, "was changed by somebody else meanwhile")
        if not _renamed(whole, self.folder):
            self._publish_beside(whole, "was made by somebody else meanwhile")
        sync_folder(self.folder.parent)
        remove_put_aside(self.folder, self.before, self.known)
        for left in put_aside(self.folder):
            if left == aside or kind_of(left) is not None:
                told = f"an earlier result still lies in {shown(left)}: rename it, or delete it"
                warnings.warn(told, StudyWarning, stacklevel=2)
        outer = result_of(self.folder)
        if outer is not None and self.kind == "export":  # a study's own tables in another form, which go with it
            Written(outer).list_below(self.folder)

    def _put_aside(self) -> Path | None:
        """Rename the result that is to be replaced, so that nobody writes into it by its name; None where none is."""
        if self.before is None or not os.path.lexists(self.folder):
            return None
        aside = self.folder.with_name(f".{self.folder.name}.{secrets.token_hex(4)}.replaced")
        self.folder.rename(aside)
        return aside

    def _changed(self, aside: Path) -> bool:
        """Return whether a result that was put aside is another than when the work began."""
        return mark_of(aside) != self.before or _stamps(aside) != self.stamps

    def _publish_beside(self, whole: Path, why: str) -> None:
        """Name a result after a folder that is in its way, and say so."""
        for number in itertools.count(2):
            other = self.folder.with_name(f"{self.folder.name}-{number}")
            if not os.path.lexists(other) and _renamed(whole, other):
                raise Moved(f"{shown(self.folder)} {why} and stays as it is: the result is in {shown(other)}", other)


class Moved(StudyError):
    """A result is whole, and lies elsewhere than was asked for.

    Attributes
    ----------
    folder : where it lies
    """

    def __init__(self, message: str, folder: Path) -> None:
        super().__init__(message)
        self.folder = folder


def put_aside(folder: Path) -> list[Path]:
    """Return the folders that are called like what was put aside to be replaced by one."""
    named = folder.parent.glob(f".{glob.escape(folder.name)}.{'[0-9a-f]' * 8}.replaced")
    return sorted(path for path in named if path.is_dir() and not path.is_symlink())


def remove_put_aside(folder: Path, *before: Mark | None) -> None:
    """Remove what was put aside, now or by a process that was killed, where it is a result and nothing else.

    Parameters
    ----------
    folder : the result that has replaced it
    before : what was to be replaced; a folder that is only called so, a copy of the user's say, stays
    """
    known = {mark[:2] for mark in before if mark is not None}
    for aside in put_aside(folder):
        own = mark_of(aside)[:2] in known
        if own and kind_of(aside) in (kind_of(folder), None):  # its manifest is removed before its list
            with suppress(OSError):  # it may be write-protected
                Written(aside).remove(whole=True)


def mark_of(folder: Path) -> Mark:
    """Return what a folder is known by again, also under another name: its place on the disk, and when it was made."""
    stat = folder.lstat()
    manifest = folder / "manifest.json"
    return stat.st_dev, stat.st_ino, manifest.lstat().st_mtime_ns if os.path.lexists(manifest) else 0


def _stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """Return when each file and folder below one was written, and its size: what somebody writes into shows by them."""
    stats = {path.relative_to(folder).as_posix(): path.lstat() for path in folder.rglob("*")}
    return {name: (stat.st_mtime_ns, stat.st_size) for name, stat in stats.items()}


def _renamed(one: Path, other: Path) -> bool:
    """Rename a folder unless something has the name: an empty folder too, which a rename would take silently."""
    if os.path.lexists(other):
        return False
    try:
        one.rename(other)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            return False
        raise
    return True
