"""An answer in words and numbers: what is said of what moved, what did not, and what nobody can be sure of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cordiale.analysis.answers import Answer, Moved
from cordiale.models.units import SD
from cordiale.output.answer import words
from tests.page.made import QUARTERS, answer, answers, cost, moved, part, way

NOTHING = {"low": 0.0, "high": 0.0, "share": 0.0}
QUAD = {"measure": "member.quad:FRA", "label": "France in the Quad", "unit": "share of worlds"}
TRUST = {"measure": "trusting:JPN>FRA", "label": "Japan's trust in France", "unit": "0 to 1"}
PRESSURE = {"measure": "pressure.CHN:JPN", "label": "Chinese pressure on Japan", "unit": "0 to 1", "good": "less"}
RANK = {"measure": "rank:FRA", "label": "Rank", "unit": "ranks"}  # of which no family says what one notices: 0.05

LARGE, SMALL, HIDDEN, NOT_CLEAR = (
    "The direction is clear in the model, and the effect is not small.",
    "The direction is clear in the model, and the effect is small.",
    "The direction is clear in this model, and the effect is too small to notice.",
    "Even the direction is not clear in this model.",
)
GAINS = {
    "unmoved": (
        moved(0, **NOTHING), "No change in alignment of France and Japan in any world.",
        "Nothing differs in this model.",
    ),
    "not clear": (
        moved(0.06, -0.02, 0.14), "No clear change in alignment of France and Japan: from 4.00 to 4.06.", NOT_CLEAR,
    ),
    "not clear, and at most a little": (
        moved(0.01, -0.02, 0.04), "No noticeable change in alignment of France and Japan: from 4.00 to 4.01.",
        NOT_CLEAR,
    ),
    "below what is noticed": (
        moved(0.03), "No noticeable change in alignment of France and Japan: from 4.00 to 4.03.", HIDDEN,
    ),
    "small": (moved(0.09), "France and Japan come a little closer: +0.09 SD.", SMALL),
    "no longer small": (moved(0.151), "France and Japan come closer: +0.15 SD.", LARGE),
    "large": (moved(0.4), "France and Japan come closer: +0.40 SD.", LARGE),
    "apart": (moved(-0.4), "France and Japan drift apart: −0.40 SD.", LARGE),
    "a little apart": (moved(-0.09), "France and Japan drift a little apart: −0.09 SD.", SMALL),
    "few worlds": (
        moved(0.4, share=0.3), "France and Japan come closer: +0.40 SD.",
        "On average yes, but 70 of 100 worlds show no such change.",
    ),
    "yes or no": (
        moved(0.32, before=0.1, after=0.42, **QUAD), "France in the Quad rises, from 10 % to 42 %.", LARGE,
    ),
    "yes or no, unmoved": (
        moved(0, **QUAD, **NOTHING), "No change in France in the Quad in any world.", "Nothing differs in this model.",
    ),
    "a scale": (
        moved(-0.02, before=0.5, after=0.48, **TRUST), "Japan's trust in France falls a little, from 0.500 to 0.480.",
        SMALL,
    ),
    "less is hoped for": (
        moved(-0.2, before=0.5, after=0.3, **PRESSURE), "Chinese pressure on Japan improves, from 0.500 to 0.300.",
        LARGE,
    ),
    "more than is hoped for": (
        moved(0.2, before=0.5, after=0.7, **PRESSURE), "Chinese pressure on Japan worsens, from 0.500 to 0.700.",
        LARGE,
    ),
    "a unit of which nothing is said": (moved(1.5, **RANK), "Rank rises, from 4.00 to 5.50.", LARGE),
}  # fmt: skip


def told(found: Answer) -> list[str]:
    return ["".join(piece.text for piece in each) for each in words.sentences(answers(found).pair, found)]


@pytest.mark.parametrize("kind", GAINS)
def test_a_gain_in_words(kind: str) -> None:
    gain, said, sure = GAINS[kind]
    found = told(answer(gain))
    assert (found[0], found[2]) == (said, sure)


COSTS = {
    "none named": (None, "The case names no cost."),
    "paid": (cost(0.04), "Cost: Chinese pressure on France worsens, from 0.100 to 0.140."),
    "paid, a little": (cost(0.02), "Cost: Chinese pressure on France worsens a little, from 0.100 to 0.120."),
    "earned": (cost(-0.04), "Cost: Chinese pressure on France improves, from 0.100 to 0.060."),
    "not to be noticed": (
        cost(0.004), "Cost: no noticeable change in Chinese pressure on France: from 0.100 to 0.104.",
    ),
    "unmoved": (cost(0, **NOTHING), "Cost: no change in Chinese pressure on France in any world."),
    "not clear": (cost(0.04, low=-0.1), "Cost: no clear change in Chinese pressure on France: from 0.100 to 0.140."),
    "less is worse": (
        cost(-1.5, good="more", unit="events", before=3.0, after=1.5, label="Events with others"),
        "Cost: events with others worsen, from 3.00 to 1.50.",
    ),
    "below zero": (
        cost(0.5, unit="ranks", before=-1.0, after=-0.5, label="Rank"), "Cost: rank worsens, from −1.00 to −0.50.",
    ),
    "share of worlds": (
        cost(0.25, **QUAD, before=0.5, after=0.75), "Cost: France in the Quad worsens, from 50 % to 75 %.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", COSTS)
def test_a_cost_in_words(kind: str) -> None:
    paid, said = COSTS[kind]
    assert told(answer(paid=paid))[1] == said


def test_numbers_have_a_sign_and_as_many_decimals_as_their_unit_has() -> None:
    assert [words.difference(moved(), value) for value in (0.0849, -0.0849, 0.004, -0.004, 0)] == [
        "+0.08", "−0.08", "0", "0", "0",
    ]  # fmt: skip
    assert words.difference(moved(**TRUST), -0.0004) == "0"
    assert words.difference(moved(**TRUST), -0.0006) == "−0.001"
    assert words.difference(moved(**QUAD), -0.124) == "−12 points"
    assert words.number(moved(0.09, 0.08, 0.1).estimate) == "+0.09 (95 % interval +0.08 to +0.10)"
    assert words.number(moved(0.12, -0.004, 0.25, **QUAD).estimate) == "+12 points (95 % interval 0 to +25 points)"
    assert words.number(cost(-0.04, low=-0.05, high=-0.03).estimate) == "−0.040 (95 % interval −0.050 to −0.030)"


def test_a_time_in_words() -> None:
    assert words.when(moved()) == "by the end of 2020"
    assert words.when(moved(when="2020Q2")) == "by the end of June 2020"
    assert words.when(cost()) == "mean of 2018Q2 to 2020Q4"
    assert [words.begins(answer(begins=begins)) for begins in (None, "2019Q3")] == ["", "from 1 July 2019"]


def test_the_headline_is_told_by_its_parts_and_another_measure_by_its_unit() -> None:
    parts = [part("ties", 0.1), part("trust", 0.2), part("closeness", 0.1)]
    found = answer(parts=parts)
    spread = "1 is the standard deviation (SD) across pairs of states"
    assert words.meaning(found, found.gain) == f"the mean of ties, trust and closeness; {spread}"
    assert words.meaning(found, moved(**TRUST)) == "scale 0 to 1"
    assert words.meaning(found, moved(**QUAD)) == "share of worlds"


# ---------------------------------------------------------------- why

PARTS = st.lists(st.floats(-0.8, 0.8).map(lambda value: float(f"{value:.6g}")), min_size=1, max_size=6)


@given(PARTS, st.sampled_from([SD, "0 to 1"]))
def test_the_reasons_sum_to_the_headline_as_both_are_read(values: list[float], unit: str) -> None:
    whole = moved(float(f"{sum(values):.6g}"), unit=unit)
    found = answer(whole=whole, parts=[part(f"part {at}", value) for at, value in enumerate(values)])
    lines = words.why_lines(found)
    least = words.least_of(whole)
    assert len(lines) == min(3, len(values))
    assert sum(_read(number) for number, _ in lines) == pytest.approx(_read(words.difference(whole, whole.mean)))
    for (number, _), reason in zip(lines, words.why(found), strict=True):
        assert abs(_read(number) - reason.moves) <= 2 * least  # of the rounding of three, one line bears all


def _read(number: str) -> float:
    return float(number.replace("−", "-"))


def test_the_largest_reasons_stand_alone_and_the_others_together() -> None:
    values = {"ties": 0.01, "trust": -0.3, "closeness": 0.02, "activity": 0.5}
    whole = moved(sum(values.values()))
    found = answer(whole=whole, parts=[part(label, value) for label, value in values.items()])
    assert words.why_lines(found) == [("+0.50", "activity"), ("−0.30", "trust"), ("+0.03", "closeness and ties")]


# ---------------------------------------------------------------- cheaper ways


def test_a_cheaper_way_gains_as_much_and_clearly_pays_less() -> None:
    own = answer(moved(0.4), cost(0.1))  # of the cost more is worse; 0.05 of the gain and 0.01 of the cost are noticed
    ways = [
        way("joins", 0.4, 0.0),  # the answer itself
        way("cheaper", 0.4, 0.05), way("a_bit_less", 0.376, 0.05), way("earns", 0.9, -0.1),
        way("too_little", 0.374, 0.0), way("hardly_cheaper", 0.5, 0.096), way("just_cheaper", 0.5, 0.0949),
        way("not_sure", 0.5, 0.0, sure=False), way("uncosted", 0.5, None),
        way("read_otherwise", 0.9, 0.0, against="held_out"), way("nobody_chooses_it", 0.9, 0.0, held=False),
    ]  # fmt: skip
    found = answers(own, ways=ways).cheaper(own)
    assert [each.scenario for each in found] == ["cheaper", "a_bit_less", "earns", "just_cheaper"]


def test_cheaper_where_less_is_hoped_for_and_less_is_worse() -> None:
    own = answer(moved(-0.4, -0.5, -0.3, good="less"), cost(-0.1, low=-0.2, high=-0.05, good="more"))
    numbers = {"cheaper": (-0.4, -0.05), "dearer": (-0.4, -0.2), "too_little": (-0.3, 0.0), "up": (0.4, 0.0)}
    ways = [way(name, *each, of=own) for name, each in numbers.items()]
    assert [each.scenario for each in answers(own, ways=ways).cheaper(own)] == ["cheaper"]


def test_nothing_is_cheaper_than_what_has_no_cost() -> None:
    own = answer(paid=None)
    assert answers(own, ways=[way("other", 0.9, 0.0)]).cheaper(own) == []


@pytest.mark.parametrize("gain", [moved(-0.4, -0.5, -0.3), moved(0.4, good="less"), moved(0.4, low=-0.1)])
def test_nothing_is_cheaper_than_what_gains_nothing(gain: Moved) -> None:
    own = answer(gain, cost(0.1))
    assert answers(own, ways=[way("other", 0.9, 0.0), way("worse", -0.9, 0.0)]).cheaper(own) == []


def test_an_answer_is_found_by_its_name_then_by_its_scenario() -> None:
    one, other = answer(), answer(name="joins", scenario="other", first=False)
    found = answers(one, other)
    assert found.of("quad") is one
    assert found.of("joins") is other
    assert found.of("other") is other
    assert found.of("none") is None
    assert (found.first, answers(other).first) == ([one], [other])
    assert found.quarters == QUARTERS
