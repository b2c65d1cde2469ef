"""Public data up to 2018: the small tables beside this file, and a user's own files in the same columns.

Where the tables come from, and on which terms, stands in tables/NOTICE.md. One module for each subject reads them:
`votes`, `power`, `pacts`, `trade`, `disputes`, `states`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NoReturn

from cordiale.files.csv_file import Row, csv_rows
from cordiale.files.errors import FileError, OptionError, did_you_mean, short, shown
from cordiale.files.yaml_file import text_of

HERE = Path(__file__).parent / "tables"
LAST = 2018  # nothing later sets a number
FIRST = 2010  # the first year that all tables of states reach
MOST_LETTERS, NAMED = 200, 3  # of a text; lines of the user's that a source names
_STATE = re.compile(r"[A-Z]{3}")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Column:
    """What may stand in a column.

    Attributes
    ----------
    kind : "state", "year" (to 2018), "start" (a year from 1800 to 2018), "number", "whole", "month", "text"
    least, most : of a number, of a text its letters
    empty : whether the cell may be empty
    """

    kind: str
    least: float = float("-inf")
    most: float = float("inf")
    empty: bool = False


STATE, YEAR, START = Column("state"), Column("year"), Column("start")
TEXT, NAME = Column("text", 1, MOST_LETTERS), Column("text", 3, MOST_LETTERS)
FLAG, SHARE, AMOUNT = Column("whole", 0, 1), Column("number", 0, 1), Column("number", 0, 1e15)
POINT, COUNT = Column("number", -20, 20), Column("whole", 0, 10**6)
WORDS = Column("text", 1, MOST_LETTERS, empty=True)


@dataclass(frozen=True)
class Shape:
    """A table: its columns, those that name a row once, and what to cite.

    Attributes
    ----------
    columns : name -> what may stand there
    key : names of the columns whose values no two rows share; a user's row stands in place of ours with the same
    pair : the two columns that name a pair of states in any order; () where a row is of one state, or has a direction
    cite : how a number that comes from here names its source
    """

    columns: Mapping[str, Column]
    key: tuple[str, ...]
    pair: tuple[str, ...]
    cite: str


ONE_OF = ("iso3_a", "iso3_b")
VOETEN = "Bailey, Strezhnev and Voeten 2017"
TABLES: dict[str, Shape] = {
    "states": Shape({"iso3": STATE, "cow_code": Column("whole", 1, 999), "name": NAME}, ("iso3",), (), "names"),
    "ideal_points": Shape(
        {"iso3": STATE, "year": YEAR, "votes": TEXT, "n_votes": COUNT, "ideal_point": POINT, "q5": POINT, "q95": POINT},
        ("iso3", "year", "votes"), (), f"ideal points in the UN General Assembly, {VOETEN}, estimates of April 2020",
    ),
    "ideal_points_other_release": Shape(
        {"iso3": STATE, "year": YEAR, "ideal_point": POINT}, ("iso3", "year"), (), f"another release, {VOETEN}"
    ),
    "agreement": Shape(
        {"iso3_a": STATE, "iso3_b": STATE, "year": YEAR, "issue": TEXT, "n_votes": COUNT, "agree": SHARE},
        (*ONE_OF, "year", "issue"), ONE_OF, f"agreement in contested votes, package unvotes, {VOETEN}",
    ),
    "capability": Shape(
        {"iso3": STATE, "year": YEAR, "milex_kusd": Column("number", 0, 1e15, empty=True),
         "milper_k": Column("number", 0, 1e6, empty=True), "cinc": SHARE},
        ("iso3", "year"), (), "COW National Material Capabilities 7.0, Singer, Bremer and Stuckey 1972",
    ),
    "alliances": Shape(
        {"iso3_a": STATE, "iso3_b": STATE, "year": YEAR, "defense": FLAG, "consul": FLAG},
        (*ONE_OF, "year"), ONE_OF, "ATOP 5.1, Leeds, Ritter, Mitchell and Long 2002",
    ),
    "treaties": Shape(
        {"iso3_a": STATE, "iso3_b": STATE, "atopid": TEXT, "since": START, "defense": FLAG, "consul": FLAG},
        (*ONE_OF, "atopid"), ONE_OF, "ATOP 5.1, Leeds, Ritter, Mitchell and Long 2002",
    ),
    "defence_agreements": Shape(
        {"DCAid": TEXT, "iso3_a": STATE, "iso3_b": STATE, "signYear": START, "EIFYear": Column("start", empty=True),
         "type": TEXT, "category1": WORDS, "category2": WORDS, "category3": WORDS,
         "terminated": Column("whole", -99, 1, empty=True), "endYearEstimate": Column("start", empty=True)},
        ("DCAid",), (), "DCAD 1.0, Kinne 2020",
    ),
    "exports": Shape(
        {"exporter": STATE, "importer": STATE, "year": YEAR, "exports_musd": AMOUNT},
        ("exporter", "importer", "year"), (), "ITPD-E release 1, US International Trade Commission",
    ),
    "trade_totals": Shape(
        {"iso3": STATE, "year": YEAR, "exports_musd": AMOUNT, "imports_musd": AMOUNT},
        ("iso3", "year"), (), "ITPD-E release 1, US International Trade Commission",
    ),
    "disputes": Shape(
        {"iso3_a": STATE, "iso3_b": STATE, "year": YEAR, "dispnum": TEXT, "onset": FLAG, "side_a": FLAG,
         "hostlev_a": Column("whole", 0, 5), "originator_a": FLAG},
        (*ONE_OF, "year", "dispnum"), (), "COW Militarized Interstate Disputes 5.0, Palmer and others 2022",
    ),
    "rivalries": Shape(
        {"rivalry": TEXT, "iso3_a": STATE, "iso3_b": STATE, "start": START, "end": Column("start", empty=True)},
        (*ONE_OF, "start"), ONE_OF, "strategic rivalries, Thompson, Sakuwa and Suhas 2021",
    ),
    "distances": Shape(
        {"iso3_a": STATE, "iso3_b": STATE, "capital_km": Column("number", 0, 20100)}, ONE_OF, ONE_OF,
        "great circles between capitals",
    ),
    "elections": Shape(
        {"iso3": STATE, "office": TEXT, "due": Column("month"), "kind_of_date": TEXT}, ("iso3", "office"), (),
        "terms of office in force in 2018",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A row of a table: its values by column, and where it stands.

    Attributes
    ----------
    values : numbers, texts, and None for an empty cell; of a pair in any order, the states in that of the alphabet
    own : whether it is the user's
    """

    row: Row
    values: Mapping[str, str | float | None]
    own: bool

    def text(self, column: str) -> str:
        """Return a text."""
        return str(self.values[column] or "")

    def number(self, column: str) -> float:
        """Return a number; 0 for an empty cell."""
        return float(self.values[column] or 0.0)

    def year(self, column: str = "year") -> int:
        """Return a year."""
        return int(self.number(column))

    def has(self, column: str) -> bool:
        """Whether the cell is not empty."""
        return self.values[column] is not None


