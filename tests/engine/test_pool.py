"""Several processes: results in order, from any script."""

from __future__ import annotations

import gc
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from cordiale.engine.pool import ordered
from tests.commands import cordiale, in_folder


def _scaled(factor: int, task: int) -> int:
    return factor * task


def test_results_come_in_order_whatever_the_number_of_processes() -> None:
    for jobs in (1, 2):
        assert list(ordered(_scaled, 3, range(7), jobs, 10)) == [0, 3, 6, 9, 12, 15, 18]


def _threads(_: None, size: int) -> int:
    np.ones((size, size)) @ np.ones((size, size))
    return max(each["num_threads"] for each in threadpool_info())


def test_threads_of_linear_algebra_do_not_multiply() -> None:
    assert list(ordered(_threads, None, [400, 400, 400], 2, 10)) == [1, 1, 1]


class Knot:
    """What holds itself, as a model and its agents hold one another."""

    def __init__(self) -> None:
        self.own = self


def _knots_alive(_: None, task: int) -> int:
    Knot()
    return sum(isinstance(each, Knot) for each in gc.get_objects())


def test_a_task_leaves_nothing_of_the_one_before() -> None:
    for jobs in (1, 2):
        assert list(ordered(_knots_alive, None, range(6), jobs, 10)) == [1] * 6


def test_a_script_needs_no_guard_and_may_define_a_behaviour(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import cordiale\n"
        "class Calm(cordiale.State):\n"
        "    def pressure(self):\n"
        "        return 0 * super().pressure()\n"
        "for jobs in (1, 2):\n"
        "    study = cordiale.run('baseline', worlds=264, set={'horizon': '2018Q4'}, out=f'study{jobs}',\n"
        "                         jobs=jobs, behaviour={'JPN': Calm})\n"
        "    print(study.manifest['content']['measures'])\n",
        "utf-8",
    )
    done = subprocess.run([sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    one, two = done.stdout.split()
    assert one == two


@pytest.mark.parametrize("limit", [8, 14, 16])
def test_too_few_open_files_are_told_in_one_line(limit: int, tmp_path: Path) -> None:
    """At some limits loky ended in an error of its own."""
    done = cordiale(
        "run", "baseline", "--set", "horizon=2018Q4", "--worlds", "600", "--no-charts", "--jobs", "2", "--out", "x",
        cwd=tmp_path, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)),
    )  # fmt: skip
    told = "too few files may be open at once: raise the limit (ulimit -n), or give --jobs 1"
    assert (done.returncode, done.stderr) == (2, f"cordiale: x: {told}; nothing was kept\n")
    assert not in_folder(tmp_path)
