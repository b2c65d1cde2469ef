"""What the page's own processes do: each keeps the pack once, and the luck of the last worlds it ran.

A process gets a scenario as an `Order`, without the pack, and gives back plain arrays, a block of worlds at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cordiale.analysis.story import Happening, story
from cordiale.analysis.terms import Terms, joined, of_block
from cordiale.draws import Array, Named, Streams
from cordiale.errors import OptionError
from cordiale.fields import Names
from cordiale.layers import Scenario
from cordiale.loaded_pack import LoadedPack
from cordiale.models.block import Behaviour, Worlds, behaviours, standards, worlds_of
from cordiale.models.diplomacy import Standards
from cordiale.numbers import coded_numbers
from cordiale.page.together import Values, run_together
from cordiale.resolved import Setting
from cordiale.runs import make_plan
from cordiale.scenario import ScenarioFile

FEW = 64  # worlds whose luck is remembered: some 40 megabytes for 29 quarters of 13 states
Block = tuple[int, int]  # number of the first world, and how many there are


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

    def run(self, scenarios: Sequence[Scenario], block: Block, measures: Sequence[str]) -> list[Values]:
        """Return the values of a block of scenarios that share their worlds."""
        self._any = scenarios[0]
        return run_together(scenarios, measures, self._worlds(scenarios[0], block), *self._rules)

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


_bench: _Bench | None = None


def begin(loaded: LoadedPack) -> None:
    """Prepare a process."""
    global _bench
    _bench = _Bench(loaded)


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


def tell(orders: Sequence[Order], block: Block) -> list[list[Happening]]:
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
