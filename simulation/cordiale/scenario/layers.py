"""What the layers of a scenario set: each value, which layer said it, and the value it replaced.

Nothing here changes once it is made: to set something is to get a new record, and the old one still holds what it held.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from cordiale.case.pack import Lever
from cordiale.case.ranges import Coded
from cordiale.files.errors import shown
from cordiale.scenario.conditions import Condition

Kind = Literal["set", "ramp", "shock", "stop"]
T = TypeVar("T")
K = TypeVar("K")


@dataclass(frozen=True)
class Origin:
    """Who set a value: a layer's name, and the file, line and column where it stands (None for --set)."""

    layer: str
    file: str | None = None
    line: int | None = None
    column: int | None = None

    @property
    def place(self) -> str:
        """File and line, "" of what stands in no file."""
        return f"{shown(self.file)}:{self.line}" if self.file else ""

    def __str__(self) -> str:
        return self.place or self.layer


BY_SET = Origin("--set")


@dataclass(frozen=True)
class Layered(Generic[T]):
    """A value, who set it, and what it replaced: the value of the layer below, None where there is none."""

    value: T
    origin: Origin
    replaced: Layered[T] | None = None

    def layers(self) -> Iterator[Layered[T]]:
        """Yield the values of all layers; the last one is this one, which holds."""
        if self.replaced is not None:
            yield from self.replaced.layers()
        yield self


class When(NamedTuple):
    """A quarter, by its running number, and the lever, or path of a number, to which something happens in it."""

    quarter: int
    lever: str


class Event(NamedTuple):
    """What happens to a lever.

    Attributes
    ----------
    length : quarters that a ramp takes or a shock lasts; 0 of the others
    every : quarters after which it happens again; 0 where it does not
    until : the last quarter in which it may happen again; 0 where the horizon is
    condition : on which it happens in a world; None of what happens in every world
    """

    kind: Kind
    value: float
    length: int = 0
    every: int = 0
    until: int = 0
    condition: Condition | None = None


@dataclass(frozen=True)
class Settings:
    """All that the layers of a scenario set.

    Attributes
    ----------
    model, horizon, worlds, seed, measures : as in a file; None where no layer says it
    levers : lever -> 0 to 1, from the first quarter on
    events : None as an event is what --set took out, when it held the lever throughout
    ranges : path of a number -> the range from which each world draws it, in place of the pack's
    fixed : path of a number -> its value in every world
    defined : levers of the scenario's own
    """

    model: Layered[str] | None = None
    horizon: Layered[str] | None = None
    worlds: Layered[int] | None = None
    seed: Layered[int] | None = None
    measures: Layered[Sequence[str]] | None = None
    levers: Mapping[str, Layered[float]] = field(default_factory=dict)
    events: Mapping[When, Layered[Event | None]] = field(default_factory=dict)
    ranges: Mapping[str, Layered[Coded]] = field(default_factory=dict)
    fixed: Mapping[str, Layered[float]] = field(default_factory=dict)
    defined: Mapping[str, Layered[Lever]] = field(default_factory=dict)

    def with_setting(self, name: str, value: Any, origin: Origin) -> Settings:
        """Return the settings with a model, horizon, number of worlds, seed or measures."""
        setting: dict[str, Any] = {name: Layered(value, origin, getattr(self, name))}
        return replace(self, **setting)

    def with_lever(self, name: str, value: float, origin: Origin) -> Settings:
        """Return the settings with a lever set from the first quarter on."""
        return replace(self, levers=_with(self.levers, name, value, origin))

    def with_event(self, when: When, event: Event | None, origin: Origin) -> Settings:
        """Return the settings with an event."""
        return replace(self, events=_with(self.events, when, event, origin))

    def with_range(self, path: str, coded: Coded, origin: Origin) -> Settings:
        """Return the settings with the range of a number."""
        return replace(self, ranges=_with(self.ranges, path, coded, origin))

    def with_fixed(self, path: str, value: float, origin: Origin) -> Settings:
        """Return the settings with a number fixed in every world."""
        return replace(self, fixed=_with(self.fixed, path, value, origin))

    def with_defined(self, name: str, lever: Lever, origin: Origin) -> Settings:
        """Return the settings with a lever of the scenario's own."""
        return replace(self, defined=_with(self.defined, name, lever, origin))

    def holding(self, lever: str, value: float, origin: Origin) -> Settings:
        """Return the settings with a lever held in every quarter, whatever the timeline says of it."""
        held = self.with_lever(lever, value, origin)
        for when in self.events_of(lever):
            held = held.with_event(when, None, origin)
        return held

    def events_of(self, lever: str) -> list[When]:
        """Return when something is said to happen to a lever, in the order of the layers."""
        return [when for when in self.events if when.lever == lever]


def laid(table: Mapping[K, T], origin: Origin) -> dict[K, Layered[T]]:
    """Return values as the first layer sets them."""
    return {key: Layered(value, origin) for key, value in table.items()}


def values(table: Mapping[K, Layered[T]]) -> dict[K, T]:
    """Return what holds of each thing that is set."""
    return {key: layered.value for key, layered in table.items()}


def _with(table: Mapping[K, Layered[T]], key: K, value: T, origin: Origin) -> dict[K, Layered[T]]:
    return {**table, key: Layered(value, origin, table.get(key))}
