"""What must hold of a sound baseline: each property with the measures it reads, and how it is judged.

A property that names a state or an issue is asked of the packs that have it; the others ask of any pack.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cordiale.draws import Array
from cordiale.errors import OptionError
from cordiale.measures.requests import request
from cordiale.resolved import Scenario

Found = Mapping[str, Array]
LATER = 20  # quarters, after which a gap must still be there


@dataclass(frozen=True)
class Property:
    """A property of a sound baseline.

    Attributes
    ----------
    reads : the measures it is judged by, each of one dyad
    judge : given them, (worlds, quarters) each, the figure in words and whether it holds
    quarters : how many it needs
    """

    name: str
    asked: str
    reads: tuple[str, ...]
    judge: Callable[[Found], tuple[str, bool]]
    quarters: int = 1

    def is_of(self, scenario: Scenario) -> bool:
        """Whether the scenario's pack has what the property names."""
        return scenario.quarters >= self.quarters and all(known(scenario, measure) for measure in self.reads)


def known(scenario: Scenario, measure: str) -> bool:
    """Return whether a pack has a measure and the states it is of."""
    try:
        request(measure, scenario.names)
    except OptionError:
        return False
    return True


def focus_of(scenario: Scenario) -> tuple[str, list[str]]:
    """Return the dyad that the article is about, and the names of its two states."""
    pack = scenario.loaded.pack
    dyad = scenario.names.dyad(pack.case.focus)
    return dyad, [pack.states[code].name for code in dyad.split("-")]


def properties(scenario: Scenario) -> list[Property]:
    """Return every property, of the pack's own focus where it names no state."""
    dyad, pair = focus_of(scenario)
    alignment, practice = f"alignment:{dyad}", f"practice:{dyad}"
    ties = tuple(f"practice.{domain}:{dyad}" for domain in scenario.names.domains)
    japans = {other: f"alignment:JPN-{other}" for other in scenario.names.states if other != "JPN"}
    usa, gap = "practice:JPN-USA", "position_gap.china_tone:FRA-JPN"
    return [
        Property(
            "no saturation", f"5 to 95 % of {'-'.join(pair)} alignment at the horizon inside 0.15 to 0.9",
            (alignment,), lambda found: _inside(found[alignment][:, -1]),
        ),
        Property(
            "no tie at a bound", "no practice tie of theirs below 0.01 or above 0.99 in over 10 % of worlds",
            ties, lambda found: _off_bounds([found[tie][:, -1] for tie in ties]),
        ),
        Property(
            "US-Japan deepest", "the closest tie of Japan, in 90 % of worlds",
            ("alignment:JPN-USA", *japans.values()), lambda found: _deepest(_places(found, japans)),
        ),
        Property(
            "China-Japan shallow", "among the two shallowest ties of Japan, in 90 % of worlds",
            ("alignment:JPN-CHN", *japans.values()), lambda found: _shallow(_places(found, japans)),
        ),
        Property(
            "the gap over China lasts",
            "median gap in tone of Paris and Tokyo after five years, over half of the start",
            (gap,), lambda found: _lasts(np.median(found[gap], axis=0)), LATER + 1,
        ),
        Property(
            "the dyad does not wither", f"median practice of {' and '.join(pair)} at the end, over 0.8 of the start",
            (practice,), lambda found: _withers_not(np.median(found[practice], axis=0)),
        ),
        Property(
            "the rich do not run away", "95th percentile of US-Japan practice at the horizon below 0.95",
            (usa,), lambda found: _below(np.quantile(found[usa][:, -1], 0.95)),
        ),
    ]  # fmt: skip


def _inside(ends: Array) -> tuple[str, bool]:
    low, high = np.quantile(ends, [0.05, 0.95])
    return f"{low:.2f} to {high:.2f}", bool(low > 0.15 and high < 0.9)


def _off_bounds(ties: list[Array]) -> tuple[str, bool]:
    bound = max(float(np.mean((tie < 0.01) | (tie > 0.99))) for tie in ties)
    return f"at most {bound:.1%}", bound <= 0.1


def _places(found: Found, measures: Mapping[str, str]) -> dict[str, NDArray[np.int_]]:
    """Return partner -> (worlds,) its place among the ties of one state, 1 for the closest."""
    ends = np.stack([found[measure][:, -1] for measure in measures.values()], axis=1)
    order = np.argsort(np.argsort(-ends, axis=1), axis=1) + 1
    return {code: order[:, at] for at, code in enumerate(measures)}


def _deepest(place: Mapping[str, NDArray[np.int_]]) -> tuple[str, bool]:
    first = float(np.mean(place["USA"] == 1))
    return f"first in {first:.0%} of worlds", first >= 0.9


def _shallow(place: Mapping[str, NDArray[np.int_]]) -> tuple[str, bool]:
    last = float(np.mean(place["CHN"] >= len(place) - 1))
    return f"in {last:.0%} of worlds", last >= 0.9


def _lasts(gap: Array) -> tuple[str, bool]:
    return f"{gap[LATER]:.2f} against {gap[0]:.2f}", bool(gap[LATER] > 0.5 * gap[0])


def _withers_not(ties: Array) -> tuple[str, bool]:
    return f"{ties[-1]:.2f} against {ties[0]:.2f}", bool(ties[-1] > 0.8 * ties[0])


def _below(practice: float | np.floating) -> tuple[str, bool]:
    return f"{practice:.2f}", bool(practice < 0.95)
