"""A folder that appears only when it is whole."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cordiale.errors import StudyError, short, shown

LONGEST_NAME = 230  # bytes: what file systems hold, less what is put around it while it is unfinished


@contextmanager
def new_folder(folder: Path, replace: bool = False) -> Iterator[Path]:
    """Give a temporary folder that becomes `folder` if all goes well, and goes away if not.

    Raises StudyError where the folder exists, cannot be written, or the disk is full.
    """
    check_free(folder, replace)
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}.unfinished")
    made = [parent for parent in temporary.parents if not parent.exists()]
    try:
        temporary.mkdir(parents=True)
        yield temporary
        if folder.exists():
            shutil.rmtree(folder)
        temporary.rename(folder)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StudyError(f"{shown(folder)}: the disk is full; nothing was kept") from None
        raise StudyError(f"{shown(folder)}: cannot be written: {error.strerror or error}") from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        for parent in made:  # the nearest first; one that holds the study stays
            if parent.is_dir() and not any(parent.iterdir()):
                parent.rmdir()


def check_name(folder: Path) -> None:
    """Raise StudyError where a folder cannot be called so, or could only be the working folder or one above it."""
    try:
        os.fspath(folder).encode()
    except UnicodeEncodeError:
        raise StudyError(f"{shown(folder)} is not UTF-8: choose another name for the folder") from None
    if folder.name in ("", "..") or not folder.name.isprintable() or len(folder.name.encode()) > LONGEST_NAME:
        raise StudyError(f"{short(str(folder))} cannot be the name of a study's folder: choose another")


def check_free(folder: Path, replace: bool) -> None:
    """Raise StudyError where something is in the way of a new folder, or where there can be none."""
    check_name(folder)
    if not os.path.lexists(folder):
        return
    if not folder.is_dir():
        raise StudyError(f"{shown(folder)} is a file: choose another folder with --out")
    if not replace:
        raise StudyError(f"{shown(folder)} exists: choose another folder with --out, or add --replace")
    if folder.is_symlink():
        raise StudyError(f"{shown(folder)} is a link, so --replace leaves it alone")
    if folder.resolve() in (Path.cwd(), *Path.cwd().parents):
        raise StudyError(f"{shown(folder)} holds the working folder, so --replace leaves it alone")
    if not (folder / "manifest.json").is_file() and any(folder.iterdir()):
        raise StudyError(f"{shown(folder)} is not a study, so --replace leaves it alone")
