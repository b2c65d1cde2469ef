"""Nothing of the user's is deleted or written over, whichever command has it in its way."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import cordiale
from cordiale.files.arrays import as_bytes
from cordiale.files.atomic_write import write_files
from cordiale.files.file_list import LIST, Written
from cordiale.study.journal import Journal, journal
from cordiale.study.unfinished import Header, hidden
from tests.commands import AT_ASIDE, AT_REMOVAL, after, contents, in_folder, killed
from tests.commands import cordiale as command_line
from tests.conftest import PACK, ROOT, Call
from tests.hostile.files import Refused

QUICK = ("--set", "horizon=2018Q4")
RUN = ("run", "baseline", *QUICK, "--worlds", "3", "--no-charts", "--jobs", "1")
SWEEP = ("sweep", "baseline", *QUICK, "--over", "brexit=0,1", "--worlds", "3", "--no-charts", "--jobs", "1")


def run(out: str | Path = "x", worlds: int = 3, **how: object) -> cordiale.Study:
    return cordiale.run("baseline", worlds=worlds, set={"horizon": "2018Q4"}, jobs=1, out=out, **how)  # type: ignore[arg-type]


# ---------------------------------------------------------------- folders


MANIFESTS = {
    "empty": "{}",
    "somebody's": '{"name": "webapp", "version": 1}',
    "alike": '{"kind": "study", "format": 2, "parts": [], "seal": "sha256:00"}',
    "none": "{",
}


@pytest.mark.parametrize("manifest", MANIFESTS)
@pytest.mark.parametrize("command", [RUN, SWEEP, ("run", "address")], ids=["run", "sweep", "address"])
def test_a_folder_with_a_manifest_of_somebody_else(command: tuple[str, ...], manifest: str, refused: Refused) -> None:
    (Path("webapp") / "src").mkdir(parents=True)
    (Path("webapp") / "manifest.json").write_text(MANIFESTS[manifest], "utf-8")
    (Path("webapp") / "src" / "main.js").write_text("mine", "utf-8")
    out = Path("webapp").absolute().as_uri() if command[-1] == "address" else "webapp"
    arguments = RUN if command[-1] == "address" else command
    message = refused(*arguments, "--out", out, "--replace")
    assert "of cordiale's, so --replace leaves it alone" in message
    assert out in message
    assert (Path("webapp") / "src" / "main.js").read_text("utf-8") == "mine"


@pytest.mark.parametrize("name", ["notes.md", "charts/mine.png", "measures/part-0000000999.parquet", "sub/deep/x"])
def test_files_of_the_user_in_a_study_are_named_and_stay(name: str, refused: Refused) -> None:
    study = run()
    mine = study.folder / name
    mine.parent.mkdir(parents=True, exist_ok=True)
    mine.write_text("mine", "utf-8")
    message = refused(*RUN, "--out", "x", "--replace")
    assert message == (
        f"x holds what cordiale did not write ({name}), so it is left alone: "
        "move that away, or choose another folder with --out"
    )


def test_a_chart_that_the_user_edited_is_the_user_s(call: Call, refused: Refused) -> None:
    assert call("run", "baseline", *QUICK, "--worlds", "3", "--jobs", "1", "--out", "x") == (0, "")
    (Path("x") / "charts" / "fan.svg").write_text("<svg/>", "utf-8")
    assert "x holds what cordiale did not write (charts/fan.svg)" in refused(*RUN, "--out", "x", "--replace")
    assert "x/charts/fan.svg was not written by cordiale, or was changed since" in refused("chart", "x", "fan")
    (Path("x") / "charts" / "fan.svg").unlink()
    assert call("chart", "x", "fan") == (0, "")
    assert call("chart", "x", "fan") == (0, "")  # what cordiale wrote there is made again
    assert call(*RUN, "--out", "x", "--replace") == (0, "")


def test_what_later_commands_add_to_a_study_goes_with_it(call: Call) -> None:
    run(worlds=4)
    assert call("report", "x")[0] == 0
    assert call("export", "x", "--only", "states_yearly")[0] == 0
    assert call("chart", "x", "fan")[0] == 0
    assert Written(Path("x")).foreign() == []
    assert call(*RUN, "--out", "x", "--replace") == (0, "")
    assert sorted(path.name for path in Path("x").iterdir()) == [
        "design.json", LIST, "inputs", "manifest.json", "measures", "sources",
    ]  # fmt: skip


def test_another_kind_of_result_is_not_replaced(call: Call, refused: Refused) -> None:
    assert call(*SWEEP, "--out", "x") == (0, "")
    assert refused(*RUN, "--out", "x", "--replace") == "x is no study of cordiale's, so --replace leaves it alone"
    run("study")
    message = refused("export", "study", "--out", "study", "--replace")
    assert message == "study is no export of cordiale's, so --replace leaves it alone"


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize("empty", [True, False])
def test_a_folder_that_is_made_while_a_run_is_on(replace: bool, empty: bool, workshop: Path) -> None:
    def somebody(study: cordiale.Study) -> None:
        Path("x").mkdir()
        if not empty:
            (Path("x") / "mine.txt").write_text("mine", "utf-8")

    with pytest.raises(cordiale.StudyError, match=r"x was made by somebody else meanwhile .*: the result is in x-2"):
        run(finish=somebody, replace=replace)
    assert cordiale.Study.open("x-2").worlds == 3
    assert [path.name for path in Path("x").iterdir()] == ([] if empty else ["mine.txt"])
    assert sorted(os.listdir()) == ["agents", "scenarios", "x", "x-2"]


def test_a_study_that_changes_while_its_successor_runs(workshop: Path) -> None:
    run()

    def somebody(study: cordiale.Study) -> None:
        (Path("x") / "notes.md").write_text("mine", "utf-8")

    with pytest.raises(cordiale.StudyError, match=r"x was changed by somebody else meanwhile .*: the result is in x-2"):
        run(worlds=5, finish=somebody, replace=True)
    assert (cordiale.Study.open("x").worlds, cordiale.Study.open("x-2").worlds) == (3, 5)
    assert (Path("x") / "notes.md").read_text("utf-8") == "mine"

    def another(study: cordiale.Study) -> None:
        shutil.rmtree("x")
        run("y", worlds=7)
        Path("y").rename("x")

    (Path("x") / "notes.md").unlink()
    with pytest.raises(cordiale.StudyError, match=r"x was changed by somebody else meanwhile .*: the result is in x-3"):
        run(worlds=6, finish=another, replace=True)
    assert (cordiale.Study.open("x").worlds, cordiale.Study.open("x-3").worlds) == (7, 6)
    assert sorted(os.listdir()) == ["agents", "scenarios", "x", "x-2", "x-3"]


def test_two_commands_on_one_folder(call: Call) -> None:
    """The second is told so at once, of whatever kind it is."""
    said: list[tuple[int, str]] = []

    def second(study: cordiale.Study) -> None:
        said.extend(call(*command, "--out", "x") for command in (SWEEP, RUN, (*SWEEP, "--replace")))

    run(finish=second)
    line = "cordiale: x: another run writes to it now: wait, or choose another --out\n"
    assert said == [(2, line)] * 3
    assert cordiale.Study.open("x").worlds == 3


class Stopped(Exception):
    """What interrupts a run in these tests."""


def stop(*_: object) -> None:
    raise Stopped


@pytest.mark.parametrize("begun", ["onto nothing", "to replace a study"])
def test_what_was_made_after_a_run_was_interrupted_is_not_deleted_by_its_resuming(begun: str, call: Call) -> None:
    if begun == "to replace a study":
        run(worlds=2)
    with pytest.raises(Stopped):
        run(progress=stop, replace=True)
    if Path("x").exists():
        shutil.rmtree("x")
    Path("x").mkdir()
    (Path("x") / "mine.txt").write_text("mine", "utf-8")
    code, said = call("run", "--resume", "x")
    assert (code, said) == (2, "cordiale: x was made by somebody else since: move it away, and resume then\n")
    Path("x").rename("mine")
    assert call("run", "--resume", "x", "--no-charts") == (0, "")
    assert cordiale.Study.open("x").worlds == 3
    assert sorted(os.listdir()) == ["agents", "mine", "scenarios", "x"]


def test_a_run_that_was_to_replace_a_study_still_does_when_it_is_resumed(call: Call) -> None:
    run(worlds=2)
    with pytest.raises(Stopped):
        run(progress=stop, replace=True)
    assert cordiale.Study.open("x").worlds == 2
    assert call("run", "--resume", "x", "--no-charts") == (0, "")
    assert cordiale.Study.open("x").worlds == 3


@pytest.mark.parametrize("content", ["notes.md", "result/notes.md", "journal.jsonl"])
@pytest.mark.parametrize("command", [RUN, SWEEP], ids=["run", "sweep"])
def test_a_hidden_folder_of_the_user_s(content: str, command: tuple[str, ...], refused: Refused) -> None:
    path = hidden(Path("x")) / content
    path.parent.mkdir(parents=True)
    path.write_text("mine", "utf-8")
    for more in ([], ["--replace"]):
        message = refused(*command, "--out", "x", *more)
        assert message.startswith(".x.unfinished holds what this version of cordiale did not write (")
    assert path.read_text("utf-8") == "mine"


def test_a_file_of_the_user_s_among_interrupted_work_stays(call: Call) -> None:
    with pytest.raises(Stopped):
        run(progress=stop)
    notes = hidden(Path("x")) / "result" / "notes.md"
    notes.write_text("mine", "utf-8")
    for command in ((*RUN, "--out", "x", "--worlds", "5", "--replace"), (*RUN, "--out", "x"), ("run", "--resume", "x")):
        code, said = call(*command)
        assert (code, said.count(f"{notes.parent} holds what cordiale did not write (notes.md)")) == (2, 1), said
        assert notes.read_text("utf-8") == "mine"
    notes.rename("mine.md")
    assert call("run", "--resume", "x", "--no-charts") == (0, "")
    assert sorted(os.listdir()) == ["agents", "mine.md", "scenarios", "x"]


@pytest.mark.parametrize("command", [RUN, SWEEP], ids=["run", "sweep"])
def test_a_file_that_is_laid_among_work_that_is_on_is_named_and_stays(
    command: tuple[str, ...], call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The work is kept, and goes on when the file is moved away."""
    notes = hidden(Path("x")) / "result" / "notes.md"
    add = Journal.add

    def add_and_lay(*about: Any) -> Any:
        notes.write_text("mine", "utf-8")
        return add(*about)

    with monkeypatch.context() as laid:
        laid.setattr(Journal, "add", add_and_lay)
        code, message = call(*command, "--out", "x")
    assert code == 2
    assert f"{notes.parent} holds what cordiale did not write (notes.md)" in message
    assert f"kept: go on with cordiale {command[0]} --resume x" in message
    assert (notes.read_text("utf-8"), Path("x").exists()) == ("mine", False)
    notes.rename("mine.md")
    assert call(command[0], "--resume", "x")[0] == 0
    assert sorted(os.listdir()) == ["agents", "mine.md", "scenarios", "x"]


