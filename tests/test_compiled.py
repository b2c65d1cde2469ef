"""The compiled loops of the benchmark follow the model's rules: otherwise their speed would say nothing about it."""

from __future__ import annotations

import numpy as np
import pytest

from cordiale.engine.block import Block
from cordiale.models.diplomacy.family import behaviours, standards
from cordiale.models.diplomacy.measures import Reading
from cordiale.models.random import Streams, stream_key
from cordiale.scenario.load import load_scenario
from cordiale.scenario.timeline import Timeline

pytest.importorskip("numba", reason="Numba is not installed: it is for benchmarks only")

from benchmarks.compiled import Loops
from benchmarks.compiled.luck import row, uniform

TOLERANCE = 1e-9
FIRST, WORLDS, QUARTERS = 3, 10, 13
FIELDS = (
    "position", "drift", "expected_drift", "trust", "practice", "in_force", "pending", "member", "pressure",
)  # fmt: skip


def block_of(name: str, seed: int | None = None) -> tuple[Block, Loops]:
    scenario = load_scenario(name, set={} if seed is None else {"seed": seed})
    classes = behaviours(scenario)
    block = Block(scenario, FIRST, WORLDS, classes, standards(scenario, classes))
    return block, Loops(block.model, Timeline(scenario, block.drawn).at)


def difference(block: Block, loops: Loops) -> float:
    """The largest difference between anything of the model's worlds and of the loops'."""
    model = block.model
    reading = Reading(model.now, model.parameters, model.structure)
    apart = ~np.eye(len(model.states), dtype=bool)  # a state has no trust in, and no alignment with, itself
    theirs = {name: getattr(model.now, name) for name in FIELDS} | {"alignment": reading.alignment}
    found = []
    for name, array in theirs.items():
        chosen = (slice(None), apart) if name in ("trust", "alignment") else ...
        found.append(np.abs(loops.now[name].astype(float) - array)[chosen].max())
    return max(found)


@pytest.mark.parametrize("name", ["baseline", "france_joins_quad", "submarines_cancelled"])
def test_loops_are_the_model(name: str) -> None:
    block, loops = block_of(name)
    for quarter in range(QUARTERS):
        block.model.step()
        loops.run(1)
        assert difference(block, loops) <= TOLERANCE, f"quarter {quarter}"


def test_a_run_in_one_go_is_the_run_by_quarters() -> None:
    """Levers move within these quarters, so that the loops meet several spells of parameters."""
    (_, quarterly), (_, whole) = block_of("submarines_cancelled"), block_of("submarines_cancelled")
    spells = set()
    for quarter in range(QUARTERS):
        spells.add(id(quarterly.numbers(quarter)[0]))
        quarterly.run(1)
    whole.run(QUARTERS)
    assert len(spells) > 1
    for name in quarterly.now.dtype.names:
        assert np.array_equal(quarterly.now[name], whole.now[name]), name


def test_the_comparison_can_fail() -> None:
    block, _ = block_of("baseline")
    _, other = block_of("baseline", seed=7)
    block.model.step()
    other.run(1)
    assert difference(block, other) > TOLERANCE


@pytest.mark.parametrize("size", [1, 2, 7])
def test_streams_are_the_same_bits(size: int) -> None:
    key = np.array(stream_key(5, "offer", "FRA", "JPN"), dtype=np.uint64)
    drawn = Streams(5, FIRST, WORLDS).uniform("offer", "FRA", "JPN", quarter=4, size=size)
    into = np.empty(size)
    for world, numbers in enumerate(drawn, start=FIRST):
        row(key, world * size, 4, into)
        assert np.array_equal(into, numbers)
        assert uniform(key, world * size + size - 1, 4) == numbers[-1]
