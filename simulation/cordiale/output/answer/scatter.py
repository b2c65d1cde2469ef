"""All policies by gain and cost, as SVG in the page's own colours, with those that no other beats on both."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial

from cordiale.analysis.answers import Answer, Moved, Way
from cordiale.output.answer.picture import Frame, ticks_of
from cordiale.output.answer.words import difference, ends_of, least_of

WIDE = Frame("wide", 640, 380, 64, 24, 30, 44)
PHONE = Frame("narrow", 358, 300, 56, 12, 30, 44)
Place = Callable[[float], float]
APART, OVER, UNDER = 15.0, 9.0, 18.0  # between two names, and from a point up and down to its own
SIGN, MARK = 6.6, 4.0  # width of a sign, and half of a point


@dataclass(frozen=True)
class Point:
    """A policy."""

    x: float
    y: float
    title: str
    front: bool
    own: bool


@dataclass(frozen=True)
class Scatter:
    """What is drawn.

    Attributes
    ----------
    names : place and text of the policies that are named
    """

    frame: Frame
    across: list[tuple[float, str]]
    up: list[tuple[float, str]]
    zero: tuple[float, float]
    points: list[Point]
    names: list[tuple[float, float, str]]


def scatters(answer: Answer, ways: Sequence[Way]) -> list[Scatter]:
    """Return the picture of `scatter` for a screen and for a phone; none where the pack names no cost."""
    return [drawn for frame in (WIDE, PHONE) if (drawn := scatter(answer, ways, frame))]


def scatter(answer: Answer, ways: Sequence[Way], frame: Frame = WIDE) -> Scatter | None:
    """Return all policies by a question's cost, across, and gain, up; None where the case names no cost."""
    cost, gain = answer.cost, answer.gain
    if cost is None:
        return None
    gains, costs = [way.gain.mean for way in ways], [way.cost.mean if way.cost else 0.0 for way in ways]
    x = _scale(_wider(ends_of(costs)), frame.left, frame.width - frame.right)
    y = _scale(_wider(ends_of(gains)), frame.height - frame.bottom, frame.top)
    across, up = (
        ticks_of(*_wider(ends_of(values)), least_of(moved)) for values, moved in ((costs, cost), (gains, gain))
    )
    best = {each.scenario for each in front(answer, ways)}
    names = _names(ways, {*best, answer.scenario}, x, y, frame)
    points = [
        Point(x(c), y(g), way.title, way.scenario in best, way.scenario == answer.scenario)
        for way, g, c in zip(ways, gains, costs, strict=True)
    ]
    return Scatter(frame, _ticks(cost, across, x), _ticks(gain, up, y), (x(0.0), y(0.0)), points, [*names.values()])


def _names(
    ways: Sequence[Way], wanted: Collection[str], x: Place, y: Place, frame: Frame
) -> dict[str, tuple[float, float, str]]:
    """Return the names of the policies that are wanted, the best gain first, where another name leaves room.

    A name stands over its point, or under it where that hides fewer others, inside the frame; it is cut where it is
    longer, since the table has it whole.
    """
    found: dict[str, tuple[float, float, str]] = {}
    points = [(x(way.cost.mean if way.cost else 0.0), y(way.gain.mean)) for way in ways]
    most = int((frame.width - frame.left - frame.right) / SIGN)
    for way in ways:
        if way.scenario not in wanted or way.cost is None:
            continue
        title = way.title if len(way.title) <= most else f"{way.title[: most - 1]}…"
        end = frame.width - frame.right - SIGN * len(title)
        start = min(max(x(way.cost.mean) - SIGN * len(title) / 2, frame.left), max(end, frame.left))
        over, under = y(way.gain.mean) - OVER, min(y(way.gain.mean) + UNDER, frame.height - frame.bottom - MARK)
        line = min((over, under), key=partial(_hidden, points, start, start + SIGN * len(title)))
        if all(
            abs(line - other) >= APART or start > at + SIGN * len(name) or at > start + SIGN * len(title)
            for at, other, name in found.values()
        ):
            found[way.scenario] = (round(start, 1), line, title)
    return found


def _hidden(points: Sequence[tuple[float, float]], start: float, end: float, line: float) -> int:
    """Return how many points a name would hide that is written on a line."""
    return sum(start - MARK < px < end + MARK and line - SIGN - MARK < py < line + MARK for px, py in points)


def front(answer: Answer, ways: Sequence[Way]) -> list[Way]:
    """Return the policies that gain something and that no other beats on both gain and cost, the best gain first."""
    cost = answer.cost
    if cost is None:
        return []
    import numpy as np

    from cordiale.analysis.decision import non_dominated

    priced = [way for way in ways if way.cost]
    better = np.array([(way.gain.estimate.better, way.cost.estimate.better) for way in priced if way.cost])
    kept = non_dominated(better.reshape(-1, 2)) & (better.reshape(-1, 2)[:, 0] > 0)
    return [priced[at] for at in np.argsort(-better.reshape(-1, 2)[:, 0], kind="stable") if kept[at]]


def _wider(ends: tuple[float, float]) -> tuple[float, float]:
    reach = (ends[1] - ends[0]) or 1.0
    return ends[0] - 0.05 * reach, ends[1] + 0.05 * reach


def _scale(ends: tuple[float, float], start: float, end: float) -> Place:
    low, high = ends
    return lambda value: round(start + (end - start) * (value - low) / (high - low), 1)


def _ticks(moved: Moved, ticks: Sequence[float], place: Place) -> list[tuple[float, str]]:
    return [(place(tick), difference(moved, tick)) for tick in ticks]
