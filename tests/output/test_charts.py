"""Charts: drawn data equal the study's numbers, texts print as they are, files are the same each time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import cordiale
from cordiale.files.errors import OptionError
from cordiale.output.charts.frame import said_by
from cordiale.output.charts.study import CHARTS, chart, draw_all
from cordiale.scenario.load import load_scenario
from cordiale.scenario.settings import Scenario
from cordiale.study.attribution import Terms, causes
from cordiale.study.estimate import Estimate
from cordiale.study.study import Study

SCENARIOS = ["baseline", "france_joins_quad", "japan_in_axis"]
WORLDS = 24


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    out = tmp_path_factory.mktemp("charts") / "study"
    return cordiale.run(SCENARIOS, worlds=WORLDS, seed=2018, out=out, jobs=1)


@pytest.fixture(scope="session")
def single(tmp_path_factory: pytest.TempPathFactory) -> Study:
    out = tmp_path_factory.mktemp("charts") / "single"
    return cordiale.run("baseline", worlds=8, set=["horizon=2019Q2"], out=out, jobs=1)


def without(study: Study, *measures: str) -> Study:
    """The study as though it had not recorded some measures."""
    manifest = json.loads(json.dumps(study.manifest))
    for scenario in manifest["scenarios"]:
        for measure in measures:
            del scenario["measures"][measure]
    return Study(study.folder, manifest)


def titled(study: Study, title: str) -> Study:
    manifest = json.loads(json.dumps(study.manifest))
    for scenario in manifest["scenarios"]:
        scenario["title"] = title
    return Study(study.folder, manifest)


def lines(axes, gid: str) -> list[np.ndarray]:
    return [line.get_ydata() for line in axes.lines if line.get_gid() == gid]


def texts(figure) -> str:
    from matplotlib.text import Text

    return " ".join(text.get_text().replace("\n", " ") for text in figure.findobj(Text))


@pytest.fixture(scope="session")
def drawn(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("charts") / "new" / "folder"
    told: list[tuple[int, int]] = []
    files = draw_all(study, folder, lambda *done: told.append(done))
    assert told == [(done, len(CHARTS)) for done in range(1, len(CHARTS) + 1)]
    assert {path.name for path in files} == {f"{name}.{suffix}" for name in CHARTS for suffix in ("png", "svg")}
    return folder


@pytest.mark.parametrize("name", CHARTS)
def test_each_chart_is_an_image_of_a_page(drawn: Path, name: str) -> None:
    from PIL import Image

    with Image.open(drawn / f"{name}.png") as image:
        assert image.width == 2070
        assert 400 < image.height < 3000
        assert image.info["Description"].endswith(".")
        assert round(image.info["dpi"][0]) == 300
        assert "Software" not in image.info
        pixels = np.asarray(image.convert("L"))
    assert 0.005 < np.mean(pixels < 250) < 0.9
    frame = np.concatenate([pixels[:3].ravel(), pixels[-3:].ravel(), pixels[:, :3].ravel(), pixels[:, -3:].ravel()])
    assert frame.min() > 250, "something is cut off at the edge"


@pytest.mark.parametrize("name", CHARTS)
def test_svg_is_the_same_each_time_and_has_no_date(study: Study, drawn: Path, tmp_path: Path, name: str) -> None:
    chart(study, name, tmp_path)
    assert (tmp_path / f"{name}.svg").read_bytes() == (drawn / f"{name}.svg").read_bytes()
    written = (tmp_path / f"{name}.svg").read_text("utf-8")
    assert "dc:date" not in written
    assert "<desc>" in written


@pytest.mark.parametrize("name", CHARTS)
def test_caption_tells_worlds_seed_command_and_that_it_is_no_forecast(study: Study, name: str) -> None:
    figure = CHARTS[name].function(study)
    said = texts(figure)
    assert "24 worlds, seed 2018, the same in every scenario" in said
    assert "Source: cordiale run baseline france_joins_quad japan_in_axis --worlds 24" in said
    assert f"(cordiale {cordiale.__version__}, pack indo_pacific_2018 after Pajon 2018)" in said
    assert "A model of one article's claims: no forecast" in said
    assert not figure.legends


def test_the_command_of_a_caption_leaves_out_where_it_was_written(study: Study) -> None:
    from cordiale.output.charts.titles import command

    typed = without(study)
    typed.manifest["command"] = ["cordiale", "run", "baseline", "a", "--out", "/home/x/y", "--jobs=2", "--worlds", "8"]
    assert command(typed) == "cordiale run baseline a --worlds 8"
    typed.manifest["command"] = ["cordiale", "run", *["a_long_name_of_a_scenario"] * 9, "--worlds", "8"]
    assert command(typed) == "cordiale run (3 scenarios) --worlds 24"


@pytest.mark.parametrize(
    ("measure", "entity"),
    [
        ("alignment", "FRA-JPN"), ("alignment:JPN-FRA", "FRA-JPN"), ("pressure:JPN", "JPN"), ("pressure", "FRA"),
        ("rank:JPN>FRA", "JPN>FRA"),
    ],
)  # fmt: skip
def test_fan_draws_means(study: Study, measure: str, entity: str) -> None:
    from cordiale.output.charts.fan import fan

    figure = fan(study, measure)
    wanted = [study.values(measure.partition(":")[0], entity, name).mean(axis=0) for name in SCENARIOS]
    np.testing.assert_allclose(lines(figure.axes[1], "level"), wanted[::-1])
    low, high = figure.axes[1].get_ylim()
    assert low <= np.min(wanted)
    assert high >= np.max(wanted)
    said = texts(figure).replace(" ", "")
    assert all(study.title(name).replace(" ", "") in said for name in SCENARIOS)


def heights(bands) -> list[tuple[float, float]]:
    vertices = [band.get_paths()[0].vertices[:, 1] for band in bands]
    return [(float(each.min()), float(each.max())) for each in vertices]


def banded(axes, gid: str) -> list:
    return [each for each in axes.collections if each.get_gid() == gid]


def test_bands_are_of_90_per_cent_of_worlds(study: Study) -> None:
    """Each effect has its own; of levels the first alone."""
    from cordiale.output.charts.fan import fan

    above, beneath = fan(study).axes
    base = study.values("alignment", "FRA-JPN", "baseline")
    gaps = [study.values("alignment", "FRA-JPN", name) - base for name in SCENARIOS[1:]]
    for axes, several in ((above, gaps), (beneath, [base])):
        wanted = [np.quantile(each, (0.05, 0.95), axis=0) for each in several]
        drawn = heights(banded(axes, "band"))
        np.testing.assert_allclose(drawn, [(each[0].min(), each[1].max()) for each in wanted])


def test_bands_of_a_scenario_alone_are_of_50_and_90_per_cent_of_worlds(single: Study) -> None:
    from cordiale.output.charts.fan import fan

    (axes,) = fan(single).axes
    values = single.values("alignment", "FRA-JPN")
    for gid, quantiles in (("band", (0.05, 0.95)), ("half", (0.25, 0.75))):
        low, high = np.quantile(values, quantiles, axis=0)
        np.testing.assert_allclose(heights(banded(axes, gid)), [(low.min(), high.max())])


def test_a_value_stands_at_the_end_of_its_quarter_and_a_policy_at_the_start(study: Study) -> None:
    from cordiale.output.charts.fan import fan

    above = fan(study).axes[0]
    mean = next(line for line in above.lines if line.get_gid() == "difference")
    assert mean.get_xdata()[0] == 2019.0  # 2018Q4 ends on 1 January 2019
    assert mean.get_xdata()[-1] == 2026.0
    first = study.about("france_joins_quad")["events"][0]["quarter"]
    assert first == "2019Q3"
    starts = {float(line.get_xdata()[0]) for line in above.lines if line.get_gid() == "policy"}
    assert 2019.5 in starts
    assert "from 1 July 2019" in texts(fan(study))
    years = dict(zip(above.xaxis.get_minorticklocs(), above.xaxis.get_minorticklabels(), strict=True))
    assert years[2019.5].get_text() == "2019"


def test_small_multiples_repeat_the_first_mean(study: Study) -> None:
    from cordiale.output.charts.fan import small_multiples

    axes = small_multiples(study).axes
    means = [study.values("alignment", "FRA-JPN", name).mean(axis=0) for name in SCENARIOS]
    assert len(axes) == len(SCENARIOS) - 1
    for panel, mean in zip(axes, means[1:], strict=True):
        np.testing.assert_allclose(lines(panel, "level"), [mean])
        np.testing.assert_allclose(lines(panel, "first"), [means[0]])


def test_difference_is_world_by_world_with_a_zero_line(study: Study) -> None:
    from cordiale.output.charts.fan import fan

    figure = fan(study)
    base = study.values("alignment", "FRA-JPN", "baseline")
    values = [study.values("alignment", "FRA-JPN", name) - base for name in SCENARIOS[1:]]
    above = figure.axes[0]
    np.testing.assert_allclose(lines(above, "difference"), [each.mean(axis=0) for each in values][::-1])
    np.testing.assert_allclose(lines(above, "zero"), [[0, 0]])
    ends = [f"{each[:, -1].mean():+.2f}".replace("-", "−") for each in values]
    assert {*ends} <= {text.get_text().split()[-1] for text in above.texts}


def test_levels_as_they_are_printed_differ_by_the_effect_as_it_is_printed(study: Study) -> None:
    from cordiale.output.charts.fan import level_of, level_texts
    from cordiale.output.charts.titles import change_of

    for measure, entity in (("alignment", "FRA-JPN"), ("trust", "FRA-JPN"), ("pressure", "JPN")):
        levels = [level_of(study, measure, entity, name, k) for k, name in enumerate(SCENARIOS)]
        changes = [change_of(study, measure, entity, name) for name in SCENARIOS[1:]]
        first, *others = (float(each.replace("−", "-")) for each in level_texts(levels, changes))
        assert first == pytest.approx(levels[0].values[:, -1].mean(), abs=0.006)
        for other, change in zip(others, changes, strict=True):
            assert other - first == pytest.approx(float(change.estimate.text().replace("−", "-")), abs=1e-9)


@pytest.mark.parametrize(("old", "now"), [("difference", "fan"), ("heatmap", "pairs")])
def test_the_name_of_a_chart_of_the_version_before_is_told(study: Study, tmp_path: Path, old: str, now: str) -> None:
    with pytest.warns(cordiale.StudyWarning, match=f"the chart {old} is called {now} now"):
        files = chart(study, old, tmp_path)
    assert [file.name for file in files] == [f"{now}.png", f"{now}.svg"]


def test_parts_sum_to_the_change_of_the_whole(study: Study) -> None:
    from cordiale.output.charts.parts import parts, sum_of

    base = study.values("alignment", "FRA-JPN", "baseline", quarter=-1)
    for place, name in enumerate(SCENARIOS[1:], 1):
        whole = float((study.values("alignment", "FRA-JPN", name, quarter=-1) - base).mean())
        found = sum_of(study, "FRA-JPN", name, place)
        assert found.parts.sum() == pytest.approx(whole, abs=1e-9)
        assert found.whole.mean == pytest.approx(whole)
        assert found.whole.low <= found.whole.mean <= found.whole.high
        assert sum(found.shown) == pytest.approx(round(whole, 2), abs=1e-9), "what is printed sums too"
        assert found.shown == pytest.approx(found.parts, abs=0.015)
    for axes in parts(study).axes:
        bars = {gid: [bar for bar in axes.patches if bar.get_gid() == gid] for gid in ("part", "whole")}
        assert sum(bar.get_height() for bar in bars["part"]) == pytest.approx(bars["whole"][0].get_height(), abs=1e-9)
        assert bars["part"][1].get_y() == pytest.approx(bars["part"][0].get_height())


def test_parts_of_a_single_scenario_sum_to_its_change_since_the_start(single: Study) -> None:
    from cordiale.output.charts.parts import sum_of

    values = single.values("alignment", "FRA-JPN")
    assert sum_of(single, "FRA-JPN", "baseline", 0).parts.sum() == pytest.approx((values[:, -1] - values[:, 0]).mean())


def test_pairs_that_change_noticeably_have_a_row_and_no_other(study: Study) -> None:
    from cordiale.output.charts.pairs import moved_by, pairs

    base = study.values("alignment", scenario="baseline", quarter=-1)
    for name in SCENARIOS[1:]:
        gaps = study.values("alignment", scenario=name, quarter=-1) - base
        wanted = {
            dyad: Estimate.of(gap, study.measure("alignment").unit)
            for dyad, gap in zip(study.measures()["alignment"], gaps.T, strict=True)
        }
        assert moved_by(study, name).found == wanted
        kept = {dyad: each for dyad, each in wanted.items() if each.clear and abs(each.mean) >= 0.05}
        assert 0 < len(kept) < len(wanted)
        (axes,) = pairs(study, name).axes
        labels = [label.get_text().replace("-\n", "-").replace("\n", " ") for label in axes.get_yticklabels()]
        names = study.manifest["names"]
        order = sorted(kept, key=lambda dyad: -kept[dyad].mean)
        assert labels == ["–".join(names[code] for code in dyad.split("-")) for dyad in order]
        dots = np.array([line.get_xdata()[0] for line in axes.lines if line.get_gid() == "mean"])
        np.testing.assert_allclose(dots, [kept[dyad].mean for dyad in order])


def test_pairs_of_a_single_scenario_are_those_that_change_since_the_start(single: Study) -> None:
    from cordiale.output.charts.pairs import moved_by

    values = single.values("alignment", scenario="baseline")
    wanted = (values[:, -1] - values[:, 0]).mean(axis=0)
    found = moved_by(single, "baseline").found
    assert [each.mean for each in found.values()] == pytest.approx(wanted)


def test_colours_of_differences_go_in_steps_and_are_symmetric() -> None:
    from cordiale.output.charts.cells import REACH, colours_of

    colours, norm = colours_of(REACH * 0.05, 0.05)
    np.testing.assert_allclose(norm.boundaries, [-0.25, -0.2, -0.15, -0.1, -0.05, 0.05, 0.1, 0.15, 0.2, 0.25])
    assert len(set(map(tuple, colours(norm(np.array([-0.04, 0.0, 0.04])))))) == 1
    inside = np.array([0.04, 0.06, 0.11, 0.16, 0.21])
    np.testing.assert_array_equal(norm(-inside) + norm(inside), 2 * norm(0.0))
    assert len(set(map(tuple, colours(norm(np.concatenate([-inside[1:], inside, [-0.3, 0.3]])))))) == 11


def test_a_sign_is_clear_where_the_interval_leaves_zero_out() -> None:
    from cordiale.output.charts.cells import clear_of

    rng = np.random.default_rng(1)
    clear, wavering = 1 + 0.1 * rng.normal(size=200), 0.3 + rng.normal(size=200)
    few = np.where(np.arange(200) < 3, 1.0, 0.0)
    doubtful = np.tile([1.0, -0.9], 100)
    columns = [clear, -clear, wavering, few, 0 * few, doubtful]
    assert clear_of(np.stack(columns, axis=1)).tolist() == [True, True, True, False, False, False]


def test_ladder_areas_are_shares_of_worlds(study: Study) -> None:
    from cordiale.output.charts.ladder import ladder, shares_of

    counts = study.values("ladder", "FRA-JPN")
    top = int(counts.max())
    shares = shares_of(study, "baseline", "FRA-JPN", top)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    np.testing.assert_allclose(shares @ np.arange(top + 1), counts.mean(axis=0), atol=1e-9)
    axes = ladder(study).axes[0]
    for area in axes.collections:
        rungs = int(str(area.get_gid()).removeprefix("rungs "))
        box = area.get_paths()[0].vertices
        last = box[np.isclose(box[:, 0], box[:, 0].max()), 1]
        assert np.ptp(last) == pytest.approx(shares[-1, rungs], abs=1e-9)
    assert len(ladder(study, ["JPN-FRA", "JPN-USA"]).axes) == 6
    assert "France–Japan: " in texts(ladder(study, ["JPN-FRA", "JPN-USA"]))


def test_blocs_are_shares_of_worlds_and_groups_hang_together(study: Study) -> None:
    from cordiale.output.charts.blocs import blocs, groups_of

    axes = blocs(study).axes[0]
    square = axes.images[0].get_array()
    order = [label.get_text() for label in axes.get_xticklabels()]
    means = dict(zip(study.measures()["same_bloc"], study.values("same_bloc")[:, -1].mean(axis=0), strict=True))
    for entity, mean in means.items():
        i, j = (order.index(code) for code in entity.split("-"))
        assert square[i, j] == square[j, i] == pytest.approx(mean)
    one = np.array([[np.nan, 0.9, 0.1, 0.0], [0.9, np.nan, 0.2, 0.6], [0.1, 0.2, np.nan, 0.3], [0.0, 0.6, 0.3, np.nan]])
    assert groups_of(one) == [[1, 0, 3], [2]]


def test_a_state_apart_from_those_with_whom_it_sits_is_named(study: Study) -> None:
    from cordiale.output.charts.blocs import odd_state

    order = study.measures()["hedging"]
    together = np.ones((len(order), len(order)))
    assert odd_state(study, "baseline", together, order) is None
    apart = together.copy()
    india = order.index("IND")
    apart[india] = apart[:, india] = 0.04
    assert odd_state(study, "baseline", apart, order) == ("IND", "JPN", "quad")


def test_gain_is_held_against_the_cost_that_the_pack_names(study: Study) -> None:
    from cordiale.output.charts.gain_cost import Policy, cost_of, gain_cost, on_front

    found = cost_of(study, None)
    assert (found.label, found.measures, found.more) == ("Chinese pressure on France", ("pressure.CHN:FRA",), True)
    assert "No policy noticeably changes coercive pressure on France" in texts(gain_cost(study, cost="pressure:FRA"))
    figure = gain_cost(study, cost="alignment:FRA-IND")  # a cost that policies move
    assert "to alignment of France and India (right)" in texts(figure)
    points = [line.get_xydata()[0] for line in figure.axes[0].lines if line.get_gid() == "policy"]

    def mean(measure: str, name: str) -> float:
        return float((study.values(measure, scenario=name, quarter=-1) - study.values(measure, quarter=-1)).mean())

    wanted = [(mean("alignment:FRA-IND", name), mean("alignment:FRA-JPN", name)) for name in SCENARIOS[1:]]
    np.testing.assert_allclose(points, wanted)
    made = [
        Policy(name, name, Estimate(gain, gain, gain), Estimate(cost, cost, cost))
        for name, gain, cost in (("a", 1.0, 1.0), ("b", 2.0, 2.0), ("c", 1.0, 3.0), ("d", -1.0, 0.5), ("e", -0.5, -1.0))
    ]
    assert [each.name for each in on_front(made, True)] == ["e", "a", "b"]
    assert [each.name for each in on_front(made, False)] == ["c", "b"]


def test_gains_without_a_noticeable_cost_are_sorted_rows(study: Study) -> None:
    from cordiale.output.charts.gain_cost import gain_cost

    base = study.values("alignment", "FRA-JPN", quarter=-1)
    gaps = {study.title(name): study.values("alignment", "FRA-JPN", name, quarter=-1) - base for name in SCENARIOS[1:]}
    figure = gain_cost(study)
    (axes,) = figure.axes
    dots = [float(line.get_xdata()[0]) for line in axes.lines if line.get_gid() == "mean"]
    assert dots == pytest.approx(sorted((gap.mean() for gap in gaps.values()), reverse=True))
    order = sorted(gaps, key=lambda name: -gaps[name].mean())
    labels = [label.get_text().replace("-\n", "-").replace("\n", " ") for label in axes.get_yticklabels()]
    assert labels == order
    assert not [line for line in axes.lines if line.get_gid() == "policy"]
    said = said_by(figure)
    assert "No policy noticeably changes Chinese pressure on France" in said.caption
    assert "(right)" not in said.subtitle


def test_none_is_said_to_gain_most_where_two_do_not_differ_clearly(study: Study) -> None:
    from cordiale.output.charts.gain_cost import gain_cost

    first, second = (study.values("alignment", "FRA-JPN", name)[:, -1] for name in SCENARIOS[1:])
    assert not Estimate.of(first - second).clear
    assert "about as much" in said_by(gain_cost(study)).title[0]


def test_network_blocs_and_places(study: Study) -> None:
    from cordiale.output.charts.network import network, network_of, positions

    states = study.measures()["hedging"]
    found = network_of(study, "baseline", states)
    assert sorted(code for bloc in found.blocs for code in bloc) == sorted(states)
    home = {code: k for k, bloc in enumerate(found.blocs) for code in bloc}
    shares = dict(zip(study.measures()["same_bloc"], study.values("same_bloc")[:, -1].mean(axis=0), strict=True))
    firm = {dyad for dyad, share in shares.items() if share > 0.5}
    assert all(home[one] == home[other] for one, other in (dyad.split("-") for dyad in firm))
    held = {code for dyad in firm for code in dyad.split("-")}
    assert held == {code for bloc in found.blocs if len(bloc) > 1 for code in bloc}, "the others are alone"
    np.testing.assert_array_equal(positions(found.ties), positions(found.ties))
    assert ("stability" in texts(network(study))) == (found.divided or "stability" in found.words)


def test_rank_medians_of_every_partner(study: Study) -> None:
    from cordiale.output.charts.rank import rank

    figure = rank(study, "JPN", ["FRA", "GBR"])
    for axes, name in zip(figure.axes, SCENARIOS, strict=True):
        assert sum(line.get_gid() != "policy" for line in axes.lines) == len(study.measures()["hedging"]) - 1
        for code in ("FRA", "GBR", "NZL"):
            np.testing.assert_allclose(
                lines(axes, code), [np.median(study.values("rank", f"JPN>{code}", name), axis=0)]
            )
    low, high = figure.axes[0].get_ylim()
    assert low > high, "1 stands at the top"
    assert list(figure.axes[0].get_yticks()) == [1, 5, 10, 15]


def test_every_place_of_few_partners_is_numbered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cordiale.output.charts.rank import rank
    from cordiale.scenario.new import new_pack

    monkeypatch.chdir(tmp_path)
    new_pack("three")
    study = cordiale.run("scenarios/three/baseline.yaml", worlds=4, set=["horizon=2020Q2"], out="study", jobs=1)
    assert list(rank(study).axes[0].get_yticks()) == [1, 2]


def test_membership_draws_only_states_whose_share_moves(study: Study) -> None:
    from cordiale.output.charts.membership import membership

    axes = membership(study, ["quad"]).axes[1]
    shares = study.values("member.quad", scenario="france_joins_quad").mean(axis=0)
    for k, code in enumerate(study.measures()["member.quad"]):
        moves = shares[:, k].max() > 0 and shares[:, k].min() < 1
        steps = [np.append(shares[0, k], shares[:, k])] if moves else np.empty((0,))
        np.testing.assert_allclose(lines(axes, code), steps)
    assert lines(axes, "FRA")
    assert not lines(axes, "JPN")
    left = {line.get_xdata()[0] for line in axes.lines if line.get_gid() in study.measures()["member.quad"]}
    assert left == {axes.get_xlim()[0]}, "a line begins where the axis does"


PARTS = ("alignment", "similarity", "depth", "activity", "trust")
EXAMPLES = {"member.*": "member.quad", "events.*": "events.leaders"}
NEEDS = [(name, EXAMPLES.get(need, need)) for name, chart in CHARTS.items() for need in chart.needs]
NEEDS += [(name, "alignment") for name in ("fan", "small_multiples", "pairs", "gain_cost")]
NEEDS += [("parts", part) for part in PARTS]


@pytest.mark.parametrize(("name", "measure"), NEEDS)
def test_missing_measure_is_named(study: Study, tmp_path: Path, name: str, measure: str) -> None:
    head, dot, _ = measure.partition(".")
    poorer = without(
        study, *[each for each in study.measures() if each == measure or (dot and each.startswith(head + dot))]
    )
    with pytest.raises(OptionError, match=rf"'{name}' needs .*{measure}.* `measures`"):
        chart(poorer, name, tmp_path)
    assert not list(tmp_path.iterdir())


def test_events_are_counted_by_year_and_compared_world_by_world(study: Study) -> None:
    from cordiale.output.charts.events import MOST, events

    figure = events(study)
    kinds = [name for name in study.measures() if name.startswith("events.")]
    assert len(figure.axes) == min(MOST, len(kinds))
    at = np.array([int(quarter[:4]) for quarter in study.quarters()])
    years = [year for year in np.unique(at) if (at == year).sum() == 4]
    counted = {
        kind: [study.values(kind, "FRA-JPN", name) @ (at[:, None] == years).astype(float) for name in SCENARIOS]
        for kind in kinds
    }
    wanted = sorted(counted.values(), key=lambda of: -np.mean(of))
    for axes, of in zip(figure.axes, wanted, strict=False):
        drawn = [patch.get_data().values for patch in axes.patches]
        np.testing.assert_allclose(drawn, [each.mean(axis=0) for each in of][::-1], atol=1e-12)
        gaps = ", ".join(f"{(each - of[0])[:, -1].mean():+.2f}".replace("-", "−") for each in of[1:])
        head = axes.get_title("left").replace("\n", " ")
        assert head.endswith(gaps.replace("+0.00", "0").replace("−0.00", "0"))
    assert "a year by kind" in texts(figure)
    assert "Meetings of leaders" in texts(figure)


def test_events_of_a_short_study_are_counted_by_quarter(single: Study) -> None:
    from cordiale.output.charts.events import events

    figure = events(single)
    assert "a quarter by kind" in texts(figure)
    values = single.values("events.exercise", "FRA-JPN").mean(axis=0)
    assert any(np.allclose(patch.get_data().values, values) for axes in figure.axes for patch in axes.patches)


def test_draw_all_skips_what_is_not_recorded(single: Study, tmp_path: Path) -> None:
    files = draw_all(without(single, "rank", "trust"), tmp_path)
    assert {path.stem for path in files} == set(CHARTS) - {"rank", "parts", "gain_cost"}


@pytest.mark.parametrize(
    ("name", "options", "says"),
    [
        ("fann", {}, "no chart; did you mean 'fan'"),
        ("fan", {"mesure": "trust"}, "no option 'mesure'; did you mean 'measure'"),
        ("fan", {"measure": "alinement"}, "--measure 'alinement': 'alinement' is no measure; did you mean 'alignment'"),
        (
            "fan",
            {"measure": "alignment:FRA-XXX"},
            "'alignment' is of a dyad, such as FRA-JPN, and 'FRA-XXX' is none",
        ),
        ("parts", {"measure": "trust:FRA-JPN"}, "what alignment is made of, and not 'trust'"),
        ("fan", {"measure": "same_bloc"}, "last quarter only"),
        ("rank", {"observer": "XXX"}, "XXX>"),
        ("events", {"dyad": "FRA-XXX"}, "'events.leaders' is of a dyad, such as FRA-JPN, and 'FRA-XXX' is none"),
        ("events", {"dyad": "AUS-GBR"}, "AUS-GBR"),
        ("membership", {"formats": ["nato"]}, "'member.nato'"),
    ],
)
def test_faults_of_the_user_are_told(
    study: Study, tmp_path: Path, name: str, options: dict[str, object], says: str
) -> None:
    with pytest.raises(OptionError) as caught:
        chart(study, name, tmp_path, **options)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "title",
    ["costs $x$ and $\\frac{1$", "<script>alert('&')</script>", "_hidden", "A\x00\nB", "w" * 200, "50 %"],
)
def test_titles_print_as_they_are(study: Study, tmp_path: Path, title: str) -> None:
    from xml.etree import ElementTree

    odd = titled(study, title)
    written = chart(odd, "fan", tmp_path)[1].read_text("utf-8")
    ElementTree.fromstring(written)
    assert "<script" not in written
    shown = title.replace("\x00\n", " ").replace(" ", "")
    assert texts(CHARTS["fan"].function(odd)).replace(" ", "").count(shown) >= len(SCENARIOS)


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_stands_any_title(study: Study, tmp_path: Path, name: str) -> None:
    from xml.etree import ElementTree

    written = chart(titled(study, "<script>$x$ and $\\frac{1$ & 50%"), name, tmp_path)[1].read_text("utf-8")
    ElementTree.fromstring(written)
    assert "<script" not in written


def test_names_and_labels_come_from_the_manifest(study: Study) -> None:
    named = without(study)
    assert "Alignment of France and Japan" in texts(CHARTS["fan"].function(named))
    assert "change of alignment of France and Japan" in texts(CHARTS["parts"].function(named))
    named.manifest["names"] = {"FRA": "Gaul", "JPN": "Nippon"}
    assert "Alignment of Gaul and Nippon" in texts(CHARTS["fan"].function(named))
    named.manifest["labels"] = {"issue": {"china_tone": "Manner"}, "domain": {"china_tone": "no issue"}}
    assert "Position: Manner, of Nippon" in texts(CHARTS["fan"].function(named, "position.china_tone:JPN"))


def test_labels_of_a_packs_parts_stand_in_the_manifest(study: Study) -> None:
    from cordiale.scenario.load import load_case

    case, labels = load_case("indo_pacific_2018").pack.case, study.manifest["labels"]
    for kind, parts in (
        ("issue", case.issues), ("domain", case.domains), ("agreement", case.agreements), ("format", case.formats),
    ):  # fmt: skip
        assert labels[kind] == {name: part.label for name, part in parts.items()}
    assert labels["event"]["leaders"] == "meetings of leaders"
    assert labels["event"]["equipment"] == case.domains["equipment"].label


@pytest.mark.parametrize(
    ("measure", "entity", "title"),
    [
        ("alignment", "FRA-JPN", "Alignment of France and Japan"),
        ("practice", "FRA-JPN", "Practice, mean over domains, of France and Japan"),
        ("practice.maritime", "FRA-JPN", "Practice: Maritime exercises and patrols, of France and Japan"),
        ("agreement.acsa", "FRA-JPN", "Agreement in force: Acquisition and cross-servicing (ACSA): France and Japan"),
        ("position.china_tone", "JPN", "Position: Tone toward China (word), of Japan"),
        ("pressure", "JPN", "Coercive pressure on Japan"),
        ("hedging", "USA", "Evenness between the poles: United States"),
        ("rank", "JPN>FRA", "Rank of the partner: France, as Japan sees it"),
        ("events.exercise", "FRA-JPN", "Events: exercises at sea, France and Japan"),
        ("pressure.CHN", "JPN", "Coercive pressure by China on Japan"),
        ("level.quad", "all", "Level of the format: The Quad (Japan, US, India, Australia)"),
    ],
)
def test_titles_read_as_sentences_do(study: Study, measure: str, entity: str, title: str) -> None:
    from cordiale.study.labels import subject

    assert subject(study, measure, entity) == title


def test_part_without_a_label_prints_its_name(study: Study) -> None:
    from cordiale.study.labels import axis

    old = without(study)
    assert axis(old, "position.china_tone", change=True) == "position: Tone toward China (word), points of 0 to 1"
    del old.manifest["labels"]
    assert axis(old, "position.china_tone") == "position: china tone, 0 to 1"


def test_membership_names_formats_by_their_labels(study: Study) -> None:
    figure = CHARTS["membership"].function(study)
    assert "The Quad (Japan, US, India, Australia)" in texts(figure)
    assert "ASEAN Defence Ministers' Meeting Plus" in texts(figure)
    assert "admm plus" not in texts(figure)


def test_drawing_leaves_no_trace_in_matplotlib(study: Study) -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)
    CHARTS["fan"].function(study)
    assert dict(matplotlib.rcParams) == before


def test_charts_are_loaded_without_matplotlib() -> None:
    code = "import sys, cordiale.output.charts.study; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_folder_that_cannot_be_written(study: Study, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(cordiale.StudyError, match="is a file, where a folder is needed"):
        chart(study, "fan", tmp_path / "file")


def test_a_scenario_has_one_colour_and_the_fifth_beside_the_first_is_grey() -> None:
    from cordiale.output.charts.style import scenario_ink

    five = [scenario_ink(k) for k in range(5)]
    assert [ink.colour for ink in five] == ["#6b7480", "#0072B2", "#D55E00", "#009E73", "#A2528A"]
    assert len({ink.dashes for ink in five}) == 5, "in grey they are told apart by their strokes"
    assert scenario_ink(5).colour == scenario_ink(9).colour not in {ink.colour for ink in five}
    assert scenario_ink(1, dark=True).colour == "#56B4E9"


def test_formats_sizes_and_inks(study: Study, tmp_path: Path) -> None:
    from PIL import Image

    files = chart(study, "parts", tmp_path / "one", file_formats=["pdf", "png", "pdf"], size="slide", dark=True)
    assert [file.name for file in files] == ["parts.pdf", "parts.png"]
    with Image.open(files[1]) as image:
        assert image.size == pytest.approx((1919, 1080), abs=1)  # versions of matplotlib round half a dot each its way
        assert image.convert("RGB").getpixel((2, 2)) == (0x14, 0x18, 0x1D)
    document = files[0].read_bytes()
    assert b"/Subject" in document
    assert b"CreationDate" not in document
    assert b"/Type3" not in document
    again = chart(study, "parts", tmp_path / "two", file_formats=["pdf", "png"], size="slide", dark=True)
    assert again[0].read_bytes() == document
    bare = chart(
        study, "parts", tmp_path / "bare", file_formats=["png"], size="column", width=3.0, title=False, caption=False
    )
    with Image.open(bare[0]) as image:
        assert image.width == 900
        assert "ostly through activity: +0.06 of +0.08 SD" in image.info["Title"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"size": "colum"}, "'colum' is no size; did you mean 'column'"),
        ({"width": 0.5}, "--width 0.5: give from 2.5 to 40 inches"),
        ({"width": float("nan")}, "--width nan"),
        ({"file_formats": ["jpg"]}, "--format 'jpg' is no format of charts"),
    ],
)
def test_faults_of_what_a_chart_is_drawn_for(study: Study, tmp_path: Path, options: dict, says: str) -> None:
    with pytest.raises(OptionError) as caught:
        chart(study, "fan", tmp_path, **options)
    assert says in str(caught.value)
    assert not list(tmp_path.iterdir())


# ---------------------------------------------------------------- why a dyad changed


@pytest.fixture(scope="session")
def revealed() -> Scenario:
    return load_scenario("dual_use_revealed")


@pytest.fixture(scope="session", params=[False, True], ids=["against the baseline", "alone"])
def found(revealed: Scenario, request: pytest.FixtureRequest) -> Terms:
    return causes(revealed, "FRA-JPN", WORLDS, alone=request.param)


def test_causes_add_up_to_what_a_part_adds_to_the_headline(found: Terms) -> None:
    from cordiale.output.charts.causes import causes_chart, cumulated

    figure = causes_chart(found)
    assert len(figure.axes) == len(found.levels) == 4
    ends = []
    for axes, quantity in zip(figure.axes, found.by_size(), strict=True):
        level = found.levels[quantity]
        change = found.weight(quantity) * (level - level[:, :1]).mean(axis=0)
        np.testing.assert_allclose(sum(cumulated(found, quantity).values()), change, atol=1e-9)
        np.testing.assert_allclose(lines(axes, "net"), [change], atol=1e-9)
        number = f"{change[-1]:+.2f}".replace("-", "−").replace("+0.00", "0").replace("−0.00", "0")
        assert axes.get_title("left").replace("\n", " ").startswith(f"{found.quantity_label(quantity)}: {number}")
        ends.append(abs(change[-1]))
    assert ends == sorted(ends, reverse=True)


def test_causes_and_their_weights_add_up_to_what_the_policy_does(study: Study) -> None:
    """What is not told, the depth of agreements, is the rest."""
    found = causes(load_scenario("france_joins_quad"), "FRA-JPN", WORLDS)
    assert found.against is not None
    assert found.against.name == "baseline"

    def moved(measure: str) -> float:
        here, there = (study.values(measure, "FRA-JPN", name)[:, -1] for name in ("france_joins_quad", "baseline"))
        return float((here - there).mean())

    told = sum(found.effect(quantity).mean for quantity in found.levels)
    assert told + moved("depth") / len(study.components) == pytest.approx(moved("alignment"), abs=1e-9)


def test_what_is_printed_at_layers_sums_to_the_whole_as_it_is_printed(found: Terms) -> None:
    from cordiale.output.charts.causes import causes_chart

    for axes, quantity in zip(causes_chart(found).axes, found.by_size(), strict=True):
        ends = [text.get_text().split()[-1].replace("−", "-") for text in axes.texts]
        assert sum(map(float, ends)) == pytest.approx(float(found.effect(quantity).text().replace("−", "-")), abs=1e-9)


def test_layers_are_as_thick_as_the_causes(found: Terms) -> None:
    from cordiale.output.charts.causes import causes_chart, cumulated

    for axes, quantity in zip(causes_chart(found).axes, found.by_size(), strict=True):
        added = cumulated(found, quantity)
        thick = dict.fromkeys(added, 0.0)
        for layer in axes.collections:
            last = layer.get_paths()[0].vertices
            ends = last[last[:, 0] == last[:, 0].max(), 1]
            up = ends.mean() > 0
            thick[layer.get_gid()] += np.ptp(ends) if up else -np.ptp(ends)
        assert thick == pytest.approx({label: each[-1] for label, each in added.items()}, abs=1e-9)
        low, high = axes.get_ylim()
        assert low <= sum(min(end, 0) for end in thick.values())
        assert high >= sum(max(end, 0) for end in thick.values())


@pytest.mark.parametrize("quantity", ["similarity", "activity", "trust JPN>FRA"])
def test_causes_that_add_most_stand_alone(found: Terms, quantity: str) -> None:
    from cordiale.output.charts.causes import OTHERS, SHOWN, cumulated

    added = cumulated(found, quantity)
    every = {
        cause: found.weight(quantity) * np.append(0, each.mean(axis=0).cumsum())
        for (of, cause), each in found.changes.items() if of == quantity
    }  # fmt: skip
    moving = sum(each.any() for each in every.values())
    assert len(added) == max(1, min(moving, SHOWN + 1))
    if moving > SHOWN + 1:
        most = sorted(every, key=lambda cause: -abs(every[cause][-1]))
        np.testing.assert_allclose(added[OTHERS], sum(every[cause] for cause in most[SHOWN:]), atol=1e-12)


def test_causes_are_saved(found: Terms, revealed: Scenario, tmp_path: Path) -> None:
    from xml.etree import ElementTree
    from xml.sax.saxutils import escape

    import pandas as pd
    from PIL import Image

    from cordiale.output.charts.causes import causes_chart

    folder = found.save(tmp_path / "new" / "folder")
    files = [folder / "causes.csv", folder / "charts" / "causes.png", folder / "charts" / "causes.svg"]
    names = {"causes.csv", "charts/causes.png", "charts/causes.svg", "manifest.json", "files.txt"}
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == names
    pd.testing.assert_frame_equal(pd.read_csv(files[0]), found.frame(), rtol=1e-9)
    with Image.open(files[1]) as image:
        assert image.width == 2070
        pixels = np.asarray(image.convert("L"))
    assert min(pixels[:3].min(), pixels[-3:].min(), pixels[:, :3].min(), pixels[:, -3:].min()) > 250
    written = files[2].read_text("utf-8")
    ElementTree.fromstring(written)
    said = said_by(causes_chart(found))
    assert escape(said.title[0]) in written
    typed = f"cordiale causes dual_use_revealed --dyad FRA-JPN --worlds {WORLDS}{'' if found.against else ' --alone'}"
    assert f"{WORLDS} worlds, seed 2018. Source: {typed}" in said.caption
    again = found.save(tmp_path / "again")
    for path in files:
        assert (again / path.relative_to(folder)).read_bytes() == path.read_bytes()


def test_causes_of_a_dyad_with_a_challenger(revealed: Scenario) -> None:
    from cordiale.output.charts.causes import causes_chart

    figure = causes_chart(causes(revealed, "CHN-JPN", 8))
    assert "Trust of China in Japan" in texts(figure)
    assert "nan" not in texts(figure)


# ---------------------------------------------------------------- who takes no part, and what is no finding


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The baseline, the same once more, and a world that France leaves in 2019Q3."""
    baseline = load_scenario("baseline", set={"horizon": "2020Q1"})
    left = Scenario("Left", extends="baseline", timeline={"2019Q3": {"FRA.present": 0}}, horizon="2020Q1")
    again = baseline.copy(name="again", title="Again")
    return cordiale.run([baseline, again, left], worlds=8, out=tmp_path_factory.mktemp("apart") / "study", jobs=1)


