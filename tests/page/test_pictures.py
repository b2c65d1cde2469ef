"""What is drawn of an answer: everything lies inside its frame, at its number."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cordiale.analysis.answers import Course
from cordiale.models.units import SD
from cordiale.output.answer import scatter as scatters
from cordiale.output.answer.picture import PHONE, STEPS, WIDE, Frame, picture, ticks_of, told
from cordiale.output.answer.scatter import APART, SIGN, front, scatter
from cordiale.output.answer.words import difference, least_of
from cordiale.page.behind import WIDEST, frames
from cordiale.page.session import prepared
from cordiale.page.state import AppState
from tests.page.made import QUARTERS, answer, cost, course, moved, way

UNITS = (SD, "0 to 1", "ranks")
VALUES = st.floats(-3, 3) | st.floats(-0.01, 0.01) | st.just(0.0)
COURSES = st.lists(st.lists(VALUES, min_size=5, max_size=5).map(sorted), min_size=12, max_size=12)


def points(text: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (each.split(",") for each in text.split())]


@given(COURSES, st.sampled_from(UNITS), st.sampled_from([WIDE, PHONE]), st.sampled_from([None, *QUARTERS]))
def test_a_picture_lies_inside_its_frame(
    values: list[list[float]], unit: str, frame: Frame, begins: str | None
) -> None:
    p05, p25, mean, p75, p95 = (list(column) for column in zip(*values, strict=True))
    lines = Course(mean=mean, p05=p05, p25=p25, p75=p75, p95=p95)
    gain = moved(mean[-1], unit=unit)
    drawn = picture(answer(gain, course=lines, begins=begins), QUARTERS, frame)
    left, right, top, bottom = frame.left, frame.width - frame.right, frame.top, frame.height - frame.bottom
    for path, count in ((drawn.line, 12), (drawn.half, 24), (drawn.most, 24)):
        assert len(points(path)) == count
        assert all(left <= x <= right and top <= y <= bottom for x, y in points(path))
    assert all(top <= y <= bottom for y, _ in drawn.ticks)
    assert all(left <= x <= right for x in (*drawn.borders, *(x for x, _ in drawn.years), drawn.read))
    assert top <= drawn.zero <= bottom
    assert drawn.small is not None
    assert top <= drawn.small[0] <= drawn.small[0] + drawn.small[1] <= bottom + 0.05
    assert drawn.small[0] <= drawn.zero <= drawn.small[0] + drawn.small[1]
    assert (drawn.policy is None) == (begins is None)
    texts = [text for _, text in drawn.ticks]
    assert len(set(texts)) == len(texts) <= STEPS + 1
    assert "0" in texts
    assert (drawn.read, drawn.end[0]) == points(drawn.line)[-1]
    assert drawn.end[1] == difference(gain, gain.mean)


def test_a_picture_of_known_numbers() -> None:
    mean, frame = [0.0] * 6 + [1.0] * 6, Frame("wide", 200, 120, 10, 30, 10, 10)
    drawn = picture(answer(moved(1.0), course=course(mean), begins="2019Q3"), QUARTERS, frame)
    height = 100 / 1.4  # of 1, since the bands reach from -0.2 to 1.2
    zero, one = 110 - 0.2 * height, 110 - 1.2 * height
    assert drawn.zero == pytest.approx(zero, abs=0.1)
    line = points(drawn.line)
    assert [y for _, y in line] == pytest.approx([zero] * 6 + [one] * 6, abs=0.1)
    assert [x for x, _ in line] == pytest.approx([10 + 160 * at / 11 for at in range(12)], abs=0.1)
    assert points(drawn.most)[0][1] == 110
    assert points(drawn.most)[12] == (170, 10)  # the upper end goes back from right to left
    assert drawn.policy == (line[5][0], "1 July 2019"), "it begins where the quarter before ends"
    assert drawn.borders == [line[3][0], line[7][0]]
    assert [text for _, text in drawn.ticks] == ["0", "+0.50", "+1.00"]
    assert [text for _, text in drawn.years] == ["2018", "2019", "2020"]
    assert drawn.end == (pytest.approx(one, abs=0.1), "+1.00")
    assert drawn.small == (pytest.approx(zero - 0.05 * height, abs=0.1), pytest.approx(0.1 * height, abs=0.2))


def test_a_picture_of_nothing_and_of_two_quarters_can_be_drawn() -> None:
    flat = Course(mean=[0.0, 0.0], p05=[0.0, 0.0], p25=[0.0, 0.0], p75=[0.0, 0.0], p95=[0.0, 0.0])
    for unit in UNITS:
        gain = moved(0, low=0, high=0, when="2018Q2", unit=unit)
        drawn = picture(answer(gain, course=flat), QUARTERS[:2])
        assert {y for _, y in points(drawn.line)} == {drawn.zero}


def test_a_gain_that_is_read_earlier_is_marked_there() -> None:
    gain = moved(0.3, when="2019Q2")
    drawn = picture(answer(gain, course=course([0.1 * at for at in range(12)])), QUARTERS)
    assert (drawn.read, drawn.end[0]) == points(drawn.line)[5]
    words = told(answer(gain, course=course([0.1 * at for at in range(12)])), QUARTERS)
    assert "+0.30 on average in 2019Q2; 90 % of worlds between +0.30 and +0.70" in words


@given(st.floats(-5, 0), st.floats(0, 5), st.sampled_from([0.001, 0.01]))
def test_ticks_are_round_and_even(low: float, high: float, least: float) -> None:
    ticks = ticks_of(low, high, least)
    assert 0 in ticks or low == high
    assert len(ticks) <= STEPS + 1
    assert all(low - 1e-9 <= tick <= high + 1e-9 for tick in ticks)
    if len(ticks) > 1:
        steps = [after - before for before, after in pairwise(ticks)]
        assert steps == pytest.approx([steps[0]] * len(steps))
        assert steps[0] >= least * (1 - 1e-9)
        assert re.fullmatch(r"[125](\.0+)?e[+-]\d+", f"{steps[0]:.6e}")


# ---------------------------------------------------------------- all policies

SIZES = (scatters.WIDE, scatters.PHONE)
WAYS = st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=30)


@given(WAYS, st.sampled_from(SIZES))
def test_all_policies_lie_inside_the_frame_at_their_numbers(values: list[tuple[float, float]], size: Frame) -> None:
    ways = [way(f"way_{at}{'_and_more' * at}", gain, paid) for at, (gain, paid) in enumerate(values)]
    own = answer(moved(), cost(), scenario="way_0")
    drawn = scatter(own, ways, size)
    assert drawn is not None
    frame = drawn.frame
    left, right, top, bottom = frame.left, frame.width - frame.right, frame.top, frame.height - frame.bottom
    for point in drawn.points:
        assert left <= point.x <= right
        assert top <= point.y <= bottom
    assert all(left <= x <= right for x, _ in drawn.across)
    assert all(top <= y <= bottom for y, _ in drawn.up)
    for axis in (drawn.across, drawn.up):
        assert len({text for _, text in axis}) == len(axis)
    gains, costs = zip(*values, strict=True)
    xs, ys = [point.x for point in drawn.points], [point.y for point in drawn.points]
    assert all(xs[i] <= xs[j] for i in range(len(xs)) for j in range(len(xs)) if costs[i] < costs[j])
    assert all(ys[i] >= ys[j] for i in range(len(ys)) for j in range(len(ys)) if gains[i] < gains[j])
    assert [point.own for point in drawn.points] == [True] + [False] * (len(ways) - 1)
    spans = [(x, x + SIGN * len(text), y) for x, y, text in drawn.names]
    assert len(spans) >= 1
    assert all(left <= start and end <= right + 0.1 for start, end, _ in spans)
    assert all(
        abs(one[2] - other[2]) >= APART or one[1] < other[0] or other[1] < one[0]
        for one, other in combinations(spans, 2)
    )


def test_the_front_holds_what_no_other_beats_on_gain_and_cost() -> None:
    ways = [way("most", 0.9, 0.5), way("middle", 0.5, 0.2), way("same", 0.5, 0.2), way("beaten", 0.5, 0.3),
            way("cheap", 0.1, 0.0), way("loses", -0.1, -0.5), way("uncosted", 2.0, None)]  # fmt: skip
    assert [each.scenario for each in front(answer(paid=cost()), ways)] == ["most", "middle", "same", "cheap"]
    assert front(answer(paid=None), ways) == []
    assert scatter(answer(paid=None), ways) is None


def test_numbers_that_are_told_are_no_finer_than_ticks() -> None:
    for each in (moved(), cost(), moved(unit="share of worlds")):
        texts = [difference(each, at * least_of(each)) for at in range(-5, 6)]
        assert len(set(texts)) == 11


# ---------------------------------------------------------------- the network


def test_frames_hold_the_ties_and_the_blocs(state: AppState) -> None:
    both = [prepared(state.loaded.scenarios[name], 6, 5) for name in ("baseline", "france_joins_quad")]
    study = state.loaded.runs.study(both, ["strength"], "a").result()
    name = study.scenarios[1]
    data = frames(study, name)
    medians = np.median(study.values("strength", scenario=name), axis=0)
    entities = study.measures(name)["strength"]
    pairs = ["-".join(sorted((data["codes"][i], data["codes"][j]))) for i, j in data["pairs"]]
    ties = medians[:, [entities.index(pair) for pair in pairs]]
    above = ties - ties.mean(axis=1, keepdims=True)
    widths = np.array(data["widths"])
    assert widths.max() == WIDEST == widths.ravel()[above.argmax()]
    assert not widths[above <= 0].any()
    order = np.argsort(above, axis=None)
    assert (np.diff(widths.ravel()[order]) >= 0).all()
    assert len(data["quarters"]) == len(data["widths"]) == len(data["looks"]) == len(data["words"])
    assert np.max(data["looks"]) < len(data["inks"])
    for words in data["words"]:
        assert all(own in words for own in data["names"])
