"""The headline by its parts: how much of a difference each adds, and what other weights of them would say."""

from __future__ import annotations

import numpy as np

from cordiale.models.random import Array
from cordiale.study.study import Study

BETWEEN = (0.5, 2.0)  # of its own weight: what each part's may be when the weights are asked about


def moved_by(study: Study, scenario: str, entity: str, other: str | None = None) -> dict[str, float]:
    """Return part -> by how much it moves the headline in the last quarter against another scenario.

    Means over worlds, each part times its share in the headline, so that they sum to the headline's difference. Empty
    where a scenario does not record a part.

    Parameters
    ----------
    other : the first one where None
    """
    first, parts = other or study.scenarios[0], study.components
    if not parts or any(
        entity not in study.measures(each).get(part, []) for part in parts for each in (first, scenario)
    ):
        return {}
    moved = weighted_parts(study, scenario, entity) - weighted_parts(study, first, entity)
    return dict(zip(parts, moved.mean(axis=1).tolist(), strict=True))


def weighted_parts(study: Study, scenario: str, entity: str, quarter: int = -1) -> Array:
    """Return each part of the headline times its share in it, (parts, worlds); they sum to the headline."""
    values = [study.values(part, entity, scenario, quarter=quarter) for part in study.components]
    return study.shares(scenario) * np.array(values)


def under_other_weights(added: Array) -> tuple[float, float]:
    """Return the least and the most that a difference could be if its parts were weighted otherwise.

    Each weight lies between half and twice its own, and they sum to what they sum to now. The sum of weighted parts is
    linear in the weights, so its ends lie where as much weight as may be stands on the parts that add least, or most.

    Parameters
    ----------
    added : (parts,) what each part adds, times its own weight; the weights are equal
    """
    least, most = BETWEEN
    steps = np.sort(added)
    return _filled(steps, least, most), -_filled(-steps[::-1], least, most)


def _filled(added: Array, least: float, most: float) -> float:
    """Return the sum where every part has the least factor, and the first ones, in this order, up to the most."""
    left, factors = len(added) * (1 - least), np.full(len(added), least)
    for at in range(len(added)):
        more = min(left, most - least)
        factors[at] += more
        left -= more
    return float(factors @ added)
