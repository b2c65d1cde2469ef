"""A block of worlds of a study: every scenario on the same worlds, measures as arrays."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cordiale.files.errors import UserError, one_line
from cordiale.models.base import Family, Model, Rules, is_foreign, steps
from cordiale.models.measures import Request, requests_of
from cordiale.models.parameters import Parameters, assemble, draw
from cordiale.models.random import Array, Streams
from cordiale.scenario.adaptive import Adaptive, course_of
from cordiale.scenario.load import Scenario
from cordiale.scenario.timeline import Timeline, profiles

NOT_THE_USERS = ("cordiale", "mesa", "numpy")


@dataclass(frozen=True)
class Plan:
    """What a study runs: the same for every block.

    Attributes
    ----------
    scenarios : of one pack and family, one seed and one number of worlds
    rules : of the family, made ready for the pack
    """

    scenarios: Sequence[Scenario]
    rules: Rules

    @property
    def family(self) -> Family:
        """The family of models."""
        return self.scenarios[0].family

    @property
    def foreign(self) -> bool:
        """Whether code that is not ours is run: a state's behaviour, or the family itself."""
        return any(is_foreign(kind) for kind in (*self.rules.behaviour.values(), type(self.family)))


def requests(scenario: Scenario) -> list[Request]:
    """Return the measures to record of a scenario."""
    return requests_of(scenario.measures, scenario.names, scenario.family)


def rows_of(plan: Plan) -> list[tuple[str, str, int]]:
    """Return (scenario, measure, rows of a world) in the order of the rows of a world."""
    return [
        (scenario.name, each.name, len(each.entities) * (1 if each.measure.last_only else scenario.quarters))
        for scenario in plan.scenarios
        for each in requests(scenario)
    ]


@dataclass(frozen=True)
class BlockResult:
    """Values of a block, scenario by scenario, measure by measure.

    Attributes
    ----------
    worlds : (worlds,) numbers of the worlds that are kept
    measured : (worlds, rows of a world) of each of `rows_of` in turn; a world's rows go by quarter, entity
    inputs : by scenario that draws its own worlds, path -> (worlds,)
    failed : the worlds that are kept out
    """

    worlds: NDArray[np.int64]
    measured: Sequence[Array]
    inputs: dict[str, dict[str, Array]]
    failed: tuple[Failure, ...] = ()

    @property
    def values(self) -> Array:
        """All rows of each world side by side: a copy, (worlds, rows of a world)."""
        return np.concatenate(self.measured, axis=1)


@dataclass(frozen=True)
class Failure:
    """A world that a behaviour could not live through.

    Attributes
    ----------
    world : its number
    fault : what went wrong, in one line
    """

    world: int
    fault: str


def joined(results: Sequence[BlockResult]) -> BlockResult:
    """Return blocks that follow one another as one."""
    if len(results) == 1:
        return results[0]  # of many worlds a copy takes as long as some quarters
    return BlockResult(
        np.concatenate([each.worlds for each in results]),
        [np.concatenate(parts) for parts in zip(*(each.measured for each in results), strict=True)],
        {
            scenario: {path: np.concatenate([each.inputs[scenario][path] for each in results]) for path in values}
            for scenario, values in results[0].inputs.items()
        },
        tuple(failure for each in results for failure in each.failed),
    )


def draws_own(plan: Plan, scenario: Scenario) -> bool:
    """Return whether a scenario's drawn parameters may differ from those of the study's first."""
    return scenario is plan.scenarios[0] or scenario.ranges != plan.scenarios[0].ranges


def run_blocks(plan: Plan, first: int, worlds: int, block: int) -> BlockResult:
    """Run worlds `first` .. `first + worlds - 1`, `block` of them side by side, which changes no world."""
    end = first + worlds
    return joined([run_block(plan, at, min(block, end - at)) for at in range(first, end, block)])


def run_block(plan: Plan, first: int, worlds: int) -> BlockResult:
    """Run worlds `first` .. `first + worlds - 1` under every scenario.

    Where a behaviour of the user's raises or returns what is no number, the block is run again in halves
    until the worlds that do so are alone; they are kept out, and all others are what they would have been.
    """
    try:
        return _run(plan, first, worlds)
    except Exception as error:
        if isinstance(error, UserError | MemoryError) or not plan.foreign:
            raise
        if worlds == 1:
            return _without(plan, first, error)
    half = worlds // 2
    return joined([run_block(plan, first, half), run_block(plan, first + half, worlds - half)])


