"""The design of a study: all that is needed to run it again, as one JSON file beside the pack's own files.

It is written before the first world runs. With it and the same version of cordiale a study can be gone
on with, checked, replayed and reported on, wherever its folder lies (`restored.py`).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from cordiale.blocks import Plan
from cordiale.errors import shown
from cordiale.files.atomic_write import hash_of_all
from cordiale.files.written import hash_of
from cordiale.journal import Journal
from cordiale.loaded_pack import WEIGHTS, LoadedPack
from cordiale.resolved import Scenario
from cordiale.scenario import SETTINGS

FORMAT = 1
NAME = "design.json"
SOURCES = "sources"
CODE = Path(__file__).parent


class _Range(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    low: float
    best: float
    high: float
    basis: Literal["explicit", "implied", "not in the article"]
    locator: str | None = None
    paraphrase: str | None = None
    source: str | None = None


class _Coding(BaseModel):
    model_config = ConfigDict(extra="forbid")

    path: str
    hash: str = Field(pattern="^sha256:[0-9a-f]{64}$")
    numbers: int


class ScenarioDesign(BaseModel):
    """A scenario with all its layers applied."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    name: str
    title: str
    question: str
    basis: dict[str, str]
    settings: dict[str, Any]
    levers: dict[str, float]
    events: list[tuple[int, str, str, float, int]]
    uncertainties: dict[str, _Range]
    fixed: dict[str, float]
    coding: _Coding | None


class Design(BaseModel):
    """A study before it is run.

    Attributes
    ----------
    weights, pack_files : hashes of the model's weights and of the pack's files
    behaviour : code -> "module:Class"
    read : file -> hash, of every file that was read
    command : what was typed
    """

    model_config = ConfigDict(extra="forbid")

    format: Literal[1] = 1
    cordiale: str
    weights: str
    pack: str
    pack_files: str
    scenarios: list[ScenarioDesign] = Field(min_length=1)
    behaviour: dict[str, str]
    read: dict[str, str]
    command: list[str]

    @property
    def text(self) -> str:
        """The design as its file holds it."""
        return json.dumps(self.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n"

    @property
    def key(self) -> str:
        """A hash of all but what was typed: designs that run the same have the same."""
        return "sha256:" + hashlib.sha256(self.model_copy(update={"command": []}).text.encode()).hexdigest()


def design_of(plan: Plan, command: list[str]) -> Design:
    """Return the design of a plan.

    Parameters
    ----------
    command : what was typed
    """
    loaded = plan.scenarios[0].loaded
    read = [*loaded.files, *(path for scenario in plan.scenarios for path in scenario.files)]
    return Design(
        cordiale=version("cordiale"),
        weights=hash_of(WEIGHTS),
        pack=loaded.pack.name,
        pack_files=pack_hash(pack_files(loaded)),
        scenarios=[_scenario(scenario) for scenario in plan.scenarios],
        behaviour={code: name_of(kind) for code, kind in plan.behaviour.items()},
        read={shown(path): hash_of(path) for path in dict.fromkeys(read)},
        command=command,
    )


def key_of(scenarios: Sequence[Scenario], **about: Any) -> str:
    """Return a hash of all that the parts of an analysis hang on: scenarios, their pack, this program, and `about`.

    Parameters
    ----------
    scenarios : of one pack
    about : what else was asked for, as JSON
    """
    code = sorted(CODE.rglob("*.py"))
    text = json.dumps(
        {
            "cordiale": version("cordiale"), "code": hash_of_all([hash_of(path) for path in code]),
            "weights": hash_of(WEIGHTS), "pack": pack_hash(pack_files(scenarios[0].loaded)),
            "scenarios": [_scenario(each).model_dump(mode="json") for each in scenarios], "about": about,
        },
        default=str,
    )  # fmt: skip
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def name_of(kind: type) -> str:
    """Return "module:Class"."""
    return f"{kind.__module__}:{kind.__qualname__}"


def pack_files(loaded: LoadedPack) -> list[Path]:
    """Return the files that a pack was read from, and nothing else that lies beside them."""
    return sorted(document.path for document in loaded.documents.values())


def pack_hash(files: list[Path]) -> str:
    """Return one hash of a pack's files."""
    return hash_of_all([hash_of(path) for path in files])


def _scenario(scenario: Scenario) -> ScenarioDesign:
    ranges = {key.partition(".")[2] for key in scenario.history if key.startswith("uncertainties.")}
    return ScenarioDesign(
        name=scenario.name,
        title=scenario.title,
        question=scenario.file.question,
        basis=scenario.file.basis.model_dump(),
        settings={name: scenario.history[name][-1].value for name in SETTINGS if name in scenario.history},
        levers=scenario.levers,
        events=scenario.events,
        uncertainties={
            path: _Range(**scenario.ranges[path].model_dump(include=set(_Range.model_fields)))
            for path in sorted(ranges)
        },
        fixed=scenario.fixed,
        coding=_coding(scenario),
    )


def _coding(scenario: Scenario) -> _Coding | None:
    """Return the file of another coder whose numbers the scenario has; None under the pack's own."""
    coding = scenario.coding
    if coding is None:
        return None
    return _Coding(path=shown(coding.path), hash=f"sha256:{coding.sha256}", numbers=len(coding.cells))


def write_design(plan: Plan, design: Design, run: Journal) -> None:
    """Write a design, last, after the files of its pack and other coders' numbers, into the result of a run."""
    for path in pack_files(plan.scenarios[0].loaded):
        shutil.copyfile(path, run.path(f"{SOURCES}/{design.pack}/{path.name}"))
    for coding in (scenario.coding for scenario in plan.scenarios if scenario.coding):
        held = coding_in(run.result, coding.path, coding.sha256)
        shutil.copyfile(coding.path, run.path(held.relative_to(run.result).as_posix()))
    run.write(NAME, design.text)


def coding_in(folder: Path, path: Path, sha256: str) -> Path:
    """Return where a study keeps another coder's numbers; two files of one name lie apart."""
    return folder / "codings" / sha256[:16] / path.name
