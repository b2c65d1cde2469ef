"""All scenarios of a pack at once: what each gains against what it costs, and a row each, with which findings begin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from matplotlib.figure import Figure

from cordiale.analysis.decision import non_dominated
from cordiale.case.quarters import end_of, to_text
from cordiale.models.measures import within
from cordiale.output.charts.axes import scale_of_unit
from cordiale.output.charts.captions import caption
from cordiale.output.charts.forest import MARKS, Bar, Panel, Row, fitting, forest
from cordiale.output.charts.frame import Words, finish
from cordiale.output.charts.pareto import Field, Interval, Mark, pareto
from cordiale.output.charts.style import house_style, inks, scenario_ink
from cordiale.output.charts.titles import joined, signed, unit_text
from cordiale.scenario.load import Scenario

NAMES = ("findings-gain-cost", "findings-forest")  # of the charts as files


@dataclass(frozen=True)
class Moved:
    """What a scenario changes, in the same worlds.

    Attributes
    ----------
    title : its own; with what it is read against where that is not the baseline
    gain : of the headline in the last quarter; `wide` holds for all scenarios at once
    cost : mean over the quarters after the first, with its 95 % interval; None where no cost is measured
    """

    title: str
    gain: Bar
    cost: Interval | None


@dataclass(frozen=True)
class Overview:
    """What all scenarios of a pack change.

    Attributes
    ----------
    baseline : that most are read against
    moved : those that end in the baseline's quarter, the largest gain first
    subject : "alignment of France and Japan"
    unit : of the gain
    cost, cost_unit : "Chinese pressure on France"; "" where no cost is measured
    more : whether more of the cost is worse
    """

    baseline: Scenario
    worlds: int
    moved: Sequence[Moved]
    subject: str
    unit: str
    cost: str = ""
    cost_unit: str = ""
    more: bool = True

    def figures(self) -> dict[str, Callable[[], Figure]]:
        """Return name -> what draws a chart: gain against cost where a cost is measured, and the rows."""
        drawn: dict[str, Callable[[], Figure]] = {NAMES[0]: partial(gain_cost, self)} if self.cost else {}
        return drawn | {NAMES[1]: partial(rows, self)}

    @property
    def by(self) -> str:
        """When the gain is read."""
        return end_of(to_text(self.baseline.horizon))

    def told(self, value: float) -> str:
        """Return a gain with its sign."""
        return signed(value, scale_of_unit(self.unit).digits)


@house_style()
def gain_cost(found: Overview) -> Figure:
    """Return each scenario as a mark, by what it gains (up) and costs (right), and those that none beats on both."""
    steps = scale_of_unit(found.unit).step, scale_of_unit(found.cost_unit).step
    field = Field(found.baseline.title, found.subject, found.cost, steps, more=found.more)
    best = max(found.moved, key=lambda each: each.gain.mean)
    points = np.array([(0.0, 0.0), *((each.gain.mean, -_price(found, each)) for each in found.moved)])
    front = [each for each, kept in zip(found.moved, non_dominated(points)[1:], strict=True) if kept]
    front.sort(key=lambda each: _price(found, each))
    marks = {
        each.title: Mark(
            each.title, each.title, (each.gain.mean, each.gain.low, each.gain.high), each.cost or (0.0, 0.0, 0.0),
            inks().series[0] if each is best else inks().soft, each in front,
        )
        for each in found.moved
    }  # fmt: skip
    figure = pareto(field, list(marks.values()), [marks[each.title] for each in front], best.title)
    free = [each for each in found.moved if each.gain.low > 0 and each.gain.mean >= steps[0]]
    cheap = [each for each in free if _price(found, each) < steps[1]]
    number = found.told(best.gain.mean)
    forms = [
        f"{len(cheap)} of {len(found.moved)} scenarios raise {found.subject} for no {found.cost} that can be noticed; "
        f"“{best.title}” most, {number}",
        f"{len(cheap)} of {len(found.moved)} scenarios raise it at no noticeable cost; “{best.title}” most, {number}",
        f"{len(cheap)} of {len(found.moved)} scenarios gain at no noticeable cost",
    ]
    subtitle = (
        f"Each mark is a scenario: what it adds to {found.subject} (up) by {found.by}, and to {within(found.cost)} "
        f"(right), a mean over the quarters from the second on, in the same worlds; {unit_text(found.unit)}"
    )
    drawn = (
        "Means over worlds. Diamonds: scenarios that no other beats on both, nor doing nothing (the Pareto front). A "
        "mark without a name has no room for it. The model counts no money"
    )
    told = "; ".join(f"{each.title} {found.told(each.gain.mean)}" for each in front)
    alt = f"A scatter of {len(marks)} scenarios by gain and cost. {forms[0]}. On the Pareto front: {told or 'none'}."
    return finish(figure, Words(forms, joined(subtitle), _caption(found, drawn), alt))


def _price(found: Overview, each: Moved) -> float:
    """Return a cost as more of it is worse."""
    return (each.cost or (0.0,))[0] * (1.0 if found.more else -1.0)


@house_style()
def rows(found: Overview) -> Figure:
    """Return a row a scenario with its gain, the largest on top, and beneath each other those that lower it."""
    scale, heads = scale_of_unit(found.unit), [f"Change of {found.subject}, {found.unit}"]
    labels = [Row(each.title, _colour(each, scale.step)) for each in found.moved]
    kept = sorted(range(len(labels)), key=lambda k: -abs(found.moved[k].gain.mean))[: fitting(labels, heads)]
    shown = [found.moved[k] for k in sorted(kept)]
    bars = [each.gain for each in shown]
    panel = Panel(heads[0], [labels[k] for k in sorted(kept)], bars, scale.step, found.told, found.unit)
    figure = forest([panel])
    up, down = found.moved[0], found.moved[-1]
    clear = sum(each.gain.wide is not None and (each.gain.wide[0] > 0 or each.gain.wide[1] < 0) for each in found.moved)
    forms = [
        f"{clear} of {len(found.moved)} scenarios clearly change {found.subject}: “{up.title}” "
        f"{found.told(up.gain.mean)} to “{down.title}” {found.told(down.gain.mean)}",
        f"{clear} of {len(found.moved)} scenarios clearly change it, by {found.told(down.gain.mean)} to "
        f"{found.told(up.gain.mean)}",
    ]
    subtitle = f"What each scenario adds by {found.by}, in the same worlds; {unit_text(found.unit)}"
    left = len(found.moved) - len(shown)
    gone = f"The {left} that change least are left out" if left else ""
    drawn = joined(MARKS, "Thin line: the interval that holds for all rows at once", gone)
    told = "; ".join(f"{each.title} {found.told(each.gain.mean)}" for each in shown)
    alt = f"Rows of {len(shown)} scenarios with what each changes. {forms[0]}. {told}."
    return finish(figure, Words(forms, joined(subtitle), _caption(found, drawn), alt))


def _colour(each: Moved, step: float) -> str:
    """Return the ink of a change that can be noticed; soft ink elsewhere."""
    sure = each.gain.low > 0 or each.gain.high < 0
    return scenario_ink(1).colour if sure and abs(each.gain.mean) >= step else inks().soft


def _caption(found: Overview, drawn: str) -> str:
    command = ["findings", "--worlds", str(found.worlds)]
    pack = found.baseline.loaded.pack
    return caption(pack, drawn, f"{found.worlds:,} worlds, seed {found.baseline.seed}", command)
