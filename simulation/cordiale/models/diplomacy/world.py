"""A block of worlds at the end of a quarter; frozen, so that no one can change the past."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cordiale.models.random import Array
from cordiale.models.sums import Flags

Counts = NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class World:
    """Arrays with worlds last.

    W worlds, N states, P dyads, K issues, D domains, A agreements, F formats, C challengers.

    Attributes
    ----------
    position : (N, K, W) 0..1
    course : (N, K, W) what the state's position has moved by, beside what policy does to its ideal point
    expected : (N, K, W) the position that partners have come to expect
    trust : (N, N, W) 0..1, of the row's state in the column's
    usual : (N, N, W) suspicion of the column's state that the row's has got used to
    usual_gap : (watched, W) gaps on watched stances that states have got used to, in the order of `Structure.watched`
    rift : (N, N, W) trust that the row's state lost in a rupture with the column's that is not repaired
    contract : (N, N, W) whether the row's state has a large contract to supply the column's
    practice : (D, P, W) memory of what the two do together, 0..1
    agenda : (P, W) memory of meetings of ministers and leaders
    delivered : (P, W) memory of quarters in which cooperation was delivered
    since : (P, W) quarters since ministers met, at most 2
    talks, pending, in_force : (A, P, W) agreements under negotiation, signed, in force
    member : (F, N, W) whether the state is in the format
    level : (F, W) 0 announced, 1 officials, 2 ministers, 3 leaders
    pressure : (C, N, W) 0..1, of the challenger on the state
    fear : (C, N, W) added to the threat as coded
    hits : (C, N, W) size of this quarter's episodes of coercion; 0 where there was none
    recent : (4, R, W) events of the last four quarters, newest first, by the rows of `Structure.rows`
    passages : (N, W) passages of this quarter that challenge claims
    change : (D + 2, P, W) change of the tie since the start, by area, with which the quarter began
    present : (N, W) whether the state took part
    """

    position: Array
    course: Array
    expected: Array
    trust: Array
    usual: Array
    usual_gap: Array
    rift: Array
    contract: Flags
    practice: Array
    agenda: Array
    delivered: Array
    since: Counts
    talks: Flags
    pending: Flags
    in_force: Flags
    member: Flags
    level: Counts
    pressure: Array
    fear: Array
    hits: Array
    recent: Counts
    passages: Counts
    change: Array
    present: Flags

    def __post_init__(self) -> None:
        for field in fields(self):
            getattr(self, field.name).flags.writeable = False

    @property
    def worlds(self) -> int:
        """How many worlds the block has."""
        return int(self.position.shape[-1])

    @cached_property
    def practice_mean(self) -> Array:
        """(P, W) mean over domains."""
        result = self.practice[0].copy()
        for each in self.practice[1:]:
            result += each
        result /= len(self.practice)
        return np.asarray(result)
