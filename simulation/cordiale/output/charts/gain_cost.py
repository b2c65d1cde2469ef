"""What each scenario gains and what it costs, and those that no other beats on both (the Pareto front)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator
from matplotlib.transforms import Bbox

from cordiale.files.errors import CordialeError
from cordiale.output.charts import titles
from cordiale.output.charts.frame import Words, finish, page_of, sheet
from cordiale.output.charts.recorded import Array, NotRecorded, one_of
from cordiale.output.charts.scales import scale_of
from cordiale.output.charts.style import house_style, inks, scenario_ink, sizes
from cordiale.output.charts.timeline import end_of, tick_text, value_axis
from cordiale.study import labels as words
from cordiale.study.intervals import difference_interval
from cordiale.study.study import Study

COLOURED = 4  # scenarios that have colours of their own
ALIKE, CHEAP = 0.9, 0.5  # of the best gain and of its cost, at which another one is as good and cheaper


@dataclass(frozen=True)
class Cost:
    """What a gain is held against.

    Attributes
    ----------
    label : "Chinese pressure on France"
    measures : each of one entity; the cost is their mean
    more : whether more of it is worse
    """

    label: str
    measures: tuple[str, ...]
    more: bool = True


@dataclass(frozen=True)
class Policy:
    """A scenario's gain and cost against the first one, mean over the same worlds, with 95 % intervals."""

    name: str
    title: str
    gain: tuple[float, float, float]
    cost: tuple[float, float, float]


@house_style()
def gain_cost(study: Study, measure: str | None = None, cost: str | None = None, scenario: str | None = None) -> Figure:
    """Return each scenario's gain (up) and cost (right) in the last quarter, against the first in the same worlds.

    Parameters
    ----------
    measure : what is gained, as in `fan`
    cost : of what more is worse, such as "pressure.CHN:FRA"; where None, the first cost of the pair's first state that
        its pack names and the study records
    scenario : one that is in colour where there are many

    Raises
    ------
    OptionError where the study lacks a measure or has but one scenario
    """
    gained, entity = one_of(study, "gain_cost", measure)
    if len(study.scenarios) < 2:
        raise NotRecorded("the chart 'gain_cost' needs two scenarios: run another one beside the first")
    if scenario is not None:
        study.about(scenario)
    held = cost_of(study, cost)
    policies = [_policy(study, f"{gained}:{entity}", held, name) for name in study.scenarios[1:]]
    front = on_front(policies, held.more)
    figure, (axes,) = sheet(lines=24)
    _axes(axes, study, gained, entity, held, policies)
    _points(axes, study, policies, front, scenario)
    figure.later.append(partial(_label, axes, study, policies, front, scenario, held))
    return finish(figure, _words(study, gained, entity, held, policies, front))


def cost_of(study: Study, cost: str | None) -> Cost:
    """Return what a gain is held against; NotRecorded where the study records no cost of the pair's first state."""
    if cost is not None:
        name, entity = study.single(cost)
        return Cost(words.subject(study, name, entity), (f"{name}:{entity}",))
    state = str(study.manifest["focus"]).split("-")[0]
    known = costs_of_pack(study, state)
    for each in known:
        if all(_recorded(study, measure) for measure in each.measures):
            return each
    wanted = known[0].measures[0] if known else f"pressure:{state}"
    if _recorded(study, wanted):
        name, entity = study.single(wanted)
        return Cost(words.subject(study, name, entity), (wanted,))
    raise NotRecorded(
        f"the chart 'gain_cost' needs '{wanted}', which not every scenario records: add it to `measures` in the "
        "scenario's file, or name another cost"
    )


def costs_of_pack(study: Study, state: str) -> list[Cost]:
    """Return the costs of a state that the study's pack names; none where the pack is not here any more."""
    from cordiale.scenario.load import load_case

    try:
        said = load_case(str(study.manifest["pack"])).pack.states[state].costs
    except (CordialeError, KeyError):
        return []
    return [Cost(words.plain(each.label), tuple(each.measures), each.worse != "less") for each in said.values()]


def _recorded(study: Study, measure: str) -> bool:
    name, _, entity = measure.partition(":")
    turned = "-".join(sorted(entity.split("-")))
    return all({entity, turned} & set(study.measures(each).get(name, [])) for each in study.scenarios)


