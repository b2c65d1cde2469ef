"""What the dated record before a case's start says of agreements: their hazards, and the level of a world.

A discrete-time hazard of each agreement (Beck, Katz and Tucker 1998): a logit of the chance that a dyad which has not
signed it does so in a year, with slopes that all agreements share and a prior that theory gives. Rolling origins show
what the record up to a year would have said of the years after it. Nothing after the start of the case is read.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cordiale.analysis.dyad_years import COVARIATES, DyadYears, Record
from cordiale.analysis.hazards import (
    AHEAD,
    FIRST,
    FIXED,
    INTERCEPT,
    Logit,
    Origin,
    auc,
    fit,
    fitted,
    origin_of,
    origins_before,
    prior,
)
from cordiale.case.load import LoadedPack
from cordiale.case.ranges import Coded
from cordiale.case.register import Signing, read_register, start_year
from cordiale.files.errors import OptionError
from cordiale.scenario.load import load_case
from cordiale.study.result import Result, Row

if TYPE_CHECKING:
    import pandas as pd

DIALOGUES = 2010  # last year of the record of dialogues
FAMILY = "diplomacy"  # of models, whose hazards they are
SOURCE = "calibrated to what was signed before 2019 (docs/calibration.md)"


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
    signed : how many;  hazards : their intercept under those slopes;  auc : how well the slopes tell them
    """

    name: str
    signed: int
    hazards: Logit
    auc: float


@dataclass(frozen=True, repr=False)
class Calibration(Result):
    """Hazards of agreements, their rolling origins, and the numbers to adopt.

    Attributes
    ----------
    register : the record
    dyads : how many the states of the pack form
    at_risk : rows of the fit, from FIRST to the year in which the case starts
    hazards : an intercept for each agreement, then the slopes
    origins : the earlier first
    now : signatures a year that the hazards expect in the year after the start
    """

    kind = "calibrate"
    loaded: LoadedPack
    register: list[Signing]
    dyads: int
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
        kinds, weights = self.at_risk.kinds, self.loaded.pack.weights
        opens = {name: (self.hazards, at) for at, name in enumerate(kinds)}
        if self.dialogues is not None:
            opens[self.dialogues.name] = (self.dialogues.hazards, 0)
        found = {f"{name}.opens": _adopted(*place, self.coded(name)) for name, place in opens.items()}
        for at, name in enumerate(COVARIATES, start=len(kinds)):
            found[f"weight.hazard_{name}"] = _adopted(self.hazards, at, weights[f"hazard_{name}"])
        return found | {"weight.log_level": self.level}

    def coded(self, name: str) -> Coded:
        """Return `opens` of an agreement, as the pack has it now."""
        opens = self.loaded.pack.case.agreements[name].opens
        assert opens is not None  # else it is none of the agreements that are calibrated
        return opens

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
    told = f"AUC {hazards.auc_told}, of rates by agreement {rates.auc_told}"
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
    loaded = load_case(pack, FAMILY)
    found = calibrated(loaded, read_register(loaded))
    if out is not None:
        found.save(out, replace)
    return found


def calibrated(loaded: LoadedPack, register: list[Signing]) -> Calibration:
    """Return what `calibrate` does of a pack and its record."""
    last, record = start_year(loaded.pack), record_of(loaded, register)
    rows = record.rows(FIRST, last)
    hazards = fitted(rows)
    origins = [origin_of(record, year) for year in origins_before(last)]
    now = float(hazards.chance(record.ahead(last, 1).design).sum())
    dialogues = _dialogues(loaded, register, opened_kinds(loaded), hazards)
    return Calibration(loaded, register, len(record.dyads), rows, hazards, origins, now, dialogues)


def record_of(loaded: LoadedPack, register: list[Signing]) -> Record:
    """Return the register against the dyads of a pack, of the agreements that are calibrated.

    Raises
    ------
    OptionError where none of them was signed
    """
    opened, signed = opened_kinds(loaded), {each.agreement for each in register}
    kinds = [name for name in opened if name != loaded.pack.case.roles.dialogue and name in signed]
    if not kinds:
        raise OptionError(f"the record of the pack {loaded.pack.name} has no agreement with `opens` above dialogue")
    return Record(loaded, register, kinds, opened)


