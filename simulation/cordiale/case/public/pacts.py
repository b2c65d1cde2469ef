"""Treaties and agreements that bind two states: alliances (ATOP) and defence cooperation agreements (DCAD)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from cordiale.case.public.tables import Data, Entry, Measured

CONSULTATION, TREATY = "consultation", "defence_treaty"
GENERAL, TRAINING, EQUIPMENT = "defence_cooperation", "training_agreement", "equipment_agreement"
LAST_AGREEMENT = 2010  # where the data set of defence cooperation agreements ends


@dataclass(frozen=True)
class Bond:
    """An agreement that two states have in force.

    Attributes
    ----------
    signed : year;  approximate : whether the tables only say that it was in force by then
    """

    pair: tuple[str, str]
    agreement: str
    signed: int
    approximate: bool
    says: str
    source: str


def bonds(data: Data, codes: list[str], year: int) -> list[Bond]:
    """Return what binds each two of some states at the end of a year, pair by pair in the order of the alphabet."""
    ordered = sorted(codes)
    pairs = [(one, other) for at, one in enumerate(ordered) for other in ordered[at + 1 :]]
    return [bond for pair in pairs for bond in (*_alliances(data, pair, year), *_agreements(data, pair, year))]


def allies(data: Data, code: str, year: int) -> set[str]:
    """Return the states to which a defence pact binds a state in a year, of all that the tables know."""
    pairs = [_pair(each) for each in data.rows("alliances") if each.year() == year and each.number("defense")]
    return {other for pair in pairs if code in pair for other in pair if other != code}


def _alliances(data: Data, pair: tuple[str, str], year: int) -> list[Bond]:
    rows = {each.year(): each for each in data.rows("alliances") if _pair(each) == pair and each.year() <= year}
    if year not in rows:
        return []
    found = []
    for column, agreement, what in (("defense", TREATY, "defence pact"), ("consul", CONSULTATION, "duty to consult")):
        if rows[year].number(column):
            since, exact = _since(data, pair, column, year, rows)
            says = f"a {what} in force in {year}, " + (f"since {since}" if exact else f"in the table from {since} on")
            found.append(Bond(pair, agreement, since, not exact, says, data.cite("alliances", rows[year])))
    return found


def _since(
    data: Data, pair: tuple[str, str], column: str, year: int, rows: dict[int, Entry]
) -> tuple[int, bool]:  # fmt: skip
    """Return the year in which the oldest treaty of a kind bound both, or the first of the table without a gap."""
    treaties = [each.year("since") for each in data.rows("treaties") if _pair(each) == pair and each.number(column)]
    if treaties and min(treaties) <= year:
        return min(treaties), True
    first = year
    while first - 1 in rows and rows[first - 1].number(column):
        first -= 1
    return first, False


def _agreements(data: Data, pair: tuple[str, str], year: int) -> list[Bond]:
    rows = sorted((each for each in data.rows("defence_agreements") if _pair(each) == pair and _in_force(each, year)),
                  key=lambda each: (each.year("signYear"), each.text("DCAid")))  # fmt: skip
    found = []
    for agreement, is_one, what in KINDS:
        first = next((each for each in rows if is_one(each)), None)
        if first is not None:
            says = f"{first.text('DCAid')}: {what}"
            source = data.cite("defence_agreements", first)
            found.append(Bond(pair, agreement, first.year("signYear"), False, says, source))
    return found


def _pair(entry: Entry) -> tuple[str, ...]:
    return tuple(sorted((entry.text("iso3_a"), entry.text("iso3_b"))))


def _in_force(entry: Entry, year: int) -> bool:
    """Whether an agreement is signed and not known to have ended; without a year in force that of signature stands."""
    begins = entry.year("EIFYear") if entry.has("EIFYear") else entry.year("signYear")
    ended = entry.number("terminated") == 1 and entry.year("endYearEstimate") <= year
    return begins <= year and not ended


def _categories(entry: Entry) -> set[str]:
    return {entry.text(f"category{at}") for at in (1, 2, 3)}


KINDS: tuple[tuple[str, Callable[[Entry], bool], str], ...] = (
    (GENERAL, lambda each: each.text("type") == "general", "general agreement on defence cooperation"),
    (TRAINING, lambda each: "TREX" in _categories(each), "agreement on training and exercises"),
    (EQUIPMENT, lambda each: bool({"PROCUREMENT", "RESEARCH"} & _categories(each)),
     "agreement on procurement or research"),
)  # fmt: skip


def opening(data: Data, agreement: str, year: int) -> Measured:
    """Return the logit of the chance a year that a pair signs its first agreement of a kind, from those of two decades.

    The pairs are all of the states that the tables know; the range is a factor of two each way in the odds, and spans
    the two decades.
    """
    is_one, what = next((test, said) for name, test, said in KINDS if name == agreement)
    rows = [each for each in data.rows("defence_agreements") if is_one(each) and not each.own]
    firsts: dict[tuple[str, ...], int] = {}
    for each in rows:
        firsts[_pair(each)] = min(firsts.get(_pair(each), each.year("signYear")), each.year("signYear"))
    states = {each.text("iso3") for each in data.rows("states") if not each.own}
    pairs = len(states) * (len(states) - 1) // 2
    last = min(year, LAST_AGREEMENT)
    rates, counts = [], []
    for start in (last - 19, last - 9):
        count = sum(start <= signed <= start + 9 for signed in firsts.values())
        free = pairs - sum(signed < start for signed in firsts.values())
        counts.append(count)
        rates.append(max(count, 1) / (10 * free))
    logits = [math.log(rate / (1 - rate)) for rate in rates]
    best = sum(logits) / 2
    low, high = min(*logits, best - math.log(2)), max(*logits, best + math.log(2))
    says = (
        f"{counts[0]} pairs of {pairs} signed their first {what} in {last - 19} to {last - 10}, and {counts[1]} in "
        f"{last - 9} to {last}"
    )
    return Measured(low, best, high, says, data.cite("defence_agreements"))
