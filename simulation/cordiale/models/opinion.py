"""The family `opinion`: on each issue states move toward the positions of those whom they listen to.

**Friedkin and Johnsen**: with W the weights that actors give one another (rows sum to 1), u what they think at first
and A = diag(a_i) how open each is to others (susceptibility),

    x(t + 1) = A W x(t) + (I - A) u,    limit (I - A W)^-1 (I - A) u.

**Hegselmann and Krause**: each takes the mean of those, itself among them, whose opinion is no farther away than its
confidence e:

    x_i(t + 1) = mean of x_j(t) over all j with |x_i(t) - x_j(t)| <= e.

**Galam**: groups of r people who are put together at random take the view of their majority,

    p(t + 1) = sum over m > r / 2 of (r over m) p^m (1 - p)^(r - m);    for r = 3: 3 p^2 - 2 p^3, threshold 1/2.

On a case pack both of the first are one: W_ij is the trust of i in j times j's capability (mean over theatres), of
those whose position on the issue is no farther away than `confidence`; a_i is 1 - resolve, which the pack codes as the
weight of a state's ideal point against the pull of others; u is the ideal point, which levers and trends move; and each
quarter a state goes part of the way (`pace`). Nothing is left to chance: worlds differ in their numbers alone. What the
family leaves out: threats, agreements, events and formats; trust stays what it is.

References: N. E. Friedkin and E. C. Johnsen, Social Influence and Opinions, Journal of Mathematical Sociology 15 (1990)
193-206; S. E. Parsegov et al., Novel Multidimensional Models of Opinion Dynamics in Social Networks, IEEE Transactions
on Automatic Control 62 (2017) 2270-2285; R. Hegselmann and U. Krause, Opinion Dynamics and Bounded Confidence, JASSS 5
(2002); S. Galam, Minority Opinion Spreading in Random Geometry, European Physical Journal B 25 (2002) 403-406.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from cordiale.files.errors import OptionError
from cordiale.models.positions import MEASURES, Positions, PositionsFamily, World
from cordiale.models.random import Array
from cordiale.models.sums import add_up, total

SAME = 1e-9  # of the width of opinions: what differs by less is the same
MOST = 100_000  # periods until opinions must be at rest

# ---------------------------------------------------------------- the theories, on any table of weights


class Opinions(NamedTuple):
    """Opinions that went to rest.

    Attributes
    ----------
    limit : (N,), or (N, K) of K issues
    path : (periods + 1, N) or (periods + 1, N, K): at first and after each period, the last of which moves nobody
    """

    limit: Array
    path: Array

    @property
    def periods(self) -> int:
        """After how many periods they are at rest: the one in which nobody moves counts, as in the papers."""
        return len(self.path) - 1

    @property
    def clusters(self) -> list[float]:
        """Return the opinions that are held at rest on one issue, from low to high."""
        held = np.sort(self.limit, axis=None)
        apart = np.diff(held, prepend=-np.inf) > 1e-6 * max(float(np.ptp(self.path[0])), SAME)
        return [float(each) for each in held[apart]]


def friedkin_johnsen(weights: ArrayLike, start: ArrayLike, susceptibility: ArrayLike | None = None) -> Opinions:
    """Return limit and path of opinions by the model of Friedkin and Johnsen.

    Parameters
    ----------
    weights : (N, N), what weight the row's actor gives the column's; rows sum to 1
    start : (N,) opinions at first, or (N, K) on K issues, which are also what actors hold on to
    susceptibility : (N,) 0 holds on to the start, 1 is open to all; 1 less the weight that each gives itself where None

    Raises
    ------
    OptionError where shapes or sums do not fit, or opinions never come to rest
    """
    w, u = np.asarray(weights, dtype=float), np.asarray(start, dtype=float)
    if w.ndim != 2 or w.shape[0] != w.shape[1] or u.ndim not in (1, 2) or len(u) != len(w) or not len(w):
        raise OptionError(f"weights of {_shape(w)} and opinions of {_shape(u)}: n by n weights, and n opinions")
    if not np.isfinite(w).all() or (w < 0).any() or not np.allclose(w.sum(axis=1), 1.0, atol=1e-6):
        raise OptionError("weights are not negative, and those in each row sum to 1")
    open_to = 1 - np.diag(w) if susceptibility is None else np.asarray(susceptibility, dtype=float)
    if open_to.shape != (len(w),) or not ((open_to >= 0) & (open_to <= 1)).all() or not np.isfinite(u).all():
        raise OptionError("susceptibility is a number from 0 to 1 for each actor, and opinions are numbers")
    mixed, held = open_to[:, None] * w, ((1 - open_to) * u.T).T
    path, rest = [u], SAME * max(float(np.ptp(u)), SAME)
    while len(path) < 2 or np.abs(path[-1] - path[-2]).max() > rest:
        path.append(mixed @ path[-1] + held)
        if len(path) > MOST:
            raise OptionError("opinions do not come to rest: some actors only follow one another in turn")
    stays = np.abs(np.linalg.eigvals(mixed)).max() < 1 - 1e-12
    limit = np.linalg.solve(np.eye(len(w)) - mixed, held) if stays else path[-1]
    return Opinions(np.asarray(limit), np.array(path))


def hegselmann_krause(start: ArrayLike, confidence: float) -> Opinions:
    """Return limit and path of opinions by the model of bounded confidence; they rest after finitely many periods.

    Parameters
    ----------
    start : (N,) opinions
    confidence : the largest gap at which one still listens

    Raises
    ------
    OptionError where opinions are no list of numbers, or confidence is negative
    """
    x = np.asarray(start, dtype=float)
    if x.ndim != 1 or not x.size or not np.isfinite(x).all() or not confidence >= 0:
        raise OptionError("opinions are a list of numbers, and confidence is not negative")
    path, slack = [x], SAME * max(float(np.ptp(x)), SAME)
    while len(path) < 2 or np.abs(path[-1] - path[-2]).max() > slack:
        near = np.abs(path[-1][:, None] - path[-1][None]) <= confidence + slack
        path.append((near * path[-1][None]).sum(axis=1) / near.sum(axis=1))
    return Opinions(path[-1], np.array(path))


def majority_rule(share: ArrayLike, size: int = 3, ties: float = 0.5) -> Array:
    """Return the share that holds a view after groups took that of their majority (Galam).

    Parameters
    ----------
    share : that holds it before
    size : of a group
    ties : part of the groups in which half hold it that take it

    Raises
    ------
    OptionError for a group of nobody, or what is no share
    """
    p = np.asarray(share, dtype=float)
    if size < 1 or not ((p >= 0) & (p <= 1)).all() or not 0 <= ties <= 1:
        raise OptionError("shares lie from 0 to 1, and a group has 1 member or more")
    chance = [comb(size, m) * p**m * (1 - p) ** (size - m) for m in range(size + 1)]
    won = [each for m, each in enumerate(chance) if 2 * m > size]
    return np.asarray(sum(won) + (ties * chance[size // 2] if size % 2 == 0 else 0.0))


def _shape(array: Array) -> str:
    """Return a shape in words: "2 by 2"."""
    sizes: Sequence[int] = array.shape
    return " by ".join(map(str, sizes)) or "one number"


# ---------------------------------------------------------------- on a case pack


class Listeners(Positions):
    """A block of worlds in which states listen to one another; see `models.base.Model`."""

    def pulled(self, now: World) -> Array:
        """Return the mean position of those whom each state listens to, on each issue: (W, N, K); its own of nobody."""
        p, (worlds, states, issues) = self.parameters, now.position.shape
        reach = p.weights["confidence"][:, None, None]
        heeded = np.broadcast_to(p.trust * now.power[:, None, :], (worlds, states, states)).copy()
        own = np.arange(states)
        heeded[:, own, own] = 0.0
        found = np.empty((worlds, states, issues))
        for k in range(issues):
            x = now.position[..., k]
            weight = heeded * (np.abs(x[:, :, None] - x[:, None]) <= reach)
            whole = total(weight)
            said = add_up((weight[..., j] * x[:, j, None] for j in range(states)), (worlds, states))
            found[..., k] = np.where(whole > 0, said / np.where(whole > 0, whole, 1.0), x)
        return found


class _Opinion(PositionsFamily):
    name = "opinion"
    home = "cordiale.models.opinion:OPINION"
    weights = Path(__file__).with_suffix(".yaml")
    model = Listeners
    measures = MEASURES


OPINION = _Opinion()
