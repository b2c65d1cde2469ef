"""Where worlds begin: the standards of a pack, and each world's start."""

from __future__ import annotations

import numpy as np

from .coercion import expected_hits, felt_pressure, provocation
from .formats import weight
from .rates import chance, dyad_rates, loads, unlocked
from .records import (
    APPETITE,
    TERMS,
    Flags,
    Floats,
    Numbers,
    Standards,
    Start,
    Structure,
    World,
)
from .terms import bonds, needs, part, threats, tie_terms
from .trust import stance_gap, suspicion


def begun(s: Structure, n: Numbers, world: World) -> World:
    """Return a world of stated facts with its numbers: where each stands, trusts and works at the start.

    Parameters
    ----------
    n : as drawn, without any lever
    world : the agreements, formats and contracts of the start; its numbers are 0
    """
    trust, practice = world.trust.copy(), world.practice.copy()
    usual = world.usual.copy()
    for i in range(len(n.trust)):
        for j in range(len(n.trust)):
            if i != j:
                trust[i, j] = n.trust[i, j]
    for p in range(len(s.one)):
        for domain in range(len(practice)):
            practice[domain, p] = n.practice[s.one[p], s.other[p], domain]
    return world._replace(position=n.ideal.copy(), expected=n.ideal.copy(), trust=trust, practice=practice, usual=usual)


# ---------------------------------------------------------------- the standards, in the world of best values


def standards_of(s: Structure, w, n: Numbers, world: World, here: Flags, close: Flags, room: Floats) -> Standards:
    """Return the constants of a pack.

    Parameters
    ----------
    w, n, world : of the world of best values at its start
    here : (N,) who takes part from the start
    close : (P,) dyads that are close by their class
    room : (N, K)
    """
    counted = np.array([bool(here[i] and here[j]) for i, j in zip(s.one, s.other, strict=True)])
    felt = threats(s, n, world.fear)
    terms = tie_terms(s, n, world, here, felt, bonds(s, world.practice))
    mean, deviation = np.zeros(terms.shape[:2]), np.zeros(terms.shape[:2])
    for term in range(TERMS):
        for area in range(terms.shape[1]):
            values = terms[term, area][counted]
            mean[term, area] = sum(values) / len(values)
            deviation[term, area] = spread(values)
    domains = terms.shape[1] - 2
    known = [each for each in deviation[APPETITE, :domains] if each >= 1e-9]
    for area in range(domains):
        if known and deviation[APPETITE, area] < 1e-9:  # so that an opening counts where no position says who wants it
            deviation[APPETITE, area] = sum(known) / len(known)
    ties = standings(mean, deviation, terms)
    near = ties[counted & close]
    closeness = sum(near) / len(near) if len(near) else 0.0
    scale = spread(ties[counted])
    standards = Standards(
        mean,
        deviation,
        closeness,
        scale,
        alike(n, w.reach),
        n.assertiveness.copy(),
        room,
        norms(s, w, n, world, here, felt),
        np.zeros(len(n.found)),
    )
    tie = np.array([part(each - closeness, scale) for each in ties])
    return standards._replace(outsiders=outsiders(s, w, n, world, here, tie, felt))


def spread(values: Floats) -> float:
    """The standard deviation of numbers, each a member of the whole."""
    mean = sum(values) / len(values)
    return float(np.sqrt(sum((value - mean) ** 2 for value in values) / len(values)))


def standings(mean: Floats, deviation: Floats, terms: Floats) -> Floats:
    """(P,): what all terms but appetite say of a tie, in deviations."""
    found = np.zeros(terms.shape[2])
    for p in range(len(found)):
        for term in range(TERMS):
            if term != APPETITE:
                found[p] += part(terms[term, -1, p] - mean[term, -1], deviation[term, -1])
    return found


def alike(n: Numbers, reach: float) -> Floats:
    """(N, N): how near two states are in capability."""
    states, theatres = n.capability.shape
    found = np.zeros((states, states))
    for j in range(states):
        for k in range(states):
            distance = 0.0
            for theatre in range(theatres):
                distance += (n.capability[j, theatre] - n.capability[k, theatre]) ** 2
            found[j, k] = np.exp(-distance / (2.0 * reach * reach))
    return found


