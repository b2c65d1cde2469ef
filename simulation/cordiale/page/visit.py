"""One request of a visitor: what it waits for is dropped when he leaves."""

from __future__ import annotations

from contextvars import ContextVar
from threading import Lock
from typing import Protocol


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
