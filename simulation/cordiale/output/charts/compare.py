"""The charts of a comparison: a forest plot, gains above costs, and levels and differences over quarters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from matplotlib.figure import Figure

from cordiale.analysis.compare import Comparison, Difference
from cordiale.case.quarters import end_of
from cordiale.models.measures import sentence_case
from cordiale.models.units import unit_words
from cordiale.output.charts import titles
from cordiale.output.charts.fan import fan
from cordiale.output.charts.forest import AXIS, HEAD, MARKS, TALLEST, Panel, Row, fitting
from cordiale.output.charts.forest import forest as drawn_forest
from cordiale.output.charts.frame import Words, finish
from cordiale.output.charts.gain_cost import costs_of_pack
from cordiale.output.charts.style import house_style, inks, scenario_ink, target
from cordiale.output.charts.titles import Change
from cordiale.study import labels as words
from cordiale.study.estimate import Estimate, clearly_first
from cordiale.study.study import Study

MANY = 4  # scenarios that have colours of their own; of more the one that is asked for has one
BESIDE = 3  # measures that stand beside each other
MOST = 50  # rows of a measure

Found = list[Difference]


def figures(comparison: Comparison) -> dict[str, Callable[[], Figure]]:
    """Return the forest plot, and the level and the difference over quarters of each measure.

    What is so or not so in a world stands in the forest plot alone: a median of worlds says nothing of it.
    """
    drawn: dict[str, Callable[[], Figure]] = {"forest": partial(forest, comparison)}
    for row in {(row.measure, row.entity): row for row in comparison.differences}.values():
        if len(row.quarters) > 1 and not comparison.study.measure(row.measure).yes_no:
            name = f"fan-{row.measure}-{row.entity}".replace(">", "-to-")
            drawn[name] = partial(fan, comparison.study, f"{row.measure}:{row.entity}")
    return drawn


@house_style()
def forest(comparison: Comparison, scenario: str | None = None) -> Figure:
    """Return the mean differences in the last quarter, a panel a measure and a row a scenario.

    The gain stands above its cost, or beside it where scenarios are many; then those that gain most come first.
    Thick: the 95 % interval of the mean by itself; thin: that which holds for all rows at once.

    Parameters
    ----------
    scenario : one that is in colour where there are many; the one that changes most where None
    """
    every = _by_measure(comparison)
    first, changes = every[0], [_change(comparison, row) for row in every[0]]
    plain = [k for k, row in enumerate(first) if not _conditional(comparison, row)]
    if len(first) == 1:
        panels, beside, more = _by_unit(comparison, every), False, [""]
    else:
        most = max(plain, key=lambda k: abs(changes[k].estimate.mean))
        asked = next((k for k in plain if first[k].scenario == scenario), most)
        panels, beside, more = _by_scenario(comparison, every, changes, asked)
    figure = drawn_forest(panels, beside)
    drawn = titles.joined(_marks(panels), *more)
    return finish(figure, _words(comparison, [changes[k] for k in plain], every, panels, drawn))


def _by_scenario(
    comparison: Comparison, every: Sequence[Found], changes: Sequence[Change], asked: int
) -> tuple[list[Panel], bool, list[str]]:  # fmt: skip
    """Return a panel a measure with a row a scenario, whether they stand beside each other, and what is left out."""
    first = every[0]
    many, order = len(first) > MANY, list(range(len(first)))
    if many:
        order.sort(key=lambda k: -changes[k].estimate.mean)
    rows = [_row(comparison, first[k], many and k != asked) for k in order]
    beside = not target().narrow and many and 1 < len(every) <= BESIDE
    heads = [_name(comparison.study, found[0]) for found in (every if beside else every[:1])]
    limit = min(MOST, fitting(rows, heads))
    kept = sorted(sorted(range(len(order)), key=lambda at: -abs(changes[order[at]].estimate.mean))[:limit])
    shown = every if beside else every[: _panels(len(kept))]
    left, gone = len(order) - len(kept), every[len(shown) :]
    panels = [
        _panel(comparison, [found[order[at]] for at in kept], [rows[at] for at in kept], shown) for found in shown
    ]
    told = [words.subject(comparison.study, each[0].measure, each[0].entity) for each in gone]
    more = [f"The {left} that change it least are left out" if left else ""]
    return panels, beside, [*more, f"Not drawn for want of room: {', '.join(told)}" if told else ""]


def _by_unit(comparison: Comparison, every: Sequence[Found]) -> list[Panel]:
    """Return a panel a unit with a row a measure, of one scenario alone."""
    study, units = comparison.study, dict[str, Found]()
    for (row,) in every:
        units.setdefault(study.measure(row.measure).unit, []).append(row)
    colour = scenario_ink(1).colour
    return [
        Panel(
            f"Change {_unit(study, found[0].measure)}",
            [Row(_name(study, row), colour, _name(study, row).startswith("Gain: ")) for row in found],
            [_alone(row) if len(every) == 1 else row.estimate for row in found],
        )
        for found in units.values()
    ]


def _by_measure(comparison: Comparison) -> list[Found]:
    """Return the rows of each measure: the headline of the focus first, then its parts, then others as asked."""
    study = comparison.study
    found: dict[tuple[str, str], Found] = {}
    for row in comparison.differences:
        found.setdefault((row.measure, row.entity), []).append(row)
    first = [(part, study.manifest["focus"]) for part in (study.headline, *study.components)]
    return sorted(found.values(), key=lambda rows: _place((rows[0].measure, rows[0].entity), first))


def _place(what: tuple[str, str], first: Sequence[tuple[str, str]]) -> int:
    return first.index(what) if what in first else len(first)


def _panels(rows: int) -> int:
    """Return how many panels of some rows fit one below the other; on a sheet whose height follows all do."""
    if not target().sheet.fixed:
        return 99
    return max(1, int((TALLEST + HEAD + AXIS) / (HEAD + 1.3 * rows)))


def _conditional(comparison: Comparison, row: Difference) -> bool:
    """Whether a difference is one in a context, or how a context changes it."""
    return row.scenario not in comparison.study.scenarios


def _change(comparison: Comparison, row: Difference) -> Change:
    title = _title_of(comparison, row.scenario)
    kind = comparison.study.measure(row.measure)
    return Change(row.scenario, title, kind, row.quarters, row.values, row.estimate)


def _alone(row: Difference) -> Estimate:
    """Return an estimate without the interval that holds for several, of which there are none."""
    return replace(row.estimate, at_once=None)


def _title_of(comparison: Comparison, name: str) -> str:
    study = comparison.study
    return words.scenario_title(study, name) if name in study.scenarios else words.plain(name)


def _row(comparison: Comparison, row: Difference, grey: bool) -> Row:
    """Return a row's label and colour; "A in C" is a difference there, and with A as its baseline an interaction."""
    study = comparison.study
    name, _, context = row.scenario.partition(" in ") if _conditional(comparison, row) else (row.scenario, "", "")
    label = _title_of(comparison, name)
    if context:
        under = f"coding {context[1:]}" if context.startswith("@") else f"“{_title_of(comparison, context)}”"
        label += f": with {under} less without" if row.baseline == name else f", with {under}"
    place = study.scenarios.index(name)
    own = scenario_ink(place).colour if place <= len(inks().series) else inks().series[0]
    return Row(label, inks().ink if grey else own, bold=not grey and not context)


