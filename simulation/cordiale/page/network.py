"""The network of states, quarter by quarter: frames made once for a run, played and stepped in the browser."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cordiale.models.diplomacy.index import blocs
from cordiale.output.charts.network import ALONE, NODES, divides, no_division, positions
from cordiale.output.charts.recorded import Array, matrix, states
from cordiale.output.charts.style import ink_on
from cordiale.study.in_memory import InMemory

MEASURE, WIDEST = "strength", 9.0  # units of the picture
SHAPES = ("circle", "square", "diamond", "hexagon", "pentagon", "octagon", "circle")  # of `NODES`, and of one alone


def frames(study: InMemory, scenario: str) -> dict[str, Any]:
    """Return all that the player needs of a scenario, as JSON: places, and for each quarter ties and blocs."""
    entities = study.measures(scenario)[MEASURE]
    codes = states(entities)
    medians = np.median(study.values(MEASURE, scenario=scenario), axis=0)
    start = np.median(study.values(MEASURE, scenario=study.scenarios[0])[:, 0], axis=0)
    places = positions(matrix(start, entities, codes))  # of the first scenario, so that they are the same for both
    one, other = (np.array([codes.index(entity.split("-")[side]) for entity in entities]) for side in (0, 1))
    squares = np.zeros((len(medians), len(codes), len(codes)))
    squares[:, one, other] = squares[:, other, one] = medians
    pairs = list(combinations(range(len(codes)), 2))
    names = study.manifest["names"]
    upper = squares[:, *np.triu_indices(len(codes), 1)].T
    out, quarters = study.outside(scenario), study.quarters(scenario)
    here = np.array([[quarter not in out.get(code, ()) for quarter in quarters] for code in codes])
    both = np.array([here[i] & here[j] for i, j in pairs])
    found = blocs(upper, here).T
    looks = _looks(found)
    return {
        "codes": codes,
        "names": [names[code] for code in codes],
        "places": np.round(places, 4).tolist(),
        "pairs": [list(pair) for pair in pairs],
        "quarters": quarters,
        "widths": np.round(_widths(np.where(both, upper, np.nan).T), 2).tolist(),
        "looks": looks.tolist(),
        "inks": [[colour, shape, ink_on(colour)] for (colour, _), shape in zip((*NODES, ALONE), SHAPES, strict=True)],
        "words": [_words(row, codes, names) for row in found],
    }  # fmt: skip


def _widths(ties: Array) -> Array:
    """Return the width of each line, (Q, P): none up to the quarter's mean, the widest for the strongest of all.

    Parameters
    ----------
    ties : NaN where a state of the pair takes no part
    """
    tied = ~np.isnan(ties)
    means = np.where(tied, ties, 0.0).sum(axis=1, keepdims=True) / np.maximum(tied.sum(axis=1, keepdims=True), 1)
    above = np.where(tied, ties - means, 0.0)
    return np.where(above > 0, WIDEST * (above / max(float(above.max()), 1e-9)) ** 2, 0.0)


def _looks(blocs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of each state's look by quarter, (Q, N): a bloc keeps that of its first member.

    The last look is that of a state alone, and of all where blocs divide nobody; where blocs outnumber looks, they
    come round again.
    """
    looks = np.empty_like(blocs)
    given: dict[int, int] = {}
    for row, into in zip(blocs, looks, strict=True):
        numbers = np.unique(row)
        for bloc in numbers:
            members = np.flatnonzero(row == bloc)
            if len(members) == 1 or not divides(_sizes(row)):
                into[members] = len(NODES)
            else:
                into[members] = given.setdefault(int(members[0]), len(given) % len(NODES))
    return looks


def _words(row: NDArray[np.int64], codes: Sequence[str], names: dict[str, str]) -> str:
    """Return the blocs of a quarter in words, for those who do not see the picture."""
    outside = [names[code] for code, bloc in zip(codes, row, strict=True) if bloc < 0]
    end = f" No part: {', '.join(outside)}." if outside else ""
    if not divides(_sizes(row)):
        return f"No blocs: {no_division(_sizes(row))}.{end}"
    groups = [[names[codes[int(i)]] for i in np.flatnonzero(row == bloc)] for bloc in np.unique(row[row >= 0])]
    several = [", ".join(group) for group in groups if len(group) > 1]
    alone = [group[0] for group in groups if len(group) == 1]
    return "Blocs: " + "; ".join(several) + (f". In none: {', '.join(alone)}" if alone else "") + "." + end


def _sizes(row: NDArray[np.int64]) -> list[int]:
    """Return the sizes of a quarter's blocs; who takes no part has a number below 0, and is in none."""
    return [int(size) for size in np.unique(row[row >= 0], return_counts=True)[1]]
