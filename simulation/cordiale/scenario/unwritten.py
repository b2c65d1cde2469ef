"""Texts of a pack or scenario that are still those of the template it began as."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from cordiale.case.load import LoadedPack
from cordiale.files.errors import FileError
from cordiale.files.yaml_file import Document, Key, read
from cordiale.scenario.new import pack_templates
from cordiale.scenario.settings import Scenario

Leaf = tuple[tuple[Key, ...], str]
NAMED = 4  # places of such texts that are named
# A case may keep a text such as "Defence treaty"; these speak of the invented states, or of what is to be written.
_TO_WRITE = re.compile(
    "in your own words|still to be|what the article says|(first|second|third) state|the two|by which rule|all the rest"
    "|a forum|heading of",
    re.IGNORECASE,
)


def unwritten(loaded: LoadedPack) -> list[FileError]:
    """Return for each file of a pack how many of its texts are still the template's, at the first of them."""
    return [told for document in loaded.documents.values() for told in _told(document, loaded.pack.name)]


def unwritten_scenarios(scenario: Scenario) -> list[FileError]:
    """Return for each file of a scenario how many of its texts are still the template's, at the first of them."""
    return [told for path in scenario.files for told in _told(read(path), scenario.loaded.pack.name)]


def _told(document: Document, pack: str) -> Iterator[FileError]:
    ours = template_texts(pack)
    found = [path for path, text in _leaves(document.data) if text in ours]
    if found:
        names = [".".join(str(key) for key in path) for path in found]
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        are = "1 text is" if len(names) == 1 else f"{len(names)} texts are"
        message = f"{are} still the template's, to be written: {', '.join(names[:NAMED])}{more}"
        yield FileError(document.path, *document.place(found[0], of_key=True), message)


@lru_cache(maxsize=8)
def template_texts(pack: str) -> frozenset[str]:
    """Return the texts of a new pack's files that say nothing of any case."""
    leaves = (leaf for text in pack_templates(pack) for leaf in _leaves(read(Path("template"), text).data))
    return frozenset(text for _, text in leaves if _TO_WRITE.search(text))


def _leaves(data: Any, path: tuple[Key, ...] = ()) -> Iterator[Leaf]:
    """Yield each text of a file with its path, except sources, which are counted as numbers without a source."""
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, dict):
        for key, value in data.items():
            if key not in ("source", "paraphrase"):
                yield from _leaves(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _leaves(value, (*path, index))
