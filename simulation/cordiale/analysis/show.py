"""A study's measures in the last quarter, as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cordiale.errors import OptionError
from cordiale.study import Study


def last_quarter(study: Study, measures: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Return a row a measure and entity: median and 5 to 95 % of worlds of each scenario.

    Parameters
    ----------
    measures : with or without ":entity"; those of the focus dyad and its states where None
    """
    rows = []
    for measure, entity in _wanted(study, measures):
        row: dict[str, Any] = {"measure": measure, "of": entity}
        for scenario in study.scenarios:
            if entity not in study.measures(scenario).get(measure, []):
                row[scenario] = "not recorded"
                continue
            low, middle, high = np.quantile(study.values(measure, entity, scenario, quarter=-1), [0.05, 0.5, 0.95])
            row[scenario] = f"{middle:.3f} ({low:.3f} to {high:.3f})"
        rows.append(row)
    return rows


def _wanted(study: Study, measures: Sequence[str] | None) -> list[tuple[str, str]]:
    recorded = study.measures()
    if measures is None:
        focus = str(study.manifest["focus"])
        one, other = focus.split("-")
        of_interest = {focus, one, other, f"{one}>{other}", f"{other}>{one}"}
        return [(name, entity) for name, entities in recorded.items() for entity in entities if entity in of_interest]
    wanted = []
    for measure in measures:
        name, entity = study.find(measure)
        wanted += [(name, each) for each in (recorded[name] if entity is None else [entity])]
    if not wanted:
        raise OptionError("no measure to show")
    return wanted
