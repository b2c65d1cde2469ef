"""How much of the variance between worlds is coding, how much chance, and how much the two together.

A crossed design: each of R codings meets the luck of each of L worlds, one run a cell. Given its numbers and
its luck a world is determined, so what a two-way analysis of variance leaves over is the interaction itself
and no error: luck that works out otherwise under another coding (components of variance for the two-way
layout without replication: Searle, Casella and McCulloch 1992, chapter 4).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cordiale.analysis.evaluate import Progress, Values
from cordiale.draws import Array
from cordiale.pool import Ordered, ordered

CODINGS, LUCK = 128, 16
PARTS = ("coding", "chance", "interaction")


@dataclass(frozen=True)
class Shares:
    """Shares of the variance between worlds.

    Attributes
    ----------
    share, error : part -> share, and half its 95 % interval (jackknife over codings and over lucks)
    variance : of one world's value
    codings, luck : size of the design
    """

    share: dict[str, float]
    error: dict[str, float]
    variance: float
    codings: int
    luck: int

    def left(self, luck: int) -> float:
        """Return the share of interaction in the variance between codings of a mean over some worlds' luck."""
        noise = self.share["interaction"] / luck
        whole = self.share["coding"] + noise
        return noise / whole if whole > 0 else 0.0


def crossed(
    at: Callable[[Values, int], Array], values: Values, luck: int = LUCK, progress: Progress | None = None, *,
    jobs: int | None = 1, size: int = 0, run: Ordered = ordered,
) -> Array:  # fmt: skip
    """Return (codings, luck): each row of values under the luck of worlds 0 .. luck - 1.

    Parameters
    ----------
    jobs, size : as in `pool.ordered`
    run : works through the worlds; a journal's keeps those that are done
    """
    columns: list[Array] = []
    for column in run(_column, (at, values), range(luck), jobs, size):
        columns.append(column)
        world = len(columns) - 1
        if progress is not None:
            progress((world + 1) * len(columns[0]), luck * len(columns[0]))
    return np.stack(columns, axis=1)


def _column(work: tuple[Callable[[Values, int], Array], Values], world: int) -> Array:
    at, values = work
    return at(values, world)


def shares(table: Array) -> Shares:
    """Return the shares of coding, chance and interaction in a crossed table (codings, luck)."""
    codings, luck = table.shape
    parts = _components(table)
    whole = float(parts.sum())
    out = [_relative(np.delete(table, row, axis=0)) for row in range(codings)]
    across = [_relative(np.delete(table, column, axis=1)) for column in range(luck)]
    error = 1.96 * np.sqrt(_jackknife(out) + _jackknife(across))
    relative = _relative(table)
    return Shares(
        dict(zip(PARTS, relative.tolist(), strict=True)), dict(zip(PARTS, error.tolist(), strict=True)),
        whole, codings, luck,
    )  # fmt: skip


def _components(table: Array) -> Array:
    """Return the variances of coding, chance and interaction; those that come out below 0 are 0."""
    codings, luck = table.shape
    rows, columns, mean = table.mean(axis=1), table.mean(axis=0), table.mean()
    left = table - rows[:, None] - columns[None, :] + mean
    interaction = float((left**2).sum()) / ((codings - 1) * (luck - 1))
    coding = float(np.var(rows, ddof=1)) - interaction / luck
    chance = float(np.var(columns, ddof=1)) - interaction / codings
    return np.maximum([coding, chance, interaction], 0.0)


def _relative(table: Array) -> Array:
    parts = _components(table)
    return parts / parts.sum() if parts.sum() > 0 else parts


def _jackknife(left_out: list[Array]) -> Array:
    found = np.array(left_out)
    return np.asarray((len(found) - 1) / len(found) * ((found - found.mean(axis=0)) ** 2).sum(axis=0))
