"""Agreements: opened, signed, in force, each type side by side (docs/ODD.md, 7.5).

Hazards are discrete-time logits (Beck, Katz and Tucker 1998) with covariates of Kinne (2018).
One number a dyad, type and quarter decides whichever stage the type is in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cordiale.models.diplomacy.events import Quarter
from cordiale.models.diplomacy.structure import Indices, closure
from cordiale.models.random import Array
from cordiale.models.sums import Flags

if TYPE_CHECKING:
    from cordiale.models.diplomacy.model import Diplomacy

Stages = tuple[Flags, Flags, Flags]  # talks, signed, in force: (A, P, W) each


def odds(model: Diplomacy, q: Quarter) -> dict[int, Array]:
    """Return the odds a dyad-year that each type with a hazard of its own is signed by those who lack it: (P, W)."""
    structure, start, w, now = model.structure, model.start, q.weight, q.now
    opened = q.numbers.opened
    if not opened:
        return {}
    rungs = np.add.reduce(now.in_force[opened], axis=0, dtype=np.int8)
    common = w.hazard_rungs * (rungs - 0.5) + start.hazard
    common += start.noise
    common += w.log_level
    with np.errstate(divide="ignore"):  # of a state without bandwidth, which opens nothing
        common += np.log(q.will / q.rival)
    drive = {areas: common + _followed(model, q, areas) for areas in {tuple(structure.follows[a]) for a in opened}}
    degree, logs = degrees(model, now.in_force | now.pending), np.log1p(np.arange(2 * len(structure.names.states)))
    found = {}
    for a in opened:
        logit = logs.take(degree[a, structure.one] + degree[a, structure.other], mode="clip")
        logit *= w.hazard_degree
        logit += drive[tuple(structure.follows[a])]
        np.exp(logit, out=logit)
        logit *= np.exp(q.numbers.opens[a] - w.hazard_degree)
        found[a] = logit
    return found


def _followed(model: Diplomacy, q: Quarter, areas: Sequence[int]) -> Array:
    """Return what the change of ties in some areas adds to a logit, (P, W)."""
    whole = q.change[areas[0]]
    for area in areas[1:]:
        whole = whole + q.change[area]
    return np.asarray((q.weight.hazard_change * model.standards.scale / len(areas)) * whole)


def degrees(model: Diplomacy, bound: Flags) -> Indices:
    """Return with how many partners each state has signed each type, (A, N, W), of (A, P, W)."""
    structure, here = model.structure, model.here
    held = bound if here.all() else bound & here[structure.one] & here[structure.other]
    partners = held.astype(np.int16).take(structure.dyads_of.T, axis=1)
    return np.asarray(np.add.reduce(partners, axis=1, dtype=np.int16).astype(np.intp))


def agreed(model: Diplomacy, q: Quarter) -> Stages:
    """Return talks, signatures and agreements in force after the quarter."""
    now, w, numbers = q.now, q.weight, q.numbers
    shape = now.in_force.shape
    luck = model.streams.table("agreement", shape[0] * shape[1], model.quarter).reshape(shape)
    talks, pending, in_force = now.talks.copy(), now.pending.copy(), now.in_force.copy()
    likely = odds(model, q)
    for a in range(shape[0]):
        signature = numbers.signatures[a]
        if a in likely:
            ever = signature / (signature + w.dropped)
            free = q.here & ~(now.in_force[a] | now.pending[a] | now.talks[a])
            free &= luck[a] * ever < likely[a]  # a quarter's chance is below the year's, and that below its odds
            at = np.flatnonzero(free)
            chance = 1.0 - (1.0 + likely[a].ravel()[at]) ** -0.25
            opens = luck[a].ravel()[at] * np.broadcast_to(ever, shape[-1:])[at % shape[-1]] < chance
            talks[a].ravel()[at[opens]] = True
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
