"""Coercion by challengers: when it comes, who feels it, and what those who feel it learn."""

from __future__ import annotations

import numpy as np

from .rates import chance
from .records import OFFICIALS, Draws, Flags, Floats, Numbers, Standards, Structure, World
from .terms import clip, similarity

MEAN_SIZE = 0.65  # of .3 + .7 u


def provocation(s: Structure, w, n: Numbers, world: World, felt: Floats, c: int, j: int):
    """How much a state's conduct calls for coercion, and how much it can hurt."""
    afraid = w.coercion_fear + (1.0 - w.coercion_fear) * felt[j, s.hazard_of[c]]
    total, number = 0.0, 0
    for issue in range(world.position.shape[1]):
        if s.provokes[c, issue]:
            total += world.position[j, issue]
            number += 1
    stance = total / number if number > 0 else 0.0
    apart = 1.0
    for group in range(len(world.level)):
        if world.level[group] >= OFFICIALS and world.member[group, j]:
            apart *= 1.0 - n.aimed_at[group, c]
    return n.dependence[j, c] * afraid * (w.coercion_base + stance + w.coercion_formats * (1.0 - apart))


def hit_rate(s: Structure, w, n: Numbers, standards: Standards, world: World, felt: Floats, c: int, j: int):
    """Episodes of coercion a year; none by a state that does not press, or on itself."""
    challenger = s.state_of[c]
    usual, most = standards.provocation[c], standards.assertiveness[challenger]
    if not s.presses[challenger] or challenger == j or usual <= 0.0 or most <= 0.0:
        return 0.0
    rate = n.hits[challenger] * n.assertiveness[challenger] / most
    rate *= provocation(s, w, n, world, felt, c, j) / usual
    return rate * (1.0 + w.excitement * world.pressure[c, j]) / 1.3


def hits_of(
    s: Structure, w, n: Numbers, standards: Standards, world: World, here: Flags, felt: Floats, draws: Draws
) -> Floats:
    """(C, N): the size of this quarter's hits, 0 where there is none."""
    found = np.zeros(world.pressure.shape)
    for c in range(len(found)):
        challenger = s.state_of[c]
        for j in range(len(here)):
            if challenger == j or not (here[challenger] and here[j]):
                continue
            if draws.hit[c, j] < chance(hit_rate(s, w, n, standards, world, felt, c, j)):
                found[c, j] = 0.3 + 0.7 * draws.size[c, j]
            found[c, j] = max(found[c, j], n.coercion[challenger, j])
    return found


def expected_hits(s: Structure, w, n: Numbers, standards: Standards, world: World, felt: Floats) -> Floats:
    """(C, N): the mean size of a quarter's hits."""
    found = np.zeros(world.pressure.shape)
    for c in range(len(found)):
        for j in range(found.shape[1]):
            found[c, j] = MEAN_SIZE * chance(hit_rate(s, w, n, standards, world, felt, c, j))
    return found


def felt_pressure(s: Structure, w, n: Numbers, world: World, sizes: Floats, here: Flags) -> Floats:
    """(C, N): pressure on each, its own and that on others whom it is like and trusts."""
    everything = len(s.issues) - 1
    found = np.zeros(sizes.shape)
    for c in range(len(sizes)):
        for k in range(sizes.shape[1]):
            if k == s.state_of[c]:
                continue
            others = 0.0
            for j in range(len(here)):
                if j != k and j != s.state_of[c] and here[j] and sizes[c, j] > 0.0:
                    one = similarity(s, n, world.position, everything, k, j)
                    other = similarity(s, n, world.position, everything, j, k)
                    others += sizes[c, j] * max((one + other) / 2, 0.0) * world.trust[k, j]
            found[c, k] = sizes[c, k] + w.third_parties * others
    return found


def pressures(s: Structure, w, world: World, sizes: Floats, here: Flags) -> Floats:
    """(C, N): pressure at the end of the quarter."""
    found = world.pressure.copy()
    for c in range(len(found)):
        for j in range(len(here)):
            if j != s.state_of[c] and here[j] and here[s.state_of[c]]:
                found[c, j] = min(1.0, world.pressure[c, j] * (1.0 - w.pressure_fade) + sizes[c, j])
    return found


def fears(s: Structure, w, n: Numbers, world: World, news: Floats, here: Flags, felt: Floats) -> Floats:
    """(C, N): fear learnt, at the end of the quarter."""
    found = world.fear.copy()
    for c in range(len(found)):
        for k in range(len(here)):
            if k != s.state_of[c] and here[k] and here[s.state_of[c]]:
                coded, now = n.threat[k, s.hazard_of[c]], felt[k, s.hazard_of[c]]
                learnt = world.fear[c, k] * (1.0 - w.fear_fade) + w.fear * (1.0 - now) * news[c, k]
                found[c, k] = clip(learnt, -coded, 1.0 - coded)
    return found


def hardened(s: Structure, w, n: Numbers, news: Floats, here: Flags, k: int, issue: int):
    """How far a state's position moves away from yielding, before what room it has."""
    total = 0.0
    for c in range(len(s.state_of)):
        if s.provokes[c, issue] and k != s.state_of[c] and here[s.state_of[c]]:
            total += w.hardening * news[c, k] * np.sign(n.resolve[k] - w.yielding * n.dependence[k, c])
    return total
