"""The family `landscape`: states settle on two sides, as in the landscape theory of Axelrod and Bennett (1993).

Each pair of states has a **propensity** to be on one side, positive where the two attract each other:

    p_ij = draw_similarity S_ij + draw_threat min(t_ih, t_jh) + draw_trust (2 m_ij - 1) - rivalry r_ij

with S similarity of positions (Signorino and Ritter), t how either rates a hazard (the largest that both rate), m
mutual trust, and r how far the one is itself a threat to the other. The **size** s_i of a state is its capability,
mean over theatres. The **frustration** of a state on its side and the **energy** of all are

    F_i = sum_j s_j p_ij d_ij,    E = sum_i s_i F_i = sum_i sum_j s_i s_j p_ij d_ij,

d_ij being 1 where two are on different sides and 0 where they are on one (each pair is counted twice, as printed in the
paper). At the start each world draws sides at random and settles: of all moves of a single state to the other side the
one that lowers the energy most is made, until none lowers it. In each quarter some states look at their side anew
(`restlessness`), and one of them that can lower the energy moves, the one that lowers it most; levers move positions,
trust and threats, and so the landscape itself.

What the family leaves out: agreements, practice, formats and pressure. It is a rival to `diplomacy` on the question who
stands with whom, and on nothing else.

References: R. Axelrod and D. S. Bennett, A Landscape Theory of Aggregation, British Journal of Political Science 23
(1993) 211-233; C. S. Signorino and J. M. Ritter, Tau-b or Not Tau-b, International Studies Quarterly 43 (1999) 115-144.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cordiale.case.fields import Names
from cordiale.files.errors import OptionError
from cordiale.models.base import Measure
from cordiale.models.parameters import Parameters
from cordiale.models.plain import POSITION, POSITION_GAP, PlainFamily, PlainRules
from cordiale.models.random import Array, Streams
from cordiale.models.similarity import SIMILARITY, Standard, mutual, similarity
from cordiale.models.sums import Flags, total

MOST = 20  # actors of whom all splits are looked at: half a million


# ---------------------------------------------------------------- the theory, on any table of propensities


def energy(propensity: Array, size: Array, side: Flags) -> Array:
    """Return E of splits: (..., N, N) propensities, (..., N) sizes, (..., N) sides to (...)."""
    apart = side[..., :, None] != side[..., None, :]
    return np.asarray((size[..., :, None] * size[..., None, :] * propensity * apart).sum(axis=(-2, -1)))


def gains(propensity: Array, size: Array, side: Flags) -> Array:
    """Return by how much the energy changes if each state alone moves to the other side: (W, N)."""
    apart = side[:, :, None] != side[:, None, :]
    pull = size[:, None, :] * (propensity + propensity.swapaxes(1, 2)) * np.where(apart, -1.0, 1.0)
    own = np.arange(side.shape[1])
    pull[:, own, own] = 0.0
    return np.asarray(size * total(pull))


def settle(propensity: Array, size: Array, side: Flags, may: Flags | None = None, moves: int | None = None) -> Flags:
    """Return sides after the steepest descent: (W, N), the best single move at a time.

    Parameters
    ----------
    may : (W, N) who may move; all where None
    moves : how many at most; until none lowers the energy where None
    """
    side = side.copy()
    rows = np.arange(len(side))
    for _ in range(2 ** min(side.shape[1], 16) if moves is None else moves):
        change = gains(propensity, size, side)
        change = change if may is None else np.where(may, change, 0.0)
        best = np.argmin(change, axis=1)
        better = change[rows, best] < -1e-12
        if not better.any():
            break
        side[rows[better], best[better]] ^= True
    return side


@dataclass(frozen=True)
class Minimum:
    """A split from which no single move lowers the energy.

    Attributes
    ----------
    sides : the actors of either side, the first actor's side first
    basin : of how many splits the steepest descent ends here
    """

    energy: float
    sides: tuple[tuple[str, ...], tuple[str, ...]]
    basin: int


def minima(actors: Sequence[str], propensity: Array, size: Array) -> list[Minimum]:
    """Return every stable split of some actors, the lowest energy first; all splits are looked at.

    Parameters
    ----------
    propensity : (N, N), the diagonal does not count;  size : (N,)

    Raises
    ------
    OptionError for fewer than two actors, or more than MOST
    """
    count = len(actors)
    if not 2 <= count <= MOST:
        raise OptionError(f"{count} actors: all splits are looked at of 2 to {MOST}")
    splits = np.arange(1 << (count - 1))  # the first actor stays where it is: a split and its mirror are one
    side = np.zeros((len(splits), count), dtype=bool)
    side[:, 1:] = (splits[:, None] >> np.arange(count - 1)) & 1
    tie = size[:, None] * size[None, :] * propensity
    tie = tie + tie.T
    np.fill_diagonal(tie, 0.0)
    sign = np.where(side, 1.0, -1.0)
    change = sign * (sign @ tie)  # what a move of each adds: ties to its side are cut, those to the other are made
    best = np.argmin(change, axis=1)
    other = np.where(best == 0, splits ^ ((1 << (count - 1)) - 1), splits ^ (1 << np.maximum(best - 1, 0)))
    ends = np.where(change[splits, best] < -1e-9, other, splits)
    while not np.array_equal(further := ends[ends], ends):
        ends = further
    basin = np.bincount(ends, minlength=len(splits))
    found = []
    for end in np.flatnonzero(basin):
        low = float((tie * (side[end][:, None] != side[end][None, :])).sum() / 2)
        two = (tuple(actors[int(i)] for i in np.flatnonzero(side[end] == which)) for which in (False, True))
        one, other_side = two
        found.append(Minimum(low, (one, other_side), int(basin[end])))
    return sorted(found, key=lambda minimum: minimum.energy)


# ---------------------------------------------------------------- on a case pack


@dataclass(frozen=True, eq=False)
class World:
    """The worlds at the end of a quarter.

    Attributes
    ----------
    drift : (W, N, K) sum of trends so far
    position : (W, N, K) 0..1
    salience : (W, N, K)
    propensity : (W, N, N) symmetric
    size : (W, N) capability, mean over theatres
    side : (W, N) on which side each state is
    standard : by which similarity is told
    """

    drift: Array
    position: Array
    salience: Array
    propensity: Array
    size: Array
    side: Flags
    standard: Standard

    @property
    def worlds(self) -> int:
        """How many there are."""
        return len(self.side)


class Landscape:
    """A block of worlds; see `models.base.Model`."""

    def __init__(self, rules: PlainRules, at: Callable[[int], Parameters], streams: Streams) -> None:
        self.names, self.standard, self.streams, self._at, self.quarter = rules.names, rules.standard, streams, at, 0
        self.parameters = at(0)
        still = np.zeros((streams.worlds, len(self.names.states), len(self.names.issues)))
        first = self._world(still, self._numbers("side") < 0.5)
        self.now = replace(first, side=settle(first.propensity, first.size, first.side))

    def step(self) -> None:
        """Move all worlds by one quarter."""
        self.parameters = self._at(self.quarter)
        now = self._world(self.now.drift + self.parameters.trend, self.now.side)
        may = self._numbers("look") < self.parameters.weights["restlessness"][:, None]
        self.now = replace(now, side=settle(now.propensity, now.size, now.side, may, moves=1))
        self.quarter += 1

    def resume(self, now: World, quarter: int) -> None:
        """Go on from worlds that another model of the same numbers and streams brought to a quarter."""
        self.now, self.quarter = now, quarter

    def reading(self) -> World:
        """Return what measures are read from."""
        return self.now

    def _numbers(self, purpose: str) -> Array:
        """Return a number for each state: (W, N)."""
        named = [(code,) for code in self.names.states]
        return self.streams.uniforms(purpose, named, quarter=self.quarter)[:, :, 0]

    def _world(self, drift: Array, side: Flags) -> World:
        p, worlds = self.parameters, self.streams.worlds
        position = np.clip(p.ideal + drift, 0.0, 1.0)
        weight = {name: each[:, None, None] for name, each in p.weights.items()}
        salience = np.broadcast_to(p.salience, position.shape)
        alike = mutual(similarity(position, position[:, None], salience))
        propensity = (
            weight["draw_similarity"] * alike
            + weight["draw_threat"] * in_common(p.threat)
            + weight["draw_trust"] * (2 * mutual(p.trust) - 1)
            - weight["rivalry"] * mutual(rivalry(p.threat, self.names))
        )
        size = total(p.capability) / p.capability.shape[-1] * p.taking_part  # who stands outside pulls nobody
        size = np.broadcast_to(size, (worlds, size.shape[1]))
        return World(drift, position, salience, propensity, size, side, self.standard)


def in_common(threat: Array) -> Array:
    """Return the largest threat that both of two states rate, by the lower of their ratings: (W, N, H) to (W, N, N)."""
    return np.asarray(np.minimum(threat[:, :, None], threat[:, None, :]).max(axis=3))


def rivalry(threat: Array, names: Names) -> Array:
    """Return how far the column's state is a threat to the row's: (W, N, N); 0 of those that are no hazard."""
    found = np.zeros((len(threat), len(names.states), len(names.states)))
    for h, name in enumerate(names.hazards):
        if name in names.states:
            found[:, :, names.states.index(name)] = threat[:, :, h]
    return found


MEASURES = {
    "same_side": Measure(
        "dyad", None, "share of worlds", "on the same side",
        lambda w, _: (w.side[:, :, None] == w.side[:, None, :]).astype(float),
        phrase="{} are on the same side",
    ),
    "propensity": Measure("dyad", None, "1 attracts fully", "propensity to be on one side", lambda w, _: w.propensity),
    "frustration": Measure(
        "state", None, "share of all pulls", "pull of the other side on it",
        lambda w, _: frustration(w.propensity, w.size, w.side),
    ),
    "energy": Measure("system", None, "weighted frustration", "energy of the sides",
                      lambda w, _: energy(w.propensity, w.size, w.side)),
    "similarity": SIMILARITY,
    "position_gap.": POSITION_GAP,
    "position.": POSITION,
}  # fmt: skip


def frustration(propensity: Array, size: Array, side: Flags) -> Array:
    """Return how much of the pulls on a state are not met, of all of them: (W, N) in 0..1."""
    apart = side[:, :, None] != side[:, None, :]
    own = np.eye(side.shape[1], dtype=bool)
    pull = np.where(own, 0.0, size[:, None, :] * np.abs(propensity))
    missed = pull * (apart == (propensity > 0))
    return np.asarray(total(missed) / np.maximum(total(pull), 1e-12))


class _Landscape(PlainFamily):
    name = "landscape"
    home = "cordiale.models.landscape:LANDSCAPE"
    weights = Path(__file__).with_suffix(".yaml")
    headline = "same_side"
    model = Landscape
    measures = MEASURES
    world = World


LANDSCAPE = _Landscape()
