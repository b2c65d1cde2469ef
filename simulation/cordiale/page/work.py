"""What the page's own processes do: each keeps the pack once, and the luck of the last worlds it ran.

A process gets a scenario as an `Order`, without the pack, and gives back plain arrays.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cordiale.analysis.story import Happening, story
from cordiale.analysis.terms import Terms, terms
from cordiale.draws import Array, Named, Streams
from cordiale.fields import Names
from cordiale.layers import Scenario
from cordiale.loaded_pack import LoadedPack
from cordiale.models.block import Behaviour, Worlds, behaviours, standards, worlds_of
from cordiale.models.diplomacy import Standards
from cordiale.numbers import coded_numbers
from cordiale.page.together import Values, run_together
from cordiale.resolved import Setting
from cordiale.scenario import ScenarioFile

FEW = 64  # worlds whose luck is remembered: some 40 megabytes for 29 quarters of 13 states


@dataclass(frozen=True)
class Order:
    """A scenario on its way to another process: all but the pack, which lies there already."""

    name: str
    file: ScenarioFile
    history: dict[str, list[Setting]]

    @classmethod
    def of(cls, scenario: Scenario) -> Order:
        """Return the order of a scenario."""
        return cls(scenario.name, scenario.file, scenario.history)


class _Bench:
    """What a process keeps between orders."""

    def __init__(self, loaded: LoadedPack) -> None:
        self.loaded, self.names = loaded, Names(loaded.pack)
        self.numbers = coded_numbers(loaded, self.names)
        self._kept: tuple[object, Worlds] | None = None

    def scenario(self, order: Order) -> Scenario:
        """Return an order's scenario."""
        return Scenario(order.name, order.file, self.loaded, self.names, self.numbers, order.history)

    @cached_property
    def _rules(self) -> tuple[Behaviour, Standards]:
        """The class of each state, and the standards: the same for all scenarios of a pack."""
        any_one = self._any
        classes = behaviours(any_one)
        return classes, standards(any_one, classes)

    def run(self, scenarios: Sequence[Scenario], measures: Sequence[str]) -> list[Values]:
        """Return the values of scenarios that share their worlds."""
        self._any = scenarios[0]
        return run_together(scenarios, measures, self._worlds(scenarios[0]), *self._rules)

    def _worlds(self, scenario: Scenario) -> Worlds:
        """Return the worlds of a scenario, those of the last one where they are the same and few."""
        key = scenario.seed, scenario.worlds, scenario.ranges
        if self._kept is not None and self._kept[0] == key:
            return self._kept[1]
        few = scenario.worlds <= FEW
        streams = (_Remembered if few else Streams)(scenario.seed, 0, scenario.worlds)
        worlds = worlds_of(scenario, streams)
        self._kept = (key, worlds) if few else self._kept
        return worlds


_bench: _Bench | None = None


def begin(loaded: LoadedPack) -> None:
    """Prepare a process, which ends with the page."""
    global _bench
    _bench = _Bench(loaded)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()


def _end_with(page: int) -> None:
    """End this process when the page is gone, however it went."""
    while os.getppid() == page:
        time.sleep(2)
    os._exit(0)


def _scenario(order: Order) -> Scenario:
    assert _bench is not None
    return _bench.scenario(order)


def run(orders: Sequence[Order], measures: Sequence[str]) -> list[Values]:
    """Return by order measure -> (worlds, quarters, entities).

    Parameters
    ----------
    orders : of one seed, number of worlds, length and set of ranges
    """
    assert _bench is not None
    return _bench.run([_bench.scenario(order) for order in orders], measures)


def why(order: Order, dyad: str) -> Terms:
    """Return the causes of a dyad's changes."""
    return terms(_scenario(order), dyad)


def tell(order: Order, world: int) -> list[Happening]:
    """Return the story of a world."""
    return story(_scenario(order), world)


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
