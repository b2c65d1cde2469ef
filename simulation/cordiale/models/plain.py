"""What families have in common whose states have no classes, and whose worlds are made of the pack's numbers alone.

There is nothing in their rules that could be shuffled for a placebo pack: labels, positions and ties are numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol, Self

import numpy as np

from cordiale.case.fields import Names
from cordiale.case.load import LoadedPack
from cordiale.files.errors import OptionError
from cordiale.models.base import Behaviour, Family, Measure, Model, Pair
from cordiale.models.parameters import Parameters
from cordiale.models.random import Streams
from cordiale.models.similarity import Standard, standard_of

POSITION = Measure("state", "issue", "0 to 1", "position", lambda w, k: w.position[..., k])
POSITION_GAP = Measure(
    "dyad", "issue", "0 to 1", "gap between positions",
    lambda w, k: np.abs(w.position[:, :, None, k] - w.position[:, None, :, k]),
)  # fmt: skip


class Block(Protocol):
    """The class of a block of worlds."""

    def __call__(self, rules: PlainRules, at: Callable[[int], Parameters], streams: Streams) -> Model:
        """Return worlds at their start."""


@dataclass(frozen=True)
class PlainRules:
    """The rules for a pack.

    Attributes
    ----------
    model : what moves its worlds
    standard : by which similarity is told
    """

    names: Names
    model: Block
    standard: Standard

    @property
    def behaviour(self) -> Behaviour:
        """States have no classes."""
        return {}

    def start(self, drawn: Parameters, at: Callable[[int], Parameters], streams: Streams) -> Model:
        """Return a block of worlds at its start."""
        return self.model(self, at, streams)

    def shuffled(self, states: Mapping[str, str], ties: Mapping[Pair, Pair]) -> Self:
        """Return the rules: all that can be shuffled is in the parameters."""
        return self


class PlainFamily(Family):
    """A family whose states have no classes.

    Attributes
    ----------
    model : what moves its worlds
    """

    model: ClassVar[Block]

    def rules(self, loaded: LoadedPack, given: Behaviour | None = None, allowed: Collection[str] = ()) -> PlainRules:
        """Return the rules for a pack; OptionError where a class is given for a state."""
        if given:
            raise OptionError(f"behaviour for '{min(given)}': states of the model {self.name} have no classes")
        names = Names(loaded.pack)
        return PlainRules(names, self.model, standard_of(loaded, names))
