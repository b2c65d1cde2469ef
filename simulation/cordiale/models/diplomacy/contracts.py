"""Large contracts, their ends, and ruptures with their repair (docs/ODD.md, 7.6; Leeds and Savun 2007 on opportunity).

Tables of both directions have 2P rows: the seller first. What they change is trust of the seller in the buyer who
cancels, and in the rival who stands behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cordiale.models.diplomacy.events import Quarter
from cordiale.models.random import Array
from cordiale.models.sums import Flags

if TYPE_CHECKING:
    from cordiale.models.diplomacy.model import Diplomacy


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


def ended(model: Diplomacy, q: Quarter, orders: Array) -> Ends:
    """Return what became of contracts.

    Parameters
    ----------
    orders : (2P, W) large weapons ordered this quarter
    """
    structure, now, w = model.structure, q.now, q.weight
    seller, buyer, size = structure.sender, structure.receiver, len(structure.sender)
    draw, quarter = model.streams.table, model.quarter
    here = q.both_ways(q.here)
    alive = now.contract[seller, buyer]
    act = (model.numbers.cancel[buyer, seller] >= 0.5) & alive & here
    tie, best, rival = _rivals(model, q)
    gap = np.where(np.isfinite(best), best, -np.inf) - tie
    done = 1.0 - np.exp(-w.completion / 4.0)
    cancels = 1.0 - np.exp(-w.cancelling * np.exp(w.cancelling_tie * np.clip(gap, -1.0, 2.0)) / 4.0)
    luck = draw("contract", size, quarter)
    finished = alive & here & (luck < done) & ~act
    cancelled = (alive & here & (luck >= done) & (luck < done + cancels)) | act
    gap = np.where(act, np.maximum(gap, 2.0), gap)
    trusted = now.trust[seller, buyer]
    breaks = cancelled & (draw("rupture", size, quarter) < w.rupture * np.clip(gap - 0.5, 0.0, 1.5) * trusted)
    large = (orders > 0) & (draw("large", size, quarter) < w.large) & here
    contract = now.contract.copy()
    contract[seller, buyer] = (alive & ~finished & ~cancelled) | large
    lost, repaired, rift = np.zeros_like(now.trust), np.zeros_like(now.trust), now.rift.copy()
    _repair(model, q, rift, repaired)
    for at, world in zip(*np.nonzero(breaks), strict=True):
        i, j = seller[at], buyer[at]
        fall = w.rupture_loss[world if len(w.rupture_loss) > 1 else 0] * now.trust[i, j, world]
        lost[i, j, world] += fall
        rift[i, j, world] += fall
        if np.isfinite(best[at, world]):
            k = rival[at, world]
            lost[i, k, world] += w.rival_loss[world if len(w.rival_loss) > 1 else 0] * now.trust[i, k, world]
    return Ends(contract, cancelled, lost, repaired, rift)


def _rivals(model: Diplomacy, q: Quarter) -> tuple[Array, Array, Array]:
    """Return the seller's tie with the buyer, that of the best other seller (-inf: none), and who that is: (2P, W)."""
    structure, exports = (
        model.structure,
        np.broadcast_to(q.numbers.exports, (len(model.structure.names.states), q.now.worlds)),
    )
    seller, buyer = structure.sender, structure.receiver
    n = len(structure.names.states)
    offer = np.full((n, n, q.now.worlds), -np.inf)  # of the row's state to the column's
    sells = (exports > 0)[seller] & q.both_ways((q.chill >= 1.0) & q.here)
    offer[seller, buyer] = np.where(sells, q.both_ways(q.on_all), -np.inf)
    first = offer.argmax(axis=0)
    top = np.take_along_axis(offer, first[None], axis=0)[0]
    rest = offer.copy()
    np.put_along_axis(rest, first[None], -np.inf, axis=0)
    second = rest.argmax(axis=0)
    next_best = np.take_along_axis(rest, second[None], axis=0)[0]
    leads = first[buyer] == seller[:, None]
    best = np.where(leads, next_best[buyer], top[buyer])
    return q.both_ways(q.on_all), best, np.where(leads, second[buyer], first[buyer])


def _repair(model: Diplomacy, q: Quarter, rift: Array, repaired: Array) -> None:
    """Mend some ruptures of earlier quarters, in place."""
    structure, w = model.structure, q.weight
    seller, buyer = structure.sender, structure.receiver
    luck = model.streams.table("repair", len(seller), model.quarter)
    open_rift = q.now.rift[seller, buyer]
    mends = (open_rift > 0) & q.both_ways(q.here) & (luck < w.repair)
    repaired[seller, buyer] = np.where(mends, w.repaired * open_rift, 0.0)
    rift[seller, buyer] = np.where(mends, 0.0, open_rift)
