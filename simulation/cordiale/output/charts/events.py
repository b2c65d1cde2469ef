"""What a dyad does together: events by kind, counted by year and drawn as steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, NullFormatter
from numpy.typing import NDArray

from cordiale.case.quarters import to_text
from cordiale.models.measures import sentence_case
from cordiale.models.units import level, signed
from cordiale.output.charts import titles
from cordiale.output.charts.frame import Words, finish, head, sheet
from cordiale.output.charts.recorded import Array, NotRecorded, in_focus, need, quarters
from cordiale.output.charts.style import house_style, key_of, scenario_ink, target
from cordiale.output.charts.timeline import value_axis
from cordiale.study import labels as words
from cordiale.study.intervals import interval
from cordiale.study.study import Study

HEAD = "events."
MOST = 6  # kinds that are drawn, those that happen most
EVENTS = "a quarter"  # the unit of events
DIGITS = 2
HEADED = 3  # differences that a head tells


@dataclass(frozen=True)
class Counts:
    """Events of one kind in one scenario.

    Attributes
    ----------
    starts : running numbers of the quarters with which the spans begin, (S,)
    values : counts by world and span, (W, S)
    """

    starts: NDArray[np.int64]
    values: Array


@house_style()
def events(study: Study, dyad: str | None = None) -> Figure:
    """Return events of a dyad by kind, a panel a kind: means over worlds as steps, a line a scenario.

    Counts are those of whole calendar years, and of quarters where there are fewer than two such years. Heads tell the
    difference of each scenario to the first in the last of them. Of more than six kinds those that happen most are
    drawn; a kind that never happens is not.

    Parameters
    ----------
    dyad : the case's focus where None

    Raises
    ------
    OptionError where the study lacks events by kind of the dyad
    """
    kinds, entity = _recorded(study, dyad)
    yearly = all(len(_years(quarters(study, name))) > 1 for name in study.scenarios)
    counts = {kind: [_counts(study, name, kind, entity, yearly) for name in study.scenarios] for kind in kinds}
    drawn = _most(counts)
    if target().sheet.fixed and len(study.scenarios) > 3:
        drawn = drawn[:3]  # their names take the room of a row
    columns = min(len(drawn), 2 if target().narrow else 3)
    rows = -(-len(drawn) // columns)
    figure, panels = sheet(rows, columns, lines=10 * rows, sharey=True)
    top = max(float(each.values.mean(axis=0).max()) for kind in drawn for each in counts[kind])
    for axes, kind in zip(panels, drawn, strict=False):
        _steps(axes, counts[kind], 4 if yearly else 1)
        value_axis(axes, 0.0, max(top, 1e-6), (0.0, np.inf), bins=2 if target().sheet.fixed else 4)
        head(axes, sentence_case(_label(study, kind)) + _heads(counts[kind]))
    for axes in panels[len(drawn) :]:
        axes.remove()
    return finish(figure, _words(study, entity, counts, drawn, yearly))


def _recorded(study: Study, dyad: str | None) -> tuple[list[str], str]:
    """Return the kinds that are recorded of a dyad in every scenario, and the dyad; NotRecorded where there is none."""
    every = [study.measures(name) for name in study.scenarios]
    kinds = [name for name in every[0] if name.startswith(HEAD) and study.measure(name).entity == "dyad"]
    if not kinds:
        raise NotRecorded(
            f"the chart 'events' needs '{HEAD}' and a kind, such as '{HEAD}leaders', which scenario "
            f"'{study.scenarios[0]}' does not record: add it to `measures` in the scenario's file"
        )
    entity = in_focus(study, every[0][kinds[0]]) if dyad is None else study.single(f"{kinds[0]}:{dyad}")[1]
    shared = [kind for kind in kinds if all(entity in measures.get(kind, []) for measures in every)]
    if not shared:
        need(study, "events", kinds[0], entity)
    return shared, entity


def _years(at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the years whose four quarters are all there."""
    found, counts = np.unique(at // 4, return_counts=True)
    return np.asarray(found[counts == 4])


def _counts(study: Study, scenario: str, kind: str, entity: str, yearly: bool) -> Counts:
    at, values = quarters(study, scenario), study.values(kind, entity, scenario)
    if not yearly:
        return Counts(at, values)
    years = _years(at)
    return Counts(4 * years, np.stack([values[:, at // 4 == year].sum(axis=1) for year in years], axis=1))


def _most(counts: Mapping[str, Sequence[Counts]]) -> list[str]:
    """Return the kinds that happen most, at least one."""
    happen = {kind: float(np.mean([each.values.mean() for each in of])) for kind, of in counts.items()}
    order = sorted(happen, key=lambda kind: -happen[kind])
    return [kind for kind in order if happen[kind] > 0][:MOST] or order[:1]


def _gaps(several: Sequence[Counts]) -> list[Array]:
    """Return the differences of scenarios to the first in the last span that both have, (W,) each."""
    first, found = several[0], []
    for each in several[1:]:
        _, own, base = np.intersect1d(each.starts, first.starts, return_indices=True)
        found.append(each.values[:, own[-1]] - first.values[:, base[-1]])
    return found


def _heads(several: Sequence[Counts]) -> str:
    gaps = [signed(float(gap.mean()), EVENTS, DIGITS) for gap in _gaps(several)]
    return f": {', '.join(gaps)}" if 0 < len(gaps) <= HEADED else ""


def _steps(axes: Axes, several: Sequence[Counts], span: int) -> None:
    """Draw a line of steps a scenario, and the names of years in their middle, as many as have room."""
    for k, each in reversed(list(enumerate(several))):
        ink = scenario_ink(k)
        edges = np.append(each.starts, each.starts[-1] + span) / 4
        axes.stairs(each.values.mean(axis=0), edges, baseline=None, color=ink.colour, linestyle=ink.style,
                    linewidth=ink.width, zorder=3 if k else 2.9, gid="mean", clip_on=False)  # fmt: skip
    starts = max((each.starts for each in several), key=len)
    axes.set_xlim(starts[0] / 4, (starts[-1] + span) / 4)
    axes.xaxis.set_major_locator(FixedLocator([at / 4 for at in [*starts, starts[-1] + span] if at % 4 == 0]))
    axes.xaxis.set_major_formatter(NullFormatter())
    ends = (
        sorted({0, len(starts) - 1}) if len(starts) < 3 or span == 1 else sorted({0, len(starts) // 2, len(starts) - 1})
    )
    axes.xaxis.set_minor_locator(FixedLocator([(starts[k] + span / 2) / 4 for k in ends]))
    names = [str(starts[k] // 4) if span == 4 else to_text(int(starts[k])) for k in ends]
    axes.xaxis.set_minor_formatter(FixedFormatter(names))


def _label(study: Study, kind: str) -> str:
    return words.label(study, "event", kind.removeprefix(HEAD))


def _words(
    study: Study, entity: str, counts: Mapping[str, Sequence[Counts]], drawn: Sequence[str], yearly: bool
) -> Words:  # fmt: skip
    pair, span = words.entity_name(study, entity, " and "), "year" if yearly else "quarter"
    last = int(max(int(each.starts[-1]) for of in counts.values() for each in of))
    when = str(last // 4) if yearly else to_text(last)
    several = len(study.scenarios) > 1
    first = words.scenario_title(study, study.scenarios[0])
    about = (
        f"Heads: difference to “{first}” in {when}, in the order of the lines"
        if 1 < len(study.scenarios) <= HEADED + 1
        else ""
    )
    subtitle = titles.joined(f"Events of {pair} a {span} by kind, means over worlds", about)
    left = [_label(study, kind) for kind in counts if kind not in drawn]
    text = f"A step is a {span}" + (f". Not drawn, since they happen less: {', '.join(left)}" if left else "")
    key = [(words.scenario_title(study, name), scenario_ink(k)) for k, name in enumerate(study.scenarios)]
    title = _titles(study, counts, when, span)
    told = "; ".join(
        f"{_label(study, kind)} {', '.join(f'{each.values[:, -1].mean():.1f}' for each in counts[kind])}"
        for kind in drawn
    )
    alt = f"{len(drawn)} step charts of events of {pair} a {span}. {title[0]}. In {when}, by scenario: {told}."
    return Words(title, subtitle, titles.caption(study, text), alt, key_of(key) if several else ())


def _titles(study: Study, counts: Mapping[str, Sequence[Counts]], when: str, span: str) -> list[str]:
    """Return of which kind there is most more or less in any scenario; in a single one, which kind changes most."""
    found = []
    for kind, of in counts.items():
        gaps = _gaps(of) if len(of) > 1 else [of[0].values[:, -1] - of[0].values[:, 0]]
        found += [(kind, k, interval(gap)) for k, gap in enumerate(gaps, 1)]
    kind, place, (mean, low, high) = max(found, key=lambda each: abs(each[2][0]))
    label, number = _label(study, kind), signed(mean, EVENTS, DIGITS)
    if len(study.scenarios) == 1:
        ends = [level(float(counts[kind][0].values[:, at].mean()), EVENTS) for at in (0, -1)]
        return [f"{sentence_case(label)} change most: from {ends[0]} to {ends[1]} a {span} in {when}"]
    name = f"“{words.scenario_title(study, study.scenarios[place])}”"
    if not (low > 0 or high < 0):
        return [f"No policy clearly changes how often the two meet in {when}: at most {number} {label} a {span}"]
    return [f"{name} changes {label} most: {number} a {span} in {when}", f"{name}: {label} {number} a {span}"]
