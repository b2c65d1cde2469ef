"""Interrupted work is resumed, and ends as if it had not been interrupted."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

import cordiale
from cordiale.files.file_list import JOURNAL, RESULT, Written
from cordiale.study.partitions import PART, part_name
from cordiale.study.unfinished import hidden
from tests.commands import wait_for

WORLDS = 6 * PART
KILLS = 10


class Broken(Exception):
    """What breaks a run off in these tests."""


def arguments(out: Path) -> list[str]:
    """Return the command that begins a study, or goes on with it where it was begun."""
    begin = ("baseline", "--worlds", str(WORLDS), "--set", "horizon=2018Q4", "--out", str(out))
    asked = ("--resume", str(out)) if (hidden(out) / RESULT / "design.json").is_file() else begin
    command = [sys.executable, "-m", "cordiale", "run", *asked]
    return [*command, "--no-charts", "--block", "64", "--jobs", "1"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> cordiale.Study:
    out = tmp_path_factory.mktemp("whole") / "study"
    return cordiale.run("baseline", worlds=WORLDS, set={"horizon": "2018Q4"}, out=out)


def broken_off(out: Path, parts: int, worlds: int = WORLDS) -> Path:
    """Break a run off when some parts are done, and return where it lies."""

    def stop(done: int, _: int) -> None:
        if done >= parts * PART:
            raise Broken

    with pytest.raises(Broken):
        cordiale.run("baseline", worlds=worlds, set={"horizon": "2018Q4"}, out=out, jobs=1, progress=stop)
    assert not out.exists()
    return hidden(out)


def same(study: cordiale.Study, whole: cordiale.Study) -> bool:
    same_files = all(
        (study.folder / table / part_name(first)).read_bytes() == (whole.folder / table / part_name(first)).read_bytes()
        for table in ("measures", "inputs")
        for first in range(0, WORLDS, PART)
    )
    return same_files and study.manifest["content"] == whole.manifest["content"]


def test_killed_at_random_moments_and_gone_on_with(whole: cordiale.Study, tmp_path: Path) -> None:
    """One study, killed again and again wherever it happens to be, ends with the bytes of an unbroken one."""
    out, moments = tmp_path / "study", random.Random(int(os.environ.get("CORDIALE_KILL_SEED", "1")))
    kills = int(os.environ.get("CORDIALE_KILLS", KILLS))
    killed = 0
    while killed < kills:
        process = subprocess.Popen(arguments(out), stdout=subprocess.DEVNULL)
        try:
            process.wait(moments.uniform(0.5, 4.0))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.wait()
        if out.exists():
            assert same(cordiale.Study.open(out), whole)
            shutil.rmtree(out)
    if not out.exists():
        subprocess.run(arguments(out), check=True, stdout=subprocess.DEVNULL)
    assert same(cordiale.Study.open(out), whole)
    assert [path.name for path in tmp_path.iterdir()] == ["study"]


def test_what_is_done_is_not_run_again(whole: cordiale.Study, tmp_path: Path) -> None:
    folder = broken_off(tmp_path / "study", parts=4)
    before = {path: path.stat().st_mtime_ns for path in (folder / RESULT / "measures").glob("part-*")}
    assert len(before) == 4
    steps: list[int] = []
    study = cordiale.resume(tmp_path / "study", progress=lambda done, _: steps.append(done), block=100)
    assert steps == [5 * PART, 6 * PART]
    assert same(study, whole)
    for path, stamp in before.items():
        assert (study.folder / "measures" / path.name).stat().st_mtime_ns == stamp


def test_the_same_command_goes_on_and_another_is_refused(whole: cordiale.Study, tmp_path: Path) -> None:
    out = tmp_path / "study"
    broken_off(out, parts=5)
    with pytest.raises(cordiale.StudyError, match=r"other work was interrupted there.*--resume"):
        cordiale.run("baseline", worlds=3, set={"horizon": "2018Q4"}, out=out)
    steps: list[int] = []
    study = cordiale.run(
        "baseline", worlds=WORLDS, set={"horizon": "2018Q4"}, out=out, progress=lambda done, _: steps.append(done)
    )
    assert steps == [WORLDS]
    assert same(study, whole)


def test_replace_lets_another_run_go(tmp_path: Path) -> None:
    out = tmp_path / "study"
    broken_off(out, parts=1)
    assert cordiale.run("baseline", worlds=3, set={"horizon": "2018Q4"}, out=out, replace=True).worlds == 3
    assert [path.name for path in tmp_path.iterdir()] == ["study"]


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def flip(path: Path) -> None:
    found = bytearray(path.read_bytes())
    found[len(found) // 2] ^= 1
    path.write_bytes(found)


@pytest.mark.parametrize("harm", [cut, flip, Path.unlink], ids=["cut", "changed", "missing"])
def test_a_damaged_part_is_named_and_run_again(
    whole: cordiale.Study, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    folder = broken_off(tmp_path / "study", parts=5)
    harm(folder / RESULT / "measures" / part_name(PART))
    with pytest.warns(cordiale.StudyWarning, match=f"part-0000000256.parquet is .*worlds {PART} to {2 * PART - 1} are"):
        study = cordiale.resume(tmp_path / "study")
    assert same(study, whole)


def test_a_torn_journal_is_read(whole: cordiale.Study, tmp_path: Path) -> None:
    folder = broken_off(tmp_path / "study", parts=5)
    cut(folder / JOURNAL)
    (folder / RESULT / "inputs" / f".{part_name(5 * PART)}.tmp").write_bytes(b"half a file")
    assert same(cordiale.resume(tmp_path / "study"), whole)


def test_two_runs_at_once(tmp_path: Path) -> None:
    out, refused = tmp_path / "study", []

    def second(done: int, _: int) -> None:
        def run() -> None:
            try:
                cordiale.run("baseline", worlds=PART + 1, set={"horizon": "2018Q4"}, out=out, jobs=1)
            except cordiale.StudyError as error:
                refused.append(str(error))

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()

    study = cordiale.run("baseline", worlds=PART + 1, set={"horizon": "2018Q4"}, out=out, jobs=1, progress=second)
    assert len(refused) == 2
    assert all("another run writes to it now" in message for message in refused)
    assert study.worlds == PART + 1


def test_a_failure_before_any_part_leaves_nothing(tmp_path: Path) -> None:
    def fail(*_: object) -> None:
        raise Broken

    class Late(cordiale.State):
        def leaning(self):  # type: ignore[no-untyped-def]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match="nothing was kept"):
        cordiale.run("baseline", worlds=2, set={"horizon": "2018Q4"}, out=tmp_path / "a" / "b", behaviour={"JPN": Late})
    assert list(tmp_path.iterdir()) == []


def test_charts_that_fail_cost_no_world(tmp_path: Path) -> None:
    def fail(_: cordiale.Study) -> None:
        raise Broken

    out = tmp_path / "study"
    with pytest.raises(Broken) as caught:
        cordiale.run("baseline", worlds=3, set={"horizon": "2018Q4"}, out=out, finish=fail)
    assert "3 worlds are kept: go on with cordiale run --resume" in caught.value.__notes__[0]
    steps: list[int] = []
    assert cordiale.resume(out, progress=lambda done, _: steps.append(done)).worlds == 3
    assert steps == []


def test_a_study_to_be_replaced_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    out = tmp_path / "study"
    cordiale.run("baseline", worlds=2, set={"horizon": "2018Q4"}, out=out)

    def fail(_: cordiale.Study) -> None:
        raise Broken

    with pytest.raises(Broken):
        cordiale.run("baseline", worlds=3, set={"horizon": "2018Q4"}, out=out, replace=True, finish=fail)
    assert cordiale.Study.open(out).worlds == 2
    assert cordiale.resume(out).worlds == 3


def test_a_study_that_cannot_get_its_name_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, rename = tmp_path / "study", Path.rename

    def fails(self: Path, target: Path) -> Path:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(cordiale.StudyError, match="3 worlds are kept: go on with cordiale run --resume"):
        cordiale.run("baseline", worlds=3, set={"horizon": "2018Q4"}, out=out)
    monkeypatch.setattr(Path, "rename", rename)
    steps: list[int] = []
    assert cordiale.resume(out, progress=lambda done, _: steps.append(done)).worlds == 3
    assert steps == []
    assert [path.name for path in tmp_path.iterdir()] == ["study"]


def test_ctrl_c_keeps_what_is_done(whole: cordiale.Study, tmp_path: Path) -> None:
    out = tmp_path / "study"
    process = subprocess.Popen(
        arguments(out), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background jobs ignore it
    )  # fmt: skip
    wait_for(process, out, 1)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130, said
    assert "worlds are kept: go on with cordiale run --resume" in said.splitlines()[-1]
    assert same(cordiale.resume(out), whole)


def test_nothing_to_go_on_with(whole: cordiale.Study, tmp_path: Path) -> None:
    with pytest.raises(cordiale.StudyError, match="no work was interrupted there"):
        cordiale.resume(tmp_path / "study")
    with pytest.raises(cordiale.StudyError, match="is finished"):
        cordiale.resume(whole.folder)


def test_another_version_is_not_gone_on_with(tmp_path: Path) -> None:
    folder = broken_off(tmp_path / "study", parts=1)
    path = folder / RESULT / "design.json"
    design = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(design | {"cordiale": "0.0.1"}), "utf-8")
    Written(folder / RESULT).add(path, sealed=True)  # as the other version would have left it
    with pytest.raises(cordiale.StudyError, match=r"it was run with cordiale 0\.0\.1"):
        cordiale.resume(tmp_path / "study")


def test_a_changed_pack_is_not_gone_on_with(tmp_path: Path) -> None:
    folder = broken_off(tmp_path / "study", parts=1)
    state = next((folder / RESULT / "sources").glob("*/FRA.yaml"))
    state.write_text(state.read_text("utf-8") + "\n# a note\n", "utf-8")
    with pytest.raises(cordiale.StudyError, match=r"FRA\.yaml was changed since cordiale wrote it"):
        cordiale.resume(tmp_path / "study")
    Written(folder / RESULT).add(state, sealed=True)  # so that the list says nothing of it
    with pytest.raises(cordiale.StudyError, match="the pack's files are not those"):
        cordiale.resume(tmp_path / "study")
