"""Fresh worlds for what a race chose: what it is worth where it was not chosen, and the winner's curse.

The best of many looks better than it is in the worlds that chose it (the winner's curse: Capen, Clapp and Campbell
1971; in decisions: Smith and Winkler 2006). Worlds that had no part in the choice say what it is worth. Regret is
against the package that the race found best in each future, named before the fresh worlds are run; in the race the best
of each future looks too good as well, so that a regret may fall on fresh worlds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cordiale.analysis.decision import (
    CVAR,
    HURWICZ,
    MEAN,
    PARETO,
    REGRET,
    SATISFICING,
    WORST_CASE,
    share_enough,
    tail_terms,
)
from cordiale.analysis.race import More, Race
from cordiale.models.random import Array
from cordiale.study.intervals import LEVEL, interval, mean_interval

WINNER, RUNNER_UP, FRONT = "winner", "runner-up", "front"


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval, by Student's t over worlds.

    Of a rule that looks at single futures the interval is that of all futures at once (Bonferroni), so that it holds
    whichever future is the worst or the best, and covers at least as often as it says.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Confirmed:
    """A package that a rule chose, on fresh worlds.

    Attributes
    ----------
    rule : that chose it
    place : "winner", "runner-up", or "front" for a member of the Pareto front
    package : its number in the race
    gain : mean gain
    costs : mean of each cost
    regret : maximum regret over futures, against the race's best in each
    in_race : its value by the rule in the race; of a member of the front its mean gain
    fresh : the same on fresh worlds
    curse : by how much the race made it look better than the fresh worlds do, in the unit of the value
    """

    rule: str
    place: str
    package: int
    gain: Estimate
    costs: tuple[Estimate, ...]
    regret: Estimate
    in_race: float
    fresh: Estimate
    curse: float


def chosen(found: Race, rules: Sequence[str] | None = None) -> list[tuple[str, str, int]]:
    """Return (rule, place, package) of what a race chose: of each rule the winner and the runner-up, if there is one.

    Parameters
    ----------
    rules : all that judged where None
    """
    wanted = found.candidates if rules is None else rules
    picked = []
    for rule in (rule for rule in wanted if rule != PARETO):
        winner = found.winner(rule)
        others = [package for package in found.order(rule) if package != winner]
        picked += [(rule, WINNER, winner), *((rule, RUNNER_UP, package) for package in others[:1])]
    return picked + [(PARETO, FRONT, package) for package in found.front if PARETO in wanted]


def confirm(found: Race, more: More, worlds: int, rules: Sequence[str] | None = None) -> list[Confirmed]:
    """Return what a race chose on worlds that come after those of the race.

    Parameters
    ----------
    more : as in the race
    worlds : of each future, 2 or more
    rules : whose choices are confirmed, all where None; the Pareto front may have many members
    """
    picked = chosen(found, rules)
    packages = sorted({package for _, _, package in picked} | set(found.best_of))
    gains, costs = more(np.array(packages), range(found.worlds, found.worlds + worlds))
    at = {package: row for row, package in enumerate(packages)}
    best = np.stack([gains[at[package], future] for future, package in enumerate(found.best_of)])
    told = []
    for rule, place, package in picked:
        row = at[package]
        value = MEAN if rule == PARETO else rule
        gain, regret, fresh = (_value(found, name, gains[row], costs[:, row], best) for name in (MEAN, REGRET, value))
        each = tuple(Estimate(*interval(cost[row].mean(axis=0))) for cost in costs)
        in_race = found.value(value, package)
        curse = fresh.value - in_race if value == REGRET else in_race - fresh.value
        told.append(Confirmed(rule, place, package, gain, each, regret, in_race, fresh, curse))
    return told


def _value(found: Race, rule: str, gains: Array, costs: Array, best: Array) -> Estimate:
    """Return the value of one package by a rule.

    Parameters
    ----------
    gains : (futures, worlds)
    costs : (costs, futures, worlds)
    best : (futures, worlds) gains of the race's best in each future
    """
    rules = found.rules
    if rule == CVAR:
        return Estimate(*interval(tail_terms(gains[None], rules.tail)[0]))
    if rule == SATISFICING and rules.enough is not None:
        return Estimate(*interval(share_enough(gains[None], costs[:, None], rules.enough)[0]))
    if rule == REGRET:
        return Estimate(*(max(0.0, float(end.max())) for end in _by_future(best - gains)))
    if rule in (WORST_CASE, HURWICZ):
        optimism = 0.0 if rule == WORST_CASE or rules.optimism is None else rules.optimism
        return Estimate(*(float(optimism * end.max() + (1 - optimism) * end.min()) for end in _by_future(gains)))
    return Estimate(*interval(gains.mean(axis=0)))


def _by_future(gains: Array) -> tuple[Array, Array, Array]:
    """Return the mean of each future, (futures,), and the ends of its interval, for all futures at once."""
    low, high = mean_interval(gains.T, 1 - (1 - LEVEL) / len(gains))
    return gains.mean(axis=-1), low, high
