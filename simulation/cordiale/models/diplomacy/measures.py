"""The measures of this family, and how each is read from a block of worlds."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cordiale.models.base import Measure
from cordiale.models.diplomacy.events import activity
from cordiale.models.diplomacy.index import blocs, depth, hedging, index, parts, rank
from cordiale.models.diplomacy.ties import both_ways
from cordiale.models.random import Array

if TYPE_CHECKING:
    from cordiale.models.diplomacy.model import Diplomacy


class Reading:
    """What measures are read from: one block at the end of a quarter; derived arrays are made once."""

    def __init__(self, model: Diplomacy) -> None:
        self.world, self.numbers, self.structure = model.now, model.numbers, model.structure
        self._standards, self._strength = model.standards, model.start.strength

    def table(self, dyads: Array) -> Array:
        """Return values of dyads (P, W) as a measure is read: (W, N, N), the same both ways."""
        n = len(self.structure.names.states)
        whole = np.zeros((n, n, self.world.worlds))
        return worlds_first(both_ways(whole, dyads, self.structure.one, self.structure.other))
