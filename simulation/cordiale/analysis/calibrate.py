"""What the dated record before a case's start says of agreements: their hazards, and the level of a world.

A discrete-time hazard of each agreement (Beck, Katz and Tucker 1998): a logit of the chance that a dyad which has not
signed it does so in a year, with slopes that all agreements share and a prior that theory gives. Rolling origins show
what the record up to a year would have said of the years after it. Nothing after the start of the case is read.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cordiale.analysis.dyad_years import COVARIATES, DyadYears, Record
from cordiale.analysis.logit import Logit, auc, fit, log_loss
from cordiale.case.load import LoadedPack
from cordiale.case.ranges import Logit as OpensRange
from cordiale.case.register import Signing, read_register, start_year
from cordiale.files.errors import OptionError
from cordiale.models.random import Array
from cordiale.scenario.load import load_case
from cordiale.study.result import Result, Row

if TYPE_CHECKING:
    import pandas as pd

FIRST, AHEAD = 2000, 4  # the first year of the fits; years that an origin looks ahead
SLOPE = (0.4, 0.3)  # mean and deviation of the prior of a slope
INTERCEPT = (-5.0, 2.0)  # weak: a dyad signs a kind once in a century and a half, give or take a factor of seven
FIXED = 1e-4  # deviation of a prior that lets nothing be learnt
DIALOGUES = 2010  # last year of the record of dialogues
SOURCE = "calibrated to what was signed before 2019 (docs/calibration.md)"


@dataclass(frozen=True)
class Rival:
    """One way to give chances, against what came.

    Attributes
    ----------
    chance : (R,) that each dyad and agreement is signed within the years ahead
    signed : (R,) whether it was
    """

    name: str
    chance: Array
    signed: np.typing.NDArray[np.bool_]

    @property
    def expected(self) -> float:
        """Number of signatures that it expects."""
        return float(self.chance.sum())

    @property
    def log_loss(self) -> float:
        """Mean -log of the chance of what came."""
        return log_loss(self.chance, self.signed)

    @property
    def auc(self) -> float:
        """How often what was signed had the larger chance of the two."""
        return auc(self.chance, self.signed)


@dataclass(frozen=True)
class Origin:
    """What the record up to a year says of the years after it.

    Attributes
    ----------
    year : the last that is known;  last : the last that is foretold
    test : a row for each dyad and agreement not signed by then
    rivals : the fitted hazards, those whose slopes are the theory's, and one rate for each agreement
    """

    year: int
    last: int
    test: DyadYears
    rivals: list[Rival]

    @property
    def seen(self) -> int:
        """Number of signatures that came."""
        return int(self.test.signed.sum())

    @property
    def ratio(self) -> float:
        """Signatures that came over those that the fitted hazards expect."""
        return self.seen / self.rivals[0].expected


@dataclass(frozen=True)
class Ends:
    """A range to adopt."""

    low: float
    best: float
    high: float


@dataclass(frozen=True)
class Dialogues:
    """The slopes of the ladder's agreements, put to another record: first dialogues.

    Attributes
    ----------
    signed : how many;  opens : their intercept under those slopes;  auc : how well the slopes tell them
    """

    name: str
    signed: int
    opens: float
    auc: float


@dataclass(frozen=True, repr=False)
class Calibration(Result):
    """Hazards of agreements, their rolling origins, and the numbers to adopt.

    Attributes
    ----------
    register : the record
    at_risk : rows of the fit, from FIRST to the year in which the case starts
    hazards : an intercept for each agreement, then the slopes
    origins : the earlier first
    now : signatures a year that the hazards expect in the year after the start
    """

    kind = "calibrate"
    loaded: LoadedPack
    register: list[Signing]
    at_risk: DyadYears
    hazards: Logit
    origins: list[Origin]
    now: float
    dialogues: Dialogues | None

    @property
    def last(self) -> int:
        """The last year of the record."""
        return int(self.at_risk.year.max())

    @property
    def recent(self) -> float:
        """Signatures a year in the last years of the record."""
        return self.origins[-1].seen / AHEAD

    @property
    def level(self) -> Ends:
        """The level of a world, the log of what multiplies its rates.

        Low: the hazards of the whole record hold. Best: the pace of the last years goes on. High: the record falls as
        short of what comes as it did at the origin where it fell shortest.
        """
        high = max(0.0, *(math.log(max(origin.ratio, 1.0)) for origin in self.origins))
        best = min(max(math.log(self.recent / self.now), 0.0), high) if self.recent > 0 else 0.0
        return Ends(0.0, _out(best, 0), _out(high, 1))

    @property
    def ranges(self) -> dict[str, Ends]:
        """Path -> the range to adopt, of `opens` of each agreement and of the weights."""
        kinds = self.at_risk.kinds
        found = {f"{name}.opens": _opens(self.hazards, at) for at, name in enumerate(kinds)}
        found |= {f"weight.hazard_{name}": _slope(self.hazards, len(kinds) + at) for at, name in enumerate(COVARIATES)}
        return found | {"weight.log_level": self.level}

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return a row a coefficient; a row an origin and way to give chances; a row a signature."""
        import pandas as pd

        signings = [{name: getattr(each, name) for name in SIGNING} for each in self.register]
        return {
            "hazards": pd.DataFrame(hazard_rows(self)),
            "origins": pd.DataFrame(origin_rows(self)),
            "record": pd.DataFrame(signings),
        }

    def sentences(self) -> list[str]:
        """Return what the record says of the level, and of how well dyads are told apart."""
        told = [told_of(origin) for origin in self.origins]
        level = self.level
        pace = f"{self.recent:.1f} a year came in the last {AHEAD} years, {self.now:.1f} are expected of the next"
        return [*told, f"{pace}: log_level {level.low:g} to {level.high:g}, best {level.best:g}."]

    def details(self) -> Row:
        """Return what its manifest says of it."""
        return {
            "pack": self.loaded.pack.name,
            "signatures": int(self.at_risk.signed.sum()),
            "rows": len(self.at_risk.year),
        }

    def record(self) -> Row:
        """Return what a program would read of it, as JSON."""
        ranges = {path: vars(ends) for path, ends in self.ranges.items()}
        return {"ranges": ranges, "origins": origin_rows(self), "sentences": self.sentences()}

    def rows(self) -> list[tuple[str, list[Row]]]:
        """Return what a terminal shows: the coefficients, and the rolling origins."""
        return [("Hazards", hazard_rows(self)), ("Rolling origins", origin_rows(self))]


