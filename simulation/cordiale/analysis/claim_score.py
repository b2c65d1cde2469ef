"""How much of a pack's success with its claims comes from its coding, and not from the shape of the model.

A supported claim counts 1 less the share of placebo packs that support it too: one that every pack supports counts
nothing. What a pack without the article's coding would score is found by leaving out one placebo pack at a time and
scoring it against the others in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from cordiale.analysis.claim_rule import holds
from cordiale.case.fields import Names
from cordiale.models.base import Pair
from cordiale.models.parameters import draw
from cordiale.models.random import Array, Streams
from cordiale.models.sums import Flags
from cordiale.scenario.load import Scenario
from cordiale.study.intervals import LEVEL

RESAMPLES = 1999
NULL = (0.05, 0.95)  # quantiles of the scores of placebo packs that are shown


@dataclass(frozen=True)
class Score:
    """The discriminating score of a pack over some claims.

    Attributes
    ----------
    claims, supported : how many count, and how many of them are supported
    value, low, high : the score with its 95 % interval, from worlds and placebo packs drawn again
    alike : the score of the pack judged as placebo packs are: on as many worlds, without codings
    null : (packs,) the score of each placebo pack against the others
    kinds : kind of each placebo pack
    """

    claims: int
    supported: int
    value: float
    low: float
    high: float
    alike: float
    null: Array
    kinds: Sequence[str]

    @property
    def expected(self) -> tuple[float, float, float]:
        """What a placebo pack scores: mean, and the quantiles NULL."""
        return _mean_and_quantiles(self.null)

    @property
    def reached(self) -> float:
        """Share of packs, the pack itself among them, that score as much as it does when judged alike."""
        return float((1 + np.sum(self.null >= self.alike - 1e-12)) / (1 + len(self.null)))

    def of_kind(self, kind: str) -> tuple[float, float, float]:
        """What placebo packs of a kind score."""
        return _mean_and_quantiles(self.null[[each == kind for each in self.kinds]])


def _mean_and_quantiles(values: Array) -> tuple[float, float, float]:
    if not len(values) or np.isnan(values).all():
        return np.nan, np.nan, np.nan
    low, high = np.quantile(values, NULL)
    return float(np.mean(values)), float(low), float(high)


@dataclass(frozen=True)
class Judged:
    """A claim as the score needs it.

    Attributes
    ----------
    supported : by its verdict
    alike : whether it is supported when judged as placebo packs are
    tests : sign, margin and differences (worlds,) of each contrast
    packs : (packs,) which placebo packs support it
    """

    supported: bool
    alike: bool
    tests: Sequence[tuple[str, float, Array]]
    packs: Flags


def score_of(claims: Sequence[Judged], kinds: Sequence[str], seed: int) -> Score:
    """Return the score of a pack.

    Parameters
    ----------
    kinds : kind of each placebo pack
    """
    packs = np.array([each.packs for each in claims], dtype=float).reshape(len(claims), len(kinds)).T
    supported = np.array([each.supported for each in claims], dtype=bool)
    low, high = _interval(claims, packs, kinds, seed)
    return Score(
        claims=len(claims),
        supported=int(supported.sum()),
        value=discriminating(supported, packs),
        low=low,
        high=high,
        alike=discriminating(np.array([each.alike for each in claims], dtype=bool), packs),
        null=left_out(packs),
        kinds=kinds,
    )


def discriminating(supported: Flags, packs: Array) -> float:
    """Return the sum over supported claims of 1 less the share of packs that support it: (claims,), (packs, claims)."""
    return float(np.sum(supported * (1.0 - packs.mean(axis=0))))


def left_out(packs: Array) -> Array:
    """Return the score of each pack against the others: (packs, claims) to (packs,); nan of a single one."""
    if len(packs) < 2:
        return np.full(len(packs), np.nan)
    others = (packs.sum(axis=0) - packs) / (len(packs) - 1)
    return np.asarray((packs * (1.0 - others)).sum(axis=1))


def _interval(claims: Sequence[Judged], packs: Array, kinds: Sequence[str], seed: int) -> tuple[float, float]:
    """Return the interval of the score: worlds are drawn again for all claims at once, and packs within their kind.

    A claim that is not supported, since it hangs on its codings or has no channel, never is.
    """
    held = [(at, each) for at, each in enumerate(claims) if each.supported]
    if not held:
        return 0.0, 0.0
    rng = np.random.default_rng(seed)
    drawn, worlds = _drawn_again(kinds, rng), len(held[0][1].tests[0][2])
    counts = rng.multinomial(worlds, np.full(worlds, 1 / worlds), size=RESAMPLES)
    scores = np.zeros(RESAMPLES)
    for at, each in held:
        again = np.logical_and.reduce([_holds_again(*test, counts) for test in each.tests])
        scores += again * (1.0 - drawn @ packs[:, at] / len(kinds))
    low, high = np.quantile(scores, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _drawn_again(kinds: Sequence[str], rng: np.random.Generator) -> Array:
    """Return how often each pack is drawn again: (RESAMPLES, packs), whole numbers, so that their sums are exact."""
    drawn = np.zeros((RESAMPLES, len(kinds)))
    for kind in dict.fromkeys(kinds):
        those = np.flatnonzero([each == kind for each in kinds])
        drawn[:, those] = rng.multinomial(len(those), np.full(len(those), 1 / len(those)), size=RESAMPLES)
    return drawn


def _holds_again(sign: str, margin: float, differences: Array, counts: NDArray[np.int64]) -> Flags:
    """Return in which resamples of worlds a contrast lies where its sign says: (RESAMPLES,)."""
    from scipy.special import stdtrit

    worlds = len(differences)
    mean = counts @ differences / worlds
    variance = np.maximum(
        counts @ (differences - differences.mean()) ** 2 / worlds - (mean - differences.mean()) ** 2, 0
    )
    reach = float(stdtrit(worlds - 1, (1 + LEVEL) / 2)) * np.sqrt(variance / (worlds - 1))
    return holds(sign, mean - reach, mean + reach, margin)


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
