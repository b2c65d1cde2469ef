"""Boxes of worlds: the bump hunting PRIM (Friedman and Fisher 1999) for scenario discovery (Bryant and Lempert 2010).

The peeling and its trade-off are ema_workbench's (Kwakkel 2017). What is chosen from it, and the test of
every bound on worlds that had no part in finding it, is done here.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cordiale.analysis.response import Mask
from cordiale.models.random import Array

PEEL, LEAST = 0.05, 0.05  # peeled off at a time, and the least mass of a box, as shares of the worlds
DIMENSIONS = 4  # numbers that a box may restrict: more cannot be told in a sentence
TRIED = 6  # of the numbers screened, from which boxes of few numbers grow
SURE = 0.05  # quasi-p-value over which a restriction is dropped
Bounds = dict[str, tuple[float, float]]  # path -> (low, high), infinite where free


@dataclass(frozen=True)
class Counted:
    """A box counted on some worlds.

    Attributes
    ----------
    worlds, of_interest : in the box
    coverage : share of the worlds of interest that lie in it
    density : share of its worlds that are of interest
    mass : share of all worlds that lie in it
    quasi_p : path -> that of a restriction; NaN where the box is empty
    """

    worlds: int
    of_interest: int
    coverage: float
    density: float
    mass: float
    quasi_p: dict[str, float]


def inside(bounds: Bounds, values: Mapping[str, Array], worlds: int) -> Mask:
    """Return (worlds,) bool: which worlds lie in a box."""
    found = np.ones(worlds, dtype=bool)
    for path, (low, high) in bounds.items():
        found &= (values[path] >= low) & (values[path] <= high)
    return found


def count(bounds: Bounds, values: Mapping[str, Array], met: Mask) -> Counted:
    """Count a box on worlds, with the quasi-p-value of every restriction.

    That is the chance of so many worlds of interest in the box or more, were its worlds a random part of the
    box without the restriction (one-sided binomial test, Bryant and Lempert 2010).

    Parameters
    ----------
    values : path -> (worlds,)
    met : (worlds,) bool, which worlds are of interest
    """
    from scipy.stats import binom

    box = inside(bounds, values, len(met))
    worlds, hits = int(box.sum()), int(met[box].sum())
    quasi = {}
    for path in bounds:
        wider = inside({each: bound for each, bound in bounds.items() if each != path}, values, len(met))
        base = float(met[wider].mean()) if wider.any() else np.nan
        quasi[path] = float(binom.sf(hits - 1, worlds, base)) if worlds else np.nan
    return Counted(
        worlds, hits, hits / max(int(met.sum()), 1), hits / worlds if worlds else np.nan, worlds / len(met), quasi
    )


def peel(values: Mapping[str, Array], met: Mask) -> list[Bounds]:
    """Return PRIM's boxes from all worlds to the smallest, ema_workbench's peeling and pasting trajectory.

    Parameters
    ----------
    values : path -> (worlds,), those that a box may restrict
    met : (worlds,) bool
    """
    import pandas as pd

    with warnings.catch_warnings():  # of parts that are not installed, and of pandas about its own future
        warnings.simplefilter("ignore")
        prim = _prim()
        frame = pd.DataFrame({path: np.asarray(value, dtype=float) for path, value in values.items()})
        found = prim.Prim(frame, met.astype(float), threshold=float(met.mean()), peel_alpha=PEEL, mass_min=LEAST)
        limits = found.find_box().box_lims
    whole = limits[0]
    return [_bounds(each, whole) for each in limits]


def _prim() -> Any:
    from ema_workbench.analysis import prim  # type: ignore[import-untyped]

    logging.getLogger("EMA").setLevel(logging.ERROR)
    return prim


def _bounds(limits: Any, whole: Any) -> Bounds:
    """Return the restrictions of one of ema_workbench's boxes."""
    found = {}
    for path in limits.columns:
        (low, high), (least, most) = limits[path], whole[path]
        if low > least or high < most:
            found[str(path)] = (float(low) if low > least else -np.inf, float(high) if high < most else np.inf)
    return found


def simplified(bounds: Bounds, values: Mapping[str, Array], met: Mask) -> Bounds:
    """Return a box without the restrictions that are not sure, the least sure dropped first."""
    while bounds:
        quasi = count(bounds, values, met).quasi_p
        worst = max(quasi, key=lambda path: quasi[path])
        if quasi[worst] <= SURE and len(bounds) <= DIMENSIONS:
            break
        bounds = {path: bound for path, bound in bounds.items() if path != worst}
    return bounds


def candidates(values: Mapping[str, Array], met: Mask) -> list[Bounds]:
    """Return boxes of few and sure restrictions, each once: PRIM on all numbers, and on a growing few of them.

    On many numbers PRIM takes a little off each, and none of it is sure. So it is also run on one number, on
    the best pair with it, and so on (constrained PRIM: Kwakkel 2019, here by forward selection).

    Parameters
    ----------
    values : path -> (worlds,), the surest first, of which the first `TRIED` are grown from
    """
    found = _sure(peel(values, met), values, met)
    chosen: list[str] = []
    reached = 0.0
    while len(chosen) < DIMENSIONS:
        tried = {}
        for path in [path for path in list(values)[:TRIED] if path not in chosen]:
            mine = {each: values[each] for each in [*chosen, path]}
            tried[path] = _sure(peel(mine, met), mine, met)
        worth = {path: max((merit(count(box, values, met), met) for box in boxes), default=0.0)
                 for path, boxes in tried.items()}  # fmt: skip
        path = max(worth, key=lambda each: worth[each], default="")
        if not path or worth[path] <= reached:
            break
        chosen, reached = [*chosen, path], worth[path]
        found += [box for box in tried[path] if box not in found]
    return found


def _sure(boxes: list[Bounds], values: Mapping[str, Array], met: Mask) -> list[Bounds]:
    found: list[Bounds] = []
    for each in boxes:
        sure = simplified(each, values, met)
        if sure and sure not in found:
            found.append(sure)
    return found


def merit(counted: Counted, met: Mask) -> float:
    """Return the harmonic mean of coverage and of what the density gains, as a share of what it could gain.

    It is 0 for all worlds and 1 for a box that holds just the worlds of interest.
    """
    base = float(met.mean())
    gain = max(0.0, (counted.density - base) / (1 - base)) if counted.worlds and base < 1 else 0.0
    return 2 * counted.coverage * gain / (counted.coverage + gain) if gain else 0.0


def best(
    boxes: list[Bounds], values: Mapping[str, Array], met: Mask, density: float | None = None
) -> tuple[Bounds, Counted] | None:
    """Return the box of most merit with its count, of those that reach a density if given; None without one."""
    counted = [(bounds, count(bounds, values, met)) for bounds in boxes]
    reached = [each for each in counted if density is None or each[1].density >= density]
    return max(reached, key=lambda each: (merit(each[1], met), -len(each[0])), default=None)


def efficient(boxes: list[Bounds], values: Mapping[str, Array], met: Mask) -> list[Bounds]:
    """Return the boxes that no other exceeds in both coverage and density, by falling coverage."""
    counted = [(bounds, count(bounds, values, met)) for bounds in boxes]
    order = sorted(counted, key=lambda each: (-each[1].coverage, -each[1].density, len(each[0])))
    found, reached = [], -1.0
    for bounds, each in order:
        if each.density > reached:
            found.append(bounds)
            reached = each.density
    return found


# ----------------------------------------------------------------
# Which of many drawn numbers differ between the worlds that meet a condition and the others.


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
