"""A single file says that cordiale wrote it, by a comment that fits what it holds; any other is the user's."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

import cordiale
from cordiale.files.atomic_write import has_mark, write_files
from tests.conftest import PACK, Call
from tests.hostile.files import Refused

ODD = ("odd", PACK, "diplomacy", "--out")
LEFT = "was not written by cordiale, or was changed since, so it is left alone: move it away"


def study() -> cordiale.Study:
    return cordiale.run(["baseline", "brexit"], worlds=3, set={"horizon": "2019Q2"}, jobs=1, out="study")


@pytest.mark.parametrize("file", ["a.md", "thesis.tex", "notes", "a.html"])
def test_a_text_is_replaced_as_long_as_nobody_changed_it(file: str, call: Call, refused: Refused) -> None:
    assert call(*ODD, file) == (0, "")
    written = Path(file).read_bytes()
    assert call(*ODD, file, "--replace") == (0, "")
    assert Path(file).read_bytes() == written
    changes = (written.replace(b"ODD", b"Odd", 1), written + b"mine", b"mine\n" + written, written[:-1], b"")
    for changed in changes:
        assert changed != written
        Path(file).write_bytes(changed)
        assert refused(*ODD, file, "--replace") == f"{file} {LEFT}"
        assert Path(file).read_bytes() == changed


def test_a_page_that_names_cordiale_is_the_users(refused: Refused) -> None:
    for text in (
        "# My notes about cordiale\n",
        "made by cordiale; sha256 of the rest: 0\n",
        "<!-- made by cordiale -->",
    ):
        Path("notes.md").write_text(text, "utf-8")
        assert refused(*ODD, "notes.md", "--replace") == f"notes.md {LEFT}"


@pytest.mark.parametrize("file", ["fan.png", "fan.svg"])
def test_a_chart_elsewhere_is_replaced_as_long_as_nobody_changed_it(file: str, call: Call, refused: Refused) -> None:
    study()
    chart = ("chart", "study", "fan", "--out", "figures")
    assert call(*chart) == (0, "")
    assert call("chart", "study", "rank", "--out", "figures") == (0, "")  # beside it
    assert call(*chart, "--replace") == (0, "")
    path = Path("figures") / file
    path.write_bytes(path.read_bytes().replace(b"matplotlib", b"Matplotlib").replace(b"XtTitle", b"Xttitle"))
    assert refused(*chart, "--replace") == f"{path} {LEFT}"


def test_a_picture_with_its_mark_is_a_picture(call: Call) -> None:
    """Each piece of it has the checksum that the format asks for, and its last one is the end."""
    study()
    assert call("chart", "study", "fan", "--out", "figures") == (0, "")
    data, at, kinds = (Path("figures") / "fan.png").read_bytes(), 8, []
    while at < len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        piece = data[at + 4 : at + 8 + size]
        assert zlib.crc32(piece) == struct.unpack(">I", data[at + 8 + size : at + 12 + size])[0]
        kinds.append((piece[:4], piece[4:30]))
        at += 12 + size
    assert kinds[-2] == (b"tEXt", b"Comment\0made by cordiale; ")
    assert kinds[-1] == (b"IEND", b"")


def test_a_report_and_a_scenario_are_the_users_when_changed(refused: Refused) -> None:
    study()
    scenario = cordiale.load_scenario("baseline", set={"brexit": 1})
    for _ in range(2):
        cordiale.report("study", "report.html", replace=True)
        scenario.to_yaml("mine.yaml", replace=True)
    assert cordiale.load_scenario("mine.yaml", pack=PACK).levers["brexit"] == 1
    for file in ("report.html", "mine.yaml"):
        with Path(file).open("a", encoding="utf-8") as opened:
            opened.write("# mine\n")
    assert refused("report", "study", "--out", "report.html", "--replace") == f"report.html {LEFT}"
    with pytest.raises(cordiale.StudyError, match=f"mine.yaml {LEFT}"):
        scenario.to_yaml("mine.yaml", replace=True)


def test_a_table_of_the_users_with_the_name_of_a_page(refused: Refused) -> None:
    study()
    Path("data.csv").write_text("a,b\n1,2\n", "utf-8")
    assert refused("report", "study", "--out", "data.csv", "--replace") == f"data.csv {LEFT}"


def test_files_that_can_have_no_comment_get_none(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.json": lambda path: path.write_text("{}"), "a.csv": lambda path: path.write_text("a\n")})
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.json": "{}", "a.csv": "a\n"}
    assert not any(has_mark(path) for path in tmp_path.iterdir())


def test_a_schema_is_replaced_and_another_file_of_its_name_is_not(call: Call, refused: Refused) -> None:
    schema = ("pack", "schema", PACK, "--root", ".")
    assert call(*schema)[0] == 0
    path = Path("agents") / PACK / "schema" / "case.json"
    path.write_text('{"$schema": ""}', "utf-8")
    assert call(*schema, "--replace")[0] == 0
    path.write_text('{"mine": 1}', "utf-8")
    assert refused(*schema, "--replace") == f"{path} is no schema, so --replace leaves it alone: move it away"
