"""Agreements: talks open, end in a signature or not, and what is signed enters into force."""

from __future__ import annotations

import numpy as np

from .rates import rival
from .records import (
    CAPABILITY,
    LIKENESS,
    SIMILARITY,
    THREAT,
    Draws,
    Flags,
    Floats,
    Numbers,
    Standards,
    Start,
    Structure,
    World,
)
from .terms import part


def standing(start: Start, standards: Standards, term: int, area: int, p: int):
    """A term of a dyad at the start, in deviations from the mean of dyads."""
    return part(start.terms[term, area, p] - standards.mean[term, area], standards.deviation[term, area])


def rungs(n: Numbers, in_force: Flags, p: int):
    """How many agreements that states open by themselves two have in force."""
    number = 0.0
    for a in range(len(in_force)):
        if in_force[a, p] and not np.isnan(n.opens[a]):
            number += 1.0
    return number


def partners(s: Structure, world: World, here: Flags, a: int, i: int):
    """With how many a state has an agreement, in force or signed."""
    number = 0.0
    for k in range(len(here)):
        if k != i and here[k] and (world.in_force[a, s.dyad[i, k]] or world.pending[a, s.dyad[i, k]]):
            number += 1.0
    return number


def moved(s: Structure, change: Floats, a: int, p: int):
    """The change of a tie in the areas that an agreement follows."""
    total, number = 0.0, 0
    for area in range(len(change)):
        if s.follows[a, area]:
            total += change[area, p]
            number += 1
    return total / number


def opening_chance(
    s: Structure,
    w,
    n: Numbers,
    standards: Standards,
    start: Start,
    world: World,
    here: Flags,
    change: Floats,
    chill: Floats,
    effort: Floats,
    load: Floats,
    a: int,
    p: int,
):
    """The chance that two states sign an agreement this quarter, if talks took no time."""
    if np.isnan(n.opens[a]):
        return 0.0
    i, j, everything = s.one[p], s.other[p], len(change) - 1
    logit = n.opens[a] + start.noise[p]
    logit += w.hazard_similarity * standing(start, standards, SIMILARITY, everything, p)
    logit += w.hazard_threat * standing(start, standards, THREAT, everything, p)
    logit += w.hazard_likeness * standing(start, standards, LIKENESS, everything, p)
    logit += w.hazard_capability * standing(start, standards, CAPABILITY, everything, p)
    logit += w.hazard_rungs * (rungs(n, world.in_force, p) - 0.5)
    degree = partners(s, world, here, a, i) + partners(s, world, here, a, j)
    logit += w.hazard_degree * (np.log(1.0 + degree) - 1.0)
    logit += w.hazard_change * standards.scale * moved(s, change, a, p)
    logit += w.log_level
    odds = np.exp(logit) * effort[i] * effort[j] * chill[p] / rival(start, load, i, j)
    return 1.0 - (1.0 - odds / (1.0 + odds)) ** 0.25


def opens_now(yearly, signature, dropped, uniform):
    """Whether talks open, so that as many agreements are signed as the hazard says."""
    signed_at_last = signature / (signature + dropped) if signature > 0.0 else 0.0
    if signed_at_last == 0.0:
        return yearly > 0.0
    return uniform < min(yearly / signed_at_last, 1.0)


def climb(
    s: Structure,
    w,
    n: Numbers,
    standards: Standards,
    start: Start,
    world: World,
    here: Flags,
    change: Floats,
    chill: Floats,
    effort: Floats,
    load: Floats,
    draws: Draws,
    new: World,
) -> None:
    """Write the ladder: talks, what is pending, what is in force."""
    talks, pending, in_force = new.talks, new.pending, new.in_force
    talks[:] = world.talks
    pending[:] = world.pending
    in_force[:] = world.in_force
    for p in range(len(s.one)):
        i, j = s.one[p], s.other[p]
        if not (here[i] and here[j]):
            continue
        for a in range(len(talks)):
            uniform = draws.agreement[a, p]
            signature = w.signature if np.isnan(n.signature[a]) else n.signature[a]
            if world.in_force[a, p]:
                continue
            if world.pending[a, p]:
                if uniform < w.ratification:
                    in_force[a, p], pending[a, p] = True, False
            elif world.talks[a, p]:
                if uniform < signature:
                    pending[a, p] = True
                if uniform < signature + w.dropped:
                    talks[a, p] = False
            else:
                hazard = opening_chance(s, w, n, standards, start, world, here, change, chill, effort, load, a, p)
                talks[a, p] = opens_now(hazard, signature, w.dropped, uniform)
            act(n, talks, pending, in_force, i, j, a, p)
        close(s, talks, pending, in_force, p)
        hold(n, talks, pending, in_force, i, j, p)


def act(n: Numbers, talks: Flags, pending: Flags, in_force: Flags, i: int, j: int, a: int, p: int):
    """Open talks and sign where a policy says so."""
    if in_force[a, p] or pending[a, p]:
        return
    if n.open_talks[i, j, a] >= 0.5:
        talks[a, p] = True
    if n.sign[i, j, a] >= 0.5:
        talks[a, p], pending[a, p] = False, True


def close(s: Structure, talks: Flags, pending: Flags, in_force: Flags, p: int):
    """Bring into force all that follows from what is in force."""
    for a in range(len(in_force)):
        if in_force[a, p]:
            for implied in range(len(in_force)):
                if s.implies[a, implied]:
                    in_force[implied, p], talks[implied, p], pending[implied, p] = True, False, False


def hold(n: Numbers, talks: Flags, pending: Flags, in_force: Flags, i: int, j: int, p: int):
    """Keep in force, or out, what a policy holds there."""
    for a in range(len(in_force)):
        held = n.agreement[i, j, a]
        if not np.isnan(held):
            in_force[a, p], talks[a, p], pending[a, p] = held >= 0.5, False, False
