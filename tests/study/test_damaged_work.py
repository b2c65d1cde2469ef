"""Files of a study, finished or not, that somebody emptied, edited, moved or deleted: told by their path, or mended."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import cordiale
from cordiale.files.file_list import JOURNAL, LIST, RESULT, Written
from cordiale.study.unfinished import hidden
from tests.commands import contents, parts
from tests.conftest import Call, Command

RUN = ("run", "baseline", "--worlds", "300", "--set", "horizon=2018Q4", "--jobs", "1", "--no-charts", "--out", "x")
RESUME = ("run", "--resume", "x", "--no-charts")
PART = "part-0000000000.parquet"


@pytest.fixture
def work(workshop: Path) -> Path:
    """The hidden folder of a run of 300 worlds that was stopped after 256."""

    def stop(done: int, _: int) -> None:
        if done >= 256:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cordiale.run("baseline", worlds=300, set={"horizon": "2018Q4"}, jobs=1, out="x", progress=stop)
    assert parts(Path("x")) == 1
    return hidden(Path("x"))


def without_design(folder: Path) -> dict[str, str]:
    """Return the hash of each file but of that which tells what was typed."""
    return {name: each for name, each in contents(folder).items() if name != "design.json"}


def garble(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(5000) + b"\n- " + b"a" * 5000 + b"\n")


def empty(path: Path) -> None:
    path.write_text("", "utf-8")


@pytest.mark.parametrize("harm", [empty, Path.unlink, garble])
def test_a_list_that_is_damaged_is_made_again(harm: Callable[[Path], None], work: Path, call: Call) -> None:
    """The finished study is what an unbroken run leaves, and its own files are known as its own."""
    harm(work / RESULT / LIST)
    assert call(*RESUME) == (0, "")
    assert call(*RUN, "--out", "y") == (0, "")
    assert without_design(Path("x")) == without_design(Path("y"))
    assert set(Written(Path("x")).names) == set(Written(Path("y")).names)
    assert call(*RUN, "--worlds", "5", "--replace") == (0, "")
    assert sorted(os.listdir()) == ["agents", "scenarios", "x", "y"]


def test_what_is_not_known_as_ours_is_named_and_stays(work: Path, call: Call) -> None:
    """Where the list is damaged, a half-finished table of ours looks like one of the user's."""
    (work / RESULT / LIST).unlink()
    mine = work / RESULT / "summary.csv"
    mine.write_text("mine", "utf-8")
    assert call("run", "--resume", "x") == (
        2, "cordiale: .x.unfinished/result/summary.csv was not written by cordiale, or was changed since, so it is "
        "left alone: move it away; 300 worlds are kept: go on with cordiale run --resume x\n",
    )  # fmt: skip
    assert mine.read_text("utf-8") == "mine"
    mine.unlink()
    assert call("run", "--resume", "x") == (0, "")


@pytest.mark.parametrize("harm", [empty, Path.unlink, garble])
def test_a_list_of_an_analysis_that_is_damaged(harm: Callable[[Path], None], workshop: Path) -> None:
    """What was written before its parts is no longer known as its own: it is named, and what is done is kept."""

    def stop(done: int, _: int) -> None:
        if done > 2:
            raise KeyboardInterrupt

    options: dict[str, object] = {"worlds": 3, "set": {"horizon": "2018Q4"}, "out": "x"}
    with pytest.raises(KeyboardInterrupt):
        cordiale.sweep("baseline", {"brexit": "0:1:16"}, progress=stop, **options)  # type: ignore[arg-type]
    harm(hidden(Path("x")) / RESULT / LIST)
    names = ["cells.parquet", "design.csv", "summary.csv"]
    with pytest.raises(cordiale.StudyError, match=rf"cordiale did not write \({', '.join(names)}\).*parts are kept"):
        cordiale.sweep("baseline", {"brexit": "0:1:16"}, **options)  # type: ignore[arg-type]
    for name in names:
        (hidden(Path("x")) / RESULT / name).unlink()
    for _ in range(2):
        cordiale.sweep("baseline", {"brexit": "0:1:16"}, replace=True, **options)  # type: ignore[arg-type]
    assert sorted(os.listdir()) == ["agents", "scenarios", "x"]


