"""Differences on matched worlds: estimators against known answers and coverage, and the command end to end."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import cordiale
from cordiale.analysis.brief import brief
from cordiale.analysis.compare import compare
from cordiale.analysis.stein import worlds_for as until
from cordiale.files.errors import OptionError, StudyWarning
from cordiale.models.measures import within
from cordiale.models.units import YES_NO
from cordiale.output.charts.frame import said_by
from cordiale.scenario.load import load_scenario
from cordiale.scenario.new import new_pack, new_scenario
from cordiale.study.estimate import COLUMNS, Estimate
from cordiale.study.intervals import (
    LARGE,
    mean_interval,
    of_shares,
    share_interval,
    simultaneous,
    sizes,
    unmatched_worlds,
    worlds_for_width,
)
from cordiale.study.labels import subject
from cordiale.study.quantiles import last_quarter

SHORT = {"horizon": "2021Q4"}


def test_the_size_is_in_standard_deviations_of_the_baseline() -> None:
    difference = np.array([[1.0, -2.0, 0.0], [3.0, -2.0, 0.0], [2.0, -2.0, 0.0], [-2.0, 6.0, 0.0]])
    baseline = np.array([[0.0, 1.0, 5.0], [2.0, 1.0, 5.0], [4.0, 3.0, 5.0], [6.0, 3.0, 5.0]])
    found = sizes(difference, baseline)
    assert found[:2] == pytest.approx([1.0 / np.std([0, 2, 4, 6], ddof=1), 0.0])
    assert np.isnan(found[2]), "a baseline without spread has no size in standard deviations"
    assert np.isnan(sizes(np.array([[0.5]]), np.array([[2.0]]))[0]), "nor has one world"


def test_share_interval_is_clopper_and_pearsons() -> None:
    for count in (0, 1, 7, 20):
        low, high = share_interval(np.array([count]), 20)
        exact = stats.binomtest(count, 20).proportion_ci(0.95, "exact")
        assert (low[0], high[0]) == pytest.approx((exact.low, exact.high))


def test_a_share_of_worlds_has_an_exact_interval() -> None:
    """It is told where all worlds differ too, and covers where shares are those of paired draws."""
    all_, none = np.ones((24, 1)), np.zeros((24, 1))
    low, high = of_shares(all_)
    assert high[0] == 1.0
    exact = (
        stats.binomtest(24, 24).proportion_ci(0.975, "exact").low
        - stats.binomtest(0, 24).proportion_ci(0.975, "exact").high
    )
    assert low[0] == pytest.approx(exact)
    low, high = of_shares(none)
    assert low[0] == pytest.approx(-high[0])
    assert 0 < high[0] < 0.2
    draws = np.random.default_rng(5).choice([1.0, -1.0, 0.0], p=[0.15, 0.05, 0.8], size=(60, 800))
    low, high = of_shares(draws)
    assert 0.95 <= np.mean((low <= 0.1) & (high >= 0.1))


def test_mean_interval_covers() -> None:
    rng = np.random.default_rng(1)
    draws = rng.gamma(2.0, size=(100, 600))
    low, high = mean_interval(draws)
    assert 0.92 <= np.mean((low <= 2.0) & (high >= 2.0)) <= 0.98


def test_the_interval_of_a_mean_is_students() -> None:
    values = np.array([[0.0, 1.0], [1.0, 5.0], [5.0, -2.0]])
    low, high = mean_interval(values)
    for column in (0, 1):
        each = values[:, column]
        exact = stats.t.interval(0.95, 2, loc=each.mean(), scale=stats.sem(each))
        assert (low[column], high[column]) == pytest.approx(exact)
    assert mean_interval(values, 0.5)[1][0] == pytest.approx(
        stats.t.interval(0.5, 2, loc=2.0, scale=stats.sem([0, 1, 5]))[1]
    )


def test_two_worlds_have_an_interval() -> None:
    low, high = mean_interval(np.array([[0.0], [1.0]]))
    assert (low[0], high[0]) == pytest.approx(stats.t.interval(0.95, 1, loc=0.5, scale=0.5))


def test_a_level_is_the_intervals() -> None:
    """The interval of a mean that half of all samples miss is that of its quartiles."""
    values = np.random.default_rng(8).normal(size=(400, 1))
    low, high = mean_interval(values, level=0.5)
    reach = stats.norm.ppf(0.75) * stats.sem(values[:, 0])
    assert (low[0], high[0]) == pytest.approx((values.mean() - reach, values.mean() + reach), abs=0.1 * reach)


def test_simultaneous_reach_of_independent_columns() -> None:
    """Of m independent columns the largest |t| has the quantile at which each one holds the m-th root of the level."""
    values = np.random.default_rng(4).normal(size=(900, 8))
    for level in (0.95, 0.5):
        low, high = simultaneous(values, level=level)
        reach = stats.norm.ppf((1 + level ** (1 / 8)) / 2) * values.std(axis=0, ddof=1) / 30
        assert high - values.mean(axis=0) == pytest.approx(reach, rel=0.06)
        assert low + high == pytest.approx(2 * values.mean(axis=0))


def test_simultaneous_reach_where_columns_move_together() -> None:
    """Columns that are one and the same need no more than one; of what does not move the interval is a point."""
    one = np.random.default_rng(5).normal(size=(900, 1))
    values = np.hstack([one, 3 * one + 2, np.full((900, 1), 0.5)])
    low, high = simultaneous(values)
    reach = stats.norm.ppf(0.975) * one.std(ddof=1) / 30
    assert (high - low)[:2] / 2 == pytest.approx([reach, 3 * reach], rel=0.06)
    assert (low[2], high[2]) == (0.5, 0.5)


def test_simultaneous_intervals_of_one_world_and_of_none_that_moves() -> None:
    low, high = simultaneous(np.array([[1.0, 2.0]]))
    assert (low.tolist(), high.tolist()) == ([-np.inf, -np.inf], [np.inf, np.inf])
    low, high = simultaneous(np.ones((5, 2)))
    assert (low.tolist(), high.tolist()) == ([1.0, 1.0], [1.0, 1.0])


@pytest.mark.parametrize("worlds", [50, 10_001])
def test_simultaneous_intervals_hang_on_their_seed_alone(worlds: int) -> None:
    values = np.random.default_rng(6).normal(size=(worlds, 2))
    usual, zero, one = (simultaneous(values, *seed)[0].tolist() for seed in ((), (0,), (1,)))
    assert usual == zero
    assert usual != one


def test_simultaneous_intervals_cover_all_columns_at_once() -> None:
    """Ten correlated columns: pointwise intervals miss one of them far more often than 5 %, these do not."""
    rng = np.random.default_rng(2)
    together = apart = 0
    repeats = 300
    for repeat in range(repeats):
        common = rng.normal(size=(120, 1))
        values = 0.5 * common + rng.normal(size=(120, 10))
        low, high = simultaneous(values, seed=repeat)
        together += bool(((low <= 0) & (high >= 0)).all())
        reach = 1.96 * values.std(axis=0, ddof=1) / np.sqrt(120)
        apart += bool((np.abs(values.mean(axis=0)) <= reach).all())
    assert together / repeats >= 0.92
    assert apart / repeats < 0.85


@pytest.mark.parametrize("worlds", [3, 12, 200])
def test_an_interval_that_holds_for_several_is_never_inside_that_of_one(worlds: int) -> None:
    """Also of columns in which few worlds differ, whose resamples are narrower by accident."""
    rng = np.random.default_rng(worlds)
    for _ in range(20):
        values = rng.gamma(1.0, size=(worlds, 3)) * (rng.random((worlds, 3)) < 0.3)
        (low, high), (least, most) = mean_interval(values), simultaneous(values)
        assert (least <= low).all()
        assert (most >= high).all()


def test_simultaneous_intervals_of_many_worlds_cover() -> None:
    rng = np.random.default_rng(4)
    covered, repeats = 0, 200
    for repeat in range(repeats):
        values = 0.5 * rng.normal(size=(LARGE + 1, 1)) + rng.normal(size=(LARGE + 1, 6))
        low, high = simultaneous(values, seed=repeat)
        covered += bool(((low <= 0) & (high >= 0)).all())
    assert 0.91 <= covered / repeats <= 0.985


@pytest.mark.parametrize("skewed", [False, True])
def test_the_two_stage_rule_covers(skewed: bool) -> None:
    """Stein's rule over 2,000 repeats: at least 94 % for a nominal 95 %, of a cheap model of differences."""
    rng, width, hits, repeats = np.random.default_rng(3), 0.25, 0, 2000
    for _ in range(repeats):
        draws = rng.gamma(4.0, 0.5, size=1600) - 2.0 if skewed else rng.normal(size=1600)
        worlds = worlds_for_width(draws[:128], width)
        assert worlds <= 1600
        hits += abs(draws[:worlds].mean()) <= width / 2
    assert hits / repeats >= 0.94


