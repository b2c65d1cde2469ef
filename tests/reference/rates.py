"""How many events a year two states have, and how many they have this quarter."""

from __future__ import annotations

import numpy as np

from .records import Flags, Floats, Numbers, Standards, Start, Structure, World
from .terms import mean_capability


def chance(rate):
    """The chance of a quarter, of a rate a year."""
    return 1.0 - np.exp(-rate / 4.0)


def count(uniform, rate):
    """The Poisson number of a quarter by its quantile, of a rate a year; at most 8."""
    mean = rate / 4.0
    mass = np.exp(-mean)
    above, number = 1.0 - mass, 0
    while number < 8 and uniform < above:
        number += 1
        mass *= mean / number
        above -= mass
    return number


def efforts(w, n: Numbers, start: Start) -> Floats:
    """(N,): what each has to give, against what it had at the start."""
    found = np.ones(len(n.bandwidth))
    for i in range(len(found)):
        if start.bandwidth[i] > 0.0:
            found[i] = (n.bandwidth[i] / start.bandwidth[i]) ** w.effort
    return found


def loads(
    s: Structure, w, standards: Standards, strength: Floats, change: Floats, effort: Floats, here: Flags
) -> Floats:
    """(N, N): what else a state works for in the place of another: third states that bring what that one brings."""
    domains = len(s.theatre)
    drawn = np.zeros(len(s.one))
    for p in range(len(drawn)):
        moved = 0.0
        for domain in range(domains):
            moved += change[domain, p]
        drawn[p] = np.exp(w.crowding * (strength[p] + moved / domains))
    found = np.zeros(s.dyad.shape)
    for i in range(len(here)):
        for j in range(len(here)):
            for k in range(len(here)):
                if i != j and k != i and k != j and here[k]:
                    found[i, j] += standards.alike[j, k] * drawn[s.dyad[i, k]] * effort[k]
    return found


def rival(start: Start, load: Floats, i: int, j: int):
    """How much more third states draw on the two than at the start."""
    now, then = load[i, j] * load[j, i], start.load[i, j] * start.load[j, i]
    return np.sqrt(now / then) if now > 0.0 and then > 0.0 else 1.0


def chills(s: Structure, w, world: World) -> Floats:
    """(P,): what is left of contact after a rupture or under the pressure of one on the other."""
    found = np.ones(len(s.one))
    for p in range(len(found)):
        i, j = s.one[p], s.other[p]
        cold = world.rift[i, j] > 0.0 or world.rift[j, i] > 0.0
        if s.challenger[i] >= 0 and world.pressure[s.challenger[i], j] > w.chill_pressure:
            cold = True
        if s.challenger[j] >= 0 and world.pressure[s.challenger[j], i] > w.chill_pressure:
            cold = True
        if cold:
            found[p] = w.chill
    return found


def unlocked(s: Structure, in_force: Flags, domain: int, p: int):
    """Whether the agreement that opens a domain's demanding forms is in force, 1 or 0."""
    agreement = s.unlocked_by[domain]
    return 1.0 if agreement >= 0 and in_force[agreement, p] else 0.0


def domain_rate(s: Structure, w, n: Numbers, domain: int):
    """Events a year of a domain at full practice."""
    if domain == s.exercises:
        return w.exercise + w.exercise_land + w.exercise_air
    return n.rate[domain]


def dyad_rates(
    s: Structure,
    w,
    n: Numbers,
    start: Start,
    world: World,
    here: Flags,
    change: Floats,
    chill: Floats,
    effort: Floats,
    load: Floats,
) -> Floats:
    """(dyad kinds, P): events a year of what two states do together."""
    domains = len(s.theatre)
    words, everything = domains, domains + 1
    rates = np.zeros((s.dyad_kinds, len(s.one)))
    busy = np.exp(w.log_level / 2.0)
    for p in range(len(s.one)):
        i, j = s.one[p], s.other[p]
        if not (here[i] and here[j]):
            continue
        contact = chill[p] * effort[i] * effort[j]
        in_words, in_all = start.strength[p] + change[words, p], start.strength[p] + change[everything, p]
        tempo = contact * np.exp(w.agenda * (world.agenda[p] - start.agenda[p])) * busy / rival(start, load, i, j)
        if s.leaders >= 0:
            rates[s.leaders, p] = w.leaders * np.exp(w.leaders_tie * in_words) * contact
        if s.two_plus_two >= 0 and world.in_force[s.meetings, p] and world.since[p] >= 2:
            rates[s.two_plus_two, p] = w.ministers * np.exp(w.ministers_tie * in_words) * contact
        for domain in range(domains):
            opened = unlocked(s, world.in_force, domain, p) - start.unlocked[domain, p]
            pace = world.practice[domain, p] * np.exp(w.domain_tie * change[domain, p] + w.unlocked * opened) * tempo
            if domain == s.exercises:
                rates[s.exercise, p] = w.exercise * pace
                rates[s.exercise + 1, p] = w.exercise_land * pace
                rates[s.exercise + 2, p] = w.exercise_air * pace
            else:
                rates[s.work[domain], p] = n.rate[domain] * pace
        if s.document >= 0:
            rates[s.document, p] = w.document * np.exp(w.document_tie * in_words) * contact * busy
        if s.tier >= 0 and world.in_force[s.dialogue, p]:
            rates[s.tier, p] = w.tier * np.exp(w.tier_tie * (in_words + 0.7)) * contact * busy
        if s.visit >= 0:
            rates[s.visit, p] = w.visit * np.exp(w.visit_tie * in_all) * contact
    return rates


