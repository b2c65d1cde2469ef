"""The options of a state: moves by levers that it holds, put together, and run on the same worlds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from cordiale.case.quarters import to_index, to_text
from cordiale.engine.pool import Ordered, ordered
from cordiale.engine.side_by_side import Read, means, start_together
from cordiale.files.errors import OptionError, did_you_mean, short
from cordiale.models.base import Rules
from cordiale.models.measures import Request, single
from cordiale.models.parameters import assemble, draw
from cordiale.models.random import Array, Streams
from cordiale.scenario.costs import LoadedCost, measured_costs
from cordiale.scenario.layers import Origin
from cordiale.scenario.load import Scenario
from cordiale.scenario.overrides import held_from

ROWS = 512  # worlds of all options of a block: fewer cost more a world, and more cost no less
BLOCK = 64  # worlds of an option in a block
WANTS = {"more": 1.0, "less": -1.0}


@dataclass(frozen=True)
class Move:
    """A lever that a state sets to one end.

    Attributes
    ----------
    value : 0 or 1
    label : what is done, in the pack's words
    holders : the states that hold the lever
    actor : which of them moves
    """

    lever: str
    value: float
    label: str
    holders: tuple[str, ...]
    actor: str

    @property
    def others(self) -> tuple[str, ...]:
        """The states whose consent it needs."""
        return tuple(code for code in self.holders if code != self.actor)

    @property
    def joint(self) -> bool:
        """Whether it needs the consent of others."""
        return bool(self.others)


Option = tuple[Move, ...]  # moves that are made together; none of them: nothing is done


def actor_of(scenario: Scenario, text: str) -> str:
    """Return the code of a state, given by code or name; OptionError where there is none."""
    states = {code: state.name for code, state in scenario.loaded.pack.states.items()}
    by_word = {word.casefold(): code for code, name in states.items() for word in (code, name)}
    if text.casefold() not in by_word:
        hint = did_you_mean(text, [*states, *states.values()]) or f" (states: {', '.join(states)})"
        raise OptionError(f"{short(text)} is no state of the pack {scenario.loaded.pack.name}{hint}")
    return by_word[text.casefold()]


def state_of(scenario: Scenario, code: str) -> str:
    """Return a state's name."""
    return scenario.loaded.pack.states[code].name


def moves_of(scenario: Scenario, actor: str) -> list[Move]:
    """Return the moves of a state, both ends of each lever that it holds; OptionError where it holds none."""
    found = [
        Move(name, value, lever.named[int(value)] if lever.named else f"{lever.label} at {value:g}",
             tuple(lever.held_by), actor)
        for name, lever in scenario.known_levers.items() if actor in lever.held_by
        for value in (0.0, 1.0)
    ]  # fmt: skip
    if not found:
        holders = sorted({code for lever in scenario.known_levers.values() for code in lever.held_by})
        known = f"those who do: {', '.join(holders)}" if holders else "no lever of the pack says held_by"
        raise OptionError(f"{actor} holds no lever in the pack {scenario.loaded.pack.name} ({known})")
    return found


@dataclass(frozen=True)
class Gain:
    """What is to be gained.

    Attributes
    ----------
    measure : "alignment:FRA-JPN"
    subject : "alignment of France and Japan"
    quarter : running number of the quarter in which it is read
    want : "more" or "less" of it
    """

    measure: str
    subject: str
    unit: str
    quarter: int
    want: str
    request: Request = field(repr=False, compare=False)

    @property
    def words(self) -> str:
        """The quarter in which it is read."""
        return to_text(self.quarter)


@dataclass(frozen=True)
class Reads:
    """What is read of each option: the gain in its quarter, and costs as means over the quarters until then.

    Attributes
    ----------
    costs : of the state, the gravest first
    requests : all measures of both, with their windows of quarters, counted from the start
    """

    gain: Read
    want: str
    costs: Sequence[LoadedCost]
    requests: dict[Read, Request]
    window: tuple[int, int]

    @property
    def labels(self) -> dict[str, str]:
        """Name of a cost -> what is measured."""
        return {cost.name: cost.said.label for cost in self.costs}

    @property
    def better(self) -> Array:
        """(gain and costs,) 1 where more of it is better for the state, -1 where it is worse."""
        return np.array([WANTS[self.want], *(1.0 if cost.said.worse == "less" else -1.0 for cost in self.costs)])

    def of(self, values: Array) -> Array:
        """Return (gain and costs, worlds) of what was read, (requests in order, worlds)."""
        rows = {read: values[at] for at, read in enumerate(sorted(self.requests))}
        costs = [np.mean([rows[name, *self.window] for name in cost.requests], axis=0) for cost in self.costs]
        return np.stack([rows[self.gain], *costs])


