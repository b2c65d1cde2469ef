"""The index of alignment and its four parts, and other measures of ties: pure functions on arrays.

The index is a definition: a quarter each of similarity, depth, activity and trust, each divided by its standard
deviation over the dyads of the pack at the start. A unit is one such spread.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cordiale.models.diplomacy.events import LEAST
from cordiale.models.diplomacy.numbers import Numbers
from cordiale.models.diplomacy.structure import Structure
from cordiale.models.diplomacy.terms import likeness_on
from cordiale.models.diplomacy.world import World
from cordiale.models.random import Array
from cordiale.models.sums import Flags

SEARCHES = 10  # for communities: the search is a heuristic
ROUNDS = 2  # of each search, as is usual; until nothing changes it never ended in one world of 66,000
PARTS = ("similarity", "depth", "activity", "trust")


def parts(now: World, numbers: Numbers, structure: Structure, events: Array) -> dict[str, Array]:
    """Return the parts of the index, (P, W) each: similarity, depth and trust in 0..1, activity a logarithm.

    Parameters
    ----------
    events : (P, W) what the two have done together in a year
    """
    one, other = structure.one, structure.other
    return {
        "similarity": (similarity(now, numbers, structure) + 1.0) / 2.0,
        "depth": depth(now.in_force, numbers.parameters.arrays["weight"]),
        "activity": np.log(events + LEAST),
        "trust": (now.trust[one, other] + now.trust[other, one]) / 2.0,
    }


def in_spreads(found: Mapping[str, Array], spread: Mapping[str, float]) -> dict[str, Array]:
    """Return the parts in SD across dyads at the start; the index is their mean."""
    return {name: found[name] / spread[name] for name in PARTS}


def index(found: Mapping[str, Array]) -> Array:
    """Return the index, (P, W), of parts in spreads."""
    whole = found[PARTS[0]].copy()
    for name in PARTS[1:]:
        whole += found[name]
    return whole / len(PARTS)


def similarity(now: World, numbers: Numbers, structure: Structure) -> Array:
    """Return the mutual similarity of positions, deeds left out: (P, W), -1..1."""
    issues, position = tuple(structure.index_issues), now.position
    if not issues:
        return np.zeros((len(structure.one), now.worlds))
    gap = {k: np.abs(position[structure.one, k] - position[structure.other, k]) for k in issues}
    return likeness_on(issues, numbers.mutual_shares[issues], gap)


def depth(in_force: Flags, weight: Array) -> Array:
    """Return institutional depth, 0..1: the part of all weight that is in force.

    Parameters
    ----------
    in_force : (A, ..., W);  weight : (W, A)
    """
    held, whole = np.zeros(in_force.shape[1:]), np.zeros(len(weight))
    for a in range(len(in_force)):
        held = held + in_force[a] * weight[:, a]
        whole = whole + weight[:, a]
    return held / whole


def hedging(aligned: Array, first: int, second: int) -> Array:
    """Return how evenly each state stands between two poles: (N, W), 1 even, 0 a spread or more apart; the poles are 0.

    Parameters
    ----------
    aligned : (N, N, W) the index
    """
    even = np.maximum(1.0 - np.abs(aligned[:, first] - aligned[:, second]), 0.0)
    even[[first, second]] = 0.0
    return even


def engagement(aligned: Array, first: int, second: int) -> Array:
    """Return the index with the pole to which each state is less aligned: (N, W); the poles are 0.

    It tells a state that seeks both poles from one that keeps away from both (Kuik 2008): both stand evenly.

    Parameters
    ----------
    aligned : (N, N, W) the index
    """
    lesser = np.minimum(aligned[:, first], aligned[:, second])
    lesser[[first, second]] = 0.0
    return lesser


def rank(value: Array) -> NDArray[np.float64]:
    """Return the rank of the column's state among the partners of the row's, 1 the closest: (N, N, W).

    Of equals the one that stands first in the pack comes first. A state's own rank is 0.
    """
    states = len(value)
    own = np.eye(states, dtype=bool)[..., None]
    order = np.argsort(-np.where(own, np.nan, value), axis=1, kind="stable")
    ranks = np.empty(value.shape)
    places = np.arange(1.0, states + 1)[None, :, None]
    np.put_along_axis(ranks, order, np.broadcast_to(places, value.shape), axis=1)
    return np.where(own, 0.0, ranks)


# ----------------------------------------------------------------
# Blocs: communities of ties that may be below what is usual (Traag, Van Dooren and Nesterov 2011, by igraph).


def blocs(strength: Array, present: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the bloc of each state, (N, W), numbered by their first members; one outside has a number below 0.

    The constant Potts model with the world's mean tie as resolution: a tie below the mean holds two states apart.

    Parameters
    ----------
    strength : (P, W) of ties, dyads in the order of `Structure.one`;  present : (N, W) who takes part
    """
    import igraph

    states, worlds = present.shape
    one, other = np.triu_indices(states, 1)
    result = np.broadcast_to(-1 - np.arange(states)[:, None], (states, worlds)).copy()
    for world in range(worlds):
        here = np.flatnonzero(present[:, world])
        inside = present[one, world] & present[other, world]
        number = np.full(states, -1)
        number[here] = np.arange(len(here))
        edges = np.column_stack([number[one[inside]], number[other[inside]]])
        if len(edges):
            result[here, world] = _renumbered(_communities(igraph, len(here), edges, strength[inside, world]))
    return result


def _communities(igraph: Any, states: int, edges: NDArray[np.intp], tie: Array) -> NDArray[np.int64]:
    """Return the best of several searches for communities, each from another order of states."""
    usual = float(tie.mean())
    graph = igraph.Graph(n=states, edges=edges.tolist())
    igraph.set_random_number_generator(random.Random(0))  # the same blocs for the same ties, whatever ran before
    best, most = np.zeros(states, dtype=np.int64), -np.inf
    for _ in range(SEARCHES):
        found = graph.community_leiden("CPM", weights=tie.tolist(), resolution=usual, n_iterations=ROUNDS)
        labels = np.asarray(found.membership)
        within = float((tie - usual)[labels[edges[:, 0]] == labels[edges[:, 1]]].sum())
        if within > most + 1e-12:
            best, most = labels, within
    return best


def _renumbered(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(first))[inverse])


def stability(shared: Array) -> float:
    """Return how alike the worlds' blocs are, 0..1: 1 where every pair is in one bloc always or never.

    Parameters
    ----------
    shared : (W, pairs) 0 or 1; the value is the mean over pairs of |2 p - 1|, p the share of worlds
    """
    return float(np.mean(np.abs(2 * shared.mean(axis=0) - 1)))
