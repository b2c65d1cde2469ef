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

from cordiale.analysis.sweep_design import Design, Factor, Over, design_of
from cordiale.analysis.sweep_record import FILES, manifest_of, write_cells
from cordiale.analysis.sweep_work import Cost, Work, cost_of, until
from cordiale.design import key_of, name_of
from cordiale.draws import Array
from cordiale.errors import OptionError, StudyError, shown
from cordiale.files.atomic_write import user_path
from cordiale.journal import Begun, Header, journal
from cordiale.layers import apply_set, load_scenario
from cordiale.manifest import write_manifest
from cordiale.measures.requests import request
from cordiale.models.block import Behaviour, behaviours
from cordiale.quarters import to_index, to_text
from cordiale.resolved import Scenario

if TYPE_CHECKING:
    import pandas as pd

WORLDS = 200
_EXAMPLES = {"state": "FRA", "dyad": "FRA-JPN", "directed": "JPN>FRA"}


@dataclass(frozen=True)
class Sweep:
    """A finished sweep.

    Attributes
    ----------
    folder : where it lies
    manifest : versions, seed, factors, measures, content hashes, command, timing
    """

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

    @cached_property
    def design(self) -> Design:
        """The design: factors with their levels, and cells."""
        return Design(tuple(Factor(**each | {"values": tuple(each["values"])}) for each in self.manifest["factors"]))

    def cells(self) -> pd.DataFrame:
        """Return every value: cell, a column a factor, world, measure, entity, quarter, value."""
        import pandas as pd

        return pd.read_parquet(self.folder / "cells.parquet")

    def summary(self) -> pd.DataFrame:
        """Return a row a cell and measure.

        Columns: cell, a column a factor, measure, entity, quarter; mean with its 95 % interval (low, high);
        median, q05, q95 of worlds; difference, the mean of differences to cell 0 in the same world, with its
        95 % interval (difference_low, difference_high).
        """
        import pandas as pd

        return pd.read_csv(self.folder / "summary.csv")

    def effects(self) -> pd.DataFrame:
        """Return a row a measure and effect.

        Columns: measure, entity, quarter; kind ("main" or "interaction"); factor, low, high, and for an
        interaction other, other_low, other_high: the extreme levels compared; effect, its mean over worlds,
        with its 95 % interval (effect_low, effect_high). See `factorial.Contrast`.
        """
        import pandas as pd

        return pd.read_csv(self.folder / "effects.csv", dtype={"other": "str"}, keep_default_na=False,
                           na_values={"other_low": [""], "other_high": [""]})  # fmt: skip

    def means(self, measure: str, entity: str, column: str = "mean") -> Array:
        """Return a column of the summary, shaped as the design: an axis a factor."""
        found = self.summary()
        chosen = found[(found["measure"] == measure) & (found["entity"] == entity)][column]
        return np.asarray(chosen, dtype=np.float64).reshape(self.design.shape)


def plan(
    scenario: str | Path | Scenario,
    over: Over,
    *,
    measures: Sequence[str] = (),
    worlds: int = WORLDS,
    quarter: str | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | Sequence[str] = (),
    behaviour: Behaviour | None = None,
    allow: Collection[str] = (),
) -> Work:
    """Return what a sweep would run; all that is given is checked. Parameters as in `sweep`."""
    base = scenario.copy() if isinstance(scenario, Scenario) else load_scenario(scenario, set=set)
    if isinstance(scenario, Scenario) and set:
        raise OptionError("--set: the scenario is loaded already; give `set` to load_scenario")
    apply_set(base, "worlds", worlds, option=f"--worlds {worlds}")
    if worlds < 2:
        raise OptionError(f"--worlds {worlds}: intervals need at least two worlds")
    if seed is not None:
        apply_set(base, "seed", seed, option=f"--seed {seed}")
    base = until(base, _last(base, quarter))
    design = design_of(base, over)
    return Work(base, design, _measures(base, measures), worlds, behaviours(base, behaviour, allow))


