"""The brief: its numbers are those of `compare`, its parts sum to the gain, and hostile text stays text."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cordiale
from cordiale.analysis.brief import Brief, answer, brief, cost_values, option_of, verdict, would_change
from cordiale.analysis.compare import differences
from cordiale.files.errors import OptionError, StudyWarning
from cordiale.output.brief.page import contents, files, html, whole_clauses
from cordiale.output.report.elements import typeset
from cordiale.study.estimate import Estimate
from cordiale.study.findings import findings
from cordiale.study.study import Study
from tests.conftest import Command
from tests.hostile.files import Refused
from tests.output.test_report import Page

NAMES = ["baseline", "france_joins_quad", "fon_presence_up", "french_strategy_strong"]
QUESTION = "Should France join the Quad?"
QUICK = {"horizon": "2020Q2"}
HOSTILE = "<script>alert(1)</script> & \"q\" 'q' {{ 7 * 7 }} #panic() *b* $x$ \\ @a <l> // [ ]"
PDF = pytest.importorskip("typst") is not None


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Four scenarios with gain and costs, run by the brief itself."""
    out = tmp_path_factory.mktemp("brief") / "study"
    return brief(QUESTION, NAMES, worlds=40, set=QUICK, out=out, pdf=True).study


@pytest.fixture(scope="module")
def made(study: Study) -> Brief:
    return brief(QUESTION, study, pdf=True)


def retitled(study: Study, title: str) -> Study:
    """Return the study with another title of its second scenario."""
    told = [dict(each) for each in study.manifest["scenarios"]]
    told[1] |= {"title": title, "question": title}
    return Study(study.folder, {**study.manifest, "scenarios": told})


# ---------------------------------------------------------------- numbers


def test_gains_are_the_differences_of_compare(study: Study, made: Brief) -> None:
    table = made.tables()["options"].set_index("scenario")
    found = differences(study, [f"{study.headline}:FRA-JPN"]).differences
    assert list(table.index) == NAMES[1:] == [row.scenario for row in found]
    for row in found:
        last, line = row.estimate, table.loc[row.scenario]
        shares = {name: getattr(last, name) for name in ("low", "high", "higher", "same", "lower")}
        assert line["gain"] == pytest.approx(last.mean)
        assert {name: line[f"gain_{name}"] for name in shares} == pytest.approx(shares)
        assert line["gain_verdict"] == last.verdict
        told = next(each for each in contents(made).options if each.title == study.title(row.scenario))
        assert float(told.gain.replace("−", "-")) == pytest.approx(last.mean, abs=6e-3)
        assert told.interval == last.interval
    written = pd.read_csv(study.folder / "options.csv").set_index("scenario")
    assert written["gain"].to_numpy() == pytest.approx(table["gain"].to_numpy(), rel=1e-4)


def test_costs_are_means_over_the_quarters_after_the_first(study: Study, made: Brief) -> None:
    costs = {cost.name: cost for cost in made.costs}
    assert list(costs) == ["chinese_pressure", "other_partners", "events_to_run"]
    own = study.values("pressure.CHN", "FRA", "fon_presence_up")[:, 1:].mean(axis=1)
    assert cost_values(study, costs["chinese_pressure"], "fon_presence_up") == pytest.approx(own)
    both = [f"alignment:{pair}" for pair in ("FRA-USA", "FRA-GBR", "FRA-IND", "FRA-AUS")]
    assert sorted(costs["other_partners"].requests) == sorted(
        f"{name}:{study.find(name, pair)[1]}" for name, pair in (each.split(":") for each in both)
    )
    found = [study.values(each)[:, 1:] for each in both]
    assert cost_values(study, costs["other_partners"], "baseline") == pytest.approx(np.mean(found, axis=(0, 2)))
    change = made.options[2].costs["events_to_run"]
    moved = np.subtract(*(cost_values(study, costs["events_to_run"], name) for name in (NAMES[3], NAMES[0])))
    assert change.mean == pytest.approx(moved.mean())
    assert change.low < change.mean < change.high


def test_parts_sum_to_the_gain(made: Brief) -> None:
    for option in made.options:
        assert option.gain is not None
        assert sum(option.parts.values()) == pytest.approx(option.gain.mean, abs=1e-9)
        assert option.differences.mean() == option.gain.mean
    parts = made.tables()["parts"].groupby("scenario")["moves"].sum()
    gains = made.tables()["options"].set_index("scenario")["gain"]
    assert (parts - gains).abs().max() < 1e-9


