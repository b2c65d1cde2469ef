"""What families have in common whose states have positions on issues and nothing else, as `opinion` and `bargaining`.

A state starts at its ideal point. Each quarter it goes part of the way to where it is pulled, of which its own ideal
point, moved by levers and trends, has the weight that the pack calls resolve:

    x(t + 1) = x(t) + pace (resolve ideal(t) + (1 - resolve) pulled(t) - x(t))

A family says where others pull a state. States that stand outside pull nobody, and others do not pull them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cordiale.models.base import Measure
from cordiale.models.parameters import Parameters
from cordiale.models.plain import POSITION, POSITION_GAP, PlainFamily, PlainRules
from cordiale.models.random import Array, Streams
from cordiale.models.similarity import SIMILARITY, Standard
from cordiale.models.sums import Flags, total

NEAR = 0.1  # of the scale: states whose neighbours on an issue are no farther away than this are on one side


@dataclass(frozen=True, eq=False)
class World:
    """The worlds at the end of a quarter.

    Attributes
    ----------
    drift : (W, N, K) sum of trends so far
    position : (W, N, K) 0..1
    salience : (W, N, K)
    power : (W, N) capability, mean over theatres; 0 of who stands outside
    here : (W, N) who takes part
    standard : by which similarity is told
    """

    drift: Array
    position: Array
    salience: Array
    power: Array
    here: Flags
    standard: Standard

    @property
    def worlds(self) -> int:
        """How many there are."""
        return len(self.position)


class Positions:
    """A block of worlds; see `models.base.Model`."""

    def __init__(self, rules: PlainRules, at: Callable[[int], Parameters], streams: Streams) -> None:
        self.rules, self.worlds, self._at, self.quarter = rules, streams.worlds, at, 0
        self.parameters = at(0)
        shape = (streams.worlds, len(rules.names.states), len(rules.names.issues))
        self.now = self._world(np.zeros(shape), np.broadcast_to(np.clip(self.parameters.ideal, 0.0, 1.0), shape))

    def pulled(self, now: World) -> Array:
        """Return where others pull each state on each issue: (W, N, K)."""
        raise NotImplementedError

    def step(self) -> None:
        """Move all worlds by one quarter."""
        p = self.parameters = self._at(self.quarter)
        now = self._world(self.now.drift + p.trend, self.now.position)
        resolve, pace = p.resolve[..., None], p.weights["pace"][:, None, None]
        pulled = np.where(now.here[..., None], self.pulled(now), now.position)
        goal = resolve * np.clip(p.ideal + now.drift, 0.0, 1.0) + (1.0 - resolve) * pulled
        self.now = self._world(now.drift, np.clip(now.position + pace * (goal - now.position), 0.0, 1.0))
        self.quarter += 1

    def resume(self, now: World, quarter: int) -> None:
        """Go on from worlds that another model of the same numbers and streams brought to a quarter."""
        self.now, self.quarter = now, quarter

    def reading(self) -> World:
        """Return what measures are read from."""
        return self.now

    def _world(self, drift: Array, position: Array) -> World:
        p, states = self.parameters, position.shape[:2]
        power = total(p.capability) / p.capability.shape[-1] * p.taking_part
        return World(
            drift, position, np.broadcast_to(p.salience, position.shape), np.broadcast_to(power, states),
            np.broadcast_to(p.taking_part, states), self.rules.standard,
        )  # fmt: skip


def settlement(world: World, issue: int) -> Array:
    """Return the mean position by capability and salience: (W,)."""
    weight = world.power * world.salience[..., issue]
    whole = total(weight)
    return np.asarray(total(weight * world.position[..., issue]) / np.where(whole > 0, whole, 1.0))


def spread(world: World, issue: int) -> Array:
    """Return the standard deviation of the positions of those who take part: (W,)."""
    x, here = world.position[..., issue], world.here.astype(float)
    count = np.maximum(total(here), 1.0)
    mean = total(here * x) / count
    return np.asarray(np.sqrt(total(here * (x - mean[:, None]) ** 2) / count))


def sides(world: World, issue: int) -> Array:
    """Return how many groups of those who take part there are, between which no two are near: (W,)."""
    placed = np.sort(np.where(world.here, world.position[..., issue], np.inf), axis=1)
    known = np.where(np.isfinite(placed), placed, -np.inf)
    gaps = (known[:, 1:] - placed[:, :-1] > NEAR).astype(float)
    return np.asarray(total(gaps) + world.here.any(axis=1))


MEASURES: dict[str, Measure] = {
    "similarity": SIMILARITY,
    "position.": POSITION,
    "position_gap.": POSITION_GAP,
    "settlement.": Measure("system", "issue", "0 to 1", "settlement, the mean position by weight", settlement),
    "spread.": Measure("system", "issue", "0 to 1", "spread of positions (standard deviation)", spread),
    "sides.": Measure("system", "issue", "sides", "groups of states that stand near one another", sides),
}  # fmt: skip


class PositionsFamily(PlainFamily):
    """A family whose states have positions and nothing else; its `model` says where they are pulled."""

    headline = "similarity"
    world = World
