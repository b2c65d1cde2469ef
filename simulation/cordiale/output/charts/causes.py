"""Why a policy changes what holds two states together: what each cause of each part adds, quarter by quarter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from cordiale.case.quarters import day_of, end_of, to_index, to_text
from cordiale.models.units import unit_of, unit_words
from cordiale.output.charts.captions import caption_of
from cordiale.output.charts.end_labels import Label, end_labels
from cordiale.output.charts.frame import Words, finish, head, sheet
from cordiale.output.charts.recorded import Array
from cordiale.output.charts.style import house_style, inks, sizes, target
from cordiale.output.charts.timeline import time_axis, value_axis, when, zero_line
from cordiale.output.charts.titles import joined
from cordiale.study.attribution import Terms
from cordiale.study.estimate import LITTLE_CHANGE, Estimate, adding_up
from cordiale.study.labels import plain

HATCHES = ("", "///", "...", "\\\\\\", "")  # of the causes in their order, so that they differ in grey too
SHOWN = 4  # causes told apart, those that move most; the others are added up
OTHERS = "all others"
ROOM = (0.34, 0.2)  # share of the sheet that labels beside a panel take, of one column and of two
PANELS = 2  # on a slide, those that change most


def figures(terms: Terms) -> dict[str, Callable[[], Figure]]:
    """Return the chart of the causes."""
    return {"causes": partial(causes_chart, terms)}


def source(terms: Terms) -> str:
    """Return what a caption says of the run."""
    return caption_of(terms, "", f"{terms.worlds:,} world{'' if terms.worlds == 1 else 's'}")


@house_style()
def causes_chart(terms: Terms) -> Figure:
    """Return what each cause has added to the headline, means over worlds, one panel a quantity, on one scale.

    What raised it is stacked above zero, what lowered it below; the line is the net change. The causes that add most
    by the last quarter stand alone. On a slide the quantities that add most are drawn.
    """
    shown = quantities_shown(terms)
    added = {quantity: cumulated(terms, quantity) for quantity in shown}
    at = np.array([to_index(quarter) for quarter in terms.quarters])
    at = np.array([at[0] - 1, *at])
    columns = 1 if target().narrow else min(2, len(added))
    rows = -(-len(added) // columns)
    figure, panels = sheet(rows, columns, lines=15.5 * rows)
    for axes, (quantity, causes) in zip(panels, added.items(), strict=False):
        room = ROOM[columns > 1] * target().inches
        time_axis(axes, at, target().inches / columns - room - 0.7)
        _stack(axes, at, causes)
        value_axis(axes, *_reach(list(added.values())), signs=True)
        zero_line(axes)
        _policy(axes, terms)
        head(axes, _head(terms, quantity))
        end_labels(axes, float(axes.get_xlim()[1]), _labels(causes, terms.effect(quantity)), room)
    for axes in panels[len(added) :]:
        axes.remove()
    return finish(figure, _words(terms, shown))


def quantities_shown(terms: Terms) -> list[str]:
    """Return the quantities that have panels, those that add most first: all, and on a slide two."""
    return terms.by_size()[: PANELS if target().sheet.fixed else None]


def _head(terms: Terms, quantity: str) -> str:
    """Return a panel's head: what the quantity adds, with its interval."""
    found = terms.effect(quantity)
    interval = f" ({found.interval})" if np.isfinite(found.low) and found.clear else ""
    return f"{terms.quantity_label(quantity)}: {found.text()}{interval}"


def cumulated(terms: Terms, quantity: str) -> dict[str, Array]:
    """Return what each cause of a quantity has added to the headline, mean over worlds: label -> (Q + 1,) from 0 on."""
    added, weight = dict[str, Array](), terms.weight(quantity)
    for (of, cause), change in terms.changes.items():
        if of == quantity:
            label = plain(terms.cause_labels(quantity, cause).short)
            added[label] = added.get(label, 0.0) + weight * np.append(0.0, np.cumsum(change.mean(axis=0)))
    added = {label: each for label, each in added.items() if each.any()} or added
    if len(added) <= SHOWN + 1:
        return added
    order = sorted(added, key=lambda label: -abs(float(added[label][-1])))
    rest = np.sum([added[label] for label in order[SHOWN:]], axis=0)
    return {**{label: added[label] for label in order[:SHOWN]}, OTHERS: rest}


def _reach(several: Sequence[Mapping[str, Array]]) -> tuple[float, float]:
    """Return the lowest and the highest point of the stacks."""
    stacks = [np.stack(list(causes.values())) for causes in several]
    low = min(float(np.minimum(stack, 0).sum(axis=0).min()) for stack in stacks)
    return low, max(float(np.maximum(stack, 0).sum(axis=0).max()) for stack in stacks)


