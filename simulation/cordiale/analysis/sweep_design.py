"""The design of a sweep: factors, their levels, a cell for each combination of levels, and how cells are run."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np
from numpy.typing import NDArray

from cordiale.analysis.window import Window, until
from cordiale.case.fields import FIELDS
from cordiale.engine.pool import PAYS, Ordered, cores, ordered
from cordiale.engine.sample import Sampler, blocks
from cordiale.files.errors import OptionError, short
from cordiale.models.base import Rules
from cordiale.models.random import Array
from cordiale.models.units import YES_NO
from cordiale.scenario.layers import BY_SET, Origin
from cordiale.scenario.overrides import handle_of, held, read_set
from cordiale.scenario.settings import Scenario
from cordiale.scenario.timeline import check_levers
from cordiale.study.estimate import Estimate

if TYPE_CHECKING:
    import pandas as pd

FORM = "write it as PATH=FROM:TO:POINTS or PATH=X,Y,Z, such as brexit=0:1:5"
GROUP = 8  # cells that are run together at most
ASK_SECONDS, ASK_CELLS = 600.0, 10_000  # above which a sweep is run only if the user says so
PROBE = 8  # quarters that are run to estimate the time
CODED = "coded"  # the level at which a lever or a number is left as each world of the scenario has it
MOST_POINTS = 1_000_000  # of one factor
_ELSEWHERE = {"worlds": "--worlds", "seed": "--seed", "horizon": "--set horizon or --quarter"}
Over = Mapping[str, Any] | Sequence[str]
Level = float | str  # a number, or CODED


@dataclass(frozen=True)
class Factor:
    """What a sweep varies.

    Attributes
    ----------
    path : the lever's name or the parameter's canonical path
    key : the same with what it is before it: levers.NAME or fixed.PATH
    label : in words, for sentences and the rows of a table
    axis : in words with its scale or meaning, for an axis
    values : its levels, in the order in which they were given, but "coded" before all numbers
    switch : whether it only holds something in or out, so that nothing lies between its levels
    """

    path: str
    key: str
    label: str
    axis: str
    values: tuple[Level, ...]
    switch: bool

    @property
    def coded(self) -> bool:
        """Whether "coded" is among its levels; it is then the first."""
        return self.values[0] == CODED

    @property
    def numbers(self) -> Array:
        """Its levels, (levels,); NaN for "coded"."""
        return np.array([np.nan if value == CODED else float(value) for value in self.values])

    @property
    def continuous(self) -> bool:
        """Whether a line or a contour between the levels that are numbers means something."""
        return len(self.values) - self.coded > 2 and not self.switch

    @property
    def ascending(self) -> list[int]:
        """Index of each level: that of "coded" first, then those of numbers from the lowest to the highest."""
        return sorted(range(len(self.values)), key=lambda at: np.nan_to_num(self.numbers[at], nan=-np.inf))

    @property
    def compared(self) -> list[tuple[int, int]]:
        """Between which levels its effects are, by index: from "coded" to the highest and to the lowest; where that is
        no level, from the lowest to the highest.
        """
        first, *others = self.ascending
        return [(first, at) for at in dict.fromkeys((others[-1], others[0]) if self.coded else others[-1:])]


@dataclass(frozen=True)
class Design:
    """The full product of the factors' levels; cell 0 has the first level of each, the last factor turns fastest."""

    factors: tuple[Factor, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of levels of each factor."""
        return tuple(len(factor.values) for factor in self.factors)

    @property
    def cells(self) -> int:
        """Number of cells."""
        return math.prod(self.shape)

    def levels(self, first: int, cells: int) -> NDArray[np.int64]:
        """Return the index of each factor's level, (cells, factors), of cells from `first` on."""
        return np.stack(np.unravel_index(np.arange(first, first + cells), self.shape), axis=1)

    def values(self, first: int, cells: int) -> NDArray[np.float64]:
        """Return each factor's value, (cells, factors); NaN for "coded"."""
        levels = self.levels(first, cells)
        return np.stack([each.numbers[levels[:, at]] for at, each in enumerate(self.factors)], axis=1)

    def cell(self, cell: int) -> list[Level]:
        """Return each factor's level in a cell."""
        return [factor.values[at] for factor, at in zip(self.factors, self.levels(cell, 1)[0], strict=True)]

    def frame(self, first: int = 0, cells: int | None = None) -> pd.DataFrame:
        """Return a row a cell: its number, then a column a factor."""
        import pandas as pd

        count = self.cells - first if cells is None else cells
        frame = pd.DataFrame(self.values(first, count), columns=[factor.path for factor in self.factors])
        for factor in self.factors:
            if factor.coded:
                frame[factor.path] = frame[factor.path].astype(object).fillna(CODED)
        frame.insert(0, "cell", range(first, first + count))
        return frame

    def write(self, file: TextIO, cells: int | None = None, at_once: int = 100_000) -> None:
        """Write the frame of the first `cells` cells, of all where None, as CSV."""
        count = self.cells if cells is None else min(cells, self.cells)
        for first in range(0, count, at_once):
            part = self.frame(first, min(at_once, count - first))
            for factor in self.factors:
                if factor.coded:
                    part[factor.path] = part[factor.path].map(level_text)
            part.to_csv(file, index=False, header=first == 0, float_format="%.12g", lineterminator="\n")

    def scenario(self, base: Scenario, cell: int) -> Scenario:
        """Return the scenario of a cell: the base with the cell's levels as --set would lay them on."""
        for factor, value in zip(self.factors, self.cell(cell), strict=True):
            if value != CODED:
                base = held(base, factor.path, float(value), Origin("--over"))
        return base


def level_text(value: Level) -> str:
    """Return a level as tables and sentences have it: "0.5", or "coded"."""
    return CODED if value == CODED else f"{float(value):.12g}"


def design_of(scenario: Scenario, over: Over) -> Design:
    """Return the design of what was given with --over.

    Parameters
    ----------
    over : {"brexit": [0, 0.5, 1]} or {"brexit": "0:1:3"} or ["brexit=0:1:3", ...]; "coded" may be among the levels

    Raises
    ------
    OptionError for an unknown path, a value off its scale, fewer than two points, or a path given twice
    """
    factors: dict[str, Factor] = {}
    for path, levels, option in _given(over):
        factor = _factor(scenario, path, levels, option)
        if factor.path in factors:
            raise OptionError(f"{option}: {factor.path} is given twice")
        before = {**scenario.settings.levers, **scenario.settings.fixed}.get(factor.path)
        if before and before.origin == BY_SET:
            raise OptionError(f"{option}: {factor.path} is given with --set too")
        factors[factor.path] = factor
    if not factors:
        raise OptionError(f"nothing to sweep over: add --over; {FORM}")
    design = Design(tuple(factors.values()))
    _check_clash(scenario, design)
    return design


def _given(over: Over) -> list[tuple[str, str | list[Any], str]]:
    """Return path, levels as given, and how messages name the option."""
    if isinstance(over, Mapping):
        pairs = [(path, levels if isinstance(levels, str) else _listed(levels)) for path, levels in over.items()]
        return [(path, levels, f"--over {short(path, '')}={_shown(levels)}") for path, levels in pairs]
    found: list[tuple[str, str | list[Any], str]] = []
    for text in [over] if isinstance(over, str) else over:
        path, equals, levels = (part.strip() for part in text.partition("="))
        if not (path and equals and levels):
            raise OptionError(f"--over {short(text)}: {FORM}")
        found.append((path, levels, f"--over {short(path, '')}={short(levels, '')[:60]}"))
    return found


def _listed(levels: Any) -> list[Any]:
    return list(levels) if isinstance(levels, Sequence | np.ndarray) else [levels]


def _shown(levels: str | list[Any]) -> str:
    text = levels if isinstance(levels, str) else ",".join(str(each) for each in levels[:10])
    return str(short(text, ""))


def _factor(scenario: Scenario, path: str, levels: str | list[Any], option: str) -> Factor:
    if path in _ELSEWHERE:
        raise OptionError(f"{option}: '{path}' is no lever or parameter: give it with {_ELSEWHERE[path]}")
    given = [each.strip() for each in levels.split(",")] if isinstance(levels, str) else levels
    coded = [CODED for each in given if isinstance(each, str) and each == CODED]
    rest = [each for each in given if not (isinstance(each, str) and each == CODED)]
    if len(rest) == 1 and isinstance(rest[0], str) and ":" in rest[0]:
        numbers = _range(scenario, path, rest[0], option)
    else:
        numbers = [read_set(scenario, path, each, option)[1] for each in rest]
    values: list[Level] = [*coded, *numbers]
    distinct = len(set(values))
    if distinct < 2:
        raise OptionError(f"{option}: {distinct or 'no'} point, and a sweep needs at least two that differ")
    if distinct < len(values):
        twice = next(value for at, value in enumerate(values) if value in values[:at])
        raise OptionError(f"{option}: {level_text(twice)} is given twice")
    return _described(scenario, handle_of(scenario, path, option), tuple(values))


def _range(scenario: Scenario, path: str, text: str, option: str) -> list[float]:
    """Return the values of FROM:TO:POINTS; rounded to 12 digits, so that 0.3 is what --set takes for 0.3."""
    parts = [part.strip() for part in text.split(":")]
    if len(parts) != 3:
        raise OptionError(f"{option}: {FORM}")
    ends = [read_set(scenario, path, part, option)[1] for part in parts[:2]]
    if not (parts[2].isascii() and parts[2].isdigit() and 2 <= int(parts[2][:9]) <= MOST_POINTS):
        raise OptionError(f"{option}: {short(parts[2])} is not a number of points from 2 to {MOST_POINTS}")
    inner = [float(f"{value:.12g}") for value in np.linspace(ends[0], ends[1], int(parts[2]))[1:-1]]
    return [ends[0], *inner, ends[1]]


def _described(scenario: Scenario, path: str, values: tuple[Level, ...]) -> Factor:
    names, pack = scenario.names, scenario.loaded.pack
    if path in scenario.known_levers:
        lever = scenario.handle(path)
        moved = {names.paths[names.canonical(each)][0] for each in lever.moves}
        switch = all(FIELDS[field].kind == "hold" for field in moved if field in FIELDS)
        return Factor(path, f"levers.{path}", lever.label, f"{lever.label} (lever)", values, switch)
    field = names.paths[path][0]
    meaning = FIELDS[field].meaning if field in FIELDS else pack.weights[path.partition(".")[2]].meaning
    switch = field in FIELDS and FIELDS[field].kind == "hold"
    return Factor(path, f"fixed.{path}", path, f"{path}: {meaning}", values, switch)


def _check_clash(scenario: Scenario, design: Design) -> None:
    """Refuse levers that move one parameter in the same quarter; in the last cell none is coded, so that all do."""
    try:
        check_levers(design.scenario(scenario, design.cells - 1))
    except OptionError as error:
        raise OptionError(str(error).replace("--set ", "--over ", 1)) from None


# ----------------------------------------------------------------
# Cells, run in groups, here or in processes, and how long all of them would take.


@dataclass(frozen=True)
class Work:
    """What a sweep runs; the same for every process.

    Attributes
    ----------
    scenario : the base, which ends with the last quarter that is read
    measures : each with its entity: "alignment:FRA-JPN"
    worlds : of each cell, from world 0 on
    window : when measures are read
    against : what each cell is held against too, in the same worlds; it ends with the same quarter
    """

    scenario: Scenario
    design: Design
    measures: tuple[str, ...]
    worlds: int
    rules: Rules
    window: Window
    against: Scenario | None = None

    def yes_no(self, measure: str) -> bool:
        """Whether a measure is of what is so (1) or not so (0) in a world; a mean over quarters is neither."""
        whether = self.scenario.family.measure(measure.partition(":")[0]).yes_no
        return whether and (self.window.one or self.window.peak)

    def estimate(self, values: Array, measure: str, exact: bool = True) -> Estimate:
        """Return what differences in the same worlds, (worlds,), say of a measure.

        Parameters
        ----------
        exact : whether they are of what is so or not so in a world where the measure is, and no mean over levels
        """
        kind = self.scenario.family.measure(measure.partition(":")[0])
        share = self.yes_no(measure)
        unit = kind.unit if share or kind.unit != YES_NO else ""
        return replace(Estimate.of(values, unit if exact or not share else "", kind.good), unit=unit)

    def run(self, first: int, cells: int) -> Array:
        """Return the measures of cells from `first` on, (cells, measures, worlds); cell -1 is what is held against.

        Where the quarter is still to be chosen, those of all quarters: (cells, measures, worlds, quarters).
        """
        sampler = Sampler([self._scenario(cell) for cell in range(first, first + cells)], self.measures, self.rules)
        length = self.window.last - self.window.first + 1
        found = np.empty((cells, len(self.measures), self.worlds, length if self.window.peak else 1))
        for world, size in blocks(self.worlds):
            for cell, measured in enumerate(sampler.worlds(world, size)):
                for at, measure in enumerate(self.measures):
                    read = measured[measure][:, -length:, 0]
                    found[cell, at, world : world + size] = read if self.window.peak else read.mean(1, keepdims=True)
        return found if self.window.peak else found[..., 0]

    def _scenario(self, cell: int) -> Scenario:
        if cell < 0 and self.against is not None:
            return self.against
        return self.design.scenario(self.scenario, cell)

    def run_task(self, task: tuple[int, int]) -> Array:
        """Return the same of (first cell, number of cells)."""
        return self.run(*task)

    @property
    def size(self) -> int:
        """World-quarters of all cells together, and of what they are held against."""
        return self.scenario.quarters * self.worlds * (self.design.cells + (self.against is not None))


@dataclass(frozen=True)
class Cost:
    """What a sweep would take.

    Attributes
    ----------
    seconds : of all cells, in `jobs` processes
    """

    cells: int
    worlds: int
    seconds: float
    jobs: int

    @property
    def large(self) -> bool:
        """Whether to ask before running it."""
        return self.cells > ASK_CELLS or self.seconds > ASK_SECONDS

    def __str__(self) -> str:
        processes = "1 process" if self.jobs == 1 else f"{self.jobs} processes"
        return f"{self.cells:,} cells of {self.worlds:,} worlds take about {duration(self.seconds)} in {processes}"


def cost_of(work: Work, jobs: int | None = None) -> Cost:
    """Return an estimate from a block of the first cell, run here for a few quarters and scaled up.

    Parameters
    ----------
    jobs : processes; as many as cores where None and the work is long enough to pay
    """
    one = replace(work, worlds=min(work.worlds, next(blocks(work.worlds))[1]))
    quarters = min(PROBE, work.scenario.quarters)
    for length in (1, quarters):  # the first run only fills caches
        started = time.perf_counter()
        last = work.scenario.start + length - 1
        probe = replace(one, scenario=until(work.scenario, last), window=Window(last, last))
        probe.run(0, 1)
    a_world_quarter = (time.perf_counter() - started) / (one.worlds * quarters)
    if jobs is None:
        jobs = cores() if work.size > PAYS else 1
    jobs = max(1, min(jobs, cores(), work.design.cells))
    return Cost(work.design.cells, work.worlds, a_world_quarter * work.size / jobs, jobs)


def duration(seconds: float) -> str:
    """Return a time in the unit that reads best: "40 s", "12 minutes", "7.5 days"."""
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 1.5 * length:
            count = seconds / length
            return f"{count:.0f} {unit}" if count >= 10 else f"{count:.2g} {unit}"
    return f"{max(1, round(seconds))} s"


def run_cells(work: Work, jobs: int, run: Ordered = ordered) -> Iterator[tuple[int, Array]]:
    """Yield the number of the first cell and what `Work.run` gives of each group, in order; first cell -1, alone, where
    cells are held against a scenario.
    """
    size = max(1, min(GROUP, work.design.cells // GROUP))  # whatever the processes, so that parts are found again
    tasks = [(-1, 1)] if work.against is not None else []
    tasks += [(first, min(size, work.design.cells - first)) for first in range(0, work.design.cells, size)]
    return zip((first for first, _ in tasks), run(Work.run_task, work, tasks, jobs, work.size), strict=True)
