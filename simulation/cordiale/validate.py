"""Hold a document to a pydantic record; what does not fit becomes one FileError at its place."""

from __future__ import annotations

import types
import typing
from typing import Any, TypeVar, Union

from pydantic import BaseModel, ValidationError

from cordiale.errors import FileError, did_you_mean
from cordiale.yamlfile import Document, Key

Record = TypeVar("Record", bound=BaseModel)


def validate(document: Document, record: type[Record]) -> Record:
    """Return the document as a record; FileError for the first fault in the order of the file."""
    if not isinstance(document.data, dict):
        document.fail((), f"a {record.__name__} is a mapping of keys to values")
    try:
        return record.model_validate(document.data)
    except ValidationError as error:
        faults = [_fault(document, record, detail) for detail in error.errors(include_url=False)]
    raise min(faults, key=lambda fault: (fault.line or 0, fault.column or 0)) from None


def _fault(document: Document, record: type[BaseModel], detail: Any) -> FileError:
    loc: tuple[Key, ...] = tuple(detail["loc"])
    kind, value = detail["type"], detail["input"]
    of_key = kind == "extra_forbidden" or loc[-1:] == ("[key]",)
    if loc[-1:] == ("[key]",):
        loc = loc[:-1]
    at = _known_part(document, loc)
    message = detail["msg"][:1].lower() + detail["msg"][1:]
    if kind == "extra_forbidden":
        message = f"unknown key '{loc[-1]}'{did_you_mean(str(loc[-1]), _fields(record, loc[:-1]))}"
    elif kind == "missing":
        message = f"key '{loc[-1]}' is missing"
    elif kind in ("float_type", "float_parsing", "int_type", "int_parsing"):
        message = f"{_short(value)} is not a {'whole ' if kind.startswith('int') else ''}number"
    elif kind == "finite_number":
        message = f"{value} is not a finite number"
    elif kind == "value_error":
        message = str(detail["ctx"]["error"])
    elif kind == "string_pattern_mismatch":
        message = f"{_short(value)} does not have the form {_form(detail['ctx']['pattern'])}"
    elif kind == "literal_error":
        message = f"{_short(value)} is not one of {detail['ctx']['expected']}"
    elif not isinstance(value, dict | list):
        message += f", not {_short(value)}"
    return FileError(document.path, *document.place(at, of_key=of_key), message)


def _known_part(document: Document, loc: tuple[Key, ...]) -> tuple[Key, ...]:
    """Return a location without the parts that pydantic adds for unions."""
    path: tuple[Key, ...] = ()
    for part in loc:
        if (*path, part) in document.values or (*path, part) in document.keys:
            path = (*path, part)
    return path


def _short(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else "nothing" if value is None else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


_FORMS = {
    "^[A-Z]{3}$": "of a state's three-letter code, such as FRA",
    "^[A-Z]{3}-[A-Z]{3}$": "of a dyad, such as FRA-JPN",
    "^[A-Z]{3}>[A-Z]{3}$": "of a directed dyad, such as JPN>FRA",
    r"^\d{4}Q[1-4]$": "of a quarter, such as 2019Q2",
    "^[a-z][a-z0-9_]*$": "of a name: small letters, digits and _",
}


def _form(pattern: str) -> str:
    return _FORMS.get(pattern, pattern)


def _fields(record: type[BaseModel], loc: tuple[Key, ...]) -> list[str]:
    """Return the keys that the record at a location knows."""
    annotation: Any = record
    for part in loc:
        annotation = _below(annotation, part)
    model = _model(annotation)
    return list(model.model_fields) if model else []


def _below(annotation: Any, part: Key) -> Any:
    model = _model(annotation)
    if model is not None and part in model.model_fields:
        return model.model_fields[str(part)].annotation
    for option in _options(annotation):
        arguments = typing.get_args(option)
        if typing.get_origin(option) in (dict, list) and arguments:
            return arguments[-1]
    return None


def _options(annotation: Any) -> tuple[Any, ...]:
    if typing.get_origin(annotation) in (Union, types.UnionType):
        return typing.get_args(annotation)
    return (annotation,)


def _model(annotation: Any) -> type[BaseModel] | None:
    for option in _options(annotation):
        if isinstance(option, type) and issubclass(option, BaseModel):
            return option
    return None


def validate_map(document: Document, record: type[Record]) -> dict[str, Record]:
    """Return a document that is a mapping of names to records of one kind."""
    if not isinstance(document.data, dict):
        document.fail((), f"a mapping of names to {record.__name__} records")
    table: dict[str, Record] = {}
    for name, value in document.data.items():
        part = Document(document.path, value)
        part.keys = {path[1:]: place for path, place in document.keys.items() if path[:1] == (name,)}
        part.values = {path[1:]: place for path, place in document.values.items() if path[:1] == (name,)}
        table[str(name)] = validate(part, record)
    return table
