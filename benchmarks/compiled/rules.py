"""A quarter of one world (docs/ODD.md, section 3): what is seen (7.2, 7.4), and then the rest in order.

In all files: i acts, j is its partner, k an issue, d a domain, a an alternative or agreement, f a format,
c a challenger; `world` is the world as it stood, `p` its parameters, `desk` what comes between.
"""

from __future__ import annotations

import math

from numba import njit

from benchmarks.compiled.acts import answers, believe, press, propose, stand
from benchmarks.compiled.bonds import bind, bound, enter, practise, record
from benchmarks.compiled.luck import ndtri, row, uniform
from benchmarks.compiled.tools import clip, move, nothing, total
from benchmarks.compiled.worth import steady, values, weights_of_terms


@njit
def run(now, numbers, weights, bones, keys, desk, first, quarter, quarters):
    """Move every world through `quarters` quarters of the same parameters."""
    for w in range(len(now)):
        settle(numbers[w], weights[w], bones[0], desk[0])
        for t in range(quarter, quarter + quarters):
            step(first + w, t, now[w], numbers[w], weights[w], bones[0], keys[0], desk[0])


@njit
def settle(p, weights, bones, desk):
    """What stands as long as the parameters do."""
    weights_of_terms(weights, bones, desk)
    steady(p, bones, desk)
    states, issues = desk.share.shape
    for i in range(states):
        whole = total(p.salience[i])
        for k in range(issues):
            desk.share[i, k] = p.salience[i, k] / whole
        desk.power[i] = total(p.capability[i]) / p.capability.shape[1]
        for j in range(states):
            calm = 1 - weights.forum_effect * p.coded_forum[i, j]
            desk.known[i, j] = 0.0
            for at in range(len(bones.flows)):
                if j != bones.flows[at, 2] and i != bones.flows[at, 2]:
                    view = p.coded_view[i, j, at]
                    desk.known[i, j] += p.threat[i, bones.flows[at, 1]] * (1 - view) * calm


@njit
def step(number, t, world, p, weights, bones, keys, desk):
    """One quarter of one world: everything is decided on the end of last quarter, then everything changes."""
    drift(world, p)
    look(world, p, desk)
    perceive(number, t, world, p, weights, keys, desk)
    fall_short(world, desk)
    values(world, p, weights, bones, desk)
    nothing(desk.joint)
    for i in range(world.position.shape[0]):
        propose(number, t, i, p, weights, keys, desk)
        answers(number, t, i, weights, keys, desk)
    stand(world, p, weights, bones, desk)
    believe(world, p, weights, bones, desk)
    press(world, p, weights, bones, desk)
    enter(number, t, world, p, weights, bones, keys, desk)
    practise(world, weights, desk)
    bind(number, t, world, p, weights, bones, keys, desk)
    move(world.position, desk.position)
    move(world.trust, desk.trust)
    move(world.pressure, desk.pressure)
    move(world.member, desk.member)
    record(world, p, weights, desk)


@njit
def drift(world, p):
    for i in range(world.drift.shape[0]):
        for k in range(world.drift.shape[1]):
            world.drift[i, k] += p.trend[i, k]
            world.expected_drift[i, k] += p.expected_trend[i, k]


@njit
def look(world, p, desk):
    """Practice, depth, the next agreement and friends as they stood at the end of last quarter."""
    states, domains, agreements = world.practice.shape[0], world.practice.shape[2], world.in_force.shape[2]
    for i in range(states):
        for j in range(states):
            desk.ybar[i, j] = total(world.practice[i, j]) / domains
            desk.rung[i, j] = agreements
            for a in range(agreements - 1, -1, -1):
                taken = world.in_force[i, j, a] or world.pending[i, j, a]
                if not taken and math.isnan(p.agreement[i, j, a]):
                    desk.rung[i, j] = a
    bound(world, p, desk)
    for i in range(states):
        for j in range(i + 1):
            shared = 0.0
            for k in range(states):
                shared += desk.ybar[i, k] * desk.ybar[j, k]
            desk.friends[i, j] = desk.friends[j, i] = shared / max(states - 2, 1)


@njit
def perceive(number, t, world, p, weights, keys, desk):
    """7.2 and 7.4."""
    states, issues = desk.share.shape
    for j in range(states):
        blur = weights.signal_noise * (1 - p.clarity[j])
        for k in range(issues):
            signal = world.position[j, k] + blur * ndtri(uniform(keys.signal[j, k], number, t))
            for i in range(states):
                seen = world.position[i, k] if i == j else clip(signal + p.bias[i, j, k], 0.0, 1.0)
                desk.seen[i, j, k] = seen
    for i in range(states):
        for j in range(states):
            gap = 0.0
            for k in range(issues):
                gap += desk.share[i, k] * abs(world.position[i, k] - desk.seen[i, j, k])
            desk.similarity[i, j] = 1 - 2 * gap


@njit
def fall_short(world, desk):
    """How far partners stay behind what was expected of them (7.10)."""
    states, issues = desk.share.shape
    for j in range(states):
        for i in range(states):
            desk.shortfall[i, j] = 0.0
        for k in range(issues):
            if world.expected_drift[j, k] > 0:
                goal = min(world.first_position[j, k] + world.expected_drift[j, k], 1.0)
                for i in range(states):
                    desk.shortfall[i, j] += desk.share[i, k] * issues * max(goal - desk.seen[i, j, k], 0.0)


@njit
def draw(keys, desk, worlds, first, quarter, quarters):
    """Draw what every quarter draws and add it up: the part of `run` that is luck."""
    signal, luck, found = keys[0].signal, desk[0].luck, 0.0
    for number in range(first, first + worlds):
        for t in range(quarter, quarter + quarters):
            for i in range(signal.shape[0]):
                for k in range(signal.shape[1]):
                    found += ndtri(uniform(signal[i, k], number, t))
                for j in range(signal.shape[0]):
                    if i != j:
                        row(keys[0].offer[i, j], number * len(luck), t, luck)
                        found += total(luck)
    return found
