"""Read the manifest of a study, and hold it to what a study needs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, ValidationError

from cordiale.errors import StudyError, shown
from cordiale.files.written import seal
from cordiale.textfile import fault_in

FORMAT = 2
MAX_BYTES = 200_000_000  # the parts of 100 million worlds, and half as much again


def _shown(text: str) -> str:
    """Return a text that charts and terminals show; ValueError where it would steer them."""
    if fault := fault_in(text):
        raise ValueError(fault)
    return text


Text = Annotated[str, AfterValidator(_shown)]


class _Scenario(BaseModel):
    """What a study reads of a scenario in the manifest."""

    name: Text
    title: Text
    quarters: list[Text] = Field(min_length=1)
    measures: dict[Text, list[Text]]
    inputs: Text


class _Failed(BaseModel):
    """A world that was kept out."""

    world: int
    fault: Text


class _Manifest(BaseModel):
    """What a study reads of the manifest; more may stand there."""

    format: Literal[2]
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
        told = [(each.name, measure, entities, len(each.quarters))
                for each in self.scenarios for measure, entities in each.measures.items()]  # fmt: skip
        if [row[:2] for row in self.rows] != [each[:2] for each in told]:
            return "its rows are not those of its scenarios"
        for (_, measure, count), (_, _, entities, quarters) in zip(self.rows, told, strict=True):
            if not entities or count not in (len(entities), len(entities) * quarters):
                return f"'{measure}' has another number of rows"
        return None


def json_text(path: Path) -> str:
    """Return the text of a study's own file; OSError where it is no regular file, or larger than any."""
    if not path.is_file():
        raise OSError("no regular file")
    if path.stat().st_size > MAX_BYTES:
        raise OSError(f"larger than {MAX_BYTES:,} bytes; no study's is")
    return path.read_text("utf-8")


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
