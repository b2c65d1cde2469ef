"""A panel asks of every open dyad and agreement, knows no more than it says, and is scored by a record."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cordiale.analysis.calibrate import record_of
from cordiale.analysis.dyad_years import Record
from cordiale.analysis.hazards import FIRST, rates
from cordiale.analysis.hindcast import recorded, simulated
from cordiale.analysis.panel import HAZARDS, panel
from cordiale.analysis.score import score
from cordiale.analysis.sealed import MODEL, Forecast, read_forecast
from cordiale.analysis.yardsticks import LOGIT, RATES
from cordiale.case.register import read_register
from cordiale.files.errors import FileError, OptionError
from cordiale.scenario.load import load_scenario
from tests.conftest import PACK, ROOT, Command

WORLDS = 12
RECORD = ROOT / "agents" / PACK / "record" / "agreements.csv"


@pytest.fixture(scope="module")
def found() -> Forecast:
    return panel(2014, worlds=WORLDS, pack=PACK, jobs=1)


@pytest.fixture(scope="module")
def record() -> Record:
    loaded = load_scenario("baseline", pack=PACK).loaded
    return record_of(loaded, read_register(loaded))


def test_every_open_dyad_and_agreement_is_asked_about_and_nothing_else(found: Forecast, record: Record) -> None:
    signed = record.signed(2014)
    at = {f"{kind}:{dyad}": (i, k) for i, dyad in enumerate(record.dyads) for k, kind in enumerate(record.kinds)}
    expected = {name for name, place in at.items() if not signed[place]}
    assert {each.id for each in found.foretold} == expected
    assert len(found.foretold) == len(expected) == len(found.readable)
    assert found.about.panel == (2014, 2018)
    assert {MODEL, RATES, LOGIT, HAZARDS} == set(found.forecasters)
    assert "In sample" in " ".join(found.sentences())


def test_the_models_chances_are_its_signatures(found: Forecast) -> None:
    """As many as the same worlds sign from 2006 on by the other count of the same years, in `past`."""
    scenario = load_scenario("baseline", pack=PACK)
    whole = panel(2006, worlds=WORLDS, pack=PACK, jobs=1, seed=scenario.seed)
    counted = simulated(scenario, ["JPN"], WORLDS)["JPN"].mean()
    mine = sum(each.chances[MODEL].share for each in whole.foretold if "JPN" in each.cluster)
    assert mine == pytest.approx(counted, rel=0.35)  # they set the pack back by different lists
    assert recorded(scenario.loaded.pack, "JPN") > 0


def test_rates_know_the_record_up_to_the_year_alone(found: Forecast, record: Record) -> None:
    yearly = dict(zip(record.kinds, rates(record.rows(FIRST, 2014)), strict=True))
    for each in found.foretold:
        kind = each.id.partition(":")[0]
        assert each.chances[RATES].share == pytest.approx(1 - (1 - yearly[kind]) ** 4, abs=1e-5)


def test_it_is_scored_by_a_record(found: Forecast, tmp_path: Path, record: Record) -> None:
    rows = record.ahead(2014, 4)
    came = {
        f"{record.kinds[k]}:{record.dyads[d]}"
        for d, k in zip(rows.dyad[rows.signed], rows.kind[rows.signed], strict=True)
    }
    whole = score(found, RECORD)
    assert {each.foretold.id for each in whole.scored if each.came} == came
    assert whole.numbers.count == len(found.foretold)
    assert set(whole.by("block")) == set(record.kinds)
    own = tmp_path / "own.csv"
    head = "dyad,agreement,signed,in_force,ended,source\n"
    own.write_text(head + "JPN-AUS,reciprocal_access,2016,,,a test\nJPN-AUS,dialogue,2016,,,a test\n", "utf-8")
    assert [each.foretold.id for each in score(found, own).scored if each.came] == ["reciprocal_access:AUS-JPN"]
    own.write_text(head + "JPN-AUX,acsa,2016,,,a test\n", "utf-8")
    with pytest.raises(FileError, match=r"own.csv:2:1: 'AUX' is no state of the panel; did you mean 'AUS'"):
        score(found, own)
    own.write_text(head + "JPN-AUS,acsaa,2016,,,a test\n", "utf-8")
    with pytest.raises(FileError, match=r"own.csv:2:9: 'acsaa' is no agreement of the panel; did you mean 'acsa'"):
        score(found, own)
    assert score(found).numbers.came.tolist() == whole.numbers.came.tolist()  # the pack's own record


def test_the_page_of_a_score_tells_of_panels(found: Forecast, tmp_path: Path, run_command: Command) -> None:
    found.keep(tmp_path / "p.json")
    panel(worlds=4, pack=PACK, out=tmp_path / "ahead.json", jobs=1)
    words = ["score", str(tmp_path / "p.json"), "--page", str(tmp_path / "score.md"), "--pack", PACK]
    words += ["--panel", str(tmp_path / "p.json"), "--panel", str(tmp_path / "ahead.json")]
    assert run_command(*words)[0] == 0
    text = (tmp_path / "score.md").read_text("utf-8")
    assert f"| 2014 | 2015 to 2018 | {len(found.foretold)} | model |" in text
    (line,) = [line for line in text.splitlines() if "2019 to 2025" in line]
    assert "sealed on" in line
    assert run_command(*words[:2], "--panel", str(tmp_path / "p.json"))[0] == 2
    assert "--panel goes with --page" in run_command(*words[:2], "--panel", str(tmp_path / "p.json"))[2]


def test_from_the_start_on_nobody_knows(tmp_path: Path) -> None:
    sealed = panel(worlds=4, pack=PACK, out=tmp_path / "p.json", jobs=1)
    assert sealed.about.panel == (2018, 2025)
    assert "sealed without a score" in " ".join(sealed.sentences())
    assert read_forecast(tmp_path / "p.json").text == sealed.text
    assert not any(each.came for each in score(sealed, RECORD).scored)  # the record ends in 2018
    with pytest.raises(OptionError, match="ends in 2018, and the panel in 2025: name a csv"):
        score(sealed)


def test_years_that_do_not_fit() -> None:
    for first, last, told in ((2019, None, "--from 2019"), (1990, None, "--from 1990"), (2014, 2014, "--to 2014")):
        with pytest.raises(OptionError, match=told):
            panel(first, last, worlds=2, pack=PACK)
    assert np.isfinite(panel(2017, 2018, worlds=2, pack=PACK, jobs=1).readable[0].chances[MODEL].share)
