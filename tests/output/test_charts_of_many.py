"""Charts of six scenarios: each is named, in its colour, with room to be seen, and told from the others in grey."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

import cordiale
from cordiale.files.errors import StudyError
from cordiale.output.charts import membership
from cordiale.output.charts import study as charts
from cordiale.output.charts.frame import SAMPLE, said_by
from cordiale.output.charts.pairs import moved_by
from cordiale.output.charts.study import figure
from cordiale.output.charts.style import SIZES, Ink, Target, house_style, scenario_ink, sizes
from cordiale.study import labels as words
from cordiale.study.study import Study
from tests.output.test_chart_texts import faults

SCENARIOS = [
    "baseline", "france_joins_quad", "chinese_coercion", "french_strategy_strong", "dual_use_stopped", "acsa_in_force",
]  # fmt: skip
COSTLY = "alignment:FRA-IND"  # what policies move, so that it can stand for a cost


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    out = tmp_path_factory.mktemp("many") / "study"
    return cordiale.run(SCENARIOS, worlds=8, seed=2018, out=out, jobs=1)


def names(study: Study) -> list[str]:
    return [words.scenario_title(study, name) for name in SCENARIOS]


def written(drawn: Figure) -> list[str]:
    every = drawn.findobj(Text)
    return [each.get_text().replace("-\n", "-").replace("\n", " ") for each in every if each.get_visible()]


def panels(drawn: Figure) -> list[float]:
    """Return the heights of panels, as shares of the sheet's."""
    return [axes.get_position().height for axes in drawn.axes]


@pytest.mark.parametrize("size", SIZES)
def test_each_policy_has_its_name_and_colour_in_gain_against_cost(study: Study, size: str) -> None:
    drawn = figure(study, "gain_cost", cost=COSTLY, size=size)
    assert not [name for name in names(study) if name not in written(drawn)]
    with house_style(Target(size)):
        colours = [line.get_color() for line in drawn.axes[0].lines if line.get_gid() == "policy"]
        assert colours == [scenario_ink(k).colour for k in range(1, len(SCENARIOS))]


@pytest.mark.parametrize("size", SIZES)
def test_each_policy_has_its_name_and_colour_in_rows_of_gains(study: Study, size: str) -> None:
    (axes,) = figure(study, "gain_cost", size=size).axes
    dots = [line.get_color() for line in axes.lines if line.get_gid() == "mean"]
    labels = [label.get_text().replace("-\n", "-").replace("\n", " ") for label in axes.get_yticklabels()]
    assert [label.get_color() for label in axes.get_yticklabels()] == dots
    with house_style(Target(size)):
        wanted = {name: scenario_ink(k).colour for k, name in enumerate(names(study)) if k}
    assert dict(zip(labels, dots, strict=True)) == wanted


@pytest.mark.parametrize("size", SIZES)
def test_intervals_of_gain_and_cost_stay_in_the_panel(study: Study, size: str) -> None:
    (axes,) = figure(study, "gain_cost", cost=COSTLY, size=size).axes
    intervals = [line.get_xydata() for line in axes.lines if line.get_gid() == "interval"]
    assert len(intervals) == 2 * (len(SCENARIOS) - 1)
    for (low, high), at in ((axes.get_xlim(), 0), (axes.get_ylim(), 1)):
        assert all(low <= end <= high for interval in intervals for end in interval[:, at])


def test_a_single_policy_is_not_said_to_gain_most(study: Study) -> None:
    two = study.manifest | {"scenarios": study.manifest["scenarios"][:2]}
    said = said_by(figure(Study(study.folder, two), "gain_cost"))
    assert "most" not in said.title[0]


@pytest.mark.parametrize("measure", ["alignment", "trust"])  # of trust one policy lowers what the others raise
def test_the_numbers_of_the_title_stand_at_their_lines(study: Study, measure: str) -> None:
    drawn = figure(study, "fan", size="page", measure=measure)
    told = re.findall(r"[+−]\d\.\d\d", said_by(drawn).title[0])
    assert told
    assert set(told) <= {*written(drawn)}, "the title says how much differs, and the end of its line does not"


