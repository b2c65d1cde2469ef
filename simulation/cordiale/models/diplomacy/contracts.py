"""Large contracts, their ends, and ruptures with their repair (docs/ODD.md, 7.6; Leeds and Savun 2007 on opportunity).

Tables of both directions have 2P rows: the seller first. What they change is trust of the seller in the buyer who
cancels, and in the rival who stands behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cordiale.models.diplomacy.events import Quarter
from cordiale.models.diplomacy.structure import Indices
from cordiale.models.diplomacy.world import Counts
from cordiale.models.random import Array
from cordiale.models.sums import Flags

if TYPE_CHECKING:
    from cordiale.models.diplomacy.model import Diplomacy


MOST_GAP = 2.0  # in spreads of ties, beyond which a better offer does not tempt more


@dataclass(frozen=True)
class Ends:
    """What became of contracts in a quarter.

    Attributes
    ----------
    contract : (N, N, W) those alive after it;  cancelled : (2P, W) those that the buyer cancelled
    lost : (N, N, W) trust lost, by the row's state in the column's;  repaired : (N, N, W) trust given back
    rift : (N, N, W) trust lost in ruptures that are not repaired
    """

    contract: Flags
    cancelled: Flags
    lost: Array
    repaired: Array
    rift: Array


def ended(model: Diplomacy, q: Quarter, orders: Counts) -> Ends:
    """Return what became of contracts.

    Parameters
    ----------
    orders : (2P, W) large weapons ordered this quarter
    """
    now, structure, w = q.now, model.structure, q.weight
    seller, buyer = structure.sender, structure.receiver
    lost, repaired, rift = np.zeros_like(now.trust), np.zeros_like(now.trust), now.rift.copy()
    _repair(model, q, rift, repaired)
    alive = now.contract[seller, buyer] & q.both_ways(q.here)
    luck = model.streams.table("contract", len(seller), model.quarter)
    act = alive & (model.numbers.cancel[buyer, seller] >= 0.5)
    done = 1.0 - np.exp(-w.completion / 4.0)
    finished = alive & (luck < done) & ~act
    worst = _cancelling(model, np.full(now.worlds, MOST_GAP))
    rows, worlds = np.divmod(np.flatnonzero(act | (alive & (luck >= done) & (luck < done + worst))), now.worlds)
    gap, rival = _gaps(model, q, rows, worlds)
    by_policy = act[rows, worlds]
    cancels = by_policy | (luck[rows, worlds] < _of(done, worlds) + _cancelling(model, gap, worlds))
    cancelled = np.zeros_like(alive)
    cancelled[rows[cancels], worlds[cancels]] = True
    gap = np.where(by_policy, np.maximum(gap, MOST_GAP), gap)
    i, j = seller[rows], buyer[rows]
    trusted = now.trust[i, j, worlds]
    chance = _of(w.rupture, worlds) * np.clip(gap - 0.5, 0.0, 1.5) * trusted
    breaks = cancels.copy()
    if cancels.any():
        breaks &= model.streams.table("rupture", len(seller), model.quarter)[rows, worlds] < chance
    i, j, k, at = i[breaks], j[breaks], rival[breaks], worlds[breaks]
    fall = _of(w.rupture_loss, at) * trusted[breaks]
    np.add.at(lost, (i, j, at), fall)
    np.add.at(rift, (i, j, at), fall)
    other = k >= 0
    i, k, at = i[other], k[other], at[other]
    np.add.at(lost, (i, k, at), _of(w.rival_loss, at) * now.trust[i, k, at])
    contract = now.contract.copy()
    contract[seller, buyer] &= ~(finished | cancelled)
    if orders.any():
        large = (orders > 0) & (model.streams.table("large", len(orders), model.quarter) < w.large)
        contract[seller, buyer] |= large
    return Ends(contract, cancelled, lost, repaired, rift)


def _cancelling(model: Diplomacy, gap: Array, worlds: Indices | None = None) -> Array:
    """Return the chance a quarter that a contract is cancelled, for the gap to the best other seller."""
    w, at = model.numbers.weight, slice(None) if worlds is None else worlds
    rate = _of(w.cancelling, at) * np.exp(_of(w.cancelling_tie, at) * np.clip(gap, -1.0, MOST_GAP))
    return 1.0 - np.exp(-rate / 4.0)


def _of(weight: Array, worlds: Indices | slice) -> Array:
    """Return a weight, (W,) or (1,), in some worlds."""
    return weight[worlds] if len(weight) > 1 else weight


def _gaps(model: Diplomacy, q: Quarter, rows: Indices, worlds: Indices) -> tuple[Array, Indices]:
    """Return how much stronger the buyer's best tie with another seller is, and who that is; -inf and -1 for nobody.

    Parameters
    ----------
    rows, worlds : (n,) the directions of dyads in which a contract may be cancelled, and the worlds
    """
    structure, exports = model.structure, np.broadcast_to(q.numbers.exports, (len(model.states), q.now.worlds))
    i, j = structure.sender[rows], structure.receiver[rows]
    best, rival = np.full(len(rows), -np.inf), np.full(len(rows), -1)
    for k in np.flatnonzero((exports > 0).any(axis=-1)):
        dyad = structure.dyad[k, j]
        sells = (k != i) & (k != j) & (exports[k, worlds] > 0)
        sells &= (q.chill[dyad, worlds] >= 1.0) & q.here[dyad, worlds]
        offer = np.where(sells, q.on_all[dyad, worlds], -np.inf)
        rival[offer > best] = k
        best = np.maximum(best, offer)
    return best - q.on_all[structure.dyad[i, j], worlds], rival


def _repair(model: Diplomacy, q: Quarter, rift: Array, repaired: Array) -> None:
    """Mend some ruptures of earlier quarters, in place."""
    structure, w = model.structure, q.weight
    torn = np.flatnonzero(np.asarray(rift.any(axis=-1))[structure.sender, structure.receiver])
    if not len(torn):
        return
    luck = model.streams.table("repair", len(structure.sender), model.quarter)
    for at in torn:
        i, j = structure.sender[at], structure.receiver[at]
        mends = (rift[i, j] > 0) & q.here[structure.dyad[i, j]] & (luck[at] < w.repair)
        repaired[i, j] = mends * w.repaired * rift[i, j]
        rift[i, j] = np.where(mends, 0.0, rift[i, j])
