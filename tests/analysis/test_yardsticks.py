"""Yardsticks from the record: chances that can be worked out by hand, and nothing that was signed later."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cordiale.analysis.calibrate import record_of
from cordiale.analysis.hazards import FIRST, rates
from cordiale.analysis.sealed import Chance
from cordiale.analysis.yardsticks import LOGIT, RATES, by_record, by_strength, strength_of
from cordiale.case.register import read_register
from cordiale.scenario.forecast_questions import load_forecast_questions
from cordiale.scenario.load import Scenario, load_scenario
from cordiale.scenario.overrides import with_options
from tests.conftest import PACK

WORLDS = 4000
QUESTIONS = """questions:
  signed:
    asks: Is it signed?
    true_when: {measure: signed.acsa:JPN-NZL, by: 2025Q4, at_least: 1}
  soon:
    asks: Is it signed in a year?
    true_when: {measure: signed.acsa:JPN-NZL, by: 2019Q4, at_least: 1}
  force:
    asks: Is it in force?
    true_when: {measure: agreement.acsa:JPN-NZL, by: 2025Q4, at_least: 1}
  held:
    asks: Is it still there?
    true_when: {measure: agreement.two_plus_two:FRA-JPN, at: 2025Q4, at_least: 1}
  both:
    asks: Are both signed?
    true_when:
      all_of:
        - {measure: signed.acsa:JPN-NZL, by: 2025Q4, at_least: 1}
        - {measure: signed.acsa:DEU-JPN, by: 2025Q4, at_least: 1}
  event:
    asks: Do they meet?
    true_when: {measure: events.leaders:FRA-JPN, by: 2025Q4, at_least: 1}
"""


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return with_options(load_scenario("baseline", pack=PACK), worlds=WORLDS)


@pytest.fixture(scope="module")
def found(scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Chance]]:
    path: Path = tmp_path_factory.mktemp("asked") / "q.yaml"
    path.write_text(QUESTIONS, "utf-8")
    return by_record(scenario, load_forecast_questions(path, scenario))


def test_rates_by_hand(scenario: Scenario, found: dict[str, dict[str, Chance]]) -> None:
    record = record_of(scenario.loaded, read_register(scenario.loaded))
    rows = record.rows(FIRST, 2018)
    yearly = float(rates(rows)[record.kinds.index("acsa")])
    signed = int(rows.signed[rows.kind == record.kinds.index("acsa")].sum())
    assert yearly == pytest.approx((signed + 0.5) / (int((rows.kind == record.kinds.index("acsa")).sum()) + 1))
    told = {name: chance.share for name, chance in found[RATES].items()}
    near = 4 * np.sqrt(0.25 / WORLDS)
    assert told["signed"] == pytest.approx(1 - (1 - yearly) ** 7, abs=near)
    assert told["soon"] == pytest.approx(yearly, abs=near / 4)
    assert told["both"] == pytest.approx((1 - (1 - yearly) ** 7) ** 2, abs=near)
    assert told["held"] == 1
    assert 0 < told["force"] < told["signed"]


def test_what_the_record_does_not_know_is_not_read(found: dict[str, dict[str, Chance]]) -> None:
    assert set(found) == {RATES, LOGIT}
    assert all(set(each) == {"signed", "soon", "force", "held", "both"} for each in found.values())


def test_the_logit_gives_more_to_stronger_ties(scenario: Scenario) -> None:
    record = record_of(scenario.loaded, read_register(scenario.loaded))
    hazards = by_strength(scenario, record, record.rows(FIRST, 2018))
    strength = strength_of(scenario, record.dyads)
    assert (strength.mean(), strength.std()) == pytest.approx((0, 1))
    order = np.argsort(strength)
    assert np.all(np.diff(hazards.chance[order], axis=0) >= 0)
    expected = hazards.chance[record.ahead(2018, 1).dyad, record.ahead(2018, 1).kind].sum()
    assert 0 < expected < 10  # a year


def test_a_pack_without_a_record_has_none(baltic_pack: str, tmp_path: Path) -> None:
    path = tmp_path / "q.yaml"
    path.write_text(
        QUESTIONS.split("  soon")[0].replace("acsa:JPN-NZL, by: 2025Q4", "logistics:EST-FIN, by: 2025Q4"), "utf-8"
    )
    small = load_scenario("baseline", pack=baltic_pack)
    assert by_record(small, load_forecast_questions(path, small)) == {}
