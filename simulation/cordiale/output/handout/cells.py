"""Cells run on the same worlds: what is measured by quarter, and what each cause has added to the headline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from cordiale.engine.block import worlds_of
from cordiale.engine.pool import ordered
from cordiale.engine.sample import Measured, Sampler, blocks
from cordiale.models.base import Rules
from cordiale.models.random import Array, Streams
from cordiale.scenario.settings import Scenario
from cordiale.study.attribution import attribution_of, causes
from cordiale.study.estimate import Estimate

SCREENED = 64  # worlds of the trial that chooses among many levers
Reason = tuple[str, str, str]  # part of the headline; quantity; cause
Progress = Callable[[int, int], None]
Found = TypeVar("Found")


@dataclass(frozen=True)
class Cell:
    """What a cell's worlds came to.

    Attributes
    ----------
    values : measure, as "alignment:FRA-JPN" -> (worlds, quarters, 1)
    reasons : cause -> (worlds,) what it has added since the start, in points of the headline; only differences
        between cells mean something
    """

    values: Measured
    reasons: dict[Reason, Array]


@dataclass(frozen=True)
class Work:
    """What is run; the same for every process.

    Attributes
    ----------
    scenarios : of each cell, of one pack, one seed and one horizon
    texts : measures that are read
    """

    scenarios: Sequence[Scenario]
    texts: Sequence[str]
    dyad: str
    worlds: int
    rules: Rules

    def cell(self, at: int) -> Cell:
        """Run one cell with its causes."""
        scenario = self.scenarios[at]
        tells = scenario.family.attribution
        reads = {name: f"{name}:{self.dyad}" for name in tells.reads(scenario.names)} if tells else {}
        measured = self._measured(scenario, [*self.texts, *reads.values()])
        reasons: dict[Reason, Array] = {}
        if tells:
            drawn = worlds_of(scenario, Streams(scenario.seed, 0, self.worlds)).parameters
            ends = {name: measured[text][:, -1, 0] for name, text in reads.items()}
            share = 1.0 / len(scenario.family.parts)
            standing = tells.standing(ends, drawn, self.rules)
            reasons = self._changes(scenario, share) | {key: share * value for key, value in standing.items()}
        return Cell({text: measured[text] for text in self.texts}, reasons)

    def last(self, at: int) -> Array:
        """Return the headline in a cell's last quarter, (worlds,)."""
        headline = f"{self.scenarios[at].family.headline}:{self.dyad}"
        return self._measured(self.scenarios[at], [headline])[headline][:, -1, 0]

    def _measured(self, scenario: Scenario, texts: Sequence[str]) -> Measured:
        wanted = list(dict.fromkeys(texts))
        sampler = Sampler([scenario], wanted, self.rules)
        parts = [sampler.worlds(first, size)[0] for first, size in blocks(self.worlds)]
        return {text: np.concatenate([part[text] for part in parts]) for text in wanted}

    def _changes(self, scenario: Scenario, share: float) -> dict[Reason, Array]:
        """Return the causes of the parts' changes, in points of the headline."""
        tells = attribution_of(scenario.family)
        found = causes(scenario, self.dyad, self.worlds, self.rules.behaviour, alone=True)
        changes: dict[Reason, Array] = {}
        for (quantity, cause), change in found.changes.items():
            part, unit = tells.in_parts(quantity)
            changes[part, quantity, cause] = unit * share * change.sum(axis=1)
        return changes


def run_cells(work: Work, jobs: int | None, progress: Progress | None) -> list[Cell]:
    """Run all cells and return them in order."""
    return _all(Work.cell, work, jobs, progress)


def trial(work: Work, jobs: int | None, progress: Progress | None) -> list[float]:
    """Return the mean difference of each scenario's last headline to that of the first, which is left out."""
    last = _all(Work.last, work, jobs, progress)
    return [float(np.mean(other - last[0])) for other in last[1:]]


def _all(run: Callable[[Work, int], Found], work: Work, jobs: int | None, progress: Progress | None) -> list[Found]:
    found: list[Found] = []
    size = work.worlds * sum(scenario.quarters for scenario in work.scenarios)
    for each in ordered(run, work, range(len(work.scenarios)), jobs, size):
        found.append(each)
        if progress is not None:
            progress(len(found), len(work.scenarios))
    return found


# ----------------------------------------------------------------
# Why the headline differs between cells: what each cause has added, on its own scale.


SHOWN = 6  # causes told apart, those that moved most; the others are added up
OTHERS = "all other causes together"
NOTHING = 1e-9  # below which a difference is arithmetic


@dataclass(frozen=True)
class Added:
    """What a cause has added to the difference of the headline."""

    label: str
    change: Estimate


def causes_added(cell: Cell, base: Cell, parts: dict[str, Array], scenario: Scenario) -> list[Added]:
    """Return what the largest causes have added, then all others; together they are the difference.

    Parameters
    ----------
    parts : of the headline -> what it has added to the difference, (worlds,)
    scenario : one of the cells', whose pack and family know what a cause is called
    """
    added = _by_label(cell, base, parts, scenario)
    unit = scenario.family.measure(scenario.family.headline).unit
    moved = {label: each for label, each in added.items() if np.abs(each).max() > NOTHING}
    order = sorted(moved, key=lambda label: -abs(float(moved[label].mean())))
    found = {label: moved[label] for label in order[:SHOWN]}
    if rest := [moved[label] for label in order[SHOWN:]]:
        found[OTHERS] = np.sum(rest, axis=0)
    return [Added(label, Estimate.of(each, unit)) for label, each in found.items()]


def _by_label(cell: Cell, base: Cell, parts: dict[str, Array], scenario: Scenario) -> dict[str, Array]:
    """Return the difference of each labelled cause, (worlds,), and what no cause of a part explains."""
    added: dict[str, Array] = {}
    left = {part: moved.copy() for part, moved in parts.items()}
    for (part, quantity, cause), value in cell.reasons.items():
        difference = value - base.reasons[part, quantity, cause]
        label = attribution_of(scenario.family).cause_labels(quantity, cause, scenario.loaded.pack).whole
        added[label] = added.get(label, 0.0) + difference
        left[part] -= difference
    return added | {f"{part}: weights that moved": rest for part, rest in left.items()}
