"""The hazards find slopes that were planted, rows are those of the rules, and the page is what the command writes."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import yaml

import cordiale
from cordiale.analysis.calibrate import (
    Calibration,
    Ends,
    apart,
    calibrate,
    calibrated,
    hazard_rows,
    origin_rows,
    yaml_lines,
)
from cordiale.analysis.dyad_years import COVARIATES, Record
from cordiale.analysis.dyad_years import terms as standard_terms
from cordiale.analysis.hazards import AHEAD, FIRST
from cordiale.case.pack import Agreement, Weight
from cordiale.case.register import Signing, read_register
from cordiale.models.random import Array
from cordiale.output.pages.calibration import CHARTS, page
from tests.conftest import PACK, Command

KINDS = ["two_plus_two", "equipment_transfer", "acsa", "reciprocal_access"]


@pytest.fixture(scope="module")
def found() -> Calibration:
    return calibrate(PACK)


def signing(dyad: str, agreement: str, signed: int, in_force: int | None = None, ended: int | None = None) -> Signing:
    return Signing(dyad, agreement, signed, in_force, ended, "a test", "test.csv")


# ---------------------------------------------------------------- rows


def test_terms_by_hand(found: Calibration) -> None:
    """Of each dyad, from the best values in the files, with loops."""
    pack = found.loaded.pack
    raw = {}
    for one, other in combinations(pack.case.states, 2):
        a, b = pack.states[one], pack.states[other]
        halves = []
        for mine, yours in ((a, b), (b, a)):
            weights = {k: mine.issues[k].salience.best for k in pack.case.issues}
            gaps = {k: abs(mine.issues[k].ideal.best - yours.issues[k].ideal.best) for k in pack.case.issues}
            similarity = 1 - 2 * sum(weights[k] * gaps[k] for k in gaps) / sum(weights.values())
            own = mine.threat[yours.code].best if yours.code in mine.threat else 0.0
            shared = [
                mine.threat[h].best * yours.threat[h].best if h in mine.threat and h in yours.threat else 0.0
                for h in pack.case.hazards
            ]
            halves.append((similarity, sum(shared) / len(shared) - own))
        likeness = 1 - abs(a.liberal_order.best - b.liberal_order.best)
        capability = sum(
            np.log(max(np.mean([each.capability[t].best for t in pack.case.theatres]), 0.01)) for each in (a, b)
        )
        raw["-".join(sorted((one, other)))] = (*np.mean(halves, axis=0), likeness, capability)
    table = np.array(list(raw.values()))
    expected = (table - table.mean(axis=0)) / table.std(axis=0)
    dyads, measured = standard_terms(found.loaded)
    assert dyads == list(raw)
    assert measured == pytest.approx(expected, abs=1e-9)


def test_rungs_and_degree_by_hand(found: Calibration) -> None:
    """What counts is the end of the year before: in force for rungs, signed for partners, and neither once it ended."""
    rows = [
        signing("FRA-JPN", "acsa", 2005, 2007),
        signing("AUS-JPN", "acsa", 2006),
        signing("FRA-RUS", "acsa", 2001, 2001, 2004),
        signing("JPN-USA", "two_plus_two", 2000, 2000),
    ]
    record = Record(found.loaded, rows, KINDS, ["dialogue", *KINDS])
    at = record.dyads.index
    acsa, meeting = KINDS.index("acsa"), KINDS.index("two_plus_two")

    def rungs(year: int, dyad: str) -> float:
        return float(record.x(year)[at(dyad), meeting, COVARIATES.index("rungs")] + 0.5)

    def partners(year: int, dyad: str, kind: int) -> float:
        return float(np.expm1(record.x(year)[at(dyad), kind, COVARIATES.index("degree")] + 1))

    assert [rungs(year, "FRA-JPN") for year in (2006, 2007)] == [0, 2]  # the ACSA brings a dialogue
    assert [rungs(year, "FRA-RUS") for year in (2003, 2004)] == [2, 0]
    assert [partners(year, "FRA-USA", acsa) for year in (2002, 2004, 2005)] == pytest.approx([1, 0, 1])
    assert partners(2006, "FRA-JPN", acsa) == pytest.approx(3)  # both sides count: France 1, Japan 2
    assert partners(2006, "AUS-FRA", acsa) == pytest.approx(2)
    assert partners(2006, "AUS-USA", meeting) == pytest.approx(1)


def test_only_what_is_not_signed_is_at_risk(found: Calibration) -> None:
    rows = [signing("FRA-JPN", "acsa", 2005, 2006), signing("JPN-USA", "defence_treaty", 2001, 2001)]
    record = Record(found.loaded, rows, ["dialogue", "acsa"])
    years = record.rows(2004, 2007)
    dyad = record.dyads.index("FRA-JPN")
    mine = (years.dyad == dyad) & (years.kind == 1)
    assert list(years.year[mine]) == [2004, 2005]
    assert list(years.signed[mine]) == [False, True]
    ally = record.dyads.index("JPN-USA")
    assert not np.any((years.dyad == ally) & (years.kind == 0))  # the treaty brings a dialogue
    assert np.any((years.dyad == ally) & (years.kind == 1))
    ahead = record.ahead(2003, 4)
    assert ahead.signed.sum() == 1
    assert record.ahead(2001, 3).signed.sum() == 0


def test_nothing_signed_later_moves_an_origin(found: Calibration) -> None:
    """What the record to 2010 says is the same whatever came after."""
    register = [each for each in found.register if each.signed <= 2010]
    less = calibrated(found.loaded, register).origins[0]
    for one, other in zip(less.rivals, found.origins[0].rivals, strict=True):
        assert one.chance == pytest.approx(other.chance, abs=1e-12)
    assert less.seen == 0 < found.origins[0].seen


# ---------------------------------------------------------------- a register with known slopes


def test_planted_slopes_are_found(found: Calibration) -> None:
    """Histories in which dyads sign by a known hazard; the fit's 95 % intervals hold the truth about as often."""
    truth = np.array([0.1, 0.8, 0.5, 0.3, 0.2, 0.6])
    intercepts = np.array([-3.5, -4.0, -3.5, -4.5])
    luck = np.random.default_rng(5)
    inside, estimates = [], []
    for _ in range(8):
        fitted = calibrated(found.loaded, simulated(found, truth, intercepts, luck))
        slopes = fitted.hazards.estimate[len(KINDS) :]
        inside.append(np.abs(slopes - truth) < 1.96 * fitted.hazards.deviation[len(KINDS) :])
        estimates.append(fitted.hazards.estimate)
    assert np.mean(inside) > 0.85
    assert np.mean(estimates, axis=0) == pytest.approx([*intercepts, *truth], abs=0.25)


