"""Which of many drawn numbers differ between the worlds that meet a condition and the others."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cordiale.analysis.target import Mask
from cordiale.draws import Array

FALSE = 0.1  # share of false discoveries among the numbers that pass
MOST = 20  # numbers that pass, the surest: PRIM's time goes with their number


def screen(values: Mapping[str, Array], met: Mask, outcome: Array | None = None, most: int = MOST) -> dict[str, float]:
    """Return path -> p-value of the numbers that differ, the surest first.

    Each number is tested for a shift between the two sorts of worlds (Mann and Whitney 1947), for any other
    difference of its distributions (Smirnov 1939), and for a rank correlation with the outcome (Spearman 1904),
    which has more power where few worlds meet the condition. The smallest p-value counts, times the number of
    tests. Of all numbers, those pass that keep the share of false discoveries at `FALSE` (Benjamini and
    Hochberg 1995), and at most `most` of them.

    Parameters
    ----------
    values : path -> (worlds,)
    met : (worlds,) bool
    outcome : (worlds,) of what the condition is on; without it two tests are made
    """
    from scipy.stats import kstwo, mannwhitneyu, rankdata, t

    table = np.stack(list(values.values()))
    inner, outer, worlds = int(met.sum()), int((~met).sum()), len(met)
    tests = [np.asarray(mannwhitneyu(table[:, met], table[:, ~met], axis=1, method="asymptotic").pvalue)]
    sign = np.where(met, 1 / inner, -1 / outer)
    gap = np.abs(np.cumsum(sign[np.argsort(table, axis=1)], axis=1)).max(axis=1)  # numbers drawn have no ties
    tests.append(kstwo.sf(gap, round(inner * outer / worlds)))
    if outcome is not None:
        correlation = np.clip(np.corrcoef(rankdata(table, axis=1), rankdata(outcome))[-1, :-1], -0.999999, 0.999999)
        tests.append(2 * t.sf(np.abs(correlation) * np.sqrt((worlds - 2) / (1 - correlation**2)), worlds - 2))
    smallest = np.minimum(1.0, len(tests) * np.min(tests, axis=0))
    sure = dict(zip(values, smallest.tolist(), strict=True))
    order = sorted(sure, key=lambda path: sure[path])
    below = [rank for rank, path in enumerate(order, 1) if sure[path] <= FALSE * rank / len(order)]
    passed = max(below, default=0)
    return {path: sure[path] for path in order[: min(passed, most)]}


def split(worlds: int) -> tuple[Mask, Mask]:
    """Return the worlds that find boxes and those kept back to test them: (worlds,) bool each, two to one."""
    kept = np.arange(worlds) % 3 == 2
    return ~kept, kept
