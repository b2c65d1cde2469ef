"""Sweeps: a grid or factorial over levers and parameters, every cell on the same worlds.

A sweep leaves on disk the design first, then cells, summary, effects and manifest, as groups of cells come in.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from io import StringIO
from itertools import combinations, product
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Unpack

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cordiale.analysis.sweep_design import (
    CODED,
    Design,
    Factor,
    Level,
    Over,
    Work,
    cost_of,
    design_of,
    level_text,
    run_cells,
)
from cordiale.analysis.window import PEAK, Window, until, window_of
from cordiale.case.quarters import to_text
from cordiale.files.atomic_write import user_path
from cordiale.files.errors import OptionError, StudyError, shown
from cordiale.files.file_list import hash_of
from cordiale.files.parquet import Table
from cordiale.models.base import Behaviour
from cordiale.models.measures import about_family, single
from cordiale.models.random import Array
from cordiale.models.units import YES_NO, level
from cordiale.scenario.settings import Scenario
from cordiale.scenario.words import labels_of
from cordiale.study.design import key_of, name_of
from cordiale.study.estimate import LITTLE_CHANGE, Estimate, flat
from cordiale.study.intervals import level_interval
from cordiale.study.journal import Journal, journal
from cordiale.study.labels import subject as subject_of
from cordiale.study.manifest import about_scenario, made_with, write_manifest
from cordiale.study.manifest import names_of as state_names
from cordiale.study.question import ASKED, Asked, Given, How, answered, laid, question, renamed
from cordiale.study.result import Result, Row, copy_of, output
from cordiale.study.study import Study
from cordiale.study.unfinished import Header

if TYPE_CHECKING:
    import pandas as pd

Groups = Iterator[tuple[int, Array]]
FORMAT = 1
FILES = ("design.csv", "cells.parquet", "summary.csv", "effects.csv", "manifest.json")
_EFFECT = ("measure", "entity", "quarter", "kind", "factor", "low", "high", "other", "other_low", "other_high")
WORLDS = 200
SHOWN = 10  # cells of a large design that are printed
KINDS = ("main", "interaction")


@dataclass(frozen=True)
class Effect:
    """An effect of one factor, or of two on each other; see `Contrast`.

    Attributes
    ----------
    factor, other : their paths; no other of a main effect
    ends : the levels compared, from which and to which, of each factor
    """

    factor: str
    other: str
    ends: Sequence[tuple[Level, Level]]
    found: Estimate

    @property
    def between(self) -> str:
        """Between which levels it is: "from coded to 1"."""
        return f"from {level_text(self.ends[0][0])} to {level_text(self.ends[0][1])}"


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
        median, q05, q95 of worlds; difference, the mean of differences to cell 0 in the same world, with what every
        estimate has (difference_low, difference_high, ..., difference_verdict); and where cells are held against a
        scenario, the same of differences to it (against, against_low, ...).
        """
        import pandas as pd

        levels = {factor.path: _level for factor in self.design.factors if factor.coded}
        return pd.read_csv(self.folder / "summary.csv", converters=levels)

    def effects(self) -> pd.DataFrame:
        """Return a row a measure and effect.

        Columns: measure, entity, quarter; kind ("main" or "interaction"); factor, low, high, and for an interaction
        other, other_low, other_high: the levels compared, as in `sweep_design.Factor.compared`; effect, its mean over
        worlds, with what every estimate has: its 95 % interval (effect_low, effect_high), the shares of worlds
        (effect_higher, effect_same, effect_lower), effect_step and effect_verdict. See `Contrast`.
        """
        import pandas as pd

        levels = dict.fromkeys(("low", "high", "other_low", "other_high"), _level)
        return pd.read_csv(self.folder / "effects.csv", dtype={"other": "str"}, keep_default_na=False,
                           converters=levels)  # fmt: skip

    def effects_of(self, measure: str, entity: str) -> tuple[list[Effect], list[Effect]]:
        """Return the main effects and the interactions on a measure, the largest of each first."""
        found = self.effects()
        own = found[(found["measure"] == measure) & (found["entity"] == entity)].to_dict("records")
        of = {kind: [self._effect(measure, row) for row in own if row["kind"] == kind] for kind in KINDS}
        main, both = (sorted(each, key=lambda effect: -abs(effect.found.mean)) for each in of.values())
        return main, both

    def _effect(self, measure: str, row: Mapping[Any, Any]) -> Effect:
        ends = [(row["low"], row["high"]), *([(row["other_low"], row["other_high"])] if row["other"] else [])]
        return Effect(row["factor"], row["other"], ends, self.estimate(measure, row, "effect"))

    def estimate(self, measure: str, row: Mapping[Any, Any], name: str) -> Estimate:
        """Return an estimate of a row of a table."""
        return Estimate.read(row, name, self.unit(measure), self.texts.measure(measure).good, self.worlds)

    def unit(self, measure: str) -> str:
        """Return the unit of a measure."""
        return YES_NO if self.yes_no(measure) else self.texts.measure(measure).unit

    @cached_property
    def texts(self) -> Study:
        """What words about states and measures are read from."""
        return Study(self.folder, self.manifest)

    @property
    def files(self) -> list[str]:
        """The names of what is kept of it."""
        return [*FILES, *(["charts/"] if (self.folder / "charts").is_dir() else [])]

    def head(self) -> str:
        """Return what was made, and where it is kept."""
        cells = f"Sweep of {self.design.cells:,} cells, each of the same {self.worlds:,} worlds, in {self.folder}/"
        return f"{cells}\n  {', '.join(self.files)}"

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the summary and the effects."""
        return {"summary": self.summary(), "effects": self.effects()}

    def sentences(self) -> list[str]:
        """Return what moves each measure most, which factors change each other's effect, and what to beware of."""
        return _sentences(self)

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
        return self.texts.measure(measure).yes_no and ":" not in self.manifest["quarter"]

    def means(self, measure: str, entity: str, column: str = "mean") -> Array:
        """Return a column of the summary, shaped as the design: an axis a factor."""
        found = self.summary()
        chosen = found[(found["measure"] == measure) & (found["entity"] == entity)][column]
        return np.asarray(chosen, dtype=np.float64).reshape(self.design.shape)


