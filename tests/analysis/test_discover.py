"""Boxes of worlds: a planted box is found, noise gives none, conditions are read or refused in one line."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cordiale.analysis.discover import Discovery, Search, restriction, search, sentences, too_few
from cordiale.analysis.prim import count, inside, screen
from cordiale.analysis.response import condition_of
from cordiale.models.parameters import draw
from cordiale.models.random import Streams
from cordiale.output.charts.discover import About, tradeoff
from cordiale.output.charts.discover import boxes as box_chart
from cordiale.scenario.load import load_scenario
from cordiale.scenario.settings import Scenario
from cordiale.scenario.words import label

Refused = Callable[..., str]
WORLDS = 900
ONE, OTHER = "JPN.tangible_contribution.trend", "weight.trust_news"


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario("baseline", set=["horizon=2019Q2"])


@pytest.fixture(scope="module")
def values(scenario: Scenario) -> dict[str, np.ndarray]:
    """What 900 worlds of the scenario draw, all numbers of it."""
    return draw(scenario.ranges, Streams(7, 0, WORLDS))


@pytest.fixture(scope="module")
def bounds(values: dict[str, np.ndarray]) -> dict[str, tuple[float, float]]:
    return {
        ONE: (-np.inf, float(np.quantile(values[ONE], 0.5))),
        OTHER: (float(np.quantile(values[OTHER], 0.6)), np.inf),
    }


@pytest.fixture(scope="module")
def planted(values: dict[str, np.ndarray], bounds: dict[str, tuple[float, float]]) -> Search:
    """Worlds in the planted box meet the condition nine times in ten, the others once in fifty."""
    chance = np.random.default_rng(5).random(WORLDS)
    return search(values, chance < np.where(inside(bounds, values, WORLDS), 0.9, 0.02))


def test_a_planted_box_is_found_among_all_drawn_numbers(
    planted: Search, values: dict[str, np.ndarray], bounds: dict[str, tuple[float, float]]
) -> None:
    assert planted.tried > 1000
    assert list(planted.screened)[:2] in ([ONE, OTHER], [OTHER, ONE])
    box = planted.boxes[0]
    assert set(box.bounds) == {ONE, OTHER}
    assert np.isneginf(box.bounds[ONE][0])
    assert np.isposinf(box.bounds[OTHER][1])
    assert np.mean(values[ONE] <= box.bounds[ONE][1]) == pytest.approx(0.5, abs=0.05)
    assert np.mean(values[OTHER] >= box.bounds[OTHER][0]) == pytest.approx(0.4, abs=0.05)
    assert box.confirmed
    assert box.tested.density > 0.75
    assert box.tested.coverage > 0.75
    assert max(box.tested.quasi_p.values()) < 1e-6


def test_counts_and_quasi_p_values() -> None:
    """Ten worlds, x below 0.5 in five, four of which are of interest, as is one of the others."""
    from scipy.stats import binom

    x = np.arange(10) / 10
    met = np.array([1, 1, 1, 1, 0, 1, 0, 0, 0, 0], dtype=bool)
    found = count({"x": (-np.inf, 0.45)}, {"x": x}, met)
    assert (found.worlds, found.of_interest) == (5, 4)
    assert (found.coverage, found.density, found.mass) == (0.8, 0.8, 0.5)
    assert found.quasi_p["x"] == pytest.approx(1 - binom.cdf(3, 5, 0.5))


def test_noise_gives_no_box(values: dict[str, np.ndarray]) -> None:
    """An outcome that hangs on nothing: of all numbers none passes, or the kept worlds confirm none."""
    found = [search(values, np.random.default_rng(seed).random(WORLDS) < 0.3) for seed in range(3)]
    assert sum(len(each.boxes) for each in found) == 0


def test_screening_is_that_of_scipy(values: dict[str, np.ndarray]) -> None:
    from scipy.stats import ks_2samp, mannwhitneyu, spearmanr

    value = values[ONE]
    outcome = value / np.std(value) + np.random.default_rng(2).normal(0, 4, WORLDS)
    met = outcome < np.median(outcome)
    tests = [
        mannwhitneyu(value[met], value[~met], method="asymptotic").pvalue,
        ks_2samp(value[met], value[~met], method="asymp").pvalue,
        spearmanr(value, outcome).pvalue,
    ]
    assert screen({ONE: value}, met, outcome)[ONE] == pytest.approx(3 * min(tests))
    assert screen({ONE: value}, met)[ONE] == pytest.approx(2 * min(tests[:2]))


def test_screening_keeps_false_discoveries_rare(values: dict[str, np.ndarray]) -> None:
    passed = [len(screen(values, np.random.default_rng(seed).random(WORLDS) < 0.3)) for seed in range(8)]
    assert sum(count > 0 for count in passed) <= 3


def test_what_is_said(scenario: Scenario, planted: Search) -> None:
    condition = condition_of("alignment:FRA-JPN < 0.4", scenario)
    text = " ".join(sentences(scenario, condition, planted))
    assert "Alignment of France and Japan in 2019Q2 is below 0.4 in" in text
    assert "mostly where" in text
    assert "Japan: change of the ideal point a quarter (Tangible security contribution)" in text
    assert "Every bound holds on the worlds kept back" in text
    coded = scenario.ranges[ONE]
    bound = coded.low + 0.2 * (coded.high - coded.low)
    said = restriction(scenario, ONE, -np.inf, bound)
    assert said.endswith(f"is below {bound:.3g}, in the lower third of its coded range {coded.low:g} to {coded.high:g}")


def test_a_bound_on_both_sides_is_said_to_lie_between(scenario: Scenario) -> None:
    coded = scenario.ranges[ONE]
    low, high = coded.low + 0.1 * (coded.high - coded.low), coded.low + 0.2 * (coded.high - coded.low)
    said = restriction(scenario, ONE, low, high)
    assert said.endswith(f"is between {low:.3g} and {high:.3g}, within its coded range {coded.low:g} to {coded.high:g}")
    assert f"is above {low:.3g}, in the lower third" in restriction(scenario, ONE, low, np.inf)


def test_what_the_worlds_kept_back_did_not_confirm_is_said(scenario: Scenario, planted: Search) -> None:
    condition = condition_of("alignment:FRA-JPN < 0.4", scenario)
    box = dataclasses.replace(planted.boxes[0], dropped=(ONE, OTHER))
    told = sentences(scenario, condition, dataclasses.replace(planted, boxes=[box]))[-1]
    assert told.endswith(
        f"a bound on {label(scenario, ONE)} and {label(scenario, OTHER)} did not, and was dropped: "
        "with more --worlds it may."
    )
    none = dataclasses.replace(planted, boxes=[], refused=[ONE])
    (_, _, last) = sentences(scenario, condition, none)
    assert f"; bounds on {label(scenario, ONE)} were found, and the worlds kept back did not confirm them:" in last
    assert sentences(scenario, condition, dataclasses.replace(none, refused=[]))[-1].startswith("No box tells these")


def test_tables_hold_what_the_boxes_are(scenario: Scenario, planted: Search) -> None:
    condition = condition_of("alignment:FRA-JPN < 0.5", scenario)
    found = Discovery(scenario, condition, planted, ()).tables()
    bounds = {(at, path): box.bounds[path] for at, box in enumerate(planted.boxes, 1) for path in box.bounds}
    rows = found["bounds"].to_dict("records")
    assert [(row["box"], row["path"]) for row in rows] == list(bounds)
    for row in rows:
        for side, bound in zip(("low", "high"), bounds[row["box"], row["path"]], strict=True):
            assert np.isnan(row[side]) if np.isinf(bound) else row[side] == bound
        assert row["coded_low"] == scenario.ranges[row["path"]].low
        assert row["quasi_p_kept"] == planted.boxes[row["box"] - 1].tested.quasi_p[row["path"]]
    first = found["boxes"].iloc[0]
    box = planted.boxes[0]
    assert (first["restricted"], first["density_kept"], first["confirmed"]) == (
        len(box.bounds),
        box.tested.density,
        True,
    )
    assert f"{ONE} <= {box.bounds[ONE][1]:.4g}" in first["where"]
    assert f"{OTHER} >= {box.bounds[OTHER][0]:.4g}" in first["where"]
    assert len(found["tradeoff"]) == len(planted.tradeoff)
    assert dict(zip(found["screened"]["path"], found["screened"]["p"], strict=True)) == planted.screened


def test_a_record_is_what_a_program_reads(scenario: Scenario, planted: Search) -> None:
    condition = condition_of("alignment:FRA-JPN < 0.4", scenario)
    found = json.loads(json.dumps(Discovery(scenario, condition, planted, ()).record()))
    assert (found["worlds"], found["met"], found["numbers"]) == (WORLDS, int(planted.met.sum()), planted.tried)
    assert found["sentences"] == sentences(scenario, condition, planted)
    assert [row["path"] for row in found["bounds"]] == [path for box in planted.boxes for path in box.bounds]
    assert {row["low"] is None for row in found["bounds"] if row["path"] == ONE} == {True}


def test_charts_draw_the_boxes(scenario: Scenario, planted: Search) -> None:
    about = About("it is low", "source")
    figure = box_chart(planted.boxes, scenario.ranges, {}, about, float(planted.met.mean()))
    box, coded = planted.boxes[0], scenario.ranges[ONE]
    start, end = next(each for each in figure.axes[0].lines if each.get_gid() == ONE).get_xdata()
    assert start == 0
    assert end == pytest.approx((box.bounds[ONE][1] - coded.low) / (coded.high - coded.low))
    figure = tradeoff(planted, about)
    drawn = {(line.get_xdata()[0], line.get_ydata()[0]) for line in figure.axes[0].lines if line.get_gid() == "tested"}
    assert drawn == {(each.tested.coverage, each.tested.density) for each in planted.tradeoff}
    assert (1.0, planted.tradeoff[0].tested.density) in drawn


def test_conditions(scenario: Scenario) -> None:
    found = condition_of(" trusting:JPN>FRA@2019Q1  >= .25 ", scenario)
    assert (found.target.measure, found.target.quarter) == ("trusting:JPN>FRA", "2019Q1")
    assert found.target.at == 1
    assert (found.operator, found.number) == (">=", 0.25)
    assert found.met(np.array([0.2, 0.25, 0.3])).tolist() == [False, True, True]
    assert condition_of("alignment:JPN-FRA<4e-1", scenario).target.entity == "FRA-JPN"


FORM = "write it as MEASURE:ENTITY < NUMBER, such as 'alignment:FRA-JPN < 3'; < <= > >= are known"
BAD = {
    "alignment:FRA-JPN": f"--where 'alignment:FRA-JPN' is no condition: {FORM}",
    "": f"--where '' is no condition: {FORM}",
    "alignment:FRA-JPN = 0.4": f"--where 'alignment:FRA-JPN = 0.4' is no condition: {FORM}",
    "< 0.4": f"--where '< 0.4' is no condition: {FORM}",
    "alignment:FRA-JPN <": f"--where 'alignment:FRA-JPN <' is no condition: {FORM}",
    "alignment:FRA-JPN < low": f"--where 'alignment:FRA-JPN < low': 'low' is not a finite number: {FORM}",
    "alignment:FRA-JPN < nan": f"--where 'alignment:FRA-JPN < nan': 'nan' is not a finite number: {FORM}",
    "alignment:FRA-JPN < 1e999": f"--where 'alignment:FRA-JPN < 1e999': '1e999' is not a finite number: {FORM}",
    "alignment:FRA-JPN << 0.4": "--where 'alignment:FRA-JPN <': 'alignment' is of a dyad, such as FRA-JPN, "
    "and 'FRA-JPN <' is none; did you mean 'FRA-JPN'?",
    "aligment:FRA-JPN < 0.4": "--where 'aligment:FRA-JPN': 'aligment' is no measure; did you mean 'alignment'?",
    "alignment < 0.4": "--where 'alignment': name one entity after a colon, such as alignment:FRA-JPN",
    "alignment:FRA-JPN@2019 < 0.4": "--where 'alignment:FRA-JPN@2019': '2019' is not a quarter such as 2018Q4",
    "alignment:FRA-JPN < 0": "--where 'alignment:FRA-JPN < 0': no world of 60 meets it; "
    "alignment:FRA-JPN in 2019Q2 lies between ",
    "alignment:FRA-JPN <= 20": "--where 'alignment:FRA-JPN <= 20': every world of 60 meets it; "
    "alignment:FRA-JPN in 2019Q2 lies between ",
}  # fmt: skip


@pytest.mark.parametrize("where", BAD)
def test_bad_input(where: str, refused: Refused) -> None:
    start = ("discover", "baseline", "--set", "horizon=2019Q2", "--worlds", "60")
    message = refused(*start, "--where", where)
    assert message.startswith(BAD[where])
    if "write it" in BAD[where]:
        assert message == BAD[where]


def test_the_command(workshop: Path) -> None:
    """In a process of its own, so that what PRIM brings along says nothing to the user."""
    command = [str(Path(sys.executable).parent / "cordiale"), "discover", "baseline", "--json"]
    where = ["--where", "alignment:FRA-JPN < 3.4", "--worlds", "300", "--set", "horizon=2019Q2"]
    done = subprocess.run([*command, *where], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["numbers"] > 1000
    names = {path.name for path in (workshop / told["folder"]).iterdir()}
    assert {"manifest.json", "boxes.csv", "bounds.csv", "tradeoff.csv", "screened.csv"} <= names
    assert told["boxes"] == [] or "charts" in names


def test_too_few_worlds_give_no_box_but_the_next_step(scenario: Scenario, values: dict[str, np.ndarray]) -> None:
    outcome = np.linspace(0, 1, WORLDS)
    condition = condition_of("alignment:FRA-JPN < 0.005", scenario)
    found = search(values, condition.met(outcome), outcome)
    assert too_few(condition.met(outcome))
    (text,) = sentences(scenario, condition, found)
    assert "--where 'alignment:FRA-JPN < 0.1'" in text
