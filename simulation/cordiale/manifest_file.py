"""Read the manifest of a study, and hold it to what a study needs."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError

from cordiale.errors import StudyError, shown

FORMAT = 2


class _Scenario(BaseModel):
    """What a study reads of a scenario in the manifest."""

    name: str
    title: str
    quarters: list[str] = Field(min_length=1)
    measures: dict[str, list[str]]
    inputs: str


class _Manifest(BaseModel):
    """What a study reads of the manifest; more may stand there."""

    format: Literal[2]
    pack: str
    article: str
    seed: int
    worlds: int = Field(ge=1)
    focus: str
    names: dict[str, str]
    versions: dict[str, str]
    scenarios: list[_Scenario] = Field(min_length=1)
    rows: list[tuple[str, str, int]] = Field(min_length=1)
    parts: list[tuple[int, int, str, str]] = Field(min_length=1)
    seal: str


def seal(manifest: dict[str, Any]) -> str:
    """Return a manifest's seal: the hash of all else that stands in it."""
    rest = {key: value for key, value in manifest.items() if key != "seal"}
    return "sha256:" + hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def read_manifest(path: Path) -> dict[str, Any]:
    """Return a manifest that has all that a study reads; StudyError where it has not."""
    try:
        text = path.read_text("utf-8")
        _Manifest.model_validate_json(text)
        manifest = dict(json.loads(text))
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        at = ".".join(str(part) for part in detail["loc"])
        fault = f"{at + ': ' if at else ''}{detail['msg'][:1].lower()}{detail['msg'][1:]}"
    except (ValueError, RecursionError, OSError) as error:
        fault = " ".join(str(error).split())
    else:
        if manifest["seal"] == seal(manifest):
            return manifest
        raise StudyError(f"{shown(path)}: was edited since the study was run; put it back, or run the study again")
    raise StudyError(f"{shown(path)}: not the manifest of a study of this version: {fault[:200]}")
