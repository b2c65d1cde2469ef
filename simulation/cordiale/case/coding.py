"""Another coder's numbers for a pack, read from a csv, and laid over the pack's own.

Columns: `state,issue,value` for ideal points, or `path,value` for any number that is drawn; and as the
coder likes `low,high`, `basis` and `note`. The rules and an example: docs/howto/second-coder.md.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self, get_args

from pydantic import model_validator

from cordiale.case.fields import Names
from cordiale.case.load import check_stays, is_plain
from cordiale.case.numbers import Number
from cordiale.case.ranges import Basis, Coded, Free
from cordiale.files.csv_file import Row, csv_rows
from cordiale.files.errors import FileError, OptionError, did_you_mean, short, shown
from cordiale.files.yaml_file import text_of

FOLDER = "codings"  # of a pack, with codings that have a name there
COLUMNS = ("state", "issue", "path", "value", "low", "high", "basis", "note")
NEEDED = ("state", "issue", "value")
BASES: tuple[Basis, ...] = get_args(Basis)


class Recoded(Free):
    """A number of another coder; the reader of the csv has held it to the scale of the pack's number."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        return self


@dataclass(frozen=True)
class Cell:
    """One number of the coder.

    Attributes
    ----------
    path : canonical path of the number
    coded : the coder's range
    packs : the pack's own
    own_range : whether the coder gave low and high
    line, column : where the row stands in the file
    """

    path: str
    coded: Recoded
    packs: Coded
    own_range: bool
    line: int
    column: int


@dataclass(frozen=True)
class Coding:
    """The numbers of another coder, in the order of the file.

    Attributes
    ----------
    path : the file
    sha256 : of its content
    called : as a user would name it: the name of one of the pack's own, else the path; the path where empty
    """

    path: Path
    sha256: str
    cells: tuple[Cell, ...]
    called: str = ""

    @property
    def name(self) -> str:
        """What the coding is called where layers are named."""
        return f"coding {self.path.stem}"

    @property
    def file(self) -> str:
        """What texts call it: the name of the file, or of one of the pack's own."""
        return Path(self.called).name or self.path.name


def read_coding(path: Path | str, names: Names, numbers: dict[str, Number], pack: Path | None = None) -> Coding:
    """Return the coding in a csv; FileError with line and column where it does not fit the pack.

    Parameters
    ----------
    path : of a csv; or the name of one in the pack's folder `codings/`, where no file is called so
    names, numbers : of the pack that the coder coded anew
    pack : its folder
    """
    path, called = _place(Path(path), pack)
    text = text_of(path)
    reader = _Reader(path, names, numbers)
    cells = reader.cells(text)
    if not cells:
        raise FileError(path, 1, 1, "no row below the names of the columns")
    return Coding(path, hashlib.sha256(path.read_bytes()).hexdigest(), tuple(cells), called)


def own_codings(pack: Path) -> dict[str, Path]:
    """Return name -> file of the codings that lie in a pack's folder."""
    return {each.stem: each for each in sorted((pack / FOLDER).glob("*.csv")) if is_plain(each.stem)}


def _place(given: Path, pack: Path | None) -> tuple[Path, str]:
    """Return the file of a coding that is given by its path or its name, and what to call it."""
    own = own_codings(pack) if pack else {}
    if str(given) in own and not given.is_file():
        check_stays(own[str(given)], "the pack's folder")
        return own[str(given)], str(given)
    if not os.path.exists(given):  # which says no of a name that no file can have
        of_pack = did_you_mean(str(given), own) or (f", or a name: {', '.join(own)}" if own else "")
        raise OptionError(f"no coding {short(str(given))}: give the path of a csv{of_pack}")
    return given, shown(given)


def shifted(packs: Coded, value: float) -> tuple[float, float]:
    """Return the pack's range moved to another best value: low and high.

    The width is kept; where the range would leave the scale it is moved back to the end of the scale.
    """
    bottom, top = packs.bounds
    width = packs.high - packs.low
    low = min(max(value - (packs.best - packs.low), bottom), top - width)
    return low, low + width


