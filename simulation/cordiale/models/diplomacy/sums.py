"""Sums of products whose last bit does not hang on how many worlds a block has."""

from __future__ import annotations

import numpy as np

from cordiale.models.random import Array


def products(axes: str, one: Array, other: Array) -> Array:
    """Return np.einsum of two arrays whose last axis is worlds, summed in the same order for any number of worlds.

    With several worlds each is summed from first to last; one world alone would be summed in groups.
    """
    if one.shape[-1] > 1:
        return np.asarray(np.einsum(axes, one, other))
    two = [np.repeat(array, 2, axis=-1) for array in (one, other)]
    return np.asarray(np.einsum(axes, *two)[..., :1])


def sum_over(array: Array, axis: int) -> Array:
    """Return the sum over an axis, from first to last."""
    parts = np.moveaxis(array, axis, 0)
    result = parts[0].copy()
    for part in parts[1:]:
        result += part
    return np.asarray(result)
