"""The index of alignment: likeness, depth, activity and trust of a dyad, each in spreads over dyads at the start."""

from __future__ import annotations

import numpy as np

from .records import LEAST, Flags, Floats, Structure, World
from .start import meeting, spread

PARTS = ("similarity", "depth", "activity", "trust")


def agreed(s: Structure, salience: Floats, position: Floats, i: int, j: int) -> float:
    """How alike the stances of two states are as the first weighs them, 0 to 1; deeds are no stances."""
    gap, weight = 0.0, 0.0
    for issue in range(len(s.deed)):
        if not s.deed[issue]:
            gap += salience[i, issue] * abs(position[i, issue] - position[j, issue])
            weight += salience[i, issue]
    return 1.0 - gap / weight if weight > 0.0 else 0.5


def together(s: Structure) -> list[int]:
    """The kinds of events that two states do together."""
    exercises = [s.exercise, s.exercise + 1, s.exercise + 2] if s.exercise >= 0 else []
    kinds = [s.leaders, s.two_plus_two, *exercises, s.document, *s.work]
    return [kind for kind in kinds if kind >= 0]


def expected(s: Structure, rates: Floats) -> Floats:
    """(P,): events of a quarter that two states are expected to have together at the start."""
    found = np.zeros(len(s.one))
    for p in range(len(found)):
        for kind in together(s):
            found[p] += meeting(s, rates, p) if kind == s.two_plus_two else rates[kind, p] / 4.0
    return found


def parts(
    s: Structure, salience: Floats, weight: Floats, world: World, passed: int, usual: Floats
) -> dict[str, Floats]:
    """Return each part, (P,).

    Parameters
    ----------
    salience, weight : (N, K) of issues, (A,) of agreements
    passed : quarters since the start; in the first year `usual`, from `expected`, stands for those before it
    """
    dyads, counted = len(s.one), min(passed, 4)
    found = {name: np.zeros(dyads) for name in PARTS}
    for p in range(dyads):
        i, j = s.one[p], s.other[p]
        one, other = agreed(s, salience, world.position, i, j), agreed(s, salience, world.position, j, i)
        found["similarity"][p] = (one + other) / 2
        found["depth"][p] = sum(weight[world.in_force[:, p]]) / sum(weight)
        events = sum(float(world.recent[q, kind * dyads + p]) for q in range(counted) for kind in together(s))
        found["activity"][p] = np.log(events + (4 - counted) * usual[p] + 0.5)
        found["trust"][p] = (world.trust[i, j] + world.trust[j, i]) / 2
    return found


def spreads(s: Structure, at_best: dict[str, Floats], here: Flags) -> dict[str, float]:
    """Return the deviation of each part over dyads, in the world of best values at its start."""
    return {name: spread(values[here[s.one] & here[s.other]]) for name, values in at_best.items()}


def in_spreads(each: dict[str, Floats], deviation: dict[str, float]) -> dict[str, Floats]:
    """Return each part in spreads; 0 where dyads do not differ in it."""
    return {
        name: values / deviation[name] if deviation[name] >= LEAST else np.zeros(len(values))
        for name, values in each.items()
    }
