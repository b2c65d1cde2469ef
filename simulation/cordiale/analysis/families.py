"""The effect of a policy under several families of models, on the measures that they share and on matched draws.

World n draws the same numbers of the case under every family, so that what differs is the form of the model.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cordiale.analysis.futures import asked_of, families_of
from cordiale.analysis.window import Window, until, window_of
from cordiale.engine.pool import Ordered, ordered
from cordiale.engine.sample import Sampler, blocks
from cordiale.files.errors import OptionError
from cordiale.models.base import Family, Kind
from cordiale.models.random import Array
from cordiale.models.units import unit_of
from cordiale.scenario.load import Scenario
from cordiale.scenario.overrides import check_said_once, with_options
from cordiale.study.design import key_of
from cordiale.study.estimate import FALLS, LITTLE_CHANGE, RISES, UNCLEAR, Estimate, listed
from cordiale.study.intervals import simultaneous
from cordiale.study.manifest import about_scenario, made_with
from cordiale.study.result import Result, Row, folder_of, worked_out
from cordiale.study.run import Progress, load_together, name_of
from cordiale.study.unfinished import Begun, Header

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class UnderModel:
    """What a scenario changes of a measure under one model.

    Attributes
    ----------
    values : (worlds,) differences to the baseline
    estimate : of them, with an interval that holds for all rows of the comparison at once
    """

    model: str
    values: Array
    estimate: Estimate

    @property
    def sign(self) -> int:
        """1 where it rises, -1 where it falls, 0 where that is not clear, or not noticeable."""
        return {RISES: 1, FALLS: -1}.get(self.estimate.verdict, 0)


@dataclass(frozen=True)
class Agreement:
    """What a scenario changes of a measure, by model.

    Attributes
    ----------
    measure : with its entity, "position.china_tone:FRA"
    """

    scenario: str
    measure: str
    kind: Kind
    by: Sequence[UnderModel]

    def those(self, sign: int) -> list[str]:
        """Return the models under which it rises (1), falls (-1), or neither for sure (0)."""
        return [each.model for each in self.by if each.sign == sign]

    @property
    def agreed(self) -> bool:
        """Whether it has one clear sign under all models."""
        return abs(sum(each.sign for each in self.by)) == len(self.by)

    @property
    def contrary(self) -> bool:
        """Whether it rises for sure under one model and falls for sure under another."""
        return bool(self.those(1) and self.those(-1))

    @property
    def same_sign(self) -> float:
        """Share of worlds in which the difference has the same sign under all models."""
        signs = np.sign(np.stack([each.values for each in self.by]))
        return float(np.mean((signs == signs[0]).all(axis=0) & (signs[0] != 0)))

    @property
    def words(self) -> str:
        """Under which models it rises, under which it falls."""
        clear = {"rises": self.those(1), "falls": self.those(-1)}
        if self.agreed:
            return f"{'rises' if clear['rises'] else 'falls'} under all {len(self.by)} models"
        told = [
            f"{verb} under {listed(models)}{' alone' if len(models) == 1 and not self.contrary else ''}"
            for verb, models in clear.items() if models
        ]  # fmt: skip
        for verdict in (UNCLEAR, LITTLE_CHANGE):
            models = [each.model for each in self.by if each.estimate.verdict == verdict]
            told += [f"has {verdict} under {listed(models)}"] if models else []
        return ", ".join(told) + (": the sign depends on the model" if self.contrary else "")


@dataclass(frozen=True, repr=False)
class Families(Result):
    """Differences by family of models.

    Attributes
    ----------
    scenarios : under the first model, the baseline first
    models : their names
    found : a row a scenario and measure
    still : how many were left out, since no model changes them noticeably
    asked : the measures that the user named
    window : the quarter in which measures are read, or the quarters over which they are averaged
    """

    kind = "families"
    scenarios: Sequence[Scenario]
    models: Sequence[str]
    found: Sequence[Agreement]
    still: int
    asked: Sequence[str]
    worlds: int
    started: float
    window: Window

    @property
    def agreed(self) -> list[Agreement]:
        """Rows with one clear sign under all models."""
        return [each for each in self.found if each.agreed]

    @property
    def contrary(self) -> list[Agreement]:
        """Rows whose sign depends on the model."""
        return [each for each in self.found if each.contrary]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return a row an effect and model, and a row an effect with the models by its sign."""
        import pandas as pd

        return {"effects": pd.DataFrame(self._effects()), "agreement": pd.DataFrame(self._agreement())}

    def _effects(self) -> list[Row]:
        return [
            {
                "scenario": row.scenario, "baseline": self.scenarios[0].name, "measure": row.measure,
                "quarter": str(self.window), "model": each.model, **each.estimate.record(),
            }
            for row in self.found for each in row.by
        ]  # fmt: skip

    def _agreement(self) -> list[Row]:
        return [
            {
                "scenario": row.scenario, "measure": row.measure, "rises": " ".join(row.those(1)),
                "falls": " ".join(row.those(-1)), "not_clear": " ".join(row.those(0)), "agreed": row.agreed,
                "same_sign_in_worlds": row.same_sign,
            }
            for row in self.found
        ]  # fmt: skip

    def record(self) -> Row:
        """Return what a program would read of it, as JSON."""
        return {
            "models": list(self.models), "scenarios": [each.name for each in self.scenarios],
            "quarter": str(self.window), "worlds": self.worlds, "effects": self._effects(),
            "agreement": self._agreement(), "unchanged": self.still, "sentences": self.sentences(),
        }  # fmt: skip

    def details(self) -> Row:
        """Return what its manifest says of it."""
        own = {
            "models": list(self.models), "scenarios": [each.name for each in self.scenarios],
            "quarter": str(self.window), "worlds": self.worlds, "sentences": self.sentences(),
        }  # fmt: skip
        return about_scenario(self.scenarios[1], self.scenarios[0]) | own | made_with(self.started)

    def sentences(self) -> list[str]:
        """Return on how much the models agree, and each effect with the models under which it has a sign."""
        count = len(self.found)
        if not count:
            return [f"No noticeable change under any of these models in what they share, {self.still} effects."]
        of = f"{len(self.agreed)} of {count} effects" if count > 1 else "the effect" if self.agreed else "no effect"
        contrary = f", and contrary ones to {len(self.contrary)}" if self.contrary else ""
        more = f"; {self.still} more are not noticeable under any" if self.still else ""
        head = f"All {len(self.models)} models give one clear sign to {of} on what they share{contrary}{more}."
        return [head, *(self._sentence(row) for row in self.found)]

    def _sentence(self, row: Agreement) -> str:
        numbers = ", ".join(f"{each.model} {each.estimate.full}" for each in row.by)
        return (
            f"{row.scenario} against {self.scenarios[0].name}: {row.measure} {self.window.words} {row.words} "
            f"({numbers}; one sign under all in {row.same_sign:.0%} of worlds)."
        )

    def rows(self) -> list[tuple[str, list[Row]]]:
        """Return a table a scenario for a terminal: means by model, those that are clear with a star."""
        tables: dict[str, list[Row]] = {}
        for row in self.found:
            line = {each.model: f"{each.estimate.text()}{'*' if each.sign else ''}" for each in row.by}
            title = f"{row.scenario} against {self.scenarios[0].name} (*: rises or falls noticeably)"
            tables.setdefault(title, []).append({"measure": row.measure, **line})
        return list(tables.items())


