"""Blocs: communities of the alignment graph (Clauset, Newman and Moore 2004, by igraph)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cordiale.draws import Array


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
