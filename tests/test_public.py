"""What `import cordiale` gives: a few names, quickly."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import cordiale

ROOT = Path(__file__).parent.parent

HEAVY = ("mesa", "pandas", "matplotlib", "pyarrow", "scipy", "igraph")


def test_every_public_name_is_there_and_documented() -> None:
    for name in cordiale.__all__:
        assert getattr(cordiale, name).__doc__, name


NAMES = """run resume compare sweep sensitivity discover judge calibrate agreement sample_size moves robust forecast
panel score brief export report handout chart load_pack load_scenario Study Scenario State Challenger
Hedger Pack Family Measure Result CordialeError UserError FileError OptionError StudyError StudyWarning"""


def test_tab_shows_the_public_names_and_nothing_else() -> None:
    assert set(dir(cordiale)) == set(cordiale.__all__) == set(NAMES.split())


def test_each_name_is_on_the_reference_page_under_its_own_home() -> None:
    """The stub, which editors read, and the page name the same things."""
    page = (ROOT / "docs" / "reference" / "api.md").read_text("utf-8")
    shown = set(re.findall(r"^::: cordiale\.(\S+)$", page, re.MULTILINE))
    stub = ast.parse((ROOT / "simulation" / "cordiale" / "__init__.pyi").read_text("utf-8"))
    named = {f"{each.module}.{each.names[0].name}" for each in stub.body if isinstance(each, ast.ImportFrom)}
    assert shown == named


def test_import_leaves_heavy_packages_until_they_are_used() -> None:
    code = f"import cordiale, sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_unknown_names_are_attribute_errors() -> None:
    assert not hasattr(cordiale, "simulate")
