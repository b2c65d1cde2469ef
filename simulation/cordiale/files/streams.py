"""What a command prints: streams that a shell has closed, or that take no more."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


class Unprintable(Exception):
    """What is printed has no place: the disk is full, say."""


class Output(io.TextIOWrapper):
    """Standard output, whose faults are told from those of files."""

    def write(self, text: str) -> int:
        """Write a text; Unprintable where it has no place."""
        with _told():
            return super().write(text)

    def flush(self) -> None:
        """Write what is held back; Unprintable where it has no place."""
        with _told():
            super().flush()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:  # whoever read it has seen enough, as `head` has
        raise
    except OSError as error:
        raise Unprintable(error.strerror) from None


def open_streams() -> None:
    """Let what a shell has closed lead nowhere: else a file of ours gets its number, and what is printed with it."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free
    old, raw = sys.stdout, open(1, "wb", closefd=False)
    sys.stdout = Output(raw, old.encoding, old.errors, line_buffering=raw.isatty()) if old else Output(raw, "utf-8")
    sys.stderr = sys.stderr or open(2, "w", errors="backslashreplace", closefd=False)


def drop(number: int) -> None:
    """Let a stream, and what it still holds back, lead nowhere: 1 is standard output, 2 what is said beside it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), number)


def remark(line: str) -> None:
    """Print a line where it is in nobody's way; one that has no place costs no work."""
    try:
        print(line, file=sys.stderr, flush=True)
    except OSError:  # the terminal is gone, say
        drop(2)
