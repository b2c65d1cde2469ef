"""Votes in the UN General Assembly: where states stand by topic, and how often two vote alike.

An ideal point (Bailey, Strezhnev and Voeten 2017) is the mean of a posterior; its range is the posterior from 5 to
95 %, widened to span two releases of the estimates. They differ by up to 0.63, of Russia.
"""

from __future__ import annotations

from dataclasses import dataclass

from cordiale.case.public.tables import Data, Entry, Measured

TOPICS = {  # as the table of ideal points names them -> what they are about
    "human_rights": "human rights",
    "middle_east": "the Middle East",
    "nuclear": "nuclear weapons",
}
BOTTOM, TOP = -2.5, 3.5  # ideal points of topics: on the scale of a pack 0 and 1; all since 2000 lie between
LIBERAL_BOTTOM, LIBERAL_TOP = -1.0, 2.6  # of all votes, as the scale of `liberal_order` has it
APART_LEAST = 0.4  # width of the range of a position that is read from how often two vote alike


def position(data: Data, code: str, topic: str, year: int) -> Measured:
    """Return where a state stands on a topic, 0..1; OptionError where it cast no votes up to the year."""
    row = _latest(data, code, topic, year)
    low, high, told = _ends(data, row)
    return _mapped(data, row, (low, high), (BOTTOM, TOP), told)


def liberal_order(data: Data, code: str, year: int) -> Measured:
    """Return a state's attachment to the liberal order, 0..1, from all its votes; OptionError where there are none."""
    row = _latest(data, code, "all", year)
    low, high, told = _ends(data, row)
    return _mapped(data, row, (low, high), (LIBERAL_BOTTOM, LIBERAL_TOP), told)


def _latest(data: Data, code: str, votes: str, year: int) -> Entry:
    rows = [each for each in data.rows("ideal_points")
            if each.text("iso3") == code and each.text("votes") == votes and each.year() <= year]  # fmt: skip
    if not rows:
        data.lacks("ideal_points", f"{code} has no ideal point of '{votes}' up to {year}")
    return max(rows, key=Entry.year)


def release_gap(data: Data, code: str) -> tuple[float, bool]:
    """Return by how much the other release lies above ours, and whether it is known of this state.

    Of a state of which only one release is known, the largest gap of any.
    """
    gaps = dict(_gaps(data))
    if code in gaps:
        return gaps[code], True
    return max((abs(gap) for gap in gaps.values()), default=0.0), False


def _gaps(data: Data) -> list[tuple[str, float]]:
    ours = {(each.text("iso3"), each.year()): each.number("ideal_point")
            for each in data.rows("ideal_points") if each.text("votes") == "all"}  # fmt: skip
    return [
        (each.text("iso3"), each.number("ideal_point") - ours[each.text("iso3"), each.year()])
        for each in data.rows("ideal_points_other_release")
        if (each.text("iso3"), each.year()) in ours
    ]


def _ends(data: Data, row: Entry) -> tuple[float, float, str]:
    """Return the ends of the range in ideal points, and why they are there."""
    gap, is_known = release_gap(data, row.text("iso3"))
    low, high, point = row.number("q5"), row.number("q95"), row.number("ideal_point")
    if is_known and row.text("votes") == "all":
        low, high = min(low, point + gap), max(high, point + gap)
        return low, high, f"another release has {point + gap:.2f}"
    low, high = low - abs(gap), high + abs(gap)
    what = "the gap" if is_known else "the largest gap"
    return low, high, f"{abs(gap):.2f} wider each way, {what} between two releases"


def _mapped(
    data: Data, row: Entry, ends: tuple[float, float], scale: tuple[float, float], told: str
) -> Measured:  # fmt: skip
    bottom, top = scale
    low, best, high = ((each - bottom) / (top - bottom) for each in (ends[0], row.number("ideal_point"), ends[1]))
    says = (
        f"ideal point {row.number('ideal_point'):.2f} in {row.year()} over {row.year('n_votes')} votes, posterior 5 to "
        f"95 % {row.number('q5'):.2f} to {row.number('q95'):.2f}, {told}; mapped linearly from {bottom:g}..{top:g}"
    )
    return Measured(low, best, high, says, data.cite("ideal_points", row)).within()


# ---------------------------------------------------------------- how often two vote alike


@dataclass(frozen=True)
class Alike:
    """How far two states voted alike on an issue: 1 where always, 0 where one said yes and the other no each time.

    Attributes
    ----------
    mean : over the years;  low, high : of single years
    votes : contested ones on which both voted
    """

    mean: float
    low: float
    high: float
    votes: int
    entries: tuple[Entry, ...]


def alike(data: Data, one: str, other: str, issue: str, year: int, years: int = 3) -> Alike | None:
    """Return how far two states voted alike in the last years; None where no row says so.

    Parameters
    ----------
    issue : "all", or a topic as package unvotes calls it: co, di, ec, hr, me, nu
    """
    pair = tuple(sorted((one, other)))
    rows = tuple(
        each for each in data.rows("agreement")
        if (each.text("iso3_a"), each.text("iso3_b")) == pair and each.text("issue") == issue
        and year - years < each.year() <= year
    )  # fmt: skip
    if not rows:
        return None
    votes = sum(each.year("n_votes") for each in rows)
    shares = [each.number("agree") for each in rows]
    weighted = [each.number("agree") * each.number("n_votes") for each in rows]
    mean = sum(weighted) / votes if votes else sum(shares) / len(shares)
    return Alike(mean, min(shares), max(shares), votes, rows)


def apart_from(data: Data, code: str, target: str, year: int) -> Measured | None:
    """Return how far a state votes apart from another, 0..1, where 1 is the largest distance from it of any state.

    It stands for what a state says of the other in public, as a proxy: few votes are about the other. None where the
    tables have no votes of the two.
    """
    found = alike(data, code, target, "all", year)
    others = {each.text(side) for each in data.rows("agreement") for side in ("iso3_a", "iso3_b")} - {target}
    far = [1 - each.mean for other in others if (each := alike(data, other, target, "all", year))]
    if found is None or not far or not max(far):
        return None
    top = max(far)
    best, ends = (1 - found.mean) / top, ((1 - found.high) / top, (1 - found.low) / top)
    low, high = min(ends[0], best - APART_LEAST / 2), max(ends[1], best + APART_LEAST / 2)
    says = (
        f"votes apart from {target} by {1 - found.mean:.2f} in {found.votes} contested votes of {year - 2} to {year}, "
        f"the farthest state by {top:.2f}; a proxy, since few of these votes are about {target}"
    )
    return Measured(low, best, high, says, data.cite("agreement", *found.entries)).within()
