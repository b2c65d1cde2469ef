"""What once failed does not fail again; corpus/README.md says what each file did."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from .bench import Bench

CORPUS = Path(__file__).parent / "corpus"
CASES = sorted(path.name for path in CORPUS.iterdir() if path.suffix != ".md")


def changed(data: Any, changes: list[dict[str, Any]]) -> bytes:
    """Return data, with values put at paths, as JSON."""
    for change in changes:
        *above, last = change["at"]
        part = data
        for step in above:
            part = part[step]
        part[last] = change["put"]
    return json.dumps(data).encode()


def used(name: str, bench: Bench, command: bool) -> str | None:
    """Use a file of the corpus, and return the message that refuses it; None where it is used."""
    _, target, *file, suffix = name.split(".")
    target = target.replace("_", " ")
    path = bench.small / f"{file[0]}.yaml" if file else bench.sources()[target][0]
    raw = (CORPUS / name).read_bytes()
    if suffix == "json":
        raw = changed(bench.data(path), json.loads(raw))
    return bench.try_bytes(target, path, raw, run=True, command=command)


def told() -> dict[str, str]:
    """Return name of a file -> what it gives now, as the corpus tells."""
    rows = re.findall(r"^\| `(.*?)` \|.*\| (.*) \|$", (CORPUS / "README.md").read_text("utf-8"), re.MULTILINE)
    return dict(rows)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("command", [False, True], ids=["python", "command"])
def test_what_once_failed(name: str, command: bool, bench: Bench) -> None:
    message = used(name, bench, command)
    assert told()[name] in (message or "is used")


def test_the_corpus_is_told() -> None:
    assert sorted(told()) == CASES
