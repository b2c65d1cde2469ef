"""What moves a tie: its terms, as each of the two values the other, and its change since the start."""

from __future__ import annotations

import numpy as np

from .records import (
    APPETITE,
    CAPABILITY,
    FORMATS,
    FRIENDS,
    LEAST,
    LIKENESS,
    OFFICIALS,
    PRACTICE,
    SIMILARITY,
    TERMS,
    THREAT,
    TRUST,
    USEFULNESS,
    Flags,
    Floats,
    Numbers,
    Standards,
    Start,
    Structure,
    World,
)


def clip(value, low, high):
    return min(max(value, low), high)


def mean_capability(n: Numbers, i: int):
    """A state's capability over theatres."""
    total = 0.0
    for theatre in range(n.capability.shape[1]):
        total += n.capability[i, theatre]
    return total / n.capability.shape[1]


def threats(s: Structure, n: Numbers, fear: Floats) -> Floats:
    """(N, H): what each state feels, coded and learnt."""
    felt = n.threat.copy()
    for c in range(len(s.state_of)):
        for i in range(len(felt)):
            felt[i, s.hazard_of[c]] = clip(n.threat[i, s.hazard_of[c]] + fear[c, i], 0.0, 1.0)
    return felt


def bonds(s: Structure, practice: Floats) -> Floats:
    """(N, N): practice of two states over domains; 0 of one with itself."""
    found = np.zeros(s.dyad.shape)
    for p in range(len(s.one)):
        total = 0.0
        for domain in range(len(practice)):
            total += practice[domain, p]
        found[s.one[p], s.other[p]] = found[s.other[p], s.one[p]] = total / len(practice)
    return found


# ---------------------------------------------------------------- halves: as state i values j in an area


def similarity(s: Structure, n: Numbers, position: Floats, area: int, i: int, j: int):
    gap, weight = 0.0, 0.0
    for issue in range(position.shape[1]):
        if s.issues[area, issue]:
            gap += n.salience[i, issue] * abs(position[i, issue] - position[j, issue])
            weight += n.salience[i, issue]
    return 1.0 - 2.0 * gap / weight if weight > 0.0 else 0.0


def common_threat(s: Structure, felt: Floats, area: int, i: int, j: int):
    total, number = 0.0, 0
    for hazard in range(felt.shape[1]):
        if s.hazards[area, hazard]:
            total += felt[i, hazard] * felt[j, hazard]
            number += 1
    shared = total / number if number > 0 else 0.0
    return shared - felt[i, s.hazard_of[s.challenger[j]]] if s.challenger[j] >= 0 else shared


def usefulness_in(s: Structure, n: Numbers, position: Floats, domain: int, i: int, j: int):
    brings = n.capability[j, s.theatre[domain]]
    if s.contribution[domain] >= 0:
        brings *= 0.4 + 0.6 * position[j, s.contribution[domain]]
    return clip(brings + n.usefulness[i, j], 0.0, 1.0)


def usefulness(s: Structure, n: Numbers, position: Floats, area: int, i: int, j: int):
    domains = len(s.theatre)
    if area < domains:
        return usefulness_in(s, n, position, area, i, j)
    total = 0.0
    for domain in range(domains):
        total += usefulness_in(s, n, position, domain, i, j)
    return total / domains


def appetite(s: Structure, n: Numbers, position: Floats, area: int, i: int, j: int):
    if area >= len(s.theatre):
        return 0.5
    wish, patron = 0.5, s.patron[area]
    if s.appetite[area] >= 0 and i != patron:
        wish = position[i, s.appetite[area]]
        if patron >= 0 and j != patron:
            wish = 1.0 - wish
    return wish + n.opening[i, j, area] * (1.0 - wish)


# ---------------------------------------------------------------- terms that two states share


def friends(bond: Floats, here: Flags, i: int, j: int):
    """How much third states work with both."""
    total, number = 0.0, 0
    for k in range(len(here)):
        if here[k] and k != i and k != j:
            total += bond[i, k] * bond[j, k]
            number += 1
    return total / number if number > 0 else 0.0


def common_formats(member: Flags, level, i: int, j: int):
    number = 0
    for group in range(len(level)):
        if level[group] >= OFFICIALS and member[group, i] and member[group, j]:
            number += 1
    return float(number)


