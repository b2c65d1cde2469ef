"""Cells run on the same worlds: alignment and its parts by quarter, and what each cause has added to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from cordiale.engine.block import worlds_of
from cordiale.engine.pool import ordered
from cordiale.engine.sample import Sampler, blocks
from cordiale.models.base import Rules
from cordiale.models.random import Array, Streams
from cordiale.scenario.settings import Scenario
from cordiale.study.attribution import attribution_of, terms
from cordiale.study.intervals import effect, in_worlds

SCREENED = 64  # worlds of the trial that chooses among many levers
HEADLINE = "headline"
Cause = tuple[str, str, str]  # part of the headline; quantity; cause
Progress = Callable[[int, int], None]
Found = TypeVar("Found")


@dataclass(frozen=True)
class Cell:
    """What a cell's worlds came to.

    Attributes
    ----------
    values : HEADLINE and each of its parts -> (worlds, quarters)
    share : of each part in the headline
    causes : cause -> (worlds,) what it has added since the start, in points of the headline; only differences
        between cells mean something
    """

    values: dict[str, Array]
    share: float
    causes: dict[Cause, Array]


@dataclass(frozen=True)
class Work:
    """What is run; the same for every process.

    Attributes
    ----------
    scenarios : of each cell, of one pack, one seed and one horizon
    """

    scenarios: Sequence[Scenario]
    dyad: str
    worlds: int
    rules: Rules

    def cell(self, at: int) -> Cell:
        """Run one cell with its causes."""
        scenario = self.scenarios[at]
        family, tells = scenario.family, scenario.family.attribution
        reads = tells.reads(scenario.names) if tells else []
        measured = self._measured(scenario, [family.headline, *family.parts, *reads])
        drawn = worlds_of(scenario, Streams(scenario.seed, 0, self.worlds)).parameters
        ends = {name: measured.pop(name)[:, -1] for name in reads}
        share = 1.0 / max(len(family.parts), 1)
        causes = self._causes(scenario, share) if tells else {}
        if tells:
            standing = tells.standing(ends, drawn, self.rules)
            causes |= {cause: share * value for cause, value in standing.items()}
        return Cell({HEADLINE: measured.pop(family.headline), **measured}, share, causes)

    def last(self, at: int) -> Array:
        """Return the headline in a cell's last quarter, (worlds,)."""
        headline = self.scenarios[at].family.headline
        return self._measured(self.scenarios[at], [headline])[headline][:, -1]

    def _measured(self, scenario: Scenario, names: Sequence[str]) -> dict[str, Array]:
        sampler = Sampler([scenario], [f"{name}:{self.dyad}" for name in names], self.rules)
        parts = [sampler.worlds(first, size)[0] for first, size in blocks(self.worlds)]
        return {name: np.concatenate([part[f"{name}:{self.dyad}"][:, :, 0] for part in parts]) for name in names}

    def _causes(self, scenario: Scenario, share: float) -> dict[Cause, Array]:
        """Return the causes of the parts' changes, in points of the headline."""
        tells = attribution_of(scenario.family)
        found = terms(scenario, self.dyad, self.worlds, self.rules.behaviour)
        causes: dict[Cause, Array] = {}
        for (quantity, cause), change in found.changes.items():
            part, unit = tells.in_parts(quantity)
            causes[part, quantity, cause] = unit * share * change.sum(axis=1)
        return causes


def run_cells(work: Work, jobs: int | None, progress: Progress | None) -> list[Cell]:
    """Run all cells and return them in order."""
    return _all(Work.cell, work, jobs, progress)


def trial(work: Work, jobs: int | None, progress: Progress | None) -> list[float]:
    """Return the mean difference of each scenario's last alignment to that of the first, which is left out."""
    last = _all(Work.last, work, jobs, progress)
    return [float(np.mean(other - last[0])) for other in last[1:]]


def _all(run: Callable[[Work, int], Found], work: Work, jobs: int | None, progress: Progress | None) -> list[Found]:
    found: list[Found] = []
    size = work.worlds * sum(scenario.quarters for scenario in work.scenarios)
    for each in ordered(run, work, range(len(work.scenarios)), jobs, size):
        found.append(each)
        if progress is not None:
            progress(len(found), len(work.scenarios))
    return found


