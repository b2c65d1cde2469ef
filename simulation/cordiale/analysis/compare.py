"""Differences between the scenarios of a study, on matched worlds."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from cordiale.analysis.families import Families, compare_families
from cordiale.analysis.stein import worlds_for
from cordiale.engine.sample import recording
from cordiale.files.atomic_write import write_files
from cordiale.files.errors import OptionError, named_in, short
from cordiale.models.measures import single, within
from cordiale.models.random import Array
from cordiale.scenario.costs import measured_costs
from cordiale.scenario.load import Scenario
from cordiale.scenario.overrides import check_said_once, with_options
from cordiale.study.estimate import LITTLE_CHANGE, Estimate, listed
from cordiale.study.findings import at_its_peak
from cordiale.study.intervals import simultaneous, sizes
from cordiale.study.journal import Journal
from cordiale.study.labels import subject
from cordiale.study.result import Result, Row, output
from cordiale.study.run import RUN, Progress, load_together, name_of, run, tell_sets
from cordiale.study.study import Study
from cordiale.study.unfinished import Begun

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Difference:
    """One measure of one scenario against the baseline it is matched with.

    Attributes
    ----------
    scenario, baseline : names; of an interaction, "A in C" against "A"
    measure, entity : what is compared
    quarters : (Q,)
    values : (worlds, Q) differences
    estimates : by quarter; the last with an interval that holds for all rows of the comparison at once
    size : by quarter, mean in standard deviations of the baseline over worlds; nan where that has none
    """

    scenario: str
    baseline: str
    measure: str
    entity: str
    quarters: list[str]
    values: Array
    estimates: list[Estimate]
    size: Array

    @property
    def estimate(self) -> Estimate:
        """Of the last quarter."""
        return self.estimates[-1]


@dataclass(frozen=True, repr=False)
class Comparison(Result):
    """All differences of a study.

    Attributes
    ----------
    notes : what was found before its worlds were run
    """

    kind = "compare"
    digits = "%.6g"
    study: Study
    differences: list[Difference]
    notes: tuple[str, ...] = ()

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return a row a difference and quarter; the simultaneous interval stands at the last quarter."""
        import pandas as pd

        from cordiale.study.renamed import COMPARED, Frame

        table = pd.DataFrame([line for row in self.differences for line in _lines(row)])
        return {"comparison": Frame.of(table, COMPARED)}

    def horizon(self) -> pd.DataFrame:
        """Return the table's rows of the last quarter."""
        table = self.frame()
        return table[table["simultaneous_low"].notna()].reset_index(drop=True)

    def sentences(self) -> list[str]:
        """Return what was found of the last quarter, by the two that are compared: the gain first, the headline of the
        focus dyad, then its parts and what else was asked; what does not change stands in one sentence.
        """
        pairs: dict[str, list[Difference]] = {}
        for row in _gain_first(self):
            pairs.setdefault(_pair(row), []).append(row)
        return [*self.notes, *(text for rows in pairs.values() for text in _sentences(self.study, rows))]

    def record(self) -> Row:
        """Return what a program would read of it, as JSON."""
        rows = json.loads(self.horizon().to_json(orient="records"))
        return {"study": str(self.study.folder), "sentences": self.sentences(), "differences": rows}

    def rows(self) -> list[tuple[str, list[Row]]]:
        """Return the last quarter for a terminal, a table for each two that are compared, which is narrow enough."""
        tables: dict[str, list[Row]] = {}
        for row in self.differences:
            tables.setdefault(f"{_pair(row)}, {row.quarters[-1]}", []).append(_short(row))
        return list(tables.items())

    def lay_beside(self, folder: Path, replace: bool = False) -> None:
        """Write table, differences and charts into the study's own folder, all or none.

        Parameters
        ----------
        replace : whether files that lie there already may go
        """
        files: dict[str, Callable[[Path], object]] = {
            "comparison.csv": partial(self.frame().to_csv, index=False, float_format=self.digits),
            "differences.parquet": self.every_world,
        }
        files |= {f"charts/{name}": save for name, save in output().pictures(self).items()}
        write_files(folder, files, replace, own=folder, still=self.study.check_same)

    def write(self, run: Journal) -> None:
        """Write it into the result of work in hand."""
        self.every_world(run.path("differences.parquet"))
        super().write(run)
        self.study.check_same()

    def _shown(self) -> pd.DataFrame:
        """Return the last quarter alone."""
        return self.horizon()

    def every_world(self, path: Path) -> None:
        """Write the differences themselves, tidy: scenario, baseline, world, quarter, measure, entity, difference."""
        import pyarrow as pa

        from cordiale.files.parquet import Table
        from cordiale.study.partitions import TEXT, coded

        kinds = dict.fromkeys(("scenario", "baseline", "world", "quarter", "measure", "entity"), TEXT)
        schema = pa.schema([*(kinds | {"world": pa.int32(), "difference": pa.float64()}).items()])
        with Table(path, schema) as table:
            for row in self.differences:
                worlds, quarters = row.values.shape
                same = np.zeros(worlds * quarters, dtype=np.int32)
                columns = {name: coded(same, [getattr(row, name)]) for name in kinds if hasattr(row, name)}
                columns["world"] = np.repeat(self.study.numbers.astype(np.int32), quarters)
                columns["quarter"] = coded(np.tile(np.arange(quarters, dtype=np.int32), worlds), row.quarters)
                columns["difference"] = row.values.ravel()
                table.add(pa.table(columns).select(schema.names).cast(schema))


