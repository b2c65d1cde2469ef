"""Coercion in jumps: challengers hit who provokes and depends on them, and others take note (docs/ODD.md, 7.7).

Episodes excite further episodes (Hawkes 1971); third parties judge by what is done to those like them (Crescenzi 2007).
Only what exceeds the usual is news.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cordiale.models.random import Array

if TYPE_CHECKING:
    from cordiale.models.diplomacy.model import Diplomacy

EXCITED = 1.3  # by what self-excitation raises a rate in the long run, divided out so that the coded rate is the rate


@dataclass(frozen=True)
class Coercion:
    """What challengers did in a quarter: (C, N, W) each.

    Attributes
    ----------
    hits : size of episodes;  pressure, fear : after them
    news : what each state felt beyond the usual
    """

    hits: Array
    pressure: Array
    fear: Array
    news: Array


def provocation(model: Diplomacy) -> Array:
    """Return how much each state provokes and can be hurt by each challenger: (C, N, W)."""
    structure = model.structure
    shape = (len(structure.challengers), len(structure.names.states), model.now.worlds)
    found = np.zeros(shape)
    for c, challenger in enumerate(structure.challengers):
        found[c] = model.asked(model.states[challenger], "press")
    return found


def chances(model: Diplomacy) -> Array:
    """Return the chance of an episode in a quarter: (C, N, W)."""
    structure, numbers, standards, w = model.structure, model.numbers, model.standards, model.numbers.weight
    at = structure.challengers
    rate = provocation(model)
    for c, challenger in enumerate(at):
        best = standards.assertiveness[challenger]
        boldness = numbers.assertiveness[challenger] / best if best > 0 else 1.0
        norm = standards.provoked[c] if standards.provoked[c] > 0 else 1.0
        rate[c] *= numbers.hits[challenger] * boldness / norm * (1.0 + w.excitement * model.now.pressure[c]) / EXCITED
    return 1.0 - np.exp(-rate / 4.0)


def felt(model: Diplomacy, sizes: Array) -> Array:
    """Return what states feel of episodes: their own in full, others' by likeness and trust: (C, N, W)."""
    structure, here, trust = model.structure, model.here, model.now.trust
    result, others = sizes.copy(), np.arange(len(here))[:, None]
    share = np.broadcast_to(model.numbers.weight.third_parties, (model.now.worlds,))
    for c, challenger in enumerate(structure.challengers):
        target, world = np.divmod(np.flatnonzero(sizes[c]), model.now.worlds)
        alike = np.maximum(model.alike[structure.dyad[:, target], world], 0.0)
        shared = share[world] * alike * trust[:, target, world] * sizes[c, target, world]
        shared *= here[target, world] & (others != target) & (others != challenger)
        np.add.at(result[c], (others, world), shared)
    return result


def expected(model: Diplomacy, size: float) -> Array:
    """Return what states expect to feel in a quarter as they start, of challengers that enter later too: (C, N, W)."""
    return felt(model, chances(model) * size)


def pressed(model: Diplomacy) -> Coercion:
    """Return what challengers do this quarter."""
    structure, now, w = model.structure, model.now, model.numbers.weight
    shape, rows = now.pressure.shape, now.pressure.shape[0] * now.pressure.shape[1]
    draw, quarter = model.streams.table, model.quarter
    happens = draw("hit", rows, quarter).reshape(shape) < chances(model)
    happens &= model.here & model.here[structure.challengers][:, None]
    hits = np.where(happens, 0.3 + 0.7 * draw("size", rows, quarter).reshape(shape), 0.0)
    for c, challenger in enumerate(structure.challengers):
        by_policy = model.numbers.coercion[challenger] * (model.here & model.here[challenger])
        np.maximum(hits[c], by_policy, out=hits[c])
    pressure = np.minimum(now.pressure * (1.0 - w.pressure_fade) + hits, 1.0)
    news = felt(model, hits) - model.start.felt
    for c, challenger in enumerate(structure.challengers):
        news[c] *= model.here & model.here[challenger]
        news[c, challenger] = 0.0
    rated = model.threat[structure.hazard_of]
    fear = now.fear * (1.0 - w.fear_fade) + w.fear * (1.0 - rated) * news
    coded = model.numbers.threat[:, structure.hazard_of].swapaxes(0, 1)
    return Coercion(hits, pressure, np.clip(coded + fear, 0.0, 1.0) - coded, news)


def hardening(model: Diplomacy, news: Array) -> Array:
    """Return how news of coercion moves positions that provoke the challenger: (N, K, W)."""
    structure, numbers, w = model.structure, model.numbers, model.numbers.weight
    position = model.now.position
    result = np.zeros_like(position)
    for c, issues in enumerate(structure.provoked_by):
        stands = np.sign(numbers.resolve - w.yielding * numbers.dependence[:, c])
        for k in issues:
            result[:, k] += w.hardening * news[c] * stands * (1.0 - position[:, k])
    return result
