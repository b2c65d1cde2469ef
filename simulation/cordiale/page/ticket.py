"""What a visitor holds while he waits: he may look for the result, or drop it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, wait
from time import monotonic
from typing import Any, Generic, TypeVar

from cordiale.errors import StudyError

PATIENCE = 120  # seconds after which a wait is given up
GLANCE = 0.2  # seconds between two looks at whether the visitor is still there
Result = TypeVar("Result")


class Ticket(Generic[Result]):
    """A result that is on its way.

    Parameters
    ----------
    futures : what it is made of, each of which can be cancelled
    made : their results -> the whole
    """

    def __init__(self, futures: Sequence[Future[Any]], made: Callable[[list[Any]], Result]) -> None:
        self.futures, self._made = futures, made

    def result(self, timeout: float = PATIENCE, still: Callable[[], object] = lambda: None) -> Result:
        """Wait for the result; where the wait ends without it, for whatever reason, it is dropped.

        Parameters
        ----------
        timeout : seconds
        still : called again and again while the wait lasts; raises where the visitor has gone, which ends it

        Raises
        ------
        StudyError after `timeout`, and what went wrong in the processes; CancelledError of what was dropped
        """
        try:
            self._wait(monotonic() + timeout, timeout, still)
            return self._made([each.result() for each in self.futures])
        finally:
            self.drop()

    def drop(self) -> None:
        """Wait no longer; what nobody else waits for is not started."""
        for each in self.futures:
            each.cancel()

    def _wait(self, end: float, timeout: float, still: Callable[[], object]) -> None:
        """Return when all is there, or one has failed."""
        while True:
            left = end - monotonic()
            done, missing = wait(self.futures, max(0.0, min(left, GLANCE)), FIRST_EXCEPTION)
            for each in done:
                each.result()
            if not missing:
                return
            if left <= 0:
                raise StudyError(f"this took longer than {timeout:g} seconds and was given up")
            still()
