"""Similarity of policy positions: Signorino and Ritter's S (1999), which any family may read.

Shapes: W worlds, N states, K issues.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cordiale.case.fields import Names
from cordiale.case.load import LoadedPack
from cordiale.case.numbers import coded_numbers
from cordiale.models.base import Measure
from cordiale.models.parameters import assemble, best
from cordiale.models.random import Array
from cordiale.models.sums import add_up, total
from cordiale.models.units import SD


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


# ---------------------------------------------------------------- as a measure that families share


@dataclass(frozen=True)
class Standard:
    """By what similarity is told: the same for all families of a pack.

    Attributes
    ----------
    issues : those that count: all but deeds
    spread : standard deviation of (S + 1) / 2 over dyads at the start, in the world of best values; infinite of none
    """

    issues: tuple[int, ...]
    spread: float


def standard_of(loaded: LoadedPack, names: Names) -> Standard:
    """Return by what similarity is told in a pack."""
    issues = tuple(k for k, record in enumerate(loaded.pack.case.issues.values()) if not record.deed)
    parameters = assemble(best({path: each.coded for path, each in coded_numbers(loaded, names).items()}), names)
    here = np.array([not loaded.pack.states[code].enters for code in names.states])
    one, other = np.nonzero(np.triu(here[:, None] & here, 1))
    alike = among(issues, np.clip(parameters.ideal, 0.0, 1.0), parameters.salience)[0, one, other]
    deviation = float(((alike + 1.0) / 2.0).std()) if len(one) else 0.0
    return Standard(issues, deviation if deviation > 1e-9 else np.inf)


def among(issues: tuple[int, ...], position: Array, salience: Array) -> Array:
    """Return the mutual S of states on some issues, (W, N, N); 0 of no issue.

    Parameters
    ----------
    position, salience : (W, N, K)
    """
    if not issues:
        return np.zeros((*position.shape[:2], position.shape[1]))
    x, matters = position[..., list(issues)], salience[..., list(issues)]
    return mutual(similarity(x, x[:, None], matters))


SIMILARITY = Measure(
    "dyad", None, SD, "policy similarity",
    lambda w, _: (among(w.standard.issues, w.position, w.salience) + 1.0) / 2.0 / w.standard.spread,
)  # fmt: skip