# ---------------------------------------------------------------- files


def second_coder() -> None:
    Path("coder.csv").write_text("state,issue,value\nFRA,china_tone,0.5\nJPN,china_tone,0.6\n", "utf-8")


FILES = {
    "odd": (("odd", PACK, "diplomacy", "--out", "mine.md"), "mine.md"),
    "calibrate": (("calibrate", "--out", "mine.md"), "mine.md"),
    "baseline": (("baseline", "--out", "mine.md"), "mine.md"),
    "findings": (("findings", "--out", "mine.md"), "mine.md"),
    "report": (("report", "study", "--out", "mine.html"), "mine.html"),
    "handout": (("handout", "baseline", "--out", "mine.html"), "mine.html"),
    "panel": (("panel", "--worlds", "2", "--out", "mine.json"), "mine.json"),
    "chart": (("chart", "study", "fan", "--out", "mine"), "mine/fan.png"),
    "chart's other file": (("chart", "study", "fan", "--out", "mine"), "mine/fan.svg"),
    "calibrate's chart": (("calibrate", "--out", "page.md"), "figures/calibration-record.png"),
}
FOLDERS = {
    "charts": (("chart", "study", "--out", "mine"), "mine/fan.png"),
    "compare": (("compare", "study", "--out", "mine"), "mine/comparison.csv"),
    "causes": (("causes", "baseline", *QUICK, "--worlds", "2", "--out", "mine"), "mine/causes.csv"),
    "agreement": (("agreement", "coder.csv", "--out", "mine"), "mine/agreement.csv"),
    "sample-size": (("sample-size", "study", "--out", "mine"), "mine/sample_size.csv"),
}


