"""Chances that somebody else gave to the same questions, from a csv: one more yardstick, sealed with the forecast."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from cordiale.analysis.sealed import DIGITS, MODEL, Chance
from cordiale.files.csv_file import Row, csv_rows
from cordiale.files.errors import OptionError, did_you_mean, short
from cordiale.files.yaml_file import text_of

COLUMNS = ("id", "chance", "worlds", "source")
FEWEST = 100  # what a chance counts as, where nobody says of how many worlds it is a share


def beside(paths: Sequence[str | Path], ids: Collection[str]) -> dict[str, dict[str, Chance]]:
    """Return forecaster -> id -> chance; a forecaster is called as its file, with spaces for `_`.

    Parameters
    ----------
    ids : of the questions that are forecast

    Raises
    ------
    OptionError where there is no file, or two are called the same; FileError for what is no chance, at its place
    """
    found: dict[str, dict[str, Chance]] = {}
    for given in paths:
        path = Path(given)
        name = path.stem.replace("_", " ")
        if not path.is_file():
            raise OptionError(f"--beside {short(str(given))}: no such file")
        if name in found or name == MODEL:
            raise OptionError(f"--beside {short(str(given))}: a forecaster called {short(name)} is there already")
        found[name] = _chances(path, ids)
    return found


def _chances(path: Path, ids: Collection[str]) -> dict[str, Chance]:
    found: dict[str, Chance] = {}
    for row in csv_rows(path, text_of(path), COLUMNS, _missing):
        name = row.cells["id"]
        if name not in ids:
            row.fail("id", f"{short(name)} is none of the questions{did_you_mean(name, ids)}")
        if name in found:
            row.fail("id", f"{short(name)} stands twice")
        found[name] = Chance(_share(row), _worlds(row))
    return found


def _share(row: Row) -> float:
    share = row.number("chance")
    if share is None or not 0 <= share <= 1:
        row.fail("chance", "a chance is a number from 0 to 1")
    return round(share, DIGITS)


def _worlds(row: Row) -> int:
    worlds = row.number("worlds")
    if worlds is None:
        return FEWEST
    if worlds < 1 or worlds != int(worlds):
        row.fail("worlds", "a number of worlds is whole, and not below 1")
    return int(worlds)


def _missing(columns: list[str]) -> str | None:
    left = [name for name in ("id", "chance") if name not in columns]
    return f"no column '{left[0]}': id and chance are needed" if left else None