class _Reader:
    """Rows of a csv, held to a pack."""

    def __init__(self, path: Path, names: Names, numbers: dict[str, Number]) -> None:
        self.path, self.names, self.numbers = path, names, numbers

    def cells(self, text: str) -> list[Cell]:
        """Return the cells; FileError for the first that does not fit."""
        found: dict[str, Cell] = {}
        for row in csv_rows(self.path, text, COLUMNS, _missing):
            path = self._path(row)
            if path in found:
                row.fail(None, f"{path} stands twice: first in line {found[path].line}")
            found[path] = self._cell(row, path)
        return list(found.values())

    def _path(self, row: Row) -> str:
        if "path" in row.cells:
            return self._drawn(row, "path", row.cells["path"])
        state, issue = row.cells["state"], row.cells["issue"]
        for column, name, known in (("state", state, self.names.states), ("issue", issue, self.names.issues)):
            if name not in known:
                hint = did_you_mean(name, known) or f" (known: {', '.join(known)})"
                row.fail(column, f"{short(name)} is no {column} of this pack{hint}")
        return self._drawn(row, "state", f"{state}.{issue}.ideal")

    def _drawn(self, row: Row, column: str, path: str) -> str:
        try:
            canonical = self.names.canonical(path)
        except KeyError as error:
            row.fail(column, str(error.args[0]))
        if canonical not in self.numbers:
            row.fail(column, f"{short(path)} is not drawn from a range: a lever sets it")
        return canonical

    def _cell(self, row: Row, path: str) -> Cell:
        packs = self.numbers[path].coded
        value, low, high = row.number("value"), row.number("low"), row.number("high")
        if value is None:
            row.fail("value", "no value")
        if (low is None) != (high is None):
            row.fail("low" if low is None else "high", "'low' and 'high' go together: give both, or neither")
        _check_scale(row, path, packs, {"value": value, "low": low, "high": high})
        basis = _basis(row, packs)
        least = packs.width_around(value) if basis == "not in the article" else 0.0
        if low is None or high is None:
            ends = shifted(widened(packs, least), value)
        elif not low <= value <= high:
            row.fail(
                "low" if low > value else "high", f"low <= value <= high does not hold: {low:g}, {value:g}, {high:g}"
            )
        elif high - low < least - 1e-9:
            row.fail("low", f"a number that is not in the article needs a wide range: at least {least:g}, or 'basis'")
        else:
            ends = low, high
        note = row.cells.get("note", "")
        source = f"{self.path.name}, line {row.line}" + (f": {note}" if note else "")
        coded = Recoded(
            low=ends[0], best=value, high=ends[1], basis=basis, source=source, locator=None, paraphrase=None
        )
        return Cell(path, coded, packs, low is not None, row.line, row.starts["value"])


def _check_scale(row: Row, path: str, packs: Coded, values: dict[str, float | None]) -> None:
    bottom, top = packs.bounds
    for column, value in values.items():
        if value is not None and not bottom <= value <= top:
            row.fail(column, f"{value:g} leaves the scale {bottom:g}..{top:g} of '{path}'")


def _basis(row: Row, packs: Coded) -> Basis:
    """Return the coder's basis, the pack's where the coder gave none."""
    text = row.cells.get("basis", "")
    if not text:
        return packs.basis
    found = next((basis for basis in BASES if basis == text), None)
    if found is None:
        hint = did_you_mean(text, BASES) or f" (known: {', '.join(BASES)})"
        row.fail("basis", f"{short(text)} is no basis{hint}")
    return found


def widened(packs: Coded, least: float) -> Coded:
    """Return the pack's range, as wide as a number without support must be."""
    extra = max(least - (packs.high - packs.low), 0.0)
    if not extra:
        return packs
    bottom, top = packs.bounds
    low = min(max(packs.low - extra / 2, bottom), top - least)
    return packs.model_copy(update={"low": low, "high": low + least})


def _missing(names: list[str]) -> str | None:
    """Return what a table without the columns that a coding needs lacks, in words; None where it has them."""
    if "path" in names and ("state" in names or "issue" in names):
        return "'path' stands in place of 'state' and 'issue': give one or the other"
    lacking = [f"'{name}'" for name in (("path", "value") if "path" in names else NEEDED) if name not in names]
    return f"no column {' and '.join(lacking)}: a coding has {','.join(NEEDED)}" if lacking else None
