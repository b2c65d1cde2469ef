"""Cells of a sweep, run in groups, here or in processes, and how long all of them would take."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from cordiale.analysis.sweep_design import Design
from cordiale.analysis.window import Window, until
from cordiale.engine.pool import PAYS, Ordered, cores, ordered
from cordiale.engine.sample import Sampler, blocks
from cordiale.models.base import Rules
from cordiale.models.random import Array
from cordiale.scenario.settings import Scenario

GROUP = 8  # cells that are run together at most
ASK_SECONDS, ASK_CELLS = 600.0, 10_000  # above which a sweep is run only if the user says so
PROBE = 8  # quarters that are run to estimate the time


@dataclass(frozen=True)
class Work:
    """What a sweep runs; the same for every process.

    Attributes
    ----------
    scenario : the base, which ends with the last quarter that is read
    measures : each with its entity: "alignment:FRA-JPN"
    worlds : of each cell, from world 0 on
    window : when measures are read
    against : what each cell is held against too, in the same worlds; it ends with the same quarter
    """

    scenario: Scenario
    design: Design
    measures: tuple[str, ...]
    worlds: int
    rules: Rules
    window: Window
    against: Scenario | None = None

    def yes_no(self, measure: str) -> bool:
        """Whether a measure is of what is so (1) or not so (0) in a world; a mean over quarters is neither."""
        whether = self.scenario.family.measure(measure.partition(":")[0]).yes_no
        return whether and (self.window.one or self.window.peak)

    def run(self, first: int, cells: int) -> Array:
        """Return the measures of cells from `first` on, (cells, measures, worlds); cell -1 is what is held against.

        Where the quarter is still to be chosen, those of all quarters: (cells, measures, worlds, quarters).
        """
        sampler = Sampler([self._scenario(cell) for cell in range(first, first + cells)], self.measures, self.rules)
        length = self.window.last - self.window.first + 1
        found = np.empty((cells, len(self.measures), self.worlds, length if self.window.peak else 1))
        for world, size in blocks(self.worlds):
            for cell, measured in enumerate(sampler.worlds(world, size)):
                for at, measure in enumerate(self.measures):
                    read = measured[measure][:, -length:, 0]
                    found[cell, at, world : world + size] = read if self.window.peak else read.mean(1, keepdims=True)
        return found if self.window.peak else found[..., 0]

    def _scenario(self, cell: int) -> Scenario:
        if cell < 0 and self.against is not None:
            return self.against
        return self.design.scenario(self.scenario, cell)

    def run_task(self, task: tuple[int, int]) -> Array:
        """Return the same of (first cell, number of cells)."""
        return self.run(*task)

    @property
    def size(self) -> int:
        """World-quarters of all cells together, and of what they are held against."""
        return self.scenario.quarters * self.worlds * (self.design.cells + (self.against is not None))


@dataclass(frozen=True)
class Cost:
    """What a sweep would take.

    Attributes
    ----------
    seconds : of all cells, in `jobs` processes
    """

    cells: int
    worlds: int
    seconds: float
    jobs: int

    @property
    def large(self) -> bool:
        """Whether to ask before running it."""
        return self.cells > ASK_CELLS or self.seconds > ASK_SECONDS

    def __str__(self) -> str:
        processes = "1 process" if self.jobs == 1 else f"{self.jobs} processes"
        return f"{self.cells:,} cells of {self.worlds:,} worlds take about {duration(self.seconds)} in {processes}"


def cost_of(work: Work, jobs: int | None = None) -> Cost:
    """Return an estimate from a block of the first cell, run here for a few quarters and scaled up.

    Parameters
    ----------
    jobs : processes; as many as cores where None and the work is long enough to pay
    """
    one = replace(work, worlds=min(work.worlds, next(blocks(work.worlds))[1]))
    quarters = min(PROBE, work.scenario.quarters)
    for length in (1, quarters):  # the first run only fills caches
        started = time.perf_counter()
        last = work.scenario.start + length - 1
        probe = replace(one, scenario=until(work.scenario, last), window=Window(last, last))
        probe.run(0, 1)
    a_world_quarter = (time.perf_counter() - started) / (one.worlds * quarters)
    if jobs is None:
        jobs = cores() if work.size > PAYS else 1
    jobs = max(1, min(jobs, cores(), work.design.cells))
    return Cost(work.design.cells, work.worlds, a_world_quarter * work.size / jobs, jobs)


def duration(seconds: float) -> str:
    """Return a time in the unit that reads best: "40 s", "12 minutes", "7.5 days"."""
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 1.5 * length:
            count = seconds / length
            return f"{count:.0f} {unit}" if count >= 10 else f"{count:.2g} {unit}"
    return f"{max(1, round(seconds))} s"


def run_cells(work: Work, jobs: int, run: Ordered = ordered) -> Iterator[tuple[int, Array]]:
    """Yield the number of the first cell and what `Work.run` gives of each group, in order; first cell -1, alone, where
    cells are held against a scenario.
    """
    size = max(1, min(GROUP, work.design.cells // GROUP))  # whatever the processes, so that parts are found again
    tasks = [(-1, 1)] if work.against is not None else []
    tasks += [(first, min(size, work.design.cells - first)) for first in range(0, work.design.cells, size)]
    return zip((first for first, _ in tasks), run(Work.run_task, work, tasks, jobs, work.size), strict=True)
