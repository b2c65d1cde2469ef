"""The years before the case: the model from the ladder of 2006, and the steps that were taken from then on.

Only the ladder is set back. Practice, trust, positions and formats are those coded for the start of the case, since
nothing earlier is coded. What was signed after 2018 is not looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cordiale.case.pack import Pack
from cordiale.case.register import set_back
from cordiale.models.base import steps
from cordiale.models.diplomacy.rules import rules_of
from cordiale.models.diplomacy.structure import structure_of
from cordiale.models.parameters import assemble, draw
from cordiale.models.random import Array, Streams
from cordiale.scenario.load import Scenario

FIRST, LAST = 2007, 2018
YEARS = LAST - FIRST + 1


def rungs(pack: Pack) -> list[str]:
    """Return the agreements that states open by themselves, dialogues left out."""
    return [
        name
        for name, each in pack.case.agreements.items()
        if each.opens is not None and name != pack.case.roles.dialogue
    ]


def recorded(pack: Pack, code: str) -> int:
    """Return how many rungs a state signed in the period, as the pack's ladder has it."""
    taken = [rung for rung in pack.ties.ladder if rung.agreement in rungs(pack) and FIRST <= rung.signed <= LAST]
    return sum(code in rung.dyad.split("-") for rung in taken)


def simulated(scenario: Scenario, states: Sequence[str], worlds: int) -> dict[str, Array]:
    """Return state -> (worlds,) how many rungs it signs from the end of 2006 to that of 2018.

    Each world has its own numbers and luck.
    """
    pack, names = scenario.loaded.pack, scenario.names
    today = rules_of(scenario.loaded, structure_of(set_back(pack, LAST)))  # whose standards hold then too
    rules = replace(today, structure=structure_of(set_back(pack, FIRST - 1)))
    streams = Streams(scenario.seed, 0, worlds)
    parameters = assemble(draw(scenario.ranges, streams), names)
    model = rules.start(parameters, lambda _: parameters, streams)
    before = model.now.in_force | model.now.pending
    signed = np.zeros_like(before)
    for _ in steps(model, 4 * YEARS):
        signed |= (model.now.in_force | model.now.pending) & ~before
    at = [names.agreements.index(name) for name in rungs(pack)]
    by_dyad = signed[at].sum(axis=0)  # (P, W)
    one, other = model.structure.one, model.structure.other
    index = {code: names.states.index(code) for code in states}
    return {code: by_dyad[(one == i) | (other == i)].sum(axis=0).astype(float) for code, i in index.items()}
