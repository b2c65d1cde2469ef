"""The family `diplomacy`: its rules made ready for a pack, with the classes of states and the standards of terms."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from cordiale.case.load import LoadedPack
from cordiale.case.numbers import coded_numbers
from cordiale.case.pack import Pack
from cordiale.case.ranges import Coded
from cordiale.files.errors import OptionError, did_you_mean
from cordiale.models.base import Behaviour, Family, Held
from cordiale.models.diplomacy.alignment import PARTS
from cordiale.models.diplomacy.causes import Causes
from cordiale.models.diplomacy.chronicle import DiplomacyChronicle
from cordiale.models.diplomacy.kinds import Challenger, Hedger
from cordiale.models.diplomacy.measures import MEASURES
from cordiale.models.diplomacy.model import Diplomacy, Standards
from cordiale.models.diplomacy.presence import among_present, pairs
from cordiale.models.diplomacy.state import State
from cordiale.models.diplomacy.structure import Structure, structure_of
from cordiale.models.diplomacy.world import World
from cordiale.models.parameters import Parameters, assemble, best
from cordiale.models.random import Array, Streams

BEHAVIOURS: dict[str, type[State]] = {"State": State, "Challenger": Challenger, "Hedger": Hedger}


@dataclass(frozen=True)
class DiplomacyRules:
    """The rules made ready for a pack.

    Attributes
    ----------
    structure : what the pack fixes apart from numbers
    behaviour : code -> class of each state
    standards : term -> its mean and standard deviation over dyads
    """

    structure: Structure
    behaviour: Mapping[str, type[State]]
    standards: Standards

    def start(self, drawn: Parameters, at: Callable[[int], Parameters], streams: Streams) -> Diplomacy:
        """Return a block of worlds at its start."""
        return Diplomacy(self.structure, drawn, at, streams, self.behaviour, self.standards)

    def shuffled(self, source: Mapping[str, str]) -> Self:
        """Return the rules for a pack in which each state has the class, ties and memberships of another."""
        whole = self.structure
        order = [whole.names.states.index(source[code]) for code in whole.names.states]
        structure = replace(
            whole,
            members=whole.members[order],
            in_force=whole.in_force[np.ix_(order, order)],
            pending=whole.pending[np.ix_(order, order)],
        )
        return replace(self, structure=structure, behaviour={code: self.behaviour[of] for code, of in source.items()})


class _Diplomacy(Family):
    name = "diplomacy"
    home = "cordiale.models.diplomacy.family:DIPLOMACY"
    weights = Path(__file__).with_name("weights.yaml")
    headline = "alignment"
    parts = PARTS
    measures = MEASURES
    behaviours = BEHAVIOURS
    world = World
    specification = "ODD.md"
    attribution = Causes()

    def shares(self, parameters: Parameters) -> dict[str, Array]:
        """Return the share of each part in alignment, as each world drew it."""
        weights = {part: parameters.weights[f"alignment_{part}"] for part in PARTS}
        whole = np.asarray(sum(weights.values()))
        return {part: weight / whole for part, weight in weights.items()}

    def chronicle(self, pack: Pack, held: Held) -> DiplomacyChronicle:
        """Return what tells the story of a world."""
        return DiplomacyChronicle(pack, held)

    def rules(
        self, loaded: LoadedPack, given: Behaviour | None = None, allowed: Collection[str] = ()
    ) -> DiplomacyRules:
        """Return the rules for a pack."""
        return rules_of(loaded, structure_of(loaded.pack), given, allowed)


DIPLOMACY = _Diplomacy()


def rules_of(
    loaded: LoadedPack,
    structure: Structure,
    given: Behaviour | None = None,
    allowed: Collection[str] = (),
    ranges: Mapping[str, Coded] | None = None,
) -> DiplomacyRules:
    """Return the rules for a pack of some structure, such as an earlier one.

    Parameters
    ----------
    ranges : path -> the range whose best values the standards are made from; the pack's own where None
    """
    states = structure.names.states
    unknown = set(given or {}) - set(states)
    if unknown:
        raise OptionError(f"behaviour for '{min(unknown)}', which is no state of the pack")
    behaviour = {code: (given or {}).get(code) or _named(loaded, code, allowed) for code in states}
    if ranges is None:
        ranges = {path: number.coded for path, number in coded_numbers(loaded, structure.names).items()}
    late = [code for code in states if loaded.pack.states[code].enters]
    return DiplomacyRules(structure, behaviour, standards(structure, ranges, behaviour, late))


def _named(loaded: LoadedPack, code: str, allowed: Collection[str]) -> type[State]:
    """Return the class that a pack names for a state."""
    name, document = loaded.pack.states[code].behaviour, loaded.documents[code]
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


def standards(
    structure: Structure,
    ranges: Mapping[str, Coded],
    behaviour: Mapping[str, type[State]],
    late: Collection[str] = (),
) -> Standards:
    """Return mean and standard deviation of every term over dyads, in the world of best values.

    The world is that of the pack's own ranges at the start: the same for every scenario. All domains
    share one mean and deviation; the next agreement has its own.

    Parameters
    ----------
    late : the states that take part later than from the start, whose dyads do not count
    """
    parameters = assemble({**best(ranges), **{f"{code}.present": np.zeros(1) for code in late}}, structure.names)
    model = Diplomacy(structure, parameters, lambda _: parameters, Streams(0, 0, 1), behaviour, {})
    model.now = among_present(model.now, model.now.present)
    apart = pairs(model.now.present)[0] & ~np.eye(len(model.states), dtype=bool)
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
