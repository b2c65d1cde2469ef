"""A forecast is the share of worlds, is refused once altered, and moves no number of the model when it is scored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import cordiale
from cordiale.analysis.forecast import PERSISTENCE, PLACEBO, forecast
from cordiale.analysis.score import BASE, NEVER, POOL, score
from cordiale.analysis.sealed import MODEL, Chance, read_forecast, seal_of
from cordiale.files.errors import FileError, OptionError
from tests.conftest import ROOT, Command

PACK = "baltic_2024"
FILE = Path("asked.yaml")
QUESTIONS = """questions:
  meet:
    asks: Do leaders meet in 2024?
    true_when: {measure: events.leaders:EST-FIN, within: [2024Q1, 2024Q4], at_least: 1}
    cluster: north
  sign:
    asks: Have the two signed on logistics by 2028?
    true_when: {measure: signed.logistics:EST-FIN, by: 2028Q4, at_least: 1}
    reading: close
    why: a reading for a test
  other:
    asks: Have two others signed on logistics by 2028?
    true_when: {measure: signed.logistics:FIN-SWE, by: 2028Q4, at_least: 1}
    cluster: west
  speak:
    asks: Does one speak up, where leaders met?
    true_when: {measure: position.russia_tone:FIN, change: [2024Q1, 2028Q4], at_least: 0.02}
    given: {measure: events.leaders:EST-FIN, within: [2024Q1, 2024Q4], at_least: 1}
    reading: rough
    why: a reading for a test
  never:
    asks: Are there nine leaders' meetings in a quarter?
    true_when: {measure: events.leaders:EST-FIN, by: 2028Q4, at_least: 9}
    cluster: north
  dark:
    asks: Does it rain?
    unreadable: the model knows no weather
"""
ANSWERS = {"meet": "yes", "sign": "no", "other": "yes", "speak": "yes", "never": "no"}
WORLDS = 24


@pytest.fixture
def asked(baltic_pack: str) -> Path:
    """A file of questions about the Baltic pack, in the working folder."""
    assert baltic_pack == PACK
    FILE.write_text(QUESTIONS, "utf-8")
    return FILE


def answered(path: Path) -> None:
    """Fill in the answers, and where one is told."""
    text = path.read_text("utf-8")
    for name, answer in ANSWERS.items():
        text = text.replace(f"  {name}:\n", f"  {name}:\n    answer: {answer}\n    source: invented\n")
    path.write_text(text, "utf-8")


def test_the_chance_is_the_share_of_worlds_of_a_study(asked: Path) -> None:
    found = forecast(asked, worlds=WORLDS, placebos=2, pack=PACK)
    study = cordiale.run("baseline", pack=PACK, worlds=WORLDS, out="study", jobs=1)
    leaders = study.values("events.leaders:EST-FIN")
    met = leaders[:, :4].sum(axis=1) >= 1
    tone = study.values("position.russia_tone:FIN")
    spoke = (tone[:, -1] - tone[:, 0]) >= 0.02
    chances = {each.id: each.chances for each in found.foretold}
    assert chances["meet"][MODEL] == Chance(round(float(met.mean()), 6), WORLDS)
    assert chances["never"][MODEL].share == 0
    assert 0 < chances["never"][MODEL].for_log == 0.5 / (WORLDS + 1)
    assert chances["speak"][MODEL] == Chance(round(float((spoke & met).sum() / met.sum()), 6), met.sum())
    assert chances["dark"] == {}
    once = (leaders[:, 0] * 4 >= 1).mean()  # every quarter is like the first
    assert chances["meet"][PERSISTENCE].share == pytest.approx(once, abs=1e-6)
    assert chances["meet"][PLACEBO].worlds == 2 * WORLDS
    assert [each.id for each in found.readable] == ["meet", "sign", "other", "speak", "never"]
    assert "landscape" not in chances["speak"]  # it has positions, and no meetings of leaders


def test_processes_and_a_file_change_no_chance(asked: Path) -> None:
    one = forecast(asked, worlds=300, placebos=1, pack=PACK, jobs=1, out="one.json")
    two = forecast(asked, worlds=300, placebos=1, pack=PACK, jobs=2)
    assert one.text == two.text == Path("one.json").read_text("utf-8")
    assert read_forecast(Path("one.json")).text == one.text


def test_answers_may_be_filled_in_and_nothing_else(asked: Path) -> None:
    sealed = forecast(asked, worlds=WORLDS, placebos=0, pack=PACK, out="f.json")
    with pytest.raises(OptionError, match="no answer yet"):
        score("f.json", asked)
    answered(asked)
    found = score("f.json", asked)
    assert {each.foretold.id: each.came for each in found.scored} == {k: v == "yes" for k, v in ANSWERS.items()}
    assert found.numbers.chance.tolist() == [
        each.chances[MODEL].share for each in sealed.readable if each.id != "speak"
    ]
    whole = asked.read_text("utf-8")
    for old, new, name in (
        ("at_least: 9", "at_least: 8", "never"), ("2024Q4]", "2024Q3]", "meet"),
        ("reading: close", "reading: rough", "sign"), ("cluster: west", "cluster: east", "other"),
        ("it rain", "it snow", "dark"),
    ):  # fmt: skip
        assert old in whole
        asked.write_text(whole.replace(old, new, 1), "utf-8")
        with pytest.raises(FileError, match=f"'{name}' was altered since the forecast was sealed") as error:
            score("f.json", asked)
        line = whole[: whole.index(f"  {name}:")].count("\n") + 1
        assert f"asked.yaml:{line}:3:" in str(error.value)
    asked.write_text(whole.replace("  never:", "  nevr:"), "utf-8")
    with pytest.raises(FileError, match="'nevr' is not in the sealed forecast; did you mean 'never'"):
        score("f.json", asked)
    asked.write_text(whole[: whole.index("  dark:")], "utf-8")
    with pytest.raises(FileError, match="'dark' of the sealed forecast is missing"):
        score("f.json", asked)


def test_an_altered_forecast_is_refused(asked: Path) -> None:
    forecast(asked, worlds=WORLDS, placebos=0, pack=PACK, out="f.json")
    answered(asked)
    whole = json.loads(Path("f.json").read_text("utf-8"))

    def spoil(change: Callable[[dict], None]) -> None:
        content = json.loads(json.dumps(whole))
        change(content)
        Path("f.json").write_text(json.dumps(content), "utf-8")
        with pytest.raises(FileError, match=r"f\.json.*(altered since it was sealed|no sealed forecast)"):
            score("f.json", asked)

    spoil(lambda content: content["lines"][0]["chances"]["model"].__setitem__(0, 0.999))
    spoil(lambda content: content["about"].update(worlds=10_000))
    spoil(lambda content: content["lines"].pop())
    spoil(lambda content: content["lines"][1].update(reading="rough"))
    spoil(lambda content: content.pop("seal"))

    def reseal(content: dict) -> None:
        """Whoever makes the seal anew, but swaps a question's hash, is found by the hash of all questions."""
        content["lines"][0]["hash"] = "sha256:0"
        content.pop("seal")
        content["seal"] = seal_of(content)

    spoil(reseal)
    Path("f.json").write_text("{", "utf-8")
    with pytest.raises(FileError, match="no sealed forecast"):
        score("f.json", asked)
    Path("f.json").write_text(json.dumps(whole), "utf-8")  # another layout of the same content
    assert score("f.json", asked).numbers.count == 4