def test_a_state_that_takes_no_part_is_drawn_as_such(apart: Study) -> None:
    from cordiale.output.charts.ladder import ladder
    from cordiale.output.charts.network import OUTSIDE, network, network_of

    assert apart.outside("left") == {"FRA": ["2019Q3", "2019Q4", "2020Q1"]}
    assert apart.outside("baseline") == {}
    codes = apart.measures()["hedging"]
    found = network_of(apart, "left", codes)
    assert found.outside == ("FRA",)
    assert np.isnan(found.ties[codes.index("FRA")]).all()
    assert not any("FRA" in bloc for bloc in found.blocs)
    figure = network(apart)
    markers = [line.get_marker() for axes in figure.axes for line in axes.lines if line.get_gid() == "FRA"]
    assert [marker == OUTSIDE[1] for marker in markers] == [False, False, True]
    assert "crosses: take no part" in texts(figure)
    assert "No part at the horizon of “Left”: France" in texts(figure)
    areas = ladder(apart)
    assert "France takes no part in 2020Q1" in texts(areas)
    assert "no area: a state of the pair takes no part" in texts(areas)
    assert "France takes no part in 2020Q1" in texts(CHARTS["fan"].function(apart))


def test_pairs_and_ranks_of_a_state_that_takes_no_part_are_not_drawn(apart: Study) -> None:
    from cordiale.output.charts.pairs import moved_by, pairs
    from cordiale.output.charts.rank import rank

    every = set(apart.measures()["alignment"])
    own = {dyad for dyad in every if "FRA" in dyad.split("-")}
    assert own
    assert {*moved_by(apart, "left").found} == every - own
    assert {*moved_by(apart, "baseline").found} == {*moved_by(apart, "again").found} == every
    assert "nan" not in texts(pairs(apart, "left"))
    drawn = [{line.get_gid() for line in axes.lines} for axes in rank(apart).axes]
    assert ["FRA" in each for each in drawn] == [True, True, False]


