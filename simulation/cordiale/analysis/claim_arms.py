"""Run the arms of claims: on drawn worlds, under single codings, and on placebo packs.

An arm that several contrasts share is run once, as far as what is read of it asks. All arms have the same worlds, and
several are run in one block, side by side.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from cordiale.analysis.claim_rule import NOT_TESTABLE, combined, decide
from cordiale.analysis.claim_score import Placebo
from cordiale.case.ranges import Coded
from cordiale.engine.block import Signature, signatures
from cordiale.engine.pool import Ordered, ordered
from cordiale.engine.side_by_side import Read, last_read, means, start_together
from cordiale.models.base import Rules, family_of
from cordiale.models.measures import Request
from cordiale.models.parameters import Parameters, assemble, draw
from cordiale.models.random import Array, Streams
from cordiale.scenario.claims import Difference, Loaded, Test, under_model
from cordiale.scenario.layers import values
from cordiale.scenario.load import Scenario
from cordiale.study.intervals import interval

ROWS = 512  # worlds of all arms of a block: fewer cost more a world, and more cost no less
DRAWN = 128  # drawn worlds of an arm in a block
ArmKey = tuple[Any, ...]


@dataclass(frozen=True)
class Arms:
    """The distinct arms of some claims, in the order in which they are run.

    Attributes
    ----------
    scenarios : one an arm
    reads : for each arm, what to read
    """

    scenarios: list[Scenario] = field(default_factory=list)
    reads: list[dict[Read, Request]] = field(default_factory=list)
    index: dict[ArmKey, int] = field(default_factory=dict)

    def of(self, scenario: Scenario) -> int:
        """Return the number of an arm."""
        return self.index[_key(scenario)]

    def groups(self, size: int) -> list[tuple[int, ...]]:
        """Return the arms in groups that live in one block: of one seed, and read as late."""
        found: dict[tuple[int, int], list[int]] = {}
        for at, scenario in enumerate(self.scenarios):
            found.setdefault((scenario.seed, last_read(self.reads[at])), []).append(at)
        return [tuple(those[at : at + size]) for those in found.values() for at in range(0, len(those), size)]


def arms_of(claims: Sequence[Loaded]) -> Arms:
    """Return the arms that the testable claims need, each once; those whose measures are alike together."""
    found: dict[ArmKey, tuple[Scenario, dict[Read, Request]]] = {}
    for difference in (each for claim in claims for test in claim.tests for each in differences_of(test)):
        for scenario in (difference.without, difference.under):
            _, reads = found.setdefault(_key(scenario), (scenario, {}))
            reads[read_of(difference)] = difference.read
    arms = Arms()
    for key, (scenario, reads) in sorted(found.items(), key=lambda each: sorted(each[1][1])):
        arms.index[key] = len(arms.scenarios)
        arms.scenarios.append(scenario)
        arms.reads.append(reads)
    return arms


def differences_of(test: Test) -> list[Difference]:
    """Return the effect of a test, and what it is held against if anything."""
    return [test.effect] if test.than is None else [test.effect, test.than]


def read_of(difference: Difference) -> Read:
    """Return what a difference reads."""
    return (
        f"{difference.read.name}:{difference.read.entities[0]}", difference.quarters.start, difference.quarters.stop
    )  # fmt: skip


def _key(scenario: Scenario) -> ArmKey:
    """Return what makes an arm another: what levers do in each quarter, what is drawn, and with which luck."""
    moved: tuple[Signature, ...] = tuple(signatures(scenario))
    drawn = tuple(
        (path, each.low, each.best, each.high) for path, each in sorted(values(scenario.settings.ranges).items())
    )
    return moved, drawn, scenario.quarters, scenario.seed


@dataclass(frozen=True)
class Shape:
    """How many worlds there are of each kind.

    Attributes
    ----------
    worlds : that draw their own numbers
    codings, each : single codings, and worlds of each
    placebos, placebo_worlds : placebo packs, and worlds of each
    """

    worlds: int
    codings: int
    each: int
    placebos: int
    placebo_worlds: int

    def parts(self, kind: str) -> list[tuple[int, int, int]]:
        """Return what is run of a kind: (number of the coding or pack, first world, worlds) each."""
        if kind == "drawn":
            return [(0, first, min(DRAWN, self.worlds - first)) for first in range(0, self.worlds, DRAWN)]
        if kind == "coded":
            return [(number, 0, self.each) for number in range(self.codings)]
        return [(number, 0, self.placebo_worlds) for number in range(self.placebos)]


KINDS_OF_RUN = ("drawn", "coded", "placebo")


@dataclass(frozen=True)
class Task:
    """A block: some worlds of several arms.

    Attributes
    ----------
    kind : "drawn" worlds that draw their own numbers; "coded" worlds of one coding; "placebo" worlds of one pack
    number : of the coding, or of the pack
    first, worlds : of each arm
    """

    kind: str
    number: int
    first: int
    worlds: int
    arms: tuple[int, ...]


@dataclass(frozen=True)
class Shared:
    """What every task needs."""

    arms: Arms
    rules: Rules
    placebos: Sequence[Placebo]


def tasks_of(arms: Arms, shape: Shape) -> list[Task]:
    """Return the tasks of all arms; those of a kind and arm in the order of their worlds."""
    found = []
    for kind in KINDS_OF_RUN:
        for number, first, worlds in shape.parts(kind):
            groups = arms.groups(max(1, ROWS // min(ROWS, worlds)))
            found += [Task(kind, number, first, worlds, group) for group in groups]
    return found


def run_task(shared: Shared, task: Task) -> list[Array]:
    """Return for each arm of a task (reads in their order, worlds)."""
    scenarios = [shared.arms.scenarios[arm] for arm in task.arms]
    reads = [shared.arms.reads[arm] for arm in task.arms]
    streams = Streams(scenarios[0].seed, task.first, task.worlds)
    rules = shared.rules
    if task.kind == "placebo":
        placebo = shared.placebos[task.number]
        rules = rules.shuffled(placebo.states, placebo.ties)
    model = start_together(scenarios, _drawn(shared, task, scenarios, streams), streams, rules)
    return means(model, reads, task.worlds)


def _drawn(shared: Shared, task: Task, scenarios: Sequence[Scenario], streams: Streams) -> list[Parameters]:
    """Return the numbers of each arm's worlds, the same object for arms that draw alike."""
    known: list[tuple[Mapping[str, Coded], Parameters]] = []
    found = []
    for scenario in scenarios:
        ranges = scenario.ranges
        numbers = next((numbers for other, numbers in known if other == ranges), None)
        if numbers is None:
            numbers = assemble(_values(shared, task, scenario, streams), scenario.names)
            known.append((ranges, numbers))
        found.append(numbers)
    return found


