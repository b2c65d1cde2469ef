"""docs/baseline.md: the tables of `soundness` as a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cordiale.analysis.baseline_checks import Soundness

HEAD = """# The baseline, measured

Made by `cordiale baseline --out docs/baseline.md` with {worlds} worlds ({lever_worlds} at each end of
each lever). Where the model falls short of a line, the line says NO.

## What must hold of a sound baseline
"""
LADDER = """
## The ladder from 2007 to 2018

The costs of agreements (`agreement_cost`, `rung_cost`) were set to a record: the steps that Japan and France took from
2007 to 2018, for all dyads at once. Two more ranges were moved with an eye on the baseline, before any claim was
drawn up: `practice_decay`, with `practice_gain`, so that all practice taken together stays near its coded level, and
`format_openness`, since no outsider entered the ADMM-Plus between 2010 and 2018.

The model starts from the ladder of the end of 2006 and, since nothing earlier is coded, from the
ties and positions of 2018. Nothing after 2018 is used. Dialogues are left out.
"""
UNASKED = """
Not asked of the pack {pack}, which lacks a state, an issue, a lever, a record or a year that they name: {names}.
"""
TRUST = """
## What moves trust between {pair}

Sums over all quarters, means over worlds. No cause may drown the rest.
"""
VALUE = """
## What an initiative is worth, by term

Mean over domains and quarters of each term's part of the worth of an initiative, in utility, for each of the two in the
other's eyes; the spread is the standard deviation over worlds.
"""
LEVERS = """
## What each lever moves

Each lever at 0 and at 1 from the first quarter on, in the same worlds; the measure that moves most for its spread over
worlds, at the horizon.{patrols}
"""
PATROLS = """ The last column is what the lever does to freedom-of-navigation presence of the first of
the two: the sovereignty stance must leave it alone."""


def page(soundness: Soundness, worlds: int, lever_worlds: int) -> str:
    """Return the page as Markdown."""
    levers = [{name: value for name, value in row.items() if name != "shift"} for row in soundness.levers]
    patrols = PATROLS if any("shift" in row for row in soundness.levers) else ""
    unasked = UNASKED.format(pack=soundness.pack, names="; ".join(soundness.unasked)) if soundness.unasked else ""
    parts = [
        (HEAD.format(worlds=worlds, lever_worlds=lever_worlds), soundness.properties, unasked),
        (LADDER + missed(soundness.ladder), soundness.ladder, ""),
        (TRUST.format(pair=" and ".join(soundness.pair)), soundness.trust, ""),
        (VALUE, soundness.value, ""),
        (LEVERS.format(patrols=patrols), levers, ""),
    ]
    return "\n".join(f"{text}\n{markdown(rows)}{after}" for text, rows, after in parts if rows)


def missed(ladder: Sequence[dict[str, Any]]) -> str:
    """Return in words which rungs' record lies outside what was simulated."""
    outside = [
        f"{row['state']} {row['rung']} ({row['recorded']:.0f} against {row['5 %']:.0f} to {row['95 %']:.0f})"
        for row in ladder
        if not row["5 %"] <= row["recorded"] <= row["95 %"]
    ]
    return f"The record lies outside the simulated 5 to 95 % for: {', '.join(outside) or 'no rung'}.\n"


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