def told_of(origin: Origin) -> str:
    """Return in words what the record to an origin expected, and what came."""
    hazards, rates = origin.rivals[0], origin.rivals[-1]
    expected = f"{hazards.expected:.1f} signatures in {origin.year + 1} to {origin.last}"
    told = f"AUC {hazards.auc:.2f}, of rates by agreement {rates.auc:.2f}"
    return f"The record to {origin.year} expects {expected}; {origin.seen} came ({told})."


SIGNING = ("dyad", "agreement", "signed", "in_force", "ended", "source", "file")


def calibrate(pack: str | None = None, *, out: Path | str | None = None, replace: bool = False) -> Calibration:
    """Return what the dated record of a pack says of the hazards of agreements and of the level of a world.

    Parameters
    ----------
    pack : name or folder of the case pack; that of the nearest folder that has one where None
    out : folder in which tables and charts are kept; none where None

    Raises
    ------
    FileError for a fault in the record; OptionError for a pack without one, or one in which nothing was signed
    """
    loaded = load_case(pack)
    found = calibrated(loaded, read_register(loaded))
    if out is not None:
        found.save(out, replace)
    return found


def calibrated(loaded: LoadedPack, register: list[Signing]) -> Calibration:
    """Return what `calibrate` does of a pack and its record."""
    last, kinds = start_year(loaded.pack), kinds_of(loaded, register)
    if not kinds:
        raise OptionError(f"the record of the pack {loaded.pack.name} names no agreement that a hazard could open")
    record = Record(loaded, register, kinds)
    rows = record.rows(FIRST, last)
    hazards = _fitted(rows, SLOPE[1])
    origins = [_origin(record, year) for year in (last - 2 * AHEAD, last - AHEAD)]
    now = float(hazards.chance(record.ahead(last, 1).design).sum())
    return Calibration(loaded, register, rows, hazards, origins, now, _dialogues(loaded, register, kinds, hazards))


