"""Sums from first to last, so that a world's last bit does not hang on the size of its block."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from cordiale.models.random import Array

Flags = NDArray[np.bool_]


def add_up(arrays: Iterable[Array], shape: Sequence[int]) -> Array:
    """Return the sum of arrays, from first to last, in one piece of memory; 0 of none."""
    result: Array = np.zeros(shape, order="F")
    for each in arrays:
        result += each
    return result


def total(array: Array) -> Array:
    """Return the sum over the last axis, always from first to last; 0 where it is empty.

    NumPy's own sum groups its additions by memory layout, so that a world's last bit would hang on
    the size of its block.
    """
    if array.shape[-1] == 0:
        return np.zeros(array.shape[:-1], order="F")
    result = array[..., 0].copy(order="K")
    for k in range(1, array.shape[-1]):
        result += array[..., k]
    return result
