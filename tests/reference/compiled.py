"""The same functions, compiled: every one of them as it stands, with the others compiled in its place.

A compiled function takes one block of memory in place of each named tuple, whose fields have the same names: as
tuples of arrays they compile for minutes, and run more slowly. The quarters of a world are stepped inside compiled
code: what a call from Python costs is paid once a run.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from types import FunctionType
from typing import Any

import numpy as np

from . import agreements, coercion, contracts, formats, kernel, rates, terms, trust
from .adapter import OneWorld

MODULES = (terms, rates, agreements, contracts, coercion, trust, formats, kernel)


@lru_cache(maxsize=1)
def compiled_run() -> Any:
    """Return a function that steps a world by `kernel.step` as Numba compiles it, of what `prepared` returns."""
    from numba import njit

    names: dict[str, Any] = {}
    for module in MODULES:
        names |= vars(module)
    ours = {module.__name__ for module in MODULES}
    for name, each in list(names.items()):
        if isinstance(each, FunctionType) and each.__module__ in ours:
            names[name] = njit(error_model="numpy")(FunctionType(each.__code__, names, name))
    step = names["step"]

    def run(s, w, n, standards, start, worlds, draws):
        for quarter in range(len(draws)):
            step(s, w[quarter], n[quarter], standards, start, worlds[quarter], draws[quarter], worlds[quarter + 1])

    return njit(run)


def prepared(world: OneWorld, quarters: int) -> tuple[Any, ...]:
    """Return what a compiled run takes of a world's next quarters: structure, weights, numbers, and so on.

    The last but one is the world, now and after each quarter, which the run is to write.
    """
    asked = []
    for _ in range(quarters):
        asked.append(world.inputs())
        world.quarter += 1
    s, _, _, standards, start, now, _ = asked[0]
    w, n, draws = (side_by_side([inputs[at] for inputs in asked]) for at in (1, 2, 6))
    worlds = side_by_side([now] * (quarters + 1))
    return in_one_piece(s), w, n, in_one_piece(standards), in_one_piece(start), worlds, draws


def side_by_side(named: Sequence[Any]) -> Any:
    """Return named tuples of one kind as an array of records."""
    pieces = [in_one_piece(each) for each in named]
    found = np.recarray(len(pieces), pieces[0].dtype)
    for at, piece in enumerate(pieces):
        found[at] = piece
    return found


def in_one_piece(named: Any) -> Any:
    """Return a record with the fields of a named tuple of arrays and numbers; marks are 0 and 1 there."""
    parts = {field: np.asarray(value) for field, value in named._asdict().items()}
    parts = {field: each.astype(np.int8) if each.dtype == np.bool_ else each for field, each in parts.items()}
    kind = np.dtype([(field, value.dtype, value.shape) for field, value in parts.items()], align=True)
    record = np.recarray(1, kind)
    for field, value in parts.items():
        record[field][0] = value
    return record[0]
