"""Files that are whole or not there, whatever happens to the machine, and how they are known again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

PART = 256  # worlds of a part of a study
TABLES = ("measures", "inputs")


def part_name(first: int) -> str:
    """Return the name of the part whose first world is given; names sort as worlds do."""
    return f"part-{first:010d}.parquet"


def durable(path: Path, data: bytes) -> str:
    """Write a file that appears whole or not at all, also if the power goes; return its hash."""
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    _sync_folder(path.parent)
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def hash_of(path: Path) -> str:
    """Return the hash of a file."""
    with path.open("rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


def hash_of_all(hashes: Sequence[str]) -> str:
    """Return one hash of several, in their order."""
    return "sha256:" + hashlib.sha256("\n".join(hashes).encode()).hexdigest()
