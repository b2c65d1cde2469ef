"""A measure over quarters: what each scenario changes in the same worlds, and beneath it the levels, both as means."""

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
from cordiale.models.measures import sentence_case
from cordiale.models.units import level, unit_of, unit_words
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


@house_style()
def fan(study: Study, measure: str | None = None) -> Figure:
    """Return what each scenario changes of a measure over quarters, and beneath it the levels.

    Above: the mean of the difference to the first scenario in the same world, with 90 % of worlds; of more than four
    scenarios the first alone has its band. Beneath: means, and 90 % of the first scenario's worlds. Counts and what is
    so or not so are steps, without bands.

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
    beside = target().sheet.fixed
    figure, (above, beneath) = sheet(1, 2, lines=21) if beside else sheet(2, 1, lines=24, heights=[1.7, 1])
    draw_gaps(above, study, gaps, changes, columns=1 + beside)
    head(above, f"Effect of {'the' if len(gaps) == 1 else 'each'} policy in the same worlds")
    draw_levels(beneath, study, levels, words.extent(study, measure), changes, columns=1 + beside)
    head(beneath, "Level, share of worlds" if levels[0].kind.yes_no else "Level (scale differs from the effect's)")
    return finish(figure, _words(study, measure, entity, changes, levels))


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
    axes: Axes, study: Study, levels: Sequence[Series], within: tuple[float, float] | None,
    changes: Sequence[titles.Change] = (), *, columns: int = 1,
) -> None:  # fmt: skip
    """Draw means by scenario, 90 % of the first scenario's worlds, policies' first days, and labels at the ends.

    Parameters
    ----------
    changes : of the scenarios after the first, by whose numbers the labels of levels differ
    """
    first, stepped = levels[0], titles.counted(levels[0].kind)
    longest = max((series.quarters for series in levels), key=len)
    room = label_room(columns)
    time_axis(axes, longest, (target().inches - room * columns - 0.6) / columns)
    if not stepped:
        axes.fill_between(when(first.quarters), first.fan[0], first.fan[4], color=inks().band, linewidth=0, gid="band")
    for k, series in reversed(list(enumerate(levels))):
        _line(axes, series, series.mean, "level", 3 if k else 2.9)
    reach = [each for series in levels for each in (series.mean.min(), series.mean.max())]
    reach += [] if stepped else [first.fan[0].min(), first.fan[4].max()]
    value_axis(axes, float(min(reach)), float(max(reach)), within, percent=first.kind.yes_no,
               bins=_bins() * columns)  # fmt: skip
    policy_lines(axes, study, study.scenarios[1:], text=not changes)
    shown = levels if len(levels) <= NAMED else [first]
    labels = [
        Label(float(each.mean[-1]), text if k else f"{each.label} {text}", each.ink.colour)
        for k, (each, text) in enumerate(zip(shown, level_texts(levels, changes), strict=False))
    ]
    if not stepped and len(first.values) > 1:
        labels.append(Label(float(first.fan[4, -1]), _share(90), inks().soft, small=True))
    end_labels(axes, float(axes.get_xlim()[1]), labels, room)


def level_texts(levels: Sequence[Series], changes: Sequence[titles.Change] = ()) -> list[str]:
    """Return the last level of each, so that those of two scenarios subtract to the number of their difference."""
    first = levels[0]
    digits = 2 if first.kind.yes_no else unit_of(first.kind.unit).digits
    base = round(float(first.mean[-1]), digits)
    last = [base, *(base + round(each.estimate.mean, digits) for each in changes)]
    return [level(each, first.kind.unit) for each in last]


def _bins() -> int:
    """Return about how many ticks a vertical axis has room for: few on a slide, whose height is given."""
    return 3 if target().sheet.fixed else 5


def _share(percent: int) -> str:
    return f"{percent} %" if target().narrow else f"{percent} % of worlds"


def draw_gaps(
    axes: Axes, study: Study, gaps: Sequence[Series], changes: Sequence[titles.Change], *, columns: int = 1
) -> None:  # fmt: skip
    """Draw mean differences with 90 % of worlds of each, and labels at the ends: of many the first has its band."""
    stepped, room = titles.counted(gaps[0].kind), label_room(columns)
    inches = (target().inches - room * columns - 0.6) / columns
    time_axis(axes, max((each.quarters for each in gaps), key=len), inches)
    banded = [] if stepped or len(gaps[0].values) < 2 else gaps[: len(gaps) if len(gaps) <= CROWDED else 1]
    for series in banded:
        axes.fill_between(when(series.quarters), series.fan[0], series.fan[4], color=series.ink.colour, alpha=0.16,
                          linewidth=0, gid="band")  # fmt: skip
    zero_line(axes)
    for series in reversed(gaps):
        _line(axes, series, series.mean, "difference")
    reach = [0.0, *(each for series in gaps for each in (series.mean.min(), series.mean.max()))]
    reach += [each for series in banded for each in (series.fan[0].min(), series.fan[4].max())]
    value_axis(axes, float(min(reach)), float(max(reach)), signs=True, percent=gaps[0].kind.yes_no,
               bins=_bins() * columns)  # fmt: skip
    policy_lines(axes, study, study.scenarios[1:], text=True)
    drawn = list(zip(gaps, changes, strict=True))
    if len(drawn) > CROWDED:  # the first, whose band is drawn, and those of the title
        named = {change.scenario for change in (changes[0], *titles.told_of(changes))}
        drawn = [(series, change) for series, change in drawn if change.scenario in named]
    labels = [
        Label(float(series.mean[-1]), f"{series.label if len(gaps) < NAMED else ''} {change.estimate.text()}".strip(),
              series.ink.colour)
        for series, change in drawn
    ]  # fmt: skip
    if banded:
        edge = 4 if gaps[0].mean[-1] >= 0 else 0
        labels.append(Label(float(gaps[0].fan[edge, -1]), _share(90), inks().soft, small=True))
    if min(abs(float(series.mean[-1])) for series in gaps) > 0:
        labels.append(Label(0.0, "same" if target().narrow else "no difference", inks().soft, small=True))
    end_labels(axes, float(axes.get_xlim()[1]), labels, room)


def _words(
    study: Study, measure: str, entity: str, changes: Sequence[titles.Change], levels: Sequence[Series]
) -> Words:
    of, first = titles.subject_of(study, measure, entity), levels[0]
    gone = [each for name in study.scenarios for each in titles.absent(study, name, entity)][:1]
    title = gone or titles.most_titles(changes, of)
    apart = titles.furthest(changes)
    about = titles.about_change(apart)
    about = f"{apart.title}: {about}" if about and len(changes) > 1 else about
    subtitle = titles.joined(f"{sentence_case(of)}, {unit_words(first.kind.unit, target().sheet.fixed)}", about)
    one, other = ("Left", "right") if target().sheet.fixed else ("Above", "beneath")
    drawn = f"Means over worlds. {one}: difference to “{first.label}” in the same worlds; {other}: levels"
    if not titles.counted(first.kind):
        whose = f" of “{changes[0].title}”" if len(changes) > CROWDED else ""
        drawn += f". Bands: 90 % of worlds{whose}"
    if len(changes) > CROWDED:
        drawn += ". The chart small_multiples has the numbers of all"
    ends = ", ".join(
        f"{series.label} {text}" for series, text in zip(levels, level_texts(levels, changes), strict=True)
    )
    gaps = ", ".join(f"{change.title} {change.estimate.text()}" for change in changes)
    alt = (
        f"Two line charts from {study.quarters()[0]} to {study.quarters()[-1]}. {title[0]}. {one}: the difference in "
        f"{of} to {first.label} in the same worlds: {gaps}. {sentence_case(other)}: the levels, at the end {ends}."
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
    low, high = (level(each, series.kind.unit) for each in series.fan[[0, 4], -1])
    told = "" if stepped else f"90 % of worlds end between {low} and {high}"
    subtitle = titles.joined(f"{sentence_case(of)}, {unit_words(series.kind.unit)}", told)
    drawn = "Mean over worlds as steps" if stepped else "Line: mean; bands: 50 and 90 % of worlds"
    alt = f"A line chart from {study.quarters()[0]} to {study.quarters()[-1]}. {title[0]}. {told}."
    return finish(figure, Words(title, subtitle, titles.caption(study, drawn), alt))


# ---------------------------------------------------------------- side by side, a panel a scenario


@house_style()
def small_multiples(study: Study, measure: str | None = None) -> Figure:
    """Return a panel a scenario: its mean, the first scenario's mean and band, and the difference in the head.

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
    most = sorted(range(len(every)), key=lambda k: -abs(every[k].estimate.mean))[: 8 if target().sheet.fixed else 24]
    changes, shown = [every[k] for k in sorted(most)], [levels[k + 1] for k in sorted(most)]
    columns = min(len(changes), 2 if target().narrow else 4 if target().sheet.fixed else 3)
    rows = -(-len(changes) // columns)
    columns = -(-len(changes) // rows)  # five stand in rows of three and two
    figure, panels = sheet(rows, columns, lines=(11 if columns > 1 else 14) * rows, sharey=True)
    first, within = levels[0], words.extent(study, measure)
    for axes, series, change in zip(panels, shown, changes, strict=False):
        _panel(axes, study, first, series, columns)
        head(axes, f"{change.title}: {change.estimate.text()}", series.ink.colour)
    reach = [edge for series in levels for edge in (series.mean.min(), series.mean.max())]
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
    _line(axes, first, first.mean, "first", 2.5)
    _line(axes, series, series.mean, "level")


def _words_of_many(
    study: Study, measure: str, entity: str, changes: Sequence[titles.Change], first: Series, left: int
) -> Words:  # fmt: skip
    of = titles.subject_of(study, measure, entity)
    title = titles.most_titles(changes, of)
    by = end_of(changes[0].quarters[-1])
    subtitle = titles.joined(
        f"{sentence_case(of)}, {unit_words(first.kind.unit)}",
        f"The number of each panel is the mean difference to “{first.label}” in the same worlds by {by}",
    )
    stepped = titles.counted(first.kind)
    drawn = f"Means over worlds; dashed grey: “{first.label}”{'' if stepped else ', with 90 % of its worlds'}"
    drawn += (
        "; upright line: a policy's first day" if any(policy_start(study, each.scenario) for each in changes) else ""
    )
    drawn += f". Not drawn: {left} that change less" if left else ""
    gaps = ", ".join(f"{change.title} {change.estimate.text()}" for change in changes)
    alt = f"{len(changes)} line charts from {study.quarters()[0]} to {study.quarters()[-1]}. {title[0]}. {gaps}."
    return Words(title, subtitle, titles.caption(study, drawn), alt)
