"""Placebo packs: the same model and claims, with the labels of states shuffled and positions drawn at random.

What such a pack supports, any model of this shape would support: it is the score to beat.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cordiale.draws import Array, Streams
from cordiale.layers import Scenario
from cordiale.measures.catalogue import Reading
from cordiale.measures.requests import Request
from cordiale.models.block import Behaviour
from cordiale.models.diplomacy import Diplomacy, Standards
from cordiale.parameters import assemble, draw
from cordiale.structure import Structure, structure_of
from cordiale.timeline import Timeline


@dataclass(frozen=True)
class Placebo:
    """One placebo pack.

    Attributes
    ----------
    source : code -> the state whose numbers, ties and memberships it has; challengers keep their own
    ideal : path -> the ideal point drawn at random, the same in all worlds
    """

    source: Mapping[str, str]
    ideal: Mapping[str, float]

    def values(self, scenario: Scenario, streams: Streams) -> dict[str, Array]:
        """Return path -> (worlds,) numbers: the source's draw, and ideal points at random."""
        drawn = draw(scenario.ranges, streams)
        back = {of: code for code, of in self.source.items()}
        found: dict[str, Array] = {}
        for path, value in drawn.items():
            head, dot, rest = path.partition(".")
            for sign in ("-", ">"):
                if sign in head:
                    one, other = (back.get(code, code) for code in head.split(sign))
                    head = sign.join(sorted((one, other)) if sign == "-" else (one, other))
                    break
            else:
                head = back.get(head, head)
            found[head + dot + rest] = value
        worlds = streams.worlds
        return found | {path: np.full(worlds, value) for path, value in self.ideal.items()}

    def structure(self, scenario: Scenario) -> Structure:
        """Return the structure with ladder and memberships of the sources."""
        whole, states = structure_of(scenario.loaded.pack), scenario.names.states
        order = [states.index(self.source[code]) for code in states]
        return replace(
            whole,
            members=whole.members[order],
            in_force=whole.in_force[np.ix_(order, order)],
            pending=whole.pending[np.ix_(order, order)],
        )

    def run(
        self, scenario: Scenario, reads: Mapping[Any, Request], worlds: int, behaviour: Behaviour, norms: Standards
    ) -> dict[Any, Array]:
        """Run an arm on this pack and return its reads; its worlds have the luck of worlds 0, 1, ..."""
        streams = Streams(scenario.seed, 0, worlds)
        parameters = assemble(self.values(scenario, streams), scenario.names)
        classes = {code: behaviour[self.source[code]] for code in scenario.names.states}
        timeline = Timeline(scenario, parameters)
        model = Diplomacy(self.structure(scenario), parameters, timeline.at, streams, classes, norms)
        return read_model(model, reads)


def read_model(model: Diplomacy, reads: Mapping[Any, Request]) -> dict[Any, Array]:
    """Run a model as far as its reads ask: (measure, quarter) -> (rows,)."""
    found: dict[Any, Array] = {}
    for quarter in range(max(at for _, at in reads) + 1):
        model.step()
        wanted = {key: each for key, each in reads.items() if key[1] == quarter}
        if wanted:
            reading = Reading(model.now, model.parameters, model.structure)
            found |= {key: each.read(reading)[:, 0] for key, each in wanted.items()}
    return found


def placebos(scenario: Scenario, count: int, seed: int) -> list[Placebo]:
    """Return placebo packs, the same for the same seed."""
    names = scenario.names
    free = [code for code in names.states if code not in names.challengers]
    found = []
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        mixed = dict(zip(free, rng.permutation(free).tolist(), strict=True))
        ideals = {path: float(rng.random()) for path in names.paths if path.endswith(".ideal")}
        found.append(Placebo({code: mixed.get(code, code) for code in names.states}, ideals))
    return found
