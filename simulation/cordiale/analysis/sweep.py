"""Sweeps: a grid or factorial over levers and parameters, every cell on the same worlds."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cordiale.analysis.sweep_design import Cost, Design, Factor, Over, Work, cost_of, design_of, until
from cordiale.analysis.sweep_tables import FILES, manifest_of, write_cells
from cordiale.case.quarters import to_index, to_text
from cordiale.files.atomic_write import user_path
from cordiale.files.errors import OptionError, StudyError, shown
from cordiale.models.base import Behaviour
from cordiale.models.measures import single
from cordiale.models.random import Array
from cordiale.scenario.load import load_scenario
from cordiale.scenario.overrides import with_options
from cordiale.scenario.settings import Scenario
from cordiale.study.design import key_of, name_of
from cordiale.study.intervals import of_shares
from cordiale.study.journal import Journal, journal
from cordiale.study.manifest import write_manifest
from cordiale.study.result import Result, Row, copy_of, output
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
            "factors": self.design.shape, "findings": self.sentences(),
            "effects": json.loads(self.effects().to_json(orient="records")),
        }  # fmt: skip

    def write(self, run: Journal) -> None:
        """Write a copy of it into the result of work in hand."""
        copy_of(self.folder, run)

    def yes_no(self, measure: str) -> bool:
        """Whether a measure is of what is so or not so in a world, and so a share of worlds."""
        from cordiale.study.study import Study

        return Study(self.folder, self.manifest).measure(measure).yes_no

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
    pack: str | None = None,
    model: str | None = None,
    behaviour: Behaviour | None = None,
    allow: Collection[str] = (),
) -> Work:
    """Return what a sweep would run; all that is given is checked. Parameters as in `sweep`."""
    base = (
        scenario
        if isinstance(scenario, Scenario)
        else load_scenario(scenario, set=set, pack=pack, model=model, allow=allow)
    )
    if isinstance(scenario, Scenario) and set:
        raise OptionError("--set: the scenario is loaded already; give `set` to load_scenario")
    base = with_options(base, worlds=worlds, seed=seed)
    if worlds < 2:
        raise OptionError(f"--worlds {worlds}: intervals need at least two worlds")
    base = until(base, _last(base, quarter))
    design = design_of(base, over)
    return Work(base, design, _measures(base, measures), worlds, base.family.rules(base.loaded, behaviour, allow))


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
        command line: ["brexit=0:1:3"]
    measures : each with one entity, "trust:FRA-JPN"; the headline of the case's focus dyad where none
    worlds : of each cell
    quarter : in which measures are read; the horizon where None
    seed, set, model : in place of what the scenario says
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
    work = plan(scenario, over, measures=measures, worlds=worlds, quarter=quarter, seed=seed, set=set,
                pack=pack, model=model, behaviour=behaviour, allow=allow)  # fmt: skip
    cost = cost_of(work, jobs)
    check_cost(cost, yes)
    folder = user_path(default_folder(work) if out is None else out)
    started = time.time()
    behaves = {code: name_of(kind, work.scenario.family) for code, kind in work.rules.behaviour.items()}
    key = key_of(
        [work.scenario], sweep=asdict(work.design), worlds=work.worlds, measures=work.measures, behaviour=behaves
    )
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
    for text in given or [f"{base.family.headline}:{base.loaded.pack.case.focus}"]:
        wanted = single(text, base.names, base.family)
        name = f"{wanted.name}:{wanted.entities[0]}"
        if name in found:
            raise OptionError(f"--measure {text}: is given twice")
        found.append(name)
    return tuple(found)


# ---------------------------------------------------------------- What a sweep found, in words


def findings(sweep: Sweep) -> list[str]:
    """Return what moves each measure most, which factors change each other's effect, and what to beware of."""
    factors = {factor.path: factor for factor in sweep.design.factors}
    rows: list[Row] = [{str(key): value for key, value in row.items()} for row in sweep.effects().to_dict("records")]
    found: list[str] = []
    for measure, entity in sweep.measures:
        own = [row for row in rows if (row["measure"], row["entity"]) == (measure, entity)]
        own = [{**row, "yes_no": sweep.yes_no(measure)} for row in own]
        main = sorted((row for row in own if row["kind"] == "main"), key=_size)
        both = sorted((row for row in own if row["kind"] == "interaction"), key=_size)
        found.append(_main(sweep, measure, entity, main, factors))
        if all(_same(sweep, row) for row in [*main, *both]):
            continue  # nothing moves, and that is said
        found += _others(main, factors)
        found += [_interaction(both, main, factors)] if both else []
        found.append(_ends(sweep, measure, entity))
    return found


