"""Sweeps: a grid or factorial over levers and parameters, every cell on the same worlds."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cordiale.analysis.sweep_cells import Cost, Work, cost_of
from cordiale.analysis.sweep_design import CODED, Design, Factor, Level, Over, design_of
from cordiale.analysis.sweep_tables import FILES, manifest_of, write_cells
from cordiale.analysis.sweep_words import findings
from cordiale.analysis.window import Window, until, window_of
from cordiale.files.atomic_write import user_path
from cordiale.files.errors import OptionError, StudyError, shown
from cordiale.models.base import Behaviour
from cordiale.models.measures import single
from cordiale.models.random import Array
from cordiale.scenario.overrides import with_options
from cordiale.scenario.settings import Scenario
from cordiale.study.design import key_of, name_of
from cordiale.study.journal import Journal, journal
from cordiale.study.manifest import write_manifest
from cordiale.study.result import Result, Row, copy_of, output
from cordiale.study.run import matched
from cordiale.study.study import Study
from cordiale.study.unfinished import Begun, Header

if TYPE_CHECKING:
    import pandas as pd

WORLDS = 200


@dataclass(frozen=True, repr=False)
class Sweep(Result):
    """A finished sweep.

    Attributes
    ----------
    folder : where it lies
    manifest : versions, seed, factors, measures, content hashes, command, timing
    """

    kind = "sweep"
    folder: Path
    manifest: dict[str, Any]

    @classmethod
    def open(cls, folder: Path | str) -> Sweep:
        """Return the sweep in a folder; StudyError where there is none."""
        path = Path(folder)
        missing = [name for name in FILES if not (path / name).is_file()]
        if missing:
            raise StudyError(f"{shown(path)} is no sweep: it lacks {missing[0]}")
        manifest = json.loads((path / "manifest.json").read_text("utf-8"))
        if manifest.get("kind") != "sweep":
            raise StudyError(f"{shown(path / 'manifest.json')}: not the manifest of a sweep")
        return cls(path, manifest)

    @property
    def worlds(self) -> int:
        """Number of worlds, the same in each cell."""
        return int(self.manifest["worlds"])

    @property
    def measures(self) -> list[tuple[str, str]]:
        """Measure and entity of each."""
        return [(measure, entity) for measure, entity in self.manifest["measures"]]

    @property
    def against(self) -> str | None:
        """Name of the scenario that cells are held against too; None where there is none."""
        other = self.manifest.get("against")
        return str(other["scenario"]) if other else None

    @property
    def coding(self) -> str | None:
        """Name of the other coder's file whose numbers are run; None under the pack's own."""
        return self.manifest.get("coding")

    def read_in(self, measure: str, entity: str) -> str:
        """Return the quarter in which a measure is read, or the first and the last of a window: "2020Q1:2022Q4"."""
        found = self.effects()
        return str(found[(found["measure"] == measure) & (found["entity"] == entity)]["quarter"].iloc[0])

    @cached_property
    def design(self) -> Design:
        """The design: factors with their levels, and cells."""
        return Design(tuple(Factor(**each | {"values": tuple(each["values"])}) for each in self.manifest["factors"]))

    def cells(self) -> pd.DataFrame:
        """Return every value: cell, a column a factor, world, measure, entity, quarter, value; and where cells are held
        against a scenario, "against", the difference to it in the same world. A factor is NaN where it is "coded".
        """
        import pandas as pd

        return pd.read_parquet(self.folder / "cells.parquet")

    def summary(self) -> pd.DataFrame:
        """Return a row a cell and measure.

        Columns: cell, a column a factor, measure, entity, quarter; mean with its 95 % interval (low, high);
        median, q05, q95 of worlds; difference, the mean of differences to cell 0 in the same world, with its
        95 % interval (difference_low, difference_high); and where cells are held against a scenario, the same of
        differences to it (against, against_low, against_high).
        """
        import pandas as pd

        levels = {factor.path: _level for factor in self.design.factors if factor.coded}
        return pd.read_csv(self.folder / "summary.csv", converters=levels)

    def effects(self) -> pd.DataFrame:
        """Return a row a measure and effect.

        Columns: measure, entity, quarter; kind ("main" or "interaction"); factor, low, high, and for an
        interaction other, other_low, other_high: the levels compared, as in `sweep_design.Factor.compared`; effect,
        its mean over worlds, with its 95 % interval (effect_low, effect_high). See `sweep_tables.Contrast`.
        """
        import pandas as pd

        levels = dict.fromkeys(("low", "high", "other_low", "other_high"), _level)
        return pd.read_csv(self.folder / "effects.csv", dtype={"other": "str"}, keep_default_na=False,
                           converters=levels)  # fmt: skip

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the summary and the effects."""
        return {"summary": self.summary(), "effects": self.effects()}

    def sentences(self) -> list[str]:
        """Return what moves each measure most, which factors change each other's effect, and what to beware of."""
        return findings(self)

    def record(self) -> Row:
        """Return what a program would read of it, as JSON."""
        return {
            "sweep": str(self.folder), "cells": self.design.cells, "worlds": self.worlds,
            "quarter": self.manifest["quarter"], "against": self.against, "coding": self.coding,
            "factors": self.design.shape, "findings": self.sentences(),
            "effects": json.loads(self.effects().to_json(orient="records")),
        }  # fmt: skip

    def write(self, run: Journal) -> None:
        """Write a copy of it into the result of work in hand."""
        copy_of(self.folder, run)

    def yes_no(self, measure: str) -> bool:
        """Whether a measure is of what is so or not so in a world, and so a share of worlds; over a window none is."""
        return Study(self.folder, self.manifest).measure(measure).yes_no and ":" not in self.manifest["quarter"]

    def means(self, measure: str, entity: str, column: str = "mean") -> Array:
        """Return a column of the summary, shaped as the design: an axis a factor."""
        found = self.summary()
        chosen = found[(found["measure"] == measure) & (found["entity"] == entity)][column]
        return np.asarray(chosen, dtype=np.float64).reshape(self.design.shape)


