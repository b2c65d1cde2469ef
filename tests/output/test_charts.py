"""Charts: drawn data equal the study's numbers, texts print as they are, files are the same each time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import cordiale
from cordiale.case.load import scenario_names
from cordiale.files.errors import OptionError
from cordiale.output.charts.study import CHARTS, chart, draw_all
from cordiale.scenario.load import load_scenario
from cordiale.scenario.settings import Scenario
from cordiale.study.attribution import Terms, terms
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
def test_each_chart_is_an_image_at_a_journals_width(drawn: Path, name: str) -> None:
    from PIL import Image

    with Image.open(drawn / f"{name}.png") as image:
        assert image.width in (1020, 2100)
        assert 400 < image.height < 3000
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
    assert "dc:date" not in (tmp_path / f"{name}.svg").read_text("utf-8")


@pytest.mark.parametrize("name", CHARTS)
def test_source_line_and_small_type(study: Study, name: str) -> None:
    from matplotlib.text import Text

    figure = CHARTS[name].function(study)
    assert f"cordiale {cordiale.__version__}; pack indo_pacific_2018 after Pajon 2018; seed 2018; 24 worlds" in texts(
        figure
    )
    assert min(text.get_fontsize() for text in figure.findobj(Text) if text.get_text()) >= 6.5


@pytest.mark.parametrize(
    ("measure", "entity"),
    [
        ("alignment", "FRA-JPN"), ("alignment:JPN-FRA", "FRA-JPN"), ("pressure:JPN", "JPN"), ("pressure", "FRA"),
        ("rank:JPN>FRA", "JPN>FRA"),
    ],
)  # fmt: skip
def test_fan_draws_medians(study: Study, measure: str, entity: str) -> None:
    from cordiale.output.charts.fan import fan

    figure = fan(study, measure)
    wanted = [np.median(study.values(measure.partition(":")[0], entity, name), axis=0) for name in SCENARIOS]
    np.testing.assert_allclose(lines(figure.axes[0], "median"), wanted)
    low, high = figure.axes[0].get_ylim()
    assert low <= np.min(wanted)
    assert high >= np.max(wanted)
    assert all(study.title(name) in texts(figure) for name in SCENARIOS)


def test_fan_bands_are_of_50_and_90_per_cent(single: Study) -> None:
    from cordiale.output.charts.fan import fan

    bands = fan(single).axes[0].collections
    values = single.values("alignment", "FRA-JPN")
    for band, quantiles in zip(bands, [(0.25, 0.75), (0.05, 0.95)], strict=True):
        heights = band.get_paths()[0].vertices[:, 1]
        wanted = np.quantile(values, quantiles, axis=0)
        assert heights.min() == pytest.approx(wanted[0].min())
        assert heights.max() == pytest.approx(wanted[1].max())


def test_small_multiples_repeat_the_first_median(study: Study) -> None:
    from cordiale.output.charts.fan import small_multiples

    axes = small_multiples(study).axes
    medians = [np.median(study.values("alignment", "FRA-JPN", name), axis=0) for name in SCENARIOS]
    for k, median in enumerate(medians):
        np.testing.assert_allclose(lines(axes[k], "median"), [median])
        assert len(lines(axes[k], "first")) == (k > 0)
    np.testing.assert_allclose(lines(axes[2], "first"), [medians[0]])


def test_difference_is_world_by_world_with_a_zero_line(study: Study) -> None:
    from cordiale.output.charts.fan import difference

    figure = difference(study)
    base = study.values("alignment", "FRA-JPN", "baseline")
    values = [study.values("alignment", "FRA-JPN", name) - base for name in SCENARIOS[1:]]
    np.testing.assert_allclose(lines(figure.axes[0], "median"), np.median(values, axis=1))
    np.testing.assert_allclose(lines(figure.axes[0], "zero"), [[0, 0]])
    for name, each in zip(SCENARIOS[1:], values, strict=True):
        assert f"{study.title(name)}: {100 * np.mean(each[:, -1] > 0):.0f} % above zero" in texts(figure)


def test_parts_sum_to_the_mean_alignment(study: Study) -> None:
    from cordiale.output.charts.stacked import layers_of, parts

    figure = parts(study)
    for axes, name in zip(figure.axes, SCENARIOS, strict=True):
        whole = study.values("alignment", "FRA-JPN", name).mean(axis=0)
        np.testing.assert_allclose(layers_of(study, "FRA-JPN", name).sum(axis=0), whole, atol=1e-9)
        np.testing.assert_allclose(lines(axes, "whole"), [whole])
        tops = [band.get_paths()[0].vertices[:, 1].max() for band in axes.collections]
        assert tops[-1] == pytest.approx(whole.max())


def test_a_part_below_zero_is_drawn_below_zero() -> None:
    from matplotlib.figure import Figure

    from cordiale.output.charts.stacked import _stack

    axes, layers = Figure().subplots(), np.array([[2.0, 2.0], [-1.0, 0.5]])
    _stack(axes, np.array([0, 1]), ["one", "other"], layers, layers.sum(axis=0))
    drawn = {}
    for band in axes.collections:
        ends = drawn.setdefault(band.get_gid(), [])
        ends += [band.get_paths()[0].vertices[:, 1].min(), band.get_paths()[0].vertices[:, 1].max()]
    assert (min(drawn["one"]), max(drawn["one"])) == (0.0, 2.0)
    assert (min(drawn["other"]), max(drawn["other"])) == (-1.0, 2.5)


def test_heatmap_shows_medians(study: Study) -> None:
    from cordiale.output.charts.heatmap import heatmap

    shown = [axes.images[0].get_array() for axes in heatmap(study).axes]
    values = {name: study.values("alignment", scenario=name) for name in SCENARIOS}
    wanted = [
        np.median(values["baseline"][:, -1], axis=0),
        np.median(values["baseline"][:, -1] - values["baseline"][:, 0], axis=0),
    ]
    wanted += [np.median(values[name][:, -1] - values["baseline"][:, -1], axis=0) for name in SCENARIOS[1:]]
    states = study.measures()["hedging"]
    assert len(shown) == len(wanted)
    for array, medians in zip(shown, wanted, strict=True):
        assert np.ma.getmaskarray(array).diagonal().all()
        for entity, median in zip(study.measures()["alignment"], medians, strict=True):
            i, j = (states.index(code) for code in entity.split("-"))
            assert array[i, j] == array[j, i] == median


def test_heatmap_colours_go_in_steps_of_the_unit(study: Study) -> None:
    from cordiale.output.charts.heatmap import heatmap

    level, *changes = (axes.images[0] for axes in heatmap(study).axes)
    values = study.values("alignment", scenario="baseline", quarter=-1)
    assert level.norm.vmax == pytest.approx(np.median(values, axis=0).max())
    for image in changes:
        edges = image.norm.boundaries
        np.testing.assert_allclose(np.diff(edges), 0.05)
        assert edges[-1] >= 0.25
        np.testing.assert_allclose(edges, -edges[::-1], atol=1e-12)
        assert len(set(map(tuple, image.cmap(image.norm(np.array([-0.02, 0.0, 0.02])))))) == 1
    for axes in heatmap(study).axes[1:]:
        square = axes.images[0].get_array()
        written = {(round(text.get_position()[1]), round(text.get_position()[0])) for text in axes.texts}
        assert written == {(i, j) for i, j in zip(*np.nonzero(np.abs(square.filled(0)) >= 0.025), strict=True)}


def test_ladder_strips_and_means(study: Study) -> None:
    from cordiale.output.charts.ladder import ladder

    figure = ladder(study, ["JPN-FRA", "JPN-USA"])
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == [
        "France–Japan",
        "Japan–United States",
    ]
    first, last = study.values("ladder", "FRA-JPN").mean(axis=0)[[0, -1]]
    assert f"{first:.1f} to {last:.1f}" in texts(figure)
    rows = [label.get_text() for label in ladder(study).axes[0].get_yticklabels()]
    assert "France–Japan" in rows
    assert all("France" in row or "Japan" in row for row in rows)


def test_network_blocs_and_places(study: Study) -> None:
    from cordiale.output.charts.network import commonest, network, network_of, positions

    states = study.measures()["hedging"]
    found = network_of(study, "baseline", states)
    assert sorted(code for bloc in found.blocs for code in bloc) == sorted(states)
    home = {code: k for k, bloc in enumerate(found.blocs) for code in bloc}
    wanted = [home[one] == home[other] for one, other in (each.split("-") for each in study.measures()["same_bloc"])]
    same = (study.values("same_bloc")[:, -1] == wanted).all(axis=1)
    assert same.mean() == found.share > 0
    np.testing.assert_array_equal(positions(found.ties), positions(found.ties))
    assert f"stability {found.stable:.2f}" in texts(network(study))
    partition, share = commonest(np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0.0]]), ["A-B", "A-C", "B-C"], "ABC")
    assert partition == (("A", "B"), ("C",))
    assert share == pytest.approx(2 / 3)


def test_rank_medians_of_every_partner(study: Study) -> None:
    from cordiale.output.charts.rank import rank

    figure = rank(study, "JPN", ["FRA", "GBR"])
    for axes, name in zip(figure.axes, SCENARIOS, strict=True):
        assert len(axes.lines) == len(study.measures()["hedging"]) - 1
        for code in ("FRA", "GBR", "NZL"):
            np.testing.assert_allclose(
                lines(axes, code), [np.median(study.values("rank", f"JPN>{code}", name), axis=0)]
            )
    low, high = figure.axes[0].get_ylim()
    assert low > high, "1 stands at the top"


def test_membership_draws_only_states_whose_share_moves(study: Study) -> None:
    from cordiale.output.charts.membership import membership

    axes = membership(study, ["quad"]).axes[1]
    shares = study.values("member.quad", scenario="france_joins_quad").mean(axis=0)
    for k, code in enumerate(study.measures()["member.quad"]):
        moves = shares[:, k].max() > 0 and shares[:, k].min() < 1
        np.testing.assert_allclose(lines(axes, code), [shares[:, k]] if moves else np.empty((0,)))
    assert lines(axes, "FRA")
    assert not lines(axes, "JPN")


PARTS = ("alignment", "similarity", "depth", "activity", "trust")
EXAMPLES = {"member.*": "member.quad", "events.*": "events.leaders"}
NEEDS = [(name, EXAMPLES.get(need, need)) for name, chart in CHARTS.items() for need in chart.needs]
NEEDS += [(name, "alignment") for name in ("fan", "small_multiples", "difference", "heatmap")]
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
    upper, lower = figure.axes[: len(figure.axes) // 2], figure.axes[len(figure.axes) // 2 :]
    assert len(upper) == min(MOST, len(kinds))
    at = np.array([int(quarter[:4]) for quarter in study.quarters()])
    years = [year for year in np.unique(at) if (at == year).sum() == 4]
    counted = {
        kind: [study.values(kind, "FRA-JPN", name) @ (at[:, None] == years).astype(float) for name in SCENARIOS]
        for kind in kinds
    }
    wanted = sorted(counted.values(), key=lambda of: -np.mean(of))
    for above, beneath, of in zip(upper, lower, wanted, strict=False):
        drawn = [patch.get_data().values for patch in above.patches]
        np.testing.assert_allclose(drawn, [each.mean(axis=0) for each in of], atol=1e-12)
        drawn = [patch.get_data().values for patch in beneath.patches]
        np.testing.assert_allclose(drawn, [(each - of[0]).mean(axis=0) for each in of[1:]], atol=1e-12)
    assert "events a year" in texts(figure)
    assert "Meetings of leaders" in texts(figure)


def test_events_of_a_short_study_are_counted_by_quarter(single: Study) -> None:
    from cordiale.output.charts.events import events

    figure = events(single)
    assert "events a quarter" in texts(figure)
    values = single.values("events.exercise", "FRA-JPN").mean(axis=0)
    assert any(np.allclose(patch.get_data().values, values) for axes in figure.axes for patch in axes.patches)


def test_draw_all_skips_what_is_not_recorded(single: Study, tmp_path: Path) -> None:
    files = draw_all(without(single, "rank", "trust"), tmp_path)
    assert {path.stem for path in files} == set(CHARTS) - {"rank", "parts", "difference"}


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
    assert texts(CHARTS["fan"].function(odd)).replace(" ", "").count(shown) == len(SCENARIOS)


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_stands_any_title(study: Study, tmp_path: Path, name: str) -> None:
    from xml.etree import ElementTree

    written = chart(titled(study, "<script>$x$ and $\\frac{1$ & 50%"), name, tmp_path)[1].read_text("utf-8")
    ElementTree.fromstring(written)
    assert "<script" not in written


def test_names_and_labels_come_from_the_manifest(study: Study) -> None:
    named = without(study)
    assert "Alignment of France and Japan" in texts(CHARTS["fan"].function(named))
    assert "What alignment of France and Japan is made of" in texts(CHARTS["parts"].function(named))
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
        ("pressure", "JPN", "Pressure received by Japan"),
        ("hedging", "USA", "Evenness between the poles: United States"),
        ("rank", "JPN>FRA", "Rank of the partner: France, as Japan sees it"),
        ("events.exercise", "FRA-JPN", "Events: exercises at sea, France and Japan"),
        ("pressure.CHN", "JPN", "Pressure by the challenger: China, on Japan"),
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


def test_eight_scenarios_keep_apart(tmp_path: Path) -> None:
    names = scenario_names("indo_pacific_2018")[:8]
    eight = cordiale.run(names, worlds=8, out=tmp_path / "eight")
    figure = CHARTS["fan"].function(eight)
    medians = [line for line in figure.axes[0].lines if line.get_gid() == "median"]
    assert len({(line.get_color(), str(line.get_linestyle()), line.get_marker()) for line in medians}) == 8


# ---------------------------------------------------------------- why a dyad changed


@pytest.fixture(scope="session")
def revealed() -> Scenario:
    return load_scenario("dual_use_revealed")


@pytest.fixture(scope="session")
def found(revealed: Scenario) -> Terms:
    return terms(revealed, "FRA-JPN", WORLDS)


def test_causes_add_up_to_the_change(found: Terms) -> None:
    from cordiale.output.charts.terms import cumulated, terms_chart

    figure = terms_chart(found, "Why", "source")
    assert len(figure.axes) == len(found.levels) == 4
    for axes, (quantity, level) in zip(figure.axes, found.levels.items(), strict=True):
        change = (level - level[:, :1]).mean(axis=0)
        causes = cumulated(found, quantity)
        np.testing.assert_allclose(sum(causes.values()), change, atol=1e-9)
        np.testing.assert_allclose(lines(axes, "net"), [change], atol=1e-9)
        assert axes.get_title("left").endswith(f"{level[:, 0].mean():.3f} to {level[:, -1].mean():.3f}")


def test_layers_are_as_thick_as_the_causes(found: Terms) -> None:
    from cordiale.output.charts.terms import cumulated, terms_chart

    for axes, quantity in zip(terms_chart(found, "Why", "source").axes, found.levels, strict=True):
        causes = cumulated(found, quantity)
        thick = dict.fromkeys(causes, 0.0)
        for layer in axes.collections:
            last = layer.get_paths()[0].vertices
            ends = last[last[:, 0] == last[:, 0].max(), 1]
            up = ends.mean() > 0
            thick[layer.get_gid()] += np.ptp(ends) if up else -np.ptp(ends)
        assert thick == pytest.approx({label: added[-1] for label, added in causes.items()}, abs=1e-9)
        low, high = axes.get_ylim()
        assert low <= sum(min(end, 0) for end in thick.values())
        assert high >= sum(max(end, 0) for end in thick.values())


@pytest.mark.parametrize("quantity", ["similarity", "activity", "trust JPN>FRA"])
def test_causes_that_move_most_stand_alone(found: Terms, quantity: str) -> None:
    from cordiale.output.charts.terms import OTHERS, SHOWN, cumulated

    causes = cumulated(found, quantity)
    every = {
        cause: np.append(0, each.mean(axis=0).cumsum()) for (of, cause), each in found.changes.items() if of == quantity
    }
    moving = sum(each.any() for each in every.values())
    assert len(causes) == min(moving, SHOWN + 1)
    if moving > SHOWN + 1:
        most = sorted(every, key=lambda cause: -np.abs(every[cause]).max())
        np.testing.assert_allclose(causes[OTHERS], sum(every[cause] for cause in most[SHOWN:]), atol=1e-12)


def test_terms_are_saved(found: Terms, revealed: Scenario, tmp_path: Path) -> None:
    from xml.etree import ElementTree

    import pandas as pd
    from PIL import Image

    folder = found.save(tmp_path / "new" / "folder")
    files = [folder / "terms.csv", folder / "charts" / "terms.png", folder / "charts" / "terms.svg"]
    names = {"terms.csv", "charts/terms.png", "charts/terms.svg", "manifest.json", "files.txt"}
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == names
    pd.testing.assert_frame_equal(pd.read_csv(files[0]), found.frame(), rtol=1e-9)
    with Image.open(files[1]) as image:
        assert image.width == 2100
        pixels = np.asarray(image.convert("L"))
    assert min(pixels[:3].min(), pixels[-3:].min(), pixels[:, :3].min(), pixels[:, -3:].min()) > 250
    written = files[2].read_text("utf-8")
    ElementTree.fromstring(written)
    assert "Why France and Japan changed: A dual-use sale comes to light" in written
    assert f"seed 2018; {WORLDS} worlds; means over worlds" in written
    again = found.save(tmp_path / "again")
    for path in files:
        assert (again / path.relative_to(folder)).read_bytes() == path.read_bytes()


def test_terms_of_a_dyad_with_a_challenger(revealed: Scenario) -> None:
    from cordiale.output.charts.terms import terms_chart

    figure = terms_chart(terms(revealed, "CHN-JPN", 8), "Why", "source")
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
    assert "takes no part" in texts(figure)
    assert "no part at the horizon of “Left”: France" in texts(figure)
    strips = ladder(apart, ["FRA-JPN", "JPN-USA"])
    assert sum(text.get_text() == "no part" for axes in strips.axes for text in axes.texts) == 1
    assert "no shade: a state of the pair takes no part" in texts(strips)


def test_a_finding_is_none_of_a_state_that_takes_no_part(apart: Study) -> None:
    assert apart.sentences()[2] == "Left: France takes no part in 2020Q1, so there is no alignment to tell."


def test_a_heatmap_in_which_nothing_differs_says_so(apart: Study) -> None:
    from cordiale.output.charts.heatmap import heatmap

    said = texts(heatmap(apart))
    assert "nothing differs by as much as that in “Again: difference in 2020Q1”" in said
    assert "Left: difference in 2020Q1”" not in said


@pytest.mark.parametrize(
    ("sizes", "stable", "said"),
    [((3, 1), 1.0, "no blocs: one has several states, and the others are alone"), ((2, 2), 1.0, "partition of 20 %"),
     ((3, 2), 0.23, "no blocs: they differ from world to world, stability 0.23"), ((1, 1), 1.0, "no blocs: each")],
)  # fmt: skip
def test_a_partition_that_says_nothing_is_not_drawn(sizes: tuple[int, ...], stable: float, said: str) -> None:
    from cordiale.output.charts.network import Network

    blocs = tuple(tuple(f"{at}{each}" for each in range(size)) for at, size in enumerate(sizes))
    found = Network(np.zeros((sum(sizes), sum(sizes))), blocs, 0.2, stable, 10)
    assert found.words.startswith(said)
    assert found.divided == said.startswith("partition")


def test_one_world_is_one() -> None:
    from cordiale.study.labels import foot

    assert foot("1", "a", "A 2018", 1, 1).endswith("; 1 world")
    assert foot("1", "a", "A 2018", 1, 2).endswith("; 2 worlds")
