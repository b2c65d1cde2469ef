"""Work in several processes, in order; the work's constants reach each process once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import current_process, get_context
from typing import Any, TypeVar

from cordiale.errors import OptionError

Shared = TypeVar("Shared")
Task = TypeVar("Task")
Result = TypeVar("Result")

PAYS = 30_000  # world-quarters from which processes pay: one starts as slowly as 10,000 world-quarters run
_GUARD = "a script that uses several processes calls cordiale below `if __name__ == '__main__':`"


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def ordered(
    work: Callable[[Shared, Task], Result], shared: Shared, tasks: Sequence[Task], jobs: int | None, size: int
) -> Iterator[Result]:
    """Yield work(shared, task) for each task in order.

    Parameters
    ----------
    work : a function of a module, so that other processes can find it
    jobs : processes; None for as many as pay
    size : world-quarters of all tasks together

    Raises
    ------
    OptionError where a process cannot start from the user's script
    """
    if jobs is None:
        jobs = min(cores(), len(tasks)) if size > PAYS else 1
    if jobs <= 1 or len(tasks) == 1:
        for task in tasks:
            yield work(shared, task)
        return
    if getattr(current_process(), "_inheriting", False):  # a new process, reading the user's script again
        raise OptionError(_GUARD)
    try:
        # Mesa sets the start method when it is imported: an explicit context does not depend on it.
        pool = ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_receive, initargs=(work, shared))
        with pool:
            yield from pool.map(_run, tasks)
    except BrokenProcessPool:
        raise OptionError(f"a process ended before its work was done; {_GUARD}") from None


_received: tuple[Callable[[Any, Any], Any], Any] | None = None


def _receive(work: Callable[[Any, Any], Any], shared: Any) -> None:
    global _received
    _received = work, shared


def _run(task: Any) -> Any:
    assert _received is not None
    work, shared = _received
    return work(shared, task)
