"""What another coding changes: how close pairs are at the start, and what every scenario does on the same worlds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from cordiale.analysis.agreement import Agreement, compared
from cordiale.analysis.properties import focus_of
from cordiale.case.load import scenario_names
from cordiale.case.public import votes
from cordiale.case.public.tables import Data
from cordiale.case.register import start_year
from cordiale.engine.sample import sample
from cordiale.files.errors import OptionError
from cordiale.models.random import Array
from cordiale.scenario.load import Scenario, load_scenario
from cordiale.study.intervals import interval, simultaneous

ISSUES = {  # of contested votes, as package unvotes calls them
    "all": "all contested votes", "co": "colonialism", "di": "arms control and disarmament",
    "ec": "economic development", "hr": "human rights", "me": "Middle East", "nu": "nuclear weapons",
}  # fmt: skip
CLEAR, LOST, NEW, TURNED, NEITHER = (
    "the same sign",
    "no longer clear",
    "clear only now",
    "the other sign",
    "clear in none",
)


@dataclass(frozen=True)
class Moved:
    """The effect of a scenario on the headline of the focus dyad in the last quarter, under two codings.

    Attributes
    ----------
    pack, other : mean and 95 % interval of the difference to what the scenario is read against
    together : the two intervals that hold for all scenarios of a coding at once
    shift : mean and 95 % interval of how far the coding changes the difference, world by world
    """

    title: str
    pack: tuple[float, float, float]
    other: tuple[float, float, float]
    together: tuple[tuple[float, float], tuple[float, float]]
    shift: tuple[float, float, float]

    @property
    def verdict(self) -> str:
        """How the second coding's effect stands to the first's, by the intervals that hold for all at once."""
        one, two = (low > 0 or high < 0 for low, high in self.together)
        if one and two:
            return CLEAR if (self.pack[0] > 0) == (self.other[0] > 0) else TURNED
        return LOST if one else NEW if two else NEITHER


@dataclass(frozen=True)
class Pair:
    """How close two states are.

    Attributes
    ----------
    pack, other : similarity at the start of the baseline under each coding, mean over worlds
    votes : share of contested votes in which the two voted alike; None where the tables have none
    """

    dyad: str
    pack: float
    other: float
    votes: float | None


@dataclass(frozen=True)
class TwoCodings:
    """The pack's own numbers and another coding of it.

    Attributes
    ----------
    scenario : the baseline
    agreement : of the two, number by number
    pairs : every dyad;  by_topic : issue of votes -> agreement and rank of the focus dyad, and how many dyads there are
    levels : the focus dyad's headline in the last quarter under each: 5, 50 and 95 % of worlds
    moved : every scenario with the baseline's horizon, the largest effect under the pack first
    """

    scenario: Scenario
    worlds: int
    agreement: Agreement
    pairs: list[Pair]
    by_topic: list[tuple[str, float, int, int]]
    levels: tuple[tuple[float, float, float], tuple[float, float, float]]
    moved: list[Moved]

    @property
    def focus(self) -> Pair:
        """The pair that the article is about."""
        dyad = focus_of(self.scenario)[0]
        return next(each for each in self.pairs if each.dyad == dyad)

    def count(self, verdict: str) -> int:
        """Return how many scenarios have a verdict."""
        return sum(each.verdict == verdict for each in self.moved)


def two_codings(
    coding: str | Path = "data", pack: str | None = None, worlds: int = 128, allow: Collection[str] = ()
) -> TwoCodings:
    """Return what another coding changes.

    Parameters
    ----------
    coding : name of a coding of the pack's, or a csv
    pack : name or folder; the only one of the nearest folder that has any where None
    worlds : in which each scenario is run under each coding
    allow : modules from which the pack may name a family of the user's own

    Raises
    ------
    FileError, OptionError
    """
    baseline = load_scenario("baseline", pack=pack, allow=allow)
    folder = baseline.loaded.folder
    loaded = [load_scenario(each, pack=folder, allow=allow) for each in scenario_names(folder) if each != "baseline"]
    own = [baseline, *(each for each in loaded if each.horizon == baseline.horizon)]
    if len(own) < 2:
        raise OptionError(f"the pack {baseline.loaded.pack.name} has no scenario beside its baseline to look at")
    again = [load_scenario(each.name, pack=folder, coding=coding, allow=allow) for each in own]
    if again[0].coding is None:
        raise OptionError("no other coding")  # for the type: load_scenario gives one or raises
    ends = [_ends(each, worlds) for each in (own, again)]
    similar = [_similar(each[0], worlds) for each in (own, again)]
    return TwoCodings(
        baseline, worlds, compared(baseline.loaded, again[0].coding), _pairs(baseline, *similar), _topics(baseline),
        (_spread(ends[0][:, 0]), _spread(ends[1][:, 0])), _moved(own, *ends),
    )  # fmt: skip


def _ends(scenarios: Sequence[Scenario], worlds: int) -> Array:
    """Return the focus dyad's headline in the last quarter, (worlds, scenarios)."""
    measure = f"{scenarios[0].family.headline}:{focus_of(scenarios[0])[0]}"
    return np.stack([each[measure][:, -1, 0] for each in sample(scenarios, [measure], worlds)], axis=1)


