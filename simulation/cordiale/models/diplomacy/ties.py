"""How strong a tie is, and how much it has changed since the start, by area (docs/ODD.md, 7.3).

The tie's value is the mean of what both states see in it. Terms are compared in standard deviations over dyads at the
start, so that each counts alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cordiale.models.diplomacy import terms
from cordiale.models.diplomacy.structure import Structure
from cordiale.models.random import Array

if TYPE_CHECKING:
    from cordiale.models.diplomacy.model import Diplomacy

FUNCTIONS: dict[str, Any] = {**terms.BY_AREA, **terms.BY_PAIR, **terms.OTHERS}
SEEN = (*terms.BY_AREA, *terms.BY_PAIR, "exposure")  # leaning follows what these have changed
STRENGTH = ("similarity", "threat", "usefulness", *terms.BY_PAIR)  # what the strength of a tie at the start is made of
HAZARD = ("similarity", "threat", "likeness", "capability")  # what moves agreements from the start
LARGEST = 2.0  # of a change, in spreads of ties
Terms = dict[str, Any]  # term -> (P, W), or a list of such by area


@dataclass(frozen=True)
class Standard:
    """A term over dyads at the start: mean and spread; infinite where it does not vary, so that it counts 0."""

    mean: float
    spread: float

    def of(self, value: Array) -> Array:
        """Return a value in spreads from the mean."""
        return (value - self.mean) / self.spread


@dataclass(frozen=True)
class Standards:
    """Constants of the pack: made from the one world of best values, over the dyads that are there at the start.

    Attributes
    ----------
    terms : term -> its standard, or a list of them by area
    close : mean over close partners of the sum of standardised terms;  scale : its standard deviation over dyads
    substitutes : (N, N) how far two states can replace one another as partners, 0..1; 0 of one with itself
    provoked : (C,) sum over states of what provokes the challenger
    outsiders : (F,) sum of the weights with which outsiders would join the format; infinite where there are none
    assertiveness : (N,) best values
    spread_of_parts : part of the index -> its standard deviation over dyads
    """

    terms: Mapping[str, Any]
    close: float
    scale: float
    substitutes: Array
    provoked: Array
    outsiders: Array
    assertiveness: Array
    spread_of_parts: Mapping[str, float]


def values(model: Diplomacy, names: Sequence[str]) -> Terms:
    """Return each term of all ties: the mean of what both states see."""
    return {name: value(model, name) for name in names}


def value(model: Diplomacy, name: str) -> Any:
    """Return a term of all ties: the mean of what both states see."""
    usual = FUNCTIONS[name](model, model.structure.one, model.structure.other, both=True)
    return _with_own(model, name, usual) if model.overriding[name] else usual


def _with_own(model: Diplomacy, name: str, value: Any) -> Any:
    """Replace the half of every state that has a term of its own."""
    dyads, function = model.structure.dyads_of, FUNCTIONS[name]
    by_area = name in terms.BY_AREA
    areas = [each.copy() for each in value] if by_area else [value.copy()]
    for state in model.overriding[name]:
        partners = model.structure.others[state.i]
        own, usual = model.asked(state, name), function(model, *state.row)
        for area, mine, base in zip(areas, own if by_area else [own], usual if by_area else [usual], strict=True):
            area[dyads[state.i]] += (mine - base)[partners] / 2.0
    return areas if by_area else areas[0]


def change(model: Diplomacy) -> tuple[Array, Array]:
    """Return how much each tie has changed since the start, by area: (areas, P, W), in spreads of ties, -2..2.

    The second array is the similarity on all issues, (P, W).
    """
    model.gains, alike = gains(model)
    result = model.gains
    if model.overriding["leaning"]:
        result = result + value(model, "leaning")
    return np.clip(result, -LARGEST, LARGEST), alike


def gains(model: Diplomacy) -> tuple[Array, Array]:
    """Return what all terms but leaning have added to each tie since the start, by area: (areas, P, W).

    Each term is added while it is at hand. The second array is the similarity on all issues, (P, W).
    """
    w, standards, start, structure = model.numbers.weight, model.standards, model.start, model.structure
    gained = np.empty_like(start.noise)
    needed = terms.need(model) - start.need
    pairs = w.need * (needed[structure.one] + needed[structure.other])
    np.subtract(value(model, "exposure"), start.terms["exposure"], out=gained)
    gained *= 2.0 * w.pressure_cost
    pairs -= gained
    for name in terms.BY_PAIR:
        now = value(model, name)
        if now is not start.terms[name]:
            pairs += _gain(gained, now, start.terms[name], factor(model, name, standards.terms[name]))
    result = np.empty_like(model.now.change)
    result[:] = pairs
    for name in terms.BY_AREA:
        seen = value(model, name)
        if name == "similarity":
            alike = seen[structure.everything]
        for (now, first, standard), areas in _alike(seen, start.terms[name], standards.terms[name]):
            _gain(gained, now, first, factor(model, name, standard))
            for a in areas:
                result[a] += gained
    return result, alike


def _alike(*by_area: Sequence[Any]) -> list[tuple[tuple[Any, ...], list[int]]]:
    """Return (term, at the start, standard) and the areas that share them, where the term has moved and counts."""
    found: dict[tuple[int, int, float], list[int]] = {}
    for a, (now, first, standard) in enumerate(zip(*by_area, strict=True)):
        if now is not first and standard.spread < np.inf:
            found.setdefault((id(now), id(first), standard.spread), []).append(a)
    return [(tuple(each[areas[0]] for each in by_area), areas) for areas in found.values()]


def factor(model: Diplomacy, name: str, standard: Standard) -> Array:
    """Return what one unit of a term adds to the strength of a tie, (W,)."""
    return np.asarray(getattr(model.numbers.weight, f"value_{name}") / (standard.spread * model.standards.scale))


def _gain(into: Array, now: Array, start: Array, scaled: Array) -> Array:
    """Return what a term has gained since the start, scaled, written into an array."""
    np.subtract(now, start, out=into)
    into *= scaled
    return into


def gained(model: Diplomacy, dyad: int) -> dict[str, Array]:
    """Return what each term has added to a tie since the start, over all issues: (W,)."""
    w, standards, start, structure = model.numbers.weight, model.standards, model.start, model.structure
    seen, everything = values(model, SEEN), structure.everything
    found = {}
    for name in (*terms.BY_AREA, *terms.BY_PAIR):
        now, first, standard = seen[name], start.terms[name], standards.terms[name]
        if name in terms.BY_AREA:
            now, first, standard = now[everything], first[everything], standard[everything]
        found[name] = factor(model, name, standard) * (now[dyad] - first[dyad])
    needed = terms.need(model) - start.need
    found["need"] = w.need * (needed[structure.one[dyad]] + needed[structure.other[dyad]])
    model.gains, _ = gains(model)
    found["leaning"] = value(model, "leaning")[dyad].copy()
    found["exposure"] = -2.0 * w.pressure_cost * (seen["exposure"][dyad] - start.terms["exposure"][dyad])
    return found


def both_ways(dyads: Array, structure: Structure) -> Array:
    """Return a table (N, N, W) of values of dyads (P, W), both ways; 0 of a state with itself."""
    table = dyads.take(structure.dyad, axis=0)
    own = np.arange(len(table))
    table[own, own] = 0.0
    return table
