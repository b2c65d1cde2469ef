"""What the page's own processes do: each keeps the pack once, and the luck of the last worlds it ran.

A process gets a scenario as an `Order`, without the pack, and gives back plain arrays, a block of worlds at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from cordiale.case.fields import Names
from cordiale.case.load import LoadedPack
from cordiale.case.numbers import coded_numbers
from cordiale.engine.block import Worlds, worlds_of
from cordiale.files.errors import OptionError
from cordiale.models.base import Event, Family, Model, Rules, steps
from cordiale.models.measures import request
from cordiale.models.parameters import Parameters
from cordiale.models.random import Array, Named, Streams, Tiled
from cordiale.scenario.adaptive import course_of
from cordiale.scenario.file import ScenarioFile
from cordiale.scenario.layers import Settings
from cordiale.scenario.load import Scenario
from cordiale.study.attribution import Terms, joined, of_block
from cordiale.study.narrative import story
from cordiale.study.run import make_plan

FEW = 64  # worlds whose luck is remembered: some 40 megabytes for 29 quarters of 13 states
Block = tuple[int, int]  # number of the first world, and how many there are


@dataclass(frozen=True)
class Order:
    """A scenario on its way to another process: all but the pack, which lies there already."""

    name: str
    file: ScenarioFile
    settings: Settings

    @classmethod
    def of(cls, scenario: Scenario) -> Order:
        """Return the order of a scenario."""
        return cls(scenario.name, scenario.file, scenario.settings)


class _Worker:
    """What a process keeps between orders."""

    def __init__(self, loaded: LoadedPack, family: Family) -> None:
        self.loaded, self.family, self.names = loaded, family, Names(loaded.pack)
        self.numbers = coded_numbers(loaded, self.names)
        self._kept: tuple[object, Worlds] | None = None

    def scenario(self, order: Order) -> Scenario:
        """Return an order's scenario."""
        return Scenario.of(order.name, order.file, self.loaded, self.family, self.names, self.numbers, order.settings)

    @cached_property
    def _rules(self) -> Rules:
        """The rules, the same for all scenarios of a pack."""
        return self.family.rules(self.loaded)

    def run(self, scenarios: Sequence[Scenario], block: Block, measures: Sequence[str]) -> list[Values]:
        """Return the values of a block of scenarios that share their worlds."""
        return run_together(scenarios, measures, self._worlds(scenarios[0], block), self._rules)

    def _worlds(self, scenario: Scenario, block: Block) -> Worlds:
        """Return worlds of a scenario, those of the last one where they are the same and few."""
        key = scenario.seed, block, scenario.ranges
        if self._kept is not None and self._kept[0] == key:
            return self._kept[1]
        few = scenario.worlds <= FEW  # not: the block; a long look's next one would push out what serves again
        streams = (_Remembered if few else Streams)(scenario.seed, *block)
        worlds = worlds_of(scenario, streams)
        self._kept = (key, worlds) if few else self._kept
        return worlds


_bench: _Worker | None = None


def begin(loaded: LoadedPack, family: Family) -> None:
    """Prepare a process."""
    global _bench
    _bench = _Worker(loaded, family)


def _scenario(order: Order) -> Scenario:
    assert _bench is not None
    return _bench.scenario(order)


def run(orders: Sequence[Order], block: Block, measures: Sequence[str]) -> list[Values]:
    """Return by order measure -> (worlds of the block, quarters, entities).

    Parameters
    ----------
    orders : of one seed, number of worlds, length and set of ranges
    """
    assert _bench is not None
    return _bench.run([_bench.scenario(order) for order in orders], block, measures)


def why(orders: Sequence[Order], block: Block, dyad: str) -> list[Terms]:
    """Return by order the causes of a dyad's changes in a block of worlds."""
    return [_causes(_scenario(order), block, dyad) for order in orders]


def _causes(scenario: Scenario, block: Block, dyad: str) -> Terms:
    try:
        pair = scenario.names.dyad(dyad)
    except KeyError:
        raise OptionError(f"'{dyad}' is no dyad of this pack") from None
    return of_block(make_plan([scenario], None, ()), scenario, pair, *block)


def joined_terms(parts: list[Terms]) -> Terms:
    """Return the causes of blocks that follow one another as one."""
    return joined(parts)


