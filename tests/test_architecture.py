"""The rooms of the house: each imports those to its left alone, and a package does nothing but hold its files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import cordiale

PACKAGE = Path(cordiale.__file__).parent
ROOMS = ("files", "case", "models", "scenario", "engine", "study", "analysis", "output", "page", "cli")


def files() -> dict[str, Path]:
    """Return the modules: their names -> their files."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(("cordiale", *(part for part in parts if part != "__init__")))] = path
    return found


def imports(path: Path, known: dict[str, Path]) -> Iterator[Path]:
    """Yield the files of ours that a file imports, wherever in it: in functions and for types too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [f"{node.module}.{each.name}" for each in node.names]
            names = [name if name in known else node.module for name in names]
        yield from (known[name] for name in names if name in known)


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0]


def test_no_room_imports_one_to_its_right() -> None:
    known, wrong = files(), set()
    for path in known.values():
        for other in imports(path, known):
            one, two = room(path), room(other)
            if one in ROOMS and two in ROOMS and ROOMS.index(two) > ROOMS.index(one):
                wrong.add(f"{path.relative_to(PACKAGE)} -> {other.relative_to(PACKAGE)}")
    assert wrong == set()


def test_no_room_imports_one_by_a_name_that_is_put_together() -> None:
    """Which the test above cannot see: each looks up files of its own room; the command line names functions."""
    by_name = {room(path) for path in files().values() if "import_module(" in path.read_text("utf-8")}
    assert by_name == {"output", "models", "cli"}


def test_every_file_lies_in_a_room() -> None:
    outside = {path.name for path in files().values() if room(path) not in ROOMS}
    assert outside == {"__init__.py", "__main__.py"}


def test_packages_hold_files_and_no_code() -> None:
    """With code in them, importing one file ran half the house; that of models loads nothing until it is used."""
    full = {str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("__init__.py") if path.read_text("utf-8").strip()}
    assert full == {"__init__.py", "cli/__init__.py", "models/__init__.py"}


def test_no_folder_has_the_name_of_a_public_function() -> None:
    """Whoever had imported a file of it would get the folder in place of the function."""
    assert {path.name for path in PACKAGE.iterdir() if path.is_dir()} & set(cordiale.__all__) == {"models"}  # itself


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and text of each string of a file, but for docstrings and a command's example."""
    tree, told = ast.parse(path.read_text("utf-8")), set[int]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            told |= {id(each.value) for each in node.body if isinstance(each, ast.Expr)}
        elif isinstance(node, ast.keyword) and node.arg == "epilog":
            told.add(id(node.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.lineno, node.value


def test_no_code_names_a_state() -> None:
    """Whom a case is about stands in its pack: what the program begins with is the case's focus."""
    pack = cordiale.load_pack("indo_pacific_2018")
    state = re.compile(rf"(?<![A-Za-z])({'|'.join(pack.states)})(?![A-Za-z])")
    found = {
        f"{path.relative_to(PACKAGE)}:{line}: {text[:60]!r}"
        for path in files().values() for line, text in texts(path) if state.search(text)
    }  # fmt: skip
    assert len(pack.states) == 17
    assert found == set()