def shyness(s: Structure, n: Numbers, felt: Floats, here: Flags, i: int, j: int):
    """How much j fears to displease, by joining i, challengers that i fears."""
    total = 0.0
    for c in range(len(s.state_of)):
        challenger, hazard = s.state_of[c], s.hazard_of[c]
        if here[challenger]:
            total += n.dependence[j, c] * n.assertiveness[challenger] * (1.0 - felt[j, hazard]) * felt[i, hazard]
    return total


def seller_weight(s: Structure, w, n: Numbers, world: World, tie: Floats, chill: Floats, k: int, j: int):
    """What a seller counts for in the eyes of a buyer."""
    p = s.dyad[k, j]
    if chill[p] < 1.0:
        return 0.0
    weight = n.exports[k] * np.exp(w.arms_tie * tie[p])
    if s.appetite[s.arms] >= 0 and s.patron[s.arms] >= 0:
        reliance = world.position[j, s.appetite[s.arms]]
        weight *= reliance if k == s.patron[s.arms] else 1.0 - reliance
    return weight


def order_rate(s: Structure, w, n: Numbers, world: World, here: Flags, tie: Floats, chill: Floats, i: int, j: int):
    """Arms orders a year that j places with i."""
    whole = 0.0
    for k in range(len(here)):
        if k != j and here[k]:
            whole += seller_weight(s, w, n, world, tie, chill, k, j)
    if whole <= 0.0:
        return 0.0
    wants = w.arms_order * mean_capability(n, j)
    if n.capability[j, s.theatre[s.arms]] > 0.5:
        wants /= 2.0
    return wants * seller_weight(s, w, n, world, tie, chill, i, j) / whole


def directed_rates(
    s: Structure,
    w,
    n: Numbers,
    start: Start,
    world: World,
    here: Flags,
    change: Floats,
    chill: Floats,
    effort: Floats,
    felt: Floats,
) -> Floats:
    """(directed kinds, 2P): events a year of what one state does toward another."""
    dyads, domains = len(s.one), len(s.theatre)
    rates = np.zeros((s.directed_kinds, 2 * dyads))
    busy = np.exp(w.log_level / 2.0)
    tie = start.strength + change[domains + 1]
    arms_tie = start.strength + change[max(s.arms, 0)]
    for row in range(2 * dyads):
        p = row % dyads
        i, j = (s.one[p], s.other[p]) if row < dyads else (s.other[p], s.one[p])
        if not (here[i] and here[j]):
            continue
        contact = chill[p] * effort[i] * effort[j]
        if s.multinational >= 0:
            wish = w.join + tie[p] - w.shy * shyness(s, n, felt, here, i, j)
            joins = 1.0 / (1.0 + np.exp(-wish))
            rates[s.multinational, row] = w.multinational * mean_capability(n, i) * busy * joins * contact
        if s.call >= 0:
            reach = mean_capability(n, i) / 0.4 * world.position[i, s.presence] / 0.5
            rates[s.call, row] = w.call * reach * np.exp(w.call_tie * tie[p]) * contact * busy
        if s.arms_order >= 0:
            rates[s.arms_order, row] = order_rate(s, w, n, world, here, arms_tie, chill, i, j)
    return rates


def passage_rate(s: Structure, w, world: World, i: int):
    """Passages a year through contested waters."""
    if s.presence < 0:
        return 0.0
    beyond = max(world.position[i, s.presence] - 0.5, 0.0) / 0.42
    return w.passage * beyond * beyond
