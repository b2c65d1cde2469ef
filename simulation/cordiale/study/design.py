"""The design of a study: all that is needed to run it again, as one JSON file beside the pack's own files.

It is written before the first world runs. With it and the same version of cordiale a study can be gone
on with, checked, replayed and reported on, wherever its folder lies (`study/design.py`).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Collection, Sequence
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
)

from cordiale.case.coding import Recoded
from cordiale.case.fields import SETTINGS, Names
from cordiale.case.load import LoadedPack
from cordiale.case.numbers import coded_numbers
from cordiale.case.pack import Lever, Name
from cordiale.engine.block import Plan
from cordiale.files.atomic_write import hash_of_all
from cordiale.files.errors import OptionError, StudyError, short, shown
from cordiale.files.file_list import hash_of
from cordiale.models.base import DEFAULT, FAMILIES, Behaviour, Family, family_of
from cordiale.scenario.conditions import Condition
from cordiale.scenario.file import ScenarioFile
from cordiale.scenario.layers import Event, Kind, Origin, Settings, When, laid
from cordiale.scenario.load import case_of
from cordiale.scenario.settings import Scenario
from cordiale.study.design_faults import fault_of_text, fault_of_values
from cordiale.study.journal import Journal

FORMAT = 1
NAME = "design.json"
SOURCES = "sources"
OLD_HOMES = ("cordiale.states.state", "cordiale.states.challenger", "cordiale.states.hedger")
CODE = Path(__file__).parent.parent


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


_Event = tuple[int, Kind, str, float, int] | tuple[int, Kind, str, float, int, Condition]


class ScenarioDesign(BaseModel):
    """A scenario with all its layers applied."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    name: str
    title: str
    question: str
    basis: dict[str, str]
    against: Name | None = None
    settings: dict[str, Any]
    define: dict[str, Lever] = Field(default_factory=dict)
    levers: dict[str, float]
    events: list[_Event]
    uncertainties: dict[str, _Range]
    fixed: dict[str, float]
    coding: _Coding | None

    @model_serializer(mode="wrap")
    def _without(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what it is read against where nothing is said, as in designs that knew no such thing."""
        told: dict[str, Any] = handler(self)
        return {name: value for name, value in told.items() if name != "against" or value is not None}


class Design(BaseModel):
    """A study before it is run.

    Attributes
    ----------
    model : the family of models; "module:NAME" of one of the user's own
    weights, pack_files : hashes of the model's weights and of the pack's files
    behaviour : code -> "module:Class"
    read : file -> hash, of every file that was read
    command : what was typed
    """

    model_config = ConfigDict(extra="forbid")

    format: Literal[1] = 1
    cordiale: str
    model: str = DEFAULT
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
        model=plan.family.name if plan.family.name in FAMILIES else plan.family.home,
        weights=hash_of(plan.family.weights),
        pack=loaded.pack.name,
        pack_files=pack_hash(pack_files(loaded)),
        scenarios=[_scenario(scenario) for scenario in plan.scenarios],
        behaviour={code: name_of(kind, plan.family) for code, kind in plan.rules.behaviour.items()},
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
            "weights": hash_of(scenarios[0].family.weights), "pack": pack_hash(pack_files(scenarios[0].loaded)),
            "scenarios": [_scenario(each).model_dump(mode="json") for each in scenarios], "about": about,
        },
        default=str,
    )  # fmt: skip
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def name_of(kind: type, family: Family) -> str:
    """Return the name of one of a family's own behaviours, as a pack has it; "module:Class" of any other."""
    own = next((name for name, each in family.behaviours.items() if each is kind), None)
    return own or f"{kind.__module__}:{kind.__qualname__}"


def short_name(name: str) -> str:
    """Return a behaviour's name as `name_of` gives it, also where a design from before has the module it lay in."""
    module, _, kind = name.partition(":")
    return kind if module in OLD_HOMES else name


def pack_files(loaded: LoadedPack) -> list[Path]:
    """Return the files that a pack was read from, and nothing else that lies beside them."""
    return sorted(document.path for document in loaded.documents.values())


def pack_hash(files: list[Path]) -> str:
    """Return one hash of a pack's files."""
    return hash_of_all([hash_of(path) for path in files])


def _scenario(scenario: Scenario) -> ScenarioDesign:
    settings = {name: getattr(scenario.settings, name) for name in SETTINGS}
    return ScenarioDesign(
        name=scenario.name,
        title=scenario.title,
        question=scenario.file.question,
        basis=scenario.file.basis.model_dump(),
        against=scenario.against,
        settings={name: layered.value for name, layered in settings.items() if layered},
        define=scenario.own_levers,
        levers=scenario.levers,
        events=[_event(when, event) for when, event in scenario.events],
        uncertainties={
            path: _Range(**scenario.ranges[path].model_dump(include=set(_Range.model_fields)))
            for path in sorted(scenario.settings.ranges)
        },
        fixed=scenario.fixed,
        coding=_coding(scenario),
    )


def _event(when: When, event: Event) -> _Event:
    told = (when.quarter, event.kind, when.lever, event.value, event.length)
    return (*told, event.condition) if event.condition else told


def _coding(scenario: Scenario) -> _Coding | None:
    """Return the file of another coder whose numbers the scenario has; None under the pack's own."""
    coding = scenario.coding
    if coding is None:
        return None
    return _Coding(path=coding.called, hash=f"sha256:{coding.sha256}", numbers=len(coding.cells))


def write_design(plan: Plan, design: Design, run: Journal) -> None:
    """Write a design, last, after the files of its pack and other coders' numbers, into the result of a run."""
    for path in pack_files(plan.scenarios[0].loaded):
        shutil.copyfile(path, run.path(f"{SOURCES}/{design.pack}/{path.name}"))
    for coding in (scenario.coding for scenario in plan.scenarios if scenario.coding):
        held = coding_in(run.result, Path(coding.called), coding.sha256)
        shutil.copyfile(coding.path, run.path(held.relative_to(run.result).as_posix()))
    run.write(NAME, design.text)


def files_of(plan: Plan, design: Design) -> list[str]:
    """Return the files that `write_design` writes."""
    sources = [f"{SOURCES}/{design.pack}/{path.name}" for path in pack_files(plan.scenarios[0].loaded)]
    codings = [scenario.coding for scenario in design.scenarios if scenario.coding]
    held = [coding_in(Path(), Path(each.path), each.hash.removeprefix("sha256:")).as_posix() for each in codings]
    return [NAME, *sources, *held]


def coding_in(folder: Path, path: Path, sha256: str) -> Path:
    """Return where a study keeps another coder's numbers; two files of one name lie apart."""
    return folder / "codings" / sha256[:16] / (path.name if path.suffix else f"{path.name}.csv")


# ----------------------------------------------------------------
# A study's design read back from its own folder, and what it was run from made of it again.


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
    if pack_hash(files) != design.pack_files:
        raise StudyError(f"{shown(folder / SOURCES)}: the pack's files are not those that the study was run with")
    return design


def same_version(design: Design) -> str | None:
    """Return why this cordiale may not give a study's numbers, None where nothing speaks against it."""
    if design.cordiale != version("cordiale"):
        return f"it was run with cordiale {design.cordiale}, and this is {version('cordiale')}"
    if design.model in FAMILIES and design.weights != hash_of(family_of(design.model).weights):
        return "the model's weights have changed since"
    return None


def pack_in(folder: Path, design: Design, allow: Collection[str] = ()) -> LoadedPack:
    """Return the pack that lies in a study's folder; from an address it is fetched first."""
    sources, family = folder / SOURCES / design.pack, _family(folder, design, allow)
    if isinstance(sources, Path):
        return case_of(sources.resolve(), family)
    with TemporaryDirectory() as here:
        for path in sources.glob("*.yaml"):
            (Path(here) / path.name).write_bytes(path.read_bytes())
        return case_of(Path(here), family)


def _family(folder: Path, design: Design, allow: Collection[str]) -> Family:
    try:
        return family_of(design.model, allow)
    except OptionError as error:
        raise StudyError(f"{shown(folder / NAME)}: {error}") from None


def scenarios_of(folder: Path, design: Design, allow: Collection[str] = ()) -> list[Scenario]:
    """Return the scenarios of a design; StudyError where it does not fit the study's pack."""
    loaded, family = pack_in(folder, design, allow), _family(folder, design, allow)
    names = Names(loaded.pack)
    numbers = coded_numbers(loaded, names)
    scenarios = [
        Scenario.of(each.name, _file(each), loaded, family, names, numbers, _settings(each))
        for each in design.scenarios
    ]
    for each, scenario in zip(design.scenarios, scenarios, strict=True):
        _check(folder / NAME, each.name, fault_of_values(each, scenario))
    alike = {(scenario.seed, scenario.worlds) for scenario in scenarios}
    if len(alike) > 1 or len({each.name for each in scenarios}) < len(scenarios):
        _check(folder / NAME, scenarios[-1].name, "another seed or number of worlds than the first, or twice there")
    if family.behaviours and set(design.behaviour) != set(names.states):
        _check(folder / NAME, scenarios[0].name, "its behaviours are not those of the pack's states")
    return scenarios


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
    scenarios = scenarios_of(folder, design, allow)
    family = scenarios[0].family
    rules = family.rules(scenarios[0].loaded, behaviour, allow)
    for code, kind in rules.behaviour.items():
        if name_of(kind, family) != short_name(design.behaviour[code]):
            message = f"{code} behaved as {design.behaviour[code]}, and here as {name_of(kind, family)}"
            raise OptionError(f"{message}: give its class with `behaviour`, from Python")
    return Plan(scenarios, rules)


def _check(path: Path, scenario: str, fault: str | None) -> None:
    if fault is not None:
        raise StudyError(f"{shown(path)}: not the design of a study: {short(scenario)}: {fault}")


def _file(design: ScenarioDesign) -> ScenarioFile:
    said = {"title": design.title[:1000], "question": design.question, "basis": design.basis, "against": design.against}
    return ScenarioFile.model_validate(said).model_copy(update={"title": design.title})  # joined, it may be longer


def _settings(design: ScenarioDesign) -> Settings:
    events = {
        When(at, lever): Event(kind, value, length, condition=condition[0] if condition else None)
        for at, kind, lever, value, length, *condition in design.events
    }
    ranges = {path: Recoded(**each.model_dump()) for path, each in design.uncertainties.items()}
    origin = Origin(NAME)
    return Settings(
        **laid(design.settings, origin), levers=laid(design.levers, origin), events=laid(events, origin),
        ranges=laid(ranges, origin), fixed=laid(design.fixed, origin), defined=laid(design.define, origin),
    )  # fmt: skip


def json_text(path: Path) -> str:
    """Return the text of a study's own file; OSError where it is no regular file, or larger than any."""
    if not path.is_file():
        raise OSError("no regular file")
    if path.stat().st_size > MAX_BYTES:
        raise OSError(f"larger than {MAX_BYTES:,} bytes; no study's is")
    return path.read_text("utf-8")


MAX_BYTES = 200_000_000  # the parts of 100 million worlds, and half as much again
