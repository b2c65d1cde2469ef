"""Formats: who joins, and at which level they meet."""

from __future__ import annotations

import numpy as np

from .rates import chance
from .records import ANNOUNCED, LEADERS, OFFICIALS, Draws, Flags, Floats, Numbers, Standards, Structure, World


def affinity(s: Structure, n: Numbers, world: World, group: int, i: int):
    """How near a state stands to a format's character, -1 to 1; 0 where it has none."""
    gap, weight = 0.0, 0.0
    for issue in range(n.character.shape[1]):
        if not np.isnan(n.character[group, issue]):
            gap += n.salience[i, issue] * abs(world.position[i, issue] - n.character[group, issue])
            weight += n.salience[i, issue]
    return 1.0 - 2.0 * gap / weight if weight > 0.0 else 0.0


def weight(s: Structure, w, n: Numbers, world: World, here: Flags, tie: Floats, felt: Floats, group: int, i: int):
    """What the worth of entry into a format counts for; 0 where nobody is there to be joined."""
    total, number = 0.0, 0
    for member in range(len(here)):
        if member != i and here[member] and world.member[group, member]:
            total += tie[s.dyad[i, member]]
            number += 1
    if number == 0:
        return 0.0
    worth = total / number
    for c in range(len(s.state_of)):
        challenger = s.state_of[c]
        if here[challenger]:
            anger = n.dependence[i, c] * n.assertiveness[challenger] * n.aimed_at[group, c]
            worth -= anger * (1.0 - felt[i, s.hazard_of[c]])
    worth += w.joining_likeness * affinity(s, n, world, group, i)
    return np.exp(worth + w.joining_backing * n.backing[i, group])


def memberships(
    s: Structure,
    w,
    n: Numbers,
    standards: Standards,
    world: World,
    here: Flags,
    tie: Floats,
    felt: Floats,
    draws: Draws,
) -> Flags:
    """(F, N): who is in at the end of the quarter."""
    found = world.member.copy()
    for group in range(len(found)):
        rate = w.joining_open if s.open_to_all[group] else w.joining
        for i in range(len(here)):
            if not here[i]:
                continue
            meets = world.level[group] >= OFFICIALS and standards.outsiders[group] > 0.0
            if not world.member[group, i] and meets:
                share = weight(s, w, n, world, here, tie, felt, group, i) / standards.outsiders[group]
                found[group, i] = draws.join[i, group] < chance(rate * share)
            if n.leave[i, group] >= 0.5:
                found[group, i] = False
            if not np.isnan(n.member[i, group]):
                found[group, i] = n.member[i, group] >= 0.5
    return found


def levels(w, n: Numbers, world: World, draws: Draws):
    """(F,): at which level each format meets at the end of the quarter."""
    found = world.level.copy()
    for group in range(len(found)):
        rate = w.founding if world.level[group] == ANNOUNCED else w.rising
        if world.level[group] < LEADERS and draws.level[group] < chance(rate):
            found[group] += 1
        if n.found[group] >= 0.5:
            found[group] = max(found[group], OFFICIALS)
    return found