def _level(text: str) -> Level:
    """Return a level of a table; NaN where there is none."""
    return CODED if text == CODED else float(text or "nan")


def plan(
    scenario: Given, over: Over, *, measure: Sequence[str] = (), worlds: int = WORLDS, quarter: str | None = None,
    against: Given | None = None, coding: Path | str | None = None, behaviour: Behaviour | None = None,
    **how: Unpack[How],
) -> Work:  # fmt: skip
    """Return what a sweep would run; all that is given is checked. Parameters as in `sweep`."""
    for name, given in (("set", how.get("set")), ("coding", coding)):
        if isinstance(scenario, Scenario) and given:
            raise OptionError(f"--{name}: the scenario is loaded already; give `{name}` to load_scenario")
    base, other = laid(scenario, how, against, worlds, coding=coding)
    window = window_of(base, quarter)
    base = until(base, window.last)
    rules = base.family.rules(base.loaded, behaviour, how.get("allow") or ())
    return Work(base, design_of(base, over), _measures(base, measure, window), worlds, rules, window,
                None if other is None else until(other, window.last))  # fmt: skip


def design_of_work(
    scenario: Given, over: Over = (), *, jobs: int | None = None, yes: bool = False, charts: bool = True, **given: Any
) -> tuple[str, Row, str]:
    """Return what `--design-only` shows: the design as csv, the same for a program, and how long it would take."""
    work = plan(scenario, over, **given)
    cost, cells, text = cost_of(work, jobs), work.design.cells, StringIO()
    shown = cells if yes or not cost.large else min(SHOWN, cells)
    work.design.write(text, shown)
    record = {"cells": cells, "worlds": cost.worlds, "seconds": round(cost.seconds), "jobs": cost.jobs}
    rest = f"; the first {shown} are shown, all with --yes" if shown < cells else ""
    told = f"{cost} (from a block of the first cell){rest}"
    return text.getvalue(), record | {"design": work.design.frame(0, shown).to_dict("records")}, told


