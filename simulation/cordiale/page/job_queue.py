"""The page's processes and who waits for them: each that is free takes the next block, and all that can run beside it.

A visitor is any key that the caller gives. What he waits for is a future: who cancels it waits no longer, and what
nobody waits for is not started.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, wait
from contextvars import ContextVar
from threading import Lock, RLock
from typing import Any, Generic, Protocol, TypeVar

from loky import ProcessPoolExecutor
from loky.process_executor import BrokenProcessPool

from cordiale.case.load import LoadedPack
from cordiale.engine.pool import alone, cores, processes, without_interrupts
from cordiale.files.errors import StudyError
from cordiale.models.base import Family
from cordiale.page import worker as work
from cordiale.page.jobs import BLOCK, Job

Result = TypeVar("Result")
STOPPED = "the page has been stopped"
Submit = Callable[..., Future[list[Any]]]


class Queue:
    """A few processes, and the jobs that wait for one.

    Parameters
    ----------
    loaded, family : the pack and the family of models, which each process receives once
    jobs : processes; one a core, but for the page's own, where None
    submit : called with a function of a module and its arguments, gives the future; the processes where None
    """

    def __init__(
        self, loaded: LoadedPack, family: Family, jobs: int | None = None, submit: Submit | None = None
    ) -> None:
        self._shared, self._jobs = (loaded, family), jobs or max(1, cores() - 1)
        self._call: Submit = submit or self._submit
        self._lock = RLock()
        self._pool: ProcessPoolExecutor | None = None  # begins when it is first needed
        self._turns = Turns()
        self._waiting: list[Job[Any]] = []  # that are ready, in the order in which they came
        self._busy = 0
        self._serving = self._stopped = False

    def ask(self, jobs: Sequence[Job[Result]], visitor: Hashable) -> list[Future[Result]]:
        """Return a visitor's futures of jobs, whether others wait for them, have dropped them, or have them already."""
        with self._lock:
            self._turns.count += 1
            futures = [job.enter(visitor, self._turns.count) for job in jobs]
            for job in jobs:
                if self._stopped and not job.done:
                    job.fail(StudyError(STOPPED))
                if job.ready and job not in self._waiting:
                    self._waiting.append(job)
            self._serve()
        for job, future in zip(jobs, futures, strict=True):
            future.add_done_callback(self._leaving(job))
            self._tell(job)
        return futures

    def stop(self) -> None:
        """End the processes; those who wait for one are told."""
        with self._lock:
            waiting, self._waiting, self._stopped = self._waiting, [], True
            for job in waiting:
                job.fail(StudyError(STOPPED))
            if self._pool is not None:
                self._pool.shutdown(wait=False, kill_workers=True)
        for job in waiting:
            self._tell(job)

    def _leaving(self, job: Job[Result]) -> Callable[[Future[Result]], None]:
        """Return what takes a future away that its visitor has cancelled."""

        def leave(future: Future[Result]) -> None:
            if future.cancelled():
                with self._lock:
                    job.leave(future)
                    self._waiting = [each for each in self._waiting if each.ready]

        return leave

    def _serve(self) -> None:
        """Give each free process the next block; a call that ends at once comes back here, and must not do it again."""
        if self._serving:
            return
        self._serving = True
        try:
            while self._waiting and self._busy < self._jobs:
                self._start(self._turns.next(self._waiting))
        finally:
            self._serving = False

    def _start(self, side: Sequence[Job[Any]]) -> None:
        """Start the next block of jobs that run side by side."""
        task, block = side[0].task, side[0].left[0]
        visitors = self._turns.begin(side, self._waiting)
        for job in side:
            job.left.remove(block)
        self._waiting = [job for job in self._waiting if job.ready]
        self._busy += 1
        try:
            found = self._call(task.call, [job.task.order for job in side], block, *task.more)
        except Exception as error:  # those who wait for it are told, and the next may have more luck
            found = Future()
            found.set_exception(error)

        def done(inner: Future[list[Any]]) -> None:
            self._done(side, block, visitors, inner)

        found.add_done_callback(done)

    def _done(
        self, side: Sequence[Job[Any]], block: work.Block, visitors: set[Hashable], future: Future[list[Any]]
    ) -> None:
        """Take what came out of a process, and serve the next before those who waited are told."""
        error = _fault(future)
        whole: list[tuple[Job[Any], list[Any]]] = []
        with self._lock:
            self._busy -= 1
            self._turns.end(visitors, self._waiting)
            for k, job in enumerate(side):
                if error is not None:
                    job.fail(error)
                elif (parts := job.take(block, future.result()[k])) is not None:
                    whole.append((job, parts))
            self._waiting = [job for job in self._waiting if job.ready]
            self._serve()
        for job, parts in whole:
            self._finish(job, parts)
        for job in side:
            self._tell(job)

    def _finish(self, job: Job[Any], parts: list[Any]) -> None:
        """Put the parts of a job together."""
        try:
            result = job.task.joined(parts)
        except Exception as error:  # memory may have run out
            with self._lock:
                job.fail(error)
            return
        with self._lock:
            job.result, job.done = result, True

    def _tell(self, job: Job[Any]) -> None:
        """Give those who wait for a job what has become of it, where something has."""
        with self._lock:
            if not job.done and job.error is None:
                return
            futures, job.waiting = list(job.waiting), {}
        for future in futures:
            if not future.set_running_or_notify_cancel():
                continue
            if job.error is not None:
                future.set_exception(job.error)
            else:
                future.set_result(job.result)

    def _submit(self, task: Callable[..., Result], *arguments: Any) -> Future[Result]:
        with self._lock:
            for _ in range(2):
                self._pool = self._pool or processes(self._jobs, work.begin, *self._shared)
                try:
                    with without_interrupts():
                        future: Future[Result] = self._pool.submit(alone, task, *arguments)
                    return future
                except BrokenProcessPool:  # a process was killed from outside: begin again
                    self._pool = None
        raise StudyError("the processes that run the model cannot be started")


