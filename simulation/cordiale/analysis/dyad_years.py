"""The record as rows of a regression: one for each dyad, year and agreement that the dyad had not yet signed.

Covariates are those of the model's hazard (docs/ODD.md), of the world of best values. Terms of a tie are constant in
time, since nothing before the start is coded; what a dyad and its states have signed is that of the year before.
P dyads, T agreements, R rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from cordiale.case.fields import Names
from cordiale.case.load import LoadedPack
from cordiale.case.numbers import coded_numbers
from cordiale.case.pack import Agreement
from cordiale.case.register import Signing
from cordiale.models.parameters import Parameters, assemble, best
from cordiale.models.random import Array
from cordiale.models.similarity import mutual, similarity
from cordiale.models.sums import Flags

TERMS = ("similarity", "threat", "likeness", "capability")
COVARIATES = (*TERMS, "rungs", "degree")
LEAST_CAPABILITY = 0.01
Index = NDArray[np.intp]


@dataclass(frozen=True)
class DyadYears:
    """Rows at risk.

    Attributes
    ----------
    kinds : names of the agreements
    kind, dyad, year : (R,) of each row; kind and dyad are indices
    x : (R, 6) COVARIATES
    signed : (R,) whether the dyad signed in that year
    """

    kinds: list[str]
    kind: Index
    dyad: Index
    year: Index
    x: Array
    signed: Flags

    @property
    def design(self) -> Array:
        """(R, T + 6): an intercept for each agreement, then the covariates."""
        return np.hstack([np.equal.outer(self.kind, np.arange(len(self.kinds))), self.x])

    def without(self, covariates: Sequence[str]) -> DyadYears:
        """Return the rows with some covariates at 0, so that they tell nothing."""
        kept = np.array([name not in covariates for name in COVARIATES])
        return replace(self, x=self.x * kept)

    def of(self, rows: Flags) -> DyadYears:
        """Return some of the rows."""
        picked = (getattr(self, name)[rows] for name in ("kind", "dyad", "year", "x", "signed"))
        return DyadYears(self.kinds, *picked)


@lru_cache(maxsize=4)
def terms(loaded: LoadedPack) -> tuple[list[str], Array]:
    """Return the dyads of the states that take part from the start, and TERMS of each, standardised: (P, 4)."""
    names = Names(loaded.pack)
    numbers = {path: number.coded for path, number in coded_numbers(loaded, names).items()}
    world = assemble(best(numbers), names)
    apart = [at for at, code in enumerate(names.states) if not loaded.pack.states[code].enters]
    pairs = list(combinations(apart, 2))
    raw = {
        "similarity": mutual(similarity(world.ideal, world.ideal[:, None], world.salience))[0],
        "threat": _shared_threat(world, names),
        "likeness": -np.abs(np.subtract.outer(world.liberal_order[0], world.liberal_order[0])),
        "capability": np.add.outer(_capability(world), _capability(world)),
    }
    one, other = np.array(pairs).T
    table = np.stack([raw[name][one, other] for name in TERMS], axis=1)
    deviation = table.std(axis=0)
    standard = (table - table.mean(axis=0)) / np.where(deviation < 1e-9, np.inf, deviation)
    return [names.dyad(f"{names.states[i]}-{names.states[j]}") for i, j in pairs], standard


def _shared_threat(world: Parameters, names: Names) -> Array:
    """Return (N, N) the mean over hazards of both states' threats, less the threat that the two are to each other."""
    threat = world.threat[0]
    shared = threat @ threat.T / max(threat.shape[1], 1)
    own = np.zeros_like(shared)
    for code in names.challengers:
        own[:, names.states.index(code)] = threat[:, names.hazards.index(code)]
    return np.asarray(shared - (own + own.T) / 2)


def _capability(world: Parameters) -> Array:
    """Return (N,) the log of each state's mean capability."""
    return np.asarray(np.log(np.maximum(world.capability[0].mean(axis=1), LEAST_CAPABILITY)))


