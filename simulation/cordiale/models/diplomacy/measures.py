"""The measures of this family, and how each is read from a block of worlds."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cordiale.models.base import Measure
from cordiale.models.diplomacy.alignment import (
    PARTS,
    alignment,
    blocs_of_present,
    hedging,
    misperception,
    position_gap,
    rank,
    together,
)
from cordiale.models.diplomacy.ties import depth
from cordiale.models.random import Array
from cordiale.models.similarity import mutual, similarity
from cordiale.models.sums import Flags, total

if TYPE_CHECKING:
    from cordiale.models.diplomacy.structure import Structure
    from cordiale.models.diplomacy.world import World
    from cordiale.models.parameters import Parameters


class Reading:
    """What measures are read from: one block at the end of a quarter; derived arrays are made once."""

    def __init__(self, world: World, parameters: Parameters, structure: Structure) -> None:
        self.world, self.parameters, self.structure = world, parameters, structure

    @cached_property
    def parts(self) -> dict[str, Array]:
        """The parts of alignment, (W, N, N) in 0..1 each."""
        world, parameters = self.world, self.parameters
        true = similarity(world.position, world.position[:, None], parameters.salience)
        return {
            "similarity": (mutual(true) + 1) / 2,
            "depth": depth(world.in_force, parameters.arrays["weight"]),
            "practice": world.practice_mean,
            "trust": mutual(world.trust),
        }

    @cached_property
    def alignment(self) -> Array:
        """(W, N, N)."""
        return alignment(self.parts, {part: self.parameters.weights[f"alignment_{part}"] for part in PARTS})

    @cached_property
    def same_bloc(self) -> Array:
        """(W, N, N), 0 or 1."""
        return together(blocs_of_present(self.alignment, self.world.present))


def _count(flags: Flags) -> Array:
    return total(flags.astype(float))


MEASURES: dict[str, Measure] = {
    "alignment": Measure("dyad", None, "0 to 1", "alignment", lambda r, _: r.alignment),
    "similarity": Measure("dyad", None, "0 to 1", "policy similarity (S)", lambda r, _: r.parts["similarity"]),
    "depth": Measure("dyad", None, "0 to 1", "institutional depth", lambda r, _: r.parts["depth"]),
    "practice": Measure("dyad", None, "0 to 1", "practice, mean over domains", lambda r, _: r.parts["practice"]),
    "trust": Measure("dyad", None, "0 to 1", "mutual trust", lambda r, _: r.parts["trust"]),
    "practice.": Measure("dyad", "domain", "0 to 1", "practice", lambda r, d: r.world.practice[..., d]),
    "position_gap.": Measure(
        "dyad", "issue", "0 to 1", "gap between positions", lambda r, k: position_gap(r.world.position[..., k])
    ),
    "agreement.": Measure(
        "dyad", "agreement", "share of worlds", "agreement in force",
        lambda r, a: r.world.in_force[..., a].astype(float),
    ),
    "ladder": Measure("dyad", None, "rungs", "rungs of the ladder in force", lambda r, _: _count(r.world.in_force)),
    "initiatives": Measure(
        "dyad", None, "a quarter", "joint initiatives", lambda r, _: _count(r.world.joint)
    ),
    "same_bloc": Measure(
        "dyad", None, "share of worlds", "in the same bloc", lambda r, _: r.same_bloc, last_only=True
    ),
    "trusting": Measure("directed", None, "0 to 1", "trust in the partner", lambda r, _: r.world.trust),
    "perceived_similarity": Measure("directed", None, "-1 to 1", "similarity as seen", lambda r, _: r.world.similarity),
    "rank": Measure("directed", None, "1 is the most valued", "rank of the partner", lambda r, _: rank(r.world.value)),
    "misperception": Measure(
        "directed", None, "0 to 1", "error about the partner's positions",
        lambda r, _: misperception(r.world.seen, r.world.position, r.parameters.salience),
    ),
    "shortfall": Measure(
        "directed", None, "0 to 1", "frustration: shortfall against expectation", lambda r, _: r.world.shortfall
    ),
    "position.": Measure("state", "issue", "0 to 1", "position", lambda r, k: r.world.position[..., k]),
    "pressure": Measure(
        "state", None, "sum over challengers, each 0 to 1", "pressure received", lambda r, _: np.asarray(
            sum(r.world.pressure[:, c] for c in r.structure.challengers) if r.structure.challengers
            else np.zeros(r.world.trust.shape[:2])
        ),
    ),
    "hedging": Measure(
        "state", None, "0 to 1", "evenness between the poles", lambda r, _: hedging(r.alignment, *r.structure.poles)
    ),
    "member.": Measure(
        "state", "format", "share of worlds", "member of the format", lambda r, f: r.world.member[..., f].astype(float)
    ),
}  # fmt: skip