def _values(shared: Shared, task: Task, scenario: Scenario, streams: Streams) -> Mapping[str, Array]:
    if task.kind == "placebo":
        return shared.placebos[task.number].values(scenario, streams)
    if task.kind == "coded":
        code = draw(scenario.ranges, Streams(scenario.seed, task.number, 1))
        return {path: np.repeat(value, task.worlds) for path, value in code.items()}
    return draw(scenario.ranges, streams)


def run_tasks(shared: Shared, tasks: Sequence[Task], jobs: int | None, run: Ordered = ordered) -> Iterator[list[Array]]:
    """Yield the results of tasks in order."""
    quarters = sum(task.worlds * last_read(shared.arms.reads[arm]) for task in tasks for arm in task.arms)
    return run(run_task, shared, list(tasks), jobs, quarters)


class Measured:
    """What was read of every arm: the differences of any test, world by world."""

    def __init__(self, shared: Shared, shape: Shape) -> None:
        self._arms, self._shape = shared.arms, shape
        self._read: dict[tuple[str, int], list[Array]] = {}

    def add(self, task: Task, result: Sequence[Array]) -> None:
        """Take in the result of a task; tasks come in order."""
        for arm, read in zip(task.arms, result, strict=True):
            self._read.setdefault((task.kind, arm), []).append(read)

    def of(self, test: Test, kind: str) -> Array:
        """Return the effect of a test: (worlds,) drawn, (codings, worlds) coded, (packs, worlds) placebo."""
        effect, *than = [self._difference(each, kind) for each in differences_of(test)]
        whole = effect - than[0] if than else effect
        return whole if kind == "drawn" else whole.reshape(len(self._shape.parts(kind)), -1)

    def _difference(self, difference: Difference, kind: str) -> Array:
        under, without = (self._side(each, difference, kind) for each in (difference.under, difference.without))
        return under - without

    def _side(self, scenario: Scenario, difference: Difference, kind: str) -> Array:
        arm = self._arms.of(scenario)
        row = sorted(self._arms.reads[arm]).index(read_of(difference))
        return np.concatenate([part[row] for part in self._read[kind, arm]])


SURE = {1: 1.0, 0: 1.0, -1: 1.0}  # of codings, which are not looked at
UNASKED = NOT_TESTABLE  # of a family that lacks a measure of a claim, or a number that it sets


def under_families(
    claims: Sequence[Loaded], pack: str | Path, models: Sequence[str], worlds: int, jobs: int | None, run: Ordered,
    allow: Collection[str] = (),
) -> dict[str, dict[str, str]]:  # fmt: skip
    """Return claim -> model -> verdict on drawn worlds, without a look at codings.

    Parameters
    ----------
    models : families other than the claims' own
    worlds : that draw their own numbers
    """
    found: dict[str, dict[str, str]] = {each.claim.id: {} for each in claims}
    for model in models:
        for name, kind in _under(under_model(claims, pack, model, allow), model, worlds, jobs, run, allow).items():
            found[name][model] = kind
    return found


def _under(
    claims: Sequence[Loaded], model: str, worlds: int, jobs: int | None, run: Ordered, allow: Collection[str]
) -> Mapping[str, str]:
    asked = [each for each in claims if each.tests]
    if not asked:
        return {each.claim.id: UNASKED for each in claims}
    arms, shape = arms_of(asked), Shape(worlds, 0, 0, 0, 0)
    measured = _measured(arms, model, shape, jobs, run, allow)
    return {each.claim.id: _kind(each, measured) if each.tests else UNASKED for each in claims}


def _measured(arms: Arms, model: str, shape: Shape, jobs: int | None, run: Ordered, allow: Collection[str]) -> Measured:
    rules = family_of(model, allow).rules(arms.scenarios[0].loaded, allowed=allow)
    shared, tasks = Shared(arms, rules, []), tasks_of(arms, shape)
    measured = Measured(shared, shape)
    for task, result in zip(tasks, run_tasks(shared, tasks, jobs, run), strict=True):
        measured.add(task, result)
    return measured


def _kind(each: Loaded, measured: Measured) -> str:
    return combined([_of_test(test, measured.of(test, "drawn")) for test in each.tests])


def _of_test(test: Test, differences: Array) -> str:
    _, low, high = interval(differences)
    return decide(test.sign, low, high, test.said.margin, SURE, bool(np.any(differences)))