# ----------------------------------------------------------------
# Differences between cells on the same worlds, as numbers and in words; "not clear" where an interval spans zero.


PLACES = 4  # decimals of every number that the page holds
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class MeanDifference:
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


def mean_differences(differences: Array, baseline: Array | None = None, yes_no: bool = False) -> list[MeanDifference]:
    """Return what is told of differences on matched worlds.

    Parameters
    ----------
    differences : (worlds, columns)
    baseline : the same of the base, for sizes
    yes_no : whether it is of what is so (1) or not so (0) in a world
    """
    if not differences.shape[1]:
        return []
    found = effect(differences, differences if baseline is None else baseline, yes_no)
    against = np.where(found.mean < 0, differences > 0, differences < 0).mean(axis=0)
    columns = {
        "mean": found.mean, "low": found.low, "high": found.high, "share": found.share, "share_low": found.share_low,
        "share_high": found.share_high, "against": against, "size": found.size,
    }  # fmt: skip
    worlds, count = differences.shape
    return [
        MeanDifference(**{name: float(each[at]) for name, each in columns.items()}, worlds=worlds)
        for at in range(count)
    ]


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
    """Return what each part has added to the difference of the headline, (worlds, parts); they sum to it."""
    moved = [cell.share * (cell.values[part] - base.values[part])[:, -1] for part in parts_of(cell)]
    return np.stack(moved, axis=1) if moved else np.empty((len(cell.values[HEADLINE]), 0))


def parts_of(cell: Cell) -> list[str]:
    """Return the names of the headline's parts."""
    return [name for name in cell.values if name != HEADLINE]


def sentences(cell: Cell, base: Cell, horizon: str, what: str, so: str | None = None) -> list[str]:
    """Return what a cell's worlds say against the base, a sentence each.

    Parameters
    ----------
    what : the headline in words: "alignment"
    so : of a share of worlds, what is so in them: "France and Japan are on the same side"; None of what has a mean
    """
    own, of_base = cell.values[HEADLINE][:, -1:], base.values[HEADLINE][:, -1:]
    if not (own - of_base).any():
        return ["Not one world ends otherwise than with nothing changed."]
    if so is not None:
        told = in_worlds(
            (float(own.mean()), float(of_base.mean())), (own - of_base)[:, 0], "those with nothing changed"
        )
        return [f"{so} in {horizon} {told}."]
    (found,) = mean_differences(own - of_base, of_base)
    return [_headline(found, horizon, what), _worlds(found), *_size(found), *_through(cell, base, what)]


def base_sentences(base: Cell, quarters: Sequence[str], what: str, so: str | None = None) -> list[str]:
    """Return where the base's worlds stand, a sentence each; parameters as in `sentences`."""
    values = base.values[HEADLINE]
    if so is not None:
        ends, begins = (f"in {values[:, at].mean():.0%} of worlds in {quarters[at]}" for at in (-1, 0))
        return [f"Nothing is changed. {so} {ends}, and {begins}."]
    low, median, high = np.quantile(values[:, -1], (0.05, 0.5, 0.95))
    return [
        f"Nothing is changed. {_upper(what)} is {median:.2f} in the middle world in {quarters[-1]}, and was "
        f"{np.median(values[:, 0]):.2f} in {quarters[0]}.",
        f"90 % of worlds end between {low:.2f} and {high:.2f}: that is how much the numbers leave open.",
    ]


def _headline(difference: MeanDifference, horizon: str, what: str) -> str:
    if not difference.clear:
        mean = signed(difference.mean)
        return f"No clear difference in {horizon}: {mean} on average, and the {difference.interval} spans zero."
    size = signed(abs(difference.mean)).lstrip("+")
    moved = f"{size} {difference.word} in {horizon}"
    return f"{_upper(what)} is {moved}, on average over the same worlds ({difference.interval})."


def _worlds(difference: MeanDifference) -> str:
    same = max(0.0, 1 - difference.share - difference.against)
    other = "lower" if difference.word == "higher" else "higher"
    rest = f", and the same in {percent(same)}" if round(same, 2) else ""
    more, less = percent(difference.share), percent(difference.against)
    return f"It is {difference.word} in {more} of {difference.worlds} worlds, {other} in {less}{rest}."


