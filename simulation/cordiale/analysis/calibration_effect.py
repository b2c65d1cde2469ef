"""What a calibration would do: the model under the new ranges, and the lines that would adopt them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cordiale.analysis.calibration import Calibration, Histories, Posterior, histories
from cordiale.analysis.history import FIRST, LAST, Past
from cordiale.analysis.soundness import Row, ladder_rows, property_rows
from cordiale.layers import Origin, Scenario, Setting
from cordiale.pack import Prior, Weight
from cordiale.pool import Ordered, ordered

SOURCE = f"calibrated to the ladder steps of Japan and France {FIRST} to {LAST} (docs/calibration.md)"


@dataclass(frozen=True)
class Effect:
    """The model before and after.

    Attributes
    ----------
    fresh : worlds of the period under the new ranges, none of which the calibration has seen
    before, after : the properties of a sound baseline under the prior and under the new ranges
    """

    fresh: Histories
    before: list[Row]
    after: list[Row]


def uncalibrated(scenario: Scenario) -> Scenario:
    """Return a scenario under the ranges before any calibration, so that the record is not used twice."""
    weights = scenario.loaded.pack.weights.items()
    return _under(scenario, {name: weight.uncalibrated for name, weight in weights if weight.prior})


def adopted(scenario: Scenario, posteriors: Mapping[str, Posterior]) -> Scenario:
    """Return a scenario under the new ranges."""
    return _under(scenario, adopted_weights(posteriors))


def _under(scenario: Scenario, weights: Mapping[str, Weight]) -> Scenario:
    copy = scenario.copy()
    for name, weight in weights.items():
        setting = Setting(weight, Origin("calibration", None, None))
        copy.history.setdefault(f"uncertainties.weight.{name}", []).append(setting)
    return copy


def adopted_weights(posteriors: Mapping[str, Posterior]) -> dict[str, Weight]:
    """Return the weights of which something is learnt, with the new ranges and the old ones beside them."""
    return {name: _adopted(found) for name, found in posteriors.items() if found.learnt}


def _adopted(found: Posterior) -> Weight:
    old = found.prior
    prior = Prior(low=old.low, best=old.best, high=old.high, source=old.source or "")
    new = {"low": found.low, "best": found.best, "high": found.high, "source": SOURCE, "prior": prior}
    return old.model_copy(update=new)


def effect(
    found: Calibration, past: Past, worlds: int, sound_worlds: int, jobs: int | None = 1, run: Ordered = ordered
) -> Effect:
    """Measure the model under the prior and under the new ranges.

    Parameters
    ----------
    worlds : fresh worlds of the period
    sound_worlds : worlds of the baseline
    jobs, run : as in `calibration.histories`
    """
    now = adopted(past.scenario, found.posteriors)
    first = len(found.distance)
    before, after = (
        property_rows(each, sound_worlds, ladder_rows(each, min(sound_worlds, 256))) for each in (past.scenario, now)
    )
    return Effect(histories(Past(now), first, worlds, jobs=jobs, run=run), before, after)


def in_the_model(scenario: Scenario, posteriors: Mapping[str, Posterior]) -> bool:
    """Whether the pack's weights are those that a calibration finds."""
    present = scenario.loaded.pack.weights
    narrowed = {name: _ends(present[name]) for name in posteriors if present[name].prior}
    return narrowed == {name: _ends(weight) for name, weight in adopted_weights(posteriors).items()}


def _ends(weight: Weight) -> tuple[float, float, float]:
    return weight.low, weight.best, weight.high


def yaml_lines(posteriors: Mapping[str, Posterior]) -> list[str]:
    """Return the lines of models/diplomacy.yaml under the new ranges, for the weights that change."""
    lines = []
    for name, weight in adopted_weights(posteriors).items():
        parts = {"meaning": _text(weight.meaning), "unit": _text(weight.unit)}
        if (weight.least, weight.most) != (0.0, 1.0):
            parts |= {"least": f"{weight.least:g}", "most": f"{weight.most:g}"}
        parts |= {"low": f"{weight.low:g}", "best": f"{weight.best:g}", "high": f"{weight.high:g}"}
        if weight.prior is not None:
            before = weight.prior
            ends = f"low: {before.low:g}, best: {before.best:g}, high: {before.high:g}"
            parts |= {"prior": f"{{{ends}, source: {json.dumps(before.source, ensure_ascii=False)}}}"}
        parts |= {"basis": weight.basis, "source": json.dumps(weight.source, ensure_ascii=False)}
        lines.append(f"{name}: {{{', '.join(f'{key}: {value}' for key, value in parts.items())}}}")
    return lines


def _text(text: str) -> str:
    """Return a text as a flow mapping holds it."""
    return json.dumps(text, ensure_ascii=False) if set(text) & set(",:{}[]#'\"&*!|>%@`") else text


def quantiles(values: np.typing.NDArray[np.float64]) -> str:
    """Return "median (5 to 95 %)" of what worlds have."""
    low, middle, high = np.nanquantile(values, [0.05, 0.5, 0.95])
    digits = 1 if middle >= 3 else 2
    return f"{middle:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"
