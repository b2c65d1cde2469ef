"""What states do and how they change (docs/ODD.md, 7.3, 7.6, 7.9, 7.10), for one world."""

from __future__ import annotations

import math

from numba import njit

from benchmarks.compiled.luck import gumbel, row, uniform
from benchmarks.compiled.tools import clip, logistic, total


@njit
def propose(number, t, i, p, weights, keys, desk):
    """7.6: the highest scores above doing nothing, as many as bandwidth allows."""
    states, alternatives = desk.score.shape
    for j in range(states):
        if j == i:
            for a in range(alternatives):
                desk.score[j, a] = -math.inf
            continue
        row(keys.offer[i, j], number * alternatives, t, desk.luck)
        for a in range(alternatives):
            desk.score[j, a] = gumbel(desk.luck[a]) + desk.value[i, j, a] + weights.openness
    outside = gumbel(uniform(keys.initiative[i], 2 * number, t))
    whole = math.floor(p.bandwidth[i])
    hands = whole + (uniform(keys.initiative[i], 2 * number + 1, t) < p.bandwidth[i] - whole)
    for j in range(states):
        for a in range(alternatives):
            desk.proposed[i, j, a] = False
    for _ in range(hands):
        best, partner, chosen = outside, -1, -1
        for j in range(states):
            for a in range(alternatives):
                if desk.score[j, a] > best:
                    best, partner, chosen = desk.score[j, a], j, a
        if partner < 0:
            break
        desk.proposed[i, partner, chosen] = True
        desk.score[partner, chosen] = -math.inf


@njit
def answers(number, t, i, weights, keys, desk):
    """7.6: each partner answers each offer by itself; only these numbers are drawn."""
    states, alternatives = desk.score.shape
    for j in range(states):
        for a in range(alternatives):
            if desk.proposed[i, j, a]:
                luck = uniform(keys.answer[i, j], number * alternatives + a, t)
                if luck < logistic(weights.readiness + desk.value[j, i, a]):
                    desk.joint[i, j, a] = desk.joint[j, i, a] = True


@njit
def stand(world, p, weights, bones, desk):
    """7.3."""
    states, issues = desk.share.shape
    influence = weights.influence
    for i in range(states):
        resolve, whole = p.resolve[i], 0.0
        for j in range(states):
            whole += world.trust[i, j] * desk.power[j] * desk.ybar[i, j]
        for k in range(issues):
            desk.position[i, k] = 0.0 if whole > 0 else world.position[i, k]
        for j in range(states):
            pull = world.trust[i, j] * desk.power[j] * desk.ybar[i, j]
            if whole > 0 and pull != 0:
                for k in range(issues):
                    desk.position[i, k] += pull / whole * desk.seen[i, j, k]
        for k in range(issues):
            goal = p.ideal[i, k] + world.drift[i, k]
            for c in bones.challengers:
                if bones.provokes[c, k]:
                    goal += weights.hardening * resolve * world.pressure[c, i]
            heard = (1 - influence) * world.position[i, k] + influence * desk.position[i, k]
            desk.position[i, k] = resolve * clip(goal, 0.0, 1.0) + (1 - resolve) * heard


@njit
def believe(world, p, weights, bones, desk):
    """7.10."""
    states = desk.share.shape[0]
    for i in range(states):
        for j in range(states):
            calm, suspicion = 1 - weights.forum_effect * p.export_control_forum[i, j], 0.0
            for at in range(len(bones.flows)):
                k, h, state = bones.flows[at, 0], bones.flows[at, 1], bones.flows[at, 2]
                if state not in (i, j):
                    suspicion += p.threat[i, h] * (1 - desk.seen[i, j, k]) * calm
            breach = clip(p.breach[i, j] + suspicion - desk.known[i, j], -1.0, 1.0)
            delivered = total(desk.joint[i, j]) > 0
            trust = world.trust[i, j]
            desk.trust[i, j] = (
                trust
                + weights.trust_gain * (1 - trust) * delivered
                - weights.trust_breach * (trust if breach > 0 else 1 - trust) * breach
                - weights.trust_shortfall * trust * min(desk.shortfall[i, j], 1.0)
                + weights.trust_return * (p.trust[i, j] - trust)
            )


@njit
def press(world, p, weights, bones, desk):
    """7.9."""
    states, issues, domains = desk.share.shape[0], desk.share.shape[1], world.practice.shape[2]
    for c in range(states):
        for i in range(states):
            desk.pressure[c, i] = world.pressure[c, i] * (1 - weights.pressure_pace)
    for at in range(len(bones.challengers)):
        c = bones.challengers[at]
        if not bones.presses[c]:
            continue
        provoking = total(bones.provokes[c])
        for i in range(states):
            if i == c:
                continue
            ties, innocent, stance = 0.0, 1.0, 0.0
            for j in range(states):
                visible = 0.0
                for d in range(domains):
                    visible += world.practice[i, j, d] * p.visible[d]
                ties += p.threat[i, bones.hazard[c]] * p.threat[j, bones.hazard[c]] * visible / domains
            for f in range(world.member.shape[1]):
                innocent *= 1 - p.aimed_at[f, at] * world.member[i, f]
            for k in range(issues):
                if bones.provokes[c, k]:
                    stance += world.position[i, k] / provoking
            provocation = (1 - math.exp(-ties) + 1 - innocent + stance) / 3
            leverage = (1 + p.dependence[i, at]) / 2
            goal = p.coercion[c, i] + p.assertiveness[c] * provocation * leverage
            desk.pressure[c, i] += weights.pressure_pace * min(goal, 1.0)
