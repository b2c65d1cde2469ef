"""A panel: whether each dyad signs each agreement within some years, asked of all of them, so that nobody chose.

The pack is set back to an earlier year: ladder, talks and contracts are those of its end. All other numbers are coded
for the start of the case, and the hazards were calibrated on the record up to it, which the notes of the forecast say.
What comes after the start of the case is in no file of the pack: a panel from there on is sealed, and scored by whoever
has a record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cordiale.analysis.calibrate import FAMILY, record_of
from cordiale.analysis.dyad_years import DyadYears, Record
from cordiale.analysis.forecast import Progress, about
from cordiale.analysis.hazards import FIRST, fitted
from cordiale.analysis.sealed import DIGITS, MODEL, Chance, Forecast, Foretold, check_place
from cordiale.analysis.yardsticks import LOGIT, RATES, by_rates, by_strength
from cordiale.case.load import nearest_pack
from cordiale.case.register import Signing, read_register, set_back, start_year
from cordiale.engine.pool import ordered
from cordiale.engine.sample import blocks
from cordiale.files.errors import OptionError
from cordiale.models.base import steps
from cordiale.models.diplomacy.rules import rules_of
from cordiale.models.diplomacy.structure import structure_of
from cordiale.models.parameters import assemble, draw
from cordiale.models.random import Array, Streams
from cordiale.models.sums import Flags
from cordiale.scenario.load import Scenario, load_scenario
from cordiale.scenario.overrides import with_options
from cordiale.study.result import folder_of

HAZARDS = "hazards of the record"
AHEAD = 7  # years that a panel from the start of the case looks ahead
LEAST = 5  # years of the record before a panel


@dataclass(frozen=True)
class Course:
    """A scenario from the end of a year on, so many quarters.

    Attributes
    ----------
    register : by which the pack is set back
    """

    scenario: Scenario
    register: Sequence[Signing]
    year: int
    quarters: int

    def signed(self, first: int, worlds: int) -> Flags:
        """Return (agreements, dyads, worlds) what is signed in some quarter and was not at the beginning."""
        loaded, start = self.scenario.loaded, start_year(self.scenario.loaded.pack)
        today = rules_of(loaded, structure_of(set_back(loaded.pack, start, self.register)))  # whose standards hold
        rules = replace(today, structure=structure_of(set_back(loaded.pack, self.year, self.register)))
        streams = Streams(self.scenario.seed, first, worlds)
        parameters = assemble(draw(self.scenario.ranges, streams), self.scenario.names)
        model = rules.start(parameters, lambda _: parameters, streams)
        before = model.now.in_force | model.now.pending
        found = np.zeros_like(before)
        for _ in steps(model, self.quarters):
            found |= (model.now.in_force | model.now.pending) & ~before
        return np.asarray(found)


def _count(course: Course, block: tuple[int, int]) -> Array:
    """Return (agreements, dyads) in how many worlds of a block each is signed."""
    return np.asarray(course.signed(*block).sum(axis=2), dtype=np.float64)


def panel(
    year: int | None = None, until: int | None = None, *, worlds: int | None = None, seed: int | None = None,
    pack: str | Path | None = None, out: str | Path | None = None, replace: bool = False, jobs: int | None = None,
    progress: Progress | None = None,
) -> Forecast:  # fmt: skip
    """Return the chance that each dyad signs each agreement which it has not signed by the end of a year.

    Parameters
    ----------
    year : the last that is known; that in which the case starts where None
    until : the last that is foretold; the start of the case, or seven years after it, where None
    worlds, seed : in place of what the baseline says
    out : file in which the sealed forecast is kept; none where None
    jobs : processes; None for as many as pay

    Raises
    ------
    OptionError for years that do not fit, and for a pack without a dated record; FileError, StudyError
    """
    if out is not None:
        check_place(Path(out), replace)
    loaded = load_scenario("baseline", pack=nearest_pack(pack), model=FAMILY)
    scenario = with_options(loaded, worlds=worlds, seed=seed)
    register = read_register(scenario.loaded)
    first, last = _years(year, until, start_year(scenario.loaded.pack))
    record = record_of(scenario.loaded, register)
    counts = _counts(Course(scenario, register, first, 4 * (last - first)), jobs, progress)
    found = Forecast(
        about(scenario, (first, last), notes_of(scenario, first)), _foretold(scenario, record, counts, first, last)
    )
    if out is not None:
        found.keep(Path(out), replace)
    return found


def _years(year: int | None, until: int | None, start: int) -> tuple[int, int]:
    first = start if year is None else year
    if not FIRST + LEAST <= first <= start:
        raise OptionError(f"--from {first}: give a year from {FIRST + LEAST} to {start}, in which the case starts")
    last = (start if first < start else start + AHEAD) if until is None else until
    if not first < last <= first + 20:
        raise OptionError(f"--to {last}: give a year from {first + 1} to {first + 20}")
    return first, last


def _counts(course: Course, jobs: int | None, progress: Progress | None) -> Array:
    """Return (agreements, dyads) in how many worlds each is signed."""
    worlds = course.scenario.worlds
    tasks = list(blocks(worlds))
    counts: list[Array] = []
    for count in ordered(_count, course, tasks, jobs, worlds * course.quarters):
        counts.append(count)
        if progress is not None:
            progress(sum(size for _, size in tasks[: len(counts)]), worlds)
    return np.asarray(np.sum(counts, axis=0))


def _foretold(scenario: Scenario, record: Record, counts: Array, first: int, last: int) -> list[Foretold]:
    """Return a question for each dyad and agreement that is open at the end of a year."""
    pack, names, worlds = scenario.loaded.pack, scenario.names, scenario.worlds
    structure = structure_of(pack)
    states = names.states
    dyads = [names.dyad(f"{states[i]}-{states[j]}") for i, j in zip(structure.one, structure.other, strict=True)]
    rows = record.ahead(first, last - first)
    chances = _yardsticks(scenario, record, rows, first, last - first)
    found = []
    for at, (dyad, kind) in enumerate(zip(rows.dyad, rows.kind, strict=True)):
        pair, name = record.dyads[dyad], record.kinds[kind]
        share = counts[names.agreements.index(name), dyads.index(pair)] / worlds
        given = {MODEL: Chance(round(float(share), DIGITS), worlds)}
        given |= {who: Chance(round(float(each[at]), DIGITS), worlds) for who, each in chances.items()}
        one, other = (pack.states[code].name for code in pair.split("-"))
        asks = f"Do {one} and {other} sign from {first + 1} to {last}: {pack.case.agreements[name].label}?"
        found.append(Foretold(f"{name}:{pair}", asks, name, pair, "exact", _hash(name, pair, first, last), given))
    return found


def _hash(name: str, pair: str, first: int, last: int) -> str:
    return "sha256:" + hashlib.sha256(f"{name}:{pair}:{first}:{last}".encode()).hexdigest()


def _yardsticks(scenario: Scenario, record: Record, rows: DyadYears, year: int, ahead: int) -> dict[str, Array]:
    """Return yardstick -> (R,) chance of each row, from the record up to a year."""
    known = record.rows(FIRST, year)
    yearly = {
        RATES: by_rates(record, known).chance[rows.dyad, rows.kind],
        LOGIT: by_strength(scenario, record, known).chance[rows.dyad, rows.kind],
        HAZARDS: fitted(known).chance(rows.design),
    }
    return {name: np.asarray(1 - (1 - each) ** ahead) for name, each in yearly.items()}


def place_of(year: int | None) -> Path:
    """Return where a panel goes whose file nobody names."""
    return Path(f"{folder_of('panel', *([] if year is None else [str(year)]))}.json")


def notes_of(scenario: Scenario, year: int) -> tuple[str, ...]:
    """Return what a reader should know of the numbers that a panel rests on."""
    start = start_year(scenario.loaded.pack)
    whole = "Every dyad and agreement that was open is asked about: nobody chose the questions."
    if year == start:
        return (whole, f"Nothing signed after {start} is in the pack: the panel is sealed without a score.")
    return (
        whole,
        f"Ladder, talks and contracts are those of the end of {year}; all other numbers were coded for {start}.",
        f"In sample: the model's hazards were calibrated on what was signed up to {start}, and the yardsticks know "
        f"what was signed up to {year} alone.",
    )
