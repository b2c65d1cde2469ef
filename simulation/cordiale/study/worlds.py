"""Which worlds of a study meet conditions in some quarter, so that one of them can be looked at more closely."""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cordiale.files.errors import OptionError, named_in, short
from cordiale.models.measures import one_of_many
from cordiale.models.random import Array
from cordiale.study.study import Study

OPERATORS = {">=": np.greater_equal, "<=": np.less_equal, "==": np.equal, ">": np.greater, "<": np.less}


@dataclass(frozen=True)
class Condition:
    """What a measure of one entity reaches.

    Attributes
    ----------
    text : as the user wrote it, on one line
    operator : a key of `OPERATORS`
    """

    text: str
    measure: str
    entity: str
    operator: str
    number: float

    def met(self, values: Array) -> NDArray[np.bool_]:
        """Return whether each world of (worlds, quarters) meets it in some quarter: (worlds,)."""
        return np.asarray(OPERATORS[self.operator](values, self.number).any(axis=1), dtype=np.bool_)


@dataclass(frozen=True)
class Found:
    """The worlds of a scenario that meet every condition, each in a quarter of its own.

    Attributes
    ----------
    numbers : (found,) of the worlds
    """

    study: Study
    scenario: str
    conditions: Sequence[Condition]
    numbers: NDArray[np.int64]

    @property
    def share(self) -> float:
        """Which share of the study's worlds they are."""
        return len(self.numbers) / self.study.worlds

    @property
    def command(self) -> str | None:
        """The command that shows the first of them; None where there is none."""
        if not len(self.numbers):
            return None
        words = ["cordiale", "replay", str(self.study.folder), "--world", str(self.numbers[0])]
        other = ["--scenario", self.scenario] if self.scenario != self.study.scenarios[0] else []
        return shlex.join([*words, *other])

    def sentences(self) -> list[str]:
        """Return how many there are, their numbers, and how the first of them is shown."""
        said = " and ".join(each.text for each in self.conditions)
        count, of = len(self.numbers), self.study.worlds
        head = f"{self.study.title(self.scenario)}: {said} in {count} of {of} worlds ({self.share:.0%})"
        if self.command is None:
            return [f"{head}."]
        return [f"{head}: {', '.join(map(str, self.numbers))}.", f"The first of them: {self.command}"]

    def record(self) -> dict[str, Any]:
        """Return what a program would read of it, as JSON."""
        return {
            "study": str(self.study.folder), "scenario": self.scenario,
            "where": [each.text for each in self.conditions], "worlds": self.numbers.tolist(),
            "of": self.study.worlds, "share": self.share, "replay": self.command,
        }  # fmt: skip


def worlds_where(study: Study, where: Sequence[str], scenario: str | None = None) -> Found:
    """Return the worlds of a scenario that meet every condition in some quarter, not necessarily the same.

    Parameters
    ----------
    where : "ruptures:AUS-FRA >= 1", ...
    scenario : the first one where None

    Raises
    ------
    OptionError for what is no condition, and for a measure, entity or scenario that the study lacks
    """
    name = scenario or study.scenarios[0]
    study.about(name)
    conditions = [condition_of(text, study, name) for text in where]
    met = np.ones(study.worlds, dtype=np.bool_)
    for each in conditions:
        met &= each.met(study.values(each.measure, each.entity, name))
    return Found(study, name, conditions, study.numbers[met])


def condition_of(text: str, study: Study, scenario: str) -> Condition:
    """Return the condition that "ruptures:AUS-FRA >= 1" stands for; OptionError for any other text.

    The last operator counts, since JPN>FRA is an entity.
    """
    example = f"{study.headline}:{study.manifest['focus']}"
    form = f"write it as '{example} >= NUMBER'; {' '.join(OPERATORS)} are known"
    parts = re.fullmatch(r"(.*\S)\s*(>=|<=|==|>|<)\s*(\S+)", " ".join(text.split()))
    if parts is None:
        raise OptionError(f"--where {short(text)} is no condition: {form}")
    measure, operator, number = parts.groups()
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise OptionError(f"--where {short(text)}: {short(number)} is not a finite number: {form}")
    with named_in("--where", text):
        name, entity = study.find(measure, None, scenario)
        if entity is None:
            raise one_of_many(name, study.measures(scenario)[name])
    return Condition(" ".join(text.split()), name, entity, operator, value)
