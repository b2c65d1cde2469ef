"""Placebo packs: the same model and the same claims, with one thing of the case mixed up.

States that have a role in the pack (challengers, poles) keep what is theirs. Of the other states

- `labels`: each has all that is coded of another: its numbers, its class, its ties and memberships;
- `positions`: each has an ideal point on every issue that is drawn at random, even from 0 to 1;
- `ties`: each pair has the trust, practice, forum, agreements, talks and contracts of another pair. A pair with a state
  that has a role gets those of another pair with the same state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import permutations

import numpy as np

from cordiale.case.fields import Names
from cordiale.models.base import Pair
from cordiale.models.parameters import draw
from cordiale.models.random import Array, Streams
from cordiale.scenario.load import Scenario

PLACEBOS = ("labels", "positions", "ties")
OF_TIES = ("trust", "practice", "export_control_forum")  # fields of pairs that say how the tie is; others are views
SIGNS = ("-", ">")


@dataclass(frozen=True)
class Placebo:
    """One placebo pack.

    Attributes
    ----------
    kind : one of PLACEBOS
    states : code -> the state whose numbers, class and memberships it has
    ties : pair -> the pair whose ties it has, both ways
    ideal : path -> the ideal point drawn at random, the same in all worlds
    """

    kind: str
    states: Mapping[str, str]
    ties: Mapping[Pair, Pair]
    ideal: Mapping[str, float] = field(default_factory=dict)

    def values(self, scenario: Scenario, streams: Streams) -> dict[str, Array]:
        """Return path -> (worlds,) numbers: what is drawn for another, and ideal points at random."""
        state = {of: code for code, of in self.states.items()}
        pair = {of: pair for pair, of in self.ties.items()}
        names = scenario.names
        found = {_moved(path, names, state, pair): value for path, value in draw(scenario.ranges, streams).items()}
        return found | {path: np.full(streams.worlds, value) for path, value in self.ideal.items()}


def _moved(path: str, names: Names, state: Mapping[str, str], pair: Mapping[Pair, Pair]) -> str:
    """Return the path at which the number of a path stands in a pack whose states and pairs are mixed up.

    Parameters
    ----------
    state, pair : whose it is -> who has it
    """
    head, dot, rest = path.partition(".")
    sign = next((sign for sign in SIGNS if sign in head), None)
    if sign is None:
        return state.get(head, head) + dot + rest
    one, other = head.split(sign)
    of_tie = names.paths[path][0] in OF_TIES
    new = pair[one, other] if of_tie else (state.get(one, one), state.get(other, other))
    return sign.join(sorted(new) if sign == "-" else new) + dot + rest


def placebos(scenario: Scenario, count: int, seed: int) -> list[Placebo]:
    """Return placebo packs, of each kind in turn, the same for the same seed."""
    names, poles = scenario.names, scenario.loaded.pack.case.poles
    roles = [code for code in names.states if code in (*names.challengers, *poles)]
    free = [code for code in names.states if code not in roles]
    same = {code: code for code in names.states}
    untied = {pair: pair for pair in permutations(names.states, 2)}
    found = []
    for number in range(count):
        kind = PLACEBOS[number % len(PLACEBOS)]
        rng = np.random.default_rng([seed, number])
        if kind == "labels":
            states = same | dict(zip(free, rng.permutation(free).tolist(), strict=True))
            ties = {(one, other): (states[one], states[other]) for one, other in untied}
            found.append(Placebo(kind, states, ties))
        elif kind == "positions":
            ideals = [path for path, (of, _) in names.paths.items() if of == "ideal" and path[:3] in free]
            found.append(Placebo(kind, same, untied, {path: float(rng.random()) for path in ideals}))
        else:
            found.append(Placebo(kind, same, untied | _shuffled_ties(free, roles, rng)))
    return found


def _shuffled_ties(free: list[str], roles: list[str], rng: np.random.Generator) -> dict[Pair, Pair]:
    """Return pair -> pair, both ways: among pairs without a role, and among those of each state that has one."""
    among = [(one, other) for at, one in enumerate(free) for other in free[at + 1 :]]
    found: dict[Pair, Pair] = {}
    for pairs in (among, *([(code, role) for code in free] for role in roles)):
        for pair, at in zip(pairs, rng.permutation(len(pairs)).tolist(), strict=True):
            found[pair], found[pair[::-1]] = pairs[at], pairs[at][::-1]
    return found
