"""A class of hand-made answers: no pack, no model, and what is run is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cordiale.analysis.answers import Answer, Answers, Course, Kept, Moved, Part, Way
from cordiale.models.units import SD
from cordiale.page.class_app import Class
from cordiale.page.room import Room, Seat

QUARTERS = ["2019Q1", "2019Q2"]
YEARS = (2019, 2020, 2021)
TEAMS = ("FRA", "JPN", "CHN")
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
LEVERS = [("hard", 1.0, "The club hardens"), ("ships", 1.0, "More ships"), ("talks", 0.0, "Talks end")]


def moved(mean: float, label: str = "Alignment of A and B", **others: Any) -> Moved:
    """Return a difference whose interval is narrow, so that its sign is clear unless it is 0."""
    told: dict[str, Any] = {
        "low": mean - 0.01 if mean else 0.0, "high": mean + 0.01 if mean else 0.0, "higher": 0.9 if mean > 0 else 0.0,
        "same": 0.1 if mean else 1.0, "lower": 0.9 if mean < 0 else 0.0, "unit": SD, "good": "", "worlds": 10,
        "measure": "alignment", "label": label, "when": "2019Q2", "before": 1.0, "after": 1.0 + mean,
    }  # fmt: skip
    return Moved(mean=mean, **{**told, **others})


def answer(name: str, gain: float = 0.1, cost: float | None = -0.3, **others: Any) -> Answer:
    """Return an answer; `cost` is how the cost's measure moves, None where the pack names no cost."""
    told: dict[str, Any] = {
        "first": True, "ask": f"What of {name}?", "scenario": f"{name}_scenario", "title": f"The case of {name}",
        "against": "baseline", "other": "As it was", "says": "it matters", "locator": "Opening 1", "begins": None,
        "course": Course(mean=[0, gain], p05=[0, gain], p25=[0, gain], p75=[0, gain], p95=[0, gain]),
        "parts": [Part(label="trust", moves=0.02), Part(label="ties", moves=0.08)], "whole": moved(gain),
        "by": "gain for cost", "change": [],
        "cost": None if cost is None
        else moved(cost, f"Partners of {name}", measure="partners", unit="0 to 8", good="more"),
    }  # fmt: skip
    return Answer(name=name, gain=moved(gain, f"Gain of {name}"), **{**told, **others})


def answers_of(questions: Sequence[Answer], **others: Any) -> Answers:
    """Return answers as they are kept."""
    gain = Kept(mean=0.1, low=0.09, high=0.11, higher=0.9, same=0.1, lower=0.0, unit=SD, good="", worlds=10)
    ways = {
        each.by: [Way(scenario=each.scenario, title=each.title, against="baseline", held=True, gain=gain, cost=None)]
        for each in questions
    }
    told: dict[str, Any] = {
        "cordiale": "1", "pack": "p", "key": "k", "title": "A pack", "article": "Someone 2018", "pair": "A and B",
        "unit": SD, "worlds": 8, "seed": 1, "quarters": QUARTERS, "numbers": 10, "assumed": 3,
        "limits": ["It knows no trade. Nor votes."],
    }  # fmt: skip
    return Answers(answers=list(questions), ways=ways, **{**told, **others})


@dataclass
class Runs:
    """What a room asks to be run, and what it is told."""

    changes: list[tuple[str, str, float]] = field(default_factory=list)
    games: list[tuple[list[tuple[int, str, float]], int]] = field(default_factory=list)
    gain: float = 0.2

    def change(self, question: Answer, lever: str, value: float) -> Answer:
        """Return the question's answer with another gain."""
        self.changes.append((question.name, lever, value))
        gain = moved(self.gain, question.gain.label, good=question.gain.good)
        return answer(question.name, self.gain).model_copy(update={"gain": gain})

    def play(self, moves: Sequence[tuple[int, str, float]], number: int) -> dict[str, tuple[float, str]]:
        """Return a goal of each team that no other team and no other year has."""
        self.games.append((list(moves), number))
        return {code: (k + 1.0, f"goal {code} {YEARS[number]}") for k, code in enumerate(TEAMS)}


def seats() -> list[Seat]:
    """Return three states, each with five moves of its own."""
    return [
        Seat(code, f"State {code}", f"what {code} wants",
             tuple((f"{code}_{k}", float(k % 2), f"{code} does {k}") for k in range(5)))
        for code in TEAMS
    ]  # fmt: skip


def room_of(runs: Runs | None = None, **others: Any) -> Room:
    """Return a room of two questions and three teams."""
    runs = runs or Runs()
    questions = others.pop("questions", [answer("one"), answer("two", -0.001, 0.4)])
    told: dict[str, Any] = {
        "levers": {each.name: LEVERS for each in questions}, "seats": seats(), "years": YEARS, "change": runs.change,
        "play": runs.play, "code": "BCDF",
    }  # fmt: skip
    return Room(questions, **{**told, **others})


def go(room: Room, kind: str, at: int | None = None) -> None:
    """Go to the first step of a kind, or to that of a question or year."""
    room.go_on(next(k for k, each in enumerate(room.steps) if each.kind == kind and at in (None, each.at)))


def joined(room: Room, count: int) -> list[str]:
    """Return the keys of people who have come in."""
    return [room.join(room.code) for _ in range(count)]


def class_of(room: Room) -> Class:
    """Return a room with its answers, as it is served."""
    return Class(room, answers_of(room.questions), "http://127.0.0.1:1")
