"""Arms of claims: each is run once, in blocks that hold all worlds, and differences are those of runs by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from cordiale.analysis.claim_arms import Arms, Measured, Shape, Shared, arms_of, run_tasks, tasks_of
from cordiale.analysis.claim_score import placebos
from cordiale.engine.block import start, worlds_of
from cordiale.models.base import steps
from cordiale.models.measures import request
from cordiale.models.parameters import draw
from cordiale.models.random import Array, Streams
from cordiale.scenario.claims import Loaded, load_claims
from cordiale.scenario.load import Scenario, load_scenario

MARGIN = {"margin": 0.01, "why": "a test of the arms"}
FROM, TO = {"set": {"finnish_tone": 0.3}}, {"set": {"finnish_tone": 0.9}}
PATROLS = {"scenario": "joint_patrols", "set": {"finnish_tone": 0.9}}


def load(pack: str, tests: Sequence[dict[str, Any]]) -> list[Loaded]:
    """Return the claims of a pack: one for each contrast."""
    path = Path("scenarios") / pack / "claims.yaml"
    first = yaml.safe_load(path.read_text("utf-8"))["claims"][0]
    claims = [first | {"id": f"claim_{at}", "test": test | MARGIN} for at, test in enumerate(tests)]
    path.write_text(json.dumps({"claims": claims}), "utf-8")
    return load_claims(pack)


def measured(pack: str, claims: Sequence[Loaded], shape: Shape) -> Measured:
    baseline, arms = load_scenario("baseline", pack=pack), arms_of(claims)
    shared = Shared(arms, baseline.family.rules(baseline.loaded), placebos(baseline, shape.placebos, 1))
    tasks, found = tasks_of(arms, shape), Measured(shared, shape)
    for task, result in zip(tasks, run_tasks(shared, tasks, 1), strict=True):
        found.add(task, result)
    return found


def by_hand(scenario: Scenario, measure: str, quarters: range, worlds: int) -> Array:
    """Return a measure in the worlds of a block of its own, mean over quarters: (worlds,)."""
    model = start(
        scenario, worlds_of(scenario, Streams(scenario.seed, 0, worlds)), scenario.family.rules(scenario.loaded)
    )
    read = request(measure, scenario.names, scenario.family)
    values = [read.read(model.reading())[:, 0] for step in steps(model, quarters.stop) if step.quarter in quarters]
    return np.asarray(np.mean(values, axis=0))


def arm(pack: str, said: dict[str, Any]) -> Scenario:
    return load_scenario(said.get("scenario", "baseline"), pack=pack, set=said.get("set", {}))


def test_an_effect_is_that_of_its_arms_run_by_hand(baltic_pack: str) -> None:
    than = {"from": {"scenario": "joint_patrols", "set": {"finnish_tone": 0.3}}, "to": PATROLS}
    claims = load(baltic_pack, [
        {"from": FROM, "to": TO, "measure": "similarity:FIN-EST", "quarter": "2024Q4"},
        {"from": FROM, "to": TO, "measure": "trust:FIN-EST", "over": ["2024Q2", "2025Q1"]},
        {"from": FROM, "to": TO, "measure": "trust:FIN-EST", "over": ["2024Q2", "2025Q1"], "than": than},
        {"to": TO, "measure": "alignment:FIN-EST", "quarter": "2025Q1", "than": {"quarter": "2024Q2"}},
    ])  # fmt: skip
    found = measured(baltic_pack, claims, Shape(150, 2, 4, 3, 4))
    drawn = [found.of(each.tests[0], "drawn") for each in claims]

    def difference(under: dict[str, Any], without: dict[str, Any], measure: str, quarters: range) -> Array:
        one, other = (by_hand(arm(baltic_pack, said), measure, quarters, 150) for said in (under, without))
        return one - other

    assert np.array_equal(drawn[0], difference(TO, FROM, "similarity:FIN-EST", range(3, 4)))
    means = difference(TO, FROM, "trust:FIN-EST", range(1, 5))
    assert drawn[1] == pytest.approx(means, abs=1e-12)
    less = difference(PATROLS, than["from"], "trust:FIN-EST", range(1, 5))
    assert drawn[2] == pytest.approx(means - less, abs=1e-12)
    assert np.abs(less).max() > 1e-6
    late, early = (difference(TO, {}, "alignment:FIN-EST", range(at, at + 1)) for at in (4, 1))
    assert np.array_equal(drawn[3], late - early)


def test_codings_and_packs_are_rows_of_the_same_luck(baltic_pack: str) -> None:
    (claim,) = load(baltic_pack, [{"from": FROM, "to": TO, "measure": "similarity:FIN-EST", "quarter": "2024Q3"}])
    found = measured(baltic_pack, [claim], Shape(9, 3, 5, 4, 6))
    coded, packs = (found.of(claim.tests[0], kind) for kind in ("coded", "placebo"))
    assert (coded.shape, packs.shape) == ((3, 5), (4, 6))
    scenario = arm(baltic_pack, TO)
    second = {path: np.repeat(value, 5) for path, value in draw(scenario.ranges, Streams(scenario.seed, 1, 1)).items()}
    sides = []
    for said in (TO, FROM):
        scenario = arm(baltic_pack, said)
        block = worlds_of(scenario, Streams(scenario.seed, 0, 5), second)
        model = start(scenario, block, scenario.family.rules(scenario.loaded))
        for _ in range(3):
            model.step()
        sides.append(request("similarity:FIN-EST", scenario.names, scenario.family).read(model.reading())[:, 0])
    assert np.array_equal(coded[1], sides[0] - sides[1])
    assert not np.array_equal(packs[0], packs[1]), "another pack"


def test_arms_that_say_the_same_are_run_once_and_no_further_than_they_are_read(baltic_pack: str) -> None:
    claims = load(baltic_pack, [
        {"to": TO, "measure": "similarity:FIN-EST", "quarter": "2024Q4"},
        {"from": {"set": {}}, "to": TO, "measure": "trust:FIN-EST", "over": ["2024Q2", "2025Q2"]},
        {"to": {"scenario": "helsinki_speaks"}, "measure": "trust:FIN-EST", "quarter": "2024Q1"},
        {"from": TO, "to": PATROLS, "measure": "trust:FIN-EST", "quarter": "2024Q2"},
    ])  # fmt: skip
    arms = arms_of(claims)
    assert len(arms.scenarios) == 3, "helsinki_speaks sets the tone to 0.9 too"
    assert sorted(max(stop for _, _, stop in reads) for reads in arms.reads) == [2, 6, 6]


def test_tasks_cover_all_worlds_of_each_arm_once(baltic_pack: str) -> None:
    claims = load(baltic_pack, [
        {"to": {"set": {"finnish_tone": tone}}, "measure": "trust:FIN-EST", "quarter": quarter}
        for tone, quarter in ((0.1, "2024Q1"), (0.2, "2024Q1"), (0.3, "2024Q3"), (0.4, "2025Q1"), (0.5, "2025Q1"))
    ])  # fmt: skip
    arms: Arms = arms_of(claims)
    tasks = tasks_of(arms, Shape(600, 7, 10, 5, 300))
    for at in range(len(arms.scenarios)):
        mine = [task for task in tasks if at in task.arms]
        drawn = [range(task.first, task.first + task.worlds) for task in mine if task.kind == "drawn"]
        assert [world for worlds in drawn for world in worlds] == list(range(600))
        for kind, count in (("coded", 7), ("placebo", 5)):
            assert [task.number for task in mine if task.kind == kind] == list(range(count))
    assert all(task.worlds * len(task.arms) <= 512 for task in tasks)
