"""Whose turn it is when a process of the page is free.

1. A visitor for whom fewer processes work goes first, so that none holds all while another waits.
2. Among those, quick jobs go first; but after three calls of quick ones in a row a long one has its turn.
3. Among those, whoever waits longest since he came, or since he was last served, goes first.

So nobody is passed over for ever: of four calls one is a block of a long job, and whoever was served goes to the end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from cordiale.page.jobs import Job
from cordiale.page.tasks import BLOCK

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
