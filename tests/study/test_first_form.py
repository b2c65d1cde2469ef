"""Studies that the first form of the model ran: opened, drawn, exported and checked; no world of them is run again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cordiale
from cordiale.output.charts.study import draw_folder
from tests.conftest import Command

DATA = Path(__file__).parent.parent / "data" / "first_form"
COMMIT = "73e000c"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "first_form"))


def test_it_is_opened_with_its_own_measures(folder: Path) -> None:
    study = cordiale.Study.open(folder)
    assert study.components == ["similarity", "depth", "practice", "trust"]
    assert study.measure("alignment").unit == "0 to 1"
    shares = study.shares("baseline")
    assert np.allclose(shares.sum(axis=0), 1)
    assert shares.std() > 0  # each world drew its own
    parts = [study.values(f"{part}:EST-FIN", quarter=-1) for part in study.components]
    assert np.allclose((shares * parts).sum(axis=0), study.values("alignment:EST-FIN", quarter=-1))
    assert study.sentences()[0].startswith(
        "No new policy: alignment of Estonia and Finland rises from 0.595 in 2024Q1 to 0.619 in 2025Q4"
    )


@pytest.mark.parametrize("named", [{}, {"model": None}])
def test_a_study_from_before_models_had_names_is_of_it(folder: Path, named: dict[str, None]) -> None:
    study = cordiale.Study.open(folder)
    manifest = {key: value for key, value in study.manifest.items() if key != "model"}
    old = cordiale.Study(study.folder, manifest | named)
    assert (old.model["name"], old.headline, old.components) == ("diplomacy", study.headline, study.components)
    assert all(old.measure(measure) == study.measure(measure) for measure in study.measures())
    assert old.sentences() == study.sentences()


def test_it_is_drawn(folder: Path, tmp_path: Path) -> None:
    names = {path.stem for path in draw_folder(cordiale.Study.open(folder), tmp_path / "charts")}
    assert {"fan", "parts", "ladder", "network"} <= names


def test_it_is_exported_with_the_cow_codes_of_its_own_pack(folder: Path, tmp_path: Path) -> None:
    cordiale.export(cordiale.Study.open(folder), out=tmp_path / "tables")
    dyads = pd.read_csv(tmp_path / "tables" / "dyads_undirected_yearly.csv")
    assert {"EST", "FIN", "SWE", "RUS"} == set(dyads["iso1"]) | set(dyads["iso2"])
    assert set(dyads["ccode1"]) | set(dyads["ccode2"]) == {366, 375, 380, 365}


def test_verify_checks_its_files_alone(folder: Path) -> None:
    found = cordiale.Study.open(folder).verify()
    assert found.holds
    assert not found.worlds
    assert COMMIT in found.words[-1]
    path = folder / "sources" / "baltic_2024" / "FIN.yaml"
    path.write_text(path.read_text("utf-8") + "# more\n", "utf-8")
    found = cordiale.Study.open(folder).verify()
    assert not found.holds
    assert found.words[0] == "sources/baltic_2024/FIN.yaml is not what was written."


def test_verify_tells_it_in_the_command(folder: Path, run_command: Command) -> None:
    code, out, error = run_command("verify", str(folder))
    assert (code, error) == (0, "")
    assert COMMIT in out
    assert "no world run again" in out


@pytest.mark.parametrize("what", [lambda study: study.replay(1), lambda study: study.causes(), cordiale.report])
def test_what_runs_its_worlds_refuses_in_one_line(
    folder: Path, what: Callable[[cordiale.Study], object], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(cordiale.StudyError, match=f"no world of it can be run again.*{COMMIT}") as caught:
        what(cordiale.Study.open(folder))
    assert "\n" not in str(caught.value)


def test_replay_refuses_in_the_command(folder: Path, run_command: Command) -> None:
    code, out, error = run_command("replay", str(folder), "--world", "1")
    assert (code, out) == (2, "")
    assert COMMIT in error
    assert error.count("\n") == 1
