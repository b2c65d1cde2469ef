"""From a scenario to a block of worlds: draw, standardise, and let the model run."""

from __future__ import annotations

import importlib
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from cordiale.files.errors import OptionError, did_you_mean
from cordiale.models.diplomacy.kinds import Challenger, Hedger
from cordiale.models.diplomacy.model import Diplomacy, Standards
from cordiale.models.diplomacy.state import State
from cordiale.models.diplomacy.structure import structure_of
from cordiale.models.parameters import assemble, best
from cordiale.models.random import Array, Streams
from cordiale.scenario.load import Scenario

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
    except Exception as error:  # the user's own code runs when it is imported
        document.fail(("behaviour",), f"'{name}' cannot be loaded: {str(error) or type(error).__name__}")
    if not (isinstance(found, type) and issubclass(found, State)):
        document.fail(("behaviour",), f"'{name}' is not a subclass of State")
    return found


def standards(scenario: Scenario, behaviour: Behaviour) -> Standards:
    """Return mean and standard deviation of every term over dyads, in the world of best values.

    The world is that of the pack's own ranges at the start: the same for every scenario. All domains
    share one mean and deviation; the next agreement has its own.
    """
    ranges = {path: number.coded for path, number in scenario.numbers.items()}
    parameters = assemble(best(ranges), scenario.names)
    structure = structure_of(scenario.loaded.pack)
    model = Diplomacy(structure, parameters, lambda _: parameters, Streams(0, 0, 1), behaviour, {})
    apart = ~np.eye(len(model.states), dtype=bool)
    table = {}
    for term in State.PAIR_TERMS:
        table[term] = _standard([_over_dyads(model, term, model.states[0].shape[:1])[apart]])
    for term in State.DOMAIN_TERMS:
        values = _over_dyads(model, term, model.states[0].shape)[apart]
        domains = values.shape[1] - 1
        table[term] = _standard([values[:, :-1]] * domains + [values[:, -1]])
    return table


def _over_dyads(model: Diplomacy, term: str, shape: tuple[int, ...]) -> Array:
    """Return a term of every state with every state in a model of one world: (N, *shape)."""
    return np.stack([np.broadcast_to(getattr(state, term)(), (1, *shape))[0] for state in model.states])


def _standard(columns: list[Array]) -> tuple[Array, Array]:
    """Return mean and standard deviation of each column; 0 and 1 where nothing varies."""
    mean, deviation = np.array([np.mean(c) for c in columns]), np.array([np.std(c) for c in columns])
    still = deviation < 1e-9
    return np.where(still, 0.0, mean), np.where(still, 1.0, deviation)