@pytest.fixture(scope="module")
def two_scenarios(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of two scenarios, made once: each test has a copy."""
    out = tmp_path_factory.mktemp("two") / "study"
    return cordiale.run(["baseline", "brexit"], worlds=3, set={"horizon": "2019Q2"}, jobs=1, out=out).folder


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_of_the_users_is_not_written_into(name: str, two_scenarios: Path, refused: Refused) -> None:
    command, _ = FOLDERS[name]
    shutil.copytree(two_scenarios, "study")
    second_coder()
    Path("mine").mkdir()
    (Path("mine") / "notes.md").write_text("mine", "utf-8")
    assert refused(*command) == "mine exists: choose another folder with --out, or add --replace"
    assert refused(*command, "--replace").endswith("of cordiale's, so --replace leaves it alone")


@pytest.mark.parametrize("name", FILES)
def test_no_file_is_written_over_without_being_told_to(name: str, two_scenarios: Path, refused: Refused) -> None:
    """One rule for all: it exists, so choose another place, or say --replace; what is the user's stays even then."""
    command, file = FILES[name]
    if "study" in command:
        shutil.copytree(two_scenarios, "study")
    second_coder()
    Path(file).parent.mkdir(exist_ok=True)
    Path(file).write_text("my notes about cordiale", "utf-8")
    assert refused(*command) == f"{file} exists: choose another place with --out, or add --replace"
    message = refused(*command, "--replace")
    assert message == f"{file} was not written by cordiale, or was changed since, so it is left alone: move it away"
    Path(file).unlink()
    Path(file).mkdir()
    assert refused(*command, "--replace") == f"{file} is a folder: name a file with --out"
    Path(file).rmdir()
    Path(file).symlink_to("elsewhere")
    assert f"{file} is a link" in refused(*command, "--replace")


@pytest.mark.parametrize("name", ["odd", "panel", "chart", "compare", *FOLDERS])
def test_a_file_is_written_over_when_told_to(name: str, two_scenarios: Path, call: Call) -> None:
    command, file = (FILES | FOLDERS)[name]
    shutil.copytree(two_scenarios, "study")
    second_coder()
    assert call(*command)[0] == 0
    before = Path(file).read_bytes()
    assert call(*command)[0] == 2
    assert call(*command, "--replace")[0] == 0
    assert Path(file).read_bytes() == before


def test_several_files_are_written_all_or_none(tmp_path: Path) -> None:
    write_files(tmp_path, {"b.md": lambda path: path.write_text("old")})
    old = (tmp_path / "b.md").read_text()

    def fails(path: Path) -> None:
        path.write_text("half")
        raise OSError(28, "No space left on device")

    for replace in (False, True):
        with pytest.raises(cordiale.StudyError, match="b.md exists" if not replace else "the disk is full"):
            write_files(tmp_path, {"a.md": lambda path: path.write_text("new"), "b.md": fails}, replace)
        assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"b.md": old}


