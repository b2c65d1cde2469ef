"""How far two coders of one article agree: Krippendorff's alpha, and where they differ.

Alpha (Krippendorff 2019, Content Analysis, 4th ed., ch. 12) is 1 - observed / expected disagreement, with
the squared difference as the distance of two values (interval). It is 1 where coders agree and 0 where
they might as well have thrown dice. Krippendorff asks for 0.800, and for 0.667 where conclusions are tentative.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import krippendorff
import numpy as np

from cordiale.case.coding import Cell, Coding, read_coding
from cordiale.case.fields import Names
from cordiale.case.load import LoadedPack
from cordiale.case.numbers import coded_numbers
from cordiale.models.random import Array
from cordiale.scenario.load import load_case
from cordiale.study.result import Result, Row

if TYPE_CHECKING:
    import pandas as pd

RELIABLE, TENTATIVE = 0.8, 0.667
RESAMPLES = 1000


@dataclass(frozen=True)
class Alpha:
    """Alpha over some cells, with its 95 % bootstrap interval; NaN where no two values differ."""

    value: float
    low: float
    high: float
    cells: int

    def __str__(self) -> str:
        if np.isnan(self.value):
            return "not defined"
        return f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f})".replace("-", "−")


@dataclass(frozen=True, repr=False)
class Agreement(Result):
    """Two codings compared, cell by cell.

    Attributes
    ----------
    loaded : the pack
    coding : the other coder's
    missing : ideal points of the pack that the coder left out
    overall : alpha over all ideal points
    issues, states : alpha and differences by issue and by state, other minus pack
    cells : a row a cell: both codings, their difference, whether the other lies outside the pack's range
    fields : as issues, by kind of number, such as capability, of all that are no ideal points
    """

    kind = "agreement"
    digits = "%.10g"
    loaded: LoadedPack
    coding: Coding
    missing: int
    overall: Alpha
    issues: list[Row]
    states: list[Row]
    cells: list[Row]
    fields: list[Row] = field(default_factory=list)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return a row a cell."""
        import pandas as pd

        return {"agreement": pd.DataFrame(self.cells)}

    def sentences(self) -> list[str]:
        """Return what the comparison says, a sentence each."""
        return sentences(self)

    def details(self) -> Row:
        """Return what its manifest says of it."""
        return {"pack": self.loaded.pack.name, "coding": self.coding.called, "sha256": self.coding.sha256}

    def record(self) -> Row:
        """Return what a program would read of it, as JSON."""
        record = {
            "coding": self.coding.called, "missing": self.missing, "overall": asdict(self.overall),
            "issues": self.issues, "states": self.states, "fields": self.fields, "cells": self.cells,
            "sha256": self.coding.sha256, "words": self.sentences(),
        }  # fmt: skip
        return dict(_finite(record))

    def rows(self) -> list[tuple[str, list[Row]]]:
        """Return what differs by issue and by state, and the cells outside the pack's range."""
        shown = ("path", "pack low", "pack", "pack high", "other", "difference")
        outside = [{name: row[name] for name in shown} for row in self.outside]
        return [
            ("By issue: other minus pack", self.issues), ("By state: other minus pack", self.states),
            *([("By kind of number, without ideal points: other minus pack", self.fields)] if self.fields else []),
            ("Outside the pack's range", outside),
        ]  # fmt: skip

    @property
    def outside(self) -> list[Row]:
        """The cells whose value lies outside the pack's range, the farthest first."""
        return sorted((row for row in self.cells if row["outside"]), key=lambda row: -abs(row["difference"]))


def alpha(values: Array) -> float:
    """Return Krippendorff's alpha for interval data; NaN where no two values differ.

    Parameters
    ----------
    values : (coders, units), NaN where a coder left a unit out
    """
    if len(np.unique(values[~np.isnan(values)])) < 2:
        return float("nan")
    return float(krippendorff.alpha(reliability_data=values, level_of_measurement="interval"))


def alpha_of(values: Array, resamples: int = RESAMPLES) -> Alpha:
    """Return alpha with the 2.5 and 97.5 % quantiles over bootstrap samples of units (Zapf et al. 2016).

    Parameters
    ----------
    values : (2, units), of which units are drawn with replacement, always the same for the same number of units
    """
    units = values.shape[1]
    luck = np.random.Generator(np.random.Philox(units))
    drawn = [alpha(values[:, luck.integers(0, units, units)]) for _ in range(resamples)]
    known = np.array([each for each in drawn if not np.isnan(each)])
    low, high = np.quantile(known, [0.025, 0.975]) if len(known) else (np.nan, np.nan)
    return Alpha(alpha(values), float(low), float(high), units)


