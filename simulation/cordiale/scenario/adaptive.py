"""The numbers of an adaptive plan: each world has those of the variant that its own history has chosen so far.

A world's numbers in a quarter are those that one scenario without conditions would give it, and its luck and its
quarter before are its own too, so that it lives exactly as under that scenario (a test holds it to the last byte).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cordiale.models.base import Model
from cordiale.models.measures import request
from cordiale.models.parameters import Parameters
from cordiale.models.random import Array
from cordiale.scenario.settings import Scenario
from cordiale.scenario.timeline import Timeline

ALL = slice(None)


class Adaptive:
    """The parameters of a block in each quarter, under a scenario with conditions.

    A family asks for the numbers of a quarter when it begins to step it; the worlds are then read as the quarter
    before has left them.

    Parameters
    ----------
    drawn : the numbers of the block without any lever
    worlds : of the block
    """

    def __init__(self, scenario: Scenario, drawn: Parameters, worlds: int) -> None:
        self._variants, self._drawn = scenario.variants, drawn
        conditions, first = scenario.conditions, scenario.start
        self._conditions = []
        for each in conditions:
            wanted = request(each.measure, scenario.names, scenario.family)
            self._conditions.append((each, wanted, range(each.since - first, each.quarter - first + 1)))
        self._holds = np.ones((len(conditions), worlds), dtype=bool)
        self._chosen = np.zeros(worlds, dtype=np.int64)
        self._timelines: dict[int, Timeline] = {}
        self._seen = -1
        self._parts: list[Parameters] = []
        self._now = drawn

    def follow(self, model: Model, rows: slice = ALL) -> None:
        """Look at these rows of a model from now on."""
        self._model, self._rows = model, rows

    def lived(self, world: int) -> Scenario:
        """Return the scenario without conditions that a world of the block has lived under so far."""
        return self._variants[int(self._chosen[world])]

    def at(self, quarter: int) -> Parameters:
        """Return the parameters of a quarter, counted from 0; the same object while nothing moves."""
        self._look(quarter - 1)
        chosen = [int(number) for number in np.unique(self._chosen)]
        parts = [self._timeline(number).at(quarter) for number in chosen]
        if not _same(parts, self._parts):
            self._parts, self._now = parts, parts[0] if len(parts) == 1 else self._mixed(chosen, parts)
        return self._now

    def _timeline(self, number: int) -> Timeline:
        if number not in self._timelines:
            self._timelines[number] = Timeline(self._variants[number], self._drawn)
        return self._timelines[number]

    def _look(self, quarter: int) -> None:
        """Read the quarter that has just passed, where a condition asks for it."""
        if quarter <= self._seen:
            return
        for j, (condition, wanted, quarters) in enumerate(self._conditions):
            if any(self._seen < each < quarter for each in quarters):
                raise RuntimeError(f"numbers of quarter {quarter + 1} were asked for before the quarters before it")
            if quarter in quarters:
                self._holds[j] &= condition.met(wanted.read(self._model.reading())[self._rows, 0])
            if quarter == quarters[-1]:
                self._chosen = self._chosen | (self._holds[j].astype(np.int64) << j)
                self._parts = []  # whose numbers are whose has changed
        self._seen = quarter

    def _mixed(self, chosen: Sequence[int], parts: Sequence[Parameters]) -> Parameters:
        """Return the numbers of all worlds, each those of its variant."""
        one = parts[0]
        arrays = {name: self._rows_of(chosen, [part.arrays[name] for part in parts]) for name in one.arrays}
        weights = {name: self._rows_of(chosen, [part.weights[name] for part in parts]) for name in one.weights}
        return Parameters(arrays, weights)

    def _rows_of(self, chosen: Sequence[int], parts: Sequence[Array]) -> Array:
        """Return an array whose rows are those of each world's variant; the one that all have where it is one."""
        one = parts[0]
        if all(each is one for each in parts):
            return one
        whole = np.empty((len(self._chosen), *one.shape[1:]), order="F")
        for number, part in zip(chosen, parts, strict=True):
            rows = self._chosen == number
            whole[rows] = part[rows] if len(part) == len(rows) else part
        return whole


def _same(parts: Sequence[Parameters], others: Sequence[Parameters]) -> bool:
    return len(parts) == len(others) and all(one is other for one, other in zip(parts, others, strict=True))


def course_of(scenario: Scenario, drawn: Parameters, worlds: int) -> Timeline | Adaptive:
    """Return the parameters of a block in each quarter, with or without conditions; see `Adaptive`."""
    return Adaptive(scenario, drawn, worlds) if scenario.conditions else Timeline(scenario, drawn)
