"""The family `bargaining`: on each issue states settle by weight, and give way to those who can challenge them.

Three rules say where actors with positions x, salience s and capability c settle; the weight of an actor is w = c s.

**Mean** (the compromise): sum w x / sum w.
**Median** (Black): the held position that no other beats in pairs, each actor voting w for the nearer one.
**Challenge** (the expected-utility model of Bueno de Mesquita as Scholz, Calbert and Smith read it): round by round
each actor looks at each other one, and moves where it fears to lose. With R the width of the positions at first, and
d_ij = |x_i - x_j| / R:

    votes      v_k(a, b) = w_k ((|x_k - b| / R)^r_k - (|x_k - a| / R)^r_k)                      of k, for a against b
    chance     P_ij = sum_k max(0, v_k(x_i, x_j)) / sum_k sum_a sum_b |v_k(x_a, x_b)|         0 where x_i = x_j
    utilities  Us = 2 - 4 (.5 - .5 d)^r,  Uf = 2 - 4 (.5 + .5 d)^r,  Uq = 2 - 4 (.5)^r       with the viewer's r
    challenge  E(U_ij) = s_j (P_ij Us + (1 - P_ij) Uf) + (1 - s_j) Us - Uq                    what i gains against j
    risk       D_i = sum_j E^i(U_ji) at r = 1,  R_i = (2 D_i - max - min) / (max - min),
               r_i = (1 - R_i / 3) / (1 + R_i / 3)
    offers     with a = E^i(U_ij) and b = E^i(U_ji), as i sees them:
               b > a > 0: i moves to x_j, the nearest of such;
               b > 0 > a and b > |a|: i moves by (x_j - x_i) |a / b|; a confrontation goes before a compromise

Of several compromises the authors' program takes the one with the smallest (|a| x_i + |b| x_j) / (|a| + |b|). That
hangs on which end of the scale is called 0; the one that moves i farthest does not, and gives the same printed table.
The function `challenge` keeps to the program, the family takes the farthest.

On a case pack the actors are states, c is the mean of capability over theatres, R is the whole scale, and each quarter
is a round in which a state goes part of the way (`pace`) to resolve x ideal + (1 - resolve) x offer. Nothing is left to
chance: worlds differ in their numbers alone. What the family leaves out: trust, agreements, events and formats.

References: D. Black, The Theory of Committees and Elections (1958); J. B. Scholz, G. J. Calbert and G. A. Smith,
Unravelling Bueno De Mesquita's Group Decision Model, ICAART (2011) 18-30.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from cordiale.files.errors import OptionError
from cordiale.models.base import Measure
from cordiale.models.positions import MEASURES, Positions, PositionsFamily, World
from cordiale.models.random import Array
from cordiale.models.sums import Flags, total

ROUNDS = 10  # that `challenge` plays
LEAST = 1e-9  # of a difference between positions, as a share of the scale

# ---------------------------------------------------------------- settlements by weight


def weighted_mean(position: Array, weight: Array) -> Array:
    """Return where actors settle by the compromise rule: (..., N) positions and weights to (...).

    NaN where nobody has weight.
    """
    position, weight = _alike(position, weight)
    whole = total(weight)
    with np.errstate(invalid="ignore"):
        return np.asarray(total(weight * position) / np.where(whole > 0, whole, np.nan))


def weighted_median(position: Array, weight: Array) -> Array:
    """Return the position that no other beats by weight in pairs: (..., N) to (...).

    Where two neighbours stand against each other with half of the weight each, all between them is unbeaten, and the
    middle is returned. NaN where nobody has weight.
    """
    position, weight = _alike(position, weight)
    position = np.where(weight > 0, position, np.inf)
    order = np.argsort(position, axis=-1, kind="stable")
    position, weight = (np.take_along_axis(each, order, axis=-1) for each in (position, weight))
    reached = np.stack(list(_running(weight)), axis=-1)
    half, slack = reached[..., -1:] / 2, 1e-12 * reached[..., -1:]
    first = np.argmax(reached >= half - slack, axis=-1)[..., None]
    last = np.argmax(reached > half + slack, axis=-1)[..., None]
    low, high = (np.take_along_axis(position, at, axis=-1)[..., 0] for at in (first, last))
    return np.where(reached[..., -1] > 0, np.where(low == high, low, (low + high) / 2), np.nan)


def _running(weight: Array) -> list[Array]:
    """Return the sum of the weights up to each actor, from first to last."""
    found = [weight[..., 0]]
    for k in range(1, weight.shape[-1]):
        found.append(found[-1] + weight[..., k])
    return found


def _alike(position: Array, weight: Array) -> tuple[Array, Array]:
    """Return both as numbers of one shape."""
    one, other = np.broadcast_arrays(np.asarray(position, dtype=float), np.asarray(weight, dtype=float))
    return one, other


# ---------------------------------------------------------------- the expected-utility model


class Sight(NamedTuple):
    """What actors expect of challenges: (..., N, N) each.

    Attributes
    ----------
    own : a_ij, what the row's actor expects to gain if it challenges the column's
    theirs : b_ij, what it thinks that the column's expects if it is challenged by it
    """

    own: Array
    theirs: Array


def chances(position: Array, weight: Array, risk: Array, width: float) -> Array:
    """Return P, how likely the row's actor wins against the column's: (..., N) each to (..., N, N)."""
    losses = (np.abs(position[..., :, None] - position[..., None, :]) / width) ** risk[..., :, None]  # of k at a
    won = np.zeros(losses.shape)
    for k in range(position.shape[-1]):
        at = losses[..., k, :]
        won += weight[..., k, None, None] * np.maximum(at[..., None, :] - at[..., :, None], 0.0)
    whole = 2 * total(total(won))[..., None, None]  # of a pair, what a gains against b, b loses
    return np.asarray(np.where(_same(position, width), 0.0, won / np.where(whole > 0, whole, 1.0)))


def expected(position: Array, salience: Array, weight: Array, risk: Array, width: float) -> Sight:
    """Return what each actor expects of challenges, by its own risk: (..., N) each to (..., N, N)."""
    apart = np.minimum(np.abs(position[..., :, None] - position[..., None, :]) / width, 1.0)
    chance, viewer = chances(position, weight, risk, width), risk[..., :, None]
    success, failure = 2 - 4 * (0.5 - 0.5 * apart) ** viewer, 2 - 4 * (0.5 + 0.5 * apart) ** viewer
    still = 2 - 4 * 0.5**viewer

    def gain(won: Array, resisting: Array) -> Array:
        return np.asarray(resisting * (won * success + (1 - won) * failure) + (1 - resisting) * success - still)

    return Sight(gain(chance, salience[..., None, :]), gain(chance.swapaxes(-1, -2), salience[..., :, None]))


def risks(position: Array, salience: Array, weight: Array, width: float) -> Array:
    """Return r of each actor: (..., N), from 1/2 of the most exposed to 2 of the least; 1 where all are alike."""
    neutral = np.ones(position.shape)
    theirs = expected(position, salience, weight, neutral, width).theirs.copy()
    own = np.arange(position.shape[-1])
    theirs[..., own, own] = 0.0
    exposed = total(theirs)
    most, least = exposed.max(axis=-1, keepdims=True), exposed.min(axis=-1, keepdims=True)
    spread = np.where(most > least, most - least, 1.0)
    scaled = np.where(most > least, (2 * exposed - most - least) / spread, 0.0) / 3
    return np.asarray((1 - scaled) / (1 + scaled))


def offers(
    position: Array, salience: Array, capability: Array, width: float, *, farthest: bool = False
) -> Array:  # fmt: skip
    """Return where actors stand after a round: (..., N) each to (..., N).

    Parameters
    ----------
    width : R, of the scale
    farthest : whether of several compromises the one that moves an actor farthest is taken, and not that of the
        authors' program
    """
    salience, weight = salience + 0 * position, salience * capability + 0 * position
    risk = risks(position, salience, weight, width)
    own, theirs = expected(position, salience, weight, risk, width)
    others = ~_same(position, width)
    here, there = position[..., :, None], position[..., None, :]
    beaten = others & (theirs > own) & (own > 0)
    pressed = others & (theirs > 0) & (own < 0) & (theirs > -own)
    share = np.where(pressed, -own / np.where(pressed, theirs, 1.0), 0.0)
    between = (-own * here + theirs * there) / np.where(pressed, theirs - own, 1.0)
    order = -np.abs(there - here) * share if farthest else between
    moved = np.where(pressed.any(axis=-1), _chosen(order, pressed, here + (there - here) * share), position)
    fully = _chosen(np.abs(there - here), beaten, np.broadcast_to(there, beaten.shape))
    return np.asarray(np.where(beaten.any(axis=-1), fully, moved))


def _same(position: Array, width: float) -> Flags:
    """Return which two stand at one place."""
    return np.asarray(np.abs(position[..., :, None] - position[..., None, :]) <= LEAST * width)


def _chosen(order: Array, among: Flags, values: Array) -> Array:
    """Return of each row the value whose order is the smallest among some."""
    first = np.argmin(np.where(among, order, np.inf), axis=-1)[..., None]
    return np.asarray(np.take_along_axis(values, first, axis=-1)[..., 0])


class Bargain(NamedTuple):
    """A bargaining round by round.

    Attributes
    ----------
    settlement : the median where it first rests from one round to the next; the last one where it never does
    medians : (rounds + 1,) of the positions at first, and after each round
    path : (rounds + 1, N) positions
    """

    settlement: float
    medians: Array
    path: Array

    @property
    def rests_after(self) -> int | None:
        """After how many rounds the median first is what it was before the round; None where it never is."""
        still = np.flatnonzero(np.abs(np.diff(self.medians)) <= LEAST * max(float(np.ptp(self.path[0])), 1e-300))
        return int(still[0]) if len(still) else None


def challenge(
    position: Array, salience: Array, capability: Array, rounds: int = ROUNDS, *, farthest: bool = False
) -> Bargain:  # fmt: skip
    """Return how actors bargain on an issue by the expected-utility model.

    Parameters
    ----------
    position, salience, capability : (N,); salience from 0 to 1, capability in any unit
    rounds : how many are played
    farthest : as in `offers`

    Raises
    ------
    OptionError where the three are not alike, or nobody has weight
    """
    x, s, c = (np.asarray(each, dtype=float) for each in (position, salience, capability))
    if not (x.ndim == 1 and x.shape == s.shape == c.shape and x.size):
        raise OptionError("positions, salience and capability are three lists of as many numbers")
    if not np.isfinite([x, s, c]).all() or (s < 0).any() or (s > 1).any() or (c < 0).any() or not (s * c).any():
        raise OptionError("salience lies from 0 to 1, capability is not negative, and somebody has both above 0")
    width, path = float(np.ptp(x)), [x]
    for _ in range(rounds):
        path.append(offers(path[-1], s, c, width, farthest=farthest) if width > 0 else x)
    medians = weighted_median(np.array(path), s * c)
    found = Bargain(float(medians[-1]), medians, np.array(path))
    at = found.rests_after
    return found if at is None else found._replace(settlement=float(medians[at]))


# ---------------------------------------------------------------- on a case pack


class Bargainers(Positions):
    """A block of worlds in which states give way to challenges; see `models.base.Model`."""

    def pulled(self, now: World) -> Array:
        """Return where a round of offers leaves each state on each issue: (W, N, K)."""
        x, s = (np.ascontiguousarray(each.swapaxes(1, 2)) for each in (now.position, now.salience))
        power = np.broadcast_to(now.power[:, None], x.shape)
        return offers(x, s, power, 1.0, farthest=True).swapaxes(1, 2)


WITH_MEDIAN = {
    **MEASURES,
    "median.": Measure(
        "system", "issue", "0 to 1", "weighted median of positions",
        lambda w, k: weighted_median(w.position[..., k], w.salience[..., k] * w.power),
    ),
}  # fmt: skip


class _Bargaining(PositionsFamily):
    name = "bargaining"
    home = "cordiale.models.bargaining:BARGAINING"
    weights = Path(__file__).with_suffix(".yaml")
    model = Bargainers
    measures = WITH_MEDIAN


BARGAINING = _Bargaining()
