"""What the page's processes are asked for, cut into blocks of worlds, so that another's small look gets in between.

World n is the same world whatever runs beside it, so the blocks of a look give the values of one run (a test).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any, Generic, TypeVar

import numpy as np

from cordiale.models.base import Event
from cordiale.page import worker as work
from cordiale.page.session import shared
from cordiale.page.worker import Block, Values
from cordiale.scenario.load import Scenario
from cordiale.study.attribution import Terms

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
                scenario.quarters, _joined, (*measures, shared(scenario)))  # fmt: skip


def why(scenario: Scenario, dyad: str) -> Task[Terms]:
    """Return the task of finding the causes of a dyad's changes."""
    return Task(work.why, work.Order.of(scenario), (dyad,), blocks(scenario.worlds, scenario.quarters),
                scenario.quarters, work.joined_terms)  # fmt: skip


def story(scenario: Scenario, world: int) -> Task[list[Event]]:
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


# ----------------------------------------------------------------
# What visitors wait for: a task, what has come of it so far, and who they are.


QUICK = 6_000  # cost of what goes first: some 128 worlds of 29 quarters


class Job(Generic[Result]):
    """A task, what has come of it, and who waits for it. Its queue's lock guards it.

    Attributes
    ----------
    left : blocks that nobody has started
    parts : what came out, by block; empty when it is joined
    size : bytes that have come out
    waiting : the futures of those who wait, and whose they are
    since : visitor -> the count at which he began to wait, or was last served to the end
    result : the whole, when `done`
    error : what went wrong
    """

    def __init__(self, task: Task[Result]) -> None:
        self.task, self.left = task, list(task.blocks)
        self.parts: dict[Block, Any] = {}
        self.size = 0
        self.waiting: dict[Future[Result], Hashable] = {}
        self.since: dict[Hashable, int] = {}
        self.done = False
        self.result: Result | None = None
        self.error: BaseException | None = None

    @property
    def visitors(self) -> set[Hashable]:
        """Those who wait."""
        return set(self.waiting.values())

    @property
    def ready(self) -> bool:
        """Whether there is something to start, and somebody who waits for it."""
        return bool(self.left and self.waiting)

    @property
    def quick(self) -> bool:
        """Whether it goes before the long ones."""
        return self.task.cost <= QUICK

    @property
    def useless(self) -> bool:
        """Whether nobody waits for it and nothing is gained by keeping it."""
        return self.error is not None or not (self.waiting or self.parts or self.done)

    def enter(self, visitor: Hashable, count: int) -> Future[Result]:
        """Return the future of one more who waits."""
        if visitor not in self.visitors:
            self.since[visitor] = count
        future: Future[Result] = Future()
        self.waiting[future] = visitor
        return future

    def leave(self, future: Future[Result]) -> None:
        """Take away one who waits no longer."""
        if future not in self.waiting:
            return
        visitor = self.waiting.pop(future)
        if visitor not in self.visitors:
            del self.since[visitor]
        future.set_running_or_notify_cancel()  # tells those who wait for the future itself

    def take(self, block: Block, part: Any) -> list[Any] | None:
        """Keep what a block has given; return all parts in order, and keep none, where it was the last one."""
        if self.error is not None:
            return None
        self.parts[block] = part
        self.size += _bytes(part)
        if len(self.parts) < len(self.task.blocks):
            return None
        parts, self.parts = self.parts, {}
        return [parts[each] for each in self.task.blocks]

    def fail(self, error: BaseException) -> None:
        """Give up."""
        self.error = error
        self.left, self.parts, self.size = [], {}, 0


def _bytes(part: Any) -> int:
    if isinstance(part, dict):
        return sum(each.nbytes for each in part.values())
    return sum(each.nbytes for each in part.changes.values()) if isinstance(part, Terms) else 1 << 18
