"""The model `diplomacy`: ties between states that act, grow and break, a quarter at a time.

One Mesa model is a block of worlds. Everything looks at the worlds as they stood at the end of last quarter (`now`);
then all of them move at once. The equations are in docs/ODD.md, section 7.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

import mesa
import numpy as np

from cordiale.models.diplomacy import (
    agreements,
    coercion,
    contracts,
    events,
    formats,
    positions,
    ties,
    trust,
)
from cordiale.models.diplomacy.measures import Reading
from cordiale.models.diplomacy.numbers import Numbers
from cordiale.models.diplomacy.start import Start, first_world, own_parts, standards_of, started
from cordiale.models.diplomacy.state import State
from cordiale.models.diplomacy.structure import Structure
from cordiale.models.diplomacy.sums import products
from cordiale.models.diplomacy.ties import Standards
from cordiale.models.diplomacy.world import Counts, World
from cordiale.models.parameters import Parameters
from cordiale.models.random import Array, Streams
from cordiale.models.sums import Flags


class Diplomacy(mesa.Model):
    """A block of worlds.

    Parameters
    ----------
    structure : the bones of the case
    drawn : the parameters of the block without any lever
    at : quarter (from 0) -> the parameters of the block
    streams : the block's random streams
    behaviour : code -> the class of the state
    standards : the constants of the pack; None to find them, in the one world of best values

    Attributes
    ----------
    now : the worlds at the end of last quarter
    numbers : of this quarter;  coded : without any lever
    alike : (P, W) similarity of the two states of each dyad on all issues, as last quarter ended
    gains : (areas, P, W) what all terms but leaning have added to each tie since the start
    trust_changes : cause -> (N, N, W) what moved trust last quarter;  ends : what became of contracts
    """

    def __init__(
        self,
        structure: Structure,
        drawn: Parameters,
        at: Callable[[int], Parameters],
        streams: Streams,
        behaviour: Mapping[str, type[State]],
        standards: Standards | None = None,
    ) -> None:
        super().__init__(rng=0)  # Mesa's own generator is never used: all luck comes from the keyed streams
        self.structure, self.streams, self.quarter = structure, streams, 0
        self._parameters_at = at
        self.parameters = at(0)
        self.coded = self.numbers = Numbers(drawn, structure)
        self.states: list[State] = [behaviour[code](self, code) for code in structure.names.states]
        _forget(self)
        self.overriding = {name: [s for s in self.states if _has_own(s, name)] for name in State.TERMS}
        self.read_issues = sorted(
            {*structure.deeds, *(k for k, _, _ in structure.flows), *(k for _, _, k in structure.watched)}
        )
        self.now = first_world(structure, self.coded, streams.worlds)
        self.trust_changes: dict[str, Array] = {}
        self.alike: Array
        self.gains: Array
        taking_part = np.moveaxis(self.parameters.taking_part, 0, -1)
        self._look(taking_part)
        self.standards = standards or standards_of(self)
        self.now = first_world(structure, self.coded, streams.worlds)
        self._look(taking_part)
        self.start: Start
        self.start, self.now = started(self, own_parts(self))

    # ------------------------------------------------------------ one quarter

    def step(self) -> None:
        """Move the block by one quarter."""
        parameters = self._parameters_at(self.quarter)
        if parameters is not self.parameters or self.numbers.parameters is not parameters:
            self.parameters, self.numbers = parameters, Numbers(parameters, self.structure)
        before, structure = self.now, self.structure
        self.look()
        change, self.alike = ties.change(self)
        q = events.quarter_of(self, change)
        counted, passages = self._events(q)
        happened = {kind: counted[rows] for kind, rows in structure.rows.items()}
        talks, pending, in_force = agreements.agreed(self, q)
        orders = happened.get("arms_order", np.zeros((len(structure.sender), before.worlds), dtype=np.int8))
        self.ends = ends = contracts.ended(self, q, orders)
        pressed = coercion.pressed(self)
        moves = positions.moved(self, coercion.hardening(self, pressed.news))
        delivered = events.was_delivered(q, happened)
        self.trust_changes, usual, usual_gap = trust.changes(self, trust.signals(self), delivered, pressed, ends)
        pace = self.numbers.weight.usual_pace
        after = World(
            position=moves.position,
            course=moves.course,
            expected=trust.expectations(self, moves.pull),
            trust=_trusted(before.trust, self.trust_changes),
            usual=usual,
            usual_gap=usual_gap,
            rift=ends.rift,
            contract=ends.contract,
            practice=events.practise(q, happened),
            agenda=events.remember(q, happened),
            delivered=before.delivered + pace * (delivered - before.delivered),
            since=_since(before.since, happened),
            talks=talks,
            pending=pending,
            in_force=in_force,
            member=formats.joined(self, change),
            level=formats.levels(self),
            pressure=pressed.pressure,
            fear=pressed.fear,
            hits=pressed.hits,
            recent=self._recent(counted),
            passages=passages,
            change=change,
            present=np.array(np.broadcast_to(self.here, before.present.shape)),
        )
        self.now = kept_outside(after, before, structure)
        self.quarter += 1

    def resume(self, now: World, quarter: int) -> None:
        """Go on from worlds that another model of the same numbers and streams brought to a quarter."""
        self.now, self.quarter = now, quarter

    def reading(self) -> Reading:
        """Return what measures are read from."""
        return Reading(self)

    # ------------------------------------------------------------ what states see

    def look(self) -> None:
        """Make what everyone sees, before anyone acts."""
        self._look(self.numbers.takes_part)

    def _look(self, taking_part: Flags) -> None:
        structure, now, numbers = self.structure, self.now, self.numbers
        _one, _other = structure.one, structure.other
        self.here = np.broadcast_to(taking_part, now.present.shape)
        self.threat = np.array(
            np.broadcast_to(numbers.threat.swapaxes(0, 1), (len(structure.names.hazards), *self.here.shape))
        )
        for c, hazard in enumerate(structure.hazard_of):
            self.threat[hazard] = np.clip(self.threat[hazard] + now.fear[c], 0.0, 1.0)
        len(structure.names.states)
        self.practice_table = ties.both_ways(now.practice_mean, structure)
        known = self.practice_table * self.here if not self.here.all() else self.practice_table
        third = np.maximum(self.here.sum(axis=0) - self.here[:, None].astype(float) - self.here[None], 1.0)
        self.friends_table = products("ikw,jkw->ijw", known, known) / third
        self.live_formats = np.packbits(now.member & (now.level > 0)[:, None], axis=0)

    def asked(self, state: State, method: str) -> Array:
        """Return what a state answers, held to be numbers where its code is not ours."""
        answer = getattr(state, method)()
        if state.foreign and np.isnan(np.asarray(answer)).any():
            raise ArithmeticError(f"{type(state).__name__}.{method} of {state.code} returns what is not a number")
        return np.asarray(answer)

    # ------------------------------------------------------------ events

    def _events(self, q: events.Quarter) -> tuple[Counts, Counts]:
        """Return what happens this quarter, (R, W) by the rows of `Structure.rows`, and passages (N, W)."""
        rows, states = self.structure.rows, len(self.states)
        sizes = {f"event {kind}": part.stop - part.start for kind, part in rows.items()} | {"passage": states}
        rates = itertools.chain(map(q.rate, rows), [events.passages(q) * self.here])
        found = events.counts(rates, (self.streams.table(each, size, self.quarter) for each, size in sizes.items()))
        if "two_plus_two" in rows:
            once = found[rows["two_plus_two"]]
            np.minimum(once, 1, out=once)
        return found[:-states], found[-states:].copy()

    def _recent(self, happened: Counts) -> Counts:
        """Return the counts of the last four quarters, this one first."""
        return np.concatenate([happened[None], self.now.recent[:-1]])


def _trusted(before: Array, changes: Mapping[str, Array]) -> Array:
    after = before.copy()
    for each in changes.values():
        after += each
    return np.clip(after, 0.0, 1.0, out=after)


def _since(before: Counts, happened: Mapping[str, Counts]) -> Counts:
    if "two_plus_two" not in happened:
        return before
    return np.where(happened["two_plus_two"] > 0, 0, np.minimum(before + 1, events.SILENT)).astype(np.int8)


# ----------------------------------------------------------------
# Who takes part: a state that stands outside keeps its own as it was.


STATE_AXIS = {"position": 0, "course": 0, "expected": 0, "member": 1}
OF_CHALLENGERS = ("pressure", "fear")
OF_DYADS = ("change", "practice", "agenda", "delivered", "since", "talks", "pending", "in_force")
OF_PAIRS = ("trust", "usual", "rift", "contract")


def kept_outside(after: World, before: World, structure: Structure) -> World:
    """Return the worlds after a quarter, with all that belongs to a state outside as it was before."""
    here = after.present
    if here.all():
        return after
    dyads = here[structure.one] & here[structure.other]
    pairs = here[:, None] & here[None]
    arrays: dict[str, Any] = {field.name: getattr(after, field.name) for field in fields(World)}
    for name, axis in STATE_AXIS.items():
        new, shape = arrays[name], [1] * arrays[name].ndim
        shape[axis], shape[-1] = here.shape
        arrays[name] = np.where(here.reshape(shape), new, getattr(before, name))
    pressed = here[structure.challengers][:, None] & here[None]
    for name in OF_CHALLENGERS:
        arrays[name] = np.where(pressed, arrays[name], getattr(before, name))
    for name in OF_DYADS:
        arrays[name] = np.where(dyads, arrays[name], getattr(before, name))
    for name in OF_PAIRS:
        arrays[name] = np.where(pairs, arrays[name], getattr(before, name))
    return World(**arrays)


def _has_own(state: State, name: str) -> bool:
    return getattr(type(state), name) is not getattr(State, name)


def _forget(model: mesa.Model) -> None:
    """Take a model out of the table from which Mesa 3.3 numbers agents, and which would keep it alive for ever."""
    numbers = getattr(mesa.Agent, "_ids", None)
    if numbers is not None:
        numbers.pop(model, None)
