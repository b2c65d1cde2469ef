"""Who takes part: a state that stands outside has no ties that anyone acts on, and keeps its own as they were."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from cordiale.models.diplomacy.world import World
from cordiale.models.sums import Flags

OF_STATES = ("position", "drift", "expected_drift", "member")
OF_DYADS = ("trust", "practice", "in_force", "pending", "pressure", "seen", "similarity", "shortfall")


def pairs(present: Flags) -> Flags:
    """Return where both states take part: (W, N) to (W, N, N)."""
    return np.asarray(present[:, :, None] & present[:, None, :])


def among_present(now: World, present: Flags) -> World:
    """Return the worlds as those who take part see them: nobody has ties with a state outside, or pressure from it.

    Parameters
    ----------
    present : (W or 1, N) who takes part
    """
    if present.all() and now.present.all():
        return now
    present = np.broadcast_to(present, now.present.shape).copy()
    both = pairs(present)
    return replace(
        now, present=present, member=now.member & present[:, :, None],
        practice=now.practice * both[..., None], pressure=now.pressure * both,
    )  # fmt: skip


def kept_outside(after: World, before: World) -> World:
    """Return the worlds after a quarter, with all that belongs to a state outside as it was before."""
    if after.present.all():
        return after
    one, both = after.present, pairs(after.present)
    held: dict[str, Any] = {name: _held(one, after, before, name) for name in OF_STATES}
    held |= {name: _held(both, after, before, name) for name in OF_DYADS}
    return replace(after, **held)


def _held(there: Flags, after: World, before: World, name: str) -> Any:
    new, old = getattr(after, name), getattr(before, name)
    return np.asfortranarray(np.where(there.reshape(*there.shape, *(1,) * (new.ndim - there.ndim)), new, old))
