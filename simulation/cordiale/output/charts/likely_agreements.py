"""How often what was given some chance was signed, and the likeliest agreements by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Bbox

from cordiale.analysis.calibrate import Calibration, record_of
from cordiale.analysis.hazards import Origin
from cordiale.output.charts.end_labels import place
from cordiale.output.charts.frame import Words, finish, head, page_of, sheet
from cordiale.output.charts.rows import Rows, heighten, name_rows, rows_of
from cordiale.output.charts.style import house_style, inks, sizes, target
from cordiale.output.charts.timeline import tick_text
from cordiale.output.charts.titles import joined
from cordiale.study.intervals import share_interval

LIKELIEST = 16  # dyads and agreements that are named
BINS = (0.0, 0.02, 0.05, 0.1, 1.0)  # of chances, in which what came is counted
SLIDE = 9.0  # lines of text that the named ones may take on a slide
FEW = 3  # of the likeliest, from which on it is said that none was signed


@dataclass(frozen=True)
class Case:
    """A dyad and agreement that was open: the chance given to it, and whether it was signed."""

    name: str
    chance: float
    signed: bool


@house_style()
def likely_chart(found: Calibration, source: str) -> Figure:
    """Return how often what was given some chance was signed; beside it the likeliest dyads and agreements by name.

    The chances are those that the record to the last origin gives for the years after it.

    Parameters
    ----------
    source : what the caption says of the record
    """
    origin = found.origins[-1]
    cases = cases_of(found, origin)
    side = not target().narrow
    figure, panels = sheet(1 if side else 2, 2 if side else 1, lines=24, widths=[1.0, 1.0] if side else None)
    rows = rows_of(figure, [each.name for each in cases[:LIKELIEST]], least=1.15, room=SLIDE)
    tall = rows.lines + 3.4
    heighten(figure, max(tall, 20.0) if side else tall + 18.0)
    grid = panels[0].get_gridspec()
    if not side and grid is not None:
        grid.set_height_ratios([18.0, tall])
    _diagram(panels[0], cases)
    _named(panels[1], rows, cases[: len(rows)])
    head(panels[0], "Share that was signed (up) by the chance given")
    head(panels[1], f"The {len(rows)} likeliest: ● signed  ○ not signed")
    return finish(figure, _words(found, origin, cases, len(rows), source))


def cases_of(found: Calibration, origin: Origin) -> list[Case]:
    """Return the dyads and agreements that were open at an origin, the likeliest first."""
    dyads, labels = record_of(found.loaded, found.register).dyads, found.loaded.pack.case.agreements
    rows, rival = origin.test, origin.rivals[0]
    cases = [
        Case(f"{dyads[dyad].replace('-', '–')} {short(labels[rows.kinds[kind]].label)}", float(chance), bool(signed))
        for dyad, kind, chance, signed in zip(rows.dyad, rows.kind, rival.chance, rival.signed, strict=True)
    ]
    return sorted(cases, key=lambda each: -each.chance)


def short(label: str) -> str:
    """Return the shortest name that a label has: what stands in brackets, or its first two words."""
    inside = label[label.rfind("(") + 1 : -1] if label.endswith(")") else ""
    return inside or " ".join(label.split()[:2]).lower()


def shares(cases: Sequence[Case]) -> list[tuple[float, int, int]]:
    """Return of each bin of chances with cases in it the mean chance, how many were signed, and how many there are."""
    found = []
    for low, high in pairwise(BINS):
        inside = [each for each in cases if low <= each.chance < high]
        if inside:
            mean = float(np.mean([each.chance for each in inside]))
            found.append((mean, sum(each.signed for each in inside), len(inside)))
    return found


def _diagram(axes: Axes, cases: Sequence[Case]) -> None:
    """Draw the share that was signed by the mean chance of each bin, with 95 % intervals, and what would be right."""
    bins = shares(cases)
    blue, top = inks().series[0], 0.0
    for mean, came, count in bins:
        low, high = (float(end) for end in share_interval(np.array(came), count))
        axes.plot([mean, mean], [low, high], color=blue, alpha=0.55, zorder=2)
        axes.plot(mean, came / count, "o", color=blue, markersize=3.2 * sizes().line, zorder=3, gid="bin")
        top = max(top, high)
    right = max(mean for mean, _, _ in bins)
    axes.set_xlim(-0.03 * right, 1.5 * right)
    axes.set_ylim(-0.12 * top, 1.08 * top)
    end = min(1.5 * right, top)
    axes.plot([0, end], [0, end], color=inks().soft, linewidth=sizes().line / 2, dashes=(4, 2), zorder=1.5)
    for axis, high in ((axes.xaxis, 1.5 * right), (axes.yaxis, top)):
        ticks = [float(tick) for tick in MaxNLocator(4, steps=[1, 2, 5, 10]).tick_values(0, high) if tick <= high]
        axis.set_ticks(ticks, [tick_text(tick, ticks, percent=True) for tick in ticks])
    axes.grid(axis="both")
    page_of(axes).later.append(partial(_count, axes, bins))


def _count(axes: Axes, bins: Sequence[tuple[float, int, int]]) -> None:
    """Write beside the mark of each bin how many of its cases were signed, the likeliest bin first."""
    figure = page_of(axes)
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    em = sizes().small * figure.dpi / 72
    points = [(mean, came / count) for mean, came, count in bins]
    marks = [axes.transData.transform(point) for point in points]
    taken = [Bbox.from_bounds(x - em / 2.5, y - em / 2.5, em / 1.25, em / 1.25) for x, y in marks]
    for mean, came, count in bins:  # nor the intervals
        ends = [axes.transData.transform((mean, float(end))) for end in share_interval(np.array(came), count)]
        taken.append(Bbox.from_bounds(ends[0][0] - 1, ends[0][1], 2, max(ends[1][1] - ends[0][1], 1)))
    for mean, came, count in reversed(bins):
        text = f"{came} of {count}"
        place(axes, text, (mean, came / count), inks().ink, taken, axes.get_window_extent(), renderer, points)


def _named(axes: Axes, rows: Rows, cases: Sequence[Case]) -> None:
    """Draw the chance of each of the likeliest, full where it was signed."""
    blue, size = inks().series[0], 2.6 * sizes().line
    for at, each in zip(rows.at, cases, strict=True):
        axes.plot([0, each.chance], [at, at], color=inks().rule, linewidth=sizes().line / 2, zorder=1)
        axes.plot(each.chance, at, "o", color=blue if each.signed else inks().paper, markersize=size, zorder=3,
                  markeredgecolor=blue, markeredgewidth=sizes().line / 2, gid="case")  # fmt: skip
    top = 1.1 * max(each.chance for each in cases)
    ticks = [float(tick) for tick in MaxNLocator(4, steps=[1, 2, 5, 10]).tick_values(0, top) if tick <= top]
    axes.set_xticks(ticks, [tick_text(tick, ticks, percent=True) for tick in ticks])
    axes.set_xlim(0, top)
    name_rows(axes, rows, least=0.0)
    axes.spines["left"].set_visible(True)


def _words(found: Calibration, origin: Origin, cases: Sequence[Case], shown: int, source: str) -> Words:
    span, of = f"{origin.year + 1} to {origin.last}", origin.rivals[0].expected
    came = sum(each.signed for each in cases[:shown])
    missed = next((k for k, each in enumerate(cases) if each.signed), len(cases))
    were = f"{came or 'None'} of the {shown} likeliest"
    verb = "were" if came > 1 else "was"
    none = f", none of the first {missed}" if FEW <= missed < shown else ""
    forms = [
        f"{were} agreements {verb} signed in {span}{none}; {origin.seen} came in all, and {of:.1f} were expected",
        f"{were} {verb} signed{none}; {origin.seen} in all, {of:.1f} expected",
        f"{were} {verb} signed{none}",
        f"{were} {verb} signed",
    ]
    subtitle = joined(
        f"{len(cases)} dyads and agreements open at the end of {origin.year}: the chance that the record to then gives "
        f"them for {span}, against what was signed. Bars: 95 % intervals of the share; dashed: as often as said"
    )
    told = "; ".join(
        f"{each.name} {100 * each.chance:.0f} %, {'' if each.signed else 'not '}signed" for each in cases[:6]
    )
    drawn = (
        f"Out of sample: nothing signed after {origin.year} is in these chances, but what the pack codes of states is "
        f"that of {found.last}"
    )
    alt = f"A calibration diagram beside the likeliest cases by name. {forms[0]}. {told}."
    return Words(forms, subtitle, joined(drawn, source), alt)
