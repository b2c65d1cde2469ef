"""The moves of a state: each is what its lever alone does on the same worlds; the front is what nothing beats."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import cordiale
from cordiale.analysis import options
from cordiale.analysis.moves import Move, Moves, Priced, _on_front, moves
from cordiale.analysis.options import Runs, moves_of, run_options
from cordiale.engine.sample import sample
from cordiale.models.units import SD
from cordiale.scenario.check import check
from cordiale.scenario.load import load_scenario
from cordiale.scenario.overrides import held_from
from cordiale.study.estimate import Estimate
from tests.hostile.files import Refused

PACK = "indo_pacific_2018"
SHORT = {"horizon": "2019Q4"}
WORLDS = 6


@pytest.fixture(scope="module")
def base() -> cordiale.Scenario:
    return load_scenario("baseline", pack=PACK, set=SHORT)


@pytest.fixture(scope="module")
def found(base: cordiale.Scenario) -> Moves:
    return moves("France", base, worlds=WORLDS)


def test_a_move_is_what_its_lever_alone_does_on_the_same_worlds(base: cordiale.Scenario, found: Moves) -> None:
    each = next(each for each in found.priced if each.move.lever == "france_fon_presence" and each.move.value == 1)
    mine = cordiale.Scenario("Mine", extends="baseline", set=SHORT, timeline={"2019Q1": {"france_fon_presence": 1}})
    reads = ["alignment:FRA-JPN", "pressure.CHN:FRA"]
    without, under = sample([base, mine], reads, WORLDS)
    gain = under[reads[0]][:, -1, 0] - without[reads[0]][:, -1, 0]
    pressure = (under[reads[1]][:, 1:, 0] - without[reads[1]][:, 1:, 0]).mean(axis=1)
    assert each.gain == Estimate.of(gain, SD)
    assert each.costs["chinese_pressure"].mean == pytest.approx(pressure.mean(), abs=1e-15)


def test_the_worlds_of_an_option_hang_on_no_block_and_on_no_other_option(
    base: cordiale.Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = Runs.of(base, "FRA", None, "more", None, None)
    every = [(), *((move,) for move in moves_of(base, "FRA")[:4])]
    whole = run_options([runs], every, range(WORLDS))[0]
    monkeypatch.setattr(options, "BLOCK", 4)
    monkeypatch.setattr(options, "ROWS", 8)
    assert np.array_equal(run_options([runs, runs], every, range(WORLDS))[1], whole)
    assert np.array_equal(run_options([runs], every[2:3], range(3, 5))[0, 0], whole[2][:, 3:5])
    assert np.array_equal(run_options([runs, runs], every[2:3], range(1, 3), apart=2)[1, 0], whole[2][:, 3:5])


def test_what_is_so_already_in_every_world_is_no_move(found: Moves) -> None:
    """An opening of a domain that nothing has opened stays as it is at 0."""
    idle = {(move.lever, move.value) for move in found.idle}
    assert ("space_cyber_opened", 0.0) in idle
    assert not idle & {(each.move.lever, each.move.value) for each in found.priced}
    assert len(idle) + len(found.priced) == len(moves_of(found.scenario, "FRA"))


def priced(gain: float, cost: float, consent: bool = False) -> Priced:
    move = Move("x", 1.0, "X", ("FRA", "JPN") if consent else ("FRA",), "FRA")
    paid = Estimate(-cost, -cost, -cost, unit="0 to 1", good="less")
    return Priced(move, Estimate(gain, gain, gain, unit=SD), {"pressure": paid}, (gain, -cost))


def test_the_front_holds_what_no_move_that_needs_no_more_consent_beats() -> None:
    best, cheap, worse, harm = priced(0.3, 0.2), priced(0.1, 0.0), priced(0.1, 0.1), priced(-0.1, -0.5)
    joint = priced(0.2, 0.1, consent=True)
    every = [best, cheap, worse, harm, joint]
    assert _on_front(every) == [True, True, False, False, True]
    beaten = [joint, priced(0.2, 0.05)]
    assert _on_front(beaten) == [False, True]


def test_less_is_wanted_of_what_more_was(base: cordiale.Scenario, found: Moves) -> None:
    less = moves("FRA", base, worlds=WORLDS, want="less")
    assert [each.move for each in less.priced] == [each.move for each in reversed(found.priced)]
    assert {each.gain.mean for each in less.priced} == {each.gain.mean for each in found.priced}


def test_a_lever_is_held_from_a_quarter_on_whatever_the_timeline_says(base: cordiale.Scenario) -> None:
    mine = cordiale.Scenario(
        "Mine", extends="baseline", set=SHORT,
        timeline={"2019Q1": {"brexit": 0.5}, "2019Q3": {"brexit": 0.2}, "2019Q2": {"france_clarity": 1}},
    )  # fmt: skip
    held = held_from(mine, {"brexit": 1.0}, mine.start + 2, cordiale.scenario.layers.Origin("test"))
    assert [(when.quarter - mine.start, when.lever, event.value) for when, event in held.events] == [
        (1, "brexit", 0.5), (2, "brexit", 1.0), (2, "france_clarity", 1.0)
    ]  # fmt: skip


# ---------------------------------------------------------------- what a user can get wrong


def test_who_holds_no_lever_and_who_is_no_state(refused: Refused) -> None:
    assert "'Frence' is no state of the pack indo_pacific_2018; did you mean 'France'?" in refused("moves", "Frence")
    assert "VNM holds no lever in the pack indo_pacific_2018 (those who do: AUS, CHN" in refused("moves", "VNM")
    assert refused("moves", "FRA", "--want", "mor") == "--want 'mor': more or less; did you mean 'more'?"
    assert "--since 2018Q4: moves can be made from 2019Q1 to 2025Q4" in refused("moves", "FRA", "--since", "2018Q4")
    assert "is after 2019Q2" in refused("moves", "FRA", "--since", "2019Q3", "--quarter", "2019Q2")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("pressure.CHN:FRA", "pressure.CHI:FRA", "'pressure.CHI' is no measure; did you mean 'pressure.CHN'?"),
        ("pressure.CHN:FRA", "pressure.CHN", "name one entity after a colon, such as pressure.CHN:FRA"),
        ("[pressure.CHN:FRA]", "[pressure.CHN:FRA, alignment:FRA-JPN]", "no mean of both"),
    ],
)
def test_a_cost_that_cannot_be_measured_is_a_fault_at_its_place(
    old: str, new: str, told: str, workshop: Path, refused: Refused
) -> None:
    path = Path("agents") / PACK / "FRA.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace(old, new), "utf-8")
    line = 1 + text[: text.index(old)].count("\n")
    faults = [str(fault) for fault in check([PACK]).faults]
    assert [fault for fault in faults if told in fault and fault.startswith(f"{path}:{line}:")]
    assert told in refused("moves", "FRA", "--worlds", "2")


def test_a_holder_that_is_no_state_is_a_fault(workshop: Path) -> None:
    path = Path("agents") / PACK / "case.yaml"
    path.write_text(path.read_text("utf-8").replace("held_by: [FRA, GBR]", "held_by: [FRA, GBX]"), "utf-8")
    assert any("GBX" in str(fault) and "did you mean" in str(fault) for fault in check([PACK]).faults)
