"""Sweeps: effects against closed forms, cells against runs, and what a user can get wrong."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import cordiale
from cordiale.analysis.compare import compare
from cordiale.analysis.sweep import Effects, Sweep, contrasts, peaks, plan, summary_of, sweep
from cordiale.analysis.sweep_design import Design, Factor, Work, design_of
from cordiale.cli import main
from cordiale.files.errors import OptionError, StudyError
from cordiale.scenario.load import load_scenario

Refused = Callable[..., str]
SHORT = "2019Q2"
TONE, QUAD, WEIGHT = "FRA.china_tone.ideal", "france_in_quad", "weight.trust_news"
MEASURES = ["alignment:FRA-JPN", "rank:JPN>FRA"]


def design(*levels: tuple[float, ...]) -> Design:
    return Design(tuple(Factor(f"f{at}", f"levers.f{at}", "", "", each, False) for at, each in enumerate(levels)))


@pytest.fixture(scope="module")
def work() -> Work:
    """A sweep that measures what has a size, and what is so or not so in a world."""
    return plan("baseline", {QUAD: [0, 1]}, measure=["alignment:FRA-JPN", "member.quad:FRA"], worlds=40)


def estimated(found: Design, values: np.ndarray, group: int = 5) -> dict[tuple[int, ...], np.ndarray]:
    """Effects by factors, (worlds,), of values (cells, worlds) that come in by groups."""
    effects = Effects(contrasts(found.shape, [each.compared for each in found.factors]), 1, values.shape[1])
    for first in range(0, found.cells, group):
        part = values[first : first + group, None]
        effects.add(found.levels(first, len(part)), part)
    return {each.factors: worlds[0] for each, worlds in zip(effects.contrasts, effects.values, strict=True)}


# ---------------------------------------------------------------- effects against known answers

THREE = design((0.0, 0.5, 1.0), (2.0, -1.0), (0.0, 1.0, 3.0, 9.0))


def test_additive_response_has_its_slopes_and_no_interaction() -> None:
    """y = world + sum of a function of each factor: the effect is the function's rise from lowest to highest."""
    rng = np.random.default_rng(1)
    curves = [np.array([1.0, 7.0, 4.0]), np.array([0.5, -2.5]), np.array([0.0, 5.0, 5.0, 1.25])]
    levels = THREE.levels(0, THREE.cells)
    planted = sum(curve[levels[:, at]] for at, curve in enumerate(curves))
    found = estimated(THREE, planted[:, None] + rng.normal(size=8))
    wanted = {(0,): 3.0, (1,): 3.0, (2,): 1.25} | dict.fromkeys(combinations(range(3), 2), 0.0)
    for factors, effect in found.items():
        np.testing.assert_allclose(effect, wanted[factors], atol=1e-12)


def test_product_response_has_the_closed_form_of_its_interaction() -> None:
    """y = world's slope * A * B + c * A * C: differences of differences, and main effects at the others' means."""
    slopes, c = np.array([0.5, 1.0, 4.0]), 2.0
    a, b, third = THREE.values(0, THREE.cells).T
    found = estimated(THREE, (a * b)[:, None] * slopes + (c * a * third)[:, None])
    np.testing.assert_allclose(found[0, 1], slopes * 1 * 3)
    np.testing.assert_allclose(found[0, 2], c * 1 * 9)
    np.testing.assert_allclose(found[1, 2], 0.0, atol=1e-12)
    np.testing.assert_allclose(found[0,], slopes * 0.5 + c * 3.25)
    np.testing.assert_allclose(found[1,], slopes * 3 * 0.5)
    np.testing.assert_allclose(found[2,], c * 9 * 0.5)


def test_groups_of_cells_do_not_change_a_bit() -> None:
    values = np.random.default_rng(2).normal(size=(THREE.cells, 6))
    whole, parts = estimated(THREE, values, THREE.cells), estimated(THREE, values, 1)
    assert all(whole[key].tobytes() == parts[key].tobytes() for key in whole)


