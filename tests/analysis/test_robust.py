"""Packages of moves: all that can be put together, over futures that move nothing of the state's, on common worlds."""

from __future__ import annotations

import shutil
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

import cordiale
from cordiale.analysis.futures import APART, candidates, screened
from cordiale.analysis.options import Move, Runs, moves_of, run_options
from cordiale.analysis.robust import Packages, options_of, robust
from cordiale.engine.pool import ordered
from cordiale.scenario.load import load_scenario
from tests.conftest import ROOT
from tests.hostile.files import Refused

PACK = "indo_pacific_2018"
SHORT = {"horizon": "2019Q3"}
FUTURES = ["quad_hardens", "dual_use_suspected"]


@pytest.fixture(scope="module")
def base() -> cordiale.Scenario:
    return load_scenario("baseline", pack=PACK, set=SHORT)


@pytest.fixture(scope="module")
def found(base: cordiale.Scenario) -> Packages:
    return robust("FRA", base, size=1, alone=True, worlds=64, future=FUTURES, optimism=0.5)


PRESSED = """title: Moscow presses Tallinn
question: What if Russia presses Estonia?
basis: {locator: Gulf 1, says: a scenario of a test}
extends: baseline
timeline: [{quarter: 2024Q2, set: {russian_pressure: 1}}]
"""


@pytest.fixture
def small(baltic_pack: str) -> cordiale.Scenario:
    """A pack of four states in a folder of its own, in which Finland holds two levers, with one future."""
    case = Path("agents") / baltic_pack / "case.yaml"
    text = case.read_text("utf-8")
    for moved in ("FIN.russia_tone.ideal", "FIN.member.gulf_group"):
        text = text.replace(
            f"    moves: {{{moved}: [0, 1]}}\n", f"    moves: {{{moved}: [0, 1]}}\n    held_by: [FIN]\n"
        )
    case.write_text(text, "utf-8")
    (Path("scenarios") / baltic_pack / "pressed.yaml").write_text(PRESSED, "utf-8")
    return load_scenario("baseline", pack=baltic_pack)


def move(lever: str, value: float, *holders: str) -> Move:
    return Move(lever, value, f"{lever} {value:g}", ("FRA", *holders), "FRA")


def test_packages_are_all_that_move_no_lever_and_no_number_twice(base: cordiale.Scenario) -> None:
    """By hand: 1 of none, 5 of one move, 4 + 2 + 2 of two levers, 4 of three; two levers of one number stay apart."""
    levers = {"france_clarity": (0.0, 1.0), "france_china_tone": (0.0, 1.0), "brexit": (1.0,)}
    moves = [move(lever, value) for lever, values in levers.items() for value in values]
    every = options_of(moves, 3, base)
    assert [sum(len(option) == size for option in every) for size in range(4)] == [1, 5, 8, 4]
    assert len(set(every)) == len(every)
    mine = cordiale.Scenario(
        "Mine", extends="baseline", set=SHORT,
        define={"also_clarity": {"label": "Also", "says": "the same number", "locator": "Limitations 1",
                                 "moves": {"FRA.clarity": [0, 1]}}},
    )  # fmt: skip
    both = [move("also_clarity", 1.0), move("france_clarity", 1.0)]
    assert options_of(both, 2, mine) == [(), (both[0],), (both[1],)]


def test_futures_move_nothing_that_the_state_moves(base: cordiale.Scenario) -> None:
    runs, moves = Runs.of(base, "FRA", None, "more", None, None), moves_of(base, "FRA")
    every = candidates(runs, moves, [])
    assert every[0] is runs
    levers = {each.lever for each in moves}
    numbers = {base.names.canonical(path) for lever in levers for path in base.handle(lever).moves}
    for each in every[1:]:
        moved = {each.scenario.names.canonical(path) for lever in each.scenario.moved
                 for path in each.scenario.handle(lever).moves}  # fmt: skip
        assert moved
        assert not moved & numbers
    assert {"us_retrenchment", "london_pull_up"} <= {each.scenario.name for each in every} - {"france_joins_quad"}


