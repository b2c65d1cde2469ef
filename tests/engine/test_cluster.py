"""Dask: a real scheduler and workers in processes of their own give the same bytes, also when one is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import cordiale
from cordiale.cli import main

SHORT = {"horizon": "2018Q4"}
WORLDS = 1024


@dataclass
class Cluster:
    """A scheduler with workers, each a process."""

    folder: Path
    address: str = ""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]]
        with (self.folder / f"{len(self.processes)}.log").open("wb") as log:
            self.processes.append(subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True))
        return self.processes[-1]

    def worker(self) -> subprocess.Popen[bytes]:
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(self.folder))
        return self.start("dask_worker", self.address, *options)

    def stop(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    folder = tmp_path / "dask"
    folder.mkdir()
    found, told = Cluster(folder), folder / "scheduler.json"
    found.start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(told))
    deadline = time.monotonic() + 60
    while not told.is_file() and time.monotonic() < deadline:
        time.sleep(0.1)
    found.address = json.loads(told.read_text("utf-8"))["address"]
    for _ in range(2):
        found.worker()
    yield found
    found.stop()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> cordiale.Study:
    return cordiale.run("baseline", worlds=WORLDS, set=SHORT, jobs=1, out=tmp_path_factory.mktemp("whole") / "study")


def test_the_same_bytes_with_a_worker_killed_in_the_middle(
    cluster: Cluster, whole: cordiale.Study, tmp_path: Path
) -> None:
    killed: list[int] = []

    def kill(done: int, _: int) -> None:
        if not killed:
            os.killpg(cluster.processes[1].pid, signal.SIGKILL)
            killed.append(done)

    study = cordiale.run(
        "baseline", worlds=WORLDS, set=SHORT, out=tmp_path / "study", scheduler=cluster.address, block=64, progress=kill
    )
    assert killed == [256]
    assert cluster.processes[1].wait(10) == -signal.SIGKILL
    assert cluster.processes[2].poll() is None
    assert study.manifest["content"] == whole.manifest["content"]


def test_a_behaviour_defined_here_goes_along(cluster: Cluster, tmp_path: Path) -> None:
    class Calm(cordiale.State):
        """Feels no pressure."""

        def pressure(self):  # type: ignore[no-untyped-def]
            return 0 * super().pressure()

    asked = {"worlds": 8, "set": SHORT, "behaviour": {"JPN": Calm}}
    here = cordiale.run("baseline", out=tmp_path / "here", **asked)  # type: ignore[arg-type]
    there = cordiale.run("baseline", out=tmp_path / "there", scheduler=cluster.address, **asked)  # type: ignore[arg-type]
    assert here.manifest["content"] == there.manifest["content"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--executor", "dask"), "--executor dask and --scheduler ADDRESS go together"),
        (("--scheduler", "tcp://127.0.0.1:1"), "--executor dask and --scheduler ADDRESS go together"),
        (("--executor", "daks"), "did you mean 'dask'?"),
        (("--executor", "dask", "--scheduler", "nowhere"), "--scheduler nowhere: no Dask scheduler answers there"),
    ],
)
def test_bad_options(
    options: tuple[str, ...],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setattr("cordiale.engine.pool.WAIT", 1)
    command = ["cordiale", "run", "baseline", "--worlds", "2", "--out", str(tmp_path / "study"), *options]
    monkeypatch.setattr(sys, "argv", command)
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
