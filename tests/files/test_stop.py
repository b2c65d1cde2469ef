"""A command that is asked to stop stops once, wherever the signal finds it, and says so in one line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import SECONDS, in_folder

RUN = ["cordiale", "run", "baseline", "--set", "horizon=2019Q4", "--worlds", "20", "--jobs", "1", "--out", "x"]
COMMAND = f"""
import gc, os, signal, sys
from cordiale.__main__ import main
sys.argv = {RUN!r}
sent = []
def send(number):
    if number not in sent:
        sent.append(number)
        os.kill(os.getpid(), number)
"""
IN_A_COLLECTION = """
def collected(phase, _):
    if os.path.exists(".x.unfinished/result/design.json"):
        send(signal.SIGTERM)
gc.callbacks.append(collected)
"""
IN_AN_IMPORT = """
class Guard:
    def find_spec(self, name, *_):
        if name == "matplotlib":
            try:
                send(signal.SIGTERM)
            except BaseException:
                raise ValueError("Option has already been registered")
sys.meta_path.insert(0, Guard())
"""
IN_AN_IMPORT_WITHOUT_A_WORD = IN_AN_IMPORT.replace('raise ValueError("Option has already been registered")', "pass")
WHILE_IT_CLEANS_UP = """
def watch(event, arguments):
    if event == "open" and ".x.unfinished/result" in str(arguments[0]):
        send(signal.SIGINT)
    if event == "os.remove" and sent and str(arguments[0]).endswith("journal.jsonl"):
        send(signal.SIGHUP)
sys.addaudithook(watch)
"""
AT_THE_END = """
def watch(event, arguments):
    if event == "os.remove" and os.path.exists("x") and str(arguments[0]).endswith("journal.jsonl"):
        send(signal.SIGINT)
sys.addaudithook(watch)
"""
WHILE_IT_LOADS = """
class Guard:
    def find_spec(self, name, *_):
        if name == "cordiale.study.run":
            send(signal.SIGTERM)
sys.meta_path.insert(0, Guard())
"""
AT_A_MODULE = """
import os, signal, sys
class Guard:
    def find_spec(self, name, *_):
        if name == "{module}":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Guard())
"""
WHEN_PYTHON_ENDS = """
class Last:
    def __del__(self, kill=os.kill, me=os.getpid()):
        for number in (1, 2, 15):
            kill(me, number)
last = Last()
"""


def stopped(folder: Path, when: str) -> subprocess.CompletedProcess[str]:
    """Run the command, which a signal finds at a moment that a hook of Python's knows."""
    script = folder / "command.py"
    script.write_text(f"{COMMAND}{when}main()\n", "utf-8")
    return subprocess.run(
        [sys.executable, script.name], cwd=folder, capture_output=True, text=True, timeout=SECONDS,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip


@pytest.mark.parametrize("when", [IN_A_COLLECTION, IN_AN_IMPORT, IN_AN_IMPORT_WITHOUT_A_WORD])
def test_a_stop_that_is_swallowed_stops_all_the_same(when: str, tmp_path: Path) -> None:
    """Python swallows what is raised in a callback of its collector; pandas made another error of it."""
    done = stopped(tmp_path, when)
    assert (done.returncode, done.stdout) == (128 + signal.SIGTERM, "")
    assert done.stderr.startswith("cordiale: stopped")
    assert done.stderr.count("\n") == 1
    if "are kept" in done.stderr:
        assert "go on with cordiale run --resume x" in done.stderr
    else:
        assert in_folder(tmp_path) == ["command.py"]


def test_another_signal_leaves_it_to_clean_up(tmp_path: Path) -> None:
    done = stopped(tmp_path, WHILE_IT_CLEANS_UP)
    assert (done.returncode, done.stderr) == (128 + signal.SIGINT, "cordiale: stopped; nothing was kept\n")
    assert in_folder(tmp_path) == ["command.py"]


def test_a_result_that_has_its_name_is_told(tmp_path: Path) -> None:
    done = stopped(tmp_path, AT_THE_END)
    assert (done.returncode, done.stderr) == (128 + signal.SIGINT, "cordiale: stopped; x is whole\n")
    assert in_folder(tmp_path) == ["command.py", "x"]


def test_no_more_is_said_of_a_stop_than_is_known(tmp_path: Path) -> None:
    """Work that was kept earlier is not looked at before modules are loaded."""
    stopped(tmp_path, IN_A_COLLECTION.replace("result/design.json", "result/manifest.json"))
    kept = in_folder(tmp_path)
    assert kept == [".x.unfinished", "command.py"]
    done = stopped(tmp_path, WHILE_IT_LOADS)
    assert (done.returncode, done.stderr) == (128 + signal.SIGTERM, "cordiale: stopped\n")
    assert in_folder(tmp_path) == kept


def test_a_signal_after_all_is_done_changes_nothing(tmp_path: Path) -> None:
    """While Python ends it answers no signal, and would be killed by one with its work done."""
    done = stopped(tmp_path, WHEN_PYTHON_ENDS)
    assert (done.returncode, done.stderr) == (0, "")
    assert in_folder(tmp_path) == ["command.py", "x"]


@pytest.mark.parametrize("module", ["cordiale.files.memory", "cordiale.files.streams"])
def test_a_stop_before_anybody_listens(module: str, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(AT_A_MODULE.format(module=module), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", *RUN], cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *filter(None, sys.path)])},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (128 + signal.SIGINT, "", "cordiale: stopped\n")