def test_width_asks_for_steins_number_of_worlds() -> None:
    first = np.tile([-1.0, 1.0], 64)
    quantile = stats.t.ppf(0.975, 127)
    assert worlds_for_width(first, 0.1) == int(np.ceil((2 * quantile * first.std(ddof=1) / 0.1) ** 2))
    assert worlds_for_width(first, 100.0) == 128
    few = np.array([0.0, 1.0, 3.0])
    assert worlds_for_width(few, 0.1) == int(np.ceil((2 * stats.t.ppf(0.975, 2) * few.std(ddof=1) / 0.1) ** 2))


def test_unmatched_worlds_closed_form() -> None:
    one = np.tile([-1.0, 1.0], 500)
    expected = (2 * stats.norm.ppf(0.975)) ** 2 * 2 * one.var(ddof=1) / 0.1**2
    assert unmatched_worlds(one, one, 0.1) == int(np.ceil(expected))


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> cordiale.Study:
    out = tmp_path_factory.mktemp("compare") / "study"
    names = ["baseline", "france_joins_quad"]
    return compare(names, None, ["us_retrenchment"], worlds=40, set=SHORT, out=out).study


def test_differences_are_world_by_world(study: cordiale.Study) -> None:
    row = compare(study).differences[0]
    direct = study.values("alignment:FRA-JPN", scenario="france_joins_quad") - study.values("alignment:FRA-JPN")
    assert np.array_equal(row.values, direct)
    assert [each.mean for each in row.estimates] == pytest.approx(direct.mean(axis=0))