def test_a_future_that_changes_no_gain_has_no_bite(base: cordiale.Scenario) -> None:
    runs = Runs.of(base, "FRA", None, "more", None, None)
    moves = [each for each in moves_of(base, "FRA") if each.lever == "france_dual_use_restraint"]
    _, other, same = screened([runs, runs, candidates(runs, moves, FUTURES)[2]], moves, 1, ordered).futures
    assert (same.name, same.bite) == ("baseline", 0)
    assert (other.name, other.bite > 0) == (FUTURES[1], True)


def test_moves_that_change_nothing_alone_are_in_no_package(base: cordiale.Scenario, found: Packages) -> None:
    """No one leaves the Quad who is not in it."""
    idle = {(each.lever, each.value) for each in found.screen.idle}
    moves = [each for each in moves_of(base, "FRA") if each.lever in ("france_in_quad", "france_clarity")]
    runs = Runs.of(base, "FRA", None, "more", None, None)
    assert [each.value for each in screened([runs], moves, 1, ordered).idle if each.lever == "france_in_quad"] == [0.0]
    assert not idle & {(each.lever, each.value) for option in found.options for each in option}
    assert found.screen.worlds == 3 * 32


def test_a_gain_is_against_nothing_done_in_the_same_world_of_the_same_future(found: Packages) -> None:
    race = found.race
    row = len(race.left) - 1
    package, at = int(race.left[row]), 1
    runs = found.futures[at].runs
    without, under = run_options([runs], [(), found.options[package]], range(at * APART, at * APART + 64))[0]
    assert np.array_equal(race.gains[row, at], under[0] - without[0])
    assert np.array_equal(race.costs[0, row, at], under[1] - without[1])


def test_doing_nothing_races_too_and_gains_nothing(found: Packages) -> None:
    assert found.options[0] == ()
    gone = {each.package for each in found.race.dropped}
    assert 0 in gone or not found.race.gains[list(found.race.left).index(0)].any()


def test_what_is_left_for_regret_alone_is_not_told_as_maybe_best(found: Packages) -> None:
    best = found.race.winner("mean")
    race = replace(found.race, candidates=dict.fromkeys(found.race.candidates, (best,)))
    assert len(race.left) > 1
    assert ": 1 may be best by some rule after" in replace(found, race=race).sentences()[0]


def test_what_is_told_is_of_fresh_worlds(found: Packages) -> None:
    sentences = " ".join(found.sentences())
    for each in found.confirmed:
        if each.place == "winner":
            assert f"gain {each.gain.value:+.3f} (95 %" in sentences
            assert each.curse == pytest.approx(
                (each.fresh.value - each.in_race) * (1 if each.rule == "regret" else -1), abs=1e-12
            )
    assert set(found.tables()) == {"packages", "confirmed", "futures"}
    assert list(found.tables()["futures"]["future"]) == ["as coded", *sorted(FUTURES, key=lambda name: -next(
        each.bite for each in found.futures if each.name == name))]  # fmt: skip


def test_levels_stand_in_place_of_both_ends(small: cordiale.Scenario) -> None:
    some = robust("FIN", small, size=1, alone=True, worlds=64, future=["pressed"], level={"finnish_tone": [0.3]})
    values = {each.value for option in some.options for each in option if each.lever == "finnish_tone"}
    assert values == {0.3}
    for one, other in combinations(some.options, 2):
        assert one != other


def test_two_processes_find_the_same_and_a_stopped_search_goes_on(small: cordiale.Scenario) -> None:
    class Stopped(Exception):
        pass

    def stop(done: int, _: int) -> None:
        if done > 3:
            raise Stopped

    asked = {"size": 1, "alone": True, "worlds": 64, "future": ["pressed"]}
    whole = robust("FIN", small, **asked, jobs=2)
    with pytest.raises(Stopped):
        robust("FIN", small, **asked, out="x", progress=stop)
    again = robust("FIN", small, **asked, out="x")
    for name, table in whole.tables().items():
        assert table.equals(again.tables()[name])
        assert (Path("x") / f"{name}.csv").is_file()


