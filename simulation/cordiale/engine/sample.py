"""Run scenarios in memory: measures as arrays, for analyses that keep no study."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from cordiale.engine.block import SharedHistory, Worlds, worlds_of
from cordiale.models.base import Rules
from cordiale.models.measures import request
from cordiale.models.parameters import draw
from cordiale.models.random import Array, SameWorld, Streams
from cordiale.scenario.layers import Origin
from cordiale.scenario.settings import Scenario

SIZE = 256
Measured = dict[str, Array]


def recording(scenario: Scenario, measures: Sequence[str]) -> Scenario:
    """Return a scenario that records some measures in place of its own."""
    return scenario.copy(settings=scenario.settings.with_setting("measures", list(measures), Origin("analysis")))


class Sampler:
    """Scenarios and measures, ready to be run on any worlds.

    Parameters
    ----------
    scenarios : of one pack and seed; they may have the same names
    measures : in place of what the scenarios record
    rules : of their family for their pack; made here where None
    """

    def __init__(self, scenarios: Sequence[Scenario], measures: Sequence[str], rules: Rules | None = None) -> None:
        self.scenarios = [recording(scenario, measures) for scenario in scenarios]
        self.measures = list(measures)
        self.grove = SharedHistory(self.scenarios, rules or scenarios[0].family.rules(scenarios[0].loaded))
        self.places = {measure: self._place(measure) for measure in self.measures}

    def _place(self, measure: str) -> tuple[int, Cut]:
        """Return which of the recorded measures holds one that is asked for, and which of its entities."""
        first, wanted = self.scenarios[0], self.grove.wanted[0]
        one = request(measure, first.names, first.family)
        at, whole = next((at, each.entities) for at, each in enumerate(wanted) if each.name == one.name)
        return at, slice(None) if one.entities == whole else [whole.index(entity) for entity in one.entities]

    def worlds(self, first: int, worlds: int, fixed: Mapping[str, float] | None = None) -> list[Measured]:
        """Return by scenario measure -> (worlds, quarters, entities), for worlds that draw their own numbers.

        Parameters
        ----------
        fixed : path -> one number for all worlds, in place of what they draw
        """
        streams = Streams(self.scenarios[0].seed, first, worlds)
        same = {path: np.full(worlds, value) for path, value in (fixed or {}).items()}
        ranges = self.scenarios[0].ranges
        common = worlds_of(self.scenarios[0], streams, draw(ranges, streams) | same)
        return self._run(
            [
                common if each.ranges == ranges else worlds_of(each, streams, draw(each.ranges, streams) | same)
                for each in self.scenarios
            ]
        )

    def measured(self, worlds: int, fixed: Mapping[str, float] | None = None) -> list[Measured]:
        """Return the same for worlds from 0 on, block by block."""
        parts = [self.worlds(first, size, fixed) for first, size in blocks(worlds)]
        return [
            {measure: np.concatenate([part[at][measure] for part in parts]) for measure in self.measures}
            for at in range(len(self.scenarios))
        ]

    def rows(self, values: Mapping[str, Array], world: int) -> list[Measured]:
        """Return the same for rows of given numbers, all with the luck of one world.

        Parameters
        ----------
        values : path -> (rows,), for every path of the scenarios' ranges
        world : whose luck every row has
        """
        rows = len(next(iter(values.values())))
        streams = SameWorld(self.scenarios[0].seed, world, rows)
        return self._run([worlds_of(scenario, streams, values) for scenario in self.scenarios])

    def coded(self, values: Mapping[str, float], first: int, worlds: int) -> list[Measured]:
        """Return the same for worlds that share one coding and differ in luck.

        Parameters
        ----------
        values : path -> the one number, for every path of the scenarios' ranges
        """
        streams = Streams(self.scenarios[0].seed, first, worlds)
        same = {path: np.full(worlds, value) for path, value in values.items()}
        return self._run([worlds_of(scenario, streams, same) for scenario in self.scenarios])

    def _run(self, block: Sequence[Worlds]) -> list[Measured]:
        found = self.grove.run(block)
        return [{name: values[at][..., only] for name, (at, only) in self.places.items()} for values in found]


def blocks(worlds: int, size: int = SIZE) -> Iterator[tuple[int, int]]:
    """Yield (first world, number of worlds) of each block."""
    for first in range(0, worlds, size):
        yield first, min(size, worlds - first)


def sample(
    scenarios: Sequence[Scenario], measures: Sequence[str], worlds: int, rules: Rules | None = None
) -> list[Measured]:
    """Return by scenario measure -> (worlds, quarters, entities), on the same worlds.

    Parameters
    ----------
    measures : in place of what the scenarios record; entities as in `measures.requests.request`
    worlds : how many, from world 0 on
    rules : as in `Sampler`
    """
    return Sampler(scenarios, measures, rules).measured(worlds)


Cut = slice | int | list[int]