def test_context_shows_the_difference_under_another_scenario_and_the_interaction(study: cordiale.Study) -> None:
    plain, inside, interaction = compare(study, ["alignment:FRA-JPN"], ["us_retrenchment"]).differences
    assert inside.scenario == "france_joins_quad in us_retrenchment"
    assert np.allclose(interaction.values, inside.values - plain.values)


def test_every_measure_is_told_the_gain_first(study: cordiale.Study) -> None:
    """Of each two the headline, then costs and what else was asked, then its parts, however they were asked."""
    asked = ["trust:FRA-JPN", "pressure.CHN:FRA", "depth:FRA-JPN", "alignment:FRA-JPN"]
    recorded = [each for each in asked if each.split(":")[1] in study.measures().get(each.split(":")[0], [])]
    comparison = compare(study, recorded, ["us_retrenchment"])
    told = comparison.sentences()
    gain, *parts = (f"{part}:FRA-JPN" for part in (study.headline, *study.components))
    wanted = sorted(recorded, key=lambda each: (each != gain, each in parts, parts.index(each) if each in parts else 0))
    heads = ["france_joins_quad against baseline: ",
             "france_joins_quad under us_retrenchment against us_retrenchment: ",
             "france_joins_quad: its effect under us_retrenchment minus its effect without it: "]  # fmt: skip
    assert len(recorded) >= 3
    for head in heads:
        own = [text.removeprefix(head) for text in told if text.startswith(head)]
        names = [within(subject(study, *each.split(":"))) for each in wanted]
        assert names[0] in own[0], "the gain first, whatever its verdict"
        told_of = [name for text in own for name in sorted(names, key=text.find) if name in text]
        assert sorted(told_of) == sorted(names), "each once"
        alone = [name for text in own for name in names if name in text and " (95 % interval" in text]
        assert alone == [name for name in names if name in alone], "in their order"


