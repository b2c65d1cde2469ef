"""Measures: what they are, which a scenario names, and how they are read from a block of worlds.

A measure is `name`, `name.part` (an issue, a domain, an agreement, a format) and, after a colon, one
entity: a state `FRA`, a dyad `FRA-JPN`, a directed dyad `JPN>FRA`, or `all` where it is of all states
together. Without it all entities are read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from cordiale.case.fields import Names
from cordiale.files.errors import OptionError, did_you_mean, named_in, nearest, short, suggested
from cordiale.models.base import Family, Measure
from cordiale.models.random import Array

MOST_NAMED = 12  # measures in a message


@dataclass(frozen=True)
class Request:
    """One measure of a scenario, resolved.

    Attributes
    ----------
    name : "practice.maritime", without the entity
    entities : "FRA-JPN", "JPN>FRA" or "FRA", in the order in which values are read
    """

    name: str
    family: Family
    part: int
    entities: tuple[str, ...]
    index: tuple[tuple[int, ...], ...]

    @property
    def measure(self) -> Measure:
        """Its kind."""
        return self.family.measure(self.name)

    def read(self, reading: Any) -> Array:
        """Return (W, entities)."""
        array = self.measure.read(reading, self.part)
        if not self.index:
            return np.ascontiguousarray(array[:, None])
        chosen: tuple[Any, ...] = (slice(None), *(np.array(axis) for axis in self.index))
        return np.ascontiguousarray(array[chosen])


def about_family(family: Family) -> dict[str, Any]:
    """Return what a manifest says of a family, so that its studies are read where the family is not."""
    kinds = {name: asdict(measure.kind) for name, measure in family.measures.items()}
    return {"name": family.name, "headline": family.headline, "parts": list(family.parts), "measures": kinds}


def known_measures(family: Family, names: Names) -> list[str]:
    """Return the name of every measure of a family for a pack, without entities."""
    found = []
    for name, measure in family.measures.items():
        found += [name] if measure.of is None else [name + part for part in names.members[measure.of]]
    return sorted(found)


def request(text: str, names: Names, family: Family) -> Request:
    """Return the request that a text stands for; OptionError with the list where there is none."""
    name, colon, entity = text.partition(":")
    if not _is_measure(name, names, family):
        raise no_measure(name, known_measures(family, names))
    measure = family.measure(name)
    part = names.members[measure.of].index(name.partition(".")[2]) if measure.of else 0
    entities = _entities(measure.entity, names)
    if colon:
        entity = _canonical(entity, measure.entity, names, text)
        entities = {entity: entities[entity]}
    return Request(name, family, part, tuple(entities), tuple(zip(*entities.values(), strict=True)))


def _is_measure(name: str, names: Names, family: Family) -> bool:
    """Return whether a name is among `known_measures`, without making their list."""
    for each, measure in family.measures.items():
        if name == each if measure.of is None else name.startswith(each):
            if measure.of is None or name[len(each) :] in names.members[measure.of]:
                return True
    return False


def no_measure(name: str, known: Sequence[str]) -> OptionError:
    """Return the error of a name that no known measure has."""
    return OptionError(f"'{name}' is no measure{did_you_mean(name, known) or _some(known)}")


def _some(known: Sequence[str]) -> str:
    """Return the known measures in brackets; of many those without parts first, and the command that lists them."""
    if len(known) <= MOST_NAMED:
        return f" (known: {', '.join(known)})"
    first = sorted(known, key=lambda name: "." in name)[:MOST_NAMED]
    return f" (such as {', '.join(first)}; `cordiale list measures` shows all)"


def requests_of(texts: Sequence[str], names: Names, family: Family) -> list[Request]:
    """Return what several texts stand for, one request a measure: of all entities where one text names it alone."""
    found: dict[str, list[Request]] = {}
    for text in texts:
        one = request(text, names, family)
        found.setdefault(one.name, []).append(one)
    return [_joined(of_one) for of_one in found.values()]


def _joined(of_one: Sequence[Request]) -> Request:
    """Return requests of one measure as one; each has one entity or all."""
    widest = max(of_one, key=lambda each: len(each.entities))
    if len(widest.entities) > 1 or not widest.index:
        return widest
    places = {each.entities[0]: tuple(place for (place,) in each.index) for each in of_one}
    return replace(widest, entities=tuple(places), index=tuple(zip(*places.values(), strict=True)))


def _entities(kind: str, names: Names) -> Mapping[str, tuple[int, ...]]:
    return _entities_of(kind, tuple(names.states))


@lru_cache(maxsize=64)
def _entities_of(kind: str, states: tuple[str, ...]) -> Mapping[str, tuple[int, ...]]:
    """Return entity -> its places; made once for some states, since all measures of a pack ask for the same."""
    if kind == "system":
        return {"all": ()}
    if kind == "state":
        return {code: (i,) for i, code in enumerate(states)}
    pairs = [(i, j) for i in range(len(states)) for j in range(len(states)) if i != j]
    if kind == "directed":
        return {f"{states[i]}>{states[j]}": (i, j) for i, j in pairs}
    return {"-".join(sorted((states[i], states[j]))): (i, j) for i, j in pairs if i < j}


FORMS = {"state": "a state", "dyad": "a dyad", "directed": "a directed dyad", "system": "the word for all states"}


def no_entity(text: str, kind: str, known: Sequence[str]) -> OptionError:
    """Return the error of a measure whose entity is none.

    Parameters
    ----------
    text : "alignment:FRA-JPX"
    kind : of what the measure is: a key of `FORMS`
    known : the entities that it could have
    """
    measure, _, entity = text.partition(":")
    hint = suggested(entity, _nearest(entity, kind, known))
    return OptionError(f"'{measure}' is of {FORMS[kind]}, such as {known[0]}, and {short(entity)} is none{hint}")


def _nearest(entity: str, kind: str, known: Sequence[str]) -> str | None:
    """Return the known entity nearest to a text: of a pair each state by itself, in either order."""
    sign, parts = SIGNS.get(kind), re.split("[->]", entity)
    if sign is not None and len(parts) == 2:
        codes = {code for each in known for code in each.split(sign)}
        one, other = (part if part in codes else nearest(part, codes) for part in parts)
        for found in (f"{one}{sign}{other}", *([f"{other}{sign}{one}"] if kind == "dyad" else [])):
            if found in known:
                return found
    return nearest(entity, known)


SIGNS = {"dyad": "-", "directed": ">"}


def is_entity(text: str, kind: str, states: Collection[str]) -> bool:
    """Return whether a text is an entity of a kind, of some states."""
    sign = SIGNS.get(kind)
    codes = text.split(sign) if sign else [text]
    return len(codes) == (2 if sign else 1) and set(codes) <= set(states)


def one_of_many(text: str, known: Sequence[str]) -> OptionError:
    """Return the error of a measure that is given without an entity where one is needed, such as the first known."""
    return OptionError(f"name one entity after a colon, such as {text}:{known[0]}")


def single(text: str, names: Names, family: Family, option: str = "--measure") -> Request:
    """Return the request that MEASURE:ENTITY stands for; OptionError, naming the option, for any other text."""
    with named_in(option, text):
        found = request(text, names, family)
        if len(found.entities) != 1:
            raise one_of_many(text, found.entities)
    return found


def _canonical(entity: str, kind: str, names: Names, text: str) -> str:
    known = _entities(kind, names)
    if kind == "dyad":
        try:
            return names.dyad(entity)
        except KeyError:
            pass
    elif entity in known:
        return entity
    raise no_entity(text, kind, list(known))


_COMMON = (
    "Activity", "Agreements", "Alignment", "Coercive", "Events", "Gap", "Institutional", "Likeness", "Mutual", "Policy",
    "Position", "Practice", "Pressure", "Rank", "Share", "Trust",
)  # fmt: skip


def within(label: str) -> str:
    """Return a label as it stands within a sentence: "alignment of France", but "Chinese pressure on France"."""
    return label[:1].lower() + label[1:] if label.partition(" ")[0] in _COMMON else label


def sentence_case(text: str) -> str:
    """Return a text with a capital at its start and the rest as it is."""
    return text[:1].upper() + text[1:]
