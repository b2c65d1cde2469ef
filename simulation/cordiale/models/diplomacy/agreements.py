"""Agreements: opened, signed, in force, each type side by side (docs/ODD.md, 7.5; Beck, Katz and Tucker 1998; Kinne 2018).

One number a dyad, type and quarter decides whichever stage the type is in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cordiale.models.diplomacy.events import Quarter
from cordiale.models.diplomacy.structure import closure
from cordiale.models.random import Array
from cordiale.models.sums import Flags

if TYPE_CHECKING:
    from cordiale.models.diplomacy.model import Diplomacy

Stages = tuple[Flags, Flags, Flags]  # talks, signed, in force: (A, P, W) each


def hazards(model: Diplomacy, q: Quarter) -> dict[int, Array]:
    """Return the chance a dyad-year that each type with a hazard of its own is signed by those who lack it: (P, W)."""
    structure, start, w = model.structure, model.start, q.weight
    opened = [a for a in range(len(structure.names.agreements)) if not np.isnan(q.numbers.opens[a]).all()]
    rungs = sum(q.now.in_force[a].astype(float) for a in opened) if opened else 0.0
    common = start.hazard + start.noise + w.hazard_rungs * (rungs - 0.5) + w.log_level
    with np.errstate(divide="ignore"):  # of a state without bandwidth, which opens nothing
        common = common + np.log(q.effort) + np.log(q.chill) - np.log(q.rival)
    found = {}
    for a in opened:
        degree = degrees(model, q.now.in_force[a] | q.now.pending[a])
        both = degree[structure.one] + degree[structure.other]
        moved = sum(q.change[area] for area in structure.follows[a]) / len(structure.follows[a])
        logit = q.numbers.opens[a] + common + w.hazard_degree * (np.log1p(both) - 1.0)
        logit = logit + w.hazard_change * model.standards.scale * moved
        found[a] = 1.0 / (1.0 + np.exp(-logit))
    return found


def degrees(model: Diplomacy, bound: Flags) -> Array:
    """Return with how many partners each state has signed a type, (N, W)."""
    structure = model.structure
    bound = bound & (model.here[structure.one] & model.here[structure.other])
    result = np.zeros((len(structure.names.states), bound.shape[-1]))
    for p in np.flatnonzero(bound.any(axis=-1)):
        result[structure.one[p]] += bound[p]
        result[structure.other[p]] += bound[p]
    return result


def agreed(model: Diplomacy, q: Quarter) -> Stages:
    """Return talks, signatures and agreements in force after the quarter."""
    now, w, numbers = q.now, q.weight, q.numbers
    types, dyads = now.in_force.shape[:2]
    luck = model.streams.table("agreement", dyads * types, model.quarter).reshape(dyads, types, -1)
    luck = np.moveaxis(luck, 1, 0)
    talks, pending, in_force = now.talks.copy(), now.pending.copy(), now.in_force.copy()
    chance = hazards(model, q)
    for a in range(types):
        signature = w.signature if np.isnan(numbers.signature[a]).all() else numbers.signature[a]
        free = q.here & ~now.in_force[a]
        under_way, signed = now.talks[a] & free, now.pending[a] & free
        signs = under_way & (luck[a] < signature)
        ends = under_way & (luck[a] < signature + w.dropped)
        opens = np.zeros_like(free)
        if a in chance:
            quarterly = 1.0 - (1.0 - chance[a]) ** 0.25
            ever = signature / (signature + w.dropped)
            opens = free & ~under_way & ~signed & (luck[a] < quarterly / ever)
        enters = signed & (luck[a] < w.ratification)
        talks[a] = (talks[a] & ~ends & ~signs) | opens
        pending[a] = (pending[a] | signs) & ~enters
        in_force[a] |= enters
    return by_policy(model, (talks, pending, in_force))


def by_policy(model: Diplomacy, stages: Stages) -> Stages:
    """Return the stages after acts of policy: talks opened, texts signed, agreements held in force or out."""
    structure, numbers = model.structure, model.numbers
    one, other = structure.one, structure.other
    talks, pending, in_force = stages
    in_force = closure(in_force, structure.implies)
    pending |= _acts(numbers.sign, one, other) & ~in_force
    talks |= _acts(numbers.open_talks, one, other)
    held = np.moveaxis(numbers.agreement[one, other], 1, 0)
    if not np.isnan(held).all():
        in_force = np.where(np.isnan(held), in_force, held >= 0.5)
        out = held < 0.5
        talks, pending = talks & ~out, pending & ~out
    return talks & ~pending & ~in_force, pending & ~in_force, in_force


def _acts(field: Array, one: Array, other: Array) -> Flags:
    return np.moveaxis(field[one, other], 1, 0) >= 0.5
