"""All policies by gain and cost, as SVG in the page's own colours, with those that no other beats on both."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from cordiale.analysis.answers import Answer, Moved, Way
from cordiale.page.picture import Frame, ticks_of
from cordiale.page.words import difference, ends_of, least_of

FRAME = Frame(640, 380, 64, 24, 18, 44)
Place = Callable[[float], float]
APART = 15.0  # how far two names stand apart


@dataclass(frozen=True)
class Point:
    """A policy."""

    x: float
    y: float
    title: str
    front: bool
    own: bool
    named: bool
    left: bool


@dataclass(frozen=True)
class Scatter:
    """What is drawn."""

    frame: Frame
    across: list[tuple[float, str]]
    up: list[tuple[float, str]]
    zero: tuple[float, float]
    points: list[Point]


def scatter(answer: Answer, ways: Sequence[Way]) -> Scatter | None:
    """Return all policies by a question's gain, across, and cost, up; None where the pack names no cost."""
    cost, gain = answer.cost, answer.gain
    if cost is None:
        return None
    gains, costs = [way.gain.mean for way in ways], [way.cost.mean if way.cost else 0.0 for way in ways]
    x = _scale(_wider(ends_of(gains)), FRAME.left, FRAME.width - FRAME.right)
    y = _scale(_wider(ends_of(costs)), FRAME.height - FRAME.bottom, FRAME.top)
    across, up = (
        ticks_of(*_wider(ends_of(values)), least_of(moved)) for values, moved in ((gains, gain), (costs, cost))
    )
    best = {each.scenario for each in front(answer, ways)}
    named = _named(ways, {*best, answer.scenario}, x, y)
    points = [
        Point(x(g), y(c), way.title, way.scenario in best, way.scenario == answer.scenario, way.scenario in named,
              x(g) > FRAME.width / 2)
        for way, g, c in zip(ways, gains, costs, strict=True)
    ]  # fmt: skip
    return Scatter(FRAME, _ticks(gain, across, x), _ticks(cost, up, y), (x(0.0), y(0.0)), points)


def _named(ways: Sequence[Way], wanted: Collection[str], x: Place, y: Place) -> set[str]:
    """Return which policies are named: those that are wanted, the best gain first, where another name leaves room."""
    named: dict[str, tuple[bool, float]] = {}
    for way in ways:
        if way.scenario in wanted and way.cost is not None:
            at = (x(way.gain.mean) > FRAME.width / 2, y(way.cost.mean))
            if all(side != at[0] or abs(height - at[1]) >= APART for side, height in named.values()):
                named[way.scenario] = at
    return set(named)


def front(answer: Answer, ways: Sequence[Way]) -> list[Way]:
    """Return the policies that gain something and that no other beats on both gain and cost, the best gain first."""
    cost = answer.cost
    if cost is None:
        return []
    better = {way.scenario: (answer.gain.sign * way.gain.mean, cost.sign * way.cost.mean) for way in ways if way.cost}

    def beaten(one: tuple[float, float]) -> bool:
        return any(other != one and other[0] >= one[0] and other[1] >= one[1] for other in better.values())

    found = [way for way in ways if way.cost and better[way.scenario][0] > 0 and not beaten(better[way.scenario])]
    return sorted(found, key=lambda way: -better[way.scenario][0])


def _wider(ends: tuple[float, float]) -> tuple[float, float]:
    reach = (ends[1] - ends[0]) or 1.0
    return ends[0] - 0.05 * reach, ends[1] + 0.05 * reach


def _scale(ends: tuple[float, float], start: float, end: float) -> Place:
    low, high = ends
    return lambda value: round(start + (end - start) * (value - low) / (high - low), 1)


def _ticks(moved: Moved, ticks: Sequence[float], place: Place) -> list[tuple[float, str]]:
    return [(place(tick), difference(moved, tick)) for tick in ticks]
