"""Where actors settle: a row an issue, with its actors, the settlement by each rule, and the outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cordiale.analysis.settle import ALIKE, ALL, RULES, Settled, Settlements
from cordiale.models.random import Array
from cordiale.output.charts.frame import Words, finish, head, sheet
from cordiale.output.charts.rows import heighten, name_rows, rows_of, value_ticks
from cordiale.output.charts.style import Ink, house_style, inks, sizes, target
from cordiale.output.charts.titles import joined

SHOWN = 14  # issues, those first on which rules are farthest apart
ASIDE = 0.45  # lines by which marks of rules stand above or below one another
MARKS = {"mean": ("o", "●", 0), "median": ("^", "▲", 1), "challenge": ("D", "◆", 2)}


def figures(found: Settlements) -> dict[str, Callable[[], Figure]]:
    """Return the chart of the issues."""
    return {"settle": partial(settle_chart, found)}


def source(found: Settlements) -> str:
    """Return what a caption says of the file and how to make the chart again."""
    rule = ALL if found.rules == RULES else found.rules[0]
    again = f"cordiale settle {found.read.path.name} --rule {rule} --rounds {found.rounds}"
    return joined(f"Source: {again} (cordiale {version('cordiale')})", "What rules give for these numbers: no forecast")


@house_style()
def settle_chart(found: Settlements) -> Figure:
    """Return a row an issue: dots for actors, a mark for each rule, and a line for the outcome."""
    order = sorted(found.settled, key=lambda each: -_apart(found, each))
    figure, (axes,) = sheet(lines=20)
    rows = rows_of(figure, [each.issue.name for each in order[:SHOWN]], least=2.0)
    shown = order[: len(rows)]
    heighten(figure, rows.lines + 4.2)
    shared = one_scale(found)
    for at, each in zip(rows.at, shown, strict=True):
        _row(axes, float(at), each, shared)
    _axis(axes, shown, shared)
    name_rows(axes, rows)
    head(axes, "Position" if shared else "Position, from the lowest (0) to the highest (1) of each issue")
    return finish(figure, _words(found, order, len(shown), shared))


def one_scale(found: Settlements) -> bool:
    """Return whether all issues have one scale: as far as is seen, by how wide they are."""
    widths = [each.issue.width for each in found.settled if each.issue.width > 0]
    ends = [end for each in found.settled for end in (each.issue.position.min(), each.issue.position.max())]
    return not widths or float(np.ptp(ends)) <= ALIKE * min(widths)


def placed(issue_positions: Array, values: Array, shared: bool) -> Array:
    """Return values on the axis: as they are, or from the lowest position (0) to the highest (1)."""
    low, width = float(issue_positions.min()), float(np.ptp(issue_positions))
    return values if shared else (values - low) / (width or 1.0)


def _apart(found: Settlements, each: Settled) -> float:
    """Return how far apart rules and outcome are, as a share of the issue's width."""
    ends = [*each.by.values(), *([each.issue.outcome] if each.issue.outcome is not None else [])]
    return float(np.ptp(ends)) / (each.issue.width or 1.0)


def _row(axes: Axes, at: float, each: Settled, shared: bool) -> None:
    issue, line = each.issue, sizes().line
    held, which = np.unique(issue.position, return_inverse=True)
    weight = np.bincount(which, issue.salience * issue.capability)
    x = placed(issue.position, held, shared)
    area = (4.5 * line) ** 2 * weight / weight.max()
    axes.plot([x.min(), x.max()], [at, at], color=inks().rule, linewidth=line / 2, zorder=1.5)
    axes.scatter(x, np.full(len(x), at), s=area, color=inks().band, edgecolors=inks().soft, linewidths=line / 4,
                 zorder=2, gid="actors")  # fmt: skip
    if issue.outcome is not None:
        place = placed(issue.position, np.array([issue.outcome]), shared)
        axes.plot(
            place, [at], "|", color=inks().ink, markersize=7 * line, markeredgewidth=line, zorder=3, gid="outcome"
        )
    for rule, value in each.by.items():
        mark, _, series = MARKS[rule]
        height = at + ASIDE * (series - 1) * (len(each.by) > 1)
        place = placed(issue.position, np.array([value]), shared)
        axes.plot(place, [height], mark, color=inks().series[series], markersize=2.8 * line, zorder=4, gid=rule,
                  markeredgecolor=inks().paper, markeredgewidth=line / 5)  # fmt: skip