def _policy(study: Study, gained: str, cost: Cost, scenario: str) -> Policy:
    def gap(measures: Sequence[str]) -> Array:
        ends = [study.values(each, scenario=scenario, quarter=-1) - study.values(each, quarter=-1) for each in measures]
        return np.asarray(np.mean(ends, axis=0))

    of_share = study.measure(gained.partition(":")[0]).yes_no
    return Policy(
        scenario, words.scenario_title(study, scenario), difference_interval(gap([gained]), of_share),
        difference_interval(gap(cost.measures), False),
    )  # fmt: skip


def on_front(policies: Sequence[Policy], more: bool) -> list[Policy]:
    """Return the policies that neither another one nor doing nothing beats on both, from the cheapest on."""
    sign = 1.0 if more else -1.0
    points = [(0.0, 0.0), *((each.gain[0], sign * each.cost[0]) for each in policies)]

    def beaten(gain: float, cost: float) -> bool:
        return any(one >= gain and two <= cost and (one > gain or two < cost) for one, two in points)

    found = [each for each in policies if not beaten(each.gain[0], sign * each.cost[0])]
    return sorted(found, key=lambda each: sign * each.cost[0])


def _axes(
    axes: Axes, study: Study, gained: str, entity: str, cost: Cost, policies: Sequence[Policy]
) -> None:  # fmt: skip
    gains = [0.0, *(each.gain[0] for each in policies)]
    costs = [0.0, *(each.cost[0] for each in policies)]
    reach, least = max(costs) - min(costs), 0.5 * _step(study, cost)
    edge = max(0.12 * reach, least)
    low, high = min(costs) - edge, max(costs) + edge
    axes.set_xlim((low, high) if cost.more else (high, low))
    ticks = [
        each for each in MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high) if low < each < high
    ]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda tick, _: tick_text(tick, ticks, True)))
    spread = max(max(gains) - min(gains), 2 * scale_of(study, gained).step)
    value_axis(axes, min(gains) - 0.08 * spread, max(gains) + 0.08 * spread, signs=True,
               percent=study.measure(gained).yes_no)  # fmt: skip
    axes.grid(axis="both")
    axes.axhline(0.0, color=inks().soft, linewidth=sizes().line / 2, zorder=1)
    axes.axvline(0.0, color=inks().soft, linewidth=sizes().line / 2, zorder=1)
    free = (low, 0.0) if cost.more else (0.0, high)
    axes.axvspan(*free, color=inks().band, alpha=0.5, linewidth=0, zorder=0)
    way = "more" if cost.more else "less"
    name = (
        cost.label[:1].lower() + cost.label[1:] if not cost.label[:2].isupper() and _common(cost.label) else cost.label
    )
    axes.set_xlabel(f"Cost: {way} {name} →" if not cost.label.startswith("Chinese") else f"Cost: {way} {cost.label} →",
                    loc="right", weight="bold", color=inks().ink)  # fmt: skip
    of = titles.subject_of(study, gained, entity)
    axes.set_title(f"↑ Gain: {of}", loc="left", weight="bold", size=sizes().small, pad=0.5 * sizes().small)


def _common(label: str) -> bool:
    """Whether a label begins with a common word, which is small within a sentence."""
    return label.split()[0] in ("Alignment", "Pressure", "Events", "Trust", "Position")


def _step(study: Study, cost: Cost) -> float:
    return scale_of(study, cost.measures[0].partition(":")[0]).step


def _colour(study: Study, policy: Policy, asked: str | None) -> str:
    place = study.scenarios.index(policy.name)
    if len(study.scenarios) - 1 <= COLOURED:
        return scenario_ink(place).colour
    return inks().series[0] if policy.name == asked else inks().soft


