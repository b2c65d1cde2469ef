"""The manifest of a study: all that is needed to know what was run, and to run it again."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from cordiale.case.pack import Pack
from cordiale.case.quarters import to_text
from cordiale.engine.block import Failure, Plan, draws_own, requests, rows_of
from cordiale.files.atomic_write import hash_of_all
from cordiale.files.errors import StudyError, shown
from cordiale.files.file_list import MANIFEST, RESULT, hash_of, seal
from cordiale.files.yaml_file import fault_in
from cordiale.models.measures import about_family
from cordiale.scenario.file import Condition
from cordiale.scenario.layers import Event, When
from cordiale.scenario.load import Scenario
from cordiale.scenario.timeline import profiles
from cordiale.scenario.words import labels_of, move_of
from cordiale.study.design import NAME as DESIGN
from cordiale.study.design import Design, json_text
from cordiale.study.earlier_results import FIRST_FORM
from cordiale.study.journal import Journal
from cordiale.study.partitions import PART, TABLES, part_name
from cordiale.study.unfinished import Part

PACKAGES = ("cordiale", "mesa", "numpy", "scipy", "pandas", "pyarrow", "pydantic", "igraph", "matplotlib")


@dataclass(frozen=True)
class Done:
    """A part of a study that is done.

    Attributes
    ----------
    first, worlds : the worlds that it was run for
    kept : how many of them it holds
    hashes : table -> hash of its file
    """

    first: int
    worlds: int
    kept: int
    hashes: dict[str, str]
    failed: tuple[Failure, ...] = ()

    @classmethod
    def of(cls, part: Part) -> Done:
        """Return what a line of a journal tells; ValueError where it tells of no part of a study."""
        hashes = {table: part.files.get(f"{RESULT}/{table}/{part.name}", "") for table in TABLES}
        done = _DONE.validate_python({**part.about, "hashes": hashes})
        right = part.name == part_name(done.first) and len(part.files) == len(TABLES) and all(hashes.values())
        if not right or done.first < 0 or done.first % PART or not 0 <= done.kept <= done.worlds <= PART:
            raise ValueError("no part of a study")
        return done


_DONE: TypeAdapter[Done] = TypeAdapter(Done)


def manifest_of(plan: Plan, design: Design, parts: Sequence[Done], folder: Path, started: float) -> dict[str, Any]:
    """Return the manifest of a study whose parts are done.

    Parameters
    ----------
    parts : in the order of their worlds
    folder : in which the study lies
    started : when this process began with it, in seconds since 1970
    """
    first = plan.scenarios[0]
    return {
        "kind": "study",
        "format": FORMAT,
        "model": about_family(plan.family),
        "pack": design.pack,
        "article": first.loaded.pack.case.article.citation,
        "names": names_of(first.loaded.pack),
        "labels": labels_of(first.loaded.pack.case),
        "focus": first.names.dyad(first.loaded.pack.case.focus),
        "focus_first": first.loaded.pack.case.focus.split("-")[0],
        "seed": first.seed,
        "worlds": sum(part.kept for part in parts),
        "failed": [asdict(failure) for part in parts for failure in part.failed],
        "scenarios": [
            _about(plan, scenario, own.coding.model_dump() if own.coding else None)
            for scenario, own in zip(plan.scenarios, design.scenarios, strict=True)
        ],
        "rows": [list(row) for row in rows_of(plan)],
        "behaviour": design.behaviour,
        "content": {table: hash_of_all([part.hashes[table] for part in parts]) for table in TABLES},
        "parts": [[part.first, part.kept, *(part.hashes[table] for table in TABLES)] for part in parts],
        "design": hash_of(folder / DESIGN),
        "read": design.read,
        "command": design.command,
        **made_with(started),
    }


def about_scenario(scenario: Scenario, against: Scenario | None = None) -> dict[str, Any]:
    """Return what the manifest of an analysis of one scenario says of it, and of what it was read from.

    Parameters
    ----------
    against : what is subtracted from it world by world
    """
    pack = scenario.loaded.pack
    read: Sequence[Path] = [*scenario.loaded.files, *scenario.files, *(against.files if against else ())]
    return {
        "pack": pack.name, "article": pack.case.article.citation, "model": scenario.family.name,
        **_policy(scenario), "seed": scenario.seed, "against": _policy(against) if against else None,
        "read": {shown(path): hash_of(path) for path in dict.fromkeys(read)},
    }  # fmt: skip


def _policy(scenario: Scenario) -> dict[str, Any]:
    return {
        "scenario": scenario.name, "title": scenario.title, "levers": scenario.levers, "fixed": scenario.fixed
    }  # fmt: skip


def made_with(started: float, *own: str) -> dict[str, Any]:
    """Return the versions of what a result was made with, and how long it took.

    Parameters
    ----------
    started : seconds since 1970
    own : packages of the analysis alone
    """
    return {
        "versions": {"python": platform.python_version()} | {name: version(name) for name in (*PACKAGES, *own)},
        "timing": {
            "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started)),
            "seconds": round(time.time() - started, 3),
        },
    }


def write_manifest(manifest: dict[str, Any], run: Journal) -> None:
    """Write the manifest of a result with its seal, by which an edit by hand is seen."""
    run.write(MANIFEST, sealed(manifest))


def sealed(manifest: dict[str, Any]) -> str:
    """Return a manifest as its file holds it, with its seal."""
    manifest = json.loads(json.dumps(manifest, ensure_ascii=False))  # as it will be read
    return json.dumps(manifest | {"seal": seal(manifest)}, indent=1, ensure_ascii=False) + "\n"


def names_of(pack: Pack) -> dict[str, str]:
    """Return code -> name of each state."""
    return {code: state.name for code, state in pack.states.items()}


def outside_of(scenario: Scenario) -> dict[str, list[str]]:
    """Return code -> the quarters in which a state takes no part in any world, of those that have such."""
    one, *others = (_outside(variant) for variant in scenario.variants)
    both = {code: [quarter for quarter in quarters if all(quarter in each.get(code, ()) for each in others)]
            for code, quarters in one.items()}  # fmt: skip
    return {code: quarters for code, quarters in both.items() if quarters}


def _outside(scenario: Scenario) -> dict[str, list[str]]:
    found = {}
    for profile in profiles(scenario):
        code, _, field = profile.path.partition(".")
        out = np.flatnonzero((profile.share == 1) & (profile.part < 0.5)) if field == "present" else ()
        if len(out):
            found[code] = [to_text(scenario.start + int(quarter)) for quarter in out]
    return found


def _about(plan: Plan, scenario: Scenario, coding: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "name": scenario.name,
        "title": scenario.title,
        "question": scenario.file.question,
        "basis": scenario.file.basis.model_dump(),
        **({"against": scenario.against} if scenario.against else {}),
        "coding": coding,
        "quarters": [to_text(scenario.start + quarter) for quarter in range(scenario.quarters)],
        "levers": scenario.levers,
        "fixed": scenario.fixed,
        "events": [event_record(scenario, when, event) for when, event in scenario.events],
        "uncertainties": sorted(scenario.settings.ranges),
        "outside": outside_of(scenario),
        "measures": {each.name: list(each.entities) for each in requests(scenario)},
        "inputs": scenario.name if draws_own(plan, scenario) else plan.scenarios[0].name,
    }


def event_record(scenario: Scenario, when: When, event: Event) -> dict[str, Any]:
    """Return what is told of an event; of one with a condition in words too, which a study says without its pack."""
    told = {"quarter": to_text(when.quarter), "kind": event.kind, "lever": when.lever, "value": event.value,
            "quarters": event.length}  # fmt: skip
    if event.condition is None:
        return told
    return told | {"when": event.condition.record, "words": str(move_of(scenario, when, event))}


# ----------------------------------------------------------------
# Read the manifest of a study, and hold it to what a study needs.


FORMAT = 2


def _shown(text: str) -> str:
    """Return a text that charts and terminals show; ValueError where it would steer them."""
    if fault := fault_in(text):
        raise ValueError(fault)
    return text


Text = Annotated[str, AfterValidator(_shown)]


class _Event(BaseModel):
    """What a study reads of an event: on what it hangs, if on anything, and what it is in words."""

    when: Condition | None = None
    words: Text = ""


class _Scenario(BaseModel):
    """What a study reads of a scenario in the manifest."""

    name: Text
    title: Text
    quarters: list[Text] = Field(min_length=1)
    measures: dict[Text, list[Text]]
    against: Text | None = None
    outside: dict[Text, list[Text]] = Field(default_factory=dict)
    inputs: Text
    events: list[_Event] = Field(default_factory=list)


class _Kind(BaseModel):
    """What is known of a measure."""

    model_config = ConfigDict(extra="forbid")

    entity: Literal["dyad", "directed", "state", "system"]
    of: Text | None
    unit: Text
    meaning: Text
    last_only: bool = False
    phrase: Text | None = None
    good: Literal["more", "less", ""] = ""


class _Model(BaseModel):
    """The family of models."""

    name: Text
    headline: Text
    parts: list[Text]
    measures: dict[Text, _Kind]


class _Failed(BaseModel):
    """A world that was kept out."""

    world: int
    fault: Text


class _Manifest(BaseModel):
    """What a study reads of the manifest; more may stand there."""

    format: Literal[2]
    model: _Model | None = None
    pack: Text
    article: Text
    seed: int
    worlds: int = Field(ge=1)
    focus: Text
    names: dict[Text, Text]
    labels: dict[str, dict[Text, Text]] = Field(default_factory=dict)
    versions: dict[str, Text]
    failed: list[_Failed]
    design: str
    scenarios: list[_Scenario] = Field(min_length=1)
    rows: list[tuple[str, str, int]] = Field(min_length=1)
    parts: list[tuple[int, int, str, str]] = Field(min_length=1)
    seal: str

    @property
    def fault(self) -> str | None:
        """What is counted twice and not alike, since arrays are made of it; None where all is."""
        if sum(kept for _, kept, _, _ in self.parts) != self.worlds:
            return "its parts hold another number of worlds"
        kinds = (self.model.model_dump() if self.model else FIRST_FORM)["measures"]
        for each in self.scenarios:
            for measure in each.measures:
                head, dot, _ = measure.partition(".")
                if head + dot not in kinds:
                    return f"'{measure}' is no measure of its model"
            for when in (event.when for event in each.events if event.when):
                if not {when.in_, when.since or when.in_} <= set(each.quarters):
                    return f"'{each.name}' has a condition on no quarter of its own"
        told = [(each.name, measure, entities, len(each.quarters))
                for each in self.scenarios for measure, entities in each.measures.items()]  # fmt: skip
        if [row[:2] for row in self.rows] != [each[:2] for each in told]:
            return "its rows are not those of its scenarios"
        for (_, measure, count), (_, _, entities, quarters) in zip(self.rows, told, strict=True):
            if not entities or count not in (len(entities), len(entities) * quarters):
                return f"'{measure}' has another number of rows"
        return None


def read_manifest(path: Path) -> dict[str, Any]:
    """Return a manifest that has all that a study reads; StudyError where it has not."""
    try:
        text = json_text(path)
        told = _Manifest.model_validate_json(text)
        manifest = dict(json.loads(text))
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        at = ".".join(str(part) for part in detail["loc"])
        fault = f"{at + ': ' if at else ''}{detail['msg'][:1].lower()}{detail['msg'][1:]}"
    except (ValueError, RecursionError, OSError) as error:
        fault = " ".join(str(error).split())
    else:
        if manifest["seal"] != seal(manifest):
            raise StudyError(f"{shown(path)}: was edited since the study was run; put it back, or run the study again")
        if told.fault is None:
            return manifest
        fault = told.fault
    raise StudyError(f"{shown(path)}: not the manifest of a study of this version: {fault[:200]}")