def simulated(found: Calibration, slopes: Array, intercepts: Array, luck: np.random.Generator) -> list[Signing]:
    """Return a register that a known hazard wrote, year by year."""
    rows: list[Signing] = []
    for year in range(FIRST, found.last + 1):
        record = Record(found.loaded, rows, KINDS, ["dialogue", *KINDS])
        chance = 1 / (1 + np.exp(-(record.x(year - 1) @ slopes + intercepts)))
        signs = (luck.random(chance.shape) < chance) & ~record.signed(year - 1)
        rows += [
            signing(record.dyads[dyad], KINDS[kind], year, year) for dyad, kind in zip(*np.nonzero(signs), strict=True)
        ]
    return rows


# ---------------------------------------------------------------- what is said of it


def test_expected_and_seen_are_sums_over_rows(found: Calibration) -> None:
    for origin in found.origins:
        signed = {
            (each.dyad, each.agreement)
            for each in found.register
            if origin.year < each.signed <= origin.last and each.agreement in KINDS
        }
        assert origin.seen == len(signed)
        table = [row for row in origin_rows(found) if row["known to"] == origin.year]
        assert [row["seen"] for row in table] == [len(signed)] * 3
        assert table[0]["expected"] == pytest.approx(origin.rivals[0].chance.sum())
        rate = 1 - (1 - origin.rivals[2].chance) ** (1 / AHEAD)
        for at in range(len(KINDS)):  # one rate for each agreement: signatures over years at risk
            assert np.ptp(rate[origin.test.kind == at]) == pytest.approx(0, abs=1e-12)


def test_the_hazards_tell_dyads_apart_better_than_rates(found: Calibration) -> None:
    for origin in found.origins:
        hazards, _, rates = origin.rivals
        assert hazards.auc > rates.auc + 0.1
        assert hazards.log_loss < rates.log_loss


