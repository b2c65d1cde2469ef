"""Every analysis returns a result, and a study is one: tables, sentences, figures, and a folder of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import cordiale
from cordiale.analysis.settle import settle
from cordiale.analysis.splits import splits
from cordiale.case.public.published import example
from cordiale.study.result import Result

DATA = Path(__file__).parents[1] / "data"
SHORT = {"horizon": "2019Q4"}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> cordiale.Study:
    names = ("baseline", "france_joins_quad")
    out = tmp_path_factory.mktemp("results") / "study"
    return cordiale.run([cordiale.load_scenario(name, set=SHORT) for name in names], worlds=16, out=out)


def second_coder(folder: Path) -> Path:
    path = folder / "second.csv"
    path.write_text("state,issue,value\nFRA,china_tone,0.9\nJPN,china_tone,0.6\n", "utf-8")
    return path


MADE: dict[str, Callable[[cordiale.Study, Path], Result]] = {
    "study": lambda study, _: study,
    "compare": lambda study, _: cordiale.compare(study, ["alignment:FRA-JPN"]),
    "sweep": lambda study, folder: cordiale.sweep(
        "baseline", {"france_in_quad": [0, 1]}, worlds=4, set=SHORT, out=folder / "sweep"
    ),
    "sensitivity": lambda study, _: cordiale.sensitivity(
        "baseline", "alignment:FRA-JPN", "morris", group="states", samples=2, luck=1, set=SHORT
    ),
    "discover": lambda study, _: cordiale.discover("baseline", "alignment:FRA-JPN < 3.5", 60, set=SHORT),
    "sample_size": lambda study, _: cordiale.sample_size(study, ["alignment:FRA-JPN"]),
    "moves": lambda study, _: cordiale.moves("FRA", worlds=4, set=SHORT),
    "robust": lambda study, _: cordiale.robust(
        "FRA", size=1, alone=True, worlds=64, future=["quad_hardens"], set={"horizon": "2019Q2"}
    ),
    "claims": lambda study, _: cordiale.judge("baltic_2024", settings=cordiale.analysis.judge.Settings(20, 1, 20, 3)),
    "agreement": lambda study, folder: cordiale.agreement(second_coder(folder)),
    "calibrate": lambda study, _: cordiale.calibrate(),
    "forecast": lambda study, _: cordiale.forecast("indo_pacific_2018", worlds=4, placebos=0),
    "score": lambda study, _: cordiale.score(cordiale.panel(2015, worlds=4)),
    "causes": lambda study, _: study.causes("FRA-JPN", worlds=8),
    "splits": lambda study, _: splits(*example("isis").paths, 3),
    "settle": lambda study, _: settle(example("emission").paths[0]),
}


@pytest.mark.parametrize("kind", MADE)
def test_a_result_is_one_thing(
    study: cordiale.Study, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "claims":
        monkeypatch.chdir(DATA / "baltic")
    found = MADE[kind](study, tmp_path)
    assert isinstance(found, cordiale.Result)
    assert found.kind == kind
    assert all(isinstance(each, str) and each for each in found.sentences())
    assert found.sentences()
    assert isinstance(found.frame(), pd.DataFrame)
    assert len(repr(found)) < 400
    assert "\n" not in repr(found)
    assert "<table" in found._repr_html_()
    json.dumps(found.record(), allow_nan=True)
    folder = found.save(tmp_path / "saved")
    told = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert told["kind"] == kind
    for name, figure in found.figures().items():
        assert figure.texts, name
        assert (folder / "charts" / f"{name}.svg").is_file() or kind in ("study", "sweep"), name
    again = found.save(tmp_path / "saved", replace=True)
    assert again == folder
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.md").write_text("mine", "utf-8")
    with pytest.raises(cordiale.StudyError):
        found.save(tmp_path / "mine")
    assert (tmp_path / "mine" / "notes.md").read_text("utf-8") == "mine"


def test_what_a_title_says_is_text_in_a_notebook(study: cordiale.Study) -> None:
    manifest = json.loads(json.dumps(study.manifest))
    manifest["scenarios"][1]["title"] = "<script>alert(1)</script>"
    shown = cordiale.Study(study.folder, manifest)._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_a_saved_study_is_a_study(study: cordiale.Study, tmp_path: Path) -> None:
    copy = cordiale.Study.open(study.save(tmp_path / "copy"))
    assert copy.manifest["content"] == study.manifest["content"]
    assert copy.verify(4).holds


def test_a_saved_sweep_is_a_sweep(tmp_path: Path) -> None:
    made = cordiale.sweep("baseline", {"france_in_quad": [0, 1]}, worlds=4, set=SHORT, out=tmp_path / "sweep")
    saved = type(made).open(made.save(tmp_path / "copy"))
    pd.testing.assert_frame_equal(saved.summary(), made.summary())


def test_plot_is_the_chart_of_one_measure(study: cordiale.Study) -> None:
    assert "alignment of France and Japan" in study.plot("alignment:FRA-JPN").texts[0].get_text()
    assert study.plot("alignment:FRA-JPN")._repr_png_().startswith(b"\x89PNG")  # type: ignore[attr-defined]
    with pytest.raises(cordiale.OptionError, match="name one entity after a colon, such as alignment:"):
        study.plot("alignment")


def test_work_with_a_folder_is_kept_and_without_one_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    how = {"group": "states", "samples": 2, "luck": 1, "set": SHORT}
    kept = cordiale.sensitivity("baseline", "alignment:FRA-JPN", "morris", out="kept", **how)  # type: ignore[arg-type]
    loose = cordiale.sensitivity("baseline", "alignment:FRA-JPN", "morris", **how)  # type: ignore[arg-type]
    assert [each.name for each in tmp_path.iterdir()] == ["kept"]
    pd.testing.assert_frame_equal(kept.frame(), loose.frame())
