"""The same functions, compiled: every one of them as it stands, with the others compiled in its place.

A compiled function takes one block of memory in place of each named tuple, whose fields have the same names: as
tuples of arrays they compile for minutes, and run more slowly.
"""

from __future__ import annotations

from functools import lru_cache
from types import FunctionType
from typing import Any

import numpy as np

from . import agreements, coercion, contracts, formats, kernel, rates, terms, trust

MODULES = (terms, rates, agreements, contracts, coercion, trust, formats, kernel)


@lru_cache(maxsize=1)
def compiled_step() -> Any:
    """Return `kernel.step` as Numba compiles it, of records."""
    from numba import njit

    names: dict[str, Any] = {}
    for module in MODULES:
        names |= vars(module)
    ours = {module.__name__ for module in MODULES}
    for name, each in list(names.items()):
        if isinstance(each, FunctionType) and each.__module__ in ours:
            names[name] = njit(error_model="numpy")(FunctionType(each.__code__, names, name))
    return names["step"]


def in_one_piece(named: Any) -> Any:
    """Return a record with the fields of a named tuple of arrays and numbers; marks are 0 and 1 there."""
    parts = {field: np.asarray(value) for field, value in named._asdict().items()}
    parts = {field: each.astype(np.int8) if each.dtype == np.bool_ else each for field, each in parts.items()}
    kind = np.dtype([(field, value.dtype, value.shape) for field, value in parts.items()], align=True)
    record = np.recarray(1, kind)
    for field, value in parts.items():
        record[field][0] = value
    return record[0]


def step(*named: Any) -> None:
    """Do what `kernel.step` does, compiled; its last argument is the world to write."""
    pieces = [in_one_piece(each) for each in named]
    compiled_step()(*pieces)
    for field, value in named[-1]._asdict().items():
        value[...] = getattr(pieces[-1], field)
