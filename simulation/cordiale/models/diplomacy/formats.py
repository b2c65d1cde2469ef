"""Formats: who joins, and at what level they meet (docs/ODD.md, 7.10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cordiale.models.diplomacy.sums import products
from cordiale.models.diplomacy.ties import both_ways
from cordiale.models.diplomacy.world import Counts
from cordiale.models.random import Array
from cordiale.models.sums import Flags

if TYPE_CHECKING:
    from cordiale.models.diplomacy.model import Diplomacy


def weights_of_outsiders(model: Diplomacy, change: Array) -> Array:
    """Return the weight with which each outsider would join each format: (F, N, W); 0 of members.

    Parameters
    ----------
    change : (areas, P, W) of the ties since the start
    """
    structure, now = model.structure, model.now
    strength = both_ways(model.start.strength + change[structure.everything], structure)
    member = (now.member & model.here).astype(float)
    size = member.sum(axis=1)
    near = products("imw,fmw->fiw", strength, member)
    near /= np.maximum(size, 1.0)[:, None]
    near += attraction(model)
    out = ~now.member & model.here & (size > 0)[:, None]
    return np.where(out, np.exp(near), 0.0)


def attraction(model: Diplomacy) -> Array:
    """Return what draws a state to a format beside its members, (F, N, W): likeness, backing, less shyness."""
    structure, numbers, w = model.structure, model.numbers, model.numbers.weight
    shape = model.now.member.shape
    result = np.zeros(shape)
    for f, issues in enumerate(structure.character):
        result[f] = w.joining_backing * numbers.backing[:, f]
        if issues:
            named = numbers.salience[:, issues]
            gap = np.abs(model.now.position[:, issues] - numbers.character[f, issues][None])
            result[f] += w.joining_likeness * (1.0 - 2.0 * (named * gap).sum(axis=1) / named.sum(axis=1))
    for c, hazard in enumerate(structure.hazard_of):
        shy = numbers.shyness[c] * (1.0 - model.threat[hazard])
        result -= numbers.aimed_at[:, c][:, None] * (shy * model.here[structure.challengers[c]])[None]
    return result


def joined(model: Diplomacy, change: Array) -> Flags:
    """Return who is in which format after the quarter: (F, N, W)."""
    structure, numbers, now, w = model.structure, model.numbers, model.now, model.numbers.weight
    formats, n = now.member.shape[:2]
    luck = model.streams.table("join", n * formats, model.quarter).reshape(n, formats, now.worlds)
    rate = np.where(structure.open_to_all[:, None, None], w.joining_open, w.joining)
    rate = rate * weights_of_outsiders(model, change) / model.standards.outsiders[:, None, None]
    meets = (now.level > 0)[:, None]
    member = now.member | (meets & (np.moveaxis(luck, 1, 0) < 1.0 - np.exp(-rate / 4.0)))
    held = np.moveaxis(numbers.member, 1, 0)
    member = np.where(np.isnan(held), member, held >= 0.5)
    return member & ~(np.moveaxis(numbers.leave, 1, 0) >= 0.5)


def levels(model: Diplomacy) -> Counts:
    """Return the level at which each format meets after the quarter: (F, W)."""
    now, w = model.now, model.numbers.weight
    luck = model.streams.table("level", len(now.level), model.quarter)
    rate = np.where(now.level == 0, w.founding, w.rising)
    rises = (luck < 1.0 - np.exp(-rate / 4.0)) & (now.level < 3)
    level = now.level + rises
    return np.where(model.numbers.found >= 0.5, np.maximum(level, 1), level).astype(np.int8)