@renamed(measures="measure")
@question
def sweep(
    scenario: Given, over: Annotated[Over, "--over", "PATH=LEVELS"], *,
    measure: Annotated[Sequence[str], "MEASURE:ENTITY"] = (), worlds: Annotated[int, 1] = WORLDS,
    quarter: str | None = None, against: Annotated[Given | None, "SCENARIO"] = None,
    coding: Annotated[Path | str | None, "FILE"] = None, yes: bool = False,
    charts: Annotated[bool, "--charts/--no-charts"] = False, behaviour: Behaviour | None = None, **how: Unpack[How],
) -> Sweep:  # fmt: skip
    """Run every combination of levels on the same worlds and return the sweep.

    Parameters
    ----------
    scenario : Scenario name or path.
    over : A lever or parameter, and its levels: FROM:TO:POINTS or X,Y,Z; coded among them leaves it as each world has
        it, and effects are from there. May be repeated.
    measure : What to measure, as MEASURE:ENTITY. May be repeated. [default: the headline of the focus]
    worlds : Number of worlds in which each combination of levels is run.
    quarter : Quarter in which measures are read, a window such as 2020Q1:2022Q4 for their mean, or peak for the quarter
        in which cells differ most. [default: the last one]
    against : Hold every cell against this scenario too, world by world.
    coding : CSV file of another coder's numbers, or the name of a coding of the pack's.
    yes : Allow more than 10,000 cells, or more than 10 minutes.
    charts : Draw charts.
    behaviour : of states, in place of the pack's
    how : as in `study.question.How`; without a folder, below outputs/

    Raises
    ------
    FileError, OptionError, StudyError
    """
    work = plan(scenario, over, measure=measure, worlds=worlds, quarter=quarter, against=against, coding=coding,
                behaviour=behaviour, **how)  # fmt: skip
    cost, out = cost_of(work, how.get("jobs", 1)), how.get("out")
    if cost.large and not yes:
        raise OptionError(f"{cost}: add --yes to run them, or --design-only to look at them")
    folder, asked = user_path(default_folder(work) if out is None or out is True else out), ASKED.get()
    behaves = {code: name_of(kind, work.scenario.family) for code, kind in work.rules.behaviour.items()}
    key = key_of(
        [work.scenario, *([work.against] if work.against else [])], sweep=asdict(work.design), worlds=work.worlds,
        measures=work.measures, behaviour=behaves, quarter=str(work.window),
    )  # fmt: skip
    header = Header.of("sweep", key, how.get("begun_by"))
    with journal(folder, header, replace=how.get("replace", False)) as run:
        _write_cells(work, run, cost.jobs, how.get("progress"))
        write_manifest(_manifest_of(work, run, asked), run)
        if charts:
            output().draw(Sweep.open(run.result), run)
    return answered(Sweep.open(folder), asked, folder)


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


# ---------------------------------------------------------------- what it leaves on disk