def test_what_is_so_or_not_is_told_as_shares_of_worlds(tmp_path: Path) -> None:
    asked, names = ["member.quad:FRA", "same_bloc:FRA-JPN", "alignment:FRA-JPN"], ["baseline", "france_joins_quad"]
    found = compare(names, asked, worlds=12, set=SHORT, out=tmp_path / "study")
    study = found.study
    row = next(each for each in found.differences if each.scenario == "france_joins_quad")
    with_, without = (study.values("member.quad:FRA", scenario=each)[:, -1] for each in (row.scenario, row.baseline))
    assert row.estimate == Estimate.of(with_ - without, YES_NO)
    told = found.sentences()
    assert "alignment of France and Japan" in told[0], "the gain first"
    gained = round(100 * (with_.mean() - without.mean()))
    assert any(f" rises by {gained} points in 2021Q4" in text for text in told)
    (rows,) = (rows for title, rows in found.rows() if title.startswith("france_joins_quad against baseline, "))
    cells = {each["measure"]: each for each in rows}
    assert cells["member.quad:FRA"]["mean"] == f"+{gained} points"
    assert cells["alignment:FRA-JPN"]["mean"].removesuffix(" SD")[0] in "+−0"
    for each in (each.estimate for each in found.differences if each.estimate.unit == YES_NO):
        assert each.at_once is not None
        assert -1 <= each.at_once[0] <= each.low <= each.high <= each.at_once[1] <= 1
    shown = last_quarter(study, ["member.quad:FRA", "alignment:FRA-JPN"])
    assert shown[0]["france_joins_quad"] == f"in {with_.mean():.0%} of worlds"
    assert " to " in shown[1]["france_joins_quad"]


def test_columns_are_found_by_the_names_that_they_had(study: cordiale.Study) -> None:
    table = compare(study).frame()
    with pytest.warns(StudyWarning, match="the column together_low is called simultaneous_low now"):
        assert table["together_low"].equals(table["simultaneous_low"].rename("together_low"))
    with pytest.warns(StudyWarning, match="share is called higher"):
        shares = table[["measure", "share"]]["share"]
    assert shares.to_list() == [row["lower"] if row["mean"] < 0 else row["higher"] for _, row in table.iterrows()]
    assert "together_low" not in compare(study).frame()


def test_files_of_a_comparison(study: cordiale.Study) -> None:
    differences = pd.read_parquet(study.folder / "differences.parquet")
    table = pd.read_csv(study.folder / "comparison.csv")
    assert len(differences) == len(table) * study.worlds
    last = differences[(differences["quarter"] == "2021Q4") & (differences["scenario"] == "france_joins_quad")]
    found = last[last["measure"] == "alignment"].set_index("world")["difference"]
    assert found.mean() == pytest.approx(compare(study).differences[0].estimate.mean)
    assert {*COLUMNS, "median", "size", "simultaneous_low", "simultaneous_high"} <= set(table)
    assert (study.folder / "charts" / "forest.svg").stat().st_size > 1000
    assert any("alignment of France and Japan" in sentence for sentence in compare(study).sentences())


def test_until_reaches_its_width() -> None:
    scenarios = [load_scenario(name, set=SHORT) for name in ("baseline", "france_joins_quad")]
    found = until(scenarios, "alignment:FRA-JPN", 0.004)
    assert found.worlds >= 128
    assert found.unmatched > found.worlds, "matching saves worlds"


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    import sys

    from cordiale.cli import main

    sys.argv = ["cordiale", *words]
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 2
    text = capsys.readouterr().err.strip()
    assert "\n" not in text
    return text


def test_faults_are_told_in_a_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, study: cordiale.Study
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "name a scenario after the baseline" in refused(capsys, "compare", "baseline")
    assert "did you mean 'alignment'" in refused(
        capsys, "compare", "baseline", "brexit", "--measure", "alignmnt:FRA-JPN"
    )
    assert "name one entity after a colon" in refused(capsys, "compare", "baseline", "brexit", "--measure", "alignment")
    assert "above 0" in refused(capsys, "compare", "baseline", "brexit", "--until", "0")
    assert "give one of them" in refused(capsys, "compare", "baseline", "brexit", "--until", "1", "--worlds", "5")
    assert "does not record 'rank'" in refused(capsys, "compare", str(study.folder), "--measure", "rank:JPN>FRA")
    assert list(tmp_path.iterdir()) == []


