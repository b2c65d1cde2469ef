"""Similarity of policy positions: Signorino and Ritter's S (1999), which any family may read.

Shapes: W worlds, N states, K issues.
"""

from __future__ import annotations

import numpy as np

from cordiale.models.random import Array
from cordiale.models.sums import add_up, total


def mutual(directed: Array) -> Array:
    """Return the mean of both directions, (W, N, N)."""
    return np.asarray((directed + directed.swapaxes(1, 2)) / 2)


def similarity(position: Array, seen: Array, salience: Array) -> Array:
    """Return S of every state with every other, by the first's salience.

    Parameters
    ----------
    position : (W, N, K) where each state stands
    seen : (W, N, N, K) where the row's state sees the column's, or (W, 1, N, K)
    salience : (W, N, K)

    Returns
    -------
    (W, N, N)
    """
    share = salience / total(salience)[..., None]
    gaps = (share[:, :, None, k] * np.abs(position[:, :, None, k] - seen[..., k]) for k in range(share.shape[-1]))
    return 1 - 2 * add_up(gaps, (*position.shape[:2], position.shape[1]))