def test_a_rank_is_drawn_from_the_quarter_in_which_a_state_enters(tmp_path: Path) -> None:
    from cordiale.output.charts.rank import rank

    late = Scenario(
        "Late",
        extends="baseline",
        horizon="2019Q4",
        timeline={"2018Q4": {"KOR.present": 0}, "2019Q3": {"KOR.present": 1}},
    )
    figure = rank(cordiale.run(late, worlds=4, out=tmp_path / "study", jobs=1))
    (drawn,) = lines(figure.axes[0], "KOR")
    assert np.isnan(drawn).tolist() == [True, True, True, False, False]
    assert np.isfinite(lines(figure.axes[0], "USA")).all()
    assert "A line stands where its state takes part" in texts(figure)


def test_a_finding_is_none_of_a_state_that_takes_no_part(apart: Study) -> None:
    assert apart.sentences()[2] == "Left: France takes no part in 2020Q1, so there is no alignment to tell."


def test_pairs_of_which_none_differs_say_so(apart: Study) -> None:
    from cordiale.output.charts.pairs import pairs

    figure = pairs(apart, "again")
    assert "No pair of states changes noticeably in alignment" in texts(figure)
    assert "changes noticeably." not in said_by(figure).caption


def test_a_single_group_is_not_framed(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    from cordiale.output.charts.blocs import blocs

    def framed(figure) -> int:
        return len([patch for patch in figure.axes[0].patches if patch.get_gid() == "bloc"])

    assert framed(blocs(study)) > 1
    values, codes = study.values, study.measures()["same_bloc"]
    together = np.array([entity in ("CHN-FRA", "FRA-JPN") for entity in codes], dtype=float)

    def values_of(measure: str, *entity: str, **how: object):
        found = values(measure, *entity, **how)
        return np.broadcast_to(together, found.shape) if measure == "same_bloc" else found

    monkeypatch.setattr(study, "values", values_of)
    figure = blocs(study)
    assert framed(figure) == 0
    assert "No blocs by the end of 2025: one has several states, and the others are alone" in texts(figure)


@pytest.mark.parametrize(
    ("sizes", "stable", "said"),
    [((3, 1), 1.0, "no blocs: one has several states, and the others are alone"), ((2, 2), 1.0, "stability 1.00"),
     ((3, 2), 0.23, "no blocs: they differ from world to world, stability 0.23"), ((1, 1), 1.0, "no blocs: each")],
)  # fmt: skip
def test_blocs_that_say_nothing_are_not_drawn(sizes: tuple[int, ...], stable: float, said: str) -> None:
    from cordiale.output.charts.network import Network

    blocs = tuple(tuple(f"{at}{each}" for each in range(size)) for at, size in enumerate(sizes))
    found = Network(np.zeros((sum(sizes), sum(sizes))), blocs, stable, 10)
    assert found.words.startswith(said)
    assert found.divided == said.startswith("stability")


def test_one_world_is_one(study: Study) -> None:
    from cordiale.output.charts.titles import caption

    one = Study(study.folder, study.manifest | {"worlds": 1})
    assert "1 world, seed 2018" in caption(one, "")
    assert f"{WORLDS} worlds, seed 2018" in caption(study, "")
