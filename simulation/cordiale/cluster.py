"""Work on many machines through Dask, in order; the extra `cluster`.

A worker that dies costs its blocks, which Dask runs again elsewhere: world n is the same wherever it is run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import cloudpickle

from cordiale.errors import OptionError
from cordiale.pool import AHEAD, Result, Shared, Task, windowed

WAIT = 10  # seconds to wait for a scheduler
EXTRA = 'the cluster needs its extra: pip install "cordiale[cluster]"'


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
    try:
        from distributed import Client
    except ImportError:
        raise OptionError(EXTRA) from None
    try:
        client = Client(scheduler, timeout=WAIT)
    except (OSError, ValueError) as error:
        fault = " ".join(str(error).split())[:120]
        raise OptionError(f"--scheduler {scheduler}: no Dask scheduler answers there: {fault}") from None
    with client:
        packed = cloudpickle.dumps((work, shared))
        at_hand = client.submit(_unpack, packed, pure=False)  # a task, so that it is made again where its holder dies
        width = AHEAD * max(1, sum(client.nthreads().values()))
        yield from windowed(lambda task: client.submit(_run, at_hand, task, pure=False), tasks, width)


def _unpack(packed: bytes) -> Any:
    return cloudpickle.loads(packed)


def _run(at_hand: tuple[Callable[[Any, Any], Any], Any], task: Any) -> Any:
    work, shared = at_hand
    return work(shared, task)
