"""What a state may see of the model it lives in: the worlds, the numbers of the quarter, what all share.

States know this much and no more, so that they do not depend on the model that moves them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Protocol, cast

import mesa
import numpy as np

from cordiale.models.base import is_foreign
from cordiale.models.diplomacy.structure import Structure
from cordiale.models.diplomacy.world import World
from cordiale.models.parameters import Parameters
from cordiale.models.random import Array, Streams
from cordiale.models.sums import Flags


class ModelView(Protocol):
    """The model, as states see it. W worlds, N states, K issues, A alternatives.

    Attributes
    ----------
    now : the worlds at the end of last quarter
    parameters : the numbers of this quarter;  coded : as drawn, without any lever
    quarter : counted from 0
    drift, expected_drift : (W, N, K) sums of trends up to this quarter
    seen : (W, N, N, K);  similarity : (W, N, N) as the row's state sees it this quarter
    power : (W, N) mean capability;  depth : (W, N, N);  rung_cost : (W, N, N) of the next agreement, inf without one
    visible : (W, 1, A);  shortfall : (W, N, N);  value : (W, N, N, A)
    expectations : issues on which somebody is expected to move
    standards : term -> (mean, standard deviation)
    """

    structure: Structure
    streams: Streams
    now: World
    parameters: Parameters
    coded: Parameters
    quarter: int
    drift: Array
    expected_drift: Array
    seen: Array
    similarity: Array
    power: Array
    depth: Array
    rung_cost: Array
    visible: Array
    shortfall: Array
    value: Array
    expectations: list[int]
    standards: dict[str, tuple[Array, Array]]

    def others(self, i: int) -> list[tuple[int, str]]:
        """Index and code of every state but one."""


# ----------------------------------------------------------------
# What every state has before it does anything: its place in the model, and short ways to its numbers.


class Actor(mesa.Agent):
    """A Mesa agent that lives in all worlds of a block at once.

    Attributes
    ----------
    code : ISO code of the state
    i : its index among the states of the pack
    stage : the model, as far as a state may see it
    kept : what hangs on numbers alone, with the numbers it was made from
    """

    def __init__(self, model: ModelView, code: str) -> None:
        super().__init__(cast(mesa.Model, model))
        self.stage, self.code = model, code
        self.kept: dict[str, tuple[Parameters, Array]] = {}
        self.i = model.structure.names.states.index(code)

    @cached_property
    def foreign(self) -> bool:
        """Whether it behaves by code that is not ours."""
        return is_foreign(type(self))

    @property
    def world(self) -> World:
        """The block of worlds as it stood at the end of last quarter."""
        return self.stage.now

    @property
    def parameters(self) -> Parameters:
        """The parameters of this quarter."""
        return self.stage.parameters

    @property
    def structure(self) -> Structure:
        """The bones of the case."""
        return self.stage.structure

    def weight(self, name: str, axes: int = 1) -> Array:
        """A behavioural weight of each world, with `axes` axes of length 1 behind it."""
        return self.parameters.weights[name].reshape(-1, *(1,) * axes)

    def own(self, field: str) -> Array:
        """Return the state's own row of a field of parameters."""
        return self.parameters.arrays[field][:, self.i]

    def standing(self, name: str, make: Callable[[], Array]) -> Array:
        """Return what hangs on numbers alone: made once, and kept while these stand."""
        kept = self.kept.get(name)
        if kept is None or kept[0] is not self.parameters:
            kept = self.kept[name] = self.parameters, make()
        return kept[1]

    @property
    def shape(self) -> tuple[int, int]:
        """(N, A): partners and alternatives with each."""
        return self.world.practice.shape[1], self.world.practice.shape[-1] + 1

    def alternatives(self, columns: Sequence[Array | Flags]) -> Array:
        """Stack one (W or 1, N or 1) array an alternative into (W, N, A)."""
        result = np.empty((self.world.worlds, *self.shape), order="F")
        for at, column in enumerate(columns):
            result[:, :, at] = column
        return result

    @staticmethod
    def mean(array: Array, chosen: list[int]) -> Array:
        """Mean of some entries of the last axis, from first to last; 0 of none."""
        if not chosen:
            return np.zeros(array.shape[:-1], order="F")
        return np.asarray(sum(array[..., k] for k in chosen)) / len(chosen)
