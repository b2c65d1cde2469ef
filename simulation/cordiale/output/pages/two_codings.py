"""docs/data-and-article.md: where public data and a pack part, and what that changes in the findings."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import Any

import numpy as np
from scipy.stats import rankdata

from cordiale.analysis.agreement import Alpha
from cordiale.analysis.properties import focus_of
from cordiale.analysis.two_codings import CLEAR, LOST, NEITHER, NEW, TURNED, Pair, TwoCodings
from cordiale.output.pages.baseline import markdown

WIDTH, MOST = 120, 10  # letters of a line; numbers that are shown as far apart
HEAD = """# Where data and article part

Made by `cordiale data --worlds {worlds} --out docs/data-and-article.md`: the pack's own numbers beside the coding
`{coding}`, which holds {numbers} numbers from public data to {year}; all others stay the pack's. Neither is the truth:
the article is one reading of what states want, and votes, trade and disputes are traces of something else. What a
number is made of, and why, stands in `agents/{pack}/codings/`; where the tables come from, and their terms, in
[licence, rights, citing](licence.md#public-data).

## Number by number

{words}

{groups}
Alpha is 1 where the two agree and 0 where they might have thrown dice; `mean difference` is data minus pack;
`outside` counts values that lie outside the pack's range. The next table has what is no ideal point.

{fields}
Those that lie farthest outside:

{far}
## {pair}

{focus}

{topics}
{ideals}
## What that changes in the findings

{levels}

{counts}

{moved}
## What the data do not say

- Trust, salience, practice, resolve and bandwidth: no public data set knows them. They stay the pack's.
- {silent} of the {issues} issues of the pack have no vote that speaks of them, and stay the pack's. {coded} have a
  proxy: how far a state votes apart from the one that the issue is about. A proxy was chosen after
  its agreement with the article was seen, and proxies that agreed less were left out: alphas of such issues flatter the
  data. It cannot tell criticism by name from a vote on something else.
- Disputes end in 2014, trade in 2016, defence agreements in 2010. What was felt in 2018 may be newer.
"""


def page(found: TwoCodings) -> str:
    """Return the page as Markdown."""
    pack, coding = found.scenario.loaded.pack, found.agreement.coding
    year, names = int(pack.case.start[:4]), focus_of(found.scenario)[1]
    coded, issues = len(found.agreement.issues), len(pack.case.issues)
    return HEAD.format(
        worlds=found.worlds, coding=coding.file, numbers=len(coding.cells), year=year,
        coded=coded, silent=issues - coded, issues=issues, pack=pack.name, pair=" and ".join(names),
        words="\n".join(fill(f"- {each}", WIDTH, subsequent_indent="  ") for each in found.agreement.sentences()),
        groups=_shown([_group(row) for row in found.agreement.issues]),
        fields=_shown([_group(row) for row in found.agreement.fields]),
        far=_shown([_far(row) for row in found.agreement.outside[:MOST]]), focus=fill(_focus(found), WIDTH),
        topics=_shown(_topics(found, year)), ideals=_shown(_ideals(found)), levels=fill(_levels(found), WIDTH),
        counts="\n\n".join(fill(each, WIDTH) for each in _counts(found)), moved=_table(found),
    )  # fmt: skip


def _shown(rows: Sequence[dict[str, Any]]) -> str:
    return markdown(rows) if rows else "None.\n"


def _topics(found: TwoCodings, year: int) -> list[dict[str, str]]:
    return [
        {f"votes of {year - 2} to {year}": label, "alike": f"{value:.2f}", "rank among pairs": f"{rank} of {of}"}
        for label, value, rank, of in found.by_topic
    ]


def _group(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: str(value) if isinstance(value, Alpha) else f"{value:+.2f}" if name == "mean difference" else value
        for name, value in row.items()
    }


def _far(row: dict[str, Any]) -> dict[str, str]:
    return {
        "number": f"`{row['path']}`", "pack": f"{row['pack']:g} ({row['pack low']:g} to {row['pack high']:g})",
        "data": f"{row['other']:g} ({row['other low']:g} to {row['other high']:g})",
        "difference": f"{row['difference']:+.2f}",
    }  # fmt: skip


def _focus(found: TwoCodings) -> str:
    """Return how close the two are in the article, under the coding and in votes, in words."""
    names = " and ".join(focus_of(found.scenario)[1])
    coded, voted = _ranks([each.pack for each in found.pairs]), [each for each in found.pairs if each.votes is not None]
    again = _ranks([each.other for each in found.pairs])
    at, of = found.pairs.index(found.focus), len(found.pairs)
    told = (
        f"In the article's positions {names} are the {_nth(coded[at])} closest of {of} pairs (similarity "
        f"{found.focus.pack:.2f}); with the coding's positions the {_nth(again[at])} ({found.focus.other:.2f}), as "
        "the model counts."
    )
    if found.focus not in voted:
        return told
    votes = _ranks([each.votes or 0.0 for each in voted])
    return (
        f"{told} In votes they are the {_nth(votes[voted.index(found.focus)])} of {len(voted)}: they voted alike in "
        f"{found.focus.votes or 0:.0%} of what was contested. Over all pairs the agreement in votes correlates "
        f"{_correlation(voted):.2f} with the article's similarity."
    )


def _ranks(values: Sequence[float]) -> list[int]:
    """Return the rank of each value, 1 of the largest."""
    return [int(rank) for rank in rankdata([-value for value in values], method="min")]


def _nth(rank: int) -> str:
    ending = "th" if 10 <= rank % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending}"


def _correlation(pairs: Sequence[Pair]) -> float:
    return float(np.corrcoef([each.pack for each in pairs], [each.votes or 0.0 for each in pairs])[0, 1])


def _ideals(found: TwoCodings) -> list[dict[str, str]]:
    """Return how far the two stand apart on each issue that the coding has of both."""
    first, second = focus_of(found.scenario)[0].split("-")
    cells, rows = {cell.path: cell for cell in found.agreement.coding.cells}, []
    for issue in found.scenario.names.issues:
        one, two = (cells.get(f"{code}.{issue}.ideal") for code in (first, second))
        if one is not None and two is not None:
            rows.append({
                "issue": issue,
                f"article: {first}, {second}": f"{one.packs.best:.2f}, {two.packs.best:.2f}",
                "apart": f"{two.packs.best - one.packs.best:+.2f}",
                f"data: {first}, {second}": f"{one.coded.best:.2f}, {two.coded.best:.2f}",
                "apart in data": f"{two.coded.best - one.coded.best:+.2f}",
            })  # fmt: skip
    return rows


def _levels(found: TwoCodings) -> str:
    pack, other = found.levels
    what = found.scenario.family.headline
    return (
        f"In the baseline {what} of the two has a median of {pack[1]:.2f} in the last quarter under the pack (90 % of "
        f"worlds {pack[0]:.2f} to {pack[2]:.2f}), and of {other[1]:.2f} under the coding ({other[0]:.2f} to "
        f"{other[2]:.2f})."
    )


def _counts(found: TwoCodings) -> list[str]:
    same, turned, lost, new, neither = (found.count(verdict) for verdict in (CLEAR, TURNED, LOST, NEW, NEITHER))
    told = (
        f"Of {len(found.moved)} scenarios on the same {found.worlds} worlds, {same} change it clearly and with the "
        f"same sign under both; the sign turns in {turned}; {lost} {_are(lost)} no longer clear under the coding, "
        f"{new} {_are(new)} clear only there, and {neither} {_are(neither)} clear in none. Clear means that the "
        "interval which holds for all scenarios at once is without 0. `change by the coding` is the difference of "
        "the two, world by world, with its 95 % interval."
    )
    named = {
        verdict: [each.title for each in found.moved if each.verdict == verdict] for verdict in (TURNED, LOST, NEW)
    }
    return [told, *(f"{verdict.capitalize()}: {'; '.join(titles)}." for verdict, titles in named.items() if titles)]


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _table(found: TwoCodings) -> str:
    return markdown([
        {
            "scenario": each.title, "pack": _interval(each.pack), "data": _interval(each.other),
            "change by the coding": _interval(each.shift), "under the coding": each.verdict,
        }
        for each in found.moved
    ])  # fmt: skip


def _interval(values: tuple[float, float, float]) -> str:
    mean, low, high = values
    return f"{mean:+.3f} ({low:+.3f} to {high:+.3f})"
