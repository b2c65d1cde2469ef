"""From a scenario to a block of worlds: draw, standardise, and let the model run."""

from __future__ import annotations

import importlib
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from cordiale.draws import Array, Streams
from cordiale.errors import OptionError, did_you_mean
from cordiale.layers import Scenario
from cordiale.models.diplomacy import Diplomacy, Standards
from cordiale.parameters import Parameters, assemble, best, draw
from cordiale.states.challenger import Challenger
from cordiale.states.hedger import Hedger
from cordiale.states.state import State
from cordiale.structure import structure_of
from cordiale.timeline import Timeline

BEHAVIOURS: dict[str, type[State]] = {"State": State, "Challenger": Challenger, "Hedger": Hedger}
Behaviour = Mapping[str, type[State]]


def behaviours(scenario: Scenario, given: Behaviour | None = None, allowed: Collection[str] = ()) -> Behaviour:
    """Return the class of every state: the one given from Python, else the one that the pack names.

    Parameters
    ----------
    given : code -> class
    allowed : modules that the user allows packs to name; nothing else is imported
    """
    classes = {}
    unknown = set(given or {}) - set(scenario.names.states)
    if unknown:
        raise OptionError(f"behaviour for '{min(unknown)}', which is no state of the pack")
    for code in scenario.names.states:
        classes[code] = (given or {}).get(code) or _named(scenario, code, allowed)
    return classes


def _named(scenario: Scenario, code: str, allowed: Collection[str]) -> type[State]:
    name, document = scenario.loaded.pack.states[code].behaviour, scenario.loaded.documents[code]
    if name in BEHAVIOURS:
        return BEHAVIOURS[name]
    module, colon, attribute = name.partition(":")
    if not colon:
        document.fail(("behaviour",), f"'{name}' is no behaviour{did_you_mean(name, BEHAVIOURS)}")
    if module not in allowed:
        message = f"behaviour from the module '{module}', which is not allowed: add --allow-module {module}"
        document.fail(("behaviour",), message)
    try:
        found: Any = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        document.fail(("behaviour",), f"'{name}' cannot be loaded: {error}")
    if not (isinstance(found, type) and issubclass(found, State)):
        document.fail(("behaviour",), f"'{name}' is not a subclass of State")
    return found


def standards(scenario: Scenario, behaviour: Behaviour) -> Standards:
    """Return mean and standard deviation of every term over dyads, in the world of best values.

    The world is that of the pack's own ranges at the start: the same for every scenario.
    """
    ranges = {path: number.coded for path, number in scenario.numbers.items()}
    parameters = assemble(best(ranges), scenario.names)
    model = Diplomacy(structure_of(scenario.loaded.pack), lambda _: parameters, Streams(0, 0, 1), behaviour)
    n = len(model.states)
    apart = ~np.eye(n, dtype=bool)
    table = {}
    for term in (*State.PAIR_TERMS, *State.DOMAIN_TERMS):
        rows = [getattr(state, term)() for state in model.states]
        domains = [row[0, :, :-1] if row.ndim == 3 else np.broadcast_to(row[0], (n,)) for row in rows]
        values = np.stack(domains)[apart]
        deviation = float(np.std(values))
        table[term] = (float(np.mean(values)), deviation) if deviation >= 1e-9 else (0.0, 1.0)
    return table


class Block:
    """Worlds `first` .. `first + worlds - 1` of a scenario."""

    def __init__(
        self, scenario: Scenario, first: int, worlds: int, behaviour: Behaviour, norms: Standards
    ) -> None:
        streams = Streams(scenario.seed, first, worlds)
        self.values: dict[str, Array] = draw(scenario.ranges, streams)
        self.drawn: Parameters = assemble(self.values, scenario.names)
        timeline = Timeline(scenario, self.drawn)
        self.model = Diplomacy(structure_of(scenario.loaded.pack), timeline.at, streams, behaviour, norms)
