"""Conditions of a plan: what a world's own history must have been for an event of the timeline to happen in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cordiale.case.checker import Checker
from cordiale.case.quarters import to_index, to_text
from cordiale.files.errors import OptionError
from cordiale.files.yaml_file import Key
from cordiale.models.base import Family
from cordiale.models.measures import known_measures, one_of_many, request
from cordiale.models.random import Array
from cordiale.scenario.file import Condition as Said
from cordiale.scenario.file import Sign

COMPARES: dict[Sign, Callable[[Array, float], Any]] = {
    "below": np.less, "above": np.greater, "at_least": np.greater_equal, "at_most": np.less_equal,
}  # fmt: skip
MOST_CONDITIONS = 4  # of a scenario, which is then one of 16 in each world


class Condition(NamedTuple):
    """What a measure must be, at the end of each quarter of a stretch; conditions sort by when they are known.

    Attributes
    ----------
    quarter : running number of the last quarter in which it is read
    since : of the first
    measure : of one entity, "pressure.CHN:FRA"
    """

    quarter: int
    since: int
    measure: str
    sign: Sign
    number: float

    def met(self, values: Array) -> NDArray[np.bool_]:
        """Return whether values meet it, each by itself; what is not a number does not."""
        return np.asarray(COMPARES[self.sign](values, self.number), dtype=np.bool_)

    @property
    def record(self) -> dict[str, Any]:
        """The condition as a file says it."""
        since = {"since": to_text(self.since)} if self.since < self.quarter else {}
        return {"measure": self.measure, self.sign: self.number, "in": to_text(self.quarter), **since}

    def __str__(self) -> str:
        what = f"{self.sign.replace('_', ' ')} {self.number:g}"
        if self.since < self.quarter:
            return f"if {self.measure} stays {what} from {to_text(self.since)} to {to_text(self.quarter)}"
        return f"if {self.measure} is {what} in {to_text(self.quarter)}"


def check_condition(checker: Checker, at: tuple[Key, ...], said: Said | None, family: Family) -> Condition | None:
    """Return the condition of an event; None where it has none, or where its measure cannot be read, which is noted.

    Parameters
    ----------
    said : in the file, at a path;  family : whose measures count
    """
    if said is None or checker.is_lost(said.measure):
        return None
    known, name = known_measures(family, checker.names), said.measure.partition(":")[0]
    checker.known((*at, "measure"), name, known, "measure")
    if name not in known:
        return None
    try:
        found = request(said.measure, checker.names, family)
        if len(found.entities) != 1:
            raise one_of_many(name, found.entities)
        if found.measure.last_only:
            raise OptionError(f"'{name}' is read in the last quarter only, and an event comes after what it waits for")
    except OptionError as error:
        checker.fail((*at, "measure"), str(error))
        return None
    last, ((sign, number),) = to_index(said.in_), said.given.items()
    since = last if said.since is None else to_index(said.since)
    return Condition(last, since, f"{name}:{found.entities[0]}", sign, float(number))
