"""What an initiative is worth (docs/ODD.md, 7.5), for one world w. i acts, j is its partner, a the alternative."""

from __future__ import annotations

import math

from numba import njit

from benchmarks.compiled.arrays import TERMS

SIMILARITY, TRUST, FRIENDS, LIKENESS, FORMATS, UPKEEP, LEANING = range(7)
THREAT, USEFULNESS, APPETITE, UNLOCKED, MISSING, PRESSURE = range(7, 13)
assert (TERMS[SIMILARITY], TERMS[PRESSURE]) == ("similarity", "pressure")


@njit
def weights_of_terms(weights, bones, desk):
    """Each term's weight in standard deviations: (terms, A)."""
    for a in range(desk.factor.shape[1]):
        desk.factor[SIMILARITY, a] = weights.value_similarity
        desk.factor[TRUST, a] = weights.value_trust
        desk.factor[FRIENDS, a] = weights.value_friends
        desk.factor[LIKENESS, a] = weights.value_likeness
        desk.factor[FORMATS, a] = weights.value_formats
        desk.factor[UPKEEP, a] = weights.value_upkeep
        desk.factor[LEANING, a] = weights.value_leaning
        desk.factor[THREAT, a] = weights.value_threat
        desk.factor[USEFULNESS, a] = weights.value_usefulness
        desk.factor[APPETITE, a] = weights.value_appetite
        desk.factor[UNLOCKED, a] = weights.value_unlocked
        desk.factor[MISSING, a] = weights.value_missing
        desk.factor[PRESSURE, a] = weights.value_pressure
    for term in range(desk.factor.shape[0]):
        for a in range(desk.factor.shape[1]):
            desk.factor[term, a] /= bones.deviation[term, a]


@njit
def steady(p, bones, desk):
    """The terms that hang on numbers alone, once while these stand, as in the model."""
    states, last = desk.value.shape[0], desk.value.shape[2] - 1
    hazards = p.threat.shape[1]
    theatres = p.capability.shape[1]
    for i in range(states):
        for j in range(states):
            likeness = 1 - abs(p.liberal_order[i] - p.liberal_order[j])
            fear = p.threat[i, bones.hazard[j]] if bones.hazard[j] >= 0 else 0.0
            whole = 0.0
            for t in range(theatres):
                desk.reach[t] = min(max(p.capability[j, t] + p.usefulness[i, j], 0.0), 1.0)
                whole += desk.reach[t]
            for a in range(last + 1):
                common, met = 0.0, 0
                for h in range(hazards):
                    if a == last or bones.meets[a, h]:
                        common += p.threat[i, h] * p.threat[j, h]
                        met += 1
                threat = common / max(met, 1) - fear
                useful = whole / theatres if a == last else desk.reach[bones.theatre[a]]
                desk.steady[i, j, a] = (
                    desk.factor[LIKENESS, a] * (likeness - bones.mean[LIKENESS, a])
                    + desk.factor[THREAT, a] * (threat - bones.mean[THREAT, a])
                    + desk.factor[USEFULNESS, a] * (useful - bones.mean[USEFULNESS, a])
                )


@njit
def leaning(i, j, bones, desk):
    """Minus a hedger's tilt times the partner's side."""
    if not bones.hedges[i]:
        return 0.0
    first, second = bones.pole[0], bones.pole[1]
    side = desk.ybar[j, first] - desk.ybar[j, second]
    if j == first:
        side = 1.0
    if j == second:
        side = -1.0
    return -(desk.ybar[i, first] - desk.ybar[i, second]) * side


@njit
def exposure(i, j, world, p, weights, bones):
    """What visible work with the partner costs under pressure."""
    defiance, exposed = weights.stiffening * p.resolve[i], 0.0
    for at in range(len(bones.challengers)):
        c = bones.challengers[at]
        if c != i:
            felt = world.pressure[c, i] * (p.dependence[i, at] - defiance)
            exposed += felt * p.threat[j, bones.hazard[c]]
    return exposed


@njit
def appetite(i, j, d, world, p, bones):
    """The wish for a domain, and what opens it with the partner."""
    issue, patron, wish = bones.appetite[d], bones.patron[d], 0.0
    if issue >= 0 and patron != i:
        wish = world.position[i, issue] * (1.0 if patron in (-1, j) else -1.0)
    return wish + p.opening[i, j, d]


@njit
def by_pair(i, j, upkeep, world, bones, desk):
    """The terms by partner but likeness, weighted: the same for every alternative."""
    shared = 0
    for f in range(world.member.shape[1]):
        shared += world.member[i, f] and world.member[j, f]
    factor, mean = desk.factor, bones.mean
    return (
        factor[SIMILARITY, 0] * (desk.similarity[i, j] - mean[SIMILARITY, 0])
        + factor[TRUST, 0] * (world.trust[i, j] - mean[TRUST, 0])
        + factor[FRIENDS, 0] * (desk.friends[i, j] - mean[FRIENDS, 0])
        + factor[FORMATS, 0] * (shared - mean[FORMATS, 0])
        + factor[UPKEEP, 0] * (upkeep - mean[UPKEEP, 0])
        + factor[LEANING, 0] * (leaning(i, j, bones, desk) - mean[LEANING, 0])
    )


@njit
def values(world, p, weights, bones, desk):
    """The worth of every initiative: -inf where there is no next agreement to take."""
    states, domains = world.practice.shape[0], world.practice.shape[2]
    factor, mean = desk.factor, bones.mean
    for i in range(states):
        ties = 0.0
        for j in range(states):
            ties += desk.ybar[i, j]
        upkeep = -ties / max(p.bandwidth[i], 0.25)
        for j in range(states):
            if j == i:
                continue
            pair = by_pair(i, j, upkeep, world, bones, desk)
            exposed = exposure(i, j, world, p, weights, bones)
            for d in range(domains):
                rung = bones.unlocked[d]
                open_to_both = 1.0 if rung < 0 or world.in_force[i, j, rung] else 0.0
                desk.value[i, j, d] = (
                    pair
                    + desk.steady[i, j, d]
                    + factor[APPETITE, d] * (appetite(i, j, d, world, p, bones) - mean[APPETITE, d])
                    + factor[UNLOCKED, d] * (open_to_both - mean[UNLOCKED, d])
                    + factor[MISSING, d] * (-world.practice[i, j, d] - mean[MISSING, d])
                    + factor[PRESSURE, d] * (-exposed * p.visible[d] - mean[PRESSURE, d])
                )
            rung = desk.rung[i, j]
            if rung == world.in_force.shape[2]:
                desk.value[i, j, domains] = -math.inf
                continue
            cost = weights.agreement_cost + weights.rung_cost * bones.height[rung]
            desk.value[i, j, domains] = (
                pair
                + desk.steady[i, j, domains]
                + factor[APPETITE, domains] * -mean[APPETITE, domains]
                + factor[UNLOCKED, domains] * (desk.ybar[i, j] - mean[UNLOCKED, domains])
                + factor[MISSING, domains] * (-desk.depth[i, j] - mean[MISSING, domains])
                + factor[PRESSURE, domains] * (-exposed * weights.agreement_visible - mean[PRESSURE, domains])
                - cost
            )
