"""Differences between cells on the same worlds, as numbers and in words; "not clear" where an interval spans zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cordiale.analysis.estimators import effect
from cordiale.draws import Array
from cordiale.handout.cells import Cell
from cordiale.measures.alignment import PARTS

PLACES = 4  # decimals of every number that the page holds
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Told:
    """A mean difference over worlds.

    Attributes
    ----------
    mean, low, high : with its 95 % interval
    share, share_low, share_high : share of worlds with the mean's sign, with its 95 % interval
    against : share of worlds with the other sign
    size : the mean in standard deviations of the baseline over worlds; nan where that has none
    worlds : how many
    """

    mean: float
    low: float
    high: float
    share: float
    share_low: float
    share_high: float
    against: float
    size: float
    worlds: int

    @property
    def clear(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0

    @property
    def interval(self) -> str:
        """The mean's interval in words."""
        return f"95 % interval {signed(self.low)} to {signed(self.high)}"

    @property
    def word(self) -> str:
        """Whether the mean is "higher" or "lower"."""
        return "higher" if self.mean > 0 else "lower"

    def __str__(self) -> str:
        return f"{signed(self.mean)} ({self.interval})"


def told(differences: Array, baseline: Array | None = None) -> list[Told]:
    """Return what is told of differences on matched worlds.

    Parameters
    ----------
    differences : (worlds, columns)
    baseline : the same of the base, for sizes
    """
    found = effect(differences, differences if baseline is None else baseline)
    against = np.where(found.mean < 0, differences > 0, differences < 0).mean(axis=0)
    columns = {
        "mean": found.mean, "low": found.low, "high": found.high, "share": found.share, "share_low": found.share_low,
        "share_high": found.share_high, "against": against, "size": found.size,
    }  # fmt: skip
    worlds, count = differences.shape
    return [Told(**{name: float(each[at]) for name, each in columns.items()}, worlds=worlds) for at in range(count)]


def signed(value: float) -> str:
    """Return a difference with its sign, to three decimals, or four where it is below 0.01."""
    digits = 3 if abs(value) >= 0.00995 else PLACES
    number = round(value, digits)
    return f"{number:+.{digits}f}".replace("-", "−") if number else f"{0:.{digits}f}"


def percent(share: float) -> str:
    """Return a share as "69 %"."""
    return f"{100 * share:.0f} %"


def rounded(values: Array) -> list[float]:
    """Return numbers as the page holds them."""
    return [round(float(value), PLACES) + 0.0 for value in values]


def part_differences(cell: Cell, base: Cell) -> Array:
    """Return what each part has added to the difference of alignment, (worlds, parts); they sum to it."""
    return np.stack([cell.shares[part] * (cell.values[part] - base.values[part])[:, -1] for part in PARTS], axis=1)


def sentences(cell: Cell, base: Cell, horizon: str) -> list[str]:
    """Return what a cell's worlds say against the base, a sentence each."""
    own, of_base = cell.values["alignment"][:, -1:], base.values["alignment"][:, -1:]
    if not (own - of_base).any():
        return ["Not one world ends otherwise than with nothing changed."]
    (found,) = told(own - of_base, of_base)
    return [_headline(found, horizon), _worlds(found), *_size(found), _through(cell, base)]


def base_sentences(base: Cell, quarters: Sequence[str]) -> list[str]:
    """Return where the base's worlds stand, a sentence each."""
    values = base.values["alignment"]
    low, median, high = np.quantile(values[:, -1], (0.05, 0.5, 0.95))
    return [
        f"Nothing is changed. Alignment is {median:.2f} in the middle world in {quarters[-1]}, and was "
        f"{np.median(values[:, 0]):.2f} in {quarters[0]}.",
        f"90 % of worlds end between {low:.2f} and {high:.2f}: that is how much the numbers leave open.",
    ]


def _headline(found: Told, horizon: str) -> str:
    if not found.clear:
        mean = signed(found.mean)
        return f"No clear difference in {horizon}: {mean} on average, and the {found.interval} spans zero."
    size = signed(abs(found.mean)).lstrip("+")
    return f"Alignment is {size} {found.word} in {horizon}, on average over the same worlds ({found.interval})."


def _worlds(found: Told) -> str:
    same = max(0.0, 1 - found.share - found.against)
    other = "lower" if found.word == "higher" else "higher"
    rest = f", and the same in {percent(same)}" if round(same, 2) else ""
    more, less = percent(found.share), percent(found.against)
    return f"It is {found.word} in {more} of {found.worlds} worlds, {other} in {less}{rest}."


def _size(found: Told) -> list[str]:
    if not np.isfinite(found.size):
        return []
    return [f"That is {abs(found.size):.2f} of the spread between worlds with nothing changed (standard deviation)."]


def _through(cell: Cell, base: Cell) -> str:
    parts = dict(zip(PARTS, told(part_differences(cell, base)), strict=True))
    clear = sorted((name for name in PARTS if parts[name].clear), key=lambda name: -abs(parts[name].mean))
    if not clear:
        return "No part of alignment has clearly moved."
    first = f"Most of what has clearly moved is {clear[0]} ({signed(parts[clear[0]].mean)})"
    return first + (f", then {clear[1]} ({signed(parts[clear[1]].mean)})." if len(clear) > 1 else ".")


def extent(several: Sequence[Mapping[str, Sequence[float]]], names: Sequence[str]) -> tuple[float, float]:
    """Return the lowest and highest number under some names."""
    found = [value for each in several for name in names for value in each[name]]
    return min(found), max(found)