def test_whoever_makes_the_seal_anew_is_found_by_running_again(asked: Path, run_command: Command) -> None:
    forecast(asked, worlds=WORLDS, placebos=0, pack=PACK, out="f.json")
    answered(asked)
    assert run_command("score", "f.json", "asked.yaml", "--again")[0] == 0
    content = json.loads(Path("f.json").read_text("utf-8"))
    content["lines"][0]["chances"]["model"][0] = 0.999
    content.pop("seal")
    Path("f.json").write_text(json.dumps(content | {"seal": seal_of(content)}), "utf-8")
    assert run_command("score", "f.json", "asked.yaml")[0] == 0
    code, _, error = run_command("score", "f.json", "asked.yaml", "--again")
    assert (code, error) == (2, "cordiale: f.json: run again, 1 chances are others (meet), so that it was altered\n")


def test_scores_by_hand(asked: Path) -> None:
    sealed = forecast(asked, worlds=WORLDS, placebos=0, pack=PACK)
    answered(asked)
    found = score(sealed, asked)
    p = {each.id: each.chances[MODEL].share for each in sealed.readable}
    y = {name: answer == "yes" for name, answer in ANSWERS.items()}
    head = ["meet", "sign", "other", "never"]
    brier = np.mean([(p[name] - y[name]) ** 2 for name in head])
    base = {"meet": 1 / 2, "never": 1 / 2, "sign": 2 / 3, "other": 1 / 3}  # of the other clusters
    rate = np.mean([(base[name] - y[name]) ** 2 for name in head])
    log = np.mean(
        [-np.log(q if y[name] else 1 - q) for name in head for q in [(p[name] * WORLDS + 0.5) / (WORLDS + 1)]]
    )
    told = found.record()
    assert list(told) == [
        "questions", "readable", "brier", "skill", "interval", "log", "auc", "by_block", "by_reading", "probabilities"
    ]  # fmt: skip
    assert (told["questions"], told["readable"], told["probabilities"]) == (6, 5, p)
    assert told["brier"] == pytest.approx(brier)
    assert told["skill"] == pytest.approx(1 - brier / rate)
    assert told["log"] == pytest.approx(log)
    assert told["interval"][0] <= told["skill"] <= told["interval"][1]
    assert {name: each["questions"] for name, each in told["by_block"].items()} == {"events": 2, "agreements": 2}
    assert {name: each["questions"] for name, each in told["by_reading"].items()} == {
        "exact": 3,
        "close": 1,
        "rough": 1,
    }
    beside = {row["forecaster"]: row for row in found.beside()}
    assert beside[BASE]["skill"] == 0
    assert beside[NEVER]["brier"] == pytest.approx(0.5)
    assert beside[POOL]["brier"] == pytest.approx(
        np.mean([((p[name] + base[name]) / 2 - y[name]) ** 2 for name in head])
    )
    assert beside["model"]["model_less"] == 0
    assert set(found.frame()["id"]) == set(ANSWERS)
    assert "rough reading" in " ".join(found.sentences())
    assert "95 % interval over 3 clusters, which is few for an interval: " in found.sentences()[1]


