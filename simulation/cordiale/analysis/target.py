"""What an analysis asks of each world: one measure of one entity in one quarter, and conditions on it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cordiale.draws import Array
from cordiale.errors import OptionError, short
from cordiale.measures.requests import request
from cordiale.quarters import to_index, to_text
from cordiale.resolved import Scenario

Mask = NDArray[np.bool_]
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_EXAMPLES = {"dyad": "FRA-JPN", "directed": "JPN>FRA", "state": "FRA"}
_OPERATORS = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}
_WORDS = {"<": "below", "<=": "at most", ">": "above", ">=": "at least"}


@dataclass(frozen=True)
class Target:
    """One measure of one entity in one quarter.

    Attributes
    ----------
    measure : "alignment:FRA-JPN", as a scenario names it
    entity : "FRA-JPN"
    quarter : "2025Q4"
    at : place of the quarter among those read
    """

    measure: str
    entity: str
    quarter: str
    at: int

    def __str__(self) -> str:
        return f"{self.measure} in {self.quarter}"

    def read(self, measured: Mapping[str, Array]) -> Array:
        """Return (worlds,) of what a `Sampler` of this measure gives."""
        return np.asarray(measured[self.measure][:, self.at, 0])


def target_of(text: str, scenario: Scenario, option: str = "--measure") -> Target:
    """Return the target of "alignment:FRA-JPN" or "alignment:FRA-JPN@2022Q4", of the last quarter
    without "@".

    Raises OptionError, naming the option, for an unknown measure, entity or quarter.
    """
    said = f"{option} {short(text)}"
    measure, at, quarter = text.strip().partition("@")
    try:
        found = request(measure, scenario.names)
    except OptionError as error:
        raise OptionError(f"{said}: {error}") from None
    if len(found.entities) != 1:
        example = _EXAMPLES[found.measure.entity]
        raise OptionError(f"{said}: name one entity after a colon, such as {found.name}:{example}")
    last = to_text(scenario.horizon)
    quarter = _quarter(quarter, scenario, said) if at else last
    if found.measure.last_only and quarter != last:
        raise OptionError(f"{said}: '{found.name}' is read in the last quarter only, {last}")
    place = 0 if found.measure.last_only else to_index(quarter) - scenario.start
    entity = found.entities[0]
    return Target(f"{found.name}:{entity}", entity, quarter, place)


def _quarter(text: str, scenario: Scenario, said: str) -> str:
    try:
        index = to_index(text)
    except ValueError as error:
        raise OptionError(f"{said}: {error}") from None
    if not scenario.start <= index <= scenario.horizon:
        first, last = to_text(scenario.start), to_text(scenario.horizon)
        raise OptionError(f"{said}: {text} is not among the quarters {first} to {last}")
    return text


@dataclass(frozen=True)
class Condition:
    """A threshold that a world meets or not.

    Attributes
    ----------
    text : as the user wrote it, on one line
    operator : one of < <= > >=
    """

    text: str
    target: Target
    operator: str
    number: float

    def met(self, values: Array) -> Mask:
        """Return (worlds,) bool for the target's (worlds,)."""
        return np.asarray(_OPERATORS[self.operator](values, self.number), dtype=np.bool_)

    @property
    def words(self) -> str:
        """The condition after a verb: "below 0.4"."""
        return f"{_WORDS[self.operator]} {self.number:g}"


def condition_of(text: str, scenario: Scenario, option: str = "--where") -> Condition:
    """Return the condition that "alignment:FRA-JPN < 0.4" stands for; the measure may have "@2022Q4" after it.

    Raises OptionError, naming the option, for what is no condition or has an unknown measure.
    """
    said = f"{option} {short(text)}"
    form = "write it as MEASURE < NUMBER, such as 'alignment:FRA-JPN < 0.4'; < <= > >= are known"
    parts = _split(text)
    if parts is None:
        raise OptionError(f"{said} is no condition: {form}")
    measure, operator, number = parts
    if not _NUMBER.fullmatch(number) or not math.isfinite(float(number)):
        raise OptionError(f"{said}: {short(number)} is not a finite number: {form}")
    return Condition(" ".join(text.split()), target_of(measure, scenario, option), operator, float(number))


def _split(text: str) -> tuple[str, str, str] | None:
    """Return measure, operator and number; the last operator counts, since JPN>FRA is an entity."""
    found = list(re.finditer(r"<=|>=|<|>", text))
    if not found:
        return None
    measure, number = text[: found[-1].start()].strip(), text[found[-1].end() :].strip()
    return (measure, found[-1].group(), number) if measure and number else None
