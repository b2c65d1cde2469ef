"""Arrays in dicts, lists and tuples as the bytes of a file, and back: numbers and texts, never code."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np


def as_bytes(value: Any) -> bytes:
    """Return a value as a file holds it; TypeError for what is neither an array, a number, a text, nor made of such."""
    arrays: list[Any] = []
    tree = json.dumps(_tree(value, arrays))
    file = io.BytesIO()
    np.savez(file, tree=np.array(tree), **{f"a{at}": array for at, array in enumerate(arrays)})
    return file.getvalue()


def from_bytes(data: bytes) -> Any:
    """Return the value that `as_bytes` made a file of; ValueError where it made none."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            return _read(json.loads(str(file["tree"])), file)
    except (OSError, KeyError, TypeError, EOFError, RecursionError) as error:
        raise ValueError(f"no arrays: {error}") from None


def _tree(value: Any, arrays: list[Any]) -> Any:
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return {"array": len(arrays) - 1}
    if isinstance(value, dict):
        return {"dict": [[_tree(key, arrays), _tree(each, arrays)] for key, each in value.items()]}
    if isinstance(value, tuple):
        return {"tuple": [_tree(each, arrays) for each in value]}
    if isinstance(value, list):
        return [_tree(each, arrays) for each in value]
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"{type(value).__name__} is neither an array nor made of such")


def _read(tree: Any, file: Any) -> Any:
    if isinstance(tree, list):
        return [_read(each, file) for each in tree]
    if not isinstance(tree, dict):
        return tree
    (kind, content), *_ = tree.items()
    if kind == "array":
        return file[f"a{content}"]
    if kind == "tuple":
        return tuple(_read(each, file) for each in content)
    return {_read(key, file): _read(each, file) for key, each in content}
