"""What the page's processes are asked for, cut into blocks of worlds, so that another's small look gets in between.

World n is the same world whatever runs beside it, so the blocks of a look give the values of one run (a test).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any, Generic, TypeVar

import numpy as np

from cordiale.analysis.story import Happening
from cordiale.analysis.terms import Terms
from cordiale.layers import Scenario
from cordiale.page import work
from cordiale.page.chosen import shared
from cordiale.page.together import Values
from cordiale.page.work import Block

Result = TypeVar("Result")
BLOCK = 29 * 128  # world-quarters of a block: a second or so
LEAST = 64  # worlds of a block, however long the scenario: fewer would hardly be done sooner
ALONE = 75  # worlds that take as long as a quarter takes however few they are


@dataclass(frozen=True)
class Task(Generic[Result]):
    """What a job runs, and how its blocks become one result.

    Attributes
    ----------
    call : a function of a process: (orders, block, *more) -> a part for each order
    order : what is asked
    more : what else `call` is given
    blocks : in the order of the worlds
    quarters : of the scenario; 1 where there is none
    joined : parts in the order of the blocks -> the result
    beside : the same for tasks that can run side by side; None for one that runs alone
    """

    call: Callable[..., list[Any]]
    order: Any
    more: tuple[Any, ...]
    blocks: tuple[Block, ...]
    quarters: int
    joined: Callable[[list[Any]], Result]
    beside: Hashable = None

    @property
    def cost(self) -> int:
        """How long it takes as a whole, in world-quarters."""
        return self.quarters * (sum(worlds for _, worlds in self.blocks) + ALONE)


def run(scenario: Scenario, measures: Sequence[str]) -> Task[Values]:
    """Return the task of running a scenario."""
    return Task(work.run, work.Order.of(scenario), (list(measures),), blocks(scenario.worlds, scenario.quarters),
                scenario.quarters, _joined, shared(scenario))  # fmt: skip


def why(scenario: Scenario, dyad: str) -> Task[Terms]:
    """Return the task of finding the causes of a dyad's changes."""
    return Task(work.why, work.Order.of(scenario), (dyad,), blocks(scenario.worlds, scenario.quarters),
                scenario.quarters, work.joined_terms)  # fmt: skip


def story(scenario: Scenario, world: int) -> Task[list[Happening]]:
    """Return the task of telling the story of a world."""
    return Task(work.tell, work.Order.of(scenario), (), ((world, 1),), scenario.quarters, _only)


def other(task: Callable[..., Result], *arguments: Any) -> Task[Result]:
    """Return any other task: of one piece, and taken to be quick."""
    return Task(work.do, partial(task, *arguments), (), ((0, 1),), 1, _only)


def blocks(worlds: int, quarters: int) -> tuple[Block, ...]:
    """Return worlds 0 .. `worlds` - 1 in blocks of about one size."""
    count = -(-worlds // max(LEAST, BLOCK // quarters))
    edges = [worlds * k // count for k in range(count + 1)]
    return tuple((first, end - first) for first, end in pairwise(edges))


def _only(parts: list[Any]) -> Any:
    return parts[0]


def _joined(parts: list[Values]) -> Values:
    """Return blocks as one, measure by measure, so that no more than one lies in memory twice."""
    if len(parts) == 1:
        return parts[0]
    return {name: np.concatenate([part.pop(name) for part in parts]) for name in list(parts[0])}
