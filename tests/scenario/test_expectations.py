"""The file of expectations: what is in it must exist, and every fault is told at its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cordiale.files.errors import FileError
from cordiale.scenario.check import check
from cordiale.scenario.expectations import load_expectations
from cordiale.scenario.new import new_pack

PACK = "indo_pacific_2018"
FILE = f"scenarios/{PACK}/expectations.yaml"


def write(text: str) -> None:
    Path(FILE).write_text(text, "utf-8")


def test_a_pack_need_not_have_expectations(workshop: Path) -> None:
    new_pack("my_article")
    assert load_expectations("my_article") is None
    assert not check(["my_article"]).faults


def test_sums_windows_and_locators_are_filled_in(workshop: Path) -> None:
    write(
        "sums: {both: [events.leaders, events.visit]}\n"
        "expectations:\n"
        "  baseline:\n"
        '    - {measure: "both:FRA-JPN", sign: "+"}\n'
        '    - {measure: "rank:JPN>FRA", sign: "0", from: 2020Q1, to: 2020Q4, locator: Europe 2}\n'
        "placebos:\n"
        '  far: {set: {NZL.us_reliance.ideal: 1}, measures: ["both:FRA-JPN"]}\n'
    )
    found = load_expectations(PACK)
    assert found is not None
    first, second = found.expected
    assert first.reads == ("events.leaders:FRA-JPN", "events.visit:FRA-JPN")
    assert (first.first, first.last, first.locator) == (1, 28, "Opening 3")
    assert (second.first, second.last, second.locator) == (5, 8, "Europe 2")
    assert found.policies["far"].name == "baseline"
    assert (found.placebos[0].policy, found.placebos[0].sign, found.placebos[0].locator) == ("far", "0", "")


def test_every_fault_is_told_at_its_place(workshop: Path) -> None:
    write(
        "expectations:\n"
        "  baselin:\n"
        '    - {measure: "events:FRA-JPN", sign: "+"}\n'
        "  baseline:\n"
        '    - {measure: "event:FRA-JPN", sign: "+"}\n'
        '    - {measure: "events", sign: "+"}\n'
        '    - {measure: "events:FRA-JPN", sign: "+", locator: Europe 9}\n'
        '    - {measure: "events:FRA-JPN", sign: "+", from: 2024Q1, to: 2020Q1}\n'
        "placebos:\n"
        '  far: {set: {NZL.us_relianc.ideal: 1}, measures: ["events:FRA-JPN"]}\n'
    )
    with pytest.raises(FileError) as caught:
        load_expectations(PACK)
    faults = [(each.line, str(each).partition(": ")[2]) for each in (caught.value, *caught.value.others)]
    assert [line for line, _ in faults] == [2, 5, 6, 7, 8, 10]
    words = [
        "no scenario 'baselin'",
        "'event' is no measure",
        "name one entity",
        "'Europe 9' is no paragraph",
        "window",
    ]
    for word, (_, message) in zip(words, faults, strict=False):
        assert word in message
    told = [each.line for each in check([PACK]).faults if each.path.name == "expectations.yaml"]
    assert told == [2, 5, 6, 7, 8, 10], "as `cordiale validate` tells them"


@pytest.mark.parametrize("sign", ["ambivalent", "", "++"])
def test_a_sign_is_plus_minus_or_nought(workshop: Path, sign: str) -> None:
    write(f'expectations:\n  baseline:\n    - {{measure: "events:FRA-JPN", sign: "{sign}"}}\n')
    with pytest.raises(FileError, match=r"expectations\.yaml:3:\d+: "):
        load_expectations(PACK)


def test_the_name_is_no_scenarios(refused: Callable[..., str]) -> None:
    message = refused("new", "scenario", "expectations", "--pack", PACK)
    assert message == "'expectations' is the name of a pack's expectations: choose another name"
