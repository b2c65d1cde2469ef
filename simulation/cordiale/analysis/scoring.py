"""Scores of chances against what came: Brier and log scores, skill, the parts of the Brier score, intervals, power.

N questions, answered by yes (1) or no (0). Those of one cluster hang together, so intervals are drawn over
clusters.

References
----------
Brier 1950; Murphy 1973 (the parts); Dimitriadis, Gneiting and Jordan 2021 (CORP: the parts and the curve from isotonic
regression, which chooses the groups of like chances by itself); Efron and Tibshirani 1993 (bootstrap).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import isotonic_regression
from scipy.stats import bootstrap

from cordiale.models.random import Array
from cordiale.models.sums import Flags

LEVEL = 0.95
RESAMPLES = 4999
DETECTED = 2.8  # standard errors from 0 at which an effect is found in 4 of 5 samples, at 5 % two-sided (1.96 + 0.84)


def brier(chance: Array, came: Flags) -> float:
    """Return the mean squared distance of chances from what came; less is better."""
    return float(np.mean((chance - came) ** 2)) if len(chance) else float("nan")


def skill(score: float, other: float) -> float:
    """Return the share of another's score that is saved: 1 is perfect, 0 no better; NaN where the other's is 0."""
    return 1 - score / other if other > 0 else float("nan")


def base_rates(came: Flags, clusters: np.ndarray) -> Array:
    """Return (N,) for each question the share of yes in all other clusters; a half where there is no other."""
    inside = clusters[:, None] == clusters[None]
    outside = ~inside
    counts = outside.sum(axis=1)
    return np.where(counts > 0, (outside @ came.astype(float)) / np.maximum(counts, 1), 0.5)


@dataclass(frozen=True)
class Parts:
    """The parts of a Brier score: it is reliability - resolution + uncertainty.

    Attributes
    ----------
    reliability : how far chances lie from how often such things came; less is better
    resolution : how far what came differs between high and low chances; more is better
    uncertainty : the Brier score of the plain share of yes
    """

    reliability: float
    resolution: float
    uncertainty: float


def calibrated(chance: Array, came: Flags) -> Array:
    """Return (N,) the share of yes among like chances: the isotonic regression of what came on the chances."""
    levels, group, counts = np.unique(chance, return_inverse=True, return_counts=True)
    means = np.bincount(group, weights=came.astype(float)) / counts
    return np.asarray(isotonic_regression(means, weights=counts).x)[group] if len(levels) else np.array([])


def parts(chance: Array, came: Flags) -> Parts:
    """Return the parts of the Brier score, by CORP."""
    whole, tuned = brier(chance, came), brier(calibrated(chance, came), came)
    uncertainty = brier(np.full(len(came), came.mean()), came) if len(came) else float("nan")
    return Parts(whole - tuned, uncertainty - tuned, uncertainty)


@dataclass(frozen=True)
class Interval:
    """A number with its 95 % interval over clusters; NaN where there are too few.

    Attributes
    ----------
    error : its standard error
    """

    value: float
    low: float
    high: float
    error: float

    @property
    def found(self) -> float:
        """The smallest true value that would be told from 0 in four of five such samples."""
        return DETECTED * self.error


def sums(values: Array, clusters: np.ndarray) -> Array:
    """Return the sum of values in each cluster."""
    _, group = np.unique(clusters, return_inverse=True)
    return np.bincount(group, weights=values).astype(np.float64)


def skill_interval(loss: Array, other: Array, clusters: np.ndarray) -> Interval:
    """Return the skill of some losses over others, with its interval by bootstrap over clusters.

    Parameters
    ----------
    loss, other : (N,) squared distances
    """
    return _interval(sums(loss, clusters), sums(other, clusters), _ratio)


def gap_interval(loss: Array, other: Array, clusters: np.ndarray) -> Interval:
    """Return the mean of some losses less others, with its interval by bootstrap over clusters."""
    return _interval(sums(loss - other, clusters), sums(np.ones(len(loss)), clusters), _mean)


def _ratio(own: Array, other: Array, axis: int = -1) -> Array:
    below = other.sum(axis=axis)
    return np.where(below > 0, 1 - own.sum(axis=axis) / np.where(below > 0, below, 1), np.nan)


def _mean(gap: Array, count: Array, axis: int = -1) -> Array:
    return np.asarray(gap.sum(axis=axis) / count.sum(axis=axis))


def _interval(one: Array, other: Array, statistic: object) -> Interval:
    value = float(statistic(one, other)) if len(one) else float("nan")  # type: ignore[operator]
    if len(one) < 2 or np.isnan(value):
        return Interval(value, float("nan"), float("nan"), float("nan"))
    rng = np.random.default_rng(len(one))
    drawn = bootstrap(
        (one, other),
        statistic,
        paired=True,
        n_resamples=RESAMPLES,
        confidence_level=LEVEL,
        method="percentile",
        rng=rng,
    )
    low, high = drawn.confidence_interval
    return Interval(value, float(low), float(high), float(drawn.standard_error))
