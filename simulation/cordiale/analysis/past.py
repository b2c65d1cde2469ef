"""The years before the case: the model from the ladder of 2006, and the steps that were taken from then on.

Only the ladder is set back. Practice, trust, positions and formats are those coded for the start of the case, since
nothing earlier is coded. What was signed after 2018 is not looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cordiale.case.pack import Pack
from cordiale.case.register import set_back
from cordiale.models.base import steps
from cordiale.models.diplomacy.family import rules_of
from cordiale.models.diplomacy.structure import structure_of
from cordiale.models.parameters import assemble, draw
from cordiale.models.random import Array, Streams
from cordiale.models.sums import Flags
from cordiale.scenario.load import Scenario

FIRST, LAST = 2007, 2018


@dataclass(frozen=True)
class Steps:
    """Ladder steps signed in a period, dialogues left out.

    Attributes
    ----------
    agreements : names of the rungs above the lowest
    simulated : state -> (worlds, rungs)
    recorded : state -> (rungs,)
    """

    agreements: list[str]
    simulated: dict[str, Array]
    recorded: dict[str, Array]


def watched(pack: Pack) -> list[str]:
    """Return the states of the focus, the second one first."""
    return sorted(pack.case.focus.split("-"), reverse=True)


def ally_of(pack: Pack) -> str | None:
    """Return the first pole where the second state of the focus is bound to it by the ladder's highest agreement."""
    pole, second = pack.case.poles[0], watched(pack)[0]
    highest = list(pack.case.agreements)[-1]
    bound = [{*rung.dyad.split("-")} for rung in pack.ties.ladder if rung.agreement == highest and rung.in_force]
    return pole if {pole, second} in bound else None


def has_steps(pack: Pack) -> bool:
    """Whether a state of the focus signed a rung above the lowest in the period, as the pack's ladder has it."""
    lowest = next(iter(pack.case.agreements))
    rungs = [rung for rung in pack.ties.ladder if FIRST <= rung.signed <= LAST and rung.agreement != lowest]
    return any({*rung.dyad.split("-")} & {*watched(pack)} for rung in rungs)


def ladder_steps(scenario: Scenario, states: Sequence[str], worlds: int) -> Steps:
    """Return the steps of 2007 to 2018 of some states, as the model takes them and as they were taken."""
    agreements = scenario.names.agreements
    at = [scenario.names.states.index(code) for code in states]
    simulated, recorded = _simulated(scenario, worlds), _recorded(scenario)
    return Steps(
        agreements[1:],
        {code: simulated[:, i, :, 1:].sum(axis=1).astype(float) for code, i in zip(states, at, strict=True)},
        {code: recorded[i, :, 1:].sum(axis=0).astype(float) for code, i in zip(states, at, strict=True)},
    )


def _simulated(scenario: Scenario, worlds: int) -> Flags:
    """Return (worlds, N, N, A) what is signed in the period, each world with its own numbers and luck."""
    pack = scenario.loaded.pack
    today = rules_of(scenario.loaded, structure_of(set_back(pack, LAST)))  # whose standards hold then too
    rules = replace(today, structure=structure_of(set_back(pack, FIRST - 1)))
    streams = Streams(scenario.seed, 0, worlds)
    parameters = assemble(draw(scenario.ranges, streams), scenario.names)
    model = rules.start(parameters, lambda _: parameters, streams)
    before = model.now.in_force | model.now.pending
    signed = np.zeros_like(before)
    for _ in steps(model, 4 * (LAST - FIRST + 1)):
        signed |= (model.now.in_force | model.now.pending) & ~before
    return np.asarray(signed)


def _recorded(scenario: Scenario) -> NDArray[np.bool_]:
    """Return (N, N, A) what the pack's ladder says was signed in the period."""
    names = scenario.names
    signed = np.zeros((len(names.states), len(names.states), len(names.agreements)), dtype=bool)
    for rung in scenario.loaded.pack.ties.ladder:
        if FIRST <= rung.signed <= LAST:
            one, other = (names.states.index(code) for code in rung.dyad.split("-"))
            signed[[one, other], [other, one], names.agreements.index(rung.agreement)] = True
    return signed
