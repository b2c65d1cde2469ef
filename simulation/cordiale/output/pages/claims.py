"""The page of claims: what was lost, the score beside that of placebo packs, and each claim with its contrasts."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

import numpy as np

from cordiale.analysis.claim_rule import (
    AGREE,
    NO_CHANNEL,
    NOT_TESTABLE,
    OPPOSITE,
    SUPPORTED,
    TOO_SMALL,
    UNDECIDED,
    Finding,
    Verdict,
)
from cordiale.analysis.claim_score import PLACEBOS, Score
from cordiale.analysis.judge import LOST, Settings, Verdicts
from cordiale.models.units import SD
from cordiale.output.pages.baseline import markdown

WIDTH = 120
SHARE = f"{100 * AGREE:.0f} %"
HEAD = """# The article's claims in the model

{counts}

Made by `cordiale claims`. Each claim is a sentence of the article with the contrasts that could refute it. No number
was set, and no claim changed, because of a verdict.

![Each claim as a tile in its section of the article, what was lost first](charts/claims-board.svg)
"""
MEANS = {
    OPPOSITE: (
        f"The effect is larger than the margin, in at least {SHARE} of codings, and goes the other way; or the claim "
        "says that there is none."
    ),
    TOO_SMALL: "The whole interval lies inside the margin: no reader would notice the effect.",
    NO_CHANNEL: "All worlds are the same with the cause and without it: in the model none leads to the other.",
    UNDECIDED: (
        "The interval lies on a bound of the margin, and beside the claim stands how many worlds would decide it, were "
        "the effect as found; or the codings disagree, and no number of worlds would."
    ),
}
DESIGNED = (
    "Supported, but required by the model's design before it was run (`expectations.yaml`): no evidence for the model."
)
CONSTRUCTED = (
    "Supported, but by construction: the cause is itself a term of what is measured, or more than 90 % of placebo "
    "packs support it too."
)
LEFT = "Supported, and neither required by the design nor by construction."
SCORE = """## The discriminating score

A supported claim counts 1 less the share of placebo packs that support it too, so that one which any pack supports
counts nothing. Placebo packs are the same model with one thing mixed up: **labels**, each state has all that is coded
of another; **positions**, ideal points are drawn at random; **ties**, each pair of states has the trust, practice and
agreements of another pair. States with a role in the pack keep what is theirs. Each placebo pack is scored against the
others in the same way.

![The score of the pack beside those of placebo packs](charts/claims-score.svg)

{words}
"""
MODELS = """## In which models it holds

The claims that other models can be asked, on {worlds} drawn worlds and without a look at codings; `{own}` is judged
as above. Of all other claims these models have no word: they lack what a contrast measures, or a number that it sets.

{words}
"""
EACH = """## Each claim

