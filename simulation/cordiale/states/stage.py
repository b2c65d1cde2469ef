"""What a state may see of the model it lives in: the worlds, the numbers of the quarter, what all share.

States know this much and no more, so that they do not depend on the model that moves them.
"""

from __future__ import annotations

from typing import Protocol

from cordiale.draws import Array, Streams
from cordiale.parameters import Parameters
from cordiale.structure import Structure
from cordiale.world import World


class Stage(Protocol):
    """The model, as states see it. W worlds, N states, K issues, A alternatives.

    Attributes
    ----------
    now : the worlds at the end of last quarter
    parameters : the numbers of this quarter;  coded : as drawn, without any lever
    quarter : counted from 0
    drift, expected_drift : (W, N, K) sums of trends up to this quarter
    seen : (W, N, N, K);  similarity : (W, N, N) as the row's state sees it this quarter
    power : (W, N) mean capability;  depth : (W, N, N);  rung_cost : (W, N, N) of the next agreement, inf without one
    visible : (W, 1, A);  shortfall : (W, N, N);  value : (W, N, N, A)
    expectations : issues on which somebody is expected to move
    standards : term -> (mean, standard deviation)
    """

    structure: Structure
    streams: Streams
    now: World
    parameters: Parameters
    coded: Parameters
    quarter: int
    drift: Array
    expected_drift: Array
    seen: Array
    similarity: Array
    power: Array
    depth: Array
    rung_cost: Array
    visible: Array
    shortfall: Array
    value: Array
    expectations: list[int]
    standards: dict[str, tuple[Array, Array]]

    def others(self, i: int) -> list[tuple[int, str]]:
        """Index and code of every state but one."""
