"""The ladder before the article: the model set back to an earlier year's agreements, and the record it must meet.

Practice, trust and positions are those coded for the start of the case, since nothing earlier is
coded; only the ladder is set back. What is compared is Japan's and France's steps, whose register
is complete.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cordiale.draws import Array, Streams
from cordiale.layers import Scenario
from cordiale.models.block import behaviours, standards
from cordiale.models.diplomacy import Diplomacy
from cordiale.parameters import assemble, draw
from cordiale.structure import structure_of

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


def ladder_steps(scenario: Scenario, states: list[str], worlds: int) -> Steps:
    """Return the steps of 2007 to 2018 of some states, as the model takes them and as they were taken."""
    pack, names = scenario.loaded.pack, scenario.names
    before = [rung for rung in pack.ties.ladder if rung.signed < FIRST]
    known = [rung for rung in before if rung.in_force is None or rung.in_force < FIRST]
    late = [rung.model_copy(update={"in_force": None}) for rung in before if rung not in known]
    ties = pack.ties.model_copy(update={"ladder": [*known, *late]})
    structure = structure_of(pack.model_copy(update={"ties": ties}))
    streams = Streams(scenario.seed, 0, worlds)
    parameters = assemble(draw(scenario.ranges, streams), names)
    classes = behaviours(scenario)
    norms = standards(scenario, classes)
    model = Diplomacy(structure, parameters, lambda _: parameters, streams, classes, norms)
    start = model.now.in_force | model.now.pending
    for _ in range(4 * (LAST - FIRST + 1)):
        model.step()
    signed = (model.now.in_force | model.now.pending) & ~start
    return Steps(
        names.agreements[1:],
        {code: signed[:, names.states.index(code)].sum(axis=1)[:, 1:].astype(float) for code in states},
        {code: _recorded(scenario, code) for code in states},
    )


def _recorded(scenario: Scenario, code: str) -> Array:
    agreements = scenario.names.agreements
    counts = np.zeros(len(agreements))
    for rung in scenario.loaded.pack.ties.ladder:
        if code in rung.dyad.split("-") and FIRST <= rung.signed <= LAST:
            counts[agreements.index(rung.agreement)] += 1
    return counts[1:]