def tie_terms(s: Structure, n: Numbers, world: World, here: Flags, felt: Floats, bond: Floats) -> Floats:
    """(10, D + 2, P): every term of every dyad in every area, the mean of its halves.

    Parameters
    ----------
    felt : from `threats`
    bond : from `bonds`
    """
    areas, dyads = len(s.issues), len(s.one)
    found = np.zeros((TERMS, areas, dyads))
    for p in range(dyads):
        i, j = s.one[p], s.other[p]
        likeness = 1.0 - abs(n.liberal_order[i] - n.liberal_order[j])
        capability = np.log(max(mean_capability(n, i), 0.01)) + np.log(max(mean_capability(n, j), 0.01))
        practised = np.log(bond[i, j] + 0.03)
        shared_friends = friends(bond, here, i, j)
        trusted = (world.trust[i, j] + world.trust[j, i]) / 2
        formats = common_formats(world.member, world.level, i, j)
        for area in range(areas):
            found[SIMILARITY, area, p] = (
                similarity(s, n, world.position, area, i, j) + similarity(s, n, world.position, area, j, i)
            ) / 2
            found[THREAT, area, p] = (common_threat(s, felt, area, i, j) + common_threat(s, felt, area, j, i)) / 2
            found[USEFULNESS, area, p] = (
                usefulness(s, n, world.position, area, i, j) + usefulness(s, n, world.position, area, j, i)
            ) / 2
            found[APPETITE, area, p] = (
                appetite(s, n, world.position, area, i, j) + appetite(s, n, world.position, area, j, i)
            ) / 2
            found[LIKENESS, area, p] = likeness
            found[CAPABILITY, area, p] = capability
            found[PRACTICE, area, p] = practised
            found[FRIENDS, area, p] = shared_friends
            found[TRUST, area, p] = trusted
            found[FORMATS, area, p] = formats
    return found


# ---------------------------------------------------------------- of one state


def needs(s: Structure, n: Numbers, world: World, here: Flags, felt: Floats) -> Floats:
    """(N,): how much each needs others against the challenger that it fears most."""
    found = np.zeros(len(here))
    for i in range(len(here)):
        worst, guarded = 0.0, 0.0
        for c in range(len(s.state_of)):
            if s.state_of[c] != i:
                worst = max(worst, felt[i, s.hazard_of[c]])
        if s.treaty >= 0:
            for k in range(len(here)):
                if k != i and here[k] and world.in_force[s.treaty, s.dyad[i, k]]:
                    guarded = max(guarded, world.trust[i, k] * mean_capability(n, k))
        found[i] = worst * (1.0 - guarded)
    return found


def hedge(s: Structure, w, here: Flags, gains: Floats, i: int, j: int):
    """What a hedger adds to a tie with a pole: against what its tie with one has gained on that with the other."""
    first, second = s.poles[0], s.poles[1]
    if not s.hedges[i] or i == first or i == second or not (here[first] and here[second]):
        return 0.0
    gained = gains[s.dyad[i, first]] - gains[s.dyad[i, second]]
    if j == first:
        return -w.leaning * gained
    return w.leaning * gained if j == second else 0.0


def pressed(s: Structure, n: Numbers, world: World, felt: Floats, here: Flags, i: int, j: int):
    """What pressure on i weighs against its work with j, who shares the fear."""
    total = 0.0
    for c in range(len(s.state_of)):
        challenger, hazard = s.state_of[c], s.hazard_of[c]
        if challenger != i and challenger != j and here[challenger] and felt[i, hazard] * felt[j, hazard] > 0.25:
            total += world.pressure[c, i] * (n.dependence[i, c] - 0.5 * n.resolve[i])
    return total


# ---------------------------------------------------------------- the change of a tie since the start


def value(w, term: int):
    """The weight of a standardised term."""
    if term == SIMILARITY:
        return w.value_similarity
    if term == THREAT:
        return w.value_threat
    if term == USEFULNESS:
        return w.value_usefulness
    if term == APPETITE:
        return w.value_appetite
    if term == LIKENESS:
        return w.value_likeness
    if term == CAPABILITY:
        return w.value_capability
    if term == PRACTICE:
        return w.value_practice
    if term == FRIENDS:
        return w.value_friends
    if term == TRUST:
        return w.value_trust
    return w.value_formats


def part(numerator, deviation):
    """A difference in deviations; 0 where nothing differs between dyads."""
    return numerator / deviation if deviation >= LEAST else 0.0


def changes(
    s: Structure,
    w,
    n: Numbers,
    standards: Standards,
    start: Start,
    world: World,
    here: Flags,
    felt: Floats,
    bond: Floats,
) -> Floats:
    """(D + 2, P): how much each area of a tie has changed since the start; a dyad that is not here keeps its own.

    The pressure at the start is 0.
    """
    terms, need = tie_terms(s, n, world, here, felt, bond), needs(s, n, world, here, felt)
    gains, found = world.change.copy(), world.change.copy()
    for p in range(len(s.one)):
        i, j = s.one[p], s.other[p]
        common = w.need * (need[i] - start.need[i] + need[j] - start.need[j])
        common -= w.pressure_cost * (pressed(s, n, world, felt, here, i, j) + pressed(s, n, world, felt, here, j, i))
        for area in range(len(found)):
            total = 0.0
            for term in range(TERMS):
                moved = terms[term, area, p] - start.terms[term, area, p]
                total += value(w, term) * part(moved, standards.deviation[term, area])
            gains[area, p] = part(total, standards.scale) + common
    for p in range(len(s.one)):
        i, j = s.one[p], s.other[p]
        if here[i] and here[j]:
            leaning = (hedge(s, w, here, gains[-1], i, j) + hedge(s, w, here, gains[-1], j, i)) / 2
            for area in range(len(found)):
                found[area, p] = clip(gains[area, p] + leaning, -2.0, 2.0)
    return found
