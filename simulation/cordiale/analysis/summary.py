"""Quantiles of every measure of a study, as one table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from cordiale.over_worlds import spread
from cordiale.study import Study

if TYPE_CHECKING:
    import pandas as pd

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def summary(study: Study, progress: Callable[[int, int], None] | None = None) -> pd.DataFrame:
    """Return mean and quantiles over worlds: a row a scenario, measure, entity and quarter.

    `worlds` are those that are counted, `kept_out` those in which a behaviour failed.

    Parameters
    ----------
    progress : called with (measures done, measures in all) after each
    """
    import pandas as pd

    recorded = [(scenario, measure) for scenario in study.scenarios for measure in study.measures(scenario)]
    frames = []
    for done, (scenario, measure) in enumerate(recorded, 1):
        frames.append(_rows(study, scenario, measure))
        if progress is not None:
            progress(done, len(recorded))
    return pd.concat(frames, ignore_index=True)


def _rows(study: Study, scenario: str, measure: str) -> pd.DataFrame:
    import pandas as pd

    mean, _, *at = spread(study, measure, QUANTILES, scenario)
    entities, quarters = study.measures(scenario)[measure], study.quarters(scenario)[-len(mean) :]
    index = {
        "scenario": scenario, "measure": measure,
        "entity": np.tile(entities, len(quarters)), "quarter": np.repeat(quarters, len(entities)), "mean": mean.ravel(),
    }  # fmt: skip
    columns = {f"q{q * 100:02.0f}": found.ravel() for q, found in zip(QUANTILES, at, strict=True)}
    return pd.DataFrame({**index, **columns, "worlds": study.worlds, "kept_out": len(study.failed)})
