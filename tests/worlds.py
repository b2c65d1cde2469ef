"""Worlds of a scenario at their start, and what each drew."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from cordiale.engine.block import Worlds, start_worlds, worlds_of
from cordiale.models.base import Behaviour
from cordiale.models.random import Streams
from cordiale.scenario.load import Scenario

if TYPE_CHECKING:
    from cordiale.models.diplomacy.model import Diplomacy


def begun(scenario: Scenario, worlds: int, behaviour: Behaviour | None = None, first: int = 0) -> Diplomacy:
    """Return the model of worlds `first` .. `first + worlds - 1`."""
    rules = scenario.family.rules(scenario.loaded, behaviour)
    return cast("Diplomacy", start_worlds(scenario, first, worlds, rules))


def drawn(scenario: Scenario, worlds: int, first: int = 0) -> Worlds:
    """Return the same worlds before any policy."""
    return worlds_of(scenario, Streams(scenario.seed, first, worlds))