def test_intervals_cover_planted_effects(work: Work) -> None:
    """95 % intervals of a 2 x 3 design in 40 worlds with skewed noise of their own in every cell."""
    found, repeats, worlds = design((0.0, 1.0), (0.0, 1.0, 2.0)), 1000, 40
    rng = np.random.default_rng(3)
    a, b = found.values(0, found.cells).T
    planted = 0.3 * a - 0.2 * b + 0.1 * a * b
    wanted = {(0,): 0.4, (1,): -0.3, (0, 1): 0.2}
    hits = dict.fromkeys(wanted, 0)
    noise = rng.normal(size=(repeats, 1, worlds)) + rng.exponential(size=(repeats, found.cells, worlds))
    for each in noise:
        effects = Effects(contrasts(found.shape, [factor.compared for factor in found.factors]), 1, worlds)
        effects.add(found.levels(0, found.cells), (planted[:, None] + each)[:, None])
        for contrast, values in zip(effects.contrasts, effects.values[:, 0], strict=True):
            told = work.estimate(values, "alignment:FRA-JPN", exact=False)
            hits[contrast.factors] += told.low <= wanted[contrast.factors] <= told.high
    assert all(0.93 <= hit / repeats <= 0.97 for hit in hits.values()), hits


def test_differences_are_matched_world_by_world(work: Work) -> None:
    """A shift that is the same in all worlds has no error, however far worlds lie apart."""
    base = np.random.default_rng(4).normal(size=50) * 100
    told = summary_of(work, "alignment:FRA-JPN", base + 0.25, base)
    assert (told["difference"], told["difference_low"], told["difference_high"]) == pytest.approx((0.25,) * 3)
    assert told["high"] - told["low"] > 1


def test_shares_of_worlds_have_exact_intervals(work: Work) -> None:
    """So in 20 of 40 worlds, and in 10 at first, all of which stay: Clopper and Pearson, each way at half the error."""
    own, base = np.repeat([1.0, 0.0], 20), np.repeat([1.0, 0.0], [10, 30])
    told = summary_of(work, "member.quad:FRA", own, base)
    assert (told["mean"], told["low"], told["high"]) == pytest.approx((0.5, 0.3380, 0.6620), abs=1e-4)
    assert told["difference"] == 0.25
    least = stats.binomtest(10, 40).proportion_ci(0.975).low - stats.binomtest(0, 40).proportion_ci(0.975).high
    assert told["difference_low"] == pytest.approx(least)
    effects = Effects(contrasts((2,), [[(0, 1)]]), 1, 40)
    effects.add(np.array([[0], [1]]), np.stack([base, own])[:, None])
    effect = work.estimate(effects.values[0, 0], "member.quad:FRA")
    assert [effect.mean, effect.low, effect.high] == [told[f"difference{end}"] for end in ("", "_low", "_high")]


# ---------------------------------------------------------------- a sweep of the model


@pytest.fixture(scope="module")
def base() -> cordiale.Scenario:
    return load_scenario("baseline", set={"horizon": SHORT})