def test_the_answer_is_told_as_the_study_tells_it(study: Study, made: Brief) -> None:
    told = made.sentences()
    assert len(told) == 4, "a verdict and three sentences"
    assert told[0].startswith("Yes: alignment of France and Japan rises by ")
    assert told[1] == findings(study)[1]
    assert told[2].startswith("Cost: ")
    assert "Chinese pressure on France" in told[2]
    best, asked = made.options[2], made.options[0]
    second = max((each for each in made.options if each is not best), key=lambda each: each.gained)
    assert Estimate.of(best.differences - second.differences).low > 0
    assert best.gain is not None
    assert second.gain is not None
    assert told[3] == (
        f"Of the 3 options “A strategy with means” gains most: {best.gain.full}, against {second.gain.full} of "
        f"“{study.title(second.scenario)}”."
    )
    rival = replace(asked, scenario=NAMES[3])
    (alike,) = answer(replace(made, options=[asked, rival]))[2:]
    assert alike.endswith("do not differ clearly."), "of two that gain the same none gains most"


def test_one_world_says_nothing_of_others(tmp_path: Path) -> None:
    made = brief(QUESTION, NAMES[:2], worlds=1, set=QUICK, out=tmp_path / "study", pdf=False)
    assert made.sentences()[0].startswith("Too close to call: ")
    page = Page(html(contents(made))).text
    assert "95 % interval not known" in page
    assert not re.search(r"\b(inf|nan|1 worlds)\b", page)


@pytest.mark.parametrize(
    ("mean", "noise", "says"),
    [(0.2, 0.01, "Yes: "), (-0.2, 0.01, "No: "), (0.0, 0.01, "No: "), (0.1, 1.0, "Too close to call: ")],
)
def test_the_verdict_is_yes_no_or_too_close_to_call(made: Brief, mean: float, noise: float, says: str) -> None:
    values = mean + noise * np.linspace(-1, 1, 40)
    option = replace(made.asked, gain=Estimate.of(values, made.asked.gain.unit if made.asked.gain else ""))
    assert verdict(replace(made, options=[option])).startswith(says)


def test_another_scenario_can_be_what_an_option_is_held_against(study: Study, made: Brief) -> None:
    turned = option_of(study, NAMES[3], made.costs, against=NAMES[1])
    asked, best = made.options[0], made.options[2]
    assert turned.gain is not None
    assert turned.gain.mean == pytest.approx(best.differences.mean() - asked.differences.mean(), abs=1e-12)
    assert sum(turned.parts.values()) == pytest.approx(turned.gain.mean, abs=1e-9)
    assert f", against {study.title(NAMES[1])} (" in turned.words


# ---------------------------------------------------------------- pages


def test_the_study_holds_its_brief(study: Study, made: Brief) -> None:
    for name, content in files(made).items():
        data = content.encode() if isinstance(content, str) else content
        assert (study.folder / name).read_bytes() == data, f"{name}: the same bytes each time"
    assert study.verify(worlds=2).holds


def test_all_stands_on_the_page(study: Study, made: Brief) -> None:
    page = Page(html(contents(made)))
    assert page.text.count(QUESTION) == 2, "the title and the heading"
    for sentence in made.sentences():
        assert typeset(sentence) in page.text
    for name in NAMES:
        assert study.title(name) in page.text
    not_run = [command for _, said, command in would_change(made) if not said]
    assert len(not_run) == 6
    assert all(f"Not run: {command}" in page.text for command in not_run)
    assert not {"script", "link", "iframe", "object", "base", "form"} & set(page.tags)
    addresses = [value for _, name, value in page.attributes if name in ("src", "href", "srcset", "data")]
    assert len(addresses) == 1
    assert addresses[0].startswith("data:image/svg+xml;base64,")


def test_the_annex_has_every_number_with_its_source(study: Study, made: Brief) -> None:
    page = Page(str(files(made)["annex.html"]))
    rows = [row for row in page.rows if len(row) == 5 and " / " in row[1]]
    numbers = made.first.numbers
    assert {f"{Path(each.place[0]).name}:{each.place[1]}" for each in numbers.values()} <= {
        row[4].rpartition("/")[2] for row in rows
    }
    for cost in made.costs:
        assert typeset(cost.said.says) in page.text
    assert "Limitations 1" in page.text