def _axis(axes: Axes, shown: Sequence[Settled], shared: bool) -> None:
    ends = np.concatenate([placed(each.issue.position, _ends(each), shared) for each in shown])
    low, high = float(ends.min()), float(ends.max())
    edge = 0.06 * (high - low) or 0.5
    axes.set_xlim(low - edge, high + edge)
    value_ticks(axes)


def _ends(each: Settled) -> Array:
    outcome = [each.issue.outcome] if each.issue.outcome is not None else []
    return np.array([each.issue.position.min(), each.issue.position.max(), *outcome], dtype=float)


def _words(found: Settlements, order: Sequence[Settled], shown: int, shared: bool) -> Words:
    forms = titles_of(found, order)
    subtitle = joined(
        "Where actors settle on each issue, by rule"
        if len(order) > 1
        else f"Where actors settle on {order[0].issue.name}",
        "Grey: where actors stand, as large as their weight there (salience times capability)",
        "Upright line: outcome" if found.known else "",
    )
    key = [(f"{MARKS[rule][1]} {rule}", Ink(inks().series[MARKS[rule][2]])) for rule in found.rules]
    left, bargained = len(order) - shown, "challenge" in found.rules
    drawn = joined(
        f"{left} issues on which rules are nearer to one another are not drawn" if left else "",
        "Challenge: the median where it first rests in bargaining by expected utility" if bargained else "",
    )
    told = "; ".join(
        f"{each.issue.name}: {', '.join(f'{rule} {value:.3g}' for rule, value in each.by.items())}"
        + (f", outcome {each.issue.outcome:.3g}" if each.issue.outcome is not None else "")
        for each in order[:shown]
    )
    return Words(forms, subtitle, joined(drawn, source(found)), f"A row an issue. {forms[0]}. {told}.", key)


def titles_of(found: Settlements, order: Sequence[Settled]) -> list[str]:
    """Return which rule is nearest to outcomes; without them, how far bargaining moves the median, or rules differ."""
    errors = sorted(found.mae().items(), key=lambda item: item[1][0])
    if errors:
        (best, (least, *_)), *others = errors
        over = f"over {len(found.known)} issues" if len(found.known) > 1 else f"on {found.known[0].issue.name}"
        rest = ", ".join(f"{rule} {mean:.3g}" for rule, (mean, *_) in others)
        if (lead := found.lead()) is not None and not lead[2][1] > 0:
            return [
                f"No rule is clearly nearest to outcomes: {best} off by {least:.3g}, {rest} {over}",
                f"No rule is clearly nearest: {best} off by {least:.3g}, {rest}",
            ]
        first = f"The {best} comes nearest to outcomes: off by {least:.3g} {over}"
        return [f"{first} ({rest})" if rest else first, f"The {best} comes nearest: off by {least:.3g}"]
    widest = order[0]
    if len(order) == 1 and widest.bargain is not None:
        before, after = float(widest.bargain.medians[0]), widest.bargain.settlement
        moved = (
            f"moves the median from {before:.3g} to {after:.3g}"
            if before != after
            else f"leaves the median at {after:.3g}"
        )
        return [f"Bargaining on {widest.issue.name} {moved}", f"Bargaining {moved}"]
    if len(found.rules) == 1:
        return [f"The {found.rules[0]} settles {widest.issue.name} at {widest.by[found.rules[0]]:.3g}"]
    apart = f"{float(np.ptp(list(widest.by.values()))):.3g}"
    on = f" on {widest.issue.name}" if not target().narrow or len(widest.issue.name) < 20 else ""
    return [f"The rules settle up to {apart} apart{on}", f"The rules settle up to {apart} apart"]