def _level(text: str) -> Level:
    """Return a level of a table; NaN where there is none."""
    return CODED if text == CODED else float(text or "nan")


def plan(
    scenario: str | Path | Scenario,
    over: Over,
    *,
    measures: Sequence[str] = (),
    worlds: int = WORLDS,
    quarter: str | None = None,
    against: str | Path | Scenario | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | Sequence[str] = (),
    coding: Path | str | None = None,
    pack: str | None = None,
    model: str | None = None,
    behaviour: Behaviour | None = None,
    allow: Collection[str] = (),
) -> Work:
    """Return what a sweep would run; all that is given is checked. Parameters as in `sweep`."""
    for name, given in (("set", set), ("coding", coding)):
        if isinstance(scenario, Scenario) and given:
            raise OptionError(f"--{name}: the scenario is loaded already; give `{name}` to load_scenario")
    base, other = matched(scenario, against, set=set, seed=seed, coding=coding, pack=pack, model=model, allow=allow)
    base = with_options(base, worlds=worlds)
    if worlds < 2:
        raise OptionError(f"--worlds {worlds}: intervals need at least two worlds")
    window = window_of(base, quarter)
    base = until(base, window.last)
    rules = base.family.rules(base.loaded, behaviour, allow)
    return Work(base, design_of(base, over), _measures(base, measures, window), worlds, rules, window,
                None if other is None else until(other, window.last))  # fmt: skip


