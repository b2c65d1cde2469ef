"""Run scenarios in memory: measures as arrays, for analyses that keep no study."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cordiale.blocks import measured
from cordiale.draws import Array
from cordiale.layers import Origin, Scenario, Setting
from cordiale.models.block import Behaviour, Block, behaviours, standards

SIZE = 256


def sample(
    scenarios: Sequence[Scenario], measures: Sequence[str], worlds: int, behaviour: Behaviour | None = None
) -> dict[str, dict[str, Array]]:
    """Return scenario -> measure -> (worlds, quarters, entities), on the same worlds.

    Parameters
    ----------
    measures : in place of what the scenarios record; entities as in `measures.catalogue.request`
    worlds : how many, from world 0 on
    """
    classes = behaviours(scenarios[0], behaviour)
    norms = standards(scenarios[0], classes)
    found: dict[str, dict[str, Array]] = {}
    for given in scenarios:
        scenario = given.copy()
        scenario.history["measures"] = [Setting(list(measures), Origin("analysis", None, None))]
        parts = []
        for first in range(0, worlds, SIZE):
            block = Block(scenario, first, min(SIZE, worlds - first), classes, norms)
            parts.append(measured(scenario, block))
        found[scenario.name] = {
            measure: np.concatenate([part[at] for part in parts]) for at, measure in enumerate(measures)
        }
    return found
