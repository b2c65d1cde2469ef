"""The manifest of a study: all that is needed to know what was run, and to run it again."""

from __future__ import annotations

import json
import platform
import time
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cordiale.blocks import Plan, draws_own, requests, rows_of
from cordiale.design import NAME as DESIGN
from cordiale.design import Design
from cordiale.durable import TABLES, durable, hash_of, hash_of_all
from cordiale.layers import Scenario
from cordiale.manifest_file import FORMAT, seal
from cordiale.pack import Case
from cordiale.quarters import to_text
from cordiale.unfinished import Unfinished

PACKAGES = ("cordiale", "mesa", "numpy", "scipy", "pandas", "pyarrow", "pydantic", "igraph", "matplotlib")


def manifest_of(plan: Plan, design: Design, run: Unfinished, started: float) -> dict[str, Any]:
    """Return the manifest of a study whose parts are done.

    Parameters
    ----------
    started : when this process began with it, in seconds since 1970
    """
    first = plan.scenarios[0]
    parts = [run.parts[at] for at in sorted(run.parts)]
    return {
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
        "content": {table: hash_of_all([getattr(part, table) for part in parts]) for table in TABLES},
        "parts": [[part.first, part.kept, part.measures, part.inputs] for part in parts],
        "design": hash_of(run.folder / DESIGN),
        "read": design.read,
        "command": design.command,
        "versions": {"python": platform.python_version()} | {name: version(name) for name in PACKAGES},
        "timing": {
            "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started)),
            "seconds": round(time.time() - started, 3),
        },
    }


def write_manifest(manifest: dict[str, Any], folder: Path) -> None:
    """Write a manifest with its seal, by which an edit by hand is seen."""
    sealed = manifest | {"seal": seal(manifest)}
    text = json.dumps(sealed, indent=1, ensure_ascii=False) + "\n"
    durable(folder / "manifest.json", text.encode())


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
