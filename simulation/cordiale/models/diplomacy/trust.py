"""Trust: news about the other, cooperation delivered, breach, return (docs/ODD.md, 7.9; Kydd 2005).

Steps are in log-odds, so that trust has no drift by itself; only what differs from the usual is news.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cordiale.models.diplomacy.coercion import Coercion
from cordiale.models.diplomacy.contracts import Ends
from cordiale.models.diplomacy.sums import products
from cordiale.models.diplomacy.ties import both_ways
from cordiale.models.random import Array, normal
from cordiale.models.sums import Flags

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


def suspicion(model: Diplomacy, seen: Array) -> Array:
    """Return what each state suspects each other to let through to what it fears: (N, N, W), 0 or more.

    Parameters
    ----------
    seen : (N, K, W) positions as they are heard
    """
    structure, numbers = model.structure, model.numbers
    n = len(structure.names.states)
    result = np.zeros((n, n, model.now.worlds))
    for issue, hazard, challenger in structure.flows:
        believed = seen[None, :, issue] + numbers.bias[:, :, issue]
        flow = 1.0 - np.clip(believed, 0.0, 1.0, out=believed)
        flow *= model.threat[hazard][:, None]
        flow *= numbers.openness
        flow[challenger] = 0.0
        flow[:, challenger] = 0.0
        result += flow
    result[np.arange(n), np.arange(n)] = 0.0
    return result


def gaps(model: Diplomacy, seen: Array) -> Array:
    """Return how far the stances that states watch lie from their own, by its salience: (watched, W)."""
    structure, numbers, now, w = model.structure, model.numbers, model.now, model.numbers.weight
    result = np.zeros((len(structure.watched), now.worlds))
    for at, (i, j, k) in enumerate(structure.watched):
        gap = np.abs(now.position[i, k] - seen[j, k] - numbers.bias[i, j, k])
        result[at] = numbers.relative_salience[i, k] * (gap + w.unclear * (1.0 - numbers.clarity[j]))
    return result


def deeds(model: Diplomacy, seen: Array) -> Array:
    """Return how far others' deeds stay behind what was expected, (N, N, W); a challenger's count by its threat."""
    structure, numbers, now = model.structure, model.numbers, model.now
    chosen, n = structure.deeds, len(structure.names.states)
    behind = now.expected[:, chosen] - seen[:, chosen]
    late = products("ikw,jkw->ijw", np.broadcast_to(numbers.relative_salience[:, chosen], behind.shape), behind)
    for challenger, hazard in zip(structure.challengers, structure.hazard_of, strict=True):
        late[:, challenger] *= 1.0 - 2.0 * model.threat[hazard]
    late[np.arange(n), np.arange(n)] = 0.0
    return late


def expectations(model: Diplomacy, pull: Array) -> Array:
    """Return the positions that partners come to expect, (N, K, W)."""
    numbers, now, w = model.numbers, model.now, model.numbers.weight
    return now.expected + numbers.expected_trend + pull + w.usual_pace * (now.position - now.expected)


def changes(
    model: Diplomacy, seen: Array, delivered: Flags, coercion: Coercion, ends: Ends
) -> tuple[dict[str, Array], Array, Array]:
    """Return what moves trust this quarter, by cause, (N, N, W) each; and what suspicion and gaps are usual then."""
    structure, numbers, now, w = model.structure, model.numbers, model.now, model.numbers.weight
    trust, doubt, gap = now.trust, suspicion(model, seen), gaps(model, seen)
    room = trust * (1.0 - trust)
    surprise = both_ways(w.trust_delivered * (delivered - now.delivered), structure)
    doubt -= now.usual
    gap -= now.usual_gap
    news = np.negative(w.trust_news * room)
    found = {
        "delivered": np.multiply(surprise, room, out=surprise),
        "deeds": news * deeds(model, seen),
        "suspicion": news * doubt,
        "return": w.trust_return * (numbers.trust - trust),
    }
    if structure.watched:
        found["stances"] = np.zeros_like(trust)
        for at, (i, j, _) in enumerate(structure.watched):
            found["stances"][i, j] += news[i, j] * gap[at]
    if numbers.breach.any():
        found["breach"] = -w.trust_breach * numbers.breach * trust
    if ends.lost.any():
        found["rupture"] = -ends.lost
    if ends.repaired.any():
        found["repair"] = ends.repaired
    for c, challenger in enumerate(structure.challengers):
        pressed = found.setdefault("coercion", np.zeros_like(trust))
        pressed[:, challenger] = -w.coercion_trust * coercion.news[c] * trust[:, challenger]
    return found, now.usual + w.usual_pace * doubt, now.usual_gap + w.usual_pace * gap
