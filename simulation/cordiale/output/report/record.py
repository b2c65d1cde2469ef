"""How a study was made: its manifest as rows, and the command that makes it again."""

from __future__ import annotations

import json
import shlex
from typing import Any

from cordiale.output.report.rebuilt import Rebuilt
from cordiale.study.study import Study

OWN = "cordiale"


def facts(rebuilt: Rebuilt) -> list[tuple[str, str]]:
    """Return name and value of what the manifest says, the short things only."""
    study, told = rebuilt.study, rebuilt.study.manifest
    timing, states = told.get("timing", {}), rebuilt.loaded.pack.states
    own = [
        f"{code} {kind}" for code, kind in told.get("behaviour", {}).items()
        if kind.rpartition(":")[2] != (states[code].behaviour.rpartition(":")[2] if code in states else "")
    ]  # fmt: skip
    rows = [
        ("Case pack", told["pack"]),
        ("Article", told["article"]),
        ("Scenarios", ", ".join(study.scenarios)),
        ("Worlds", f"{study.worlds:,}, the same in each scenario"),
        ("Seed", str(told["seed"])),
        ("Behaviour other than the pack's", ", ".join(own)),
        ("Started", timing.get("started", "")),
        ("Took", f"{timing['seconds']:.1f} s" if "seconds" in timing else ""),
        ("Versions", ", ".join(f"{name} {each}" for name, each in told["versions"].items())),
        *((f"Hash of {name}", digest) for name, digest in told.get("content", {}).items()),
    ]
    return [(name, str(value)) for name, value in rows if value]


def files(study: Study) -> list[tuple[str, str]]:
    """Return path and hash of the files that the study was made from."""
    return [(str(path), str(digest)) for path, digest in study.manifest.get("read", {}).items()]


def command(rebuilt: Rebuilt) -> str:
    """Return what to type to make the study again, with the version of `version` installed."""
    typed = [str(word) for word in rebuilt.study.manifest.get("command", [])]
    again = typed[:1] == [OWN] and typed[1:2] in (["run"], ["compare"], ["brief"])
    return shlex.join(typed if again else _made_up(rebuilt))


def version(study: Study) -> str:
    """Return the version of cordiale that made the study, '' where its manifest does not say."""
    return str(study.manifest["versions"].get(OWN, ""))


def by_hand(study: Study) -> bool:
    """Whether the study was run from Python, so that its command is put together from the manifest."""
    return [str(word) for word in study.manifest.get("command", [])][:1] != [OWN]


def _made_up(rebuilt: Rebuilt) -> list[str]:
    study, first = rebuilt.study, rebuilt.first
    words = [
        OWN,
        "run",
        *study.scenarios,
        "--pack",
        str(study.manifest["pack"]),
        "--worlds",
        str(study.worlds),
        "--seed",
        str(study.manifest["seed"]),
    ]
    for path, value in first.fixed.items():
        words += ["--set", f"{path}={value:g}"]
    coding: Any = study.about(first.name).get("coding")
    return [*words, "--coding", coding["path"]] if coding else words


def whole(study: Study) -> str:
    """Return the manifest as text."""
    return json.dumps(study.manifest, ensure_ascii=False, indent=1)
