"""Quantiles of every measure of a study, as one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cordiale.over_worlds import spread
from cordiale.study import Study

if TYPE_CHECKING:
    import pandas as pd

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def summary(study: Study) -> pd.DataFrame:
    """Return mean and quantiles over worlds: a row a scenario, measure, entity and quarter.

    `worlds` are those that are counted, `kept_out` those in which a behaviour failed.
    """
    import pandas as pd

    frames = []
    for scenario in study.scenarios:
        quarters = study.quarters(scenario)
        for measure, entities in study.measures(scenario).items():
            mean, _, *at = spread(study, measure, QUANTILES, scenario)
            shown = quarters[-len(mean) :]
            columns = {f"q{q * 100:02.0f}": found.ravel() for q, found in zip(QUANTILES, at, strict=True)}
            index = {
                "scenario": scenario,
                "measure": measure,
                "entity": np.tile(entities, len(shown)),
                "quarter": np.repeat(shown, len(entities)),
            }
            counts = {"worlds": study.worlds, "kept_out": len(study.failed)}
            frames.append(pd.DataFrame({**index, "mean": mean.ravel(), **columns, **counts}))
    return pd.concat(frames, ignore_index=True)
