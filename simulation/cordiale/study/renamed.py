"""Columns of tables under the names of the version before: they work, and say what they are called now."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from cordiale.files.errors import StudyWarning

COMPARED = {"together_low": "simultaneous_low", "together_high": "simultaneous_high", "share": "higher"}
COLUMNS = {"moves": {"gain_share": "gain_higher"}}  # kind of a result -> its columns


class Frame(pd.DataFrame):
    """A table whose columns can be asked for by the names that they had.

    A share of worlds with the mean's sign is the share in which it is higher, or where the mean falls, lower.
    """

    _metadata: ClassVar[list[str]] = ["old"]
    old: Mapping[str, str]

    @classmethod
    def of(cls, table: pd.DataFrame, old: Mapping[str, str]) -> Frame:
        """Return a table that knows the names of the version before, old -> new."""
        found = cls(table)
        found.old = old
        return found

    def __getitem__(self, key: Any) -> Any:
        """Return a column, or several."""
        asked = key if isinstance(key, list) else [key]
        named = [each for each in asked if isinstance(each, str) and each in self.old and each not in self.columns]
        if not named:
            return super().__getitem__(key)
        table = pd.DataFrame(self)
        for each in named:
            new = self.old[each]
            warnings.warn(f"the column {each} is called {new} now", StudyWarning, stacklevel=2)
            if each.endswith("share"):
                falls = table[new.removesuffix("higher").rstrip("_") or "mean"] < 0
                table[each] = np.where(falls, table[new.replace("higher", "lower")], table[new])
            else:
                table[each] = table[new]
        return table[key]