def tell(orders: Sequence[Order], block: Block) -> list[list[Event]]:
    """Return by order the story of the block's first world."""
    return [story(_scenario(order), block[0]) for order in orders]


def do(tasks: Sequence[Callable[[], Any]], block: Block) -> list[Any]:
    """Return what other tasks give."""
    return [task() for task in tasks]


class _Remembered(Streams):
    """Streams that keep every number they gave, since the same luck meets one policy after another."""

    def __init__(self, seed: int, first: int, worlds: int) -> None:
        super().__init__(seed, first, worlds)
        self._given: dict[tuple[Any, ...], Array] = {}

    def uniforms(self, purpose: str, named: Sequence[Named], quarter: int = 0, size: int = 1) -> Array:
        """Return (worlds, streams, size) numbers, uniform in the open interval (0, 1)."""
        key = (purpose, tuple(named), quarter, size)
        if key not in self._given:
            self._given[key] = super().uniforms(purpose, named, quarter=quarter, size=size)
            self._given[key].flags.writeable = False
        return self._given[key]


# ----------------------------------------------------------------
# Scenarios side by side: several visitors' worlds as rows of one block.


Values = dict[str, Array]


def run_together(scenarios: Sequence[Scenario], measures: Sequence[str], worlds: Worlds, rules: Rules) -> list[Values]:
    """Return by scenario measure -> (worlds, quarters, entities).

    Parameters
    ----------
    scenarios : of one length, and of the ranges that the worlds were drawn from
    """
    first, times, rows = scenarios[0], len(scenarios), worlds.streams.worlds
    wanted = [request(measure, first.names, first.family) for measure in measures]
    side = _Side(scenarios, worlds)
    streams = Tiled(worlds.streams, times) if times > 1 else worlds.streams
    model = rules.start(side.coded, side.at, streams)
    side.follow(model)
    found = [np.empty((times, rows, first.quarters, len(each.entities))) for each in wanted]
    for step in steps(model, first.quarters):
        reading = model.reading()
        for each, into in zip(wanted, found, strict=True):
            into[:, :, step.quarter] = each.read(reading).reshape(times, rows, -1)
    return [{text: into[k] for text, into in zip(measures, found, strict=True)} for k in range(times)]


class _Side:
    """The parameters of scenarios side by side in each quarter."""

    def __init__(self, scenarios: Sequence[Scenario], worlds: Worlds) -> None:
        self._rows = worlds.streams.worlds
        self._courses = [course_of(each, worlds.parameters, self._rows) for each in scenarios]
        self._last: tuple[list[Parameters], Parameters] | None = None
        self._drawn = worlds.parameters
        self.coded: Any = None
        self.coded = self._joined([worlds.parameters] * len(scenarios))

    def follow(self, model: Model) -> None:
        """Have each scenario look at its own worlds in a model."""
        for k, course in enumerate(self._courses):
            course.follow(model, slice(k * self._rows, (k + 1) * self._rows))

    def at(self, quarter: int) -> Parameters:
        """Return the parameters of a quarter, counted from 0; the same object while nothing moves."""
        parts = [course.at(quarter) for course in self._courses]
        if self._last is None or any(new is not old for new, old in zip(parts, self._last[0], strict=True)):
            self._last = parts, self._joined(parts)
        return self._last[1]

    def _joined(self, parts: Sequence[Parameters]) -> Parameters:
        if len(parts) == 1:
            return parts[0]
        arrays = {name: self._rows_of([each.arrays[name] for each in parts], name) for name in parts[0].arrays}
        weights = {name: self._rows_of([each.weights[name] for each in parts], name) for name in parts[0].weights}
        return Parameters(arrays, weights)

    def _rows_of(self, parts: Sequence[Array], name: str) -> Array:
        """Return arrays (worlds or 1, ...) below one another; as they are where they are one and the same for all."""
        alike = all(each is parts[0] for each in parts)
        if alike and len(parts[0]) == 1:
            return parts[0]
        if alike and self.coded is not None and parts[0] is self._drawn.arrays.get(name):
            return np.asarray(self.coded.arrays[name])
        joined = np.empty((len(parts) * self._rows, *parts[0].shape[1:]), dtype=parts[0].dtype, order="F")
        for k, each in enumerate(parts):
            joined[k * self._rows : (k + 1) * self._rows] = each
        return joined