def _stack(axes: Axes, at: NDArray[np.int64], causes: Mapping[str, Array]) -> None:
    """Stack the causes, what has raised the quantity upward and what has lowered it downward."""
    for sign in (1.0, -1.0):
        foot = np.zeros(len(at))
        for (label, added), colour, hatch in zip(causes.items(), _colours(causes), HATCHES, strict=False):
            top = foot + sign * np.maximum(sign * added, 0.0)
            if not np.array_equal(top, foot):
                axes.fill_between(when(at), foot, top, facecolor=colour, alpha=0.75, hatch=hatch, gid=label,
                                  edgecolor=inks().paper, linewidth=sizes().line / 4, zorder=2)  # fmt: skip
            foot = top
    net = np.sum(list(causes.values()), axis=0)
    axes.plot(when(at), net, color=inks().ink, gid="net", clip_on=False, zorder=3)


def _colours(causes: Mapping[str, Array]) -> list[str]:
    """Return a colour a cause: of what is added up, and of a fifth, grey."""
    palette = inks()
    return [palette.baseline if k >= len(palette.series) or label == OTHERS else palette.series[k]
            for k, label in enumerate(causes)]  # fmt: skip


def _policy(axes: Axes, terms: Terms) -> None:
    """Draw the dashed line of the first day on which something happens, in the scenario and not in that against."""
    first = policy_start(terms)
    if first is not None:
        axes.axvline(first / 4, color=inks().ink, linewidth=sizes().line / 2, dashes=(4, 2), zorder=2.5, gid="policy")


def policy_start(terms: Terms) -> int | None:
    """Return the quarter with which the first event of the scenario begins; None where it has none in its time."""
    other = terms.against.events if terms.against else []
    own = [quarter.quarter for quarter, event in terms.scenario.events if (quarter, event) not in other]
    inside = [quarter for quarter in own if quarter <= to_index(terms.quarters[-1])]
    return min(inside, default=None)


def _labels(causes: Mapping[str, Array], whole: Estimate) -> list[Label]:
    """Name each cause and what it has added at the end beside its layer; what is printed sums to the whole."""
    tops, found = {True: 0.0, False: 0.0}, []
    shown = _printed(causes, whole)
    for (label, added), colour in zip(causes.items(), _colours(causes), strict=True):
        end = float(added[-1])
        height = tops[end >= 0] + end / 2
        tops[end >= 0] += end
        if added.any():
            found.append(Label(height, f"{label} {whole.text(shown[label])}", colour, True))
    return found


def _words(terms: Terms, shown: Sequence[str]) -> Words:
    by, since = end_of(terms.quarters[-1]), end_of(terms.since)
    minus = f"against “{terms.against.title}” in the same worlds" if terms.against else f"since {since}"
    unit = unit_words(terms.effect(shown[0]).unit, short=True)
    subtitle = joined(
        f"What each cause adds to the {terms.of} by {by}, {minus}, means over worlds, {unit}. Above zero: what raises "
        "it; below: what lowers it; line: all together, with its 95 % interval in the head"
    )
    first = policy_start(terms)
    left = [terms.quantity_label(each) for each in terms.levels if each not in shown]
    drawn = joined(
        "Colours tell causes apart within a panel alone; all panels have one scale",
        f"Dashed: {day_of(to_text(first))}, when “{terms.scenario.title}” begins" if first is not None else "",
        f"Not drawn, since they add less: {', '.join(left)}" if left else "",
    )  # fmt: skip
    told = "; ".join(f"{_head(terms, quantity)}{_through(terms, quantity)}" for quantity in shown)
    forms = _titles(terms, by)
    alt = f"Stacked areas of causes over quarters, a panel a part. {forms[0]}. {told}."
    return Words(forms, subtitle, joined(drawn, source(terms)), alt)


def _through(terms: Terms, quantity: str) -> str:
    """Return the cause that pulls most the way a quantity goes, with its number; "" where none does."""
    found, causes = terms.effect(quantity), {k: each for k, each in cumulated(terms, quantity).items() if k != OTHERS}
    shown = _printed(cumulated(terms, quantity), found)
    pulling = max(causes, key=lambda label: float(causes[label][-1]) * (1 if found.mean >= 0 else -1), default=None)
    if pulling is None or found.text(shown[pulling]) == "0":
        return ""
    return f", of which {pulling} {found.text(shown[pulling])}"


def _printed(causes: Mapping[str, Array], whole: Estimate) -> dict[str, float]:
    """Return what each cause has added at the end, printed so that they sum to the whole as that is printed."""
    ends = [float(each[-1]) for each in causes.values()]
    return dict(zip(causes, adding_up(ends, whole.mean, unit_of(whole.unit).digits), strict=True))


def _titles(terms: Terms, by: str) -> list[str]:
    """Return which part adds most to the headline, and through what."""
    quantity, name = terms.by_size()[0], terms.scenario.title
    found, what = terms.effect(quantity), terms.quantity_label(quantity)
    if not found.noticeable:
        clear = f"no part adds noticeably to the {terms.of}" if found.verdict == LITTLE_CHANGE else (
            f"no part clearly changes the {terms.of}"
        )  # fmt: skip
        return [f"{name}: {clear}", clear[:1].upper() + clear[1:]]
    what = what[:1].lower() + what[1:]
    told, through = f"{name}: {what} adds {found.full}", _through(terms, quantity)
    return [f"{told} to the {terms.of} by {by}{through}", f"{told}{through}", told]
