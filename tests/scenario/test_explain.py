"""`explain`: every layer that set a value, where it stands, and which one holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from cordiale.scenario.explain import Line, explain
from cordiale.scenario.load import load_scenario
from cordiale.scenario.settings import Scenario
from tests.conftest import Command

HEAD = "question: What if?\nbasis: {locator: Opening 1, says: a word}\n"
RANGE = "basis: not in the article, source: 'assumption: a test'"


@pytest.fixture
def layered(workshop: Path) -> Path:
    """A parent and its child, which override one another."""
    (workshop / "parent.yaml").write_text(
        f"title: Parent\n{HEAD}extends: baseline\nlevers: {{france_in_quad: 1}}\n"
        f"uncertainties:\n  FRA.resolve: {{low: 0.1, best: 0.2, high: 0.9, {RANGE}}}\n"
        "timeline:\n  - {quarter: 2020Q1, ramp: {brexit: 1}, over: 4}\n", "utf-8",
    )  # fmt: skip
    child = workshop / "child.yaml"
    child.write_text(
        f"title: Child\n{HEAD}extends: parent\nlevers: {{france_in_quad: 0}}\n"
        f"uncertainties:\n  FRA.resolve: {{low: 0.3, best: 0.4, high: 0.7, {RANGE}}}\n"
        "timeline:\n"
        "  - {quarter: 2021Q1, shock: {submarines_cancelled: 0.5}, lasts: 3}\n"
        "  - {quarter: 2024Q1, stop: [brexit]}\n", "utf-8",
    )  # fmt: skip
    return child


def one(scenario: Scenario, path: str) -> list[Line]:
    lines = explain(scenario, path)
    assert sum(line.holds for line in lines) == 1, "one value holds"
    return lines


def test_every_number_of_a_pack_has_a_source_and_a_place() -> None:
    scenario = load_scenario("baseline")
    lines = [line for line in explain(scenario, everything=True) if line.path in scenario.numbers]
    assert [line.path for line in lines] == list(scenario.numbers)
    for line in lines:
        coded = scenario.numbers[line.path].coded
        assert line.holds
        assert line.value == f"{coded.low:g} / {coded.best:g} / {coded.high:g}"
        assert line.basis in ("explicit", "implied", "not in the article")
        assert len(line.source) > 3
        file, _, at = line.place.rpartition(":")
        assert Path(file).read_text("utf-8").splitlines()[int(at) - 1].strip()


def test_a_number_shows_its_layers_and_the_last_holds(layered: Path) -> None:
    pack, parent, child = one(load_scenario(layered), "FRA.resolve")
    assert (pack.layer, parent.value, child.value) == ("pack", "0.1 / 0.2 / 0.9", "0.3 / 0.4 / 0.7")
    assert (parent.place, child.place) == ("parent.yaml:7", "child.yaml:7")
    assert [line.holds for line in (pack, parent, child)] == [False, False, True]
    fixed = one(load_scenario(layered, set={"FRA.resolve": 0.7}), "FRA.resolve")[-1]
    assert (fixed.value, fixed.layer, fixed.holds) == ("0.7", "--set", True)


def test_a_lever_shows_what_it_moves_and_who_set_it(layered: Path) -> None:
    head, parent, child = one(load_scenario(layered), "france_in_quad")
    assert head.value.startswith("not set; moves ")
    assert (parent.value, parent.place) == ("1", "parent.yaml:5")
    assert (child.value, child.place, child.holds) == ("0", "child.yaml:5", True)
    assert one(load_scenario(layered), "levers.france_in_quad") == [head, parent, child]
    (unset,) = one(load_scenario("baseline"), "france_in_quad")
    assert unset == Line(**{**vars(head), "holds": True, "place": unset.place})


def test_events_say_what_happens_when(layered: Path) -> None:
    told = {line.path: line for line in explain(load_scenario(layered)) if line.path[:2] == "20"}
    assert {path: line.value for path, line in told.items()} == {
        "2020Q1.brexit": "ramp 1 over 4 quarters",
        "2021Q1.submarines_cancelled": "shock 0.5 for 3 quarters",
        "2024Q1.brexit": "stops",
    }
    assert told["2020Q1.brexit"].place == "parent.yaml:9"
    levers = load_scenario(layered).loaded.pack.case.levers
    assert told["2020Q1.brexit"].source == f"{levers['brexit'].locator}: {levers['brexit'].says}"
    held = explain(load_scenario(layered, set={"brexit": 0}), "brexit")
    assert "taken out: --set holds the lever throughout" in [line.value for line in held]


def test_a_number_that_a_lever_moves_shows_the_lever(layered: Path) -> None:
    scenario = load_scenario(layered)
    (moved, *_) = scenario.loaded.pack.case.levers["submarines_cancelled"].moves
    shown = explain(scenario, moved)
    assert shown[0].path == scenario.names.canonical(moved)
    assert "2021Q1.submarines_cancelled" in [line.path for line in shown[1:]]


def test_what_only_a_lever_sets_is_said_to_be_free() -> None:
    scenario = load_scenario("baseline")
    assert explain(scenario, "FRA.member.quad")[0].value == "0, or free: not coded, a lever sets it"


def test_a_state_of_the_pack_takes_part_until_something_sets_it_to_0() -> None:
    here = explain(load_scenario("baseline"), "KOR.present")
    assert [(line.value, line.holds) for line in here] == [("1: takes part, unless something sets it to 0", True)]
    out = explain(load_scenario("baseline", set={"KOR.present": 0}), "KOR.present")
    assert [(line.value, line.holds) for line in out] == [(here[0].value, False), ("0", True)]


def test_a_lever_of_the_scenarios_own_says_what_it_moves() -> None:
    own = {"label": "Mine", "says": "a word", "locator": "Limitations 1", "moves": {"FRA.clarity": [0, 1]}}
    mine = Scenario("Mine", extends="baseline", define={"mine": own})
    (line,) = (each for each in explain(mine) if each.path == "define.mine")
    assert (line.value, line.source) == ("moves FRA.clarity 0 to 1", "Limitations 1: a word")


def test_a_path_is_whole_on_a_terminal_of_80_columns(
    layered: Path, run_command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    for line in run_command("explain", str(layered), "--set", "FRA.resolve=0.7")[1].splitlines():
        assert len(line) <= 80 or " " not in line.strip()
    said = run_command("explain", str(layered))[1]
    assert all(line.place in said for line in explain(load_scenario(layered)) if " " not in line.place)


def test_settings_have_defaults_until_they_are_set(workshop: Path) -> None:
    (workshop / "bare.yaml").write_text(f"title: Bare\n{HEAD}pack: indo_pacific_2018\n", "utf-8")
    bare = load_scenario(workshop / "bare.yaml")
    assert [(line.value, line.layer) for line in explain(bare, "worlds")] == [("500", "default")]
    assert explain(bare, "horizon")[0].value == "2025Q4"
    assert [line.path for line in explain(bare)] == ["model", "horizon", "worlds", "seed", "measures"]
    given = load_scenario("baseline", set={"worlds": 7})
    assert [line.value for line in explain(given, "worlds") if line.holds] == ["7"]
