"""Main effects and two-way interactions of a full factorial, on matched worlds.

Every effect is a contrast: a weighted sum of a world's values over cells, so that what all cells of a
world have in common cancels. Its mean over worlds has the interval of a mean of independent numbers.

References: Box, Hunter and Hunter 2005, Statistics for Experimenters, ch. 5; for the same worlds in
all cells, common random numbers, Law 2015, Simulation Modeling and Analysis, ch. 11.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cordiale.analysis.findings import interval
from cordiale.draws import Array


@dataclass(frozen=True)
class Contrast:
    """An effect of one factor, or of two on each other.

    With one factor, the mean over all levels of the others of: value at its highest level minus value at
    its lowest. With two, A and B, the mean over all levels of the others of: that difference for A where B
    is highest, minus that difference where B is lowest (a difference of differences, not halved).

    Attributes
    ----------
    factors : index of the factor, or of the two
    shape : number of levels of each factor of the design
    extremes : index of the lowest and highest level of each factor
    """

    factors: tuple[int, ...]
    shape: tuple[int, ...]
    extremes: tuple[tuple[int, int], ...]

    @property
    def kind(self) -> str:
        """Whether it is a "main" effect or an "interaction"."""
        return "main" if len(self.factors) == 1 else "interaction"

    def weights(self, levels: NDArray[np.int64]) -> Array:
        """Return the weight of cells.

        Parameters
        ----------
        levels : (cells, factors) index of each factor's level

        Returns
        -------
        (cells,); over the whole design the weights sum to 0
        """
        found = np.ones(len(levels))
        for factor, count in enumerate(self.shape):
            low, high = self.extremes[factor]
            at = levels[:, factor]
            found *= (at == high).astype(float) - (at == low) if factor in self.factors else 1.0 / count
        return found


def contrasts(shape: Sequence[int], extremes: Sequence[tuple[int, int]]) -> list[Contrast]:
    """Return the main effects of all factors, then all two-way interactions."""
    count = range(len(shape))
    chosen = [*((at,) for at in count), *combinations(count, 2)]
    return [Contrast(factors, tuple(shape), tuple(extremes)) for factors in chosen]


class Effects:
    """Effects of a design world by world, summed up as cells come in.

    Parameters
    ----------
    found : the contrasts
    measures, worlds : how many of each a cell has
    """

    def __init__(self, found: Sequence[Contrast], measures: int, worlds: int) -> None:
        self.contrasts = list(found)
        self.values = np.zeros((len(found), measures, worlds))

    def add(self, levels: NDArray[np.int64], values: Array) -> None:
        """Add cells, each of which must come in once, in an order that decides the last bits only.

        Parameters
        ----------
        levels : (cells, factors) index of each factor's level
        values : (cells, measures, worlds)
        """
        weights = np.stack([contrast.weights(levels) for contrast in self.contrasts])
        for at, cell in enumerate(values):  # one by one: the sum is then the same however cells are grouped
            self.values += weights[:, at, None, None] * cell

    def intervals(self) -> list[list[tuple[float, float, float]]]:
        """Return by contrast and measure: mean over worlds, and its 95 % interval."""
        return [[interval(worlds) for worlds in contrast] for contrast in self.values]


def summary_of(values: Array, base: Array) -> dict[str, Any]:
    """Return what is told of a cell.

    Parameters
    ----------
    values : (worlds,) the cell's
    base : (worlds,) the first cell's, in the same worlds

    Returns
    -------
    mean with its 95 % interval (low, high); median and quantiles of worlds; mean difference to the first
    cell in the same world, with its 95 % interval
    """
    mean, low, high = interval(values)
    q05, median, q95 = (float(each) for each in np.quantile(values, (0.05, 0.5, 0.95)))
    difference, least, most = interval(values - base)
    return {
        "mean": mean, "low": low, "high": high, "median": median, "q05": q05, "q95": q95,
        "difference": difference, "difference_low": least, "difference_high": most,
    }  # fmt: skip
