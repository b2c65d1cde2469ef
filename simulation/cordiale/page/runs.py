"""Runs for all sessions: each content once, kept while memory allows, side by side when many wait."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from threading import RLock
from typing import Any, TypeVar

from cordiale.analysis.story import Happening
from cordiale.analysis.terms import Terms
from cordiale.errors import StudyError
from cordiale.layers import Scenario
from cordiale.loaded_pack import LoadedPack
from cordiale.page import work
from cordiale.page.chosen import content
from cordiale.page.shown import Shown
from cordiale.page.together import Values
from cordiale.page.waiting import Queue

KEPT = 1 << 28  # bytes of finished runs: a quarter of a gibibyte
PATIENCE = 120  # seconds after which a run is given up
Result = TypeVar("Result")


class Runs:
    """What the sessions of a page have run.

    Parameters
    ----------
    loaded : the pack
    measures : names of what is recorded, without entities
    jobs : processes; one a core, but for the page's own, where None
    """

    def __init__(self, loaded: LoadedPack, measures: Sequence[str], jobs: int | None = None) -> None:
        self._queue = Queue(loaded, list(measures), jobs)
        self._lock = RLock()
        self._found: OrderedDict[Hashable, Future[Any]] = OrderedDict()

    def shown(self, scenarios: Sequence[Scenario]) -> Shown:
        """Return a study of scenarios of one seed and one number of worlds; each runs only if it is new."""
        asked = [self._ask(("run", content(each)), self._queue.run, each) for each in scenarios]
        found: list[Values] = [self._wait(each) for each in asked]
        return Shown(scenarios, found)

    def why(self, scenario: Scenario, dyad: str) -> Terms:
        """Return the causes of a dyad's changes."""
        key = ("why", dyad, content(scenario))
        found: Terms = self._wait(self._ask(key, self._queue.do, work.why, work.Order.of(scenario), dyad))
        return found

    def story(self, scenario: Scenario, world: int) -> list[Happening]:
        """Return the story of a world."""
        key = ("story", scenario.title, world, content(scenario))
        return self._wait(self._ask(key, self._queue.do, work.tell, work.Order.of(scenario), world))

    def do(self, task: Callable[..., Result], *arguments: Any) -> Result:
        """Return what a task gives, in one of the processes; nothing is kept of it."""
        return self._wait(self._queue.do(task, *arguments))

    def stop(self) -> None:
        """End the processes."""
        self._queue.stop()

    def _ask(self, key: Hashable, submit: Callable[..., Future[Result]], *arguments: Any) -> Future[Result]:
        """Return the future of a task, the one that runs or has run already where there is one."""
        with self._lock:
            found = self._found.get(key)
            if found is None or (found.done() and found.exception() is not None):
                found = self._found[key] = submit(*arguments)
            self._found.move_to_end(key)
            self._forget()
        return found

    def _wait(self, future: Future[Result]) -> Result:
        try:
            return future.result(timeout=PATIENCE)
        except TimeoutError:
            raise StudyError(f"this took longer than {PATIENCE} seconds and was given up") from None

    def _forget(self) -> None:
        """Drop what was asked for longest ago, until the rest fits; the last four stay."""
        sizes = {key: _bytes(future) for key, future in self._found.items()}
        for key in list(self._found)[:-4]:
            if sum(sizes.values()) <= KEPT:
                return
            del self._found[key], sizes[key]


def _bytes(future: Future[Any]) -> int:
    if not future.done() or future.exception() is not None:
        return 0
    found = future.result()
    if isinstance(found, dict):
        return sum(each.nbytes for each in found.values())
    return sum(each.nbytes for each in found.changes.values()) if isinstance(found, Terms) else 1 << 18
