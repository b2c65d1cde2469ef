"""Trust: news about the other, cooperation delivered, breach, return (docs/ODD.md, 7.9; Kydd 2005).

Steps are in log-odds, so that trust has no drift by itself; only what differs from the usual is news.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cordiale.models.diplomacy.coercion import Coercion
from cordiale.models.diplomacy.contracts import Ends
from cordiale.models.diplomacy.ties import both_ways
from cordiale.models.random import Array, normal

if TYPE_CHECKING:
    from cordiale.models.diplomacy.model import Diplomacy


def signals(model: Diplomacy) -> Array:
    """Return positions as they are heard, with an error that clarity lessens: (N, K, W)."""
    numbers, now = model.numbers, model.now
    shape = now.position.shape
    blur = numbers.weight.signal_noise * (1.0 - numbers.clarity)
    noise = model.streams.table("signal", shape[0] * shape[1], model.quarter).reshape(shape)
    seen = now.position.copy()
    for k in model.read_issues:
        seen[:, k] += blur * normal(noise[:, k])
    return seen


def watch(model: Diplomacy, seen: Array) -> tuple[Array, dict[str, Array]]:
    """Return what each state finds doubtful in each other now, (N, N, W), and its parts by cause.

    Parameters
    ----------
    seen : (N, K, W) positions as they are heard
    """
    structure, numbers, now, w = model.structure, model.numbers, model.now, model.numbers.weight
    n = len(structure.names.states)
    suspicion = np.zeros((n, n, now.worlds))
    calm = 1.0 - w.forum_effect * numbers.export_control_forum
    for issue, hazard, challenger in structure.flows:
        believed = np.clip(seen[None, :, issue] + numbers.bias[:, :, issue], 0.0, 1.0)
        flow = model.threat[hazard][:, None] * (1.0 - believed) * calm
        flow[challenger] = 0.0
        flow[:, challenger] = 0.0
        suspicion += flow
    suspicion[np.arange(n), np.arange(n)] = 0.0
    gaps = np.zeros_like(suspicion)
    for i, j, k in structure.watched:
        gap = np.abs(now.position[i, k] - seen[j, k] - numbers.bias[i, j, k])
        gaps[i, j] += numbers.relative_salience[i, k] * (gap + w.unclear * (1.0 - numbers.clarity[j]))
    return suspicion + gaps, {"suspicion": suspicion, "stances": gaps}


def deeds(model: Diplomacy, seen: Array) -> Array:
    """Return how far others stay behind what was expected of them in deeds: (N, N, W); of a challenger, by its threat."""
    structure, numbers, now = model.structure, model.numbers, model.now
    n = len(structure.names.states)
    late = np.zeros((n, n, now.worlds))
    for k in structure.deeds:
        late += numbers.relative_salience[:, k][:, None] * (now.expected[:, k] - seen[:, k])[None]
    for challenger, hazard in zip(structure.challengers, structure.hazard_of, strict=True):
        late[:, challenger] *= 1.0 - 2.0 * model.threat[hazard]
    late[np.arange(n), np.arange(n)] = 0.0
    return late


def expectations(model: Diplomacy, pull: Array) -> Array:
    """Return the positions that partners come to expect, (N, K, W)."""
    numbers, now, w = model.numbers, model.now, model.numbers.weight
    return now.expected + numbers.expected_trend + pull + w.usual_pace * (now.position - now.expected)


def changes(
    model: Diplomacy, seen: Array, delivered: Array, coercion: Coercion, ends: Ends
) -> tuple[dict[str, Array], Array]:
    """Return what moves trust this quarter, by cause: (N, N, W) each; and what states have got used to after it."""
    structure, numbers, now, w = model.structure, model.numbers, model.now, model.numbers.weight
    one, other = structure.one, structure.other
    trust, (doubt, parts) = now.trust, watch(model, seen)
    room = trust * (1.0 - trust)
    surprise = both_ways(np.zeros_like(trust), delivered - now.delivered, one, other)
    share = np.divide(parts["suspicion"], doubt, out=np.ones_like(doubt), where=doubt > 0)
    news = -w.trust_news * room
    doubtful = news * (doubt - now.usual)
    found = {
        "delivered": w.trust_delivered * room * surprise,
        "deeds": news * deeds(model, seen),
        "suspicion": doubtful * share,
        "stances": doubtful * (1.0 - share),
        "breach": -w.trust_breach * numbers.breach * trust,
        "return": w.trust_return * (numbers.trust - trust),
        "rupture": -ends.lost,
        "repair": ends.repaired,
        "coercion": np.zeros_like(trust),
    }
    for c, challenger in enumerate(structure.challengers):
        found["coercion"][:, challenger] = -w.coercion_trust * coercion.news[c] * trust[:, challenger]
    return found, now.usual + w.usual_pace * (doubt - now.usual)
