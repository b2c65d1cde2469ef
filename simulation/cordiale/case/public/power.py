"""What states can bring: military spending and the composite index of the Correlates of War project, and distance."""

from __future__ import annotations

import math
import statistics

from cordiale.case.public.tables import Data, Entry, Measured

MILES_A_DAY, KM_A_MILE = 375.0, 1.609344  # since 1945, Bueno de Mesquita 1981
YEARS = 3  # a range spans the last years


def index(data: Data, code: str, year: int) -> Entry:
    """Return a state's latest row; OptionError where there is none up to the year."""
    rows = _rows(data, code, year)
    if not rows:
        data.lacks("capability", f"{code} has no capability up to {year}")
    return rows[-1]


def _rows(data: Data, code: str, year: int) -> list[Entry]:
    """Return a state's rows up to a year, in order: of years in which the tables have others beside it."""
    table = [each for each in data.rows("capability") if each.year() <= year]
    others = {each.year() for each in table if each.text("iso3") != code and each.number("cinc")}
    return sorted((each for each in table if each.text("iso3") == code and each.year() in others), key=Entry.year)


def strongest(data: Data, codes: list[str], year: int) -> list[str]:
    """Return states by their index of capability, the largest first."""
    return sorted(codes, key=lambda code: (-index(data, code, year).number("cinc"), code))


def capability(data: Data, code: str, year: int, at: str | None = None) -> Measured:
    """Return a state's capability, 0..1, where 1 is the strongest anywhere.

    Two shares of the strongest state's, of military spending and of the composite index (CINC), and their square
    roots: the first say that half the means are half the strength, the second that the first ships count most. The
    best value is the median of the four, over the last years; the range spans them all.

    Parameters
    ----------
    at : a state; with it, what is left of strength at the distance between the two capitals (Bueno de Mesquita 1981)
    """
    rows = _rows(data, code, year)[-YEARS:]
    if not rows:
        data.lacks("capability", f"{code} has no capability up to {year}")
    shares = [share for row in rows for share in _shares(data, row)]
    away = _kilometres(data, code, at) if at else 0.0
    if at and away:
        shares = [left_at(share, away) for share in shares]
    several = [*shares, *map(math.sqrt, shares)]
    last = rows[-1]
    spent = (
        f"military spending {last.number('milex_kusd') / 1e6:.1f} billion dollars, " if last.has("milex_kusd") else ""
    )
    far = f", less with {away:,.0f} km to the capital of {at}" if at and away else ""
    says = (
        f"{spent}CINC {last.number('cinc'):.4f} in {last.year()}; as shares of the largest, and their square roots"
        f"{far}; the median, and all of the last {len(rows)} years"
    )
    return Measured(
        min(several), statistics.median(several), max(several), says, data.cite("capability", *rows)
    ).within()


def _shares(data: Data, row: Entry) -> list[float]:
    """Return a row's index and spending as shares of the largest of that year."""
    same = [each for each in data.rows("capability") if each.year() == row.year()]
    found = []
    for column in ("cinc", "milex_kusd"):
        top = max((each.number(column) for each in same), default=0.0)
        if row.has(column) and top:
            found.append(row.number(column) / top)
    return found


def _kilometres(data: Data, one: str, other: str) -> float:
    """Return the distance between two capitals; 0 of a state with itself."""
    if one == other:
        return 0.0
    pair = tuple(sorted((one, other)))
    for each in data.rows("distances"):
        if (each.text("iso3_a"), each.text("iso3_b")) == pair:
            return each.number("capital_km")
    data.lacks("distances", f"no distance between {one} and {other}")


def left_at(share: float, kilometres: float) -> float:
    """Return what is left of a share of strength at a distance: share ** log10(days + 10 - e), days of transport."""
    days = kilometres / KM_A_MILE / MILES_A_DAY
    return float(share ** max(math.log10(days + 10 - math.e), 1.0))
