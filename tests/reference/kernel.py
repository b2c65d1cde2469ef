"""A quarter of a world, rule by rule: every rule looks at the end of last quarter."""

from __future__ import annotations

import numpy as np

from .agreements import climb
from .coercion import fears, felt_pressure, hits_of, pressures
from .contracts import trade
from .formats import levels, memberships
from .rates import (
    chills,
    count,
    directed_rates,
    domain_rate,
    dyad_rates,
    efforts,
    loads,
    passage_rate,
)
from .records import Counts, Draws, Flags, Floats, Numbers, Standards, Start, Structure, World
from .terms import bonds, changes, clip, threats
from .trust import disappointment, expectations, move, pulls, signals, stance_gap, suspicion


def step(
    s: Structure, w, n: Numbers, standards: Standards, start: Start, world: World, draws: Draws, new: World
) -> None:
    """Write the world at the end of a quarter into `new`."""
    here, everything = n.present, len(s.issues) - 1
    felt, bond = threats(s, n, world.fear), bonds(s, world.practice)
    change = changes(s, w, n, standards, start, world, here, felt, bond)
    effort = efforts(w, n, start)
    load = loads(s, w, standards, start.strength, change, effort, here)
    chill = chills(s, w, world)
    tie = start.strength + change[everything]

    events = counts(dyad_rates(s, w, n, start, world, here, change, chill, effort, load), draws.events)
    if s.two_plus_two >= 0:
        for p in range(events.shape[1]):
            events[s.two_plus_two, p] = min(events[s.two_plus_two, p], 1)
    directed = counts(directed_rates(s, w, n, start, world, here, change, chill, effort, felt), draws.directed)
    delivered = deliveries(s, events)
    for i in range(len(here)):
        new.passages[i] = count(draws.passage[i], passage_rate(s, w, world, i)) if here[i] else 0
    remember(world, events, directed, new)
    new.practice[:] = practised(s, w, n, world, here, events)
    put_in_train(s, w, world, here, events, delivered, new)
    climb(s, w, n, standards, start, world, here, change, chill, effort, load, draws, new)
    shift = trade(s, w, n, world, here, tie, chill, directed, draws, new)

    new.hits[:] = hits_of(s, w, n, standards, world, here, felt, draws)
    new.pressure[:] = pressures(s, w, world, new.hits, here)
    news = felt_pressure(s, w, n, world, new.hits, here) - start.felt
    new.fear[:] = fears(s, w, n, world, news, here, felt)
    pull = pulls(w, n, world, here, bond)
    move(s, w, n, standards, world, here, pull, news, draws, new)
    new.expected[:] = expectations(w, n, world, here, pull)
    judge(s, w, n, world, here, felt, shift, news, delivered, draws, new)

    new.member[:] = memberships(s, w, n, standards, world, here, tie, felt, draws)
    new.level[:] = levels(w, n, world, draws)
    new.change[:] = change
    new.present[:] = here


def counts(rates: Floats, uniforms: Floats) -> Counts:
    """The events of a quarter, of rates a year."""
    found = np.zeros(rates.shape, np.int8)
    for kind in range(rates.shape[0]):
        for row in range(rates.shape[1]):
            found[kind, row] = count(uniforms[kind, row], rates[kind, row])
    return found


def practised(s: Structure, w, n: Numbers, world: World, here: Flags, events: Counts) -> Floats:
    """(D, P): practice follows what is done, against what would be done at full practice."""
    found = world.practice.copy()
    for domain in range(len(found)):
        full = domain_rate(s, w, n, domain) / 4.0 * np.exp(w.log_level / 2.0)
        for p in range(len(s.one)):
            if here[s.one[p]] and here[s.other[p]]:
                share = done(s, events, domain, p) / full if full > 0.0 else 0.0
                found[domain, p] = clip(found[domain, p] + w.practice_pace * (share - found[domain, p]), 0.0, 1.0)
    return found


def done(s: Structure, events: Counts, domain: int, p: int):
    """The events of a domain in a quarter."""
    if domain == s.exercises:
        return float(events[s.exercise, p]) + float(events[s.exercise + 1, p]) + float(events[s.exercise + 2, p])
    return float(events[s.work[domain], p])


def put_in_train(s: Structure, w, world: World, here: Flags, events: Counts, delivered: Floats, new: World) -> None:
    """Write what ministers and leaders put in train, when ministers met last, and what is usually delivered."""
    for p in range(len(s.one)):
        new.agenda[p], new.since[p], new.delivered[p] = world.agenda[p], world.since[p], world.delivered[p]
        if here[s.one[p]] and here[s.other[p]]:
            meetings = 0.0
            new.since[p] = min(world.since[p] + 1, 2)
            if s.two_plus_two >= 0 and events[s.two_plus_two, p] > 0:
                meetings = 1.0
                new.since[p] = 0
            if s.leaders >= 0 and events[s.leaders, p] > 0:
                meetings += 0.5
            new.agenda[p] += w.agenda_pace * (meetings - world.agenda[p])
            new.delivered[p] += w.usual_pace * (delivered[p] - world.delivered[p])


def deliveries(s: Structure, events: Counts) -> Floats:
    """(P,): 1 where two states did something that counts as delivered this quarter, else 0."""
    found = np.zeros(len(s.one))
    for p in range(len(s.one)):
        number = 0
        for kind in (s.two_plus_two, s.exercise, s.document):
            if kind >= 0:
                number += events[kind, p]
        for domain in range(len(s.work)):
            if s.work[domain] >= 0:
                number += events[s.work[domain], p]
        found[p] = 1.0 if number > 0 else 0.0
    return found


def judge(
    s: Structure,
    w,
    n: Numbers,
    world: World,
    here: Flags,
    felt: Floats,
    shift: Floats,
    news: Floats,
    delivered: Floats,
    draws: Draws,
    new: World,
) -> None:
    """Write trust, and what each is used to hold against another."""
    seen = signals(w, n, world.position, draws.signal)
    new.trust[:] = world.trust
    new.usual[:] = world.usual
    new.usual_gap[:] = world.usual_gap
    news_of = np.zeros(world.trust.shape)
    for g in range(len(s.watcher)):
        i, j = s.watcher[g], s.watched[g]
        if here[i] and here[j]:
            gap = stance_gap(s, w, n, world.position, seen, g)
            news_of[i, j] += gap - world.usual_gap[g]
            new.usual_gap[g] += w.usual_pace * (gap - world.usual_gap[g])
    for i in range(len(here)):
        for j in range(len(here)):
            if i == j or not (here[i] and here[j]):
                continue
            tau, p = world.trust[i, j], s.dyad[i, j]
            now = suspicion(s, w, n, seen, felt, i, j)
            bad = disappointment(s, n, world.expected, seen, felt, i, j) + now - world.usual[i, j] + news_of[i, j]
            learnt = w.trust_delivered * (delivered[p] - world.delivered[p]) - w.trust_news * bad
            moved = tau * (1.0 - tau) * learnt - w.trust_breach * n.breach[i, j] * tau
            moved += w.trust_return * (n.trust[i, j] - tau) + shift[i, j]
            if s.challenger[j] >= 0:
                moved -= w.coercion_trust * news[s.challenger[j], i] * tau
            new.trust[i, j] = clip(tau + moved, 0.0, 1.0)
            new.usual[i, j] += w.usual_pace * (now - world.usual[i, j])


def remember(world: World, events: Counts, directed: Counts, new: World) -> None:
    """Write the events of the last four quarters, newest first."""
    new.recent[1:] = world.recent[:3]
    new.recent[0, : events.size] = events.ravel()
    new.recent[0, events.size :] = directed.ravel()
