"""One number, one verdict: a dozen policies, drawn by seed, through every surface that says what they do."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

import cordiale
from cordiale.analysis.answering import kept_of
from cordiale.analysis.answers import Moved
from cordiale.analysis.brief import brief, option_of
from cordiale.analysis.compare import differences
from cordiale.case.load import scenario_names
from cordiale.case.quarters import to_text
from cordiale.output.answer.html import templates
from cordiale.output.answer.words import sentences, way_of
from cordiale.output.brief.page import contents
from cordiale.output.charts import titles
from cordiale.output.charts.compare import forest
from cordiale.output.charts.fan import fan
from cordiale.output.charts.frame import said_by
from cordiale.output.charts.gain_cost import gain_cost
from cordiale.output.charts.pairs import moved_by
from cordiale.output.charts.parts import sum_of
from cordiale.output.report.effects import effects
from cordiale.scenario.load import load_scenario
from cordiale.study.estimate import COLUMNS, FALLS, LITTLE_CHANGE, RISES, UNCLEAR, Estimate
from cordiale.study.findings import effect_words
from cordiale.study.study import Study
from tests.page.made import answer

MEASURE = "alignment:FRA-JPN"
WORLDS, SEED = 32, 33


def drawn() -> list[str]:
    """Return a dozen policies that end when the baseline does and are read against it."""
    known = [load_scenario(name) for name in scenario_names("indo_pacific_2018") if name != "baseline"]
    fit = sorted(each.name for each in known if each.against is None and to_text(each.horizon) == "2025Q4")
    return [str(each) for each in np.random.default_rng(SEED).choice(fit, 12, replace=False)]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    out = tmp_path_factory.mktemp("surfaces") / "study"
    return cordiale.run(["baseline", *drawn()], worlds=WORLDS, out=out)


@pytest.fixture(scope="module")
def estimates(study: Study) -> dict[str, Estimate]:
    base = study.values(MEASURE, quarter=-1)
    unit = study.measure("alignment").unit
    return {
        name: Estimate.of(study.values(MEASURE, scenario=name, quarter=-1) - base, unit)
        for name in study.scenarios[1:]
    }  # fmt: skip


def verdict_of(text: str) -> str:
    """Return the one verdict that a text gives of alignment."""
    found = set()
    for verdict, words in {
        RISES: r"\brises\b|\bcome( a little)? closer\b", FALLS: r"\bfalls\b|\bdrift( a little)? apart\b",
        LITTLE_CHANGE: r"\b[nN]o noticeable change\b|\b[nN]o change in\b", UNCLEAR: r"\b[nN]o clear change\b",
    }.items():  # fmt: skip
        if re.search(words, text):
            found.add(verdict)
    assert len(found) == 1, f"{found} in: {text}"
    return found.pop()


def of(study: Study, name: str) -> Study:
    """Return the study of the baseline and one policy."""
    kept = [each for each in study.manifest["scenarios"] if each["name"] in ("baseline", name)]
    return Study(study.folder, {**study.manifest, "scenarios": kept})


def test_the_dozen_has_every_verdict_that_matters(estimates: dict[str, Estimate]) -> None:
    verdicts = {each.verdict for each in estimates.values()}
    assert len(estimates) == 12
    assert {RISES, LITTLE_CHANGE} <= verdicts
    assert len(verdicts) >= 3


def test_terminal_charts_brief_report_and_page_agree(study: Study, estimates: dict[str, Estimate]) -> None:
    compared = {row.scenario: row for row in differences(study, [MEASURE]).differences}
    told = differences(study, [MEASURE]).sentences()
    report = {row[0]: row[-1] for row in effects(study).tables[0].rows if row[1] == "alignment"}
    for name, found in estimates.items():
        title, verdict = study.title(name), found.verdict
        own = of(study, name)
        assert verdict_of(effect_words(study, name)) == verdict, "run"
        assert compared[name].estimate.verdict == verdict, "compare"
        assert any(text.startswith(f"{name} against") and verdict_of(text) == verdict for text in told), "its sentence"
        change = titles.change_of(study, "alignment", "FRA-JPN", name)
        assert change.estimate == found, "charts"
        drawing = said_by(fan(own))
        assert verdict_of(drawing.title[0]) == verdict, "the title of the fan"
        assert verdict_of(drawing.alt) == verdict, "its text alternative"
        shown = sum_of(study, "FRA-JPN", name, study.scenarios.index(name))
        assert shown.whole == found, "parts"
        assert found.text(sum(shown.shown)) == found.text(), "which add up as they are printed"
        assert (name in [s for s in study.scenarios[1:] if "FRA-JPN" in moved_by(study, s).noticeable]) == (
            found.noticeable
        ), "pairs"  # fmt: skip
        assert option_of(study, name, []).gain == found, "brief"
        assert report[title] == verdict, "report"
        before, after = (study.values(MEASURE, scenario=each, quarter=-1).mean() for each in ("baseline", name))
        moved = Moved(**kept_of(found).model_dump(), measure=MEASURE, label="Alignment of France and Japan",
                      when="2025Q4", before=float(before), after=float(after))  # fmt: skip
        page = answer(gain=moved, whole=moved)
        said = "".join(piece.text for piece in sentences("France and Japan", page)[0])
        assert verdict_of(said) == verdict, "page and handout"
        assert (way_of(moved) == "same") == (not found.noticeable), "the guess that the class is told"
        macro = templates("cordiale.page").get_template("class/macros.html").module
        result = re.sub("<[^>]+>", "", str(macro.result(moved, "gain")))  # type: ignore[attr-defined]
        assert (found.full if found.noticeable else verdict) in result, "class"


def test_the_cards_and_the_verdict_of_a_brief_agree(study: Study, estimates: dict[str, Estimate]) -> None:
    for name, found in estimates.items():
        own = of(study, name)
        page = contents(brief("Does it help?", own, pdf=False))
        (what, number, said), *_ = page.cards
        assert what.startswith("Gain: ")
        assert number == found.full
        assert said.startswith(found.verdict)
        head = page.verdict.partition(": ")
        assert head[0] == {RISES: "Yes", UNCLEAR: "Too close to call"}.get(found.verdict, "No")
        assert verdict_of(head[2].partition(";")[0]) == found.verdict


def test_marks_are_filled_by_the_interval_and_titles_count_what_is_noticeable(
    study: Study, estimates: dict[str, Estimate]
) -> None:
    figure = forest(differences(study, [MEASURE]))
    dots = [line for line in figure.axes[0].lines if line.get_gid() == "mean"]
    filled = {round(float(dot.get_xdata()[0]), 9): dot.get_markerfacecolor() == dot.get_color() for dot in dots}  # type: ignore[index,arg-type]
    assert {round(each.mean, 9): each.clear for each in estimates.values()} == filled
    seen = sum(each.noticeable for each in estimates.values())
    assert said_by(figure).title[0].startswith(f"{seen} of 12 policies noticeably change ")
    costless = said_by(gain_cost(study))
    best = max(estimates.values(), key=lambda each: each.mean)
    assert (best.full in costless.title[0]) == best.noticeable


def test_every_file_has_the_same_columns_of_an_estimate(study: Study, tmp_path: Path) -> None:
    table = differences(study, [MEASURE]).frame()
    assert set(COLUMNS) <= set(table)
    rows = json.loads(table.to_json(orient="records"))
    last = [row for row in rows if row["quarter"] == "2025Q4"]
    for row in last:
        assert (
            row["verdict"]
            == Estimate(row["mean"], row["low"], row["high"], unit=study.measure("alignment").unit).verdict
        )
    options = brief("Which?", of(study, study.scenarios[1]), pdf=False).tables()["options"]
    assert {f"gain_{each}" for each in COLUMNS if each != "mean"} <= set(options)
