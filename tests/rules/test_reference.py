"""The array model and the plain scalar reference agree: the same rules, written twice, as the check."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cordiale.case.load import scenario_names
from cordiale.models.base import steps
from cordiale.scenario.load import Scenario, load_scenario
from tests.compare import differences, index_differences, pair
from tests.packs import random_pack, random_scenario, write

TOLERANCE = 1e-9


def hold_together(scenario: Scenario, worlds: int, quarters: int) -> None:
    model, reference = pair(scenario, worlds)
    for passed in steps(model, quarters):
        for world in reference:
            world.step()
        found = [*differences(passed.model.now, reference), *index_differences(scenario.family, model, reference)]
        for what, difference in found:
            assert difference <= TOLERANCE, f"quarter {passed.quarter}: {what} differs by {difference}"


@contextmanager
def written(files: dict[str, Any], policy: dict[str, Any]) -> Iterator[Scenario]:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "pack", files)
        write(Path(folder), {"policy": policy})
        yield load_scenario(Path(folder) / "policy.yaml", pack=str(Path(folder) / "pack"))


@pytest.mark.parametrize("name", scenario_names("indo_pacific_2018"))
def test_every_scenario_agrees(name: str) -> None:
    """Two worlds through the dates at which most scenarios act; three, and full length, for the baseline."""
    scenario = load_scenario(name)
    worlds, quarters = (3, scenario.quarters) if name == "baseline" else (2, 13)
    for each in scenario.variants:  # of an adaptive plan: those that its worlds live under
        hold_together(each, worlds, quarters)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(pack=st.integers(0, 10**6), policy=st.integers(0, 10**6))
@example(pack=100001, policy=0)  # one tie outweighs all others by far
def test_any_pack_and_scenario_agree(pack: int, policy: int) -> None:
    files = random_pack(pack)
    with written(files, random_scenario(policy, files)) as scenario:
        hold_together(scenario, 3, scenario.quarters)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(pack=st.integers(0, 10**6), early=st.booleans())
def test_states_that_stand_outside_agree(pack: int, early: bool) -> None:
    """One enters by its file, or earlier by the scenario; another leaves for a while: as themselves or as hazards."""
    files = random_pack(pack, states=5)
    files["CCC"]["enters"] = "2019Q3"
    policy = random_scenario(pack + 1, files)
    policy["timeline"] += [
        {"quarter": "2019Q2", "set": {"DDD.present": 0}},
        {"quarter": "2020Q1", "stop": ["DDD.present"]},
        *([{"quarter": "2019Q1", "set": {"CCC.present": 1}}] if early else []),
    ]
    with written(files, policy) as scenario:
        hold_together(scenario, 2, scenario.quarters)


def test_the_comparison_can_fail() -> None:
    """Worlds of another seed must not agree."""
    model, _ = pair(load_scenario("baseline"), 1)
    _, others = pair(load_scenario("baseline", set={"seed": 7}), 1)
    model.step()
    others[0].step()
    found = dict(differences(model.now, others))
    assert max(found.values()) > TOLERANCE
    assert np.isfinite(list(found.values())).all()
