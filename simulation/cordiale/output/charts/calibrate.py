"""What was signed year by year against what was expected, the slopes, and how well dyads are told apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MaxNLocator

from cordiale.analysis.calibrate import Calibration
from cordiale.analysis.dyad_years import COVARIATES
from cordiale.analysis.hazards import AHEAD, FIRST, SLOPE, TWO_SIDED, Origin, curve
from cordiale.models.measures import sentence_case
from cordiale.models.units import signed
from cordiale.output.charts.captions import caption
from cordiale.output.charts.end_labels import Label, end_labels
from cordiale.output.charts.frame import Words, finish, head, sheet
from cordiale.output.charts.likely_agreements import likely_chart, short
from cordiale.output.charts.rows import Rows, beside, heighten, name_rows, rows_of, zero_column
from cordiale.output.charts.style import Ink, house_style, inks, sizes, target
from cordiale.output.charts.timeline import tick_text
from cordiale.output.charts.titles import joined

MEANING = {
    "similarity": "similarity of positions",
    "threat": "threats in common",
    "likeness": "liberal likeness",
    "capability": "capability of the two",
    "rungs": "other rungs in force (each)",
    "degree": "partners of the two under such an agreement (log)",
}
TELLS = 0.7  # AUC from which on dyads are told apart well
NARROW = 52  # ems of a sheet below which the prior is named at its right
FAR = 1.3  # times as many as expected, from which on the number was not told


def figures(found: Calibration) -> dict[str, Callable[[], Figure]]:
    """Return the charts of the record, of the slopes, of how well dyads are told apart, and of the likeliest."""
    return {
        "calibration-record": partial(record_chart, found),
        "calibration-slopes": partial(slopes_chart, found),
        "calibration-origins": partial(origins_chart, found),
        "calibration-likely": partial(likely_chart, found, source(found)),
    }


def source(found: Calibration) -> str:
    """Return what a caption says of the record."""
    pack = found.loaded.pack
    states = len({code for each in found.register for code in each.dyad.split("-")})
    files = " and ".join(sorted({each.file for each in found.register}))
    ran = f"Record of {states} states ({files}) to {found.last}; what is not in it counts as not signed"
    last = f"Nothing after {found.last} is read: no forecast"
    return caption(pack, "", ran, ["calibrate", "--pack", pack.name], last)


# ---------------------------------------------------------------- the record, and what it expected


@house_style()
def record_chart(found: Calibration) -> Figure:
    """Return the signatures of each year in all and by agreement, and what the record to an origin expects a year."""
    figure, panels = sheet(2, lines=24)
    labels = [found.loaded.pack.case.agreements[name].label for name in found.at_risk.kinds]
    kinds = [short(label) for label in labels] if target().narrow else labels
    rows = rows_of(figure, kinds, least=1.6)
    above = 11.0
    heighten(figure, above + rows.lines + 5.0)
    grid = panels[0].get_gridspec()
    if grid is not None:
        grid.set_height_ratios([above, rows.lines + 2.5])
    years = list(range(FIRST, found.last + 1))
    counts = [[_signed(found, kind, year) for year in years] for kind in range(len(kinds))]
    _totals(panels[0], found, years, [sum(of_year) for of_year in zip(*counts, strict=True)])
    _by_kind(panels[1], rows, years, counts)
    head(panels[0], "Signatures a year")
    head(panels[1], "By agreement")
    return finish(figure, _record_words(found, counts))


def _signed(found: Calibration, kind: int, year: int) -> int:
    rows = found.at_risk
    return int((rows.signed & (rows.kind == kind) & (rows.year == year)).sum())


def _totals(axes: Axes, found: Calibration, years: Sequence[int], counts: Sequence[int]) -> None:
    """Draw all signatures of a year as a bar, and of each period what was expected and what came."""
    for bar in axes.bar(years, counts, color=inks().band, width=0.8, zorder=1):
        bar.set_gid("signed")
    expected, came = inks().series[:2]
    for origin in found.origins:
        of = origin.rivals[0].expected / AHEAD
        ends = [origin.year + 0.5, origin.last + 0.5]
        axes.plot(ends, [of] * 2, color=expected, gid="expected", zorder=3)
        axes.plot(ends, [origin.seen / AHEAD] * 2, color=came, dashes=(3, 1.2), gid="seen", zorder=3)
        axes.axvline(ends[0], color=inks().soft, linewidth=sizes().line / 3, dashes=(4, 2), zorder=1.5)
    axes.axvline(found.last + 0.5, color=inks().soft, linewidth=sizes().line / 3, dashes=(4, 2), zorder=1.5)
    axes.plot([found.last + 0.5, found.last + 1.5], [found.now] * 2, color=expected, gid="now", zorder=3)
    axes.set_ylim(0, 1.1 * max(1, *counts))
    _years(axes, found.last)
    axes.tick_params(axis="x", labelbottom=False)
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.grid(axis="y")
    last = found.origins[-1]
    labels = [
        Label(found.now, f"expected: {last.rivals[0].expected / AHEAD:.1f} a year, now {found.now:.1f}", expected),
        Label(last.seen / AHEAD, f"came: {last.seen / AHEAD:.1f} a year", came),
    ]
    end_labels(axes, found.last + 1.6, labels, (0.2 if target().narrow else 0.16) * target().inches)


def _years(axes: Axes, last: int) -> None:
    axes.set_xlim(FIRST - 0.6, last + 1.6)
    step = 6 if target().narrow else 3
    years = list(range(last, FIRST - 1, -step))[::-1]
    axes.xaxis.set_major_locator(FixedLocator(years))
    axes.set_xticks(years, [str(year) for year in years])


def _by_kind(axes: Axes, rows: Rows, years: Sequence[int], counts: Sequence[Sequence[int]]) -> None:
    """Draw a mark a year and agreement in which something was signed, with the number where it is more than one."""
    size = (0.75 if target().narrow else 0.9) * sizes().small
    for at, of_kind in zip(rows.at, counts, strict=False):
        axes.axhline(at, color=inks().rule, linewidth=sizes().line / 3, zorder=1)
        for year, count in zip(years, of_kind, strict=True):
            if count:
                many = (1.25 if target().narrow else 1.55) if count > 1 else 1.0
                axes.plot(year, at, "o", color=inks().baseline, markersize=many * size, zorder=2, gid="kind")
            if count > 1:
                axes.annotate(str(count), (year, at), ha="center", va="center_baseline", size=size,
                              color=inks().paper, weight="bold", zorder=3)  # fmt: skip
    name_rows(axes, rows, least=0.0)
    _years(axes, years[-1])


def _record_words(found: Calibration, counts: Sequence[Sequence[int]]) -> Words:
    last, rows = found.origins[-1], found.at_risk
    of = last.rivals[0].expected
    span = f"{last.year + 1} to {last.last}"
    way = "more" if last.seen > of else "fewer"
    forms = [
        f"The record to {last.year} expected {of:.1f} signatures in {span}, and {last.seen} came: {way} than it told",
        f"{last.seen} signatures came in {span}, and the record before expected {of:.1f}",
        f"{last.seen} came in {span}, {of:.1f} were expected",
    ]
    subtitle = joined(
        f"{sum(map(sum, counts))} agreements of {found.dyads} dyads by year of signature, {FIRST} to {found.last}. "
        "At each dashed upright line the expectation is made anew, from what was signed before it"
    )
    labels = found.loaded.pack.case.agreements
    told = "; ".join(f"{labels[name].label} {sum(of_kind)}" for name, of_kind in zip(rows.kinds, counts, strict=True))
    drawn = "Solid line: expected a year; dashed: mean of what came; bars: what was signed in a year"
    alt = f"Bars of signatures by year and a row of dots an agreement. {forms[0]}. In all: {told}."
    return Words(forms, subtitle, joined(drawn, source(found)), alt)


# ---------------------------------------------------------------- slopes


@house_style()
def slopes_chart(found: Calibration) -> Figure:
    """Return each slope before and after, with 95 % intervals."""
    figure, (axes,) = sheet(lines=14)
    first, narrow = len(found.at_risk.kinds), target().inches < NARROW * sizes().text / 72
    least, apart = (2.3, 0.45) if narrow else (1.7, 0.3)
    order = sorted(range(len(COVARIATES)), key=lambda at: -found.hazards.estimate[first + at])
    rows = rows_of(figure, [sentence_case(MEANING[COVARIATES[at]]) for at in order], least=least)
    heighten(figure, rows.lines + 3.4)
    size = 2.8 * sizes().line
    prior = [SLOPE[0] - TWO_SIDED * SLOPE[1], SLOPE[0] + TWO_SIDED * SLOPE[1]]
    for place, (height, at) in enumerate(zip(rows.at, order, strict=False)):
        low, high = found.hazards.interval(first + at)
        estimate = found.hazards.estimate[first + at]
        axes.plot(prior, [height - apart] * 2, color=inks().soft, linewidth=sizes().line / 2, zorder=2)
        axes.plot(SLOPE[0], height - apart, "D", color=inks().paper, markeredgecolor=inks().soft, markersize=0.8 * size,
                  markeredgewidth=sizes().line / 3, zorder=3)  # fmt: skip
        axes.plot([low, high], [height + apart] * 2, color=inks().series[0], gid=COVARIATES[at], zorder=2)
        axes.plot(estimate, height + apart, "o", color=inks().series[0], markersize=size, zorder=3)
        beside(axes, (high, height + apart), f"{signed(estimate)}{'' if place else ' with the record'}",
               inks().series[0], bold=True)  # fmt: skip
        if not place:
            beside(axes, (prior[narrow], height - apart), "before: the prior", inks().soft, left=not narrow)
    ends = [end for at in order for end in found.hazards.interval(first + at)] + prior
    low, high = min(ends), max(ends)
    left, right = (0.05, 0.7) if narrow else (0.35, 0.28)
    axes.set_xlim(low - left * (high - low), high + right * (high - low))
    ticks = [float(tick) for tick in MaxNLocator(3 if narrow else 5).tick_values(low, high) if low <= tick <= high]
    axes.set_xticks(ticks, [tick_text(tick, ticks, True) for tick in ticks])
    axes.grid(axis="x")
    zero_column(axes)
    name_rows(axes, rows)
    head(axes, "Slope: change of the log odds of signing within a year")
    return finish(figure, _slope_words(found, order, first))


def _slope_words(found: Calibration, order: Sequence[int], first: int) -> Words:
    signatures = int(found.at_risk.signed.sum())

    def told(at: int) -> str:
        low, high = (signed(end) for end in found.hazards.interval(first + at))
        return f"{signed(float(found.hazards.estimate[first + at]))} ({low} to {high})"

    most = order[0]
    name = sentence_case(MEANING[COVARIATES[most]]).removesuffix(" (log)").removesuffix(" (each)")
    sure = sum(found.hazards.interval(first + at)[0] > 0 for at in order)
    forms = [
        f"{name} tell most of who signs: slope {told(most)}; {sure} of {len(order)} intervals lie above zero",
        f"{name} tell most of who signs: {told(most)}",
        f"{sure} of {len(order)} intervals lie above zero",
    ]
    subtitle = joined(
        f"Slopes of the hazard of signing, fitted to {signatures} signatures of {FIRST} to {found.last}, with 95 % "
        "intervals; similarity, threats, likeness and capability count in standard deviations over dyads"
    )
    prior = f"{SLOPE[0]:g} ± {SLOPE[1]:g}"
    drawn = f"Hollow diamonds: the prior, {prior}, which theory gives all of them; dots: with the record"
    rest = "; ".join(f"{MEANING[COVARIATES[at]]} {told(at)}" for at in order)
    return Words(forms, subtitle, joined(drawn, source(found)), f"Slopes with intervals. {forms[0]}. {rest}.")


# ---------------------------------------------------------------- how well dyads are told apart


@house_style()
def origins_chart(found: Calibration) -> Figure:
    """Return a panel an origin: how many of the dyads that signed lie among those given the largest chances."""
    count = len(found.origins)
    columns = 1 if target().narrow else count
    rows = -(-count // columns)
    figure, panels = sheet(rows, columns, lines=17 * rows, sharey=True)
    for axes, origin in zip(panels, found.origins, strict=True):
        _told_apart(axes, origin)
        asked = f"{origin.seen} of {len(origin.test.kind)} open cases signed"
        head(axes, f"Known to {origin.year}; {origin.year + 1} to {origin.last}: {asked}")
    panels[-1].set_xlabel("share of the cases that did not sign, by falling chance →", loc="right")
    return finish(figure, _origin_words(found))


def _inks() -> list[Ink]:
    """Return how the ways to give chances are drawn: the fitted hazards, those of the prior, and rates."""
    blue, red = inks().series[:2]
    return [Ink(blue), Ink(red, (7, 1.5, 1.5, 1.5)), Ink(inks().baseline, (4, 1.5))]


def _told_apart(axes: Axes, origin: Origin) -> None:
    axes.plot([0, 1], [0, 1], color=inks().rule, linewidth=sizes().line / 2)
    for at, (rival, ink) in enumerate(zip(origin.rivals, _inks(), strict=True)):
        axes.plot(*curve(rival.chance, rival.signed), color=ink.colour, linestyle=ink.style, gid=rival.name)
        axes.annotate(f"AUC {rival.auc_told}", (0.98, 0.04), xycoords="axes fraction", ha="right", weight="bold",
                      xytext=(0, 1.4 * sizes().small * (2 - at)), textcoords="offset points", color=ink.colour,
                      size=sizes().small)  # fmt: skip
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks([0, 0.5, 1], ["0", "50 %", "100 %"])
    first, _, last = axes.get_xticklabels()
    first.set_horizontalalignment("left")  # so that panels side by side do not touch
    last.set_horizontalalignment("right")
    axes.set_xlim(0, 1.02)
    axes.set_ylim(0, 1.03)
    axes.grid(axis="both")


def _origin_words(found: Calibration) -> Words:
    told = [f"{origin.rivals[0].auc_told} in {origin.year + 1} to {origin.last}" for origin in found.origins]
    well = "well" if all(origin.rivals[0].auc >= TELLS for origin in found.origins) else "badly"
    short = ", but not how many" if all(origin.ratio > FAR for origin in found.origins) else ""
    forms = [
        f"The record told {well} who would sign next{short}: AUC {' and '.join(told)}",
        f"The record tells who signs next with AUC {' and '.join(told)}",
        f"AUC {' and '.join(told)}",
    ]
    subtitle = joined(
        "Up: share of the signatures that came, among the dyads and agreements with the largest chances; the further "
        "up and left a curve, the better; thin line: no better than chance. AUC: how often what was signed had the "
        "larger chance of two (0.5 is a coin)"
    )
    rest = "; ".join(
        f"known to {origin.year}: " + ", ".join(f"{rival.name} {rival.auc_told}" for rival in origin.rivals)
        for origin in found.origins
    )
    key = [(rival.name, ink) for rival, ink in zip(found.origins[0].rivals, _inks(), strict=True)]
    drawn = "Hazards: fitted to what was known; slopes of the prior: the same, unfitted"
    return Words(forms, subtitle, joined(drawn, source(found)), f"Curves of hits by false alarms. {forms[0]}. {rest}.",
                 key)  # fmt: skip
