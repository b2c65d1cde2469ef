"""The state of a block of worlds at the end of a quarter; frozen, so that no one can change the past."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from cordiale.models.random import Array
from cordiale.models.sums import Flags, add_up, total


@dataclass(frozen=True, eq=False)
class World:
    """Arrays with worlds first: W worlds, N states, K issues, D domains, A agreements, F formats.

    Attributes
    ----------
    position : (W, N, K) 0..1
    drift : (W, N, K) sum of trends so far
    expected_drift : (W, N, K) sum of the trends that partners expected so far
    first_position : (W, N, K) position at the start
    trust : (W, N, N) 0..1, of the row's state in the column's
    practice : (W, N, N, D) 0..1, symmetric
    in_force, pending : (W, N, N, A) symmetric
    member : (W, N, F)
    pressure : (W, N, N) 0..1, of the row's state on the column's
    seen : (W, N, N, K) positions as the row's state saw them last quarter
    similarity : (W, N, N) S as the row's state saw it last quarter, -1..1
    value : (W, N, N) mean worth of an initiative with the column's state, last quarter, in utility
    proposed : (W, N, N, D + 1) initiatives of last quarter; the last is the next agreement
    confirmed : (W, N, N, D + 1) which of the row's initiatives the column's state confirmed
    shortfall : (W, N, N) how far the column's state fell short of expectation, 0..1
    present : (W, N) whether the state took part last quarter
    """

    position: Array
    drift: Array
    expected_drift: Array
    first_position: Array
    trust: Array
    practice: Array
    in_force: Flags
    pending: Flags
    member: Flags
    pressure: Array
    seen: Array
    similarity: Array
    value: Array
    proposed: Flags
    confirmed: Flags
    shortfall: Array
    present: Flags

    def __post_init__(self) -> None:
        for field in fields(self):
            getattr(self, field.name).flags.writeable = False

    @property
    def worlds(self) -> int:
        """How many worlds the block has."""
        return len(self.position)

    @cached_property
    def joint(self) -> Flags:
        """(W, N, N, D + 1) what either side brought about last quarter, symmetric."""
        return np.asarray(self.confirmed | self.confirmed.swapaxes(1, 2))

    @cached_property
    def members(self) -> Array:
        """(W, F) how many members each format has."""
        return total(self.member.swapaxes(1, 2).astype(float))

    @cached_property
    def practice_mean(self) -> Array:
        """(W, N, N) practice, mean over domains."""
        return np.asarray(total(self.practice) / self.practice.shape[-1])

    @cached_property
    def practice_held(self) -> Array:
        """(W, N) practice with all others, mean over domains."""
        return total(self.practice_mean)

    @cached_property
    def friends(self) -> Array:
        """(W, N, N) practice with third states in common, mean over those who take part."""
        ybar = self.practice_mean
        states = ybar.shape[1]
        shared = add_up((ybar[:, :, k, None] * ybar[:, None, :, k] for k in range(states)), ybar.shape)
        third = np.maximum(total(self.present.astype(float)) - 2, 1)
        return np.asarray(shared / third[:, None, None])
