"""Cells run on the same worlds: alignment and its parts by quarter, and what each cause has added to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from cordiale.analysis.sample import Sampler, blocks
from cordiale.analysis.terms import terms
from cordiale.draws import Array, Streams
from cordiale.measures.alignment import PARTS
from cordiale.models.block import Behaviour, worlds_of
from cordiale.parameters import Parameters
from cordiale.pool import ordered
from cordiale.resolved import Scenario
from cordiale.timeline import Timeline

SCREENED = 64  # worlds of the trial that chooses among many levers
Cause = tuple[str, str, str]  # part of alignment; quantity; cause
Progress = Callable[[int, int], None]
Found = TypeVar("Found")


@dataclass(frozen=True)
class Cell:
    """What a cell's worlds came to.

    Attributes
    ----------
    values : "alignment" and each of its parts -> (worlds, quarters), 0 to 1
    shares : part -> (worlds,) its share in the mean that alignment is, as each world drew it
    causes : cause -> (worlds,) what it has added since the start, in points of alignment; only differences
        between cells mean something
    """

    values: dict[str, Array]
    shares: dict[str, Array]
    causes: dict[Cause, Array]


@dataclass(frozen=True)
class Work:
    """What is run; the same for every process.

    Attributes
    ----------
    scenarios : of each cell, of one pack, one seed and one horizon
    """

    scenarios: Sequence[Scenario]
    dyad: str
    worlds: int
    behaviour: Behaviour

    def cell(self, at: int) -> Cell:
        """Run one cell with its causes."""
        scenario = self.scenarios[at]
        agreements = [f"agreement.{name}" for name in scenario.names.agreements]
        values = self._measured(scenario, ["alignment", *PARTS, *agreements])
        streams = Streams(scenario.seed, 0, self.worlds)
        drawn = worlds_of(scenario, streams).parameters
        shares = _shares(Timeline(scenario, drawn).at(0))
        in_force = [values.pop(name)[:, -1] for name in agreements]
        causes = self._causes(scenario, shares) | _depth(scenario, drawn, in_force, shares["depth"])
        return Cell(values, shares, causes)

    def last(self, at: int) -> Array:
        """Return alignment in a cell's last quarter, (worlds,)."""
        return self._measured(self.scenarios[at], ["alignment"])["alignment"][:, -1]

    def _measured(self, scenario: Scenario, names: Sequence[str]) -> dict[str, Array]:
        sampler = Sampler([scenario], [f"{name}:{self.dyad}" for name in names], self.behaviour)
        parts = [sampler.worlds(first, size)[0] for first, size in blocks(self.worlds)]
        return {name: np.concatenate([part[f"{name}:{self.dyad}"][:, :, 0] for part in parts]) for name in names}

    def _causes(self, scenario: Scenario, shares: dict[str, Array]) -> dict[Cause, Array]:
        """Return the causes of trust, practice and similarity, each a mean of both directions or of 0 to 1."""
        found = terms(scenario, self.dyad, self.worlds, self.behaviour)
        causes: dict[Cause, Array] = {}
        for (quantity, cause), change in found.changes.items():
            part = quantity.split()[0]
            half = 1.0 if part == "practice" else 0.5  # two directions of trust; similarity runs from -1 to 1
            causes[part, quantity, cause] = half * shares[part] * change.sum(axis=1)
        return causes


def _shares(parameters: Parameters) -> dict[str, Array]:
    weights = {part: parameters.weights[f"alignment_{part}"] for part in PARTS}
    whole = np.asarray(sum(weights.values()))
    return {part: weight / whole for part, weight in weights.items()}


def _depth(scenario: Scenario, drawn: Parameters, in_force: Sequence[Array], share: Array) -> dict[Cause, Array]:
    """Return what each agreement in force adds."""
    weight = drawn.arrays["weight"]
    whole = np.asarray(sum(weight[:, a] for a in range(weight.shape[1])))
    return {
        ("depth", "agreement", name): share * held * weight[:, a] / whole
        for a, (name, held) in enumerate(zip(scenario.names.agreements, in_force, strict=True))
    }


def run_cells(work: Work, jobs: int | None, progress: Progress | None) -> list[Cell]:
    """Run all cells and return them in order."""
    return _all(Work.cell, work, jobs, progress)


def trial(work: Work, jobs: int | None, progress: Progress | None) -> list[float]:
    """Return the mean difference of each scenario's last alignment to that of the first, which is left out."""
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
