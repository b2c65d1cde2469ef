"""What the reference asks of its caller: the case, the parameters, the draws. No rule is here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass
class Domain:
    """A kind of practical cooperation."""

    theatre: str
    meets: list[str]
    appetite: str | None = None
    patron: str | None = None
    unlocked_by: str | None = None


@dataclass
class Case:
    """A case without its numbers; every list is in the order of the pack.

    A dyad is written with its two codes in alphabetical order: "FRA-JPN".
    """

    states: list[str]
    issues: list[str]
    domains: list[str]
    agreements: list[str]
    formats: list[str]
    theatres: list[str]
    hazards: list[str]
    challengers: list[str]
    pressing: set[str]
    hedgers: set[str]
    poles: tuple[str, str]
    provokes: dict[str, list[str]]
    restrains: dict[str, str | None]
    domain: dict[str, Domain]
    implies: dict[str, list[str]]
    consent: dict[str, list[str]]
    start_members: dict[str, list[str]]
    start_in_force: set[tuple[str, str]]
    start_pending: set[tuple[str, str]]


class Parameters(Protocol):
    """Every number of one world."""

    def get(self, path: str, t: int) -> float | None:
        """The effective value in quarter t, the timeline of 7.1 included; None where there is none."""

    def coded(self, path: str) -> float | None:
        """The value as drawn, before any lever; None where there is none."""


class Draws(Protocol):
    """Every chance event of one world, each with its own number."""

    def normal(self, state: str, issue: str, t: int) -> float:
        """The noise e_jk of a public signal (7.2)."""

    def gumbel_nothing(self, state: str, t: int) -> float:
        """The score g_i0 of doing nothing (7.6)."""

    def gumbel(self, i: str, j: str, alternative: int, t: int) -> float:
        """The part g_ij,a of a score; the next agreement has the number after the last domain (7.6)."""

    def bandwidth_uniform(self, state: str, t: int) -> float:
        """The uniform u_i of the number of initiatives (7.6)."""

    def answer(self, i: str, j: str, alternative: int, t: int) -> float:
        """The uniform by which j answers the offer of i (7.6)."""

    def ratify(self, i: str, j: str, agreement: int, t: int) -> float:
        """The uniform by which a pending agreement enters into force; i stands before j in the pack (7.7)."""

    def apply(self, state: str, format: str, t: int) -> float:
        """The uniform by which a state enters a format (7.8)."""


def dyad_of(i: str, j: str) -> str:
    """The name of the dyad of two states."""
    return f"{min(i, j)}-{max(i, j)}"
