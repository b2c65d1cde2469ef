"""The race: packages are judged on the same worlds, which are doubled at each look, and those that cannot win go.

A few worlds name the first leader of each rule: a poor leader beats fewer packages, and none that it should not. At
each look the worlds seen before name the leaders, and fresh ones test every package against them: at the first as many
as a bound needs, later as many as there were. A package goes when every rule says that another beats it, and when no
regret needs it as the best of a future. The chance that the true best by any rule is beaten at any look is at most
`CHANCE` in all: Bonferroni shares it equally among rules and looks. What is left at the last look is not told apart,
which is a result.

Where a least gain is asked, packages that gain less on the mean over futures are no answers, whatever they cost. They
go as soon as that is known, and no leader is needed to know it: so they go from the first worlds on.

It assumes that a mean of differences over the fresh worlds, 32 at least, is as good as normal but for its skewness.
What happens in so few worlds that none of them shows it is not seen: after n worlds in which nothing happened it may
still happen in 3 / n of them (Hanley and Lippman-Hand 1983). So it is with packages that go because they are the same
in every world so far as one with fewer levers: no chance of error is told of them.

The race knows arrays alone, and no random number: its answer hangs on no process and no clock.

References
----------
Maron and Moore 1994 (racing); Even-Dar, Mannor and Mansour 2006 (best arm with a fixed confidence, by elimination);
Karnin, Koren and Somekh 2013 (sequential halving, which is not used: it drops half of the packages at each look
whatever they are, for one rule and with a fixed budget, and cannot say that packages are not told apart).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from cordiale.analysis.decision import MEAN, PARETO, Index, Rules, best_first, by_future, pareto
from cordiale.analysis.elimination import NONE, Beaten, beaten, short_of
from cordiale.models.random import Array
from cordiale.models.sums import Flags

CHANCE = 0.05  # that the true best by any rule is beaten
NAMED = 8  # worlds of each future that name the first leaders
FIRST = 32  # the fewest fresh ones of a look
MOST = 512  # worlds of each future at the last look


class More(Protocol):
    """Runs worlds: the same world n for every package, whichever packages are asked for and in however many parts.

    Where a least gain is asked each future has worlds of its own.
    """

    def __call__(self, packages: Index, worlds: range) -> tuple[Array, Array]:
        """Return gains, (packages, futures, worlds), and costs, (costs, packages, futures, worlds), maybe none."""


@dataclass(frozen=True)
class Look:
    """What one look did; the first one names leaders, and drops no package but those that are no answers.

    Attributes
    ----------
    worlds : of each future, so far
    packages : that were in
    left : of them afterwards
    """

    worlds: int
    packages: int
    left: int


@dataclass(frozen=True)
class Dropped:
    """A package that went.

    Attributes
    ----------
    package : its number
    worlds : of each future, when it went
    by : rule -> number of the package that beat it
    same_as : number of a package with fewer levers that was the same in every world; None where it was beaten
    short : whether it gained less than the least that was asked
    """

    package: int
    worlds: int
    by: Mapping[str, int]
    same_as: int | None = None
    short: bool = False


@dataclass(frozen=True)
class Race:
    """How a race ended. Packages are told by their numbers, in the order in which they were given.

    Attributes
    ----------
    rules : that judged
    packages : how many began
    left : (left,) packages that were not dropped, in their order: each may be the best by a rule, or of a future
    gains, costs : (left, futures, worlds), (costs, left, futures, worlds)
    values : rule -> (left,) value; of regret less is better; the Pareto front has none
    candidates : rule -> packages that the last look's fresh worlds did not beat, by their value; of the Pareto front
        by mean gain
    front : packages that no other dominates in the means of these worlds, by mean gain
    best_of : (futures,) package with the best mean in each future
    looks, dropped : in their order
    """

    rules: Rules
    packages: int
    left: Index
    gains: Array
    costs: Array
    values: Mapping[str, Array]
    candidates: Mapping[str, tuple[int, ...]]
    front: tuple[int, ...]
    best_of: tuple[int, ...]
    looks: tuple[Look, ...]
    dropped: tuple[Dropped, ...]

    @property
    def worlds(self) -> int:
        """Worlds of each future, at the last look."""
        return int(self.gains.shape[-1])

    def order(self, rule: str) -> list[int]:
        """Return the packages left by the value of a rule, the best first."""
        return [int(package) for package in self.left[best_first(rule, self.values[rule])]]

    def winner(self, rule: str) -> int:
        """Return the package with the best value of those that may be the best by a rule."""
        return self.candidates[rule][0]

    @property
    def unbeaten(self) -> int:
        """How many packages may be the best by a rule; others are left since they may be the best of a future."""
        return len({package for of in self.candidates.values() for package in of})

    def told_apart(self, rule: str) -> bool:
        """Return whether the winner by a rule is the only one that may be its best."""
        return len(self.candidates[rule]) == 1

    def value(self, rule: str, package: int) -> float:
        """Return the value of a package that is left."""
        return float(self.values[rule][int(np.searchsorted(self.left, package))])


def totals(named: int, first: int, most: int) -> list[int]:
    """Return how many worlds of each future there are: those that name, and those at each look, doubled each time.

    The last look has `most`, and so more or fewer fresh ones than there were before, but as many as the first at least.
    """
    found = [named, named + first]
    while most - found[-1] >= first:
        found.append(min(2 * found[-1], most))
    return [*found[:-1], most]


@dataclass(frozen=True)
class _Field:
    """The packages still in, with their worlds so far.

    Attributes
    ----------
    left : (left,) their numbers
    gains, costs : (left, futures, worlds), (costs, left, futures, worlds)
    """

    left: Index
    gains: Array
    costs: Array

    @property
    def worlds(self) -> int:
        return int(self.gains.shape[-1])

    def only(self, kept: Flags) -> _Field:
        """Return those that are kept."""
        return self if kept.all() else _Field(self.left[kept], self.gains[kept], self.costs[:, kept])

    @classmethod
    def start(cls, more: More, packages: int, worlds: int) -> _Field:
        """Return all packages with their first worlds."""
        left = np.arange(packages)
        gains, costs = more(left, range(worlds))
        _check(gains, costs, (packages, gains.shape[1], worlds))
        return cls(left, gains, costs)

    def run(self, more: More, total: int) -> _Field:
        """Return the same packages with worlds up to a total."""
        gains, costs = more(self.left, range(self.worlds, total))
        _check(gains, costs, (*self.gains.shape[:2], total - self.worlds), len(self.costs))
        return _Field(self.left, np.concatenate([self.gains, gains], -1), np.concatenate([self.costs, costs], -1))

    def without_short(self, least: float | None, chance: float) -> tuple[_Field, list[Dropped]]:
        """Return it without packages that gain less than a least, where one is asked.

        Parameters
        ----------
        chance : for each package, that it goes and gains as much
        """
        if least is None:
            return self, []
        short = short_of(self.gains, least, chance)
        if short.all():
            raise ValueError(f"no package gains {least} on the mean, and doing nothing must be among them")
        return self.only(~short), [Dropped(int(each), self.worlds, {}, short=True) for each in self.left[short]]

    def without_same(self, levers: Sequence[int]) -> tuple[_Field, list[Dropped]]:
        """Return it without packages that are the same in every world as one with fewer levers."""
        alike: dict[bytes, list[int]] = {}
        for at, package in enumerate(self.left):
            content = hashlib.blake2b((self.gains[at] + 0.0).tobytes())  # + 0.0: minus zero is zero
            content.update((self.costs[:, at] + 0.0).tobytes())
            alike.setdefault(content.digest(), []).append(int(package))
        smaller = {}
        for packages in alike.values():
            least = min(packages, key=lambda package: (levers[package], package))
            smaller.update({package: least for package in packages if levers[package] > levers[least]})
        gone = [Dropped(package, self.worlds, {}, smaller[package]) for package in sorted(smaller)]
        return self.only(~np.isin(self.left, list(smaller))), gone


def _check(gains: Array, costs: Array, wanted: tuple[int, ...], priced: int | None = None) -> None:
    """Raise ValueError where worlds have another shape than was asked for, or hold what is not finite."""
    if gains.shape != wanted or costs.shape[1:] != wanted or priced not in (None, len(costs)):
        raise ValueError(f"gains {gains.shape} and costs {costs.shape}: packages, futures and worlds are {wanted}")
    if not (np.isfinite(gains).all() and np.isfinite(costs).all()):
        raise ValueError("a gain or a cost is not a finite number")


def race(
    more: More,
    levers: Sequence[int],
    rules: Rules | None = None,
    named: int = NAMED,
    first: int = FIRST,
    most: int = MOST,
    chance: float = CHANCE,
    least: float | None = None,
) -> Race:
    """Return which packages may be the best by each rule.

    Memory: 8 bytes a world, future, package still in, and gain or cost, two to three times over.

    Parameters
    ----------
    more : runs the next worlds of the packages still in
    levers : (packages,) how many levers each package moves
    rules : mean, worst case, CVaR and regret, and the Pareto front where there are costs, if None
    named, first, most : worlds of each future that name the first leaders, fresh ones of the first look, and all at
        the last
    chance : that the true best by any rule is beaten, or any package goes that gains as much as the least
    least : the mean gain that a package must have; any may stay where None

    Raises
    ------
    ValueError for fewer than 2 worlds that name, 32 of the first look or both together at the last, no package, a
    chance that is none, or arrays of another shape or with a value that is not finite
    """
    if named < 2 or first < FIRST or most < named + first:
        raise ValueError(
            f"worlds {named}, {first} and {most}: at least 2 that name, {FIRST} of the first look, and both at the last"
        )
    if not len(levers) or not 0 < chance < 1:
        raise ValueError(f"{len(levers)} packages, chance of error {chance}: at least one, and between 0 and 1")
    rules, (_, *later) = rules or Rules(), totals(named, first, most)
    field, candidates = _Field.start(more, len(levers), named), dict[str, Index]()
    shares = len(rules.names(len(field.costs))) + (least is not None)
    each, of_short = chance / (shares * len(later)), chance / (shares * (1 + len(later)) * len(levers))
    field, dropped = field.without_short(least, of_short)
    looks = [Look(named, len(levers), len(field.left))]
    for total in later:
        seen, before = field.worlds, len(field.left)
        field, same = field.run(more, total).without_same(levers)
        field, short = field.without_short(least, of_short)
        dropped += same + short
        found = beaten(rules, field.gains, field.costs, seen, each, len(levers))
        candidates = {rule: field.left[by == NONE] for rule, by in found.by.items()}
        dropped += _beaten(field, found)
        field = field.only(~found.out)
        looks.append(Look(total, before, len(field.left)))
        if len(field.left) == 1:
            break
    return _ended(rules, field, candidates, looks, dropped, len(levers))


def _beaten(field: _Field, found: Beaten) -> list[Dropped]:
    """Return those that go, with what beat them."""
    return [
        Dropped(int(field.left[at]), field.worlds, {rule: int(field.left[by[at]]) for rule, by in found.by.items()})
        for at in np.flatnonzero(found.out)
    ]


def _ended(
    rules: Rules,
    field: _Field,
    candidates: Mapping[str, Index],
    looks: list[Look],
    dropped: list[Dropped],
    packages: int,
) -> Race:
    left, values = field.left, rules.values(field.gains, field.costs)
    place = {
        rule: {int(package): n for n, package in enumerate(left[best_first(rule, values[rule])])} for rule in values
    }
    place[PARETO] = place[MEAN]
    return Race(
        rules,
        packages,
        left,
        field.gains,
        field.costs,
        values,
        {rule: tuple(sorted(map(int, of), key=place[rule].__getitem__)) for rule, of in candidates.items()},
        tuple(sorted(map(int, left[pareto(field.gains, field.costs)]), key=place[MEAN].__getitem__)),
        tuple(int(package) for package in left[by_future(field.gains).argmax(axis=0)]),
        tuple(looks),
        tuple(dropped),
    )
