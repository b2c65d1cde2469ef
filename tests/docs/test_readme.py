"""The README's session prints what the README says, and its counts are the pack's."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from cordiale.case.load import scenario_names
from cordiale.scenario.load import load_scenario

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def test_the_session_prints_what_is_shown(tmp_path: Path) -> None:
    code, shown = re.findall(r"```(?:python)?\n(.*?)```", README, re.DOTALL)[1:3]
    (tmp_path / "session.py").write_text(code, "utf-8")
    done = subprocess.run([sys.executable, "session.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == shown


def test_counts_are_those_of_the_pack() -> None:
    numbers = load_scenario("baseline").numbers.values()
    basis = Counter(number.coded.basis for number in numbers)
    assert f"{len(numbers):,} numbers" in README
    assert "9 in 10" in README
    assert 0.85 < basis["not in the article"] / len(numbers) < 0.95
    assert len(scenario_names("indo_pacific_2018")) == 58
    assert "fifty-eight" in README


def test_the_greeting_is_short() -> None:
    assert len(README.split("## What this model cannot tell you")[0].splitlines()) <= 40
