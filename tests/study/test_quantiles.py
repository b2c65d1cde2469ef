"""What is told of a measure over all worlds: the same in one piece and in many, exact and by counting."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.stats import binomtest

import cordiale
from cordiale.models.random import Array
from cordiale.output.export.write import export
from cordiale.study import quantiles as over_worlds
from cordiale.study.intervals import level_interval
from cordiale.study.quantiles import ends, means, spread, summary

QUANTILES = (0.0, 0.05, 0.3, 0.5, 0.95, 1.0)
HEAD = "title: Mine\nquestion: What?\nbasis: {locator: Opening 1, says: a word}\nextends: baseline\n"
POLICY = "dual_use_unknown"
CLOSE = 0.5 / 4900  # of the span


@dataclass
class Pieces:
    """As much of a study as is read: one measure, (worlds, quarters, entities), in pieces."""

    values: Array
    cuts: list[int]

    @property
    def worlds(self) -> int:
        return len(self.values)

    def places(self, measure: str, entities: list[str] | None, scenario: str | None) -> tuple[str, list[int]]:
        return measure, ["ABC".index(each) for each in entities or "ABC"]

    def parts(self, scenario: str | None, measures: list[str]) -> Iterator[tuple[NDArray[np.int64], dict[str, Array]]]:
        for piece in np.split(self.values, sorted(self.cuts)):
            yield np.arange(len(piece)), dict.fromkeys(measures, piece)


@st.composite
def pieces(draw: st.DrawFn, elements: st.SearchStrategy[Any]) -> Pieces:
    values = draw(arrays(np.float64, (draw(st.integers(2, 40)), 2, 3), elements=elements))
    return Pieces(values, draw(st.lists(st.integers(0, len(values)), max_size=4)))


def counted(study: Any) -> Array:
    with patch.object(over_worlds, "EXACT", 0):
        return spread(study, "alignment", QUANTILES)


@given(pieces(st.floats(-1e6, 1e6)))
def test_counting_is_off_by_half_a_step_at_most(study: Any) -> None:
    found, values = counted(study), study.values
    span = np.ptp(values, axis=0)
    np.testing.assert_allclose(found[0], values.mean(axis=0), rtol=1e-12, atol=1e-12 * np.abs(values).max())
    np.testing.assert_allclose(found[1], values.std(axis=0, ddof=1), rtol=1e-9, atol=1e-12 * np.abs(values).max())
    off = np.abs(found[2:] - np.quantile(values, QUANTILES, axis=0))
    assert (off <= span * CLOSE + 1e-9 * np.abs(values).max()).all()


@given(pieces(st.integers(-50, 50).map(float)))
def test_ranks_rungs_and_members_are_counted_exactly(study: Any) -> None:
    """Whole numbers up to a hundred apart stand on the grid."""
    np.testing.assert_allclose(counted(study)[2:], np.quantile(study.values, QUANTILES, axis=0), atol=1e-12)


@settings(deadline=None)
@given(pieces(st.floats(-1, 1)))
def test_pieces_join_to_the_whole(study: Any) -> None:
    values = study.values
    np.testing.assert_allclose(means(study, "alignment"), values.mean(axis=0), atol=1e-15)
    above = means(study, "alignment", of=lambda some: some[..., None] > np.array([0, 0.5]))
    np.testing.assert_array_equal(above, (values[..., None] > np.array([0, 0.5])).mean(axis=0))
    np.testing.assert_array_equal(ends(study, "alignment"), [values.min(axis=0), values.max(axis=0)])
    some = means(study, "alignment", entities=["C", "A"])
    np.testing.assert_array_equal(some, means(study, "alignment")[:, [2, 0]])
    low, high = ends(study, "alignment", entities=["B"])
    np.testing.assert_array_equal([low, high], [values.min(axis=0)[:, [1]], values.max(axis=0)[:, [1]]])


def test_what_is_missing_stays_missing() -> None:
    """A measure of the last quarter has no number in the years before; the others count as ever."""
    values = np.random.default_rng(1).uniform(size=(50, 2, 3))
    values[:, 0] = np.nan
    found = counted(Pieces(values, [20]))
    assert np.isnan(found[:, 0]).all()
    np.testing.assert_allclose(found[2:, 1], np.quantile(values[:, 1], QUANTILES, axis=0), atol=CLOSE)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> cordiale.Study:
    out = tmp_path_factory.mktemp("out") / "study"
    return cordiale.run(["baseline", POLICY], worlds=300, set={"horizon": "2019Q1"}, out=out)


@pytest.mark.parametrize("at_once", [1, 40_000, 1 << 25])
@pytest.mark.parametrize("scenario", [None, POLICY])
def test_entities_at_a_time_change_nothing(
    at_once: int, scenario: str | None, study: cordiale.Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(over_worlds, "AT_ONCE", at_once)
    monkeypatch.setattr(over_worlds, "EXACT", study.worlds)  # the last number of worlds that is not counted
    sizes = []

    def seen(values: Array) -> Array:
        sizes.append(values.size)
        return values

    found = spread(study, "alignment", QUANTILES, scenario, of=seen)
    values = study.values("alignment", scenario=scenario)
    np.testing.assert_array_equal(found[2:], np.quantile(values, QUANTILES, axis=0))
    np.testing.assert_allclose(found[:2], [values.mean(axis=0), values.std(axis=0, ddof=1)], rtol=1e-12)
    assert max(sizes) <= max(at_once, study.worlds * len(study.quarters()))


def test_a_study_of_two_parts_is_counted_as_it_is_read(study: cordiale.Study) -> None:
    for measure in study.measures():
        values = study.values(measure, scenario=POLICY)
        with patch.object(over_worlds, "EXACT", 299):
            found = spread(study, measure, QUANTILES, POLICY)
        off = np.abs(found[2:] - np.quantile(values, QUANTILES, axis=0))
        assert (off <= np.ptp(values, axis=0) * CLOSE + 1e-12).all(), measure
        np.testing.assert_allclose(means(study, measure, POLICY), values.mean(axis=0), rtol=1e-12)


@pytest.mark.parametrize("exact", [299, 300])
def test_some_entities_are_those_of_all(exact: int, study: cordiale.Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(over_worlds, "EXACT", exact)
    monkeypatch.setattr(over_worlds, "AT_ONCE", 300 * len(study.quarters()) * 2)
    recorded, some = study.measures()["rank"], ["JPN>GBR", "FRA>USA", "AUS>IND"]
    every = spread(study, "rank", QUANTILES)
    np.testing.assert_array_equal(
        spread(study, "rank", QUANTILES, entities=some), every[..., [recorded.index(each) for each in some]]
    )


@pytest.mark.parametrize("exact", [0, 1 << 15])
def test_each_scenario_has_its_own_measures(exact: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(over_worlds, "EXACT", exact)
    recorded = {"one": ["rank"], "other": ["trust:FRA-JPN", "trust:GBR-JPN", "rank:JPN>GBR"]}
    for name, measures in recorded.items():
        text = f"{HEAD}measures: {json.dumps(measures)}\n"
        (tmp_path / f"{name}.yaml").write_text(text)
    files = [tmp_path / f"{name}.yaml" for name in recorded]
    study = cordiale.run(files, worlds=2, set={"horizon": "2019Q1"}, out=tmp_path / "study")
    values = study.values("trust:GBR-JPN", scenario="other")
    mean, deviation, low, high = spread(study, "trust", (0, 1), "other", entities=["JPN-GBR"])
    np.testing.assert_allclose(mean[:, 0], values.mean(axis=0))
    np.testing.assert_allclose(deviation[:, 0], values.std(axis=0, ddof=1))
    np.testing.assert_allclose([low[:, 0], high[:, 0]], [values.min(axis=0), values.max(axis=0)])
    np.testing.assert_array_equal(ends(study, "rank", "other"), spread(study, "rank", (0, 1), "other")[2:])
    assert means(study, "rank", "other").shape == (2, 1)


def test_a_codebook_says_what_is_counted(
    study: cordiale.Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(over_worlds, "EXACT", study.worlds)
    export(study, "csv", tmp_path / "exact")
    monkeypatch.setattr(over_worlds, "EXACT", study.worlds - 1)
    export(study, "csv", tmp_path / "counted")
    export(study, "parquet", tmp_path / "worlds", every_world=True)
    pages = {name: (tmp_path / name / "codebook.md").read_text("utf-8") for name in ("exact", "counted", "worlds")}
    assert [name for name, page in pages.items() if "so it is off by at most half a step." in page] == ["counted"]
    exact, counted = (set(pages[name].splitlines()) for name in ("exact", "counted"))
    assert exact < counted
    assert counted - exact == {
        "With more than 299 worlds a quantile is the nearest of some 5,000 steps between the least and the greatest "
        "value of its cell, so it is off by at most half a step."
    }


def test_a_summary_has_a_row_a_measure_entity_and_quarter(study: cordiale.Study) -> None:
    told: list[tuple[int, int]] = []
    found = summary(study, lambda *done: told.append(done))
    measures = [measure for scenario in study.scenarios for measure in study.measures(scenario)]
    assert told == [(done, len(measures)) for done in range(1, len(measures) + 1)]
    for scenario, measure, entity in (("baseline", "rank", "JPN>GBR"), (POLICY, "alignment", "FRA-JPN")):
        own = found.query("scenario == @scenario and measure == @measure and entity == @entity")
        values = study.values(measure, entity, scenario)
        assert list(own["quarter"]) == study.quarters(scenario)
        np.testing.assert_allclose(own["mean"], values.mean(axis=0))
        expected = np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95), axis=0)
        np.testing.assert_array_equal(own[["q05", "q25", "q50", "q75", "q95"]].to_numpy().T, expected)
    last = found[found["measure"] == "same_bloc"]
    assert set(last["quarter"]) == {study.quarters()[-1]}
    assert (set(found["worlds"]), set(found["kept_out"])) == ({300}, {0})


def test_the_deviation_of_a_single_world_is_not_a_number(tmp_path: Path) -> None:
    one = cordiale.run("baseline", worlds=1, set={"horizon": "2018Q4"}, out=tmp_path / "one")
    found = spread(one, "alignment", (0.5,))
    assert np.isnan(found[1]).all()
    np.testing.assert_array_equal(found[2], one.values("alignment")[0])


def test_a_level_that_is_so_or_not_has_an_exact_interval() -> None:
    values = np.array([1.0] * 3 + [0.0] * 7)
    exact = binomtest(3, 10).proportion_ci()
    assert level_interval(values, True) == pytest.approx((0.3, exact.low, exact.high), abs=1e-12)
    assert level_interval(values, False)[1] < 0.05 < exact.low  # Student's, of numbers