def _write_cells(work: Work, run: Journal, jobs: int, progress: Callable[[int, int], None] | None) -> None:
    """Write the design, run it, and write cells, summary and effects as groups of cells come in."""
    design = work.design
    with run.path("design.csv").open("w", encoding="utf-8", newline="") as file:
        design.write(file)
    effects = Effects(contrasts(design.shape, [factor.compared for factor in design.factors]), len(work.measures),
                      work.worlds)  # fmt: skip
    with (
        Table(run.path("cells.parquet"), _schema(work)) as table,
        run.path("summary.csv").open("w", encoding="utf-8", newline="") as file,
    ):
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(_header(work))
        quarters, against, groups = _read(work, run_cells(work, jobs, run.ordered), progress)
        base: Array | None = None
        for first, values in groups:
            base = values[0] if base is None else base
            effects.add(design.levels(first, len(values)), values)
            table.add(_cells(work, first, values, quarters, against))
            rows.writerows(_summaries(work, first, values, quarters, base, against))
    with run.path("effects.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(_effect_rows(work, effects, quarters))


def _read(
    work: Work, groups: Groups, progress: Callable[[int, int], None] | None
) -> tuple[list[str], Array | None, Groups]:
    """Return when each measure is read, what cells are held against, (measures, worlds), and the groups of cells.

    A peak is known when all cells have run, which are in memory until then.
    """
    against = next(groups)[1][0] if work.against is not None else None
    groups = _counted(groups, work.design.cells, progress)
    if not work.window.peak:
        return [str(work.window)] * len(work.measures), against, groups
    whole = list(groups)
    chosen = peaks([values for _, values in whole], against)

    def at_peak(values: Array) -> Array:
        """(..., measures, worlds, quarters) to (..., measures, worlds)."""
        return np.stack([values[..., at, :, quarter] for at, quarter in enumerate(chosen)], axis=-2)

    quarters = [to_text(work.window.first + at) for at in chosen]
    return quarters, None if against is None else at_peak(against), ((first, at_peak(each)) for first, each in whole)


def _counted(groups: Groups, cells: int, progress: Callable[[int, int], None] | None) -> Groups:
    for first, values in groups:
        if progress is not None:
            progress(first + len(values), cells)
        yield first, values


def peaks(groups: Sequence[Array], against: Array | None = None) -> list[int]:
    """Return by measure the quarter in which cells differ most: in which the mean difference over worlds to the first
    cell, or to what cells are held against, is largest in size on average over cells.

    Parameters
    ----------
    groups : each (cells, measures, worlds, quarters)
    against : (measures, worlds, quarters)
    """
    base = groups[0][0] if against is None else against
    means = np.concatenate([(values - base).mean(axis=2) for values in groups])
    return [int(at) for at in np.abs(means).mean(axis=0).argmax(axis=-1)]


def _schema(work: Work) -> pa.Schema:
    text = pa.dictionary(pa.int32(), pa.string())
    return pa.schema(
        [("cell", pa.int32())]
        + [(factor.path, pa.float64()) for factor in work.design.factors]
        + [("world", pa.int32()), ("measure", text), ("entity", text), ("quarter", text), ("value", pa.float64())]
        + ([("against", pa.float64())] if work.against is not None else [])
    )


def _cells(work: Work, first: int, values: Array, quarters: list[str], against: Array | None) -> pa.Table:
    """Return a row a cell, measure and world; values are (cells, measures, worlds)."""
    cells, measures, worlds = values.shape
    each = measures * worlds
    columns: list[Any] = [np.repeat(np.arange(first, first + cells, dtype=np.int32), each)]
    columns += [np.repeat(column, each) for column in work.design.values(first, cells).T]
    columns.append(np.tile(np.arange(worlds, dtype=np.int32), cells * measures))
    at = np.tile(np.repeat(np.arange(measures, dtype=np.int32), worlds), cells)
    names, entities = zip(*(measure.split(":") for measure in work.measures), strict=True)
    for members in (names, entities, quarters):
        known = list(dict.fromkeys(members))
        codes = np.array([known.index(member) for member in members], dtype=np.int32)
        columns.append(pa.DictionaryArray.from_arrays(codes[at], pa.array(known)))
    columns.append(values.ravel())
    columns += [] if against is None else [(values - against).ravel()]
    return pa.Table.from_arrays([pa.array(column) for column in columns], schema=_schema(work))


def _header(work: Work) -> list[str]:
    none = np.zeros(2)
    told = summary_of(work, work.measures[0], none, none, None if work.against is None else none)
    return ["cell", *(factor.path for factor in work.design.factors), "measure", "entity", "quarter", *told]


def _summaries(
    work: Work, first: int, values: Array, quarters: list[str], base: Array, against: Array | None
) -> Iterator[list[Any]]:
    for cell, own in enumerate(values, first):
        levels = [level_text(level) for level in work.design.cell(cell)]
        for at, (measure, quarter) in enumerate(zip(work.measures, quarters, strict=True)):
            told = summary_of(work, measure, own[at], base[at], None if against is None else against[at])
            yield [cell, *levels, *measure.split(":"), quarter, *map(_text, told.values())]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:.12g}"


