"""The stable splits of any actors whose propensities and sizes stand in two csv files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cordiale.files.csv_file import Row, csv_rows
from cordiale.files.errors import FileError, OptionError, did_you_mean, short
from cordiale.files.yaml_file import text_of
from cordiale.models.landscape import Minimum, minima
from cordiale.models.random import Array
from cordiale.study.result import Result

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class Splits(Result):
    """Every stable split of some actors, the lowest energy first."""

    kind = "splits"
    minima: list[Minimum]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return a row a split: energy, either side, and how many splits lead to it."""
        import pandas as pd

        rows = [
            {"energy": each.energy, "one side": ", ".join(each.sides[0]), "other side": ", ".join(each.sides[1]),
             "basin": each.basin}
            for each in self.minima
        ]  # fmt: skip
        return {"splits": pd.DataFrame(rows)}

    def sentences(self) -> list[str]:
        """Return each split in a sentence."""
        whole = sum(each.basin for each in self.minima)
        return [
            f"Energy {each.energy:,.1f}, to which {each.basin:,} of {whole:,} splits lead: "
            f"{' against '.join(', '.join(side) or 'nobody' for side in each.sides)}."
            for each in self.minima
        ]

    def record(self) -> dict[str, Any]:
        """Return what a program would read of it, as JSON."""
        return {"minima": [asdict(each) for each in self.minima]}


def splits(propensity: Path | str, sizes: Path | str, centre: float | None = None) -> Splits:
    """Return every stable split of the actors in two tables, the lowest energy first.

    Parameters
    ----------
    propensity : csv of a column "actor" and one column for each actor, -1 to 1; the diagonal does not count
    sizes : csv with the columns "actor" and "size"; other columns are ignored
    centre : what is taken from each propensity that is on another scale, such as 3 for 1 to 5

    Raises
    ------
    FileError, with line and column, where a table does not fit; OptionError for too few or too many actors
    """
    actors, matrix = read_propensity(_file(propensity), centre)
    return Splits(minima(actors, matrix, read_sizes(_file(sizes), actors)))


def read_propensity(path: Path, centre: float | None = None) -> tuple[list[str], Array]:
    """Return the actors, and (N, N) the propensity of the row's actor to the column's; 0 on the diagonal."""
    rows: dict[str, list[float]] = {}
    actors: list[str] = []
    for row in csv_rows(path, text_of(path), None, _no_square):
        actors = [name for name in row.cells if name != "actor"]
        actor = _actor(row, actors, rows)
        rows[actor] = [0.0 if name == actor else _propensity(row, name, centre) for name in actors]
    if not rows:
        raise FileError(path, 1, 1, "no row below the names of the columns")
    if left := [name for name in actors if name not in rows]:
        raise FileError(path, 1, 1, f"no row of {short(left[0])}, which has a column")
    return actors, np.array([rows[name] for name in actors])


def read_sizes(path: Path, actors: list[str]) -> Array:
    """Return the size of each actor, (N,)."""
    found: dict[str, float] = {}
    for row in csv_rows(path, text_of(path), None, _no_sizes):
        actor, size = _actor(row, actors, found), row.number("size")
        if size is None or size < 0:
            row.fail("size", f"the size of {short(actor)} must be a number that is not negative")
        found[actor] = size
    if left := [name for name in actors if name not in found]:
        raise FileError(path, 1, 1, f"no size of {short(left[0])}")
    return np.array([found[name] for name in actors])


def _file(path: Path | str) -> Path:
    if not os.path.isfile(path):  # which says no of a name that no file can have
        raise OptionError(f"no file {short(str(path))}: give the path of a csv")
    return Path(path)


def _no_square(names: list[str]) -> str | None:
    return None if "actor" in names else "no column 'actor': the first line is actor, and then the name of each actor"


def _no_sizes(names: list[str]) -> str | None:
    left = [name for name in ("actor", "size") if name not in names]
    return f"no column '{left[0]}'{did_you_mean(left[0], names)}: the columns are actor and size" if left else None


def _actor(row: Row, actors: list[str], before: Mapping[str, object]) -> str:
    """Return the actor of a row that is known and not there yet."""
    name = row.cells["actor"]
    if name not in actors:
        row.fail("actor", f"{short(name)} has no column of propensities{did_you_mean(name, actors)}")
    if name in before:
        row.fail("actor", f"{short(name)} stands twice")
    return name


def _propensity(row: Row, name: str, centre: float | None) -> float:
    value = row.number(name)
    if value is None:
        row.fail(name, f"no propensity of {short(row.cells['actor'])} and {short(name)}")
    if centre is None and not -1 <= value <= 1:
        row.fail(name, f"{value:g} is not in -1 to 1; for another scale give its middle, such as --centre 3 for 1 to 5")
    return value - (centre or 0.0)
