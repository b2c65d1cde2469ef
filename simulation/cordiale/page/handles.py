"""Levers as a visitor meets them: where each stands, what was coded, and what the article says."""

from __future__ import annotations

from dataclasses import dataclass

from cordiale.case.fields import FIELDS
from cordiale.page.look import SET, Look
from cordiale.scenario.load import Scenario
from cordiale.scenario.timeline import lever_course

STEP = 0.05


@dataclass(frozen=True)
class Handle:
    """A lever.

    Attributes
    ----------
    field : its name in an address
    at : where it stands: moved here, as the scenario leaves it, or as coded
    moved : whether it was moved here;  used : whether the scenario moves it
    holds : whether all it moves is held in or out: there is nothing between 0 and 1
    coded : low, best and high of the coded numbers it moves, on its own scale; None where none is coded
    ends : what is done at 0 and at 1, where the pack says so
    """

    field: str
    label: str
    says: str
    locator: str
    shock: bool
    at: float
    moved: bool
    used: bool
    holds: bool
    coded: tuple[float, float, float] | None
    ends: tuple[str, str] | None

    @property
    def coded_words(self) -> str:
        """What is coded, in words."""
        if self.coded is None:
            return "Nothing is coded: free until a lever holds it." if self.holds else "Coded as 0: absent."
        low, best, high = self.coded
        return f"Coded from {low:.2f} to {high:.2f}, best {best:.2f}."


def handles(scenario: Scenario, look: Look) -> list[Handle]:
    """Return all levers, those first that the scenario moves."""
    found = [handle_of(scenario, name, look) for name in scenario.known_levers]
    return sorted(found, key=lambda each: (not each.used, not each.moved))


def handle_of(scenario: Scenario, name: str, look: Look) -> Handle:
    """Return a lever as it stands in a look."""
    lever = scenario.handle(name)
    paths = {scenario.names.canonical(path): ends for path, ends in lever.moves.items()}
    fields = [scenario.names.paths[path][0] for path in paths]
    holds = {FIELDS[field].kind for field in fields if field in FIELDS} == {"hold"}
    coded, at = _coded(scenario, paths), look.moved.get(name)
    return Handle(
        field=SET + name, label=lever.label, says=lever.says, locator=lever.locator, shock=lever.shock,
        at=_resting(scenario, name, coded) if at is None else at, moved=at is not None, used=name in scenario.moved,
        holds=holds, coded=coded, ends=(lever.named[0], lever.named[1]) if lever.named else None,
    )  # fmt: skip


def _coded(scenario: Scenario, paths: dict[str, list[float]]) -> tuple[float, float, float] | None:
    found = [
        sorted((each - low) / (high - low) for each in (coded.low, coded.best, coded.high))
        for path, (low, high) in paths.items()
        if high != low and (coded := scenario.ranges.get(path)) is not None
    ]
    if not found:
        return None
    low, best, high = (min(1.0, max(0.0, sum(column) / len(found))) for column in zip(*found, strict=True))
    return low, best, high


def _resting(scenario: Scenario, name: str, coded: tuple[float, float, float] | None) -> float:
    """Return where a lever stands while nobody moves it: as the scenario leaves it, else as coded."""
    if name in scenario.moved:
        share, part = lever_course(scenario, name)
        moved = [float(p / s) for s, p in zip(share, part, strict=True) if s > 0]
        if moved:
            return _step(moved[-1])
    return _step(coded[1]) if coded else 0.0


def _step(value: float) -> float:
    return round(round(value / STEP) * STEP, 10)
