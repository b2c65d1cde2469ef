"""Whose uncertainty a measure's variance comes from: Sobol' indices of groups of coded numbers, through SALib.

First order: the share of the variance that goes if a group were known (Saltelli et al. 2010). Total: the share
that stays if all else were known (Jansen 1999). A total above a first order is interaction. Intervals are
bootstrapped over the base sample.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cordiale.analysis.evaluate import Inverse, Progress, Response, evaluate
from cordiale.analysis.groups import Groups
from cordiale.draws import Array
from cordiale.errors import OptionError
from cordiale.pool import Ordered, ordered

if TYPE_CHECKING:
    import pandas as pd

RESAMPLES = 400  # of the bootstrap
WIDTH = 0.1  # of the 95 % interval of the largest total index, at most (Sarrazin, Pianosi and Wagener 2016 take 0.05)
DRIFT = 0.05  # that a total index may move from half the sample to the whole
EXCESS = 0.05  # by which first orders may add up to more than 1
LARGEST = 250_000_000  # numbers in a design: two gigabytes


@dataclass(frozen=True)
class Indices:
    """Sobol' indices of groups, as shares of the variance of the response.

    Attributes
    ----------
    groups : G names
    first, first_error : (G,) first-order indices, and half their 95 % intervals
    total, total_error : (G,) total indices, and half their 95 % intervals
    half : (G,) total indices of the first half of the base sample
    variance : of the response
    samples : N of the base sample; the design has N * (G + 2) rows
    """

    groups: list[str]
    first: Array
    first_error: Array
    total: Array
    total_error: Array
    half: Array
    variance: float
    samples: int

    @property
    def rows(self) -> int:
        """Rows of the design."""
        return self.samples * (len(self.groups) + 2)

    @property
    def doubts(self) -> list[str]:
        """Why the estimate has not converged, a clause each; none where it has."""
        found = []
        top = int(np.argmax(self.total))
        width, excess = 2 * float(self.total_error[top]), float(self.first.sum()) - 1
        drift = float(np.abs(self.total - self.half).max())
        if width > WIDTH:
            found.append(f"the interval of the largest total index is {width:.2f} wide, over {WIDTH:g}")
        if excess > EXCESS:
            found.append(f"the first orders add up to {1 + excess:.2f}, over {1 + EXCESS:g}")
        if drift > DRIFT:
            found.append(f"a total index moved by {drift:.2f} from half the sample to the whole, over {DRIFT:g}")
        return found

    @property
    def converged(self) -> bool:
        """Whether the largest interval is narrow, first orders add up, and half the sample says the same."""
        return not self.doubts

    @property
    def next_samples(self) -> int:
        """The base sample to try next: errors go with the root of the sample."""
        width = 2 * float(self.total_error[int(np.argmax(self.total))])
        return power_of_two(max(2 * self.samples, min(16 * self.samples, self.samples * (width / WIDTH) ** 2)))

    def frame(self) -> pd.DataFrame:
        """Return a row a group, the largest total first."""
        import pandas as pd

        columns = {
            "group": self.groups, "first": self.first, "first_error": self.first_error,
            "total": self.total, "total_error": self.total_error, "total_of_half": self.half,
        }  # fmt: skip
        return pd.DataFrame(columns).sort_values("total", ascending=False, kind="stable", ignore_index=True)


def sobol(
    response: Response, inverse: Inverse, groups: Groups, samples: int = 512, seed: int = 0, *,
    jobs: int | None = 1, progress: Progress | None = None, run: Ordered = ordered,
) -> Indices:  # fmt: skip
    """Return the Sobol' indices of a response over groups of its inputs.

    Parameters
    ----------
    response : path -> (rows,) to (rows,)
    inverse : a design in unit space (rows, paths), paths in the order of `groups`, to path -> (rows,)
    samples : N of the base sample, raised to a power of two; N * (G + 2) rows are run
    seed : of the scrambled Sobol' sequence and the bootstrap

    Raises
    ------
    OptionError where no group moves the response, or the design is too large
    """
    from SALib.analyze import sobol as analysis  # type: ignore[import-untyped]
    from SALib.sample import sobol as design  # type: ignore[import-untyped]

    samples, problem = power_of_two(max(samples, 8)), problem_of(groups)
    check_size(samples * (len(groups) + 2), problem["num_vars"])
    unit = design.sample(problem, samples, calc_second_order=False, seed=seed)
    found = evaluate(response, inverse, unit, jobs=jobs, progress=progress, run=run)
    check_moves(found)

    def indices(values: Array) -> Any:
        generator = np.random.default_rng(seed)  # SALib takes a seed of 0 for none
        return analysis.analyze(problem, values, calc_second_order=False, num_resamples=RESAMPLES, seed=generator)

    whole, half = indices(found), indices(found[: len(found) // 2])
    base = np.concatenate([found[:: len(groups) + 2], found[len(groups) + 1 :: len(groups) + 2]])
    return Indices(
        list(groups), whole["S1"], whole["S1_conf"], whole["ST"], whole["ST_conf"], half["ST"],
        float(np.var(base)), samples,
    )  # fmt: skip


def problem_of(groups: Groups, bounds: Sequence[float] = (0.0, 1.0)) -> dict[str, Any]:
    """Return SALib's description of groups of inputs in unit space."""
    names = [path for paths in groups.values() for path in paths]
    of = [group for group, paths in groups.items() for _ in paths]
    return {"num_vars": len(names), "names": names, "groups": of, "bounds": [list(bounds)] * len(names)}


def power_of_two(number: float) -> int:
    """Return the least power of two that is not below a number: the Sobol' sequence is balanced at those."""
    return 1 << max(0, math.ceil(math.log2(number)))


def check_size(rows: int, columns: int) -> None:
    """Raise OptionError for a design that memory would not hold."""
    if rows * columns > LARGEST:
        raise OptionError(
            f"--samples: a design of {rows:,} rows of {columns:,} numbers does not fit in memory: take fewer samples, "
            "or fewer groups with --group"
        )


def check_moves(found: Array) -> None:
    """Raise OptionError for a response that is the same in every row."""
    if np.ptp(found) <= 1e-12:
        raise OptionError(f"--measure: it is {found[0]:g} in all {len(found):,} rows, so nothing moves it")
