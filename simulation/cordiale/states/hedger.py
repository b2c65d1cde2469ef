"""A state that keeps its distance to both poles even (Kuik 2008)."""

from __future__ import annotations

from cordiale.draws import Array
from cordiale.states.state import State


class Hedger(State):
    """Avoids tying itself to one side: a tilt makes partners on that side less welcome."""

    def leaning(self) -> Array:
        """Minus its tilt times the partner's side: (W, N), -1..1."""
        first, second = self.structure.poles
        tilt = self.world.practice_mean[:, :, first] - self.world.practice_mean[:, :, second]
        side = tilt.copy(order="K")
        side[:, first], side[:, second] = 1.0, -1.0
        return -tilt[:, self.i, None] * side
