"""Estimators of differences on matched worlds: world n of one scenario minus world n of another.

References
----------
Student 1908; Clopper and Pearson 1934; Glass 1976 (size in standard deviations of the baseline);
Romano and Wolf 2005 (single-step max-t); Stein 1945 (two-stage fixed-width interval);
Chernozhukov, Chetverikov and Kato 2013 (the normal maximum in place of resamples).
"""

from __future__ import annotations

import numpy as np

from cordiale.models.random import Array

LEVEL = 0.95
RESAMPLES = 1999
FEW_UNITS = 10  # of a bootstrap, such as issues or clusters of questions, below which an interval says little
HIDDEN = 1.5  # times the mean at the end, from which a peak is told too
LARGE = 10_000  # worlds above which means are as good as normal, and resamples cost minutes and change no digit


def sizes(difference: Array, baseline: Array) -> Array:
    """Return the mean of each column in standard deviations of the baseline over worlds; nan where that has none.

    Parameters
    ----------
    difference : (worlds, columns);  baseline : (worlds, columns)
    """
    mean = difference.mean(axis=0)
    spread = baseline.std(axis=0, ddof=1) if len(baseline) > 1 else np.zeros(baseline.shape[1])
    return np.asarray(np.divide(mean, spread, out=np.full(mean.shape, np.nan), where=spread > 1e-12))


def mean_interval(values: Array, level: float = LEVEL) -> tuple[Array, Array]:
    """Return Student's interval of each column's mean, of (worlds, columns); a point where nothing varies.

    It covers as well as the BCa bootstrap on the model's own differences, and needs no random numbers.
    """
    from scipy.special import stdtrit

    mean = values.mean(axis=0)
    if len(values) < 2:
        return np.full(mean.shape, -np.inf), np.full(mean.shape, np.inf)
    error = values.std(axis=0, ddof=1) / np.sqrt(len(values))
    reach = np.where(np.ptp(values, axis=0) > 1e-15, float(stdtrit(len(values) - 1, (1 + level) / 2)) * error, 0.0)
    return mean - reach, mean + reach


def interval(values: Array, level: float = LEVEL) -> tuple[float, float, float]:
    """Return the mean of values, (worlds,), with its interval."""
    low, high = mean_interval(values[:, None], level)
    return float(values.mean()), float(low[0]), float(high[0])


def level_interval(values: Array, yes_no: bool) -> tuple[float, float, float]:
    """Return the mean of values, (worlds,), with its interval: exact of what is so (1) or not so (0) in a world."""
    if not yes_no:
        return interval(values)
    low, high = share_interval(values.sum(), len(values))
    return float(values.mean()), float(low), float(high)


def difference_interval(difference: Array, yes_no: bool) -> tuple[float, float, float]:
    """Return the mean of differences, (worlds,), with its interval: of what is so or not so as in `of_shares`."""
    if not yes_no:
        return interval(difference)
    low, high = of_shares(difference[:, None])
    return float(difference.mean()), float(low[0]), float(high[0])


def peak_of(differences: Array) -> int | None:
    """Return the column of the largest mean in size, where the last column hides it; None elsewhere.

    It is hidden where the mean of the last is not two thirds of it, and less than it in the same worlds by more than
    chance. The column is picked since it is the largest, so that its size looks a little too large.

    Parameters
    ----------
    differences : (worlds, quarters)
    """
    mean = differences.mean(axis=0)
    at = int(np.abs(mean).argmax())
    sign = np.sign(mean[at])
    if len(differences) < 2 or sign * mean[-1] > abs(mean[at]) / HIDDEN:
        return None
    _, low, _ = interval(sign * (differences[:, at] - differences[:, -1]))
    return at if low > 0 else None


def share_interval(count: Array, worlds: int, level: float = LEVEL) -> tuple[Array, Array]:
    """Return the exact (Clopper-Pearson) interval of a share."""
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low = np.where(count > 0, betaincinv(np.maximum(count, 1), worlds - count + 1, tail), 0.0)
    high = np.where(count < worlds, betaincinv(count + 1, np.maximum(worlds - count, 1), 1 - tail), 1.0)
    return low, high


