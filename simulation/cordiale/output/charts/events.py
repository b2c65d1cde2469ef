"""What a dyad does together: events by kind, and how scenarios differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from cordiale.case.quarters import to_text
from cordiale.output.charts.axes import value_axis
from cordiale.output.charts.fan import sentence
from cordiale.output.charts.layout import finish, panel_title, sheet, wrapped
from cordiale.output.charts.recorded import Array, NotRecorded, in_focus, need, quarters
from cordiale.output.charts.style import COLUMN, GREY, PAGE, house_style, look
from cordiale.study import labels as words
from cordiale.study.study import Study

HEAD = "events."
MOST = 6  # kinds side by side, those that happen most


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
def events(study: Study, dyad: str | None = None, *, width: float | None = None) -> Figure:
    """Return events of a dyad by kind, means over worlds as steps, and beneath them differences to the first scenario.

    Counts are those of whole calendar years, and of quarters where there are fewer than two such years. Of more than
    six kinds those that happen most are drawn; a kind that never happens is not.

    Parameters
    ----------
    dyad : the case's focus where None
    width : inches; both columns of a journal where None, one for two kinds or fewer

    Raises
    ------
    OptionError where the study lacks events by kind of the dyad
    """
    kinds, entity = _recorded(study, dyad)
    yearly = all(len(_years(quarters(study, name))) > 1 for name in study.scenarios)
    counts = {kind: [_counts(study, name, kind, entity, yearly) for name in study.scenarios] for kind in kinds}
    drawn = _most(counts)
    columns, rows = len(drawn), 1 + (len(study.scenarios) > 1)
    width = width or (COLUMN if columns <= 2 else PAGE)
    figure, panels = sheet(width, rows * 1.3 + 0.3, rows, columns, sharey="row")
    upper, lower = panels[:columns], panels[columns:]
    for kind, axes in zip(drawn, upper, strict=True):
        panel_title(figure, axes, words.sentence_case(_label(study, kind)), columns)
    span = "year" if yearly else "quarter"
    _row(figure, upper, [counts[kind] for kind in drawn], 0, f"events a {span}")
    if lower:
        _row(figure, lower, [_minus_first(counts[kind]) for kind in drawn], 1, f"difference, events a {span}")
    starts = max((each.starts for of in counts.values() for each in of), key=len)
    for axes in panels:
        _span_axis(axes, starts, 4 if yearly else 1, width / columns - 0.4)
        axes.tick_params(labelbottom=axes in panels[-columns:])
    title = f"What {words.entity_name(study, entity, ' and ')} do together"
    first = words.scenario_title(study, study.scenarios[0])
    rest = [_label(study, kind) for kind in kinds if kind not in drawn]
    said = sentence(
        "Means over worlds", f"beneath: minus “{first}”, world by world" if lower else "",
        f"not drawn: {', '.join(rest)}" if rest else "",
    )  # fmt: skip
    keys = [(_key(k), words.scenario_title(study, name)) for k, name in enumerate(study.scenarios) if lower]
    return finish(figure, title, said, words.source(study), keys)


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


def _minus_first(several: Sequence[Counts]) -> list[Counts]:
    """Return the differences of scenarios to the first, in the spans that both have."""
    first, found = several[0], []
    for each in several[1:]:
        starts, own, base = np.intersect1d(each.starts, first.starts, return_indices=True)
        found.append(Counts(starts, each.values[:, own] - first.values[:, base]))
    return found


def _row(figure: Figure, panels: Sequence[Axes], rows: Sequence[Sequence[Counts]], look_of: int, up: str) -> None:
    """Draw a row of panels on one scale, a panel a kind; series have looks from a number on."""
    means = [each.values.mean(axis=0) for of in rows for each in of]
    for of, axes in zip(rows, panels, strict=True):
        axes.axhline(0.0, color=GREY, linewidth=0.7, zorder=1, gid="zero")
        for k, each in enumerate(of):
            style = look(k + look_of)
            span = each.starts[1] - each.starts[0] if len(each.starts) > 1 else 1
            axes.stairs(each.values.mean(axis=0), np.append(each.starts, each.starts[-1] + span), baseline=None,
                        color=style.colour, linestyle=style.dash, linewidth=1.1, zorder=3, gid="mean")  # fmt: skip
    value_axis(panels[0], min(0.0, *(float(each.min()) for each in means)), max(float(each.max()) for each in means))
    panels[0].set_ylabel(wrapped(figure, up, 1.1), linespacing=1.1)


def _span_axis(axes: Axes, starts: NDArray[np.int64], span: int, inches: float) -> None:
    """Label the middles of years, as many as have room, or the first and the last quarter."""
    middles = starts + span / 2
    if span == 4:
        every = max(1, int(np.ceil(len(starts) * 0.34 / max(inches, 0.1))))
        shown = list(range(len(starts)))[::-1][::every][::-1]
        axes.set_xticks(middles[shown], [str(starts[k] // 4) for k in shown])
    else:
        ends = sorted({0, len(starts) - 1})
        axes.set_xticks(middles[ends], [to_text(int(starts[k])) for k in ends])
    axes.set_xlim(starts[0], starts[-1] + span)


def _label(study: Study, kind: str) -> str:
    return words.label(study, "event", kind.removeprefix(HEAD))


def _key(k: int) -> Line2D:
    style = look(k)
    return Line2D([], [], color=style.colour, linestyle=style.dash, linewidth=1.1)
