"""The tables of an export: what each holds, and its rows in pieces, as arrow tables."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cordiale.models.random import Array
from cordiale.output.export.columns import (
    QUANTILES,
    STATISTICS,
    Column,
    Entity,
    Rows,
    States,
    Times,
    YearOf,
    drawn_columns,
    entities,
    keys,
    label,
    measures,
    places,
    short_name,
)
from cordiale.scenario.acts import is_act
from cordiale.scenario.settings import Scenario
from cordiale.scenario.timeline import lever_course
from cordiale.scenario.words import act_words
from cordiale.scenario.words import label as number_label
from cordiale.study.design import read_design, scenarios_of
from cordiale.study.earlier_results import is_first_form
from cordiale.study.quantiles import spread
from cordiale.study.study import Study
from cordiale.study.taken import taken_in

if TYPE_CHECKING:
    import pandas as pd


KINDS: dict[str, Entity] = {"dyads_undirected": "dyad", "dyads_directed": "directed", "states": "state"}
DRAWS = "worlds"  # the table of what each world drew
TABLES = [*(f"{kind}_{step}" for kind in KINDS for step in ("yearly", "quarterly")), DRAWS]
Progress = Callable[[int, int], None]
_HOLDS: dict[Entity, tuple[str, ...]] = {"dyad": ("dyad",), "directed": ("directed", "dyad"), "state": ("state",)}


@dataclass(frozen=True)
class Table:
    """A table to be written.

    Attributes
    ----------
    name : "dyads_undirected_yearly"
    columns : keys, then measures
    rows : scenario -> its rows in one world
    lines : how many times they stand there: the worlds, or once
    """

    name: str
    columns: list[Column]
    rows: dict[str, Rows]
    lines: int

    @property
    def count(self) -> int:
        """How many rows it has."""
        return self.lines * sum(rows.count for rows in self.rows.values())

    @property
    def yearly(self) -> bool:
        """Whether its rows are years."""
        return self.name.endswith("yearly")

    @property
    def measures(self) -> list[str]:
        """The measures in it."""
        return list(dict.fromkeys(column.measure for column in self.columns if column.measure))

    @property
    def drawn(self) -> list[str]:
        """The paths of the numbers in it that worlds draw."""
        return [column.drawn for column in self.columns if column.drawn]


def tables(
    study: Study, states: States, *, worlds: bool, year: YearOf, courses: Courses, inputs: Sequence[str] = ()
) -> list[Table]:
    """Return the tables that a study has measures for, and of every world what it drew.

    Parameters
    ----------
    courses : what the scenarios set, which every table but that of draws tells
    inputs : paths of drawn numbers that they tell too
    """
    found = []
    for name in TABLES[:-1]:
        kind, _, step = name.rpartition("_")
        entity, yearly = KINDS[kind], step == "yearly"
        own = _measures(study, entity)
        if not own:
            continue
        columns = keys(entity, worlds=worlds, yearly=yearly)
        columns += lever_columns(study, courses, year, [column.name for column in columns])
        columns += drawn_columns(study, inputs, [column.name for column in columns])
        columns += measures(study, own, [column.name for column in columns], worlds=worlds)
        rows = {}
        for scenario in study.scenarios:
            recorded = study.measures(scenario)
            sides = entities([recorded.get(each, []) for each in own], states, directed=entity == "directed")
            rows[scenario] = Rows(sides, Times.make(study.quarters(scenario), yearly, year))
        found.append(Table(name, columns, rows, study.worlds if worlds else 1))
    return [*found, _draws(study)] if worlds and found else found


def _draws(study: Study) -> Table:
    """Return the table of what each world drew: a row a scenario and world."""
    columns = keys("state", worlds=True, yearly=False)[:2]
    columns += drawn_columns(study, study.store.drawn, [column.name for column in columns])
    once = Times([0], [0], [[0]], "last")
    return Table(DRAWS, columns, dict.fromkeys(study.scenarios, Rows([()], once)), study.worlds)


def _measures(study: Study, entity: Entity) -> list[str]:
    names = dict.fromkeys(name for scenario in study.scenarios for name in study.measures(scenario))
    return [name for name in names if study.measure(name).entity in _HOLDS[entity]]


# ---------------------------------------------------------------- pieces

Piece = tuple[Table, pa.Table]


def summaries(
    study: Study, wanted: Sequence[Table], states: States, courses: Courses, progress: Progress | None
) -> Iterator[Piece]:
    """Yield each table's rows scenario by scenario; a measure is read once, and what is kept of it is small."""
    for done, scenario in enumerate(study.scenarios):
        spreads: dict[tuple[str, bool], Array] = {}
        for measure in dict.fromkeys(name for table in wanted for name in table.measures):
            if measure in study.measures(scenario):
                for table in (table for table in wanted if measure in table.measures):
                    if (measure, table.yearly) not in spreads:
                        gathered = table.rows[scenario].times.gathered
                        spreads[measure, table.yearly] = spread(study, measure, QUANTILES, scenario, of=gathered)
        for table in (table for table in wanted if table.rows[scenario].count):
            found = {name: spreads[name, table.yearly] for name in table.measures if (name, table.yearly) in spreads}
            yield table, _piece(study, table, scenario, states, courses, found, None)
        if progress is not None:
            progress(done + 1, len(study.scenarios))


