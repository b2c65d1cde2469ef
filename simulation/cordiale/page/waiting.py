"""The page's processes and who waits for them: a process that is free takes all that can run side by side."""

from __future__ import annotations

import signal
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from multiprocessing import resource_tracker
from threading import RLock
from typing import Any, TypeVar

from loky import ProcessPoolExecutor
from loky.backend import resource_tracker as loky_tracker
from loky.process_executor import BrokenProcessPool

from cordiale.errors import StudyError
from cordiale.layers import Scenario
from cordiale.loaded_pack import LoadedPack
from cordiale.page import work
from cordiale.page.chosen import shared
from cordiale.page.together import Values
from cordiale.pool import cores

MOST = 500  # worlds that run side by side; more would keep those who come next waiting
Result = TypeVar("Result")
Waiting = tuple[Hashable, work.Order, Future[Values], int]


class Queue:
    """A few processes, and the scenarios that wait for one.

    Parameters
    ----------
    loaded : the pack, which each process receives once
    measures : names of what is recorded
    jobs : processes; one a core, but for the page's own, where None
    """

    def __init__(self, loaded: LoadedPack, measures: list[str], jobs: int | None = None) -> None:
        self._loaded, self._measures, self._jobs = loaded, measures, jobs or max(1, cores() - 1)
        self._lock = RLock()
        self._pool: ProcessPoolExecutor | None = None  # begins when it is first needed
        self._waiting: list[Waiting] = []
        self._busy = 0

    def run(self, scenario: Scenario) -> Future[Values]:
        """Return the future of a scenario's values."""
        future: Future[Values] = Future()
        with self._lock:
            self._waiting.append((shared(scenario), work.Order.of(scenario), future, scenario.worlds))
            self._serve()
        return future

    def do(self, task: Callable[..., Result], *arguments: Any) -> Future[Result]:
        """Return the future of another task; it waits with the processes, not with the scenarios."""
        outer: Future[Result] = Future()
        self._submit(task, *arguments).add_done_callback(lambda inner: _pass_on(inner, [outer], lambda found: [found]))
        return outer

    def stop(self) -> None:
        """End the processes."""
        with self._lock:
            if self._pool is not None:
                self._pool.shutdown(wait=False, kill_workers=True)

    def _serve(self) -> None:
        """Give each free process the first that waits, with all that can run beside it."""
        while self._waiting and self._busy < self._jobs:
            together: list[Waiting] = []
            worlds = 0
            for each in self._waiting:
                if each[0] == self._waiting[0][0] and (not together or worlds + each[3] <= MOST):
                    together.append(each)
                    worlds += each[3]
            self._waiting = [each for each in self._waiting if each not in together]
            self._busy += 1
            task = self._submit(work.run, [order for _, order, _, _ in together], self._measures)
            task.add_done_callback(self._done([future for _, _, future, _ in together]))

    def _done(self, futures: list[Future[Values]]) -> Callable[[Future[list[Values]]], None]:
        def done(inner: Future[list[Values]]) -> None:
            _pass_on(inner, futures, list)
            with self._lock:
                self._busy -= 1
                self._serve()

        return done

    def _submit(self, task: Callable[..., Result], *arguments: Any) -> Future[Result]:
        with self._lock:
            for _ in range(2):
                self._pool = self._pool or ProcessPoolExecutor(
                    self._jobs, initializer=work.begin, initargs=(self._loaded,)
                )
                try:
                    with _without_interrupts():
                        future: Future[Result] = self._pool.submit(task, *arguments)
                    return future
                except BrokenProcessPool:  # a process was killed from outside: begin again
                    self._pool = None
        raise StudyError("the processes that run the model cannot be started")


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Begin processes that never see Ctrl-C: one that dies of it while it starts leaves loky waiting for ever."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    for tracker in (resource_tracker, loky_tracker):
        tracker.ensure_running()  # they lift the block when they start, and ignore Ctrl-C themselves
    old = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, old)


def _pass_on(inner: Future[Any], outer: list[Future[Any]], split: Callable[[Any], list[Any]]) -> None:
    """Hand what came out of a process to those who wait for it."""
    error = inner.exception()
    if isinstance(error, BrokenProcessPool):
        error = StudyError("a process that ran the model has died; ask again")
    results = [] if error else split(inner.result())
    for k, each in enumerate(outer):
        if error:
            each.set_exception(error)
        else:
            each.set_result(results[k])
