"""How often what was given some chance came, the likely and the missed by name; and the model beside yardsticks."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cordiale.analysis.score import Score, Scored
from cordiale.analysis.score_words import counted, missed_first, number
from cordiale.analysis.scoring import calibrated
from cordiale.analysis.sealed import MODEL
from cordiale.output.charts.captions import caption
from cordiale.output.charts.frame import Words, finish, head, sheet
from cordiale.output.charts.rows import Rows, beside, heighten, name_rows, rows_of, value_ticks, zero_column
from cordiale.output.charts.style import house_style, inks, sizes, target
from cordiale.output.charts.titles import joined
from cordiale.study.result import Row

MISSED, LIKELY, FEW = 6, 6, 2  # questions that are named; of each on a slide
SLIDE = 9.0  # lines of text that the named ones may take on a slide
WHOLE = [0.0, 0.25, 0.5, 0.75, 1.0]


def figures(score: Score) -> dict[str, Callable[[], Figure]]:
    """Return the calibration plot and the model beside yardsticks; none where nothing is scored."""
    if not score.numbers.count:
        return {}
    return {
        "score-calibration": partial(calibration_chart, score),
        "score-yardsticks": partial(yardsticks_chart, score),
    }


def source(score: Score) -> str:
    """Return what a caption says of the forecast."""
    about = score.forecast.about
    made = "not sealed" if score.forecast.live else f"sealed on {about.sealed}"
    ran = f"{about.worlds:,} worlds of {about.scenario}, seed {about.seed}; {made}"
    last = "Chances of a model of one article's claims, held against what came"
    return caption(about.pack, "", ran, ["score", "FORECAST", "QUESTIONS"], last)


# ---------------------------------------------------------------- calibration


@house_style()
def calibration_chart(score: Score) -> Figure:
    """Return how often what was given some chance came; beside it the missed and the likeliest by name."""
    side = not target().narrow
    figure, panels = sheet(1 if side else 2, 2 if side else 1, lines=24, widths=[1.35, 0.65] if side else None)
    shown = named(score)
    rows = rows_of(figure, [_name(score, each) for each in shown], least=1.15, room=SLIDE)
    tall = rows.lines + 3.4
    heighten(figure, max(tall, 20.0) if side else tall + 18.0)
    grid = panels[0].get_gridspec()
    if not side and grid is not None:
        grid.set_height_ratios([18.0, tall])
    _diagram(panels[0], score)
    _chances(panels[1], rows, shown)
    head(panels[0], "Share that came (up) by the chance given")
    head(panels[1], "The missed, then the likeliest: ● came  ○ not")
    return finish(figure, _calibration_words(score, len(rows)))


def named(score: Score) -> list[Scored]:
    """Return the questions that are named: those missed worst, then the likeliest of the others."""
    few = target().sheet.fixed  # of either, so that both are named where there is little room
    missed = missed_first(score.headline)[: FEW if few else MISSED]
    others = [each for each in score.headline if each not in missed]
    return missed + sorted(others, key=lambda each: -each.chance.share)[: FEW if few else LIKELY]


def _name(score: Score, each: Scored) -> str:
    """Return a question as a row says it; of a panel the pair and the agreement."""
    asked = each.foretold
    if score.forecast.about.panel is not None:
        return f"{asked.cluster.replace('-', '–')} {asked.block.replace('_', ' ')}"
    return f"{asked.id}: {asked.asks.removesuffix('?')}"


def _id(score: Score, each: Scored) -> str:
    return _name(score, each) if score.forecast.about.panel is not None else each.foretold.id


def _diagram(axes: Axes, score: Score) -> None:
    """Draw the isotonic curve of what came by the chance given, with a mark a question at the edge that it came to."""
    found, blue = score.numbers, inks().series[0]
    order = np.argsort(found.chance, kind="stable")
    axes.plot([0, 1], [0, 1], color=inks().soft, linewidth=sizes().line / 2, dashes=(4, 2), zorder=1.5)
    axes.step(found.chance[order], calibrated(found.chance, found.came)[order], where="mid", color=blue, gid="curve")
    for came, height in ((True, 1.05), (False, -0.05)):
        at = found.chance[found.came == came]
        axes.plot(at, np.full(len(at), height), "|", color=inks().ink, markersize=2.2 * sizes().line, clip_on=False,
                  markeredgewidth=sizes().line / 3, gid="came" if came else "not")  # fmt: skip
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks(WHOLE, ["0", "", "50 %", "", "100 %"])
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.09, 1.09)
    axes.grid(axis="both")


def _chances(axes: Axes, rows: Rows, shown: Sequence[Scored]) -> None:
    """Draw the chance of each, full where it came."""
    size = 2.6 * sizes().line
    missed = set(map(id, missed_first(shown)))
    for at, each in zip(rows.at, shown, strict=False):
        colour = inks().series[1] if id(each) in missed else inks().series[0]
        share = each.chance.share
        axes.plot([0, share], [at, at], color=inks().rule, linewidth=sizes().line / 2, zorder=1)
        axes.plot(share, at, "o", color=colour if each.came else inks().paper, markersize=size, zorder=3, clip_on=False,
                  markeredgecolor=colour, markeredgewidth=sizes().line / 2, gid="case")  # fmt: skip
    axes.set_xlim(0, 1.02)
    axes.set_xticks(WHOLE, ["0", "", "50 %", "", "100 %"])
    name_rows(axes, rows, least=0.0)
    axes.spines["left"].set_visible(True)


def _calibration_words(score: Score, shown: int) -> Words:
    found = score.numbers
    missed = missed_first(score.headline)
    parts = found.parts
    worst = f"; the worst: {_id(score, missed[0])} at {100 * missed[0].chance.share:.0f} %" if missed else ""
    forms = [
        f"{int(found.came.sum())} of {found.count} came true and {found.chance.sum():.1f} were expected; "
        f"{len(missed)} were missed{worst}",
        f"{int(found.came.sum())} came true, {found.chance.sum():.1f} were expected; {len(missed)} were missed",
        f"{len(missed)} of {found.count} were missed",
    ]
    subtitle = joined(
        f"{found.count} questions read exactly or closely: the chance given, against what came. Line: the share that "
        "came among like chances (isotonic regression); strokes above came, below did not; dashed: as often as said"
    )
    drawn = (
        f"Brier score {number(found.brier, 3)} = reliability {number(parts.reliability, 3)} − resolution "
        f"{number(parts.resolution, 3)} + uncertainty {number(parts.uncertainty, 3)}. Missed: on the wrong side of ½"
    )
    told = "; ".join(
        f"{_name(score, each)}: {100 * each.chance.share:.0f} %, {'came' if each.came else 'did not come'}"
        for each in named(score)[:shown]
    )
    alt = f"A calibration diagram beside the missed and the likeliest by name. {forms[0]}. {told}."
    return Words(forms, subtitle, joined(drawn, source(score)), alt)


# ---------------------------------------------------------------- beside yardsticks


@house_style()
def yardsticks_chart(score: Score) -> Figure:
    """Return by how much the model's Brier score is above that of each yardstick, on the questions that it reads."""
    shown = sorted((row for row in score.beside() if row["forecaster"] != MODEL), key=lambda row: -row["model_less"])
    shown = [row for row in shown if row["questions"]]
    figure, (axes,) = sheet(lines=10)
    rows = rows_of(figure, [f"{row['forecaster']} ({counted(row['questions'])})" for row in shown], least=1.5)
    heighten(figure, rows.lines + (6.4 if target().narrow else 3.4))  # a head of several lines
    for at, row in zip(rows.at, shown, strict=False):
        _bar(axes, float(at), row)
    axes.margins(x=0.1)
    low, high = axes.get_xlim()
    edge = max(abs(low), abs(high), 0.02)
    room = 1.8 if target().narrow else 1.3  # for the numbers beside the longest bars
    axes.set_xlim(-room * edge, room * edge)
    zero_column(axes)
    value_ticks(axes)
    name_rows(axes, rows)
    head(axes, "← the model is better · Brier score, model less yardstick · the model is worse →")
    return finish(figure, _yardstick_words(score, shown))


