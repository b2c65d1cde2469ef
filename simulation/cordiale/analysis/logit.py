"""A logit whose coefficients have a normal prior, and how well its chances tell what happened.

The estimate is the mode of the posterior, its spread that of the normal curve which touches it there (Laplace's). SciPy
finds the mode: the regressions of statsmodels and scikit-learn draw coefficients to 0, not to another mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import rankdata

from cordiale.models.random import Array
from cordiale.models.sums import Flags

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
