"""Pages made by commands: a sound baseline holds, known counts are met, and tables say what arrays say."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from cordiale.analysis.baseline_checks import ladder_rows, property_rows
from cordiale.files.errors import OptionError
from cordiale.output.pages.baseline import markdown
from cordiale.output.pages.findings import _rows, findings_page
from cordiale.scenario.load import load_scenario


def test_the_baseline_is_sound_and_the_record_is_the_facts() -> None:
    baseline = load_scenario("baseline")
    ladder = ladder_rows(baseline, 48)
    whole = {row["state"]: row["recorded"] for row in ladder if row["rung"] == "all"}
    assert whole == {"JPN": 14, "FRA": 7}, "Japan's and France's steps of 2007 to 2018"
    rows = property_rows(baseline, 96, ladder)
    assert len(rows) >= 9
    assert [row["property"] for row in rows if row["holds"] != "yes"] == []


def test_markdown_keeps_cells_apart() -> None:
    assert markdown([{"a": "x|y", "b": 0.12345}]) == "| a | b |\n|---|---|\n| x\\|y | 0.123 |\n"


def test_findings_sort_by_size_and_name_what_is_unclear() -> None:
    rng = np.random.default_rng(0)
    base = {"alignment:A-B": rng.random(200), "trust:A-B": rng.random(200), "depth:A-B": rng.random(200)}

    def moved(by: float, noise: float) -> dict[str, np.ndarray]:
        found = {name: values + by + noise * rng.normal(size=200) for name, values in base.items()}
        found["trust:A-B"] = base["trust:A-B"] + 3 * by
        return found

    last = [base, moved(0.01, 0.001), moved(-0.05, 0.001), moved(0.0, 0.05)]
    rows, unclear = _rows(["small", "large", "nothing"], last, list(base))
    assert [row["scenario"] for row in rows] == ["large", "small"]
    assert unclear == ["nothing"]
    assert rows[0]["difference"].startswith("-0.05")
    assert rows[0]["through"].startswith("trust -0.15")


def test_claims_of_the_first_form_say_so() -> None:
    from cordiale.analysis.judge import Settings, Verdicts
    from cordiale.output.pages.claims import appendix

    shipped, another = (appendix(Verdicts(name, Settings(), [])) for name in ("indo_pacific_2018", "another"))
    assert "first form" in shipped.split("\n\n")[1]
    assert "first form" not in another


def test_findings_refuse_folders_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"--claims .*no claims\.csv"):
        findings_page(20, tmp_path)


def test_baseline_command_prints_every_table(capsys: pytest.CaptureFixture[str]) -> None:
    from cordiale.cli import main

    sys.argv = ["cordiale", "baseline", "--worlds", "8", "--lever-worlds", "8"]
    with pytest.raises(SystemExit) as caught:
        main()
    assert not caught.value.code
    text = capsys.readouterr().out
    for head in ("sound baseline", "The ladder from 2007", "What moves trust", "by term", "What each lever moves"):
        assert head in text
    assert "france_sovereignty_stance" in text
