"""Why a dyad changed: what each cause has added to trust, activity and similarity since the start."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.metadata import version

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from numpy.typing import NDArray

from cordiale.case.quarters import to_index
from cordiale.output.charts.axes import end_labels, quarter_axis, quarter_label, spread, value_axis
from cordiale.output.charts.frame import wrapped
from cordiale.output.charts.layout import finish, panel_title, sheet
from cordiale.output.charts.recorded import Array
from cordiale.output.charts.style import BLUE, GREEN, GREY, ORANGE, PAGE, PURPLE, SKY, SMALL, VERMILION, house_style
from cordiale.study.attribution import Terms, attribution_of
from cordiale.study.labels import foot, plain, points

FILLS = (
    (BLUE, ""), (ORANGE, "///"), (GREEN, "..."), (PURPLE, "\\\\\\"), (VERMILION, "xxx"), (SKY, "---"),
)  # fmt: skip
REST = (GREY, "")
SHOWN = 5  # causes told apart, those that move most; the others are added up
OTHERS = "all others"
LABEL = 1.3  # inches, of a label beside a panel
HEIGHT = 1.9


def figures(terms: Terms) -> dict[str, Callable[[], Figure]]:
    """Return the chart of the causes."""
    pack = terms.scenario.loaded.pack
    pair = " and ".join(pack.states[code].name for code in terms.dyad.split("-"))
    title = f"Why {pair} changed: {'the difference ' if terms.against else ''}{terms.title}"
    return {"terms": partial(terms_chart, terms, title, source(terms))}


def source(terms: Terms) -> str:
    """Return the line at the chart's foot."""
    scenario = terms.scenario
    cited = scenario.loaded.pack.case.article.citation
    return foot(version("cordiale"), scenario.loaded.pack.name, cited, scenario.seed, terms.worlds, "means over worlds")


@house_style()
def terms_chart(terms: Terms, title: str, source: str, *, width: float = PAGE) -> Figure:
    """Return what each cause has added since the start, means over worlds, one panel a quantity.

    What raised the quantity is stacked above zero, what lowered it below; the line is the net change. The causes
    that move most stand alone.

    Parameters
    ----------
    width : inches
    """
    added = {quantity: cumulated(terms, quantity) for quantity in terms.levels}
    at = np.array([to_index(quarter) for quarter in terms.quarters])
    at = np.array([at[0] - 1, *at])
    figure, panels = sheet(width, -(-len(added) // 2) * HEIGHT + 0.3, -(-len(added) // 2), 2, sharey=False)
    labels = []
    for k, (axes, (quantity, causes)) in enumerate(zip(panels, added.items(), strict=True)):
        _stack(axes, at, causes)
        labels.append(_labels(figure, axes, int(at[-1]), causes))
        quarter_axis(axes, at, width / 2 - LABEL - 0.7)
        value_axis(axes, *_reach([added[each] for each in added if each[:5] == quantity[:5]]))
        panel_title(figure, axes, _heading(terms, quantity), 2)
        change = "difference" if terms.against else "change"
        axes.set_ylabel(wrapped(figure, f"{change}, {_unit(terms, quantity)}", HEIGHT - 0.4), linespacing=1.1)
        axes.set_xlabel(quarter_label(at) if k + 2 >= len(added) else "")
    said = (
        "Differences world by world. Above zero: what has raised it more; below: what has lowered it more; line: net; "
        if terms.against
        else "Above zero: what has raised it since the start; below: what has lowered it; line: net change; "
    )
    finish(figure, title, said + "the panels of trust have one scale, the others their own", source)
    for axes, texts in zip(panels, labels, strict=True):
        spread(axes, texts)
    return figure


def cumulated(terms: Terms, quantity: str) -> dict[str, Array]:
    """Return what each cause of a quantity has added, mean over worlds: label -> (Q + 1,) from 0 on."""
    added: dict[str, Array] = {}
    for (of, cause), change in terms.changes.items():
        if of == quantity:
            label = plain(terms.cause_labels(quantity, cause).short)
            added[label] = added.get(label, 0.0) + np.append(0.0, np.cumsum(change.mean(axis=0)))
    added = {label: each for label, each in added.items() if each.any()} or added
    if len(added) <= SHOWN + 1:
        return added
    order = sorted(added, key=lambda label: -float(np.abs(added[label]).max()))
    rest = np.sum([added[label] for label in order[SHOWN:]], axis=0)
    return {**{label: added[label] for label in order[:SHOWN]}, OTHERS: rest}


def _heading(terms: Terms, quantity: str) -> str:
    """Return a panel's title with the mean at the start and at the end."""
    first, last = terms.levels[quantity].mean(axis=0)[[0, -1]]
    return f"{terms.quantity_label(quantity)}: " + f"{first:.3f} to {last:.3f}".replace("-", "−")


def _unit(terms: Terms, quantity: str) -> str:
    """Return the unit of the part of the headline that a quantity belongs to."""
    family = terms.scenario.family
    return points(family.measure(attribution_of(family).in_parts(quantity)[0]).unit)


def _reach(several: list[dict[str, Array]]) -> tuple[float, float]:
    """Return the lowest and the highest point of the stacks."""
    stacks = [np.stack(list(causes.values())) for causes in several]
    low = min(float(np.minimum(stack, 0).sum(axis=0).min()) for stack in stacks)
    return low, max(float(np.maximum(stack, 0).sum(axis=0).max()) for stack in stacks)


def _stack(axes: Axes, at: NDArray[np.int64], causes: dict[str, Array]) -> None:
    """Stack the causes, what has raised the quantity upward and what has lowered it downward."""
    for sign in (1.0, -1.0):
        foot = np.zeros(len(at))
        for (label, added), (colour, hatch) in zip(causes.items(), _fills(causes), strict=True):
            top = foot + sign * np.maximum(sign * added, 0.0)
            if not np.array_equal(top, foot):
                axes.fill_between(at, foot, top, facecolor=colour, alpha=0.55, hatch=hatch, gid=label,
                                  edgecolor="black", linewidth=0.3)  # fmt: skip
            foot = top
    axes.axhline(0.0, color="black", linewidth=0.5)
    net = np.sum(list(causes.values()), axis=0)
    axes.plot(at, net, color="black", linewidth=1.6, gid="net", clip_on=False)


def _fills(causes: dict[str, Array]) -> list[tuple[str, str]]:
    return [REST if label == OTHERS else FILLS[k % len(FILLS)] for k, label in enumerate(causes)]


def _labels(figure: Figure, axes: Axes, at: int, causes: dict[str, Array]) -> list[Annotation]:
    """Name each cause and what it has added at the end beside its layer."""
    ends = {label: float(added[-1]) for label, added in causes.items() if added.any()}
    heights, tops = [], {True: 0.0, False: 0.0}
    for end in ends.values():
        heights.append(tops[end >= 0] + end / 2)
        tops[end >= 0] += end
    numbers = [f"{end:+.3f}".replace("-", "−") for end in ends.values()]
    texts = [wrapped(figure, f"{label} {n}", LABEL, SMALL) for label, n in zip(ends, numbers, strict=True)]
    return end_labels(axes, at, heights, texts, ["black"] * len(texts))
