"""World n is the same world: for any number of worlds, any block, any process, every scenario."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cordiale.case.load import pack_folder
from cordiale.engine.block import SharedHistory, run_block, run_blocks, start_worlds
from cordiale.engine.sample import Sampler
from cordiale.models.random import SameWorld, Streams, Tiled
from cordiale.scenario.file import find_scenario
from cordiale.scenario.load import load_scenario
from cordiale.study.run import make_plan
from tests.worlds import drawn

SHORT = {"horizon": "2020Q2", "worlds": 24}


def values(names: list[str], block: int = 24, **extra: object) -> np.ndarray:
    plan = make_plan([load_scenario(name, set={**SHORT, **extra}) for name in names])
    return run_blocks(plan, 0, plan.scenarios[0].worlds, block).values


@pytest.fixture(scope="module")
def whole() -> np.ndarray:
    return values(["baseline", "dual_use_revealed"])


@pytest.mark.parametrize("block", [1, 2, 5, 23])
def test_block_size_changes_no_byte(whole: np.ndarray, block: int) -> None:
    assert values(["baseline", "dual_use_revealed"], block).tobytes() == whole.tobytes()


def test_number_of_worlds_changes_no_world(whole: np.ndarray) -> None:
    fewer = values(["baseline", "dual_use_revealed"], worlds=10)
    assert fewer.tobytes() == whole[:10].tobytes()


def test_company_of_another_scenario_changes_no_world(whole: np.ndarray) -> None:
    alone = values(["baseline"])
    assert alone.tobytes() == np.ascontiguousarray(whole[:, : alone.shape[1]]).tobytes()


def test_seed_changes_every_world(whole: np.ndarray) -> None:
    other = values(["baseline", "dual_use_revealed"], seed=1)
    assert (other != whole).any(axis=1).all()


def test_history_is_shared_up_to_the_first_lever(tmp_path: Path) -> None:
    """A lever of 2020Q1 leaves the quarters before it as they were, bit for bit, and moves that one."""
    policy = {"title": "Test", "question": "What?", "basis": {"locator": "Opening 1", "says": "nothing"}}
    policy |= {"extends": "baseline", "pack": "indo_pacific_2018"}
    policy |= {"timeline": [{"quarter": "2020Q1", "set": {"france_in_quad": 1}}]}
    (tmp_path / "policy.yaml").write_text(yaml.safe_dump(policy), "utf-8")
    one, two = (load_scenario(name, set={"horizon": "2020Q2"}) for name in ("baseline", tmp_path / "policy.yaml"))
    rules = one.family.rules(one.loaded)
    models = [start_worlds(scenario, 0, 16, rules) for scenario in (one, two)]
    for quarter in range(7):
        for model in models:
            model.step()
        same = all(
            np.array_equal(getattr(models[0].now, name), getattr(models[1].now, name))
            for name in ("position", "trust", "practice", "in_force", "member", "pressure", "recent", "change")
        )
        assert same == (quarter < 5), f"quarter {quarter}"


def test_inert_lever_changes_no_byte(tmp_path: Path) -> None:
    """Vietnam presses nobody, so coercion by it is a number that no rule reads."""
    folder = copy_of_pack(tmp_path)
    case = yaml.safe_load((folder / "case.yaml").read_text("utf-8"))
    inert = {
        "label": "Inert",
        "says": "nothing",
        "locator": "Opening 1",
        "moves": {"VNM>NZL.coercion": [0, 1]},
    }
    case["levers"]["inert"] = inert
    (folder / "case.yaml").write_text(yaml.safe_dump(case, sort_keys=False, allow_unicode=True), "utf-8")
    runs = []
    for name, levers in (("still", {}), ("moved", {"inert": 1})):
        path = tmp_path / f"{name}.yaml"
        text = {"title": name, "question": "nothing", "basis": {"locator": "Opening 1", "says": "nothing"}}
        path.write_text(yaml.safe_dump({**text, "levers": levers, "horizon": "2019Q4", "worlds": 8}), "utf-8")
        plan = make_plan([load_scenario(path, pack=str(folder))])
        runs.append(run_block(plan, 0, 8).values)
    assert runs[0].tobytes() == runs[1].tobytes()


def test_another_state_moves_no_drawn_number(tmp_path: Path) -> None:
    """With one more state in the pack every number of the others is drawn as before."""
    folder = copy_of_pack(tmp_path)
    case = yaml.safe_load((folder / "case.yaml").read_text("utf-8"))
    case["states"].insert(3, "TWN")
    (folder / "case.yaml").write_text(yaml.safe_dump(case, sort_keys=False, allow_unicode=True), "utf-8")
    taiwan = yaml.safe_load((folder / "NZL.yaml").read_text("utf-8")) | {"code": "TWN", "name": "Taiwan"}
    (folder / "TWN.yaml").write_text(yaml.safe_dump(taiwan, sort_keys=False, allow_unicode=True), "utf-8")
    path = find_scenario("baseline").path
    before, after = load_scenario(path), load_scenario(path, pack=str(folder))
    values = [drawn(scenario, 6).values for scenario in (before, after)]
    assert set(values[0]) < set(values[1])
    for path, numbers in values[0].items():
        assert np.array_equal(numbers, values[1][path]), path


def copy_of_pack(tmp_path: Path) -> Path:
    folder = tmp_path / "agents" / "indo_pacific_2018"
    shutil.copytree(pack_folder("indo_pacific_2018"), folder)
    return folder


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    first=st.integers(0, 10_000), worlds=st.integers(1, 40), size=st.integers(1, 9), quarter=st.integers(0, 500),
    seed=st.integers(0, 2**63 - 1),
)  # fmt: skip
def test_a_draw_depends_on_its_key_alone(first: int, worlds: int, size: int, quarter: int, seed: int) -> None:
    """A block's draws are those of its worlds one at a time, whatever was drawn in between."""
    together = Streams(seed, first, worlds).uniform("offer", "FRA", "JPN", quarter=quarter, size=size)
    for at in range(worlds):
        alone = Streams(seed, first + at, 1)
        alone.uniform("something", "else", quarter=quarter + 1, size=3)
        assert np.array_equal(alone.uniform("offer", "FRA", "JPN", quarter=quarter, size=size)[0], together[at])
    assert ((together > 0) & (together < 1)).all()


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    first=st.integers(0, 10_000), worlds=st.integers(1, 140), rows=st.integers(1, 9), quarter=st.integers(0, 500),
    seed=st.integers(0, 2**63 - 1),
)  # fmt: skip
def test_a_table_is_that_of_its_worlds_one_at_a_time(
    first: int, worlds: int, rows: int, quarter: int, seed: int
) -> None:
    together = Streams(seed, first, worlds).table("event", rows, quarter)
    assert together.shape == (rows, worlds)
    for at in range(0, worlds, 13):
        alone = Streams(seed, first + at, 1)
        alone.table("something", 3, quarter + 1)
        assert np.array_equal(alone.table("event", rows, quarter)[:, 0], together[:, at])
    assert ((together > 0) & (together < 1)).all()


