"""Verdicts as a Markdown appendix for a paper."""

from __future__ import annotations

from typing import Any

from cordiale.analysis.judge import Verdict, Verdicts
from cordiale.output.pages.baseline import markdown

FIRST_FORM = {"indo_pacific_2018"}  # packs whose claims no one has judged anew since the model's second form
HEAD = """# The article's claims in the model

{form}{words}

Effect: the measure with the cause minus without it, mean over {worlds} matched worlds, with its 95 % interval.
Codings: share of {codings} single codings in which the sign holds. Placebo: share of {placebos} placebo packs that
support the claim by sign and interval. Margin: an effect inside it is none that anyone would notice. Contradicted
claims are shown as such; no number was set to make a claim pass.
"""


def first_form(pack: str) -> str:
    """Return the line which says that a pack's verdicts are those of the model's first form; "" where they are not."""
    if pack not in FIRST_FORM:
        return ""
    return (
        "The margins and verdicts of these claims belong to the first form of the model. They have not been judged "
        "anew with its second form, and say nothing of it.\n"
    )


def appendix(verdicts: Verdicts) -> str:
    """Return the Markdown page."""
    settings = verdicts.settings
    head = HEAD.format(
        form=first_form(verdicts.pack),
        words="\n".join(verdicts.sentences()),
        worlds=settings.worlds,
        codings=settings.codings,
        placebos=settings.placebos,
    )
    tested = [_line(each) for each in verdicts.verdicts if each.kind != "not testable here"]
    others = [
        {"claim": each.claim.id, "paragraph": each.claim.locator, "why not": each.claim.not_testable or ""}
        for each in verdicts.verdicts
        if each.kind == "not testable here"
    ]
    parts = [head, markdown(tested)] if tested else [head]
    return "\n".join([*parts, "## Not testable here\n", markdown(others)] if others else parts)


def _line(each: Verdict) -> dict[str, Any]:
    claim = each.claim
    assert claim.test is not None
    return {
        "claim": f"{claim.id}: {claim.paraphrase}",
        "paragraph": claim.locator,
        "voice": claim.voice,
        "sign": claim.sign,
        "verdict": f"**{each.kind}**" if each.kind == "contradicted" else each.kind,
        "measure": claim.test.measure,
        "effect": f"{each.mean:+.4f} ({each.low:+.4f} to {each.high:+.4f})",
        "margin": f"{claim.test.margin:g}",
        "codings": f"{each.codings:.0%}",
        "placebo": f"{each.placebo:.0%}",
    }