def _effect_rows(work: Work, effects: Effects, quarters: list[str]) -> Iterator[list[Any]]:
    """Yield a row a measure and effect, with the levels compared, the names of columns first."""
    one = len(work.design.factors) == 1  # of several an effect is a mean over the others' levels, and so no share
    for at, (measure, quarter) in enumerate(zip(work.measures, quarters, strict=True)):
        for contrast, values in zip(effects.contrasts, effects.values[:, at], strict=True):
            compared: list[str] = []
            for factor, ends in zip(contrast.factors, contrast.compared, strict=True):
                of = work.design.factors[factor]
                compared += [of.path, *(level_text(of.values[level]) for level in ends)]
            compared += [""] * (6 - len(compared))
            told = flat({"effect": work.estimate(values, measure, one)})
            if not at and contrast is effects.contrasts[0]:
                yield [*_EFFECT, *told]
            yield [*measure.split(":"), quarter, contrast.kind, *compared, *map(_text, told.values())]


def _manifest_of(work: Work, run: Journal, asked: Asked) -> dict[str, Any]:
    """Return the manifest of a sweep whose tables lie in the result of a run."""
    scenario, pack = work.scenario, work.scenario.loaded.pack
    return {
        "kind": "sweep", "format": FORMAT, **about_scenario(scenario, work.against),
        "coding": scenario.coding.path.stem if scenario.coding else None, "model": about_family(scenario.family),
        "names": state_names(pack), "labels": labels_of(pack.case), "worlds": work.worlds,
        "quarter": str(work.window), "measures": [measure.split(":") for measure in work.measures],
        "factors": [asdict(factor) for factor in work.design.factors], "cells": work.design.cells,
        "behaviour": {code: name_of(kind, scenario.family) for code, kind in work.rules.behaviour.items()},
        "content": {name: hash_of(run.result / name) for name in FILES if name != "manifest.json"},
        "command": run.header.typed, "asked": asked.command(), **made_with(asked.started),
    }  # fmt: skip


# ----------------------------------------------------------------
# Main effects and two-way interactions of a full factorial, on matched worlds.


@dataclass(frozen=True)
class Contrast:
    """An effect of one factor, or of two on each other.

    With one factor, the mean over all levels of the others of: value at one of its levels minus value at
    another. With two, A and B, the mean over all levels of the others of: that difference for A at one level of B,
    minus that difference at another (a difference of differences, not halved).

    Attributes
    ----------
    factors : index of the factor, or of the two
    shape : number of levels of each factor of the design
    compared : index of the level from which, and of that to which, for each of `factors`
    """

    factors: tuple[int, ...]
    shape: tuple[int, ...]
    compared: tuple[tuple[int, int], ...]

    @property
    def kind(self) -> str:
        """Whether it is a "main" effect or an "interaction"."""
        return "main" if len(self.factors) == 1 else "interaction"

    def weights(self, levels: NDArray[np.int64]) -> Array:
        """Return the weight of cells.

        Parameters
        ----------
        levels : (cells, factors) index of each factor's level

        Returns
        -------
        (cells,); over the whole design the weights sum to 0
        """
        found = np.ones(len(levels))
        compared = dict(zip(self.factors, self.compared, strict=True))
        for factor, count in enumerate(self.shape):
            at, (low, high) = levels[:, factor], compared.get(factor, (0, 0))
            found *= (at == high).astype(float) - (at == low) if factor in compared else 1.0 / count
        return found


