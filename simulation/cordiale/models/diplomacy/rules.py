"""The rules of `diplomacy` made ready for a pack, with the classes of states and the constants of the pack."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Self

import numpy as np

from cordiale.case.load import LoadedPack
from cordiale.case.numbers import coded_numbers
from cordiale.case.ranges import Coded
from cordiale.files.errors import Faults, OptionError, UserError, did_you_mean, one_line
from cordiale.models.base import Behaviour, Pair, is_foreign
from cordiale.models.diplomacy.model import Diplomacy
from cordiale.models.diplomacy.state import Challenger, Hedger, State
from cordiale.models.diplomacy.structure import Structure
from cordiale.models.diplomacy.ties import Standards
from cordiale.models.parameters import Parameters, assemble, best
from cordiale.models.random import Streams

BEHAVIOURS: dict[str, type[State]] = {"State": State, "Challenger": Challenger, "Hedger": Hedger}


@dataclass(frozen=True)
class DiplomacyRules:
    """The rules made ready for a pack.

    Attributes
    ----------
    structure : what the pack fixes apart from numbers
    behaviour : code -> class of each state
    standards : the constants of the pack by which ties are compared
    """

    structure: Structure
    behaviour: Mapping[str, type[State]]
    standards: Standards

    def start(self, drawn: Parameters, at: Callable[[int], Parameters], streams: Streams) -> Diplomacy:
        """Return a block of worlds at its start."""
        return Diplomacy(self.structure, drawn, at, streams, self.behaviour, self.standards)

    def shuffled(self, states: Mapping[str, str], ties: Mapping[Pair, Pair]) -> Self:
        """Return the rules for a pack in which states and pairs have what this one fixes of others."""
        whole = self.structure
        at = {code: index for index, code in enumerate(whole.names.states)}
        order = np.array([at[states[code]] for code in at])
        back = np.argsort(order)
        pairs = [[ties.get((one, other), (one, other)) for other in at] for one in at]
        seller, buyer = (np.array([[at[pair[side]] for pair in row] for row in pairs]) for side in (0, 1))
        dyads = whole.dyad[seller[whole.one, whole.other], buyer[whole.one, whole.other]]
        structure = replace(
            whole,
            members=whole.members[:, order],
            elections={quarter: sorted(back[those].tolist()) for quarter, those in whole.elections.items()},
            room=whole.room[order],
            watched=[(int(back[i]), int(back[j]), k) for i, j, k in whole.watched],
            contract=whole.contract[seller, buyer],
            in_force=whole.in_force[:, dyads],
            pending=whole.pending[:, dyads],
            talks=whole.talks[:, dyads],
        )
        return replace(self, structure=structure, behaviour={code: self.behaviour[of] for code, of in states.items()})


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
    ranges : path -> the range whose best values the constants are made from; the pack's own where None
    """
    states = structure.names.states
    unknown = set(given or {}) - set(states)
    if unknown:
        raise OptionError(f"behaviour for '{min(unknown)}', which is no state of the pack")
    faults = Faults()
    kinds = {code: (given or {}).get(code) or faults.noted(partial(_named, loaded, code, allowed)) for code in states}
    faults.raise_any()
    behaviour = {code: kind for code, kind in kinds.items() if kind}
    if ranges is None:
        ranges = {path: number.coded for path, number in coded_numbers(loaded, structure.names).items()}
    late = [code for code in states if loaded.pack.states[code].enters]
    try:
        standards = constants(structure, ranges, behaviour, late)
    except Exception as error:
        if isinstance(error, UserError) or not any(map(is_foreign, behaviour.values())):
            raise
        fault = one_line(f"{type(error).__name__}: {error}")
        raise OptionError(f"a behaviour fails where every number has its best value: {fault}") from error
    return DiplomacyRules(structure, behaviour, standards)


def constants(
    structure: Structure,
    ranges: Mapping[str, Coded],
    behaviour: Mapping[str, type[State]],
    late: Collection[str] = (),
) -> Standards:
    """Return what ties are compared by: made in the world of best values, the same for every scenario.

    Parameters
    ----------
    late : the states that take part later than from the start, whose dyads do not count
    """
    parameters = assemble({**best(ranges), **{f"{code}.present": np.zeros(1) for code in late}}, structure.names)
    return Diplomacy(structure, parameters, lambda _: parameters, Streams(0, 0, 1), behaviour).standards


def _named(loaded: LoadedPack, code: str, allowed: Collection[str]) -> type[State]:
    """Return the class that a pack names for a state."""
    name, document = loaded.pack.states[code].behaviour, loaded.documents[code]
    if name in BEHAVIOURS:
        return BEHAVIOURS[name]
    module, colon, attribute = name.partition(":")
    if not colon:
        document.fail(("behaviour",), f"'{name}' is no behaviour{did_you_mean(name, BEHAVIOURS)}")
    if module not in allowed:
        message = f"behaviour from the module '{module}', which is not allowed: add --allow {module}"
        document.fail(("behaviour",), message)
    try:
        found: Any = getattr(importlib.import_module(module), attribute)
    except Exception as error:  # the user's own code runs when it is imported
        document.fail(("behaviour",), f"'{name}' cannot be loaded: {str(error) or type(error).__name__}")
    if not (isinstance(found, type) and issubclass(found, State)):
        document.fail(("behaviour",), f"'{name}' is not a subclass of State")
    return found