A contrast compares two arms: the same worlds without the cause and with it. The effect is the measure with the cause
minus without it, mean over {worlds} worlds, with its 95 % interval. Margin: the least effect that a reader would
notice, stated with the contrast in the unit of its measure. Codings: share of {codings} single codings, each with one
value of every number, whose effect lies where the claim says. Worlds: share of those with any difference in which it
has the sign. Placebo packs: share that supports the claim, of {packs} packs of {few} worlds, the three kinds in turn.
"""
SPREADS = "A spread over dyads is the standard deviation of a measure over all pairs of states at the start.\n"


def appendix(verdicts: Verdicts) -> str:
    """Return the Markdown page."""
    counts, *score = verdicts.sentences()
    asked = verdicts.settings.models
    score, models = (score[:-1], score[-1]) if asked else (score, "")
    return "\n".join([
        HEAD.format(counts=fill(counts, WIDTH)),
        _lost(verdicts),
        SCORE.format(words="\n\n".join(fill(each, WIDTH) for each in score)),
        *_scores(verdicts),
        *(_models(verdicts, models) if asked else []),
        _each(verdicts),
    ])  # fmt: skip


# ---------------------------------------------------------------- what was lost


def _lost(verdicts: Verdicts) -> str:
    parts = ["## What was lost\n"]
    for kind in LOST:
        found = verdicts.of_kind(kind)
        parts += [f"**{_capital(kind)}: {len(found)}.** {MEANS[kind]}\n", _list(found)]
    held = verdicts.of_kind(SUPPORTED)
    for name, said, those in (
        ("Designed", DESIGNED, [(each, each.claim.designed) for each in held if each.claim.designed]),
        ("By construction", CONSTRUCTED, [(each, each.construction) for each in held if each.construction]),
    ):
        lines = "".join(f"- {_link(each)}: {each.claim.paraphrase} ({why})\n" for each, why in those)
        parts += [f"**{name}: {len(those)}.** {said}\n", lines]
    parts += [f"**Left: {len(verdicts.left)}.** {LEFT}\n", _list(verdicts.left)]
    return "\n".join(part for part in parts if part)


def _list(verdicts: Sequence[Verdict]) -> str:
    return "".join(f"- {_link(each)}: {each.claim.paraphrase}{_to_decide(each)}\n" for each in verdicts)


def _to_decide(each: Verdict) -> str:
    """Return what would decide an undecided claim."""
    told = [_what_decides(found) for found in each.findings if found.kind == UNDECIDED]
    return f" ({'; '.join(told)})" if each.kind == UNDECIDED else ""


def _what_decides(found: Finding) -> str:
    if found.hangs_on_codings:
        return f"codings disagree: {found.codings:.0%} as the claim says"
    if found.decides is None:
        return "the effect lies on the margin, so that no number of worlds would decide"
    return f"{found.decides:,} worlds would decide"


def _link(each: Verdict) -> str:
    return f"[{each.claim.id}](#{each.claim.id})"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# ---------------------------------------------------------------- the score


def _scores(verdicts: Verdicts) -> list[str]:
    rows = [_score_row("all claims", verdicts.score)]
    if verdicts.undesigned.claims < verdicts.score.claims:
        rows.append(_score_row("without those that the design requires", verdicts.undesigned))
    return [markdown(rows)] if verdicts.tested else []


def _score_row(name: str, score: Score) -> dict[str, str]:
    return {
        "over": name, "claims": f"{score.claims}", "supported": f"{score.supported}",
        "score": f"{score.value:.1f} ({score.low:.1f} to {score.high:.1f})",
        "judged as placebo packs": f"{score.alike:.1f}",
        "a placebo pack": _expected(score.expected),
        **{kind: _expected(score.of_kind(kind)) for kind in PLACEBOS},
    }  # fmt: skip


def _expected(values: tuple[float, float, float]) -> str:
    mean, low, high = values
    return "" if np.isnan(mean) else f"{mean:.1f} ({low:.1f} to {high:.1f})"


# ---------------------------------------------------------------- by model


def _models(verdicts: Verdicts, words: str) -> list[str]:
    """Return the section of claims that several models can be asked: a row a claim, a column a model."""
    own, asked = verdicts.model, verdicts.settings
    rows = [
        {"claim": _link(each), own: each.kind, **{name: _unasked(kind) for name, kind in each.families.items()},
         "holds in": ", ".join(each.held_by(own)) or "none"}
        for each in verdicts.verdicts if set(each.families.values()) - {NOT_TESTABLE}
    ]  # fmt: skip
    head = MODELS.format(worlds=asked.worlds, own=own, words=fill(words, WIDTH))
    return [head, markdown(rows)] if rows else [head]


def _unasked(kind: str) -> str:
    return "cannot be asked" if kind == NOT_TESTABLE else kind


def _by_model(each: Verdict) -> list[str]:
    """Return a line on the other models: under which a claim holds, and that only one supports it."""
    if not each.families:
        return []
    asked = {name: kind for name, kind in each.families.items() if kind != NOT_TESTABLE}
    if not asked:
        return ["- Models: no other can be asked."]
    alone = "; no other model supports it" if each.kind == SUPPORTED and SUPPORTED not in asked.values() else ""
    return [f"- Models: {', '.join(f'{name} {kind}' for name, kind in asked.items())}{alone}."]


# ---------------------------------------------------------------- each claim


def _each(verdicts: Verdicts) -> str:
    settings: Settings = verdicts.settings
    head = EACH.format(
        worlds=settings.worlds, codings=settings.codings, packs=settings.placebos, few=settings.shape.placebo_worlds
    )
    spreads = any(found.unit == SD for each in verdicts.verdicts for found in each.findings)
    return "\n".join([head, *([SPREADS] if spreads else []), *(_claim(each) for each in verdicts.verdicts)])


def _claim(each: Verdict) -> str:
    claim = each.claim
    voice = f"{claim.voice} of {claim.holder}" if claim.holder else f"the article {claim.voice}"
    lines = [
        f"### {claim.id}\n",
        f"{_capital(claim.paraphrase)} ({claim.locator}; {voice}; expected {claim.sign}). **{_capital(each.kind)}.**\n",
    ]
    if each.kind == NOT_TESTABLE:
        return "\n".join([*lines, f"{_capital(claim.not_testable or '')}.\n"])
    lines += [_finding(found, claim.sign) for found in each.findings]
    shares = ", ".join(f"{kind} {share:.0%}" for kind, share in each.placebo.items())
    lines.append(f"- Placebo packs: {each.placebos:.0%} ({shares}).")
    if claim.designed:
        lines.append(f"- Required by design: {claim.designed}.")
    if each.construction:
        lines.append(f"- By construction: {each.construction}.")
    lines += _by_model(each)
    return "\n".join([*lines, ""])


def _finding(found: Finding, sign: str) -> str:
    other = f" Expected {found.sign} here." if found.sign != sign else ""
    worlds = "" if np.isnan(found.worlds) else f", worlds {found.worlds:.0%}"
    decides = f"; {_what_decides(found)}" if found.kind == UNDECIDED else ""
    return (
        f"- {_capital(found.words)}.{other} Effect {found.mean:+.4f} ({found.low:+.4f} to {found.high:+.4f}), unit: "
        f"{found.unit}; margin {found.said.margin:g}; codings {found.codings:.0%}{worlds}: {found.kind}{decides}. "
        f"Why this contrast: {found.said.why}."
    )