def test_other_horizons_are_not_compared(tmp_path: Path) -> None:
    scenarios = [load_scenario("baseline", set=SHORT), load_scenario("brexit", set={"horizon": "2022Q1"})]
    mixed = cordiale.run(scenarios, worlds=3, out=tmp_path / "mixed")
    with pytest.raises(cordiale.OptionError, match="another horizon"):
        compare(mixed, ["alignment:FRA-JPN"])
    manifest = json.loads((mixed.folder / "manifest.json").read_text("utf-8"))
    assert manifest["worlds"] == 3


def test_a_file_is_a_context_as_its_name_is(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    asked = "title: Mine\nquestion: What then?\nbasis: {locator: Limitations 1, says: what follows}\n"
    file.write_text(f"{asked}extends: us_retrenchment\n", "utf-8")
    found = compare(
        ["baseline", "france_joins_quad"], ["alignment:FRA-JPN"], [str(file)], worlds=8, set=SHORT,
        out=tmp_path / "study",
    )  # fmt: skip
    assert found.study.scenarios == ["baseline", "france_joins_quad", "mine", "france_joins_quad+mine"]
    assert [row.scenario for row in found.differences] == ["france_joins_quad", *["france_joins_quad in mine"] * 2]


def test_the_costs_are_those_of_the_state_that_the_focus_names_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pack whose focus is written against the alphabet, in whose second state by the alphabet costs are named."""
    monkeypatch.chdir(tmp_path)
    new_pack("mine")
    case, state = Path("agents/mine/case.yaml"), Path("agents/mine/XBB.yaml")
    case.write_text(case.read_text("utf-8").replace("focus: XAA-XBB", "focus: XBB-XAA"), "utf-8")
    state.write_text(state.read_text("utf-8") + COSTS, "utf-8")
    new_scenario("louder", pack="mine")
    found = compare(["baseline", "louder"], worlds=6, pack="mine", out="study")
    asked = [f"{row.measure}:{row.entity}" for row in found.differences]
    assert asked[:2] == ["alignment:XAA-XBB", "pressure.XCC:XBB"]
    assert "Pressure on the second" in said_by(found.figures()["forest"]).alt
    assert brief("Is it worth it?", found.study, pdf=False).payer == "Second state"


COSTS = """
costs:
  pressure:
    label: Pressure on the second
    measures: [pressure.XCC:XBB]
    says: it does not want to be pressed
    locator: Text 1
"""


def test_a_coding_is_a_context(tmp_path: Path) -> None:
    """The same difference under another coder's numbers, on the same worlds, and how much it hangs on the coder."""
    other = tmp_path / "second.csv"
    other.write_text("state,issue,value\nFRA,quad_format,0.9\nJPN,china_tone,0.2\n", "utf-8")
    study = compare(
        ["baseline", "france_joins_quad"], ["alignment:FRA-JPN"], worlds=12, set=SHORT, codings=[other],
        out=tmp_path / "study",
    ).study  # fmt: skip
    assert study.scenarios == ["baseline", "france_joins_quad", "baseline@second", "france_joins_quad@second"]
    plain, inside, interaction = compare(study, contexts=["@second"]).differences
    assert (inside.scenario, inside.baseline) == ("france_joins_quad in @second", "baseline@second")
    assert np.allclose(interaction.values, inside.values - plain.values)
    assert study.about("baseline@second")["coding"]["numbers"] == 2
    alone = cordiale.run(load_scenario("baseline", set=SHORT, coding=other), worlds=12, out=tmp_path / "alone")
    assert np.array_equal(
        alone.values("alignment:FRA-JPN"), study.values("alignment:FRA-JPN", scenario="baseline@second")
    )


def test_what_cannot_be_compared_is_told(study: cordiale.Study) -> None:
    with pytest.raises(OptionError, match="name one entity after a colon, such as alignment:FRA-JPN"):
        compare(study, ["alignment"])
    alone = cordiale.Study(study.folder, {**study.manifest, "scenarios": study.manifest["scenarios"][:1]})
    with pytest.raises(OptionError, match="nothing to compare with"):
        compare(alone)
