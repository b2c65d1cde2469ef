"""Read a YAML file into plain data that remembers where each value stands.

The subset is YAML 1.2's core schema without anchors, aliases and tags: a data file of cordiale can
neither name code nor grow when it is read.
"""

from __future__ import annotations

import codecs
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import yaml

from cordiale.files.errors import FileError, short

Key = str | int
MAX_VALUES = 50_000  # keys and values of a file, of which an error may hold each
MAX_DEPTH = 16
LONGEST_NUMBER = 40
LARGEST_KEY = 2**63
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_OPENING = (yaml.StreamStartEvent, yaml.DocumentStartEvent)
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}
_NUMBERS = {".inf": "inf", "+.inf": "inf", "-.inf": "-inf", ".nan": "nan"}


@dataclass
class Document:
    """A file's data, and by path the place (line, column from 1) of each key and value.

    Attributes
    ----------
    faults : what was found in it that did not stop the reading
    lost : the names that stood in what was left out for its faults (`files/sift.py`); other files may rightly use them
    text : of the file, as it was read
    """

    path: Path
    data: Any = None
    keys: dict[tuple[Key, ...], Place] = field(default_factory=dict)
    values: dict[tuple[Key, ...], Place] = field(default_factory=dict)
    faults: list[FileError] = field(default_factory=list)
    lost: frozenset[str] = frozenset()
    text: str = ""

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


def read(path: Path, text: str | None = None) -> Document:
    """Read a YAML file, or a text in its place; FileError with line and column where it cannot be used."""
    text = text_of(path) if text is None else text
    document = Document(path, text=text)
    try:
        events = _checked(path, yaml.parse(text, Loader=_LOADER))
        event = next(event for event in events if not isinstance(event, _OPENING))
        if not isinstance(event, yaml.StreamEndEvent):
            document.data = _build(document, events, event, ())
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                raise FileError(
                    path,
                    *_place(event.start_mark),
                    "a second YAML document begins here: one file, one document",
                )
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(path, text, error) from None
    if document.data is None:
        raise FileError(path, 1, 1, "the file holds only comments" if text.strip() else "the file is empty")
    return document


def _place(mark: Any) -> Place:
    """Return the place of one of PyYAML's marks, of which there are two kinds."""
    return mark.line + 1, mark.column + 1


_PLAIN = {
    "mapping values are not allowed in this context": "a ': ' too many, or an indentation that is off; "
    "a text that holds ': ' needs quotes",
    "could not find expected ':'": "no ':' after this key",
    "found unexpected end of stream": "a quotation mark that is never closed",
    "did not find expected ',' or '}'": "a '{' that is not closed, or a missing ','",
    "did not find expected ',' or ']'": "a '[' that is not closed, or a missing ','",
    "did not find expected node content": "no value where one must stand: look for a '[' or '{' too many",
    "did not find expected key": "no key where one must stand: look at indentation and quotes",
    "did not find expected '-' indicator": "no '-' where a list goes on: look at the indentation",
    "did not find expected <document start>": "something follows where the data has ended",
    "found unknown escape character": "a '\\' with an unknown letter: in single quotes it is just a sign",
}
_FROM_CONTEXT = ("could not find expected ':'", "found unexpected end of stream")


def _not_yaml(path: Path, text: str, error: yaml.MarkedYAMLError) -> FileError:
    """Say in plain words, at the place that a reader would look at, why a text is no YAML."""
    problem = error.problem or error.context or ""
    mark = error.context_mark if problem in _FROM_CONTEXT else error.problem_mark
    line, column = _place(mark or error.problem_mark or error.context_mark)
    if "nesting depth" in problem:  # libyaml's own limit, which newer ones reach before the first event
        return FileError(path, line, column, f"nested deeper than {MAX_DEPTH} levels")
    words = _PLAIN.get(problem, problem)
    if problem == "found character that cannot start any token":
        char = BREAK.split(text)[line - 1][column - 1]
        words = "a tab: indent with spaces" if char == "\t" else f"a text that begins with '{char}' needs quotes"
    return FileError(path, line, column, f"not YAML: {words}")


