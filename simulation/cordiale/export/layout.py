"""Whose a row is and when: dyads and states with their codes, and quarters gathered into years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cordiale.draws import Array
from cordiale.errors import StudyError, did_you_mean
from cordiale.pack import Pack
from cordiale.quarters import to_index

YearOf = Literal["last", "mean"]
Sides = tuple[str, ...]


class States:
    """COW codes and names of a study's states; StudyError where the pack cannot tell them apart."""

    def __init__(self, pack: Pack, codes: Iterable[str]) -> None:
        self.cow: dict[str, int] = {}
        self.names: dict[str, str] = {}
        owner: dict[int, str] = {}
        for code in codes:
            if code not in pack.states:
                hint = did_you_mean(code, pack.states)
                raise StudyError(f"the pack {pack.name} has no state {code}, and the study has one{hint}")
            cow = self.cow[code] = pack.states[code].cow_code
            self.names[code] = pack.states[code].name
            if cow in owner:
                message = f"{owner[cow]} and {code} of the pack {pack.name} have the same cow_code {cow}"
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
    """Return the codes of all states in what scenarios recorded, sorted."""
    found = {entity for each in measures for names in each.values() for entity in names}
    return sorted({code for entity in found for code in entity.replace(">", "-").split("-")})
