"""Studies of adaptive plans: which worlds took them, the same bytes however they are run, and run again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import cordiale
from cordiale import OptionError, StudyError
from cordiale.study.design import plan_of, read_design
from cordiale.study.intervals import share_interval
from cordiale.study.manifest import read_manifest, sealed
from cordiale.study.narrative import POLICY, replay
from tests.commands import contents

WORLDS = 40
TRUST = "trusting:EST>FIN"
NUMBER = 0.68
EVENT = {"quarter": "2025Q3", "set": {"finnish_tone": 0.9}}
WHEN = {"measure": TRUST, "below": NUMBER, "in": "2025Q2", "since": "2024Q4"}
GIVEN = {"extends": "baseline", "pack": "baltic_2024", "horizon": "2026Q2", "worlds": WORLDS, "measures": ["alignment"]}


def scenarios() -> list[cordiale.Scenario]:
    timelines = {"without": [], "plan": [EVENT | {"when": WHEN}], "with": [EVENT]}
    return [
        cordiale.Scenario(f"The {name}", name=name, timeline=timeline, **GIVEN) for name, timeline in timelines.items()
    ]


@pytest.fixture
def study(baltic_pack: str) -> cordiale.Study:
    return cordiale.run(scenarios(), out="outputs/plans", jobs=1)


def test_it_tells_which_worlds_took_it(study: cordiale.Study) -> None:
    """By the history that the study holds; each world then holds the values of the one or the other scenario."""
    (found,) = study.taken()
    assert found.scenario == "plan"
    stretch = study.values(TRUST, scenario="plan")[
        :, study.quarters().index("2024Q4") : study.quarters().index("2025Q3")
    ]
    assert found.worlds.tolist() == np.flatnonzero((stretch < NUMBER).all(axis=1)).tolist()
    assert 0 < len(found.worlds) < WORLDS
    assert sorted([*found.worlds, *found.others]) == list(range(WORLDS))
    assert study.taken("with") == []
    values = {name: study.values("alignment", scenario=name) for name in study.scenarios}
    assert np.array_equal(values["plan"][found.worlds], values["with"][found.worlds])
    assert np.array_equal(values["plan"][found.others], values["without"][found.others])
    assert not np.array_equal(values["plan"][found.worlds], values["without"][found.worlds])
    low, high = share_interval(np.array(len(found.worlds)), WORLDS)
    assert found.interval == (low, high)
    assert f"{found}." in study.sentences()
    with pytest.raises(OptionError, match="no scenario 'plann'; did you mean 'plan'"):
        study.taken("plann")


def test_explain_tells_it(study: cordiale.Study, run_command: Callable[..., tuple[int, str, str]]) -> None:
    (found,) = study.taken()
    for name in ("plans", "outputs/plans"):
        code, out, _ = run_command("explain", name)
        told = " ".join(out.split())
        assert code == 0
        assert told.startswith(
            f"The plan: Finland speaks out on Russia: at 0.9 from 2025Q3 on, if {TRUST} stays below {NUMBER} from "
            f"2024Q4 to 2025Q2: taken in {len(found.worlds)} of {WORLDS} worlds ({found.share:.0%}, exact 95 % interval"
        )
        assert f"): worlds {', '.join(map(str, found.worlds[:20]))}" in told
    record = json.loads(run_command("explain", "plans", "--json")[1])
    assert record["taken"] == [found.record()]
    assert record["taken"][0]["worlds"] == found.worlds.tolist()
    code, _, message = run_command("explain", "plans", "worlds")
    assert (code, message) == (2, "cordiale: 'plans' is a study, of which all is told: give it alone, or with --json\n")
    cordiale.run(scenarios()[0], out="outputs/still", jobs=1)
    assert run_command("explain", "still")[1].startswith("No scenario of this study has a condition")


def test_the_same_bytes_for_any_block_and_process(study: cordiale.Study) -> None:
    for at, how in enumerate(({"block": 1, "jobs": 1}, {"block": 7, "jobs": 1}, {"jobs": 2})):
        again = cordiale.run(scenarios(), out=f"outputs/again{at}", **how)
        assert contents(again.folder) == contents(study.folder)


def test_it_is_run_again_from_its_own_folder(study: cordiale.Study) -> None:
    found = study.verify(worlds=WORLDS)
    assert found.holds
    assert found.worlds == list(range(WORLDS))
    plan = plan_of(study.folder, read_design(study.folder)).scenarios[1]
    own = scenarios()[1]
    assert (plan.conditions, plan.events) == (own.conditions, own.events)


def test_a_condition_changes_the_key_of_a_design(study: cordiale.Study) -> None:
    keys = set()
    for timeline in ([EVENT], [EVENT | {"when": WHEN}], [EVENT | {"when": WHEN | {"below": 0.69}}]):
        one = cordiale.Scenario(
            "The plan", name="plan", timeline=timeline, **GIVEN | {"worlds": 2, "measures": [TRUST]}
        )
        keys.add(read_design(cordiale.run(one, out=f"outputs/{len(keys)}", jobs=1).folder).key)
    assert len(keys) == 3


@pytest.mark.parametrize("side", ["worlds", "others"])
def test_a_replay_follows_its_world(study: cordiale.Study, side: str) -> None:
    """Its story is that of the same world under the scenario that it lives, but for the words of the policy."""
    world = int(getattr(study.taken()[0], side)[0])
    told, lived = (replay(study, world, name) for name in ("plan", "with" if side == "worlds" else "without"))
    assert [each for each in told if each.kind != POLICY] == [each for each in lived if each.kind != POLICY]
    (policy,) = [each.words for each in told if each.kind == POLICY]
    assert policy.startswith("Policy: Finland" if side == "worlds" else "Policy: not taken: Finland")


def test_causes_add_up_in_each_world(study: cordiale.Study) -> None:
    """Each world's causes are those of the scenario that it lives."""
    taken = study.taken()[0]
    mine, one, other = (study.causes("EST-FIN", name, alone=True) for name in ("plan", "with", "without"))
    for key, change in mine.changes.items():
        assert np.array_equal(change[taken.worlds], one.changes[key][taken.worlds])
        assert np.array_equal(change[taken.others], other.changes[key][taken.others])


FORGED = {
    "outside": {"in": "2031Q1", "since": None},
    "two comparisons": {"above": 0.1},
}


@pytest.mark.parametrize("name", FORGED)
def test_a_manifest_that_says_no_condition_is_refused(study: cordiale.Study, name: str) -> None:
    path = Path(study.folder) / "manifest.json"
    manifest = read_manifest(path)
    when = manifest["scenarios"][1]["events"][0]["when"]
    manifest["scenarios"][1]["events"][0]["when"] = {**when, **FORGED[name]}
    path.write_text(sealed(manifest), "utf-8")
    with pytest.raises(StudyError, match="not the manifest of a study"):
        cordiale.Study.open(study.folder)


@pytest.mark.parametrize("at", range(4))
def test_a_design_that_says_no_condition_is_refused(study: cordiale.Study, at: int) -> None:
    path = Path(study.folder) / "design.json"
    design = json.loads(path.read_text("utf-8"))
    condition = design["scenarios"][1]["events"][0][5]
    condition[(0, 1, 2, 4)[at]] = (10**6, 0, "trusting", 1e400)[at]
    path.write_text(json.dumps(design), "utf-8")
    with pytest.raises(StudyError, match="not the design of a study"):
        plan_of(study.folder, read_design(study.folder))