def of_shares(difference: Array, level: float = LEVEL) -> tuple[Array, Array]:
    """Return the interval of a difference between two shares of the same worlds, by column.

    It is the exact interval of the share of worlds that begin to be so less that of those that cease to be, each at
    half the error, and so covers at least as often as the level says, also where every world differs.

    Parameters
    ----------
    difference : (worlds, columns) 1 where it is so in the first alone, -1 in the second alone, 0 elsewhere
    """
    worlds, each = len(difference), 1 - (1 - level) / 2
    gained_low, gained_high = share_interval((difference > 0).sum(axis=0), worlds, each)
    lost_low, lost_high = share_interval((difference < 0).sum(axis=0), worlds, each)
    return gained_low - lost_high, gained_high - lost_low


def simultaneous(differences: Array, seed: int = 0, level: float = LEVEL) -> tuple[Array, Array]:
    """Return intervals of the means that hold for all columns at once with the level's probability.

    Single-step max-t: the bootstrap's quantile of the largest deviation of any column in its standard errors,
    which are those of the sample, since a column in which few worlds differ has resamples without spread. It is
    never inside the interval of one column by itself.

    Parameters
    ----------
    differences : (worlds, columns), worlds independent, columns as dependent as they are
    """
    from scipy.special import stdtrit

    worlds = len(differences)
    mean = differences.mean(axis=0)
    error = differences.std(axis=0, ddof=1) / np.sqrt(worlds) if worlds > 1 else np.full(mean.shape, np.inf)
    moving = (error > 1e-15) & np.isfinite(error)
    critical = _critical(differences[:, moving], error[moving], seed, level) if moving.any() else 0.0
    critical = max(critical, float(stdtrit(max(1, worlds - 1), (1 + level) / 2)))
    reach = np.where(moving, critical * np.where(moving, error, 0.0), np.where(np.isfinite(error), 0.0, np.inf))
    return mean - reach, mean + reach


def _critical(differences: Array, error: Array, seed: int, level: float) -> float:
    rng, worlds = np.random.default_rng(seed), len(differences)
    centred = differences - differences.mean(axis=0)
    if worlds > LARGE:
        scaled = centred / (error * worlds)
        drawn = rng.multivariate_normal(np.zeros(len(error)), scaled.T @ scaled, size=5 * RESAMPLES, method="eigh")
        return float(np.quantile(np.abs(drawn).max(axis=1), level))
    largest = []
    for _ in range(0, RESAMPLES, 500):
        counts = rng.multinomial(worlds, np.full(worlds, 1 / worlds), size=500) / worlds
        largest.append(np.max(np.abs(counts @ centred) / error, axis=1))
    return float(np.quantile(np.concatenate(largest), level))


def worlds_for_width(first: Array, width: float, level: float = LEVEL) -> int:
    """Return how many worlds Stein's second stage asks for, so that the interval of the mean has a width.

    The interval mean +- width / 2 then holds with at least the level's probability, whatever the
    variance, for normal differences: the t quantile is the first stage's, and only its variance decides
    when to stop.

    Parameters
    ----------
    first : (worlds,) differences of the first stage
    width : of the whole interval
    """
    from scipy.stats import t

    n = len(first)
    quantile = float(t.ppf((1 + level) / 2, n - 1))
    return max(n, int(np.ceil((2 * quantile * float(np.std(first, ddof=1)) / width) ** 2)))


def unmatched_worlds(one: Array, other: Array, width: float, level: float = LEVEL) -> int:
    """Return how many worlds of each scenario would be needed if worlds were not matched."""
    from scipy.stats import norm

    variance = float(np.var(one, ddof=1) + np.var(other, ddof=1))
    return int(np.ceil((2 * float(norm.ppf((1 + level) / 2))) ** 2 * variance / width**2))