def opened_kinds(loaded: LoadedPack) -> list[str]:
    """Return the agreements that dyads open of themselves: those for which the pack has `opens`."""
    return [name for name, record in loaded.pack.case.agreements.items() if record.opens is not None]


def _dialogues(loaded: LoadedPack, register: list[Signing], opened: list[str], hazards: Logit) -> Dialogues | None:
    """Return how the slopes tell first dialogues; None for a pack whose dialogues nobody opens, or have no record."""
    name = loaded.pack.case.roles.dialogue
    if name not in {each.agreement for each in register if FIRST <= each.signed <= DIALOGUES} & {*opened}:
        return None
    rows = Record(loaded, register, [name], opened).rows(FIRST, DIALOGUES)
    slopes = hazards.estimate[-len(COVARIATES) :]
    mean = np.array([INTERCEPT[0], *slopes])
    intercept = fit(rows.design, rows.signed, mean, np.array([INTERCEPT[1]] + [FIXED] * len(slopes)))
    return Dialogues(name, int(rows.signed.sum()), intercept, auc(rows.x @ slopes, rows.signed))


# ----------------------------------------------------------------
# What to adopt.


def _out(value: float, side: int) -> float:
    """Return a number of two decimals: the nearest, or for a side of -1 or 1 the next in that direction."""
    if side == 0:
        return round(value, 2) + 0.0
    return side * math.ceil(100 * side * value - 1e-9) / 100 + 0.0


def _adopted(hazards: Logit, at: int, present: Coded) -> Ends:
    """Return a coefficient's 95 % interval on its scale, as wide as is asked of a number that is not in the article.

    Parameters
    ----------
    present : the number as the pack or the model has it now, for its scale
    """
    bottom, top = present.bounds
    best = min(max(_out(float(hazards.estimate[at]), 0), bottom), top)
    low, high = (min(max(end, bottom), top) for end in hazards.interval(at))
    lack = max(present.width_around(best) - (high - low), 0.0)
    low = min(max(low - lack / 2, bottom), top - (high - low) - lack)
    return Ends(_out(low, -1), best, _out(max(high, low + present.width_around(best)), 1))


def yaml_lines(found: Calibration) -> dict[str, list[str]]:
    """Return file -> the lines that hold the numbers to adopt: `opens` in the pack, the weights in the model's file."""
    lines: dict[str, list[str]] = {"case.yaml": [], "weights.yaml": []}
    for path, ends in found.ranges.items():
        name = path.removeprefix("weight.")
        coded = f"low: {ends.low:g}, best: {ends.best:g}, high: {ends.high:g}, basis: not in the article"
        coded += f", source: {json.dumps(SOURCE)}"
        if name == path:
            lines["case.yaml"] += [f"{path.removesuffix('.opens')}:", f"  opens: {{{coded}}}"]
        else:
            weight = found.loaded.pack.weights[name]
            about = f"meaning: {_text(weight.meaning)}, unit: {_text(weight.unit)}"
            scale = f"least: {weight.least:g}, most: {weight.most:g}"
            lines["weights.yaml"].append(f"{name}: {{{about}, {scale}, {coded}}}")
    return lines


def _text(text: str) -> str:
    """Return a text as a flow mapping holds it."""
    return json.dumps(text, ensure_ascii=False) if set(text) & set(",:{}[]#'\"&*!|>%@`") else text


def apart(found: Calibration) -> list[str]:
    """Return the paths of which the pack or the model holds other numbers than those found."""
    pack = found.loaded.pack
    present: dict[str, Coded | None] = {f"weight.{name}": weight for name, weight in pack.weights.items()}
    present |= {f"{name}.opens": record.opens for name, record in pack.case.agreements.items()}
    ends = {path: coded and Ends(coded.low, coded.best, coded.high) for path, coded in present.items()}
    return [path for path, range_ in found.ranges.items() if ends[path] != range_]


# ----------------------------------------------------------------
# What was found, as rows.


def hazard_rows(found: Calibration) -> list[Row]:
    """Return a row a coefficient: prior, estimate and 95 % interval."""
    names = [f"intercept: {name}" for name in found.at_risk.kinds] + list(COVARIATES)
    mean, deviation = prior(len(found.at_risk.kinds))
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
            "log loss": f"{rival.log_loss:.4f}", "AUC": rival.auc_told,
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
