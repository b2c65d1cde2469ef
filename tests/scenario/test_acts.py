"""Acts in a timeline: what states do in one quarter, as a teacher would write it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

import cordiale
from cordiale.scenario.acts import WORDS
from cordiale.scenario.schema import scenario_schema
from cordiale.scenario.words import difference_words, moves
from cordiale.study.narrative import POLICY, story

ACTS = {  # act -> the same in words
    "FRA-JPN.open_talks.reciprocal_access": "France and Japan open talks: Reciprocal access",
    "JPN-PHL.sign.acsa": "Japan and Philippines sign: Acquisition and cross-servicing (ACSA)",
    "AUS>FRA.cancel": "Australia cancels its large contract with France",
    "CHN>JPN.coercion": "China coerces Japan",
    "JPN>FRA.breach": "Japan sees a breach by France",
    "quad.found": "The Quad (Japan, US, India, Australia) is founded",
    "IND.leave.quad": "India leaves: The Quad (Japan, US, India, Australia)",
}


def scenario(**said: Any) -> cordiale.Scenario:
    return cordiale.Scenario("Mine", extends="baseline", worlds=4, horizon="2020Q4", **said)


@pytest.fixture(scope="module")
def acting() -> cordiale.Scenario:
    return scenario(timeline={"2019Q2": {"act": list(ACTS)}})


def test_an_act_is_a_shock_of_one_quarter(acting: cordiale.Scenario) -> None:
    shocks = scenario(timeline={"2019Q2": {"shock": dict.fromkeys(ACTS, 1), "lasts": 1}})
    assert acting.events == shocks.events
    assert len(acting.events) == len(ACTS) == len(WORDS)
    turned = scenario(timeline={"2019Q2": {"act": ["JPN-FRA.open_talks.reciprocal_access"]}})
    assert turned.events == [each for each in acting.events if "open_talks" in each[0].lever]


def test_acts_are_told_in_words(acting: cordiale.Scenario) -> None:
    told = {move.what: str(move) for move in moves(acting)}
    assert told == {act: f"{words}, in 2019Q2" for act, words in ACTS.items()}
    assert set(difference_words(scenario(), acting)) == {f"{words}, in 2019Q2." for words in ACTS.values()}
    assert "China coerces Japan: not here (in Mine: in 2019Q2)." in difference_words(acting, scenario())
    again = scenario(timeline=[{"quarter": "2019Q1", "act": ["CHN>JPN.coercion"], "every": 4}])
    assert str(moves(again)[0]) == "China coerces Japan, in 2019Q1, every 4 quarters"


def test_explain_tells_act_and_place(acting: cordiale.Scenario) -> None:
    lines = acting.explain("AUS>FRA.cancel")
    assert lines["value"].iloc[-1] == "act: Australia cancels its large contract with France"
    assert lines["path"].iloc[-1] == "2019Q2.AUS>FRA.cancel"


def test_acts_are_written_as_acts(acting: cordiale.Scenario, tmp_path: Path) -> None:
    text = acting.to_yaml(tmp_path / "again.yaml")
    assert text.count("  act:\n") == len(ACTS)
    assert "shock" not in text
    assert cordiale.load_scenario(tmp_path / "again.yaml").events == acting.events


def test_other_shocks_are_no_acts() -> None:
    """A shock that lasts longer, of another size, or on what is no act stays one."""
    for handle, value, lasts in (("CHN>JPN.coercion", 0.5, 1), ("CHN>JPN.coercion", 1, 2), ("FRA.resolve", 1, 1)):
        found = scenario(timeline={"2019Q2": {"shock": {handle: value}, "lasts": lasts}})
        assert "shock:" in found.to_yaml()
        assert not moves(found)[0].act


def test_the_schema_knows_the_acts_of_the_pack(acting: cordiale.Scenario) -> None:
    validator = jsonschema.Draft202012Validator(scenario_schema(acting.loaded.pack))
    sound = {"title": "One", "question": "What?", "basis": {"locator": "Opening 1", "says": "nothing"}}

    def valid(act: str) -> bool:
        return validator.is_valid({**sound, "timeline": [{"quarter": "2019Q2", "act": [act]}]})

    assert all(valid(act) for act in ACTS)
    assert not any(valid(act) for act in ("FRA.resolve", "FRA-JPN.open_talk.acsa", "FRA-JPX.sign.acsa", "x.found"))


def test_what_is_acted_happens_in_the_story() -> None:
    first = "2018Q4"  # when the contract is alive in every world
    told = story(scenario(timeline={first: {"act": list(ACTS)}}), 1)
    assert {each.words for each in told if each.kind == POLICY} == {f"Policy: {words}." for words in ACTS.values()}
    assert {each.quarter for each in told if each.kind == POLICY} == {first}
    assert {each.words for each in told if each.quarter == first and each.kind != POLICY} >= {
        "France and Japan open talks: Reciprocal access.",
        "Australia cancels its large contract with France.",
        "China coerces Japan (size 1.00 of 1).",
        "India leaves The Quad (Japan, US, India, Australia).",
    }
