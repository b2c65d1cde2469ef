"""What is said of installing is so: extras, the message where one is missing, metadata and citation."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import cordiale
from cordiale.files.extras import EXTRAS
from tests.commands import cordiale as command
from tests.commands import in_folder

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
MODULES = {"SALib": "sensitivity", "ema_workbench": "discover", "starlette": "page", "uvicorn": "page",
           "segno": "page", "distributed": "cluster", "upath": "cluster", "typst": "print",
           "pypandoc": "odd"}  # fmt: skip
COMMANDS = {
    "SALib": ("sensitivity", "baseline", "--measure", "alignment:FRA-JPN", "--samples", "8"),
    "ema_workbench": ("discover", "baseline", "--where", "alignment:FRA-JPN < 3.5", "--worlds", "60"),
    "starlette": ("page", "quad"),
    "uvicorn": ("page", "quad"),
    "segno": ("class",),
    "typst": ("brief", "Why?", "baseline", "france_joins_quad", "--worlds", "20", "--pdf"),
    "pypandoc": ("odd", "indo_pacific_2018", "diplomacy", "--pdf", "--out", "odd.pdf"),
    "distributed": ("run", "baseline", "--worlds", "20", "--executor", "dask", "--scheduler", "tcp://127.0.0.1:1"),
    "upath": ("show", "memory://study"),
}


def without(modules: list[str], folder: Path) -> dict[str, str]:
    """Return an environment in which Python finds none of some modules."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(f"import sys\nsys.modules |= dict.fromkeys({modules})\n", "utf-8")
    paths = [str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths)}


@pytest.mark.parametrize("module", COMMANDS)
def test_a_command_without_its_extra_says_what_to_type_and_leaves_nothing(module: str, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    done = command(*COMMANDS[module], cwd=work, env=without([module], tmp_path / "hidden"))
    packages = " ".join(f'"{package}"' for package in EXTRAS[MODULES[module]])
    assert (done.returncode, done.stdout, in_folder(work)) == (2, "", [])
    assert done.stderr.startswith("cordiale: ")
    assert done.stderr.endswith(
        f" needs packages that are not installed; type: {sys.executable} -m pip install {packages}\n"
    )
    assert done.stderr.count("\n") == 1


def test_no_part_but_the_page_needs_an_extra_to_be_imported(tmp_path: Path) -> None:
    names = [
        ".".join(path.relative_to(ROOT / "simulation").with_suffix("").parts)
        for path in (ROOT / "simulation" / "cordiale").rglob("*.py")
        if "page" not in path.relative_to(ROOT / "simulation").parts[:2]
        and path.name not in ("__init__.py", "__main__.py")
    ]
    code = f"import importlib\nfor name in {names}: importlib.import_module(name)"
    environment = without(list(MODULES), tmp_path / "hidden")
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_extras_are_those_of_the_project() -> None:
    extras = {name: tuple(packages) for name, packages in PROJECT["optional-dependencies"].items()}
    developers = extras.pop("dev")
    del extras["docs"]
    assert extras == EXTRAS
    assert developers[0] == f"cordiale[{','.join([*EXTRAS, 'docs'])}]"


def test_nobody_is_told_to_install_cordiale_by_its_name() -> None:
    """It is on no index: another's package of that name would be installed, or none."""
    by_name = re.compile(r"pip3?\s+install\s+(?:-\S+\s+)*[\"'\\]*cordiale\b(?!-[\d.]+-py3)")
    kinds = {".md", ".py", ".pyi", ".ipynb", ".toml", ".cff", ".yml", ".yaml", ".html", ".j2", ".js", ".sh", ""}
    folders = ("agents", "benchmarks", "docs", "scenarios", "simulation", "tests", ".ci")
    files = [path for name in folders for path in (ROOT / name).rglob("*") if path.is_file()]
    files += [path for path in ROOT.iterdir() if path.is_file()]
    texts = {path: path.read_text("utf-8", "replace") for path in files if path.suffix in kinds}
    assert len(texts) > 300
    assert [str(path) for path, text in texts.items() if by_name.search(text)] == []


# ---------------------------------------------------------------- metadata and citation


def test_the_version_is_the_same_everywhere() -> None:
    assert PROJECT["version"] == cordiale.__version__ == CITATION["version"]


def test_the_citation_has_a_release_date_as_soon_as_the_changelog_has_one() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    dated = re.search(rf"^## \[{re.escape(PROJECT['version'])}\] - (\S+)$", changelog, re.MULTILINE)
    assert str(CITATION.get("date-released", "")) == (dated[1] if dated else "")


def test_citation_project_and_licence_name_the_same() -> None:
    [author], [cited] = PROJECT["authors"], CITATION["authors"]
    assert author["name"] == cited["name"]
    licence = (ROOT / "LICENSE").read_text("utf-8")
    assert author["name"].casefold() in licence.casefold()
    assert licence.startswith(f"{PROJECT['license']} License")
    assert CITATION["license"] == PROJECT["license"]
    assert CITATION["keywords"] == PROJECT["keywords"]


def test_the_cited_article_is_the_one_of_the_pack() -> None:
    case = yaml.safe_load((ROOT / "agents" / "indo_pacific_2018" / "case.yaml").read_text("utf-8"))
    [article] = CITATION["references"]
    [author] = article["authors"]
    told = (
        f"{author['given-names']} {author['family-names']}, {article['title']}, {article['journal']} "
        f"{article['issue']}, {article['publisher']['name']}, {article['date-published']:%-d %B %Y}"
    )
    assert told == case["article"]["citation"]
