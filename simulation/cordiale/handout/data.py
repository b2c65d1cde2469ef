"""What the page's script reads: every cell's numbers and sentences, rounded, and the questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from cordiale.handout.cells import Cell
from cordiale.handout.grid import Grid
from cordiale.handout.questions import Question
from cordiale.handout.told import PLACES, QUANTILES, Told, base_sentences, extent, rounded, sentences, told
from cordiale.handout.why import Added, causes_added, in_words, names_of, parts_added
from cordiale.measures.alignment import PARTS
from cordiale.quarters import to_text
from cordiale.resolved import Scenario

_BAND = ("mean", "low", "high")


@dataclass(frozen=True)
class Result:
    """A grid that has been run.

    Attributes
    ----------
    scenarios : as given
    cells : of the grid, in order
    left_out : levers that the grid leaves out, with why
    command : what makes the page again
    """

    scenarios: Sequence[Scenario]
    grid: Grid
    cells: Sequence[Cell]
    dyad: str
    left_out: Sequence[str]
    command: str

    @property
    def quarters(self) -> list[str]:
        """The quarters of every cell."""
        base = self.grid.base
        return [to_text(base.start + quarter) for quarter in range(base.quarters)]

    @property
    def pair(self) -> str:
        """The dyad in words."""
        states = self.grid.base.loaded.pack.states
        return " and ".join(states[code].name for code in self.dyad.split("-"))


def data_of(result: Result, questions: Sequence[Question]) -> dict[str, Any]:
    """Return all that the page shows and that a control can change."""
    names = names_of(result.grid.base)
    cells = [_cell(result, at, names) for at in range(result.grid.cells)]
    return {
        "quarters": result.quarters,
        "shape": result.grid.shape,
        "cells": cells,
        "limits": {
            "quantiles": extent([cell["quantiles"] for cell in cells], [str(q) for q in QUANTILES]),
            "difference": extent([cell["difference"] for cell in cells], ("low", "high")),
            "parts": {part: extent([cell["parts"] for cell in cells], (part,)) for part in PARTS},
            "added": _reach(cells),
        },
        "questions": [asdict(question) for question in questions],
    }


def _cell(result: Result, at: int, names: dict[str, str]) -> dict[str, Any]:
    cell, base = result.cells[at], result.cells[0]
    values = cell.values["alignment"]
    own = told(values - base.values["alignment"], base.values["alignment"])
    changes = result.grid.changes(at)
    causes = causes_added(cell, base, names)
    horizon = result.quarters[-1]
    return {
        "changes": changes,
        "words": sentences(cell, base, horizon) if at else base_sentences(base, result.quarters),
        "quantiles": {str(q): rounded(np.quantile(values, q, axis=0)) for q in QUANTILES},
        "difference": {name: rounded(np.array([getattr(each, name) for each in own])) for name in _BAND},
        "parts": {part: rounded(cell.values[part].mean(axis=0)) for part in PARTS},
        "end": {"alignment": _told(own[-1])} | {part: _told(_part(cell, base, part)) for part in PARTS},
        "added": [_added(each) for each in parts_added(cell, base)],
        "causes": [_added(each) for each in causes],
        "why": in_words(causes) if at else "Nothing is changed, so there is nothing to explain.",
    }


def _part(cell: Cell, base: Cell, part: str) -> Told:
    """Return the difference of a part on its own scale in the last quarter."""
    found = (cell.values[part] - base.values[part])[:, -1:]
    return told(found, base.values[part][:, -1:])[0]


def _told(found: Told) -> dict[str, float | None]:
    numbers = {name: round(float(value), PLACES) + 0.0 for name, value in asdict(found).items() if name != "size"}
    return numbers | {"size": round(found.size, PLACES) + 0.0 if np.isfinite(found.size) else None}


def _added(each: Added) -> dict[str, Any]:
    numbers = {name: round(getattr(each.found, name), PLACES) + 0.0 for name in _BAND}
    return {"label": each.label[0].upper() + each.label[1:], **numbers}


def _reach(cells: Sequence[dict[str, Any]]) -> float:
    """Return the largest reach of a bar or its interval, in any cell."""
    bars = [each for cell in cells for each in (*cell["added"], *cell["causes"])]
    return max((abs(each[name]) for each in bars for name in _BAND), default=0.0) or 1.0