def test_rows_of_a_table_and_tables_of_different_keys_are_independent() -> None:
    """Correlations stay within chance (6 standard errors), means and spread are those of a uniform number."""
    tables = [Streams(3, 0, 20_000).table("event", 4, 0), Streams(3, 0, 20_000).table("event", 2, 1)]
    tables += [Streams(3, 0, 20_000).table("drift", 2, 0), Streams(4, 0, 20_000).table("event", 2, 0)]
    drawn = np.concatenate(tables)
    off = np.corrcoef(drawn) - np.eye(len(drawn))
    assert np.abs(off).max() < 6 / np.sqrt(20_000)
    assert abs(drawn.mean() - 0.5) < 6 * np.sqrt(1 / 12 / drawn.size)
    assert drawn.std() == pytest.approx(np.sqrt(1 / 12), rel=0.02)


def test_streams_of_different_keys_are_independent() -> None:
    """Correlations between streams that differ in one part of the key stay within chance (6 standard errors)."""
    streams = Streams(3, 0, 20_000)
    keys = [
        ("offer", "FRA", "JPN", 0),
        ("offer", "JPN", "FRA", 0),
        ("answer", "FRA", "JPN", 0),
        ("offer", "FRA", "JPN", 1),
    ]
    drawn = [streams.uniform(purpose, one, other, quarter=quarter)[:, 0] for purpose, one, other, quarter in keys]
    drawn.append(Streams(4, 0, 20_000).uniform("offer", "FRA", "JPN")[:, 0])
    off = np.corrcoef(drawn) - np.eye(len(drawn))
    assert np.abs(off).max() < 6 / np.sqrt(20_000)
    assert abs(np.mean(drawn) - 0.5) < 6 * np.sqrt(1 / 12 / 100_000)


