"""Where states stand, and what others make of it: positions and trust."""

from __future__ import annotations

import numpy as np

from .coercion import hardened
from .records import Draws, Flags, Floats, Numbers, Standards, Structure, World
from .terms import clip, mean_capability

QUARTERS = 28  # in which a position drifts by the width of its coding


def pulls(w, n: Numbers, world: World, here: Flags, bond: Floats) -> Floats:
    """(N, K): how far those a state listens to draw its position."""
    found = np.zeros(world.position.shape)
    for i in range(len(here)):
        whole = 0.0
        heard = np.zeros(found.shape[1])
        for j in range(len(here)):
            if j == i or not (here[i] and here[j]):
                continue
            weight = world.trust[i, j] * mean_capability(n, j) * bond[i, j]
            whole += weight
            for issue in range(found.shape[1]):
                heard[issue] += weight * world.position[j, issue]
        if whole > 0.0:
            for issue in range(found.shape[1]):
                found[i, issue] = w.influence * (1.0 - n.resolve[i]) * (heard[issue] / whole - world.position[i, issue])
    return found


def move(
    s: Structure,
    w,
    n: Numbers,
    standards: Standards,
    world: World,
    here: Flags,
    pull: Floats,
    news: Floats,
    draws: Draws,
    new: World,
) -> None:
    """Write where each stands, and how far that is from its ideal."""
    new.position[:] = world.position
    new.course[:] = world.course
    for i in range(len(here)):
        if not here[i]:
            continue
        loose = (1.0 - n.resolve[i]) / 0.3
        for issue in range(new.course.shape[1]):
            x, drawn = world.position[i, issue], loose * draws.drift[i, issue]
            own = w.drift * standards.room[i, issue] / np.sqrt(QUARTERS) * drawn
            if draws.jump[i, issue] < w.jumps / 4.0:
                own += w.jump_size * drawn
            shift = n.trend[i, issue] + own * 4.0 * x * (1.0 - x) + pull[i, issue]
            if n.election[i]:
                shift += w.election_size * drawn
            shift += hardened(s, w, n, news, here, i, issue) * (1.0 - x)
            new.position[i, issue] = clip(n.ideal[i, issue] + world.course[i, issue] + shift, 0.0, 1.0)
            new.course[i, issue] = new.position[i, issue] - n.ideal[i, issue]


def mean_salience(n: Numbers, i: int):
    total = 0.0
    for issue in range(n.salience.shape[1]):
        total += n.salience[i, issue]
    return total / n.salience.shape[1]


def signals(w, n: Numbers, position: Floats, noise: Floats) -> Floats:
    """(N, K): positions as others see them, before their bias."""
    seen = np.zeros(position.shape)
    for j in range(len(seen)):
        for issue in range(seen.shape[1]):
            seen[j, issue] = position[j, issue] + w.signal_noise * (1.0 - n.clarity[j]) * noise[j, issue]
    return seen


def suspicion(s: Structure, w, n: Numbers, seen: Floats, felt: Floats, i: int, j: int):
    """How far i suspects that goods flow from j to whom it fears."""
    total = 0.0
    for issue in range(seen.shape[1]):
        c = s.flows_to[issue]
        if c >= 0 and s.state_of[c] != i and s.state_of[c] != j:
            loose = 1.0 - clip(seen[j, issue] + n.bias[i, j, issue], 0.0, 1.0)
            total += felt[i, s.hazard_of[c]] * loose * (1.0 - w.forum_effect * n.export_control_forum[i, j])
    return total


def stance_gap(s: Structure, w, n: Numbers, position: Floats, seen: Floats, g: int):
    """How far a state sees a stance that it watches from its own, by how much the issue matters to it."""
    i, j, issue = s.watcher[g], s.watched[g], s.stance[g]
    gap = abs(position[i, issue] - seen[j, issue] - n.bias[i, j, issue]) + w.unclear * (1.0 - n.clarity[j])
    return n.salience[i, issue] / mean_salience(n, i) * gap


def disappointment(s: Structure, n: Numbers, expected: Floats, seen: Floats, felt: Floats, i: int, j: int):
    """How far j's deeds fall short of what i expects; of a challenger's, beyond."""
    sign = 1.0 - 2.0 * felt[i, s.hazard_of[s.challenger[j]]] if s.challenger[j] >= 0 else 1.0
    total = 0.0
    for issue in range(seen.shape[1]):
        if s.deed[issue]:
            total += n.salience[i, issue] / mean_salience(n, i) * sign * (expected[j, issue] - seen[j, issue])
    return total


def expectations(w, n: Numbers, world: World, here: Flags, pull: Floats) -> Floats:
    """(N, K): what is expected of each at the end of the quarter."""
    found = world.expected.copy()
    for j in range(len(here)):
        if here[j]:
            for issue in range(found.shape[1]):
                learnt = w.usual_pace * (world.position[j, issue] - world.expected[j, issue])
                found[j, issue] += n.expected_trend[j, issue] + pull[j, issue] + learnt
    return found
