"""The dated record of a pack: what was signed, by dyad and year, in the csv files of its folder `record/`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cordiale.case.fields import Names
from cordiale.case.load import LoadedPack, check_stays
from cordiale.case.pack import Pack, Rung
from cordiale.files.csv_file import Row, csv_rows
from cordiale.files.errors import OptionError, did_you_mean, short, shown
from cordiale.files.yaml_file import text_of

FOLDER = "record"
COLUMNS = ("dyad", "agreement", "signed", "in_force", "ended", "source")


@dataclass(frozen=True)
class Signing:
    """A row: one agreement of one dyad.

    Attributes
    ----------
    dyad : in the order of the alphabet
    signed, in_force, ended : years; None where it is not in force, or has not ended, by the start of the case
    file : name of the csv
    """

    dyad: str
    agreement: str
    signed: int
    in_force: int | None
    ended: int | None
    source: str
    file: str

    def signed_by(self, year: int) -> bool:
        """Whether it is signed, and has not ended, at the end of a year."""
        return self.signed <= year and not (self.ended is not None and self.ended <= year)

    def in_force_by(self, year: int) -> bool:
        """Whether it is in force at the end of a year."""
        return self.in_force is not None and self.in_force <= year and self.signed_by(year)


def read_register(loaded: LoadedPack) -> list[Signing]:
    """Return the rows of a pack's record, file by file.

    Raises FileError for a fault in a file, OptionError for a pack without one.
    """
    names, start = Names(loaded.pack), start_year(loaded.pack)
    files = _files(loaded)
    if not files:
        place = shown(loaded.folder / FOLDER)
        raise OptionError(f"the pack {loaded.pack.name} has no dated record: there is no csv in {place}")
    return [signing for file in files for signing in _signings(file, names, start)]


def has_register(loaded: LoadedPack) -> bool:
    """Whether a pack has a dated record."""
    return bool(_files(loaded))


def _files(loaded: LoadedPack) -> list[Path]:
    return sorted((loaded.folder / FOLDER).glob("*.csv"))


def start_year(pack: Pack) -> int:
    """Return the year in which a case starts, the last of its record."""
    return int(pack.case.start[:4])


def _signings(path: Path, names: Names, start: int) -> list[Signing]:
    check_stays(path, "the pack's folder")
    found: dict[tuple[str, str, int], int] = {}
    rows = []
    for row in csv_rows(path, text_of(path), COLUMNS, _missing):
        signing = _signing(row, names, start)
        key = (signing.dyad, signing.agreement, signing.signed)
        if key in found:
            row.fail(None, f"{signing.agreement} of {signing.dyad} stands twice: first in line {found[key]}")
        found[key] = row.line
        rows.append(signing)
    return rows


def _missing(columns: list[str]) -> str | None:
    """Return in words which columns a table lacks."""
    lacking = [f"'{name}'" for name in COLUMNS if name not in columns]
    return f"no column {' and '.join(lacking)}: a record has {','.join(COLUMNS)}" if lacking else None


def _signing(row: Row, names: Names, start: int) -> Signing:
    dyad = _dyad(row, names)
    agreement = row.cells["agreement"]
    if agreement not in names.agreements:
        row.fail("agreement", f"{short(agreement)} is no agreement of this pack{_hint(agreement, names.agreements)}")
    signed = _year(row, "signed", start)
    if signed is None:
        row.fail("signed", "no year of signature")
    in_force, ended = _year(row, "in_force", start), _year(row, "ended", start)
    for column, year in (("in_force", in_force), ("ended", ended)):
        if year is not None and year < signed:
            row.fail(column, f"'{column}' {year} lies before the signature of {signed}")
    if not row.cells["source"]:
        row.fail("source", "no source")
    return Signing(dyad, agreement, signed, in_force, ended, row.cells["source"], row.path.name)


def _dyad(row: Row, names: Names) -> str:
    text = row.cells["dyad"]
    codes = text.split("-")
    for code in codes:
        if len(codes) == 2 and code not in names.states:
            row.fail("dyad", f"{short(code)} is no state of this pack{_hint(code, names.states)}")
    try:
        return names.dyad(text)
    except KeyError:
        row.fail("dyad", f"{short(text)} is no dyad: write two states as ABC-DEF")


def _year(row: Row, column: str, start: int) -> int | None:
    """Return a year; None where the cell is empty."""
    year = row.number(column)
    if year is None:
        return None
    if year != int(year) or not 1800 <= year <= start:
        row.fail(column, f"'{column}' must be a year from 1800 to {start}, in which the case starts, not {year:g}")
    return int(year)


def _hint(name: str, known: Sequence[str]) -> str:
    return did_you_mean(name, known) or f" (known: {', '.join(known)})"


# ---------------------------------------------------------------- the pack as it was


def set_back(pack: Pack, year: int, register: Sequence[Signing] = ()) -> Pack:
    """Return a pack with ladder, talks and contracts as they were at the end of a year; all else is that of its start.

    Parameters
    ----------
    register : what was signed, also what has ended since; of all else the pack's own ladder says when it was signed
    """
    ours = {(signing.dyad, signing.agreement) for signing in register}
    names = Names(pack)
    apart = [rung for rung in pack.ties.ladder if (names.dyad(rung.dyad), rung.agreement) not in ours]
    held = {(each.dyad, each.agreement): each for each in _latest_first(register) if each.signed_by(year)}
    ladder = [_rung(each, year) for each in held.values()]
    ladder += [_earlier(rung, year) for rung in apart if rung.signed <= year]
    talks = [talk for talk in pack.ties.talks if talk.opened <= year]
    contracts = [contract for contract in pack.ties.contracts if contract.year <= year]
    ties = pack.ties.model_copy(update={"ladder": ladder, "talks": talks, "contracts": contracts})
    return pack.model_copy(update={"ties": ties})


def _latest_first(register: Sequence[Signing]) -> list[Signing]:
    """Return the rows so that of one dyad and agreement the first signature comes last."""
    return sorted(register, key=lambda each: -each.signed)


def _rung(signing: Signing, year: int) -> Rung:
    in_force = signing.in_force if signing.in_force_by(year) else None
    return Rung(
        dyad=signing.dyad,
        agreement=signing.agreement,
        signed=signing.signed,
        in_force=in_force,
        source=signing.source,
    )


def _earlier(rung: Rung, year: int) -> Rung:
    late = rung.in_force is not None and rung.in_force > year
    return rung.model_copy(update={"in_force": None}) if late else rung
