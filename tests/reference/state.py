"""What one state of one world sees, wants, does and suffers in a quarter (ODD 7.2 to 7.6 and 7.8 to 7.10)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from .similarity import s_score
from .terms import AGREEMENT, agreement_terms, clip, domain_terms, mean, pair_terms

if TYPE_CHECKING:
    from .model import World


def logistic(value: float) -> float:
    """1 / (1 + exp(-value)), without overflow."""
    if value < 0:
        return math.exp(value) / (1 + math.exp(value))
    return 1 / (1 + math.exp(-value))


class State:
    """One state. Nothing here changes x, tau or q: methods return the new values, and the world sets them."""

    def __init__(self, world: World, code: str) -> None:
        """Begin as in 7.11; the pressure on it follows when all states are there."""
        self.world = world
        self.code = code
        self.others = [j for j in world.case.states if j != code]
        self.challengers = [c for c in world.case.challengers if c != code]
        self.x = {k: self.number(f"{k}.ideal") for k in world.case.issues}
        self.x_start = dict(self.x)
        self.drift = dict.fromkeys(world.case.issues, 0.0)
        self.expected_drift = dict.fromkeys(world.case.issues, 0.0)
        self.tau = {j: world.number(f"{code}>{j}.trust") for j in self.others}
        self.q = dict.fromkeys(self.challengers, 0.0)
        self.seen: dict[str, dict[str, float]] = {}

    def number(self, name: str) -> float:
        """A parameter of this state, this quarter."""
        return self.world.number(f"{self.code}.{name}")

    def optional(self, name: str) -> float:
        """A parameter of this state, this quarter; 0 where it has none."""
        return self.world.optional(f"{self.code}.{name}")

    # ------------------------------------------------------------ what it sees and wants

    def move_trends(self) -> None:
        """Add this quarter's trends to those that were before (7.3, 7.10)."""
        for k in self.world.case.issues:
            self.drift[k] += self.optional(f"{k}.trend")
            self.expected_drift[k] += self.optional(f"{k}.expected_trend")

    def signal(self, noisy: bool = True) -> dict[str, float]:
        """What it lets everyone know of its positions (7.2)."""
        world, blur = self.world, self.world.weight("signal_noise") * (1 - self.number("clarity"))
        if not noisy:
            return dict(self.x)
        return {k: x + blur * world.draws.normal(self.code, k, world.t) for k, x in self.x.items()}

    def perceive(self, signals: dict[str, dict[str, float]]) -> None:
        """Read the signals of the others through its own bias (7.2)."""
        self.seen = {self.code: dict(self.x)}
        for j in self.others:
            bias = {k: self.world.optional(f"{self.code}>{j}.bias.{k}") for k in self.world.case.issues}
            self.seen[j] = {k: clip(signals[j][k] + bias[k]) for k in self.world.case.issues}

    def position(self) -> dict[str, float]:
        """Where it stands next: between what it wants and what it hears (7.3)."""
        resolve, influence = self.number("resolve"), self.world.weight("influence")
        ears = {j: self.tau[j] * self.world.power(j) * self.world.ybar(self.code, j) for j in self.others}
        total = sum(ears.values())
        after = {}
        for k, x in self.x.items():
            heard = sum(ears[j] / total * self.seen[j][k] for j in self.others) if total else x
            after[k] = resolve * self.target(k) + (1 - resolve) * ((1 - influence) * x + influence * heard)
        return after

    def target(self, k: str) -> float:
        """What it wants on an issue: its ideal, its trend so far, and a harder line under pressure (7.3)."""
        pressed = sum(self.q[c] for c in self.world.case.provokes[k] if c in self.q and c in self.world.present)
        hardened = self.world.weight("hardening") * self.number("resolve") * pressed
        return clip(self.number(f"{k}.ideal") + self.drift[k] + hardened)

    def share(self, k: str) -> float:
        """The salience of an issue as a part of that of all issues (7.8)."""
        return self.number(f"{k}.salience") / sum(self.number(f"{other}.salience") for other in self.world.case.issues)

    def similarity(self, j: str) -> float:
        """How close j seems to it, from -1 to 1 (7.4)."""
        return self.closeness(self.seen[j])

    def closeness(self, positions: dict[str, float]) -> float:
        """Signorino and Ritter's S between its positions and others, by its own saliences (7.4, 7.8)."""
        own, saliences = [self.x[k] for k in positions], [self.number(f"{k}.salience") for k in positions]
        return s_score(own, list(positions.values()), saliences)

    # ------------------------------------------------------------ what it does

    def values(self) -> dict[tuple[str, str], float]:
        """What every alternative (partner, domain or AGREEMENT) is worth to it (7.5)."""
        world, values = self.world, {}
        for j in (j for j in self.others if j in world.present):
            shared = pair_terms(world, self.code, j)
            for d in world.case.domains:
                values[j, d] = self.weighed(shared | domain_terms(world, self.code, j, d), "domain")
            upcoming = world.next_agreement(self.code, j)
            if upcoming is not None:
                worth = self.weighed(shared | agreement_terms(world, self.code, j), AGREEMENT)
                cost = world.weight("agreement_cost") + world.weight("rung_cost") * world.height(upcoming)
                values[j, AGREEMENT] = worth - cost
        return values

    def weighed(self, raw: dict[str, float], kind: str) -> float:
        """The weighted sum of terms, standardised among their kind: "domain" or AGREEMENT (7.5)."""
        total = 0.0
        for term, value in raw.items():
            middle, spread = self.world.standards[kind][term]
            total += self.world.weight(f"value_{term}") * (value - middle) / spread
        return total

    def propose(self, values: dict[tuple[str, str], float]) -> list[tuple[str, str]]:
        """Its initiatives: the best of what beats doing nothing, as many as it has hands for (7.6)."""
        world, t = self.world, self.world.t
        nothing = world.draws.gumbel_nothing(self.code, t)
        ranked = []
        for (j, a), value in values.items():
            number = world.alternatives.index(a)
            score = world.weight("openness") + value + world.draws.gumbel(self.code, j, number, t)
            if score > nothing:
                ranked.append((-score, world.case.states.index(j), number))
        best = sorted(ranked)[: self.hands()]
        return [(world.case.states[partner], world.alternatives[number]) for _, partner, number in best]

    def hands(self) -> int:
        """The number of initiatives that it can take this quarter (7.6)."""
        bandwidth = self.number("bandwidth")
        whole = math.floor(bandwidth)
        one_more = self.world.draws.bandwidth_uniform(self.code, self.world.t) < bandwidth - whole
        return whole + int(one_more)

    def answer(self, i: str, a: str, value: float) -> bool:
        """Whether it confirms the offer a of i, which is worth `value` to it (7.6)."""
        number = self.world.alternatives.index(a)
        chance = self.world.draws.answer(i, self.code, number, self.world.t)
        return chance < logistic(self.world.weight("readiness") + value)

    # ------------------------------------------------------------ formats

    def applies(self, f: str) -> float:
        """The probability that it applies to a format (7.8)."""
        world = self.world
        character = {k: world.given(f"{f}.character.{k}") for k in world.case.issues}
        like = self.closeness({k: value for k, value in character.items() if value is not None})
        ties = mean((world.ybar(self.code, j) + self.tau[j]) / 2 for j in world.members(f))
        drawn = sum(
            world.optional(f"{f}.aimed_at.{c}") * self.optional(f"dependence.{c}") * world.assertiveness(c)
            for c in world.case.challengers
            if c in world.present
        )
        return logistic(
            world.weight("format_openness")
            + world.weight("format_likeness") * like
            + world.weight("format_ties") * ties
            - world.weight("format_pressure") * drawn
        )

    def consents(self, i: str, f: str) -> float:
        """The probability that it lets i into a format (7.8)."""
        world = self.world
        return logistic(
            world.weight("consent_openness")
            + world.weight("consent_similarity") * self.similarity(i)
            + world.weight("consent_trust") * (2 * self.tau[i] - 1)
            + world.weight("consent_backing") * world.optional(f"{i}.backing.{f}")
        )

    def enters(self, f: str) -> bool:
        """Whether it, an outsider, applies to a format and everyone who has a say consents (7.8)."""
        chance = self.applies(f)
        for m in self.world.case.consent[f]:
            if m != self.code and m in self.world.present:
                chance *= self.world.state[m].consents(self.code, f)
        return self.world.draws.apply(self.code, f, self.world.t) < chance

    # ------------------------------------------------------------ pressure and trust

    def pressed(self) -> dict[str, float]:
        """The pressure of every challenger on it next (7.9)."""
        pace = self.world.weight("pressure_pace")
        return {c: q + pace * (self.goal(c) - q) if c in self.world.present else q for c, q in self.q.items()}

    def goal(self, c: str) -> float:
        """The pressure that challenger c means to put on it; 0 where c does not behave as one (7.9)."""
        if c not in self.world.case.pressing:
            return 0.0
        coercion = self.world.optional(f"{c}>{self.code}.coercion")
        cause = (self.ties_against(c) + self.formats_against(c) + self.stance_against(c)) / 3
        leverage = (1 + self.optional(f"dependence.{c}")) / 2
        return clip(coercion + self.world.assertiveness(c) * cause * leverage)

    def ties_against(self, c: str) -> float:
        """How much its visible practice with those who fear c too amounts to (7.9)."""
        world, total = self.world, 0.0
        for j in (j for j in self.others if j in world.present):
            practice = world.y[world.dyad(self.code, j)]
            seen = mean(world.number(f"{d}.visible") * practice[d] for d in world.case.domains)
            total += world.threat(self.code, c) * world.threat(j, c) * seen
        return 1 - math.exp(-total)

    def formats_against(self, c: str) -> float:
        """How far its formats read as aimed at c (7.9)."""
        innocent = 1.0
        for f in self.world.member:
            if self.code in self.world.members(f):
                innocent *= 1 - self.world.optional(f"{f}.aimed_at.{c}")
        return 1 - innocent

    def stance_against(self, c: str) -> float:
        """Its mean position on the issues that provoke c; 0 where none does (7.9)."""
        return mean(self.x[k] for k in self.world.case.issues if c in self.world.case.provokes[k])

    def trusting(self) -> dict[str, float]:
        """Its trust in every other state next (7.10)."""
        world, after = self.world, {}
        for j, tau in self.tau.items():
            after[j] = tau
            if j not in world.present:
                continue
            delivered = 1 if world.anything_joint(self.code, j) else 0
            breach = self.breach(j)
            at_stake = tau if breach > 0 else 1 - tau
            after[j] = (
                tau
                + world.weight("trust_gain") * (1 - tau) * delivered
                - world.weight("trust_breach") * at_stake * breach
                - world.weight("trust_shortfall") * tau * min(self.shortfall(j), 1)
                + world.weight("trust_return") * (world.number(f"{self.code}>{j}.trust") - tau)
            )
        return after

    def breach(self, j: str) -> float:
        """News that j breaks faith, or keeps it better than the baseline counts (7.10)."""
        known = self.suspicion(j, self.coded_view(j), self.world.coded)
        news = self.suspicion(j, self.seen[j], self.world.given) - known
        return clip(self.world.optional(f"{self.code}>{j}.breach") + news, -1.0, 1.0)

    def suspicion(self, j: str, seen: dict[str, float], forum: Callable[[str], float | None]) -> float:
        """Flows from j to what this state fears now, as far as it believes in them (7.10)."""
        world, total = self.world, 0.0
        calm = world.weight("forum_effect") * (forum(f"{world.dyad(self.code, j)}.export_control_forum") or 0.0)
        for k in world.case.issues:
            h = world.case.restrains[k]
            if h is not None and h not in (self.code, j):
                total += world.threat(self.code, h) * (1 - seen[k]) * (1 - calm)
        return total

    def coded_view(self, j: str) -> dict[str, float]:
        """Positions of j as the pack codes this state's view of them: no lever, no noise (7.10)."""
        coded = self.world.coded
        return {
            k: clip((coded(f"{j}.{k}.ideal") or 0.0) + (coded(f"{self.code}>{j}.bias.{k}") or 0.0))
            for k in self.world.case.issues
        }

    def shortfall(self, j: str) -> float:
        """How far j is behind what was expected of it, by what matters to this state (7.10)."""
        world, total = self.world, 0.0
        for k in world.case.issues:
            other = world.state[j]
            if other.expected_drift[k] > 0:
                expected = clip(other.x_start[k] + other.expected_drift[k])
                total += self.share(k) * len(world.case.issues) * max(0.0, expected - self.seen[j][k])
        return total
