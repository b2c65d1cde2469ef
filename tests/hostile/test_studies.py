"""Studies of others: what a design, a manifest and a journal may say."""

from __future__ import annotations

import json
import os
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cordiale
from cordiale.files.errors import StudyError
from cordiale.study.design import plan_of, read_design
from cordiale.study.study import Study
from cordiale.study.unfinished import hidden

from ..conftest import PACK

PACKS = ["../../agents/indo_pacific_2018", "..", ".", "", "/etc", "a/b", "elsewhere"]


@pytest.mark.parametrize("pack", PACKS)
def test_the_pack_of_a_design_stays_in_its_folder(pack: str, study: Study, secret: Path) -> None:
    path = study.folder / "design.json"
    design = json.loads(path.read_text("utf-8"))
    shutil.copytree(study.folder / "sources" / PACK, secret.parent / "pack")
    (study.folder / "sources" / "elsewhere").symlink_to(secret.parent / "pack")
    path.write_text(json.dumps(design | {"pack": pack}), "utf-8")
    with pytest.raises(StudyError, match="the pack's files are not those that the study was run with"):
        plan_of(study.folder, read_design(study.folder))


def spoilt(study: Study, change: Callable[[dict[str, Any]], object]) -> str:
    """Change a study's design, and return why it is refused."""
    path = study.folder / "design.json"
    design = json.loads(path.read_text("utf-8"))
    change(design["scenarios"][0])
    path.write_text(json.dumps(design), "utf-8")
    with pytest.raises(StudyError) as caught:
        plan_of(study.folder, read_design(study.folder))
    return str(caught.value).partition("not the design of a study: ")[2]


FINITE = "Input should be a finite number"
RANGE = {"low": 0.1, "best": 0.2, "high": 0.3, "basis": "implied"}
DESIGNS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "name": (lambda d: d.update(name="../../x"), "'../../x' is no name of a scenario"),
    "worlds": (lambda d: d["settings"].update(worlds=10**18), "worlds: Input should be less than or equal"),
    "horizon": (lambda d: d["settings"].update(horizon="9999Q4"), "31925 quarters"),
    "setting": (lambda d: d["settings"].update(pack="x"), "'pack' is no setting"),
    "basis": (lambda d: d.update(basis={}), "basis.locator: Field required"),
    "measure": (lambda d: d["settings"].update(measures=["x"]), "'x' is no measure"),
    "lever": (lambda d: d["levers"].update(x=1), "'x' is no lever"),
    "event": (lambda d: d["events"].append([8076, "ramp", "brexit", 1.0, 0]), "brexit: 1 in quarter 8076 for 0"),
    "kind": (
        lambda d: d["events"].append([8076, "run", "brexit", 1.0, 0]),
        "Input should be 'set', 'ramp', 'shock' or 'stop'",
    ),
    "range": (lambda d: d["uncertainties"].update({"x.y": RANGE}), "'x.y': no range of a number of the pack"),
    "scale": (lambda d: d["uncertainties"].update({"FRA.resolve": RANGE | {"high": 9}}), "'FRA.resolve': no range"),
    "NaN": (lambda d: d["uncertainties"].update({"FRA.resolve": RANGE | {"best": float("nan")}}), FINITE),
    "infinity": (lambda d: d["fixed"].update({"FRA.resolve": float("inf")}), FINITE),
    "coder": (
        lambda d: d.update(coding={"path": "x", "hash": "sha256:../../..", "numbers": 1}),
        "should match pattern",
    ),
    "fixed": (lambda d: d["fixed"].update({"FRA.resolve": 7.0}), "'FRA.resolve': no value of a parameter"),
}


@pytest.mark.parametrize("name", DESIGNS)
def test_a_design_that_no_scenario_could_have(name: str, study: Study) -> None:
    change, message = DESIGNS[name]
    assert message in spoilt(study, change)


@pytest.mark.parametrize("name", ["design.json", "manifest.json"])
def test_a_pipe_in_place_of_a_file_is_not_waited_for(name: str, study: Study) -> None:
    (study.folder / name).unlink()
    os.mkfifo(study.folder / name)
    with pytest.raises(StudyError, match="no regular file"):
        read_design(Study.open(study.folder).folder)


LINES = [
    '{"name": "x", "files": {}, "about": {"first": "x", "worlds": 2, "kept": 2, "failed": []}}',
    '{"name": "x", "files": {}, "about": {"first": -256, "worlds": 2, "kept": 2, "failed": []}}',
    '{"name": "part-0000000000.parquet", "files": {}, "about": {"first": 0, "worlds": 1e99, "kept": 2}}',
    '{"name": "part-0000000000.parquet", "files": {}, "about": {"first": 0, "worlds": 2, "failed": [5]}}',
    '{"name": "x", "files": {"../../design.json": "sha256:"}, "about": {"first": 0, "worlds": "2"}}',
    "[" * 100_000, "null", "{}", "\udcff".encode("utf-8", "surrogateescape").decode("latin-1"),
]  # fmt: skip


@pytest.mark.parametrize("line", LINES, ids=range(len(LINES)))
def test_a_line_of_a_journal_that_tells_of_no_part(line: str, workshop: Path) -> None:
    class Broken(Exception):
        pass

    def stop(*_: int) -> None:
        raise Broken

    quick: dict[str, Any] = {"set": {"horizon": "2018Q4"}, "jobs": 1}
    with pytest.raises(Broken):
        cordiale.run("baseline", worlds=300, out="study", progress=stop, **quick)
    with (hidden(Path("study")) / "journal.jsonl").open("ab") as journal:
        journal.write(line.encode("latin-1"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cordiale.StudyWarning)  # a part that is named may lack its files
        assert cordiale.resume("study", jobs=1).worlds == 300
