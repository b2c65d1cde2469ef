"""Hold a block of the model to the scalar reference, world by world."""

from __future__ import annotations

from collections.abc import Iterator

from cordiale.models.base import Behaviour
from cordiale.models.diplomacy.family import DIPLOMACY
from cordiale.models.diplomacy.measures import Reading
from cordiale.models.diplomacy.model import Diplomacy
from cordiale.models.diplomacy.world import World as ArrayWorld
from cordiale.scenario.load import Scenario

from .reference.adapter import Best, OneDraw, OneWorld, case_of
from .reference.model import World
from .reference.model import standards as reference_standards
from .worlds import begun, drawn


def pair(scenario: Scenario, worlds: int, behaviour: Behaviour | None = None) -> tuple[Diplomacy, list[World]]:
    """Return a block and the same worlds of the reference, at the start."""
    rules, values = DIPLOMACY.rules(scenario.loaded, behaviour), drawn(scenario, worlds).values
    model, case = begun(scenario, worlds, behaviour), case_of(scenario, rules.behaviour)
    norms = reference_standards(World(case, Best(scenario), {}, OneDraw(scenario, 0)))
    return model, [
        World(case, OneWorld(scenario, values, world), norms, OneDraw(scenario, world)) for world in range(worlds)
    ]


def differences(scenario: Scenario, model: Diplomacy, worlds: list[World]) -> Iterator[tuple[str, float]]:
    """Yield (what, absolute difference) for every number of the worlds."""
    names, now, reading = scenario.names, model.now, model.reading()
    for w, world in enumerate(worlds):
        for i, one in enumerate(names.states):
            for k, issue in enumerate(names.issues):
                yield f"position {one} {issue}", abs(world.x[one][issue] - now.position[w, i, k])
            for f, group in enumerate(names.formats):
                yield f"member {one} {group}", abs((one in world.member[group]) - float(now.member[w, i, f]))
            for j, other in enumerate(names.states):
                if i != j:
                    yield from _of_pair(scenario, now, reading, world, w, i, j, one, other)


def _of_pair(
    scenario: Scenario,
    now: ArrayWorld,
    reading: Reading,
    world: World,
    w: int,
    i: int,
    j: int,
    one: str,
    other: str,
) -> Iterator[tuple[str, float]]:
    names, dyad = scenario.names, scenario.names.dyad(f"{one}-{other}")
    yield f"trust {one}>{other}", abs(world.tau[one][other] - now.trust[w, i, j])
    yield f"alignment {dyad}", abs(world.alignment(one, other) - reading.alignment[w, i, j])
    yield f"depth {dyad}", abs(world.depth(one, other) - reading.parts["depth"][w, i, j])
    if one in world.q:
        yield f"pressure {one}>{other}", abs(world.q[one][other] - now.pressure[w, i, j])
    for d, domain in enumerate(names.domains):
        yield f"practice {dyad} {domain}", abs(world.y[dyad][domain] - now.practice[w, i, j, d])
        proposed = (one, other, domain) in world.proposed
        yield f"proposed {one}>{other} {domain}", abs(proposed - float(now.proposed[w, i, j, d]))
    for a, agreement in enumerate(names.agreements):
        for table, array in ((world.in_force, now.in_force), (world.pending, now.pending)):
            yield f"ladder {dyad} {agreement}", abs(((dyad, agreement) in table) - float(array[w, i, j, a]))