def test_hostile_text_stays_text(study: Study) -> None:
    found = brief(HOSTILE, retitled(study, HOSTILE), pdf=True)
    made = files(found)
    for name in ("brief.html", "annex.html"):
        text = str(made[name])
        page = Page(text)
        assert "script" not in page.tags
        assert not [name for _, name, _ in page.attributes if name.startswith("on")]
        assert typeset(HOSTILE) in page.text
        assert "49" not in unescape(text).partition("<body")[2][:400]
    assert bytes(made["brief.pdf"]).startswith(b"%PDF")


@pytest.mark.parametrize("size", [2, 4])
def test_a_pdf_has_two_pages(study: Study, size: int) -> None:
    told = study.manifest["scenarios"][:size]
    long = retitled(Study(study.folder, {**study.manifest, "scenarios": told}), "A long title " * 30)
    made = bytes(files(brief("Why? " * 31, long, pdf=True))["brief.pdf"])
    assert len(re.findall(rb"/Type\s*/Page\b", made)) == 2


# ---------------------------------------------------------------- what else was found


def folder_of(kind: str, folder: Path, **about: object) -> Path:
    folder.mkdir()
    told = {"kind": kind, "pack": "indo_pacific_2018", "sentences": [f"{kind} said so."]} | about
    (folder / "manifest.json").write_text(json.dumps(told), "utf-8")
    return folder


def test_folders_of_other_commands_are_told(study: Study, tmp_path: Path) -> None:
    found = {kind: folder_of(kind, tmp_path / kind) for kind in ("sensitivity", "moves", "claims")}
    found["robust"] = folder_of("robust", tmp_path / "robust", in_short=["robust said so."])
    found["causes"] = folder_of("causes", tmp_path / "causes", sentences=["Of a tie.", "causes said so."])
    made = brief(QUESTION, study, found=found, pdf=False)
    page = Page(html(contents(made)))
    assert all(f"{kind} said so." in page.text for kind in found)
    assert "brief.pdf" not in files(made)
    left = [what for what, said, _ in would_change(made) if not said]
    assert left == ["Another coder", "Another model"]


def test_folders_that_do_not_fit_are_refused(study: Study, tmp_path: Path) -> None:
    other = folder_of("moves", tmp_path / "other", pack="another")
    with pytest.raises(OptionError, match=r"--moves .*of the pack 'another', and this brief is of"):
        brief(QUESTION, study, found={"moves": other})
    with pytest.raises(OptionError, match="not what `cordiale robust` writes"):
        brief(QUESTION, study, found={"robust": folder_of("robust", tmp_path / "old")})
    with pytest.raises(OptionError, match="no folder that `cordiale claims` wrote"):
        brief(QUESTION, study, found={"claims": tmp_path / "none"})
    with pytest.raises(OptionError, match="as this brief: run it with --model"):
        brief(QUESTION, study, found={"rival": study.folder})


def test_a_rival_and_another_coder_are_told(tmp_path: Path) -> None:
    coding = tmp_path / "second.csv"
    coding.write_text("state,issue,value\nFRA,china_tone,0.6\n", "utf-8")
    asked = ["alignment:FRA-JPN"]
    compared = cordiale.compare(NAMES[:2], asked, codings=[coding], worlds=8, set=QUICK, out=tmp_path / "study").study
    with pytest.warns(StudyWarning, match="has no alignment"):
        rival = cordiale.run(NAMES[:2], worlds=8, set=QUICK, model="landscape", out=tmp_path / "rival")
    other = brief(QUESTION, rival, pdf=False)
    assert other.sentences()[2] == "The model landscape measures no cost that the pack names of France."
    assert other.tables()["parts"].empty
    assert "In the model landscape the gain is not made of parts." in Page(html(contents(other))).text
    made = brief(QUESTION, compared, found={"rival": rival.folder}, pdf=False)
    assert [option.scenario for option in made.options] == [NAMES[1]]
    told = {what: said for what, said, _ in would_change(made)}
    assert all("the coding second" in sentence for sentence in told["Another coder"])
    assert len(told["Another coder"]) == 2, "the difference there, and how it differs from the difference here"
    assert told["Another model"] == [f"In the model landscape: {each}" for each in findings(rival)]
    assert "The study does not record the costs of France" in made.sentences()[2]


# ---------------------------------------------------------------- what is asked


def test_questions_are_held_to_one_heading(study: Study) -> None:
    assert brief(" Why\nso\t? ", study, pdf=False).question == "Why so ?"
    with pytest.raises(OptionError, match="the question is empty"):
        brief(" \n\x00", study)
    with pytest.raises(OptionError, match=r"the question has 2,000 signs, and a brief has room for 160: '.{1,200}$"):
        brief("x" * 2000, study)


