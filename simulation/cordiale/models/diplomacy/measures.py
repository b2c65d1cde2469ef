"""The measures of this family, and how each is read from a block of worlds."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cordiale.models.base import Measure
from cordiale.models.diplomacy.events import activity
from cordiale.models.diplomacy.index import blocs, engagement, hedging, in_spreads, index, parts, rank
from cordiale.models.diplomacy.ties import both_ways
from cordiale.models.random import Array
from cordiale.models.units import SD

if TYPE_CHECKING:
    from cordiale.models.diplomacy.model import Diplomacy


class Reading:
    """What measures are read from: one block at the end of a quarter; derived arrays are made once."""

    def __init__(self, model: Diplomacy) -> None:
        self.world, self.numbers, self.structure = model.now, model.numbers, model.structure
        self._standards, self._strength = model.standards, model.start.strength
        self._activity = activity(model)

    def table(self, dyads: Array) -> Array:
        """Return values of dyads (P, W) as a measure is read: (W, N, N), the same both ways."""
        return worlds_first(both_ways(dyads.astype(float), self.structure))

    @cached_property
    def parts(self) -> dict[str, Array]:
        """The parts of the index in SD across dyads at the start, (P, W) each."""
        found = parts(self.world, self.numbers, self.structure, self._activity)
        return in_spreads(found, self._standards.spread_of_parts)

    @cached_property
    def index(self) -> Array:
        """(P, W)."""
        return index(self.parts)

    @cached_property
    def strength(self) -> Array:
        """(P, W) strength of ties in all issues."""
        return np.asarray(self._strength + self.world.change[self.structure.everything])

    @cached_property
    def same_bloc(self) -> Array:
        """(W, N, N) whether two states are in one bloc."""
        found = blocs(self.strength, self.world.present)
        return worlds_first((found[:, None] == found[None]).astype(float))

    @cached_property
    def rank(self) -> Array:
        """(W, N, N); a state outside is the last."""
        structure, present = self.structure, self.world.present
        both = present[structure.one] & present[structure.other]
        return worlds_first(rank(np.moveaxis(self.table(np.where(both, self.strength, -np.inf)), 0, -1)))

    @cached_property
    def aligned(self) -> Array:
        """(N, N, W) the index."""
        return np.moveaxis(self.table(self.index), 0, -1)

    @cached_property
    def hedging(self) -> Array:
        """(W, N)."""
        return worlds_first(hedging(self.aligned, *self.structure.poles))

    @cached_property
    def engagement(self) -> Array:
        """(W, N)."""
        return worlds_first(engagement(self.aligned, *self.structure.poles))

    @cached_property
    def kinds(self) -> list[str]:
        """The kinds of events in the order of their rows."""
        return list(self.structure.rows)

    def _counted(self, kind: int) -> Array:
        """Events of a kind this quarter, both ways where it is directed: (P, W)."""
        rows = self.world.recent[0, self.structure.rows[self.kinds[kind]]].astype(float)
        dyads = len(self.structure.one)
        return np.asarray(rows[:dyads] + rows[dyads:] if len(rows) > dyads else rows)

    def events(self, kind: int) -> Array:
        """Events of a kind this quarter: (W, N, N)."""
        return self.table(self._counted(kind))

    @cached_property
    def all_events(self) -> Array:
        """Events of all kinds this quarter: (W, N, N)."""
        whole = self._counted(0)
        for kind in range(1, len(self.kinds)):
            whole += self._counted(kind)
        return self.table(whole)

    def of_agreements(self, stage: str) -> Array:
        """How many types are at a stage ("talks", "pending", "in_force"): (W, N, N)."""
        return self.table(getattr(self.world, stage).sum(axis=0).astype(float))

    @cached_property
    def pressure(self) -> Array:
        """Pressure by all challengers: (W, N)."""
        return worlds_first(self.world.pressure.sum(axis=0))


def worlds_first(array: Array) -> Array:
    """Return an array whose last axis is worlds with that axis first."""
    return np.moveaxis(array, -1, 0)


def _gap(r: Reading, issue: int) -> Array:
    position = r.world.position[:, issue]
    return worlds_first(np.abs(position[:, None] - position[None]))


def _yes(flags: Array) -> Array:
    return flags.astype(float)


UNIT, SHARE = "0 to 1", "share of worlds"
MEASURES: dict[str, Measure] = {
    "alignment": Measure("dyad", None, SD, "alignment", lambda r, _: r.table(r.index)),
    "similarity": Measure("dyad", None, SD, "policy similarity", lambda r, _: r.table(r.parts["similarity"])),
    "depth": Measure("dyad", None, SD, "institutional depth", lambda r, _: r.table(r.parts["depth"])),
    "activity": Measure("dyad", None, SD, "activity", lambda r, _: r.table(r.parts["activity"])),
    "trust": Measure("dyad", None, SD, "mutual trust", lambda r, _: r.table(r.parts["trust"])),
    "strength": Measure("dyad", None, "0 is a close partner", "strength of the tie", lambda r, _: r.table(r.strength)),
    "practice": Measure("dyad", None, UNIT, "practice, mean over domains", lambda r, _: r.table(r.world.practice_mean)),
    "practice.": Measure("dyad", "domain", UNIT, "practice", lambda r, d: r.table(r.world.practice[d])),
    "position_gap.": Measure("dyad", "issue", UNIT, "gap between positions", _gap),
    "events": Measure("dyad", None, "a quarter", "events", lambda r, _: r.all_events),
    "events.": Measure("dyad", "event", "a quarter", "events", lambda r, kind: r.events(kind)),
    "events.passage": Measure(
        "state", None, "a quarter", "passages that challenge claims",
        lambda r, _: worlds_first(r.world.passages.astype(float)),
    ),
    "talks": Measure("dyad", None, "agreements", "under negotiation", lambda r, _: r.of_agreements("talks")),
    "talks.": Measure("dyad", "agreement", SHARE, "under negotiation", lambda r, a: r.table(_yes(r.world.talks[a]))),
    "signed": Measure("dyad", None, "agreements", "signed, not in force", lambda r, _: r.of_agreements("pending")),
    "signed.": Measure("dyad", "agreement", SHARE, "signed or in force", lambda r, a: r.table(
        _yes(r.world.pending[a] | r.world.in_force[a])
    )),
    "ladder": Measure("dyad", None, "agreements", "agreements in force", lambda r, _: r.of_agreements("in_force")),
    "agreement.": Measure(
        "dyad", "agreement", SHARE, "agreement in force", lambda r, a: r.table(_yes(r.world.in_force[a]))
    ),
    "contracts": Measure(
        "directed", None, SHARE, "large contract alive", lambda r, _: worlds_first(_yes(r.world.contract))
    ),
    "ruptures": Measure(
        "dyad", None, SHARE, "in a rupture",
        lambda r, _: worlds_first(_yes((r.world.rift > 0) | (r.world.rift > 0).swapaxes(0, 1))),
    ),
    "same_bloc": Measure("dyad", None, SHARE, "in the same bloc", lambda r, _: r.same_bloc, last_only=True),
    "trusting": Measure("directed", None, UNIT, "trust in the partner", lambda r, _: worlds_first(r.world.trust)),
    "rank": Measure("directed", None, "1 is the closest", "rank of the partner", lambda r, _: r.rank, good="less"),
    "pressure.": Measure(
        "state", "challenger", UNIT, "coercive pressure", lambda r, c: worlds_first(r.world.pressure[c]), good="less"
    ),
    "coercion.": Measure(
        "state", "challenger", "size, 0 to 1", "episode of coercion", lambda r, c: worlds_first(r.world.hits[c]),
        good="less",
    ),
    "position.": Measure("state", "issue", UNIT, "position", lambda r, k: worlds_first(r.world.position[:, k])),
    "pressure": Measure(
        "state", None, "sum over challengers, each 0 to 1", "coercive pressure", lambda r, _: r.pressure, good="less"
    ),
    "hedging": Measure("state", None, UNIT, "evenness between the poles", lambda r, _: r.hedging),
    "engagement": Measure("state", None, SD, "alignment with the farther pole", lambda r, _: r.engagement),
    "member.": Measure(
        "state", "format", SHARE, "member of the format", lambda r, f: worlds_first(_yes(r.world.member[f]))
    ),
    "level.": Measure(
        "system", "format", "0 announced to 3 leaders", "level of the format",
        lambda r, f: r.world.level[f].astype(float),
    ),
}  # fmt: skip
