"""What is usable of a document with faults, so that no fault of a file hides another, there or in other files."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Annotated, Any, cast

from pydantic import BaseModel, ValidationError, create_model

from cordiale.files.error_messages import Record, path_of, validate
from cordiale.files.errors import FileError
from cordiale.files.yaml_file import Document, Key

Path = tuple[Key, ...]


def sift(document: Document, record: type[Record]) -> tuple[Document, Record | None]:
    """Return a document and its record without what has faults; the document holds the faults.

    What has a fault is left out with the smallest entry that cannot do without it; a key of the record itself that is
    left out is None in it, whatever its type says.

    Returns
    -------
    the document with the places of what is left; the record, None where nothing is
    """
    try:
        return document, validate(document, record)
    except FileError as fault:
        faults = [fault, *fault.others]
    left, found = Document(document.path, document.data, document.keys, document.values), None
    while isinstance(left.data, dict) and found is None:
        try:
            found = _of_any(record).model_validate(left.data)
        except ValidationError as error:
            cuts = {path_of(left, detail) for detail in error.errors(include_url=False)}
            if () in cuts:
                break
            left = _without(left, cuts)
    left.faults = faults
    return left, cast("Record | None", found)


@lru_cache(maxsize=32)
def _of_any(record: type[BaseModel]) -> type[BaseModel]:
    """Return the record of which no key is required; one that is not given is None."""
    fields: dict[str, Any] = {
        name: (Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation, None)
        for name, field in record.model_fields.items()
        if field.is_required()
    }
    return cast("type[BaseModel]", create_model(record.__name__, __base__=record, **fields))


def _without(document: Document, cuts: Collection[Path]) -> Document:
    """Return a document without what stands at some paths; entries of a list move up, and keep their places."""
    left = Document(document.path, lost=document.lost.union(*(_names(document, path) for path in cuts)))

    def copied(value: Any, old: Path, new: Path) -> Any:
        for places, kept in ((document.keys, left.keys), (document.values, left.values)):
            if old in places:
                kept[new] = places[old]
        if isinstance(value, dict):
            rest = [key for key in value if (*old, key) not in cuts]
            return {key: copied(value[key], (*old, key), (*new, key)) for key in rest}
        if isinstance(value, list):
            whole = [at for at in range(len(value)) if (*old, at) not in cuts]
            return [copied(value[at], (*old, at), (*new, here)) for here, at in enumerate(whole)]
        return value

    left.data = copied(document.data, (), ())
    return left


def _names(document: Document, path: Path) -> Iterator[str]:
    """Yield the names that go with what stands at a path: its own, and those of its entries."""
    value = document.data
    for key in path:
        value = value[key]
    yield str(path[-1])
    if isinstance(value, dict):
        yield from map(str, value)
