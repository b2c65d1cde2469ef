"""A measure over quarters: levels by scenario above, and beneath the difference to the first in the same world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from cordiale.case.quarters import end_of, to_index
from cordiale.models.base import Kind
from cordiale.output.charts import titles
from cordiale.output.charts.end_labels import Label, end_labels, label_room
from cordiale.output.charts.frame import Page, Words, finish, head, sheet
from cordiale.output.charts.recorded import Array, one_of, quarters
from cordiale.output.charts.style import Ink, house_style, inks, key_of, scenario_ink, sizes, target
from cordiale.output.charts.timeline import policy_lines, policy_start, steps, time_axis, value_axis, when, zero_line
from cordiale.study import labels as words
from cordiale.study.study import Study

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
CROWDED = 4  # more lines than this beside the first, in one panel, cannot be told apart
NAMED = 3  # lines that are named at their ends; the names of more stand in a row above the panels


@dataclass(frozen=True)
class Series:
    """One scenario's worlds.

    Attributes
    ----------
    quarters : running numbers, (Q,)
    values : (W, Q), levels or differences
    """

    label: str
    kind: Kind
    quarters: NDArray[np.int64]
    values: Array
    ink: Ink

    @cached_property
    def fan(self) -> Array:
        """The five quantiles of worlds, (5, Q)."""
        return np.asarray(np.quantile(self.values, QUANTILES, axis=0))

    @cached_property
    def mean(self) -> Array:
        """The mean over worlds, (Q,)."""
        return np.asarray(self.values.mean(axis=0))

    @cached_property
    def level(self) -> Array:
        """The line of a level: the median over worlds, of counts and shares the mean, (Q,)."""
        return titles.middle(self.kind, self.values)


@house_style()
def fan(study: Study, measure: str | None = None) -> Figure:
    """Return a measure over quarters by scenario, and beneath it the difference to the first scenario.

    Above: medians of worlds, and the band of 90 % of the first scenario's worlds. Beneath: the mean of the difference
    in the same world, with bands of 50 and 90 % of worlds, of the second scenario where there are several. Counts and
    what is so or not so are steps, means, without bands. Of more than four scenarios beside the first, small
    multiples tell more.

    Parameters
    ----------
    measure : recorded each quarter, with its entity, such as "practice.maritime:FRA-JPN"; of the case's focus
        without an entity, and the headline of the study's model where None

    Raises
    ------
    OptionError where the study lacks the measure
    """
    measure, entity = one_of(study, "fan", measure)
    levels = [level_of(study, measure, entity, name, k) for k, name in enumerate(study.scenarios)]
    if len(levels) == 1:
        return _alone(study, measure, entity, levels[0])
    changes = [titles.change_of(study, measure, entity, name) for name in study.scenarios[1:]]
    gaps = [_gap(change, series.ink) for change, series in zip(changes, levels[1:], strict=True)]
    beside = _beside(levels)
    figure, (above, beneath) = sheet(1, 2, lines=21) if beside else sheet(2, 1, lines=21, heights=[1.2, 1])
    draw_levels(above, study, levels, words.extent(study, measure), columns=1 + beside)
    head(above, "Level" + (", share of worlds" if levels[0].kind.yes_no else ""))
    draw_gaps(beneath, study, gaps, changes, columns=1 + beside)
    head(beneath, f"Difference in the same world{_enlarged(above, beneath)}")
    return finish(figure, _words(study, measure, entity, changes, levels))


def _beside(levels: Sequence[Series]) -> bool:
    """Return whether the difference stands beside the level: on a slide on which names take the height of a panel."""
    return target().sheet.fixed and len(levels) > NAMED


def level_of(study: Study, measure: str, entity: str, scenario: str, place: int) -> Series:
    """Return a scenario's worlds."""
    values = study.values(measure, entity, scenario)
    title = words.scenario_title(study, scenario)
    return Series(title, study.measure(measure), quarters(study, scenario), values, scenario_ink(place))


def _gap(change: titles.Change, ink: Ink) -> Series:
    """Return the difference of a scenario to the first."""
    at = np.array([to_index(quarter) for quarter in change.quarters])
    return Series(change.title, change.kind, at, change.values, ink)


