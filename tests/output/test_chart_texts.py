"""No text of a chart touches another or leaves the sheet: every chart of the catalogue, at each size."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox

import cordiale
from cordiale.output.charts.end_labels import Label, end_labels, label_room
from cordiale.output.charts.frame import Words, finish, head, sheet
from cordiale.output.charts.study import CHARTS, figure
from cordiale.output.charts.style import SIZES, Target, house_style, key_of, scenario_ink
from cordiale.study.study import Study

LEAST = 0.5  # pixels by which two texts overlap, from which on they touch
CASES = {
    "one": ["baseline"],
    "two": ["baseline", "france_joins_quad"],
    "several": ["baseline", "france_joins_quad", "dual_use_revealed", "japan_in_axis", "japan_contribution_stalled"],
    "many": [
        "baseline", "france_joins_quad", "france_joins_softened_quad", "french_strategy_strong", "french_strategy_thin",
        "dual_use_stopped", "japan_in_axis", "france_hardens_tone", "france_softens_tone", "us_retrenchment",
    ],
}  # fmt: skip


@pytest.fixture(scope="module", params=CASES)
def study(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Study:
    out = tmp_path_factory.mktemp("texts") / request.param
    return cordiale.run(CASES[request.param], worlds=8, seed=2018, out=out, jobs=1)


def boxes(drawn: Figure) -> Iterator[tuple[str, Bbox]]:
    """Yield every text that is drawn, and where it stands."""
    renderer = drawn.canvas.get_renderer()
    switched_off = {
        id(text)
        for axes in drawn.axes
        if not axes.axison
        for each in (axes.xaxis, axes.yaxis)
        for text in each.findobj(Text)
    }
    for text in drawn.findobj(Text):
        if not text.get_visible() or not text.get_text().strip() or id(text) in switched_off:
            continue
        if isinstance(text, Annotation):
            text.update_positions(renderer)
        box = Text.get_window_extent(text, renderer)
        if box.width > 0:
            yield text.get_text().replace("\n", " "), box


def faults(drawn: Figure) -> list[str]:
    """Return which texts leave the sheet or touch."""
    wide, tall = drawn.bbox.width, drawn.bbox.height
    every = list(boxes(drawn))
    found = [
        f"leaves the sheet: {text}"
        for text, box in every
        if box.x0 < -LEAST or box.y0 < -LEAST or box.x1 > wide + LEAST or box.y1 > tall + LEAST
    ]
    for (one, first), (other, second) in combinations(every, 2):
        across = min(first.x1, second.x1) - max(first.x0, second.x0)
        up = min(first.y1, second.y1) - max(first.y0, second.y0)
        if across > LEAST and up > LEAST:
            found.append(f"touch: {one} / {other}")
    return found


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", CHARTS)
def test_no_text_touches_another_or_leaves_the_sheet(study: Study, name: str, size: str) -> None:
    if name == "gain_cost" and len(study.scenarios) == 1:
        pytest.skip("a gain is against another scenario")
    drawn = figure(study, name, size=size)
    with house_style(Target(size)):
        assert faults(drawn) == []
        assert drawn.get_size_inches()[0] == pytest.approx(SIZES[size].width)
        if SIZES[size].fixed:
            assert drawn.get_size_inches()[1] == pytest.approx(SIZES[size].height)


def test_texts_that_touch_and_leave_are_found() -> None:
    with house_style(Target("page")):
        drawn, (axes,) = sheet(lines=10)
        finish(drawn, Words(["Title"], "Subtitle", "Caption", "Alt"))
        assert faults(drawn) == []
        axes.text(0.5, 0.5, "one text")
        axes.text(0.5, 0.5, "another")
        drawn.text(0.99, 0.5, "beyond the edge")
        assert len(faults(drawn)) == 2


@pytest.mark.parametrize(("lines", "last"), [(2, "line 1"), (6, "line 5"), (7, "2 others"), (18, "13 others")])
def test_a_key_names_lines_that_can_be_told_apart(lines: int, last: str) -> None:
    with house_style(Target("page")):
        found = key_of([(f"line {k}", scenario_ink(k)) for k in range(lines)])
    assert found[-1][0] == last
    assert len(found) == min(lines, 6)
    assert len({ink for _, ink in found}) == len(found)


@pytest.mark.parametrize("size", SIZES)
def test_labels_at_one_height_are_moved_apart(size: str, tmp_path: Path) -> None:
    with house_style(Target(size)):
        drawn, (axes,) = sheet(lines=14)
        axes.plot([0, 1], [0, 1])
        axes.set(xticks=[0, 1], yticks=[0, 1])
        labels = [Label(0.5, f"a label of some length {k}", "black", small=k > 1) for k in range(5)]
        end_labels(axes, 1.0, labels, label_room())
        head(
            axes, "A head that is so long that it has to be broken into lines by the width of its panel, twice at least"
        )
        finish(drawn, Words(["A title " * 30, "A short title"], "Subtitle " * 30, "Caption " * 60, "Alt"))
        assert faults(drawn) == []
        assert drawn.texts[0].get_text() == "A short title"
