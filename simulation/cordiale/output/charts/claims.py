"""The claims on a page: each effect with its interval and margin, marked by verdict."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from cordiale.analysis.judge import KINDS, Verdict, Verdicts
from cordiale.output.charts.layout import finish, sheet
from cordiale.output.charts.style import GREY, PAGE, PALE, house_style, look
from cordiale.study.labels import plain

ROWS = 36  # claims on a page


def figures(verdicts: Verdicts) -> dict[str, Callable[[], Figure]]:
    """Return a chart for every so many tested claims."""
    tested = [each for each in verdicts.verdicts if each.kind != "not testable here"]
    return {
        f"claims-{number}": partial(
            claims, tested[first : first + ROWS], f"The article's claims ({number})", source(verdicts)
        )
        for number, first in enumerate(range(0, len(tested), ROWS), start=1)
    }


def source(verdicts: Verdicts) -> str:
    """Return the line at a chart's foot."""
    return f"pack {verdicts.pack}; {verdicts.settings.worlds} worlds"


@house_style()
def claims(verdicts: list[Verdict], title: str, source: str, *, width: float = PAGE) -> Figure:
    """Return effects in units of each claim's margin, on a scale that is linear up to 1 and logarithmic beyond.

    A positive value goes the way that the claim says; of a claim of no effect the sign is the effect's own.
    """
    figure, (axes,) = sheet(width, 0.4 + 0.155 * len(verdicts))
    axes.axvspan(-1, 1, color=PALE, linewidth=0, zorder=0)
    for at, each in enumerate(verdicts):
        assert each.claim.test is not None
        turn = -1.0 if each.claim.sign == "-" else 1.0
        low, mean, high = (turn * value / each.claim.test.margin for value in (each.low, each.mean, each.high))
        style = look(KINDS.index(each.kind) + 1)
        axes.plot((low, high), (at, at), color=style.colour, linewidth=1.6, gid="interval")
        axes.plot([mean], [at], color=style.colour, marker=style.marker, markersize=3.5, gid=each.claim.id)
    axes.axvline(0.0, color=GREY, linewidth=0.7, zorder=1)
    axes.set_xscale("symlog", linthresh=1.0)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_yticks(np.arange(len(verdicts)), [_label(each) for each in verdicts], parse_math=False)
    axes.set_ylim(len(verdicts) - 0.4, -0.6)
    axes.set_xlabel("effect in margins; to the right: as the claim says")
    shown = [kind for kind in KINDS if any(each.kind == kind for each in verdicts)]
    keys = [(_key(kind), kind) for kind in shown]
    said = "Grey: inside the margin; line: 95 % interval; linear to 1, logarithmic beyond"
    return finish(figure, title, said, source, keys)


def _label(each: Verdict) -> str:
    return plain(f"{each.claim.id.replace('_', ' ')} ({each.claim.sign})")


def _key(kind: str) -> Line2D:
    style = look(KINDS.index(kind) + 1)
    return Line2D([], [], color=style.colour, marker=style.marker, linewidth=1.6, markersize=3.5)
