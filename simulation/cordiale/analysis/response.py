"""A model as a function of its numbers: rows of a design in, one value a row out, block by block.

Designs are in unit space: a column a path, uniform on (0, 1). The quantile function of each path's PERT
distribution maps them, so that what is found holds for the coded distributions.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cordiale.case.quarters import to_index, to_text
from cordiale.case.ranges import Coded
from cordiale.engine.pool import Ordered, ordered
from cordiale.engine.sample import Sampler
from cordiale.files.errors import OptionError, short
from cordiale.models.base import Rules
from cordiale.models.measures import single
from cordiale.models.parameters import pert
from cordiale.models.random import Array
from cordiale.models.units import extent_of
from cordiale.scenario.settings import Scenario
from cordiale.scenario.words import name_of

BLOCK = 256  # rows that run side by side
Values = Mapping[str, Array]
Response = Callable[[Values], Array]
Inverse = Callable[[Array], Values]
Progress = Callable[[int, int], None]


class Quantiles:
    """The map from unit space to the coded distributions: (rows, paths) -> path -> (rows,).

    Parameters
    ----------
    paths : one a column, in order; numbers without a column keep their best value
    """

    def __init__(self, ranges: Mapping[str, Coded], paths: Sequence[str]) -> None:
        self.ranges, self.paths = dict(ranges), list(paths)

    def __call__(self, unit: Array) -> Values:
        """Return path -> (rows,) for every path of the ranges."""
        values = {path: np.full(len(unit), coded.best) for path, coded in self.ranges.items()}
        return values | {path: pert(self.ranges[path], unit[:, at]) for at, path in enumerate(self.paths)}


class ModelResponse:
    """A target as a function of its scenario's numbers, a mean over several worlds' luck.

    Every row has the same luck, so that rows differ by their numbers alone.

    Parameters
    ----------
    luck : how many worlds' luck the mean is over: worlds 0 .. luck - 1 of the scenario's seed
    """

    def __init__(self, target: Target, luck: int = 1, rules: Rules | None = None) -> None:
        self.target, self.luck, self.rules = target, luck, rules

    def __getstate__(self) -> dict[str, object]:
        """Leave the sampler behind, which cannot go to another process and is soon made."""
        return {name: value for name, value in self.__dict__.items() if name != "sampler"}

    @cached_property
    def sampler(self) -> Sampler:
        """What runs the scenario, and the one that is subtracted."""
        return self.target.sampler(self.rules)

    @property
    def cost(self) -> int:
        """World-quarters that a row takes."""
        return self.luck * self.target.quarters

    def __call__(self, values: Values) -> Array:
        """Return (rows,) for path -> (rows,)."""
        return np.asarray(np.mean([self.at(values, world) for world in range(self.luck)], axis=0))

    def at(self, values: Values, world: int) -> Array:
        """Return (rows,) with the luck of one world."""
        return self.target.read(self.sampler.rows(values, world))


def evaluate(
    response: Response, inverse: Inverse, unit: Array, *, jobs: int | None = 1, progress: Progress | None = None,
    run: Ordered = ordered,
) -> Array:  # fmt: skip
    """Return the response (rows,) to a design (rows, paths), block by block.

    Parameters
    ----------
    inverse : unit space -> values
    jobs : processes, None for as many as pay; any number gives the same values
    progress : called with (rows done, rows in all) after each block
    run : works through the blocks; a journal's keeps those that are done
    """
    blocks = [unit[at : at + BLOCK] for at in range(0, len(unit), BLOCK)]
    size = len(unit) * (response.cost if isinstance(response, ModelResponse) else 1)
    parts, done = [], 0
    for part in run(_respond, (response, inverse), blocks, jobs, size):
        parts.append(part)
        done += len(part)
        if progress is not None:
            progress(done, len(unit))
    return np.concatenate(parts)


def _respond(work: tuple[Response, Inverse], block: Array) -> Array:
    response, inverse = work
    return response(inverse(block))


# ----------------------------------------------------------------
# What an analysis asks of each world: one measure of one entity in one quarter, or by how much it differs from that
# of another scenario in the same world; and conditions on it.


Mask = NDArray[np.bool_]
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_OPERATORS = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}
_WORDS = {"<": "below", "<=": "at most", ">": "above", ">=": "at least"}


@dataclass(frozen=True)
class Target:
    """One measure of one entity in one quarter of a scenario.

    Attributes
    ----------
    measure : "alignment:FRA-JPN", as a scenario names it
    entity : "FRA-JPN"
    quarter : "2025Q4"
    at : place of the quarter among those read
    against : what is subtracted, in the same world: the same of this scenario; nothing where None
    """

    measure: str
    entity: str
    quarter: str
    at: int
    scenario: Scenario
    against: Scenario | None = None

    def __str__(self) -> str:
        return f"{self.name} in {self.quarter}{self.pair}"

    @property
    def name(self) -> str:
        """The measure, or the difference in it."""
        return f"the difference in {self.measure}" if self.against else self.measure

    @property
    def pair(self) -> str:
        """What is subtracted from what: " (france_joins_quad minus baseline)"; "" where nothing is."""
        return f" ({self.scenario.name} minus {self.against.name})" if self.against else ""

    @property
    def scenarios(self) -> list[Scenario]:
        """The scenario, and the one that is subtracted."""
        return [self.scenario, self.against] if self.against else [self.scenario]

    @property
    def quarters(self) -> int:
        """World-quarters that one value takes."""
        return sum(each.quarters for each in self.scenarios)

    def sampler(self, rules: Rules | None = None) -> Sampler:
        """Return what measures it in any worlds."""
        return Sampler(self.scenarios, [self.measure], rules)

    def read(self, measured: Sequence[Mapping[str, Array]]) -> Array:
        """Return (worlds,) of what its sampler gives."""
        own, *other = (each[self.measure][:, self.at, 0] for each in measured)
        return np.asarray(own - other[0] if other else own)


def target_of(text: str, scenario: Scenario, option: str = "--measure", against: Scenario | None = None) -> Target:
    """Return the target of "alignment:FRA-JPN" or "alignment:FRA-JPN@2022Q4", of the last quarter
    without "@".

    Parameters
    ----------
    against : what is subtracted world by world; as `study.run.matched` gives it

    Raises OptionError, naming the option, for an unknown measure, entity or quarter.
    """
    given = f"{option} {short(text)}"
    measure, at, quarter = text.strip().partition("@")
    found = single(measure, scenario.names, scenario.family, option)
    last = to_text(scenario.horizon)
    quarter = _quarter(quarter, scenario, given) if at else last
    if found.measure.last_only and quarter != last:
        raise OptionError(f"{given}: '{found.name}' is read in the last quarter only, {last}")
    place = 0 if found.measure.last_only else to_index(quarter) - scenario.start
    entity = found.entities[0]
    return Target(f"{found.name}:{entity}", entity, quarter, place, scenario, against)


def _quarter(text: str, scenario: Scenario, given: str) -> str:
    try:
        index = to_index(text)
    except ValueError as error:
        raise OptionError(f"{given}: {error}") from None
    if not scenario.start <= index <= scenario.horizon:
        first, last = to_text(scenario.start), to_text(scenario.horizon)
        raise OptionError(f"{given}: {text} is not among the quarters {first} to {last}")
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


def condition_of(text: str, scenario: Scenario, option: str = "--where", against: Scenario | None = None) -> Condition:
    """Return the condition that "alignment:FRA-JPN < 3" stands for; the measure may have "@2022Q4" after it.

    Parameters
    ----------
    against : what is subtracted world by world, so that the condition is on the difference

    Raises OptionError, naming the option, for what is no condition or has an unknown measure.
    """
    said = f"{option} {short(text)}"
    headline = scenario.family.headline
    usual = 0.4 if extent_of(scenario.family.measure(headline).unit) else 3  # in spreads it is 2 to 6
    example = f"{headline}:{scenario.loaded.pack.case.focus} {'> 0.05' if against else f'< {usual}'}"
    form = f"write it as MEASURE:ENTITY < NUMBER, such as '{example}'; < <= > >= are known"
    parts = _split(text)
    if parts is None:
        raise OptionError(f"{said} is no condition: {form}")
    measure, operator, number = parts
    if not _NUMBER.fullmatch(number) or not math.isfinite(float(number)):
        raise OptionError(f"{said}: {short(number)} is not a finite number: {form}")
    target = target_of(measure, scenario, option, against)
    return Condition(" ".join(text.split()), target, operator, float(number))


def _split(text: str) -> tuple[str, str, str] | None:
    """Return measure, operator and number; the last operator counts, since JPN>FRA is an entity."""
    found = list(re.finditer(r"<=|>=|<|>", text))
    if not found:
        return None
    measure, number = text[: found[-1].start()].strip(), text[found[-1].end() :].strip()
    return (measure, found[-1].group(), number) if measure and number else None


def target_words(target: Target) -> str:
    """Return a target's name: "alignment of France and Japan in 2025Q4", or "the difference in alignment of France and
    Japan in 2025Q4 (france_joins_quad minus baseline)".
    """
    return f"{'the difference in ' if target.against else ''}{of_whom(target)} in {target.quarter}{target.pair}"


def of_whom(target: Target) -> str:
    """Return what a target is a measure of, without its quarter: "alignment of France and Japan"."""
    scenario, name = target.scenario, target.measure.partition(":")[0]
    kind, part = scenario.family.measure(name), name.partition(".")[2]
    what = f"{kind.meaning} ({name_of(scenario, kind.of, part)})" if kind.of else kind.meaning
    states = {code: state.name for code, state in scenario.loaded.pack.states.items()}
    if ">" in target.entity:
        observer, partner = (states[code] for code in target.entity.split(">"))
        return f"{what} of {partner} as {observer} sees it"
    if kind.entity == "system":
        return what
    return f"{what} of {' and '.join(states[code] for code in target.entity.split('-'))}"