@pytest.mark.filterwarnings("ignore:.*are done again")
@pytest.mark.parametrize(
    "name", ["lock", "parts", f"result/{LIST}", "result/design.json", f"result/measures/{PART}", "result/inputs"]
)
def test_a_folder_in_place_of_a_file_and_a_file_in_place_of_a_folder(name: str, work: Path, call: Call) -> None:
    """Its path is said, and what to do; when that is done the same command goes on."""
    path = work / name
    folder = path.is_dir()
    shutil.rmtree(path) if folder else path.unlink()
    path.write_text("mine", "utf-8") if folder else path.mkdir()
    code, said = call(*RUN)
    is_, needed = ("file", "folder") if folder else ("folder", "file")
    told = f".x.unfinished/{name} is a {is_}, where a {needed} is needed: move it away, and try again"
    assert (code, told in said.splitlines()[-1]) == (2, True), said
    path.rename("elsewhere")
    assert call(*RUN)[0] == 0
    assert sorted(os.listdir()) == ["agents", "elsewhere", "scenarios", "x"]


@pytest.mark.parametrize("change", [{"kept": 255}, {"worlds": 255, "kept": 255}, {"failed": [{"world": 3}]}])
def test_a_line_of_the_journal_that_was_edited_counts_for_nothing(
    change: dict[str, object], work: Path, call: Call
) -> None:
    """Its worlds are run again, before anything gets a name."""
    header, line = [each for each in (work / JOURNAL).read_text("utf-8").splitlines() if each]
    told = json.loads(line)
    told["about"] |= change
    (work / JOURNAL).write_text(f"{header}\n{json.dumps(told)}\n", "utf-8")
    assert call(*RESUME) == (0, "")
    study, whole = cordiale.Study.open("x"), cordiale.run("baseline", worlds=300, set={"horizon": "2018Q4"}, out="y")
    assert (study.worlds, study.failed) == (300, {})
    assert study.manifest["content"] == whole.manifest["content"]


# ---------------------------------------------------------------- finished studies


@pytest.fixture
def drawn(call: Call) -> Path:
    """A study that has charts, a summary, a report and an export."""
    study = cordiale.run("baseline", worlds=3, set={"horizon": "2019Q2"}, jobs=1, out="x")
    for arguments in (("chart", "x", "fan"), ("report", "x"), ("export", "x")):
        assert call(*arguments) == (0, "")
    return study.folder


@pytest.mark.parametrize("harm", ["damaged", "missing"])
def test_verify_names_each_listed_file_that_is_damaged(harm: str, drawn: Path, typed: Command) -> None:
    names = ["charts/fan.png", "export/csv/codebook.md", "report.html"]
    for name in names:
        path = drawn / name
        path.unlink() if harm == "missing" else path.write_bytes(path.read_bytes()[:-7])
    code, printed, _ = typed("verify", "x", "--worlds", "1")
    assert code == 1
    assert sorted(printed.splitlines()[:-1]) == [f"{name} is not what was written." for name in names]


def test_what_the_program_makes_again_is_not_damaged(drawn: Path, typed: Command) -> None:
    for arguments in (
        ("chart", "x", "fan", "--measure", "alignment:JPN-GBR"), ("report", "x"),
        ("export", "x", "--only", "states_yearly", "--replace"),
    ):  # fmt: skip
        assert typed(*arguments)[0] == 0
    assert not (drawn / "export" / "csv" / "dyads_undirected_yearly.csv").exists()
    code, printed, _ = typed("verify", "x", "--worlds", "1")
    assert (code, printed.count("\n")) == (0, 1), printed


def test_a_file_that_is_missing_is_named_when_a_study_is_saved_elsewhere(drawn: Path) -> None:
    (drawn / "charts" / "fan.png").unlink()
    with pytest.raises(cordiale.StudyError, match=r"x/charts/fan\.png is missing: make it again, or take its line out"):
        cordiale.Study.open("x").save("y")
    assert sorted(os.listdir()) == ["agents", "scenarios", "x"]
