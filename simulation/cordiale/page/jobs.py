"""What visitors wait for: a task, what has come of it so far, and who they are."""

from __future__ import annotations

from collections.abc import Hashable
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from cordiale.analysis.terms import Terms
from cordiale.page.tasks import Task
from cordiale.page.work import Block

Result = TypeVar("Result")
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
