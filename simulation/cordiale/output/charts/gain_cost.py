"""What each scenario gains and what it costs, and those that no other beats on both (the Pareto front)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from cordiale.analysis.decision import non_dominated
from cordiale.case.quarters import end_of
from cordiale.files.errors import CordialeError
from cordiale.models.measures import within
from cordiale.output.charts import titles
from cordiale.output.charts.axes import scale_of
from cordiale.output.charts.frame import Words, finish
from cordiale.output.charts.pareto import FEW, NAMED, Field, Mark, pareto
from cordiale.output.charts.recorded import Array, NotRecorded, one_of
from cordiale.output.charts.style import house_style, inks, scenario_ink
from cordiale.study import labels as words
from cordiale.study.intervals import difference_interval
from cordiale.study.study import Study

UNNAMED = "A mark without a name has no room for it. "
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
    field = Field(
        words.scenario_title(study, study.scenarios[0]), titles.subject_of(study, gained, entity), held.label,
        (scale_of(study, gained).step, _step(study, held)), more=held.more, share=study.measure(gained).yes_no,
    )  # fmt: skip
    marks = [_mark(study, each, each in front, scenario) for each in policies]
    figure = pareto(field, marks, [marks[policies.index(each)] for each in front], scenario)
    return finish(figure, _words(study, gained, entity, held, policies, front))


def cost_of(study: Study, cost: str | None) -> Cost:
    """Return what a gain is held against; NotRecorded where the study records no cost of the pair's first state."""
    if cost is not None:
        name, entity = study.single(cost)
        return Cost(words.subject(study, name, entity), (f"{name}:{entity}",))
    state = words.focus_first(study)
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
    points = np.array([(0.0, 0.0), *((each.gain[0], -sign * each.cost[0]) for each in policies)])
    found = [each for each, kept in zip(policies, non_dominated(points)[1:], strict=True) if kept]
    return sorted(found, key=lambda each: sign * each.cost[0])


def _step(study: Study, cost: Cost) -> float:
    return scale_of(study, cost.measures[0].partition(":")[0]).step


def _mark(study: Study, policy: Policy, front: bool, asked: str | None) -> Mark:
    place = study.scenarios.index(policy.name)
    if len(study.scenarios) - 1 <= FEW:
        colour = scenario_ink(place).colour
    else:
        colour = inks().series[0] if policy.name == asked else inks().soft
    return Mark(policy.name, policy.title, policy.gain, policy.cost, colour, front)


def _words(
    study: Study, gained: str, entity: str, cost: Cost, policies: Sequence[Policy], front: Sequence[Policy]
) -> Words:  # fmt: skip
    of, by = titles.subject_of(study, gained, entity), end_of(study.quarters()[-1])
    first = words.scenario_title(study, study.scenarios[0])
    many = "Each mark is a policy" if len(policies) > 1 else "The mark is the policy"
    unit = titles.unit_words(study.measure(gained))
    per = titles.unit_words(study.measure(cost.measures[0].partition(":")[0]))
    paid = within(cost.label)
    same = "" if unit == per else f"; {paid} {per}"
    subtitle = titles.joined(
        f"{many}: what it adds to {of} (up) and to {paid} (right) by {by}, against “{first}” in the same worlds; "
        f"{unit}{same}"
    )
    intervals = " with 95 % intervals" if len(policies) <= FEW else ""
    drawn = (
        f"Means over worlds{intervals}. Diamonds: policies that no other beats on both, nor doing nothing "
        f"(the Pareto front). {'' if len(policies) <= NAMED else UNNAMED}The model counts no money"
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
        f"for {paid} in {within(cost.label)}"
        if abs(best.cost[0]) >= _step(study, cost)
        else f"at next to no cost ({within(cost.label)})"
    )
    if len(policies) == 1:
        return [f"“{best.title}” raises {of} by {gain}, {tail}", f"“{best.title}” gains {gain}, {tail}"]
    return [f"“{best.title}” raises {of} most, {gain}, {tail}", f"“{best.title}” gains most: {gain}, {tail}"]
