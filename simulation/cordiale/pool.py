"""Work in several processes, in order; the work's constants reach each process once.

The processes are loky's: they start afresh, do not read the user's script again (so that it needs no guard), and
take classes that the script defines along by value.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

Shared = TypeVar("Shared")
Task = TypeVar("Task")
Result = TypeVar("Result")
Got = TypeVar("Got", covariant=True)

AHEAD = 2  # tasks on their way for each process: one at work and one at hand
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
PAYS = 30_000  # world-quarters from which processes pay: one starts as slowly as 10,000 world-quarters run


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def ordered(
    work: Callable[[Shared, Task], Result], shared: Shared, tasks: Sequence[Task], jobs: int | None, size: int
) -> Iterator[Result]:
    """Yield work(shared, task) for each task in order.

    Parameters
    ----------
    work : a function of a module
    jobs : processes; None for as many as pay
    size : world-quarters of all tasks together
    """
    if jobs is None:
        jobs = min(cores(), len(tasks)) if size > PAYS else 1
    if jobs <= 1 or len(tasks) == 1:
        for task in tasks:
            yield work(shared, task)
        return
    from loky import ProcessPoolExecutor

    with ProcessPoolExecutor(jobs, initializer=_receive, initargs=(work, shared), env=ONE_THREAD) as pool:
        yield from windowed(lambda task: pool.submit(_run, task), tasks, AHEAD * jobs)


class Awaited(Protocol[Got]):
    """What stands for a result that is on its way."""

    def result(self) -> Got:
        """Wait for it."""

    def cancel(self) -> object:
        """Do without it."""


def windowed(submit: Callable[[Task], Awaited[Result]], tasks: Iterable[Task], width: int) -> Iterator[Result]:
    """Yield results in order, with at most `width` tasks on their way, so that memory does not grow with them."""
    waiting: deque[Awaited[Result]] = deque()
    try:
        for task in tasks:
            if len(waiting) >= width:
                yield waiting.popleft().result()
            waiting.append(submit(task))
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


_received: tuple[Callable[[Any, Any], Any], Any] | None = None


def _receive(work: Callable[[Any, Any], Any], shared: Any) -> None:
    global _received
    _received = work, shared


def _run(task: Any) -> Any:
    assert _received is not None
    work, shared = _received
    return work(shared, task)
