"""Hidden files beside those that are being written: what becomes of them, and what lay there before."""

from __future__ import annotations

import errno
import glob
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

DRAFT = re.compile(r"\.(?P<name>.+)\.[0-9a-f]{8}\.unfinished")


def beside(path: Path) -> Path:
    """Return a hidden path beside a file that nobody else has."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.unfinished")


@contextmanager
def made(drafts: Sequence[Path]) -> Iterator[None]:
    """Make empty drafts, held by this process, and remove what is left of them at the end."""
    handles: list[int] = []
    try:
        for draft in drafts:
            handles.append(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666))
            _hold(handles[-1])
        yield
    finally:
        for handle in handles:
            os.close(handle)
        for draft in drafts:
            draft.unlink(missing_ok=True)


def remove_leftovers(path: Path) -> None:
    """Remove what a process that was killed left of this file, and nothing that a process still holds."""
    for draft in path.parent.glob(f".{glob.escape(path.name)}.{'[0-9a-f]' * 8}.unfinished"):
        if not draft.is_symlink() and draft.is_file() and not is_held(draft):
            draft.unlink(missing_ok=True)


def is_held(draft: Path) -> bool:
    """Return whether a process writes a draft now, or may do so."""
    try:
        handle = os.open(draft, os.O_RDWR)
    except OSError:  # it is another user's, say
        return True
    try:
        return not _hold(handle)
    finally:
        os.close(handle)


def _hold(handle: int) -> bool:
    """Lock an open file for as long as this process has it open; False where another process holds it."""
    try:
        import fcntl
    except ImportError:  # Windows does not remove a file that is open
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EAGAIN, errno.EACCES)
    return True