# ---------------------------------------------------------------- the work


def compare_families(
    scenarios: Sequence[str | Path | Scenario], models: Sequence[str], measures: Sequence[str] = (), *,
    quarter: str | None = None, pack: str | None = None, worlds: int | None = None, seed: int | None = None,
    set: Mapping[str, object] | Sequence[str] = (), out: Path | str | None = None, replace: bool = False,
    jobs: int | None = None, allow: Collection[str] = (), progress: Progress | None = None,
    begun_by: Begun | None = None,
) -> Families:  # fmt: skip
    """Return what scenarios change against the first one under each of several families of models.

    Parameters
    ----------
    scenarios : the baseline, then those compared with it, by name or path; one that is loaded has a model already
    models : names of families, two or more
    measures : each of one entity, of those that all families share; all of the focus and its two states where none
    quarter : in which measures are read, "2022Q4", or "2020Q1:2022Q4" for their mean over a window; the last where None
    pack, worlds, seed, set, out, replace, jobs, allow, progress, begun_by : as in `compare`

    Raises
    ------
    FileError, StudyError; OptionError, also where models share no measure, or scenarios end in different quarters
    and no quarter is named
    """
    started = time.time()
    check_said_once(set, worlds=worlds, seed=seed)
    if len(scenarios) < 2:
        raise OptionError("nothing to compare with: name a scenario after the baseline")
    families = families_of(models, allow)
    if ready := [each for each in scenarios if isinstance(each, Scenario)]:
        raise OptionError(
            f"--models: '{ready[0].name}' is loaded under the model {ready[0].model}: give its name or path, which is "
            "read under each model"
        )
    loaded = [
        [
            with_options(each, worlds=worlds, seed=seed)
            for each in load_together(scenarios, set, pack=pack, model=model, allow=allow)
        ]
        for model in models
    ]
    first = loaded[0]
    asked = asked_of(first[0], families, measures)
    window = _window(first, quarter)
    for text in asked:
        window.check(text, families[0].measure(text.partition(":")[0]))
    samplers = [
        Sampler([_ending(one, window) for one in each], asked, family.rules(each[0].loaded, allowed=allow))
        for each, family in zip(loaded, families, strict=True)
    ]
    about = {"models": list(models), "measures": asked, "worlds": first[0].worlds, "quarter": str(window)}
    header = Header.of("compare", key_of(first, **about), begun_by)
    folder = out or families_folder(scenarios)

    def work(run: Ordered) -> Families:
        values = _values(samplers, window, first[0].worlds, run, jobs, progress)
        return _found(first, families, asked, values, started, measures, window)

    return worked_out(work, folder, header, replace, kind=Families.kind)