def test_too_few_and_too_many_scenarios_are_refused(study: Study) -> None:
    with pytest.raises(OptionError, match=r"'baseline' is no study.*name the question first"):
        brief(QUESTION, ["baseline"])
    with pytest.raises(OptionError, match="13 scenarios, and a brief has room for 12"):
        brief(QUESTION, [f"scenario_{at}" for at in range(13)])
    alone = Study(study.folder, {**study.manifest, "scenarios": study.manifest["scenarios"][:1]})
    with pytest.raises(OptionError, match="baseline is the only scenario of the study"):
        brief(QUESTION, alone)


def test_policies_alone_are_compared_with_what_they_extend(tmp_path: Path) -> None:
    """Who asks about policies asks against none, and need not name it."""
    for at, names in enumerate((["france_joins_quad"], ["dual_use_stopped", "france_joins_quad"])):
        made = brief(QUESTION, names, worlds=4, set=QUICK, out=tmp_path / str(at), pdf=False)
        assert made.study.scenarios == ["baseline", *names]
        assert [each.scenario for each in made.options] == names


def test_a_pack_without_costs_has_a_brief(baltic_pack: str, tmp_path: Path) -> None:
    made = brief("Do patrols help?", ["baseline", "joint_patrols"], worlds=6, out=tmp_path / "b", pdf=False)
    assert made.tables()["options"]["gain"].notna().all()
    assert made.costs == []
    assert made.sentences()[2] == f"The pack names no costs of {made.payer}."
    assert f"The pack names no costs of {made.payer}." in Page(html(contents(made))).text


def test_another_horizon_is_told_and_not_compared(tmp_path: Path) -> None:
    scenarios = [cordiale.load_scenario(NAMES[0], set=QUICK), cordiale.load_scenario(NAMES[1], set=QUICK),
                 cordiale.load_scenario(NAMES[2], set={"horizon": "2019Q3"})]  # fmt: skip
    made = brief(QUESTION, scenarios, worlds=4, out=tmp_path / "b", pdf=False)
    assert made.options[0].gain is not None
    assert made.options[1].gain is None
    assert "another horizon" in made.options[1].words
    assert ["not compared"] == [each.interval for each in contents(made).options][1:]
    turned = brief(QUESTION, [scenarios[0], scenarios[2]], worlds=4, out=tmp_path / "c", pdf=False)
    assert turned.sentences()[0].startswith("Nothing can be said of")


def test_the_command_writes_beside_a_study_or_into_a_folder(
    study: Study, tmp_path: Path, typed: Command, refused: Refused, call: Callable[..., tuple[int, str]]
) -> None:
    own = Path(shutil.copytree(study.folder, tmp_path / "study"))
    code, out, _ = typed("brief", QUESTION, str(own), "--no-pdf", "--out", str(tmp_path / "apart"))
    assert code == 0
    assert "brief.html, annex.html (sources)" in out
    names = {path.name for path in (tmp_path / "apart").iterdir()}
    assert names >= {"brief.html", "annex.html", "options.csv", "parts.csv", "manifest.json"}
    told = json.loads((tmp_path / "apart" / "manifest.json").read_text("utf-8"))
    assert told["kind"] == "brief"
    assert told["question"] == QUESTION
    assert "exists" in refused("brief", QUESTION, str(own), "--no-pdf", "--out", str(tmp_path / "apart"))
    assert "the question has 2,000 signs" in refused("brief", "y" * 2000, str(own))
    assert "name the question first" in refused("brief", "baseline", "france_joins_quad")
    assert typed("brief", "Another one?", str(own), "--no-pdf")[0] == 0, "its own files may be written again"
    assert "Another one?" in (own / "brief.html").read_text("utf-8")
    code, out, _ = typed("brief", QUESTION, str(own), "--no-pdf", "--json")
    assert code == 0
    assert json.loads(out)["question"] == QUESTION


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a gain; a cost", "a gain; a cost"),
        ("a gain; a cost of something; another", "a gain; a cost of something …"),
        ("one clause that has no room", "one clause that has no …"),
    ],
)
def test_a_sentence_of_another_command_ends_with_a_whole_clause(text: str, kept: str) -> None:
    assert whole_clauses(text, max(len(kept), 14)) == kept