def test_a_scenario_that_branches_late_is_the_full_run(whole: np.ndarray) -> None:
    """Grown from a common history or run by itself: the same bytes."""
    names = ["baseline", "submarines_cancelled", "two_plus_two_interrupted", "coercion_under_retrenchment"]
    scenarios = [load_scenario(name, set={"worlds": 9, "horizon": "2022Q2"}) for name in names]
    plan = make_plan(scenarios)
    grove = SharedHistory(scenarios, plan.rules)
    assert grove.shared > 0.2, "these scenarios share history"
    together = run_block(plan, 0, 9).values
    alone = [run_block(make_plan([scenario]), 0, 9).values for scenario in scenarios]
    assert together.tobytes() == np.concatenate(alone, axis=1).tobytes()


def test_tiled_streams_are_the_blocks_several_times_over() -> None:
    one = Streams(3, 40, 5)
    tiled = Tiled(one, 3)
    assert (tiled.seed, tiled.first, tiled.worlds) == (3, 40, 15)
    named = [("FRA",), ("JPN", "maritime")]
    drawn = tiled.uniforms("events", named, quarter=2, size=3)
    assert drawn.shape == (15, 2, 3)
    for again in range(3):
        assert np.array_equal(drawn[5 * again : 5 * again + 5], one.uniforms("events", named, quarter=2, size=3))
    assert np.array_equal(tiled.uniforms("events", named)[:5], one.uniforms("events", named))
    assert np.array_equal(tiled.table("events", 4, 1), np.tile(one.table("events", 4, 1), (1, 3)))


def test_the_streams_of_one_world_are_the_same_in_every_row() -> None:
    one, rows = Streams(3, 40, 1), SameWorld(3, 40, 6)
    assert (rows.seed, rows.first, rows.worlds) == (3, 40, 6)
    for options in ({}, {"quarter": 2, "size": 3}):
        drawn = rows.uniforms("events", [("FRA",), ("JPN",)], **options)
        assert np.array_equal(drawn, np.repeat(one.uniforms("events", [("FRA",), ("JPN",)], **options), 6, axis=0))
    assert np.array_equal(rows.table("events", 4, 1), np.repeat(one.table("events", 4, 1), 6, axis=1))


def test_rows_of_one_world_have_its_luck() -> None:
    sampler = Sampler([load_scenario("baseline", set={"horizon": "2019Q4"})], ["alignment", "events"])
    values = drawn(load_scenario("baseline"), 1, first=5).values
    rows = sampler.rows({path: np.repeat(value, 4) for path, value in values.items()}, world=5)[0]
    one = sampler.worlds(5, 1)[0]
    for measure, values in rows.items():
        assert (values == values[:1]).all()
        assert np.array_equal(values[0], one[measure][0])