def _without(plan: Plan, world: int, error: Exception) -> BlockResult:
    """Return a block of one world that is kept out."""
    nothing = [np.empty((0, rows)) for _, _, rows in rows_of(plan)]
    inputs = {each.name: dict.fromkeys(each.ranges, np.empty(0)) for each in plan.scenarios if draws_own(plan, each)}
    return BlockResult(np.arange(0), nothing, inputs, (Failure(world, fault_of(error)),))


def fault_of(error: Exception) -> str:
    """Return what went wrong in a behaviour, and where in the user's file, in one line."""
    return one_line(f"{type(error).__name__}: {error}{_place(error)}")


def _place(error: Exception) -> str:
    """Return where in the user's own file an error arose; "" where it arose in ours, or in a library that we call."""
    places = [(Path(frame.filename), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    homes = [Path(str(sys.modules[name].__file__)).parent for name in NOT_THE_USERS if name in sys.modules]
    theirs = [(path, line) for path, line in places if not any(home in path.parents for home in homes)]
    return f" ({theirs[-1][0].name}:{theirs[-1][1]})" if theirs else ""


def _run(plan: Plan, first: int, worlds: int) -> BlockResult:
    grove = SharedHistory(plan.scenarios, plan.rules)
    streams = Streams(plan.scenarios[0].seed, first, worlds)
    drawn = [worlds_of(scenario, streams) if draws_own(plan, scenario) else None for scenario in plan.scenarios]
    block = [own or drawn[0] for own in drawn]
    found = grove.run([each for each in block if each is not None])
    measured = [values.reshape(worlds, -1) for measures in found for values in measures]
    inputs = {
        scenario.name: dict(own.values) for scenario, own in zip(plan.scenarios, drawn, strict=True) if own is not None
    }
    return BlockResult(np.arange(first, first + worlds), measured, inputs)


class SharedHistory:
    """Scenarios that grow from common histories: each starts where it leaves another.

    A scenario's worlds are byte for byte those of a run of its own (a test), since a quarter hangs on
    nothing but the quarter before, the numbers and the keyed streams.
    """

    def __init__(self, scenarios: Sequence[Scenario], rules: Rules, *, share: bool = True) -> None:
        self.scenarios, self.rules = scenarios, rules
        self.wanted = [requests(scenario) for scenario in scenarios]
        self.branches = branches(scenarios, self.wanted) if share else [Branch(None, 0)] * len(scenarios)

    @property
    def shared(self) -> float:
        """The share of world-quarters that need not be run."""
        return sum(b.quarter for b in self.branches) / sum(s.quarters for s in self.scenarios)

    def run(self, worlds: Sequence[Worlds]) -> list[list[Array]]:
        """Return by scenario and measure (W, quarters, entities); 1 quarter of a measure that is read last only.

        Parameters
        ----------
        worlds : the block under each scenario
        """
        forks: dict[tuple[int, int], Any] = {}
        found: list[list[Array]] = []
        for at, scenario in enumerate(self.scenarios):
            branch, wanted = self.branches[at], self.wanted[at]
            model = start(scenario, worlds[at], self.rules)
            values = _empty(scenario, wanted, model.now.worlds)
            if branch.trunk is not None:
                model.resume(forks[branch.trunk, branch.quarter], branch.quarter)
                for mine, theirs in zip(values, found[branch.trunk], strict=True):
                    mine[:, : branch.quarter] = theirs[:, : branch.quarter]
            for step in steps(model, scenario.quarters, branch.quarter):
                _read(model, wanted, values, step.quarter, step.quarter == scenario.quarters - 1)
                if any(other == Branch(at, step.quarter + 1) for other in self.branches):
                    forks[at, step.quarter + 1] = model.now
            found.append(values)
        return found


def _empty(scenario: Scenario, wanted: Sequence[Request], worlds: int) -> list[Array]:
    lengths = [1 if each.measure.last_only else scenario.quarters for each in wanted]
    return [np.empty((worlds, length, len(each.entities))) for each, length in zip(wanted, lengths, strict=True)]


def _read(model: Model, wanted: Sequence[Request], values: list[Array], quarter: int, last: bool) -> None:
    reading = model.reading()
    for each, into in zip(wanted, values, strict=True):
        if not each.measure.last_only:
            into[:, quarter] = each.read(reading)
        elif last:
            into[:, 0] = each.read(reading)


# ----------------------------------------------------------------
# Which history scenarios share: each runs on from the last quarter before its levers differ from another's.


Signature = tuple[object, ...]


@dataclass(frozen=True)
class Branch:
    """Where a scenario leaves another's history.

    Attributes
    ----------
    trunk : index of the scenario that it shares with, None where it shares with none
    quarter : how many quarters they share, counted from the start
    """

    trunk: int | None
    quarter: int


def signatures(scenario: Scenario) -> list[Signature]:
    """Return for each quarter what levers do to parameters: the same where nothing differs.

    Where it hangs on a world's history, what they may do and on which conditions.
    """
    by_variant = zip(*(_signatures(each) for each in scenario.variants), strict=True)
    return [each[0] if len({*each}) == 1 else (tuple(scenario.conditions), *each) for each in by_variant]


def _signatures(scenario: Scenario) -> list[Signature]:
    found = profiles(scenario)
    return [
        tuple((p.path, float(p.share[t]), float(p.part[t])) for p in found if p.share[t] != 0)
        for t in range(scenario.quarters)
    ]


def _alone_from(scenario: Scenario) -> int:
    """Return the first quarter, counted from 0, that a scenario has to live by itself: a condition reads it."""
    return min((each.since - scenario.start for each in scenario.conditions), default=scenario.quarters)


def branches(scenarios: Sequence[Scenario], wanted: Sequence[Sequence[Request]]) -> list[Branch]:
    """Return each scenario's branch from the earlier one with which it shares most.

    Only scenarios that draw from the same ranges and record the same measures share.
    """
    found: list[Branch] = []
    levers = [signatures(scenario) for scenario in scenarios]
    kinds = [_kind(scenario, requests) for scenario, requests in zip(scenarios, wanted, strict=True)]
    for at in range(len(scenarios)):
        best = Branch(None, 0)
        for other in range(at):
            shared = _shared(levers[at], levers[other]) if kinds[at] == kinds[other] else 0
            shared = min(shared, _alone_from(scenarios[at]))
            if shared > best.quarter:
                best = Branch(other, shared)
        found.append(best)
    return found


def _kind(scenario: Scenario, requests: Sequence[Request]) -> tuple[object, ...]:
    recorded = tuple((each.name, each.entities) for each in requests)
    return scenario.seed, scenario.quarters, scenario.ranges, recorded


def _shared(one: list[Signature], other: list[Signature]) -> int:
    for quarter, (mine, others) in enumerate(zip(one, other, strict=True)):
        if mine != others:
            return quarter
    return len(one)


@dataclass(frozen=True)
class Worlds:
    """A block of worlds before any policy: what each drew, and its streams.

    Attributes
    ----------
    values : path -> (worlds,) each world's own number
    parameters : the same in arrays
    streams : the block's luck
    """

    values: Mapping[str, Array]
    parameters: Parameters
    streams: Streams


def worlds_of(scenario: Scenario, streams: Streams, values: Mapping[str, Array] | None = None) -> Worlds:
    """Return a block of worlds.

    Parameters
    ----------
    values : path -> (worlds,) in place of draws, for every path of `scenario.ranges`
    """
    values = draw(scenario.ranges, streams) if values is None else values
    return Worlds(values, assemble(values, scenario.names), streams)


def start(scenario: Scenario, worlds: Worlds, rules: Rules) -> Model:
    """Return the model of a scenario at the start of a block of worlds."""
    return begin(scenario, worlds, rules)[0]


def begin(scenario: Scenario, worlds: Worlds, rules: Rules) -> tuple[Model, Timeline | Adaptive]:
    """Return the same with the course of its numbers, which knows what each world lives under."""
    course = course_of(scenario, worlds.parameters, worlds.streams.worlds)
    model = rules.start(worlds.parameters, course.at, worlds.streams)
    course.follow(model)
    return model, course


def start_worlds(scenario: Scenario, first: int, worlds: int, rules: Rules) -> Model:
    """Return the model of a scenario at the start of worlds `first` .. `first + worlds - 1`."""
    return start(scenario, worlds_of(scenario, Streams(scenario.seed, first, worlds)), rules)
