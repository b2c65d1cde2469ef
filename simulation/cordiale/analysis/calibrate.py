"""The few behavioural ranges that the record before 2019 can speak to, chosen by rejection.

Each world draws its weights, its coded numbers and its luck from the prior (the ranges before any calibration), lives
through 2007 to 2018, and is compared with the record; the nearest worlds are kept (approximate Bayesian
computation by rejection: Pritchard et al. 1999; Beaumont, Zhang and Balding 2002), so that what comes
out is a range. As in history matching (Craig et al. 1997), a difference counts in tolerances, which stand
for what the record and the model leave out; rejection is exact for a model with such an error (Wilkinson 2013).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cordiale.analysis.baseline_checks import ladder_rows, property_rows
from cordiale.analysis.calibration_targets import FIRST, LAST, Past, Target, statistics_of, targets, yearly
from cordiale.case.pack import Prior, Weight
from cordiale.engine.pool import Ordered, ordered
from cordiale.engine.sample import blocks
from cordiale.files.errors import OptionError
from cordiale.models.random import Array
from cordiale.scenario.layers import Origin
from cordiale.scenario.load import Scenario, load_scenario
from cordiale.study.design import key_of
from cordiale.study.manifest import about_scenario
from cordiale.study.result import Result, Row, worked_out
from cordiale.study.unfinished import Begun, Header

if TYPE_CHECKING:
    import pandas as pd

WEIGHTS = (
    "openness", "readiness", "agreement_cost", "rung_cost", "ratification",
    "practice_gain", "practice_decay", "trust_gain", "trust_return",
)  # fmt: skip
LEAST_KEPT = 20
LEARNT = 0.01
OUTER = (0.05, 0.5, 0.95)
Progress = Callable[[int, int], None]
Table = dict[str, Array]


@dataclass(frozen=True)
class Histories:
    """Worlds that lived through the period: what they had and what came of it.

    Attributes
    ----------
    weights : name -> (W,) of each weight of WEIGHTS
    statistics : name -> (W,); NaN where a world has none, such as the mean year of no steps
    years : state -> (W, years) steps signed by the end of each year
    """

    weights: dict[str, Array]
    statistics: dict[str, Array]
    years: dict[str, Array]


@dataclass(frozen=True)
class Posterior:
    """A weight before and after.

    Attributes
    ----------
    prior : the pack's weight
    drawn, kept : 5, 50 and 95 % of its draws, in all worlds and in those kept
    chance : how often a random choice of as many worlds would differ as much (Kolmogorov and Smirnov)
    low, best, high : the range to adopt; the prior where `chance` is not below LEARNT
    widened : whether the rule for numbers that are not in the article keeps it wider than the worlds do
    """

    prior: Weight
    drawn: tuple[float, float, float]
    kept: tuple[float, float, float]
    chance: float
    low: float
    best: float
    high: float
    widened: bool

    @property
    def learnt(self) -> bool:
        """Whether the record says anything of the weight."""
        return self.chance < LEARNT

    @property
    def narrowing(self) -> float:
        """By which share the middle 90 % of the draws became narrower."""
        return 1 - (self.kept[2] - self.kept[0]) / (self.drawn[2] - self.drawn[0])


@dataclass(frozen=True, repr=False)
class Calibration(Result):
    """Prior worlds, the record, which worlds are kept, and what follows.

    Attributes
    ----------
    past : the period that they lived through
    distance : (W,) root mean square of the differences from the record, in tolerances
    kept : (W,) the nearest worlds
    posteriors : name of a weight -> before and after
    """

    kind = "calibrate"
    past: Past
    prior: Histories
    targets: Mapping[str, Target]
    distance: Array
    kept: NDArray[np.bool_]
    posteriors: dict[str, Posterior]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return a row a weight, before and after; and a row a statistic, the record against the worlds."""
        import pandas as pd

        return {"weights": pd.DataFrame(weight_rows(self)), "statistics": pd.DataFrame(fit_rows(self))}

    def sentences(self) -> list[str]:
        """Return what the record says of the weights, and where it lies outside what the kept worlds do."""
        learnt = [
            f"{name} {each.low:g} to {each.high:g} (before: {each.prior.low:g} to {each.prior.high:g})"
            for name, each in self.posteriors.items()
            if each.learnt
        ]
        kept = f"{int(self.kept.sum())} of {len(self.distance)} worlds are nearest to the record"
        return [f"{kept}; it speaks of {'; '.join(learnt) or 'no weight'}.", missed(self)]

    def details(self) -> Row:
        """Return what its manifest says of it."""
        return about_scenario(self.past.scenario) | {"worlds": len(self.distance), "kept": int(self.kept.sum())}

    def record(self) -> Row:
        """Return what a program would read of it, as JSON."""
        return {"weights": weight_rows(self), "sentences": self.sentences()}

    @property
    def correlations(self) -> list[tuple[str, str, float]]:
        """Pairs of weights by how strongly they go together among the kept worlds (Spearman), strongest first."""
        from scipy.stats import rankdata

        names = list(self.prior.weights)
        ranks = np.stack([rankdata(self.prior.weights[name][self.kept]) for name in names])
        table = np.corrcoef(ranks)
        pairs = [(names[a], names[b], float(table[a, b])) for a in range(len(names)) for b in range(a)]
        return sorted(pairs, key=lambda pair: -abs(pair[2]))