def _line(axes: Axes, series: Series, values: Array, gid: str, order: float = 3) -> None:
    how = {"color": series.ink.colour, "linestyle": series.ink.style, "linewidth": series.ink.width, "gid": gid,
           "zorder": order - 0.5 * series.ink.thin, "clip_on": False}  # fmt: skip
    if titles.counted(series.kind):
        steps(axes, series.quarters, values, **how)
    else:
        marker = {"marker": "o", "markersize": 2 * sizes().line} if len(values) == 1 else {}
        axes.plot(when(series.quarters), values, **how, **marker)  # type: ignore[arg-type]


def draw_levels(
    axes: Axes, study: Study, levels: Sequence[Series], within: tuple[float, float] | None, *, dates: bool = True,
    columns: int = 1,
) -> None:  # fmt: skip
    """Draw lines by scenario, the band of the first, the first day of each policy, and labels at the ends."""
    first, stepped = levels[0], titles.counted(levels[0].kind)
    longest = max((series.quarters for series in levels), key=len)
    room = label_room(columns)
    time_axis(axes, longest, (target().inches - room * columns - 0.6) / columns)
    if not stepped:
        axes.fill_between(when(first.quarters), first.fan[0], first.fan[4], color=inks().band, linewidth=0, gid="band")
    for k, series in reversed(list(enumerate(levels))):
        _line(axes, series, series.level, "median", 3 if k else 2.9)
    reach = [each for series in levels for each in (series.level.min(), series.level.max())]
    reach += [] if stepped else [first.fan[0].min(), first.fan[4].max()]
    value_axis(axes, float(min(reach)), float(max(reach)), within, percent=first.kind.yes_no,
               bins=_bins() * columns)  # fmt: skip
    policy_lines(axes, study, study.scenarios[1:], text=dates)
    labels = [
        Label(
            float(series.level[-1]),
            f"{series.label if len(levels) <= NAMED else ''} {titles.level(series.kind, series.level[-1])}".strip(),
            series.ink.colour,
        )
        for series in (levels if len(levels) <= CROWDED + 1 else [first])
    ]
    if not stepped and len(first.values) > 1:
        labels.append(Label(float(first.fan[4, -1]), _share(90), inks().soft, small=True))
    end_labels(axes, float(axes.get_xlim()[1]), labels, room)


def _bins() -> int:
    """Return about how many ticks a vertical axis has room for: few on a slide, whose height is given."""
    return 3 if target().sheet.fixed else 5


def _share(percent: int) -> str:
    return f"{percent} %" if target().narrow else f"{percent} % of worlds"


def draw_gaps(
    axes: Axes, study: Study, gaps: Sequence[Series], changes: Sequence[titles.Change], *, columns: int = 1
) -> None:  # fmt: skip
    """Draw mean differences, the bands of the first of them, and labels at the ends: of many, at few of them."""
    shown, stepped, room = gaps[0], titles.counted(gaps[0].kind), label_room(columns)
    inches = (target().inches - room * columns - 0.6) / columns
    time_axis(axes, max((each.quarters for each in gaps), key=len), inches)
    banded = not stepped and len(shown.values) > 1
    if banded:
        at, colour = when(shown.quarters), shown.ink.colour
        axes.fill_between(at, shown.fan[0], shown.fan[4], color=colour, alpha=0.15, linewidth=0, gid="band")
        axes.fill_between(at, shown.fan[1], shown.fan[3], color=colour, alpha=0.28, linewidth=0, gid="band")
    zero_line(axes)
    for series in reversed(gaps):
        _line(axes, series, series.mean, "difference")
    reach = [0.0, *(each for series in gaps for each in (series.mean.min(), series.mean.max()))]
    reach += [shown.fan[0].min(), shown.fan[4].max()] if banded else []
    value_axis(axes, float(min(reach)), float(max(reach)), signs=True, percent=shown.kind.yes_no,
               bins=_bins() * columns)  # fmt: skip
    policy_lines(axes, study, study.scenarios[1:])
    told = list(zip(gaps, changes, strict=True))
    if len(told) > CROWDED:  # the first, whose bands are drawn, and those of the title
        named = {change.scenario for change in (changes[0], *titles.most_apart(changes))}
        told = [(series, change) for series, change in told if change.scenario in named]
    labels = [Label(float(series.mean[-1]), change.text, series.ink.colour) for series, change in told]
    if banded:
        edge = 4 if shown.mean[-1] >= 0 else 0
        labels.append(Label(float(shown.fan[edge, -1]), _share(90), inks().soft, small=True))
    if min(abs(float(series.mean[-1])) for series in gaps) > 0:
        labels.append(Label(0.0, "same" if target().narrow else "no difference", inks().soft, small=True))
    end_labels(axes, float(axes.get_xlim()[1]), labels, room)


