"""The reference's numbers and draws from a table, so that a benchmark times its rules alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class _Tabled:
    """Remember every answer of another object's methods."""

    def __init__(self, source: Any) -> None:
        self._source = source

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method, table = getattr(self._source, name), {}

        def remembered(*key: Any) -> Any:
            if key not in table:
                table[key] = method(*key)
            return table[key]

        setattr(self, name, remembered)
        return remembered


class TabledDraws(_Tabled):
    """Draws that are made once."""


class TabledParameters(_Tabled):
    """Parameters that are looked up once."""