def every_world(
    study: Study, wanted: Sequence[Table], states: States, courses: Courses, progress: Progress | None
) -> Iterator[Piece]:
    """Yield each table's rows scenario by scenario and world by world, some worlds at a time."""
    paths = list(dict.fromkeys(path for table in wanted for path in table.drawn))
    for done, scenario in enumerate(study.scenarios):
        told, owner = done * study.worlds, study.about(scenario)["inputs"]
        for (worlds, block), drawn in zip(study.parts(scenario), study.store.input_parts(owner, paths), strict=True):
            times = {table.yearly: table.rows[scenario].times for table in wanted if table.measures}
            found = {
                (n, yearly): each.gathered(values) for yearly, each in times.items() for n, values in block.items()
            }
            for table in (table for table in wanted if table.rows[scenario].count):
                own = {name: found[name, table.yearly] for name in table.measures if (name, table.yearly) in found}
                yield table, _piece(study, table, scenario, states, courses, own, worlds, drawn)
            told += len(worlds)
            if progress is not None:
                progress(told, len(study.scenarios) * study.worlds)


def _piece(
    study: Study, table: Table, scenario: str, states: States, courses: Courses, values: Mapping[str, Array],
    worlds: NDArray[np.int64] | None, drawn: pd.DataFrame | None = None,
) -> pa.Table:  # fmt: skip
    """Return rows of a table: those of each of some worlds, or one line of statistics where there are None.

    Parameters
    ----------
    drawn : what these worlds drew, a row a world and a column a path
    """
    rows, recorded = table.rows[scenario], study.measures(scenario)
    at = None if worlds is None else np.searchsorted(study.numbers, worlds)
    lines = 1 if worlds is None else len(worlds)
    columns = _keys(rows, scenario, states, lines, worlds)
    placed = {name: rows.placed(each, places(rows.sides, recorded[name], states)) for name, each in values.items()}
    line = {ending: at for at, ending in enumerate(STATISTICS)}
    for column in (column for column in table.columns if column.measure):
        if column.measure not in placed:
            flat = np.full(lines * rows.count, np.nan)
        elif worlds is None:
            flat = placed[column.measure][line[column.statistic]]
        else:
            flat = placed[column.measure].reshape(-1)
        columns[column.name] = pa.array(flat, from_pandas=True)
    for column in (column for column in table.columns if column.lever):
        value, share = courses.at(scenario, column.lever, at, rows.times)
        set_ = share if column.statistic else value
        columns[column.name] = pa.array(np.tile(set_, len(rows.sides)).reshape(-1), from_pandas=True)
    if drawn is not None:
        for column in (column for column in table.columns if column.drawn):
            columns[column.name] = pa.array(np.repeat(drawn[column.drawn].to_numpy(), rows.count))
    return pa.table({column.name: columns[column.name] for column in table.columns})


def _keys(rows: Rows, scenario: str, states: States, lines: int, worlds: NDArray[np.int64] | None) -> dict[str, Any]:
    times, own = len(rows.times.years), range(len(rows.sides))

    def spelt(words: Sequence[str]) -> pa.Array:
        names = list(dict.fromkeys(words))
        codes = np.tile(np.repeat([names.index(word) for word in words], times), lines)
        return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(names))

    def numbers(values: Sequence[int]) -> pa.Array:
        return pa.array(np.tile(np.asarray(values, dtype=np.int32), lines))

    found = {"scenario": spelt([scenario for _ in own])}
    if worlds is not None:
        found["world"] = pa.array(np.repeat(worlds.astype(np.int32), rows.count))
    several = len(rows.sides[0]) > 1
    for at in range(len(rows.sides[0])):
        codes, end = [sides[at] for sides in rows.sides], str(at + 1) if several else ""
        found[f"ccode{end}"] = numbers(np.repeat([states.cow[code] for code in codes], times).tolist())
        found[f"iso{end or 3}"] = spelt(codes)
        found[f"name{end}"] = spelt([states.names[code] for code in codes])
    found["year"] = numbers(rows.times.years * len(rows.sides))
    found["quarters"] = found["quarter"] = numbers(rows.times.quarters * len(rows.sides))
    return found


Course = tuple[Array, Array]


