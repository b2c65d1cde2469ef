"""Why a dyad changed: what each cause has added to trust, activity and similarity since the start."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from cordiale.case.quarters import day_of, end_of, to_index, to_text
from cordiale.output.charts.axes import Scale, scale_of_unit
from cordiale.output.charts.captions import caption_of
from cordiale.output.charts.end_labels import Label, end_labels
from cordiale.output.charts.frame import Words, finish, head, sheet
from cordiale.output.charts.recorded import Array
from cordiale.output.charts.style import house_style, inks, sizes, target
from cordiale.output.charts.timeline import time_axis, value_axis, when, zero_line
from cordiale.output.charts.titles import joined, signed
from cordiale.study.attribution import Terms, attribution_of
from cordiale.study.intervals import interval
from cordiale.study.labels import plain

HATCHES = ("", "///", "...", "\\\\\\", "")  # of the causes in their order, so that they differ in grey too
SHOWN = 4  # causes told apart, those that move most; the others are added up
OTHERS = "all others"
ROOM = (0.34, 0.2)  # share of the sheet that labels beside a panel take, of one column and of two
PANELS = 2  # on a slide, those that change most


@dataclass(frozen=True)
class Net:
    """What a quantity changed by in all.

    Attributes
    ----------
    first, last : mean at the start and at the end; of a difference both are differences
    mean, low, high : of the change
    scale : how fine it is told
    """

    name: str
    first: float
    last: float
    mean: float
    low: float
    high: float
    scale: Scale

    def told(self, value: float) -> str:
        """Return a change with its sign."""
        return signed(value, self.scale.digits)


def figures(terms: Terms) -> dict[str, Callable[[], Figure]]:
    """Return the chart of the causes."""
    return {"terms": partial(terms_chart, terms)}


def source(terms: Terms) -> str:
    """Return what a caption says of the run."""
    against = ["--against", terms.against.name] if terms.against else []
    worlds = f"{terms.worlds:,} world{'' if terms.worlds == 1 else 's'}"
    command = ["terms", terms.scenario.name, "--dyad", terms.dyad, *against, "--worlds", str(terms.worlds)]
    return caption_of(terms.scenario, "", worlds, command)


@house_style()
def terms_chart(terms: Terms) -> Figure:
    """Return what each cause has added since the start, means over worlds, one panel a quantity.

    What raised the quantity is stacked above zero, what lowered it below; the line is the net change. The causes
    that move most stand alone. On a slide the quantities that change most are drawn.
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
        value_axis(axes, *_reach([added[each] for each in added if each[:5] == quantity[:5]]), signs=True)
        zero_line(axes)
        _policy(axes, terms)
        net = net_of(terms, quantity)
        head(axes, _head(net))
        end_labels(axes, float(axes.get_xlim()[1]), _labels(causes, net.scale.digits), room)
    for axes in panels[len(added) :]:
        axes.remove()
    return finish(figure, _words(terms, shown))


def quantities_shown(terms: Terms) -> list[str]:
    """Return the quantities that have panels: all, and on a slide those that change most."""
    most = sorted(terms.levels, key=lambda quantity: -abs(net_of(terms, quantity).mean))
    kept = most[: PANELS if target().sheet.fixed else None]
    return [quantity for quantity in terms.levels if quantity in kept]


def net_of(terms: Terms, quantity: str) -> Net:
    """Return what a quantity changed by since the start, mean over worlds with its 95 % interval."""
    level = terms.levels[quantity]
    first, last = level.mean(axis=0)[[0, -1]]
    scale = scale_of_unit(_unit(terms, quantity))
    return Net(terms.quantity_label(quantity), first, last, *interval(level[:, -1] - level[:, 0]), scale)


def _head(net: Net) -> str:
    """Return a panel's head: the net change with its interval."""
    interval = f" ({net.told(net.low)} to {net.told(net.high)})" if np.isfinite(net.low) else ""
    return f"{net.name}: {net.told(net.mean)}{interval}"


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


def _unit(terms: Terms, quantity: str) -> str:
    """Return the unit of the part of the headline that a quantity belongs to."""
    family = terms.scenario.family
    return family.measure(attribution_of(family).in_parts(quantity)[0]).unit


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


