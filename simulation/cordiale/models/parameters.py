"""The parameters of a block of worlds: what each world drew, and what the timeline makes of it.

Arrays have worlds first and lie in memory with worlds fastest (Fortran order), so that a state's
row is one run of memory over all worlds. What is the same in all worlds has length 1 on that axis.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cordiale.case.fields import FIELDS, Names
from cordiale.case.ranges import Coded
from cordiale.models.random import Array, Streams

LEAST = 1e-9  # of weights that only count by their shares: where all are 0, all count alike
GRID = 1024  # steps of the tabulated PERT quantile function


@dataclass(frozen=True)
class Parameters:
    """One array a field of `fields.FIELDS`, shaped (worlds or 1, *axes), and the weights (worlds,)."""

    arrays: Mapping[str, Array]
    weights: Mapping[str, Array]

    def __getattr__(self, name: str) -> Array:
        try:
            return self.arrays[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def taking_part(self) -> NDArray[np.bool_]:
        """Which states take part: (worlds or 1, N)."""
        return np.asarray(~(self.arrays["present"] < 0.5))  # NaN: nobody keeps it out

    def changed(self, arrays: Mapping[str, Array], weights: Mapping[str, Array]) -> Parameters:
        """Return the parameters with some arrays replaced."""
        return replace(self, arrays={**self.arrays, **arrays}, weights={**self.weights, **weights})


SHARED = ("salience", "weight")  # only their shares among one another count, and of nothing there is no share


def pert(coded: Coded, uniform: Array) -> Array:
    """Return PERT numbers for uniform ones, by a quantile function tabulated at 1,025 points.

    The table's error is below 0.1 % of the range between the 1st and the 99th percentile (a test).
    """
    width = coded.high - coded.low
    if width == 0:
        return np.full(uniform.shape, coded.best)
    table = _quantiles(round((coded.best - coded.low) / width, 9))
    grid = np.linspace(0.0, 1.0, GRID + 1)
    return coded.low + width * np.interp(uniform, grid, table)


@lru_cache(maxsize=4096)
def _quantiles(mode: float) -> Array:
    from scipy.special import betaincinv

    return np.asarray(betaincinv(1 + 4 * mode, 5 - 4 * mode, np.linspace(0.0, 1.0, GRID + 1)))


def draw(ranges: Mapping[str, Coded], streams: Streams) -> dict[str, Array]:
    """Return each parameter's value in each world: path -> (worlds,). One stream a path."""
    return {path: pert(coded, streams.uniform("parameter", path)[:, 0]) for path, coded in ranges.items()}


def best(ranges: Mapping[str, Coded]) -> dict[str, Array]:
    """Return the one world of best values: path -> (1,)."""
    return {path: np.array([coded.best]) for path, coded in ranges.items()}


def assemble(values: Mapping[str, Array], names: Names) -> Parameters:
    """Put drawn values into arrays; what is neither drawn nor set is as its field says."""
    worlds = max(len(value) for value in values.values())
    drawn = {names.paths[path][0] for path in values} - {"weights"}
    arrays = {}
    for name, field in FIELDS.items():
        length = worlds if name in drawn else 1
        arrays[name] = np.full((length, *names.shape(name)), field.absent, order="F")
    weights = {}
    for path, value in values.items():
        field_name, index = names.paths[path]
        if field_name == "weights":
            weights[path.removeprefix("weight.")] = value
        else:
            put(arrays[field_name], field_name, index, value)
    return Parameters(arrays, weights)


def put(array: Array, field: str, index: tuple[Any, ...], value: Array | float) -> None:
    """Write one parameter into its array, both ways round where it is symmetric."""
    if field in SHARED:
        value = np.maximum(value, LEAST)
    array[(slice(None), *index)] = value
    if FIELDS[field].axes[:2] == ("one", "other"):
        array[(slice(None), index[1], index[0], *index[2:])] = value
