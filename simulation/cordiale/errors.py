"""The exceptions of cordiale.

CordialeError
├── UserError        something the user typed or wrote; the command line exits with 2
│   ├── FileError    ... in a file, at a line and column
│   └── OptionError  ... in an option or an argument
└── StudyError       a study on disk that cannot be read or written; also the user's, exit 2
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path


class CordialeError(Exception):
    """Base of all errors that cordiale raises on purpose."""


class UserError(CordialeError):
    """What a user can mend; its text is one line."""


class FileError(UserError):
    """A fault in a file, with its place.

    Parameters
    ----------
    path : the file
    line, column : counted from 1; None where the fault has no place of its own
    """

    def __init__(self, path: Path | str, line: int | None, column: int | None, message: str) -> None:
        self.path, self.line, self.column, self.message = Path(path), line, column, message
        place = f"{shown(path)}:{line}:{column}" if line is not None else shown(path)
        super().__init__(f"{place}: {message}")


class OptionError(UserError):
    """A fault in an option, an argument, or a value passed from Python."""


class StudyError(UserError):
    """A study folder that cannot be written, or that is not one."""


def shown(path: Path | str) -> str:
    """Return a path as the user would type it: relative where it lies below the working directory."""
    path = Path(path)
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return "; did you mean X?" where a known name is near, else ''."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean '{near[0]}'?" if near else ""
