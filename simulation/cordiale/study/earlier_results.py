"""What earlier commands and the first form of the model left: opened and read back, and never run again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from os.path import isdir, isfile
from pathlib import Path
from typing import Any

from cordiale.files.errors import OptionError, StudyError, short, shown
from cordiale.files.yaml_file import read

NOT_SO = (ValueError, KeyError, TypeError, IndexError, OSError, RecursionError)  # of a garbled file


def manifest_of(kind: str, folder: Path, pack: str, *files: str, whose: str) -> dict[str, Any]:
    """Return the manifest of a folder that a command wrote; OptionError where there is none, or of another pack.

    Parameters
    ----------
    kind : the command, after which the option is called
    files : others that it must hold
    whose : what it is read for, with its verb: "these findings are"
    """
    if not isdir(folder):
        raise OptionError(f"--{kind} {folder}: no folder that `cordiale {kind}` wrote")
    for name in (*files, "manifest.json"):
        if not isfile(folder / name):
            raise OptionError(f"--{kind} {folder}: holds no {name}; run `cordiale {kind}` first")
    try:
        told = dict(json.loads((folder / "manifest.json").read_text("utf-8")))
        of = told["pack"]
    except NOT_SO as error:
        raise not_what(kind, folder, error) from None
    if told.get("kind", kind) != kind:
        raise not_what(kind, folder, "manifest.json")
    if of != pack:
        raise OptionError(f"--{kind} {folder}: it is of the pack {short(of)}, and {whose} of '{pack}'")
    return told


def sentences_in(told: dict[str, Any], kind: str, folder: Path, key: str = "sentences") -> list[str]:
    """Return the sentences of a manifest that `manifest_of` gave; OptionError where it has none."""
    said = told.get(key)
    if not isinstance(said, list) or not all(isinstance(each, str) for each in said):
        raise not_what(kind, folder, f"manifest.json has no {key}")
    return said


def not_what(kind: str, folder: Path, why: object) -> OptionError:
    """Return the error of a folder that is not what a command writes."""
    return OptionError(f"--{kind} {folder}: not what `cordiale {kind}` writes: {str(why)[:100]}")


LAST = "73e000c"  # the last commit that has the first form
RAN = f"The first form of the model diplomacy ran it, which the commit {LAST} is the last to have"
_KINDS = {
    "alignment": ("dyad", None, "0 to 1", "alignment"),
    "similarity": ("dyad", None, "0 to 1", "policy similarity (S)"),
    "depth": ("dyad", None, "0 to 1", "institutional depth"),
    "practice": ("dyad", None, "0 to 1", "practice, mean over domains"),
    "trust": ("dyad", None, "0 to 1", "mutual trust"),
    "practice.": ("dyad", "domain", "0 to 1", "practice"),
    "position_gap.": ("dyad", "issue", "0 to 1", "gap between positions"),
    "agreement.": ("dyad", "agreement", "share of worlds", "agreement in force"),
    "ladder": ("dyad", None, "rungs", "rungs of the ladder in force"),
    "initiatives": ("dyad", None, "a quarter", "joint initiatives"),
    "same_bloc": ("dyad", None, "share of worlds", "in the same bloc"),
    "trusting": ("directed", None, "0 to 1", "trust in the partner"),
    "perceived_similarity": ("directed", None, "-1 to 1", "similarity as seen"),
    "rank": ("directed", None, "1 is the most valued", "rank of the partner"),
    "misperception": ("directed", None, "0 to 1", "error about the partner's positions"),
    "shortfall": ("directed", None, "0 to 1", "frustration: shortfall against expectation"),
    "position.": ("state", "issue", "0 to 1", "position"),
    "pressure": ("state", None, "sum over challengers, each 0 to 1", "pressure received"),
    "hedging": ("state", None, "0 to 1", "evenness between the poles"),
    "member.": ("state", "format", "share of worlds", "member of the format"),
}
FIRST_FORM: dict[str, Any] = {
    "name": "diplomacy",
    "headline": "alignment",
    "parts": ["similarity", "depth", "practice", "trust"],
    "measures": {
        name: dict(zip(("entity", "of", "unit", "meaning"), kind, strict=True)) | {"last_only": name == "same_bloc"}
        for name, kind in _KINDS.items()
    },
}


def is_first_form(model: Mapping[str, Any]) -> bool:
    """Return whether what a manifest says of its model is the first form: practice was a part of alignment."""
    return model["name"] == FIRST_FORM["name"] and "practice" in model["parts"]


def refuse_first_form(model: Mapping[str, Any], folder: Path) -> None:
    """Raise StudyError where worlds of the first form would have to be run again."""
    if is_first_form(model):
        raise StudyError(f"{shown(folder)}: no world of it can be run again: {RAN[0].lower()}{RAN[1:]}")


def states_in(sources: Path) -> dict[str, tuple[str, int]]:
    """Return code -> name and COW code of each state of a pack of the first form, which no longer loads as a pack.

    Parameters
    ----------
    sources : the folder of the pack in a study

    Raises
    ------
    StudyError for a file of a state that lacks one of these
    """
    found = {}
    for path in sorted(sources.glob("*.yaml")):
        data = read(path, path.read_text("utf-8")).data
        if not isinstance(data, dict) or "code" not in data:
            continue  # of the case or the ties
        name, cow = data.get("name"), data.get("cow_code")
        if not isinstance(name, str) or not isinstance(cow, int):
            raise StudyError(f"{shown(path)}: lacks the name or the cow_code of the state")
        found[str(data["code"])] = name, cow
    return found
