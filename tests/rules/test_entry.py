"""A state that enters later: until then all others live as if there were no such state, and its own stands still."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import cordiale
from cordiale.engine.block import requests, run_block
from cordiale.engine.sample import recording
from cordiale.files.errors import FileError
from cordiale.models.diplomacy.chronicle import ACTIVITY, COMES
from cordiale.models.measures import known_measures
from cordiale.scenario.load import load_pack, load_scenario
from cordiale.scenario.new_state import new_state
from cordiale.scenario.settings import Scenario
from cordiale.study.attribution import causes
from cordiale.study.narrative import story
from cordiale.study.run import make_plan

PACK, ENTERS, BEFORE, WORLDS = "indo_pacific_2018", "2019Q4", 4, 8
# What is the state's own, or of it and another; measures that compare positions move with the other.
OWN = {"practice", "trusting", "depth", "agreement", "ladder", "talks", "position"}
Values = dict[tuple[str, str], np.ndarray]


@pytest.fixture
def taiwan(workshop: Path) -> Path:
    """The file of Taiwan, laid down like Australia's, in a copy of the shipped pack."""
    return new_state("TWN", PACK, "AUS", "Taiwan")[0]


def enter(taiwan: Path) -> None:
    """Let Taiwan enter where the file shows how."""
    text = taiwan.read_text("utf-8")
    taiwan.write_text(text.replace("# enters: 2021Q1", f"enters: {ENTERS}"), "utf-8")


def values(model: str, horizon: str, **set_: float) -> Values:
    """Return (measure, entity) -> (worlds, quarters) of every measure of the baseline."""
    scenario = load_scenario("baseline", model=model, set={"horizon": horizon, "worlds": WORLDS, **set_})
    scenario = recording(scenario, known_measures(scenario.family, scenario.names))
    block, found, at = run_block(make_plan([scenario]), 0, WORLDS).values, {}, 0
    for each in requests(scenario):
        shape = WORLDS, 1 if each.measure.last_only else scenario.quarters, len(each.entities)
        part = block[:, at : at + shape[1] * shape[2]].reshape(shape)
        at += shape[1] * shape[2]
        found |= {(each.name, entity): part[:, :, i] for i, entity in enumerate(each.entities)}
    return found


@pytest.mark.parametrize("model", ["diplomacy", "landscape"])
def test_until_it_enters_nothing_of_it_touches_the_others(taiwan: Path, model: str) -> None:
    """Whatever it is coded as: until the quarter of its entry the others' worlds are the same, and then not."""
    enter(taiwan)
    one, other = values(model, "2020Q2"), values(model, "2020Q2", **{"TWN.china_tone.ideal": 1, "TWN.resolve": 1})
    later = 0
    for key in one:
        if "TWN" in key[1] or one[key].shape[1] == 1:
            continue
        assert np.array_equal(one[key][:, :BEFORE], other[key][:, :BEFORE]), key
        later += not np.array_equal(one[key][:, BEFORE:], other[key][:, BEFORE:])
    assert later > 0


def test_its_own_stands_still_until_it_enters_and_moves_then(taiwan: Path) -> None:
    enter(taiwan)
    moved = set()
    for (measure, entity), found in values("diplomacy", "2020Q4").items():
        if "TWN" in entity and measure.partition(".")[0] in OWN:
            assert (found[:, :BEFORE] == found[:, :1]).all(), (measure, entity)
            moved |= {measure.partition(".")[0]} if (found[:, BEFORE:] != found[:, :1]).any() else set()
    assert moved == OWN


def test_a_state_outside_is_the_last_among_partners(taiwan: Path) -> None:
    enter(taiwan)
    last = len(load_pack(PACK).states) - 1
    ranks = values("diplomacy", "2020Q4")
    assert (ranks["rank", "JPN>TWN"][:, :BEFORE] == last).all()
    assert (ranks["rank", "JPN>TWN"][:, BEFORE:] < last).any()


def test_a_scenario_keeps_it_out_or_lets_it_in_earlier(taiwan: Path) -> None:
    enter(taiwan)
    kept_out = values("diplomacy", "2020Q4", **{"TWN.present": 0})["practice", "JPN-TWN"]
    assert (kept_out == kept_out[:, :1]).all()
    early = Scenario(
        "Early", pack=PACK, extends="baseline", timeline={"2019Q2": {"TWN.present": 1}},
        worlds=WORLDS, horizon="2020Q1", measures=["practice"],
    )  # fmt: skip
    study = cordiale.run(early, out="early")
    practice = study.values("practice:JPN-TWN")
    assert (practice[:, :2] == practice[:, :1]).all()
    assert (practice[:, 2] != practice[:, 1]).any()


def test_the_story_tells_when_it_takes_part(taiwan: Path) -> None:
    enter(taiwan)
    told = story(load_scenario("baseline", set={"horizon": "2020Q4"}), 3)
    assert [(each.quarter, each.words) for each in told if each.kind == COMES] == [
        (ENTERS, "Taiwan takes part from now on.")
    ]
    assert "Taiwan does not take part." in [each.words for each in told]
    acts = [each.quarter for each in told if each.kind == ACTIVITY and "TWN" in each.states]
    assert acts
    assert min(acts) >= ENTERS


def test_causes_add_up_across_its_entry(taiwan: Path) -> None:
    enter(taiwan)
    scenario = load_scenario("baseline", set={"horizon": "2020Q4", "worlds": WORLDS})
    found = causes(scenario, "JPN-TWN", worlds=WORLDS, alone=True)
    for quantity, level in found.levels.items():
        parts = [part for (of, _), part in found.changes.items() if of == quantity]
        assert np.abs(np.sum(parts, axis=0) - np.diff(level, axis=1)).max() <= 1e-9, quantity
        if quantity.startswith("trust"):
            assert not np.diff(level, axis=1)[:, :BEFORE].any()


@pytest.mark.parametrize(
    ("code", "quarter", "message"),
    [
        ("TWN", "2018Q4", "2018Q4 is not after the start, 2018Q4: without 'enters' a state takes part from the start"),
        ("USA", "2020Q1", "USA is a pole in case.yaml, and the poles take part from the start"),
        ("TWN", "2020", "2020 is not a quarter, such as 2019Q2"),
    ],
)
def test_what_cannot_be_a_date_of_entry(taiwan: Path, code: str, quarter: str, message: str) -> None:
    path = taiwan.with_name(f"{code}.yaml")
    path.write_text(path.read_text("utf-8") + f"enters: {quarter}\n", "utf-8")
    with pytest.raises(FileError) as caught:
        load_scenario("baseline")
    assert caught.value.message == message
