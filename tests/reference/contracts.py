"""Large contracts: made, done or cancelled; what a cancelled one breaks, and how it heals."""

from __future__ import annotations

import numpy as np

from .rates import chance
from .records import Counts, Draws, Flags, Floats, Numbers, Structure, World
from .terms import clip


def row_of(s: Structure, i: int, j: int):
    """The row of what i does toward j."""
    return s.dyad[i, j] if i < j else s.dyad[i, j] + len(s.one)


def best_other(s: Structure, n: Numbers, here: Flags, tie: Floats, chill: Floats, i: int, j: int):
    """The seller other than i that buyer j is closest to, -1 where there is none."""
    best = -1
    for k in range(len(here)):
        if k == i or k == j or not here[k] or n.exports[k] <= 0.0 or chill[s.dyad[j, k]] < 1.0:
            continue
        if best < 0 or tie[s.dyad[j, k]] > tie[s.dyad[j, best]]:
            best = k
    return best


def trade(
    s: Structure,
    w,
    n: Numbers,
    world: World,
    here: Flags,
    tie: Floats,
    chill: Floats,
    directed: Counts,
    draws: Draws,
    new: World,
) -> Floats:
    """Write contracts and rifts; return what they do to trust, (N, N).

    Parameters
    ----------
    tie : (P,) strength over all areas
    directed : (directed kinds, 2P) events of this quarter
    """
    contract, rift, shift = new.contract, new.rift, np.zeros(world.rift.shape)
    contract[:] = world.contract
    rift[:] = world.rift
    for i in range(len(here)):
        for j in range(len(here)):
            if i == j or not (here[i] and here[j]):
                continue
            row = row_of(s, i, j)
            if world.rift[i, j] > 0.0 and draws.repair[row] < w.repair:
                shift[i, j] += w.repaired * world.rift[i, j]
                rift[i, j] = 0.0
            if world.contract[i, j]:
                best = best_other(s, n, here, tie, chill, i, j)
                gap = -1.0 if best < 0 else tie[s.dyad[j, best]] - tie[s.dyad[i, j]]
                done = chance(w.completion)
                cancelled = chance(w.cancelling * np.exp(w.cancelling_tie * clip(gap, -1.0, 2.0)))
                uniform, torn_up = draws.contract[row], n.cancel[j, i] >= 0.5
                contract[i, j] = uniform >= done + cancelled and not torn_up
                if torn_up:
                    gap = max(gap, 2.0)
                if torn_up or done <= uniform < done + cancelled:
                    trusted = world.trust[i, j]
                    if draws.rupture[row] < w.rupture * clip(gap - 0.5, 0.0, 1.5) * trusted:
                        rift[i, j] += w.rupture_loss * trusted
                        shift[i, j] -= w.rupture_loss * trusted
                        if best >= 0:
                            shift[i, best] -= w.rival_loss * world.trust[i, best]
            if s.arms_order >= 0 and directed[s.arms_order, row] > 0 and draws.large[row] < w.large:
                contract[i, j] = True
    return shift
