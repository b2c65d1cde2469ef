"""Two codings side by side: the pack's range and the other coder's value, issue by issue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cordiale.analysis.agreement import RELIABLE, TENTATIVE, Agreement
from cordiale.models.units import signed
from cordiale.output.charts.captions import caption
from cordiale.output.charts.frame import Words, finish, head, sheet
from cordiale.output.charts.style import Ink, house_style, inks, sizes, target
from cordiale.output.charts.titles import joined
from cordiale.study.result import Row

MOST = 12  # issues, those on which coders agree least
SLIDE = 11  # states on a slide
LINE = 0.95  # lines of text between two states


def figures(agreement: Agreement) -> dict[str, Callable[[], Figure]]:
    """Return the chart of both codings; none where no ideal point was coded."""
    return {"agreement": partial(agreement_chart, agreement)} if agreement.issues else {}


def source(agreement: Agreement) -> str:
    """Return what a caption says of the two codings."""
    points = f"{agreement.overall.cells} ideal points that both coded"
    command = ["agreement", agreement.coding.file, "--pack", agreement.loaded.pack.name]
    return caption(agreement.loaded.pack, "", points, command, "Two readings of one article: no forecast")


@house_style()
def agreement_chart(agreement: Agreement) -> Figure:
    """Return a panel an issue and a row a state: the pack's range and best value, and the other's best."""
    case = agreement.loaded.pack.case
    states = states_shown(agreement)
    shown = issues_shown(agreement)
    columns = 2 if target().narrow else min(len(shown), 4 if len(shown) > 3 else 3)
    rows = -(-len(shown) // columns)
    figure, panels = sheet(rows, columns, lines=rows * (len(states) * LINE + 4.5), sharey=True)
    for axes, row in zip(panels, shown, strict=False):
        path = f".{row['issue']}.ideal"
        cells = {each["path"].split(".")[0]: each for each in agreement.cells if each["path"].endswith(path)}
        _panel(axes, states, cells)
        head(axes, f"{case.issues[row['issue']].label}: {_alpha(row)}")
    for axes in panels[len(shown) :]:
        axes.remove()
    return finish(figure, _words(agreement, len(shown)))


def issues_shown(agreement: Agreement) -> list[Row]:
    """Return the issues that are drawn, those first on which coders agree least; of many on a small sheet the first."""
    most = 4 if target().sheet.fixed or target().narrow else MOST
    worst = sorted(agreement.issues, key=lambda row: (np.isnan(row["alpha"].value), row["alpha"].value))
    return worst[:most]


def states_shown(agreement: Agreement) -> list[str]:
    """Return the states that have rows, in the pack's order; of many on a slide those on which coders differ most."""
    apart = {row["state"]: row["mean distance"] for row in agreement.states}
    kept = sorted(apart, key=lambda code: -apart[code])[: SLIDE if target().sheet.fixed else None]
    return [code for code in agreement.loaded.pack.case.states if code in kept]


def _alpha(row: Row) -> str:
    value = row["alpha"].value
    return "not defined" if np.isnan(value) else f"{value:.2f}".replace("-", "−")


def _panel(axes: Axes, states: Sequence[str], cells: Mapping[str, Row]) -> None:
    size = 2.4 * sizes().line
    for place, code in enumerate(states):
        if code not in cells:
            continue
        row = cells[code]
        thick = 0.6 * sizes().text
        axes.plot([row["pack low"], row["pack high"]], [place] * 2, color=inks().rule, linewidth=thick,
                  solid_capstyle="butt", gid="pack", zorder=1.5)  # fmt: skip
        best = {"markersize": thick, "markeredgewidth": sizes().line / 2}
        axes.plot(row["pack"], place, "|", color=inks().ink, zorder=2, gid="best", **best)  # type: ignore[arg-type]
        colour, marker = (inks().series[1], "D") if row["outside"] else (inks().series[0], "o")
        axes.plot(row["other"], place, marker, color=colour, markersize=size, clip_on=False, gid="other", zorder=3,
                  markeredgecolor=inks().paper, markeredgewidth=sizes().line / 5)  # fmt: skip
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    axes.grid(axis="x")
    axes.set_ylim(len(states) - 0.4, -0.6)
    axes.set_yticks(range(len(states)), states, color=inks().ink)
    axes.spines["left"].set_visible(False)


def _words(agreement: Agreement, shown: int) -> Words:
    overall, total = agreement.overall, len(agreement.cells)
    outside = len(agreement.outside)
    defined = not np.isnan(overall.value)
    verdict = "reliable" if overall.value >= RELIABLE else "tentative" if overall.value >= TENTATIVE else "not reliable"
    number = f"{overall.value:.2f}".replace("-", "−") if defined else "not defined"
    lie = f"{outside} of {total} values lie outside the pack’s range" if outside else "no value lies outside its range"
    file = agreement.coding.file
    forms = [
        f"Two coders read the article alike: alpha {number} ({verdict}); {lie}" if overall.value >= TENTATIVE
        else f"Two coders read the article differently: alpha {number} ({verdict}); {lie}" if defined
        else f"How alike two coders read the article cannot be said; {lie}",
        f"Two coders’ alpha is {number} ({verdict}); {lie}",
        f"Alpha {number}; {outside} of {total} values outside",
    ]  # fmt: skip
    interval = f"{overall.low:.2f} to {overall.high:.2f}".replace("-", "−") if defined else "not defined"
    subtitle = joined(
        "Ideal points, 0 to 1, a row a state. Grey: the pack’s range, with its best value. Above each panel its issue "
        f"and Krippendorff’s alpha (interval data), over all {number}, 95 % bootstrap interval {interval}"
    )
    key = [(f"● {file}, inside the range", Ink(inks().series[0])), ("◆ outside it", Ink(inks().series[1]))]
    left = len(agreement.issues) - shown
    states = len(agreement.states) - len(states_shown(agreement))
    gone = [f"{count} more {what}" for count, what in ((left, "issues"), (states, "states")) if count]
    drawn = joined("Issues on which coders agree least come first", f"Not drawn: {' and '.join(gone)}" if gone else "")
    bound = f"Krippendorff asks for {RELIABLE:g}, and for {TENTATIVE:g} where conclusions are tentative"
    told = f"The farthest is {_far(agreement.outside[0])}" if outside else ""
    alt = joined(f"Panels of ideal points by state, an issue each. {forms[0]}", told)
    return Words(forms, subtitle, joined(drawn, bound, source(agreement)), alt, key)


def _far(row: Row) -> str:
    return f"{row['path']}, {row['other']:g}: {signed(row['difference'])} from the pack’s {row['pack']:g}"
