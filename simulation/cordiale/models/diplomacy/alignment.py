"""Alignment of dyads and its four parts, and other measures of ties: pure functions on arrays.

Shapes: W worlds, N states, K issues, D domains, A agreements. Dyads come as (W, N, N).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cordiale.models.parameters import LEAST
from cordiale.models.random import Array

PARTS = ("similarity", "depth", "practice", "trust")


def alignment(parts: dict[str, Array], weights: dict[str, Array]) -> Array:
    """Return the weighted mean of the parts, (W, N, N) in 0..1.

    Parameters
    ----------
    parts : by name of PARTS, (W, N, N) in 0..1 each
    weights : by name of PARTS, (W,) each
    """
    held = {part: np.maximum(weights[part], LEAST) for part in PARTS}
    whole = np.asarray(sum(held[part] for part in PARTS))[:, None, None]
    return np.asarray(sum(held[part][:, None, None] * parts[part] for part in PARTS) / whole)


def position_gap(position: Array) -> Array:
    """Return how far apart states stand on one issue: (W, N) to (W, N, N)."""
    return np.asarray(np.abs(position[:, :, None] - position[:, None, :]))


def misperception(seen: Array, position: Array, salience: Array) -> Array:
    """Return how far the row's state mistakes the column's position, by its salience: (W, N, N) in 0..1.

    Parameters
    ----------
    seen : (W, N, N, K);  position, salience : (W, N, K)
    """
    whole = np.asarray(sum(salience[..., k] for k in range(salience.shape[-1])))
    error = sum(
        salience[:, :, None, k] * np.abs(seen[..., k] - position[:, None, :, k]) for k in range(salience.shape[-1])
    )
    return np.asarray(error / whole[:, :, None])


def rank(value: Array) -> NDArray[np.float64]:
    """Return the rank of the column's state among the partners of the row's, 1 the most valued: (W, N, N).

    Of equals the one that stands first in the pack comes first. A state's own rank is 0.
    """
    states = value.shape[1]
    own = np.eye(states, dtype=bool)
    open_to_rank = np.where(own, np.nan, value)  # sorted last, also behind a state with which nothing can be done
    order = np.argsort(-open_to_rank, axis=2, kind="stable")
    ranks = np.empty(value.shape)
    np.put_along_axis(ranks, order, np.broadcast_to(np.arange(1.0, states + 1), value.shape), axis=2)
    return np.where(own, 0.0, ranks)


def hedging(aligned: Array, first: int, second: int) -> Array:
    """Return how evenly each state stands between two poles: (W, N), 1 even, 0 wholly on one side.

    The poles themselves are 0.
    """
    one, other = aligned[:, :, first], aligned[:, :, second]
    both = one + other
    even = 1 - np.abs(one - other) / np.where(both > 0, both, 1.0)
    even[:, [first, second]] = 0.0
    return even


# ----------------------------------------------------------------
# Blocs: communities of the alignment graph (Clauset, Newman and Moore 2004, by igraph).


def blocs(aligned: Array) -> NDArray[np.int64]:
    """Return the bloc of each state, (W, N), numbered by their first members.

    Parameters
    ----------
    aligned : (W, N, N) symmetric; only its positive part above the world's mean counts, since
        modularity on a complete graph of like weights tells little
    """
    import igraph

    worlds, states = aligned.shape[:2]
    one, other = np.triu_indices(states, k=1)
    edges = list(zip(one.tolist(), other.tolist(), strict=True))
    weights = aligned[:, one, other]
    weights = np.maximum(weights - weights.mean(axis=1, keepdims=True), 0.0)
    result = np.empty((worlds, states), dtype=np.int64)
    for world in range(worlds):
        graph = igraph.Graph(n=states, edges=edges)
        found = graph.community_fastgreedy(weights=(weights[world] + 1e-12).tolist())
        result[world] = _renumbered(np.asarray(found.as_clustering().membership))
    return result


def blocs_of_present(aligned: Array, present: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the bloc of each state, (W, N); a state that stands outside has a bloc of its own, numbered below 0.

    Parameters
    ----------
    aligned : (W, N, N) symmetric;  present : (W, N) who takes part
    """
    result = np.broadcast_to(-1 - np.arange(present.shape[1]), present.shape).copy()
    for here in np.unique(present, axis=0):
        worlds, states = np.flatnonzero((present == here).all(axis=1)), np.flatnonzero(here)
        result[np.ix_(worlds, states)] = blocs(aligned[np.ix_(worlds, states, states)])
    return result


def _renumbered(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(first))[inverse])


def together(bloc: NDArray[np.int64]) -> Array:
    """Return 1 where two states share a bloc: (W, N) to (W, N, N)."""
    return np.asarray(bloc[:, :, None] == bloc[:, None, :], dtype=float)


def stability(shared: Array) -> float:
    """Return how alike the worlds' blocs are, 0..1: 1 where every pair is in one bloc always or never.

    Parameters
    ----------
    shared : (W, pairs) 0 or 1; the value is the mean over pairs of |2 p - 1|, p the share of worlds
    """
    return float(np.mean(np.abs(2 * shared.mean(axis=0) - 1)))
