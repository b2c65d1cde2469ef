"""Hold a document to a pydantic record; what does not fit becomes one FileError at its place."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from cordiale.coded import Misfit
from cordiale.errors import FileError
from cordiale.misfits import is_of_key, kind_of, words
from cordiale.textfile import Place
from cordiale.yamlfile import Document, Key

Record = TypeVar("Record", bound=BaseModel)


def validate(document: Document, record: type[Record]) -> Record:
    """Return the document as a record; FileError for the first fault in the order of the file."""
    if not isinstance(document.data, dict):
        document.fail((), f"the file must hold lines of `key: value`, not {kind_of(document.data)}")
    try:
        return record.model_validate(document.data)
    except ValidationError as error:
        details = error.errors(include_url=False)
    # What the user meant comes first: a misspelt key is also a missing one, and a list with a fault in
    # it is also no single word.
    faults = [detail for detail in details if not _of_other_kind(document, detail, details)]
    first = min(faults, key=lambda detail: (detail["type"] == "missing", _place(document, detail)))
    message = words(document, record, _path(document, first), first)
    raise FileError(document.path, *_place(document, first), message)


def _of_other_kind(document: Document, detail: Any, details: list[Any]) -> bool:
    """Return whether a list is refused as a text while it is also refused as a list."""
    if detail["type"] != "string_type" or not isinstance(detail["input"], list):
        return False
    value = _path(document, detail)
    return len(value) < len(detail["loc"]) and any(
        other is not detail and other["loc"][: len(value)] == value for other in details
    )


def _place(document: Document, detail: Any) -> Place:
    path, error = _path(document, detail), detail.get("ctx", {}).get("error")
    if isinstance(error, Misfit):
        return document.place((*path, error.key), of_key=True)
    return document.place(path, of_key=is_of_key(detail))


def _path(document: Document, detail: Any) -> tuple[Key, ...]:
    """Return where in the document a fault is: without the parts that pydantic adds for unions and keys."""
    path: tuple[Key, ...] = ()
    for part in detail["loc"]:
        if (*path, part) in document.values or (*path, part) in document.keys:
            path = (*path, part)
    return path


def validate_map(document: Document, record: type[Record]) -> dict[str, Record]:
    """Return a document that is a mapping of names to records of one kind."""
    if not isinstance(document.data, dict):
        document.fail((), f"the file must hold a mapping of names to records, not {kind_of(document.data)}")
    table: dict[str, Record] = {}
    for name, value in document.data.items():
        part = Document(document.path, value)
        part.keys = {path[1:]: place for path, place in document.keys.items() if path[:1] == (name,)}
        part.values = {path[1:]: place for path, place in document.values.items() if path[:1] == (name,)}
        table[str(name)] = validate(part, record)
    return table
