"""Rules for choosing a package of policy under deep uncertainty: what each rule says a package is worth.

Gains are (packages, futures, worlds), costs (costs, packages, futures, worlds): of a gain more is better, of a cost
less, each in the unit of its measure. Every future has as many worlds as another and weighs the same, whatever its
chance may be; several codings lie within the worlds of a future, and are averaged with them.

References
----------
Luce and Raiffa 1957, chapter 13 (the rules side by side); McPhail et al. 2018 (their use for robustness);
Laplace 1814; Wald 1950; Savage 1951; Hurwicz 1951; Simon 1955; Starr 1963; Rockafellar and Uryasev 2000;
Kung, Luccio and Preparata 1975 (the non-dominated set).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cordiale.models.random import Array
from cordiale.models.sums import Flags

Index = NDArray[np.intp]

MEAN, WORST_CASE, CVAR, REGRET = "mean", "worst_case", "cvar", "regret"
HURWICZ, SATISFICING, PARETO = "hurwicz", "satisficing", "pareto"
TAIL = 0.1  # share of worlds, the worst ones, that count for CVaR


@dataclass(frozen=True)
class Enough:
    """What is good enough in a world.

    Attributes
    ----------
    gain : the least gain
    costs : the most of each cost, in the order of the costs
    """

    gain: float
    costs: tuple[float, ...] = ()


@dataclass(frozen=True)
class Rules:
    """The rules that packages are judged by: mean, worst case, CVaR and regret always.

    Attributes
    ----------
    tail : share of worlds, the worst ones, that count for CVaR
    optimism : Hurwicz's weight of the best future, 0 to 1; None leaves his rule out
    enough : what is good enough; None leaves satisficing out
    little : of the gain and each cost, the difference that nobody would notice: by no more a package may be worse and
        still beat another on the Pareto front; 0 where None
    """

    tail: float = TAIL
    optimism: float | None = None
    enough: Enough | None = None
    little: tuple[float, ...] | None = None

    def names(self, costs: int) -> tuple[str, ...]:
        """Return the names of the rules; the Pareto front only where there is a cost, since else it is the mean."""
        asked = {HURWICZ: self.optimism is not None, SATISFICING: self.enough is not None, PARETO: costs > 0}
        return (MEAN, WORST_CASE, CVAR, REGRET, *(name for name, wanted in asked.items() if wanted))

    def values(self, gains: Array, costs: Array) -> dict[str, Array]:
        """Return rule -> (packages,) value, of all rules but the Pareto front. Of regret less is better."""
        found = {
            MEAN: mean(gains),
            WORST_CASE: worst_case(gains),
            CVAR: cvar(gains, self.tail),
            REGRET: maximum_regret(gains),
        }
        if self.optimism is not None:
            found[HURWICZ] = hurwicz(gains, self.optimism)
        if self.enough is not None:
            found[SATISFICING] = satisficing(gains, costs, self.enough)
        return found


def best_first(rule: str, values: Array) -> Index:
    """Return the order of packages by a rule, the best first, equals as they came.

    Parameters
    ----------
    values : (packages,) by the rule
    """
    return np.argsort(values if rule == REGRET else -values, kind="stable")


def by_future(gains: Array) -> Array:
    """Return (packages, futures): the mean of each future's worlds."""
    return np.asarray(gains.mean(axis=-1))


def mean(gains: Array) -> Array:
    """Return (packages,): the mean over futures of equal weight (Laplace 1814, the principle of insufficient reason).

    Unit: the gain's.
    """
    return np.asarray(by_future(gains).mean(axis=-1))


def worst_case(gains: Array) -> Array:
    """Return (packages,): the mean of the worst future; its maximum is Wald's maximin (1950). Unit: the gain's."""
    return np.asarray(by_future(gains).min(axis=-1))


def hurwicz(gains: Array, optimism: float) -> Array:
    """Return (packages,): the best and the worst future, weighted (Hurwicz 1951). Unit: the gain's.

    Parameters
    ----------
    optimism : weight of the best future, 0 to 1; at 0 the rule is Wald's. Some texts give the letter alpha to the
        weight of the worst one
    """
    futures = by_future(gains)
    return np.asarray(optimism * futures.max(axis=-1) + (1 - optimism) * futures.min(axis=-1))


def regret(gains: Array) -> Array:
    """Return (packages, futures): the best package's mean in that future less the package's (Savage 1951).

    Unit: the gain's, 0 or more. It is against the packages that are given, and none else.
    """
    futures = by_future(gains)
    return np.asarray(futures.max(axis=0) - futures)


def maximum_regret(gains: Array) -> Array:
    """Return (packages,): the largest regret over futures, of which less is better (Savage 1951)."""
    return np.asarray(regret(gains).max(axis=-1))


def cvar(gains: Array, tail: float = TAIL) -> Array:
    """Return (packages,): the mean of the lowest part of all worlds of all futures (CVaR). Unit: the gain's.

    Parameters
    ----------
    tail : the part, above 0 and up to 1; a world that lies only partly in it counts with that part
    """
    return np.asarray(tail_terms(gains, tail).mean(axis=-1))


def tail_terms(gains: Array, tail: float) -> Array:
    """Return (packages, worlds), each world's term of CVaR, averaged over futures, of which CVaR is the mean.

    CVaR = max over q of E[q - max(q - gain, 0) / tail], reached at the tail's quantile q (Rockafellar and Uryasev
    2000). Since q is where the maximum is, its own error does not count in the first order, and the terms less CVaR
    are the influence function.
    """
    packages, futures, worlds = gains.shape
    within = int(np.ceil(tail * futures * worlds)) - 1
    quantile = np.partition(gains.reshape(packages, -1), within, axis=-1)[:, within, None]
    below = sum(np.maximum(quantile - gains[:, future], 0) for future in range(futures))
    return np.asarray(quantile - below / (tail * futures))


def satisficing(gains: Array, costs: Array, enough: Enough) -> Array:
    """Return (packages,): the share of worlds that are good enough, by gain and by every cost.

    Simon 1955 (satisficing); over states of the world: Starr 1963 (domain criterion).
    """
    return np.asarray(share_enough(gains, costs, enough).mean(axis=-1))


def share_enough(gains: Array, costs: Array, enough: Enough) -> Array:
    """Return (packages, worlds): the share of futures in which that world is good enough."""
    good = gains >= enough.gain
    for cost, most in zip(costs, enough.costs, strict=True):
        good &= cost <= most
    return np.asarray(good.mean(axis=1))


def pareto(gains: Array, costs: Array) -> Flags:
    """Return (packages,) whether no other package has as much mean gain and as little of each mean cost, and more or
    less of one. Packages that are equal in all stay together.
    """
    return non_dominated(np.column_stack([mean(gains), *(-mean(cost) for cost in costs)]))


def non_dominated(values: Array) -> Flags:
    """Return (packages,) whether no other row is as good in all columns and better in one; more is better.

    From the best to the worst in the order of the columns, each row that is left takes away those it dominates. A row
    comes after all that dominate it (Kung, Luccio and Preparata 1975).

    Parameters
    ----------
    values : (packages, criteria)
    """
    left = np.ones(len(values), dtype=bool)
    for row in np.lexsort(-values.T[::-1]):
        if left[row]:
            left &= ~((values <= values[row]).all(axis=1) & (values < values[row]).any(axis=1))
    return left
