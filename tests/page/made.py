"""Answers made by hand, for words and pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cordiale.analysis.answers import Answer, Answers, Change, Course, Moved, Part, Way
from cordiale.models.units import SD

PAIR = "alignment:FRA-JPN"
QUARTERS = [f"{year}Q{quarter}" for year in (2018, 2019, 2020) for quarter in (1, 2, 3, 4)]


def moved(mean: float = 0.09, low: float | None = None, high: float | None = None, **more: Any) -> Moved:
    """Return a difference of the headline, sure where nothing else is said."""
    about: dict[str, Any] = {
        "measure": PAIR, "label": "Alignment of France and Japan", "unit": SD, "good": "more", "yes_no": False,
        "small": 0.05, "when": QUARTERS[-1], "before": 4.0, "after": 4.0 + mean, "share": 0.9,
    }  # fmt: skip
    ends = {"low": 0.9 * mean if low is None else low, "high": 1.1 * mean if high is None else high}
    return Moved(mean=mean, **ends, **about | more)


def cost(mean: float = 0.04, **more: Any) -> Moved:
    about = {
        "measure": "pressure", "label": "Chinese pressure on France", "unit": "0 to 1", "good": "less", "small": 0.01,
        "when": f"{QUARTERS[1]} to {QUARTERS[-1]}", "before": 0.1, "after": 0.1 + mean,
    }  # fmt: skip
    return moved(mean, **about | more)


def course(mean: Sequence[float]) -> Course:
    """Return a course whose bands lie 0.1 and 0.2 to both sides."""
    ends = {key: [value + by for value in mean] for key, by in
            (("p05", -0.2), ("p25", -0.1), ("p75", 0.1), ("p95", 0.2))}  # fmt: skip
    return Course(mean=list(mean), **ends)


def answer(gain: Moved | None = None, price: Moved | None = None, **more: Any) -> Answer:
    gain = gain or moved()
    about: dict[str, Any] = {
        "name": "quad", "first": True, "ask": "What if?", "scenario": "joins", "title": "It joins", "against": "base",
        "other": "Nothing new", "says": "a word", "locator": "Opening 1", "begins": None, "parts": [], "by": "gain",
        "change": [], "whole": moved(), "course": course([gain.mean] * len(QUARTERS)),
    }  # fmt: skip
    return Answer(gain=gain, cost=price, **about | more)


def way(
    name: str, gain: float, price: float | None, sure: bool = True, against: str = "base", held: bool = True
) -> Way:
    def change(mean: float) -> Change:
        return Change(mean=mean, low=mean - 0.01 if sure else -1.0, high=mean + 0.01 if sure else 1.0, share=0.9)

    paid = None if price is None else change(price)
    return Way(scenario=name, title=name.title(), against=against, held=held, gain=change(gain), cost=paid)


def answers(*found: Answer, ways: Sequence[Way] = ()) -> Answers:
    return Answers(
        cordiale="0", pack="a", key="k", title="A case", article="Somebody 2018", pair="France and Japan", unit=SD,
        worlds=8, seed=1, quarters=QUARTERS, numbers=10, assumed=5, limits=["It is a model."], answers=list(found),
        ways={"gain": list(ways)},
    )  # fmt: skip


def part(label: str, moves: float) -> Part:
    return Part(label=label, moves=moves)
