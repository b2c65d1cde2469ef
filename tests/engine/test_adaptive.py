"""Each world of an adaptive plan is, byte for byte, a world of one of two scenarios: with its events, or without."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cordiale.case.quarters import to_index
from cordiale.engine.block import SharedHistory, run_blocks, signatures, worlds_of
from cordiale.engine.sample import Sampler
from cordiale.engine.side_by_side import means, start_together
from cordiale.models.measures import request
from cordiale.models.parameters import assemble, draw
from cordiale.models.random import Array, Streams
from cordiale.page.worker import run_together
from cordiale.scenario.load import Scenario
from cordiale.study.run import make_plan

WORLDS, END = 21, "2026Q4"
TRUST, TONE, EVENTS = "trusting:EST>FIN", "position.russia_tone:FIN", "events:EST-FIN"
MEASURES = [TRUST, TONE, EVENTS, "alignment", "pressure"]
SPEAKS = {"quarter": "2025Q3", "set": {"finnish_tone": 0.9}}
LOUD = 0.6
PRESSES = {"quarter": "2026Q2", "shock": {"russian_pressure": 1}, "lasts": 2}


def scenario(name: str, *timeline: dict[str, Any], horizon: str = END) -> Scenario:
    return Scenario(
        f"The {name}", name=name, extends="baseline", pack="baltic_2024", horizon=horizon, worlds=WORLDS,
        measures=MEASURES, timeline=list(timeline),
    )  # fmt: skip


def on(event: dict[str, Any], **when: Any) -> dict[str, Any]:
    return event | {"when": {"measure": TRUST, **when}}


def lived(one: Scenario, block: int = WORLDS) -> Array:
    """(worlds, rows of a world) of a scenario alone."""
    return run_blocks(make_plan([one]), 0, WORLDS, block).values


def measured(one: Scenario, measure: str) -> Array:
    """(worlds, quarters)."""
    (found,) = Sampler([one], [measure]).measured(WORLDS)
    return found[measure][:, :, 0]


@pytest.fixture
def half(baltic_pack: str) -> float:
    """A number that trust lies below in some worlds, and not in others, when 2025Q2 ends."""
    still = scenario("still")
    return float(np.median(measured(still, TRUST)[:, _at(still, "2025Q2")]))


def _at(one: Scenario, quarter: str) -> int:
    return to_index(quarter) - one.start


def test_a_world_is_that_of_the_scenario_it_chooses(half: float) -> None:
    """On either side of the condition; and no byte hangs on the block, or on the company of other scenarios."""
    plan = scenario("plan", on(SPEAKS, below=half, **{"in": "2025Q2"}))
    with_it, without = scenario("with", SPEAKS), scenario("without")
    took = measured(without, TRUST)[:, _at(plan, "2025Q2")] < half
    assert 0 < took.sum() < WORLDS
    expected = np.where(took[:, None], lived(with_it), lived(without))
    for block in (1, 7, WORLDS):
        assert lived(plan, block).tobytes() == expected.tobytes()
    for company in ([without, plan, with_it], [plan, without], [with_it, plan]):
        values = run_blocks(make_plan(company), 0, WORLDS, WORLDS).values
        rows = values.shape[1] // len(company)
        at = company.index(plan) * rows
        assert np.ascontiguousarray(values[:, at : at + rows]).tobytes() == expected.tobytes()


def test_a_plan_shares_history_until_its_condition_is_read(half: float) -> None:
    plan = scenario("plan", on(SPEAKS, below=half, **{"in": "2025Q2"}))
    without = scenario("without")
    grove = SharedHistory([without, plan], make_plan([without]).rules)
    assert [branch.quarter for branch in grove.branches] == [0, _at(plan, "2025Q2")]
    back = SharedHistory([plan, without], make_plan([without]).rules)
    assert [branch.quarter for branch in back.branches] == [0, _at(plan, "2025Q3")]


@pytest.mark.parametrize(("bound", "same"), [({"at_least": 0}, "with"), ({"below": 0}, "without")])
def test_a_condition_that_is_true_in_all_or_in_no_world(baltic_pack: str, bound: dict[str, float], same: str) -> None:
    plan = scenario("plan", on(SPEAKS, **bound, **{"in": "2025Q2"}))
    other = scenario("with", SPEAKS) if same == "with" else scenario("without")
    assert lived(plan).tobytes() == lived(other).tobytes()


def test_the_four_comparisons(baltic_pack: str) -> None:
    """At a number that a world has exactly: below and above leave that world out, the others take it in."""
    values = measured(scenario("still"), TRUST)[:, _at(scenario("still"), "2025Q2")]
    number = float(np.sort(values)[WORLDS // 2])
    with_it, without = lived(scenario("with", SPEAKS)), lived(scenario("without"))
    compares = {"below": np.less, "above": np.greater, "at_least": np.greater_equal, "at_most": np.less_equal}
    for sign, holds in compares.items():
        took = holds(values, number)
        plan = scenario("plan", on(SPEAKS, **{sign: number, "in": "2025Q2"}))
        assert lived(plan).tobytes() == np.where(took[:, None], with_it, without).tobytes(), sign


def test_since_asks_for_every_quarter(baltic_pack: str) -> None:
    still = scenario("still")
    stretch = measured(still, EVENTS)[:, _at(still, "2024Q3") : _at(still, "2025Q2") + 1]
    number = float(np.median(stretch))
    plan = scenario("plan", on(SPEAKS, measure=EVENTS, at_most=number, **{"in": "2025Q2", "since": "2024Q3"}))
    stretch = stretch <= number
    took = stretch.all(axis=1)
    assert 0 < took.sum() < stretch[:, -1].sum(), "some worlds meet it at the end and not throughout"
    expected = np.where(took[:, None], lived(scenario("with", SPEAKS)), lived(scenario("without")))
    assert lived(plan).tobytes() == lived(plan, 4).tobytes() == expected.tobytes()


def both(half: float) -> Scenario:
    """A second condition, whose answer the first one's event has changed in some worlds."""
    second = on(PRESSES, measure=TONE, above=LOUD, **{"in": "2026Q1"})
    return scenario("both", on(SPEAKS, below=half, **{"in": "2025Q2"}), second)


