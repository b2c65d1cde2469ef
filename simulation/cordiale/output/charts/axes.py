"""Axes: ranges of values, numbers at ticks, heights of labels that do not touch, and how fine each measure is drawn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def number(value: float) -> str:
    """Return a tick's number without needless digits, with a true minus sign."""
    return f"{value:.6g}".replace("-", "−") if abs(value) > 1e-12 else "0"


def apart(wanted: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Return centres of labels that do not touch, as near the wanted ones as may be.

    Parameters
    ----------
    wanted : ascending centres
    sizes : heights of the labels
    low, high : between which the labels lie, if there is room; else they reach below `low`
    """
    offsets = np.cumsum(sizes) - np.array(sizes) / 2
    free = np.array(wanted) - offsets  # labels touch where equal, so these must ascend: pool neighbours (least squares)
    groups: list[list[float]] = []
    for place in free:
        groups.append([float(place)])
        while len(groups) > 1 and np.mean(groups[-1]) < np.mean(groups[-2]):
            groups[-2:] = [groups[-2] + groups[-1]]
    pooled = np.concatenate([[np.mean(group)] * len(group) for group in groups])
    bounded = np.minimum(np.maximum(pooled, low), high - float(sum(sizes)))
    return [float(place) for place in bounded + offsets]
