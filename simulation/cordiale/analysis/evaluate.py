"""A model as a function of its numbers: rows of a design in, one value a row out, block by block.

Designs are in unit space: a column a path, uniform on (0, 1). The quantile function of each path's PERT
distribution maps them, so that what is found holds for the coded distributions.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import numpy as np

from cordiale.analysis.sample import Sampler
from cordiale.analysis.target import Target
from cordiale.coded import Coded
from cordiale.draws import Array
from cordiale.models.block import Behaviour
from cordiale.parameters import pert
from cordiale.pool import Ordered, ordered
from cordiale.resolved import Scenario

BLOCK = 256  # rows that run side by side
Values = Mapping[str, Array]
Response = Callable[[Values], Array]
Inverse = Callable[[Array], Values]
Progress = Callable[[int, int], None]


class Quantiles:
    """The map from unit space to the coded distributions: (rows, paths) -> path -> (rows,).

    Parameters
    ----------
    paths : one a column, in order; numbers without a column keep their best value
    """

    def __init__(self, ranges: Mapping[str, Coded], paths: Sequence[str]) -> None:
        self.ranges, self.paths = dict(ranges), list(paths)

    def __call__(self, unit: Array) -> Values:
        """Return path -> (rows,) for every path of the ranges."""
        values = {path: np.full(len(unit), coded.best) for path, coded in self.ranges.items()}
        return values | {path: pert(self.ranges[path], unit[:, at]) for at, path in enumerate(self.paths)}


class ModelResponse:
    """A scenario's target as a function of its numbers, a mean over several worlds' luck.

    Every row has the same luck, so that rows differ by their numbers alone.

    Parameters
    ----------
    luck : how many worlds' luck the mean is over: worlds 0 .. luck - 1 of the scenario's seed
    """

    def __init__(self, scenario: Scenario, target: Target, luck: int = 1, behaviour: Behaviour | None = None) -> None:
        self.scenario, self.target, self.luck, self.behaviour = scenario, target, luck, behaviour

    def __getstate__(self) -> dict[str, object]:
        """Leave the sampler behind, which cannot go to another process and is soon made."""
        return {name: value for name, value in self.__dict__.items() if name != "sampler"}

    @cached_property
    def sampler(self) -> Sampler:
        """What runs the scenario."""
        return Sampler([self.scenario], [self.target.measure], self.behaviour)

    @property
    def cost(self) -> int:
        """World-quarters that a row takes."""
        return self.luck * self.scenario.quarters

    def __call__(self, values: Values) -> Array:
        """Return (rows,) for path -> (rows,)."""
        return np.asarray(np.mean([self.at(values, world) for world in range(self.luck)], axis=0))

    def at(self, values: Values, world: int) -> Array:
        """Return (rows,) with the luck of one world."""
        return self.target.read(self.sampler.rows(values, world)[0])


def evaluate(
    response: Response, inverse: Inverse, unit: Array, *, jobs: int | None = 1, progress: Progress | None = None,
    run: Ordered = ordered,
) -> Array:  # fmt: skip
    """Return the response (rows,) to a design (rows, paths), block by block.

    Parameters
    ----------
    inverse : unit space -> values
    jobs : processes, None for as many as pay; any number gives the same values
    progress : called with (rows done, rows in all) after each block
    run : works through the blocks; a journal's keeps those that are done
    """
    blocks = [unit[at : at + BLOCK] for at in range(0, len(unit), BLOCK)]
    size = len(unit) * (response.cost if isinstance(response, ModelResponse) else 1)
    parts, done = [], 0
    for part in run(_respond, (response, inverse), blocks, jobs, size):
        parts.append(part)
        done += len(part)
        if progress is not None:
            progress(done, len(unit))
    return np.concatenate(parts)


def _respond(work: tuple[Response, Inverse], block: Array) -> Array:
    response, inverse = work
    return response(inverse(block))


def speed_ratio(scenario: Scenario, target: Target, rows: int = 2000, singles: int = 8) -> tuple[float, float]:
    """Return the seconds a row in blocks, and how many times as long a row takes when the model is called for each.

    Parameters
    ----------
    rows : run in blocks, in one process, with one world's luck
    singles : rows called one by one, of which the mean is taken
    """
    response, inverse = ModelResponse(scenario, target), Quantiles(scenario.ranges, list(scenario.ranges))
    unit = np.random.default_rng(scenario.seed).random((rows, len(scenario.ranges)))
    response(inverse(unit[:2]))  # what is done once in a process is not timed
    start = time.perf_counter()
    evaluate(response, inverse, unit)
    together = (time.perf_counter() - start) / rows
    start = time.perf_counter()
    for row in range(singles):
        response(inverse(unit[row : row + 1]))
    return together, (time.perf_counter() - start) / singles / together
