"""Read a csv into rows of named cells that remember where each stands."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from cordiale.files.errors import FileError, did_you_mean, short
from cordiale.files.yaml_file import to_number


@dataclass(frozen=True)
class Row:
    """One row: name of a column -> text, and where each cell and the row begin."""

    path: Path
    line: int
    cells: dict[str, str]
    starts: dict[str, int]

    def fail(self, column: str | None, message: str) -> NoReturn:
        """Raise a FileError at a cell, at the row's beginning for None."""
        raise FileError(self.path, self.line, self.starts.get(column or "", 1), message)

    def number(self, column: str) -> float | None:
        """Return the number in a column, None where the cell is empty or the column is not there."""
        text = self.cells.get(column, "")
        if not text:
            return None
        number = to_number(text)
        if number is None:
            hint = "; a decimal number is written with a point" if to_number(text.replace(",", ".")) is not None else ""
            self.fail(column, f"'{column}' must be a number, not {short(text)}{hint}")
        if not math.isfinite(number):
            self.fail(column, f"'{column}' must be a finite number, not {short(text)}")
        return float(number)


def csv_rows(
    path: Path, text: str, columns: Sequence[str] | None, missing: Callable[[list[str]], str | None]
) -> Iterator[Row]:
    """Yield the rows of a csv below the line that names its columns; FileError where the table is no table.

    Parameters
    ----------
    text : what the file holds
    columns : names that a column may have; any where None
    missing : given the names, what is wrong with them as a whole, or None
    """
    lines = io.StringIO(text, newline="").readlines()
    reader = csv.reader(lines, strict=True)
    names: list[str] = []
    line = 0
    try:
        for found in reader:
            line, after = line + 1, reader.line_num
            starts = _starts("".join(lines[line - 1 : after]))
            if any(cell.strip() for cell in found):
                cells = [cell.strip() for cell in found]
                if not names:
                    names = _header(path, line, cells, starts, columns)
                    if fault := missing(names):
                        raise FileError(path, line, 1, fault)
                else:
                    yield _row(path, line, names, cells, starts)
            line = after
    except csv.Error as error:
        raise FileError(path, reader.line_num or 1, 1, f"not csv: {error}") from None
    if not names:
        raise FileError(path, 1, 1, "the file is empty: its first line names the columns")


def _row(path: Path, line: int, names: list[str], cells: list[str], starts: list[int]) -> Row:
    if len(cells) != len(names):
        at = starts[min(len(names), len(starts) - 1)] if len(cells) > len(names) else 1
        raise FileError(path, line, at, f"{len(cells)} cells, and the first line names {len(names)} columns")
    return Row(path, line, dict(zip(names, cells, strict=True)), dict(zip(names, starts, strict=False)))


def _starts(line: str) -> list[int]:
    """Return the column, from 1, at which each cell of a row begins."""
    starts, quoted = [1], False
    for at, sign in enumerate(line, start=1):
        quoted ^= sign == '"'
        if sign == "," and not quoted:
            starts.append(at + 1)
    return starts


def _header(path: Path, line: int, names: list[str], starts: list[int], columns: Sequence[str] | None) -> list[str]:
    """Return the names of the columns; FileError for one that is unknown, or twice there."""
    if len(names) == 1 and ";" in names[0]:
        raise FileError(path, line, 1, "one column with ';' in it: save the csv with ',' between its columns")
    for at, name in enumerate(names):
        if columns is not None and name not in columns:
            hint = did_you_mean(name, columns) or f" (known: {', '.join(columns)})"
            raise FileError(path, line, starts[at], f"unknown column {short(name)}{hint}")
        if name in names[:at]:
            raise FileError(path, line, starts[at], f"the column '{name}' stands twice")
    return names
