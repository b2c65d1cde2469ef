"""Run the arms of claims: on drawn worlds, under single codings, and on placebo packs.

An arm that several claims share is run once. All arms have the same worlds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cordiale.engine.block import start, worlds_of
from cordiale.engine.pool import Ordered, ordered
from cordiale.models.base import Model, Rules, steps
from cordiale.models.measures import Request
from cordiale.models.parameters import draw
from cordiale.models.random import Array, Streams, Tiled
from cordiale.scenario.claims import Loaded
from cordiale.scenario.load import Scenario

SIZE = 256
TOGETHER = 5  # codings that live in one block
ArmKey = tuple[Any, ...]
Read = tuple[str, int]


@dataclass(frozen=True)
class Arms:
    """The distinct arms of some claims.

    Attributes
    ----------
    scenarios : one an arm
    reads : for each arm, what to read: (measure, quarter) -> request
    """

    scenarios: list[Scenario]
    reads: list[dict[Read, Request]]
    index: dict[ArmKey, int]

    def of(self, scenario: Scenario) -> int:
        """Return the number of an arm."""
        return self.index[_key(scenario)]


def arms_of(claims: Sequence[Loaded]) -> Arms:
    """Return the arms that the testable claims need, each once."""
    arms = Arms([], [], {})
    for each in claims:
        if not each.tests:
            continue
        for scenario in (each.tests[0].effect.without, each.tests[0].effect.under):
            key = _key(scenario)
            if key not in arms.index:
                arms.index[key] = len(arms.scenarios)
                arms.scenarios.append(scenario)
                arms.reads.append({})
            arms.reads[arms.index[key]][read_of(each)] = each.tests[0].effect.read
    return arms


def read_of(claim: Loaded) -> Read:
    """Return what a testable claim reads: (measure with entity, quarter)."""
    effect = claim.tests[0].effect
    return f"{effect.read.name}:{effect.read.entities[0]}", effect.quarters[-1]


def _key(scenario: Scenario) -> ArmKey:
    levers, fixed = tuple(sorted(scenario.levers.items())), tuple(sorted(scenario.fixed.items()))
    return levers, fixed, tuple(scenario.events), tuple(scenario.settings.ranges), scenario.quarters, scenario.seed


@dataclass(frozen=True)
class Task:
    """A block of worlds of one arm.

    Attributes
    ----------
    kind : "drawn" worlds that draw their own numbers; "coded" worlds of a few codings, each with the same luck;
        "placebo" worlds of a placebo pack
    first, worlds : of the block
    numbers : of the codings, or of the placebo
    """

    arm: int
    kind: str
    first: int
    worlds: int
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Shared:
    """What every task needs."""

    arms: Arms
    rules: Rules
    placebos: Sequence[Placebo]


def tasks_of(arms: int, worlds: int, codings: int, each: int, placebos: int) -> list[Task]:
    """Return the tasks of all arms.

    Parameters
    ----------
    worlds : that draw their own numbers
    codings, each : single codings, and worlds of each
    placebos : packs of `each` times two worlds
    """
    found = []
    for arm in range(arms):
        found += [Task(arm, "drawn", first, min(SIZE, worlds - first)) for first in range(0, worlds, SIZE)]
        for first in range(0, codings, TOGETHER):
            found.append(Task(arm, "coded", 0, each, tuple(range(first, min(first + TOGETHER, codings)))))
        found += [Task(arm, "placebo", 0, 2 * each, (number,)) for number in range(placebos)]
    return found


def run_task(shared: Shared, task: Task) -> dict[Read, Array]:
    """Return (measure, quarter) -> (rows,) of a task."""
    scenario, reads = shared.arms.scenarios[task.arm], shared.arms.reads[task.arm]
    if task.kind == "placebo":
        return shared.placebos[task.numbers[0]].run(scenario, reads, task.worlds, shared.rules)
    streams: Streams = Streams(scenario.seed, task.first, task.worlds)
    if task.kind == "drawn":
        block = worlds_of(scenario, streams)
    else:
        codes = [draw(scenario.ranges, Streams(scenario.seed, number, 1)) for number in task.numbers]
        values = {path: np.repeat([code[path][0] for code in codes], task.worlds) for path in codes[0]}
        block = worlds_of(scenario, Tiled(Streams(scenario.seed, task.first, task.worlds), len(codes)), values)
    return read_model(start(scenario, block, shared.rules), reads)


def run_tasks(
    shared: Shared, tasks: Sequence[Task], jobs: int | None, run: Ordered = ordered
) -> Iterator[dict[Read, Array]]:
    """Yield the results of tasks in order."""
    rows = sum(task.worlds * max(1, len(task.numbers)) for task in tasks)
    quarters = rows * max((scenario.quarters for scenario in shared.arms.scenarios), default=0)
    return run(run_task, shared, list(tasks), jobs, quarters)


# ----------------------------------------------------------------
# Placebo packs: the same model and claims, with the labels of states shuffled and positions drawn at random.


@dataclass(frozen=True)
class Placebo:
    """One placebo pack.

    Attributes
    ----------
    source : code -> the state whose numbers, ties and memberships it has; challengers keep their own
    ideal : path -> the ideal point drawn at random, the same in all worlds
    """

    source: Mapping[str, str]
    ideal: Mapping[str, float]

    def values(self, scenario: Scenario, streams: Streams) -> dict[str, Array]:
        """Return path -> (worlds,) numbers: the source's draw, and ideal points at random."""
        drawn = draw(scenario.ranges, streams)
        back = {of: code for code, of in self.source.items()}
        found: dict[str, Array] = {}
        for path, value in drawn.items():
            head, dot, rest = path.partition(".")
            for sign in ("-", ">"):
                if sign in head:
                    one, other = (back.get(code, code) for code in head.split(sign))
                    head = sign.join(sorted((one, other)) if sign == "-" else (one, other))
                    break
            else:
                head = back.get(head, head)
            found[head + dot + rest] = value
        worlds = streams.worlds
        return found | {path: np.full(worlds, value) for path, value in self.ideal.items()}

    def run(self, scenario: Scenario, reads: Mapping[Any, Request], worlds: int, rules: Rules) -> dict[Any, Array]:
        """Run an arm on this pack and return its reads; its worlds have the luck of worlds 0, 1, ..."""
        streams = Streams(scenario.seed, 0, worlds)
        values = self.values(scenario, streams)
        return read_model(start(scenario, worlds_of(scenario, streams, values), rules.shuffled(self.source)), reads)


def read_model(model: Model, reads: Mapping[Any, Request]) -> dict[Any, Array]:
    """Run a model as far as its reads ask: (measure, quarter) -> (rows,)."""
    found: dict[Any, Array] = {}
    for step in steps(model, max(at for _, at in reads) + 1):
        wanted = {key: each for key, each in reads.items() if key[1] == step.quarter}
        if wanted:
            reading = model.reading()
            found |= {key: each.read(reading)[:, 0] for key, each in wanted.items()}
    return found


def placebos(scenario: Scenario, count: int, seed: int) -> list[Placebo]:
    """Return placebo packs, the same for the same seed."""
    names = scenario.names
    free = [code for code in names.states if code not in names.challengers]
    found = []
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        mixed = dict(zip(free, rng.permutation(free).tolist(), strict=True))
        ideals = {path: float(rng.random()) for path in names.paths if path.endswith(".ideal")}
        found.append(Placebo({code: mixed.get(code, code) for code in names.states}, ideals))
    return found