def _size(difference: MeanDifference) -> list[str]:
    if not np.isfinite(difference.size):
        return []
    return [
        f"That is {abs(difference.size):.2f} of the spread between worlds with nothing changed (standard deviation)."
    ]


def _upper(what: str) -> str:
    return what[0].upper() + what[1:]


def _through(cell: Cell, base: Cell, what: str) -> list[str]:
    names = parts_of(cell)
    if not names:
        return []
    parts = dict(zip(names, mean_differences(part_differences(cell, base)), strict=True))
    clear = sorted((name for name in names if parts[name].clear), key=lambda name: -abs(parts[name].mean))
    if not clear:
        return [f"No part of {what} has clearly moved."]
    first = f"Most of what has clearly moved is {clear[0]} ({signed(parts[clear[0]].mean)})"
    return [first + (f", then {clear[1]} ({signed(parts[clear[1]].mean)})." if len(clear) > 1 else ".")]


def extent(several: Sequence[Mapping[str, Sequence[float]]], names: Sequence[str]) -> tuple[float, float]:
    """Return the lowest and highest number under some names."""
    found = [value for each in several for name in names for value in each[name]]
    return min(found), max(found)


# ----------------------------------------------------------------
# Why alignment differs between cells: what each part and each cause has added, on alignment's own scale.


SHOWN = 6  # causes told apart, those that moved most; the others are added up
OTHERS = "all other causes together"
NOTHING = 1e-9  # below which a difference is arithmetic


@dataclass(frozen=True)
class Added:
    """What a part or a cause has added to the difference of alignment."""

    label: str
    found: MeanDifference


def parts_added(cell: Cell, base: Cell) -> list[Added]:
    """Return what each part has added; together they are the difference."""
    differences = mean_differences(part_differences(cell, base))
    return [Added(part, each) for part, each in zip(parts_of(cell), differences, strict=True)]


def causes_added(cell: Cell, base: Cell, scenario: Scenario) -> list[Added]:
    """Return what the largest causes have added, then all others; together they are the difference.

    Parameters
    ----------
    scenario : one of the cells', whose pack and family know what a cause is called
    """
    added = _by_label(cell, base, scenario)
    moved = {label: each for label, each in added.items() if np.abs(each).max() > NOTHING}
    order = sorted(moved, key=lambda label: -abs(float(moved[label].mean())))
    columns = {label: moved[label] for label in order[:SHOWN]}
    if rest := [moved[label] for label in order[SHOWN:]]:
        columns[OTHERS] = np.sum(rest, axis=0)
    if not columns:
        return []
    found = mean_differences(np.stack(list(columns.values()), axis=1))
    return [Added(label, each) for label, each in zip(columns, found, strict=True)]


def _by_label(cell: Cell, base: Cell, scenario: Scenario) -> dict[str, Array]:
    """Return the difference of each labelled cause, (worlds,), and what no cause of a part explains."""
    added: dict[str, Array] = {}
    left = dict(zip(parts_of(cell), part_differences(cell, base).T.copy(), strict=True))
    for (part, quantity, cause), value in cell.causes.items():
        difference = value - base.causes[part, quantity, cause]
        label = attribution_of(scenario.family).cause_labels(quantity, cause, scenario.loaded.pack).whole
        added[label] = added.get(label, 0.0) + difference
        left[part] -= difference
    return added | {f"{part}: weights that moved": rest for part, rest in left.items()}


def in_words(added: list[Added]) -> str:
    """Return the clear causes that moved most, as a sentence."""
    clear = [each for each in added if each.found.clear and each.label != OTHERS]
    if not clear:
        return "No single cause is clear: its interval spans zero in each."
    ups = [each for each in clear if each.found.mean > 0][:2]
    downs = [each for each in clear if each.found.mean < 0][:2]
    groups = [("Raises it most", ups), ("Lowers it most", downs)]
    return " ".join(f"{head}: {'; then '.join(_with_mean(each) for each in group)}." for head, group in groups if group)


def _with_mean(each: Added) -> str:
    return f"{each.label} ({signed(each.found.mean)})"