def test_a_file_that_appears_while_another_is_written_stays(tmp_path: Path) -> None:
    def write(path: Path) -> None:
        path.write_text("ours")
        (tmp_path / "a").write_text("mine")

    with pytest.raises(cordiale.StudyError, match="a exists"):
        write_files(tmp_path, {"a": write})
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "mine"}


def test_what_a_killed_process_left_of_a_file_is_cleaned_by_the_next_of_that_name(tmp_path: Path) -> None:
    left, other = tmp_path / ".a.0123abcd.unfinished", tmp_path / ".b.0123abcd.unfinished"
    for path in (left, other):
        path.write_text("half")
    write_files(tmp_path, {"a": lambda path: path.write_text("ours")})
    assert sorted(path.name for path in tmp_path.iterdir()) == [other.name, "a"]


def test_a_tilde_is_the_home_folder(call: Call, workshop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--out=~/x` reaches the program as it is typed."""
    home = workshop / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for command in (RUN, SWEEP, ("odd", PACK, "diplomacy")):
        code, said = call(*command, "--out=~")
        assert (code, said.partition(":")[2].count("exists") or said.count("is a folder")) == (2, 1), said
    assert call(*RUN, "--out=~/x") == (0, "")
    assert cordiale.Study.open(home / "x").worlds == 3
    assert cordiale.run("baseline", worlds=2, set={"horizon": "2018Q4"}, out="~/y").folder == home / "y"
    assert not Path("~").exists()


# ---------------------------------------------------------------- words


def test_words_of_a_run_whose_folder_was_taken_away(workshop: Path) -> None:
    def take_away(*_: object) -> None:
        shutil.rmtree(hidden(Path("x")))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match="stopped; nothing was kept"):
        run(progress=take_away)
    assert sorted(os.listdir()) == ["agents", "scenarios"]


@pytest.mark.parametrize("harm", ["cut", "missing"])
def test_a_design_that_is_cut(harm: str, call: Call) -> None:
    """What to type is said, and typing it works."""
    with pytest.raises(Stopped):
        run(progress=stop)
    design = hidden(Path("x")) / "result" / "design.json"
    if harm == "cut":
        design.write_text(design.read_text("utf-8")[:100], "utf-8")
        told = f"cordiale: {design} was changed since cordiale wrote it: move it away, and try again\n"
        assert call("run", "--resume", "x") == (2, told)
    design.unlink()
    code, said = call("run", "--resume", "x")
    assert code == 2
    assert "type its command again" in said
    assert run().worlds == 3
    assert sorted(os.listdir()) == ["agents", "scenarios", "x"]


AT_THE_LIST = """
import cordiale.study.journal
from pathlib import Path
whole = cordiale.study.journal.Journal.seal
def harmed(self):
    {harm}
    whole(self)
cordiale.study.journal.Journal.seal = harmed
"""
PART = ".x.unfinished/result/measures/part-0000000000.parquet"


@pytest.mark.parametrize("harm", [f"Path('{PART}').unlink()", f"Path('{PART}').write_bytes(b'PAR1')"])
def test_a_part_that_is_harmed_during_a_run_keeps_the_study_from_its_name(harm: str, workshop: Path) -> None:
    """A study that has its name is whole; the part is done again by the same command."""
    done = after(AT_THE_LIST.format(harm=harm), *RUN, "--out", "x")
    assert (done.returncode, Path("x").exists()) == (2, False)
    assert re.search(f"{PART} is (missing|damaged); 3 worlds are kept: go on with cordiale run --resume x", done.stderr)
    assert command_line("run", "--resume", "x").returncode == 0
    assert cordiale.Study.open("x").worlds == 3


def test_work_whose_result_was_moved_away_keeps_nothing(workshop: Path) -> None:
    harm = AT_THE_LIST.format(harm="Path('.x.unfinished/result').rename('mine')")
    done = after(harm, *RUN, "--out", "x")
    assert done.returncode == 2
    assert "go on with" not in done.stderr
    assert sorted(os.listdir()) == ["agents", "mine", "scenarios"]


def test_a_study_from_an_address_that_cannot_be(refused: Refused) -> None:
    for address in ("zip://a::file", "ftp://127.0.0.1:1/x", "nonsense://x", "memory://"):
        message = refused(*RUN, "--out", address)
        assert address in message


def test_a_study_without_a_name(refused: Refused) -> None:
    for command in ("show", "chart", "verify"):
        assert refused(command, "") == "no study is named: give its folder, or its name in outputs/"


def test_verdicts_that_cannot_be_read_are_told_before_the_run(refused: Refused) -> None:
    scenarios = Path("scenarios") / PACK
    for name in ("claims.yaml", *(path.name for path in (ROOT / scenarios).glob("*.yaml"))):
        shutil.copy(ROOT / scenarios / name, scenarios / name)
    path = scenarios / "verdicts.json"
    for text in ("{", "[]", '{"a": 1}', '{"a": "my own words"}', "\x00", "[" * 100_000):
        path.write_text(text, "utf-8")
        how = "--record" if "my own" in text else "--strict"
        message = refused("claims", how, "--worlds", "1000000", "--out", "x")
        assert f"{path}" in message
        assert "not the verdicts of claims" in message
    path.unlink()
    assert "record verdicts with --record first" in refused("claims", "--strict", "--worlds", "1000000", "--out", "x")


def test_a_resumed_command_takes_no_other_option(refused: Refused) -> None:
    assert "leave out --worlds" in refused("sweep", "--resume", "x", "--worlds", "3")
    assert "leave out --pack" in refused("claims", "--resume", "x", "--pack", "other")
    assert refused("sweep", "--resume", "x") == "'x': no work was interrupted there"
    assert "missing SCENARIO" in refused("sweep")


def test_work_is_resumed_by_the_command_that_began_it(call: Call) -> None:
    with pytest.raises(Stopped):
        cordiale.sweep("baseline", {"brexit": [0, 1]}, worlds=3, set={"horizon": "2018Q4"}, out="x", progress=stop)
    code, said = call("run", "--resume", "x")
    assert (code, said) == (
        2, "cordiale: x was not begun by cordiale run: call it again as before to go on\n",
    )  # fmt: skip
    assert json.loads((hidden(Path("x")) / "journal.jsonl").read_text("utf-8").splitlines()[0])["command"] == "sweep"


@pytest.mark.parametrize("command", ["claims", "sweep", "sensitivity", "discover", "compare"])
def test_work_that_python_began_is_no_command_s(command: str, refused: Refused) -> None:
    """The command knew no options of it, and ran what it runs without any."""
    with suppress(Stopped), journal(Path("x"), Header(command=command, key="k", typed=["mine.py"])) as run:
        run.add("000000", {"parts/000000": as_bytes(1)})
        raise Stopped
    assert refused(command, "--resume", "x") == (
        "x was begun from Python, by 'mine.py', and goes on there: "
        "call the same function again with the same arguments, and out='x'"
    )


@pytest.mark.parametrize("harm", ["digits", "empty", "cut", "missing"])
def test_a_part_of_an_analysis_that_is_damaged_is_worked_out_again(harm: str, tmp_path: Path) -> None:
    """A verdict cannot turn since somebody altered a number: each part has its hash in the journal."""

    def half(done: int, _: int) -> None:
        if done > 4:
            raise Stopped

    def sweep(**how: object) -> cordiale.Sweep:
        return cordiale.sweep(
            "baseline", {"brexit": "0:1:16"}, worlds=3, set={"horizon": "2018Q4"}, out=tmp_path / "x", **how
        )  # type: ignore[arg-type,no-any-return]

    with pytest.raises(Stopped):
        sweep(progress=half)
    part = sorted((hidden(tmp_path / "x") / "parts").iterdir())[1]
    data = bytearray(part.read_bytes())
    if harm == "digits":
        data[-200] ^= 1
    part.write_bytes({"digits": bytes(data), "empty": b"", "cut": bytes(data[:-9])}.get(harm, b""))
    if harm == "missing":
        part.unlink()
    with pytest.warns(cordiale.StudyWarning, match=f"{part.name} is (damaged|missing): it is done again"):
        found = sweep()
    whole = cordiale.sweep("baseline", {"brexit": "0:1:16"}, worlds=3, set={"horizon": "2018Q4"}, out=tmp_path / "y")
    assert found.manifest["content"] == whole.manifest["content"]


# ---------------------------------------------------------------- what a second hunt found


def test_a_result_inside_another_does_not_go_with_it(refused: Refused) -> None:
    run("x")
    run("x/inner")
    told = refused(*RUN, "--out", "x", "--replace")
    assert "holds what cordiale did not write (inner/" in told
    assert cordiale.Study.open("x/inner").worlds == 3


def broken_off(name: str = "x") -> Path:
    """A run that was stopped after its first part."""

    def stop(done: int, _: int) -> None:
        if done >= 256:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(name, worlds=300, progress=stop, block=64)
    return hidden(Path(name))


@pytest.mark.parametrize("begin_anew", [False, True])
def test_files_of_the_users_among_unfinished_work_stay(begin_anew: bool, workshop: Path) -> None:
    folder = broken_off()
    mine = [folder / "result" / "sources" / ".mine.tmp", folder / "result" / ".notes.unfinished",
            folder / "parts" / "2024-notes.md", folder / "parts" / ".2024-notes.md.tmp"]  # fmt: skip
    for path in mine:
        path.write_text("mine", "utf-8")
    if begin_anew:
        with suppress(cordiale.StudyError):
            run("x", worlds=5, replace=True)
    else:
        with suppress(cordiale.StudyError):
            cordiale.resume("x")
    left = [path for path in Path().rglob("*") if path.name in {each.name for each in mine}]
    assert len(left) == len(mine)
    assert all(path.read_text("utf-8") == "mine" for path in left)


AT_A_PICTURE = """
import matplotlib.backends.backend_svg
matplotlib.backends.backend_svg.FigureCanvasSVG.print_svg = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("command", [RUN, SWEEP], ids=["run", "sweep"])
def test_a_table_that_the_user_edited_before_the_result_has_its_name_is_named_and_stays(
    command: tuple[str, ...], workshop: Path, refused: Refused, call: Call
) -> None:
    drawn = tuple(word for word in command if word != "--no-charts")
    killed(AT_A_PICTURE, *drawn, "--out", "x")
    table = hidden(Path("x")) / "result" / "summary.csv"
    written = table.read_bytes()
    table.write_bytes(written + b"mine")
    told = f"{table} was changed since cordiale wrote it: move it away, and try again"
    for again in ((command[0], "--resume", "x"), (*drawn, "--out", "x")):
        assert refused(*again) == told
    table.rename("mine.csv")
    assert call(command[0], "--resume", "x")[0] == 0
    assert (Path("mine.csv").read_bytes(), Path("x/summary.csv").read_bytes()) == (written + b"mine", written)


def test_files_of_the_users_in_what_is_left_of_work_inside_a_study_stay(refused: Refused) -> None:
    run("x")
    folder = Path("x") / ".inner.unfinished"
    folder.mkdir()
    (folder / "journal.jsonl").write_text('{"unfinished": 1, "command": "run", "key": ""}\n', "utf-8")
    (folder / "notes.md").write_text("mine", "utf-8")
    assert "(.inner.unfinished/notes.md)" in refused(*RUN, "--out", "x", "--replace")


@pytest.mark.parametrize("name", ["../../../notes.md", "ABSOLUTE"])
def test_a_list_that_leads_elsewhere_is_not_followed(name: str, workshop: Path) -> None:
    notes = workshop / "notes.md"
    notes.write_text("mine", "utf-8")
    folder = broken_off()
    with (folder / "result" / "files.txt").open("a", encoding="utf-8") as file:
        file.write(f"- {notes if name == 'ABSOLUTE' else '../../notes.md'}\n")
    cordiale.resume("x")
    assert notes.read_text("utf-8") == "mine"


@pytest.mark.parametrize("when", [AT_ASIDE, AT_REMOVAL], ids=["before it has its name", "after"])
@pytest.mark.parametrize("next", ["again", "resume", "anew"])
def test_what_was_put_aside_by_a_process_that_was_killed_goes_with_the_next(
    when: str, next: str, workshop: Path
) -> None:
    """A copy of the user's that is called alike stays, and one that is called the very same too."""
    run("x")
    for copy in (".x.original.replaced", ".x.20181101.replaced"):
        shutil.copytree("x", copy)
    killed(when, *RUN, "--seed", "5", "--out", "x", "--replace")
    assert len(list(Path().glob(".x.????????.replaced"))) == 3
    again = (*RUN, "--seed", "6" if next == "anew" else "5", "--out", "x", "--replace")
    done = command_line("run", "--resume", "x") if next == "resume" else command_line(*again)
    told = "an earlier result still lies in .x.20181101.replaced: rename it, or delete it"
    assert done.stderr.count(told) == (0 if next == "resume" and when == AT_REMOVAL else 1), done.stderr
    names = [".x.20181101.replaced", ".x.original.replaced", "agents", "scenarios", "x"]
    assert sorted(os.listdir()) == names
    assert cordiale.Study.open(".x.20181101.replaced").worlds == 3


@pytest.mark.parametrize("where", ["x", "outputs/x"])
@pytest.mark.parametrize("command", ["show", "chart", "compare"])
def test_what_was_put_aside_is_named_by_who_reads_it(command: str, where: str, refused: Refused) -> None:
    run(where)
    killed(AT_ASIDE, *RUN, "--seed", "5", "--out", where, "--replace")
    aside = next(Path(where).parent.glob(".x.????????.replaced"))
    told = f"{aside} was to be replaced: rename it, or go on with cordiale run --resume {where}"
    assert told in refused(command, "x")


def test_what_was_put_aside_is_named_by_work_of_another_kind(workshop: Path) -> None:
    run("x")
    killed(AT_ASIDE, *RUN, "--seed", "5", "--out", "x", "--replace")
    aside = next(Path().glob(".x.????????.replaced"))
    done = command_line(*SWEEP, "--out", "x", "--replace")
    told = f"an earlier result still lies in {aside}: rename it, or delete it"
    assert (done.returncode, done.stderr.count(told)) == (0, 1), done.stderr
    assert cordiale.Study.open(aside).worlds == 3


@pytest.mark.parametrize("left", ["manifest.json and files.txt", "files.txt"])
def test_what_was_put_aside_and_removed_by_half_goes_with_the_next(left: str, call: Call) -> None:
    """The list goes last, since by it what is left is known as cordiale's."""
    run("x")
    killed(AT_REMOVAL, *RUN, "--seed", "5", "--out", "x", "--replace")
    aside = next(Path().glob(".x.????????.replaced"))
    for path in [each for each in aside.rglob("*") if each.is_file() and each.name not in left]:
        path.unlink()
    assert call(*RUN, "--out", "x", "--replace") == (0, "")
    assert sorted(os.listdir()) == ["agents", "scenarios", "x"]


@pytest.mark.parametrize("command", ["sweep", "compare"])
def test_an_address_is_for_studies_alone(command: str, refused: Refused, workshop: Path) -> None:
    what = ["--over", "brexit=0,1"] if command == "sweep" else ["brexit"]
    told = refused(command, "baseline", *what, "--out", "memory://x")
    assert "only a study, of `cordiale run`, can lie at an address" in told


def test_a_way_round_is_the_way(workshop: Path) -> None:
    assert run("x/../y").folder == Path("y")
    assert sorted(path.name for path in Path().iterdir()) == ["agents", "scenarios", "y"]


def test_a_table_that_is_written_into_while_its_successor_runs_stays(workshop: Path) -> None:
    run()
    table = next((Path("x") / "measures").iterdir())

    def somebody(study: cordiale.Study) -> None:
        with table.open("a") as file:
            file.write("mine")

    with pytest.raises(cordiale.StudyError, match=r"x was changed by somebody else meanwhile .*: the result is in x-2"):
        run(worlds=5, finish=somebody, replace=True)
    assert table.read_bytes().endswith(b"mine")


def test_an_edited_file_of_a_study_at_an_address_is_not_replaced(workshop: Path) -> None:
    address = Path("there").absolute().as_uri()
    run(address)
    design = Path("there") / "design.json"
    design.write_text(design.read_text("utf-8") + " ", "utf-8")
    with pytest.raises(cordiale.StudyError, match=r"holds what cordiale did not write \(design.json\)"):
        run(address, replace=True)


def test_an_edited_result_is_not_written_over_when_it_is_made_again(two_scenarios: Path, refused: Refused) -> None:
    shutil.copytree(two_scenarios, "study")
    chart = cordiale.chart("study", "fan")[0]
    chart.write_bytes(b"mine")
    assert "or was changed since, so it is left alone" in refused("chart", "study", "fan", "--replace")
    (Path("study") / "comparison.csv").write_text("mine", "utf-8")
    assert "or was changed since, so it is left alone" in refused("compare", "study", "--replace")


def test_memory_is_no_place_for_what_a_command_leaves(refused: Refused) -> None:
    assert "gone when the command has ended" in refused(*RUN, "--out", "memory://x")


def test_work_that_goes_on_inside_a_study_is_not_taken_away(refused: Refused) -> None:
    run("x")
    with journal(Path("x") / "inner", Header(command="run", key="")):
        told = refused(*RUN, "--out", "x", "--replace")
    assert "(.inner.unfinished/" in told


def test_a_pipe_in_place_of_a_file_is_not_waited_for(refused: Refused) -> None:
    run("x")
    (Path("x") / "design.json").unlink()
    os.mkfifo(Path("x") / "design.json")
    assert "(design.json)" in refused(*RUN, "--out", "x", "--replace")


def test_what_cannot_be_written_is_named_once(refused: Refused) -> None:
    Path("f").write_text("mine", "utf-8")
    in_the_way = "f is a file, where a folder is needed: move it away, and try again"
    assert refused("odd", PACK, "diplomacy", "--out", "f/odd.md") == f"f/odd.md: {in_the_way}"
    assert refused("calibrate", "--out", "f/c.md") == in_the_way


def test_a_full_disk_names_the_file(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert refused("odd", PACK, "diplomacy", "--out", "odd.md") == "odd.md: the disk is full"


# ---------------------------------------------------------------- what a third hunt found

AT_PUBLISH = """
import cordiale.files.place
cordiale.files.place.Place.publish = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("command", [("chart",), ("export",)], ids=["chart", "export"])
def test_a_killed_replace_lets_nothing_else_replace(command: tuple[str, ...], call: Call, refused: Refused) -> None:
    """Work without parts has nothing to go on with: whoever asks again says --replace again."""
    run("a")
    run("b", worlds=4)
    assert call(*command, "a", "--out", "x")[0] == 0
    before = contents(Path("x"))
    killed(AT_PUBLISH, *command, "a", "--out", "x", "--replace")
    for study in ("a", "b"):
        assert refused(*command, study, "--out", "x").startswith("x exists: choose another folder with --out")
    assert contents(Path("x")) == before
    assert call(*command, "b", "--out", "x", "--replace")[0] == 0
    assert sorted(os.listdir()) == ["a", "agents", "b", "scenarios", "x"]


REFUSED_ONCE = """
replace, refused = os.replace, []
def refusing(one, other):
    if os.fspath(other).endswith("odd.md") and not refused:
        refused.append(other)
        raise OSError(28, "No space left on device")
    replace(one, other)
os.replace = refusing
"""


def test_a_file_that_cannot_be_replaced_stays_and_nothing_hidden_beside_it(workshop: Path) -> None:
    """What was there gets its own name back, and a rename of one of two names of a file takes neither away."""
    odd = ("odd", PACK, "diplomacy", "--out", "odd.md")
    assert command_line(*odd).returncode == 0
    before = Path("odd.md").read_bytes()
    done = after(REFUSED_ONCE, *odd, "--replace")
    assert (done.returncode, done.stderr) == (2, "cordiale: odd.md: the disk is full\n")
    assert Path("odd.md").read_bytes() == before
    assert in_folder(workshop) == ["agents", "odd.md", "scenarios"]
