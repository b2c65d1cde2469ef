"""What the dated record before the start says of a question, as yardsticks of a forecast.

Each dyad signs each agreement that it has not signed by a yearly hazard of its own, and what it signed enters into
force after the record's mean time. Worlds are drawn from that, and the questions are read in them as in the model's.
Two hazards: one rate for each type of agreement, and a logit with an intercept a type and one slope on the strength of
the tie at the start. Both know only what was signed before, and read only what asks of such agreements.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cordiale.analysis.calibrate import record_of
from cordiale.analysis.dyad_years import DyadYears, Record
from cordiale.analysis.hazards import FIRST, INTERCEPT, fit, rates
from cordiale.analysis.sealed import DIGITS, MODEL, Chance
from cordiale.case.fields import Names
from cordiale.case.register import Signing, has_register, read_register, start_year
from cordiale.engine.sample import Sampler
from cordiale.files.csv_file import Row, csv_rows
from cordiale.files.errors import OptionError, did_you_mean, short
from cordiale.files.yaml_file import text_of
from cordiale.models.parameters import best
from cordiale.models.random import Array
from cordiale.scenario.forecast_questions import Asked
from cordiale.scenario.load import Scenario

RATES, LOGIT = "rates by type", "logit on tie strength"
SIGNED, IN_FORCE, STRENGTH = "signed", "agreement", "strength"
WEAK = 1.0  # deviation of the prior of the slope, whose mean is 0: it says little beside the record
LUCK = 32  # worlds over which the strength of ties at the start is a mean


@dataclass(frozen=True)
class Hazards:
    """Yearly chances that a dyad signs an agreement.

    Attributes
    ----------
    dyads, kinds : names
    chance : (dyads, kinds)
    """

    dyads: Sequence[str]
    kinds: Sequence[str]
    chance: Array


def by_record(scenario: Scenario, questions: Sequence[Asked]) -> dict[str, dict[str, Chance]]:
    """Return yardstick -> id -> chance, of questions about agreements of the record; none without a record."""
    if not has_register(scenario.loaded):
        return {}
    register = read_register(scenario.loaded)
    record = record_of(scenario.loaded, register)
    known = [each for each in questions if all(_is_known(name, record) for name in each.measures)]
    if not known:
        return {}
    last = start_year(scenario.loaded.pack)
    rows = record.rows(FIRST, last)
    found = {RATES: _drawn(scenario, register, by_rates(record, rows), known)}
    if STRENGTH in scenario.family.measures:
        found[LOGIT] = _drawn(scenario, register, by_strength(scenario, record, rows), known)
    return found


def _is_known(measure: str, record: Record) -> bool:
    """Return whether a measure is whether a dyad of the record has signed, or has in force, an agreement of it."""
    name, _, entity = measure.partition(":")
    stage, _, agreement = name.partition(".")
    return stage in (SIGNED, IN_FORCE) and agreement in record.kinds and entity in record.dyads


def by_rates(record: Record, rows: DyadYears) -> Hazards:
    """Return the same hazard for all dyads: signatures of a type over years at risk."""
    return Hazards(record.dyads, record.kinds, np.broadcast_to(rates(rows), (len(record.dyads), len(record.kinds))))


def by_strength(scenario: Scenario, record: Record, rows: DyadYears) -> Hazards:
    """Return the hazards of a logit on the strength of ties at the start, in the world of best values."""
    strength = strength_of(scenario, record.dyads)
    size = len(record.kinds)
    kinds = np.eye(size)
    design = np.column_stack([kinds[rows.kind], strength[rows.dyad]])
    prior = np.array([INTERCEPT[0]] * size + [0.0]), np.array([INTERCEPT[1]] * size + [WEAK])
    found = fit(design, rows.signed, *prior)
    every = [found.chance(np.column_stack([kinds, np.full(size, each)])) for each in strength]
    return Hazards(record.dyads, record.kinds, np.array(every))


def strength_of(scenario: Scenario, dyads: Sequence[str]) -> Array:
    """Return (dyads,) the strength of ties in the first quarter, standardised; a mean over the luck of some worlds."""
    sampler = Sampler([scenario], [f"{STRENGTH}:{dyad}" for dyad in dyads])
    (found,) = sampler.coded({path: float(value[0]) for path, value in best(scenario.ranges).items()}, 0, LUCK)
    raw = np.array([found[f"{STRENGTH}:{dyad}"][:, 0, 0].mean() for dyad in dyads])
    return np.asarray((raw - raw.mean()) / max(float(raw.std()), 1e-9))


def _drawn(
    scenario: Scenario, register: Sequence[Signing], hazards: Hazards, questions: Sequence[Asked]
) -> dict[str, Chance]:
    """Return id -> chance over worlds that are drawn from hazards."""
    worlds, quarters = scenario.worlds, scenario.quarters
    rng = np.random.default_rng(scenario.seed)  # the same luck for each of the hazards
    luck: dict[tuple[str, str], tuple[Array, Array]] = {}
    for dyad in hazards.dyads:
        for kind in hazards.kinds:
            luck[dyad, kind] = rng.random(worlds), rng.random(worlds)
    start, lag = start_year(scenario.loaded.pack), _lag(register)
    names = Names(scenario.loaded.pack)
    values: dict[str, Array] = {}
    for measure in sorted(frozenset().union(*(each.measures for each in questions))):
        name, _, dyad = measure.partition(":")
        stage, _, kind = name.partition(".")
        own = [each for each in register if each.agreement == kind and names.dyad(each.dyad) == dyad]
        yearly = float(hazards.chance[hazards.dyads.index(dyad), hazards.kinds.index(kind)])
        signed, force = _dates(own, start, yearly, lag, luck[dyad, kind])
        since = signed if stage == SIGNED else force
        values[measure] = (np.arange(quarters) >= since[:, None]).astype(float)
    found = {}
    for each in questions:
        if each.truth is None:
            continue
        yes = each.truth.met(values)
        read = np.ones(worlds, dtype=np.bool_) if each.given is None else each.given.met(values)
        if read.any():
            found[each.id] = Chance(round(float((yes & read).sum() / read.sum()), DIGITS), int(read.sum()))
    return found


def _dates(
    own: Sequence[Signing], start: int, yearly: float, lag: float, luck: tuple[Array, Array]
) -> tuple[Array, Array]:
    """Return the quarters, counted from 0, in which an agreement is signed and enters into force in each world."""
    held = any(each.signed_by(start) for each in own)
    quarterly = 1 - (1 - yearly) ** 0.25
    signed = np.zeros(len(luck[0])) if held else 1 + _waits(quarterly, luck[0])
    if any(each.in_force_by(start) for each in own):
        return signed, np.zeros(len(signed))
    return signed, signed + _waits(1 / (1 + 4 * lag), luck[1])


def _waits(chance: float, luck: Array) -> Array:
    """Return how many quarters go by before something happens that has the same chance in each."""
    return np.asarray(np.floor(np.log(luck) / np.log1p(-min(max(chance, 1e-12), 1 - 1e-12))))


def _lag(register: Sequence[Signing]) -> float:
    """Return the mean years from signature to entry into force."""
    years = [each.in_force - each.signed for each in register if each.in_force is not None and each.signed >= FIRST]
    return float(np.mean(years)) if years else 1.0


COLUMNS = ("id", "chance", "worlds", "source")
FEWEST = 100  # what a chance counts as, where nobody says of how many worlds it is a share


def beside(paths: Sequence[str | Path], ids: Collection[str]) -> dict[str, dict[str, Chance]]:
    """Return forecaster -> id -> chance; a forecaster is called as its file, with spaces for `_`.

    Parameters
    ----------
    ids : of the questions that are forecast

    Raises
    ------
    OptionError where there is no file, or two are called the same; FileError for what is no chance, at its place
    """
    found: dict[str, dict[str, Chance]] = {}
    for given in paths:
        path = Path(given)
        name = path.stem.replace("_", " ")
        if not path.is_file():
            raise OptionError(f"--beside {short(str(given))}: no such file")
        if name in found or name == MODEL:
            raise OptionError(f"--beside {short(str(given))}: a forecaster called {short(name)} is there already")
        found[name] = _chances(path, ids)
    return found


def _chances(path: Path, ids: Collection[str]) -> dict[str, Chance]:
    found: dict[str, Chance] = {}
    for row in csv_rows(path, text_of(path), COLUMNS, _missing):
        name = row.cells["id"]
        if name not in ids:
            row.fail("id", f"{short(name)} is none of the questions{did_you_mean(name, ids)}")
        if name in found:
            row.fail("id", f"{short(name)} stands twice")
        found[name] = Chance(_share(row), _worlds(row))
    return found


def _share(row: Row) -> float:
    share = row.number("chance")
    if share is None or not 0 <= share <= 1:
        row.fail("chance", "a chance is a number from 0 to 1")
    return round(share, DIGITS)


def _worlds(row: Row) -> int:
    worlds = row.number("worlds")
    if worlds is None:
        return FEWEST
    if worlds < 1 or worlds != int(worlds):
        row.fail("worlds", "a number of worlds is whole, and not below 1")
    return int(worlds)


def _missing(columns: list[str]) -> str | None:
    left = [name for name in ("id", "chance") if name not in columns]
    return f"no column '{left[0]}': id and chance are needed" if left else None
