"""Pages made by commands: a sound baseline holds, known counts are met, and tables say what arrays say."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cordiale.analysis.baseline_checks import PROPERTIES, baseline_checks, property_rows
from cordiale.analysis.hindcast import recorded, rungs, simulated
from cordiale.analysis.rules_off import CANNOT, RULES
from cordiale.cli import main
from cordiale.files.atomic_write import has_mark
from cordiale.files.errors import OptionError
from cordiale.output.charts.style import SIZES, Target, house_style
from cordiale.output.pages.baseline import markdown, page
from cordiale.output.pages.findings import Findings, _gains, _rows, findings_page, save_page
from cordiale.scenario.load import load_scenario
from cordiale.scenario.new import new_pack
from tests.output.test_chart_texts import faults

LOUDER = """
title: Louder
question: What does a loud first state gain?
basis: {locator: Text 1, says: a word}
extends: baseline
levers: {first_tone: 1}
"""
EXPECTATIONS = """
expectations:
  louder:
    - {measure: "position.tone:XAA", sign: "+"}
    - {measure: "similarity:XAA-XBB", sign: "-"}
placebos:
  far: {set: {XCC.contribution.ideal: 1}, measures: ["position.tone:XAA"]}
"""


def test_the_baseline_is_sound() -> None:
    rows = property_rows(load_scenario("baseline"), 48)
    assert {row["property"] for row in rows} == {each.name for each in PROPERTIES}
    sure = [row for row in rows if row["property"][:2] in ("P2", "P3", "P5", "P7")]
    assert [row for row in sure if row["holds"] != "yes"] == []
    moved = [row["holds"] for row in rows if row["property"] in ("P4 hardening", "P4 distrust")]
    assert moved == ["yes"] * len(moved)


def test_the_record_is_the_ladder_of_the_pack() -> None:
    pack = load_scenario("baseline").loaded.pack
    own = ("two_plus_two", "equipment_transfer", "acsa", "reciprocal_access")
    assert rungs(pack) == list(own)
    signed = [rung for rung in pack.ties.ladder if rung.agreement in own and 2007 <= rung.signed <= 2018]
    assert recorded(pack, "JPN") == sum("JPN" in rung.dyad for rung in signed) > 10


def test_the_past_starts_from_the_ladder_of_2006_and_takes_steps() -> None:
    baseline = load_scenario("baseline")
    taken = simulated(baseline, ["JPN", "FRA"], 8)
    assert all(len(counts) == 8 and counts.min() > 0 for counts in taken.values())
    assert simulated(baseline, ["FRA"], 4)["FRA"].tolist() == taken["FRA"][:4].tolist(), "world n is the same world"


def test_a_pack_is_not_asked_for_what_it_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    new_pack("my_article")
    found = baseline_checks(8, "my_article")
    asked = {row["property"] for row in found.properties}
    assert not asked & set(found.unasked)
    assert "P1 agreements at the rate of the record" in found.unasked
    assert {"P6 levers", "P6 placebos"} <= set(found.unasked), "it has no expectations"
    text = page(found, 8)
    assert "Not asked of the pack my_article" in text
    assert "What each lever moves" not in text


def test_markdown_keeps_cells_apart() -> None:
    assert markdown([{"a": "x|y", "b": 0.12345}]) == "| a | b |\n|---|---|\n| x\\|y | 0.123 |\n"


def noisy(base: dict[str, np.ndarray]) -> np.ndarray:
    """Return the headline with an effect in the last quarter that is 0.1 on average, and -5 or +5.2 in a world."""
    found = base["alignment:A-B"].copy()
    found[:, -1] += np.where(np.arange(len(found)) % 2, 5.2, -5.0)
    return found


def test_findings_sort_by_size_and_name_what_is_unclear() -> None:
    """Four quarters; a shock is gone at the end. Each part counts a half of the headline."""
    rng = np.random.default_rng(0)
    base = {name: rng.random((200, 4)) for name in ("trust:A-B", "depth:A-B")}
    base = {"alignment:A-B": (base["trust:A-B"] + base["depth:A-B"]) / 2} | base
    grows, shock = np.array([0.0, 1, 2, 3]) / 3, np.array([0.0, 1, 0.5, 0])

    def moved(by: float, noise: float, shape: np.ndarray = grows) -> dict[str, np.ndarray]:
        luck = noise * rng.normal(size=(200, 1))
        found = {"trust:A-B": base["trust:A-B"] + (3 * by + luck) * shape}
        found["depth:A-B"] = base["depth:A-B"] - (by + luck) * shape
        return {"alignment:A-B": (found["trust:A-B"] + found["depth:A-B"]) / 2} | found

    names = ["small", "large", "tiny", "wavering", "shock", "nothing"]
    sampled = [
        base, moved(0.06, 0.001), moved(-0.14, 0.001), moved(0.01, 0.001), base | {"alignment:A-B": noisy(base)},
        moved(0.3, 0.05, shock), moved(0.0, 0.0),
    ]  # fmt: skip
    quarters = ["2018Q4", "2019Q1", "2019Q2", "2019Q3"]
    gains = _gains(names, sampled, list(base))
    assert gains.estimates[2].low > 0, "tiny is clear, and not noticeable"
    assert abs(gains.estimates[3].mean) > 0.05, "what wavers is large enough, and not clear"
    rows, unclear = _rows(gains, list(base), quarters)
    assert [row["scenario"] for row in rows] == ["large", "small"]
    assert unclear == ["wavering", "tiny", "shock (but 2019Q1: +0.30)", "nothing"]
    assert rows[0]["difference"] == "−0.14"
    assert rows[0]["through"] == "trust −0.21"
    assert [row["at its peak"] for row in rows] == ["", ""]


@pytest.fixture(scope="module")
def found() -> Findings:
    return findings_page(20, None)


def test_findings_begin_with_charts_that_say_what_the_table_says(found: Findings, tmp_path: Path) -> None:
    assert found.overview is not None
    assert found.text.index("findings-gain-cost.png") < found.text.index("findings-forest.png") < found.text.index("|")
    told = {each.title: each.gain for each in found.overview.moved}
    table = re.findall(r"^\| (.+?) \| ([+−][0-9.]+) \|", found.text, re.MULTILINE)
    assert len(table) > 10
    wanted = {title: f"{each.mean:+.2f}".replace("-", "−") for title, each in told.items() if each.noticeable}
    assert dict(table) == wanted
    assert min(each.mean for each in told.values() if each.noticeable) < 0, "those that lower it stand there too"
    means = [each.mean for each in told.values()]
    assert means == sorted(means, reverse=True)
    written = save_page(found, tmp_path / "docs" / "findings.md")
    assert [path.name for path in written] == ["findings.md", "findings-gain-cost.png", "findings-forest.png"]
    assert all(has_mark(path) for path in written)


@pytest.mark.parametrize("size", SIZES)
def test_no_text_of_the_findings_charts_touches_another(found: Findings, size: str) -> None:
    assert found.overview is not None
    for name, draw in found.overview.figures().items():
        with house_style(Target(size)):
            drawn = draw()
            assert faults(drawn) == [], name
            assert drawn.texts[0].get_text().count("\n") < 2, name


def test_findings_refuse_folders_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"--claims .*no claims\.csv"):
        findings_page(20, tmp_path)


def test_the_baseline_command_prints_what_was_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    new_pack("my_article")
    Path("scenarios/my_article/louder.yaml").write_text(LOUDER, "utf-8")
    Path("scenarios/my_article/expectations.yaml").write_text(EXPECTATIONS, "utf-8")

    def told(*options: str) -> str:
        monkeypatch.setattr(sys, "argv", ["cordiale", "baseline", "--worlds", "8", "--pack", "my_article", *options])
        with pytest.raises(SystemExit) as caught:
            main()
        assert not caught.value.code
        return capsys.readouterr().out

    whole, levers = told(), told("--levers-only")
    for head in ("What must hold of a sound baseline", "What each lever moves", "Placebos", "P6 levers"):
        assert head in whole
    assert "What must hold" not in levers
    assert whole[whole.index("## What each lever") :] == levers[levers.index("## What each lever") :]
    rules = told("--rules-off")
    assert "a size\nmoves by 0.05 spreads or more, a property turns, or a log loss moves by 0.0005 or more." in rules
    assert rules.count("\n| ") == 1 + len(RULES)
    assert all(name in rules for name in CANNOT)
    assert "Not measured here" not in rules
    one = told("--rules-off", "--rule", "agenda")
    assert one.count("\n| ") == 2
    assert "Not measured here: " in one


def test_rules_are_switched_off_only_where_there_are_expectations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_command: Callable[..., tuple[int, str, str]]
) -> None:
    monkeypatch.chdir(tmp_path)
    new_pack("my_article")
    code, _, error = run_command("baseline", "--rules-off", "--pack", "my_article")
    assert (code, error) == (2, "cordiale: the pack 'my_article' has no expectations.yaml among its scenarios\n")
    code, _, error = run_command("baseline", "--rules-off", "--rule", "agend", "--pack", "my_article")
    assert (code, error) == (2, "cordiale: --rule 'agend': no rule of that name; did you mean 'agenda'?\n")
    code, _, error = run_command("baseline", "--rule", "agenda", "--pack", "my_article")
    assert (code, error) == (2, "cordiale: --rule goes with --rules-off\n")
    code, _, error = run_command("baseline", "--rules-off", "--levers-only", "--pack", "my_article")
    assert (code, error) == (2, "cordiale: --rules-off has no part that --levers-only could leave out\n")