def agreement(
    coding: Path | str, pack: str | LoadedPack | None = None, resamples: int = RESAMPLES, allow: Collection[str] = ()
) -> Agreement:
    """Compare another coder's values with the pack's.

    Parameters
    ----------
    coding : csv of the other coder: state,issue,value[,low,high][,basis]; or the name of a coding of the pack's own
    pack : name, folder or loaded
    resamples : bootstrap samples
    allow : modules from which the pack may name a family of the user's own

    Raises
    ------
    FileError with line and column where the csv does not fit the pack, OptionError
    """
    loaded = pack if isinstance(pack, LoadedPack) else load_case(pack, allow=allow)
    names = Names(loaded.pack)
    return compared(loaded, read_coding(coding, names, coded_numbers(loaded, names), loaded.folder), resamples)


def compared(loaded: LoadedPack, coding: Coding, resamples: int = RESAMPLES) -> Agreement:
    """Compare a coding that is read with its pack."""
    ideals = len(loaded.pack.states) * len(loaded.pack.case.issues)
    points = [cell for cell in coding.cells if cell.path.endswith(".ideal")]
    others, names = [cell for cell in coding.cells if cell not in points], Names(loaded.pack)
    return Agreement(
        loaded,
        coding,
        ideals - len(points),
        alpha_of(_values(points), resamples) if points else Alpha(np.nan, np.nan, np.nan, 0),
        _groups("issue", points, lambda cell: cell.path.split(".")[1], resamples),
        _groups("state", points, lambda cell: cell.path.split(".")[0], resamples),
        [_row(cell) for cell in coding.cells],
        _groups("number", others, lambda cell: names.paths[cell.path][0], resamples),
    )


def _values(cells: Sequence[Cell]) -> Array:
    return np.array([[cell.packs.best for cell in cells], [cell.coded.best for cell in cells]])


def _groups(what: str, cells: Sequence[Cell], of: Callable[[Cell], str], resamples: int) -> list[Row]:
    rows = []
    for name in dict.fromkeys(of(cell) for cell in cells):
        group = [cell for cell in cells if of(cell) == name]
        values = _values(group)
        difference = values[1] - values[0]
        rows.append({
            what: name, "cells": len(group), "alpha": alpha_of(values, resamples),
            "mean difference": float(difference.mean()), "mean distance": float(np.abs(difference).mean()),
            "outside": sum(_outside(cell) for cell in group),
        })  # fmt: skip
    return rows


def _row(cell: Cell) -> Row:
    packs, own = cell.packs, cell.coded
    return {
        "path": cell.path, "pack low": packs.low, "pack": packs.best, "pack high": packs.high,
        "other low": own.low, "other": own.best, "other high": own.high,
        "difference": own.best - packs.best, "outside": _outside(cell), "line": cell.line,
    }  # fmt: skip


def _finite(value: Any) -> Any:
    """Return a record without NaN, which JSON does not have."""
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_finite(each) for each in value]
    if isinstance(value, Alpha):
        return _finite(asdict(value))
    return None if isinstance(value, float) and value != value else value


def _outside(cell: Cell) -> bool:
    return not cell.packs.low <= cell.coded.best <= cell.packs.high


def sentences(agreement: Agreement) -> list[str]:
    """Return what the comparison says, a sentence each."""
    told = [_overall(agreement)]
    if agreement.missing:
        told.append(f"Ideal points that {agreement.coding.file} leaves to the pack: {agreement.missing}.")
    outside = agreement.outside
    total = len(agreement.cells)
    if outside:
        far = outside[0]
        told.append(
            f"{len(outside)} of {total} values lie outside the pack's range; the farthest is {far['path']}: "
            f"{far['other']:g} against {far['pack low']:g} to {far['pack high']:g}."
        )
    else:
        told.append(f"All {total} values lie within the pack's ranges.")
    if len(agreement.states) > 1:
        apart = max(agreement.states, key=lambda row: abs(row["mean difference"]))
        shift = f"{apart['mean difference']:+.2f}".replace("-", "−")
        told.append(f"The state that moves most on average is {apart['state']}: {shift}.")
    shifts = sum(not cell.own_range for cell in agreement.coding.cells)
    if shifts:
        told.append(f"{shifts} values came without low and high and took the width of the pack's range.")
    return told


def _overall(agreement: Agreement) -> str:
    value = agreement.overall.value
    if np.isnan(value):
        return "Alpha is not defined: no two ideal points differ."
    if value >= RELIABLE:
        verdict = f"at or above {RELIABLE:.3f}, which Krippendorff asks of reliable data"
    elif value >= TENTATIVE:
        verdict = f"below {RELIABLE:.3f} and at or above {TENTATIVE:.3f}: good for tentative conclusions"
    else:
        verdict = f"below {TENTATIVE:.3f}: the coders read the article differently"
    cells = agreement.overall.cells
    return f"Krippendorff's alpha (interval) over {cells} ideal points is {agreement.overall}; {verdict}."
