"""What a sweep leaves on disk: the design first, then cells, summary, effects, manifest."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cordiale.analysis.sweep_design import Work, run_cells
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

FORMAT = 1
FILES = ("design.csv", "cells.parquet", "summary.csv", "effects.csv", "manifest.json")
_EFFECT = (
    "measure", "entity", "quarter", "kind", "factor", "low", "high", "other", "other_low", "other_high",
    "effect", "effect_low", "effect_high",
)  # fmt: skip


def write_cells(work: Work, run: Journal, jobs: int, progress: Callable[[int, int], None] | None) -> None:
    """Write the design, run it, and write cells, summary and effects as groups of cells come in."""
    design = work.design
    with run.path("design.csv").open("w", encoding="utf-8", newline="") as file:
        design.write(file)
    extremes = [factor.extremes for factor in design.factors]
    effects = Effects(contrasts(design.shape, extremes), len(work.measures), work.worlds)
    base: Array | None = None
    with (
        Table(run.path("cells.parquet"), _schema(work)) as table,
        run.path("summary.csv").open("w", encoding="utf-8", newline="") as file,
    ):
        rows = csv.writer(file, lineterminator="\n")
        for first, values in run_cells(work, jobs, run.ordered):
            if base is None:
                base = values[0]
                rows.writerow(_header(work))
            effects.add(design.levels(first, len(values)), values)
            table.add(_cells(work, first, values))
            rows.writerows(_summaries(work, first, values, base))
            if progress is not None:
                progress(first + len(values), design.cells)
    with run.path("effects.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([_EFFECT, *_effect_rows(work, effects)])


def _schema(work: Work) -> pa.Schema:
    text = pa.dictionary(pa.int32(), pa.string())
    return pa.schema(
        [("cell", pa.int32())]
        + [(factor.path, pa.float64()) for factor in work.design.factors]
        + [("world", pa.int32()), ("measure", text), ("entity", text), ("quarter", text), ("value", pa.float64())]
    )


def _cells(work: Work, first: int, values: Array) -> pa.Table:
    """Return a row a cell, measure and world; values are (cells, measures, worlds)."""
    cells, measures, worlds = values.shape
    each = measures * worlds
    columns: list[Any] = [np.repeat(np.arange(first, first + cells, dtype=np.int32), each)]
    columns += [np.repeat(column, each) for column in work.design.values(first, cells).T]
    columns.append(np.tile(np.arange(worlds, dtype=np.int32), cells * measures))
    at = np.tile(np.repeat(np.arange(measures, dtype=np.int32), worlds), cells)
    names, entities = zip(*(measure.split(":") for measure in work.measures), strict=True)
    for members in (names, entities):
        known = list(dict.fromkeys(members))
        codes = np.array([known.index(member) for member in members], dtype=np.int32)
        columns.append(pa.DictionaryArray.from_arrays(codes[at], pa.array(known)))
    columns.append(pa.DictionaryArray.from_arrays(np.zeros_like(at), pa.array([to_text(work.scenario.horizon)])))
    return pa.Table.from_arrays([pa.array(column) for column in [*columns, values.ravel()]], schema=_schema(work))


def _header(work: Work) -> list[str]:
    told = summary_of(np.zeros(2), np.zeros(2))
    return ["cell", *(factor.path for factor in work.design.factors), "measure", "entity", "quarter", *told]


def _summaries(work: Work, first: int, values: Array, base: Array) -> Iterator[list[Any]]:
    quarter = to_text(work.scenario.horizon)
    for at, levels in enumerate(work.design.values(first, len(values))):
        for measure, own, of_base in zip(work.measures, values[at], base, strict=True):
            told = summary_of(own, of_base, work.yes_no(measure)).values()
            yield [first + at, *map(_text, levels), *measure.split(":"), quarter, *map(_text, told)]


def _effect_rows(work: Work, effects: Effects) -> Iterator[list[Any]]:
    """Yield a row a measure and effect; the levels compared are the extreme ones."""
    quarter, found = to_text(work.scenario.horizon), effects.intervals([work.yes_no(each) for each in work.measures])
    for at, measure in enumerate(work.measures):
        for contrast, intervals in zip(effects.contrasts, found, strict=True):
            compared: list[str] = []
            for factor in (work.design.factors[index] for index in contrast.factors):
                compared += [factor.path, *(_text(factor.values[level]) for level in factor.extremes)]
            compared += [""] * (6 - len(compared))
            yield [*measure.split(":"), quarter, contrast.kind, *compared, *map(_text, intervals[at])]


def _text(value: float) -> str:
    return f"{value:.12g}"


def manifest_of(work: Work, run: Journal, started: float) -> dict[str, Any]:
    """Return the manifest of a sweep whose tables lie in the result of a run."""
    scenario, pack = work.scenario, work.scenario.loaded.pack
    return {
        "kind": "sweep", "format": FORMAT, **about_scenario(scenario), "model": about_family(scenario.family),
        "names": names_of(pack), "labels": labels_of(pack.case), "worlds": work.worlds,
        "quarter": to_text(scenario.horizon), "measures": [measure.split(":") for measure in work.measures],
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

    With one factor, the mean over all levels of the others of: value at its highest level minus value at
    its lowest. With two, A and B, the mean over all levels of the others of: that difference for A where B
    is highest, minus that difference where B is lowest (a difference of differences, not halved).

    Attributes
    ----------
    factors : index of the factor, or of the two
    shape : number of levels of each factor of the design
    extremes : index of the lowest and highest level of each factor
    """

    factors: tuple[int, ...]
    shape: tuple[int, ...]
    extremes: tuple[tuple[int, int], ...]

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
        for factor, count in enumerate(self.shape):
            low, high = self.extremes[factor]
            at = levels[:, factor]
            found *= (at == high).astype(float) - (at == low) if factor in self.factors else 1.0 / count
        return found


def contrasts(shape: Sequence[int], extremes: Sequence[tuple[int, int]]) -> list[Contrast]:
    """Return the main effects of all factors, then all two-way interactions."""
    count = range(len(shape))
    chosen = [*((at,) for at in count), *combinations(count, 2)]
    return [Contrast(factors, tuple(shape), tuple(extremes)) for factors in chosen]


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
        one = len(self.contrasts) == 1
        return [
            [difference_interval(worlds, one and so) for so, worlds in zip(yes_no, contrast, strict=True)]
            for contrast in self.values
        ]


def summary_of(values: Array, base: Array, yes_no: bool = False) -> dict[str, Any]:
    """Return what is told of a cell.

    Parameters
    ----------
    values : (worlds,) the cell's
    base : (worlds,) the first cell's, in the same worlds
    yes_no : whether it is of what is so (1) or not so (0) in a world, whose mean is a share of worlds

    Returns
    -------
    mean with its 95 % interval (low, high); median and quantiles of worlds; mean difference to the first
    cell in the same world, with its 95 % interval
    """
    mean, low, high = level_interval(values, yes_no)
    q05, median, q95 = (float(each) for each in np.quantile(values, (0.05, 0.5, 0.95)))
    difference, least, most = difference_interval(values - base, yes_no)
    return {
        "mean": mean, "low": low, "high": high, "median": median, "q05": q05, "q95": q95,
        "difference": difference, "difference_low": least, "difference_high": most,
    }  # fmt: skip
