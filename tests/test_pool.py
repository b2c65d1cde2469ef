"""Several processes: results in order, and a clear word where a script cannot start them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from cordiale.pool import ordered


def _scaled(factor: int, task: int) -> int:
    return factor * task


def test_results_come_in_order_whatever_the_number_of_processes() -> None:
    for jobs in (1, 2):
        assert list(ordered(_scaled, 3, range(7), jobs, 10)) == [0, 3, 6, 9, 12, 15, 18]


def test_a_script_without_the_guard_is_told_so(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    call = "cordiale.run('baseline', worlds=8, set={'horizon': '2019Q1'}, out='study', jobs=2, block=4)"
    script.write_text(f"import cordiale\n{call}\n", "utf-8")
    done = subprocess.run([sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode != 0
    assert "OptionError" in done.stderr.strip().splitlines()[-1]
    assert "__main__" in done.stderr.strip().splitlines()[-1]
    assert not (tmp_path / "study").exists()
