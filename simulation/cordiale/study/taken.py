"""Which worlds of a study took the conditional part of an adaptive plan: those whose own history met its condition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cordiale.case.quarters import to_index
from cordiale.scenario.conditions import Condition
from cordiale.scenario.file import Condition as Said
from cordiale.study.intervals import share_interval
from cordiale.study.study import Study

NAMED = 20  # worlds that a sentence names


@dataclass(frozen=True)
class Taken:
    """The events of a scenario that hang on one condition, and the worlds in which they happen.

    Attributes
    ----------
    title : of the scenario
    events : in words
    condition : in words, "if pressure.CHN:FRA is below 0.2 in 2021Q4"
    worlds : (taken,) their numbers
    others : (not taken,) the numbers of the others
    """

    scenario: str
    title: str
    events: tuple[str, ...]
    condition: str
    worlds: NDArray[np.int64]
    others: NDArray[np.int64]

    @property
    def of(self) -> int:
        """How many worlds there are."""
        return len(self.worlds) + len(self.others)

    @property
    def share(self) -> float:
        """Which share of the worlds took it."""
        return len(self.worlds) / self.of

    @property
    def interval(self) -> tuple[float, float]:
        """The exact 95 % interval of the share."""
        low, high = share_interval(np.array(len(self.worlds)), self.of)
        return float(low), float(high)

    def __str__(self) -> str:
        low, high = self.interval
        return (
            f"{self.title}: {'; '.join(self.events)}: taken in {len(self.worlds):,} of {self.of:,} worlds "
            f"({self.share:.0%}, exact 95 % interval {low:.0%} to {high:.0%})"
        )

    def sentence(self) -> str:
        """Return which worlds took it, the first of them by number."""
        named = ", ".join(map(str, self.worlds[:NAMED])) + (", ..." if len(self.worlds) > NAMED else ".")
        return f"{self}: worlds {named}" if len(self.worlds) else f"{self}."

    def record(self) -> dict[str, Any]:
        """Return what a program would read of it, as JSON."""
        return {
            "scenario": self.scenario, "events": list(self.events), "condition": self.condition,
            "taken": len(self.worlds), "of": self.of, "share": self.share, "interval": list(self.interval),
            "worlds": self.worlds.tolist(), "others": self.others.tolist(),
        }  # fmt: skip


def taken_in(study: Study, scenario: str | None = None) -> list[Taken]:
    """Return which worlds took what hangs on each condition of a scenario, in the order of its events.

    Parameters
    ----------
    scenario : all of the study where None

    Raises
    ------
    OptionError for a scenario that the study lacks
    """
    return [found for name in ([scenario] if scenario else study.scenarios) for found in _of_scenario(study, name)]


def _of_scenario(study: Study, name: str) -> list[Taken]:
    by_condition: dict[Condition, list[str]] = {}
    for event in study.about(name).get("events", []):
        if event.get("when"):
            by_condition.setdefault(_condition(event["when"]), []).append(str(event["words"]))
    return [_taken(study, name, condition, events) for condition, events in by_condition.items()]


def _condition(record: dict[str, Any]) -> Condition:
    said = Said.model_validate(record)
    ((sign, number),) = said.given.items()
    return Condition(to_index(said.in_), to_index(said.since or said.in_), said.measure, sign, float(number))


def _taken(study: Study, scenario: str, condition: Condition, events: Sequence[str]) -> Taken:
    first = to_index(study.quarters(scenario)[0])
    values = study.values(condition.measure, scenario=scenario)
    met = condition.met(values[:, condition.since - first : condition.quarter - first + 1]).all(axis=1)
    return Taken(
        scenario, study.title(scenario), tuple(events), str(condition), study.numbers[met], study.numbers[~met]
    )
