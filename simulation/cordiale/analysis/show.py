"""A study's measures in the last quarter, as rows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np

from cordiale.errors import OptionError
from cordiale.study import Study


def last_quarter(study: Study, measures: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Return a row a measure and entity: median and 5 to 95 % of worlds of each scenario.

    Parameters
    ----------
    measures : with or without ":entity"; where None all, of the focus dyad and its states where these are recorded
    """
    asked = wanted(study, measures)
    told = {scenario: _bands(study, scenario, asked) for scenario in study.scenarios}
    return [
        {"measure": measure, "of": entity}
        | {scenario: bands.get((measure, entity), "not recorded") for scenario, bands in told.items()}
        for measure, entity in asked
    ]


def _bands(study: Study, scenario: str, asked: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return measure and entity -> median and band of what a scenario records of it; a measure is read once."""
    there = [(name, entity) for name, entity in asked if entity in study.measures(scenario).get(name, [])]
    found = {}
    for measure, group in groupby(sorted(there), key=itemgetter(0)):
        pairs = list(group)
        values = study.values(measure, [entity for _, entity in pairs], scenario, quarter=-1)
        for pair, (low, middle, high) in zip(pairs, np.quantile(values, [0.05, 0.5, 0.95], axis=0).T, strict=True):
            found[pair] = f"{middle:.3f} ({low:.3f} to {high:.3f})"
    return found


def wanted(study: Study, measures: Sequence[str] | None = None) -> list[tuple[str, str]]:
    """Return (measure, entity) of what is asked for, as in `last_quarter`; OptionError where there is nothing."""
    recorded = study.recorded
    if measures is None:
        one, other = focus = str(study.manifest["focus"]).split("-")
        of_focus = {"-".join(focus), one, other, f"{one}>{other}", f"{other}>{one}"}
        own = {name: [each for each in entities if each in of_focus] for name, entities in recorded.items()}
        return [(name, each) for name, entities in recorded.items() for each in own[name] or entities]
    found = []
    for measure in measures:
        name, entity = study.find(measure)
        found += [(name, each) for each in (recorded[name] if entity is None else [entity])]
    if not found:
        raise OptionError("no measure to show")
    return found
