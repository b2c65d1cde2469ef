"""What a study's sentences say of differences: parts sum to the whole, and a shock is told at its peak."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

import cordiale
from cordiale.models.random import Array
from cordiale.models.units import SD
from cordiale.study.attribution import moved_by
from cordiale.study.estimate import Estimate
from cordiale.study.findings import at_its_peak, effect_of, findings, gap_words
from cordiale.study.intervals import peak_of
from cordiale.study.study import Study

FIRST_FORM = Path(__file__).parent.parent / "data" / "first_form"
SHOCK = """
title: A shock
question: What is left of a shock?
basis: {locator: Opening 1, says: a word}
extends: baseline
timeline:
  - {quarter: 2019Q2, shock: {chinese_coercion: 1}, lasts: 2}
"""
QUARTERS = ["2018Q4", "2019Q1", "2019Q2", "2019Q3"]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return cordiale.run(
        ["baseline", "france_joins_quad"], worlds=24, set={"horizon": "2020Q2"},
        out=tmp_path_factory.mktemp("found") / "study",
    )  # fmt: skip


def differing(*means: float, noise: float = 0.01, worlds: int = 50) -> Array:
    """Return (worlds, quarters) of differences with these means, exactly."""
    luck = np.random.default_rng(0).normal(size=(worlds, len(means)))
    return np.array(means) + noise * (luck - luck.mean(axis=0))


def test_parts_sum_to_the_whole(study: Study) -> None:
    moved = moved_by(study, "france_joins_quad", "FRA-JPN")
    ends = [study.values("alignment:FRA-JPN", scenario=name, quarter=-1).mean() for name in study.scenarios]
    assert list(moved) == study.components
    assert sum(moved.values()) == pytest.approx(ends[1] - ends[0], abs=1e-9)
    assert max(abs(value) for value in moved.values()) > 0
    found = effect_of(study, "france_joins_quad")
    assert found is not None
    told = findings(study)[1].partition(" Of this ")[2]
    most = max(moved, key=lambda part: abs(moved[part]))
    assert told.startswith(f"{most} ") if found.noticeable else not told


def test_parts_sum_to_the_whole_where_each_world_drew_their_shares(tmp_path: Path) -> None:
    old = Study.open(Path(shutil.copytree(FIRST_FORM, tmp_path / "first_form")))
    dyad, other = str(old.manifest["focus"]), old.scenarios[1]
    moved = moved_by(old, other, dyad)
    ends = [old.values(old.headline, dyad, name, quarter=-1).mean() for name in (old.scenarios[0], other)]
    assert moved
    assert sum(moved.values()) == pytest.approx(ends[1] - ends[0], abs=1e-9)


@pytest.mark.parametrize(
    ("means", "told"),
    [
        ((0, 0.5, 0.2, 0.003), "; largest in 2019Q1: +0.50"),
        ((0, -0.5, 0.2, 0.1), "; largest in 2019Q1: −0.50"),
        ((0, 0.1, 0.2, 0.3), ""),
        ((0, 0.31, 0.3, 0.3), ""),
        ((0, 0.5, 0.4, 0.34), ""),
        ((0, 0, 0, 0), ""),
        ((0.3,), ""),
    ],
)
def test_a_shock_is_told_at_its_peak(means: tuple[float, ...], told: str) -> None:
    values = differing(*means)
    assert at_its_peak(values, QUARTERS, Estimate.of(values[:, -1], SD)) == told


def test_chance_is_no_peak() -> None:
    """Quarters that differ by luck alone: the largest of four is told in few of 200 samples."""
    luck = np.random.default_rng(1)
    found = [peak_of(luck.normal(size=(50, 1)) + 0.1 * luck.normal(size=(50, 4)) + 3) for _ in range(200)]
    assert sum(each is not None for each in found) == 0
    assert peak_of(luck.normal(size=(1, 4))) is None


def test_compare_and_findings_tell_the_peak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("shock.yaml").write_text(SHOCK, "utf-8")
    compared = cordiale.compare(
        ["baseline", "shock.yaml"], ["pressure.CHN:JPN", "alignment:FRA-JPN"], worlds=24, set={"horizon": "2020Q4"},
        out="both",
    )  # fmt: skip
    row = next(each for each in compared.differences if each.measure == "pressure.CHN")
    at = int(np.abs(row.values.mean(axis=0)).argmax())
    assert at < len(row.quarters) - 1
    assert any(
        f"; largest in {row.quarters[at]}: {row.estimate.text(float(row.values[:, at].mean()))}" in each
        for each in compared.sentences()
    )


NAMES = {"AAA": "A", "BBB": "B", "CCC": "C", "DDD": "D"}


def test_a_difference_is_told_against_the_gap_between_two_ties() -> None:
    ties = {"AAA-BBB": 1.0, "BBB-CCC": 3.0, "BBB-DDD": 2.0, "CCC-DDD": 9.0}
    told = gap_words(NAMES, "AAA-BBB", ties, Estimate(-0.5, -0.6, -0.4, unit=SD))
    assert told == "25 % of the gap between B–C and B–A"


@pytest.mark.parametrize("ties", [{"AAA-BBB": 1.0}, {"AAA-BBB": 1.0, "CCC-DDD": 2.0}, {"AAA-BBB": 1.0, "BBB-CCC": 1.0}])
def test_without_a_gap_nothing_is_told(ties: dict[str, float]) -> None:
    assert gap_words(NAMES, "AAA-BBB", ties, Estimate(0.5, 0.4, 0.6, unit=SD)) == ""


def test_a_study_tells_the_scale_of_what_is_noticeable(study: Study) -> None:
    found = effect_of(study, "france_joins_quad")
    assert found is not None
    told = [each for each in findings(study) if each.startswith("For scale: ")]
    assert len(told) == found.noticeable
    assert all(found.full in each and "of the gap between Japan–" in each for each in told)
