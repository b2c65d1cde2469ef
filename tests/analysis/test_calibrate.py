"""The calibration finds weights that were planted, says nothing where there is nothing, and stops at 2018."""

from __future__ import annotations

import dataclasses
from copy import copy
from pathlib import Path

import numpy as np
import pytest
import yaml
from cordiale.analysis.calibration_targets import Past, Target, ladder_statistics, record, targets
from pydantic import ValidationError

from cordiale.analysis.calibrate import (
    LEARNT,
    Calibration,
    Histories,
    Posterior,
    adopted,
    adopted_weights,
    distances,
    histories,
    in_the_model,
    match,
    posterior,
    uncalibrated,
    yaml_lines,
)
from cordiale.case.pack import Rung, Weight
from cordiale.files.errors import OptionError
from cordiale.scenario.load import Scenario, load_scenario
from tests.conftest import Command

WORLDS = 1024
ELSEWHERE = 900_000  # worlds that no prior of these tests has


@pytest.fixture(scope="module")
def past() -> Past:
    return Past(uncalibrated(load_scenario("baseline")))


@pytest.fixture(scope="module")
def prior(past: Past) -> Histories:
    return histories(past, 0, WORLDS)


@pytest.fixture(scope="module")
def found(past: Past, prior: Histories) -> Calibration:
    return match(past, prior, targets(past.scenario), before(past), 0.05)


def before(past: Past) -> dict[str, Weight]:
    return {name: weight.uncalibrated for name, weight in past.scenario.loaded.pack.weights.items()}


def planted(past: Past, weights: dict[str, float], world: int) -> dict[str, Target]:
    """Return the record of one world that had given weights, and numbers and luck of its own."""
    fixed = {f"weight.{name}": value for name, value in weights.items()}
    lived = histories(past, ELSEWHERE + world, 1, fixed).statistics
    tolerance = {name: target.tolerance for name, target in targets(past.scenario).items()}
    return {
        name: Target(float(values[0]), tolerance[name]) for name, values in lived.items() if not np.isnan(values[0])
    }


@pytest.mark.parametrize("world", range(3))
@pytest.mark.parametrize("truth", [-2.8, -1.8, -0.7])
def test_planted_cost_is_found(past: Past, prior: Histories, truth: float, world: int) -> None:
    weights = before(past)
    found = match(past, prior, planted(past, {"agreement_cost": truth}, world), weights, 0.05).posteriors[
        "agreement_cost"
    ]
    assert found.kept[0] <= truth <= found.kept[2]
    assert found.narrowing > 0.1
    assert found.low <= truth <= found.high


def test_planted_costs_keep_their_order(past: Past, prior: Histories) -> None:
    weights = before(past)
    for world in range(3):
        middles = [
            match(past, prior, planted(past, {"agreement_cost": truth}, world), weights, 0.05)
            .posteriors["agreement_cost"].kept[1]
            for truth in (-2.8, -0.7)
        ]  # fmt: skip
        assert middles[0] < middles[1] - 0.3


def test_planted_decay_is_found(past: Past, prior: Histories) -> None:
    weights = before(past)
    middles = []
    for truth in (0.008, 0.025):
        found = match(past, prior, planted(past, {"practice_decay": truth}, 0), weights, 0.05)
        middles.append(found.posteriors["practice_decay"].kept[1])
    assert middles[0] < middles[1]


def test_record_is_that_of_the_pack(past: Past) -> None:
    """The counts are those of ties.yaml, counted by hand."""
    table = {name: target.recorded for name, target in targets(past.scenario).items()}
    assert (table["steps of JPN"], table["steps of FRA"]) == (14, 7)
    assert (table["steps with close_partner"], table["steps with partner"], table["steps with others"]) == (15, 3, 0)
    assert (table["steps to two_plus_two"], table["steps to equipment_transfer"], table["steps to acsa"]) == (6, 7, 5)
    assert table["signed, not yet in force"] == 4
    assert table["mean year of steps with partner"] == pytest.approx((2013 + 2015 + 2018) / 3)


def test_nothing_after_2018_is_used(past: Past) -> None:
    late = [
        Rung(dyad="JPN-GBR", agreement="reciprocal_access", signed=2023, in_force=2023, source="after the article"),
        Rung(dyad="JPN-AUS", agreement="defence_treaty", signed=2022, source="after the article"),
    ]
    other = Past(_with_rungs(past.scenario, late))
    assert targets(other.scenario) == targets(past.scenario)
    one, two = past.replay(0, 24), other.replay(0, 24)
    for name in ("year", "open"):
        assert np.array_equal(getattr(one.ladder, name), getattr(two.ladder, name))
    assert np.array_equal(one.practice, two.practice)
    assert np.array_equal(one.trust, two.trust)


def test_what_was_signed_before_2019_is_used(past: Past) -> None:
    row = Rung(dyad="JPN-SGP", agreement="acsa", signed=2012, in_force=2012, source="made up for a test")
    changed = ladder_statistics(past.scenario, record(_with_rungs(past.scenario, [row])))
    assert changed["steps of JPN"][0] == 15
    assert changed["steps with partner"][0] == 4


def _with_rungs(scenario: Scenario, rungs: list[Rung]) -> Scenario:
    loaded = copy(scenario.loaded)
    ladder = [*loaded.pack.ties.ladder, *rungs]
    loaded.pack = loaded.pack.model_copy(update={"ties": loaded.pack.ties.model_copy(update={"ladder": ladder})})
    return scenario.copy(loaded=loaded)