def contrasts(shape: Sequence[int], compared: Sequence[Sequence[tuple[int, int]]]) -> list[Contrast]:
    """Return the main effects of all factors, then all two-way interactions.

    Parameters
    ----------
    shape : number of levels of each factor
    compared : of each factor, between which of its levels: pairs of indices
    """
    count = range(len(shape))
    chosen = [*((at,) for at in count), *combinations(count, 2)]
    return [
        Contrast(factors, tuple(shape), pairs)
        for factors in chosen
        for pairs in product(*(compared[factor] for factor in factors))
    ]


class Effects:
    """Effects of a design world by world, summed up as cells come in.

    Parameters
    ----------
    found : the contrasts
    measures, worlds : how many of each a cell has
    """

    def __init__(self, contrasts: Sequence[Contrast], measures: int, worlds: int) -> None:
        self.contrasts = list(contrasts)
        self.values = np.zeros((len(contrasts), measures, worlds))

    def add(self, levels: NDArray[np.int64], values: Array) -> None:
        """Add cells, each of which must come in once, in an order that decides the last bits only.

        Parameters
        ----------
        levels : (cells, factors) index of each factor's level
        values : (cells, measures, worlds)
        """
        weights = np.stack([contrast.weights(levels) for contrast in self.contrasts])
        for at, cell in enumerate(values):  # one by one: the sum is then the same however cells are grouped
            self.values += weights[:, at, None, None] * cell


def summary_of(work: Work, measure: str, values: Array, base: Array, against: Array | None = None) -> Row:
    """Return what is told of a cell.

    Parameters
    ----------
    values : (worlds,) the cell's
    base : (worlds,) the first cell's, in the same worlds
    against : (worlds,) of the scenario that cells are held against, in the same worlds

    Returns
    -------
    mean with its 95 % interval (low, high); median and quantiles of worlds; the difference to the first cell in the
    same world, and to what cells are held against, as every estimate is told
    """
    mean, low, high = level_interval(values, work.yes_no(measure))
    q05, median, q95 = (float(each) for each in np.quantile(values, (0.05, 0.5, 0.95)))
    told = {"mean": mean, "low": low, "high": high, "median": median, "q05": q05, "q95": q95}
    others = {"difference": base, "against": against}
    return told | flat({name: work.estimate(values - other, measure) for name, other in others.items()
                        if other is not None})  # fmt: skip


# ---------------------------------------------------------------- in words


def _sentences(sweep: Sweep) -> list[str]:
    """Return what moves each measure most, which factors change each other's effect, and what to beware of."""
    found = _conditions(sweep)
    for measure, entity in sweep.measures:
        main, both = sweep.effects_of(measure, entity)
        found.append(_main(sweep, measure, entity, main))
        if not all(each.found.nothing for each in [*main, *both]):  # else nothing moves, and that is said
            found += _others(sweep, main)
            found += [_interaction(sweep, both, main)] if both else []
            found.append(_ends(sweep, measure, entity))
        found += [_against(sweep, measure, entity)] if sweep.against else []
    return found


def _conditions(sweep: Sweep) -> list[str]:
    """Return whose numbers are run, what "coded" is, and how the quarter was chosen; nothing where all is as usual."""
    found = []
    if sweep.coding:
        found.append(f"The numbers of the coding {sweep.coding} stand in place of the pack's.")
    if coded := [factor.label for factor in sweep.design.factors if factor.coded]:
        found.append(
            f"Coded: {' and '.join(coded)} as each world of {sweep.manifest['scenario']} has it. Effects, and "
            "differences to the first cell, are from there."
        )
    if sweep.manifest["quarter"] == PEAK:
        found.append(
            f"Each measure is read in the quarter in which the mean difference to {sweep.against or 'the first cell'} "
            "is largest in size, on average over cells. It was chosen on the same worlds, so that effects are a little "
            "too large, and intervals do not allow for the choice."
        )
    return found