def _enlarged(above: Axes, beneath: Axes) -> str:
    """Return by how much the difference is drawn larger than the level; "" where by nothing."""
    tall = [float(axes.get_subplotspec().get_position(axes.figure).height) for axes in (above, beneath)]  # type: ignore[union-attr,arg-type]
    spans = [float(np.ptp(axes.get_ylim())) for axes in (above, beneath)]
    times = (tall[1] / spans[1]) / (tall[0] / spans[0])
    return f", enlarged {times:.1f} times" if times >= 1.15 else ""


def _words(
    study: Study, measure: str, entity: str, changes: Sequence[titles.Change], levels: Sequence[Series]
) -> Words:
    of, first = titles.subject_of(study, measure, entity), levels[0]
    gone = [each for name in study.scenarios for each in titles.absent(study, name, entity)][:1]
    title = gone or titles.most_titles(changes, of)
    about = ""
    if len(changes) == 1:
        about = titles.joined(titles.interval_words(changes[0]), titles.peak_words(changes[0]))
    else:
        apart = titles.furthest(changes)
        told = titles.joined(titles.interval_words(apart), titles.peak_words(apart))
        about = f"“{apart.title}”: {told[:1].lower() + told[1:] if not told[:1].isdigit() else told}" if told else ""
    subtitle = titles.joined(f"{words.sentence_case(of)}, {titles.unit_words(first.kind)}", about)
    stepped = titles.counted(first.kind)
    one, other = ("Left", "Right") if _beside(levels) else ("Above", "Beneath")
    drawn = "Means over worlds as steps" if stepped else f"{one}: medians; grey: 90 % of worlds of “{first.label}”"
    if not stepped:
        whose = f" of “{changes[0].title}”" if len(changes) > 1 else ""
        drawn += f". {other}: means, and 50 and 90 % of worlds{whose}"
    if len(changes) > CROWDED:
        drawn += ". The chart small_multiples has the numbers of all"
    ends = ", ".join(f"{series.label} {titles.level(series.kind, series.level[-1])}" for series in levels)
    start = titles.level(first.kind, first.level[0])
    gaps = ", ".join(f"{change.title} {change.text}" for change in changes)
    alt = (
        f"Two line charts from {study.quarters()[0]} to {study.quarters()[-1]}. {title[0]}. {one}: {of}, {start} at "
        f"first; at the end {ends}. {other}: the difference to {first.label} in the same worlds: {gaps}."
    )
    key = key_of([(series.label, series.ink) for series in levels]) if len(levels) > NAMED else []
    return Words(title, subtitle, titles.caption(study, drawn), alt, key)


def _alone(study: Study, measure: str, entity: str, series: Series) -> Page:
    """Return the fan of a single scenario, with its bands of 50 and 90 % of worlds."""
    figure, (axes,) = sheet(lines=14)
    stepped = titles.counted(series.kind)
    if not stepped:
        axes.fill_between(when(series.quarters), series.fan[1], series.fan[3], color=inks().baseline, alpha=0.3,
                          linewidth=0, gid="half")  # fmt: skip
    draw_levels(axes, study, [series], words.extent(study, measure))
    head(axes, words.scenario_title(study, study.scenarios[0]))
    of = titles.subject_of(study, measure, entity)
    name = study.scenarios[0]
    title = titles.absent(study, name, entity) or titles.level_titles(study, measure, entity, name, of)
    low, high = (titles.level(series.kind, each) for each in series.fan[[0, 4], -1])
    told = "" if stepped else f"90 % of worlds end between {low} and {high}"
    subtitle = titles.joined(f"{words.sentence_case(of)}, {titles.unit_words(series.kind)}", told)
    drawn = "Mean over worlds as steps" if stepped else "Line: median; bands: 50 and 90 % of worlds"
    alt = f"A line chart from {study.quarters()[0]} to {study.quarters()[-1]}. {title[0]}. {told}."
    return finish(figure, Words(title, subtitle, titles.caption(study, drawn), alt))


