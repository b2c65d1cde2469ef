"""The model `diplomacy`: states propose, answer, tie themselves, press and trust, a quarter at a time.

One Mesa model is a block of worlds. Every decision looks at the worlds as they stood at the end of
last quarter (`now`); then all of them move at once. The equations are in docs/ODD.md, section 7.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import mesa
import numpy as np

from cordiale.models.diplomacy import ties
from cordiale.models.diplomacy.measures import Reading
from cordiale.models.diplomacy.presence import among_present, kept_outside, pairs
from cordiale.models.diplomacy.state import State
from cordiale.models.diplomacy.structure import Structure
from cordiale.models.diplomacy.world import World
from cordiale.models.parameters import Parameters
from cordiale.models.random import Array, Streams, normal
from cordiale.models.similarity import similarity
from cordiale.models.sums import Flags, total

Standards = dict[str, tuple[Array, Array]]


class Diplomacy(mesa.Model):
    """A block of worlds.

    Parameters
    ----------
    structure : the bones of the case
    coded : the parameters of the block as drawn, without any lever
    parameters_at : quarter (from 0) -> the parameters of the block
    streams : the block's random streams
    behaviour : code -> the class of the state
    standards : term -> (mean, standard deviation), each (A,) by alternative or (1,) for all
    """

    def __init__(
        self,
        structure: Structure,
        coded: Parameters,
        parameters_at: Callable[[int], Parameters],
        streams: Streams,
        behaviour: Mapping[str, type[State]],
        standards: Standards,
    ) -> None:
        super().__init__(rng=0)  # Mesa's own generator is never used: all luck comes from the keyed streams
        self.structure, self.coded, self.streams = structure, coded, streams
        self.standards = standards
        self.quarter = 0
        self._parameters_at = parameters_at
        self.parameters = parameters_at(0)
        whole = self._start()
        self.now = among_present(whole, self.parameters.taking_part)
        self.drift, self.expected_drift = self.now.drift, self.now.expected_drift
        self.states: list[State] = [behaviour[code](self, code) for code in structure.names.states]
        _forget(self)
        self._look(self.now.position)
        self.now = kept_outside(self._changed(pressure=self._pressed(1.0)), whole)

    # ------------------------------------------------------------ the start

    def _start(self) -> World:
        worlds, names = self.streams.worlds, self.structure.names
        n, k = len(names.states), len(names.issues)
        shape = (worlds, n, n)

        def spread(array: Any, *tail: int) -> Any:
            """Copy an array to all worlds, worlds fastest in memory."""
            full = np.empty((worlds, *tail), dtype=array.dtype, order="F")
            full[...] = array
            return full

        none = np.zeros((*shape, len(names.domains) + 1), dtype=bool, order="F")
        zero, still = np.zeros(shape, order="F"), np.zeros((worlds, n, k), order="F")
        rungs = len(names.agreements)
        ideal = spread(self.parameters.ideal, n, k)
        return World(
            position=ideal, first_position=ideal, drift=still, expected_drift=still,
            trust=spread(self.parameters.trust, n, n),
            practice=spread(self.parameters.practice, n, n, len(names.domains)),
            in_force=spread(self.structure.in_force, n, n, rungs),
            pending=spread(self.structure.pending, n, n, rungs),
            member=spread(self.structure.members, n, len(names.formats)),
            pressure=zero, similarity=zero, value=zero, shortfall=zero,
            seen=spread(ideal[:, None], n, n, k), proposed=none, confirmed=none,
            present=np.ones((worlds, n), dtype=bool, order="F"),
        )  # fmt: skip

    def _changed(self, **arrays: Array | Flags) -> World:
        kept = {name: getattr(self.now, name) for name in World.__dataclass_fields__}
        return World(**{**kept, **arrays})

    # ------------------------------------------------------------ one quarter

    def step(self) -> None:
        """Move the block by one quarter."""
        self.parameters = self._parameters_at(self.quarter)
        whole = self.now
        self.now = among_present(whole, self.parameters.taking_part)
        self.drift = self.now.drift + self.parameters.trend
        self.expected_drift = self.now.expected_drift + self.parameters.expected_trend
        self._look(self._signals())
        both = pairs(self.now.present)
        self.value = self._rows("value", *self._alternatives)
        self.value[~both] = -np.inf
        proposed = self._rows("propose", *self._alternatives, dtype=bool) & both[..., None]
        confirmed = self._answers(proposed)
        joint = confirmed | confirmed.swapaxes(1, 2)
        in_force, pending = self._ladder(joint[..., -1])
        after = World(
            position=self._rows("position", len(self.structure.names.issues)),
            first_position=self.now.first_position,
            drift=self.drift,
            expected_drift=self.expected_drift,
            trust=self._trusted(joint),
            practice=self._practice(joint[..., :-1]),
            in_force=in_force,
            pending=pending,
            member=self._members(),
            pressure=self._pressed(self.weight("pressure_pace", 2)),
            seen=self.seen,
            similarity=self.similarity,
            value=total(self.value[..., :-1]) / (self.value.shape[-1] - 1),
            proposed=proposed,
            confirmed=confirmed,
            shortfall=self.shortfall,
            present=self.now.present,
        )
        self.now = kept_outside(after, whole)
        self.quarter += 1

    def resume(self, now: World, quarter: int) -> None:
        """Go on from worlds that another model of the same numbers and streams brought to a quarter."""
        self.now, self.quarter = now, quarter

    def reading(self) -> Reading:
        """Return what measures are read from."""
        return Reading(self.now, self.parameters, self.structure)

    def weight(self, name: str, axes: int = 0) -> Array:
        """A behavioural weight, with `axes` axes of length 1 behind the worlds."""
        return self.parameters.weights[name].reshape(-1, *(1,) * axes)

    def others(self, i: int) -> list[tuple[int, str]]:
        """Index and code of every state but one."""
        return [(j, code) for j, code in enumerate(self.structure.names.states) if j != i]

    @property
    def _alternatives(self) -> tuple[int, int]:
        names = self.structure.names
        return len(names.states), len(names.domains) + 1

    def _rows(self, method: str, *shape: int, dtype: type = float, **given: Array) -> Any:
        """Ask every state for its row and put the rows together: (W, N, *shape)."""
        result: Any = np.empty((self.streams.worlds, len(self.states), *shape), dtype=dtype, order="F")
        for row, answer in enumerate(self.agents.map(method, **given)):
            _check(self.states[row], method, answer)
            result[:, row] = answer
        return result

    def _signals(self) -> Array:
        names = self.structure.names
        noise = self._by_state("signal", names.issues)
        blur = self.weight("signal_noise", 1) * (1 - self.parameters.clarity)
        return self.now.position + blur[:, :, None] * normal(noise)

    def _by_state(self, purpose: str, names: list[str]) -> Array:
        """Draw one number for every state with every name: (W, N, names)."""
        states = self.structure.names.states
        named = [(code, name) for name in names for code in states]
        drawn = self.streams.uniforms(purpose, named, quarter=self.quarter)
        return drawn.reshape(len(drawn), len(states), len(names), order="F")

    def _look(self, signals: Array) -> None:
        """What everyone sees, and what follows from it before anyone acts."""
        n, k = signals.shape[1:]
        parameters, now = self.parameters, self.now
        self.power = total(parameters.capability) / parameters.capability.shape[-1]
        self.expectations = [
            issue for issue in range(k) if np.any(parameters.expected_trend[:, :, issue])
            or np.any(self.expected_drift[:, :, issue])
        ]  # fmt: skip
        self.seen = self._rows("perceive", n, k, signals=signals)
        self.similarity = similarity(now.position, self.seen, parameters.salience)
        self.depth = ties.depth(now.in_force, parameters.arrays["weight"])
        self.rung = ties.next_rung(now.in_force, now.pending, parameters.agreement)
        height = np.append(self.structure.height, 0.0)[self.rung]
        cost = self.weight("agreement_cost", 2) + self.weight("rung_cost", 2) * height
        self.rung_cost = np.where(self.rung < len(self.structure.height), cost, np.inf)
        agreement = np.broadcast_to(self.weight("agreement_visible", 1), (len(parameters.visible), 1))
        self.visible = np.concatenate([parameters.visible, agreement], axis=1)[:, None, :]
        self.shortfall = self._rows("shortfall", n)

    def _answers(self, proposed: Flags) -> Flags:
        confirmed = np.zeros(proposed.shape, dtype=bool, order="F")
        for j, state in enumerate(self.states):
            confirmed[:, :, j] = answer = state.answer(proposed[:, :, j])
            _check(state, "answer", answer)
        return confirmed

    def _practice(self, joint: Flags) -> Array:
        gain, decay = self.weight("practice_gain", 3), self.weight("practice_decay", 3)
        return ties.practise(self.now.practice, joint, gain, decay)

    def _ladder(self, joint: Flags) -> tuple[Flags, Flags]:
        names, now, holds = self.structure.names, self.now, self.parameters.agreement
        waiting = list(zip(*np.nonzero(np.triu(now.pending.any(axis=(0, 3)))), strict=True))
        named = [(names.states[i], names.states[j]) for i, j in waiting]
        luck = self.streams.uniforms("ratify", named, quarter=self.quarter, size=len(names.agreements))
        ratified = np.zeros(now.pending.shape, dtype=bool, order="F")
        for at, (i, j) in enumerate(waiting):
            ratified[:, i, j] = now.pending[:, i, j] & (luck[:, at] < self.weight("ratification", 1))
            ratified[:, j, i] = ratified[:, i, j]
        in_force = ties.ratify(now.in_force, ratified, self.structure.implies, holds)
        return in_force, ties.sign(now.pending, self.rung, joint) & ~in_force

    def _members(self) -> Flags:
        names, now = self.structure.names, self.now
        chance = self._rows("apply", len(names.formats))
        consent = self._consents()
        for f, members in enumerate(self.structure.consent):
            for member in members:
                given = consent[member][:, :, f].copy(order="K")
                given[:, member] = given[~now.present[:, member]] = 1.0
                chance[:, :, f] *= given
        luck, holds = self._by_state("enter", names.formats), self.parameters.member
        return np.asarray(np.where(np.isnan(holds), now.member | (luck < chance), holds >= 0.5))

    def _consents(self) -> dict[int, Array]:
        """Ask every state whose consent some format needs."""
        asked = {member: self.states[member] for members in self.structure.consent for member in members}
        consent = {member: state.consent() for member, state in asked.items()}
        for member, chance in consent.items():
            _check(asked[member], "consent", chance)
        return consent

    def _pressed(self, pace: Array | float) -> Array:
        return np.asarray(self.now.pressure + pace * (self._rows("press", len(self.states)) - self.now.pressure))

    def _trusted(self, joint: Flags) -> Array:
        delivered = np.any(joint, axis=-1).astype(float)
        trust = self.now.trust.copy(order="F")
        both = pairs(self.now.present)
        self.trust_changes = [
            {cause: change * both[:, i] for cause, change in state.trust_changes(delivered[:, i]).items()}
            for i, state in enumerate(self.states)
        ]
        for i, causes in enumerate(self.trust_changes):
            for cause, change in causes.items():
                _check(self.states[i], f"trust_changes, {cause},", change)
                trust[:, i] += change
        return trust


def _check(state: State, method: str, answer: Any) -> None:
    """Refuse what is no number from a behaviour that is not ours; comparisons would swallow it in silence."""
    if state.foreign and np.isnan(answer).any():
        raise ArithmeticError(f"{type(state).__name__}.{method} of {state.code} returns what is not a number")


def _forget(model: mesa.Model) -> None:
    """Take a model out of the table from which Mesa 3.3 numbers agents, and which would keep it alive for ever."""
    numbers = getattr(mesa.Agent, "_ids", None)
    if numbers is not None:
        numbers.pop(model, None)