def _similar(baseline: Scenario, worlds: int) -> dict[str, float]:
    """Return the similarity of each dyad at the start, mean over worlds."""
    dyads = ["-".join(sorted(pair)) for pair in combinations(baseline.names.states, 2)]
    asked = [f"similarity:{dyad}" for dyad in dyads]
    found = sample([baseline], asked, worlds)[0]
    return {dyad: float(found[text][:, 0, 0].mean()) for dyad, text in zip(dyads, asked, strict=True)}


def _pairs(baseline: Scenario, pack: dict[str, float], other: dict[str, float]) -> list[Pair]:
    return [Pair(dyad, pack[dyad], other[dyad], found) for dyad, found in _alike(baseline, "all").items()]


def _alike(baseline: Scenario, issue: str) -> dict[str, float | None]:
    """Return how far each two states voted alike; None where the tables have no votes of theirs."""
    data, year, found = Data(), start_year(baseline.loaded.pack), dict[str, float | None]()
    for one, other in combinations(baseline.names.states, 2):
        alike = votes.alike(data, one, other, issue, year)
        found["-".join(sorted((one, other)))] = alike.mean if alike else None
    return found


def _topics(baseline: Scenario) -> list[tuple[str, float, int, int]]:
    focus, rows = focus_of(baseline)[0], []
    for issue, label in ISSUES.items():
        found = {dyad: value for dyad, value in _alike(baseline, issue).items() if value is not None}
        if focus in found:
            rank = 1 + sum(value > found[focus] for value in found.values())
            rows.append((label, found[focus], rank, len(found)))
    return rows


def _spread(values: Array) -> tuple[float, float, float]:
    low, median, high = np.quantile(values, [0.05, 0.5, 0.95])
    return float(low), float(median), float(high)


def _two(ends: Array) -> tuple[float, float]:
    return float(ends[0]), float(ends[1])


def _moved(scenarios: Sequence[Scenario], *ends: Array) -> list[Moved]:
    place = {each.name: at for at, each in enumerate(scenarios)}
    bases = [place.get(each.against or "", 0) for each in scenarios[1:]]
    moved = [found[:, 1:] - found[:, bases] for found in ends]
    together = [np.stack(simultaneous(found), axis=1) for found in moved]
    rows = [
        Moved(
            each.title, interval(moved[0][:, at]), interval(moved[1][:, at]),
            (_two(together[0][at]), _two(together[1][at])),
            interval(moved[1][:, at] - moved[0][:, at]),
        )
        for at, each in enumerate(scenarios[1:])
    ]  # fmt: skip
    return sorted(rows, key=lambda each: -abs(each.pack[0]))
