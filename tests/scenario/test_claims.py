"""The fields of a claim: when a measure is read, what an effect is held against, and further contrasts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from cordiale.files.errors import FileError
from cordiale.scenario.claims import Loaded, load_claims

TEST = {
    "from": {"set": {"finnish_tone": 0.3}}, "to": {"set": {"finnish_tone": 0.9}}, "measure": "similarity:FIN-EST",
    "margin": 0.01, "why": "likeness of positions is what the sentence is about",
}  # fmt: skip


def loaded(pack: str, **changes: Any) -> Loaded:
    """Return the first claim of a pack, written anew with some keys changed; None takes one away."""
    path = Path("scenarios") / pack / "claims.yaml"
    claim = yaml.safe_load(path.read_text("utf-8"))["claims"][0] | {"test": TEST} | changes
    kept = {key: value for key, value in claim.items() if value is not None}
    path.write_text(json.dumps({"claims": [kept]}, indent=1), "utf-8")
    return load_claims(pack)[0]


def test_a_measure_is_read_in_the_last_quarter_or_in_those_that_are_named(baltic_pack: str) -> None:
    def quarters(**when: object) -> range:
        return loaded(baltic_pack, test=TEST | when).tests[0].effect.quarters

    assert quarters() == range(19, 20)
    assert quarters(quarter="2024Q3") == range(2, 3)
    assert quarters(over=["2024Q2", "2025Q1"]) == range(1, 5)


def test_what_a_comparison_does_not_say_is_that_of_the_test(baltic_pack: str) -> None:
    than = {"to": {"scenario": "joint_patrols", "set": {"finnish_tone": 0.9}}, "quarter": "2025Q1"}
    (test,) = loaded(baltic_pack, test=TEST | {"over": ["2024Q1", "2024Q4"], "than": than}).tests
    assert test.effect.quarters == range(4)
    assert test.than is not None
    assert test.than.quarters == range(4, 5)
    assert test.than.under.name == "joint_patrols"
    assert test.than.without.levers == test.effect.without.levers
    assert test.than.read.name == test.effect.read.name


def test_further_contrasts_have_the_sign_of_the_claim_or_their_own(baltic_pack: str) -> None:
    found = loaded(baltic_pack, also=[TEST, TEST | {"sign": "-", "measure": "trust:EST-FIN"}])
    assert [test.sign for test in found.tests] == ["+", "+", "-"]
    assert [test.effect.read.name for test in found.tests] == ["similarity", "similarity", "trust"]


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ({"test": TEST | {"quarter": "2024Q1", "over": ["2024Q1", "2024Q2"]}}, "over", "not both"),
        ({"test": TEST | {"over": ["2024Q3", "2024Q1"]}}, "over", "2024Q3 comes after 2024Q1"),
        ({"test": TEST | {"over": ["2024Q3", "2034Q1"]}}, "over", "2024Q3 to 2034Q1 is not among the quarters"),
        ({"test": TEST | {"over": ["2024Q3"]}}, "over", "fewer than 2 entries"),
        ({"test": TEST | {"than": {}}}, "than", "says nothing that differs"),
        (
            {"test": TEST | {"than": {"measure": "similarty:FIN-EST"}}},
            "similarty",
            "did you mean 'similarity'",
        ),
        ({"also": [TEST | {"sign": "ambivalent"}]}, "ambivalent", "'ambivalent'"),
        ({"also": [TEST | {"measure": "similarity:FIN-ESP"}]}, "similarity:FIN-ESP", "ESP"),
        ({"test": None, "not_testable": "for a reason", "also": [TEST]}, "{", "'also' goes with 'test'"),
    ],
)
def test_a_contrast_that_cannot_be_is_told_at_its_line(
    baltic_pack: str, changes: dict[str, Any], place: str, words: str
) -> None:
    with pytest.raises(FileError, match=words) as caught:
        loaded(baltic_pack, **changes)
    assert caught.value.line is not None
    assert place in caught.value.path.read_text("utf-8").splitlines()[caught.value.line - 1]