def norms(s: Structure, w, n: Numbers, world: World, here: Flags, felt: Floats) -> Floats:
    """(C,): the provocation of all states."""
    found = np.zeros(len(s.state_of))
    for c in range(len(found)):
        for j in range(len(here)):
            if here[j] and j != s.state_of[c]:
                found[c] += provocation(s, w, n, world, felt, c, j)
    return found


def outsiders(s: Structure, w, n: Numbers, world: World, here: Flags, tie: Floats, felt: Floats) -> Floats:
    """(F,): what entry is worth to all who stand outside."""
    found = np.zeros(len(world.member))
    for group in range(len(found)):
        for i in range(len(here)):
            if here[i] and not world.member[group, i]:
                found[group] += weight(s, w, n, world, here, tie, felt, group, i)
    return found


# ---------------------------------------------------------------- one world


def start_of(s: Structure, w, n: Numbers, standards: Standards, world: World, here: Flags, luck: Floats):
    """Return what a world remembers of its start, the world, and the rates of its dyads' events, (dyad kinds, P).

    Parameters
    ----------
    w, n : as drawn, without any lever
    world : from `begun`
    luck : (P,) normal
    """
    dyads, domains = len(s.one), len(s.theatre)
    everybody = np.ones(len(here), np.bool_)
    felt, bond = threats(s, n, world.fear), bonds(s, world.practice)
    terms = tie_terms(s, n, world, here, felt, bond)
    noise = w.tie_noise * luck
    ties = standings(standards.mean, standards.deviation, terms)
    strength = np.array([part(each - standards.closeness, standards.scale) for each in ties]) + noise
    change, effort = np.zeros((domains + 2, dyads)), np.ones(len(here))
    load = loads(s, w, standards, strength, change, effort, here)
    opened = np.zeros((domains, dyads))
    for domain in range(domains):
        for p in range(dyads):
            opened[domain, p] = unlocked(s, world.in_force, domain, p)
    start = Start(
        terms,
        needs(s, n, world, here, felt),
        strength,
        noise,
        load,
        np.zeros(dyads),
        opened,
        felt_pressure(s, w, n, world, expected_hits(s, w, n, standards, world, felt), here),
        n.bandwidth.copy(),
    )
    rates = dyad_rates(s, w, n, start, world, everybody, change, np.ones(dyads), effort, load)
    agenda = starting_agenda(s, world, rates)
    world = world._replace(
        usual=starting_suspicion(s, w, n, world, felt),
        usual_gap=starting_gaps(s, w, n, world),
        agenda=agenda,
        delivered=starting_delivery(s, world, rates),
        present=here.copy(),
    )
    return start._replace(agenda=agenda), world, rates


def starting_suspicion(s: Structure, w, n: Numbers, world: World, felt: Floats) -> Floats:
    """(N, N): what each suspects of another when signals have no noise."""
    found = np.zeros(world.usual.shape)
    for i in range(len(found)):
        for j in range(len(found)):
            if i != j:
                found[i, j] = suspicion(s, w, n, world.position, felt, i, j)
    return found


def starting_gaps(s: Structure, w, n: Numbers, world: World) -> Floats:
    """(G,): gaps on watched stances when signals have no noise."""
    found = np.zeros(len(s.watcher))
    for g in range(len(found)):
        found[g] = stance_gap(s, w, n, world.position, world.position, g)
    return found


def meeting(s: Structure, rates: Floats, p: int) -> float:
    """How often ministers meet: the share of quarters."""
    if s.two_plus_two < 0:
        return 0.0
    free = chance(rates[s.two_plus_two, p])
    return 1.0 / (2.0 + 1.0 / free) if free > 0.0 else 0.0


def starting_agenda(s: Structure, world: World, rates: Floats) -> Floats:
    """(P,): the mean of what is put in train."""
    found = np.zeros(len(s.one))
    for p in range(len(found)):
        found[p] = meeting(s, rates, p)
        if s.leaders >= 0:
            found[p] += 0.5 * chance(rates[s.leaders, p])
    return found


def starting_delivery(s: Structure, world: World, rates: Floats) -> Floats:
    """(P,): the chance that two states deliver in a quarter."""
    found = np.zeros(len(s.one))
    for p in range(len(found)):
        yearly = 0.0
        for kind in (s.exercise, s.document, *s.work):
            if kind >= 0:
                yearly += rates[kind, p]
        found[p] = 1.0 - (1.0 - meeting(s, rates, p)) * (1.0 - chance(yearly))
    return found
