"""A state that presses those who balance against it (docs/ODD.md, 7.9)."""

from __future__ import annotations

import numpy as np

from cordiale.models.diplomacy.state import State
from cordiale.models.random import Array
from cordiale.models.sums import add_up, total


class Challenger(State):
    """Presses a state in proportion to its provocation and its dependence (Jervis 1978 on the spiral)."""

    def press(self) -> Array:
        """The pressure it aims at: (W, N), 0..1; none at itself."""
        at = self.structure.challengers.index(self.i)
        provocation = (self.ties() + self.rival_formats(at) + self.stance()) / 3
        leverage = (1 + self.parameters.dependence[:, :, at]) / 2
        goal = self.own("coercion") + self.own("assertiveness")[:, None] * provocation * leverage
        goal[:, self.i] = 0.0
        return np.minimum(goal, 1.0)

    def ties(self) -> Array:
        """Visible practice among those who rate it a hazard: (W, N), 0..1."""
        rated = self.parameters.threat[:, :, self.structure.hazard_of[self.i]]
        visible, practice = self.parameters.visible, self.world.practice
        *shape, domains = practice.shape
        seen = add_up((practice[..., d] * visible[:, d, None, None] for d in range(domains)), shape) / domains
        return 1 - np.exp(-total(rated[:, :, None] * rated[:, None, :] * seen))

    def rival_formats(self, at: int) -> Array:
        """Membership of formats that read as aimed at it: (W, N), 0..1."""
        innocent = np.ones(self.world.member.shape[:2], order="F")
        for f in range(self.world.member.shape[2]):
            innocent *= 1 - self.parameters.aimed_at[:, f, at, None] * self.world.member[:, :, f]
        return 1 - innocent

    def stance(self) -> Array:
        """Mean position on the issues that provoke it: (W, N), 0..1."""
        issues = self.structure.provoked_by[self.i]
        return self.mean(self.world.position, issues)


# ----------------------------------------------------------------
# A state that keeps its distance to both poles even (Kuik 2008).


class Hedger(State):
    """Avoids tying itself to one side: a tilt makes partners on that side less welcome."""

    def leaning(self) -> Array:
        """Minus its tilt times the partner's side: (W, N), -1..1."""
        first, second = self.structure.poles
        tilt = self.world.practice_mean[:, :, first] - self.world.practice_mean[:, :, second]
        side = tilt.copy(order="K")
        side[:, first], side[:, second] = 1.0, -1.0
        return -tilt[:, self.i, None] * side
