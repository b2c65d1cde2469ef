"""Nothing that a file says or is called leads out of its folder."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

import cordiale
from cordiale.analysis.claim_record import recorded_path
from cordiale.files.errors import FileError, OptionError, StudyError
from cordiale.output.charts.study import chart
from cordiale.scenario.load import load_scenario
from cordiale.study.study import Study
from cordiale.study.unfinished import hidden

from ..conftest import PACK, ROOT, Command
from .files import MINE, SCENARIOS, SECRET, Refused, write


def test_links_of_scenarios_that_lead_out(refused: Refused, secret: Path) -> None:
    (SCENARIOS / "linked.yaml").symlink_to(secret)
    (SCENARIOS / "claims.yaml").symlink_to(secret)
    out = "is a link that leads out of"
    assert refused("run", "linked") == f"{SCENARIOS}/linked.yaml: {out} the scenarios' folder"
    assert refused("claims") == f"{SCENARIOS}/claims.yaml: {out} the scenarios' folder"
    write("extends: linked")
    assert refused("run", str(MINE)) == f"{SCENARIOS}/linked.yaml: {out} its folder"


@pytest.mark.parametrize("name", ["case", "ties", "FRA"])
def test_links_of_packs_that_lead_out(name: str, refused: Refused, secret: Path) -> None:
    path = Path("agents") / PACK / f"{name}.yaml"
    path.unlink()
    path.symlink_to(secret)
    for command in (("run", "baseline"), ("run", "baseline", "--model", "landscape"), ("validate", PACK)):
        assert refused(*command) == f"{path}: is a link that leads out of the pack's folder"


def test_links_within_the_folder_are_files_like_others(workshop: Path) -> None:
    (SCENARIOS / "linked.yaml").symlink_to("baseline.yaml")
    assert load_scenario("linked").title == load_scenario("baseline").title


def test_what_lies_beside_a_pack_is_not_copied_into_studies(workshop: Path, secret: Path) -> None:
    pack = workshop / "agents" / PACK
    (pack / "notes.yaml").symlink_to(secret)
    os.mkfifo(pack / "pipe.yaml")  # to read it would be to wait without end
    study = cordiale.run("baseline", worlds=2, set={"horizon": "2018Q4"}, jobs=1, out="study")
    copied = {path.name for path in (study.folder / "sources" / PACK).iterdir()}
    assert copied == {path.name for path in (ROOT / "agents" / PACK).glob("*.yaml")}


@pytest.mark.parametrize("name", ["", "parts", "journal.jsonl", "result", ".journal.jsonl.tmp"])
def test_a_study_is_not_written_through_links(name: str, workshop: Path, secret: Path) -> None:
    """An archive that is unpacked here may hold them; what they lead to is neither written nor deleted."""
    unfinished = hidden(workshop / "study")
    if name:
        unfinished.mkdir()
        (unfinished / name).symlink_to(secret if name.startswith((".", "j")) else secret.parent)
    else:
        unfinished.symlink_to(secret.parent)
    with pytest.raises(StudyError, match="is a link, and results are written into a folder of their own"):
        cordiale.run("baseline", worlds=2, set={"horizon": "2018Q4"}, jobs=1, out="study")
    assert [path.name for path in secret.parent.iterdir()] == [secret.name]
    assert secret.read_text("utf-8") == SECRET


def test_what_is_written_beside_files_follows_no_link(refused: Refused, study: Study, secret: Path) -> None:
    (study.folder / "charts").symlink_to(secret.parent)
    assert refused("chart", "study", "fan") == "study/charts is a link: say with --out where charts are to go"
    (Path("agents") / PACK / "schema").symlink_to(secret.parent)
    message = (
        f"--root .: agents/{PACK}/schema/case.json is a link, or lies in one: schemas are written to no other place"
    )
    assert refused("pack", "schema") == message
    (SCENARIOS / "claims.yaml").write_text("claims: []\n", "utf-8")
    (SCENARIOS / "verdicts.json").symlink_to(secret)
    with pytest.raises(FileError, match="is a link that leads out of the scenarios' folder"):
        recorded_path(PACK)
    assert [path.name for path in secret.parent.iterdir()] == [secret.name]


NO_NAMES = [
    "..yaml", "...yaml", ".hidden.yaml", "-x.yaml", " x.yaml", "a\nb.yaml", "\x1b[31m.yaml", "\u202eb.yaml",
    "a" * 101 + ".yaml", "\udcff.yaml", "+.yaml",
]  # fmt: skip
NAMES = [
    "my study.yaml",
    "\u65e5" * 80 + ".yaml",
    "a..b.yaml",
    "_x.yaml",
    "\u00c9t\u00e9 (2).yaml",
    "a+b.yaml",
    "x.yml",
    "x",
]


@pytest.mark.parametrize("name", NO_NAMES)
def test_a_file_whose_name_no_study_can_have(name: str, refused: Refused, workshop: Path) -> None:
    path = workshop / SCENARIOS / name
    write("", path)
    message = refused("run", f"{SCENARIOS}/{name}", "--worlds", "2", "--set", "horizon=2018Q4")
    assert "a scenario is called as its file" in message
    assert message.isprintable()


@pytest.mark.parametrize("name", NAMES)
def test_a_study_lies_below_outputs(name: str, workshop: Path) -> None:
    write("", workshop / SCENARIOS / name)
    study = cordiale.run(f"{SCENARIOS}/{name}", worlds=2, set={"horizon": "2018Q4"}, jobs=1)
    assert study.folder.resolve().parent == workshop / "outputs"
    assert Study.open(study.folder).worlds == 2


def test_many_names_joined_are_one_folder_below_outputs(workshop: Path) -> None:
    for at in range(4):
        write("", workshop / SCENARIOS / f"{chr(0x65E5) * 70}{at}.yaml")
    names = [f"{SCENARIOS}/{chr(0x65E5) * 70}{at}.yaml" for at in range(4)]
    study = cordiale.run(names, worlds=2, set={"horizon": "2018Q4"}, jobs=1)
    assert study.folder.resolve().parent == workshop / "outputs"
    with pytest.raises(OptionError, match="no scenario"):
        load_scenario("baseline+../../x")


FOLDERS = [".", "..", "/", "a/..", "a\nb", "\x1b[2J", "\udcff", "x/\udcff/y"]


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("option", ["--out", "--resume", "claims"])
def test_a_folder_that_can_be_no_study(option: str, folder: str, refused: Refused) -> None:
    command = {
        "--out": ("run", "baseline", "--worlds", "2", "--replace", "--out", folder),
        "--resume": ("run", "--resume", folder),
        "claims": ("claims", "--out", folder),
    }[option]
    message = refused(*command)
    assert re.search("cannot be the name of a file or a folder|is not UTF-8|exists|interrupted", message), message


def test_replace_lets_neither_the_working_folder_nor_a_link_go(workshop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick: dict[str, Any] = {"worlds": 2, "set": {"horizon": "2018Q4"}, "jobs": 1}
    study = cordiale.run("baseline", out=workshop / "study", **quick)
    (workshop / "link").symlink_to(study.folder)
    with pytest.raises(StudyError, match="link is a link: choose another folder"):
        cordiale.run("baseline", out=workshop / "link", replace=True, **quick)
    inside = workshop / "study" / "charts"
    inside.mkdir()
    monkeypatch.chdir(inside)
    with pytest.raises(StudyError, match="holds the working folder, so --replace leaves it alone"):
        cordiale.run("baseline", out=workshop / "study", replace=True, **quick)
    assert Study.open(workshop / "study").worlds == 2


@pytest.mark.parametrize("name", ["a" * 300 + "+b", "baseline+" + "b" * 5000, "x/" * 3000 + "+y"])
def test_a_name_that_no_file_can_have(name: str, workshop: Path) -> None:
    with pytest.raises(OptionError, match="no scenario"):
        load_scenario(name)
    with pytest.raises(OptionError, match="no coding"):
        load_scenario("baseline", coding=name)
    with pytest.raises(StudyError, match="no study"):
        Study.open(name)


TOO_LONG = ["x" * 300 + "/y", "d/" * 2200 + "y", "d/" * 1960 + "y", "new/" + "x" * 300 + "/y", "loop/y"]


@pytest.mark.parametrize("folder", TOO_LONG)
@pytest.mark.parametrize("command", [("run", "baseline", "--worlds", "2"), ("odd", PACK, "diplomacy")])
def test_a_path_that_no_system_can_have(command: tuple[str, ...], folder: str, refused: Refused) -> None:
    Path("loop").symlink_to("loop")
    message = refused(*command, "--out", folder)
    assert re.search("is too long for the file system|leads in a circle of links", message), message
    assert "choose another place with --out" in message


def test_a_link_in_the_place_of_a_folder_is_not_written_through(refused: Refused, study: cordiale.Study) -> None:
    Path("real").mkdir()
    Path("page").mkdir()
    for link in (Path("page/figures"), study.folder / "export", study.folder / "charts"):
        link.symlink_to(Path("real").absolute())
    assert refused("calibrate", "--out", "page/c.md") == "page/figures is a link that leads out of page: move it away"
    assert refused("export", "study") == "study/export is a link that leads out of study: move it away"
    assert "study/charts is a link" in refused("chart", "study", "fan")
    with pytest.raises(StudyError, match="study/charts is a link that leads out of study"):
        chart(study, "fan")


def test_a_link_that_stays_in_its_folder_is_followed(typed: Command) -> None:
    Path("page/pictures").mkdir(parents=True)
    Path("page/figures").symlink_to("pictures")
    code, _, told = typed("calibrate", "--out", "page/c.md")
    assert (code, told) == (0, "")
    assert list(Path("page/pictures").glob("*.png"))


@pytest.mark.parametrize(
    "command", [("run", "baseline"), ("compare", "baseline", "brexit"), ("odd", PACK, "diplomacy")]
)
def test_an_empty_place_is_no_place(command: tuple[str, ...], refused: Refused) -> None:
    assert refused(*command, "--out", "") == "an empty place is given: name one, or leave the option out"