@pytest.fixture(scope="module")
def found(base: cordiale.Scenario, tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    over = {QUAD: [0, 1], TONE: "0.1:0.7:3", WEIGHT: [0.02, 0.05]}
    return sweep(base, over, measure=MEASURES, worlds=12, out=tmp_path_factory.mktemp("s") / "a", charts=True)


@pytest.mark.parametrize("cell", [0, 4, 11])
def test_a_cell_is_the_run_with_its_levels_set(found: Sweep, tmp_path: Path, cell: int) -> None:
    row = found.design.frame(cell, 1).iloc[0]
    levels = {name: float(row[name]) for name in (QUAD, TONE, WEIGHT)}
    study = cordiale.run("baseline", worlds=12, set={"horizon": SHORT, **levels}, out=tmp_path / "run")
    cells = found.cells()
    for measure in MEASURES:
        own = cells[(cells["cell"] == cell) & (cells["measure"] == measure.split(":")[0])].sort_values("world")
        assert own["value"].to_numpy().tobytes() == study.values(measure)[:, -1].tobytes()


def test_a_swept_lever_holds_against_the_timeline() -> None:
    """As --set does: a scenario that moves the lever later must not make all cells the same."""
    scenario = load_scenario("france_joins_quad")
    lever = scenario.moved[0]
    for cell, value in enumerate((0.0, 1.0)):
        found = design_of(scenario, {lever: [0, 1]}).scenario(scenario, cell)
        held = load_scenario("france_joins_quad", set={lever: value})
        assert (found.events, found.levers) == (held.events, held.levers) == ([], {lever: value})


def test_tables_agree_with_the_cells(found: Sweep) -> None:
    cells, summary, effects = found.cells(), found.summary(), found.effects()
    assert len(cells) == 12 * 2 * 12
    assert set(cells["quarter"]) == {SHORT}
    pd.testing.assert_frame_equal(
        pd.read_csv(found.folder / "design.csv"), found.design.frame(), check_dtype=False, rtol=1e-11
    )
    one = cells[cells["measure"] == "alignment"].pivot_table(index="world", columns="cell", values="value")
    told = summary[summary["measure"] == "alignment"].set_index("cell")
    np.testing.assert_allclose(told["mean"], one.mean(), rtol=1e-10)
    np.testing.assert_allclose(told["q95"], one.quantile(0.95), rtol=1e-10)
    np.testing.assert_allclose(told["difference"], one.sub(one[0], axis=0).mean(), atol=1e-11)
    quad = effects.query("measure == 'alignment' and kind == 'main' and factor == @QUAD").iloc[0]
    assert quad["effect"] == pytest.approx(one[list(range(6, 12))].to_numpy().mean() - one[range(6)].to_numpy().mean())
    assert len(effects) == 2 * (3 + 3)


def test_order_of_factors_and_processes_do_not_change_cells(
    found: Sweep, base: cordiale.Scenario, tmp_path: Path
) -> None:
    over = [f"{WEIGHT}=0.05,0.02", f"{TONE}=0.1:0.7:3", f"levers.{QUAD}=0,1"]
    other = sweep(base, over, measure=MEASURES[::-1], worlds=12, out=tmp_path / "b", jobs=2)
    keys = [QUAD, TONE, WEIGHT, "measure", "world"]
    one, two = (each.cells().astype({"measure": str}).sort_values(keys) for each in (found, other))
    assert one["value"].to_numpy().tobytes() == two["value"].to_numpy().tobytes()
    tables = [each.effects().query("kind == 'main'").sort_values(["measure", "factor"]) for each in (found, other)]
    np.testing.assert_allclose(tables[0]["effect"], tables[1]["effect"], atol=1e-11)


def test_an_earlier_quarter_is_that_of_the_longer_run(found: Sweep, tmp_path: Path) -> None:
    """The run stops there, and events of the timeline may lie beyond it."""
    early = sweep("dual_use_revealed", {TONE: [0.1, 0.7]}, worlds=4, quarter="2019Q1", out=tmp_path / "early")
    study = cordiale.run("dual_use_revealed", worlds=4, set={TONE: 0.7}, out=tmp_path / "run")
    at = study.quarters().index("2019Q1")
    cells = early.cells()
    wanted = study.values("alignment:FRA-JPN")[:, at]
    assert cells[cells["cell"] == 1]["value"].to_numpy().tobytes() == wanted.tobytes()


def test_manifest_and_charts(found: Sweep) -> None:
    import hashlib

    manifest = found.manifest
    for name, digest in manifest["content"].items():
        assert digest == "sha256:" + hashlib.sha256((found.folder / name).read_bytes()).hexdigest()
    names = {path.name for path in (found.folder / "charts").iterdir()}
    wanted = ["alignment-FRA-JPN", "rank-JPN-to-FRA"]
    assert names == {f"{kind}-{of}.{to}" for kind in ("sweep", "effects") for of in wanted for to in ("png", "svg")}
    assert "FRA.china_tone.ideal" in " ".join(found.sentences())


# ---------------------------------------------------------------- coded, against, and when it is read

LATER = {"horizon": "2019Q4"}
TWO = ["baseline", "france_joins_quad"]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> cordiale.Study:
    out = tmp_path_factory.mktemp("two") / "study"
    return compare(TWO, ["alignment:FRA-JPN", "depth:FRA-JPN"], worlds=6, set=LATER, out=out).study


def of_cell(sweep: Sweep, cell: int, column: str = "value") -> np.ndarray:
    cells = sweep.cells()
    own = cells[(cells["cell"] == cell) & (cells["measure"] == "alignment")]
    return own.sort_values("world")[column].to_numpy()


def test_coded_leaves_the_scenario_as_it_is_and_effects_are_from_there(study: cordiale.Study, tmp_path: Path) -> None:
    """Of a number, which each world draws, and of a lever that the scenario moves."""
    for name, path in (("baseline", TONE), ("france_joins_quad", QUAD)):
        found = sweep(name, [f"{path}=0.6,coded,0.1"], worlds=6, set=LATER, out=tmp_path / name)
        (factor,) = found.design.factors
        assert factor.values == ("coded", 0.6, 0.1)
        assert of_cell(found, 0).tobytes() == study.values("alignment:FRA-JPN", scenario=name)[:, -1].tobytes()
        assert found.cells()[path].isna().sum() == 6
        assert found.summary()[path].tolist() == ["coded", 0.6, 0.1]
        assert found.design.frame()[path].tolist() == ["coded", 0.6, 0.1]
        assert (found.folder / "design.csv").read_text("utf-8") == f"cell,{path}\n0,coded\n1,0.6\n2,0.1\n"
        effects = found.effects()
        assert effects[["kind", "low", "high"]].to_numpy().tolist() == [["main", "coded", 0.6], ["main", "coded", 0.1]]
        wanted = [(of_cell(found, cell) - of_cell(found, 0)).mean() for cell in (1, 2)]
        np.testing.assert_allclose(effects["effect"], wanted, atol=1e-11)
        assert "Effects, and differences to the first cell, are from there." in found.sentences()[0]


def test_cells_are_held_against_a_scenario_as_compare_does(study: cordiale.Study, tmp_path: Path) -> None:
    """The difference of what is coded is that of the two scenarios; effects are what they are without it."""
    over = {QUAD: ["coded", 0]}
    found, alone = (
        sweep("france_joins_quad", over, worlds=6, set=LATER, out=tmp_path / (against or "alone"), against=against)
        for against in ("baseline", None)
    )
    differences = compare(study, ["alignment:FRA-JPN"]).differences[0]
    assert of_cell(found, 0, "against").tobytes() == differences.values[:, -1].tobytes()
    first = found.summary().iloc[0]
    told = (differences.estimate.mean, differences.estimate.low, differences.estimate.high)
    assert first[["against", "against_low", "against_high"]].tolist() == pytest.approx(told)
    assert first["difference"] == 0
    pd.testing.assert_frame_equal(found.effects(), alone.effects())
    assert found.against == found.record()["against"] == "baseline"
    assert found.sentences()[-1].startswith("Minus baseline, world by world, cells are ")
    (figure,) = found.figures().values()
    assert "Difference to “No new policy”, in the same worlds" in [axes.get_title(loc="left") for axes in figure.axes]
    assert alone.against is None
    assert "against" not in alone.cells().columns


def test_a_window_is_the_mean_of_its_quarters(study: cordiale.Study, tmp_path: Path) -> None:
    found = sweep("baseline", {TONE: ["coded", 0.1]}, worlds=6, set=LATER, quarter="2019Q1:2019Q3", out=tmp_path / "w")
    values = study.values("alignment:FRA-JPN", scenario="baseline")
    at = [study.quarters().index(quarter) for quarter in ("2019Q1", "2019Q2", "2019Q3")]
    np.testing.assert_allclose(of_cell(found, 0), values[:, at].mean(axis=1), rtol=1e-14)
    assert set(found.summary()["quarter"]) == {"2019Q1:2019Q3"}
    assert found.sentences()[1].startswith("Alignment of France and Japan on average over 2019Q1 to 2019Q3 ")


def test_the_peak_is_where_cells_differ_most_in_any_processes(study: cordiale.Study, tmp_path: Path) -> None:
    """Against the scenario that cells are held against, and for each measure by itself."""
    asked = ["alignment:FRA-JPN", "depth:FRA-JPN"]
    one, two = (
        sweep("france_joins_quad", {QUAD: ["coded", 0]}, measure=asked, worlds=6, set=LATER, quarter="peak",
              against="baseline", jobs=jobs, out=tmp_path / str(jobs))
        for jobs in (1, 2)
    )  # fmt: skip
    assert one.manifest["content"] == two.manifest["content"]
    for measure in asked:
        coded, base = (study.values(measure, scenario=name) for name in TWO[::-1])
        at = int(np.argmax(np.abs((coded - base).mean(axis=0))))  # the other cell is the baseline itself
        row = one.summary()[one.summary()["measure"] == measure.split(":")[0]].iloc[0]
        assert row["quarter"] == study.quarters()[at]
        assert row["mean"] == pytest.approx(coded[:, at].mean(), rel=1e-10)
    assert "intervals do not allow for the choice" in " ".join(one.sentences())


def test_peaks_of_planted_differences() -> None:
    """The mean over worlds counts, not worlds that scatter; of the second measure another quarter than of the first."""
    values = np.zeros((2, 2, 4, 3))
    values[1, 0, :, 0] = [9.0, -9.0, 9.0, -9.0]
    values[1, 0, :, 2] = 1.0
    values[1, 1, :, 1] = -2.0
    assert peaks([values[:1], values[1:]]) == [2, 1]
    assert peaks([values], against=np.stack([values[1, 0], values[0, 1]])) == [2, 1]


def test_another_coders_numbers_are_swept(tmp_path: Path) -> None:
    other = tmp_path / "second.csv"
    other.write_text("state,issue,value\nFRA,quad_format,0.9\nJPN,china_tone,0.2\n", "utf-8")
    found = sweep(
        "baseline", {TONE: ["coded", 0.1]}, worlds=4, set={"horizon": SHORT}, coding=other, out=tmp_path / "s"
    )
    alone = cordiale.run("baseline", worlds=4, set={"horizon": SHORT}, coding=other, out=tmp_path / "run")
    assert of_cell(found, 0).tobytes() == alone.values("alignment:FRA-JPN")[:, -1].tobytes()
    assert found.sentences()[0] == "The numbers of the coding second stand in place of the pack's."


# ---------------------------------------------------------------- charts draw the tables


def test_coded_is_drawn_beside_the_numbers(base: cordiale.Scenario, tmp_path: Path) -> None:
    """A line across, or a point before them; in a map a column of its own, without a line of no change."""
    from cordiale.output.charts.sweep import grid_chart, line_chart

    one = sweep(base, {TONE: ["coded", 0.7, 0.1, 0.3]}, worlds=4, out=tmp_path / "one")
    left, _ = line_chart(one, "alignment", "FRA-JPN").axes
    lines = {line.get_gid(): line for line in left.lines}
    assert set(lines["coded"].get_ydata()) == {one.summary()["mean"][0]}
    np.testing.assert_allclose(lines["mean"].get_xdata(), [0.1, 0.3, 0.7])
    switch = sweep(base, {QUAD: [1, "coded", 0]}, worlds=4, out=tmp_path / "switch")
    left, _ = line_chart(switch, "alignment", "FRA-JPN").axes
    assert [label.get_text() for label in left.get_xticklabels()] == ["coded", "0", "1"]
    two = sweep(base, {TONE: "coded,0.1:0.7:3", "japan_china_tone": "0:1:3"}, worlds=4, out=tmp_path / "two")
    axes = grid_chart(two, "alignment", "FRA-JPN").axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["coded", "0.1", "0.4", "0.7"]
    assert not any(each.get_gid() == "zero" for each in axes.collections)


def test_line_is_the_summary(base: cordiale.Scenario, tmp_path: Path) -> None:
    from cordiale.output.charts.sweep import line_chart

    one = sweep(base, {TONE: [0.7, 0.1, 0.3]}, worlds=6, out=tmp_path / "one")
    left, right = line_chart(one, "alignment", "FRA-JPN").axes
    table = one.summary().sort_values(TONE)
    for axes, column in ((left, "mean"), (right, "difference")):
        line = next(line for line in axes.lines if line.get_gid() == "mean")
        np.testing.assert_allclose(line.get_xdata(), [0.1, 0.3, 0.7])
        np.testing.assert_allclose(line.get_ydata(), table[column])


def test_a_map_has_a_cell_for_each_mix_with_its_number_and_a_line_of_no_change(
    base: cordiale.Scenario, tmp_path: Path
) -> None:
    from cordiale.output.charts.sweep import grid_chart

    over = {TONE: [0.4, 0.7, 0.1], "japan_china_tone": [0.5, 0, 0.25, 1]}
    two = sweep(base, over, worlds=6, out=tmp_path / "two")
    axes = grid_chart(two, "alignment", "FRA-JPN").axes[0]
    cells = next(each for each in axes.collections if each.get_gid() == "means")
    wanted = two.means("alignment", "FRA-JPN", "difference")[np.ix_([2, 0, 1], [1, 2, 0, 3])].T
    np.testing.assert_allclose(np.asarray(cells.get_array()), wanted.round(2), atol=1e-9)
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0.1", "0.4", "0.7"]
    assert any(each.get_gid() == "zero" for each in axes.collections) == (wanted.min() < 0 < wanted.max())
    assert wanted.min() < 0 < wanted.max()
    drawn = {tuple(map(int, text.get_position())): text.get_text() for text in axes.texts}
    assert drawn[1, 2] == "0"
    assert len(drawn) == 12
    ends = cells.norm.boundaries
    np.testing.assert_allclose(ends, -ends[::-1])
    assert ends[-1] >= 0.25


def test_effects_chart_draws_every_effect(found: Sweep) -> None:
    from cordiale.output.charts.sweep import effects_chart

    figure = effects_chart(found, "alignment", "FRA-JPN")
    table = found.effects().query("measure == 'alignment'")
    for gid, columns in (("mean", ["effect"]), ("interval", ["effect_low", "effect_high"])):
        lines = [line for axes in figure.axes for line in axes.lines if line.get_gid() == gid]
        drawn = sorted(tuple(line.get_xdata()) for line in lines)
        np.testing.assert_allclose(drawn, sorted(map(tuple, table[columns].to_numpy())))


def test_a_measure_that_does_not_vary_can_be_drawn(base: cordiale.Scenario, tmp_path: Path) -> None:
    over = {TONE: [0.1, 0.4, 0.7], "FRA.resolve": [0.6, 0.7, 0.8]}
    still = sweep(base, over, measure=["member.quad:CHN"], worlds=4, out=tmp_path / "still")
    assert set(still.figures()) == {"sweep-member.quad-CHN", "effects-member.quad-CHN"}
    (only,) = still.sentences()
    assert "the same in every world at both ends of every factor" in only


# ---------------------------------------------------------------- the command line


def command(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int | str | None:
    monkeypatch.setattr(sys, "argv", ["cordiale", "sweep", *arguments])
    with pytest.raises(SystemExit) as stopped:
        main()
    return stopped.value.code


def test_design_only_prints_the_design(
    workshop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not command(monkeypatch, "baseline", "--over", "brexit=0:1:3", "--over", f"{TONE}=0.2,0.3", "--design-only")
    out, told = capsys.readouterr()
    assert out.splitlines()[:3] == [f"cell,brexit,{TONE}", "0,0,0.2", "1,0,0.3"]
    assert len(out.splitlines()) == 7
    assert told.startswith("6 cells of 200 worlds take about ")
    assert not (workshop / "outputs").exists()


def test_command_writes_a_sweep(
    workshop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--worlds", "4", "--set", f"horizon={SHORT}", "--json", "--no-charts")
    assert not command(monkeypatch, "baseline", "--over", "JPN>FRA.trust=0.3,0.9", *options)
    record = json.loads(capsys.readouterr().out)
    assert record["sweep"] == "outputs/sweep-baseline-JPN-FRA.trust"
    assert len(record["effects"]) == 1
    assert Sweep.open(record["sweep"]).worlds == 4


BAD = {
    "unknown": (
        ["brexitt=0,1"],
        "--over brexitt=0,1: no lever or parameter of that name in 'baseline'; did you mean 'brexit'?",
    ),
    "one point": (["brexit=0.5"], "--over brexit=0.5: 1 point, and a sweep needs at least two that differ"),
    "same points": (["brexit=1:1:4"], "--over brexit=1:1:4: 1 point, and a sweep needs at least two that differ"),
    "twice": (["brexit=0,1,0"], "--over brexit=0,1,0: 0 is given twice"),
    "path twice": (["brexit=0,1", "levers.brexit=0,1"], "--over levers.brexit=0,1: brexit is given twice"),
    "off scale": (["brexit=0:2:3"], "--over brexit=0:2:3: leaves the scale 0..1 of the lever 'brexit'"),
    "no number": (["brexit=0,much"], "--over brexit=0,much: 'much' is not a number"),
    "points": (["brexit=0:1:x"], "--over brexit=0:1:x: 'x' is not a number of points from 2 to 1000000"),
    "no levels": (["brexit"], "--over 'brexit': write it as PATH=FROM:TO:POINTS or PATH=X,Y,Z, such as brexit=0:1:5"),
    "coded twice": (["brexit=coded,coded,1"], "--over brexit=coded,coded,1: coded is given twice"),
    "coded alone": (["brexit=coded"], "--over brexit=coded: 1 point, and a sweep needs at least two that differ"),
    "setting": (["seed=1,2"], "--over seed=1,2: 'seed' is no lever or parameter: give it with --seed"),
    "nothing": ([], "missing --over PATH=LEVELS. Example: cordiale sweep baseline --over france_in_quad=0,1"),
}


@pytest.mark.parametrize(("over", "message"), BAD.values(), ids=BAD)
def test_bad_factors_are_refused(refused: Refused, over: list[str], message: str) -> None:
    assert refused("sweep", "baseline", *(part for each in over for part in ("--over", each))).startswith(message)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--set", "brexit=1"), "--over brexit=0,1: brexit is given with --set too"),
        (
            ("--measure", "algnment:FRA-JPN"),
            "--measure 'algnment:FRA-JPN': 'algnment' is no measure; did you mean",
        ),
        (("--measure", "trust"), "--measure 'trust': name one entity after a colon, such as trust:FRA-JPN"),
        (("--quarter", "2031Q1"), "--quarter 2031Q1: the scenario runs from 2018Q4 to 2025Q4"),
        (("--quarter", "2020Q1:2031Q1"), "--quarter 2020Q1:2031Q1: the scenario runs from 2018Q4 to 2025Q4"),
        (("--quarter", "2020Q1:2019Q1"), "--quarter 2020Q1:2019Q1: ends before it begins"),
        (("--quarter", "peek"), "--quarter: 'peek' is not a quarter such as 2018Q4; or give a window such as"),
        (("--quarter", "peak", "--measure", "same_bloc:FRA-JPN"), "--quarter peak: 'same_bloc' is read in one quarter"),
        (("--worlds", "1"), "--worlds 1: intervals need at least two worlds"),
        (("--out", "agents"), "agents exists: choose another folder"),
    ],
)
def test_bad_options_are_refused(refused: Refused, options: tuple[str, ...], message: str) -> None:
    assert refused("sweep", "baseline", "--over", "brexit=0,1", *options).startswith(message)


def test_levers_that_move_one_number_are_refused_in_one_line(workshop: Path) -> None:
    path = workshop / "agents" / "indo_pacific_2018" / "case.yaml"
    path.write_text(re.sub(r"GBR\.bandwidth: \[[^]]*\]", "FRA.clarity: [0.2, 0.4]", path.read_text("utf-8")), "utf-8")
    with pytest.raises(OptionError, match=r"^--over france_clarity: .* both move 'FRA\.clarity' in 2018Q4"):
        design_of(load_scenario("baseline"), {"brexit": [0, 1], "france_clarity": [0, 1]})


def test_a_million_cells_are_refused_at_once_with_the_time(refused: Refused) -> None:
    message = refused("sweep", "baseline", "--over", "brexit=0:1:1000", "--over", f"{TONE}=0.1:0.7:1000")
    assert message.startswith("1,000,000 cells of 200 worlds take about ")
    assert message.endswith("add --yes to run them, or --design-only to look at them")


def test_a_sweep_that_is_stopped_keeps_its_cells(base: cordiale.Scenario, tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        written = next(tmp_path.glob(".*.unfinished")) / "result" / "design.csv"
        assert len(written.read_text("utf-8").splitlines()) == 3, "the design stands before cells are run"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match="1 part is kept: call it again as before to go on"):
        sweep(base, {"brexit": [0, 1]}, worlds=4, out=tmp_path / "cut", progress=stop)
    assert [path.name for path in tmp_path.iterdir()] == [".cut.unfinished"]
    whole = sweep(base, {"brexit": [0, 1]}, worlds=4, out=tmp_path / "whole")
    again = sweep(base, {"brexit": [0, 1]}, worlds=4, out=tmp_path / "cut")
    assert again.manifest["content"] == whole.manifest["content"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cut", "whole"]
    with pytest.raises(StudyError, match=r"is no sweep: it lacks design\.csv"):
        Sweep.open(tmp_path)


def test_what_python_gives_amiss_is_told(tmp_path: Path) -> None:
    loaded, over = load_scenario("baseline", set={"horizon": "2019Q1"}), {"france_in_quad": [0, 1]}
    with pytest.raises(OptionError, match="the scenario is loaded already"):
        sweep(loaded, over, set={"seed": 3}, worlds=4)
    with pytest.raises(OptionError, match="intervals need at least two worlds"):
        sweep(loaded, over, worlds=1)
    with pytest.raises(OptionError, match="is given twice"):
        sweep(loaded, over, worlds=4, measure=["alignment:FRA-JPN", "alignment:JPN-FRA"])
    found = sweep(loaded, over, worlds=4, measure=["alignment:FRA-JPN"], out=tmp_path / "sweep")
    path = found.folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"kind": "study"}), "utf-8")
    with pytest.raises(StudyError, match="not the manifest of a sweep"):
        Sweep.open(found.folder)
