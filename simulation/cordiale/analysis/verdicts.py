"""Whether a claim holds: the rule, in one place, for every claim alike.

A claim with a sign is supported where the mean difference has it, its 95 % interval is clear of zero and not
inside the margin, and the sign holds in at least 80 % of codings. It is contradicted where the interval lies on
the other side of zero. It is insensitive where the whole interval lies inside the margin. A claim of no effect
is supported where the interval lies inside the margin (an equivalence test: Schuirmann 1987) in at least 80 %
of codings too, and contradicted where it lies outside. What is none of these is undecided.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cordiale.analysis.estimators import mean_interval
from cordiale.claims import Claim
from cordiale.draws import Array

AGREE = 0.8
KINDS = ("supported", "contradicted", "insensitive", "undecided", "not testable here")


@dataclass(frozen=True)
class Verdict:
    """What the model says of a claim.

    Attributes
    ----------
    kind : one of KINDS
    mean, low, high : difference and 95 % interval; nan where not tested
    codings : share of codings in which the sign (or the equivalence) holds
    placebo : share of placebo packs that support it by the rule without codings
    plain : whether the pack itself supports it by the rule without codings
    """

    claim: Claim
    kind: str
    mean: float = np.nan
    low: float = np.nan
    high: float = np.nan
    codings: float = np.nan
    placebo: float = np.nan
    plain: bool = False


def judge(claim: Claim, difference: Array, by_coding: Array, placebo: Array) -> Verdict:
    """Return the verdict of a testable claim.

    Parameters
    ----------
    difference : (worlds,)
    by_coding : (codings, worlds)
    placebo : (packs, worlds)
    """
    assert claim.test is not None
    margin = claim.test.margin
    mean, low, high = _interval(difference)
    share = float(np.mean([_holds(claim.sign, float(np.mean(one)), margin) for one in by_coding]))
    kind = decide(claim.sign, low, high, margin, share)
    placebos = [decide(claim.sign, *_interval(one)[1:], margin, 1.0) == "supported" for one in placebo]
    return Verdict(
        claim, kind, mean, low, high, share,
        float(np.mean(placebos)) if placebos else np.nan, decide(claim.sign, low, high, margin, 1.0) == "supported",
    )  # fmt: skip


def decide(sign: str, low: float, high: float, margin: float, share: float) -> str:
    """Return the verdict that an interval, a margin and a share of codings give."""
    inside = -margin < low and high < margin
    if sign == "0":
        if inside:
            return "supported" if share >= AGREE else "undecided"
        return "contradicted" if low > margin or high < -margin else "undecided"
    if inside:
        return "insensitive"
    right, wrong = (low > 0, high < 0) if sign == "+" else (high < 0, low > 0)
    if right:
        return "supported" if share >= AGREE else "undecided"
    return "contradicted" if wrong else "undecided"


def _holds(sign: str, mean: float, margin: float) -> bool:
    return abs(mean) < margin if sign == "0" else mean > 0 if sign == "+" else mean < 0


def _interval(values: Array) -> tuple[float, float, float]:
    low, high = mean_interval(values[:, None])
    return float(values.mean()), float(low[0]), float(high[0])
