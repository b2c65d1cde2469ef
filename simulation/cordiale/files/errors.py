"""The exceptions of cordiale.

CordialeError
└── UserError        something that the user can mend; the command line exits with 2
    ├── FileError    ... in a file, at a line and column
    ├── OptionError  ... in an option or an argument
    └── StudyError   ... in a study on disk that cannot be read or written

StudyWarning         something in a study that was mended, or kept out, and that the user should know
"""

from __future__ import annotations

import difflib
import os
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

LONGEST = 2000  # characters of a message, whatever a file makes it quote


class CordialeError(Exception):
    """Base of all errors that cordiale raises on purpose."""


class UserError(CordialeError):
    """What a user can mend; its text is one line, whatever the user wrote."""

    def __str__(self) -> str:
        return _shortened(" ".join(str(part) for part in self.args))


class FileError(UserError):
    """A fault in a file, with its place.

    Parameters
    ----------
    path : the file
    line, column : counted from 1; None where the fault has no place of its own

    Attributes
    ----------
    others : the other faults that were found with it
    """

    others: tuple[FileError, ...] = ()

    def __init__(self, path: Path | str, line: int | None, column: int | None, message: str) -> None:
        super().__init__(path, line, column, message)  # all of them, so that the error can be pickled
        self.path, self.line, self.column, self.message = Path(path), line, column, message

    def __str__(self) -> str:
        place = f"{shown(self.path)}:{self.line}:{self.column}" if self.line is not None else shown(self.path)
        return _shortened(f"{place}: {self.message}")


def together(faults: Sequence[FileError]) -> FileError:
    """Return the first of some faults, which then holds the others, each once."""
    first, *others = {str(each): each for fault in faults for each in (fault, *fault.others)}.values()
    first.others = tuple(others)
    return first


Given = TypeVar("Given")


class Faults(list[FileError]):
    """What a check found that goes on after a fault."""

    def noted(self, check: Callable[[], Given]) -> Given | None:
        """Return what a check gives; None where it fails, which is noted."""
        try:
            return check()
        except FileError as fault:
            self.extend((fault, *fault.others))
            return None

    def raise_any(self) -> None:
        """Raise all that was found as one error, if anything was."""
        if self:
            raise together(self)


class OptionError(UserError):
    """A fault in an option, an argument, or a value passed from Python."""


class StudyError(UserError):
    """A study folder that cannot be written, or that is not one."""


class StudyWarning(UserWarning):
    """What a user should know of a study that goes on all the same."""


def shown(path: Path | str) -> str:
    """Return a path as the user would type it: relative where it lies below the working directory."""
    if "://" in str(path):
        return str(path)
    try:
        return str(Path(os.path.abspath(path)).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def one_line(text: str) -> str:
    """Return a text in which what would break the line, or steer a terminal, is written out."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def _shortened(message: str) -> str:
    text = one_line(message[: LONGEST + 1])
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def short(value: object, mark: str = "'") -> str:
    """Return a value as a message quotes it: text between marks, at most 60 characters."""
    text = "nothing" if value is None else one_line(str(value))
    text = text if len(text) <= 60 else text[:57] + "..."
    return f"{mark}{text}{mark}" if isinstance(value, str) else text


@contextmanager
def named_in(option: str, given: object) -> Iterator[None]:
    """Put an option and what it was given before the text of an OptionError."""
    try:
        yield
    except OptionError as error:
        raise OptionError(f"{option} {short(given)}: {error}") from None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return "; did you mean X?" where a known name is near, else ''; capital letters do not count.

    A letter that only looks like the right one is named: such letters come with text from elsewhere.
    """
    return suggested(name, nearest(name, known))


def suggested(name: str, near: str | None) -> str:
    """Return "; did you mean X?" of a name that is near one that a user wrote; "" where None is."""
    return f"; did you mean '{near}'?{odd_letter(name, near)}" if near else ""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is nearest to one that is not known; None where none is near."""
    names = {each.casefold(): each for each in known}
    near = difflib.get_close_matches(name[:200].casefold(), list(names), n=1, cutoff=0.6)
    return names[near[0]] if near else None


def odd_letter(text: str, usual: str = "") -> str:
    """Return the name of the first letter that is neither ASCII nor usual, in brackets; '' without one."""
    odd = next((char for char in text if not char.isascii() and char not in usual), None)
    return f" ('{one_line(odd)}' is {unicodedata.name(odd, 'a sign without a name').lower()})" if odd else ""
