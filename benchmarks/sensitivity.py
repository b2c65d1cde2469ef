"""How much faster the rows of a sensitivity analysis go in blocks than one by one."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from cordiale.analysis.response import ModelResponse, Quantiles, evaluate, target_of
from cordiale.scenario.load import load_scenario


def speed_ratio(rows: int = 2000, singles: int = 8, set: Sequence[str] = ()) -> float:
    """Return how many times as long a row takes when the model is called for each.

    Parameters
    ----------
    rows : run in blocks, in one process, with one world's luck
    singles : rows called one by one, of which the mean is taken
    set : laid over the baseline
    """
    scenario = load_scenario("baseline", set=set)
    response = ModelResponse(target_of("alignment:FRA-JPN", scenario))
    inverse = Quantiles(scenario.ranges, list(scenario.ranges))
    unit = np.random.default_rng(scenario.seed).random((rows, len(scenario.ranges)))
    response(inverse(unit[:2]))  # what is done once in a process is not timed
    start = time.perf_counter()
    evaluate(response, inverse, unit)
    together = (time.perf_counter() - start) / rows
    start = time.perf_counter()
    for row in range(singles):
        response(inverse(unit[row : row + 1]))
    return (time.perf_counter() - start) / singles / together
