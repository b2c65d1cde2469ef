"""Formats, practice, the ladder (docs/ODD.md, 7.7, 7.8) and the record (7.12), for one world."""

from __future__ import annotations

import math

from numba import njit

from benchmarks.compiled.luck import uniform
from benchmarks.compiled.tools import logistic, total


@njit
def enter(number, t, world, p, weights, bones, keys, desk):
    """7.8: consent is asked, and luck drawn, only for states outside."""
    states, formats = desk.member.shape
    for f in range(formats):
        for i in range(states):
            hold = p.member[i, f]
            if not math.isnan(hold):
                desk.member[i, f] = hold >= 0.5
                continue
            desk.member[i, f] = world.member[i, f]
            if world.member[i, f]:
                continue
            chance = applies(i, f, world, p, weights, bones, desk)
            for m in range(states):
                if bones.consent[f, m] and m != i:
                    chance *= logistic(
                        weights.consent_openness
                        + weights.consent_similarity * desk.similarity[m, i]
                        + weights.consent_trust * (2 * world.trust[m, i] - 1)
                        + weights.consent_backing * p.backing[i, f]
                    )
            desk.member[i, f] = uniform(keys.enter[i, f], number, t) < chance


@njit
def applies(i, f, world, p, weights, bones, desk):
    """The chance that a state applies to a format."""
    states, issues = desk.share.shape
    gap, salience, ties, members, drawn = 0.0, 0.0, 0.0, 0, 0.0
    for k in range(issues):
        if bones.names[f, k]:
            gap += p.salience[i, k] * abs(world.position[i, k] - p.character[f, k])
            salience += p.salience[i, k]
    likeness = 1 - 2 * gap / salience if salience > 0 else 1.0
    for j in range(states):
        if world.member[j, f]:
            ties += (desk.ybar[i, j] + world.trust[i, j]) / 2
            members += 1
    for at in range(len(bones.challengers)):
        aimed = p.aimed_at[f, at] * p.assertiveness[bones.challengers[at]]
        drawn += aimed * p.dependence[i, at]
    return logistic(
        weights.format_openness
        + weights.format_likeness * likeness
        + weights.format_ties * ties / max(members, 1)
        - weights.format_pressure * drawn
    )


@njit
def practise(world, weights, desk):
    """7.7: practice grows where it was joint and decays elsewhere."""
    states, domains = world.practice.shape[0], world.practice.shape[2]
    for i in range(states):
        for j in range(states):
            for d in range(domains):
                y = world.practice[i, j, d]
                joint = desk.joint[i, j, d]
                world.practice[i, j, d] += weights.practice_gain * (1 - y) if joint else -weights.practice_decay * y


@njit
def bind(number, t, world, p, weights, bones, keys, desk):
    """7.7: the ladder of every dyad."""
    states, agreements = world.in_force.shape[0], world.in_force.shape[2]
    for i in range(states):
        for j in range(i + 1, states):
            force, pending = world.in_force[i, j], world.pending[i, j]
            for a in range(agreements):
                if pending[a] and uniform(keys.ratify[i, j], number * agreements + a, t) < weights.ratification:
                    force[a] = True
            for a in range(agreements):
                for implied in range(agreements):
                    force[implied] |= force[a] and bones.implies[a, implied]
            if desk.joint[i, j, -1]:
                pending[desk.rung[i, j]] = True
            for a in range(agreements):
                hold = p.agreement[i, j, a]
                if not math.isnan(hold):
                    force[a] = hold >= 0.5
                pending[a] &= not force[a]
                world.in_force[j, i, a], world.pending[j, i, a] = force[a], pending[a]


@njit
def bound(world, p, desk):
    """Institutional depth."""
    states, agreements = world.practice.shape[0], world.in_force.shape[2]
    whole = total(p.weight)
    for i in range(states):
        for j in range(states):
            depth = 0.0
            for a in range(agreements):
                depth += world.in_force[i, j, a] * p.weight[a]
            desk.depth[i, j] = depth / whole


@njit
def record(world, p, weights, desk):
    """7.12: the alignment of every dyad, at the end of the quarter."""
    states, issues, domains = desk.share.shape[0], desk.share.shape[1], world.practice.shape[2]
    bound(world, p, desk)
    one, two = weights.alignment_similarity, weights.alignment_depth
    three, four = weights.alignment_practice, weights.alignment_trust
    for i in range(states):
        for j in range(i):
            gap, ybar = 0.0, total(world.practice[i, j]) / domains
            for k in range(issues):
                share = desk.share[i, k] + desk.share[j, k]
                gap += share * abs(world.position[i, k] - world.position[j, k])
            trust = (world.trust[i, j] + world.trust[j, i]) / 2
            parts = one * (1 - gap / 2) + two * desk.depth[i, j] + three * ybar + four * trust
            world.alignment[i, j] = world.alignment[j, i] = parts / (one + two + three + four)
