"""What a sweep found, in words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from cordiale.analysis.sweep import Sweep
from cordiale.analysis.sweep_design import Factor

Row = dict[str, Any]


def findings(sweep: Sweep) -> list[str]:
    """Return what moves each measure most, which factors change each other's effect, and what to beware of."""
    factors = {factor.path: factor for factor in sweep.design.factors}
    rows: list[Row] = [{str(key): value for key, value in row.items()} for row in sweep.effects().to_dict("records")]
    found: list[str] = []
    for measure, entity in sweep.measures:
        own = [row for row in rows if (row["measure"], row["entity"]) == (measure, entity)]
        main = sorted((row for row in own if row["kind"] == "main"), key=_size)
        both = sorted((row for row in own if row["kind"] == "interaction"), key=_size)
        found.append(_main(sweep, measure, entity, main, factors))
        if not any(row["effect"] or row["effect_low"] for row in [*main, *both]):
            continue  # nothing moves, and that is said
        found += _others(main, factors)
        found += [_interaction(both, main, factors)] if both else []
        found.append(_ends(sweep, measure, entity))
    return found


def subject(sweep: Sweep, measure: str, entity: str) -> str:
    """Return "alignment of France and Japan in 2025Q4"."""
    from cordiale.charts.words import subject as of
    from cordiale.study import Study

    text = of(Study(sweep.folder, sweep.manifest), measure, entity)
    return f"{text} in {sweep.manifest['quarter']}"


def _size(row: Row) -> float:
    return -abs(float(row["effect"]))


def _sure(row: Row) -> bool:
    return bool(row["effect_low"] > 0 or row["effect_high"] < 0)


def signed(value: float, digits: int = 3) -> str:
    """Return a number with its sign; one that rounds to 0 has a plus."""
    return f"{round(value, digits) + 0.0:+.{digits}f}"


def digits_of(largest: float) -> int:
    """Return how many decimals show two figures of the largest of some effects, three at least."""
    return max(3, min(8, 1 - math.floor(math.log10(abs(largest))))) if largest else 3


def _range(row: Row) -> str:
    digits = digits_of(row["effect"])
    low, high = signed(row["effect_low"], digits), signed(row["effect_high"], digits)
    return f"{signed(row['effect'], digits)} (95 % interval {low} to {high})"


def _main(sweep: Sweep, measure: str, entity: str, main: list[Row], factors: dict[str, Factor]) -> str:
    what, most = subject(sweep, measure, entity), main[0]
    label = factors[most["factor"]].label
    told = f"{_range(most)} from {most['low']:g} to {most['high']:g}"
    if not most["effect"] and not most["effect_low"]:
        return f"{what}: the same in every world at both ends of every factor."
    if not _sure(most):
        return f"{what}: no factor clearly moves it; {label} has {told}."
    return f"{what} moves{' most' if len(main) > 1 else ''} with {label}: {told}."


def _others(main: list[Row], factors: dict[str, Factor]) -> list[str]:
    told = [f"{factors[row['factor']].label} {_range(row)}" for row in main[1:4]]
    more = f"; and {len(main) - 4} that move it less" if len(main) > 4 else ""
    return [f"Next: {'; '.join(told)}{more}."] if told else []


def _interaction(both: list[Row], main: list[Row], factors: dict[str, Factor]) -> str:
    row = both[0]
    one, other = factors[row["factor"]].label, factors[row["other"]].label
    if not _sure(row):
        return f"No two factors clearly change each other's effect; {one} and {other} most: {_range(row)}."
    word = "higher" if row["effect"] > 0 else "lower"
    interval = sorted((abs(row["effect_low"]), abs(row["effect_high"])))
    more = (
        ", so that main effects, which are means over the other factors, say little"
        if _size(row) < _size(main[0])
        else ""
    )
    digits = digits_of(row["effect"])
    return (
        f"The effect of {one} is {abs(row['effect']):.{digits}f} {word} (95 % interval {interval[0]:.{digits}f} to "
        f"{interval[1]:.{digits}f}) where {other} is {row['other_high']:g} than where it is {row['other_low']:g}{more}."
    )


def _ends(sweep: Sweep, measure: str, entity: str) -> str:
    """Return the cells with the lowest and the highest mean, which need not be at the ends of factors."""
    means = sweep.means(measure, entity).ravel()
    low, high = int(np.argmin(means)), int(np.argmax(means))
    return (
        f"Means of cells run from {means[low]:.3f} ({_cell(sweep, low)}) to {means[high]:.3f} ({_cell(sweep, high)})."
    )


def _cell(sweep: Sweep, cell: int) -> str:
    values = sweep.design.values(cell, 1)[0]
    return ", ".join(f"{factor.path} {value:g}" for factor, value in zip(sweep.design.factors, values, strict=True))