def _panel(comparison: Comparison, found: Found, rows: Sequence[Row], shown: Sequence[Found]) -> Panel:
    study = comparison.study
    several = len({study.measure(each[0].measure).unit for each in shown}) > 1
    unit = f" ({_unit(study, found[0].measure)})" if several else ""
    return Panel(_name(study, found[0]) + unit, rows, [row.estimate for row in found])


def _unit(study: Study, measure: str) -> str:
    kind = study.measure(measure)
    return "share of worlds, in points" if kind.yes_no else unit_words(kind.unit, short=True)


def _name(study: Study, row: Difference) -> str:
    """Return what a measure is called: "Gain: ..." of the focus' headline, "Cost: ..." of what the pack calls one."""
    focus, subject = study.manifest["focus"], titles.subject_of(study, row.measure, row.entity)
    if row.entity == focus and row.measure == study.headline:
        return f"Gain: {subject}"
    if row.entity == focus and row.measure in study.components:
        return f"Part of it: {words.quantity(study, row.measure)}"
    for cost in costs_of_pack(study, words.focus_first(study)):
        if f"{row.measure}:{row.entity}" in cost.measures:
            return f"Cost: {cost.label if len(cost.measures) == 1 else subject}"
    return sentence_case(subject)


def _marks(panels: Sequence[Panel]) -> str:
    several = any(bar is not None and bar.at_once is not None for panel in panels for bar in panel.bars)
    return MARKS + ("; thin line: simultaneous 95 % interval" if several else "")


def _words(
    comparison: Comparison, changes: Sequence[Change], every: Sequence[Found], panels: Sequence[Panel], drawn: str
) -> Words:  # fmt: skip
    study, row = comparison.study, every[0][0]
    of, by = titles.subject_of(study, row.measure, row.entity), end_of(row.quarters[-1])
    name = f"“{changes[0].title}”"
    who = f"What {name} changes" if len(changes) == 1 and len(every) > 1 else f"Change of {of}"
    who = "Change of each measure" if len(changes) > 1 and len(every) > 1 else who
    first = words.scenario_title(study, study.scenarios[0])
    several = len({panel.one_axis for panel in panels}) > 1
    unit = ("gain " if several else "") + unit_words(changes[0].kind.unit)
    subtitle = titles.joined(
        f"{who} by {by} against “{first}” in the same worlds, mean and 95 % interval, {unit}",
        titles.about_change(changes[0]) if len(changes) == 1 and len(every) == 1 else "",
        f"Gain: {_lower(titles.about_change(changes[0]))}" if len(changes) == 1 < len(every) else "",
    )
    told = "; ".join(f"{panel.head}: {_told(panel)}" for panel in panels)
    forms = _titles(changes, of)
    alt = f"A forest plot of mean differences with 95 % intervals. {forms[0]}. {told}."
    return Words(forms, subtitle, titles.caption(study, drawn), alt)


def _lower(text: str) -> str:
    return text if text[:2] == "95" else text[:1].lower() + text[1:]


def _told(panel: Panel) -> str:
    pairs = zip(panel.rows, panel.bars, strict=True)
    return ", ".join(f"{row.label} {panel.told(bar)}" for row, bar in pairs if bar is not None)


def _titles(changes: Sequence[Change], of: str) -> list[str]:
    """Return what one scenario does, or which of many changes most, and how many too little to notice."""
    if len(changes) <= MANY:
        return titles.most_titles(changes, of)
    seen = sorted((each for each in changes if each.estimate.noticeable), key=lambda each: -abs(each.estimate.mean))
    if not seen:
        return titles.most_titles(changes, of)
    most = seen[0]
    count = f"{len(seen)} of {len(changes)} policies noticeably change"
    first = clearly_first([each.values[:, -1] for each in seen])
    told = f"; “{most.title}” most: {most.estimate.full}" if first and len(seen) > 1 else ""
    told = f": “{most.title}”, {most.estimate.full}" if len(seen) == 1 else told
    return [f"{count} {of}{told}", f"{count} it{told}", f"{count} {of}", f"{count} it"]
