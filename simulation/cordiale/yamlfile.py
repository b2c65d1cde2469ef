"""Read a YAML file into plain data that remembers where each value stands.

The subset is YAML 1.2's core schema without anchors, aliases and tags: a data file of cordiale can
neither name code nor grow when it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import yaml

from cordiale.errors import FileError

Key = str | int
Place = tuple[int, int]
MAX_BYTES = 1_000_000
MAX_DEPTH = 16
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}
_NUMBERS = {".inf": "inf", "+.inf": "inf", "-.inf": "-inf", ".nan": "nan"}


@dataclass
class Document:
    """A file's data, and by path the place (line, column from 1) of each key and value."""

    path: Path
    data: Any = None
    keys: dict[tuple[Key, ...], Place] = field(default_factory=dict)
    values: dict[tuple[Key, ...], Place] = field(default_factory=dict)

    def place(self, path: tuple[Key, ...], *, of_key: bool = False) -> Place:
        """Return the place of the deepest part of a path that stands in the file."""
        for end in range(len(path), -1, -1):
            first, second = (self.keys, self.values) if of_key else (self.values, self.keys)
            found = first.get(path[:end]) or second.get(path[:end])
            if found:
                return found
        return (1, 1)

    def fail(self, path: tuple[Key, ...], message: str, *, of_key: bool = False) -> NoReturn:
        """Raise a FileError at a path."""
        raise FileError(self.path, *self.place(path, of_key=of_key), message)


def read(path: Path) -> Document:
    """Read a YAML file; FileError with line and column where it cannot be used."""
    text = _text(path)
    document = Document(path)
    try:
        events = _checked(path, yaml.parse(text, Loader=_LOADER))
        for event in events:
            if not isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
                break
        else:
            event = None
        if event is None or isinstance(event, yaml.StreamEndEvent):
            raise FileError(path, 1, 1, "the file is empty")
        document.data = _build(document, events, event, ())
        if any(isinstance(event, yaml.DocumentStartEvent) for event in events):
            raise FileError(path, 1, 1, "the file holds more than one YAML document")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise FileError(path, *place, f"not YAML: {error.problem or error.context}") from None
    except yaml.reader.ReaderError as error:
        raise FileError(path, 1, 1, f"not YAML: {error.reason}") from None
    if document.data is None:
        raise FileError(path, 1, 1, "the file is empty")
    return document


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise FileError(path, None, None, f"cannot be read: {error.strerror or error}") from None
    if len(raw) > MAX_BYTES:
        raise FileError(path, None, None, f"larger than {MAX_BYTES:,} bytes; no file of cordiale is")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        raise FileError(path, line, column, "not UTF-8 text") from None


def _checked(path: Path, events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
    """Pass events on; refuse aliases, anchors, tags and deep nesting before anything is built."""
    depth = 0
    for event in events:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise FileError(path, line, column, "anchors and aliases are not used in files of cordiale")
        tag = getattr(event, "tag", None)
        if tag is not None and not (isinstance(event, yaml.ScalarEvent) and tag == "!"):
            raise FileError(path, line, column, f"tags such as '{tag}' are not used in files of cordiale")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise FileError(path, line, column, f"nested deeper than {MAX_DEPTH} levels")
        yield event


def _build(document: Document, events: Iterator[yaml.Event], event: yaml.Event, path: tuple[Key, ...]) -> Any:
    document.values[path] = (event.start_mark.line + 1, event.start_mark.column + 1)
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(document, event, path)
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Any] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(_build(document, events, event, (*path, len(items))))
        return items
    mapping: dict[Key, Any] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        key = _key(document, event, path)
        if key in mapping:
            raise FileError(
                document.path, event.start_mark.line + 1, event.start_mark.column + 1, f"'{key}' stands twice"
            )
        document.keys[(*path, key)] = (event.start_mark.line + 1, event.start_mark.column + 1)
        mapping[key] = _build(document, events, next(events), (*path, key))
    return mapping


def _key(document: Document, event: yaml.Event, path: tuple[Key, ...]) -> Key:
    key = _scalar(document, event, path) if isinstance(event, yaml.ScalarEvent) else None
    if not isinstance(key, str | int) or isinstance(key, bool):
        message = "a key must be a word or a whole number"
        raise FileError(document.path, event.start_mark.line + 1, event.start_mark.column + 1, message)
    return key


def _scalar(document: Document, event: yaml.ScalarEvent, path: tuple[Key, ...]) -> Any:
    text = event.value
    if not event.implicit[0]:  # quoted
        return text
    if text in _WORDS:
        return _WORDS[text]
    if text.lower() in _NUMBERS:
        return float(_NUMBERS[text.lower()])
    if _INT.fullmatch(text) or _FLOAT.fullmatch(text):
        if len(text) > 40:
            document.fail(path, "a number of more than 40 characters")
        return int(text) if _INT.fullmatch(text) else float(text)
    return text
