"""The manifest of a study: all that is needed to know what was run, and to run it again."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from cordiale.blocks import Failure, Plan, draws_own, requests, rows_of
from cordiale.design import NAME as DESIGN
from cordiale.design import Design
from cordiale.durable import PART, TABLES, part_name
from cordiale.files.atomic_write import hash_of_all
from cordiale.files.written import MANIFEST, hash_of, seal
from cordiale.journal import RESULT, Journal, Part
from cordiale.layers import Scenario
from cordiale.manifest_file import FORMAT
from cordiale.pack import Case
from cordiale.quarters import to_text

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
        "pack": design.pack,
        "article": first.loaded.pack.case.article.citation,
        "names": {code: state.name for code, state in first.loaded.pack.states.items()},
        "labels": _labels(first.loaded.pack.case),
        "focus": first.names.dyad(first.loaded.pack.case.focus),
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
        "versions": {"python": platform.python_version()} | {name: version(name) for name in PACKAGES},
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


def _labels(case: Case) -> dict[str, dict[str, str]]:
    """Return kind -> name -> label; the kinds are those that measures have parts of."""
    return {
        "issue": {name: each.label for name, each in case.issues.items()},
        "domain": {name: each.label for name, each in case.domains.items()},
        "agreement": {name: each.label for name, each in case.agreements.items()},
        "format": {name: each.label for name, each in case.formats.items()},
    }


def _about(plan: Plan, scenario: Scenario, coding: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "name": scenario.name,
        "title": scenario.title,
        "question": scenario.file.question,
        "basis": scenario.file.basis.model_dump(),
        "coding": coding,
        "quarters": [to_text(scenario.start + quarter) for quarter in range(scenario.quarters)],
        "levers": scenario.levers,
        "fixed": scenario.fixed,
        "events": [
            {"quarter": to_text(at), "kind": kind, "lever": lever, "value": value, "quarters": length}
            for at, kind, lever, value, length in scenario.events
        ],
        "uncertainties": sorted(key[14:] for key in scenario.history if key.startswith("uncertainties.")),
        "measures": {each.name: list(each.entities) for each in requests(scenario)},
        "inputs": scenario.name if draws_own(plan, scenario) else plan.scenarios[0].name,
    }
