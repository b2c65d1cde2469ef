"""Hold a document to a pydantic record; what does not fit becomes one FileError at its place."""

from __future__ import annotations

import re
import types
import typing
from functools import partial
from typing import Any, TypeVar, Union

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from cordiale.files.errors import Faults, FileError, did_you_mean, odd_letter, short, together
from cordiale.files.yaml_file import Document, Key, Place

Record = TypeVar("Record", bound=BaseModel)


MOST_FAULTS = 100  # of a file that are told: a file of another kind has one on every line


def validate(document: Document, record: type[Record]) -> Record:
    """Return the document as a record; FileError for the first fault in the order of the file, with the others."""
    if not isinstance(document.data, dict):
        document.fail((), f"the file must hold lines of `key: value`, not {kind_of(document.data)}")
    try:
        found = record.model_validate(document.data)
    except ValidationError as error:
        raise together([*_faults(document, record, error), *document.faults]) from None
    if document.faults:
        raise together(document.faults)
    return found


def _faults(document: Document, record: type[BaseModel], error: ValidationError) -> list[FileError]:
    """Return what pydantic found, at its places and in words."""
    details = error.errors(include_url=False)
    # What the user meant comes first: a misspelt key is also a missing one, and a list with a fault in
    # it is also no single word.
    faults = [detail for detail in details if not _of_other_kind(document, detail, details)]
    faults.sort(key=lambda detail: (detail["type"] == "missing", _place(document, detail)))
    told: dict[tuple[Place, str], FileError] = {}
    for detail in faults:
        place = _place(document, detail)
        missing = str(detail["loc"][-1]) if detail["type"] == "missing" else ""  # of which one place can lack several
        if (place, missing) not in told and len(told) < MOST_FAULTS:
            message = words(document, record, path_of(document, detail), detail)
            told[place, missing] = FileError(document.path, *place, message)
    return list(told.values())


def _of_other_kind(document: Document, detail: Any, details: list[Any]) -> bool:
    """Return whether a list is refused as a text while it is also refused as a list."""
    if detail["type"] != "string_type" or not isinstance(detail["input"], list):
        return False
    value = path_of(document, detail)
    return len(value) < len(detail["loc"]) and any(
        other is not detail and other["loc"][: len(value)] == value for other in details
    )


def _place(document: Document, detail: Any) -> Place:
    path, error = path_of(document, detail), detail.get("ctx", {}).get("error")
    if isinstance(error, Inconsistent):
        return document.place((*path, error.key), of_key=True)
    return document.place(path, of_key=is_of_key(detail))


def path_of(document: Document, detail: Any) -> tuple[Key, ...]:
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
    faults = Faults(document.faults)
    for name, value in document.data.items():
        part = Document(document.path, value)
        part.keys = {path[1:]: place for path, place in document.keys.items() if path[:1] == (name,)}
        part.values = {path[1:]: place for path, place in document.values.items() if path[:1] == (name,)}
        if (found := faults.noted(partial(validate, part, record))) is not None:
            table[str(name)] = found
    faults.raise_any()
    return table


# ----------------------------------------------------------------
# What is wrong with a value, in the words of someone who writes the files.


Path = tuple[Key, ...]

# By pydantic's kind of error: `what` is the key or entry, `given` what stands there, the limits are its own.
MESSAGES = {
    "missing": "key '{key}' is missing",
    "extra_forbidden": "unknown key {what}{near}",
    "invalid_key": "unknown key {what}{near}",
    "value_error": "{error}",
    "float_type": "{what} must be a number, not {given}{comma}",
    "int_type": "{what} must be a whole number, not {given}",
    "bool_type": "{what} must be true or false, not {given}",
    "finite_number": "{what} must be a finite number, not {given}",
    "string_type": "{what} must be text, not {given}{comma}",
    "dict_type": "{what} must be a mapping, `name: value`, not {given}",
    "list_type": "{what} must be a list, in square brackets or with a '-' before each entry, not {given}",
    "model_type": "{what} has keys of its own ({fields}), and here stands {given}",
    "greater_than_equal": "{given} is less than {ge}, the least that {what} can be",
    "greater_than": "{what} must be more than {gt}, not {given}",
    "less_than_equal": "{given} is more than {le}, the most that {what} can be",
    "too_short": "{what} holds fewer than {min_length} entries",
    "too_long": "{what} holds more than {max_length} entries",
    "string_too_short": "{what} is shorter than {min_length} characters: {given}",
    "string_too_long": "{what} is longer than {max_length} characters: {given}",
    "string_pattern_mismatch": "{given} is not {form}{odd}",
    "literal_error": "{what} must be {expected}, not {given}",
}
EMPTY = "{what} is empty: give it entries, or leave the key out"
NO_VALUE = "{what} has no value: give it one, or leave the key out"
FORMS = {
    "^[A-Z]{3}$": "a state's code of three capital letters",
    "^[A-Z]{3}-[A-Z]{3}$": "a dyad of two codes, ABC-DEF",
    "^[A-Z]{3}>[A-Z]{3}$": "a directed dyad of two codes, ABC>DEF",
    "^[0-9]{4}Q[1-4]$": "a quarter, such as 2019Q2",
    "^[a-z][a-z0-9_]*$": "a name of small letters, digits and _",
}


