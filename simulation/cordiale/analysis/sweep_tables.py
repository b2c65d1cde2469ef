"""What a sweep leaves on disk: the design first, then cells, summary, effects, manifest."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations, product
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cordiale.analysis.sweep_cells import Work, run_cells
from cordiale.analysis.sweep_design import level_text
from cordiale.case.quarters import to_text
from cordiale.files.file_list import hash_of
from cordiale.files.parquet import Table
from cordiale.models.measures import about_family
from cordiale.models.random import Array
from cordiale.scenario.words import labels_of
from cordiale.study.design import name_of
from cordiale.study.intervals import difference_interval, level_interval
from cordiale.study.journal import Journal
from cordiale.study.manifest import about_scenario, made_with, names_of

Groups = Iterator[tuple[int, Array]]
Progress = Callable[[int, int], None]
FORMAT = 1
FILES = ("design.csv", "cells.parquet", "summary.csv", "effects.csv", "manifest.json")
_EFFECT = (
    "measure", "entity", "quarter", "kind", "factor", "low", "high", "other", "other_low", "other_high",
    "effect", "effect_low", "effect_high",
)  # fmt: skip


def write_cells(work: Work, run: Journal, jobs: int, progress: Progress | None) -> None:
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
        csv.writer(file, lineterminator="\n").writerows([_EFFECT, *_effect_rows(work, effects, quarters)])


def _read(work: Work, groups: Groups, progress: Progress | None) -> tuple[list[str], Array | None, Groups]:
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


def _counted(groups: Groups, cells: int, progress: Progress | None) -> Groups:
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
    told = summary_of(none, none, against=None if work.against is None else none)
    return ["cell", *(factor.path for factor in work.design.factors), "measure", "entity", "quarter", *told]


def _summaries(
    work: Work, first: int, values: Array, quarters: list[str], base: Array, against: Array | None
) -> Iterator[list[Any]]:
    for cell, own in enumerate(values, first):
        levels = [level_text(level) for level in work.design.cell(cell)]
        for at, (measure, quarter) in enumerate(zip(work.measures, quarters, strict=True)):
            other = None if against is None else against[at]
            told = summary_of(own[at], base[at], work.yes_no(measure), other).values()
            yield [cell, *levels, *measure.split(":"), quarter, *map(level_text, told)]


def _effect_rows(work: Work, effects: Effects, quarters: list[str]) -> Iterator[list[Any]]:
    """Yield a row a measure and effect, with the levels compared."""
    found = effects.intervals([work.yes_no(each) for each in work.measures])
    for at, (measure, quarter) in enumerate(zip(work.measures, quarters, strict=True)):
        for contrast, intervals in zip(effects.contrasts, found, strict=True):
            compared: list[str] = []
            for factor, ends in zip(contrast.factors, contrast.compared, strict=True):
                of = work.design.factors[factor]
                compared += [of.path, *(level_text(of.values[level]) for level in ends)]
            compared += [""] * (6 - len(compared))
            yield [*measure.split(":"), quarter, contrast.kind, *compared, *map(level_text, intervals[at])]


def manifest_of(work: Work, run: Journal, started: float) -> dict[str, Any]:
    """Return the manifest of a sweep whose tables lie in the result of a run."""
    scenario, pack = work.scenario, work.scenario.loaded.pack
    return {
        "kind": "sweep", "format": FORMAT, **about_scenario(scenario, work.against),
        "coding": scenario.coding.path.stem if scenario.coding else None, "model": about_family(scenario.family),
        "names": names_of(pack), "labels": labels_of(pack.case), "worlds": work.worlds,
        "quarter": str(work.window), "measures": [measure.split(":") for measure in work.measures],
        "factors": [asdict(factor) for factor in work.design.factors], "cells": work.design.cells,
        "behaviour": {code: name_of(kind, scenario.family) for code, kind in work.rules.behaviour.items()},
        "content": {name: hash_of(run.result / name) for name in FILES if name != "manifest.json"},
        "command": run.header.typed, **made_with(started),
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

    def intervals(self, yes_no: Sequence[bool]) -> list[list[tuple[float, float, float]]]:
        """Return by contrast and measure: mean over worlds, and its 95 % interval.

        Parameters
        ----------
        yes_no : by measure, whether it is so (1) or not so (0) in a world; of one factor its interval is exact, of
            several an effect is a mean over the others' levels, and so no share any more
        """
        one = len(self.contrasts[0].shape) == 1
        return [
            [difference_interval(worlds, one and so) for so, worlds in zip(yes_no, contrast, strict=True)]
            for contrast in self.values
        ]


def summary_of(values: Array, base: Array, yes_no: bool = False, against: Array | None = None) -> dict[str, Any]:
    """Return what is told of a cell.

    Parameters
    ----------
    values : (worlds,) the cell's
    base : (worlds,) the first cell's, in the same worlds
    yes_no : whether it is of what is so (1) or not so (0) in a world, whose mean is a share of worlds
    against : (worlds,) of the scenario that cells are held against, in the same worlds

    Returns
    -------
    mean with its 95 % interval (low, high); median and quantiles of worlds; mean difference to the first
    cell in the same world, with its 95 % interval; the same difference to what cells are held against
    """
    mean, low, high = level_interval(values, yes_no)
    q05, median, q95 = (float(each) for each in np.quantile(values, (0.05, 0.5, 0.95)))
    told = {"mean": mean, "low": low, "high": high, "median": median, "q05": q05, "q95": q95}
    for name, other in (("difference", base), ("against", against)):
        if other is not None:
            found = difference_interval(values - other, yes_no)
            told |= dict(zip((name, f"{name}_low", f"{name}_high"), found, strict=True))
    return told