def _points(
    axes: Axes, study: Study, policies: Sequence[Policy], front: Sequence[Policy], asked: str | None
) -> None:  # fmt: skip
    """Draw a mark a policy with its intervals, a diamond where none beats it, and a line through those."""
    size = 2.4 * sizes().line
    for each in policies:
        colour = _colour(study, each, asked)
        thin = {"color": colour, "linewidth": sizes().line / 2.5, "alpha": 0.7, "zorder": 3}
        x, y = each.cost[0], each.gain[0]
        if (len(policies) <= COLOURED or each.name == asked) and np.isfinite([*each.cost, *each.gain]).all():
            axes.plot(each.cost[1:], [y, y], **thin)  # type: ignore[arg-type]
            axes.plot([x, x], each.gain[1:], **thin)  # type: ignore[arg-type]
        axes.plot([x], [y], color=colour, marker="D" if each in front else "o", markersize=size, zorder=4, gid="policy",
                  linestyle="none", markeredgecolor=inks().paper, markeredgewidth=sizes().line / 4)  # fmt: skip
    axes.plot([0.0], [0.0], color=scenario_ink(0).colour, marker="s", markersize=size, zorder=4, gid="baseline")
    if len(front) > 1:
        axes.step([each.cost[0] for each in front], [each.gain[0] for each in front], where="post",
                  color=inks().soft, linewidth=sizes().line / 1.5, zorder=2, gid="front")  # fmt: skip


def _label(
    axes: Axes, study: Study, policies: Sequence[Policy], front: Sequence[Policy], asked: str | None, cost: Cost
) -> None:  # fmt: skip
    """Name the policies, those first that matter most, wherever a name touches no other name and no mark."""
    figure = page_of(axes)
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    box, size, em = axes.get_window_extent(), sizes().small, sizes().small * figure.dpi / 72
    points = [(0.0, 0.0), *((each.cost[0], each.gain[0]) for each in policies)]
    taken = [
        Bbox.from_bounds(x - em / 2.5, y - em / 2.5, em / 1.25, em / 1.25)
        for x, y in map(axes.transData.transform, points)
    ]
    for each in policies if len(policies) <= COLOURED else ():  # of many, intervals are left to be crossed
        for low, high in (((each.cost[1], each.gain[0]), (each.cost[2], each.gain[0])),
                          ((each.cost[0], each.gain[1]), (each.cost[0], each.gain[2]))):  # fmt: skip
            if np.isfinite([*low, *high]).all():
                taken.append(Bbox([axes.transData.transform(low), axes.transData.transform(high)]).padded(1))
    corner = "gain, and no more cost"
    side = 0.012 if cost.more else 0.988
    text = axes.text(side, 0.985, corner, transform=axes.transAxes, va="top", ha="left" if cost.more else "right",
                     size=size, color=inks().soft, weight="bold")  # fmt: skip
    corners = [text] if _free(text.get_window_extent(renderer), taken, box) else []
    if not corners:
        text.remove()
    taken += [each.get_window_extent(renderer) for each in corners]
    reach = [
        max(float(np.ptp(part)), 1e-12) for part in np.array([[p.cost[0], p.gain[0]] for p in policies] + [[0, 0]]).T
    ]

    def weight(each: Policy) -> float:
        return (
            float(np.hypot(each.cost[0] / reach[0], each.gain[0] / reach[1]))
            + (each in front)
            + 9 * (each.name == asked)
        )

    named: list[tuple[str, float, float, str]] = [
        (each.title, each.cost[0], each.gain[0], _colour(study, each, asked))
        for each in sorted(policies, key=weight, reverse=True)
    ]
    named.insert(
        min(len(named), 8), (words.scenario_title(study, study.scenarios[0]), 0.0, 0.0, scenario_ink(0).colour)
    )
    many = len(study.scenarios) - 1 > COLOURED
    for title, x, y, colour in named:
        _place(axes, title, (x, y), inks().ink if many and colour == inks().soft else colour, taken, box, renderer)


def _place(
    axes: Axes, title: str, at: tuple[float, float], colour: str, taken: list[Bbox], box: Bbox, renderer: RendererBase
) -> None:  # fmt: skip
    """Write a name beside its mark, at the first place that is free; nowhere where none is."""
    gap = 0.8 * sizes().small
    ways = [(1, 0.9), (1, -0.9), (-1, 0.9), (-1, -0.9), (1, 0), (-1, 0), (0, 1.3), (0, -1.3)]
    for across, up in ways:
        text: Annotation = axes.annotate(
            title, at, xytext=(gap * across, gap * up), textcoords="offset points", size=sizes().small, color=colour,
            ha={1: "left", -1: "right", 0: "center"}[across], va="center", annotation_clip=False, zorder=6,
        )  # fmt: skip
        text.update_positions(renderer)
        extent = Text.get_window_extent(text, renderer)
        if _free(extent, taken, box):
            taken.append(extent)
            return
        text.remove()


