"""A study's design read back from its own folder, and what it was run from made of it again.

Nothing is looked up elsewhere: the pack's files lie beside the design.
"""

from __future__ import annotations

from collections.abc import Collection
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import ValidationError

from cordiale.blocks import Plan
from cordiale.coding import Recoded
from cordiale.design import NAME, SOURCES, Design, ScenarioDesign, name_of, pack_hash
from cordiale.design_check import fault_of_text, fault_of_values
from cordiale.errors import OptionError, StudyError, short, shown
from cordiale.fields import Names
from cordiale.files.written import hash_of
from cordiale.loaded_pack import WEIGHTS, LoadedPack, find_pack
from cordiale.manifest_file import json_text
from cordiale.models.block import Behaviour, behaviours, standards
from cordiale.numbers import coded_numbers
from cordiale.resolved import Origin, Scenario, Setting
from cordiale.scenario import ScenarioFile


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
    if design.weights != hash_of(WEIGHTS):
        return "the model's weights have changed since"
    return None


def pack_in(folder: Path, design: Design) -> LoadedPack:
    """Return the pack that lies in a study's folder; from an address it is fetched first."""
    sources = folder / SOURCES / design.pack
    if isinstance(sources, Path):
        return find_pack(sources.resolve())
    with TemporaryDirectory() as here:
        for path in sources.glob("*.yaml"):
            (Path(here) / path.name).write_bytes(path.read_bytes())
        return find_pack(Path(here))


def scenarios_of(folder: Path, design: Design) -> list[Scenario]:
    """Return the scenarios of a design; StudyError where it does not fit the study's pack."""
    loaded = pack_in(folder, design)
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
    scenarios = scenarios_of(folder, design)
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
    origin = Origin(NAME, None, None)
    return {key: [Setting(value, origin)] for key, value in values.items()}
