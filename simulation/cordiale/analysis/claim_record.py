"""The recorded verdicts of a pack, in a file beside its claims: what a run of them should find again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from cordiale.analysis.claim_rule import KINDS
from cordiale.case.load import check_stays
from cordiale.files.atomic_write import write_text
from cordiale.files.errors import FileError, OptionError, shown
from cordiale.scenario.claims import claims_path


def recorded_path(pack: str | Path) -> Path:
    """Return the file of a pack's recorded verdicts, beside its claims."""
    path = claims_path(pack).with_name("verdicts.json")
    check_stays(path, "the scenarios' folder")
    return path


def recorded(pack: str | Path, needed: bool = False) -> dict[str, str]:
    """Return the recorded verdicts of a pack: id -> verdict; none where there is no file.

    Raises
    ------
    OptionError where there is none and it is needed, FileError where it cannot be read
    """
    path = recorded_path(pack)
    if not path.is_file():
        if needed:
            raise OptionError(f"--strict: {shown(path)} does not exist; record verdicts with --record first")
        return {}
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise FileError(path, getattr(error, "lineno", None), getattr(error, "colno", None),
                        f"not the verdicts of claims: {' '.join(str(error).split())[:100]}") from None  # fmt: skip
    if not isinstance(found, dict) or not all(each in KINDS for each in found.values()):
        kinds = f"for each claim's id, one of {', '.join(KINDS)} is expected"
        told = f"not the verdicts of claims: {kinds}; move it away to record anew"
        raise FileError(path, None, None, told)
    return found


def record(pack: str | Path, verdicts: Mapping[str, str], whole: bool) -> Path:
    """Write verdicts, id -> verdict, as those to keep to.

    Parameters
    ----------
    whole : whether they are of all claims of the pack, so that nothing that was recorded before stays
    """
    known = dict(verdicts) if whole else recorded(pack) | dict(verdicts)
    return write_text(recorded_path(pack), json.dumps(known, indent=1) + "\n", replace=True, known=True)


def changed(pack: str | Path, verdicts: Mapping[str, str]) -> list[str]:
    """Return what differs from the recorded verdicts, a line each."""
    known = recorded(pack, needed=True)
    return [
        f"{claim}: {kind}, recorded as {known.get(claim, 'nothing')}"
        for claim, kind in verdicts.items()
        if known.get(claim) != kind
    ]
