"""A state: what it sees, does and suffers in a quarter, each one short method (docs/ODD.md, 7.2 to 7.10).

Shapes: W worlds, N states (partners), K issues, A alternatives, F formats. A method returns the row
of this state; arrays have worlds first.
"""

from __future__ import annotations

import numpy as np

from cordiale.draws import Array, gumbel
from cordiale.measures.similarity import s_score
from cordiale.states.worth import Worth
from cordiale.world import Flags, total


class State(Worth):
    """A state that weighs partners by all terms alike and presses nobody.

    A subclass overrides one method; what it returns must keep the shape given in the docstring.
    """

    # ------------------------------------------------------------ what it sees and where it stands

    def perceive(self, signals: Array) -> Array:
        """Positions of all states as this one sees them: (W, N, K), 0..1; its own as they are."""
        seen = np.minimum(np.maximum(signals + self.own("bias"), 0.0), 1.0)
        seen[:, self.i] = self.world.position[:, self.i]
        return seen

    def target(self) -> Array:
        """Where it wants to stand, hardened by pressure: (W, K), 0..1."""
        goal = self.own("ideal") + self.stage.drift[:, self.i]
        hardening = self.weight("hardening")[:, 0] * self.own("resolve")
        for challenger, issues in self.structure.provoked_by.items():
            for issue in issues:
                goal[:, issue] += hardening * self.world.pressure[:, challenger, self.i]
        return np.minimum(np.maximum(goal, 0.0), 1.0)

    def position(self) -> Array:
        """Its next position (Friedkin and Johnsen 1990): (W, K), 0..1."""
        seen, old = self.stage.seen[:, self.i], self.world.position[:, self.i]
        resolve, influence = self.own("resolve")[:, None], self.weight("influence")
        pull = self.world.trust[:, self.i] * self.stage.power * self.world.practice_mean[:, self.i]
        whole = total(pull)[:, None]
        heard = sum(pull[:, [j]] * seen[:, j] for j in range(pull.shape[1]))
        heard = np.where(whole > 0, heard / np.where(whole > 0, whole, 1.0), old)
        return resolve * self.target() + (1 - resolve) * ((1 - influence) * old + influence * heard)

    # ------------------------------------------------------------ what it does

    def propose(self) -> Flags:
        """Its initiatives by rank-ordered logit (Beggs, Cardell and Hausman 1981): (W, N, A)."""
        streams, quarter, others = self.stage.streams, self.stage.quarter, self.stage.others(self.i)
        score = np.full((self.world.worlds, *self.shape), -np.inf, order="F")
        for j, code in others:
            luck = gumbel(streams.uniform("offer", self.code, code, quarter=quarter, size=self.shape[1]))
            score[:, j] = luck + self.stage.value[:, self.i, j] + self.weight("openness")
        own = streams.uniform("initiative", self.code, quarter=quarter, size=2)
        whole = np.floor(self.own("bandwidth"))
        hands = whole + (own[:, 1] < self.own("bandwidth") - whole)
        return highest(score, gumbel(own[:, 0]), hands)

    def answer(self, offers: Flags) -> Flags:
        """Which of the offers (W, N, A) that others make it confirms, by its own logit (McFadden 1974)."""
        streams, quarter, size = self.stage.streams, self.stage.quarter, self.shape[1]
        confirmed = np.zeros(offers.shape, dtype=bool, order="F")
        for j, code in self.stage.others(self.i):
            luck = streams.uniform("answer", code, self.code, quarter=quarter, size=size)
            willing = luck < logistic(self.weight("readiness") + self.stage.value[:, self.i, j])
            confirmed[:, j] = willing & offers[:, j]
        return confirmed

    # ------------------------------------------------------------ formats, pressure, trust

    def apply(self) -> Array:
        """The chance that it applies to each format: (W, F)."""
        chances = np.empty((self.world.worlds, self.world.member.shape[2]), order="F")
        aggressive = self.parameters.assertiveness[:, self.structure.challengers]
        for f, issues in enumerate(self.structure.character):
            member = self.world.member[:, :, f]
            ties = total(member * (self.world.practice_mean[:, self.i] + self.world.trust[:, self.i]) / 2)
            drawn = total(self.parameters.aimed_at[:, f] * self.own("dependence") * aggressive)
            chances[:, f] = logistic(
                self.weight("format_openness")[:, 0]
                + self.weight("format_likeness")[:, 0] * self.likeness_to(f, issues)
                + self.weight("format_ties")[:, 0] * ties / np.maximum(total(member.astype(float)), 1.0)
                - self.weight("format_pressure")[:, 0] * drawn
            )
        return chances

    def likeness_to(self, f: int, issues: list[int]) -> Array:
        """Its likeness to a format's character, on the issues that the format names: (W,), -1..1."""
        if not issues:
            return np.ones(self.world.worlds)
        position, character = self.world.position[:, self.i, issues], self.parameters.character[:, f, issues]
        return s_score(position, character, self.own("salience")[:, issues])

    def consent(self) -> Array:
        """The chance that it consents to each state's entry into each format: (W, N, F)."""
        return logistic(
            self.weight("consent_openness", 2)
            + self.weight("consent_similarity", 2) * self.stage.similarity[:, self.i, :, None]
            + self.weight("consent_trust", 2) * (2 * self.world.trust[:, self.i, :, None] - 1)
            + self.weight("consent_backing", 2) * self.parameters.backing
        )

    def press(self) -> Array:
        """The pressure it aims at; none but for a Challenger: (W or 1, N), 0..1."""
        return np.zeros((1, self.shape[0]))

    def suspicion(self, seen: Array, forum: Array) -> Array:
        """Flows to what it fears now that it believes partners to let through: (W, N), 0 or more.

        Parameters
        ----------
        seen : (W, N, K) positions as it sees them
        forum : (W, N) strength of its forums on export controls with partners
        """
        rated = self.own("threat")
        calm = self.weight("forum_effect") * forum
        suspected = np.zeros((self.world.worlds, self.shape[0]), order="F")
        for issue, hazard, state in self.structure.flows:
            flow = rated[:, [hazard]] * (1 - seen[:, :, issue]) * (1 - calm)
            flow[:, [self.i, state]] = 0.0
            suspected += flow
        return suspected

    def breach(self) -> Array:
        """News of breach, beyond what its baseline trust counts already: (W, N), -1..1; below 0 it reassures."""
        seen, forum = self.stage.seen[:, self.i], self.own("export_control_forum")
        known = self.suspicion(self.coded_view(), self.stage.coded.export_control_forum[:, self.i])
        news = self.suspicion(seen, forum) - known
        return np.minimum(np.maximum(self.own("breach") + news, -1.0), 1.0)

    def coded_view(self) -> Array:
        """Positions of all states as the pack codes this state's view, without levers or noise: (W, N, K)."""
        coded = self.stage.coded
        return np.minimum(np.maximum(coded.ideal + coded.bias[:, self.i], 0.0), 1.0)

    def shortfall(self) -> Array:
        """How far partners stay behind what was expected of them: (W, N), 0..1."""
        salience = self.own("salience")
        share = salience / total(salience)[:, None] * salience.shape[1]
        expected, drift = self.world.first_position, self.stage.expected_drift
        late = np.zeros((self.world.worlds, self.shape[0]), order="F")
        for issue in self.stage.expectations:
            goal = np.minimum(expected[:, :, issue] + drift[:, :, issue], 1.0)
            behind = np.maximum(goal - self.stage.seen[:, self.i, :, issue], 0.0)
            late += share[:, [issue]] * np.where(drift[:, :, issue] > 0, behind, 0.0)
        return np.minimum(late, 1.0)

    def trust_changes(self, delivered: Array) -> dict[str, Array]:
        """What moves its trust this quarter, by cause (Kydd 2005): (W, N) each."""
        trust, breach = self.world.trust[:, self.i], self.breach()
        at_stake = np.where(breach > 0, trust, 1 - trust)
        return {
            "delivered": self.weight("trust_gain") * (1 - trust) * delivered,
            "breach": -self.weight("trust_breach") * at_stake * breach,
            "shortfall": -self.weight("trust_shortfall") * trust * self.stage.shortfall[:, self.i],
            "return": self.weight("trust_return") * (self.own("trust") - trust),
        }


def logistic(utility: Array) -> Array:
    """The logistic function."""
    return 1.0 / (1.0 + np.exp(-utility))


def highest(score: Array, outside: Array, hands: Array) -> Flags:
    """Mark the `hands` highest scores that beat the outside option.

    Parameters
    ----------
    score : (W, N, A);  outside, hands : (W,)
    """
    chosen = np.zeros(score.shape, dtype=bool, order="F")
    rows = np.ascontiguousarray(score.reshape(len(score), -1))
    worlds = np.arange(len(rows))
    for taken in range(int(hands.max(initial=0))):
        best = rows.argmax(axis=1)
        take = (taken < hands) & (rows[worlds, best] > outside)
        chosen[worlds, best // score.shape[2], best % score.shape[2]] |= take
        rows[worlds, best] = -np.inf
    return chosen


__all__ = ["State", "highest", "logistic"]
