"""Why alignment differs between cells: what each part and each cause has added, on alignment's own scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cordiale.draws import Array
from cordiale.handout.cells import Cause, Cell
from cordiale.handout.told import Told, part_differences, signed, told
from cordiale.measures.alignment import PARTS
from cordiale.resolved import Scenario

SHOWN = 6  # causes told apart, those that moved most; the others are added up
OTHERS = "all other causes together"
NOTHING = 1e-9  # below which a difference is arithmetic


@dataclass(frozen=True)
class Added:
    """What a part or a cause has added to the difference of alignment."""

    label: str
    found: Told


def parts_added(cell: Cell, base: Cell) -> list[Added]:
    """Return what each part has added; together they are the difference."""
    return [Added(part, each) for part, each in zip(PARTS, told(part_differences(cell, base)), strict=True)]


def causes_added(cell: Cell, base: Cell, names: Mapping[str, str]) -> list[Added]:
    """Return what the largest causes have added, then all others; together they are the difference.

    Parameters
    ----------
    names : code, issue or agreement -> name or label
    """
    added = _by_label(cell, base, names)
    moved = {label: each for label, each in added.items() if np.abs(each).max() > NOTHING}
    order = sorted(moved, key=lambda label: -abs(float(moved[label].mean())))
    columns = {label: moved[label] for label in order[:SHOWN]}
    if rest := [moved[label] for label in order[SHOWN:]]:
        columns[OTHERS] = np.sum(rest, axis=0)
    if not columns:
        return []
    found = told(np.stack(list(columns.values()), axis=1))
    return [Added(label, each) for label, each in zip(columns, found, strict=True)]


def _by_label(cell: Cell, base: Cell, names: Mapping[str, str]) -> dict[str, Array]:
    """Return the difference of each labelled cause, (worlds,), and what no cause of a part explains."""
    added: dict[str, Array] = {}
    left = dict(zip(PARTS, part_differences(cell, base).T.copy(), strict=True))
    for cause, value in cell.causes.items():
        difference = value - base.causes[cause]
        label = _label(cause, names)
        added[label] = added.get(label, 0.0) + difference
        left[cause[0]] -= difference
    return added | {f"{part}: weights that moved": rest for part, rest in left.items()}


def _label(cause: Cause, names: Mapping[str, str]) -> str:
    """Return a cause in words; the same for all domains of practice."""
    from cordiale.charts.terms import TRUST

    part, quantity, name = cause
    if part == "practice":
        proposer, proposes, _ = name.partition(" proposes ")
        return f"Practice: joint work that {names[proposer]} proposes" if proposes else "Practice: decay without work"
    if part == "depth":
        return f"Depth: {names[name]} in force"
    if part == "similarity":
        return f"Similarity: {names[name]}"
    one, other = quantity.split()[1].split(">")
    return f"Trust of {names[one]} in {names[other]}: {TRUST.get(name, name.replace('_', ' '))}"


def names_of(scenario: Scenario) -> dict[str, str]:
    """Return code, issue or agreement -> name or label."""
    pack = scenario.loaded.pack
    names = {code: state.name for code, state in pack.states.items()}
    names |= {name: issue.label for name, issue in pack.case.issues.items()}
    return names | {name: agreement.label for name, agreement in pack.case.agreements.items()}


def in_words(added: list[Added]) -> str:
    """Return the clear causes that moved most, as a sentence."""
    clear = [each for each in added if each.found.clear and each.label != OTHERS]
    if not clear:
        return "No single cause is clear: its interval spans zero in each."
    ups = [each for each in clear if each.found.mean > 0][:2]
    downs = [each for each in clear if each.found.mean < 0][:2]
    told_of = [("Raises it most", ups), ("Lowers it most", downs)]
    return " ".join(f"{head}: {'; then '.join(_said(each) for each in group)}." for head, group in told_of if group)


def _said(each: Added) -> str:
    return f"{each.label} ({signed(each.found.mean)})"