def histories(
    past: Past,
    first: int,
    worlds: int,
    fixed: Mapping[str, float] | None = None,
    progress: Progress | None = None,
    jobs: int | None = 1,
    run: Ordered = ordered,
) -> Histories:
    """Return worlds of the period, from world `first` on.

    Parameters
    ----------
    fixed : path -> one number for all worlds, in place of what they draw
    progress : called with (worlds done, worlds in all) after each block
    jobs : processes, None for as many as pay
    run : works through the blocks; a journal's keeps those that are done
    """
    parts, tasks = [], [(first + start, size) for start, size in blocks(worlds)]
    quarters = 4 * (LAST - FIRST + 1)
    for part in run(_lived, (past, fixed), tasks, jobs, worlds * quarters):
        parts.append(part)
        if progress is not None:
            progress(sum(size for _, size in tasks[: len(parts)]), worlds)
    return Histories(*(_joined([part[at] for part in parts]) for at in range(3)))


def _lived(work: tuple[Past, Mapping[str, float] | None], block: tuple[int, int]) -> tuple[Table, Table, Table]:
    """Return the weights, statistics and years of a block of worlds: name -> (worlds,) or (worlds, years)."""
    past, fixed = work
    replay = past.replay(*block, fixed)
    weights = {name: replay.values[f"weight.{name}"] for name in WEIGHTS}
    return weights, statistics_of(past.scenario, replay), yearly(past.scenario, replay.ladder)


def _joined(tables: list[dict[str, Array]]) -> dict[str, Array]:
    return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}


def distances(statistics: Mapping[str, Array], record: Mapping[str, Target]) -> Array:
    """Return (W,) root mean squares of differences in tolerances, over the statistics that a world has."""
    parts = [(statistics[name] - target.recorded) / target.tolerance for name, target in record.items()]
    return np.asarray(np.sqrt(np.nanmean(np.square(parts), axis=0)))


def match(
    past: Past, prior: Histories, record: Mapping[str, Target], weights: Mapping[str, Weight], accept: float = 0.05
) -> Calibration:
    """Keep the worlds nearest to a record, and return what they say of the weights.

    Parameters
    ----------
    past : the period, of which the worlds are
    record : name of a statistic -> what it was
    weights : name -> the prior
    accept : share of worlds to keep

    Raises
    ------
    OptionError where fewer than 20 worlds would be kept
    """
    distance = distances(prior.statistics, record)
    count = round(accept * len(distance))
    if count < LEAST_KEPT:
        raise OptionError(f"{accept:g} of {len(distance)} worlds are {count}: keep at least {LEAST_KEPT}")
    kept = np.zeros(len(distance), dtype=bool)
    kept[np.argsort(distance, kind="stable")[:count]] = True
    found = {name: posterior(weights[name], values, kept) for name, values in prior.weights.items()}
    return Calibration(past, prior, record, distance, kept, found)


def posterior(prior: Weight, drawn: Array, kept: NDArray[np.bool_]) -> Posterior:
    """Return a weight before and after; one of which nothing is learnt keeps its range.

    Parameters
    ----------
    drawn : (W,) draws from the prior
    kept : (W,) which of them are kept
    """
    from scipy.stats import ks_2samp

    before, after = np.quantile(drawn, OUTER), np.quantile(drawn[kept], OUTER)
    chance = float(ks_2samp(drawn[kept], drawn[~kept]).pvalue)
    if chance >= LEARNT:
        return Posterior(prior, _three(before), _three(after), chance, prior.low, prior.best, prior.high, False)
    low, best, high, widened = _range(prior, before, after)
    return Posterior(prior, _three(before), _three(after), chance, low, best, high, widened)


def _range(prior: Weight, before: Array, after: Array) -> tuple[float, float, float, bool]:
    """Return the range whose draws would spread as the kept worlds do, and whether the rule widened it.

    The best value moves as the median did, and each end keeps its distance from the 5 or 95 % of the
    draws in proportion: had nothing changed, the prior would come out.
    """
    below = (before[1] - prior.low) / (before[1] - before[0])
    above = (prior.high - before[1]) / (before[2] - before[1])
    low = max(after[1] - below * (after[1] - after[0]), prior.low)
    high = min(after[1] + above * (after[2] - after[1]), prior.high)
    widened = high - low < prior.least_width
    if widened:
        low = min(max((low + high - prior.least_width) / 2, prior.low), prior.high - prior.least_width)
        high = low + prior.least_width
    low, high = np.floor(1000 * low + 1e-6) / 1000, np.ceil(1000 * high - 1e-6) / 1000 + 0.0
    best = round(min(max(prior.best + after[1] - before[1], low), high), 3)
    return float(low), float(best), float(high), bool(widened)