def _subject(sweep: Sweep, measure: str, entity: str) -> str:
    """Return "Alignment of France and Japan in 2025Q4", or "on average over 2020Q1 to 2022Q4"."""
    quarter = sweep.read_in(measure, entity)
    when = f"on average over {quarter.replace(':', ' to ')}" if ":" in quarter else f"in {quarter}"
    return f"{subject_of(sweep.texts, measure, entity)} {when}"


def _told(found: Estimate) -> str:
    return f"{found.full} (95 % interval {found.interval})"


def _label(sweep: Sweep, path: str) -> str:
    return next(factor.label for factor in sweep.design.factors if factor.path == path)


def _main(sweep: Sweep, measure: str, entity: str, main: list[Effect]) -> str:
    what, most = _subject(sweep, measure, entity), main[0]
    label, told = _label(sweep, most.factor), f"{_told(most.found)} {most.between}"
    if most.found.nothing:
        return f"{what}: the same in every world at both ends of every factor."
    if not most.found.noticeable:
        how = "noticeably" if most.found.verdict == LITTLE_CHANGE else "clearly"
        return f"{what}: no factor {how} moves it; {label} has {told}."
    first = " most" if len(main) > 1 and most.found.clearly_larger(main[1].found) else ""
    return f"{what} moves{first} with {label}: {told}."


def _others(sweep: Sweep, main: list[Effect]) -> list[str]:
    coded = {factor.path for factor in sweep.design.factors if factor.coded}
    told = [
        f"{_label(sweep, each.factor)} {_told(each.found)}{' ' + each.between if each.factor in coded else ''}"
        for each in main[1:4]
    ]
    more = f"; and {len(main) - 4} that move it less" if len(main) > 4 else ""
    return [f"Next: {'; '.join(told)}{more}."] if told else []


def _interaction(sweep: Sweep, both: list[Effect], main: list[Effect]) -> str:
    largest = both[0]
    one, other, found = _label(sweep, largest.factor), _label(sweep, largest.other), largest.found
    if not found.noticeable:
        how = "noticeably" if found.verdict == LITTLE_CHANGE else "clearly"
        return f"No two factors {how} change each other's effect; of {one} and {other}: {_told(found)}."
    beware = abs(found.mean) > abs(main[0].found.mean)
    more = ", so that main effects, which are means over the other factors, say little" if beware else ""
    low, high = map(level_text, largest.ends[1])
    return f"The effect of {one} differs by {_told(found)} where {other} is {high} from where it is {low}{more}."


def _ends(sweep: Sweep, measure: str, entity: str) -> str:
    """Return the cells with the lowest and the highest mean, which need not be at the ends of factors."""
    means, unit = sweep.means(measure, entity).ravel(), sweep.unit(measure)
    ends = [f"{level(means[at], unit)} ({_cell(sweep, at)})" for at in (int(np.argmin(means)), int(np.argmax(means)))]
    return f"{'Shares of worlds in' if sweep.yes_no(measure) else 'Means of'} cells run from {' to '.join(ends)}."


def _against(sweep: Sweep, measure: str, entity: str) -> str:
    """Return between what the differences of cells to the scenario that they are held against lie."""
    found = sweep.summary()
    rows = found[(found["measure"] == measure) & (found["entity"] == entity)].to_dict("records")
    means = [row["against"] for row in rows]
    ends = dict.fromkeys((int(np.argmin(means)), int(np.argmax(means))))
    told = [f"{_told(sweep.estimate(measure, rows[at], 'against'))} at {_cell(sweep, at)}" for at in ends]
    return f"Minus {sweep.against}, world by world, cells are {' to '.join(told)}."


def _cell(sweep: Sweep, cell: int) -> str:
    return ", ".join(
        f"{factor.path} {level_text(level)}"
        for factor, level in zip(sweep.design.factors, sweep.design.cell(cell), strict=True)
    )
