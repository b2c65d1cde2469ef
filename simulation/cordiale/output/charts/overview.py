"""All scenarios of a pack at once: what each gains against what it costs, and a row each, with which findings begin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from matplotlib.figure import Figure

from cordiale.analysis.decision import non_dominated
from cordiale.case.quarters import end_of, to_text
from cordiale.models.measures import within
from cordiale.models.units import unit_name, unit_words
from cordiale.output.charts.captions import caption
from cordiale.output.charts.forest import MARKS, Panel, Row, fitting, forest
from cordiale.output.charts.frame import Words, finish
from cordiale.output.charts.pareto import NO_MONEY, UNNAMED, Field, Mark, any_cost, left_out, pareto
from cordiale.output.charts.style import house_style, inks, scenario_ink
from cordiale.output.charts.titles import joined
from cordiale.scenario.load import Scenario
from cordiale.study.estimate import Estimate

NAMES = ("findings-gain-cost", "findings-forest")  # of the charts as files


@dataclass(frozen=True)
class Moved:
    """What a scenario changes, in the same worlds.

    Attributes
    ----------
    title : its own; with what it is read against where that is not the baseline
    gain : of the headline in the last quarter, with an interval that holds for all scenarios at once
    cost : mean over the quarters after the first; None where no cost is measured
    """

    title: str
    gain: Estimate
    cost: Estimate | None


@dataclass(frozen=True)
class Overview:
    """What all scenarios of a pack change.

    Attributes
    ----------
    baseline : that most are read against
    moved : those that end in the baseline's quarter, the largest gain first
    subject : "alignment of France and Japan"
    unit : of the gain
    cost : "Chinese pressure on France"; "" where no cost is measured
    more : whether more of the cost is worse
    """

    baseline: Scenario
    worlds: int
    moved: Sequence[Moved]
    subject: str
    unit: str
    cost: str = ""
    more: bool = True

    def figures(self) -> dict[str, Callable[[], Figure]]:
        """Return name -> what draws a chart: gain against cost where a cost is measured, and the rows."""
        drawn: dict[str, Callable[[], Figure]] = {NAMES[0]: partial(gain_cost, self)} if self.cost else {}
        return drawn | {NAMES[1]: partial(rows, self)}

    @property
    def by(self) -> str:
        """When the gain is read."""
        return end_of(to_text(self.baseline.horizon))


@house_style()
def gain_cost(found: Overview) -> Figure:
    """Return each scenario as a mark, by what it gains (up) and costs (right), and those that none beats on both."""
    field = Field(found.baseline.title, found.subject, found.cost, more=found.more)
    best = max(found.moved, key=lambda each: each.gain.mean)
    points = np.array([(0.0, 0.0), *((each.gain.mean, -_price(found, each)) for each in found.moved)])
    front = [each for each, kept in zip(found.moved, non_dominated(points)[1:], strict=True) if kept]
    front.sort(key=lambda each: _price(found, each))
    marks = {
        each.title: Mark(
            each.title, each.title, each.gain, each.cost or replace(each.gain, mean=0.0, low=0.0, high=0.0),
            inks().series[0] if each is best else inks().soft, each in front,
        )
        for each in found.moved
    }  # fmt: skip
    figure = pareto(field, list(marks.values()), [marks[each.title] for each in front], best.title)
    free = [each for each in found.moved if each.gain.noticeable and each.gain.mean > 0]
    cheap = [each for each in free if each.cost is None or not (each.cost.noticeable and each.cost.better < 0)]
    count = f"{len(cheap)} of {len(found.moved)} scenarios"
    forms = [
        f"{count} raise {found.subject} at no noticeable cost in {within(found.cost)}",
        f"{count} raise it at no noticeable cost",
    ]
    held, paid = any_cost(list(marks.values())), within(found.cost)
    subtitle = (
        f"What each scenario adds to {found.subject}{' (up)' if held else ''} by {found.by}"
        f"{f', and to {paid} (right), a mean over the quarters from the second on' if held else ''}, in the same "
        f"worlds; {unit_words(found.unit)}"
    )
    drawn = (
        "Means over worlds. Diamonds: scenarios that no other beats on both, nor doing nothing (the Pareto front). "
        f"{UNNAMED}{NO_MONEY}"
        if held
        else f"{MARKS}. {left_out(field, list(marks.values()))}No scenario noticeably changes {paid}. {NO_MONEY}"
    )
    told = "; ".join(f"{each.title} {each.gain.text()}" for each in front)
    kind = (
        f"A scatter of {len(marks)} scenarios by gain and cost" if held else f"Sorted gains of {len(marks)} scenarios"
    )
    alt = f"{kind}. {forms[0]}. On the Pareto front: {told or 'none'}."
    return finish(figure, Words(forms, joined(subtitle), _caption(found, drawn), alt))


def _price(found: Overview, each: Moved) -> float:
    """Return a cost as more of it is worse."""
    return 0.0 if each.cost is None else each.cost.mean * (1.0 if found.more else -1.0)


@house_style()
def rows(found: Overview) -> Figure:
    """Return a row a scenario with its gain, the largest on top, and beneath each other those that lower it."""
    heads = [f"Change of {found.subject}, {unit_name(found.unit)}"]
    noticed = scenario_ink(1).colour
    labels = [Row(each.title, noticed if each.gain.noticeable else inks().soft) for each in found.moved]
    kept = sorted(range(len(labels)), key=lambda k: -abs(found.moved[k].gain.mean))[: fitting(labels, heads)]
    shown = [found.moved[k] for k in sorted(kept)]
    panel = Panel(heads[0], [labels[k] for k in sorted(kept)], [each.gain for each in shown])
    figure = forest([panel])
    seen = sum(each.gain.noticeable for each in found.moved)
    count = f"{seen} of {len(found.moved)} scenarios"
    forms = [f"{count} change {found.subject} noticeably", f"{count} change it noticeably"]
    subtitle = f"What each scenario adds by {found.by}, in the same worlds; {unit_words(found.unit)}"
    left = len(found.moved) - len(shown)
    gone = f"The {left} that change least are left out" if left else ""
    drawn = joined(MARKS, "Coloured: rises or falls noticeably. Thin line: simultaneous 95 % interval", gone)
    told = "; ".join(f"{each.title} {each.gain.text()}" for each in shown)
    alt = f"Rows of {len(shown)} scenarios with what each changes. {forms[0]}. {told}."
    return finish(figure, Words(forms, joined(subtitle), _caption(found, drawn), alt))


def _caption(found: Overview, drawn: str) -> str:
    command = ["findings", "--worlds", str(found.worlds)]
    pack = found.baseline.loaded.pack
    return caption(pack, drawn, f"{found.worlds:,} worlds, seed {found.baseline.seed}", command)