def test_the_shipped_seal_is_that_of_the_shipped_questions_and_its_page_tells_its_score() -> None:
    """Filling in the answers left the seal whole, and nothing else was changed after it."""
    found = score(ROOT / "docs/sealed/questions.json", ROOT / "scenarios/indo_pacific_2018/questions.yaml")
    page = (ROOT / "docs" / "score.md").read_text("utf-8")
    assert (found.record()["questions"], found.record()["readable"]) == (65, 54)
    for each in found.sentences():
        assert f"- {each}\n" in page


def test_answers_may_stand_apart(asked: Path) -> None:
    sealed = forecast(asked, worlds=WORLDS, placebos=0, pack=PACK)
    Path("answers.csv").write_text("id,answer,source\nmeet,Yes,a\nsign,no,b\nother,,\n", "utf-8")
    assert len(score(sealed, asked, answers="answers.csv").scored) == 2
    for text, told in (
        ("id,answer\nmett,yes\n", r"answers.csv:2:1: 'mett' is no question of the forecast; did you mean 'meet'"),
        ("id,answer\nmeet,maybe\n", r"answers.csv:2:6: 'maybe' is no answer"),
        ("id,answer\nmeet,yes\nmeet,no\n", r"answers.csv:3:1: 'meet' stands twice"),
        ("id,anser\nmeet,yes\n", r"answers.csv:1:1: no column 'answer'; did you mean 'anser'"),
    ):
        Path("answers.csv").write_text(text, "utf-8")
        with pytest.raises(FileError, match=told):
            score(sealed, asked, answers="answers.csv")
    Path("answers.csv").write_text("id,answer\nmeet,no\n", "utf-8")
    answered(asked)
    with pytest.raises(FileError, match="another answer than in"):
        score(sealed, asked, answers="answers.csv")


def test_what_is_given_in_no_world_is_read_in_none(asked: Path) -> None:
    often, never = (f"at_least: {count}}}\n    reading: rough" for count in (1, 99))
    asked.write_text(asked.read_text("utf-8").replace(often, never), "utf-8")
    found = forecast(asked, worlds=4, placebos=0, pack=PACK)
    assert "speak" not in {each.id for each in found.readable}
    assert "Read in no world, since what is given never holds: speak." in found.sentences()


def test_chances_of_others_are_sealed_beside_the_models(asked: Path) -> None:
    Path("old_form.csv").write_text("id,chance,worlds\nmeet,0.25,40\ndark,0.5,\n", "utf-8")
    sealed = forecast(asked, worlds=WORLDS, placebos=0, pack=PACK, beside=["old_form.csv"])
    chances = {each.id: each.chances for each in sealed.foretold}
    assert chances["meet"]["old form"] == Chance(0.25, 40)
    assert chances["dark"] == {"old form": Chance(0.5, 100)}
    assert len(sealed.readable) == 5  # the model's own
    answered(asked)
    (row,) = [row for row in score(sealed, asked).beside() if row["forecaster"] == "old form"]
    assert (row["questions"], row["brier"]) == (1, pytest.approx(0.75**2))
    for text, told in (
        ("id,chance\nmet,0.2\n", "2:1: 'met' is none of the questions; did you mean 'meet'"),
        ("id,chance\nmeet,1.2\n", "2:6: a chance is a number from 0 to 1"),
        ("id,chance,worlds\nmeet,0.2,0.5\n", "2:10: a number of worlds is whole"),
        ("id,chance\nmeet,1\nmeet,0\n", "3:1: 'meet' stands twice"),
    ):
        Path("old_form.csv").write_text(text, "utf-8")
        with pytest.raises(FileError, match=told):
            forecast(asked, worlds=2, pack=PACK, beside=["old_form.csv"])
    with pytest.raises(OptionError, match=r"--beside 'none\.csv': no such file"):
        forecast(asked, worlds=2, pack=PACK, beside=["none.csv"])


