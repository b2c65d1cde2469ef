"""What a search for boxes found, in words and as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cordiale.analysis.boxes import Bounds
from cordiale.analysis.described import label, meaning, target_words, third
from cordiale.analysis.discovery import FEW, Box, Search, too_few
from cordiale.analysis.screened import FALSE, MOST
from cordiale.analysis.target import Condition
from cordiale.resolved import Scenario

if TYPE_CHECKING:
    import pandas as pd


def sentences(scenario: Scenario, condition: Condition, found: Search) -> list[str]:
    """Return what was found, a sentence each."""
    about, base = target_words(scenario, condition.target), float(found.met.mean())
    passed = len(found.screened)
    most = f", the {MOST} surest at most" if passed == MOST else ""
    head = f"{about[0].upper()}{about[1:]} is {condition.words} in {found.met.sum():,} of {len(found.met):,} worlds"
    if too_few(found.met):
        return [f"{head}: with fewer than {FEW} on one side no box is sought.{_milder(condition, found)}"]
    told = [
        f"{head} ({base:.0%}).",
        f"Of {found.tried:,} drawn numbers {passed} differ between those worlds and the others, or go with the "
        f"measure, beyond what chance explains (at most {FALSE:.0%} false discoveries expected{most}); boxes were "
        "sought in these alone, on two thirds of the worlds, and counted on the third kept back.",
    ]
    told += [_box(scenario, condition, box, at, base) for at, box in enumerate(found.boxes, 1)]
    if not found.boxes:
        names = " and ".join(label(scenario, path) for path in found.refused)
        tried = f"; bounds on {names} were found, and the worlds kept back did not confirm them" if names else ""
        told.append(f"No box tells these worlds from the others{tried}: what decides is spread over many, or is luck.")
    return told


def _milder(condition: Condition, found: Search) -> str:
    """Return what to try where too few worlds meet a condition, or all but too few."""
    if found.outcome is None:
        return ""
    rare = found.met.mean() < 0.5
    part = 0.1 if rare == condition.operator.startswith("<") else 0.9
    number = float(np.quantile(found.outcome, part))
    worlds = int(np.ceil(2 * FEW / min(found.met.mean(), 1 - found.met.mean()) / 100)) * 100
    share = "a tenth" if rare else "nine tenths"
    return (
        f" Next: --worlds {worlds}, or the threshold that {share} of the worlds meet, "
        f"--where '{condition.target.measure} {condition.operator} {number:.3g}'."
    )


def _box(scenario: Scenario, condition: Condition, box: Box, at: int, base: float) -> str:
    counted = box.tested
    often = "mostly" if counted.density >= 0.5 and counted.density > base else "more often"
    where = " and ".join(restriction(scenario, path, *bound) for path, bound in box.bounds.items())
    text = (
        f"Box {at}: {condition.target.measure} is {condition.words} {often} where {where}. In these worlds "
        f"{counted.density:.0%} meet it (density), against {base:.0%} of all; they are {counted.mass:.0%} of all "
        f"worlds (mass) and hold {counted.coverage:.0%} of those that meet it (coverage)."
    )
    quasi = max(counted.quasi_p.values())
    text += f" Every bound holds on the worlds kept back (largest quasi-p-value {quasi:.2g})"
    if not box.dropped:
        return text + "."
    weak = " and ".join(label(scenario, path) for path in box.dropped)
    return text + f"; a bound on {weak} did not, and was dropped: with more --worlds it may."


def restriction(scenario: Scenario, path: str, low: float, high: float) -> str:
    """Return a bound in words, and in which third of the coded range it lies."""
    coded = scenario.ranges[path]
    span = f"its coded range {coded.low:g} to {coded.high:g}"
    what = f"{meaning(scenario, path)} [{path}]"
    if np.isfinite(low) and np.isfinite(high):
        return f"{what} is between {low:.3g} and {high:.3g}, within {span}"
    side, value = ("above", low) if np.isfinite(low) else ("below", high)
    return f"{what} is {side} {value:.3g}, in the {third(coded, value)} third of {span}"


def box_rows(scenario: Scenario, found: Search) -> list[dict[str, Any]]:
    """Return a row a box and restriction."""
    rows = []
    for at, box in enumerate(found.boxes, 1):
        for path, (low, high) in box.bounds.items():
            coded = scenario.ranges[path]
            rows.append({
                "box": at, "path": path, "meaning": meaning(scenario, path), "low": _number(low),
                "high": _number(high), "coded_low": coded.low, "coded_best": coded.best, "coded_high": coded.high,
                "quasi_p_found": box.found.quasi_p[path], "quasi_p_kept": box.tested.quasi_p[path],
            })  # fmt: skip
    return rows


def counted_rows(boxes: list[Box]) -> list[dict[str, Any]]:
    """Return a row a box: what it restricts, and its counts on the worlds that found it and on those kept back."""
    rows = []
    for at, box in enumerate(boxes, 1):
        row: dict[str, Any] = {"box": at, "restricted": len(box.bounds), "where": _terse(box.bounds)}
        for name, counted in (("found", box.found), ("kept", box.tested)):
            row |= {
                f"coverage_{name}": counted.coverage, f"density_{name}": _number(counted.density),
                f"mass_{name}": counted.mass, f"worlds_{name}": counted.worlds,
                f"of_interest_{name}": counted.of_interest,
            }  # fmt: skip
        rows.append(row | {"confirmed": box.confirmed})
    return rows


def tables(scenario: Scenario, found: Search) -> dict[str, pd.DataFrame]:
    """Return the tables of a search."""
    import pandas as pd

    screened = [{"path": path, "p": p, "meaning": meaning(scenario, path)} for path, p in found.screened.items()]
    return {
        "boxes": pd.DataFrame(counted_rows(found.boxes)),
        "bounds": pd.DataFrame(box_rows(scenario, found)),
        "tradeoff": pd.DataFrame(counted_rows(found.tradeoff)),
        "screened": pd.DataFrame(screened),
    }


def record(scenario: Scenario, condition: Condition, found: Search) -> dict[str, Any]:
    """Return what a program would read of a search."""
    return {
        "scenario": scenario.name, "where": condition.text, "quarter": condition.target.quarter,
        "worlds": len(found.met), "met": int(found.met.sum()), "numbers": found.tried, "screened": found.screened,
        "boxes": counted_rows(found.boxes), "bounds": box_rows(scenario, found),
        "sentences": sentences(scenario, condition, found),
    }  # fmt: skip


def _terse(bounds: Bounds) -> str:
    parts = []
    for path, (low, high) in bounds.items():
        parts += [f"{path} >= {low:.4g}"] if np.isfinite(low) else []
        parts += [f"{path} <= {high:.4g}"] if np.isfinite(high) else []
    return " and ".join(parts)


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
