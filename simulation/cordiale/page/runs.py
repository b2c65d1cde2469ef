"""Runs for all sessions: each content once, kept while memory allows, side by side when many wait."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from threading import RLock
from typing import Any, TypeVar

from cordiale.case.load import LoadedPack
from cordiale.models.base import Event, Family
from cordiale.page import jobs as tasks
from cordiale.page.job_queue import Queue, Submit, Ticket
from cordiale.page.jobs import Job, Task
from cordiale.page.session import content
from cordiale.scenario.load import Scenario
from cordiale.study.attribution import Terms
from cordiale.study.in_memory import InMemory, study_of

KEPT = 1 << 28  # bytes of finished runs: a quarter of a gibibyte
Result = TypeVar("Result")


class Runs:
    """What the sessions of a page have run.

    Parameters
    ----------
    loaded, family : the pack, and the family of models
    jobs, submit : of the queue
    """

    def __init__(
        self, loaded: LoadedPack, family: Family, jobs: int | None = None, submit: Submit | None = None
    ) -> None:
        self._queue = Queue(loaded, family, jobs, submit)
        self._lock = RLock()
        self._found: OrderedDict[Hashable, Job[Any]] = OrderedDict()

    def study(self, scenarios: Sequence[Scenario], measures: Sequence[str], visitor: Hashable) -> Ticket[InMemory]:
        """Ask for a study of scenarios of one seed and one number of worlds; each runs only if it is new.

        Parameters
        ----------
        measures : "alignment:FRA-JPN", or "alignment" of all pairs
        visitor : whoever waits, by any key; processes are shared fairly among visitors
        """
        asked = list(measures)
        wanted = [(("run", *asked, content(each)), partial(tasks.run, each, asked)) for each in scenarios]
        return self._ask(wanted, visitor, lambda found: study_of(scenarios, asked, found))

    def why(self, scenarios: Sequence[Scenario], dyad: str, visitor: Hashable) -> Ticket[list[Terms]]:
        """Ask for the causes of a dyad's changes in each scenario."""
        return self._ask(
            [(("why", dyad, content(each)), partial(tasks.why, each, dyad)) for each in scenarios], visitor, list
        )

    def story(self, scenario: Scenario, world: int, visitor: Hashable) -> Ticket[list[Event]]:
        """Ask for the story of a world."""
        key = ("story", scenario.title, world, content(scenario))
        return self._ask([(key, partial(tasks.story, scenario, world))], visitor, _only)

    def do(self, visitor: Hashable, task: Callable[..., Result], *arguments: Any) -> Ticket[Result]:
        """Ask for what a task gives, in one of the processes; nothing is kept of it."""
        return Ticket(self._queue.ask([Job(tasks.other(task, *arguments))], visitor), _only)

    def stop(self) -> None:
        """End the processes."""
        self._queue.stop()

    def _ask(
        self,
        wanted: Sequence[tuple[Hashable, Callable[[], Task[Any]]]],
        visitor: Hashable,
        made: Callable[[list[Any]], Result],
    ) -> Ticket[Result]:
        """Return a ticket of tasks by their content, those that run or have run already where there are any."""
        with self._lock:
            futures = self._queue.ask([self._job(key, task) for key, task in wanted], visitor)
            self._forget()
        return Ticket(futures, made)

    def _job(self, key: Hashable, task: Callable[[], Task[Any]]) -> Job[Any]:
        job = self._found.get(key)
        if job is None or job.error is not None:
            job = self._found[key] = Job(task())
        self._found.move_to_end(key)
        return job

    def _forget(self) -> None:
        """Drop what is useless, and what was asked for longest ago until the rest fits; the last four stay."""
        for key in [key for key, job in self._found.items() if job.useless]:
            del self._found[key]
        for key in list(self._found)[:-4]:
            if sum(job.size for job in self._found.values()) <= KEPT:
                return
            del self._found[key]


def _only(results: list[Any]) -> Any:
    return results[0]
