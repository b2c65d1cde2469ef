"""Answers made by hand, for words and pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cordiale.analysis.answers import Answer, Answers, Course, Kept, Moved, Part, Way
from cordiale.models.units import SD

PAIR = "alignment:FRA-JPN"
QUARTERS = [f"{year}Q{quarter}" for year in (2018, 2019, 2020) for quarter in (1, 2, 3, 4)]


def shares(mean: float, share: float) -> dict[str, float]:
    """Return in which worlds a measure is higher, the same and lower, of the share that goes the way of the mean."""
    return {"higher": share if mean > 0 else 0.0, "same": 1 - share, "lower": 0.0 if mean > 0 else share}


def moved(
    mean: float = 0.09, low: float | None = None, high: float | None = None, share: float = 0.9, **more: Any
) -> Moved:
    """Return a difference of the headline, clear where nothing else is said; `share` of worlds have its sign."""
    about: dict[str, Any] = {
        "measure": PAIR, "label": "Alignment of France and Japan", "unit": SD, "good": "", "worlds": 8,
        "when": QUARTERS[-1], "before": 4.0, "after": 4.0 + mean,
    }  # fmt: skip
    ends = {"low": 0.9 * mean if low is None else low, "high": 1.1 * mean if high is None else high}
    ends = {"low": min(ends.values()), "high": max(ends.values())}
    return Moved(mean=mean, **ends, **shares(mean, share), **about | more)


def cost(mean: float = 0.04, **more: Any) -> Moved:
    about = {
        "measure": "pressure", "label": "Chinese pressure on France", "unit": "0 to 1", "good": "less",
        "when": f"{QUARTERS[1]} to {QUARTERS[-1]}", "before": 0.1, "after": 0.1 + mean,
    }  # fmt: skip
    return moved(mean, **about | more)


def course(mean: Sequence[float]) -> Course:
    """Return a course whose bands lie 0.1 and 0.2 to both sides."""
    ends = {key: [value + by for value in mean] for key, by in
            (("p05", -0.2), ("p25", -0.1), ("p75", 0.1), ("p95", 0.2))}  # fmt: skip
    return Course(mean=list(mean), **ends)


def answer(gain: Moved | None = None, paid: Moved | None = None, **more: Any) -> Answer:
    gain = gain or moved()
    about: dict[str, Any] = {
        "name": "quad", "first": True, "ask": "What if?", "scenario": "joins", "title": "It joins", "against": "base",
        "other": "Nothing new", "says": "a word", "locator": "Opening 1", "begins": None, "parts": [], "by": "gain",
        "change": [], "whole": moved(), "course": course([gain.mean] * len(QUARTERS)),
    }  # fmt: skip
    return Answer(gain=gain, cost=paid, **about | more)


def way(
    name: str, gain: float, paid: float | None, sure: bool = True, against: str = "base", held: bool = True,
    of: Answer | None = None,
) -> Way:  # fmt: skip
    """Return a policy by gain and cost, each in the unit, and better the way, of those of an answer."""
    own = of or answer(paid=cost())

    def kept(mean: float, like: Moved) -> Kept:
        ends = {"low": mean - 0.01, "high": mean + 0.01} if sure else {"low": -1.0, "high": 1.0}
        about: dict[str, Any] = {"unit": like.unit, "good": like.good, "worlds": 8}
        return Kept(mean=mean, **ends, **shares(mean, 0.9), **about)

    bill = None if paid is None or own.cost is None else kept(paid, own.cost)
    return Way(
        scenario=name, title=name.title(), against=against, held=held, gain=kept(gain, own.gain), cost=bill
    )  # fmt: skip


def answers(*found: Answer, ways: Sequence[Way] = ()) -> Answers:
    return Answers(
        cordiale="0", pack="a", key="k", title="A case", article="Somebody 2018", pair="France and Japan", unit=SD,
        worlds=8, seed=1, quarters=QUARTERS, numbers=10, assumed=5, limits=["It is a model."], answers=list(found),
        ways={"gain": list(ways)},
    )  # fmt: skip


def part(label: str, moves: float) -> Part:
    return Part(label=label, moves=moves)
