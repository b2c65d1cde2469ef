"""Charts of comparisons, moves, packages and sweeps: no text touches another, and marks are what was found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

import cordiale
from cordiale.analysis.compare import Comparison, compare
from cordiale.analysis.families import compare_families
from cordiale.analysis.moves import Moves, moves
from cordiale.analysis.robust import Packages, robust
from cordiale.analysis.sweep import Sweep, sweep
from cordiale.output.charts.cells import clear_of
from cordiale.output.charts.frame import said_by
from cordiale.output.charts.style import SIZES, Target, house_style
from cordiale.output.charts.sweep import differences
from cordiale.output.results import figures
from cordiale.study.estimate import Estimate
from cordiale.study.result import Result
from tests.output.test_chart_texts import faults

WORLDS = 8
MANY = [
    "baseline", "france_joins_quad", "france_joins_softened_quad", "french_strategy_strong", "french_strategy_thin",
    "dual_use_stopped", "japan_in_axis", "france_hardens_tone", "france_softens_tone", "us_retrenchment",
]  # fmt: skip
FOCUS = "alignment:FRA-JPN"
PRESSURE = "pressure.CHN:FRA"
FUTURES = ["us_retrenchment", "london_pull_up"]


def short(name: str, horizon: str) -> cordiale.Scenario:
    return cordiale.load_scenario(name, set={"horizon": horizon})


def a_robust(_: Path) -> Packages:
    return robust("JPN", short("baseline", "2019Q3"), size=1, alone=True, worlds=64, future=FUTURES)


def a_sweep(out: Path, over: object, *measures: str, against: bool = False, **options: object) -> Sweep:
    base = short("baseline", "2020Q4")
    other = base if against else None
    return sweep(base, over, measure=measures, worlds=WORLDS, out=out, against=other, **options)


def with_costs(found: Moves) -> Moves:
    """Return moves of which each costs more than the one before, so that gains are held against costs."""
    priced = []
    for k, each in enumerate(found.priced):
        name, paid = next(iter(each.costs)), 0.02 * k
        first = replace(each.first, mean=paid, low=paid - 0.001, high=paid + 0.001)
        priced.append(replace(each, costs={**each.costs, name: first}, better=(each.better[0], first.better)))
    return replace(found, priced=priced)


MAKERS: dict[str, Callable[[Path], Result]] = {
    "compare one": lambda out: compare(MANY[:2], worlds=WORLDS, out=out),
    "compare few": lambda out: compare(MANY[:4], [FOCUS, PRESSURE, "member.quad:FRA"], worlds=WORLDS, out=out),
    "compare many": lambda out: compare(MANY, [FOCUS, PRESSURE], worlds=WORLDS, out=out),
    "compare context": lambda out: compare(MANY[:2], [FOCUS], contexts=["us_retrenchment"], worlds=WORLDS, out=out),
    "moves": lambda _: moves("FRA", worlds=WORLDS),
    "moves with costs": lambda _: with_costs(moves("FRA", worlds=WORLDS)),
    "moves less": lambda _: moves("JPN", worlds=WORLDS, want="less", measure="trust:FRA-JPN", quarter="2021Q2"),
    "families": lambda out: compare_families(
        ["baseline", "france_hardens_tone", "dual_use_revealed"], ["diplomacy", "landscape", "opinion", "bargaining"],
        worlds=WORLDS, out=out,
    ),
    "families of one": lambda out: compare_families(
        ["baseline", "france_hardens_tone"], ["landscape", "opinion"], ["position.china_tone:FRA"], worlds=WORLDS,
        out=out,
    ),
    "moves few": lambda _: moves("AUS", worlds=WORLDS),
    "robust": a_robust,
    "sweep line": lambda out: a_sweep(out, ["french_strategy=coded,0,0.25,0.5,1"]),
    "sweep switch": lambda out: a_sweep(out, ["france_in_quad=coded,0,1"], "member.quad:FRA", against=True),
    "sweep map": lambda out: a_sweep(out, ["france_china_tone=0:1:5", "french_strategy=0:1:4"], FOCUS, PRESSURE,
                                     against=True),
    "sweep fine": lambda out: a_sweep(out, ["france_china_tone=0:1:20", "french_strategy=0:1:2"], quarter="peak"),
    "sweep three": lambda out: a_sweep(
        out, {"france_in_quad": [0, 1], "french_strategy": "0:1:3", "brexit": "0:1:8"}, FOCUS, "member.quad:FRA"
    ),
}  # fmt: skip


@pytest.fixture(scope="module", params=MAKERS)
def found(request: pytest.FixtureRequest, results: Callable[[str], Result]) -> Result:
    return results(request.param)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Result]:
    made: dict[str, Result] = {}

    def result(name: str) -> Result:
        if name not in made:
            made[name] = MAKERS[name](tmp_path_factory.mktemp("analysis") / "result")
        return made[name]

    return result


def marks(axes: Axes, gid: str) -> list[Line2D]:
    return [line for line in axes.lines if line.get_gid() == gid]


def head_of(axes: Axes) -> str:
    return axes.get_title(loc="left").replace("\n", " ")


def hollow(line: Line2D) -> bool:
    return not same_color(line.get_markerfacecolor(), line.get_color())


@pytest.mark.parametrize("size", SIZES)
def test_no_text_touches_another_or_leaves_the_sheet(found: Result, size: str) -> None:
    for name, draw in figures(found).items():
        with house_style(Target(size, dark=size == "web")):
            drawn = draw()
            assert faults(drawn) == [], name
            assert drawn.get_size_inches()[0] == pytest.approx(SIZES[size].width)
            if SIZES[size].fixed:
                assert drawn.get_size_inches()[1] == pytest.approx(SIZES[size].height)


def test_a_chart_says_what_was_found_from_what_and_how_to_make_it_again(found: Result) -> None:
    for draw in figures(found).values():
        figure = draw()
        said = said_by(figure)
        assert not said.title[0][0].islower()
        assert "no forecast" in said.caption
        assert "seed 2018" in said.caption
        assert " worlds" in said.caption
        assert "Source: cordiale " in said.caption
        assert len(said.alt) > 60
        assert not figure.legends
        assert not any(axes.get_legend() for axes in figure.axes)


# ---------------------------------------------------------------- forests


def test_dots_are_means_hollow_where_the_interval_covers_zero_and_the_gain_stands_first(
    results: Callable[[str], Result],
) -> None:
    found = results("compare many")
    assert isinstance(found, Comparison)
    gain, cost = figures(found)["forest"]().axes
    assert head_of(gain).startswith("Gain: alignment of France and Japan")
    assert head_of(cost).startswith("Cost: Chinese pressure on France")
    rows = sorted((row.estimate for row in found.differences[: len(MANY) - 1]), key=lambda each: -each.mean)
    dots = marks(gain, "mean")
    np.testing.assert_allclose([dot.get_xdata()[0] for dot in dots], [row.mean for row in rows])
    assert [hollow(dot) for dot in dots] == [row.low <= 0 <= row.high for row in rows]
    assert any(map(hollow, dots))
    assert not all(map(hollow, dots))
    for line, row in zip(marks(gain, "together"), rows, strict=True):
        assert row.at_once is not None
        np.testing.assert_allclose(line.get_xdata(), row.at_once)
    (grey,) = [patch for patch in gain.patches if patch.get_gid() == "little"]
    assert (grey.get_x(), grey.get_width()) == pytest.approx((-0.05, 0.1))


def test_the_scenario_that_is_asked_for_is_coloured(results: Callable[[str], Result]) -> None:
    from cordiale.output.charts.compare import forest

    found = results("compare many")
    assert isinstance(found, Comparison)
    for asked, title in ((None, None), ("france_hardens_tone", "France hardens its tone")):
        labels = forest(found, asked).axes[0].get_yticklabels()
        coloured = {label.get_text() for label in labels if label.get_weight() == "bold"}
        assert len(coloured) == 1
        assert title is None or coloured == {title}


def test_one_scenario_has_a_row_a_measure(results: Callable[[str], Result]) -> None:
    found = results("compare one")
    assert isinstance(found, Comparison)
    spreads, scale = figures(found)["forest"]().axes  # the gain with its parts, and the cost, which has another unit
    assert [len(marks(axes, "mean")) for axes in (spreads, scale)] == [5, 1]
    assert len(found.differences) == 6


# ---------------------------------------------------------------- moves


def test_moves_stand_at_what_they_gain_and_cost(results: Callable[[str], Result]) -> None:
    found = results("moves with costs")
    assert isinstance(found, Moves)
    points = marks(figures(found)["gain_cost"]().axes[0], "policy")
    wanted = [(next(iter(each.costs.values())).mean, each.gain.mean) for each in found.priced]
    np.testing.assert_allclose([point.get_xydata()[0] for point in points], wanted)
    assert [hollow(point) for point in points] == [each.move.joint for each in found.priced]
    assert {each.move.joint for each in found.priced} == {False, True}
    assert [point.get_marker() == "D" for point in points] == [each.front for each in found.priced]


@pytest.mark.parametrize("size", ["page", "slide"])
def test_where_no_move_costs_anything_gains_are_sorted_rows(results: Callable[[str], Result], size: str) -> None:
    """On a slide those that change least have no room, and are said to be left out."""
    found = results("moves")
    assert isinstance(found, Moves)
    assert not any(each.first.noticeable for each in found.priced)
    with house_style(Target(size)):
        figure = figures(found)["gain_cost"]()
    (axes,) = figure.axes
    shown = [dot.get_xdata()[0] for dot in marks(axes, "mean")]
    gains = sorted((each.gain.mean for each in found.priced), key=abs, reverse=True)
    np.testing.assert_allclose(shown, sorted(gains[: len(shown)], reverse=True))
    caption, left = said_by(figure).caption, len(gains) - len(shown)
    assert (left > 0) == (size == "slide")
    assert (f"The {left} that change least are left out" in caption) == (left > 0)
    assert "No move noticeably changes Chinese pressure on France" in caption


def test_what_a_state_does_alone_stands_above_what_needs_consent(results: Callable[[str], Result]) -> None:
    found = results("moves")
    assert isinstance(found, Moves)
    axes = figures(found)["moves"]().axes
    assert len(axes) == 1 + len(found.reads.costs)
    order = [
        *(each for each in found.priced if not each.move.joint),
        *(each for each in found.priced if each.move.joint),
    ]
    np.testing.assert_allclose(
        [dot.get_xdata()[0] for dot in marks(axes[0], "mean")], [each.gain.mean for each in order]
    )
    labels = [label.get_text() for label in axes[0].get_yticklabels()]
    assert labels[0] == "France alone:"
    assert labels.index("With the consent of others:") == 1 + sum(not each.move.joint for each in found.priced)


def test_where_less_is_wanted_up_is_less(results: Callable[[str], Result]) -> None:
    found = results("moves less")
    assert isinstance(found, Moves)
    axes = figures(with_costs(found))["gain_cost"]().axes[0]
    assert axes.yaxis_inverted()
    assert "less" in axes.get_title(loc="left")
    rows = figures(found)["gain_cost"]().axes[0]
    assert "--want less" in said_by(rows.figure).caption
    gains = [dot.get_xdata()[0] for dot in marks(rows, "mean")]
    assert gains == sorted(gains), "what falls most stands on top"
    assert "less" in head_of(rows)


# ---------------------------------------------------------------- packages


def numbers(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def test_cells_are_mean_gains_by_future_and_the_worst_is_bold(results: Callable[[str], Result]) -> None:
    found = results("robust")
    assert isinstance(found, Packages)
    figure = figures(found)["packages"]()
    cells = [np.asarray(each.get_array()).ravel() for each in figure.axes[0].collections if each.get_gid() == "gains"]
    means = found.race.gains.mean(axis=-1)
    best = list(dict.fromkeys(each.package for each in found.confirmed if each.place == "winner"))
    order = [*best, *(package for package in found.race.order("mean") if package not in best)]
    wanted = means[[list(found.race.left).index(package) for package in order]][:10]
    np.testing.assert_allclose(cells, wanted)
    assert cells[0].shape == (1 + len(FUTURES),)
    assert found.label(best[0]) in [text.replace("\n", " ") for text in numbers(figure)]
    bold = [text.get_text() for text in figure.axes[0].texts if text.get_weight() == "bold"]
    assert f"{wanted[0].min():+.2f}".replace("-", "−") in bold


@pytest.mark.parametrize("size", SIZES)
def test_long_names_of_packages_have_room(results: Callable[[str], Result], size: str) -> None:
    found = results("robust")
    assert isinstance(found, Packages)
    moves = [move for option in found.options for move in option]
    three = [tuple(moves[(k + step) % len(moves)] for step in range(3)) for k in range(len(found.options))]
    with house_style(Target(size)):
        assert faults(figures(replace(found, options=three))["packages"]()) == []


# ---------------------------------------------------------------- sweeps


def test_cells_that_are_not_clear_are_hatched_and_the_cost_is_beside_the_gain(
    results: Callable[[str], Result],
) -> None:
    found = results("sweep map")
    assert isinstance(found, Sweep)
    gain, cost = figures(found)["sweep-alignment-FRA-JPN"]().axes
    assert head_of(cost).startswith("Cost: Chinese pressure on France")
    values = differences(found, "alignment", "FRA-JPN")
    means = values.mean(axis=-1)
    np.testing.assert_allclose(means, found.means("alignment", "FRA-JPN", "against"), atol=1e-9)
    clear = clear_of(values.reshape(-1, WORLDS).T).reshape(means.shape)
    wanted = {(i, j) for i, j in np.ndindex(means.shape) if abs(means[i, j]) >= 0.05 and not clear[i, j]}
    hatched = {(round(patch.get_x() + 0.5), round(patch.get_y() + 0.5)) for patch in gain.patches}
    assert hatched == wanted
    texts = {text.get_text() for text in gain.texts}
    assert f"{means.max():+.2f}" in texts


def test_more_of_a_cost_has_the_colour_of_less_of_a_gain(results: Callable[[str], Result]) -> None:
    found = results("sweep map")
    assert isinstance(found, Sweep)
    _, beside = figures(found)["sweep-alignment-FRA-JPN"]().axes
    (alone,) = figures(found)["sweep-pressure.CHN-FRA"]().axes
    for axes in (beside, alone):
        (cells,) = [each for each in axes.collections if each.get_gid() == "means"]
        wanted = -found.means("pressure.CHN", "FRA", "against").T
        np.testing.assert_allclose(np.asarray(cells.get_array()), wanted, atol=1e-9)


def test_effects_are_hollow_where_the_interval_covers_zero(results: Callable[[str], Result]) -> None:
    """By hand: the effect of one factor is the mean over the other's levels of its highest level minus its lowest."""
    found = results("sweep map")
    assert isinstance(found, Sweep)
    values = differences(found, "alignment", "FRA-JPN")
    own = [(values[-1] - values[0]).mean(axis=0), (values[:, -1] - values[:, 0]).mean(axis=0)]
    order = sorted(own, key=lambda each: -abs(each.mean()))
    dots = marks(figures(found)["effects-alignment-FRA-JPN"]().axes[0], "mean")
    np.testing.assert_allclose([dot.get_xdata()[0] for dot in dots], [each.mean() for each in order])
    assert [hollow(dot) for dot in dots] == [not Estimate.of(each).clear for each in order]
