"""Answers to a pack's questions: their numbers are those of a study, and they are taken only while they fit it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from scipy import stats

import cordiale
from cordiale.analysis.answering import Made, answers_of, texts_of
from cordiale.analysis.answers import FILE, Answers, keep, kept_answers, key_of_files
from cordiale.case.load import scenario_names
from cordiale.engine.sample import Sampler
from cordiale.files.errors import StudyError
from cordiale.scenario.first_questions import load_questions
from cordiale.scenario.overrides import with_options
from cordiale.study.in_memory import study_of

ROOT = Path(__file__).parents[2]
SHIPPED, BALTIC, WORLDS = "indo_pacific_2018", "baltic_2024", 60
QUESTIONS = """questions:
  patrols:
    ask: What if the coast guards patrol together?
    scenario: joint_patrols
    gain: trust:FIN-EST
    label: Trust across the gulf
    want: less
    quarter: 2026Q2
    change: [patrols_opened]
"""


@pytest.fixture
def questions(baltic_pack: str) -> Path:
    path = Path("scenarios") / BALTIC / "first_questions.yaml"
    path.write_text(QUESTIONS, "utf-8")
    return path


def test_answers_are_those_of_a_study_of_the_two_scenarios(questions: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    found = answers_of(BALTIC, WORLDS, limits=["It is a model."], jobs=1, progress=lambda *at: seen.append(at))
    assert seen == [(50, 60), (60, 60)]
    assert [each.name for each in found.answers] == ["patrols", "helsinki_speaks"]
    own = found.answers[0]
    given = {"worlds": WORLDS, "seed": found.seed}
    both = [cordiale.load_scenario(name, pack=BALTIC, set=given) for name in ("baseline", "joint_patrols")]
    study = cordiale.run(both, out=tmp_path / "study")

    mine, theirs = (study.values("trust", "EST-FIN", name) for name in ("joint_patrols", "baseline"))
    at = study.quarters("baseline").index("2026Q2")
    difference = (mine - theirs)[:, at]
    mean = difference.mean()
    low, high = stats.t.interval(0.95, WORLDS - 1, mean, stats.sem(difference))
    gain = own.gain
    assert [gain.mean, gain.low, gain.high] == pytest.approx([mean, low, high], rel=1e-5)
    assert [gain.before, gain.after] == pytest.approx([theirs[:, at].mean(), mine[:, at].mean()], rel=1e-5)
    assert (gain.higher, gain.same, gain.lower) == tuple(
        pytest.approx(each.mean(), abs=1e-6) for each in (difference > 0, difference == 0, difference < 0)
    )
    assert (gain.when, gain.good, gain.label) == ("2026Q2", "less", "Trust across the gulf")
    assert own.course.mean == pytest.approx((mine - theirs).mean(axis=0), rel=1e-5, abs=1e-9)
    assert len(own.course.p05) == len(found.quarters) == len(study.quarters("baseline"))
    assert all(a <= b <= c <= d for a, b, c, d in zip(
        own.course.p05, own.course.p25, own.course.p75, own.course.p95, strict=True))  # fmt: skip

    sides = [study.values("alignment", "EST-FIN", name)[:, -1].mean() for name in ("joint_patrols", "baseline")]
    assert own.whole.mean == pytest.approx(sides[0] - sides[1], rel=1e-4)
    assert sum(part.moves for part in own.parts) == pytest.approx(own.whole.mean, abs=1e-4)
    assert (own.change, own.begins, own.against) == (["patrols_opened"], None, "baseline")


def test_ways_hold_every_scenario_by_each_gain_the_best_first(questions: Path) -> None:
    found = answers_of(BALTIC, 20, jobs=1)
    assert set(found.ways) == {each.by for each in found.answers}
    assert len(found.ways) == 2
    for answer in found.answers:
        ways = found.ways[answer.by]
        assert {way.scenario for way in ways} == {"helsinki_speaks", "joint_patrols"}
        gains = [way.gain.estimate.better for way in ways]
        assert gains == sorted(gains, reverse=True)
        (own,) = [way for way in ways if way.scenario == answer.scenario]
        assert own.gain.mean == answer.gain.mean
        assert (own.cost is None) == (answer.cost is None)


def test_the_number_of_processes_changes_no_answer(baltic_pack: str) -> None:
    assert answers_of(baltic_pack, 60, jobs=1) == answers_of(baltic_pack, 60, jobs=2)


# ---------------------------------------------------------------- kept


def test_answers_are_taken_only_while_each_file_is_the_same(questions: Path) -> None:
    found = answers_of(BALTIC, 20, jobs=1)
    path = keep(found, questions.with_name(FILE))
    assert kept_answers(BALTIC) == found
    files = [questions, questions.with_name("baseline.yaml"), questions.with_name("joint_patrols.yaml")]
    files += [Path("agents") / BALTIC / name for name in ("case.yaml", "FIN.yaml", "ties.yaml")]
    keys = {found.key}
    for each in files:
        text = each.read_bytes()
        each.write_bytes(text + b"# another\n")
        keys.add(key_of_files(BALTIC))
        assert kept_answers(BALTIC) is None, each
        each.write_bytes(text)
    one_more = questions.with_name("helsinki_silent.yaml")
    shutil.copy(questions.with_name("helsinki_speaks.yaml"), one_more)
    keys.add(key_of_files(BALTIC))
    assert kept_answers(BALTIC) is None
    one_more.unlink()
    assert len(keys) == len(files) + 2
    assert kept_answers(BALTIC) == found
    for text in ("", "{}", "[]", "no JSON", found.model_copy(update={"key": "other"}).model_dump_json()):
        path.write_text(text, "utf-8")
        assert kept_answers(BALTIC) is None
    assert kept_answers(BALTIC, [keep(found, Path("outputs") / "own.json")]) == found


def test_answers_of_another_form_are_made_again(questions: Path) -> None:
    record = json.loads(answers_of(BALTIC, 20, jobs=1).model_dump_json())
    for change in ({"format": 1}, {"more": 1}, {"answers": [{}]}):
        questions.with_name(FILE).write_text(json.dumps(record | change), "utf-8")
        assert kept_answers(BALTIC) is None


def test_keeping_writes_over_answers_and_over_nothing_else(questions: Path) -> None:
    found = answers_of(BALTIC, 20, jobs=1)
    path = keep(found, Path("own.json"))
    assert keep(found.model_copy(update={"title": "Another"}), path) == path
    assert Answers.model_validate_json(path.read_bytes()).title == "Another"
    path.write_text('{"mine": 1}', "utf-8")
    with pytest.raises(StudyError, match=r"own\.json"):
        keep(found, path)
    assert path.read_text("utf-8") == '{"mine": 1}'


# ---------------------------------------------------------------- the shipped ones


@pytest.fixture(scope="module")
def shipped() -> Answers:
    return Answers.model_validate_json((ROOT / "scenarios" / SHIPPED / FILE).read_bytes())


def test_the_shipped_answers_are_those_of_the_shipped_pack(shipped: Answers) -> None:
    assert shipped.key == key_of_files(SHIPPED), "type: cordiale answers --record"
    assert kept_answers(SHIPPED) == shipped
    assert {each.scenario for each in shipped.answers} == set(scenario_names(SHIPPED)) - {"baseline"}
    assert shipped.cordiale == cordiale.__version__
    for ways in shipped.ways.values():
        assert {way.scenario for way in ways} == {each.scenario for each in shipped.answers}
    for each in shipped.answers:
        assert each.gain.low <= each.gain.mean <= each.gain.high
        assert sum(part.moves for part in each.parts) == pytest.approx(each.whole.mean, abs=1e-4)


def test_a_shipped_answer_comes_out_again(shipped: Answers) -> None:
    """Of one question, in all its worlds: what the model says now is what the page shows first."""
    (asked,) = [each for each in load_questions(SHIPPED) if each.name == "retrenchment"]
    scenarios = [
        with_options(each, worlds=shipped.worlds, seed=shipped.seed) for each in (asked.against, asked.scenario)
    ]
    texts = texts_of([asked])
    study = study_of(scenarios, texts, Sampler(scenarios, texts).worlds(0, shipped.worlds))
    made = Made(study, [asked], {each.name: each for each in scenarios}).answer(asked)
    kept = shipped.of("retrenchment")
    assert kept is not None
    again, before = made.model_dump(), kept.model_dump()
    for key in ("gain", "cost", "whole", "course"):
        for name, value in again[key].items():
            wanted = before[key][name]
            assert value == (wanted if isinstance(wanted, str) else pytest.approx(wanted, rel=1e-4, abs=1e-9)), name
    assert {key: again[key] for key in ("ask", "title", "says", "begins", "by", "change")} == {
        key: before[key] for key in ("ask", "title", "says", "begins", "by", "change")
    }
    assert [part.moves for part in made.parts] == pytest.approx([part.moves for part in kept.parts], rel=1e-4, abs=1e-9)


def test_questions_of_a_forecast_void_no_answers(workshop: Path) -> None:
    """Their own answers are filled in later, and nothing of page or class hangs on them."""
    before = key_of_files("indo_pacific_2018")
    questions = workshop / "scenarios" / "indo_pacific_2018" / "questions.yaml"
    questions.write_text("questions: {}\n", "utf-8")
    assert key_of_files("indo_pacific_2018") == before
    (workshop / "scenarios" / "indo_pacific_2018" / "first_questions.yaml").write_text("questions: {}\n", "utf-8")
    assert key_of_files("indo_pacific_2018") != before


def test_a_file_of_the_installed_pack_counts_only_where_none_of_its_name_lies_here(
    workshop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever works in a clone and has installed the package too has each scenario twice."""
    installed = workshop / "installed"
    shutil.copytree(workshop / "scenarios", installed / "scenarios")
    monkeypatch.setattr("cordiale.case.load.roots", lambda: [workshop])
    alone = key_of_files("indo_pacific_2018")
    monkeypatch.setattr("cordiale.case.load.roots", lambda: [workshop, installed])
    assert key_of_files("indo_pacific_2018") == alone
    (installed / "scenarios" / "indo_pacific_2018" / "more.yaml").write_text("title: More\n", "utf-8")
    assert key_of_files("indo_pacific_2018") != alone