@dataclass(frozen=True)
class Courses:
    """What the scenarios of a study set.

    A number moved by a lever is (1 - share) * coded + share * (low + (high - low) * value).

    Attributes
    ----------
    labels : name of a lever, or path of a number -> what it is called, of all that any scenario sets
    plain : names of those that are levers, 0 to 1; the others are numbers in their own unit
    own : (scenario, name) -> (variants, quarters) share, and share times value, of what that scenario sets
    variants : scenario -> (worlds,) which variant each world lives; all 0 but in an adaptive plan
    """

    labels: dict[str, str] = field(default_factory=dict)
    plain: frozenset[str] = frozenset()
    own: dict[tuple[str, str], Course] = field(default_factory=dict)
    variants: dict[str, NDArray[np.int64]] = field(default_factory=dict)

    def at(self, scenario: str, name: str, places: NDArray[np.int64] | None, times: Times) -> Course:
        """Return (lines, T) value and share of what a scenario sets; nan and 0 where all is as coded.

        Parameters
        ----------
        places : of some worlds among those of the study; None for one line of means over all worlds
        """
        lines, found = 1 if places is None else len(places), self.own.get((scenario, name))
        if found is None:
            return np.full((lines, len(times.years)), np.nan), np.zeros((lines, len(times.years)))
        lived = self.variants[scenario] if places is None else self.variants[scenario][places]
        share, part = (times.gathered(each[lived][..., None])[..., 0] for each in found)
        if places is None:
            share, part = share.mean(axis=0, keepdims=True), part.mean(axis=0, keepdims=True)
        return np.divide(part, share, out=np.full(share.shape, np.nan), where=share > 0), share


def courses_of(study: Study, allow: Collection[str] = ()) -> Courses:
    """Return what the scenarios of a study set; nothing of a study of the model's first form, whose rules are gone."""
    if is_first_form(study.model):
        return Courses()
    known = {each.name: each for each in scenarios_of(study.folder, read_design(study.folder), allow)}
    scenarios = [known[name] for name in study.scenarios]
    labels = {name: _label(each, name) for each in scenarios for name in [*each.moved, *each.fixed]}
    plain = frozenset(name for each in scenarios for name in each.moved if name in each.known_levers)
    own = {(each.name, name): course for each in scenarios for name, course in _courses(each).items()}
    return Courses(labels, plain, own, {each.name: _lived(study, each) for each in scenarios})


def _label(scenario: Scenario, name: str) -> str:
    if name in scenario.known_levers:
        return scenario.known_levers[name].label
    return act_words(scenario, name) if _acts(scenario, name) else number_label(scenario, name)


def _acts(scenario: Scenario, name: str) -> bool:
    return any(when.lever == name and is_act(scenario.names, name, event) for when, event in scenario.timeline)


def _courses(scenario: Scenario) -> dict[str, Course]:
    """Return name -> (variants, quarters) share, and share times value."""
    found = {}
    for name in scenario.moved:
        each = [lever_course(variant, name) for variant in scenario.variants]
        found[name] = np.stack([share for share, _ in each]), np.stack([part for _, part in each])
    for path, value in scenario.fixed.items():
        held = np.ones((len(scenario.variants), scenario.quarters))
        found[path] = held, held * value
    return found


def _lived(study: Study, scenario: Scenario) -> NDArray[np.int64]:
    """Return (worlds,) the number of the variant that each world lives."""
    took = {each.condition: each.worlds for each in taken_in(study, scenario.name)} if scenario.conditions else {}
    lived = np.zeros(study.worlds, dtype=np.int64)
    for bit, condition in enumerate(scenario.conditions):
        lived += np.isin(study.numbers, took[str(condition)]) << bit
    return lived


def lever_columns(study: Study, courses: Courses, year: YearOf, taken: Sequence[str]) -> list[Column]:
    """Return a column of values for each thing that is set, and one of its share where it is set in part.

    Parameters
    ----------
    taken : names of the columns before them
    """
    used, found = set(taken), []
    for name, words in courses.labels.items():
        lever = name in courses.plain
        what = f"lever {name}" if lever else f"number {name}"
        source = f"the scenarios' files; {what} of the pack {study.manifest['pack']}"
        column = short_name(f"lever_{name}", used)
        used.add(column)
        unit = "0 to 1" if lever else "the number's own"
        meaning = f"{words}: what the scenario sets; empty where it leaves it as coded"
        found.append(Column(column, label(f"{words} ({name})"), unit, meaning, source, lever=name))
        if _in_part(study, courses, name, year):
            column = short_name(f"share_{name}", used)
            used.add(column)
            meaning = f"{words}: how much of the way it has replaced what is coded, over worlds and quarters of a row"
            found.append(Column(column, label(f"Share set of {words} ({name})"), "0 to 1", meaning, source,
                                lever=name, statistic="share"))  # fmt: skip
    return found


def _in_part(study: Study, courses: Courses, name: str, year: YearOf) -> bool:
    """Return whether something is set in part in any row: in a ramp, in some quarters of a year or in some worlds."""
    for scenario in study.scenarios:
        for yearly in (False, True):
            _, share = courses.at(scenario, name, None, Times.make(study.quarters(scenario), yearly, year))
            if ((share > 0) & (share < 1)).any():
                return True
    return False