def _lines(row: Difference) -> list[dict[str, Any]]:
    return [
        {
            "scenario": row.scenario, "baseline": row.baseline, "measure": row.measure, "entity": row.entity,
            "quarter": quarter, **row.estimates[at].record(), "median": float(np.median(row.values[:, at])),
            "size": row.size[at],
        }
        for at, quarter in enumerate(row.quarters)
    ]  # fmt: skip


def differences(
    study: Study, measures: Sequence[str] | None = None, contexts: Sequence[str] = (), seed: int = 0
) -> Comparison:
    """Return the differences of a study's scenarios to its first, on matched worlds.

    Parameters
    ----------
    measures : each of one entity, "alignment:FRA-JPN"; the headline and its parts of the focus dyad where None
    contexts : what else the same difference is asked under: a scenario C, of which the study holds C and A+C for
        each other scenario A, or a coding "@name", of which it holds every scenario again as "A@name". "A in C" is
        then the difference there, and "A in C" against "A" the interaction
    seed : of the bootstrap of intervals that hold at once

    Raises
    ------
    OptionError where a scenario has another horizon, or lacks a measure
    """
    baseline, asked = study.scenarios[0], list(measures or _default(study))
    inner = {name for other in study.scenarios for context in contexts for name in inside(context, baseline, other)}
    others = [name for name in study.scenarios[1:] if name not in inner]
    for name in study.scenarios[1:]:
        if study.quarters(name) != study.quarters(baseline):
            raise OptionError(f"'{name}' has another horizon than '{baseline}': give one with --set horizon=...")
    if not others:
        raise OptionError("nothing to compare with: name a scenario after the baseline")
    rows = []
    for measure in asked:
        for other in others:
            plain = _difference(study, measure, other, baseline)
            rows.append(plain)
            for context in contexts:
                base, under = inside(context, baseline, other)
                there = _difference(study, measure, under, base)
                rows.append(_renamed(there, f"{other} in {context}", base))
                rows.append(_interaction(there, plain, f"{other} in {context}", other, study, measure))
    return Comparison(study, _together(rows, seed))


def inside(context: str, baseline: str, other: str) -> tuple[str, str]:
    """Return the names under which the baseline and another scenario stand in a context."""
    if context.startswith("@"):
        return f"{baseline}{context}", f"{other}{context}"
    return context, f"{other}+{context}"


