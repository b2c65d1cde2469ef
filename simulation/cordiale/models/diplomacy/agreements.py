"""Agreements: opened, signed, in force, each type side by side (docs/ODD.md, 7.5).

Hazards are discrete-time logits (Beck, Katz and Tucker 1998) with covariates of Kinne (2018).
One number a dyad, type and quarter decides whichever stage the type is in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cordiale.models.diplomacy.events import Quarter
from cordiale.models.diplomacy.structure import Indices, closure
from cordiale.models.random import Array
from cordiale.models.sums import Flags

if TYPE_CHECKING:
    from cordiale.models.diplomacy.model import Diplomacy

Stages = tuple[Flags, Flags, Flags]  # talks, signed, in force: (A, P, W) each


def hazards(model: Diplomacy, q: Quarter) -> dict[int, Array]:
    """Return the chance a dyad-year that each type with a hazard of its own is signed by those who lack it: (P, W)."""
    structure, start, w, scale = model.structure, model.start, q.weight, model.standards.scale
    opened = [a for a in range(len(structure.names.agreements)) if not np.isnan(q.numbers.opens[a]).all()]
    common = start.hazard + start.noise + w.log_level - 0.5 * w.hazard_rungs
    for a in opened:
        common += w.hazard_rungs * q.now.in_force[a]
    with np.errstate(divide="ignore"):  # of a state without bandwidth, which opens nothing
        common += np.log(q.will / q.rival)
    found, logs = {}, np.log1p(np.arange(2 * len(structure.names.states)))
    for a in opened:
        degree = degrees(model, q.now.in_force[a] | q.now.pending[a])
        logit = logs[degree[structure.one] + degree[structure.other]]
        logit *= w.hazard_degree
        logit += common
        logit += q.numbers.opens[a] - w.hazard_degree
        for area in structure.follows[a]:
            logit += (w.hazard_change * scale / len(structure.follows[a])) * q.change[area]
        np.exp(np.negative(logit, out=logit), out=logit)
        logit += 1.0
        found[a] = np.reciprocal(logit, out=logit)
    return found


def degrees(model: Diplomacy, bound: Flags) -> NDArray[np.int64]:
    """Return with how many partners each state has signed a type, (N, W)."""
    structure, here = model.structure, model.here
    held = bound if here.all() else bound & here[structure.one] & here[structure.other]
    return np.stack([held[dyads].sum(axis=0) for dyads in structure.dyads_of])


def agreed(model: Diplomacy, q: Quarter) -> Stages:
    """Return talks, signatures and agreements in force after the quarter."""
    now, w, numbers = q.now, q.weight, q.numbers
    types, dyads = now.in_force.shape[:2]
    luck = model.streams.table("agreement", types * dyads, model.quarter).reshape(types, dyads, -1)
    talks, pending, in_force = now.talks.copy(), now.pending.copy(), now.in_force.copy()
    chance = hazards(model, q)
    for a in range(types):
        signature = w.signature if np.isnan(numbers.signature[a]).all() else numbers.signature[a]
        if a in chance:
            ever = signature / (signature + w.dropped)
            at = np.nonzero(luck[a] * ever < chance[a])  # a quarter's chance is never above the year's
            quarterly = 1.0 - (1.0 - chance[a][at]) ** 0.25
            opens = luck[a][at] < quarterly / np.broadcast_to(ever, luck[a].shape)[at]
            free = (q.here & ~now.in_force[a] & ~now.pending[a] & ~now.talks[a])[at]
            talks[a][at] |= opens & free
        if now.talks[a].any():
            under_way = now.talks[a] & q.here
            signs = under_way & (luck[a] < signature)
            talks[a] &= ~(under_way & (luck[a] < signature + w.dropped))
            pending[a] |= signs
        if now.pending[a].any():
            enters = now.pending[a] & q.here & (luck[a] < w.ratification)
            pending[a] &= ~enters
            in_force[a] |= enters
    return by_policy(model, (talks, pending, in_force))


def by_policy(model: Diplomacy, stages: Stages) -> Stages:
    """Return the stages after acts of policy: talks opened, texts signed, agreements held in force or out."""
    structure, numbers = model.structure, model.numbers
    one, other = structure.one, structure.other
    talks, pending, in_force = stages
    in_force = closure(in_force, structure.implies)
    if numbers.sign.any():
        pending |= _acts(numbers.sign, one, other)
    if numbers.open_talks.any():
        talks |= _acts(numbers.open_talks, one, other)
    held = np.moveaxis(numbers.agreement[one, other], 1, 0)
    if not np.isnan(held).all():
        in_force = np.where(np.isnan(held), in_force, held >= 0.5)
        out = held < 0.5
        talks, pending = talks & ~out, pending & ~out
    return talks & ~pending & ~in_force, pending & ~in_force, in_force


def _acts(field: Array, one: Indices, other: Indices) -> Flags:
    return np.moveaxis(field[one, other], 1, 0) >= 0.5
