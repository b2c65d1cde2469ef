"""Which numbers matter at all: elementary effects (Morris 1991; groups after Campolongo et al. 2007), through SALib.

Steps go between four levels, the quantiles 1/8, 3/8, 5/8 and 7/8 of each coded distribution, since its ends
are never drawn. An effect is the change of the response if a group moved from the first to the last of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cordiale.analysis.response import Inverse, Progress, Response, evaluate
from cordiale.analysis.sobol import RESAMPLES, Groups, check_moves, check_size, problem_of
from cordiale.engine.pool import Ordered, ordered
from cordiale.models.random import Array

if TYPE_CHECKING:
    import pandas as pd


LEVELS, ENDS = 4, (0.125, 0.875)
WIDTH = 0.5  # of the 95 % interval of the largest mean effect, at most, as a share of that effect
SURE = 2.0  # trajectories' halves must agree on the largest effect within this many errors


@dataclass(frozen=True)
class Effects:
    """Elementary effects of groups, in the unit of the response.

    Attributes
    ----------
    groups : G names
    sizes : (G,) numbers in each group
    strength, strength_error : (G,) mean absolute effect mu*, and half its 95 % interval
    mean, spread : (G,) mean effect mu and its standard deviation sigma; NaN for a group of several numbers
    half : (G,) mu* of the first half of the trajectories
    trajectories : r; the design has r * (G + 1) rows
    """

    groups: list[str]
    sizes: list[int]
    strength: Array
    strength_error: Array
    mean: Array
    spread: Array
    half: Array
    trajectories: int

    @property
    def rows(self) -> int:
        """Rows of the design."""
        return self.trajectories * (len(self.groups) + 1)

    @property
    def doubts(self) -> list[str]:
        """Why the estimate has not converged, a clause each; none where it has."""
        top, found = int(np.argmax(self.strength)), []
        width = 2 * float(self.strength_error[top] / self.strength[top])
        if width > WIDTH:
            found.append(f"the interval of the largest effect is {width:.0%} of it wide, over {WIDTH:.0%}")
        if abs(self.half[top] - self.strength[top]) > SURE * self.strength_error[top]:
            found.append("half of the trajectories put the largest effect elsewhere")
        return found

    @property
    def converged(self) -> bool:
        """Whether the largest effect has a narrow interval, and half of the trajectories say the same."""
        return not self.doubts

    @property
    def next_samples(self) -> int:
        """The trajectories to try next: errors go with the root of their number."""
        top = int(np.argmax(self.strength))
        width = 2 * float(self.strength_error[top] / self.strength[top])
        return int(np.ceil(self.trajectories * max(2.0, min(16.0, (width / WIDTH) ** 2))))

    def frame(self) -> pd.DataFrame:
        """Return a row a group, the largest effect first."""
        import pandas as pd

        columns = {
            "group": self.groups, "numbers": self.sizes, "mean_absolute_effect": self.strength,
            "error": self.strength_error, "mean_effect": self.mean, "standard_deviation": self.spread,
            "mean_absolute_effect_of_half": self.half,
        }  # fmt: skip
        return pd.DataFrame(columns).sort_values(
            "mean_absolute_effect", ascending=False, kind="stable", ignore_index=True
        )


def morris(
    response: Response, inverse: Inverse, groups: Groups, trajectories: int = 20, seed: int = 0, *,
    jobs: int | None = 1, progress: Progress | None = None, run: Ordered = ordered,
) -> Effects:  # fmt: skip
    """Return the elementary effects of groups of inputs on a response.

    Parameters
    ----------
    response, inverse : as in `sensitivity.sobol`
    trajectories : r; r * (G + 1) rows are run
    seed : of the trajectories and the bootstrap

    Raises
    ------
    OptionError where no group moves the response, or the design is too large
    """
    from SALib.analyze import morris as analysis  # type: ignore[import-untyped]
    from SALib.sample import morris as design  # type: ignore[import-untyped]

    trajectories, problem = max(trajectories, 4), problem_of(groups, ENDS)
    check_size(trajectories * (len(groups) + 1), problem["num_vars"])
    unit = design.sample(problem, trajectories, num_levels=LEVELS, seed=seed)
    found = evaluate(response, inverse, unit, jobs=jobs, progress=progress, run=run)
    check_moves(response, found)

    def effects(part: int) -> Any:
        rows = part * (len(groups) + 1)
        options = {"num_levels": LEVELS, "num_resamples": RESAMPLES, "seed": seed}
        return analysis.analyze(problem, unit[:rows], found[:rows], **options)

    whole, half = effects(trajectories), effects(trajectories // 2)
    single = np.array([len(paths) == 1 for paths in groups.values()])
    return Effects(
        list(groups), [len(paths) for paths in groups.values()], _array(whole["mu_star"]),
        _array(whole["mu_star_conf"]), np.where(single, _array(whole["mu"]), np.nan), _array(whole["sigma"]),
        _array(half["mu_star"]), trajectories,
    )  # fmt: skip


def _array(values: object) -> Array:
    return np.array(values, dtype=float)
