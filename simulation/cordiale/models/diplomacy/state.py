"""A state: what it sees, does and suffers in a quarter, each one short method (docs/ODD.md, 7.2 to 7.10).

Shapes: W worlds, N states (partners), K issues, A alternatives, F formats. A method returns the row
of this state; arrays have worlds first.
"""

from __future__ import annotations

import numpy as np

from cordiale.models.diplomacy.utility import Worth
from cordiale.models.random import Array, gumbel
from cordiale.models.sums import Flags, marked, total


class State(Worth):
    """A state that weighs partners by all terms alike and presses nobody.

    A subclass overrides one method; what it returns must keep the shape given in the docstring.
    """

    # ------------------------------------------------------------ what it sees and where it stands

    def perceive(self, signals: Array) -> Array:
        """Positions of all states as this one sees them: (W, N, K), 0..1; its own as they are."""
        seen = signals + self.own("bias")
        np.minimum(np.maximum(seen, 0.0, out=seen), 1.0, out=seen)
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
        heard = total((pull[:, :, None] * seen).swapaxes(1, 2))
        heard = np.where(whole > 0, heard / np.where(whole > 0, whole, 1.0), old)
        return resolve * self.target() + (1 - resolve) * ((1 - influence) * old + influence * heard)

    # ------------------------------------------------------------ what it does

    def propose(self) -> Flags:
        """Its initiatives by rank-ordered logit (Beggs, Cardell and Hausman 1981): (W, N, A)."""
        streams, quarter = self.stage.streams, self.stage.quarter
        partners, codes = zip(*self.stage.others(self.i), strict=True)
        named = [(self.code, code) for code in codes]
        luck = gumbel(streams.uniforms("offer", named, quarter=quarter, size=self.shape[1]))
        score = np.full((self.world.worlds, *self.shape), -np.inf)
        score[:, partners] = luck + self.stage.value[:, self.i][:, partners] + self.weight("openness", 2)
        own = streams.uniform("initiative", self.code, quarter=quarter, size=2)
        whole = np.floor(self.own("bandwidth"))
        hands = whole + (own[:, 1] < self.own("bandwidth") - whole)
        return highest(score, gumbel(own[:, 0]), hands)

    def answer(self, offers: Flags) -> Flags:
        """Which of the offers (W, N, A) that others make it confirms, by its own logit (McFadden 1974)."""
        confirmed = np.zeros(offers.shape, dtype=bool, order="F")
        w, j, a = marked(offers)
        offering, at = np.unique(j, return_inverse=True)
        named = [(self.structure.names.states[each], self.code) for each in offering]
        luck = self.stage.streams.uniforms("answer", named, quarter=self.stage.quarter, size=self.shape[1])
        readiness = np.broadcast_to(self.weight("readiness", 0), len(offers))
        confirmed[w, j, a] = luck[w, at, a] < logistic(readiness[w] + self.stage.value[w, self.i, j, a])
        return confirmed

    # ------------------------------------------------------------ formats, pressure, trust

    def apply(self) -> Array:
        """The chance that it applies to each format: (W, F)."""
        world = self.world
        close = (world.practice_mean[:, self.i] + world.trust[:, self.i]) / 2
        ties = total(world.member.swapaxes(1, 2) * close[:, None])
        here = self.parameters.assertiveness * self.parameters.taking_part
        aggressive = here[:, self.structure.challengers]
        aimed, exposed = self.parameters.aimed_at, self.own("dependence")[:, None]
        drawn = self.standing("drawn", lambda: total(aimed * exposed * aggressive[:, None]))
        return logistic(
            self.weight("format_openness")
            + self.weight("format_likeness") * self.likeness_to_formats()
            + self.weight("format_ties") * ties / np.maximum(world.members, 1.0)
            - self.weight("format_pressure") * drawn
        )

    def likeness_to_formats(self) -> Array:
        """S of its position and each format's character, on the issues that the format names: (W, F), -1..1."""
        character, salience = self.parameters.character, self.own("salience")[:, None]
        named = self.standing("named", lambda: np.where(np.isnan(character), 0.0, salience))
        whole = self.standing("named, all", lambda: total(named))
        gap = total(named * np.abs(self.world.position[:, self.i, None] - np.nan_to_num(character)))
        return 1 - 2 * gap / np.where(whole > 0, whole, 1.0)

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
            flow = rated[:, hazard, None] * (1 - seen[:, :, issue]) * (1 - calm)
            flow[:, [self.i, state]] = 0.0
            suspected += flow
        return suspected

    def breach(self) -> Array:
        """News of breach, beyond what its baseline trust counts already: (W, N), -1..1; below 0 it reassures."""
        seen, forum = self.stage.seen[:, self.i], self.own("export_control_forum")
        news = self.suspicion(seen, forum) - self.known()
        return np.minimum(np.maximum(self.own("breach") + news, -1.0), 1.0)

    def known(self) -> Array:
        """Flows that it suspects from the coding alone, which its baseline trust counts already: (W, N), 0 or more."""
        forum = self.stage.coded.export_control_forum[:, self.i]
        if type(self).suspicion is State.suspicion and type(self).coded_view is State.coded_view:
            return self.standing("known", lambda: self.suspicion(self.coded_view(), forum))
        return self.suspicion(self.coded_view(), forum)

    def coded_view(self) -> Array:
        """Positions of all states as the pack codes this state's view, without levers or noise: (W, N, K)."""
        coded = self.stage.coded
        return np.minimum(np.maximum(coded.ideal + coded.bias[:, self.i], 0.0), 1.0)

    def shortfall(self) -> Array:
        """How far partners stay behind what was expected of them: (W, N), 0..1."""
        salience = self.own("salience")
        share = self.standing("share", lambda: salience / total(salience)[:, None] * salience.shape[1])
        expected, drift = self.world.first_position, self.stage.expected_drift
        late = np.zeros((self.world.worlds, self.shape[0]), order="F")
        for issue in self.stage.expectations:
            goal = np.minimum(expected[:, :, issue] + drift[:, :, issue], 1.0)
            behind = np.maximum(goal - self.stage.seen[:, self.i, :, issue], 0.0)
            late += share[:, issue, None] * np.where(drift[:, :, issue] > 0, behind, 0.0)
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
    score : (W, N, A), used up;  outside, hands : (W,)
    """
    chosen = np.zeros(score.shape, dtype=bool, order="F")
    rows, taken = score.reshape(len(score), -1), 0
    worlds = np.arange(len(rows))
    while len(worlds := worlds[taken < hands[worlds]]):
        best = rows[worlds].argmax(axis=1)
        beats = rows[worlds, best] > outside[worlds]
        worlds, best, taken = worlds[beats], best[beats], taken + 1
        chosen[worlds, best // score.shape[2], best % score.shape[2]] = True
        rows[worlds, best] = -np.inf
    return chosen


__all__ = ["State", "highest", "logistic"]