def kinds_of(loaded: LoadedPack, register: list[Signing]) -> list[str]:
    """Return the agreements of a record that dyads open and sign: neither treaties of defence nor dialogues."""
    roles, there = loaded.pack.case.roles, {each.agreement for each in register}
    return [name for name in loaded.pack.case.agreements if name in there - {roles.treaty, roles.dialogue}]


def _prior(kinds: int, deviation: float) -> tuple[Array, Array]:
    slopes = len(COVARIATES)
    mean = np.array([INTERCEPT[0]] * kinds + [SLOPE[0]] * slopes)
    return mean, np.array([INTERCEPT[1]] * kinds + [deviation] * slopes)


def _fitted(rows: DyadYears, deviation: float) -> Logit:
    return fit(rows.design, rows.signed, *_prior(len(rows.kinds), deviation))


def _origin(record: Record, year: int) -> Origin:
    known, test = record.rows(FIRST, year), record.ahead(year, AHEAD)
    chances = {
        "hazards": _fitted(known, SLOPE[1]).chance(test.design),
        "slopes of the prior": _fitted(known, FIXED).chance(test.design),
        "one rate for each agreement": _rates(known)[test.kind],
    }
    rivals = [Rival(name, 1 - (1 - chance) ** AHEAD, test.signed) for name, chance in chances.items()]
    return Origin(year, year + AHEAD, test, rivals)


def _rates(known: DyadYears) -> Array:
    """Return (T,) signatures of each agreement over years at risk; half a signature is added, so that none is 0."""
    size = len(known.kinds)
    return np.asarray((np.bincount(known.kind[known.signed], minlength=size) + 0.5)
                      / (np.bincount(known.kind, minlength=size) + 1))  # fmt: skip


def _dialogues(loaded: LoadedPack, register: list[Signing], rungs: list[str], hazards: Logit) -> Dialogues | None:
    """Return how the slopes tell first dialogues; None for a pack that has no such role or record."""
    name = loaded.pack.case.roles.dialogue
    if name not in {each.agreement for each in register if FIRST <= each.signed <= DIALOGUES} or name is None:
        return None
    rows = Record(loaded, register, [name], rungs).rows(FIRST, DIALOGUES)
    slopes = hazards.estimate[len(rungs) :]
    mean = np.array([INTERCEPT[0], *slopes])
    found = fit(rows.design, rows.signed, mean, np.array([INTERCEPT[1]] + [FIXED] * len(slopes)))
    score = auc(rows.x @ slopes, rows.signed)
    return Dialogues(name, int(rows.signed.sum()), float(found.estimate[0]), score)


# ----------------------------------------------------------------
# What to adopt.


def _out(value: float, side: int) -> float:
    """Return a number of two decimals: the nearest, or for a side of -1 or 1 the next in that direction."""
    if side == 0:
        return round(value, 2) + 0.0
    return side * math.ceil(100 * side * value - 1e-9) / 100 + 0.0


def _opens(hazards: Logit, at: int) -> Ends:
    """Return the 95 % interval of an intercept, at least as wide as the pack asks of such a number."""
    best = _out(float(hazards.estimate[at]), 0)
    least = math.log(2)
    low, high = hazards.interval(at)
    bottom, top = OpensRange.scale
    return Ends(max(_out(min(low, best - least), -1), bottom), best, min(_out(max(high, best + least), 1), top))


