"""No file runs code: behaviours come from allowed modules only, and nothing that lies in a file is unpickled."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from cordiale.files.arrays import as_bytes, from_bytes
from cordiale.files.errors import FileError, StudyError
from cordiale.models.diplomacy.family import DIPLOMACY
from cordiale.scenario.load import load_scenario
from cordiale.study.design import plan_of, read_design
from cordiale.study.study import Study

from ..conftest import PACK, ROOT
from .files import spoilt_state


@pytest.fixture
def ran(workshop: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that is there once a module `evil` was imported; it lies beside the pack and in the working directory."""
    ran = workshop / "ran"
    for folder in (workshop, workshop / "agents" / PACK):
        (folder / "evil.py").write_text(f"open({str(ran)!r}, 'w')\n", "utf-8")
    monkeypatch.syspath_prepend(str(workshop))
    DIPLOMACY.rules(load_scenario("baseline").loaded)  # imports all of ours that a sound pack needs
    return ran


@pytest.mark.parametrize(
    "name",
    ["os:system", "cordiale.cli:main", ".evil:X", "evil:X", f"agents.{PACK}.evil:X", "builtins:eval", ":X", "evil:"],
)
def test_a_pack_runs_no_code(name: str, ran: Path) -> None:
    """Neither an installed module nor one that lies beside the pack or in the working directory is imported."""
    spoilt_state(f"behaviour: '{name}'")
    before = set(sys.modules)
    with pytest.raises(FileError, match=r"JPN\.yaml:\d+:\d+: behaviour from the module '.*', which is not allowed"):
        DIPLOMACY.rules(load_scenario("baseline").loaded)
    assert set(sys.modules) == before
    assert not ran.exists()


@pytest.mark.parametrize("place", ["scenario", "case"])
@pytest.mark.parametrize(
    "name", ["os:system", "cordiale.cli:main", ".evil:X", "evil:X", f"agents.{PACK}.evil:X", "builtins:eval", "evil:"]
)
def test_the_model_that_a_file_names_runs_no_code(name: str, place: str, workshop: Path, ran: Path) -> None:
    folder, file = ("agents", "case.yaml") if place == "case" else ("scenarios", "baseline.yaml")
    path = workshop / folder / PACK / file
    path.write_text(f"model: '{name}'\n{path.read_text('utf-8')}", "utf-8")
    before = set(sys.modules)
    with pytest.raises(FileError, match=rf"{path.stem}\.yaml:1:8: .*(a module that is not allowed|not of the form)"):
        load_scenario("baseline")
    assert set(sys.modules) == before
    assert not ran.exists()


def test_the_model_that_a_study_names_runs_no_code(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    path = study.folder / "design.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"model": "evil:X"}), "utf-8")
    with pytest.raises(StudyError, match="the model 'evil:X' is of a module that is not allowed"):
        plan_of(study.folder, read_design(study.folder))
    assert not (tmp_path / "ran").exists()
    assert "evil" not in sys.modules


def test_a_module_that_fails_as_it_is_imported_is_named(workshop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (workshop / "broken_states.py").write_text("1 / 0\n", "utf-8")
    monkeypatch.syspath_prepend(str(workshop))
    spoilt_state("behaviour: broken_states:Calm")
    with pytest.raises(FileError, match=r"'broken_states:Calm' cannot be loaded: division by zero"):
        DIPLOMACY.rules(load_scenario("baseline").loaded, allowed=["broken_states"])


def test_nothing_that_lies_in_a_file_is_unpickled() -> None:
    """Only a Dask worker unpickles, and what it gets comes from the process that asked it."""
    package = ROOT / "simulation" / "cordiale"
    found = [path.name for path in package.rglob("*.py") if re.search(r"pickle\.loads?\(|allow_pickle=True|read_pickle|"
             r"\beval\(|\bexec\(|yaml\.(unsafe_|full_)?load\(", path.read_text("utf-8"))]  # fmt: skip
    assert found == ["pool.py"]


def test_parts_of_analyses_are_numbers() -> None:
    part = {("alignment:FRA-JPN", 3): np.array([0.1, 1 / 3, np.nan, 5e-324])}, [1, "x", None, {"y": np.arange(3)}]
    read_back = from_bytes(as_bytes(part))
    assert repr(read_back) == repr(part)
    assert read_back[0]["alignment:FRA-JPN", 3].tobytes() == part[0]["alignment:FRA-JPN", 3].tobytes()
    pickled = io.BytesIO()
    np.savez(pickled, tree=np.array(Path("x"), dtype=object))
    for data in (b"", b"cos\nsystem\n(S'touch ran'\ntR.", pickled.getvalue()):
        with pytest.raises(ValueError, match=r"no arrays|pickle"):
            from_bytes(data)