def test_scoring_moves_no_number_of_the_model(asked: Path) -> None:
    """The same bytes of a study and of a forecast before and after scores were looked at."""

    def bytes_of() -> str:
        study = cordiale.run("baseline", pack=PACK, worlds=8, out="s", replace=True, jobs=1)
        parts = sorted(study.folder.rglob("*.parquet"))
        assert parts
        again = forecast(asked, worlds=8, placebos=1, pack=PACK).text
        return hashlib.sha256(b"".join(each.read_bytes() for each in parts) + again.encode()).hexdigest()

    before = bytes_of()
    sealed = forecast(asked, worlds=8, placebos=1, pack=PACK, out="f.json")
    text = Path("f.json").read_bytes()
    answered(asked)
    score("f.json", asked, out="scored")
    score("baseline", asked, worlds=8, pack=PACK)
    assert Path("f.json").read_bytes() == text == sealed.text.encode()
    asked.write_text(QUESTIONS, "utf-8")
    assert bytes_of() == before


# ---------------------------------------------------------------- the commands


@pytest.mark.usefixtures("asked")
def test_the_commands(run_command: Command) -> None:
    code, out, error = run_command(
        "forecast", "baseline", "asked.yaml", "--worlds", "8", "--placebos", "0", "--out", "f.json", "--pack", PACK
    )
    assert (code, error) == (0, "")
    assert "reads 5 of 6 questions (83%)" in out
    answered(FILE)
    code, out, _ = run_command("score", "f.json", "asked.yaml", "--out", "scored")
    assert code == 0
    assert "Skill over the base rate" in out
    assert {"score.csv", "yardsticks.csv", "groups.csv"} < {path.name for path in Path("scored").iterdir()}
    assert len(list(Path("scored/charts").glob("score-*.svg"))) == 2
    code, out, _ = run_command("score", "baseline", "asked.yaml", "--worlds", "8", "--pack", PACK, "--json")
    assert json.loads(out)["questions"] == 6
    code, again, _ = run_command("score", "f.json", "asked.yaml", "--json")
    assert json.loads(again)["probabilities"] == json.loads(out)["probabilities"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["forecast", "asked.yml"], "no file of questions 'asked.yml'"),
        (["forecast", "basline", "asked.yaml"], "baseline"),
        (["forecast", "a", "b", "asked.yaml"], "3 names"),
        (["forecast", "asked.yaml", "--out", "taken.json"], "taken.json exists"),
        (["forecast", "asked.yaml", "--out", "taken.json", "--replace"], "left alone"),
        (["forecast", "asked.yaml", "--worlds", "0"], "--worlds"),
        (["score", "g.json", "asked.yaml"], "no forecast g.json"),
        (["score", "taken.json", "asked.yaml"], "no sealed forecast"),
        (["score", "baseline", "asked.yaml", "--worlds", "2"], "no answer yet"),
        (["score", "baseline", "asked.yaml", "--worlds", "2", "--answers", "none.csv"], "no file 'none.csv'"),
        (["score", "sealed.json", "asked.yaml", "--worlds", "4"], "--worlds: the forecast is sealed"),
        (["panel"], "no dated record"),
    ],
)
@pytest.mark.usefixtures("asked")
def test_what_a_user_can_mend_is_one_line(run_command: Command, words: list[str], told: str) -> None:
    Path("taken.json").write_text("{}", "utf-8")
    before = sorted(str(path) for path in Path().rglob("*"))
    code, out, error = run_command(*words, "--pack", PACK)
    assert (code, out) == (2, "")
    assert told in error
    assert error.count("\n") == 1
    assert sorted(str(path) for path in Path().rglob("*")) == before


@pytest.mark.usefixtures("asked")
def test_a_forecast_gives_way_to_another_only_if_nobody_altered_it(run_command: Command) -> None:
    words = ["forecast", "asked.yaml", "--worlds", "2", "--placebos", "0", "--out", "f.json", "--pack", PACK]
    assert run_command(*words)[0] == 0
    assert run_command(*words)[0] == 2
    assert run_command(*words, "--replace")[0] == 0
    other = [*words[:-3], "sealed", *words[-2:]]  # a name of another kind, whose file gets a mark
    assert run_command(*other)[0] == run_command(*other, "--replace")[0] == 0
    assert read_forecast(Path("sealed")).text == read_forecast(Path("f.json")).text
    Path("f.json").write_text(Path("f.json").read_text("utf-8").replace('"seed": ', '"seed": 1'), "utf-8")
    assert run_command(*words, "--replace")[0] == 2
