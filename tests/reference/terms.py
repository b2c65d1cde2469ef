"""What an initiative is worth: the terms of ODD 7.5 and the standards that make their weights comparable."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from .case import Domain

if TYPE_CHECKING:
    from .model import World

AGREEMENT = "agreement"
"""The alternative that stands for the next agreement of a dyad, whichever that is."""


def clip(value: float, low: float = 0.0, high: float = 1.0) -> float:
    """The nearest number between low and high."""
    return min(max(value, low), high)


def mean(values: Iterable[float]) -> float:
    """The arithmetic mean; 0 of nothing."""
    numbers = list(values)
    return sum(numbers) / len(numbers) if numbers else 0.0


def terms(world: World, i: str, j: str, alternative: str) -> dict[str, float]:
    """The raw terms of an alternative of i with j: a domain's name, or AGREEMENT (7.5)."""
    if alternative == AGREEMENT:
        return pair_terms(world, i, j) | agreement_terms(world, i, j)
    return pair_terms(world, i, j) | domain_terms(world, i, j, alternative)


def pair_terms(world: World, i: str, j: str) -> dict[str, float]:
    """The terms that are the same whatever i and j might do together (7.5)."""
    me = world.state[i]
    work = sum(world.ybar(i, k) for k in world.case.states if k != i)
    return {
        "similarity": me.similarity(j),
        "trust": me.tau[j],
        "friends": friends(world, i, j),
        "likeness": 1 - abs(me.number("liberal_order") - world.state[j].number("liberal_order")),
        "formats": float(sum(i in world.members(f) and j in world.members(f) for f in world.member)),
        "upkeep": -work / max(me.number("bandwidth"), 0.25),
        "leaning": -lean(world, i) * side(world, j) if i in world.case.hedgers else 0.0,
    }


def domain_terms(world: World, i: str, j: str, d: str) -> dict[str, float]:
    """The terms that depend on the domain (7.5)."""
    domain = world.case.domain[d]
    opened = domain.unlocked_by is None or world.is_in_force(i, j, domain.unlocked_by)
    return {
        "threat": common_threat(world, i, j, domain.meets),
        "usefulness": usefulness(world, i, j, domain.theatre),
        "appetite": appetite(world, i, j, domain) + world.optional(f"{world.dyad(i, j)}.opening.{d}"),
        "unlocked": 1.0 if opened else 0.0,
        "missing": -world.y[world.dyad(i, j)][d],
        "pressure": -world.number(f"{d}.visible") * exposure(world, i, j),
    }


def agreement_terms(world: World, i: str, j: str) -> dict[str, float]:
    """The same terms for the next agreement (7.5)."""
    return {
        "threat": common_threat(world, i, j, world.case.hazards),
        "usefulness": mean(usefulness(world, i, j, theatre) for theatre in world.case.theatres),
        "appetite": 0.0,
        "unlocked": world.ybar(i, j),
        "missing": -world.depth(i, j),
        "pressure": -world.weight("agreement_visible") * exposure(world, i, j),
    }


def friends(world: World, i: str, j: str) -> float:
    """How much i and j practise with the same third states (7.5)."""
    others = [k for k in world.present if k not in (i, j)]
    return mean(world.ybar(i, k) * world.ybar(j, k) for k in others)


def lean(world: World, i: str) -> float:
    """How much more i practises with the first pole than with the second (7.5)."""
    a, b = world.case.poles
    return world.ybar(i, a) - world.ybar(i, b)


def side(world: World, j: str) -> float:
    """The side on which j stands: 1 with the first pole, -1 with the second (7.5)."""
    a, b = world.case.poles
    if j in (a, b):
        return 1.0 if j == a else -1.0
    return lean(world, j)


def common_threat(world: World, i: str, j: str, hazards: list[str]) -> float:
    """The hazards that both feel, less the threat that j itself is to i (7.5)."""
    shared = mean(world.threat(i, h) * world.threat(j, h) for h in hazards)
    return shared - (world.threat(i, j) if j in world.case.hazards else 0.0)


def usefulness(world: World, i: str, j: str, theatre: str) -> float:
    """The capability of j in a theatre, as i sees it (7.5)."""
    return clip(world.number(f"{j}.capability.{theatre}") + world.optional(f"{i}>{j}.usefulness"))


def appetite(world: World, i: str, j: str, domain: Domain) -> float:
    """How much the position of i makes it want this domain with j (7.5)."""
    if domain.appetite is None or domain.patron == i:
        return 0.0
    position = world.state[i].x[domain.appetite]
    return position if domain.patron in (None, j) else -position


def exposure(world: World, i: str, j: str) -> float:
    """What visible work with j costs i under pressure: dependence deters, resolve defies (7.5)."""
    me = world.state[i]
    defiance = world.weight("stiffening") * me.number("resolve")
    return sum(
        me.q[c] * world.threat(j, c) * (me.optional(f"dependence.{c}") - defiance)
        for c in world.case.challengers
        if c != i and c in world.present
    )


def standards(world: World) -> dict[str, dict[str, tuple[float, float]]]:
    """Mean and population sd of every term over ordered pairs: of all domains, and of the next agreement (7.5).

    The world must be the one of best values, without a timeline. Terms without a domain count every pair as
    often as there are domains, which changes neither their mean nor their sd.
    """
    pairs = [(i, j) for i in world.present for j in world.present if i != j]
    kinds = {
        "domain": [terms(world, i, j, d) for i, j in pairs for d in world.case.domains],
        AGREEMENT: [terms(world, i, j, AGREEMENT) for i, j in pairs],
    }
    return {
        kind: {term: standard([case[term] for case in cases]) for term in cases[0]} for kind, cases in kinds.items()
    }


def standard(values: list[float]) -> tuple[float, float]:
    """Mean and population sd; 0 and 1 where nothing varies (7.5)."""
    middle = mean(values)
    spread = math.sqrt(mean((value - middle) ** 2 for value in values))
    return (0.0, 1.0) if spread < 1e-9 else (middle, spread)
