"""Militarised disputes and rivalries: whom a state may fear, and who starts disputes."""

from __future__ import annotations

from cordiale.case.public import pacts
from cordiale.case.public.tables import Data, Entry, Measured

YEARS = 10  # a threat is what happened in the last ten years of the table
OFTEN = 5.0  # disputes in those years that are as many as can be counted: one in two years
UNSEEN = 0.25  # by how much a threat may be larger than what the data see of it
STARTS = 2  # disputes that a state started in those years, before it is one that others may fear


def window(data: Data, year: int) -> tuple[int, int]:
    """Return the first and the last year of the disputes that count."""
    last = max((each.year() for each in data.rows("disputes") if each.year() <= year), default=year)
    return last - YEARS + 1, last


def rivals(data: Data, one: str, other: str, year: int) -> Entry | None:
    """Return the row of a rivalry of two states that goes on at the end of a year; None where there is none."""
    pair = tuple(sorted((one, other)))
    for each in data.rows("rivalries"):
        ends = each.year("end") if each.has("end") else year + 1
        if (each.text("iso3_a"), each.text("iso3_b")) == pair and each.year("start") <= year < ends:
            return each
    return None


def of(data: Data, one: str, other: str, year: int) -> list[Entry]:
    """Return the disputes of a state with another in the window: what the first did."""
    first, last = window(data, year)
    rows = data.rows("disputes")
    found = [each for each in rows if each.text("iso3_a") == one and each.text("iso3_b") == other]
    return [each for each in found if first <= each.year() <= last]


def started(data: Data, one: str, other: str, year: int) -> list[Entry]:
    """Return the disputes with another that a state was in from the start, on the side that acted first."""
    found = of(data, one, other, year)
    return [each for each in found if all(each.number(sign) for sign in ("onset", "side_a", "originator_a"))]


def threat(data: Data, code: str, by: str, year: int) -> Measured:
    """Return how far a state may feel threatened by another, 0..1.

    Three signs: a rivalry that goes on (1 or 0), the highest level of hostility that the other reached against it
    (0 to 5, as a share of 5), and how many disputes they had (of 5). The best value is their mean; the range spans
    them, and reaches a quarter of the scale above it, since what falls short of a show of force is not in the data.
    """
    rivalry, acts = rivals(data, code, by, year), of(data, by, code, year)
    first, last = window(data, year)
    level = max((each.number("hostlev_a") for each in acts), default=0.0)
    count = len({each.text("dispnum") for each in acts})
    signs = [1.0 if rivalry else 0.0, level / 5, min(count / OFTEN, 1.0)]
    told = f"a rivalry since {rivalry.year('start')}" if rivalry else "no rivalry"
    says = (
        f"{told}; {count} militarised dispute{'' if count == 1 else 's'} of {first} to {last}"
        + (f", of hostility {level:g} of 5 at most" if count else "")
        + "; the mean of three signs, and all of them; fear of less than force is not in the data"
    )
    used = [*acts, *([rivalry] if rivalry else [])]
    sources = {data.cite("disputes", *(each for each in used if each.row.path.stem == "disputes")),
               data.cite("rivalries", *(each for each in used if each.row.path.stem == "rivalries"))}  # fmt: skip
    best = sum(signs) / 3
    return Measured(min(signs), best, max(*signs, best + UNSEEN), says, "; ".join(sorted(sources))).within()


def episodes(data: Data, by: str, codes: list[str], year: int) -> Measured:
    """Return how many disputes a state started in a year against any of some states: from half to twice of it."""
    first, last = window(data, year)
    found = [each for code in codes if code != by for each in started(data, by, code, year)]
    count = len({each.text("dispnum") for each in found})
    rate = max(count / YEARS, 0.05)
    says = f"{count} militarised disputes that it started with these states in {first} to {last}"
    return Measured(rate / 2, rate, rate * 2, says, data.cite("disputes", *found)).within(0, 6)


def challengers(data: Data, codes: list[str], year: int) -> list[str]:
    """Return whom the first two states may fear, in their order.

    A state that is a rival of one of the two, or started two disputes or more with one of them in ten years. Disputes
    of two that a defence pact binds, to each other or to the same third state, do not count. The second is one itself
    only where a rivalry binds the two.
    """
    first, second, *others = codes
    found = [second] if rivals(data, first, second, year) else []
    return found + [code for code in others if any(_may_be_feared(data, code, one, year) for one in (first, second))]


def _may_be_feared(data: Data, code: str, by: str, year: int) -> bool:
    if rivals(data, code, by, year):
        return True
    allies = pacts.allies(data, code, year)
    bound = by in allies or bool(allies & pacts.allies(data, by, year))
    return not bound and len(started(data, code, by, year)) >= STARTS