def sweep(
    scenario: str | Path | Scenario,
    over: Over,
    *,
    measures: Sequence[str] = (),
    worlds: int = WORLDS,
    quarter: str | None = None,
    against: str | Path | Scenario | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | Sequence[str] = (),
    coding: Path | str | None = None,
    out: Path | str | None = None,
    replace: bool = False,
    pack: str | None = None,
    model: str | None = None,
    behaviour: Behaviour | None = None,
    allow: Collection[str] = (),
    jobs: int | None = 1,
    yes: bool = False,
    progress: Callable[[int, int], None] | None = None,
    charts: bool = False,
    begun_by: Begun | None = None,
) -> Sweep:
    """Run every combination of levels on the same worlds and return the sweep.

    Parameters
    ----------
    scenario : name, path or loaded scenario
    over : lever or parameter -> its levels: {"brexit": [0, 0.5, 1]} or {"brexit": "0:1:3"}, or as on the
        command line: ["brexit=0:1:3"]; "coded" among them leaves it as each world has it, and effects are from there
    measures : each with one entity, "trust:FRA-JPN"; the headline of the case's focus dyad where none
    worlds : of each cell
    quarter : in which measures are read, "2022Q4"; "2020Q1:2022Q4" for their mean over a window; "peak" for the
        quarter in which cells differ most (`sweep_tables.peaks`); the horizon where None
    against : a scenario that every cell is held against too, world by world, with its levers as they are
    seed, set, model : in place of what the scenarios say
    coding : csv of another coder's numbers
    pack : name or folder of the case pack, where the file does not say
    out : the folder; `outputs/sweep-<scenario>-<paths>` where None
    replace : whether a study or sweep that lies there already may go
    behaviour, allow, jobs : as in `run`
    yes : whether more than 10,000 cells, or more than 10 minutes, are meant
    progress : called with (cells done, cells in all) after each group
    charts : whether charts are drawn into its folder
    begun_by : the command, with its options, that resumes the sweep if it is interrupted

    Raises
    ------
    FileError, OptionError, StudyError
    """
    work = plan(scenario, over, measures=measures, worlds=worlds, quarter=quarter, against=against, seed=seed, set=set,
                coding=coding, pack=pack, model=model, behaviour=behaviour, allow=allow)  # fmt: skip
    cost = cost_of(work, jobs)
    check_cost(cost, yes)
    folder = user_path(default_folder(work) if out is None else out)
    started = time.time()
    behaves = {code: name_of(kind, work.scenario.family) for code, kind in work.rules.behaviour.items()}
    key = key_of(
        [work.scenario, *([work.against] if work.against else [])], sweep=asdict(work.design), worlds=work.worlds,
        measures=work.measures, behaviour=behaves, quarter=str(work.window),
    )  # fmt: skip
    with journal(folder, Header.of("sweep", key, begun_by), replace=replace) as run:
        write_cells(work, run, cost.jobs, progress)
        write_manifest(manifest_of(work, run, started), run)
        if charts:
            output().draw(Sweep.open(run.result), run)
    return Sweep.open(folder)


def check_cost(cost: Cost, yes: bool) -> None:
    """Raise OptionError for a large sweep that the user has not said yes to."""
    if cost.large and not yes:
        raise OptionError(f"{cost}: add --yes to run them, or --design-only to look at them")


def default_folder(work: Work) -> Path:
    """Return `outputs/sweep-<scenario>-<paths>`, with the names of what it is held against and of a coding."""
    names = [work.scenario.name, *(factor.path for factor in work.design.factors)]
    names += ["against", work.against.name] if work.against else []
    names += [work.scenario.coding.path.stem] if work.scenario.coding else []
    text = "-".join(names)
    return Path("outputs") / f"sweep-{re.sub(r'[^A-Za-z0-9_.-]+', '-', text)}"[:120]


def _measures(base: Scenario, given: Sequence[str], window: Window) -> tuple[str, ...]:
    """Return each measure with its entity in canonical form, once."""
    found: list[str] = []
    for text in given or [f"{base.family.headline}:{base.loaded.pack.case.focus}"]:
        wanted = single(text, base.names, base.family)
        name = f"{wanted.name}:{wanted.entities[0]}"
        if name in found:
            raise OptionError(f"--measure {text}: is given twice")
        window.check(wanted.name, wanted.measure)
        found.append(name)
    return tuple(found)
