"""Which packages cannot be the best by a rule, with a known chance of a wrong word, from worlds that all share.

Worlds seen before name the leader of a rule, and fresh worlds say how far it is ahead of a package, which is beaten
when the lower bound of that lies above 0. So luck that made a package lead has no part in the bound, and one bound
counts, however many packages might have led. World n is the same for all packages: bounds are of means of paired
differences. A world's term is averaged over futures, or taken in two futures at once, so that it does not matter
whether futures share their luck. Where nothing varies the bound is the difference itself.

What a disaster makes of a mean is skewed, and Student's t then errs often: where it does not fit, Hall's transformation
makes the bound wider, never narrower (docs/decisions.md has what was measured).

References
----------
Student 1908; Hall 1992 (removal of skewness by transformation); Cox 1975 (one part of the data names what the other
tests); Bonferroni 1936; Berger 1982 (several bounds that must all hold cost no more than one: the intersection-union
test); Laumanns, Thiele, Deb and Zitzler 2002 (fronts but for differences that are too small to matter); Rockafellar and
Uryasev 2000.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from cordiale.analysis.decision import (
    CVAR,
    HURWICZ,
    MEAN,
    PARETO,
    REGRET,
    SATISFICING,
    WORST_CASE,
    Index,
    Rules,
    by_future,
    non_dominated,
    share_enough,
    tail_terms,
)
from cordiale.models.random import Array
from cordiale.models.sums import Flags

NONE = -1  # in place of the package that beats
ROUNDING = 1e-12  # differences up to here are those that the order of additions makes


@dataclass(frozen=True)
class Beaten:
    """What the worlds so far say of each package.

    Attributes
    ----------
    by : rule -> (packages,) the package that beats it, or `NONE` where it may be the best
    benchmark : (packages,) whether it may be the best in some future, so that the regret of others needs it
    """

    by: dict[str, Index]
    benchmark: Flags

    @property
    def out(self) -> Flags:
        """(packages,) whether every rule says that it is beaten, and no regret needs it."""
        return np.asarray(np.all([by != NONE for by in self.by.values()], axis=0) & ~self.benchmark)


def beaten(rules: Rules, gains: Array, costs: Array, seen: int, chance: float, packages: int) -> Beaten:
    """Return which packages are beaten by which rule.

    Parameters
    ----------
    gains : (packages, futures, worlds), of the packages still in
    costs : (costs, packages, futures, worlds)
    seen : how many of the worlds name the leaders; the others are fresh
    chance : for each rule, that its true best is beaten here (of regret also that the true best of some future is no
        benchmark; of the Pareto front that any of its members is beaten)
    packages : how many there were at the start, any of which may belong to the Pareto front
    """
    before, now = gains[..., :seen], gains[..., seen:]
    spent, price = costs[..., :seen], costs[..., seen:]
    by = {
        MEAN: _by_mean(before.mean(axis=1), now.mean(axis=1), chance),
        WORST_CASE: _by_ends(before, now, 0.0, chance),
        CVAR: _by_mean(tail_terms(before, rules.tail), tail_terms(now, rules.tail), chance),
    }
    by[REGRET], benchmark = _by_regret(before, now, chance)
    if rules.optimism is not None:
        by[HURWICZ] = _by_ends(before, now, rules.optimism, chance)
    if rules.enough is not None:
        shares = share_enough(before, spent, rules.enough), share_enough(now, price, rules.enough)
        by[SATISFICING] = _by_mean(*shares, chance)
    if len(costs):
        little = np.array(rules.little or (0.0,) * (1 + len(costs)))
        by[PARETO] = _by_all(_criteria(before, spent), _criteria(now, price), little, chance / packages)
    return Beaten(by, benchmark)


def lower(differences: Array, chance: float) -> Array:
    """Return (...,) the bound that a mean lies below with a chance: Student's, one-sided, or Hall's where it is lower.

    Hall 1992: of T = (average - mean) / error and a = skewness / sqrt(n), T + a T^2 / 3 + a^2 T^3 / 27 + a / 6 is as
    good as Student's t, also where T is not. It is inverted at the quantile.

    Parameters
    ----------
    differences : (..., worlds)
    """
    from scipy.special import stdtrit

    worlds = differences.shape[-1]
    average = differences.mean(axis=-1)
    centred = differences - average[..., None]
    squared = centred * centred
    deviation = np.sqrt(squared.mean(axis=-1))
    cubed = deviation * deviation * deviation
    third = (squared * centred).mean(axis=-1)
    skewness = np.divide(third, cubed, out=np.zeros_like(third), where=cubed > ROUNDING**3)
    student = -float(stdtrit(worlds - 1, chance))
    a = np.minimum(skewness / np.sqrt(worlds), -1e-9)  # where skewness is to the right, the bound is Student's
    hall = 3 / a * (np.cbrt(1 + a * (student - a / 6)) - 1)
    return np.asarray(average - np.maximum(student, hall) * deviation / np.sqrt(worlds - 1))


def short_of(gains: Array, least: float, chance: float) -> Flags:
    """Return (packages,) which gain less than `least` on the mean over futures, each with the chance of a wrong word.

    Nothing had to be named for it, so all worlds count. Those of all futures count as one sample, each about the mean
    of its future: futures have worlds of their own.

    Parameters
    ----------
    gains : (packages, futures, worlds)
    """
    worlds, means = gains.shape[-1], gains.mean(axis=-1, keepdims=True)
    about = (gains - means) * np.sqrt(worlds / (worlds - 1)) + means.mean(axis=1, keepdims=True)
    return np.asarray(lower(least - about.reshape(len(gains), -1), chance) > ROUNDING)


def _where(found: Flags, leader: int) -> Index:
    return np.where(found, leader, NONE)


def _by_mean(before: Array, now: Array, chance: float) -> Index:
    """Return which are beaten by a rule whose value is the mean of a term of each world, (packages, worlds)."""
    leader = int(before.mean(axis=-1).argmax())
    return _where(lower(now[leader] - now, chance) > ROUNDING, leader)


def _by_ends(before: Array, now: Array, optimism: float, chance: float) -> Index:
    """Return which are beaten by Hurwicz's rule, and at no optimism by Wald's.

    The leader must be ahead whichever futures are truly its worst (low) and the package's best (high). Against those
    two any future bounds the leader's best and the package's worst: the same future, where luck is shared, or the one
    that the worlds before name. Each pair that is tried takes its part of the chance.

    Parameters
    ----------
    before, now : (packages, futures, worlds)
    """
    means, futures = by_future(before), before.shape[1]
    leader = int((optimism * means.max(axis=-1) + (1 - optimism) * means.min(axis=-1)).argmax())
    lead, best, worst = now[leader], int(means[leader].argmax()), means.argmin(axis=-1)
    highs, each = (range(futures), chance / 4) if optimism > 0 else ([best], chance / 2)
    found = np.ones(len(now), dtype=bool)
    for low, high in product(range(futures), highs):
        rows = np.flatnonzero(found)
        top, lasts = now[rows, high], (now[rows, low], now[rows, worst[rows]])
        bounds = [
            lower(optimism * (lead[one] - top) + (1 - optimism) * (lead[low] - last), each)
            for one, last in product({high, best}, lasts)
        ]
        found[rows] = np.max(bounds, axis=0) > ROUNDING
    return _where(found, leader)


def _by_regret(before: Array, now: Array, chance: float) -> tuple[Index, Flags]:
    """Return which are beaten by maximum regret, and which may be the best of a future.

    Whichever future the leader regrets most, there it must be ahead of the package, whose regret is then larger by as
    much; or the least that the package's regret can be, in the future that the worlds before name, must be more than
    the most that the leader's can be in that one, against any package that may be its best. The chance is shared among
    the true best of each future, and three bounds: of the leader's regret, of the package's, and between the two.

    Parameters
    ----------
    before, now : (packages, futures, worlds)
    """
    means, futures = by_future(before), before.shape[1]
    regrets = means.max(axis=0) - means
    best, leader = means.argmax(axis=0), int(regrets.max(axis=-1).argmin())
    each = chance / (futures + 3)
    behind = np.column_stack([lower(now[best[at], at] - now[:, at], each) for at in range(futures)])
    ahead = np.column_stack([lower(now[leader, at] - now[:, at], each) for at in range(futures)])
    rivals = behind <= ROUNDING
    most = -np.where(rivals, ahead, np.inf).min(axis=0)  # (futures,) upper bound of the leader's regret
    least = np.take_along_axis(behind, regrets.argmax(axis=-1)[:, None], axis=1)
    found = ((ahead > ROUNDING) | (least - most > ROUNDING)).all(axis=1)
    return _where(found, leader), np.asarray(rivals.any(axis=1))


def _criteria(gains: Array, costs: Array) -> Array:
    """Return (criteria, packages, worlds), averaged over futures, of which more is better."""
    return np.concatenate([gains.mean(axis=1)[None], -costs.mean(axis=2)])


def _by_all(before: Array, now: Array, little: Array, chance: float) -> Index:
    """Return which are beaten by another in one criterion, where that is in no other worse by more than little.

    The worlds before name the other: a package on the front, whose smallest lead is the largest. A package that is not
    beaten truly is worse by no more than nothing in all criteria, or better by more than little in one: the first errs
    where any of the bounds of leads does, so that they share the chance, the second where one bound does.

    Parameters
    ----------
    before, now : (criteria, packages, worlds)
    little : (criteria,) differences that nobody would notice
    chance : of one package being beaten that belongs to the front
    """
    rival = _rivals(before.mean(axis=-1).T, little)
    rows = np.flatnonzero(rival != NONE)
    ahead = now[:, rival[rows]] - now[:, rows]
    better = lower(ahead, chance / len(now)) > ROUNDING
    same = np.abs(ahead).max(axis=-1) <= ROUNDING
    no_worse = lower(ahead + little[:, None, None], chance) > ROUNDING
    found = np.full(len(rival), NONE)
    beats = (better | same | no_worse).all(axis=0) & better.any(axis=0)
    found[rows[beats]] = rival[rows[beats]]
    return found


def _rivals(means: Array, little: Array) -> Index:
    """Return (packages,) which package on the front beats each by the most, `NONE` for those that none does.

    Leads are in standard deviations between packages; a criterion in which two are the same does not count.

    Parameters
    ----------
    means : (packages, criteria)
    little : (criteria,)
    """
    scale = np.maximum(means.std(axis=0), ROUNDING)
    found, largest = np.full(len(means), NONE), np.zeros(len(means))
    for one in np.flatnonzero(non_dominated(means)):
        lead = means[one] - means
        worst = np.where(np.abs(lead) <= ROUNDING, np.inf, (lead + little) / scale).min(axis=1)
        least = np.minimum(worst, (lead / scale).max(axis=1))
        larger = least > largest
        found[larger], largest[larger] = one, least[larger]
    return found