def test_level_follows_its_definition(found: Calibration) -> None:
    assert found.level.low == 0
    assert found.level.best == pytest.approx(np.log(found.recent / found.now), abs=0.005)
    assert found.level.high == pytest.approx(np.log(max(each.ratio for each in found.origins)), abs=0.01)
    quiet = calibrated(found.loaded, [each for each in found.register if each.signed < 2011])
    assert quiet.level == Ends(0.0, 0.0, 0.0)


def test_lines_can_stand_in_the_files(found: Calibration) -> None:
    """As agreements and weights they are valid, with the numbers found; adopting them leaves nothing apart."""
    lines = {file: yaml.safe_load("\n".join(rows)) for file, rows in yaml_lines(found).items()}
    pack = found.loaded.pack
    agreements = {
        name: Agreement.model_validate({**record.model_dump(), **lines["case.yaml"].get(name, {})})
        for name, record in pack.case.agreements.items()
    }
    weights = {name: Weight.model_validate(record, strict=False) for name, record in lines["weights.yaml"].items()}
    assert set(lines["case.yaml"]) == {*KINDS, "dialogue"}
    assert set(weights) == {"log_level", *(f"hazard_{name}" for name in COVARIATES)}
    for path, ends in found.ranges.items():
        coded = agreements[path.removesuffix(".opens")].opens if "opens" in path else weights[path[7:]]
        assert coded is not None
        assert (coded.low, coded.best, coded.high) == (ends.low, ends.best, ends.high)
    for name, weight in weights.items():
        assert (weight.meaning, weight.unit, weight.bounds) == (
            pack.weights[name].meaning,
            pack.weights[name].unit,
            pack.weights[name].bounds,
        )
    loaded = type("Adopted", (), {})()
    case = pack.case.model_copy(update={"agreements": agreements})
    loaded.pack = pack.model_copy(update={"case": case, "weights": {**pack.weights, **weights}})
    assert apart(replace(found, loaded=loaded)) == []


def test_ranges_hold_the_interval_on_the_scale(found: Calibration) -> None:
    rows = {row["coefficient"].removeprefix("intercept: "): row for row in hazard_rows(found)}
    for name, row in rows.items():
        ends = found.ranges[f"{name}.opens" if name in KINDS else f"weight.hazard_{name}"]
        bottom = -12.0 if name in KINDS else 0.0
        assert ends.low <= max(row["low"], bottom) + 1e-9
        assert ends.high >= row["high"] - 1e-9


def test_the_page_is_what_the_command_writes(found: Calibration, workshop: Path, run_command: Command) -> None:
    code, out, error = run_command("calibrate", "--out", "page.md")
    assert (code, error) == (0, "")
    assert out.splitlines() == ["page.md", *CHARTS]
    written = Path("page.md").read_text("utf-8")
    assert written.startswith(page(found))
    for chart in CHARTS:
        assert f"]({chart})" in written
        assert Path(chart).stat().st_size > 10_000
    assert run_command("calibrate")[1].strip() == page(found).strip()
    assert run_command("calibrate", "--out", "page.md", "--replace")[0] == 0


def test_write_prints_the_lines_and_json_the_record(found: Calibration, workshop: Path, run_command: Command) -> None:
    out = run_command("calibrate", "--write")[1]
    assert all(line in out for lines in yaml_lines(found).values() for line in lines)
    record = yaml.safe_load(run_command("calibrate", "--json")[1])
    assert record["ranges"]["acsa.opens"] == vars(found.ranges["acsa.opens"])
    assert record["sentences"] == found.sentences()


def test_docs_page_is_that_of_the_shipped_record(found: Calibration) -> None:
    text = (Path(__file__).parents[2] / "docs" / "calibration.md").read_text("utf-8")
    assert text.startswith(page(found))


def test_it_can_be_kept_in_a_folder(tmp_path: Path) -> None:
    cordiale.calibrate(PACK, out=tmp_path / "kept")
    kept = {path.name for path in (tmp_path / "kept").iterdir()}
    assert {"hazards.csv", "origins.csv", "record.csv", "charts", "manifest.json"} <= kept
    assert (
        len(read_register(calibrate(PACK).loaded)) == len((tmp_path / "kept/record.csv").read_text().splitlines()) - 1
    )
