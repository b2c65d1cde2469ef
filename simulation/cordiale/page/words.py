"""What the screen shows, in sentences, for any measure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cordiale.analysis.findings import interval
from cordiale.charts.words import subject
from cordiale.draws import Array
from cordiale.page.texts import signed
from cordiale.study import Study


@dataclass(frozen=True)
class Effect:
    """The difference of the second scenario to the first in the last quarter that both have, world by world.

    Attributes
    ----------
    mean, low, high : mean over worlds with its 95 % interval
    share : share of worlds whose difference has the sign of the mean
    same : whether no world differs
    """

    quarter: str
    mean: float
    low: float
    high: float
    share: float
    same: bool

    @property
    def clear(self) -> bool:
        """Whether the interval is clear of zero."""
        return self.low > 0 or self.high < 0


def differences(study: Study, measure: str, entity: str) -> tuple[list[str], Array]:
    """Return the quarters that both scenarios have, and second minus first: (worlds, quarters)."""
    first, second = study.scenarios
    quarters = [quarter for quarter in study.quarters(second) if quarter in set(study.quarters(first))]
    sides = [study.values(measure, entity, name)[:, : len(quarters)] for name in (second, first)]
    return quarters, np.asarray(sides[0] - sides[1])


def effect(study: Study, measure: str, entity: str) -> Effect:
    """Return the effect that the words and the numbers on top tell."""
    quarters, every = differences(study, measure, entity)
    last = every[:, -1]
    mean, low, high = interval(last)
    share = float(np.mean(last > 0 if mean > 0 else last < 0))
    return Effect(quarters[-1], mean, low, high, share, not last.any())


def level(study: Study, scenario: str, measure: str, entity: str) -> str:
    """Return where a scenario ends, in a sentence."""
    values, quarters = study.values(measure, entity, scenario), study.quarters(scenario)
    low, middle, high = np.quantile(values[:, -1], [0.05, 0.5, 0.95])
    what = subject(study, measure, entity)
    return (
        f"{study.title(scenario)}: {what[0].lower()}{what[1:]} has a median of {middle:.2f} in {quarters[-1]} "
        f"({np.median(values[:, 0]):.2f} in {quarters[0]}); 90 % of {study.worlds} worlds lie between "
        f"{low:.2f} and {high:.2f}."
    ).replace("-0.00", "0.00")


def effect_words(study: Study, found: Effect) -> str:
    """Return the effect in a sentence."""
    first, second = (study.title(name) for name in study.scenarios)
    if found.same:
        return f"{second}: the same as {first} in every world."
    word = "higher" if found.mean > 0 else "lower"
    verdict = f"{abs(found.mean):.3f} {word}" if found.clear else f"not clearly different ({signed(found.mean)})"
    return (
        f"{second}: {verdict} on average than {first} in the same worlds in {found.quarter} "
        f"(95 % interval {signed(found.low)} to {signed(found.high)}; {word} in {found.share:.0%} of worlds)."
    )
