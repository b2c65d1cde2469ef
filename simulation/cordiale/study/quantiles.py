"""A measure over all worlds: means, ends, deviation and quantiles, in memory that does not grow with the worlds.

Quantiles of up to EXACT worlds are NumPy's. Of more, the parts are read twice: once for the ends, once to count on a
grid of about STEPS steps between them. A quantile is then off by at most half a step, which is about a hundredth of a
per cent of the span, and by nothing where values are ranks, rungs or members, which lie on the grid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cordiale.files.errors import OptionError, named_in
from cordiale.models.random import Array
from cordiale.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

EXACT = 1 << 15
STEPS = 5000
FEW = 100  # of a span of so many whole numbers the grid holds all, in 4,900 steps or more
AT_ONCE = 1 << 25  # values in memory at a time where all worlds are needed: a quarter of a gibibyte
ONE = np.int32(1)  # of the type of the counts: NumPy adds a plain 1 twenty times more slowly
Map = Callable[[Array], Array]
Pieces = Callable[[], Iterator[Array]]


def means(
    study: Study, measure: str, scenario: str | None = None, *,
    entities: Sequence[str] | None = None, of: Map = np.asarray,
) -> Array:  # fmt: skip
    """Return the mean over worlds.

    Parameters
    ----------
    entities : some of those recorded; all where None
    of : (worlds, quarters, entities) -> (worlds, ...), what the mean is of; the values themselves where not given
    """
    return _mean_and_ends(study, partial(_pieces, study, measure, scenario, entities, of))[0]


def ends(
    study: Study, measure: str, scenario: str | None = None, *, entities: Sequence[str] | None = None
) -> tuple[Array, Array]:
    """Return the least and the greatest value over worlds, (quarters, entities) each."""
    return _mean_and_ends(study, partial(_pieces, study, measure, scenario, entities, np.asarray))[1:]


def spread(
    study: Study, measure: str, quantiles: Sequence[float], scenario: str | None = None, *,
    entities: Sequence[str] | None = None, of: Map = np.asarray,
) -> Array:  # fmt: skip
    """Return mean, standard deviation (nan of a single world) and quantiles over worlds: (2 + quantiles, T, entities).

    Parameters
    ----------
    entities : as in `means`
    of : (worlds, quarters, some entities) -> (worlds, T, some entities), each entity apart from the others
    """
    if study.worlds > EXACT:
        return _counted(study, partial(_pieces, study, measure, scenario, entities, of), quantiles)
    cuts = _cuts(study, measure, scenario, entities)
    return np.concatenate([_exact(of(values), quantiles) for values in cuts], axis=-1)


def how_counted(study: Study) -> str:
    """Return in words what the quantiles of a study are off by; "" where they are exact."""
    if study.worlds <= EXACT:
        return ""
    return (
        f"With more than {EXACT:,} worlds a quantile is the nearest of some {STEPS:,} steps between the least and the "
        "greatest value of its cell, so it is off by at most half a step."
    )


# ---------------------------------------------------------------- reading


def _pieces(
    study: Study, measure: str, scenario: str | None, entities: Sequence[str] | None, of: Map
) -> Iterator[Array]:
    """Yield some worlds after others, never none."""
    name, at = study.places(measure, entities, scenario)
    for worlds, found in study.parts(scenario, [name]):
        if len(worlds):
            yield of(found[name] if entities is None else found[name][..., at])


def _cuts(study: Study, measure: str, scenario: str | None, entities: Sequence[str] | None) -> Iterator[Array]:
    """Yield all worlds of some entities, then of others."""
    scenario = scenario or study.scenarios[0]
    name, at = study.places(measure, entities, scenario)
    count = len(study.measures(scenario)[name])
    some = max(1, AT_ONCE // (study.worlds * len(study.quarters(scenario))))
    for first in range(0, len(at), some):
        yield study.store.values(scenario, name, count, entity=at[first : first + some])


# ---------------------------------------------------------------- counting


def _exact(values: Array, quantiles: Sequence[float]) -> Array:
    deviation = values.std(axis=0, ddof=1) if len(values) > 1 else np.full(values.shape[1:], np.nan)
    return np.stack([values.mean(axis=0), deviation, *np.quantile(values, quantiles, axis=0)])


def _mean_and_ends(study: Study, pieces: Pieces) -> tuple[Array, Array, Array]:
    total, low, high = np.zeros(()), np.asarray(np.inf), np.asarray(-np.inf)
    for values in pieces():
        total = total + values.sum(axis=0)
        low, high = np.minimum(low, values.min(axis=0)), np.maximum(high, values.max(axis=0))
    return total / study.worlds, low, high


def _counted(study: Study, pieces: Pieces, quantiles: Sequence[float]) -> Array:
    mean, low, high = _mean_and_ends(study, pieces)
    step = (high - low) / _steps(high - low)
    squares, counts = np.zeros_like(mean), np.zeros((mean.size, STEPS + 1), dtype=np.int32)
    firsts = np.arange(mean.size).reshape(mean.shape) * (STEPS + 1)
    for values in pieces():
        squares += ((values - mean) ** 2).sum(axis=0)
        steps = np.divide(values - low, step, out=np.zeros_like(values), where=step > 0)
        np.add.at(counts.reshape(-1), (firsts + np.rint(steps).astype(np.int64)).reshape(-1), ONE)
    upto = np.cumsum(counts, axis=1, out=counts)
    at = [_place(upto, quantile * (study.worlds - 1)).reshape(mean.shape) for quantile in quantiles]
    return np.stack([mean, np.sqrt(squares / (study.worlds - 1)), *(low + each * step for each in at)])


def _steps(span: Array) -> Array:
    """Return how many steps a span has: a multiple of a span of few whole numbers, so that these are on the grid."""
    whole = (span >= 1) & (span <= FEW) & (span == np.rint(span))
    return np.where(whole, span * (STEPS // np.where(whole, span, 1)), STEPS)


def _place(upto: NDArray[np.int32], order: float) -> Array:
    """Return the place on the grid of a value by its order, between those of two where it lies between them."""
    below, above = ((upto <= whole).sum(axis=1) for whole in (np.floor(order), np.ceil(order)))
    return np.asarray(below + (above - below) * (order % 1))


# ----------------------------------------------------------------
# Quantiles of every measure of a study, as one table.


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


# ---------------------------------------------------------------- A study's measures in the last quarter, as rows


def last_quarter(study: Study, measures: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Return a row a measure and entity: median and 5 to 95 % of worlds, or the share of worlds in which it is so.

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
    found: dict[tuple[str, str], str] = {}
    for measure, group in groupby(sorted(there), key=itemgetter(0)):
        pairs = list(group)
        values = study.values(measure, [entity for _, entity in pairs], scenario, quarter=-1)
        if study.measure(measure).yes_no:
            found |= {pair: f"in {mean:.0%} of worlds" for pair, mean in zip(pairs, values.mean(axis=0), strict=True)}
            continue
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
        with named_in("--measure", measure):
            name, entity = study.find(measure)
        found += [(name, each) for each in (recorded[name] if entity is None else [entity])]
    if not found:
        raise OptionError("no measure to show")
    return found
