"""From the measures that a scenario names to what is read from a block of worlds.

A measure is `name`, `name.part` (an issue, a domain, an agreement, a format) and, after a colon, one
entity: a state `FRA`, a dyad `FRA-JPN`, a directed dyad `JPN>FRA`. Without it all entities are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cordiale.case.fields import Names
from cordiale.files.errors import OptionError, did_you_mean
from cordiale.models.diplomacy.measures import Measure, Reading, known_measures, measure_of
from cordiale.models.random import Array


@dataclass(frozen=True)
class Request:
    """One measure of a scenario, resolved.

    Attributes
    ----------
    name : "practice.maritime", without the entity
    entities : "FRA-JPN", "JPN>FRA" or "FRA", in the order in which values are read
    """

    name: str
    measure: Measure
    part: int
    entities: tuple[str, ...]
    index: tuple[tuple[int, ...], ...]

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process by the measure's name, since its function cannot."""
        return _again, (self.name, self.part, self.entities, self.index)

    def read(self, reading: Reading) -> Array:
        """Return (W, entities)."""
        array = self.measure.read(reading, self.part)
        chosen: tuple[Any, ...] = (slice(None), *(np.array(axis) for axis in self.index))
        return np.ascontiguousarray(array[chosen])


def _again(name: str, part: int, entities: tuple[str, ...], index: tuple[tuple[int, ...], ...]) -> Request:
    return Request(name, measure_of(name), part, entities, index)


def request(text: str, names: Names) -> Request:
    """Return the request that a text stands for; OptionError with the list where there is none."""
    name, colon, entity = text.partition(":")
    known = known_measures(names)
    if name not in known:
        hint = did_you_mean(name, known)
        raise OptionError(f"'{name}' is no measure{hint} (known: {', '.join(known)})")
    measure = measure_of(name)
    part = names.members[measure.of].index(name.partition(".")[2]) if measure.of else 0
    entities = _entities(measure.entity, names)
    if colon:
        entity = _canonical(entity, measure.entity, names, text)
        entities = {entity: entities[entity]}
    return Request(name, measure, part, tuple(entities), tuple(zip(*entities.values(), strict=True)))


def requests_of(texts: Sequence[str], names: Names) -> list[Request]:
    """Return what several texts stand for, one request a measure: of all entities where one text names it alone."""
    found: dict[str, list[Request]] = {}
    for text in texts:
        one = request(text, names)
        found.setdefault(one.name, []).append(one)
    return [_joined(of_one) for of_one in found.values()]


def _joined(of_one: Sequence[Request]) -> Request:
    """Return requests of one measure as one; each has one entity or all."""
    widest = max(of_one, key=lambda each: len(each.entities))
    if len(widest.entities) > 1:
        return widest
    places = {each.entities[0]: tuple(place for (place,) in each.index) for each in of_one}
    return replace(widest, entities=tuple(places), index=tuple(zip(*places.values(), strict=True)))


def _entities(kind: str, names: Names) -> dict[str, tuple[int, ...]]:
    states = names.states
    if kind == "state":
        return {code: (i,) for i, code in enumerate(states)}
    pairs = [(i, j) for i in range(len(states)) for j in range(len(states)) if i != j]
    if kind == "directed":
        return {f"{states[i]}>{states[j]}": (i, j) for i, j in pairs}
    return {names.dyad(f"{states[i]}-{states[j]}"): (i, j) for i, j in pairs if i < j}


_FORMS = {
    "state": "a state, such as FRA",
    "dyad": "a dyad, such as FRA-JPN",
    "directed": "a directed dyad, such as JPN>FRA",
}


def _canonical(entity: str, kind: str, names: Names, text: str) -> str:
    known = _entities(kind, names)
    if kind == "dyad":
        try:
            return names.dyad(entity)
        except KeyError:
            pass
    elif entity in known:
        return entity
    raise OptionError(f"'{text}': after the colon stands {_FORMS[kind]}{did_you_mean(entity, known)}")


def check_measure(text: str, names: Names) -> None:
    """Raise OptionError for a measure that the pack does not know."""
    request(text, names)
