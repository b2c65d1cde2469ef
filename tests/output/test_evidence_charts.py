"""Charts of claims, the calibration, sensitivity, boxes, worlds needed, two codings and causes: their texts, and more.

Every result is one of the shipped pack, of few worlds, made once.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

import cordiale
from cordiale.analysis.agreement import Agreement, agreement
from cordiale.analysis.calibrate import Calibration, calibrate
from cordiale.analysis.discover import Box, Discovery, discover
from cordiale.analysis.judge import Settings, Verdicts, judge
from cordiale.analysis.prim import Counted
from cordiale.analysis.sample_size import Enough, SampleSize, sample_size
from cordiale.analysis.sensitivity import Sensitivity, sensitivity
from cordiale.analysis.settle import Settlements, settle
from cordiale.analysis.sobol import REST
from cordiale.case.public.published import example
from cordiale.output.charts.claims import ORDER, SIGNS, TOO, groups_of, kind_of, tile_of
from cordiale.output.charts.frame import said_by
from cordiale.output.charts.likely_agreements import cases_of, shares, short
from cordiale.output.charts.sample_size import needs_of
from cordiale.output.charts.sample_size import sample_size as sample_size_chart
from cordiale.output.charts.style import SIZES, Target, house_style
from cordiale.output.results import figures
from cordiale.scenario.load import load_scenario
from cordiale.study.attribution import Terms, causes
from cordiale.study.result import Result
from tests.conftest import PACK
from tests.output.test_chart_texts import faults

SHORT = ["horizon=2019Q4"]
MEASURE = "alignment:FRA-JPN"
CLAIMS = [
    "culture_and_trade_base", "no_friction_lifts_partnership", "roadmap_widens_cooperation", "acsa_eases_relief",
    "us_ally_attracts_japan", "two_trends_meet", "sales_cost_trust", "forum_reassures", "patrols_take_no_side",
]  # fmt: skip


def second_coder(folder: Path) -> Agreement:
    """Return the pack's ideal points against those of somebody who reads them otherwise, now and then by much."""
    pack, luck = load_scenario("baseline").loaded.pack, random.Random(3)
    with (folder / "second_coder.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["state", "issue", "value"])
        for code, state in pack.states.items():
            for issue in pack.case.issues:
                value = state.issues[issue].ideal.best + luck.gauss(0, 0.12)
                rows.writerow([code, issue, f"{min(1, max(0, value)):.2f}"])
    return agreement(folder / "second_coder.csv", PACK, resamples=20)


def boxes_of_many(folder: Path) -> Discovery:
    """Return a search in which, beside what it found, a second box restricts three numbers."""
    found = discover(
        "baseline", "position_gap.china_tone:FRA-JPN > 0.3", 400, ["FRA.*.ideal", "JPN.*.ideal"], set=SHORT
    )
    paths = [path for path in found.scenario.ranges if path.startswith("FRA.") and path.endswith(".ideal")][:3]
    ranges = [found.scenario.ranges[path] for path in paths]
    bounds = {path: (each.best, np.inf) for path, each in zip(paths, ranges, strict=True)}
    bounds[paths[0]] = (ranges[0].low, ranges[0].best)
    counted = Counted(40, 31, 0.2, 0.775, 0.1, dict(zip(paths, (0.0004, 0.02, 0.04), strict=True)))
    several = [*found.search.boxes, Box(bounds, counted, counted)]
    return replace(found, search=replace(found.search, boxes=several))


def small_study(folder: Path) -> SampleSize:
    return sample_size(cordiale.run(["baseline", "france_joins_quad"], worlds=24, seed=2018, out=folder / "study"))


def many_issues(folder: Path) -> Settlements:
    """Return settlements on twenty issues of other widths, most of them with an outcome."""
    luck, lines = random.Random(5), ["issue,actor,position,salience,capability,outcome"]
    for issue in range(20):
        width, name = luck.choice([1, 10, 100]), f"How much of a thing is to be paid by whom: number {issue}"
        outcome = f"{width * luck.random():.3f}" if issue % 4 else ""
        lines += [f"{name},{k},{width * luck.random():.3f},{luck.random():.2f},{k},{outcome}" for k in range(1, 7)]
    (folder / "issues.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return settle(folder / "issues.csv")


MAKE: dict[str, Callable[[Path], Result]] = {
    "claims": lambda _: judge(PACK, CLAIMS, Settings(worlds=20, codings=2, each=2, placebos=6, placebo_worlds=8)),
    "calibration": lambda _: calibrate(PACK),
    "tornado": lambda _: sensitivity("baseline", MEASURE, samples=4, luck=1, set=SHORT),
    "morris": lambda _: sensitivity("baseline", MEASURE, "morris", samples=4, luck=1, set=SHORT),
    "morris, single numbers": lambda _: sensitivity(
        "france_joins_quad", MEASURE, "morris", against="baseline", over=["FRA.*.ideal", "JPN.*.ideal"], samples=4,
        luck=1, set=["horizon=2020Q4"],
    ),
    "boxes": boxes_of_many,
    "worlds": small_study,
    "codings": second_coder,
    "settlements": many_issues,
    "settlement": lambda _: settle(example("emission").paths[0]),
    "causes": lambda _: causes(load_scenario("dual_use_revealed"), "FRA-JPN", 8, alone=True),
    "causes of a difference": lambda _: causes(load_scenario("france_joins_quad"), "FRA-JPN", 24),
}  # fmt: skip
MADE: dict[str, Result] = {}


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """Return what makes a result, once."""

    def made(name: str) -> Any:
        if name not in MADE:
            MADE[name] = MAKE[name](tmp_path_factory.mktemp("analysis"))
        return MADE[name]

    return made


def drawn(found: Result, name: str, of: Target | None = None) -> Figure:
    with house_style(of or Target()):
        return figures(found)[name]()


def texts(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(Text) if isinstance(text, Text))


# ---------------------------------------------------------------- what holds of each


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", MAKE)
def test_no_text_touches_another_or_leaves_the_sheet(result: Callable[[str], Any], name: str, size: str) -> None:
    for dark in (False, True) if size == "page" else (False,):
        for chart in figures(result(name)):
            figure = drawn(result(name), chart, Target(size, dark=dark))
            with house_style(Target(size, dark=dark)):
                assert faults(figure) == [], chart
                assert figure.get_size_inches()[0] == pytest.approx(SIZES[size].width)
                if SIZES[size].fixed:
                    assert figure.get_size_inches()[1] == pytest.approx(SIZES[size].height)
                assert to_hex(figure.get_facecolor()) == Target(size, dark=dark).inks.paper
            assert figure.texts[0].get_text().count("\n") < 2, chart


@pytest.mark.parametrize("name", MAKE)
def test_each_says_what_was_found_how_to_make_it_again_and_that_it_is_no_forecast(
    result: Callable[[str], Any], name: str
) -> None:
    for chart in figures(result(name)):
        figure = drawn(result(name), chart)
        said = said_by(figure)
        numbers = re.findall(r"\d[\d.,]*\d|\d", said.title[0])
        assert numbers, chart
        assert all(number in said.alt for number in numbers), chart
        assert "Source: cordiale " in said.caption
        assert said.caption.endswith("no forecast.")
        hues = r"\b(blue|red|green|orange|brown|purple)\b"
        assert not re.search(hues, f"{said.subtitle} {said.caption}", re.IGNORECASE), "a reader in grey sees none"
        assert not figure.legends
        assert not any(axes.get_legend() for axes in figure.axes)
        for text in (*said.title, said.subtitle, said.caption, said.alt):
            assert not any(bad in text for bad in ("nan", "0.00 ", "0.000", "  ")), text


# ---------------------------------------------------------------- claims


def test_the_board_has_a_tile_a_claim_and_counts_each_verdict(result: Callable[[str], Verdicts]) -> None:
    found = result("claims")
    figure = drawn(found, "claims-board")
    kinds = [kind_of(each) for each in found.verdicts]
    tiles = [patch.get_gid() for patch in figure.axes[0].patches]
    assert sorted(tiles) == sorted([*kinds, *set(kinds)])  # those of the counts beside them
    signs = [text.get_text() for text in figure.axes[0].texts if text.get_text() in set(SIGNS.values())]
    assert sorted(signs) == sorted(SIGNS[kind] for kind in tiles)
    for kind in set(kinds):
        assert str(kinds.count(kind)) in [text.get_text() for text in figure.axes[0].texts]


def test_what_was_lost_stands_first_in_each_section(result: Callable[[str], Verdicts]) -> None:
    found = result("claims")
    groups = groups_of(found)
    assert {each.claim.id for those in groups.values() for each in those} == {*CLAIMS}
    assert {*groups} == {each.claim.locator.rpartition(" ")[0] for each in found.verdicts}
    for those in groups.values():
        places = [ORDER.index(kind_of(each)) for each in those]
        assert places == sorted(places)


def test_a_claim_that_half_of_placebo_packs_support_is_pale(result: Callable[[str], Verdicts]) -> None:
    each = replace(result("claims").verdicts[1], kind="supported", placebos=0.49)
    assert kind_of(each) == "supported"
    assert kind_of(replace(each, placebos=0.5)) == TOO
    assert kind_of(replace(each, kind="opposite", placebos=0.9)) == "opposite"


@pytest.mark.parametrize("dark", [False, True])
def test_verdicts_differ_without_colour_and_by_it(dark: bool) -> None:
    with house_style(Target(dark=dark)):
        looks = {kind: tile_of(kind) for kind in ORDER}
    assert len({(look.fill, look.dashed, SIGNS[kind]) for kind, look in looks.items()}) == len(ORDER)
    assert len({SIGNS[kind] for kind in ORDER}) == len(ORDER) - 1  # what is supported has one sign, of two inks


def test_effects_stand_in_margins_those_first_that_were_lost(result: Callable[[str], Verdicts]) -> None:
    found = result("claims")
    pages = [name for name in figures(found) if name.removeprefix("claims-").isdigit()]
    every = [each for verdict in found.verdicts for each in verdict.findings]
    marks = [
        float(line.get_xdata()[0])
        for name in pages
        for line in drawn(found, name).axes[0].lines
        if line.get_marker() == "o"
    ]
    turned = sorted(
        (ORDER.index(each.kind) for each in every),
    )
    effects = [(-1 if each.sign == "-" else 1) * each.mean / each.said.margin for each in every]
    assert sorted(marks) == pytest.approx(sorted(effects))
    first = every[[ORDER.index(each.kind) for each in every].index(turned[0])]
    assert marks[0] == pytest.approx((-1 if first.sign == "-" else 1) * first.mean / first.said.margin)


# ---------------------------------------------------------------- the calibration


def test_likely_cases_are_those_of_the_last_origin(result: Callable[[str], Calibration]) -> None:
    found = result("calibration")
    origin = found.origins[-1]
    cases = cases_of(found, origin)
    assert [each.chance for each in cases] == sorted(origin.rivals[0].chance, reverse=True)
    assert sum(each.signed for each in cases) == origin.seen
    binned = shares(cases)
    assert (sum(came for _, came, _ in binned), sum(count for *_, count in binned)) == (origin.seen, len(cases))
    axes = drawn(found, "calibration-likely").axes[1]
    marks = [line for line in axes.lines if line.get_gid() == "case"]
    assert [line.get_xdata()[0] for line in marks] == [each.chance for each in cases[: len(marks)]]
    full = [to_hex(line.get_markerfacecolor()) != Target().inks.paper for line in marks]
    assert full == [each.signed for each in cases[: len(marks)]]


def test_short_names_of_agreements() -> None:
    assert short("Acquisition and cross-servicing (ACSA)") == "ACSA"
    assert short("Reciprocal access") == "reciprocal access"


def test_the_record_has_all_signatures(result: Callable[[str], Calibration]) -> None:
    found = result("calibration")
    above, below = drawn(found, "calibration-record").axes
    signed = int(found.at_risk.signed.sum())
    assert sum(patch.get_height() for patch in above.patches if patch.get_gid() == "signed") == signed
    written = sum(int(text.get_text()) - 1 for text in below.texts)  # a mark without a number is one signature
    assert written + sum(line.get_gid() == "kind" for line in below.lines) == signed


# ---------------------------------------------------------------- sensitivity


def test_groups_say_how_many_numbers_they_have_and_have_no_plane(result: Callable[[str], Sensitivity]) -> None:
    found = result("morris")
    assert max(found.found.sizes) > 1
    figure = drawn(found, "morris")
    (axes,) = figure.axes
    table = found.frame()
    names = [label.get_text().replace("\n", " ") for label in axes.get_yticklabels()]
    for name, group, size in zip(names, table["group"], table["numbers"], strict=False):
        assert name.lower().startswith(found.names[group].lower())
        assert name.endswith(f"({size} numbers)") == (size > 1)


def test_the_plane_is_of_single_numbers(result: Callable[[str], Sensitivity]) -> None:
    found = result("morris, single numbers")
    bars, plane = drawn(found, "morris").axes
    single = np.isfinite(found.found.spread)
    assert 0 < single.sum() < len(single)
    points = np.concatenate([line.get_xdata() for line in plane.lines if line.get_gid() == "effects"])
    np.testing.assert_allclose(sorted(points), sorted(found.found.strength[single]))
    rest = bars.get_yticklabels()[0].get_text().replace("\n", " ")
    assert rest == f"All other numbers ({found.found.sizes[found.found.groups.index(REST)]:,})"
    assert REST not in said_by(drawn(found, "morris")).title[0].lower()
    assert "--over 'FRA.*.ideal' --over 'JPN.*.ideal'" in said_by(drawn(found, "morris")).caption


# ---------------------------------------------------------------- the others


def test_a_slide_draws_the_boxes_that_have_room_and_says_which_it_leaves_out(
    result: Callable[[str], Discovery],
) -> None:
    found = result("boxes")
    count = len(found.search.boxes)
    assert len(drawn(found, "boxes").axes) == count
    slide = drawn(found, "boxes", Target("slide"))
    left = count - len(slide.axes)
    assert ("not drawn" in said_by(slide).caption) == (left > 0)


def test_rows_of_worlds_needed(result: Callable[[str], SampleSize]) -> None:
    found = result("worlds")
    needs = [each for each in needs_of(found.each) if each.most > 2]
    axes = drawn(found, "sample_size").axes[0]
    marks = [line for line in axes.lines if line.get_gid() == "needed"]
    levels = [int(line.get_xdata()[0]) for line in marks if line.get_marker() == "o"]
    assert levels == [each.level.needed for each in needs if each.level is not None][: len(levels)]
    (line,) = (line for line in axes.lines if line.get_gid() == "worlds")
    assert set(line.get_xdata()) == {24}
    worst = max(found.each, key=lambda each: each.needed)
    assert f"{worst.needed:,}" in texts(drawn(found, "sample_size"))


@pytest.mark.parametrize("size", SIZES)
def test_a_difference_that_seemed_to_take_two_worlds_has_its_number_on_the_panel(size: str) -> None:
    """At the left end of its line the number stood among the names."""
    counts = np.array([100, 200])
    level = Enough("events.two_plus_two", "FRA-JPN", "baseline", None, "2025Q4", 1.0, 0.4, 200, 0.01, counts,
                   np.array([0.04, 0.03]))  # fmt: skip
    seldom = replace(level, scenario="other", against="baseline", deviation=0.07, errors=np.array([0.0014, 0.006]))
    names = {level.name: "Events: meetings of four ministers, of France and Japan"}
    with house_style(Target(size)):
        figure = sample_size_chart([level, seldom], names, "", "")
        assert f"{seldom.needed:,}" in texts(figure)
        assert faults(figure) == []


def test_values_outside_the_range_are_told_by_their_mark(result: Callable[[str], Agreement]) -> None:
    found = result("codings")
    marks = [line for axes in drawn(found, "agreement").axes for line in axes.lines if line.get_gid() == "other"]
    assert len(marks) == len(found.cells)
    assert sum(line.get_marker() == "D" for line in marks) == len(found.outside) > 0


def test_causes_of_a_difference_begin_with_the_policy(result: Callable[[str], Terms]) -> None:
    figure = drawn(result("causes of a difference"), "causes")
    for axes in figure.axes:
        (line,) = (line for line in axes.lines if line.get_gid() == "policy")
        assert set(line.get_xdata()) == {2019.5}
    assert "1 July 2019" in said_by(figure).caption
