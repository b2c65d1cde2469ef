"""The claims on charts: each effect with its interval and margin, and the score beside those of placebo packs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from cordiale.analysis.claim_placebos import PLACEBOS
from cordiale.analysis.claim_rule import KINDS, Finding
from cordiale.analysis.claim_score import Score
from cordiale.analysis.judge import Verdicts
from cordiale.output.charts.layout import finish, sheet
from cordiale.output.charts.style import GREY, PAGE, PALE, house_style, look
from cordiale.study.labels import plain

ROWS = 36  # contrasts on a page
Row = tuple[str, Finding]  # what it is called, and what was found


def figures(verdicts: Verdicts) -> dict[str, Callable[[], Figure]]:
    """Return the chart of the score, and one for every so many contrasts."""
    if not verdicts.tested:
        return {}
    rows = [
        (_name(each.claim.id, number, len(each.findings)), found)
        for each in verdicts.tested
        for number, found in enumerate(each.findings, start=1)
    ]
    pages = {
        f"claims-{number}": partial(
            claims, rows[first : first + ROWS], f"The article's claims ({number})", source(verdicts)
        )
        for number, first in enumerate(range(0, len(rows), ROWS), start=1)
    }
    return {"claims-score": partial(score, verdicts.score, source(verdicts)), **pages}


def _name(claim: str, number: int, contrasts: int) -> str:
    return claim if contrasts == 1 else f"{claim} {number}"


def source(verdicts: Verdicts) -> str:
    """Return the line at a chart's foot."""
    settings = verdicts.settings
    return (
        f"pack {verdicts.pack}; {settings.worlds} worlds; {settings.placebos} placebo packs of "
        f"{settings.shape.placebo_worlds} worlds"
    )


@house_style()
def score(found: Score, source: str, *, width: float = PAGE) -> Figure:
    """Return the scores of placebo packs, a row a kind with mean and 5 to 95 %, and the pack's own as lines."""
    figure, (axes,) = sheet(width, 1.6)
    own, alike = look(2), look(0)
    axes.axvspan(found.low, found.high, color=PALE, linewidth=0, zorder=0)
    axes.axvline(found.value, color=own.colour, linewidth=1.4, gid="score")
    axes.axvline(found.alike, color=alike.colour, linewidth=1.4, linestyle=look(1).dash, gid="alike")
    for at, kind in enumerate(PLACEBOS):
        those = np.sort(found.null[[each == kind for each in found.kinds]])
        if not len(those) or np.isnan(those).any():
            continue
        spread = np.linspace(-0.25, 0.25, len(those)) if len(those) > 1 else np.zeros(1)
        axes.plot(those, at + spread, linestyle="", marker="o", markersize=2, color=GREY, gid=f"packs-{kind}")
        mean, low, high = found.of_kind(kind)
        axes.plot((low, high), (at, at), color=look(1).colour, linewidth=1.6)
        axes.plot([mean], [at], color=look(1).colour, marker=look(1).marker, markersize=4, gid=f"mean-{kind}")
    axes.set_yticks(np.arange(len(PLACEBOS)), [f"{kind} mixed up" for kind in PLACEBOS])
    axes.set_ylim(len(PLACEBOS) - 0.5, -0.5)
    axes.set_xlim(left=0)
    axes.set_xlabel("discriminating score, claims")
    keys = [
        (Line2D([], [], color=own.colour, linewidth=1.4), "the pack, grey: its 95 % interval"),
        (
            Line2D([], [], color=alike.colour, linewidth=1.4, linestyle=look(1).dash),
            "the pack judged as they are",
        ),
        (Line2D([], [], color=GREY, linestyle="", marker="o", markersize=2), "a placebo pack"),
        (Line2D([], [], color=look(1).colour, marker=look(1).marker, markersize=4), "their mean, and 5 to 95 %"),
    ]
    said = "A supported claim counts 1 less the share of placebo packs that support it too"
    return finish(figure, "What the coding of the article adds", said, source, keys)


@house_style()
def claims(rows: list[Row], title: str, source: str, *, width: float = PAGE) -> Figure:
    """Return effects in units of each contrast's margin, on a scale that is linear up to 1 and logarithmic beyond.

    A positive value goes the way that the claim says; of a claim of no effect the sign is the effect's own.
    """
    figure, (axes,) = sheet(width, 0.4 + 0.155 * len(rows))
    axes.axvspan(-1, 1, color=PALE, linewidth=0, zorder=0)
    for at, (name, found) in enumerate(rows):
        turn = -1.0 if found.sign == "-" else 1.0
        low, mean, high = (turn * value / found.said.margin for value in (found.low, found.mean, found.high))
        style = look(KINDS.index(found.kind) + 1)
        axes.plot((low, high), (at, at), color=style.colour, linewidth=1.6, gid="interval")
        axes.plot([mean], [at], color=style.colour, marker=style.marker, markersize=3.5, gid=name)
    axes.axvline(0.0, color=GREY, linewidth=0.7, zorder=1)
    axes.set_xscale("symlog", linthresh=1.0)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_yticks(np.arange(len(rows)), [_label(*row) for row in rows], parse_math=False)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlabel("effect in margins; to the right: as the claim says")
    shown = [kind for kind in KINDS if any(found.kind == kind for _, found in rows)]
    keys = [(_key(kind), kind) for kind in shown]
    said = "Grey: inside the margin; line: 95 % interval; linear to 1, logarithmic beyond"
    return finish(figure, title, said, source, keys)


def _label(name: str, found: Finding) -> str:
    return plain(f"{name.replace('_', ' ')} ({found.sign})")


def _key(kind: str) -> Line2D:
    style = look(KINDS.index(kind) + 1)
    return Line2D([], [], color=style.colour, marker=style.marker, linewidth=1.6, markersize=3.5)
