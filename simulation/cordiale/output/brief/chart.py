"""The chart of a brief: what each option gains, and its gravest cost, a row each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from matplotlib.figure import Figure

from cordiale.analysis.brief import CHART, Brief, window
from cordiale.case.quarters import end_of
from cordiale.models.measures import within
from cordiale.models.units import unit_words
from cordiale.output.charts import titles
from cordiale.output.charts.forest import MARKS, Panel, Row, forest
from cordiale.output.charts.frame import Words, finish
from cordiale.output.charts.pareto import NO_MONEY
from cordiale.output.charts.style import house_style, inks
from cordiale.study.estimate import clearly_first


def figures(brief: Brief) -> dict[str, Callable[[], Figure]]:
    """Return the chart; none where no option can be compared."""
    return {CHART: partial(options, brief)} if any(each.gain is not None for each in brief.options) else {}


@house_style()
def options(brief: Brief) -> Figure:
    """Return a row an option: its gain, and beside it its first cost that the study records, the gravest."""
    study = brief.study
    shown = [each for each in brief.options if each.gain is not None]
    shown.sort(key=lambda each: -each.gained)
    rows = [
        Row(study.title(each.scenario), inks().series[0] if each is brief.asked else inks().ink, each is brief.asked)
        for each in shown
    ]
    panels = [Panel(f"Gain: {brief.subject}", rows, [each.gain for each in shown])]
    for cost in brief.recorded_costs[:1]:
        panels.append(Panel(f"Cost: {within(cost.said.label)}", rows, [each.costs.get(cost.name) for each in shown]))
    paid = f"; costs are means over {window(brief)}" if panels[1:] else ""
    unit = unit_words(study.measure(study.headline).unit)
    subtitle = f"What each option changes by {end_of(study.quarters()[-1])} in the same worlds{paid}; {unit}"
    best = shown[0]
    assert best.gain is not None
    several = f"Of {len(shown)} options, “{study.title(best.scenario)}”" if shown[1:] else study.title(best.scenario)
    told = f"{several} gains most: {best.gain.full}" if shown[1:] else f"{several}: {best.gain.full}"
    if shown[1:] and not clearly_first([each.differences for each in shown]):
        names = " and ".join(f"“{study.title(each.scenario)}”" for each in shown[:2])
        told = f"{names} gain about as much: {best.gain.full} and {shown[1].gain.full}"  # type: ignore[union-attr]
    told = told if best.gain.noticeable else f"No option noticeably raises {brief.subject}"
    ends = "; ".join(f"{row.label} {each.gain.full}" for row, each in zip(rows, shown, strict=True) if each.gain)
    words = Words(
        [told], titles.joined(subtitle), titles.caption(study, f"{MARKS}. {NO_MONEY}"),
        titles.joined(f"Rows of {len(shown)} options. {told}", ends),
    )  # fmt: skip
    return finish(forest(panels, beside=True), words)
