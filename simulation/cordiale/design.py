"""The design of a study: all that is needed to run it again, as one JSON file beside the pack's own files.

It is written before the first world runs. With it and the same version of cordiale a study can be gone
on with, checked and replayed, wherever its folder lies.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cordiale.blocks import Plan
from cordiale.coding import Recoded
from cordiale.design_check import fault_of_text, fault_of_values
from cordiale.durable import hash_of, hash_of_all
from cordiale.errors import OptionError, StudyError, short, shown
from cordiale.fields import Names
from cordiale.library import WEIGHTS, LoadedPack, find_pack
from cordiale.manifest_file import json_text
from cordiale.models.block import Behaviour, behaviours, standards
from cordiale.numbers import coded_numbers
from cordiale.resolved import Origin, Scenario, Setting
from cordiale.scenario import SETTINGS, ScenarioFile

FORMAT = 1
NAME = "design.json"
SOURCES = "sources"


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
    hash: str
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

    def runs_as(self, other: Design) -> bool:
        """Whether another design runs the same, whatever was typed."""
        return self.model_copy(update={"command": other.command}).text == other.text


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
        pack_files=_pack_hash(_pack_files(loaded)),
        scenarios=[_scenario(scenario) for scenario in plan.scenarios],
        behaviour={code: name_of(kind) for code, kind in plan.behaviour.items()},
        read={shown(path): hash_of(path) for path in dict.fromkeys(read)},
        command=command,
    )


def name_of(kind: type) -> str:
    """Return "module:Class"."""
    return f"{kind.__module__}:{kind.__qualname__}"


def _pack_files(loaded: LoadedPack) -> list[Path]:
    """The files that a pack was read from, and nothing else that lies beside them."""
    return sorted(document.path for document in loaded.documents.values())


def _pack_hash(files: list[Path]) -> str:
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


def write_design(plan: Plan, design: Design, folder: Path) -> None:
    """Lay down a design and the files of its pack."""
    (folder / NAME).write_text(design.text, "utf-8")
    sources = folder / SOURCES / design.pack
    sources.mkdir(parents=True)
    for path in _pack_files(plan.scenarios[0].loaded):
        shutil.copyfile(path, sources / path.name)


# ---------------------------------------------------------------- back again


def read_design(folder: Path) -> Design:
    """Return the design that lies in a folder; StudyError where it is none of this version."""
    path = folder / NAME
    try:
        design = Design.model_validate_json(json_text(path))
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        at = ".".join(str(part) for part in detail["loc"])
        raise StudyError(f"{shown(path)}: not the design of a study: {at}: {detail['msg']}") from None
    except (OSError, ValueError) as error:
        raise StudyError(f"{shown(path)}: cannot be read: {' '.join(str(error).split())[:200]}") from None
    for each in design.scenarios:
        _check(path, each.name, fault_of_text(each))
    sources = folder / SOURCES / design.pack
    inside = sources.name == design.pack and sources.resolve().parent == folder.resolve() / SOURCES
    files = [each for each in sorted(sources.glob("*.yaml")) if each.is_file()] if inside else []
    if _pack_hash(files) != design.pack_files:
        raise StudyError(f"{shown(folder / SOURCES)}: the pack's files are not those that the study was run with")
    return design


def same_version(design: Design) -> str | None:
    """Return why this cordiale may not give a study's numbers, None where nothing speaks against it."""
    if design.cordiale != version("cordiale"):
        return f"it was run with cordiale {design.cordiale}, and this is {version('cordiale')}"
    if design.weights != hash_of(WEIGHTS):
        return "the model's weights have changed since"
    return None


def plan_of(folder: Path, design: Design, behaviour: Behaviour | None = None, allow: Collection[str] = ()) -> Plan:
    """Return the plan of a design.

    Parameters
    ----------
    folder : of the study
    behaviour, allow : as in `run`: code of the user's own is never loaded from a study's say-so

    Raises
    ------
    OptionError where a state behaves otherwise than it did; StudyError where the design does not fit its pack
    """
    loaded = find_pack(folder.resolve() / SOURCES / design.pack)
    names = Names(loaded.pack)
    numbers = coded_numbers(loaded, names)
    scenarios = [Scenario(each.name, _file(each), loaded, names, numbers, _history(each)) for each in design.scenarios]
    for each, scenario in zip(design.scenarios, scenarios, strict=True):
        _check(folder / NAME, each.name, fault_of_values(each, scenario))
    alike = {(scenario.seed, scenario.worlds) for scenario in scenarios}
    if len(alike) > 1 or len({each.name for each in scenarios}) < len(scenarios):
        _check(folder / NAME, scenarios[-1].name, "another seed or number of worlds than the first, or twice there")
    if set(design.behaviour) != set(names.states):
        _check(folder / NAME, scenarios[0].name, "its behaviours are not those of the pack's states")
    classes = behaviours(scenarios[0], behaviour, allow)
    for code, kind in classes.items():
        if name_of(kind) != design.behaviour[code]:
            message = f"{code} behaved as {design.behaviour[code]}, and here as {name_of(kind)}"
            raise OptionError(f"{message}: give its class with `behaviour`, from Python")
    return Plan(scenarios, classes, standards(scenarios[0], classes))


def _check(path: Path, scenario: str, fault: str | None) -> None:
    if fault is not None:
        raise StudyError(f"{shown(path)}: not the design of a study: {short(scenario)}: {fault}")


def _file(design: ScenarioDesign) -> ScenarioFile:
    said = {"title": design.title[:1000], "question": design.question, "basis": design.basis}
    return ScenarioFile.model_validate(said).model_copy(update={"title": design.title})  # joined, it may be longer


def _history(design: ScenarioDesign) -> dict[str, list[Setting]]:
    values: dict[str, Any] = dict(design.settings)
    values |= {f"levers.{name}": value for name, value in design.levers.items()}
    values |= {f"event.{event[0]}.{event[2]}": event for event in design.events}
    values |= {f"uncertainties.{path}": Recoded(**each.model_dump()) for path, each in design.uncertainties.items()}
    values |= {f"fixed.{path}": value for path, value in design.fixed.items()}
    origin = Origin("design", None, None)
    return {key: [Setting(value, origin)] for key, value in values.items()}
