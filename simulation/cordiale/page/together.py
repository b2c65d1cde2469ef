"""Scenarios side by side: several visitors' worlds as rows of one block.

A quarter of a few worlds costs nearly as much as one of many, since the time goes into calls and not into
numbers. Rows do not touch, so a scenario's worlds are byte for byte those of a run of its own (a test).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cordiale.draws import Array, Tiled
from cordiale.layers import Scenario
from cordiale.measures.catalogue import Reading
from cordiale.measures.requests import request
from cordiale.models.block import Behaviour, Worlds
from cordiale.models.diplomacy import Diplomacy, Standards
from cordiale.parameters import Parameters
from cordiale.structure import structure_of
from cordiale.timeline import Timeline

Values = dict[str, Array]


def run_together(
    scenarios: Sequence[Scenario], measures: Sequence[str], worlds: Worlds, behaviour: Behaviour, norms: Standards
) -> list[Values]:
    """Return by scenario measure -> (worlds, quarters, entities).

    Parameters
    ----------
    scenarios : of one length, and of the ranges that the worlds were drawn from
    """
    first, times, rows = scenarios[0], len(scenarios), worlds.streams.worlds
    wanted = [request(measure, first.names) for measure in measures]
    side = _Side(scenarios, worlds)
    streams = Tiled(worlds.streams, times) if times > 1 else worlds.streams
    model = Diplomacy(structure_of(first.loaded.pack), side.coded, side.at, streams, behaviour, norms)
    found = [np.empty((times, rows, first.quarters, len(each.entities))) for each in wanted]
    for quarter in range(first.quarters):
        model.step()
        reading = Reading(model.now, model.parameters, model.structure)
        for each, into in zip(wanted, found, strict=True):
            into[:, :, quarter] = each.read(reading).reshape(times, rows, -1)
    return [{each.name: into[k] for each, into in zip(wanted, found, strict=True)} for k in range(times)]


class _Side:
    """The parameters of scenarios side by side in each quarter."""

    def __init__(self, scenarios: Sequence[Scenario], worlds: Worlds) -> None:
        self._timelines = [Timeline(each, worlds.parameters) for each in scenarios]
        self._rows = worlds.streams.worlds
        self._last: tuple[list[Parameters], Parameters] | None = None
        self._drawn = worlds.parameters
        self.coded: Any = None
        self.coded = self._joined([worlds.parameters] * len(scenarios))

    def at(self, quarter: int) -> Parameters:
        """Return the parameters of a quarter, counted from 0; the same object while nothing moves."""
        parts = [timeline.at(quarter) for timeline in self._timelines]
        if self._last is None or any(new is not old for new, old in zip(parts, self._last[0], strict=True)):
            self._last = parts, self._joined(parts)
        return self._last[1]

    def _joined(self, parts: Sequence[Parameters]) -> Parameters:
        if len(parts) == 1:
            return parts[0]
        arrays = {name: self._rows_of([each.arrays[name] for each in parts], name) for name in parts[0].arrays}
        weights = {name: self._rows_of([each.weights[name] for each in parts], name) for name in parts[0].weights}
        return Parameters(arrays, weights)

    def _rows_of(self, parts: Sequence[Array], name: str) -> Array:
        """Return arrays (worlds or 1, ...) below one another; as they are where they are one and the same for all."""
        alike = all(each is parts[0] for each in parts)
        if alike and len(parts[0]) == 1:
            return parts[0]
        if alike and self.coded is not None and parts[0] is self._drawn.arrays.get(name):
            return np.asarray(self.coded.arrays[name])
        joined = np.empty((len(parts) * self._rows, *parts[0].shape[1:]), dtype=parts[0].dtype, order="F")
        for k, each in enumerate(parts):
            joined[k * self._rows : (k + 1) * self._rows] = each
        return joined
