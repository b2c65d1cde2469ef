"""One world of the model, a quarter at a time (ODD 7)."""

from __future__ import annotations

from .case import Case, Draws, Parameters, dyad_of
from .state import State
from .terms import AGREEMENT, mean, standards, terms

__all__ = ["AGREEMENT", "State", "World", "standards", "terms"]

Rungs = set[tuple[str, str]]
"""Pairs (dyad, agreement)."""


class World:
    """One world: its states, and between them practice, the ladder of agreements, and formats.

    `t` is the quarter whose parameters are read: the one under way in `step`, after it the one that it made.
    """

    def __init__(
        self,
        case: Case,
        parameters: Parameters,
        standards: dict[str, dict[str, tuple[float, float]]],
        draws: Draws,
    ) -> None:
        """Begin as in 7.11. To find the standards, give {} and ask `standards(world)` before a step."""
        self.case = case
        self.parameters = parameters
        self.standards = standards
        self.draws = draws
        self.t = 0
        self.quarters = 0
        self.present = self.taking_part()
        self.alternatives = [*case.domains, AGREEMENT]
        self.pairs = [(i, j) for n, i in enumerate(case.states) for j in case.states[n + 1 :]]
        self.start()

    def start(self) -> None:
        """The state of things before the first quarter (7.11)."""
        case = self.case
        self.y = {
            self.dyad(i, j): {d: self.number(f"{self.dyad(i, j)}.practice.{d}") for d in case.domains}
            for i, j in self.pairs
        }
        self.in_force: Rungs = self.with_implied(set(case.start_in_force))
        self.pending: Rungs = set(case.start_pending) - self.in_force
        self.member = {f: set(case.start_members[f]) for f in case.formats}
        self.proposed: set[tuple[str, str, str]] = set()
        self.joint: set[tuple[str, str]] = set()
        self.values: dict[str, dict[tuple[str, str], float]] = {}
        self.state = {i: State(self, i) for i in case.states}
        self.perceive(noisy=False)
        for state in self.state.values():
            state.q = {c: state.goal(c) if self.both_present(c, state.code) else 0.0 for c in state.challengers}

    def step(self) -> None:
        """One quarter: everything is decided on the end of last quarter, then everything changes at once."""
        self.t = self.quarters
        self.present = self.taking_part()
        for i in self.present:
            self.state[i].move_trends()
        self.perceive()
        self.take_initiatives()
        x = {i: state.position() for i, state in self.state.items()}
        tau = {i: state.trusting() for i, state in self.state.items()}
        q = {i: state.pressed() for i, state in self.state.items()}
        y = self.practised()
        in_force, pending = self.bound()
        member = self.admitted()
        for i in self.present:
            self.state[i].x, self.state[i].tau, self.state[i].q = x[i], tau[i], q[i]
        self.y, self.in_force, self.pending, self.member = y, in_force, pending, member
        self.quarters += 1

    # ------------------------------------------------------------ the parts of a quarter

    def perceive(self, noisy: bool = True) -> None:
        """Everyone signals, everyone reads (7.2)."""
        signals = {j: state.signal(noisy) for j, state in self.state.items()}
        for state in self.state.values():
            state.perceive(signals)

    def take_initiatives(self) -> None:
        """Offers and answers; what either side's offer brings about is joint (7.6)."""
        self.values = {i: self.state[i].values() for i in self.present}
        self.proposed, self.joint = set(), set()
        for i in self.present:
            for j, a in self.state[i].propose(self.values[i]):
                self.proposed.add((i, j, a))
                if self.state[j].answer(i, a, self.values[j][i, a]):
                    self.joint.add((self.dyad(i, j), a))

    def practised(self) -> dict[str, dict[str, float]]:
        """Practice next: it grows where it was joint and decays elsewhere (7.7)."""
        gain, decay = self.weight("practice_gain"), self.weight("practice_decay")
        after: dict[str, dict[str, float]] = {}
        for dyad, practice in self.y.items():
            after[dyad] = dict(practice)
            if not self.both_present(*dyad.split("-")):
                continue
            for d, y in practice.items():
                joint = (dyad, d) in self.joint
                after[dyad][d] = y + gain * (1 - y) if joint else y - decay * y
        return after

    def bound(self) -> tuple[Rungs, Rungs]:
        """What is in force and what is pending next (7.7)."""
        in_force, signed = set(self.in_force), set(self.pending)
        pairs = [pair for pair in self.pairs if self.both_present(*pair)]
        for i, j in pairs:
            dyad = self.dyad(i, j)
            upcoming = self.next_agreement(i, j)
            if (dyad, AGREEMENT) in self.joint and upcoming is not None:
                signed.add((dyad, upcoming))
            for number, a in enumerate(self.case.agreements):
                if (dyad, a) in self.pending and self.is_ratified(i, j, number):
                    in_force.add((dyad, a))
        in_force = self.with_implied(in_force)
        for i, j in pairs:
            for a in self.case.agreements:
                hold(in_force, (self.dyad(i, j), a), self.given(f"{self.dyad(i, j)}.agreement.{a}"))
        return in_force, signed - in_force

    def is_ratified(self, i: str, j: str, number: int) -> bool:
        """Whether a pending agreement enters into force this quarter (7.7)."""
        return self.draws.ratify(i, j, number, self.t) < self.weight("ratification")

    def with_implied(self, in_force: Rungs) -> Rungs:
        """The same rungs and all that they imply, directly or through another (7.5, 7.7)."""
        closed, queue = set(in_force), sorted(in_force)
        while queue:
            dyad, a = queue.pop()
            for implied in self.case.implies.get(a, []):
                if (dyad, implied) not in closed:
                    closed.add((dyad, implied))
                    queue.append((dyad, implied))
        return closed

    def admitted(self) -> dict[str, set[str]]:
        """The members of every format next: those who were, those who enter, and holds of levers (7.8)."""
        after = {}
        for f, members in self.member.items():
            entering = {i for i in self.present if i not in members and self.state[i].enters(f)}
            after[f] = members | entering
            for i in self.present:
                hold(after[f], i, self.given(f"{i}.member.{f}"))
        return after

    # ------------------------------------------------------------ who takes part

    def taking_part(self) -> dict[str, float | None]:
        """The states that nothing keeps outside this quarter, in the order of the pack (7.11)."""
        held = {i: self.given(f"{i}.present") for i in self.case.states}
        return {i: value for i, value in held.items() if value is None or value >= 0.5}

    def both_present(self, i: str, j: str) -> bool:
        """Whether two states both take part this quarter."""
        return i in self.present and j in self.present

    def members(self, f: str) -> list[str]:
        """The members of a format that take part, in the order of the pack."""
        return [i for i in self.present if i in self.member[f]]

    # ------------------------------------------------------------ parameters of this quarter

    def given(self, path: str) -> float | None:
        """A parameter this quarter, or None."""
        return self.parameters.get(path, self.t)

    def coded(self, path: str) -> float | None:
        """A parameter as drawn, before any lever, or None."""
        return self.parameters.coded(path)

    def number(self, path: str) -> float:
        """A parameter that must be there."""
        value = self.given(path)
        if value is None:
            raise KeyError(path)
        return value

    def optional(self, path: str) -> float:
        """A parameter that is 0 where it is not coded."""
        value = self.given(path)
        return 0.0 if value is None else value

    def weight(self, name: str) -> float:
        """A weight of behaviour."""
        return self.number(f"weight.{name}")

    def threat(self, i: str, h: str) -> float:
        """The threat of hazard h as i feels it; 0 where none is coded."""
        return self.optional(f"{i}.threat.{h}")

    def assertiveness(self, c: str) -> float:
        """How hard a challenger presses."""
        return self.number(f"{c}.assertiveness")

    def power(self, j: str) -> float:
        """The mean of j's capability over theatres (7.3)."""
        return mean(self.number(f"{j}.capability.{theatre}") for theatre in self.case.theatres)

    # ------------------------------------------------------------ what stands between two states

    def dyad(self, i: str, j: str) -> str:
        """The name of the dyad of i and j."""
        return dyad_of(i, j)

    def ybar(self, i: str, j: str) -> float:
        """Practice of i and j, mean over domains (7.3); a state has none with itself, or with one outside."""
        return self.recorded_ybar(i, j) if i != j and self.both_present(i, j) else 0.0

    def recorded_ybar(self, i: str, j: str) -> float:
        """Practice of i and j as it stands on record, mean over domains (7.12)."""
        return mean(self.y[self.dyad(i, j)].values())

    def is_in_force(self, i: str, j: str, a: str) -> bool:
        """Whether an agreement is in force between i and j."""
        return (self.dyad(i, j), a) in self.in_force

    def next_agreement(self, i: str, j: str) -> str | None:
        """The lowest rung that i and j could sign: not in force, not pending, not under a hold (7.5)."""
        dyad = self.dyad(i, j)
        for a in self.case.agreements:
            taken = (dyad, a) in self.in_force or (dyad, a) in self.pending
            if not taken and self.given(f"{dyad}.agreement.{a}") is None:
                return a
        return None

    def height(self, a: str) -> float:
        """The rank of an agreement on the ladder, from 0 to 1 (7.5)."""
        return self.case.agreements.index(a) / max(len(self.case.agreements) - 1, 1)

    def depth(self, i: str, j: str) -> float:
        """Institutional depth: the weight of what is in force (7.5)."""
        weights = {a: self.number(f"{a}.weight") for a in self.case.agreements}
        return sum(weights[a] for a in weights if self.is_in_force(i, j, a)) / sum(weights.values())

    def anything_joint(self, i: str, j: str) -> bool:
        """Whether i and j did anything together this quarter (7.10)."""
        return any((self.dyad(i, j), a) in self.joint for a in self.alternatives)

    # ------------------------------------------------------------ the record

    @property
    def x(self) -> dict[str, dict[str, float]]:
        """Positions: x[state][issue]."""
        return {i: state.x for i, state in self.state.items()}

    @property
    def tau(self) -> dict[str, dict[str, float]]:
        """Trust: tau[i][j]."""
        return {i: state.tau for i, state in self.state.items()}

    @property
    def q(self) -> dict[str, dict[str, float]]:
        """Pressure: q[challenger][state]."""
        return {c: {i: s.q[c] for i, s in self.state.items() if i != c} for c in self.case.challengers}

    def similarity_true(self, i: str, j: str) -> float:
        """S_ij of true positions (7.12)."""
        return self.state[i].closeness(self.state[j].x)

    def alignment(self, i: str, j: str) -> float:
        """How aligned a dyad is: the weighted mean of its four parts (7.12)."""
        parts = {
            "similarity": (self.similarity_true(i, j) + self.similarity_true(j, i)) / 4 + 0.5,
            "depth": self.depth(i, j),
            "practice": self.recorded_ybar(i, j),
            "trust": (self.tau[i][j] + self.tau[j][i]) / 2,
        }
        weights = {part: self.weight(f"alignment_{part}") for part in parts}
        return sum(weights[part] * parts[part] for part in parts) / sum(weights.values())


def hold(kept: set, one: object, value: float | None) -> None:
    """Put something in or out as a lever of the timeline holds it; leave it where none does (7.1)."""
    if value is None:
        return
    if value >= 0.5:
        kept.add(one)
    else:
        kept.discard(one)
