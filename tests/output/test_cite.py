"""The methods paragraph: its figures are those of the manifest, and it says nothing that the study does not hold."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import cordiale
from cordiale.output.pages.cite import methods
from cordiale.study.study import Study
from tests.conftest import Command
from tests.hostile.files import Refused

FIRST_FORM = Path(__file__).parent.parent / "data" / "first_form"


def said(study: Study) -> str:
    return " ".join(methods(study).split())


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return cordiale.run(
        ["baseline", "france_joins_quad"], worlds=6, seed=5, set={"horizon": "2019Q3", "FRA.clarity": 0.5},
        out=tmp_path_factory.mktemp("cited") / "a study",
    )  # fmt: skip


def test_it_says_what_was_run(study: Study) -> None:
    text, about = said(study), study.manifest
    assert "2 scenarios (“No new policy”; “France joins the Quad”)" in text
    assert "in 6 worlds (seed 5), 2018Q4 to 2019Q3, quarter by quarter" in text
    assert "coded from Pajon 2018" in text
    assert "Held at one value in place of its range: FRA.clarity = 0.5." in text
    assert about["design"] in text
    assert f"- {about['article']}." in text
    for name in ("cordiale", "mesa", "numpy", "python"):
        assert about["versions"][name] in text
    assert f"Version {about['versions']['cordiale']}." in text


def test_one_scenario_has_no_differences(tmp_path: Path) -> None:
    alone = said(cordiale.run(["baseline"], worlds=1, set={"horizon": "2019Q1"}, out=tmp_path / "alone"))
    assert "the scenario “No new policy”" in alone
    assert "in 1 world (seed" in alone
    assert "difference" not in alone
    assert "Student" not in alone


def test_worlds_that_are_left_out_are_told(study: Study, tmp_path: Path) -> None:
    import json

    folder = Path(shutil.copytree(study.folder, tmp_path / "some"))
    about = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert "left out" not in said(study)
    failing = Study(folder, about | {"failed": [{"world": 2, "fault": "ValueError: no"}], "worlds": 5})
    assert "in 6 worlds" in said(failing)
    assert "1 of them are left out" in said(failing)


def test_a_study_of_the_first_form_is_cited(tmp_path: Path) -> None:
    old = said(Study.open(Path(shutil.copytree(FIRST_FORM, tmp_path / "old"))))
    assert "Tamm and Virta 2024" in old
    assert "2024Q1 to 2025Q4" in old


def test_the_command_prints_it_or_writes_it(study: Study, tmp_path: Path, refused: Refused, typed: Command) -> None:
    assert typed("cite", str(study.folder)) == (0, methods(study), "")
    file = tmp_path / "methods.txt"
    assert typed("cite", str(study.folder), "--out", str(file))[0] == 0
    assert file.read_text("utf-8").startswith(methods(study))
    assert "methods.txt" in refused("cite", str(study.folder), "--out", str(file))
    assert "no study" in refused("cite", str(tmp_path / "nothing"))
