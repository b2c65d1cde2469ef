"""One world told, and another: what two states did and agreed on, year by year, for a class to compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cordiale.engine.block import Plan
from cordiale.models.base import Event
from cordiale.models.random import Array
from cordiale.scenario.load import Scenario
from cordiale.study.narrative import ACTIVITY, START, among, telling

PLACES = {"far apart": 0.1, "close": 0.9}  # where a world stands in the order of all by the headline at the end


@dataclass(frozen=True)
class Year:
    """A year of a world.

    Attributes
    ----------
    together : how many things the two did in it, meetings, exercises, visits and so on
    told : what else happened between the two, a sentence each
    """

    year: str
    together: int
    told: list[str]


@dataclass(frozen=True)
class Chronicle:
    """What happens between two states in one world, with nothing changed.

    Attributes
    ----------
    number : of the world
    place : where it stands among all: "far apart", "close"
    """

    number: int
    place: str
    years: list[Year]


def chronicles(plan: Plan, scenario: Scenario, dyad: str, ends: Array) -> list[Chronicle]:
    """Return two worlds of a scenario, one in which the two end far apart and one in which they end close.

    None of a model that tells no story, nor where all worlds end alike.

    Parameters
    ----------
    ends : (worlds,) the headline of the dyad in the last quarter, of worlds from 0 on
    """
    if plan.family.chronicle(scenario.loaded.pack, lambda *_: False) is None or np.ptp(ends) == 0:
        return []
    order = np.argsort(ends, kind="stable")
    numbers = {place: int(order[round(share * (len(ends) - 1))]) for place, share in PLACES.items()}
    return [
        Chronicle(number, place, _years(among(list(telling(plan, scenario, number)), dyad.split("-"))))
        for place, number in numbers.items()
    ]


def _years(events: Sequence[Event]) -> list[Year]:
    """Return events by year, those at the start left out."""
    found: dict[str, list[Event]] = {}
    for event in events:
        found.setdefault(event.quarter[:4], []).append(event)
    return [
        Year(year, sum(each.kind == ACTIVITY and len(each.states) > 1 for each in those),
             [f"{each.quarter}: {each.words}" for each in those if each.kind not in (START, ACTIVITY)])
        for year, those in found.items()
    ]  # fmt: skip