@pytest.mark.parametrize("size", ["page", "slide"])
def test_of_pairs_without_room_those_that_change_least_are_left_out(study: Study, size: str) -> None:
    every = {words.scenario_title(study, name): moved_by(study, name) for name in SCENARIOS[1:]}
    most = max(every.values(), key=lambda each: len(each.noticeable))
    drawn = figure(study, "pairs", size=size)
    panels = {axes.get_title("left").replace("\n", " "): axes for axes in drawn.axes}
    assert most.by in panels, "the title tells of it"
    left = 0
    for title, moved in every.items():
        sizes_of = sorted((abs(moved.found[dyad].mean) for dyad in moved.noticeable), reverse=True)
        dots = [line for line in panels[title].lines if line.get_gid() == "mean"] if title in panels else []
        shown = sorted((abs(float(dot.get_xdata()[0])) for dot in dots), reverse=True)
        assert shown == pytest.approx(sizes_of[: len(shown)])
        left += len(sizes_of) - len(shown)
    caption = said_by(drawn).caption
    assert (f"{left} more pairs are not drawn" in caption) == (left > 0)
    assert ("No other of 136 pairs changes noticeably" in caption) == (left == 0)


def test_a_slide_leaves_the_lines_room(study: Study) -> None:
    assert min(panels(figure(study, "fan", size="slide"))) > 0.15
    rows = {round(axes.get_position().y0, 3) for axes in figure(study, "small_multiples", size="slide").axes}
    counts = [
        sum(round(axes.get_position().y0, 3) == row for axes in figure(study, "small_multiples", size="slide").axes)
        for row in rows
    ]
    assert sorted(counts) == [2, 3], "five panels stand in rows of three and two"


def test_what_is_not_drawn_is_named(study: Study) -> None:
    caption = said_by(figure(study, "ladder", size="column")).caption
    assert f"Not drawn: {', '.join(names(study)[3:])}" in caption


@pytest.mark.parametrize("name", ["small_multiples", "ladder"])
def test_the_line_at_a_policys_first_day_is_explained(study: Study, name: str) -> None:
    assert "a policy's first day" in said_by(figure(study, name)).caption


@pytest.mark.parametrize("size", SIZES)
def test_many_members_leave_the_panels_their_height(study: Study, size: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eleven states that are members in few worlds each took, as the label of one line, all of a panel."""
    means = membership.means

    def traces(of: Study, measure: str, scenario: str) -> np.ndarray:
        shares = means(of, measure, scenario)
        return np.where((shares < 1) & (np.arange(len(shares)) > 2)[:, None], 0.01, shares)

    monkeypatch.setattr(membership, "means", traces)
    drawn = figure(study, "membership", size=size)
    assert min(panels(drawn)) > 0.1
    assert any("others" in each for each in written(drawn))
    with house_style(Target(size)):
        assert faults(drawn) == []


@pytest.mark.parametrize("size", SIZES)
def test_no_word_under_a_bar_is_broken(study: Study, size: str) -> None:
    assert {"similarity", "activity"} <= {*written(figure(study, "parts", size=size))}


def test_areas_are_told_by_their_place_and_not_by_their_shade(study: Study) -> None:
    """On dark paper the more agreements are the lighter."""
    assert "dark" not in said_by(figure(study, "ladder", dark=True)).caption


def test_states_at_the_edge_of_a_network_are_drawn_whole(study: Study) -> None:
    drawn = figure(study, "network", size="slide")
    states = study.measures()["hedging"]
    nodes = [line for axes in drawn.axes for line in axes.lines if line.get_gid() in states]
    assert nodes
    assert not any(node.get_clip_on() for node in nodes)


@pytest.mark.parametrize("size", SIZES)
def test_a_piece_of_line_in_the_key_is_told_from_the_others_in_grey(size: str) -> None:
    with house_style(Target(size)):
        inks = [scenario_ink(k) for k in range(6)]
        for one, other in combinations(inks, 2):
            alike = np.mean(_stroke(one) == _stroke(other))
            assert alike < 0.95 or one.width != other.width, (one, other)


def _stroke(ink: Ink) -> np.ndarray:
    """Return where a key's piece of line has ink, along its length."""
    at = np.linspace(0, SAMPLE * sizes().text / ink.width, 400)
    if not ink.dashes:
        return np.ones(400, dtype=bool)
    edges = np.cumsum(ink.dashes)
    return np.asarray(np.searchsorted(edges, at % edges[-1], side="right") % 2 == 0)


@pytest.mark.parametrize("one", [True, False])
def test_a_file_in_the_way_is_told_before_the_charts_are_drawn(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one: bool
) -> None:
    drawn: list[str] = []
    draw = charts.figure
    monkeypatch.setattr(charts, "figure", lambda of, name, **options: drawn.append(name) or draw(of, name, **options))
    (tmp_path / "fan.png").write_text("the user's own")
    with pytest.raises(StudyError, match=r"fan\.png"):
        charts.chart(study, "fan", tmp_path) if one else charts.draw_all(study, tmp_path)
    assert len(drawn) == 1 - one
    assert [path.name for path in tmp_path.iterdir()] == ["fan.png"]