@dataclass(frozen=True)
class Runs:
    """What every run of a state's options needs.

    Attributes
    ----------
    scenario : that options are laid over
    first : running number of the quarter from which moves are made
    """

    scenario: Scenario
    actor: str
    gain: Gain
    reads: Reads
    first: int
    rules: Rules

    @classmethod
    def of(
        cls, scenario: Scenario, actor: str, measure: str | None, want: str, quarter: str | None, since: str | None,
        allow: Collection[str] = (), most_costs: int | None = None,
    ) -> Runs:  # fmt: skip
        """Return what is asked of a state's options, checked; see `moves` for what is given.

        Parameters
        ----------
        most_costs : how many of the state's costs are read, the gravest first; all where None
        """
        code = actor_of(scenario, actor)
        if want not in WANTS:
            raise OptionError(f"--want {short(want)}: more or less{did_you_mean(want, WANTS)}")
        last = _quarter("--quarter", quarter, scenario, scenario.horizon)
        first = _quarter("--since", since, scenario, min(scenario.start + 1, last))
        if first > last:
            raise OptionError(f"--since {since}: is after {to_text(last)}, in which the gain is read")
        wanted = single(
            measure or f"{scenario.family.headline}:{scenario.loaded.pack.case.focus}", scenario.names, scenario.family
        )
        name = f"{wanted.name}:{wanted.entities[0]}"
        subject = f"{wanted.measure.meaning} of {_between(scenario, wanted.entities[0])}"
        gain = Gain(name, subject, wanted.measure.unit, last, want, wanted)
        at, window = last - scenario.start, (first - scenario.start, last - scenario.start + 1)
        costs = measured_costs(code, scenario.loaded, scenario.names, scenario.family)[:most_costs]
        requests = {(name, at, at + 1): wanted}
        requests |= {(text, *window): request for cost in costs for text, request in cost.requests.items()}
        reads = Reads((name, at, at + 1), want, costs, requests, window)
        rules = scenario.family.rules(scenario.loaded, allowed=allow)
        return cls(scenario, code, gain, reads, first, rules)

    def without_costs(self) -> Runs:
        """Return the same with the gain alone."""
        reads, gain = self.reads, {self.reads.gain: self.reads.requests[self.reads.gain]}
        return replace(self, reads=replace(reads, costs=(), requests=gain))

    @property
    def key(self) -> list[object]:
        """What makes runs others, as JSON."""
        reads = [list(read) for read in sorted(self.reads.requests)]
        return [self.gain.measure, self.gain.want, self.gain.quarter, self.first, reads]

    def under(self, option: Option) -> Scenario:
        """Return the scenario with an option's moves made."""
        levers = {move.lever: move.value for move in option}
        return held_from(self.scenario, levers, self.first, Origin("moves"))


def _between(scenario: Scenario, entity: str) -> str:
    import re

    codes = re.split("[->]", entity)
    return " and ".join(state_of(scenario, code) if code in scenario.loaded.pack.states else code for code in codes)


def _quarter(option: str, given: str | None, scenario: Scenario, usual: int) -> int:
    if given is None:
        return usual
    try:
        found = to_index(given)
    except ValueError as error:
        raise OptionError(f"{option}: {error}") from None
    if not scenario.start < found <= scenario.horizon:
        ends = f"{to_text(scenario.start + 1)} to {to_text(scenario.horizon)}"
        raise OptionError(f"{option} {given}: moves can be made from {ends}")
    return found


# ---------------------------------------------------------------- runs


@dataclass(frozen=True)
class Task:
    """Some worlds of some options under one scenario, side by side."""

    at: int
    first: int
    worlds: int
    options: tuple[Option, ...]


def run_task(every: Sequence[Runs], task: Task) -> Array:
    """Return (options, gain and costs, worlds)."""
    runs = every[task.at]
    streams = Streams(runs.scenario.seed, task.first, task.worlds)
    scenarios = [runs.under(option) for option in task.options]
    drawn = assemble(draw(runs.scenario.ranges, streams), runs.scenario.names)
    model = start_together(scenarios, [drawn] * len(scenarios), streams, runs.rules)
    found = means(model, [runs.reads.requests] * len(scenarios), task.worlds)
    return np.stack([runs.reads.of(values) for values in found])


def run_options(
    every: Sequence[Runs], options: Sequence[Option], worlds: range, jobs: int | None = 1, run: Ordered = ordered,
    progress: Callable[[int, int], None] | None = None, apart: int = 0,
) -> Array:  # fmt: skip
    """Return (scenarios, options, gain and costs, worlds), all options of a scenario on the same worlds.

    Parameters
    ----------
    every : what is run under each scenario
    worlds : their numbers under the first scenario
    progress : called with (options done, in all), a scenario at a time
    apart : how far the numbers of worlds of two scenarios lie apart; 0 where they share them
    """
    block = min(BLOCK, len(worlds))
    size = max(1, ROWS // block)
    tasks = [
        Task(at, first + at * apart, min(block, worlds.stop - first), tuple(options[group : group + size]))
        for at in range(len(every))
        for group in range(0, len(options), size)
        for first in range(worlds.start, worlds.stop, block)
    ]
    quarters = len(every) * len(options) * len(worlds) * every[0].reads.window[1]
    found: list[list[list[Array]]] = [[] for _ in every]
    for number, (task, values) in enumerate(zip(tasks, run(run_task, every, tasks, jobs, quarters), strict=True)):
        if task.first == worlds.start + task.at * apart:
            found[task.at].append([])
        found[task.at][-1].append(values)
        if progress is not None:
            progress((number + 1) * len(every) * len(options) // len(tasks), len(every) * len(options))
    return np.stack([np.concatenate([np.concatenate(parts, axis=2) for parts in groups]) for groups in found])
