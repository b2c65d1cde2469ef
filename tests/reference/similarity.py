"""Signorino and Ritter's S of two states (1999)."""

from __future__ import annotations

from collections.abc import Sequence


def s_score(
    one: Sequence[float], other: Sequence[float], weights: Sequence[float] | None = None, largest: float = 1.0
) -> float:
    """S = 1 - 2 * sum_k w_k |one_k - other_k| / largest, with the weights made to sum to 1.

    Parameters
    ----------
    weights : none negative and not all 0; equal where None
    largest : the largest difference that the scale allows
    """
    given = [1.0] * len(one) if weights is None else weights
    whole = sum(given)
    return 1 - 2 * sum(w / whole * (abs(x - y) / largest) for w, x, y in zip(given, one, other, strict=True))
