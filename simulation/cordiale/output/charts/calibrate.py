"""What was signed year by year against what was expected, the slopes, and how well dyads are told apart."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.metadata import version

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, MaxNLocator

from cordiale.analysis.calibrate import Calibration
from cordiale.analysis.dyad_years import COVARIATES
from cordiale.analysis.hazards import AHEAD, FIRST, SLOPE, Origin
from cordiale.analysis.logit import TWO_SIDED, curve
from cordiale.output.charts.layout import finish, sheet, title_panels
from cordiale.output.charts.style import BLUE, GREY, ORANGE, PAGE, RULE, SKY, VERMILION, house_style, look

FILLS = ((BLUE, ""), (ORANGE, "////"), (SKY, "...."), (GREY, "xxxx"), (VERMILION, "----"))
MEANING = {
    "similarity": "similarity of positions",
    "threat": "threats in common",
    "likeness": "liberal likeness",
    "capability": "capability of the two",
    "rungs": "other rungs in force (each)",
    "degree": "partners of the two under such an agreement (log)",
}


def figures(found: Calibration) -> dict[str, Callable[[], Figure]]:
    """Return the charts of the record, of the slopes, and of how well dyads are told apart."""
    return {
        "calibration-record": partial(record_chart, found),
        "calibration-slopes": partial(slopes_chart, found),
        "calibration-origins": partial(origins_chart, found),
    }


def source(found: Calibration) -> str:
    """Return the line at a chart's foot."""
    pack = found.loaded.pack
    files = " and ".join(sorted({each.file for each in found.register}))
    return f"cordiale {version('cordiale')} · pack {pack.name}, record ({files}) to {found.last}"


@house_style()
def record_chart(found: Calibration, *, width: float = PAGE) -> Figure:
    """Return the signatures of each year by agreement, and what the record to an origin expects a year.

    Parameters
    ----------
    width : inches
    """
    figure, (axes,) = sheet(width, 2.4)
    years = np.arange(FIRST, found.last + 1)
    bottom = np.zeros(len(years))
    labels = found.loaded.pack.case.agreements
    keys: list[tuple[Line2D | Patch, str]] = []
    rows = found.at_risk
    for at, name in enumerate(rows.kinds):
        fill, hatch = FILLS[at % len(FILLS)]
        counts = np.array([(rows.signed & (rows.kind == at) & (rows.year == year)).sum() for year in years])
        axes.bar(years, counts, bottom=bottom, color=fill, hatch=hatch, edgecolor="white", linewidth=0.4, width=0.8)
        bottom += counts
        keys.append((Patch(facecolor=fill, hatch=hatch, edgecolor="white"), labels[name].label))
    for origin in found.origins:
        expected = origin.rivals[0].expected / AHEAD
        axes.plot([origin.year + 0.5, origin.last + 0.5], [expected] * 2, color="black", linewidth=1.8, gid="expected")
        axes.plot([origin.year + 0.5, origin.last + 0.5], [origin.seen / AHEAD] * 2, color=VERMILION, linewidth=1.8,
                  dashes=(3, 1.2), gid="seen")  # fmt: skip
        axes.axvline(origin.year + 0.5, color=RULE, linewidth=0.8, zorder=0)
    axes.axvline(found.last + 0.5, color=RULE, linewidth=0.8, zorder=0)
    axes.plot([found.last + 0.5, found.last + 1.5], [found.now] * 2, color="black", linewidth=1.8)
    axes.set_ylim(0, 1.06 * bottom.max())
    axes.set_xlim(FIRST - 0.6, found.last + 1.6)
    axes.xaxis.set_major_locator(FixedLocator(list(range(FIRST, found.last + 1, 2))))
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.set_ylabel("signatures a year")
    keys += [
        (Line2D([], [], color="black", linewidth=1.8), "expected a year from the record up to the line before"),
        (Line2D([], [], color=VERMILION, linewidth=1.8, dashes=(3, 1.2)), "mean of what came"),
    ]
    states = len({code for each in found.register for code in each.dyad.split("-")})
    said = f"Agreements of {states} states by year of signature; the expectation is renewed at each upright line"
    return finish(figure, "What was signed, and what the record before it expected", said, source(found), keys)


@house_style()
def slopes_chart(found: Calibration, *, width: float = PAGE) -> Figure:
    """Return each slope before and after, with 95 % intervals.

    Parameters
    ----------
    width : inches
    """
    figure, (axes,) = sheet(width, 0.36 * len(COVARIATES) + 0.3)
    first = len(found.at_risk.kinds)
    for at, name in enumerate(COVARIATES):
        y = len(COVARIATES) - 1 - at
        axes.plot([SLOPE[0] - TWO_SIDED * SLOPE[1], SLOPE[0] + TWO_SIDED * SLOPE[1]], [y + 0.14] * 2, color=GREY,
                  linewidth=1.2)  # fmt: skip
        axes.plot(SLOPE[0], y + 0.14, "D", color=GREY, markersize=3.5)
        axes.plot(found.hazards.interval(first + at), [y - 0.14] * 2, color=BLUE, linewidth=1.8, gid=name)
        axes.plot(found.hazards.estimate[first + at], y - 0.14, "o", color=BLUE, markersize=5)
    axes.axvline(0, color=RULE, linewidth=0.8, zorder=0)
    axes.set_yticks(range(len(COVARIATES)), [MEANING[name] for name in reversed(COVARIATES)])
    axes.set_ylim(-0.6, len(COVARIATES) - 0.4)
    axes.set_xlabel("slope: change of the log odds a year; the first four for one standard deviation over dyads")
    keys = [
        (Line2D([], [], color=GREY, marker="D", markersize=3.5, linewidth=1.2), "before: the prior"),
        (Line2D([], [], color=BLUE, marker="o", markersize=5, linewidth=1.8), "after: with the record"),
    ]
    said = f"{int(found.at_risk.signed.sum())} signatures of {FIRST} to {found.last}; bars are 95 % intervals"
    return finish(figure, "What makes a dyad sign", said, source(found), keys)


@house_style()
def origins_chart(found: Calibration, *, width: float = PAGE) -> Figure:
    """Return a panel an origin: how many of the dyads that signed lie among those given the largest chances.

    Parameters
    ----------
    width : inches
    """
    count = len(found.origins)
    figure, panels = sheet(width, 2.5, 1, count)
    titles = [
        f"Record to {origin.year}, signed {origin.year + 1} to {origin.last} ({origin.seen} of {len(origin.test.kind)})"
        for origin in found.origins
    ]
    for axes, origin in zip(title_panels(figure, panels, titles, count), found.origins, strict=True):
        _told_apart(axes, origin)
    panels[0].set_ylabel("share of signatures that came")
    names = [rival.name for rival in found.origins[0].rivals]
    keys = [(Line2D([], [], color=look(at).colour, linestyle=look(at).dash), name) for at, name in enumerate(names)]
    keys.append((Line2D([], [], color=RULE), "no better than chance"))
    said = "Dyads and agreements in the order of the chance given to them; the further up and left, the better"
    return finish(figure, "How well the signatures to come were told", said, source(found), keys)


def _told_apart(axes: Axes, origin: Origin) -> None:
    axes.plot([0, 1], [0, 1], color=RULE, linewidth=1)
    for at, rival in enumerate(origin.rivals):
        style = look(at)
        axes.plot(*curve(rival.chance, rival.signed), color=style.colour, linestyle=style.dash, gid=rival.name)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.01)
    axes.set_xlabel("share of what was not signed")
