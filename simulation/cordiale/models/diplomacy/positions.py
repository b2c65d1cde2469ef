"""Positions that move: drift, jumps, elections, partners' pull and hardening (docs/ODD.md, 7.8).

Jones and Baumgartner 2005 on jumps; Mattes, Leeds and Matsumura 2016 on leaders; Friedkin and Johnsen 1990 on pull.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cordiale.models.diplomacy.sums import products, sum_over
from cordiale.models.random import Array, normal

if TYPE_CHECKING:
    from cordiale.models.diplomacy.model import Diplomacy

SEVEN_YEARS = 28  # quarters in which drift covers its part of the coded range


@dataclass(frozen=True)
class Moves:
    """Where states go in a quarter: (N, K, W) each.

    Attributes
    ----------
    position, course : after it;  pull : the part of the step that partners make
    """

    position: Array
    course: Array
    pull: Array


def moved(model: Diplomacy, hardening: Array) -> Moves:
    """Return where states stand after the quarter."""
    numbers, now, w = model.numbers, model.now, model.numbers.weight
    looseness = ((1.0 - numbers.resolve) / 0.3)[:, None]
    pull = w.influence * (1.0 - numbers.resolve)[:, None] * (heard(model) - now.position)
    step = numbers.trend + pull + hardening
    step += looseness * luck(model)
    ideal = numbers.ideal
    course = np.clip(ideal + now.course + step, 0.0, 1.0) - ideal
    return Moves(np.clip(ideal + course, 0.0, 1.0), course, pull)


def luck(model: Diplomacy) -> Array:
    """Return drift, jumps and elections for a state of resolve .7: (N, K, W); smaller toward the ends of a scale."""
    structure, now, w = model.structure, model.now, model.numbers.weight
    shape = now.position.shape
    rows = shape[0] * shape[1]
    number = normal(model.streams.table("drift", rows, model.quarter)).reshape(shape)
    jumps = model.streams.table("jump", rows, model.quarter).reshape(shape) < w.jumps / 4.0
    size = w.drift * (structure.room[..., None] / np.sqrt(SEVEN_YEARS)) + w.jump_size * jumps
    size *= 4.0 * now.position * (1.0 - now.position)
    for i in structure.elections.get(model.quarter, []):
        size[i] += w.election_size
    return np.asarray(size * number)


def heard(model: Diplomacy) -> Array:
    """Return where a state hears its partners stand, by trust, capability and practice: (N, K, W)."""
    numbers, now = model.numbers, model.now
    pull = now.trust * model.practice_table
    pull *= numbers.mean_capability * model.here
    whole = sum_over(pull, 1)
    said = products("ijw,jkw->ikw", pull, now.position)
    some = whole[:, None] > 0
    return np.where(some, said / np.where(some, whole[:, None], 1.0), now.position)
