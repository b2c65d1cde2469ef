"""A scenario that is written back as a file is the same scenario, and gives the same numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cordiale
from cordiale.case.load import scenario_names
from cordiale.files.errors import OptionError
from cordiale.scenario.load import Scenario, load_scenario
from cordiale.scenario.timeline import profiles
from cordiale.scenario.write import scenario_text

NAMES = scenario_names("indo_pacific_2018")
LEVERS = sorted(load_scenario("baseline").loaded.pack.case.levers)


def again(scenario: Scenario, folder: Path, **options: str) -> Scenario:
    path = folder / "again.yaml"
    path.write_text(scenario_text(scenario, **options), "utf-8")
    return load_scenario(path)


def assert_same(one: Scenario, other: Scenario) -> None:
    assert one.ranges == other.ranges
    assert (one.horizon, one.seed, one.worlds, one.measures) == (
        other.horizon,
        other.seed,
        other.worlds,
        other.measures,
    )
    assert one.conditions == other.conditions
    for variants in zip(one.variants, other.variants, strict=True):
        for mine, its in zip(*map(profiles, variants), strict=True):
            assert mine.path == its.path
            np.testing.assert_array_equal(mine.share, its.share)
            np.testing.assert_array_equal(mine.part, its.part)


@pytest.mark.parametrize("name", NAMES)
def test_every_scenario_comes_back(name: str, tmp_path: Path) -> None:
    scenario = load_scenario(name)
    assert_same(scenario, again(scenario, tmp_path))


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(LEVERS), st.floats(0, 1), st.sampled_from(NAMES))
def test_a_moved_lever_comes_back(
    tmp_path_factory: pytest.TempPathFactory, lever: str, value: float, name: str
) -> None:
    try:
        scenario = load_scenario(name, set={lever: value, "seed": 7, "horizon": "2026Q1"})
    except OptionError:  # another lever of the scenario moves the same number
        return
    assert_same(scenario, again(scenario, tmp_path_factory.mktemp("again")))


def test_the_command_line_gives_the_same_numbers(tmp_path: Path) -> None:
    lever = load_scenario("france_joins_quad").moved[0]
    changed = {lever: 0.5, "worlds": 6, "seed": 11, "horizon": "2020Q2"}
    scenario = load_scenario("france_joins_quad", set=changed)
    (tmp_path / "mine.yaml").write_text(scenario_text(scenario, title="Half a seat"), "utf-8")
    direct = cordiale.run(scenario, out=tmp_path / "direct")
    read = cordiale.run(tmp_path / "mine.yaml", out=tmp_path / "read")
    assert read.title("mine") == "Half a seat"
    for measure in direct.measures():
        np.testing.assert_array_equal(direct.values(measure), read.values(measure))


def test_an_event_of_the_first_quarter_has_the_last_word(tmp_path: Path) -> None:
    base = load_scenario("baseline")
    quarter = base.loaded.pack.case.start
    path = tmp_path / "own.yaml"
    head = "title: Own\nquestion: What then?\nbasis: {locator: Opening 1, says: a word}\nextends: parent\n"
    parent = head.replace("extends: parent", f"extends: baseline\npack: {base.loaded.pack.name}")
    (tmp_path / "parent.yaml").write_text(f"{parent}levers: {{{LEVERS[0]}: 1}}\n", "utf-8")
    path.write_text(f"{head}timeline:\n  - {{quarter: {quarter}, set: {{{LEVERS[0]}: 0.25}}}}\n", "utf-8")
    scenario = load_scenario(path)
    assert_same(scenario, again(scenario, tmp_path))


@pytest.mark.parametrize(
    "title", ["1e5", "no: yes", "# not a comment", "“quoted” \"twice\" 'thrice'", "- item", "日本語"]
)
def test_titles_stay_text(title: str, tmp_path: Path) -> None:
    assert again(load_scenario("baseline"), tmp_path, title=title).title == title


def test_a_note_is_a_comment(tmp_path: Path) -> None:
    scenario = load_scenario("baseline")
    text = scenario_text(scenario, note="first\ntitle: second")
    assert text.startswith("# first\n# title: second\n")
    assert_same(scenario, again(scenario, tmp_path, note="first\ntitle: second"))


def test_a_fixed_number_cannot_be_written() -> None:
    with pytest.raises(OptionError, match=r"FRA\.resolve"):
        scenario_text(load_scenario("baseline", set={"FRA.resolve": 0.5}))