def words(document: Document, record: type[BaseModel], path: Path, detail: Any) -> str:
    """Return a message for one of pydantic's errors.

    Parameters
    ----------
    record : what the document is held to
    path : where in the document the fault is
    detail : the error, as `ValidationError.errors` gives it
    """
    kind, limits = detail["type"], detail.get("ctx", {})
    unknown = kind in ("extra_forbidden", "invalid_key")
    message = MESSAGES.get(kind, detail["msg"].replace("{", "{{").replace("}", "}}"))
    if detail["input"] is None and not unknown and kind != "missing":
        message = NO_VALUE
    if kind == "too_short" and not limits["actual_length"]:
        message = EMPTY
    pattern = _pattern(record, path) if kind == "string_type" else limits.get("pattern", "")
    if kind == "string_type" and pattern in FORMS:
        message = MESSAGES["string_pattern_mismatch"]  # in quotes it would be text, and still not of the form
    text: str = message.format(
        what=_name(document, path, of_key="[key]" in detail["loc"]),
        key=detail["loc"][-1],
        given=kind_of(detail["input"]),
        fields=", ".join(_fields(record, path)),
        near=_near(str(path[-1]), _fields(record, path[:-1])) if unknown else "",
        comma=_comma(detail),
        odd=odd_letter(str(detail["input"])),
        form=FORMS.get(pattern, f"of the form {pattern}"),
        **limits,
    )
    return text


def is_of_key(detail: Any) -> bool:
    """Return whether an error is about a key rather than about its value."""
    return detail["type"] in ("extra_forbidden", "invalid_key") or "[key]" in detail["loc"]


def kind_of(value: object) -> str:
    """Return a value as a message quotes it, or the name of its kind where it is large."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else short(value)


def _name(document: Document, path: Path, *, of_key: bool) -> str:
    """Return what a path leads to: a key's name, or an entry of a list."""
    if of_key:
        return f"a key of {_name(document, path[:-1], of_key=False)}"
    if not path:
        return "the file"
    if path in document.keys:
        return short(str(path[-1]))
    return f"entry {int(path[-1]) + 1} of {_name(document, path[:-1], of_key=False)}"


def _comma(detail: Any) -> str:
    """Return a hint for a decimal number with a comma: `0,5`, which braces split: `{a: 0,5}`."""
    value, of_key = detail["input"], "[key]" in detail["loc"]
    if (of_key and isinstance(value, int)) or re.fullmatch(r"-?[0-9]+,[0-9]+", str(value)):
        return "; a decimal number is written with a point"
    if detail["type"] == "string_type" and isinstance(value, int | float) and not isinstance(value, bool):
        return " (in quotes it would be text)"
    return ""


def _near(name: str, known: list[str]) -> str:
    return did_you_mean(name, known) or f" (known: {', '.join(known)})"


def _fields(record: type[BaseModel], path: Path) -> list[str]:
    """Return the keys that the record at a path knows."""
    annotation: Any = record
    for part in path:
        annotation = _below(annotation, part)
    model = _model(annotation)
    return list(_by_key(model)) if model else []


def _by_key(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the fields of a record by the keys that a file has for them: 'in', which Python calls `in_`."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _pattern(record: type[BaseModel], path: Path) -> str:
    """Return the regular expression that the text at a path is held to; "" where there is none."""
    annotation: Any = record
    for part in path[:-1]:
        annotation = _below(annotation, part)
    model = _model(annotation)
    field = _by_key(model).get(str(path[-1])) if model else None
    if field is None:
        return ""
    held_to = [
        *field.metadata,
        *(each for option in _options(field.annotation) for each in typing.get_args(option)[1:]),
    ]
    limits = [*held_to, *(limit for each in held_to for limit in getattr(each, "metadata", []))]
    return next((str(limit.pattern) for limit in limits if getattr(limit, "pattern", None)), "")


def _below(annotation: Any, part: Key) -> Any:
    model = _model(annotation)
    if model is not None and part in (fields := _by_key(model)):
        return fields[str(part)].annotation
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


class Inconsistent(ValueError):
    """A value that does not fit the others of its record, with the key where a reader would look."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key