def _default(study: Study) -> list[str]:
    focus = study.manifest["focus"]
    parts = [study.headline, *study.components]
    found = [f"{part}:{focus}" for part in parts if focus in study.measures().get(part, [])]
    if not found:
        raise OptionError(f"the study records no {study.headline}:{focus}: name a measure with --measure")
    return found


def _difference(study: Study, measure: str, scenario: str, baseline: str) -> Difference:
    with named_in("--measure", measure):
        name, entity = study.single(measure)
    values, base = (study.values(name, entity, each) for each in (scenario, baseline))
    quarters = study.quarters(baseline)[-values.shape[1] :]
    return _of(study, (scenario, baseline, name, entity), quarters, values - base, base)


def _of(study: Study, about: tuple[str, str, str, str], quarters: list[str], values: Array, base: Array) -> Difference:
    """Return a difference, (worlds, Q), to a baseline, of the same shape, whose spread over worlds is its yardstick."""
    kind = study.measure(about[2])
    size = np.full(len(quarters), np.nan) if kind.yes_no else sizes(values, base)
    estimates = [Estimate.of(values[:, at], kind.unit, kind.good) for at in range(len(quarters))]
    return Difference(*about, quarters, values, estimates, size)


def _renamed(row: Difference, scenario: str, baseline: str) -> Difference:
    return changed(row, scenario=scenario, baseline=baseline)


def _interaction(
    there: Difference, plain: Difference, scenario: str, other: str, study: Study, measure: str
) -> Difference:
    values = there.values - plain.values
    base = study.values(measure, scenario=study.scenarios[0])
    return _of(study, (scenario, other, plain.measure, plain.entity), plain.quarters, values, base)


def _together(rows: list[Difference], seed: int) -> list[Difference]:
    """Return the rows with intervals that hold for all of them at once; none lies inside that of its row alone."""
    ends = zip(*simultaneous(np.stack([row.values[:, -1] for row in rows], axis=1), seed), strict=True)
    wider = [row.estimate.wider(float(low), float(high)) for row, (low, high) in zip(rows, ends, strict=True)]
    return [changed(row, estimates=[*row.estimates[:-1], last]) for row, last in zip(rows, wider, strict=True)]


def _short(row: Difference) -> Row:
    found = row.estimate
    return {"measure": f"{row.measure}:{row.entity}", "mean": found.full, "95 %": found.interval,
            "verdict": found.verdict}  # fmt: skip


def _gain_first(comparison: Comparison) -> list[Difference]:
    """Return the rows of each two that are compared together; of these the headline of the focus dyad first, its parts
    last, and between them, as they were asked, costs and all others.
    """
    study, rows = comparison.study, comparison.differences
    focus, parts = study.manifest["focus"], study.components
    pairs = list(dict.fromkeys(_pair(row) for row in rows))

    def place(row: Difference) -> tuple[int, int]:
        last = 1 + parts.index(row.measure) if row.entity == focus and row.measure in parts else 0
        return pairs.index(_pair(row)), -1 if (row.measure, row.entity) == (study.headline, focus) else last

    return sorted(rows, key=place)


def _sentences(study: Study, rows: Sequence[Difference]) -> list[str]:
    """Return what was found of two that are compared: the first and what changes, then what does not, in a sentence."""
    pair, quarter = _pair(rows[0]), rows[0].quarters[-1]
    told, still = list[str](), list[str]()
    for row in rows:
        of = within(subject(study, row.measure, row.entity))
        peak = at_its_peak(row.values, row.quarters, row.estimate)
        if row is not rows[0] and row.estimate.verdict == LITTLE_CHANGE and not peak:
            still.append(of)
            continue
        at_once = f"; simultaneous interval {row.estimate.all_at_once}" if len(rows) > 1 else ""
        detail = row.estimate.detail()
        said = f" ({detail}{at_once})" if detail and row.estimate.worlds > 1 else f" ({detail})" if detail else ""
        told.append(f"{pair}: {row.estimate.phrase(of)} in {quarter}{said}{peak}.")
    return [*told, *([f"{pair}: no noticeable change in {listed(still)}."] if still else [])]


