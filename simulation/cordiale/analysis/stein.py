"""How many worlds until an interval is as narrow as asked: Stein's two-stage rule (1945)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cordiale.engine.sample import Sampler
from cordiale.files.errors import OptionError
from cordiale.scenario.load import Scenario
from cordiale.study.intervals import unmatched_worlds, worlds_for_width

FIRST_STAGE = 128
MOST = 1_000_000


@dataclass(frozen=True)
class Until:
    """What the first stage says.

    Attributes
    ----------
    worlds : how many the interval of every scenario needs
    unmatched : how many worlds of each scenario unmatched runs would need
    """

    measure: str
    width: float
    worlds: int
    unmatched: int

    @property
    def words(self) -> str:
        """The sentence for the user."""
        return (
            f"{self.measure}: an interval of width {self.width:g} needs {self.worlds:,} matched worlds; "
            f"unmatched worlds would have needed {self.unmatched:,} of each scenario."
        )


def worlds_for(scenarios: Sequence[Scenario], measure: str, width: float) -> Until:
    """Return how many worlds the differences to the first scenario need at the horizon.

    Parameters
    ----------
    measure : of one entity
    width : of the whole 95 % interval of the mean difference

    Raises
    ------
    OptionError for a width that is not above 0, or one that needs over a million worlds
    """
    if not width > 0 or not np.isfinite(width):
        raise OptionError(f"--until {width}: the width of an interval is above 0")
    found = Sampler(scenarios, [measure]).worlds(0, FIRST_STAGE)
    base, *others = [one[measure][:, -1, 0] for one in found]
    try:
        worlds = max(worlds_for_width(other - base, width) for other in others)
        unmatched = max(unmatched_worlds(base, other, width) for other in others)
    except (OverflowError, ZeroDivisionError):  # the square of a width so small is 0
        raise OptionError(f"--until {width}: no number of worlds makes it so narrow; ask for a wider one") from None
    if worlds > MOST:
        raise OptionError(f"--until {width:g}: would need {worlds:,} worlds; ask for a wider interval")
    return Until(measure, width, worlds, unmatched)
