"""Work in several processes, in order; the work's constants reach each process once.

The processes are loky's: they start afresh, do not read the user's script again (so that it needs no guard), and
take classes that the script defines along by value.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

Shared = TypeVar("Shared")
Task = TypeVar("Task")
Result = TypeVar("Result")

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

    with ProcessPoolExecutor(jobs, initializer=_receive, initargs=(work, shared)) as pool:
        yield from pool.map(_run, tasks)


_received: tuple[Callable[[Any, Any], Any], Any] | None = None


def _receive(work: Callable[[Any, Any], Any], shared: Any) -> None:
    global _received
    _received = work, shared


def _run(task: Any) -> Any:
    assert _received is not None
    work, shared = _received
    return work(shared, task)