def test_a_long_search_is_not_begun_unasked(small: cordiale.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cordiale.analysis.robust.LONG", 0.0)
    asked = {"size": 1, "worlds": 64, "future": ["pressed"], "level": {"finnish_tone": [0.2]}, "alone": True}
    with pytest.raises(cordiale.OptionError, match=r"packages in 2 futures: the first look takes up to .*: add --yes"):
        robust("FIN", small, **asked)
    told: list[str] = []
    robust("FIN", small, **asked, yes=True, tell=told.append)
    (said,) = told
    assert "packages in 2 futures: the first look takes up to" in said


# ---------------------------------------------------------------- what a user can get wrong


def test_what_cannot_be_searched(refused: Refused) -> None:
    for path in (ROOT / "scenarios" / PACK).glob("*.yaml"):
        shutil.copy(path, Path("scenarios") / PACK / path.name)
    assert "'us_retrenchmant'" in refused("robust", "FRA", "--future", "us_retrenchmant")
    told = refused("robust", "FRA", "--future", "france_joins_quad")
    assert told.startswith("--future france_joins_quad: it moves ")
    assert "did you mean 'france_clarity'?" in refused("robust", "FRA", "--level", "france_clarty=0.5")
    assert refused("robust", "FRA", "--level", "france_clarity=x") == (
        "--level 'france_clarity=x': write it as LEVER=0.3,0.7"
    )
    assert "values from 0 to 1" in refused("robust", "FRA", "--level", "france_clarity=2")
    assert "a value is given twice" in refused("robust", "FRA", "--level", "france_clarity=0.3,0.30")
    twice = refused("robust", "FRA", "--future", "us_retrenchment", "--future", "us_retrenchment")
    assert twice == "--future 'us_retrenchment': is given twice, and would count twice"
    for option, value in (("--enough", "nan"), ("--most-cost", "inf")):
        assert refused("robust", "FRA", option, value) == f"{option} {value}: is not a finite number"
    with pytest.raises(cordiale.OptionError, match="--optimism nan: is not between 0 and 1"):
        robust("FRA", pack=PACK, optimism=float("nan"))


# ---------------------------------------------------------------- other models as futures


def test_models_are_futures_on_what_they_share(tmp_path: Path) -> None:
    """A package's gain under a model is that of a study of it: the same worlds, with the move and without."""
    base = load_scenario("baseline", pack=PACK, set=SHORT, model="opinion")
    found = robust("FRA", base, size=1, alone=True, worlds=64, models=["opinion", "landscape"], level={})
    assert [each.name for each in found.futures] == ["as coded", "model landscape"]
    assert found.runs.gain.measure == "similarity:FRA-JPN"
    assert not found.reads.costs
    told = " ".join(found.sentences())
    assert "1 of the futures are other models than opinion (landscape), and no cost is told" in told
    package = next(
        k for k, option in enumerate(found.options) if [each.lever for each in option] == ["france_china_tone"]
    )
    runs = found.futures[1].runs
    ((nothing, moved),) = run_options([runs], [(), found.options[package]], range(APART, APART + 64))
    (gains, costs) = _of(found, package)
    np.testing.assert_array_equal(gains[1], moved[0] - nothing[0])
    assert costs.shape[0] == 0


def _of(found: Packages, package: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a package's gains of the race, (futures, worlds), and its costs."""
    from cordiale.analysis.robust import _Worlds

    more = _Worlds(found.futures, found.options, 1, ordered, None)
    gains, costs = more(np.array([package]), range(64))
    return gains[0], costs


def test_models_that_cannot_be_futures_are_refused(refused: Refused) -> None:
    for words, message in {
        "--models opinio": "--models 'opinio': no model 'opinio'; did you mean 'opinion'?",
        "--models diplomacy": "--models 'diplomacy': name another model than that of the scenario",
        "--models opinion --measure trust:FRA-JPN": "--measure 'trust:FRA-JPN': it is no measure that the models",
        "--models opinion --most-cost 1": "--most-cost: FRA has no cost that is measured here",
    }.items():
        assert refused("robust", "FRA", "--size", "1", "--alone", *words.split()).startswith(message), words
