"""Studies in a bucket or on another file system, by an fsspec address such as s3://bucket/study; the extra `cluster`.

A study is run here, beside its journal, and laid there when it is whole: its manifest last, so that a study
whose upload was broken off is no study. It is read in place, a part and a measure at a time.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

from cordiale.errors import OptionError, StudyError

EXTRA = 'an address needs the extra: pip install "cordiale[cluster]"'
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://")


def is_remote(place: object) -> bool:
    """Return whether a place is an address and not a path."""
    return isinstance(place, str) and bool(_ADDRESS.match(place))


def remote(address: str) -> Any:
    """Return an address as a path that reads and writes as pathlib's do.

    Raises OptionError where the extra, or the package of a protocol, is missing.
    """
    try:
        from upath import UPath
    except ImportError:
        raise OptionError(f"{address}: {EXTRA}") from None
    try:
        path = UPath(address)
        path.fs  # noqa: B018  (loads the protocol's package)
    except (ImportError, ValueError) as error:
        raise OptionError(f"{address}: {' '.join(str(error).split())[:160]}") from None
    return path


def check_free(target: Any, replace: bool) -> None:
    """Raise StudyError where something lies at a target that may not go."""
    if not target.exists():
        return
    if not replace:
        raise StudyError(f"{target}: exists: choose another address with --out, or add --replace")
    if not (target / "manifest.json").exists():
        raise StudyError(f"{target}: is not a study, so --replace leaves it alone")


def upload(folder: Path, target: Any) -> None:
    """Lay a study at a target, its manifest last, and take it away here.

    Raises StudyError, with the study still here, where the target cannot be written.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    files.sort(key=lambda path: path.name == "manifest.json" and path.parent == folder)
    try:
        if target.exists():
            target.fs.rm(target.path, recursive=True)
        for path in files:
            to = target / path.relative_to(folder).as_posix()
            to.parent.mkdir(parents=True, exist_ok=True)
            to.fs.put_file(str(path), to.path)
    except Exception as error:  # whatever a protocol's package raises
        fault = " ".join(str(error).split())[:160] or type(error).__name__
        raise StudyError(
            f"{target}: cannot be written: {fault}; the study is whole in {folder}: copy it there"
        ) from None
    shutil.rmtree(folder)
