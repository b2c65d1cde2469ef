"""A block of worlds of a study: every scenario on the same worlds, measures as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cordiale.draws import Array
from cordiale.layers import Scenario
from cordiale.measures.catalogue import Reading, Request, request
from cordiale.models.block import Behaviour, Block
from cordiale.models.diplomacy import Standards


@dataclass(frozen=True)
class Plan:
    """What a study runs: the same for every block.

    Attributes
    ----------
    scenarios : of one pack, one seed and one number of worlds
    behaviour : code -> class of each state
    standards : of `models.block.standards`
    """

    scenarios: Sequence[Scenario]
    behaviour: Behaviour
    standards: Standards


def requests(scenario: Scenario) -> list[Request]:
    """Return the measures to record of a scenario."""
    return [request(measure, scenario.names) for measure in scenario.measures]


@dataclass(frozen=True)
class BlockResult:
    """Values of a block: for each world in turn, scenario by scenario, measure by measure.

    Attributes
    ----------
    values : (worlds, rows of a world); a world's rows go by scenario, measure, quarter, entity
    inputs : by scenario that draws its own worlds, path -> (worlds,)
    """

    first: int
    values: Array
    inputs: dict[str, dict[str, Array]]


def draws_own(plan: Plan, scenario: Scenario) -> bool:
    """Return whether a scenario's drawn parameters may differ from those of the study's first."""
    return scenario is plan.scenarios[0] or scenario.ranges != plan.scenarios[0].ranges


def run_block(plan: Plan, first: int, worlds: int) -> BlockResult:
    """Run worlds `first` .. `first + worlds - 1` under every scenario."""
    parts, inputs = [], {}
    for scenario in plan.scenarios:
        block = Block(scenario, first, worlds, plan.behaviour, plan.standards)
        if draws_own(plan, scenario):
            inputs[scenario.name] = block.values
        parts += [values.reshape(worlds, -1) for values in measured(scenario, block)]
    return BlockResult(first, np.concatenate(parts, axis=1), inputs)


def measured(scenario: Scenario, block: Block) -> list[Array]:
    """Run a block and return (worlds, quarters, entities) of each measure; 1 quarter of one that is read last only."""
    wanted = requests(scenario)
    worlds, last = block.model.now.worlds, scenario.quarters - 1
    found = [
        np.empty((worlds, 1 if each.measure.last_only else scenario.quarters, len(each.entities))) for each in wanted
    ]
    for quarter in range(scenario.quarters):
        block.model.step()
        reading = Reading(block.model.now, block.model.parameters, block.model.structure)
        for each, values in zip(wanted, found, strict=True):
            if not each.measure.last_only:
                values[:, quarter] = each.read(reading)
            elif quarter == last:
                values[:, 0] = each.read(reading)
    return found