def subject(sweep: Sweep, measure: str, entity: str) -> str:
    """Return "alignment of France and Japan in 2025Q4"."""
    from cordiale.study.labels import subject as of
    from cordiale.study.study import Study

    text = of(Study(sweep.folder, sweep.manifest), measure, entity)
    return f"{text} in {sweep.manifest['quarter']}"


def _same(sweep: Sweep, row: Row) -> bool:
    """Whether no world differs: the interval is then as narrow as any, which of a share of worlds is no point."""
    narrowest = float(of_shares(np.zeros((sweep.worlds, 1)))[1][0]) if row["yes_no"] else 0.0
    return not row["effect"] and bool(row["effect_high"] <= narrowest * (1 + 1e-9))


def _size(row: Row) -> float:
    return -abs(float(row["effect"]))


def _sure(row: Row) -> bool:
    return bool(row["effect_low"] > 0 or row["effect_high"] < 0)


def signed(value: float, digits: int = 3) -> str:
    """Return a number with its sign; one that rounds to 0 has a plus."""
    return f"{round(value, digits) + 0.0:+.{digits}f}"


def digits_of(largest: float) -> int:
    """Return how many decimals show two figures of the largest of some effects, three at least."""
    return max(3, min(8, 1 - math.floor(math.log10(abs(largest))))) if largest else 3


def _range(row: Row) -> str:
    digits = digits_of(row["effect"])
    numbers = (row["effect"], row["effect_low"], row["effect_high"])
    mean, low, high = (f"{each:+.0%}" if row["yes_no"] else signed(each, digits) for each in numbers)
    return f"{mean}{' of worlds' if row['yes_no'] else ''} (95 % interval {low} to {high})"


def _main(sweep: Sweep, measure: str, entity: str, main: list[Row], factors: dict[str, Factor]) -> str:
    what, most = subject(sweep, measure, entity), main[0]
    label = factors[most["factor"]].label
    told = f"{_range(most)} from {most['low']:g} to {most['high']:g}"
    if _same(sweep, most):
        return f"{what}: the same in every world at both ends of every factor."
    if not _sure(most):
        return f"{what}: no factor clearly moves it; {label} has {told}."
    return f"{what} moves{' most' if len(main) > 1 else ''} with {label}: {told}."


def _others(main: list[Row], factors: dict[str, Factor]) -> list[str]:
    told = [f"{factors[row['factor']].label} {_range(row)}" for row in main[1:4]]
    more = f"; and {len(main) - 4} that move it less" if len(main) > 4 else ""
    return [f"Next: {'; '.join(told)}{more}."] if told else []


def _interaction(both: list[Row], main: list[Row], factors: dict[str, Factor]) -> str:
    row = both[0]
    one, other = factors[row["factor"]].label, factors[row["other"]].label
    if not _sure(row):
        return f"No two factors clearly change each other's effect; {one} and {other} most: {_range(row)}."
    word = "higher" if row["effect"] > 0 else "lower"
    sizes = sorted((abs(row["effect_low"]), abs(row["effect_high"])))
    more = (
        ", so that main effects, which are means over the other factors, say little"
        if _size(row) < _size(main[0])
        else ""
    )
    form = ".0%" if row["yes_no"] else f".{digits_of(row['effect'])}f"
    unit = " of worlds" if row["yes_no"] else ""
    return (
        f"The effect of {one} is {abs(row['effect']):{form}}{unit} {word} (95 % interval {sizes[0]:{form}} to "
        f"{sizes[1]:{form}}) where {other} is {row['other_high']:g} than where it is {row['other_low']:g}{more}."
    )


def _ends(sweep: Sweep, measure: str, entity: str) -> str:
    """Return the cells with the lowest and the highest mean, which need not be at the ends of factors."""
    means = sweep.means(measure, entity).ravel()
    low, high = int(np.argmin(means)), int(np.argmax(means))
    form = ".0%" if sweep.yes_no(measure) else ".3f"
    ends = [f"{means[at]:{form}} ({_cell(sweep, at)})" for at in (low, high)]
    return f"{'Shares of worlds in' if sweep.yes_no(measure) else 'Means of'} cells run from {' to '.join(ends)}."


def _cell(sweep: Sweep, cell: int) -> str:
    values = sweep.design.values(cell, 1)[0]
    return ", ".join(f"{factor.path} {value:g}" for factor, value in zip(sweep.design.factors, values, strict=True))