def _three(values: Array) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])


def calibrate(
    scenario: str | Path | Scenario = "baseline", worlds: int = 4000, accept: float = 0.05, *, pack: str | None = None,
    out: Path | str | None = None, replace: bool = False, jobs: int | None = 1, progress: Progress | None = None,
    begun_by: Begun | None = None,
) -> Calibration:  # fmt: skip
    """Return the weights' ranges that the record of 2007 to 2018 leaves.

    Parameters
    ----------
    scenario : whose case lived through the period; name, path or loaded
    worlds : draws from the prior
    accept : share of them to keep
    pack : name or folder of the case pack, where the file does not say
    out : folder in which tables and the chart are kept, and in which an interrupted run goes on; none where None
    jobs : processes, None for as many as pay
    begun_by : the command, with its options, that resumes it

    Raises
    ------
    FileError, StudyError; OptionError, also where fewer than 20 worlds would be kept
    """
    past = past_of(scenario, pack)
    header = Header.of("calibrate", key_of([past.scenario], worlds=worlds, accept=accept), begun_by)
    return worked_out(lambda run: calibrated(past, worlds, accept, progress, jobs, run), out, header, replace)


def past_of(scenario: str | Path | Scenario, pack: str | None = None) -> Past:
    """Return the period under the ranges before any calibration, so that the record is not used twice."""
    return Past(uncalibrated(scenario if isinstance(scenario, Scenario) else load_scenario(scenario, pack=pack)))


def calibrated(
    past: Past, worlds: int, accept: float = 0.05, progress: Progress | None = None, jobs: int | None = 1,
    run: Ordered = ordered,
) -> Calibration:  # fmt: skip
    """Return what `calibrate` does of a period; a journal's `run` keeps the worlds that are done."""
    weights = {name: weight.uncalibrated for name, weight in past.scenario.loaded.pack.weights.items()}
    return match(past, histories(past, 0, worlds, None, progress, jobs, run), targets(past.scenario), weights, accept)


# ----------------------------------------------------------------
# What a calibration would do: the model under the new ranges, and the lines that would adopt them.


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
    settings = scenario.settings
    for name, weight in weights.items():
        settings = settings.with_range(f"weight.{name}", weight, Origin("calibration"))
    return scenario.copy(settings=settings)


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
    """Return the lines of models/diplomacy/weights.yaml under the new ranges, for the weights that change."""
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


# ----------------------------------------------------------------
# What a calibration found, as tables and in words.


def fit_rows(found: Calibration, effect: Effect | None = None) -> list[Row]:
    """Return a row a statistic: the record and the worlds, those under the new ranges too where they were run."""
    rows: list[Row] = []
    for name, target in found.targets.items():
        values = found.prior.statistics[name]
        rows.append({
            "statistic": name, "recorded": f"{target.recorded:.6g}", "tolerance": f"{target.tolerance:g}",
            "prior": quantiles(values), "kept": quantiles(values[found.kept]),
        })  # fmt: skip
        if effect is not None:
            rows[-1]["new ranges"] = quantiles(effect.fresh.statistics[name])
    return rows


def missed(found: Calibration) -> str:
    """Return in words where the record lies outside what the kept worlds do."""
    outside = []
    for name, target in found.targets.items():
        low, high = np.nanquantile(found.prior.statistics[name][found.kept], [0.05, 0.95])
        if not low <= target.recorded <= high:
            digits = 1 if high > 100 else 2
            ends = f"{low:.{digits}f} to {high:.{digits}f}"
            outside.append(f"{name} ({target.recorded:.6g} against {ends})")
    return f"The record lies outside the 5 to 95 % of the kept worlds for: {'; '.join(outside) or 'no statistic'}."


def weight_rows(found: Calibration) -> list[Row]:
    """Return a row a weight: before and after."""
    rows: list[Row] = []
    for name, each in found.posteriors.items():
        new = f"{each.low:g} / {each.best:g} / {each.high:g}" + (" (width by the rule)" if each.widened else "")
        rows.append({
            "weight": name, "prior": f"{each.prior.low:g} / {each.prior.best:g} / {each.prior.high:g}",
            "all draws": _told(each.drawn), "kept draws": _told(each.kept), "narrower": f"{each.narrowing:.0%}",
            "chance": "below 0.001" if each.chance < 0.001 else f"{each.chance:.3f}",
            "new range": new if each.learnt else "as before",
        })  # fmt: skip
    return rows


def _told(values: tuple[float, float, float]) -> str:
    return " / ".join(f"{value:.3g}" for value in values)
