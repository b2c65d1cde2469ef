"""Whether a claim holds: the rule, in one place, for every claim alike.

An effect is looked at with its interval and with a margin, inside which no reader would notice it. More worlds make the
interval narrower, so that they can turn "undecided" into another verdict, and no other verdict into another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cordiale.models.random import Array
from cordiale.models.sums import Flags
from cordiale.scenario.claims import Claim, Contrast
from cordiale.study.intervals import LEVEL, interval, mean_interval

SUPPORTED, OPPOSITE, TOO_SMALL = "supported", "opposite", "too small to matter"
NO_CHANNEL, UNDECIDED, NOT_TESTABLE = "no channel", "undecided", "not testable"
KINDS = (SUPPORTED, OPPOSITE, TOO_SMALL, NO_CHANNEL, UNDECIDED, NOT_TESTABLE)
WORST_FIRST = (OPPOSITE, TOO_SMALL, NO_CHANNEL, UNDECIDED, SUPPORTED)  # of a claim's contrasts
AGREE = 0.8  # of codings, that must agree with the interval
SIDES = {"+": 1, "-": -1, "0": 0}  # sign -> where the effect should lie: above the margin, below it, inside it


@dataclass(frozen=True)
class Finding:
    """What the model says of one contrast.

    Attributes
    ----------
    sign : that the effect should have
    kind : one of KINDS
    mean, low, high : effect and 95 % interval, in the measure's unit
    codings : share of codings whose effect lies where the sign says
    worlds : share of the worlds with a difference in which it has the sign; nan where there is none, or the sign is "0"
    decides : worlds that would decide it, were its effect as found; None where it is decided, or where none would
    words, unit : what it compares, and the unit of its effect
    """

    said: Contrast
    sign: str
    kind: str
    mean: float
    low: float
    high: float
    codings: float
    worlds: float
    decides: int | None
    words: str = ""
    unit: str = ""

    @property
    def hangs_on_codings(self) -> bool:
        """Whether it is undecided since codings disagree, so that no number of worlds would decide it."""
        off_the_bound = side_of(self.mean, self.mean, self.said.margin) is not None
        return self.kind == UNDECIDED and self.decides is None and off_the_bound


@dataclass(frozen=True)
class Verdict:
    """What the model says of a claim.

    Attributes
    ----------
    kind : one of KINDS
    findings : of each contrast; none where it cannot be tested
    placebos : share of placebo packs that support it;  placebo : the same by their kind
    construction : why the effect follows from the definition, or from any pack; None where it does not
    families : verdict under other families of models, on drawn worlds; "not testable" of one that cannot be asked
    """

    claim: Claim
    kind: str
    findings: Sequence[Finding] = ()
    placebos: float = np.nan
    placebo: Mapping[str, float] = field(default_factory=dict)
    construction: str | None = None
    families: Mapping[str, str] = field(default_factory=dict)

    @property
    def tested(self) -> bool:
        """Whether a contrast of this model can test it."""
        return bool(self.findings)

    def held_by(self, own: str) -> list[str]:
        """Return the families of models in which it holds, of those that were asked, its own first."""
        others = [name for name, kind in self.families.items() if kind == SUPPORTED]
        return [own, *others] if self.kind == SUPPORTED else others


def decide(sign: str, low: float, high: float, margin: float, shares: Mapping[int, float], moves: bool = True) -> str:
    """Return the verdict of a contrast.

    Parameters
    ----------
    low, high : interval of the effect
    shares : share of codings whose effect lies above the margin (1), below it (-1) and inside it (0)
    moves : whether the two arms differ in any world
    """
    if not moves:
        return NO_CHANNEL
    side, expected = side_of(low, high, margin), SIDES[sign]
    if side is None:
        return UNDECIDED
    if side == 0 and expected != 0:
        return TOO_SMALL
    if shares[side] < AGREE:
        return UNDECIDED
    return SUPPORTED if side == expected else OPPOSITE


def side_of(low: float, high: float, margin: float) -> int | None:
    """Return where an interval lies: above the margin (1), below it (-1), inside it (0); None on a bound."""
    if low > margin or high < -margin:
        return 1 if low > margin else -1
    return 0 if -margin < low and high < margin else None


def holds(sign: str, low: Array, high: Array, margin: float) -> Flags:
    """Return whether intervals lie where the sign says, without a look at codings."""
    expected = SIDES[sign]
    if expected == 0:
        return np.asarray((-margin < low) & (high < margin))
    return np.asarray(low > margin if expected > 0 else high < -margin)


def find(said: Contrast, sign: str, drawn: Array, coded: Array, words: str = "", unit: str = "") -> Finding:
    """Return what a contrast's differences say.

    Parameters
    ----------
    drawn : (worlds,) that draw their own numbers;  coded : (codings, worlds)
    words, unit : what is compared, and the unit of the effect
    """
    mean, low, high = interval(drawn)
    margin, means = said.margin, coded.mean(axis=1)
    above, below = float(np.mean(means > margin)), float(np.mean(means < -margin))
    shares = {1: above, -1: below, 0: float(np.mean(np.abs(means) < margin))}
    kind = decide(sign, low, high, margin, shares, bool(np.any(drawn) or np.any(coded)))
    decidable = kind == UNDECIDED and decide(sign, mean, mean, margin, shares) != UNDECIDED
    return Finding(
        said, sign, kind, mean, low, high, shares[SIDES[sign]], _with_sign(drawn, sign),
        worlds_to_decide(mean, float(drawn.std(ddof=1)), margin) if decidable and len(drawn) > 1 else None,
        words, unit,
    )  # fmt: skip


def _with_sign(differences: Array, sign: str) -> float:
    """Return in which share of the worlds with a difference it has the sign; worlds without one are ties."""
    moved = differences[differences != 0]
    return float(np.mean(moved * SIDES[sign] > 0)) if SIDES[sign] and len(moved) else np.nan


def worlds_to_decide(mean: float, deviation: float, margin: float) -> int | None:
    """Return how many worlds make an interval's half as wide as the effect is away from the nearer bound of the margin.

    None where the effect lies on the bound, so that no number of worlds would decide.

    Parameters
    ----------
    deviation : standard deviation of the differences over worlds
    """
    from scipy.special import ndtri, stdtrit

    distance, tail = abs(abs(mean) - margin), (1 + LEVEL) / 2
    if distance == 0:
        return None
    ratio = deviation / distance
    worlds = max(2, int((float(ndtri(tail)) * ratio) ** 2))  # Student's quantile is above it, and comes down to it
    while (float(stdtrit(worlds - 1, tail)) * ratio) ** 2 >= worlds:
        worlds += 1
    return worlds


def combined(kinds: Sequence[str]) -> str:
    """Return the verdict of a claim from those of its contrasts: supported only if all are."""
    return min(kinds, key=WORST_FIRST.index)


def supports(tests: Sequence[tuple[str, float, Array]]) -> Flags:
    """Return in which packs all contrasts of a claim hold by sign, interval and margin, without codings: (packs,).

    Parameters
    ----------
    tests : sign, margin and differences (packs, worlds) of each contrast
    """
    found = []
    for sign, margin, differences in tests:
        low, high = mean_interval(differences.T)
        found.append(holds(sign, low, high, margin) & np.any(differences != 0, axis=1))
    return np.asarray(np.logical_and.reduce(found))