def expected_of(plan: Scenario, half: float) -> Array:
    """Each world's rows from one of the four scenarios, chosen by measures of those scenarios alone."""
    kinds = {
        (spoke, pressed): scenario("one", *([SPEAKS] if spoke else []), *([PRESSES] if pressed else []))
        for spoke in (False, True) for pressed in (False, True)
    }  # fmt: skip
    spoke = measured(kinds[False, False], TRUST)[:, _at(plan, "2025Q2")] < half
    later = {key: measured(kinds[key, False], TONE)[:, _at(plan, "2026Q1")] > LOUD for key in (False, True)}
    assert (later[True] != later[False])[spoke].any(), "the first event changes what the second condition reads"
    pressed = np.where(spoke, later[True], later[False])
    rows = {key: lived(each) for key, each in kinds.items()}
    return np.stack([rows[bool(spoke[w]), bool(pressed[w])][w] for w in range(WORLDS)])


def test_a_second_condition_reads_what_the_first_has_changed(half: float) -> None:
    plan = both(half)
    expected = expected_of(plan, half)
    for block in (1, 7, WORLDS):
        assert lived(plan, block).tobytes() == expected.tobytes()


def test_side_by_side_is_the_same(half: float) -> None:
    """As claims, moves and the page run scenarios: rows of one block, each with a history of its own."""
    scenarios = [scenario("still"), both(half), scenario("with", SPEAKS)]
    first, rules = scenarios[0], make_plan(scenarios).rules
    streams = Streams(first.seed, 0, WORLDS)
    drawn = assemble(draw(first.ranges, streams), first.names)
    alone = [measured(each, TRUST) for each in scenarios]
    model = start_together(scenarios, [drawn] * 3, streams, rules)
    last = first.quarters
    reads = [{(TRUST, last - 1, last): request(TRUST, first.names, first.family)}] * 3
    for found, values in zip(means(model, reads, WORLDS), alone, strict=True):
        assert np.array_equal(found[0], values[:, -1])
    for shown, values in zip(run_together(scenarios, [TRUST], worlds_of(first, streams), rules), alone, strict=True):
        assert np.array_equal(next(iter(shown.values()))[:, :, 0], values)


def test_a_plan_is_an_arm_of_its_own(half: float) -> None:
    """By what claims tell arms apart: until the event it is as the others are, and from then on it is neither."""
    plan, other = (scenario("plan", on(SPEAKS, below=number, **{"in": "2025Q2"})) for number in (half, half / 2))
    found = [signatures(each) for each in (plan, other, scenario("with", SPEAKS), scenario("without"))]
    event = _at(plan, "2025Q3")
    assert all(each[:event] == found[0][:event] for each in found)
    assert all(len({each[quarter] for each in found}) == 4 for quarter in range(event, plan.quarters))
