"""How strong a tie is, and how much it has changed since the start, by area (docs/ODD.md, 7.3).

The tie's value is the mean of what both states see in it. Terms are compared in standard deviations over dyads at the
start, so that each counts alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cordiale.models.diplomacy import terms
from cordiale.models.diplomacy.structure import Indices
from cordiale.models.random import Array

if TYPE_CHECKING:
    from cordiale.models.diplomacy.model import Diplomacy
    from cordiale.models.diplomacy.state import State

STRENGTH = ("similarity", "threat", "usefulness", *terms.BY_PAIR)  # what the strength of a tie at the start is made of
HAZARD = ("similarity", "threat", "likeness", "capability")  # what moves agreements from the start
LARGEST = 2.0  # of a change, in spreads of ties
Terms = dict[str, Array]


@dataclass(frozen=True)
class Standards:
    """Constants of the pack: made from the one world of best values, over the dyads that are there at the start.

    Attributes
    ----------
    mean, spread : term -> (areas, 1, 1) or (1, 1); the spread of a term that does not vary is infinite, so it counts 0
    close : mean over close partners of the sum of standardised terms;  scale : its standard deviation over dyads
    substitutes : (N, N) how far two states can replace one another as partners, 0..1
    provoked : (C,) sum over states of what provokes the challenger
    outsiders : (F,) sum over outsiders of the weight with which they would join the format
    assertiveness : (N,) best values
    spread_of_parts : part of the index -> its standard deviation over dyads
    """

    mean: Mapping[str, Array]
    spread: Mapping[str, Array]
    close: float = 0.0
    scale: float = 1.0
    substitutes: Array = None  # type: ignore[assignment]
    provoked: Array = None  # type: ignore[assignment]
    outsiders: Array = None  # type: ignore[assignment]
    assertiveness: Array = None  # type: ignore[assignment]
    spread_of_parts: Mapping[str, float] = None  # type: ignore[assignment]

    def standardised(self, term: str, value: Array) -> Array:
        """Return a term in standard deviations from its mean over dyads."""
        return (value - self.mean[term]) / self.spread[term]


def values(model: Diplomacy, names: Sequence[str]) -> Terms:
    """Return each term of all ties: the mean of what both states see, (P, W) or (areas, P, W)."""
    one, other = model.structure.one, model.structure.other
    functions = {**terms.BY_AREA, **terms.BY_PAIR, **terms.OTHERS}
    found = {}
    for name in names:
        term = functions[name]
        value = term(model, one, other)
        if name not in terms.SYMMETRIC:
            value += term(model, other, one)
            value /= 2
        own = model.overriding[name]
        if own:
            value = _with_own(model, name, term, value)
        found[name] = value
    return found


def _with_own(model: Diplomacy, name: str, term: terms.Term, value: Array) -> Array:
    """Replace the half of every state that has a term of its own."""
    dyad = model.structure.dyad
    value = np.array(np.broadcast_to(value, (*value.shape[:-1], model.now.worlds)))
    for state in model.overriding[name]:
        partners = np.delete(np.arange(len(dyad)), state.i)
        gained = (model.asked(state, name) - term(model, *state.row)) / 2
        value[..., dyad[state.i, partners], :] += gained[..., partners, :]
    return value


def change(model: Diplomacy) -> Array:
    """Return how much each tie has changed since the start, by area: (areas, P, W), in spreads of ties, -2..2."""
    w, standards, start = model.numbers.weight, model.standards, model.start
    now = values(model, (*terms.BY_AREA, *terms.BY_PAIR, *terms.OTHERS))
    areas: Array = 0.0  # type: ignore[assignment]
    for name in terms.BY_AREA:
        areas = areas + getattr(w, f"value_{name}") * ((now[name] - start.terms[name]) / standards.spread[name])
    pairs: Array = 0.0  # type: ignore[assignment]
    for name in terms.BY_PAIR:
        pairs = pairs + getattr(w, f"value_{name}") * ((now[name] - start.terms[name]) / standards.spread[name])
    pairs = pairs / standards.scale
    structure = model.structure
    needed = terms.need(model) - start.need
    pairs += w.need * (needed[structure.one] + needed[structure.other])
    pairs += now["leaning"]
    pairs -= 2.0 * w.pressure_cost * (now["exposure"] - start.terms["exposure"])
    areas = areas / standards.scale
    areas += pairs
    return np.clip(areas, -LARGEST, LARGEST, out=areas)


def seen_by(model: Diplomacy, state: State, partner: int) -> Terms:
    """Return what each term has added to a tie since the start as one of the two sees it, over all issues: (W,)."""
    w, standards, start, structure = model.numbers.weight, model.standards, model.start, model.structure
    dyad, everything = structure.dyad[state.i, partner], structure.everything
    found = {}
    for name in (*terms.BY_AREA, *terms.BY_PAIR):
        own, first, spread = model.asked(state, name), start.terms[name], standards.spread[name]
        if name in terms.BY_AREA:
            own, first, spread = own[everything], first[everything], spread[everything]
        gained = (own[partner] - first[dyad]) / spread[0]
        found[name] = np.broadcast_to(
            getattr(w, f"value_{name}") * gained / standards.scale, (model.now.worlds,)
        ).copy()
    needed = terms.need(model) - start.need
    found["need"] = w.need * (needed[state.i] + needed[partner])
    found["leaning"] = np.broadcast_to(model.asked(state, "leaning")[partner], (model.now.worlds,)).copy()
    exposed = model.asked(state, "exposure")[partner] - start.terms["exposure"][dyad]
    found["exposure"] = np.broadcast_to(-2.0 * w.pressure_cost * exposed, (model.now.worlds,)).copy()
    return found


def both_ways(table: Array, dyads: Array, one: Indices, other: Indices) -> Array:
    """Lay values of dyads (P, W) into a table (N, N, W) both ways, and return it."""
    table[one, other] = dyads
    table[other, one] = dyads
    return table
