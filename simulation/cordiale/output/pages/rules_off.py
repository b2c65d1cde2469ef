"""One row a rule: what it lets one ask, and what of the table of levers is left when it is off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cordiale.analysis.levers import Found
from cordiale.analysis.rules_off import CANNOT, LEAST_LOSS, PROPERTY_WORLDS, RULES, Off
from cordiale.models.units import SMALL
from cordiale.output.pages.baseline import markdown

HEAD = """### One row a rule

Made by `cordiale baseline --rules-off --worlds {worlds}`: the [table of levers](baseline.md) again with one rule
off, on the same {worlds} worlds. With all rules {hits} of {asked} effects are seen as expected at this number of
worlds. An effect is lost when it is seen with the rule, and without it is not seen or is less than half as large.
"Moved most" has the largest changes in size, in SD across dyads, with the rule and without it. A property
of the [baseline](baseline.md) is named where it holds with the rule and not without, or the other way round
({faces} worlds). Log loss is that of the agreements of the years after each origin
([calibration](calibration.md)), with the rule's covariates and without; less is better, so that where it is less
without them they did not help to tell those years. A rule changes something where an effect is lost or turns, a size
moves by {small} spreads or more, a property turns, or a log loss moves by {loss} or more.

{bare}

"""
BARE = "Without these nothing changes that is measured here: {}."
NONE_BARE = "Each rule changes something that is measured here."
TAIL = """
Rules that no weight can switch off, and so without a row:

{cannot}
"""
MOST_NAMED = 4


def rules_section(found: Sequence[Off], worlds: int) -> str:
    """Return the section as Markdown."""
    first = found[0]
    nothing = [each.rule.name for each in found if not each.carries]
    bare = BARE.format(", ".join(nothing)) if nothing else NONE_BARE
    head = HEAD.format(
        worlds=worlds,
        hits=first.hits_with,
        asked=first.asked,
        faces=PROPERTY_WORLDS,
        bare=bare,
        small=SMALL,
        loss=LEAST_LOSS,
    )
    cannot = "\n".join(f"- {name}: {why}" for name, why in CANNOT.items())
    measured = {each.rule.name for each in found}
    left = ", ".join(rule.name for rule in RULES if rule.name not in measured)
    missing = f"\nNot measured here: {left}.\n" if left else ""
    return head + markdown([_row(each) for each in found]) + missing + TAIL.format(cannot=cannot)


def _row(off: Off) -> dict[str, Any]:
    faces = [f"{with_['asked']}: {with_['measured']}, without {without['measured']}" for with_, without in off.faces]
    lost = [_named(with_, without) for with_, without in off.lost]
    more = f"; {len(lost) - MOST_NAMED} more" if len(lost) > MOST_NAMED else ""
    return {
        "rule": off.rule.name,
        "what it lets one ask": off.rule.asks,
        "hits lost": len(lost),
        "of wrong sign": len(off.turned),
        "lost without it": "; ".join(lost[:MOST_NAMED]) + more or "none",
        "moved most": "; ".join(_named(with_, without) for with_, without in off.most) or "nothing",
        "properties": "; ".join(faces) or "none",
        "log loss": "; ".join(f"{with_:.4f} -> {without:.4f}" for with_, without in off.losses) or "-",
    }


def _named(with_: Found, without: Found) -> str:
    expected = with_.expected
    return f"{expected.policy} on {expected.measure} {with_.size:+.2f} -> {without.size:+.2f}"
