"""docs/baseline.md: what must hold of the baseline and what each lever moves, as a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cordiale.analysis.baseline_checks import Soundness
from cordiale.analysis.levers import NONE, VERDICTS, Found, count
from cordiale.models.units import SMALL

HEAD = """# The baseline, measured

Made by `cordiale baseline --worlds {worlds} --out docs/baseline.md`. Where the model falls short of a
line, the line says NO.
"""
PROPERTIES = """
## What must hold of a sound baseline

"""
UNASKED = """
Not asked of the pack {pack}, which lacks a state, a role, a lever or a record that they name: {names}.
"""
LEVERS = """
## What each lever moves

Each scenario against the baseline on the same {worlds} worlds: the mean change over the window, with its 95 %
interval. The expectations stand in `scenarios/{pack}/expectations.yaml`. Most come from a design
that was older than these rules, and the rules were written with them in view: they are a requirement of the
design and no evidence for it.
Events are told a year. The size is the change in spreads (standard deviations) over dyads of the baseline, over
states where the measure is of a state.

- `hit`: of the expected sign, the interval without 0; where 0 is expected, below {none:g} spreads
- `small`: the same, below {small:g} spreads, so that no reader would see it
- `miss`: the interval holds 0; where 0 is expected, {none:g} spreads or more
- `wrong`: of the other sign, the interval without 0

Of {asked} expectations: {counts}.

"""
PLACEBOS = """
## Placebos

Policy of third states that should leave the two alone, on the same worlds.

"""


def page(soundness: Soundness, worlds: int) -> str:
    """Return the page as Markdown."""
    text = HEAD.format(worlds=worlds)
    if soundness.properties:
        text += PROPERTIES + markdown(soundness.properties)
    if soundness.unasked:
        text += UNASKED.format(pack=soundness.pack, names="; ".join(soundness.unasked))
    asked = [each for each in soundness.levers if each.expected.locator]
    placebos = [each for each in soundness.levers if not each.expected.locator]
    if asked:
        counts = count(asked)
        told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS)
        text += LEVERS.format(
            worlds=worlds, pack=soundness.pack, none=NONE, small=SMALL, asked=len(asked), counts=told
        ) + markdown([_row(each) for each in asked])
    if placebos:
        text += PLACEBOS + markdown([_row(each) for each in placebos])
    return text


def _row(found: Found) -> dict[str, Any]:
    expected = found.expected
    row = (
        {"scenario": expected.policy, "paragraph": expected.locator}
        if expected.locator
        else {"policy": expected.policy}
    )
    return row | {
        "measure": expected.measure,
        "window": found.window,
        "expected": expected.sign,
        "measured": f"{found.effect:+.3f} ({found.low:+.3f} to {found.high:+.3f})",
        "unit": found.unit,
        "in spreads": f"{found.size:+.2f}" if found.spread > 0 else "none",
        "verdict": found.verdict,
    }


def markdown(rows: Sequence[dict[str, Any]]) -> str:
    """Return rows of one shape as a Markdown table."""
    names = list(rows[0])
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    for row in rows:
        cells = [
            f"{value:.3f}" if isinstance(value, float) else str(value).replace("|", "\\|") for value in row.values()
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