def test_random_worlds_teach_nothing(past: Past, prior: Histories) -> None:
    luck = np.random.default_rng(7)
    kept = np.isin(np.arange(WORLDS), luck.choice(WORLDS, 51, replace=False))
    for name, drawn in prior.weights.items():
        weight = before(past)[name]
        same = posterior(weight, drawn, kept)
        assert not same.learnt
        assert (same.low, same.best, same.high) == (weight.low, weight.best, weight.high)


def test_new_ranges_stay_in_the_prior_and_wide_enough(found: Calibration) -> None:
    for each in found.posteriors.values():
        assert each.prior.low <= each.low <= each.best <= each.high <= each.prior.high
        assert each.high - each.low >= each.prior.least_width - 1e-9
    assert found.posteriors["agreement_cost"].learnt


def test_learnt_width_follows_the_kept_worlds() -> None:
    """Of a prior whose rule leaves room, the new range's own draws spread as the kept ones do."""
    weight = Weight(
        low=0, best=50, high=100, basis="not in the article", source="assumption: a test", meaning="a test",
        unit="none", least=0, most=100, locator=None, paraphrase=None,
    )  # fmt: skip
    drawn = 100 * np.random.default_rng(1).beta(3, 3, 20_000)
    kept = np.abs(drawn - 60) < 16
    each = posterior(weight, drawn, kept)
    assert each.chance < LEARNT
    share = (each.kept[2] - each.kept[0]) / (each.drawn[2] - each.drawn[0])
    assert (each.high - each.low) / 100 == pytest.approx(share, rel=0.1)
    assert each.best == pytest.approx(np.median(drawn[kept]), abs=0.5)


def test_distance_is_in_tolerances() -> None:
    statistics = {"a": np.array([3.0, 1.0]), "b": np.array([np.nan, 4.0])}
    table = {"a": Target(1.0, 2.0), "b": Target(0.0, 1.0)}
    assert distances(statistics, table) == pytest.approx([1.0, np.sqrt(16 / 2)])


def test_too_few_worlds_are_refused(prior: Histories, past: Past) -> None:
    with pytest.raises(OptionError, match="keep at least 20"):
        match(past, prior, targets(past.scenario), before(past), 0.01)


def test_adopted_scenario_draws_from_the_new_ranges(past: Past, found: Calibration) -> None:
    now = adopted(past.scenario, found.posteriors)
    cost = found.posteriors["agreement_cost"]
    assert now.ranges["weight.agreement_cost"].best == cost.best
    assert now.ranges["weight.trust_breach"] == past.scenario.ranges["weight.trust_breach"]


def test_calibration_draws_from_the_ranges_before_it(past: Past, prior: Histories) -> None:
    """What the record narrowed is drawn wide again, so that calibrating twice uses the record once."""
    narrowed = past.scenario.loaded.pack.weights["agreement_cost"]
    assert narrowed.prior is not None
    assert past.scenario.ranges["weight.agreement_cost"].low == narrowed.prior.low < narrowed.low
    assert prior.weights["agreement_cost"].min() < narrowed.low
    assert load_scenario("baseline").ranges["weight.agreement_cost"].low == narrowed.low


def test_the_model_says_whether_it_draws_from_what_is_found(past: Past, found: Calibration) -> None:
    present = {
        name: posterior_of(weight, found.posteriors[name]) for name, weight in past.scenario.loaded.pack.weights.items()
        if name in found.posteriors
    }  # fmt: skip
    assert in_the_model(past.scenario, present)
    other = present | {"openness": dataclasses.replace(present["openness"], chance=0.0, low=-4.9)}
    assert not in_the_model(past.scenario, other)


def posterior_of(weight: Weight, found: Posterior) -> Posterior:
    """Return a calibration's word on a weight that says what the weight says."""
    ends = {"low": weight.low, "best": weight.best, "high": weight.high}
    return dataclasses.replace(found, **ends, chance=0.0 if weight.prior else 1.0)


def test_a_prior_out_of_order_is_refused() -> None:
    weight = load_scenario("baseline").loaded.pack.weights["agreement_cost"]
    record = weight.model_dump() | {"prior": {"low": 0.0, "best": -1.0, "high": 1.0, "source": "a test"}}
    with pytest.raises(ValidationError, match="does not hold of the prior: 0, -1, 1"):
        Weight.model_validate(record)


def test_adopting_again_changes_nothing_but_the_range(past: Past, found: Calibration) -> None:
    once = adopted_weights(found.posteriors)["agreement_cost"]
    again = posterior_of(once, found.posteriors["agreement_cost"])
    again = dataclasses.replace(again, prior=once.uncalibrated)
    assert adopted_weights({"agreement_cost": again})["agreement_cost"] == once
    assert once.uncalibrated == before(past)["agreement_cost"]


def test_lines_are_those_of_the_weights_file(found: Calibration) -> None:
    lines = yaml.safe_load("\n".join(yaml_lines(found.posteriors)))
    for name, weight in adopted_weights(found.posteriors).items():
        assert Weight.model_validate(lines[name], strict=False) == weight


def test_command_writes_page_and_chart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_command: Command) -> None:
    monkeypatch.chdir(tmp_path)
    options = ("--worlds", "200", "--accept", "0.1", "--sound-worlds", "16", "--out", "page.md", "--write")
    code, out, _ = run_command("calibrate", *options)
    assert code == 0
    assert "page.md" in out
    text = (tmp_path / "page.md").read_text("utf-8")
    for part in ("steps of JPN", "| agreement_cost |", "the ally deepest", "figures/calibration.png", "```yaml"):
        assert part in text
    assert (tmp_path / "figures" / "calibration.png").stat().st_size > 10_000