class Data:
    """All tables, the user's rows laid over those beside this file.

    Parameters
    ----------
    folder : with csv files of the user's own, each called as one of ours; None: ours alone

    Raises
    ------
    OptionError for a folder that is none, or has no table; FileError with line and column for a row that cannot be
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        own = _own(folder) if folder is not None else {}
        self._rows = {name: _laid_over(name, _shipped(name), own.get(name)) for name in TABLES}

    def rows(self, name: str) -> Sequence[Entry]:
        """Return the rows of a table, ours first."""
        return self._rows[name]

    def cite(self, name: str, *entries: Entry) -> str:
        """Return the source of a number that rests on some rows: the citation, or the user's file and lines."""
        own = [each for each in entries if each.own]
        if not own:
            return TABLES[name].cite
        lines = ", ".join(f"{each.row.path.name}:{each.row.line}" for each in own[:NAMED])
        more = f" and {len(own) - NAMED} more" if len(own) > NAMED else ""
        return f"the user's own file, {lines}{more}"

    def lacks(self, name: str, what: str) -> NoReturn:
        """Raise OptionError for what a table has no row of."""
        where = shown(self.folder / f"{name}.csv") if self.folder is not None else f"{name}.csv in the folder of --data"
        raise OptionError(f"{what}: give rows of it in {where}, with the columns {','.join(TABLES[name].columns)}")


def _own(folder: Path) -> dict[str, tuple[Entry, ...]]:
    if not folder.is_dir():
        raise OptionError(f"--data {short(str(folder))}: no such folder; it holds tables such as ideal_points.csv")
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".csv")
    for path in paths:
        if path.name != f"{path.stem}.csv" or path.stem not in TABLES:
            hint = did_you_mean(path.stem, TABLES) or f" (known: {', '.join(TABLES)})"
            raise FileError(path, None, None, f"{short(path.stem)} is the name of no table{hint}")
    if not paths:
        raise OptionError(f"--data {short(str(folder))}: no csv in it (known: {', '.join(TABLES)})")
    return {path.stem: _entries(path.stem, path, own=True) for path in paths}


