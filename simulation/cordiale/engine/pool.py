"""Work in several processes, in order; the work's constants reach each process once.

The processes are loky's: they start afresh, do not read the user's script again (so that it needs no guard), and
take classes that the script defines along by value. They end with the process that started them, however that
ends; one that is killed costs its task, which is done again.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import tempfile
import threading
import time
import warnings
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import cloudpickle

from cordiale.files import memory
from cordiale.files.errors import OptionError, StudyError, StudyWarning
from cordiale.files.extras import require
from cordiale.files.streams import drop

if TYPE_CHECKING:
    from loky import ProcessPoolExecutor

Shared = TypeVar("Shared")
Task = TypeVar("Task")
Result = TypeVar("Result")
Got = TypeVar("Got", covariant=True)

AHEAD = 2  # tasks on their way for each process: one at work and one at hand
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
NO_DUMP = {"PYTHONFAULTHANDLER": ""}  # of a process that dies: its work is done again, which is told in one line
PAYS = 30_000  # world-quarters from which processes pay: one starts as slowly as 10,000 world-quarters run
FILES = 12  # that are open in this process while others start, beside two for each
WATCH = 0.5  # seconds between two looks of a process at whether the one that started it is still there


class Ordered(Protocol):
    """What works through tasks in order: `ordered`, or a journal's, which keeps what is done."""

    def __call__(
        self, work: Callable[[Shared, Task], Result], shared: Shared, tasks: Sequence[Task], jobs: int | None, size: int
    ) -> Iterator[Result]:
        """Yield work(shared, task) for each task."""


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

    Raises
    ------
    StudyError where processes are killed again and again, as a system does that has no memory left
    """
    if jobs is None:
        jobs = min(cores(), len(tasks)) if size > PAYS else 1
    if jobs <= 1 or len(tasks) == 1:
        for task in tasks:
            yield alone(work, shared, task)
        return
    from loky.process_executor import BrokenProcessPool

    done, jobs = 0, min(jobs, len(tasks))
    while done < len(tasks):
        before = done
        try:
            for result in _in_processes(work, shared, tasks[done:], jobs):
                yield result
                done += 1
        except BrokenProcessPool:
            if jobs == 1 and done == before:
                raise StudyError(
                    "a process was killed each time it worked, as the system does when memory runs out: "
                    "try --jobs 1, and a smaller --block where there is one"
                ) from None
            jobs = max(1, jobs // 2) if done == before else jobs
            message = f"a process was killed, perhaps since memory ran out: its work is done again in {jobs}"
            warnings.warn(message, StudyWarning, stacklevel=2)


def _in_processes(
    work: Callable[[Shared, Task], Result], shared: Shared, tasks: Sequence[Task], jobs: int
) -> Iterator[Result]:
    pool = processes(jobs, _receive, work, shared)
    try:
        with without_interrupts():
            pool.submit(_nothing)  # all processes start with it
        yield from windowed(lambda task: pool.submit(_run, task), tasks, AHEAD * jobs)
    except BaseException:
        pool.shutdown(wait=True, kill_workers=True)
        raise
    pool.shutdown(wait=True)


def processes(jobs: int, begin: Callable[..., object], *arguments: Any) -> ProcessPoolExecutor:
    """Return processes that end with this one, and that neither Ctrl-C nor a closed terminal reaches.

    They start with the first task: submit it within `without_interrupts`.

    Parameters
    ----------
    begin : called in each with the arguments before its first task

    Raises
    ------
    MemoryError where too few addresses are left for the threads that look after the processes, OSError where files are
    """
    from loky import ProcessPoolExecutor
    from loky.backend import resource_tracker as tracker

    memory.need(memory.FOR_THREADS)
    memory.need_files(FILES + 2 * jobs)
    _start_trackers()
    # In a file: loky writes what a process begins with into a pipe, and where it is more than a pipe holds it waits
    # for ever for a process that was killed while it started. The tracker removes the file if this process is killed.
    handle, path = tempfile.mkstemp(prefix="cordiale-", suffix=".begin")
    tracker.register(path, "file")
    with os.fdopen(handle, "wb") as file:
        file.write(cloudpickle.dumps((begin, arguments)))
    pool: ProcessPoolExecutor = ProcessPoolExecutor(
        jobs, initializer=_begin, initargs=(os.getpid(), path), env=ONE_THREAD | NO_DUMP
    )
    weakref.finalize(pool, tracker.maybe_unlink, path, "file")
    return pool


def _begin(parent: int, path: str) -> None:
    if memory.limit_of_addresses() is not None:
        drop(2)  # what libraries say that end a process for want of memory
    try:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
        begin, arguments = _unpack(Path(path).read_bytes())
        begin(*arguments)
        memory.take_buffers()
    except Exception as error:
        if memory.is_short(error):
            os._exit(1)  # the process that started it tells
        raise


def _end_with(parent: int) -> None:
    """End this process when the one that started it is gone, however it went."""
    while os.getppid() == parent:
        time.sleep(WATCH)
    os._exit(1)


@contextmanager
def without_interrupts() -> Iterator[None]:
    """Begin processes that never see Ctrl-C or a hangup: one that dies of it while it starts leaves loky waiting."""
    _start_trackers()  # before: one that starts lifts the block of Ctrl-C
    with _blocked():
        yield


@contextmanager
def _blocked() -> Iterator[None]:
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    old = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, old)


def _start_trackers() -> None:
    """Start the processes that remove, without a warning, what is left of this one if it is killed.

    Neither Ctrl-C nor a closed terminal may end them: what they look after would be unknown to the next ones.
    """
    from multiprocessing import resource_tracker

    from loky.backend import resource_tracker as loky_tracker

    silent = "ignore:resource_tracker"
    sys.warnoptions.append(silent)  # which they get as an option
    try:
        with _blocked():
            for tracker in (resource_tracker, loky_tracker):
                tracker.ensure_running()
    finally:
        sys.warnoptions.remove(silent)


class Awaited(Protocol[Got]):
    """What stands for a result that is on its way."""

    def result(self) -> Got:
        """Wait for it."""


def windowed(submit: Callable[[Task], Awaited[Result]], tasks: Iterable[Task], width: int) -> Iterator[Result]:
    """Yield results in order, with at most `width` tasks on their way, so that memory does not grow with them.

    Tasks that are left over go with who runs them: loky ends its own, and fails on one that was cancelled meanwhile.
    """
    waiting: deque[Awaited[Result]] = deque()
    for task in tasks:
        if len(waiting) >= width:
            yield waiting.popleft().result()
        waiting.append(submit(task))
    while waiting:
        yield waiting.popleft().result()


_received: tuple[Callable[[Any, Any], Any], Any] | None = None


def _receive(work: Callable[[Any, Any], Any], shared: Any) -> None:
    global _received
    _received = work, shared


def _nothing() -> None:
    pass


def _run(task: Any) -> Any:
    assert _received is not None
    return alone(*_received, task)


def alone(work: Callable[..., Result], *arguments: Any) -> Result:
    """Return what a function gives, and leave nothing of it behind.

    A model and its agents hold one another, so that only the collector lets go of their worlds. Without it blocks pile
    up, and loky starts a process anew for its growth every other block. What was there before is not looked through:
    in a process that has loaded many libraries that takes longer than a small block.
    """
    gc.freeze()
    try:
        return work(*arguments)
    finally:
        gc.collect()
        gc.unfreeze()


# ----------------------------------------------------------------
# Work on many machines through Dask, in order; the extra `cluster`.


WAIT = 10  # seconds to wait for a scheduler


def ordered_on(
    scheduler: str, work: Callable[[Shared, Task], Result], shared: Shared, tasks: Sequence[Task]
) -> Iterator[Result]:
    """Yield work(shared, task) for each task in order, on the workers of a scheduler.

    Parameters
    ----------
    scheduler : its address, such as "tcp://10.0.0.1:8786"

    Raises
    ------
    OptionError where no scheduler answers there, or the extra is missing
    """
    require("distributed", "cluster", f"--scheduler {scheduler}")
    from distributed import Client

    try:
        client = Client(scheduler, timeout=WAIT)
    except (OSError, ValueError) as error:
        fault = " ".join(str(error).split())[:120]
        raise OptionError(f"--scheduler {scheduler}: no Dask scheduler answers there: {fault}") from None
    with client:
        packed = cloudpickle.dumps((work, shared))
        at_hand = client.submit(_unpack, packed, pure=False)  # a task, so that it is made again where its holder dies
        width = AHEAD * max(1, sum(client.nthreads().values()))
        yield from windowed(lambda task: client.submit(_run_cluster, at_hand, task, pure=False), tasks, width)


def _unpack(packed: bytes) -> Any:
    return cloudpickle.loads(packed)


def _run_cluster(at_hand: tuple[Callable[[Any, Any], Any], Any], task: Any) -> Any:
    return alone(*at_hand, task)
