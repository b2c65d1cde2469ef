"""Which history scenarios share: each runs on from the last quarter before its levers differ from another's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cordiale.layers import Scenario
from cordiale.measures.requests import Request
from cordiale.timeline import profiles

Signature = tuple[tuple[str, float, float], ...]


@dataclass(frozen=True)
class Branch:
    """Where a scenario leaves another's history.

    Attributes
    ----------
    trunk : index of the scenario that it shares with, None where it shares with none
    quarter : how many quarters they share, counted from the start
    """

    trunk: int | None
    quarter: int


def signatures(scenario: Scenario) -> list[Signature]:
    """Return for each quarter what levers do to parameters: the same where nothing differs."""
    found = profiles(scenario)
    return [
        tuple((p.path, float(p.share[t]), float(p.part[t])) for p in found if p.share[t] != 0)
        for t in range(scenario.quarters)
    ]


def branches(scenarios: Sequence[Scenario], wanted: Sequence[Sequence[Request]]) -> list[Branch]:
    """Return each scenario's branch from the earlier one with which it shares most.

    Only scenarios that draw from the same ranges and record the same measures share.
    """
    found: list[Branch] = []
    levers = [signatures(scenario) for scenario in scenarios]
    kinds = [_kind(scenario, requests) for scenario, requests in zip(scenarios, wanted, strict=True)]
    for at in range(len(scenarios)):
        best = Branch(None, 0)
        for other in range(at):
            shared = _shared(levers[at], levers[other]) if kinds[at] == kinds[other] else 0
            if shared > best.quarter:
                best = Branch(other, shared)
        found.append(best)
    return found


def _kind(scenario: Scenario, requests: Sequence[Request]) -> tuple[object, ...]:
    recorded = tuple((each.name, each.entities) for each in requests)
    return scenario.seed, scenario.quarters, scenario.ranges, recorded


def _shared(one: list[Signature], other: list[Signature]) -> int:
    for quarter, (mine, others) in enumerate(zip(one, other, strict=True)):
        if mine != others:
            return quarter
    return len(one)
