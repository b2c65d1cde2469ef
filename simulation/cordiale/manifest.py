"""The manifest of a study: all that is needed to know what was run, and to run it again."""

from __future__ import annotations

import hashlib
import platform
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cordiale.blocks import Plan, draws_own, requests
from cordiale.errors import shown
from cordiale.layers import Scenario
from cordiale.manifest_file import FORMAT
from cordiale.pack import Case
from cordiale.quarters import to_text

PACKAGES = ("cordiale", "mesa", "numpy", "scipy", "pandas", "pyarrow", "pydantic", "igraph", "matplotlib")


def manifest_of(plan: Plan, folder: Path, started: float, command: list[str]) -> dict[str, Any]:
    """Return the manifest of a study whose tables lie in a folder."""
    first = plan.scenarios[0]
    read = [*first.loaded.files, *(path for scenario in plan.scenarios for path in scenario.files)]
    return {
        "format": FORMAT,
        "pack": first.loaded.pack.name,
        "article": first.loaded.pack.case.article.citation,
        "names": {code: state.name for code, state in first.loaded.pack.states.items()},
        "labels": _labels(first.loaded.pack.case),
        "focus": first.names.dyad(first.loaded.pack.case.focus),
        "seed": first.seed,
        "worlds": first.worlds,
        "scenarios": [_about(plan, scenario) for scenario in plan.scenarios],
        "rows": [
            [
                scenario.name,
                each.name,
                len(each.entities) * (1 if each.measure.last_only else scenario.quarters),
            ]
            for scenario in plan.scenarios
            for each in requests(scenario)
        ],
        "behaviour": {code: f"{kind.__module__}:{kind.__qualname__}" for code, kind in plan.behaviour.items()},
        "content": {name: _hash(folder / name) for name in ("measures.parquet", "inputs.parquet")},
        "read": {shown(path): _hash(path) for path in dict.fromkeys(read)},
        "command": command,
        "versions": {"python": platform.python_version()} | {name: version(name) for name in PACKAGES},
        "timing": {
            "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started)),
            "seconds": round(time.time() - started, 3),
        },
    }


def _labels(case: Case) -> dict[str, dict[str, str]]:
    """Return kind -> name -> label; the kinds are those that measures have parts of."""
    return {
        "issue": {name: each.label for name, each in case.issues.items()},
        "domain": {name: each.label for name, each in case.domains.items()},
        "agreement": {name: each.label for name, each in case.agreements.items()},
        "format": {name: each.label for name, each in case.formats.items()},
    }


def _about(plan: Plan, scenario: Scenario) -> dict[str, Any]:
    return {
        "name": scenario.name,
        "title": scenario.title,
        "question": scenario.file.question,
        "basis": scenario.file.basis.model_dump(),
        "coding": _coding(scenario),
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


def _coding(scenario: Scenario) -> dict[str, Any] | None:
    """Return the file of another coder whose numbers the scenario has; None under the pack's own."""
    coding = scenario.coding
    if coding is None:
        return None
    return {"path": shown(coding.path), "hash": f"sha256:{coding.sha256}", "numbers": len(coding.cells)}


def _hash(path: Path) -> str:
    return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