class Record:
    """A register against the dyads of a pack: what each had signed at the end of a year.

    Parameters
    ----------
    kinds : agreements that are opened and signed
    rungs : those that count as rungs; `kinds` where None
    """

    def __init__(
        self, loaded: LoadedPack, register: Sequence[Signing], kinds: Sequence[str], rungs: Sequence[str] | None = None
    ) -> None:
        self.dyads, self._terms = terms(loaded)
        self.kinds, self._rungs = list(kinds), list(kinds if rungs is None else rungs)
        names = Names(loaded.pack)
        self._agreements = names.agreements
        self._implies = _implied(loaded.pack.case.agreements)
        at = {dyad: place for place, dyad in enumerate(self.dyads)}
        self._rows = [each for each in register if each.dyad in at]
        self._where = [(at[each.dyad], names.agreements.index(each.agreement)) for each in self._rows]
        states = sorted({code for dyad in self.dyads for code in dyad.split("-")})
        self._ends = np.array([[code in dyad.split("-") for code in states] for dyad in self.dyads], dtype=float)

    def _flags(self, holds: Callable[[Signing], bool]) -> Flags:
        """Return (P, A) where a row of the register holds."""
        table = np.zeros((len(self.dyads), len(self._agreements)), dtype=bool)
        for each, place in zip(self._rows, self._where, strict=True):
            table[place] |= holds(each)
        return table

    def _at(self, agreements: Sequence[str]) -> list[int]:
        return [self._agreements.index(name) for name in agreements]

    def _in_force(self, year: int) -> Flags:
        """Return (P, A) what is in force, or implied by it, at the end of a year."""
        return np.asarray(self._flags(lambda each: each.in_force_by(year)) @ self._implies)

    def signed(self, year: int) -> Flags:
        """Return (P, T) what is signed, or implied by what is in force, at the end of a year."""
        return (self._flags(lambda each: each.signed_by(year)) | self._in_force(year))[:, self._at(self.kinds)]

    def x(self, year: int) -> Array:
        """Return (P, T, 6) the covariates at the end of a year."""
        partners = self._ends.T @ self.signed(year)  # (states, T)
        degree = np.log1p(self._ends @ partners) - 1
        rungs = self._in_force(year)[:, self._at(self._rungs)].sum(axis=1) - 0.5
        shape = degree.shape
        columns = [np.broadcast_to(self._terms[:, [at]], shape) for at in range(len(TERMS))]
        return np.stack([*columns, np.broadcast_to(rungs[:, None], shape), degree], axis=-1)

    def rows(self, first: int, last: int) -> DyadYears:
        """Return the rows of some years, each with the covariates of the year before."""
        return _joined(self.kinds, [self._rows_of(year, year, year - 1) for year in range(first, last + 1)])

    def ahead(self, origin: int, years: int) -> DyadYears:
        """Return a row for each dyad and agreement at the end of a year: whether it is signed within some years."""
        return self._rows_of(origin + 1, origin + years, origin)

    def _rows_of(self, first: int, last: int, known: int) -> DyadYears:
        open_ = ~self.signed(known)
        came = self._flags(lambda each: first <= each.signed <= last)[:, self._at(self.kinds)]
        dyad, kind = np.nonzero(open_)
        year = np.full(len(dyad), first)
        return DyadYears(self.kinds, kind, dyad, year, self.x(known)[dyad, kind], came[dyad, kind])


def _implied(agreements: Mapping[str, Agreement]) -> Flags:
    """Return (A, A): what each agreement brings, itself included, directly or through another."""
    names = list(agreements)
    brings = np.eye(len(names), dtype=bool)
    for at, record in enumerate(agreements.values()):
        brings[at, [names.index(name) for name in record.implies]] = True
    for _ in names:
        brings = brings @ brings
    return brings


def _joined(kinds: list[str], parts: Sequence[DyadYears]) -> DyadYears:
    names = ("kind", "dyad", "year", "x", "signed")
    return DyadYears(kinds, *(np.concatenate([getattr(part, name) for part in parts]) for name in names))
