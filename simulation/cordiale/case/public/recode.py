"""A second coding of a pack from public data, where a field maps: the rows of a csv that `--coding` reads.

Which fields map, from what, stands in a csv of the pack, `codings/data.map.csv`, with a reason for each.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cordiale.case.coding import FOLDER, Recoded, widened
from cordiale.case.fields import Names
from cordiale.case.load import LoadedPack, check_stays
from cordiale.case.numbers import coded_numbers
from cordiale.case.public import disputes, power, trade, votes
from cordiale.case.public.states import known
from cordiale.case.public.tables import Data, Measured, year_of
from cordiale.case.register import start_year
from cordiale.files.csv_file import Row, csv_rows
from cordiale.files.errors import FileError, OptionError, did_you_mean, short, shown
from cordiale.files.yaml_file import text_of

MAP = "data.map.csv"
COLUMNS = ("field", "from", "of", "why")
DIGITS = 3
Maker = Callable[[Data, str, str, int], Measured | None]  # data, state, the state in `of`, year
MAKERS: dict[str, Maker] = {
    "all_votes": lambda data, code, _, year: votes.liberal_order(data, code, year),
    "votes_apart": votes.apart_from,
    "power": lambda data, code, at, year: power.capability(data, code, year, at),
    "disputes": disputes.threat,
    "trade": trade.dependence,
}
ALONE = ("all_votes",)  # which need no other state
AT = ("power",)  # whose other state is a place, and so may be the state itself


@dataclass(frozen=True)
class Mapped:
    """A row of the map: a field of states, and what it is made of.

    Attributes
    ----------
    field : what follows the state in a path, such as "china_tone.ideal"
    maker : one of MAKERS;  of : the other state, "" where none is needed
    why : why the one may stand for the other
    """

    field: str
    maker: str
    of: str
    why: str


def coding_text(loaded: LoadedPack, map_file: Path | None = None, folder: Path | None = None) -> str:
    """Return the csv of a coding from data: a row a state and field that maps, with range, basis and note.

    Parameters
    ----------
    map_file : which fields map; that of the pack where None
    folder : of the user's own tables

    Raises
    ------
    OptionError for a pack without a map, or one that starts when the tables know nothing; FileError for a fault in it
    """
    data, year = Data(folder), year_of(start_year(loaded.pack))
    names = Names(loaded.pack)
    numbers, found = coded_numbers(loaded, names), set(known(data))
    out = io.StringIO(newline="")
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(("path", "value", "low", "high", "basis", "note"))
    for mapped in read_map(map_file or _own_map(loaded), names, data):
        for code in names.states:
            path = f"{code}.{mapped.field}"
            itself = code == mapped.of and mapped.maker not in AT
            if itself or code not in found or path not in numbers:
                continue
            if (made := MAKERS[mapped.maker](data, code, mapped.of, year)) is not None:
                ends = _ends(made, numbers[path].coded.width_around(made.best))
                rows.writerow((path, *ends, "not in the article", f"{made.source}: {made.says}"))
    return out.getvalue()


def _own_map(loaded: LoadedPack) -> Path:
    path = loaded.folder / FOLDER / MAP
    if not path.is_file():
        raise OptionError(
            f"the pack {loaded.pack.name} does not say which of its numbers public data give: name a csv with the "
            f"columns {','.join(COLUMNS)} with --map, or lay it into {shown(path)}"
        )
    check_stays(path, "the pack's folder")
    return path


def read_map(path: Path, names: Names, data: Data) -> list[Mapped]:
    """Return the rows of a map; FileError for one that does not fit the pack."""
    found: dict[str, Mapped] = {}
    for row in csv_rows(path, text_of(path), COLUMNS, _missing):
        mapped = Mapped(row.cells["field"], row.cells["from"], row.cells["of"], row.cells["why"])
        _check(row, mapped, names, data)
        if mapped.field in found:
            row.fail("field", f"{mapped.field} stands twice")
        found[mapped.field] = mapped
    if not found:
        raise FileError(path, 1, 1, "no row below the names of the columns")
    return list(found.values())


def _check(row: Row, mapped: Mapped, names: Names, data: Data) -> None:
    try:
        names.canonical(f"{names.states[0]}.{mapped.field}")
    except KeyError as error:
        row.fail("field", str(error.args[0]))
    if mapped.maker not in MAKERS:
        hint = did_you_mean(mapped.maker, MAKERS) or f" (known: {', '.join(MAKERS)})"
        row.fail("from", f"{short(mapped.maker)} is nothing that the data give{hint}")
    states = known(data)
    if mapped.maker not in ALONE and mapped.of not in states:
        row.fail("of", f"{short(mapped.of)} is no state of the tables (known: {', '.join(states)})")
    if not mapped.why:
        row.fail("why", "no reason why the data may stand for the field")


def _missing(columns: list[str]) -> str | None:
    lacking = [f"'{name}'" for name in COLUMNS if name not in columns]
    return f"no column {' and '.join(lacking)}: a map has {','.join(COLUMNS)}" if lacking else None


def _ends(made: Measured, least: float) -> tuple[str, str, str]:
    """Return best, low and high as text, as wide as a number must be that no article supports."""
    best = round(made.best, DIGITS)
    own = Recoded(low=min(made.low, best), best=best, high=max(made.high, best), basis="not in the article",
                  source=made.source, locator=None, paraphrase=None)  # fmt: skip
    wide = widened(_OnUnit.model_validate(own.model_dump()), least) if own.high - own.low < least else own
    scale = 10**DIGITS
    low, high = math.floor(wide.low * scale + 1e-6) / scale, math.ceil(wide.high * scale - 1e-6) / scale
    return f"{best:g}", f"{low:g}", f"{high:g}"


class _OnUnit(Recoded):
    """The same on the scale of what the data give."""

    scale = (0.0, 1.0)