def _fault(future: Future[Any]) -> BaseException | None:
    """Return why nothing came out of a process; None where something did."""
    if future.cancelled():
        return StudyError(STOPPED)
    error = future.exception()
    if isinstance(error, BrokenProcessPool):
        return StudyError("a process that ran the model has died; ask again")
    return error


# ----------------------------------------------------------------
# Whose turn it is when a process of the page is free.


MANY = 29 * 500  # world-quarters of quick jobs that run side by side; more would keep those who come next waiting
IN_A_ROW = 3  # calls of quick jobs while a long one waits


class Turns:
    """Who is served, and who was."""

    def __init__(self) -> None:
        self.count = 0  # goes up when somebody comes or has been served
        self._working: Counter[Hashable] = Counter()  # visitor -> processes that work for him
        self._quick = 0  # calls of quick jobs since a long one that waits had its turn

    def next(self, waiting: Sequence[Job[Any]]) -> list[Job[Any]]:
        """Return the job whose turn it is, and those that run the same block beside it.

        Parameters
        ----------
        waiting : jobs that are ready, in the order in which they came; not empty
        """
        fewest = min(self._held(job) for job in waiting)
        first = [job for job in waiting if self._held(job) == fewest]
        quick = self._quick < IN_A_ROW
        lane = [job for job in first if job.quick is quick] or first
        chosen = min(lane, key=self._since)
        return [chosen, *self._beside(chosen, waiting)]

    def begin(self, side: Sequence[Job[Any]], waiting: Iterable[Job[Any]]) -> set[Hashable]:
        """Count a call that begins; return the visitors for whom it works."""
        visitors = {visitor for job in side for visitor in job.visitors}
        self._quick = self._quick + 1 if side[0].quick and any(not job.quick for job in waiting) else 0
        self._working.update(visitors)
        return visitors

    def end(self, visitors: set[Hashable], waiting: Iterable[Job[Any]]) -> None:
        """Count a call that has ended, which sends its visitors to the end."""
        self._working.subtract(visitors)
        self._working = +self._working
        self.count += 1
        for job in waiting:
            job.since.update(dict.fromkeys(visitors & job.visitors, self.count))

    def _held(self, job: Job[Any]) -> int:
        """Return how many processes work for the one who holds fewest of those who wait for a job."""
        return min(self._working[visitor] for visitor in job.visitors)

    def _since(self, job: Job[Any]) -> int:
        return min(job.since[visitor] for visitor in job.visitors)

    def _beside(self, chosen: Job[Any], waiting: Sequence[Job[Any]]) -> list[Job[Any]]:
        """Return those that share the worlds of a job's next block, as many as do not keep the next ones waiting."""
        block, most = chosen.left[0], MANY if chosen.quick else 2 * BLOCK
        room = most // (block[1] * chosen.task.quarters) - 1
        alike = [job for job in waiting if job is not chosen and _share(job, chosen) and block in job.left]
        return sorted(alike, key=lambda job: (self._held(job), self._since(job)))[: max(0, room)]


def _share(one: Job[Any], other: Job[Any]) -> bool:
    return one.task.beside is not None and one.task.beside == other.task.beside


# ----------------------------------------------------------------
# What a visitor holds while he waits: he may look for the result, or drop it.


PATIENCE = 120  # seconds after which a wait is given up


class Ticket(Generic[Result]):
    """A result that is on its way.

    Parameters
    ----------
    futures : what it is made of, each of which can be cancelled
    made : their results -> the whole
    """

    def __init__(self, futures: Sequence[Future[Any]], made: Callable[[list[Any]], Result]) -> None:
        self.futures, self._made = futures, made

    def result(self, timeout: float = PATIENCE) -> Result:
        """Wait for the result; where the wait ends without it, for whatever reason, it is dropped.

        Parameters
        ----------
        timeout : seconds

        Raises
        ------
        StudyError after `timeout`, and what went wrong in the processes; CancelledError of what was dropped
        """
        visit = VISIT.get()
        if visit is not None:
            visit.hold(self)
        try:
            self._wait(timeout)
            return self._made([each.result() for each in self.futures])
        finally:
            self.drop()

    def drop(self) -> None:
        """Wait no longer; what nobody else waits for is not started."""
        for each in self.futures:
            each.cancel()

    def _wait(self, timeout: float) -> None:
        """Return when all is there, or one has failed."""
        done, missing = wait(self.futures, timeout, FIRST_EXCEPTION)
        for each in done:
            each.result()
        if missing:
            raise StudyError(f"this took longer than {timeout:g} seconds and was given up")


class Waited(Protocol):
    """What is waited for."""

    def drop(self) -> None:
        """Wait no longer."""


class Visit:
    """What one request waits for, until the visitor leaves."""

    def __init__(self) -> None:
        self._lock, self._left = Lock(), False
        self._held: list[Waited] = []

    def hold(self, waited: Waited) -> None:
        """Take what is waited for; it is dropped at once where he has left."""
        with self._lock:
            self._held.append(waited)
            left = self._left
        if left:
            waited.drop()

    def leave(self) -> None:
        """Drop all that is waited for."""
        with self._lock:
            self._left, held = True, list(self._held)
        for waited in held:
            waited.drop()


VISIT: ContextVar[Visit | None] = ContextVar("visit", default=None)