def sweep(
    scenario: str | Path | Scenario,
    over: Over,
    *,
    measures: Sequence[str] = (),
    worlds: int = WORLDS,
    quarter: str | None = None,
    seed: int | None = None,
    set: Mapping[str, Any] | Sequence[str] = (),
    out: Path | str | None = None,
    replace: bool = False,
    behaviour: Behaviour | None = None,
    allow: Collection[str] = (),
    jobs: int | None = 1,
    yes: bool = False,
    progress: Callable[[int, int], None] | None = None,
    finish: Callable[[Sweep], None] | None = None,
    begun_by: Begun | None = None,
) -> Sweep:
    """Run every combination of levels on the same worlds and return the sweep.

    Parameters
    ----------
    scenario : name, path or loaded scenario
    over : lever or parameter -> its levels: {"brexit": [0, 0.5, 1]} or {"brexit": "0:1:3"}, or as on the
        command line: ["brexit=0:1:3"]
    measures : each with one entity, "trust:FRA-JPN"; alignment of the case's focus dyad where none
    worlds : of each cell
    quarter : in which measures are read; the horizon where None
    seed, set : in place of what the scenario says
    out : the folder; `outputs/sweep-<scenario>-<paths>` where None
    replace : whether a study or sweep that lies there already may go
    behaviour, allow, jobs : as in `run`
    yes : whether more than 10,000 cells, or more than 10 minutes, are meant
    progress : called with (cells done, cells in all) after each group
    finish : called with the sweep before its folder appears, to add charts
    begun_by : the command, with its options, that resumes the sweep if it is interrupted

    Raises
    ------
    FileError, OptionError, StudyError
    """
    work = plan(scenario, over, measures=measures, worlds=worlds, quarter=quarter, seed=seed, set=set,
                behaviour=behaviour, allow=allow)  # fmt: skip
    cost = cost_of(work, jobs)
    check_cost(cost, yes)
    folder = user_path(out or default_folder(work))
    started = time.time()
    key = key_of([work.scenario], sweep=asdict(work.design), worlds=work.worlds, measures=work.measures,
                 behaviour={code: name_of(kind) for code, kind in work.behaviour.items()})  # fmt: skip
    with journal(folder, Header.of("sweep", key, begun_by), replace=replace) as run:
        write_cells(work, run, cost.jobs, progress)
        write_manifest(manifest_of(work, run, started), run)
        if finish is not None:
            finish(Sweep.open(run.result))
    return Sweep.open(folder)


def check_cost(cost: Cost, yes: bool) -> None:
    """Raise OptionError for a large sweep that the user has not said yes to."""
    if cost.large and not yes:
        raise OptionError(f"{cost}: add --yes to run them, or --design-only to look at them")


def default_folder(work: Work) -> Path:
    """Return `outputs/sweep-<scenario>-<paths>`."""
    text = "-".join([work.scenario.name, *(factor.path for factor in work.design.factors)])
    return Path("outputs") / f"sweep-{re.sub(r'[^A-Za-z0-9_.-]+', '-', text)}"[:120]


def _last(base: Scenario, quarter: str | None) -> int:
    """Return the running number of the quarter in which measures are read."""
    if quarter is None:
        return base.horizon
    try:
        found = to_index(quarter)
    except ValueError as error:
        raise OptionError(f"--quarter: {error}") from None
    if not base.start <= found <= base.horizon:
        ends = f"{to_text(base.start)} to {to_text(base.horizon)}"
        raise OptionError(f"--quarter {quarter}: the scenario runs from {ends}")
    return found


def _measures(base: Scenario, given: Sequence[str]) -> tuple[str, ...]:
    """Return each measure with its entity in canonical form, once."""
    found: list[str] = []
    for text in given or [f"alignment:{base.loaded.pack.case.focus}"]:
        wanted = request(text, base.names)
        if ":" not in text:
            example = f"{text}:{_EXAMPLES[wanted.measure.entity]}"
            raise OptionError(f"--measure {text}: a sweep reads one entity, such as {example}")
        name = f"{wanted.name}:{wanted.entities[0]}"
        if name in found:
            raise OptionError(f"--measure {text}: is given twice")
        found.append(name)
    return tuple(found)