def _slope(hazards: Logit, at: int) -> Ends:
    """Return the 95 % interval of a slope, from 0 up: its sign is the theory's."""
    low, high = hazards.interval(at)
    best = max(_out(float(hazards.estimate[at]), 0), 0.0)
    return Ends(max(_out(low, -1), 0.0), best, _out(high, 1))


def yaml_lines(found: Calibration) -> dict[str, list[str]]:
    """Return file -> the lines that hold the numbers to adopt: the pack's `opens`, the weights."""
    lines: dict[str, list[str]] = {"case.yaml": [], "weights.yaml": []}
    for path, ends in found.ranges.items():
        text = f"low: {ends.low:g}, best: {ends.best:g}, high: {ends.high:g}"
        coded = f'{{{text}, basis: not in the article, source: "{SOURCE}"}}'
        if path.startswith("weight."):
            lines["weights.yaml"].append(f"{path.removeprefix('weight.')}: {coded}")
        else:
            lines["case.yaml"] += [f"{path.removesuffix('.opens')}:", f"  opens: {coded}"]
    return lines


def apart(found: Calibration) -> list[str]:
    """Return the paths whose numbers in the pack and the weights are others than those found, or are not there."""
    pack = found.loaded.pack
    present = {f"{name}.opens": record.opens for name, record in pack.case.agreements.items()}
    weights = {f"weight.{name}": weight for name, weight in pack.weights.items()}
    coded = present | weights
    return [
        path for path, ends in found.ranges.items()
        if (has := coded.get(path)) is None or (has.low, has.best, has.high) != (ends.low, ends.best, ends.high)
    ]  # fmt: skip


# ----------------------------------------------------------------
# What was found, as rows.


def hazard_rows(found: Calibration) -> list[Row]:
    """Return a row a coefficient: prior, estimate and 95 % interval."""
    names = [f"intercept: {name}" for name in found.at_risk.kinds] + list(COVARIATES)
    mean, deviation = _prior(len(found.at_risk.kinds), SLOPE[1])
    counts = Counter(found.at_risk.kinds[at] for at in found.at_risk.kind[found.at_risk.signed])
    rows = []
    for at, name in enumerate(names):
        low, high = found.hazards.interval(at)
        kind = name.removeprefix("intercept: ")
        rows.append({
            "coefficient": name, "prior": f"{mean[at]:g} ± {deviation[at]:g}",
            "estimate": float(found.hazards.estimate[at]), "low": low, "high": high,
            "signatures": str(counts[kind]) if kind in found.at_risk.kinds else "all",
        })  # fmt: skip
    return rows


def origin_rows(found: Calibration) -> list[Row]:
    """Return a row an origin and way to give chances: expected and seen counts, log loss, AUC."""
    return [
        {
            "known to": origin.year, "years ahead": f"{origin.year + 1} to {origin.last}", "chances from": rival.name,
            "dyads and agreements": len(origin.test.kind), "expected": rival.expected, "seen": origin.seen,
            "log loss": f"{rival.log_loss:.4f}", "AUC": f"{rival.auc:.2f}",
        }
        for origin in found.origins for rival in origin.rivals
    ]  # fmt: skip


def kind_rows(found: Calibration) -> list[Row]:
    """Return a row an origin and agreement: signatures expected and seen."""
    return [
        {
            "years ahead": f"{origin.year + 1} to {origin.last}", "agreement": name,
            "expected": float(origin.rivals[0].chance[origin.test.kind == at].sum()),
            "seen": int(origin.test.signed[origin.test.kind == at].sum()),
        }
        for origin in found.origins for at, name in enumerate(found.at_risk.kinds)
    ]  # fmt: skip
