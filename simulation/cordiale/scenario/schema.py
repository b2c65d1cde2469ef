"""The JSON Schemas of the file formats, generated from the records and shipped beside the files.

The scenario schema knows the pack's levers, measures and parameters, so that an editor completes them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from cordiale.case.checks import paragraphs
from cordiale.case.fields import FIELDS, Names
from cordiale.case.pack import Case, Pack, StateFile, Ties
from cordiale.files.atomic_write import check_files, write_text
from cordiale.files.errors import OptionError
from cordiale.models.base import FAMILIES, family_of
from cordiale.models.measures import known_measures
from cordiale.scenario.acts import WORDS
from cordiale.scenario.claims import ClaimsFile
from cordiale.scenario.expectations import ExpectationsFile
from cordiale.scenario.file import SIGNS, ScenarioFile
from cordiale.scenario.first_questions import QuestionsFile
from cordiale.scenario.forecast_questions import ForecastQuestionsFile

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schemas(pack: Pack) -> dict[str, dict[str, Any]]:
    """Return path below the data root -> schema, for the files of a pack and its scenarios."""
    agents, scenarios = f"agents/{pack.name}/schema", f"scenarios/{pack.name}/schema"
    return {
        f"{agents}/case.json": _schema(Case),
        f"{agents}/ties.json": _schema(Ties),
        f"{agents}/state.json": _schema(StateFile),
        f"{scenarios}/scenario.json": scenario_schema(pack),
        f"{scenarios}/claims.json": _schema(ClaimsFile),
        f"{scenarios}/expectations.json": _schema(ExpectationsFile),
        f"{scenarios}/first_questions.json": _schema(QuestionsFile),
        f"{scenarios}/questions.json": questions_schema(pack),
    }


def _schema(record: type[BaseModel]) -> dict[str, Any]:
    return {"$schema": DRAFT, **record.model_json_schema()}


OWN = r"^own_|[.>]"  # levers of a scenario's own, as an editor knows them, and coded numbers by their paths


def scenario_schema(pack: Pack) -> dict[str, Any]:
    """Return the schema of a scenario file of a pack."""
    schema, names = _schema(ScenarioFile), Names(pack)
    lever = {
        name: {"type": "number", "minimum": 0, "maximum": 1, "description": f"{each.label}: {each.says}"}
        for name, each in pack.case.levers.items()
    }
    by_lever = {
        "type": "object",
        "properties": lever,
        "patternProperties": {OWN: {"type": "number"}},
        "additionalProperties": False,
    }
    schema["properties"]["levers"] = {
        **by_lever,
        "description": schema["properties"]["levers"]["description"],
    }
    event = schema["$defs"]["Event"]["properties"]
    for kind in ("set", "ramp", "shock"):
        event[kind] = {**by_lever, "description": event[kind].get("description", "")}
    event["act"] = {
        "type": "array",
        "items": {"type": "string", "pattern": act_pattern(names)},
        "minItems": 1,
        "description": event["act"]["description"],
    }
    event["stop"] = {
        "type": "array",
        "items": {"anyOf": [{"enum": list(lever)}, {"type": "string"}]},
        "description": event["stop"]["description"],
    }
    known = _measures(names)
    schema["properties"]["measures"] = {
        "type": "array",
        "items": {"anyOf": [{"enum": known}, {"type": "string", "pattern": f"^({_any_of(known)})(:.+)?$"}]},
    }
    condition = schema["$defs"]["Condition"]
    condition["properties"]["measure"]["pattern"] = f"^({_any_of(known)}):.+$"
    condition["oneOf"] = [{"required": [sign]} for sign in SIGNS]
    schema["$defs"]["Basis"]["properties"]["locator"]["enum"] = list(paragraphs(pack.case))
    return schema


def questions_schema(pack: Pack) -> dict[str, Any]:
    """Return the schema of the questions of a forecast, which knows the pack's measures."""
    schema = _schema(ForecastQuestionsFile)
    one = {"type": "string", "pattern": f"^({_any_of(_measures(Names(pack)))}):.+$"}
    measure = schema["$defs"]["Statement"]["properties"]["measure"]
    measure["anyOf"] = [one, {"type": "array", "items": one, "minItems": 1}]
    return schema


def _measures(names: Names) -> list[str]:
    """Return the measures of all families, without entities."""
    return sorted({name for family in FAMILIES for name in known_measures(family_of(family), names)})


def _any_of(measures: list[str]) -> str:
    return "|".join(name.replace(".", r"\.") for name in measures)


def act_pattern(names: Names) -> str:
    """Return what an act of a pack looks like, as a regular expression."""
    forms = []
    for field in WORDS:
        axes = ["|".join(names.members[axis]) for axis in FIELDS[field].axes]
        if all(axes):
            members = [f"({each})" for each in axes]
            if sign := {"observer": ">", "one": "-"}.get(FIELDS[field].axes[0]):
                members[:2] = [sign.join(members[:2])]
            forms.append(r"\.".join([members[0], field, *members[1:]]))
    return f"^({'|'.join(forms)})$"


def text(schema: dict[str, Any]) -> str:
    """Return a schema as it is shipped."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def write_schemas(pack: Pack, root: Path, replace: bool = False) -> list[Path]:
    """Write the schemas of a pack below a root with `agents/` and `scenarios/`, and return their paths.

    Parameters
    ----------
    replace : whether files that say something else may go

    Raises
    ------
    OptionError where a file says something else, or a link leads elsewhere; StudyError where one cannot be written
    """
    wanted = {root / name: text(schema) for name, schema in schemas(pack).items()}
    for path in wanted:
        if path.parent.is_symlink() or path.is_symlink():
            raise OptionError(f"--root {root}: {path} is a link, or lies in one: schemas are written to no other place")
    new = {path: content for path, content in wanted.items() if not _holds(path, content)}
    if new and not replace and (old := [path for path in new if path.exists()]):
        raise OptionError(f"{old[0]} says something else than the pack now: add --replace to write it anew")
    if own := [path for path in new if path.is_file() and not _is_schema(path)]:
        raise OptionError(f"{own[0]} is no schema, so --replace leaves it alone: move it away")
    check_files(list(new), replace, known=True)
    for path, content in new.items():
        write_text(path, content, replace, known=True)
    return list(wanted)


def _is_schema(path: Path) -> bool:
    try:
        return "$schema" in json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, TypeError, RecursionError):
        return False


def _holds(path: Path, content: str) -> bool:
    try:
        return path.read_bytes() == content.encode()
    except OSError:
        return False