def _labels(causes: Mapping[str, Array], digits: int) -> list[Label]:
    """Name each cause and what it has added at the end beside its layer."""
    tops, found = {True: 0.0, False: 0.0}, []
    for (label, added), colour in zip(causes.items(), _colours(causes), strict=True):
        end = float(added[-1])
        height = tops[end >= 0] + end / 2
        tops[end >= 0] += end
        if added.any():
            found.append(Label(height, f"{label} {signed(end, digits)}", colour, True))
    return found


def _words(terms: Terms, shown: Sequence[str]) -> Words:
    pack = terms.scenario.loaded.pack
    pair = " and ".join(pack.states[code].name for code in terms.dyad.split("-"))
    by, since = end_of(terms.quarters[-1]), end_of(to_text(to_index(terms.quarters[0]) - 1))
    nets = {quantity: net_of(terms, quantity) for quantity in shown}
    minus = f", less the same under “{terms.against.title}” in the same worlds" if terms.against else ""
    subtitle = joined(
        f"What each cause has added since {since} to what holds {pair} together{minus}, means over worlds. Above zero: "
        f"what raised it; below: what lowered it; line: net change, with its 95 % interval in the head. In "
        f"{_unit(terms, shown[0])}"
    )
    first = policy_start(terms)
    scale = "Panels of trust have one scale, the others their own" if len(shown) > 1 else ""
    left = [terms.quantity_label(each) for each in terms.levels if each not in shown]
    drawn = joined(
        "Colours tell causes apart within a panel alone", scale,
        f"Dashed: {day_of(to_text(first))}, when “{terms.scenario.title}” begins" if first is not None else "",
        f"Not drawn, since they change less: {', '.join(left)}" if left else "",
    )  # fmt: skip
    told = "; ".join(
        f"{net.name} {net.told(net.mean)}{'' if terms.against else _ends(net)} ({_through(terms, quantity, net)})"
        for quantity, net in nets.items()
    )
    forms = _titles(terms, nets, pair, by)
    alt = f"Stacked areas of causes over quarters, a panel a quantity. {forms[0]}. {told}."
    return Words(forms, subtitle, joined(drawn, source(terms)), alt)


def _ends(net: Net) -> str:
    return f", from {net.first:.2f} to {net.last:.2f}".replace("-", "−")


def _through(terms: Terms, quantity: str, net: Net) -> str:
    """Return the cause that pulls most the way a quantity changed, with its number."""
    causes = {label: float(added[-1]) for label, added in cumulated(terms, quantity).items() if label != OTHERS}
    pulling = max(causes, key=lambda label: causes[label] * (1 if net.mean >= 0 else -1), default="")
    return f"{pulling} {net.told(causes[pulling])}" if pulling else "nothing"


def _titles(terms: Terms, nets: Mapping[str, Net], pair: str, by: str) -> list[str]:
    """Return which quantity changes most and through what."""
    clear = [each for each, net in nets.items() if net.low > 0 or net.high < 0]
    quantity = max(clear or nets, key=lambda each: abs(nets[each].mean))
    net, sure = nets[quantity], bool(clear)
    name = f"“{terms.scenario.title}”"
    through = _through(terms, quantity, net)
    what = net.name if net.name.startswith("Trust") else f"{net.name} of {pair}"
    if terms.against:
        if not sure:
            return [
                f"{name} changes nothing clearly between {pair}: {what} {net.told(net.mean)}",
                f"{name} changes nothing clearly: {net.told(net.mean)} at most",
            ]
        if abs(net.mean) < net.scale.step:
            return [
                f"{name} changes nothing enough to notice between {pair}: {what} {net.told(net.mean)}",
                f"{name} changes nothing enough to notice: {net.told(net.mean)}",
            ]
        verb = "raises" if net.mean > 0 else "lowers"
        small = what[:1].lower() + what[1:]
        return [
            f"{name} {verb} {small} most, by {net.told(net.mean)}, above all through {through}",
            f"{name} {verb} {small} by {net.told(net.mean)}",
            f"{name}: {small} {net.told(net.mean)}",
        ]
    verb = "rises" if net.mean > 0 else "falls"
    hedge = ", in one world" if terms.worlds == 1 else "" if sure else ", though not clearly"
    return [
        f"{what} {verb} most by {by}: {net.told(net.mean)}{hedge}, above all through {through}",
        f"{what} {verb} most: {net.told(net.mean)}, through {through}{hedge}",
        f"{what} {verb} most: {net.told(net.mean)}{hedge}",
    ]
