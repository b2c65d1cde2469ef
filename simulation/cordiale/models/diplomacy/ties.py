"""What joint work does to practice and the ladder (docs/ODD.md, 7.7): pure functions on arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cordiale.models.random import Array
from cordiale.models.sums import Flags, marked


def practise(practice: Array, joint: Flags, gain: Array, decay: Array) -> Array:
    """Return next practice (W, N, N, D): growth toward 1 where joint, decay elsewhere."""
    after = practice - decay * practice
    at = marked(joint)
    before = practice[at]
    after[at] = before + np.broadcast_to(gain, joint.shape)[at] * (1 - before)
    return after


def next_rung(in_force: Flags, pending: Flags, holds: Array) -> NDArray[np.int8]:
    """Return the lowest rung neither in force nor pending nor held, (W, N, N); A where there is none."""
    rungs = in_force.shape[-1]
    taken = in_force | pending
    rung = np.full(in_force.shape[:-1], rungs, dtype=np.int8, order="F")
    for a in reversed(range(rungs)):
        free = ~taken[..., a] & np.isnan(holds[..., a])
        rung = np.where(free, np.int8(a), rung)
    return rung


def sign(pending: Flags, rung: NDArray[np.int8], joint: Flags) -> Flags:
    """Return what is pending (W, N, N, A) after the joint next agreement (W, N, N) is signed."""
    signed = pending.copy(order="K")
    for a in range(pending.shape[-1]):
        signed[..., a] |= joint & (rung == a)
    return signed


def ratify(in_force: Flags, ratified: Flags, implies: Flags, holds: Array) -> Flags:
    """Return what is in force (W, N, N, A): what was, what is ratified, what these imply; holds last."""
    result = in_force | ratified
    for a, implied in zip(*np.nonzero(implies), strict=True):
        result[..., implied] |= result[..., a]
    return np.where(np.isnan(holds), result, holds >= 0.5)


def depth(in_force: Flags, weight: Array) -> Array:
    """Return institutional depth (W, N, N), 0..1: the weight of what is in force."""
    whole = sum(weight[:, a] for a in range(weight.shape[1]))
    parts = (in_force[..., a] * weight[:, a, None, None] for a in range(weight.shape[1]))
    return np.asarray(np.asarray(sum(parts)) / np.asarray(whole)[:, None, None])
