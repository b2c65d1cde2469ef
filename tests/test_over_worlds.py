"""What is told of a measure over all worlds: the same in one piece and in many, exact and by counting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

import cordiale
from cordiale import over_worlds
from cordiale.draws import Array
from cordiale.over_worlds import ends, means, spread

QUANTILES = (0.0, 0.05, 0.3, 0.5, 0.95, 1.0)
CLOSE = 0.5 / 4900  # of the span


@dataclass
class Pieces:
    """As much of a study as is read: one measure, (worlds, quarters, entities), in pieces."""

    values: Array
    cuts: list[int]

    @property
    def worlds(self) -> int:
        return len(self.values)

    def find(self, measure: str, entity: str | None, scenario: str | None) -> tuple[str, str | None]:
        return measure, entity

    def measures(self, scenario: str | None) -> dict[str, list[str]]:
        return {"alignment": ["A", "B", "C"]}

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


@given(pieces(st.floats(-1, 1)))
def test_pieces_join_to_the_whole(study: Any) -> None:
    values = study.values
    np.testing.assert_allclose(means(study, "alignment"), values.mean(axis=0), atol=1e-15)
    above = means(study, "alignment", of=lambda some: some[..., None] > np.array([0, 0.5]))
    np.testing.assert_array_equal(above, (values[..., None] > np.array([0, 0.5])).mean(axis=0))
    np.testing.assert_array_equal(ends(study, "alignment"), [values.min(axis=0), values.max(axis=0)])
    some = means(study, "alignment", entities=["C", "A"])
    np.testing.assert_array_equal(some, means(study, "alignment")[:, [2, 0]])


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
    return cordiale.run(["baseline", "dual_use_unknown"], worlds=300, set={"horizon": "2019Q1"}, out=out)


@pytest.mark.parametrize("at_once", [1, 40_000, 1 << 25])
@pytest.mark.parametrize("scenario", [None, "dual_use_unknown"])
def test_entities_at_a_time_change_nothing(
    at_once: int, scenario: str | None, study: cordiale.Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(over_worlds, "AT_ONCE", at_once)
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
        values = study.values(measure, scenario="dual_use_unknown")
        with patch.object(over_worlds, "EXACT", 299):
            found = spread(study, measure, QUANTILES, "dual_use_unknown")
        off = np.abs(found[2:] - np.quantile(values, QUANTILES, axis=0))
        assert (off <= np.ptp(values, axis=0) * CLOSE + 1e-12).all(), measure
        np.testing.assert_allclose(means(study, measure, "dual_use_unknown"), values.mean(axis=0), rtol=1e-12)


@pytest.mark.parametrize("exact", [299, 300])
def test_some_entities_are_those_of_all(exact: int, study: cordiale.Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(over_worlds, "EXACT", exact)
    monkeypatch.setattr(over_worlds, "AT_ONCE", 300 * len(study.quarters()) * 2)
    recorded, some = study.measures()["rank"], ["JPN>GBR", "FRA>USA", "AUS>IND"]
    every = spread(study, "rank", QUANTILES)
    np.testing.assert_array_equal(
        spread(study, "rank", QUANTILES, entities=some), every[..., [recorded.index(each) for each in some]]
    )


def test_the_deviation_of_a_single_world_is_not_a_number(tmp_path: Path) -> None:
    one = cordiale.run("baseline", worlds=1, set={"horizon": "2018Q4"}, out=tmp_path / "one")
    found = spread(one, "alignment", (0.5,))
    assert np.isnan(found[1]).all()
    np.testing.assert_array_equal(found[2], one.values("alignment")[0])
