"""The table of levers: verdicts are what they say, effects differences on the same worlds, rules switched off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from cordiale.analysis.levers import NONE, Found, LeverTable, count
from cordiale.analysis.rules_off import RULES, Rule, off
from cordiale.case.load import scenario_names
from cordiale.engine.sample import Sampler, sample
from cordiale.models.units import SMALL
from cordiale.scenario.expectations import Expectations, Expected, Sign, load_expectations
from cordiale.scenario.load import load_scenario

PACK = "indo_pacific_2018"
WORLDS = 24


@pytest.fixture(scope="module")
def expectations() -> Expectations:
    found = load_expectations(PACK)
    assert found is not None
    return found


def only(expectations: Expectations, *policies: str) -> Expectations:
    """Keep the expectations of some policies."""
    expected, placebos = (
        [each for each in every if each.policy in policies] for every in (expectations.expected, expectations.placebos)
    )
    return replace(expectations, expected=expected, placebos=placebos)


def found(sign: Sign, effect: float, reach: float, spread: float = 1.0) -> Found:
    expected = Expected("policy", "work:FRA-JPN", ("events.exercise:FRA-JPN",), 1, 28, sign, "Opening 1")
    return Found(expected, "2019Q1 to 2025Q4", effect, effect - reach, effect + reach, "a year", spread)


@pytest.mark.parametrize(
    ("sign", "effect", "reach", "verdict"),
    [
        ("+", 0.3, 0.1, "hit"), ("+", SMALL / 2, 0.01, "small"), ("+", 0.3, 0.4, "miss"), ("+", -0.3, 0.1, "wrong"),
        ("-", -0.3, 0.1, "hit"), ("-", 0.01, 0.001, "wrong"), ("-", 0.0, 0.0, "miss"),
        ("0", NONE * 0.9, 0.01, "hit"), ("0", -NONE * 1.1, 0.5, "miss"),
    ],
)  # fmt: skip
def test_verdicts_are_what_they_say(sign: Sign, effect: float, reach: float, verdict: str) -> None:
    one = found(sign, effect, reach)
    assert one.verdict == verdict
    assert count([one]) == {verdict: 1}
    assert one.as_expected == (verdict in ("hit", "small"))


def test_what_is_of_no_dyad_has_no_size_and_is_no_small_effect() -> None:
    one = found("+", 0.001, 0.0005, float("nan"))
    assert np.isnan(one.size)
    assert one.verdict == "hit"


def test_an_effect_is_the_mean_difference_over_the_window_a_year(expectations: Expectations) -> None:
    rows = LeverTable(only(expectations, "brexit", "kuala_lumpur_on_russia")).measured(WORLDS)
    row = next(each for each in rows if each.expected.measure == "work:GBR-JPN")
    scenarios = [load_scenario(name) for name in ("baseline", "brexit")]
    without, under = (
        sum(found[read][:, 1:, 0] for read in row.expected.reads)
        for found in sample(scenarios, row.expected.reads, WORLDS)
    )
    assert row.effect == pytest.approx(4 * float(np.mean(np.asarray(under) - np.asarray(without))))
    assert (row.unit, row.window) == ("a year", "2019Q1 to 2025Q4")
    assert row.verdict == "hit"
    assert [each.verdict for each in rows if not each.expected.locator] == ["hit", "hit"]


def test_the_spread_is_that_of_the_baseline_over_dyads(expectations: Expectations) -> None:
    table = LeverTable(only(expectations, "france_clarifies_china_stance"))
    row = table.measured(WORLDS)[0]
    trusting = sample([load_scenario("baseline")], ["trusting"], 64)[0]["trusting"]
    assert row.expected.first == 5
    assert row.spread == pytest.approx(float(trusting[:, 5:].mean(axis=(0, 1)).std()))


def test_numbers_fixed_for_all_worlds_are_those_of_set() -> None:
    measures = ["events:FRA-JPN", "trusting:JPN>FRA"]
    weight = {"weight.effort": 0.0}
    ours = Sampler([load_scenario(name) for name in ("baseline", "brexit")], measures).measured(8, weight)
    theirs = sample([load_scenario(name, set=weight) for name in ("baseline", "brexit")], measures, 8)
    for mine, other in zip(ours, theirs, strict=True):
        for measure in measures:
            np.testing.assert_array_equal(mine[measure], other[measure])


def test_without_effort_a_busy_britain_loses_nothing(expectations: Expectations) -> None:
    table = LeverTable(only(expectations, "brexit"), placebos=False)
    effort = next(rule for rule in RULES if rule.name == "effort")
    whole, without = table.measured(WORLDS), table.measured(WORLDS, effort.off)
    assert {each.effect for each in without} == {0.0}
    judged = off(effort, whole, without)
    assert len(judged.lost) == judged.hits_with == sum(each.as_expected for each in whole) >= 3
    assert judged.most[0][1].size == 0


def test_a_rule_loses_what_is_halved_and_what_turns() -> None:
    def judged(whole: Sequence[Found], without: Sequence[Found]) -> tuple[int, int]:
        one = off(Rule("any", {}, ""), whole, without)
        return len(one.lost), len(one.turned)

    assert judged([found("+", 0.4, 0.1)], [found("+", 0.21, 0.3)]) == (0, 0)
    assert judged([found("+", 0.4, 0.1)], [found("+", 0.19, 0.1)]) == (1, 0)
    assert judged([found("+", 0.4, 0.1)], [found("+", -0.4, 0.1)]) == (1, 1)
    assert judged([found("+", 0.1, 0.4)], [found("+", 0.0, 0.4)]) == (0, 0), "it was not seen before"
    assert judged([found("0", 0.01, 0.1)], [found("0", 0.2, 0.1)]) == (1, 0)


def test_every_rule_is_a_weight_that_zero_switches_off_and_every_term_is_a_rule() -> None:
    baseline = load_scenario("baseline")
    every = [path for rule in RULES for path in rule.off]
    assert len(every) == len(set(every)), "no weight belongs to two rules"
    assert {path for path in baseline.ranges if path.rpartition(".")[2].startswith("value_")} <= set(every)
    for path in every:
        assert path in baseline.ranges
        assert load_scenario("baseline", set={path: 0})


def test_every_scenario_of_a_known_policy_has_expectations(expectations: Expectations) -> None:
    told = {each.policy for each in expectations.expected}
    joined = {"africa_bargain", "coercion_under_retrenchment"}  # two scenarios at once
    unknown = {name for name in scenario_names(PACK) if name.endswith("_unknown")}
    plans = {name for name in scenario_names(PACK) if load_scenario(name).conditions}  # what they do, others do alone
    against = {load_scenario(name).against for name in scenario_names(PACK)} - {None}  # what others are read against
    assert set(scenario_names(PACK)) - told == {"baseline"} | joined | unknown | plans | against
    assert {each.locator for each in expectations.placebos} == {""}
    assert all(each.locator for each in expectations.expected)