def _pair(row: Difference) -> str:
    """Return what is compared with what; an interaction is a difference of effects."""
    other, within, context = row.scenario.partition(" in ")
    where = context.replace("@", "the coding ") if within else ""
    if within and row.baseline == other:
        return f"{other}: its effect under {where} minus its effect without it"
    return f"{other} under {where} against {row.baseline}" if within else f"{other} against {row.baseline}"


# ----------------------------------------------------------------
# Run the scenarios of a comparison as one study, and put the comparison beside it.


@overload
def compare(
    scenarios: Study | Sequence[str | Path | Scenario], measures: Sequence[str] | None = None,
    contexts: Sequence[str] = (), *, codings: Sequence[Path] = (), pack: str | None = None,
    model: str | None = None, models: None = None, quarter: str | None = None, until: float | None = None,
    worlds: int | None = None, seed: int | None = None, set: Mapping[str, object] | Sequence[str] = (),
    out: Path | str | None = None, replace: bool = False, jobs: int | None = None, allow: Collection[str] = (),
    progress: Progress | None = None, begun_by: Begun | None = None, tell: Callable[[str], None] | None = None,
) -> Comparison: ...  # fmt: skip
@overload
def compare(
    scenarios: Study | Sequence[str | Path | Scenario], measures: Sequence[str] | None = None,
    contexts: Sequence[str] = (), *, codings: Sequence[Path] = (), pack: str | None = None,
    model: str | None = None, models: Sequence[str], quarter: str | None = None, until: float | None = None,
    worlds: int | None = None, seed: int | None = None, set: Mapping[str, object] | Sequence[str] = (),
    out: Path | str | None = None, replace: bool = False, jobs: int | None = None, allow: Collection[str] = (),
    progress: Progress | None = None, begun_by: Begun | None = None, tell: Callable[[str], None] | None = None,
) -> Families: ...  # fmt: skip
def compare(
    scenarios: Study | Sequence[str | Path | Scenario],
    measures: Sequence[str] | None = None,
    contexts: Sequence[str] = (),
    *,
    codings: Sequence[Path] = (),
    pack: str | None = None,
    model: str | None = None,
    models: Sequence[str] | None = None,
    quarter: str | None = None,
    until: float | None = None,
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, object] | Sequence[str] = (),
    out: Path | str | None = None,
    replace: bool = False,
    jobs: int | None = None,
    allow: Collection[str] = (),
    progress: Progress | None = None,
    begun_by: Begun | None = None,
    tell: Callable[[str], None] | None = None,
) -> Comparison | Families:
    """Compare scenarios with the first one, world by world.

    Scenarios are run as one study, in whose folder comparison.csv, differences.parquet and charts are laid. With
    `models` they are run under each of these, and the folder has effects.csv, agreement.csv and a chart.

    Parameters
    ----------
    scenarios : a study; or the baseline, then those compared with it, by name, path or loaded
    measures : each of one entity, "alignment:FRA-JPN"; where None the headline of the focus dyad, what it costs its
        first state most, and its parts; under several models all that these share of the focus dyad and its states
    contexts : scenarios under which the same differences are asked
    codings : csv files of other coders, under whose numbers they are asked too
    pack : name or folder of the case pack, where the files do not say
    model : the family of models, in place of what the files say
    models : several families, each of which is asked, in place of one; then no contexts, codings, model or until
    quarter : with models, in which measures are read, "2022Q4", or "2020Q1:2022Q4" for their mean over a window; the
        last where None
    until : width of the first measure's interval, in place of a number of worlds
    worlds, seed, set, out, replace, jobs, allow, progress, tell : as in `run`
    begun_by : the command, with its options, that resumes the comparison if it is interrupted

    Raises
    ------
    FileError, OptionError, StudyError
    """
    if models is not None:
        _check_alone(context=contexts, coding=codings, model=model, until=until)
        if isinstance(scenarios, Study):
            raise OptionError("--models: a study was run under one model: name its scenarios in place of it")
        return compare_families(
            scenarios, models, measures or [], quarter=quarter, pack=pack, worlds=worlds, seed=seed, set=set, out=out,
            replace=replace, jobs=jobs, allow=allow, progress=progress, begun_by=begun_by,
        )  # fmt: skip
    if quarter is not None:
        raise OptionError(
            f"--quarter goes with --models: of one model make {short(quarter)} the last with --set "
            f"horizon={short(quarter, '')}, or read it in comparison.csv, which has them all"
        )
    check_said_once(set, worlds=worlds, seed=seed)
    files = [each for each in contexts if not each.startswith("@")]  # names, or paths
    contexts = [each if each.startswith("@") else name_of(each) for each in contexts]
    contexts += [f"@{Path(coding).stem}" for coding in codings]
    if isinstance(scenarios, Study):
        return differences(scenarios, measures, contexts)
    if len(scenarios) < 2:
        raise OptionError("nothing to compare with: name a scenario after the baseline")
    baseline, others = scenarios[0], list(scenarios[1:])
    every = [baseline, *others, *files, *(f"{other}+{each}" for each in files for other in others)]
    how: dict[str, Any] = {"pack": pack, "model": model, "allow": allow}
    loaded = load_together(every, set, **how)
    tell_sets(loaded, set, tell)
    for coding in map(Path, codings):
        again = load_together([baseline, *others], set, every, coding=coding, **how)
        loaded += [_recoded(each, coding) for each in again]
    asked = _asked(loaded[0], measures)
    loaded = [with_options(scenario, seed=seed) for scenario in loaded]
    notes: tuple[str, ...] = ()
    if until is not None:
        if worlds is not None:
            raise OptionError("--until and --worlds: give one of them")
        found = worlds_for(loaded, asked[0], until)
        worlds, notes = found.worlds, (found.words,)
    folder = out or Path("outputs") / ("compare-" + "-".join(name_of(each) for each in scenarios))[:120]
    study = run(
        [recording(scenario, asked) for scenario in loaded], worlds=worlds, out=folder, replace=replace,
        jobs=jobs, allow=allow, progress=progress, begun_by=begun_by or RUN,
        finish=lambda unfinished: differences(unfinished, asked, contexts).lay_beside(unfinished.folder),
    )  # fmt: skip
    return changed(differences(study, asked, contexts), notes=notes)


def _check_alone(**others: object) -> None:
    """Raise OptionError where several models are asked together with what is asked under one of them alone."""
    if given := [name for name, value in others.items() if value]:
        raise OptionError(f"--models and --{given[0]}: give one of them")


def _recoded(scenario: Scenario, coding: Path) -> Scenario:
    return scenario.copy(name=f"{scenario.name}@{coding.stem}")


def _asked(scenario: Scenario, measures: Sequence[str] | None) -> list[str]:
    """Return what is compared: as asked; else the headline of the focus dyad, what it costs its first state most, and
    the headline's parts.
    """
    focus, family, names = scenario.loaded.pack.case.focus, scenario.family, scenario.names
    gain, *parts = (f"{part}:{focus}" for part in (family.headline, *family.parts))
    costs = measured_costs(focus.split("-")[0], scenario.loaded, names, family)[:1]
    asked = list(measures or [gain, *(text for cost in costs for text in cost.requests), *parts])
    found_all = [single(measure, names, family) for measure in asked]
    return list(dict.fromkeys(f"{found.name}:{found.entities[0]}" for found in found_all))
