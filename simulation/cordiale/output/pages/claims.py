"""Verdicts as a table, and as a Markdown appendix for a paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cordiale.analysis.judge import Verdict, Verdicts
from cordiale.output.pages.baseline import markdown

if TYPE_CHECKING:
    import pandas as pd


HEAD = """# The article's claims in the model

{words}

Effect: the measure with the cause minus without it, mean over {worlds} matched worlds, with the 95 % interval (BCa).
Codings: share of {codings} single codings in which the sign holds. Placebo: share of {placebos} placebo packs that
support the claim by sign and interval. Margin: an effect inside it is none that anyone would notice. Contradicted
claims are shown as such; no number was set to make a claim pass.
"""


def frame(found: Verdicts) -> pd.DataFrame:
    """Return a row a claim, in the order of the article."""
    import pandas as pd

    return pd.DataFrame([_row(each) for each in found.verdicts])


def _row(each: Verdict) -> dict[str, Any]:
    claim = each.claim
    return {
        "id": claim.id, "locator": claim.locator, "voice": claim.voice, "claim": claim.paraphrase, "sign": claim.sign,
        "verdict": each.kind, "measure": claim.test.measure if claim.test else "", "effect": each.mean,
        "low": each.low, "high": each.high, "margin": claim.test.margin if claim.test else np.nan,
        "codings": each.codings, "placebo": each.placebo, "reason": claim.not_testable or "",
    }  # fmt: skip


def appendix(found: Verdicts) -> str:
    """Return the Markdown page."""
    settings = found.settings
    head = HEAD.format(
        words="\n".join(found.words), worlds=settings.worlds, codings=settings.codings, placebos=settings.placebos
    )
    tested = [_line(each) for each in found.verdicts if each.kind != "not testable here"]
    others = [
        {"claim": each.claim.id, "paragraph": each.claim.locator, "why not": each.claim.not_testable or ""}
        for each in found.verdicts
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
