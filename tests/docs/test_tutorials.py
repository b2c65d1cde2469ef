"""The tutorials: stored without outputs, and run from an empty directory."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import nbformat
import pytest

from tests.blocks import ROOT

sys.path.append(str(ROOT / "docs" / "hooks"))  # MkDocs finds its hooks in the same way

import tutorials

NOTEBOOKS = sorted((ROOT / "docs" / "tutorials").glob("*.ipynb"))
QUIET = ("IProgress not found", "autonotebook")  # what a package says of notebooks without widgets


def test_there_are_four() -> None:
    assert len(NOTEBOOKS) == 4


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_tutorial_is_stored_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_tutorial_needs_no_name_but_the_public_ones(path: Path) -> None:
    code = "".join(cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code")
    assert not re.findall(r"(?:from|import) cordiale\.", code)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_tutorial_runs_and_warns_of_nothing(path: Path) -> None:
    """Run afresh unless the same notebook was run with the same program, as by `make docs` just before."""
    outputs = [output for cell in tutorials.kept(path).cells for output in cell.get("outputs", [])]
    said = [line for each in outputs if each.get("name") == "stderr" for line in each.text.splitlines() if line.strip()]
    assert [line for line in said if not any(known in line for known in QUIET)] == []
    assert any("image/png" in each.get("data", {}) for each in outputs), "no figure"


def test_a_tutorial_that_fails_is_caught(tmp_path: Path) -> None:
    from nbclient.exceptions import CellExecutionError

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")])
    nbformat.write(notebook, tmp_path / "bad.ipynb")
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        tutorials.run(tmp_path / "bad.ipynb")


def test_a_page_shows_what_a_terminal_shows_in_the_end() -> None:
    printed = "\x1b[2Kparts \x1b[91m━━\x1b[0m 2/16\r\n\x1b[1mclaim\x1b[0m  sign  \r\none    +\r\n"
    assert tutorials.plain(printed) == "claim  sign\none    +\n"
