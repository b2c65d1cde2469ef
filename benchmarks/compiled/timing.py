"""Model and compiled loops in turns on the same worlds, one core: how far the model is from compiled rules."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from benchmarks.compiled.arrays import Loops
from cordiale.engine.block import Block
from cordiale.models.diplomacy.family import behaviours, standards
from cordiale.models.diplomacy.measures import Reading
from cordiale.scenario.load import load_scenario
from cordiale.scenario.timeline import Timeline

WORLDS, QUARTERS = 256, 8


@dataclass
class Race:
    """Processor seconds of each run: all of it, and the part that draws numbers."""

    model: list[float] = field(default_factory=list)
    model_luck: list[float] = field(default_factory=list)
    loops: list[float] = field(default_factory=list)
    loops_luck: list[float] = field(default_factory=list)

    def of(self, what: str, middle: Callable[[list[float]], float] = min) -> float:
        """Return processor microseconds a world-quarter."""
        return middle(getattr(self, what)) / WORLDS / QUARTERS * 1e6

    def ratios(self, middle: Callable[[list[float]], float] = min) -> tuple[float, float]:
        """Return model / loops with the drawing on both sides, and of the rules alone."""
        model, loops = self.of("model", middle), self.of("loops", middle)
        alone = model - self.of("model_luck", middle), loops - self.of("loops_luck", middle)
        return model / loops, alone[0] / alone[1]


def race(repeats: int = 20) -> Race:
    """Return the times of both; each reads alignment every quarter. What is compiled is compiled before."""
    from benchmarks.compiled.rules import draw

    scenario = load_scenario("baseline")
    classes = behaviours(scenario)
    norms = standards(scenario, classes)
    start = Block(scenario, 0, WORLDS, classes, norms)

    def loops() -> Loops:
        found = Loops(start.model, Timeline(scenario, start.drawn).at)
        found.numbers(0)
        return found

    def turn(times: Race) -> None:
        model, compiled = Block(scenario, 0, WORLDS, classes, norms).model, loops()
        luck = _clocked(model.streams, "uniforms")
        times.model.append(_seconds(lambda: _move(model)))
        times.model_luck.append(sum(luck))
        times.loops.append(_seconds(lambda: compiled.run(QUARTERS)))
        times.loops_luck.append(_seconds(lambda: draw(compiled.keys, compiled.desk, WORLDS, 0, 0, QUARTERS)))

    turn(Race())  # compiles, fills caches, and is not counted
    times = Race()
    for _ in range(repeats):
        turn(times)
    return times


def _move(model: Any) -> None:
    for _ in range(QUARTERS):
        model.step()
        assert Reading(model.now, model.parameters, model.structure).alignment.size


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _clocked(owner: Any, name: str) -> list[float]:
    """Put a clock around an object's method and return the list that it fills."""
    spent: list[float] = []
    method = getattr(owner, name)

    def clocked(*args: Any, **given: Any) -> Any:
        start = time.process_time()
        found = method(*args, **given)
        spent.append(time.process_time() - start)
        return found

    setattr(owner, name, clocked)
    return spent


def rows(repeats: int = 20) -> list[str]:
    """Return the lines of the table of docs/performance.md."""
    times = race(repeats)
    (with_luck, alone), (usual, usual_alone) = times.ratios(), times.ratios(median)
    return [
        f"| model with alignment read, processor microseconds a world-quarter | {times.of('model'):.0f} | |",
        f"| compiled loops (Numba) of the same | {times.of('loops'):.0f} | |",
        f"| of these, drawing numbers: model, loops | {times.of('model_luck'):.0f}, {times.of('loops_luck'):.0f} | |",
        f"| model / compiled loops: quickest of {repeats} turns (median) | {with_luck:.2f} ({usual:.2f}) | at most 3 |",
        f"| the same without drawing numbers | {alone:.2f} ({usual_alone:.2f}) | |",
    ]
