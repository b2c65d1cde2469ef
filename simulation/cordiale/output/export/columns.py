"""The columns of an exported table: names that every format takes, labels, units, meanings and sources."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cordiale.case.quarters import to_index
from cordiale.files.errors import StudyError, did_you_mean
from cordiale.models.random import Array
from cordiale.study.labels import plain, quantity
from cordiale.study.study import Study

LONGEST = 32  # of a Stata name
LONGEST_LABEL = 80  # of a Stata label
Entity = Literal["dyad", "directed", "state"]
# What is told of a measure over worlds: ending of the column's name, and its words.
STATISTICS = {
    "": "mean over worlds", "_sd": "standard deviation over worlds", "_p05": "5 % quantile over worlds",
    "_p50": "median over worlds", "_p95": "95 % quantile over worlds",
}  # fmt: skip
QUANTILES = (0.05, 0.5, 0.95)
_COW = "Correlates of War, country codes of the state system; the pack's cow_code"
_ISO = "ISO 3166-1 alpha-3; the pack's code of the state"
_RUN = "the study's manifest"


@dataclass(frozen=True)
class Column:
    """One column as the codebook tells of it.

    Attributes
    ----------
    name : at most 32 letters, digits and underscores
    label : at most 80 characters, for Stata
    unit, meaning, source : for the codebook
    measure : of the study; "" of a key
    statistic : an ending of STATISTICS: what is told of the measure over worlds; "share" of a lever
    lever : what is set, by its name or path; "" of other columns
    drawn : path of a number that each world draws; "" of other columns
    """

    name: str
    label: str
    unit: str
    meaning: str
    source: str
    measure: str = ""
    statistic: str = ""
    lever: str = ""
    drawn: str = ""


def keys(entity: Entity, *, worlds: bool, yearly: bool) -> list[Column]:
    """Return the columns that say whose a row is and when."""
    found = [Column("scenario", "Scenario", "", "name of the scenario in the study", _RUN)]
    if worlds:
        found += [Column("world", "World, from 0", "", "the same world in each scenario: compare world by world", _RUN)]
    found += _state_keys() if entity == "state" else _dyad_keys(directed=entity == "directed")
    found += [Column("year", "Year", "year", "calendar year", _RUN)]
    if yearly:
        return [*found, Column("quarters", "Quarters of the year in the study", "1 to 4", "below 4: not whole", _RUN)]
    return [*found, Column("quarter", "Quarter of the year", "1 to 4", "read at the end of the quarter", _RUN)]


def _state_keys() -> list[Column]:
    return [
        Column("ccode", "COW country code", "", "the state", _COW),
        Column("iso3", "ISO country code", "", "the state", _ISO),
        Column("name", "State", "", "name of the state", "the pack"),
    ]


def _dyad_keys(*, directed: bool) -> list[Column]:
    sides = ("the state that observes or acts", "its partner") if directed else ("the lower code", "the higher code")
    found = [Column(f"ccode{at}", f"COW country code, {side}", "", side, _COW) for at, side in enumerate(sides, 1)]
    found += [Column(f"iso{at}", f"ISO country code, {side}", "", side, _ISO) for at, side in enumerate(sides, 1)]
    found += [Column(f"name{at}", f"State, {side}", "", side, "the pack") for at, side in enumerate(sides, 1)]
    return found


def measures(study: Study, names: Sequence[str], taken: Iterable[str], *, worlds: bool) -> list[Column]:
    """Return a column for each measure, or one for each statistic of it.

    Parameters
    ----------
    names : measures of the study
    taken : names of the columns before them
    """
    endings = [""] if worlds else list(STATISTICS)
    used, found = set(taken), []
    for name in names:
        base = _free(name.replace(".", "_"), used)
        for ending in endings:
            used.add(base + ending)
            found.append(_column(study, name, base, ending, worlds))
    return found


def _free(name: str, used: set[str]) -> str:
    """Return a name that is short enough with every ending, and whose columns are not there yet.

    It is the same in both forms of the export, so that a program written for one reads the other.
    """
    room = LONGEST - max(len(ending) for ending in STATISTICS)
    found, number = name[:room], 1
    while any(found + ending in used for ending in STATISTICS):
        number += 1
        found = f"{name[: room - len(str(number)) - 1]}_{number}"
    return found


def short_name(text: str, used: Collection[str]) -> str:
    """Return a name of at most 32 letters, digits and underscores that is not used yet."""
    whole = re.sub(r"\W", "_", text, flags=re.ASCII)
    found, number = whole[:LONGEST], 1
    while found in used:
        number += 1
        found = f"{whole[: LONGEST - len(str(number)) - 1]}_{number}"
    return found


def drawn_columns(study: Study, paths: Sequence[str], taken: Iterable[str]) -> list[Column]:
    """Return a column for each number that a world draws.

    Parameters
    ----------
    paths : of the numbers, as `cordiale explain` takes them
    taken : names of the columns before them
    """
    used, found = set(taken), []
    for path in paths:
        name = short_name(path, used)
        used.add(name)
        source = f"drawn from its coded range; `cordiale explain SCENARIO {path}` says where that comes from"
        found.append(Column(name, label(path), "the number's own", f"{path}, as the world drew it", source, drawn=path))
    return found


def _column(study: Study, measure: str, base: str, ending: str, worlds: bool) -> Column:
    kind, what = study.measure(measure), quantity(study, measure)
    statistic = "" if worlds else STATISTICS[ending]
    unit = "0 or 1" if worlds and kind.yes_no else kind.unit
    whom = {"dyad": "of the two", "directed": "of the first toward the second", "state": "of the state"}[kind.entity]
    meaning = f"{what}, {whom}" + (f"; {statistic}" if statistic else "")
    meaning += "; recorded in the last quarter only" if kind.last_only else ""
    about = study.manifest
    source = plain(f"measure {measure} of cordiale {about['versions']['cordiale']}, pack {about['pack']}")
    return Column(base + ending, label(what, statistic), unit, meaning, source, measure, ending)


def label(what: str, statistic: str = "") -> str:
    """Return a label of at most 80 characters; what is cut is the quantity, never the statistic."""
    tail = f", {statistic}" if statistic else ""
    room = LONGEST_LABEL - len(tail)
    return (what if len(what) <= room else what[: room - 3] + "...") + tail


# ----------------------------------------------------------------
# Whose a row is and when: dyads and states with their codes, and quarters gathered into years.


YearOf = Literal["last", "mean"]
Sides = tuple[str, ...]


class States:
    """COW codes and names of a study's states; StudyError where the pack cannot tell them apart.

    Parameters
    ----------
    pack : its name
    known : code -> name and COW code of each state of the pack
    codes : the states of the study
    """

    def __init__(self, pack: str, known: Mapping[str, tuple[str, int]], codes: Iterable[str]) -> None:
        self.cow: dict[str, int] = {}
        self.names: dict[str, str] = {}
        owner: dict[int, str] = {}
        for code in codes:
            if code not in known:
                hint = did_you_mean(code, known)
                raise StudyError(f"the pack {pack} has no state {code}, and the study has one{hint}")
            self.names[code], cow = known[code]
            self.cow[code] = cow
            if cow in owner:
                message = f"{owner[cow]} and {code} of the pack {pack} have the same cow_code {cow}"
                raise StudyError(f"{message}: their rows could not be told apart")
            owner[cow] = code

    def sides(self, entity: str) -> Sides:
        """Return the state; the two of a dyad, the lower COW code first; or observer and observed."""
        if ">" in entity:
            return tuple(entity.split(">"))
        return tuple(sorted(entity.split("-"), key=self.cow.__getitem__))


@dataclass(frozen=True)
class Times:
    """The quarters of a scenario, or its years.

    Attributes
    ----------
    years, quarters : (T,) the year; the quarter of the year, or by year how many quarters the study has of it
    groups : (T,) the quarters that each time is made of, counted from 0
    of : how a year comes from its quarters: the last one, or their mean
    """

    years: list[int]
    quarters: list[int]
    groups: list[list[int]]
    of: YearOf

    @classmethod
    def make(cls, quarters: Sequence[str], yearly: bool, of: YearOf) -> Times:
        """Return the times of a scenario's quarters ("2018Q4")."""
        indices = [to_index(quarter) for quarter in quarters]
        groups: dict[int, list[int]] = {}
        for at, index in enumerate(indices):
            groups.setdefault(index // 4 if yearly else index, []).append(at)
        found = list(groups.values())
        numbers = [len(group) if yearly else indices[group[0]] % 4 + 1 for group in found]
        return cls([indices[group[0]] // 4 for group in found], numbers, found, of)

    def gathered(self, values: Array) -> Array:
        """Return (worlds, quarters recorded, entities) as (worlds, T, entities), nan where no quarter was recorded.

        What is not recorded in all quarters is recorded in the last ones.
        """
        first = sum(len(group) for group in self.groups) - values.shape[1]
        found = np.full((len(values), len(self.groups), values.shape[2]), np.nan)
        for at, group in enumerate(self.groups):
            kept = [quarter - first for quarter in group if quarter >= first]
            if kept:
                found[:, at] = values[:, kept].mean(axis=1) if self.of == "mean" else values[:, kept[-1]]
        return found


@dataclass(frozen=True)
class Rows:
    """The rows of a table that one world of a scenario has: entities in the order of their codes, each at all times.

    Attributes
    ----------
    sides : (E,) one state, or two
    times : (T,)
    """

    sides: list[Sides]
    times: Times

    @property
    def count(self) -> int:
        """How many: E * T."""
        return len(self.sides) * len(self.times.years)

    def placed(self, values: Array, places: NDArray[np.int64]) -> Array:
        """Return (lines, T, entities recorded) as (lines, rows), nan where an entity was not recorded.

        Parameters
        ----------
        places : (E,) where each entity stands among those recorded, -1 where it does not
        """
        padded = np.concatenate([values, np.full((*values.shape[:2], 1), np.nan)], axis=2)
        return np.asarray(padded[:, :, places].swapaxes(1, 2).reshape(len(values), -1))


def entities(recorded: Iterable[Sequence[str]], states: States, *, directed: bool) -> list[Sides]:
    """Return all that measures recorded, each once, by COW codes; a dyad in both directions where directed."""
    found: set[Sides] = set()
    for entity in {entity for each in recorded for entity in each}:
        sides = states.sides(entity)
        found |= {sides, sides[::-1]} if directed and "-" in entity else {sides}
    return sorted(found, key=lambda sides: [states.cow[code] for code in sides])


def places(sides: Sequence[Sides], recorded: Sequence[str], states: States) -> NDArray[np.int64]:
    """Return where each entity stands among those recorded, -1 where it does not; a dyad serves both directions."""
    at: dict[Sides, int] = {}
    for place, entity in enumerate(recorded):
        both = {states.sides(entity), states.sides(entity)[::-1]} if "-" in entity else {states.sides(entity)}
        at |= dict.fromkeys(both, place)
    return np.array([at.get(each, -1) for each in sides], dtype=np.int64)


def codes_of(measures: Iterable[Mapping[str, Sequence[str]]]) -> list[str]:
    """Return the codes of all states in what scenarios recorded, sorted; a measure of all together names none."""
    found = {entity for each in measures for names in each.values() for entity in names if entity != "all"}
    return sorted({code for entity in found for code in entity.replace(">", "-").split("-")})
