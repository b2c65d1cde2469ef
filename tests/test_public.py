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
Hedger Pack Family Measure Result models CordialeError UserError FileError OptionError StudyError StudyWarning"""


def test_tab_shows_the_public_names_and_nothing_else() -> None:
    assert set(dir(cordiale)) == set(cordiale.__all__) == set(NAMES.split())


def test_each_name_is_on_the_reference_page_under_its_own_home() -> None:
    """The stub, which editors read, and the page name the same things."""
    named = imports(ROOT / "simulation" / "cordiale" / "__init__.pyi")
    assert on_page() - equations() == named - {"models"}


def test_the_equations_of_each_family_are_on_the_reference_page() -> None:
    families = imports(ROOT / "simulation" / "cordiale" / "models" / "__init__.pyi")
    assert families == set(dir(cordiale.models)) == {each.split(".")[1] for each in equations()}
    for each in equations():
        _, family, name = each.split(".")
        assert getattr(getattr(cordiale.models, family), name).__doc__, each


def imports(stub: Path) -> set[str]:
    """Return what a stub imports: "analysis.compare.compare", and "models" of `from . import models`."""
    found = [each for each in ast.parse(stub.read_text("utf-8")).body if isinstance(each, ast.ImportFrom)]
    return {".".join(filter(None, (each.module, each.names[0].name))) for each in found}


def on_page() -> set[str]:
    page = (ROOT / "docs" / "reference" / "api.md").read_text("utf-8")
    return set(re.findall(r"^::: cordiale\.(\S+)$", page, re.MULTILINE))


def equations() -> set[str]:
    """What the page has of families that `cordiale.models` names."""
    return {each for each in on_page() if each.startswith("models.") and each.split(".")[1] in dir(cordiale.models)}


def test_import_leaves_heavy_packages_until_they_are_used() -> None:
    code = f"import cordiale, sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_runs_no_model_loads_none() -> None:
    """Mesa takes a second: to read a scenario and its pack, or a study and its charts, needs neither it nor a model."""
    code = (
        "import sys, cordiale, cordiale.study.study, cordiale.output.charts.fan\n"
        "cordiale.load_scenario('baseline')\n"
        "print(sorted({'mesa', 'networkx', 'cordiale.models.diplomacy.model'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_unknown_names_are_attribute_errors() -> None:
    assert not hasattr(cordiale, "simulate")
