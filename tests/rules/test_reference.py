"""The array model and the plain scalar reference agree: the same rules, written twice, as the check."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cordiale.case.load import scenario_names
from cordiale.models.diplomacy.family import DIPLOMACY
from cordiale.scenario.load import Scenario, load_scenario
from tests.compare import differences, pair
from tests.packs import random_pack, random_scenario, write

TOLERANCE = 1e-9


def hold_together(scenario: Scenario, worlds: int, quarters: int) -> None:
    model, reference = pair(scenario, worlds)
    for quarter in range(quarters):
        model.step()
        for world in reference:
            world.step()
        what, difference = max(differences(scenario, model, reference), key=lambda found: found[1])
        assert difference <= TOLERANCE, f"quarter {quarter}: {what} differs by {difference}"


def test_standards_agree() -> None:
    from tests.reference.adapter import Best, OneDraw, case_of
    from tests.reference.model import World
    from tests.reference.model import standards as reference_standards

    scenario = load_scenario("baseline")
    rules = DIPLOMACY.rules(scenario.loaded)
    ours = rules.standards
    theirs = reference_standards(World(case_of(scenario, rules.behaviour), Best(scenario), {}, OneDraw(scenario, 0)))
    for kind, at in (("domain", 0), ("agreement", -1)):
        for term, (mean, deviation) in theirs[kind].items():
            assert ours[term][0][at] == pytest.approx(mean, abs=TOLERANCE)
            assert ours[term][1][at] == pytest.approx(deviation, abs=TOLERANCE)


@pytest.mark.parametrize("name", scenario_names("indo_pacific_2018"))
def test_every_scenario_agrees(name: str) -> None:
    """Two worlds through the dates at which most scenarios act; full length for the baseline."""
    scenario = load_scenario(name)
    quarters = scenario.quarters if name == "baseline" else 13
    hold_together(scenario, 1, quarters)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(pack=st.integers(0, 10**6), policy=st.integers(0, 10**6))
def test_any_pack_and_scenario_agree(pack: int, policy: int) -> None:
    files = random_pack(pack)
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "pack", files)
        write(Path(folder), {"policy": random_scenario(policy, files)})
        scenario = load_scenario(Path(folder) / "policy.yaml", pack=str(Path(folder) / "pack"))
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
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "pack", files)
        write(Path(folder), {"policy": policy})
        scenario = load_scenario(Path(folder) / "policy.yaml", pack=str(Path(folder) / "pack"))
        hold_together(scenario, 2, scenario.quarters)


def test_the_comparison_can_fail() -> None:
    """A reference world with another seed must not agree."""
    scenario = load_scenario("baseline")
    model, _ = pair(scenario, 1)
    _, other = pair(load_scenario("baseline", set={"seed": 7}), 1)
    model.step()
    other[0].step()
    assert max(found[1] for found in differences(scenario, model, other)) > TOLERANCE
    assert np.isfinite(model.now.trust).all()