# ---------------------------------------------------------------- side by side, a panel a scenario


@house_style()
def small_multiples(study: Study, measure: str | None = None) -> Figure:
    """Return a panel a scenario: its median, the first scenario's median and band, and the difference in the head.

    Parameters
    ----------
    measure : as in `fan`

    Raises
    ------
    OptionError where the study lacks the measure
    """
    measure, entity = one_of(study, "small_multiples", measure)
    levels = [level_of(study, measure, entity, name, k) for k, name in enumerate(study.scenarios)]
    if len(levels) == 1:
        return _alone(study, measure, entity, levels[0])
    every = [titles.change_of(study, measure, entity, name) for name in study.scenarios[1:]]
    most = sorted(range(len(every)), key=lambda k: -abs(every[k].mean))[: 8 if target().sheet.fixed else 24]
    changes, shown = [every[k] for k in sorted(most)], [levels[k + 1] for k in sorted(most)]
    columns = min(len(changes), 2 if target().narrow else 4 if target().sheet.fixed else 3)
    rows = -(-len(changes) // columns)
    columns = -(-len(changes) // rows)  # five stand in rows of three and two
    figure, panels = sheet(rows, columns, lines=(11 if columns > 1 else 14) * rows, sharey=True)
    first, within = levels[0], words.extent(study, measure)
    for axes, series, change in zip(panels, shown, changes, strict=False):
        _panel(axes, study, first, series, columns)
        head(axes, f"{change.title}: {change.text}", series.ink.colour)
    reach = [edge for series in levels for edge in (series.level.min(), series.level.max())]
    reach += [] if titles.counted(first.kind) else [first.fan[0].min(), first.fan[4].max()]
    for axes, change in zip(panels, changes, strict=False):
        value_axis(axes, float(min(reach)), float(max(reach)), within, percent=first.kind.yes_no, bins=_bins())
        policy_lines(axes, study, [change.scenario])
    for axes in panels[len(changes) :]:
        axes.remove()
    return finish(figure, _words_of_many(study, measure, entity, changes, first, len(every) - len(changes)))


def _panel(axes: Axes, study: Study, first: Series, series: Series, columns: int) -> None:
    time_axis(axes, series.quarters, target().inches / columns - 0.3)
    if not titles.counted(first.kind):
        axes.fill_between(when(first.quarters), first.fan[0], first.fan[4], color=inks().band, linewidth=0, gid="band")
    _line(axes, first, first.level, "first", 2.5)
    _line(axes, series, series.level, "median")


def _words_of_many(
    study: Study, measure: str, entity: str, changes: Sequence[titles.Change], first: Series, left: int
) -> Words:  # fmt: skip
    of = titles.subject_of(study, measure, entity)
    title = titles.most_titles(changes, of)
    by = end_of(changes[0].quarters[-1])
    subtitle = titles.joined(
        f"{words.sentence_case(of)}, {titles.unit_words(first.kind)}",
        f"Heads: mean difference to “{first.label}” in the same worlds by {by}",
    )
    stepped = titles.counted(first.kind)
    drawn = f"Dashed grey: “{first.label}”" + (
        "; means over worlds" if stepped else ", with 90 % of its worlds; medians"
    )
    drawn += (
        "; upright line: a policy's first day" if any(policy_start(study, each.scenario) for each in changes) else ""
    )
    drawn += f". Not drawn: {left} that change less" if left else ""
    gaps = ", ".join(f"{change.title} {change.text}" for change in changes)
    alt = f"{len(changes)} line charts from {study.quarters()[0]} to {study.quarters()[-1]}. {title[0]}. {gaps}."
    return Words(title, subtitle, titles.caption(study, drawn), alt)
