"""The measures that a scenario can name, and how each is read from a block of worlds.

A measure is `name`, `name.part` (an issue, a domain, an agreement, a format) and, after a colon, one
entity: a state `FRA`, a dyad `FRA-JPN`, a directed dyad `JPN>FRA`. Without it all entities are read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cordiale.draws import Array
from cordiale.errors import OptionError, did_you_mean
from cordiale.fields import Names
from cordiale.measures.alignment import PARTS, alignment, hedging, misperception, mutual, position_gap, rank
from cordiale.measures.blocs import blocs, together
from cordiale.measures.similarity import similarity
from cordiale.world import Flags, total

if TYPE_CHECKING:
    from cordiale.parameters import Parameters
    from cordiale.structure import Structure
    from cordiale.world import World


class Reading:
    """What measures are read from: one block at the end of a quarter; derived arrays are made once."""

    def __init__(self, world: World, parameters: Parameters, structure: Structure) -> None:
        self.world, self.parameters, self.structure = world, parameters, structure

    @cached_property
    def parts(self) -> dict[str, Array]:
        """The parts of alignment, (W, N, N) in 0..1 each."""
        from cordiale.models.ties import depth

        world, parameters = self.world, self.parameters
        true = similarity(world.position, world.position[:, None], parameters.salience)
        return {
            "similarity": (mutual(true) + 1) / 2,
            "depth": depth(world.in_force, parameters.arrays["weight"]),
            "practice": world.practice_mean,
            "trust": mutual(world.trust),
        }

    @cached_property
    def alignment(self) -> Array:
        """(W, N, N)."""
        return alignment(self.parts, {part: self.parameters.weights[f"alignment_{part}"] for part in PARTS})

    @cached_property
    def same_bloc(self) -> Array:
        """(W, N, N), 0 or 1."""
        return together(blocs(self.alignment))


Read = Callable[[Reading, int], Array]


@dataclass(frozen=True)
class Measure:
    """A kind of measure.

    Attributes
    ----------
    entity : "dyad", "directed" or "state"
    of : the axis of `Names.members` whose members are its parts; None where it has none
    unit, meaning : for charts and tables
    read : (reading, index of the part) -> (W, N, N) or (W, N)
    last_only : read in the last quarter only, since it is dear
    """

    entity: str
    of: str | None
    unit: str
    meaning: str
    read: Read
    last_only: bool = False


def _count(flags: Flags) -> Array:
    return total(flags.astype(float))


MEASURES: dict[str, Measure] = {
    "alignment": Measure("dyad", None, "0 to 1", "alignment", lambda r, _: r.alignment),
    "similarity": Measure("dyad", None, "0 to 1", "policy similarity (S)", lambda r, _: r.parts["similarity"]),
    "depth": Measure("dyad", None, "0 to 1", "institutional depth", lambda r, _: r.parts["depth"]),
    "practice": Measure("dyad", None, "0 to 1", "practice, mean over domains", lambda r, _: r.parts["practice"]),
    "trust": Measure("dyad", None, "0 to 1", "mutual trust", lambda r, _: r.parts["trust"]),
    "practice.": Measure("dyad", "domain", "0 to 1", "practice", lambda r, d: r.world.practice[..., d]),
    "position_gap.": Measure(
        "dyad", "issue", "0 to 1", "gap between positions", lambda r, k: position_gap(r.world.position[..., k])
    ),
    "agreement.": Measure(
        "dyad", "agreement", "share of worlds", "agreement in force",
        lambda r, a: r.world.in_force[..., a].astype(float),
    ),
    "ladder": Measure("dyad", None, "rungs", "rungs of the ladder in force", lambda r, _: _count(r.world.in_force)),
    "initiatives": Measure(
        "dyad", None, "a quarter", "joint initiatives", lambda r, _: _count(r.world.joint)
    ),
    "same_bloc": Measure(
        "dyad", None, "share of worlds", "in the same bloc", lambda r, _: r.same_bloc, last_only=True
    ),
    "trusting": Measure("directed", None, "0 to 1", "trust in the partner", lambda r, _: r.world.trust),
    "perceived_similarity": Measure("directed", None, "-1 to 1", "similarity as seen", lambda r, _: r.world.similarity),
    "rank": Measure("directed", None, "1 is the most valued", "rank of the partner", lambda r, _: rank(r.world.value)),
    "misperception": Measure(
        "directed", None, "0 to 1", "error about the partner's positions",
        lambda r, _: misperception(r.world.seen, r.world.position, r.parameters.salience),
    ),
    "shortfall": Measure(
        "directed", None, "0 to 1", "frustration: shortfall against expectation", lambda r, _: r.world.shortfall
    ),
    "position.": Measure("state", "issue", "0 to 1", "position", lambda r, k: r.world.position[..., k]),
    "pressure": Measure(
        "state", None, "sum over challengers, each 0 to 1", "pressure received", lambda r, _: np.asarray(
            sum(r.world.pressure[:, c] for c in r.structure.challengers) if r.structure.challengers
            else np.zeros(r.world.trust.shape[:2])
        ),
    ),
    "hedging": Measure(
        "state", None, "0 to 1", "evenness between the poles", lambda r, _: hedging(r.alignment, *r.structure.poles)
    ),
    "member.": Measure(
        "state", "format", "share of worlds", "member of the format", lambda r, f: r.world.member[..., f].astype(float)
    ),
}  # fmt: skip


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


def known_measures(names: Names) -> list[str]:
    """Return the name of every measure of a pack, without entities."""
    found = []
    for name, measure in MEASURES.items():
        found += [name] if measure.of is None else [name + part for part in names.members[measure.of]]
    return sorted(found)


def measure_of(name: str) -> Measure:
    """Return the kind of a measure's name, without entity: "practice.maritime" -> practice by domain."""
    head, dot, _ = name.partition(".")
    return MEASURES[head + dot]


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


def requests(texts: Sequence[str], names: Names) -> list[Request]:
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
