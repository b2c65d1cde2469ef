"""A study at an fsspec address is the study that a folder would hold, and a broken upload is no study."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cordiale
from cordiale.output.report.rebuilt import rebuild
from cordiale.study.narrative import replay
from cordiale.study.quantiles import summary
from cordiale.study.verify import verify
from tests.commands import SECONDS, contents, in_folder, killed
from tests.commands import cordiale as command
from tests.conftest import Command

fsspec = pytest.importorskip("fsspec")
SHORT = {"horizon": "2018Q4"}


@pytest.fixture(autouse=True)
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    store = fsspec.filesystem("memory")
    if store.exists("/bucket"):
        store.rm("/bucket", recursive=True)


@pytest.fixture(params=["memory://bucket/study", "file"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"file://{tmp_path}/store/study" if request.param == "file" else str(request.param)


def test_a_study_at_an_address_is_the_study(address: str, workshop: Path) -> None:
    here = cordiale.run("baseline", worlds=300, set=SHORT, out="here")
    there = cordiale.run("baseline", worlds=300, set=SHORT, out=address)
    assert there.manifest["content"] == here.manifest["content"]
    found = cordiale.Study.open(address)
    assert np.array_equal(found.values("alignment"), here.values("alignment"))
    assert found.frame("trust:FRA-JPN").equals(here.frame("trust:FRA-JPN"))
    assert found.inputs().equals(here.inputs())
    assert summary(found).equals(summary(here))
    assert not list((workshop / "outputs").iterdir())


def test_a_study_at_an_address_is_verified_replayed_and_reported_on(address: str) -> None:
    here = cordiale.run("baseline", worlds=30, set=SHORT, out="here")
    cordiale.run("baseline", worlds=30, set=SHORT, out=address)
    there = cordiale.Study.open(address)
    assert verify(there).words == verify(here).words
    assert replay(there, 3) == replay(here, 3)
    assert rebuild(there).doubts == []


def test_what_lies_there_is_not_overwritten(address: str) -> None:
    cordiale.run("baseline", worlds=2, set=SHORT, out=address)
    with pytest.raises(cordiale.StudyError, match="exists: choose another address"):
        cordiale.run("baseline", worlds=3, set=SHORT, out=address)
    assert cordiale.run("baseline", worlds=3, set=SHORT, out=address, replace=True).worlds == 3


def test_a_study_of_that_name_here_is_never_let_go() -> None:
    """`--replace` speaks of what lies at the address, and not of a folder that the run only passes through."""
    mine = cordiale.run("baseline", worlds=2, set=SHORT)
    with pytest.raises(cordiale.StudyError, match=r"outputs/baseline exists"):
        cordiale.run("baseline", worlds=3, set=SHORT, out="memory://bucket/study", replace=True)
    assert cordiale.Study.open(mine.folder).worlds == 2


def test_a_broken_upload_leaves_the_study_here_and_none_there(monkeypatch: pytest.MonkeyPatch, workshop: Path) -> None:
    store = fsspec.filesystem("memory")
    put, done = store.put_file, list[str]()

    def fails(local: str, target: str, **options: Any) -> None:
        if len(done) == 3:
            raise ConnectionError("the line is down")
        done.append(target)
        put(local, target, **options)

    monkeypatch.setattr(type(store), "put_file", lambda self, *given, **options: fails(*given, **options))
    with pytest.raises(cordiale.StudyError, match=r"the line is down; the study is whole in outputs/baseline"):
        cordiale.run("baseline", worlds=2, set=SHORT, out="memory://bucket/study")
    assert cordiale.Study.open("baseline").worlds == 2
    with pytest.raises(cordiale.StudyError, match="no study"):
        cordiale.Study.open("memory://bucket/study")


def test_an_unknown_protocol_is_refused_in_one_line() -> None:
    with pytest.raises(cordiale.OptionError, match="nowhere://x") as caught:
        cordiale.run("baseline", worlds=2, set=SHORT, out="nowhere://x/y")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("words", [("export",), ("report",), ("chart",), ("chart", "fan")])
def test_what_is_made_of_a_study_at_an_address(
    words: tuple[str, ...], address: str, run_command: Command, workshop: Path
) -> None:
    """It lies in the study's folder where that is one, or else where --out says."""
    cordiale.run("baseline", worlds=2, set=SHORT, out=address)
    name, *of = words
    code, out, told = run_command(name, address, *of)
    if address.startswith("file:"):
        assert (code, told) == (0, "")
        assert "store/study" in out
    else:
        assert (code, told.count("\n")) == (2, 1)
        assert f"{address}: only `cordiale run` writes to an address: name a place here with --out" in told
    assert run_command(name, address, *of, "--out", "made")[0] == 0
    assert (workshop / "made").exists()


BREAK_OFF = """
import os, signal, sys
from fsspec.implementations.local import LocalFileSystem
put = LocalFileSystem.put_file
def put_file(self, local, to, **how):
    put(self, local, to, **how)
    if "measures" in to:
        os.truncate(to, 100)
        os.kill(os.getpid(), signal.{name})
LocalFileSystem.put_file = put_file
from cordiale.__main__ import main
main()
"""


