"""Events with a condition: as a file says them, in words, written back, under layers and `--set`, and their faults."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cordiale
from cordiale.case.quarters import to_index
from cordiale.scenario.conditions import Condition
from cordiale.scenario.explain import explain

MINE = "scenarios/indo_pacific_2018/mine.yaml"
HEAD = "title: Mine\nquestion: What happens?\nbasis: {locator: Limitations 1, says: a doubt}\nextends: baseline\n"
PRESSED = "measure: 'pressure.CHN:FRA'"
WHEN = {"measure": "pressure.CHN:FRA", "below": 0.2, "in": "2021Q4"}
JOINS = {"quarter": "2022Q1", "set": {"france_in_quad": 1}}


def entry(when: str, lever: str = "brexit: 1", more: str = "") -> str:
    return f"{{quarter: 2019Q3, set: {{{lever}}}, {more}when: {{{when}}}}}"


# the condition of an event in line 6, and the place and message of the error
FAULTS = {
    "no comparison": (
        f"{PRESSED}, in: 2019Q1",
        "6:47: a condition has exactly one of below, above, at_least, at_most; this one has none",
    ),
    "two": (
        f"{PRESSED}, in: 2019Q1, below: 1, above: 0",
        "6:47: a condition has exactly one of below, above, at_least, at_most; this one has below and above",
    ),
    "never read": (f"{PRESSED}, below: 1", "6:47: key 'in' is missing"),
    "no number": (f"{PRESSED}, below: low, in: 2019Q1", "6:84: 'below' must be a number, not 'low'"),
    "key": (f"{PRESSED}, bellow: 1, in: 2019Q1", "6:77: unknown key 'bellow'; did you mean 'below'?"),
    "unlike any key": (
        f"{PRESSED}, below: 1, in: 2019Q1, xyzzy: 1",
        "6:99: unknown key 'xyzzy' (known: measure, below, above, at_least, at_most, in, since)",
    ),
    "too late": (f"{PRESSED}, below: 1, in: 2019Q3", "6:91: 2019Q3 is not before the event, which is in 2019Q3"),
    "too early": (f"{PRESSED}, below: 1, in: 2018Q3", "6:91: 2018Q3 is before the start, 2018Q4"),
    "since too early": (
        f"{PRESSED}, below: 1, in: 2019Q1, since: 2018Q1", "6:106: 2018Q1 is before the start, 2018Q4",
    ),
    "since after in": (
        f"{PRESSED}, below: 1, in: 2019Q1, since: 2019Q2",
        "6:99: the first quarter, 2019Q2, is after the last, 2019Q1",
    ),
    "measure": (
        "measure: 'presure.CHN:FRA', below: 1, in: 2019Q1",
        "6:57: 'presure.CHN' is no measure of this pack; did you mean 'pressure.CHN'?",
    ),
    "entity": (
        "measure: 'pressure.CHN:FRB', below: 1, in: 2019Q1",
        "6:57: 'pressure.CHN' is of a state, such as FRA, and 'FRB' is none; did you mean 'FRA'?",
    ),
    "several entities": (
        "measure: pressure.CHN, below: 1, in: 2019Q1",
        "6:57: name one entity after a colon, such as pressure.CHN:FRA",
    ),
    "read last only": (
        "measure: 'same_bloc:FRA-JPN', below: 1, in: 2019Q1",
        "6:57: 'same_bloc' is read in the last quarter only, and an event comes after what it waits for",
    ),
}  # fmt: skip
OTHERS = {
    "every": (
        entry(f"{PRESSED}, below: 1, in: 2019Q1", more="every: 2, "),
        "6:5: an event with 'when' happens once: leave 'every' out, or write the event several times",
    ),
    "five": (
        "\n  - ".join(
            entry(f"{PRESSED}, below: 0.{at}, in: 2019Q1", f"{lever}: 1")
            for at, lever in enumerate(("brexit", "france_in_quad", "france_clarity", "terror_shock", "quad_hardness"))
        ),
        "10:29: a scenario has at most 4 different conditions, and this is one more",
    ),
    "a clash in some worlds": (
        entry(f"{PRESSED}, below: 1, in: 2019Q1", "france_china_tone: 1")
        + "\n  - {quarter: 2019Q4, set: {FRA.china_tone.ideal: 0.4}}",
        f"7:29: 'FRA.china_tone.ideal' and 'france_china_tone' ({MINE}:6) both move 'FRA.china_tone.ideal' in 2019Q4: "
        "stop one before the other begins",
    ),
}  # fmt: skip
ALL = {name: (entry(text), message) for name, (text, message) in FAULTS.items()} | OTHERS


@pytest.mark.parametrize("name", ALL)
def test_a_fault_is_told_at_its_place(name: str, refused: Callable[..., str]) -> None:
    text, message = ALL[name]
    Path(MINE).write_text(f"{HEAD}timeline:\n  - {text}\n", "utf-8")
    assert refused("run", "mine", "--worlds", "4", "--out", "study") == f"{MINE}:{message}"


def plan(*more: dict[str, Any], **given: Any) -> cordiale.Scenario:
    return cordiale.Scenario("Plan", extends="baseline", timeline=[JOINS | {"when": WHEN}, *more], **given)


def test_a_plan_is_told_in_words() -> None:
    said = "if pressure.CHN:FRA is below 0.2 in 2021Q4"
    assert cordiale.load_scenario("baseline").differences(plan()) == [
        f"France in the Quad: at 1 from 2022Q1 on, {said}."
    ]
    lines = {line.path: line.value for line in explain(plan()) if line.holds}
    assert lines["2022Q1.france_in_quad"] == f"set 1, {said}"
    stays = {
        "quarter": "2020Q1",
        "act": ["FRA-JPN.open_talks.acsa"],
        "when": WHEN | {"in": "2019Q4", "since": "2019Q1"},
    }
    lines = {line.path: line.value for line in explain(plan(stays)) if line.holds}
    assert lines["2020Q1.FRA-JPN.open_talks.acsa"].endswith("if pressure.CHN:FRA stays below 0.2 from 2019Q1 to 2019Q4")


def test_variants_are_the_scenarios_with_and_without() -> None:
    later = {"quarter": "2023Q1", "stop": ["france_in_quad"], "when": WHEN | {"in": "2022Q4"}}
    one, events = plan(later), lambda scenario: [tuple(event[0]) for event in scenario.events]
    start, stop = (to_index("2022Q1"), "france_in_quad"), (to_index("2023Q1"), "france_in_quad")
    assert [events(each) for each in one.variants] == [[], [start], [stop], [start, stop]]
    assert all(not each.conditions for each in one.variants)
    assert [str(each) for each in one.conditions] == [
        "if pressure.CHN:FRA is below 0.2 in 2021Q4", "if pressure.CHN:FRA is below 0.2 in 2022Q4",
    ]  # fmt: skip


def test_conditions_that_say_the_same_are_one() -> None:
    turned = {"measure": "alignment:JPN-FRA", "below": 0, "in": "2021Q4"}
    one = plan(
        {"quarter": "2022Q2", "set": {"brexit": 1}, "when": turned},
        {
            "quarter": "2022Q3",
            "set": {"terror_shock": 1},
            "when": turned | {"measure": "alignment:FRA-JPN", "since": "2021Q4"},
        },
    )
    assert len(one.conditions) == 2


def test_what_a_condition_reads_is_recorded() -> None:
    assert plan(measures=["alignment"]).measures == ["alignment", "pressure.CHN:FRA"]
    for known in (["pressure.CHN:FRA"], ["pressure.CHN"]):
        assert plan(measures=known).measures == known


def test_a_plan_is_written_back(tmp_path: Path) -> None:
    stays = {
        "quarter": "2020Q1",
        "act": ["FRA-JPN.open_talks.acsa"],
        "when": WHEN | {"in": "2019Q4", "since": "2019Q1"},
    }
    mine = plan(stays, {"quarter": "2023Q1", "ramp": {"brexit": 0.5}, "over": 4})
    mine.to_yaml(tmp_path / "mine.yaml")
    again = cordiale.load_scenario(tmp_path / "mine.yaml")
    assert (again.events, again.conditions, again.measures) == (mine.events, mine.conditions, mine.measures)
    assert again.to_yaml().partition("\n")[2] == mine.to_yaml().partition("\n")[2]


def test_layers_and_sets_have_the_last_word(workshop: Path) -> None:
    text = (
        f"{HEAD}timeline:\n  - {{quarter: 2022Q1, set: {{brexit: 1}}, when: {{{PRESSED}, below: 0.2, in: 2021Q4}}}}\n"
    )
    Path(MINE).write_text(text, "utf-8")
    mine = cordiale.load_scenario("mine")
    assert mine.conditions == [Condition(to_index("2021Q4"), to_index("2021Q4"), "pressure.CHN:FRA", "below", 0.2)]
    assert cordiale.load_scenario("mine", set={"brexit": 1}).conditions == []
    child = text.replace("extends: baseline", "extends: mine").replace(
        f", when: {{{PRESSED}, below: 0.2, in: 2021Q4}}", ""
    )
    Path(MINE.replace("mine", "child")).write_text(child, "utf-8")
    assert cordiale.load_scenario("child").conditions == [], "what a child says of a lever in a quarter replaces it"


def test_a_measure_of_another_model_is_a_fault(refused: Callable[..., str]) -> None:
    Path(MINE).write_text(f"{HEAD}timeline:\n  - {entry(f'{PRESSED}, below: 1, in: 2019Q1')}\n", "utf-8")
    told = refused("run", "mine", "--model", "landscape", "--worlds", "4", "--out", "study")
    assert told.startswith(f"{MINE}:6:57: 'pressure.CHN' is no measure of this pack")