def _bar(axes: Axes, at: float, row: Row) -> None:
    value, low, high = (float(row[name]) for name in ("model_less", "less_low", "less_high"))
    colour = inks().series[1] if value > 0 else inks().series[0]
    clear = not math.isnan(low) and (low > 0 or high < 0)
    if not math.isnan(low):
        axes.plot([low, high], [at, at], color=colour, linewidth=sizes().line, zorder=2)
    axes.plot(value, at, "o", color=colour if clear else inks().paper, markeredgecolor=colour, zorder=3, gid="gap",
              markersize=3.2 * sizes().line, markeredgewidth=sizes().line / 1.6)  # fmt: skip
    text = f"{value:+.3f}".replace("-", "−") if round(abs(value), 3) else "0"
    left = value < 0  # so that no number stands on the line of nothing
    end = value if math.isnan(low) else low if left else high
    beside(axes, (end, at), text, left=left, gap=0.9)


def _yardstick_words(score: Score, shown: Sequence[Row]) -> Words:
    lost = [row for row in shown if row["model_less"] > 0]
    skill = score.numbers.skill
    to = f", most to {lost[0]['forecaster']}" if lost else ""
    interval = "" if math.isnan(skill.low) else f" ({number(skill.low)} to {number(skill.high)})"
    forms = [
        f"The model loses to {len(lost)} of {len(shown)} yardsticks{to}; skill over the base rate "
        f"{number(skill.value)}{interval}",
        f"The model loses to {len(lost)} of {len(shown)} yardsticks{to}",
        f"It loses to {len(lost)} of {len(shown)} yardsticks",
    ]
    subtitle = joined(
        "Brier scores on the questions that each yardstick reads, exact and close readings; with 95 % intervals over "
        "clusters of questions"
    )
    drawn = "Full: the interval leaves zero out; hollow: it does not, or there is none"
    rest = "; ".join(f"{row['forecaster']} {row['model_less']:+.3f}".replace("-", "−") for row in shown)
    return Words(forms, subtitle, joined(drawn, source(score)), f"Dots with intervals. {forms[0]}. {rest}.")
