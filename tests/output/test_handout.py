"""The handout: numbers are those of a run, answers are the worlds', texts cannot break out of the page."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from markupsafe import escape

from cordiale import run
from cordiale.models.diplomacy.index import PARTS
from cordiale.models.random import Array
from cordiale.models.units import SD
from cordiale.output.answer.words import WAYS, sentences
from cordiale.output.handout.build import Handout, handout, html, prepare
from cordiale.output.handout.cells import causes_added
from cordiale.output.handout.grid import Control, Grid, Level, as_coded, chosen, controls_of
from cordiale.output.handout.questions import Question, Told, questions_of
from cordiale.scenario.layers import Event
from cordiale.scenario.load import load_scenario
from cordiale.study.estimate import Estimate
from cordiale.study.narrative import ACTIVITY, START, among, story
from tests.conftest import Command
from tests.packs import random_pack, write
from tests.page import made as answers_made

WORLDS = 12
SCENARIOS = ("baseline", "france_joins_quad", "japan_hardens_tone")
SHORT = {"horizon": "2021Q4"}


def made(*scenarios: str, worlds: int = WORLDS, jobs: int = 1) -> Handout:
    return prepare(
        [load_scenario(name, set=SHORT) for name in scenarios], (), worlds, None, None, jobs, None, (), None, None
    )


def cells(page: str) -> list[str]:
    """Return the cells of a page."""
    return re.findall(r'<article class="cell".*?</article>', page, re.S)


@pytest.fixture(scope="module")
def result() -> Handout:
    return made(*SCENARIOS)


@pytest.fixture(scope="module")
def page(result: Handout) -> str:
    return html(result)


# ---------------------------------------------------------------- numbers


def test_a_cell_holds_what_a_run_of_its_scenario_gives(result: Handout, tmp_path: Path) -> None:
    study = run(list(SCENARIOS), worlds=WORLDS, set=SHORT, out=tmp_path / "study")
    dyad = result.dyad
    base = study.values("alignment", dyad, "baseline")
    for scenario in SCENARIOS[1:]:
        at = result.grid.of(load_scenario(scenario, set=SHORT))
        assert at
        answer, own = result.answers[at], study.values("alignment", dyad, scenario)
        np.testing.assert_array_equal(result.headline(at), own)
        found, gain = Estimate.of((own - base)[:, -1], SD).record(), answer.gain.estimate.record()
        assert gain.pop("verdict") == found.pop("verdict")
        assert gain == pytest.approx(found, rel=1e-5)
        assert answer.course.mean == pytest.approx((own - base).mean(axis=0).tolist(), rel=1e-5)
        assert answer.cost is not None
        paid = [study.values("pressure.CHN", "FRA", each)[:, 1:].mean() for each in (scenario, "baseline")]
        assert answer.cost.mean == pytest.approx(paid[0] - paid[1], abs=1e-6)


def test_parts_and_causes_add_up_to_the_difference_in_every_world(result: Handout) -> None:
    base = result.cells[0]
    for at, cell in enumerate(result.cells[1:], 1):
        difference = (result.headline(at) - result.headline(0))[:, -1]
        np.testing.assert_allclose(result.parts[at].sum(axis=0), difference, atol=1e-9)
        explained = sum(value - base.reasons[reason] for reason, value in cell.reasons.items())
        np.testing.assert_allclose(explained, difference, atol=1e-9)
        parts = dict(zip(PARTS, result.parts[at], strict=True))
        added = causes_added(cell, base, parts, result.grid.base)
        assert sum(each.change.mean for each in added) == pytest.approx(difference.mean(), abs=1e-5)


def test_every_combination_is_there_once_and_the_base_is_the_scenario_without_levers(result: Handout) -> None:
    assert len(result.cells) == result.grid.cells == np.prod(result.grid.shape)
    assert {tuple(result.grid.levels(at)) for at in range(result.grid.cells)} == set(np.ndindex(*result.grid.shape))
    assert result.grid.of(load_scenario("baseline")) == 0
    assert result.grid.of(load_scenario("brexit")) is None


def test_a_lever_has_what_scenarios_state_and_the_far_end_of_its_scale() -> None:
    names = ("quad_hardens", "quad_softens", "japan_hardens_tone", "us_retrenchment")
    scenarios = [load_scenario(name) for name in names]
    quad, tone, retreat = controls_of(scenarios, as_coded(scenarios[0]), ())
    assert [level.title for level in quad.levels] == ["", scenarios[0].title, scenarios[1].title]
    assert [level.stated for level in tone.levels] == [True, True, False]
    assert len(retreat.levels) == 2  # its other end is what is coded


def test_processes_and_a_second_time_change_nothing() -> None:
    one, two = (html(made("brexit", worlds=3, jobs=jobs)) for jobs in (1, 2))
    assert one == two


# ---------------------------------------------------------------- words


def two_by_two() -> Grid:
    def control(name: str) -> Control:
        course = ((None, Event("set", 1.0)),)
        return Control(name, name.upper(), (Level((), "no"), Level(course, "yes", f"{name} holds")))

    return Grid(load_scenario("baseline"), (control("a"), control("b")))


def told(grid: Grid, *ends: Array) -> Told:
    """Return cells in which the first of two parts alone moves the headline."""
    found = []
    for at, end in enumerate(ends):
        seen = Estimate.of(end - ends[0], SD)
        gain = answers_made.moved(seen.mean, seen.low, seen.high, max(seen.higher, seen.lower))
        parts = [answers_made.part("ties", gain.mean), answers_made.part("trust", 0.0)]
        found.append(answers_made.answer(gain, title=grid.title(at), parts=parts, whole=gain))
    parts_moved = [np.stack([end - ends[0], 0 * end]) for end in ends]
    return Told(grid, found, ends, parts_moved, "X and Y")


def asked(together: float, noise: float = 0.001) -> list[Question]:
    """Return the questions where a adds 0.2, b takes 0.1, and both together are 0.1 and something."""
    luck = np.random.default_rng(1)
    base = luck.uniform(0.4, 0.6, 50)
    changes = [0.0, -0.1, 0.2, 0.1 + together]  # in the order of cells: b turns faster
    ends = [base + change + noise * luck.normal(size=50) * bool(change) for change in changes]
    return questions_of(told(two_by_two(), *ends))


HIGHER, SAME, LOWER = range(len(WAYS))


@pytest.mark.parametrize(("together", "right"), [(0.1, 0), (-0.1, 2), (0.0, 1)])
def test_answers_are_those_of_worlds_made_for_them(together: float, right: int) -> None:
    most, part, hangs = asked(together)
    assert most.right == ((0, HIGHER),)  # a
    assert "lead over the next is clear" in most.answer[-1]
    assert part.right == ((0,),)
    assert part.answer[0] == "Through ties."
    assert hangs.right == ((right,),)
    assert ("no noticeable change" in hangs.answer[-1]) == (right == 1)
    assert hangs.text == "With “b holds” too: what becomes of what “a holds” does?"


def test_what_is_not_clear_is_called_about_the_same() -> None:
    most, part, _ = asked(0.0, noise=1.0)
    assert most.right == ((0, SAME), (1, SAME))
    assert "None moves it noticeably" in most.answer[0]
    assert part.right == ((2,),)
    assert part.answer[0].startswith("Not clear")


def test_a_single_change_is_asked_about_by_direction_and_by_share_of_worlds() -> None:
    base = np.linspace(0.4, 0.6, 40)
    grid = two_by_two()
    grid = Grid(grid.base, grid.controls[:1])
    most, _, share = questions_of(told(grid, base, base + np.where(np.arange(40) < 34, 0.2, -0.01)))
    assert (most.right, share.right) == (((HIGHER,),), ((2,),))  # 85 % of worlds
    assert "In 85 of 100" in share.answer[0]


# ---------------------------------------------------------------- the page


def test_the_page_may_run_its_own_script_and_nothing_else(page: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="(.*?)"', page)
    assert policy
    allowed = policy[1].replace("&#39;", "'")
    assert allowed.startswith("default-src 'none'")
    assert "unsafe" not in allowed
    for kind, text in (("style", re.findall(r"<style>(.*?)</style>", page, re.S)),
                       ("script", re.findall(r"<script>(.*?)</script>", page, re.S))):  # fmt: skip
        assert len(text) == 1
        digest = base64.b64encode(hashlib.sha256(text[0].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in allowed


def test_the_page_names_nothing_outside_and_is_small(result: Handout, page: str) -> None:
    assert not re.search(r"https?://", page)
    assert not re.search(r"<(link|img|iframe|object|embed)\b|\bsrc=|@import|url\(", page)
    assert len(page.encode()) < 5_000_000 / 36 * result.grid.cells


def test_the_page_speaks_as_the_page_and_the_class_do(result: Handout, page: str) -> None:
    assert len(cells(page)) == result.grid.cells
    for answer, cell in zip(result.answers[1:], cells(page)[1:], strict=True):
        text = re.sub(r"<[^>]*>", "", cell)
        for piece in (piece for each in sentences(result.pair, answer) for piece in each):
            assert piece.text in unescape(text)
        assert f"{100 * max(answer.gain.higher, answer.gain.lower):.0f} of 100" in text
        assert answer.gain.estimate.interval in text
        assert cell.count("<svg") == 4  # the difference and levels, for a screen and for a phone


def test_texts_from_files_cannot_leave_their_place(workshop: Path) -> None:
    title, question = "</script><script>alert(1)</script> & <!--", 'Is it "so"> <img src=x onerror=alert(2)>?'
    folder = workshop / "scenarios" / "indo_pacific_2018"
    (folder / "hostile.yaml").write_text(
        yaml.safe_dump({"title": title, "question": question, "extends": "baseline", "horizon": "2019Q2",
                        "levers": {"brexit": 1}, "basis": {"locator": "Europe 2", "says": "nothing at all"}})
    )  # fmt: skip
    page = handout(["hostile"], worlds=2, jobs=1).read_text("utf-8")
    assert page.count("<script") == 1
    assert "<img" not in page
    assert str(escape(title)) in page


def test_another_pack_works_too(workshop: Path) -> None:
    pack = random_pack(3, states=3)
    write(workshop / "agents" / "made_up", pack)
    frame = {"title": "A try", "question": "What then?", "horizon": "2019Q4", "pack": "made_up",
             "basis": {"locator": "Text 1", "says": "nothing"}}  # fmt: skip
    write(workshop / "scenarios" / "made_up", {"a_try": frame | {"levers": {"ideal_lever": 1, "pace_lever": 0}}})
    page = handout(["a_try"], worlds=4, jobs=1).read_text("utf-8")
    first, second = (pack[code]["name"] for code in pack["case"]["focus"].split("-"))
    assert f"What moves {first} and {second} closer" in page
    assert len(cells(page)) == len(set(re.findall(r'data-cell="([\d ]+)" data-now', page))) > 1


# ---------------------------------------------------------------- the choice of levers


def test_of_many_levers_those_with_the_largest_effect_stay_and_the_others_are_named() -> None:
    names = ("brexit", "us_retrenchment", "japan_hardens_tone", "france_joins_quad", "tokyo_courts_russia")
    scenarios = [load_scenario(name) for name in names]
    base = as_coded(scenarios[0])
    controls = controls_of(scenarios, base, ())
    kept, out = chosen(base, controls, lambda _: [0.01, -0.03, 0.001, 0.002, -0.02])
    assert [control.name for control in kept] == ["brexit", "us_retrenchment", "japan_russia_firmness"]
    assert len(out) == 2
    assert out[0].startswith(f"{controls[3].label} (+0.0020")
    assert chosen(base, controls, lambda _: [0.0] * 5, ["named"]) == (controls, [])


def test_levers_that_clash_do_not_stand_together(workshop: Path) -> None:
    case = workshop / "agents" / "indo_pacific_2018" / "case.yaml"
    twin = "levers:\n  brexit_twin:\n    label: Twin\n    says: the same again\n    locator: Europe 2\n    moves: "
    text = case.read_text("utf-8")
    case.write_text(text.replace("levers:\n", twin + "{GBR.bandwidth: [2.5, 0.5]}\n", 1), "utf-8")
    scenario = load_scenario("baseline", set={"japan_in_axis": 1, "us_retrenchment": 1})
    base = as_coded(scenario)
    controls = controls_of([scenario], base, ("brexit", "brexit_twin", "japan_in_axis", "us_retrenchment"))
    kept, out = chosen(base, controls, lambda _: [0.04, 0.03, 0.02, 0.01])
    assert [control.name for control in kept] == ["brexit", "japan_in_axis", "us_retrenchment"]
    assert "move one number at the same time" in out[0]


# ---------------------------------------------------------------- the command


def test_the_command_writes_a_file_and_replaces_only_a_handout(workshop: Path, run_command: Command) -> None:
    def call(*arguments: str) -> tuple[int, str]:
        code, _, error = run_command("handout", "baseline", *arguments, "--worlds", "2")
        return code, error

    lever = ("--lever", "brexit", "--jobs", "1")
    baseline = workshop / "scenarios" / "indo_pacific_2018" / "baseline.yaml"
    baseline.write_text(baseline.read_text("utf-8").replace("horizon: 2025Q4", "horizon: 2019Q2"), "utf-8")
    file = workshop / "outputs" / "handout-baseline.html"
    assert call(*lever) == (0, "")
    assert file.read_text("utf-8").startswith("<!doctype html>")
    code, message = call(*lever)
    assert (code, "--replace" in message) == (2, True)
    assert call(*lever, "--replace") == (0, "")
    file.write_text("my own notes", "utf-8")
    code, message = call(*lever, "--replace")
    assert (code, "was not written by cordiale" in message, file.read_text("utf-8")) == (2, True, "my own notes")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["baseline"], "moves no lever"),
        (["baseline", "--lever", "brexti"], "did you mean 'brexit'"),
        (["baseline", "--lever", "brexit", "--lever", "brexit"], "given twice"),
        (["baseline", "--lever", "brexit", "--dyad", "FRA-JPM"], "did you mean 'FRA-JPN'"),
        (["baseline", "--lever", "brexit", "--worlds", "1"], "at least two worlds"),
        (["baseline", "--lever", "brexit", "--out", "scenarios"], "is a folder"),
        (["baseline", "shorter"], "another horizon"),
        (["baseline", "elsewhere"], "another case pack"),
        (["baseline", *(f"quad_{n}" for n in range(6)), *(f"axis_{n}" for n in range(6))], "49 cells"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line(workshop: Path, refused: Callable[..., str], arguments: list[str], said: str) -> None:
    folder = workshop / "scenarios" / "indo_pacific_2018"
    frame = {"title": "A try", "question": "What?", "basis": {"locator": "Europe 2", "says": "nothing at all"}}
    files: dict[str, Any] = {"shorter": {"extends": "baseline", "horizon": "2020Q4", "levers": {"brexit": 1}}}
    for n in range(6):
        files[f"quad_{n}"] = {"extends": "baseline", "levers": {"quad_hardness": n / 10}}
        files[f"axis_{n}"] = {"extends": "baseline", "levers": {"us_retrenchment": n / 10}}
    write(folder, {name: frame | file for name, file in files.items()})
    write(workshop / "agents" / "made_up", random_pack(3))
    write(workshop / "scenarios" / "made_up", {"elsewhere": frame | {"pack": "made_up", "seed": 2018,
          "basis": {"locator": "Text 1", "says": "nothing"}, "levers": {"ideal_lever": 1}}})  # fmt: skip
    assert said in refused("handout", *arguments)


def test_two_worlds_are_told_as_replay_tells_them(result: Handout, page: str) -> None:
    base, ends = result.grid.base, result.headline(0)[:, -1]
    assert [each.place for each in result.chronicles] == ["far apart", "close"]
    apart, close = (float(ends[each.number]) for each in result.chronicles)
    assert apart < np.median(ends) < close
    for each in result.chronicles:
        events = among(story(base, each.number), result.dyad.split("-"))
        together = [event for event in events if event.kind == ACTIVITY and len(event.states) == 2]
        assert sum(year.together for year in each.years) == len(together)
        told = [event for event in events if event.kind not in (START, ACTIVITY)]
        assert [words for year in each.years for words in year.told] == [f"{e.quarter}: {e.words}" for e in told]
        assert f"World {each.number}, in which they end {each.place}" in page
        assert all(str(escape(event.words)) in page for event in told)


def test_a_share_of_worlds_is_told_in_a_clause() -> None:
    scenarios = [load_scenario(name, model="landscape", set={"horizon": "2019Q4"}) for name in SCENARIOS[:2]]
    found = prepare(scenarios, (), 8, None, None, 1, None, (), None, None)
    told = "Share of worlds in which France and Japan are on the same side"
    assert {each.gain.label for each in found.answers} == {told}
    assert f"the {told[0].lower()}{told[1:]} by the end of 2019" in html(found)