def families_folder(scenarios: Sequence[str | Path | Scenario]) -> Path:
    """Return where a comparison of families goes without --out."""
    return folder_of("compare", *(name_of(each) for each in scenarios), "models")


def _window(scenarios: Sequence[Scenario], quarter: str | None) -> Window:
    """Return when measures are read; OptionError where that, or what is compared, does not fit all scenarios."""
    _check_alike(scenarios, ends=quarter is None)
    window, *_ = [window_of(each, quarter, peak=False) for each in scenarios]
    return window


def _ending(scenario: Scenario, window: Window) -> Scenario:
    return scenario if scenario.horizon == window.last else until(scenario, window.last)


def _check_alike(scenarios: Sequence[Scenario], ends: bool) -> None:
    """Raise OptionError where scenarios cannot be compared.

    Parameters
    ----------
    ends : whether they have to end in the same quarter
    """
    first, names = scenarios[0], [each.name for each in scenarios]
    for each in scenarios[1:]:
        if ends and each.quarters != first.quarters:
            raise OptionError(f"'{each.name}' has another horizon than '{first.name}': give one with --set horizon=...")
        if (each.seed, each.worlds) != (first.seed, first.worlds):
            raise OptionError(f"'{each.name}' has another seed or number of worlds than '{first.name}'")
    twice = [name for at, name in enumerate(names) if name in names[:at]]
    if twice:
        raise OptionError(f"scenario '{twice[0]}' is given twice")


Task = tuple[int, int, int]  # which sampler, the first world, and how many


def _values(
    samplers: Sequence[Sampler], window: Window, worlds: int, run: Ordered = ordered, jobs: int | None = None,
    progress: Progress | None = None,
) -> Array:  # fmt: skip
    """Return (models, scenarios, measures, worlds), of a window of quarters its mean."""
    length = window.last - window.first + 1
    tasks = [(at, first, size) for at in range(len(samplers)) for first, size in blocks(worlds)]
    quarters = len(samplers) * worlds * sum(each.quarters for each in samplers[0].scenarios)
    parts: list[list[Array]] = [[] for _ in samplers]
    done = 0
    for task, values in zip(tasks, run(_task, (samplers, length), tasks, jobs, quarters), strict=True):
        parts[task[0]].append(values)
        done += task[2]
        if progress is not None:
            progress(done, worlds * len(samplers))
    return np.stack([np.concatenate(each, axis=2) for each in parts])


def _task(shared: tuple[Sequence[Sampler], int], task: Task) -> Array:
    """Return (scenarios, measures, worlds) of one block under one model, the mean of its last quarters.

    Parameters
    ----------
    shared : what is run, and how many quarters are read
    """
    (samplers, length), (at, first, worlds) = shared, task
    found, asked = samplers[at].worlds(first, worlds), samplers[at].measures
    return np.stack([np.stack([each[text][:, -length:, 0].mean(axis=1) for text in asked]) for each in found])


def _found(
    scenarios: Sequence[Scenario], families: Sequence[Family], asked: Sequence[str], values: Array, started: float,
    given: Sequence[str], window: Window,
) -> Families:  # fmt: skip
    """Return the effects of what was run, (models, scenarios, measures, worlds).

    Parameters
    ----------
    given : the measures that the user named, of which effects are told that are too little to notice too
    """
    differences = values[:, 1:] - values[:, :1]
    kinds = [kind_in(families[0], text, window) for text in asked]
    least = np.array([unit_of(kind.unit).step for kind in kinds])
    seen = (np.abs(differences.mean(axis=-1)) >= np.maximum(least, 1e-12)).any(axis=0)
    places = [(other, k) for other in range(len(seen)) for k in range(len(asked)) if given or seen[other, k]]
    columns = [differences[at, other, k] for other, k in places for at in range(len(families))]
    ends = iter(np.stack(simultaneous(np.stack(columns, axis=1), 0), axis=1)) if columns else iter(())
    rows = []
    for other, k in places:
        by = list(_by_model(families, differences[:, other, k], kinds[k], ends))
        rows.append(Agreement(scenarios[1 + other].name, asked[k], kinds[k], by))
    names = [each.name for each in families]
    return Families(scenarios, names, rows, seen.size - len(rows), given, values.shape[-1], started, window)


def kind_in(family: Family, text: str, window: Window) -> Kind:
    """Return what is known of a measure; a mean over quarters of what is so or not so in a world is neither."""
    kind = family.measure(text.partition(":")[0]).kind
    return kind if window.one or not kind.yes_no else changed(kind, unit="0 to 1", phrase=None)


def _by_model(
    families: Sequence[Family], differences: Array, kind: Kind, ends: Iterator[Array]
) -> Iterator[UnderModel]:
    """Yield an effect a model; none of the intervals for all rows lies inside that of its row alone."""
    for at, family in enumerate(families):
        low, high = next(ends)
        found = Estimate.of(differences[at], kind.unit, kind.good).wider(float(low), float(high))
        yield UnderModel(family.name, differences[at], found)