def _free(extent: Bbox, taken: Sequence[Bbox], box: Bbox) -> bool:
    inside = extent.x0 >= box.x0 and extent.x1 <= box.x1 and extent.y0 >= box.y0 and extent.y1 <= box.y1
    return inside and not any(extent.overlaps(each) for each in taken)


def _words(
    study: Study, gained: str, entity: str, cost: Cost, policies: Sequence[Policy], front: Sequence[Policy]
) -> Words:  # fmt: skip
    of, by = titles.subject_of(study, gained, entity), end_of(study.quarters()[-1])
    first = words.scenario_title(study, study.scenarios[0])
    many = "Each mark is a policy" if len(policies) > 1 else "The mark is the policy"
    unit = titles.unit_words(study.measure(gained))
    per = titles.unit_words(study.measure(cost.measures[0].partition(":")[0]))
    same = "" if unit == per else f"; {cost.label} {per}"
    subtitle = titles.joined(
        f"{many}: what it adds to {of} (up) and to {cost.label} (right) by {by}, against “{first}” in the same worlds; "
        f"{unit}{same}"
    )
    intervals = " with 95 % intervals" if len(policies) <= COLOURED else ""
    drawn = (
        f"Means over worlds{intervals}. Diamonds: policies that no other beats on both, nor doing nothing "
        "(the Pareto front). A mark without a name has no room for it. The model counts no money"
    )
    told = "; ".join(f"{each.title} {_pair(study, gained, cost, each)}" for each in (front or policies[:8]))
    forms = _titles(study, gained, cost, policies, of)
    alt = f"A scatter of {len(policies)} policies by gain and cost. {forms[0]}. " + (
        f"On the Pareto front: {told}." if front else f"None is better than doing nothing. {told}."
    )
    return Words(forms, subtitle, titles.caption(study, drawn), alt)


def _pair(study: Study, gained: str, cost: Cost, policy: Policy) -> str:
    return f"gain {_gain(study, gained, policy)}, cost {_cost(study, cost, policy)}"


def _gain(study: Study, gained: str, policy: Policy) -> str:
    if study.measure(gained).yes_no:
        return titles.points(policy.gain[0])
    return titles.signed(policy.gain[0], scale_of(study, gained).digits)


def _cost(study: Study, cost: Cost, policy: Policy) -> str:
    return titles.signed(policy.cost[0], scale_of(study, cost.measures[0].partition(":")[0]).digits)


def _titles(
    study: Study, gained: str, cost: Cost, policies: Sequence[Policy], of: str
) -> list[str]:  # fmt: skip
    """Return which policy gains most and at what cost; or which one gains as much for less, where there is one."""
    step = scale_of(study, gained).step
    best = max(policies, key=lambda each: each.gain[0])
    if best.gain[0] < step or best.gain[1] <= 0:
        return [f"No policy raises {of} enough to notice", "No policy gains enough to notice"]
    sign = 1.0 if cost.more else -1.0
    price = sign * best.cost[0]
    cheaper = [
        each for each in policies
        if each is not best and each.gain[0] >= ALIKE * best.gain[0] and sign * each.cost[0] <= CHEAP * price
    ]  # fmt: skip
    if price >= _step(study, cost) and cheaper:
        other = min(cheaper, key=lambda each: sign * each.cost[0])
        share = max(0.0, 100 * sign * other.cost[0] / price)
        return [
            f"“{other.title}” raises {of} about as much as “{best.title}”, for {share:.0f} % of the cost",
            f"“{other.title}” gains about as much as “{best.title}” for {share:.0f} % of the cost",
        ]
    gain, paid = _gain(study, gained, best), _cost(study, cost, best)
    tail = (
        f"for {paid} in {cost.label}"
        if abs(best.cost[0]) >= _step(study, cost)
        else f"at next to no cost ({cost.label})"
    )
    return [f"“{best.title}” raises {of} most, {gain}, {tail}", f"“{best.title}” gains most: {gain}, {tail}"]