@lru_cache(maxsize=len(TABLES))
def _shipped(name: str) -> tuple[Entry, ...]:
    return _entries(name, HERE / f"{name}.csv", own=False)


def _laid_over(name: str, ours: tuple[Entry, ...], own: tuple[Entry, ...] | None) -> tuple[Entry, ...]:
    if own is None:
        return ours
    taken = {_key(name, entry) for entry in own}
    return (*(entry for entry in ours if _key(name, entry) not in taken), *own)


def _key(name: str, entry: Entry) -> tuple[object, ...]:
    return tuple(entry.values[column] for column in TABLES[name].key)


def _entries(name: str, path: Path, own: bool) -> tuple[Entry, ...]:
    shape, found, once = TABLES[name], [], dict[tuple[object, ...], int]()

    def missing(columns: list[str]) -> str | None:
        lacking = [f"'{column}'" for column in shape.columns if column not in columns]
        return f"no column {' and '.join(lacking)}: {name}.csv has {','.join(shape.columns)}" if lacking else None

    for row in csv_rows(path, text_of(path), list(shape.columns), missing):
        values = {column: _value(row, column, about) for column, about in shape.columns.items()}
        if shape.pair:
            one, other = (str(values[column]) for column in shape.pair)
            if one == other:
                row.fail(shape.pair[1], f"{one} stands on both sides of the pair")
            values |= dict(zip(shape.pair, sorted((one, other)), strict=True))
        entry = Entry(row, values, own)
        _check_together(name, entry)
        key = _key(name, entry)
        if key in once:
            row.fail(None, f"{' '.join(str(each) for each in key)} stands twice: first in line {once[key]}")
        once[key] = row.line
        found.append(entry)
    return tuple(found)


def _value(row: Row, column: str, about: Column) -> str | float | None:
    text = row.cells[column]
    if not text:
        if about.empty:
            return None
        row.fail(column, f"'{column}' is empty")
    if about.kind == "text":
        if not about.least <= len(text) <= about.most:
            row.fail(column, f"{short(text)}: '{column}' has from {about.least:g} to {about.most:g} letters")
        return text
    if about.kind == "state":
        if not _STATE.fullmatch(text):
            row.fail(column, f"{short(text)} is no state: write three capital letters of ISO 3166, such as THA")
        return text
    if about.kind == "month":
        if not _MONTH.fullmatch(text):
            row.fail(column, f"{short(text)} is no month: write it as 2022-04")
        return text
    return _number(row, column, about)


def _number(row: Row, column: str, about: Column) -> float:
    number = row.number(column) or 0.0
    if about.kind in ("year", "start"):
        if number > LAST:
            row.fail(column, f"{number:g} is after {LAST}: nothing later sets a number")
        if number < 1800 or number != int(number):
            row.fail(column, f"'{column}' must be a year from 1800 to {LAST}, not {number:g}")
        return number
    if about.kind == "whole" and number != int(number):
        row.fail(column, f"'{column}' must be a whole number, not {number:g}")
    if not about.least <= number <= about.most:
        row.fail(column, f"{number:g} leaves the scale {about.least:g}..{about.most:g} of '{column}'")
    return number


def _check_together(name: str, entry: Entry) -> None:
    """Refuse values of one row that cannot be true at once."""
    if name == "ideal_points" and not entry.number("q5") <= entry.number("ideal_point") <= entry.number("q95"):
        entry.row.fail("q5", "q5 <= ideal_point <= q95 does not hold")
    if name == "rivalries" and entry.has("end") and entry.year("end") < entry.year("start"):
        entry.row.fail("end", "it ends before it starts")


def year_of(text: int) -> int:
    """Return a year for which the tables can speak; OptionError for another."""
    if not FIRST <= text <= LAST:
        why = "nothing later sets a number" if text > LAST else "the tables do not reach back further"
        raise OptionError(f"--year {text}: from {FIRST} to {LAST}; {why}")
    return text


@dataclass(frozen=True)
class Measured:
    """A number on the scale of a pack.

    Attributes
    ----------
    low, best, high : the range holds the best value
    says : the figures that it was made of, in words
    source : what to cite, or the user's file and lines
    """

    low: float
    best: float
    high: float
    says: str
    source: str

    def within(self, bottom: float = 0.0, top: float = 1.0) -> Measured:
        """Return the same, held to a scale."""
        low, best, high = (min(max(each, bottom), top) for each in (self.low, self.best, self.high))
        return Measured(low, best, high, self.says, self.source)
