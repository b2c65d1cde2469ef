"""What a sweep found, in words: what moves each measure, which factors change each other's effect, and the like."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from cordiale.analysis.sweep_design import Factor, level_text
from cordiale.analysis.window import PEAK
from cordiale.study.intervals import of_shares
from cordiale.study.labels import subject as subject_of
from cordiale.study.result import Row
from cordiale.study.study import Study

if TYPE_CHECKING:
    from cordiale.analysis.sweep import Sweep


def findings(sweep: Sweep) -> list[str]:
    """Return what moves each measure most, which factors change each other's effect, and what to beware of."""
    factors = {factor.path: factor for factor in sweep.design.factors}
    rows: list[Row] = [{str(key): value for key, value in row.items()} for row in sweep.effects().to_dict("records")]
    found = _conditions(sweep)
    for measure, entity in sweep.measures:
        own = [row for row in rows if (row["measure"], row["entity"]) == (measure, entity)]
        own = [{**row, "yes_no": sweep.yes_no(measure)} for row in own]
        main = sorted((row for row in own if row["kind"] == "main"), key=_size)
        both = sorted((row for row in own if row["kind"] == "interaction"), key=_size)
        found.append(_main(sweep, measure, entity, main, factors))
        if not all(_same(sweep, row) for row in [*main, *both]):  # else nothing moves, and that is said
            found += _others(main, factors)
            found += [_interaction(both, main, factors)] if both else []
            found.append(_ends(sweep, measure, entity))
        found += [_against(sweep, measure, entity)] if sweep.against else []
    return found


def _conditions(sweep: Sweep) -> list[str]:
    """Return whose numbers are run, what "coded" is, and how the quarter was chosen; nothing where all is as usual."""
    found = []
    if sweep.coding:
        found.append(f"The numbers of the coding {sweep.coding} stand in place of the pack's.")
    if coded := [factor.label for factor in sweep.design.factors if factor.coded]:
        found.append(
            f"Coded: {' and '.join(coded)} as each world of {sweep.manifest['scenario']} has it. Effects, and "
            "differences to the first cell, are from there."
        )
    if sweep.manifest["quarter"] == PEAK:
        found.append(
            f"Each measure is read in the quarter in which the mean difference to {sweep.against or 'the first cell'} "
            "is largest in size, on average over cells. It was chosen on the same worlds, so that effects are a little "
            "too large, and intervals do not allow for the choice."
        )
    return found


def subject(sweep: Sweep, measure: str, entity: str) -> str:
    """Return "Alignment of France and Japan in 2025Q4", or "on average over 2020Q1 to 2022Q4"."""
    quarter = sweep.read_in(measure, entity)
    when = f"on average over {quarter.replace(':', ' to ')}" if ":" in quarter else f"in {quarter}"
    return f"{subject_of(Study(sweep.folder, sweep.manifest), measure, entity)} {when}"


def _same(sweep: Sweep, row: Row) -> bool:
    """Whether no world differs: the interval is then as narrow as any, which of a share of worlds is no point."""
    narrowest = float(of_shares(np.zeros((sweep.worlds, 1)))[1][0]) if row["yes_no"] else 0.0
    return not row["effect"] and bool(row["effect_high"] <= narrowest * (1 + 1e-9))


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
    numbers = (row["effect"], row["effect_low"], row["effect_high"])
    mean, low, high = (f"{each:+.0%}" if row["yes_no"] else signed(each, digits) for each in numbers)
    return f"{mean}{' of worlds' if row['yes_no'] else ''} (95 % interval {low} to {high})"


def _main(sweep: Sweep, measure: str, entity: str, main: list[Row], factors: dict[str, Factor]) -> str:
    what, most = subject(sweep, measure, entity), main[0]
    label = factors[most["factor"]].label
    told = f"{_range(most)} {between(most)}"
    if _same(sweep, most):
        return f"{what}: the same in every world at both ends of every factor."
    if not _sure(most):
        return f"{what}: no factor clearly moves it; {label} has {told}."
    return f"{what} moves{' most' if len(main) > 1 else ''} with {label}: {told}."


def _others(main: list[Row], factors: dict[str, Factor]) -> list[str]:
    told = [
        f"{factors[row['factor']].label} {_range(row)}{' ' + between(row) if factors[row['factor']].coded else ''}"
        for row in main[1:4]
    ]
    more = f"; and {len(main) - 4} that move it less" if len(main) > 4 else ""
    return [f"Next: {'; '.join(told)}{more}."] if told else []


def _interaction(both: list[Row], main: list[Row], factors: dict[str, Factor]) -> str:
    row = both[0]
    one, other = factors[row["factor"]].label, factors[row["other"]].label
    if not _sure(row):
        return f"No two factors clearly change each other's effect; {one} and {other} most: {_range(row)}."
    word = "higher" if row["effect"] > 0 else "lower"
    sizes = sorted((abs(row["effect_low"]), abs(row["effect_high"])))
    more = (
        ", so that main effects, which are means over the other factors, say little"
        if _size(row) < _size(main[0])
        else ""
    )
    high, low = level_text(row["other_high"]), level_text(row["other_low"])
    form = ".0%" if row["yes_no"] else f".{digits_of(row['effect'])}f"
    unit = " of worlds" if row["yes_no"] else ""
    return (
        f"The effect of {one} is {abs(row['effect']):{form}}{unit} {word} (95 % interval {sizes[0]:{form}} to "
        f"{sizes[1]:{form}}) where {other} is {high} than where it is {low}{more}."
    )


def _ends(sweep: Sweep, measure: str, entity: str) -> str:
    """Return the cells with the lowest and the highest mean, which need not be at the ends of factors."""
    means = sweep.means(measure, entity).ravel()
    low, high = int(np.argmin(means)), int(np.argmax(means))
    form = ".0%" if sweep.yes_no(measure) else ".3f"
    ends = [f"{means[at]:{form}} ({_cell(sweep, at)})" for at in (low, high)]
    return f"{'Shares of worlds in' if sweep.yes_no(measure) else 'Means of'} cells run from {' to '.join(ends)}."


def _against(sweep: Sweep, measure: str, entity: str) -> str:
    """Return between what the differences of cells to the scenario that they are held against lie."""
    means, lows, highs = (sweep.means(measure, entity, f"against{end}").ravel() for end in ("", "_low", "_high"))
    yes_no = sweep.yes_no(measure)
    ends = [
        f"{_range({'effect': means[at], 'effect_low': lows[at], 'effect_high': highs[at], 'yes_no': yes_no})} "
        f"at {_cell(sweep, at)}"
        for at in dict.fromkeys((int(np.argmin(means)), int(np.argmax(means))))
    ]
    return f"Minus {sweep.against}, world by world, cells are {' to '.join(ends)}."


def _cell(sweep: Sweep, cell: int) -> str:
    return ", ".join(
        f"{factor.path} {level_text(level)}"
        for factor, level in zip(sweep.design.factors, sweep.design.cell(cell), strict=True)
    )


def between(row: Row) -> str:
    """Return between which levels a main effect is: "from coded to 1"."""
    return f"from {level_text(row['low'])} to {level_text(row['high'])}"
