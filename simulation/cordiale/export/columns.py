"""The columns of an exported table: names that every format takes, labels, units, meanings and sources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from cordiale.charts.words import plain, quantity
from cordiale.measures.catalogue import measure_of
from cordiale.study import Study

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
    statistic : an ending of STATISTICS: what is told of the measure over worlds
    """

    name: str
    label: str
    unit: str
    meaning: str
    source: str
    measure: str = ""
    statistic: str = ""


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


def _column(study: Study, measure: str, base: str, ending: str, worlds: bool) -> Column:
    kind, what = measure_of(measure), quantity(study, measure)
    statistic = "" if worlds else STATISTICS[ending]
    unit = "0 or 1" if worlds and kind.unit == "share of worlds" else kind.unit
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
