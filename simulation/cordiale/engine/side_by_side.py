"""Several scenarios in one block: each on the same worlds with the same luck, side by side.

What is drawn at random is drawn once for all of them, and a block of few worlds is as cheap a world as a large one.
A world is byte for byte that of a block of its own (a test).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from cordiale.models.base import Model, Rules, steps
from cordiale.models.measures import Request
from cordiale.models.parameters import Parameters
from cordiale.models.random import Array, Streams, Tiled
from cordiale.scenario.adaptive import course_of
from cordiale.scenario.load import Scenario

Read = tuple[str, int, int]  # measure with its entity, first quarter, and the one after the last


def start_together(scenarios: Sequence[Scenario], drawn: Sequence[Parameters], streams: Streams, rules: Rules) -> Model:
    """Return the model of several scenarios at the start, the worlds of the first first.

    Parameters
    ----------
    drawn : the numbers of the worlds under each scenario, without any lever
    streams : of the worlds, the same for each scenario
    """
    worlds, start = streams.worlds, Joined(streams.worlds)
    courses = [course_of(scenario, numbers, worlds) for scenario, numbers in zip(scenarios, drawn, strict=True)]
    together = Course([course.at for course in courses], worlds)
    model = rules.start(start(drawn), together.at, Tiled(streams, len(scenarios)))
    for at, course in enumerate(courses):
        course.follow(model, slice(at * worlds, (at + 1) * worlds))
    return model


def means(model: Model, reads: Sequence[Mapping[Read, Request]], worlds: int) -> list[Array]:
    """Run a model of several scenarios as far as its reads ask, and return what is read of each.

    Parameters
    ----------
    reads : of each scenario
    worlds : of each scenario

    Returns, for each scenario, (reads in their order, worlds): the mean over the quarters of each.
    """
    found = [np.zeros((len(those), worlds)) for those in reads]
    wanted = {key: request for those in reads for key, request in those.items()}
    for step in steps(model, max(map(last_read, reads))):
        now = [key for key in wanted if key[1] <= step.quarter < key[2]]
        reading = model.reading() if now else None
        value = {name: request.read(reading)[:, 0] for name, request in {key[0]: wanted[key] for key in now}.items()}
        for at, those in enumerate(reads):
            rows = slice(at * worlds, (at + 1) * worlds)
            for row, (name, first, stop) in enumerate(sorted(those)):
                if first <= step.quarter < stop:
                    found[at][row] += value[name][rows] / (stop - first)
    return found


def last_read(reads: Mapping[Read, Request]) -> int:
    """Return how many quarters a scenario has to live for what is read of it."""
    return max(stop for _, _, stop in reads)


class Course:
    """The parameters of each quarter; the same object while nothing moves."""

    def __init__(self, courses: Sequence[Callable[[int], Parameters]], worlds: int) -> None:
        self._courses, self._joined = courses, Joined(worlds)
        self._parts: list[Parameters] = []
        self._whole: Parameters

    def at(self, quarter: int) -> Parameters:
        """Return the parameters of a quarter, counted from 0."""
        parts = [course(quarter) for course in self._courses]
        if not _same(parts, self._parts):
            self._parts, self._whole = parts, self._joined(parts)
        return self._whole


class Joined:
    """Puts parameters side by side; an array of which no part has changed since the last time is not made again."""

    def __init__(self, worlds: int) -> None:
        self._worlds = worlds
        self._known: dict[str, tuple[list[Array], Array]] = {}

    def __call__(self, parts: Sequence[Parameters]) -> Parameters:
        """Return the parameters of all worlds."""
        one = parts[0]
        arrays = {name: self._array(name, [part.arrays[name] for part in parts]) for name in one.arrays}
        weights = {name: self._array(f"weight.{name}", [part.weights[name] for part in parts]) for name in one.weights}
        return Parameters(arrays, weights)

    def _array(self, name: str, parts: list[Array]) -> Array:
        before, whole = self._known.get(name, ([], parts[0]))
        if not _same(parts, before):
            whole = _side_by_side(parts, self._worlds)
            self._known[name] = parts, whole
        return whole


def _same(parts: Sequence[object], others: Sequence[object]) -> bool:
    return len(parts) == len(others) and all(one is other for one, other in zip(parts, others, strict=True))


def _side_by_side(parts: Sequence[Array], worlds: int) -> Array:
    """Return arrays of (worlds or 1, ...) one after the other; the first alone where all worlds have its one value."""
    one = parts[0]
    if len(one) == 1 and all(each is one or np.array_equal(each, one, equal_nan=True) for each in parts):
        return one
    whole = np.empty((worlds * len(parts), *one.shape[1:]), order="F")
    for at, each in enumerate(parts):
        whole[at * worlds : (at + 1) * worlds] = each
    return whole
