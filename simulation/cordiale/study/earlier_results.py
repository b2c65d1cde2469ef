"""What a command left in a folder, read back for another text: its manifest, and what it said."""

from __future__ import annotations

import json
from os.path import isdir, isfile
from pathlib import Path
from typing import Any

from cordiale.files.errors import OptionError, short

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