@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM"])
def test_an_upload_that_is_stopped_is_mended_by_the_same_command(name: str, workshop: Path) -> None:
    far = workshop / "store" / "far"
    run = ("run", "baseline", "--set", "horizon=2018Q4", "--worlds", "3", "--no-charts", "--out", far.as_uri())
    code = BREAK_OFF.format(name=name)
    done = subprocess.run([sys.executable, "-c", code, *run], capture_output=True, text=True, timeout=SECONDS)
    if name == "SIGKILL":
        assert done.returncode == -signal.SIGKILL
    else:
        assert (done.returncode, done.stderr) == (
            128 + signal.SIGTERM,
            f"cordiale: stopped; {far.as_uri()} may be half-written, and the study is whole in outputs/baseline: "
            "type the same command with --replace to lay it there\n",
        )
    mine = far / "notes.txt"
    mine.write_text("mine", "utf-8")
    done = command(*run, "--replace")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "holds what cordiale did not write (notes.txt)" in done.stderr
    mine.unlink()
    assert "add --replace" in command(*run).stderr
    done = command(*run, "--replace")
    assert (done.returncode, done.stderr) == (0, "")
    assert in_folder(workshop / "outputs") == []
    assert verify(cordiale.Study.open(far)).holds
    cordiale.run("baseline", worlds=3, set=SHORT)
    assert "outputs/baseline exists" in command(*run, "--replace").stderr  # it was not run for the address


AT_THE_REST = """
from pathlib import Path
unlink = Path.unlink
def removed(self, *how, **more):
    unlink(self, *how, **more)
    if self.parts[:2] == ("outputs", "baseline") and self.name == "{name}":
        os.kill(os.getpid(), signal.SIGKILL)
Path.unlink = removed
"""


@pytest.mark.parametrize("again", [(), ("--replace",)], ids=["again", "with --replace"])
@pytest.mark.parametrize("name", ["FRA.yaml", "manifest.json"])
def test_a_kill_after_an_upload_leaves_the_study_there_and_the_rest_here_goes(
    name: str, again: tuple[str, ...], workshop: Path
) -> None:
    far, rest = workshop / "store" / "far", Path("outputs/baseline")
    run = ("run", "baseline", "--set", "horizon=2018Q4", "--worlds", "3", "--no-charts", "--out", far.as_uri())
    killed(AT_THE_REST.format(name=name), *run)
    whole = contents(far)
    mine = workshop / rest / "notes.txt"
    mine.write_text("mine", "utf-8")
    done = command(*run, *again)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "outputs/baseline holds what cordiale did not write (notes.txt)" in done.stderr
    mine.unlink()
    done = command(*run, *again)
    told = f"cordiale: {far.as_uri()} was whole already: what was left of it in {rest} is taken away\n"
    assert (done.returncode, done.stderr) == (0, told)
    assert (in_folder(workshop / "outputs"), contents(far)) == ([], whole)
    assert verify(cordiale.Study.open(far)).holds


def test_a_part_of_a_study_here_stays_where_another_lies_at_the_address(workshop: Path) -> None:
    far = workshop / "store" / "far"
    cordiale.run("baseline", worlds=3, set=SHORT, out="outputs/baseline")
    (workshop / "outputs" / "baseline" / "design.json").unlink()
    cordiale.run("brexit", worlds=3, set={"horizon": "2019Q2"}, out=far.as_uri())
    with pytest.raises(cordiale.StudyError, match="outputs/baseline exists, where the study is run before"):
        cordiale.run("baseline", worlds=3, set=SHORT, out=far.as_uri(), replace=True)
    assert (workshop / "outputs" / "baseline" / "manifest.json").is_file()


def test_a_protocol_in_capitals_is_the_same(workshop: Path) -> None:
    far = workshop / "store" / "far"
    cordiale.run("baseline", worlds=2, set=SHORT, out=f"FILE://{far}")
    assert cordiale.Study.open(f"File://{far}").worlds == cordiale.Study.open(far).worlds == 2


@pytest.mark.parametrize("host", ["localhost", "elsewhere"])
def test_a_host_before_a_folder_here_is_refused(host: str, run_command: Command, workshop: Path) -> None:
    code, _, told = run_command("run", "baseline", "--worlds", "2", "--out", f"file://{host}{workshop}/far")
    assert (code, told.count("\n")) == (2, 1)
    assert f"no host stands in the address of a folder here: write file://{workshop}/far" in told
    assert in_folder(workshop) == []


@pytest.mark.parametrize("chain", ["simplecache::file:///x", "zip://a::file:///x"])
def test_the_sign_of_a_chain_is_named(chain: str, run_command: Command, workshop: Path) -> None:
    code, _, told = run_command("run", "baseline", "--worlds", "2", "--out", chain)
    assert (code, told.count("\n"), "leave out '::'" in told) == (2, 1, True)


@pytest.mark.parametrize("words", [("run", "baseline", "--worlds", "2"), ("odd", "indo_pacific_2018", "diplomacy")])
def test_a_chain_of_protocols_is_refused(words: tuple[str, ...], run_command: Command, workshop: Path) -> None:
    code, _, told = run_command(*words, "--out", f"simplecache::{workshop.as_uri()}/far")
    assert (code, told.count("\n")) == (2, 1)
    assert "address" in told
    assert in_folder(workshop) == []
