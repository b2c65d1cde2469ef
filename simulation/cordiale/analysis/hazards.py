"""The hazard of signing an agreement, fitted to a record up to a year, and what it says of the years after."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import rankdata

from cordiale.analysis.dyad_years import COVARIATES, DyadYears, Record
from cordiale.models.random import Array
from cordiale.models.sums import Flags

FIRST, AHEAD = 2000, 4  # the first year of the fits; years that an origin looks ahead
SLOPE = (0.4, 0.3)  # mean and deviation of the prior of a slope
INTERCEPT = (-5.0, 2.0)  # weak: a dyad signs a kind once in a century and a half, give or take a factor of seven
FIXED = 1e-4  # deviation of a prior that lets nothing be learnt


@dataclass(frozen=True)
class Rival:
    """One way to give chances, against what came.

    Attributes
    ----------
    chance : (R,) that each dyad and agreement is signed within the years ahead
    signed : (R,) whether it was
    """

    name: str
    chance: Array
    signed: Flags

    @property
    def expected(self) -> float:
        """Number of signatures that it expects."""
        return float(self.chance.sum())

    @property
    def log_loss(self) -> float:
        """Mean -log of the chance of what came."""
        return log_loss(self.chance, self.signed)

    @property
    def auc(self) -> float:
        """How often what was signed had the larger chance of the two; NaN where all or nothing was signed."""
        return auc(self.chance, self.signed)

    @property
    def auc_told(self) -> str:
        """The AUC as a table has it."""
        return "not defined" if math.isnan(self.auc) else f"{self.auc:.2f}"


@dataclass(frozen=True)
class Origin:
    """What the record up to a year says of the years after it.

    Attributes
    ----------
    year : the last that is known;  last : the last that is foretold
    test : a row for each dyad and agreement not signed by then
    rivals : the fitted hazards, those whose slopes are the theory's, and one rate for each agreement
    """

    year: int
    last: int
    test: DyadYears
    rivals: list[Rival]

    @property
    def seen(self) -> int:
        """Number of signatures that came."""
        return int(self.test.signed.sum())

    @property
    def ratio(self) -> float:
        """Signatures that came over those that the fitted hazards expect."""
        return self.seen / self.rivals[0].expected


def prior(kinds: int, deviation: float = SLOPE[1]) -> tuple[Array, Array]:
    """Return mean and deviation of each coefficient: an intercept for each agreement, then the slopes."""
    slopes = len(COVARIATES)
    mean = np.array([INTERCEPT[0]] * kinds + [SLOPE[0]] * slopes)
    return mean, np.array([INTERCEPT[1]] * kinds + [deviation] * slopes)


def fitted(rows: DyadYears, deviation: float = SLOPE[1]) -> Logit:
    """Return the hazards that rows and the prior give.

    Parameters
    ----------
    deviation : of the prior of a slope
    """
    return fit(rows.design, rows.signed, *prior(len(rows.kinds), deviation))


def origins_before(last: int) -> tuple[int, int]:
    """Return the last known years of the two origins that foretell the years up to the last of a record."""
    return last - 2 * AHEAD, last - AHEAD


def origin_of(record: Record, year: int, without: Sequence[str] = ()) -> Origin:
    """Return what a record up to a year says of the years after it.

    Parameters
    ----------
    without : covariates that are left out
    """
    known, test = (rows.without(without) for rows in (record.rows(FIRST, year), record.ahead(year, AHEAD)))
    chances = {
        "hazards": fitted(known).chance(test.design),
        "slopes of the prior": fitted(known, FIXED).chance(test.design),
        "one rate for each agreement": rates(known)[test.kind],
    }
    rivals = [Rival(name, 1 - (1 - chance) ** AHEAD, test.signed) for name, chance in chances.items()]
    return Origin(year, year + AHEAD, test, rivals)


def rates(known: DyadYears) -> Array:
    """Return (T,) signatures of each agreement over years at risk; half a signature is added, so that none is 0."""
    size = len(known.kinds)
    return np.asarray((np.bincount(known.kind[known.signed], minlength=size) + 0.5)
                      / (np.bincount(known.kind, minlength=size) + 1))  # fmt: skip


TWO_SIDED = 1.959964  # standard deviations of 95 %


@dataclass(frozen=True)
class Logit:
    """A fitted logit of C coefficients.

    Attributes
    ----------
    estimate : (C,)
    covariance : (C, C)
    """

    estimate: Array
    covariance: Array

    @property
    def deviation(self) -> Array:
        """(C,) standard deviations."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    def interval(self, at: int) -> tuple[float, float]:
        """Return the 95 % interval of one coefficient."""
        half = TWO_SIDED * self.deviation[at]
        return float(self.estimate[at] - half), float(self.estimate[at] + half)

    def chance(self, design: Array) -> Array:
        """Return (R,) the chance of each row of a (R, C) design."""
        return np.asarray(expit(design @ self.estimate))


def fit(design: Array, happened: Flags, mean: Array, deviation: Array) -> Logit:
    """Return the mode of the posterior and its spread.

    Parameters
    ----------
    design : (R, C)
    happened : (R,)
    mean, deviation : (C,) of the normal prior; an infinite deviation is no prior
    """
    weight = 1 / np.square(deviation)

    def loss(b: Array) -> float:
        score = design @ b
        return float(np.sum(np.logaddexp(0, score)) - np.sum(score[happened]) + np.sum(weight * (b - mean) ** 2) / 2)

    def slope(b: Array) -> Array:
        return np.asarray(design.T @ (expit(design @ b) - happened) + weight * (b - mean))

    def bend(b: Array) -> Array:
        chance = expit(design @ b)
        return np.asarray((design.T * (chance * (1 - chance))) @ design + np.diag(weight))

    found = minimize(loss, mean, jac=slope, hess=bend, method="trust-exact", options={"gtol": 1e-8})
    return Logit(np.asarray(found.x), np.asarray(np.linalg.inv(bend(found.x)), dtype=np.float64))


def log_loss(chance: Array, happened: Flags) -> float:
    """Return the mean of -log of the chance given to what came, in nats."""
    return float(-np.mean(np.log(np.where(happened, chance, 1 - chance))))


def auc(chance: Array, happened: Flags) -> float:
    """Return how often what happened had the larger chance, ties as half; NaN where all or nothing happened."""
    came = int(happened.sum())
    if came in (0, len(happened)):
        return float("nan")
    return float((rankdata(chance)[happened].mean() - (came + 1) / 2) / (len(happened) - came))


def curve(chance: Array, happened: Flags) -> tuple[Array, Array]:
    """Return the receiver operating characteristic, ties as one step: shares of what did not and of what did happen."""
    cuts: NDArray[np.float64] = np.unique(chance)[::-1]
    hits = [float(np.mean(chance[happened] >= cut)) for cut in cuts]
    alarms = [float(np.mean(chance[~happened] >= cut)) for cut in cuts]
    return np.array([0.0, *alarms]), np.array([0.0, *hits])