def _checked(path: Path, events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
    """Pass events on; refuse aliases, anchors, tags, depth and crowds before anything is built."""
    depth = 0
    for count, event in enumerate(events):
        line, column = _place(event.start_mark)
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
        if count > MAX_VALUES:
            raise FileError(path, line, column, f"more than {MAX_VALUES:,} keys and values; no file of cordiale has")
        yield event


def _build(document: Document, events: Iterator[yaml.Event], event: yaml.Event, path: tuple[Key, ...]) -> Any:
    document.values[path] = _place(event.start_mark)
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
        here = _place(event.start_mark)
        if key in mapping:
            line, _ = document.keys[(*path, key)]
            twice = Document(document.path)
            message = f"{short(str(key))} stands twice: first in line {line}"
            document.faults.append(FileError(document.path, *here, message))
            _build(twice, events, next(events), ())
            document.faults += twice.faults
            continue
        document.keys[(*path, key)] = here
        mapping[key] = _build(document, events, next(events), (*path, key))
    return mapping


def _key(document: Document, event: yaml.Event, path: tuple[Key, ...]) -> Key:
    key = _scalar(document, event, path) if isinstance(event, yaml.ScalarEvent) else None
    if not isinstance(key, str | int) or isinstance(key, bool):
        message = "a key must be a word or a whole number"
        raise FileError(document.path, *_place(event.start_mark), message)
    if isinstance(key, int) and abs(key) >= LARGEST_KEY:  # which pydantic would tell of as a word
        raise FileError(document.path, *_place(event.start_mark), f"a number too large for a key: {key}")
    return key


def _scalar(document: Document, event: yaml.ScalarEvent, path: tuple[Key, ...]) -> Any:
    text: str = event.value
    quoted = not event.implicit[0]
    if quoted or not text.isascii():  # what a '\\' can write, and a file as it stands cannot hold
        if fault := fault_in(text):
            raise FileError(document.path, *_place(event.start_mark), fault)
        text = unicodedata.normalize("NFC", text)
    if quoted:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > LONGEST_NUMBER and (_INT.fullmatch(text) or _FLOAT.fullmatch(text)):
        document.fail(path, f"a number of more than {LONGEST_NUMBER} characters")
    number = to_number(text)
    return text if number is None else number


def to_number(text: str) -> int | float | None:
    """Return the number that a text is in YAML 1.2, or None where it is none, or too long for one."""
    if text.lower() in _NUMBERS:
        return float(_NUMBERS[text.lower()])
    if len(text) > LONGEST_NUMBER:
        return None
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else None


# ----------------------------------------------------------------
# Read a text file: UTF-8, of bounded size, with no character that steers what shows it.


Place = tuple[int, int]
MAX_BYTES = 1_000_000
MAX_MARKS = 30  # on one letter, as in Unicode's stream-safe text: to put many in order takes time without end
BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
# What a file may hold, and what a text in it may: breaks of line apart, no control character, and none that
# turns the text around it right to left, so that it reads as what it is not.
_SEEN = "\t\n\x20-\x7e\xa0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff"
_ODD_IN_FILE, _ODD = re.compile(f"[^{_SEEN}\r\x85\u2028\u2029]"), re.compile(f"[^{_SEEN}]")


def text_of(path: Path) -> str:
    """Return a file's text in Unicode's composed form, in which a letter has one spelling."""
    try:
        os.fspath(path).encode()
    except UnicodeEncodeError:
        raise FileError(path, None, None, "a path that is not UTF-8: give the file another name") from None
    try:
        if path.exists() and not path.is_file():
            raise FileError(
                path,
                None,
                None,
                f"is {'a folder' if path.is_dir() else 'no regular file'}, not a file to read",
            )
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise FileError(path, None, None, f"cannot be read: {error.strerror or error}") from None
    if len(raw) > MAX_BYTES:
        raise FileError(path, None, None, f"larger than {MAX_BYTES:,} bytes; no file of cordiale is")
    raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        raise FileError(path, *_end(before), "not UTF-8 text: save the file with the encoding UTF-8") from None
    fault = _odd(text, _ODD_IN_FILE)
    if fault:
        raise FileError(path, *_end(text[: fault[0]]), fault[1])
    return unicodedata.normalize("NFC", text)


def fault_in(text: str) -> str | None:
    """Return what a text has that no text has, such as a sequence that steers a terminal; None where it is a text."""
    found = _odd(text, _ODD)
    return found and found[1]


def _odd(text: str, odd: re.Pattern[str]) -> tuple[int, str] | None:
    """Return where a text has what no text has, and what it is; None where it is a text."""
    found = odd.search(text)
    if found:
        return found.start(), f"a character that no text has: {short(found[0])}"
    marks = 0
    for at, char in enumerate("" if text.isascii() else text):
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks > MAX_MARKS:
            return at, f"more than {MAX_MARKS} marks on one letter"
    return None


def _end(text: str) -> Place:
    """Return the place after a text: its line, and how far it is there."""
    lines = BREAK.split(text)
    return len(lines), len(lines[-1]) + 1
