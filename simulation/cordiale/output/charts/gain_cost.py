"""What each scenario gains and what it costs, and those that no other beats on both (the Pareto front)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from matplotlib.figure import Figure

from cordiale.analysis.decision import non_dominated
from cordiale.case.quarters import end_of
from cordiale.files.errors import CordialeError
from cordiale.models.measures import within
from cordiale.models.units import unit_words
from cordiale.output.charts import titles
from cordiale.output.charts.forest import MARKS
from cordiale.output.charts.frame import Words, finish
from cordiale.output.charts.pareto import FEW, NAMED, NO_MONEY, UNNAMED, Field, Mark, any_cost, left_out, pareto
from cordiale.output.charts.recorded import Array, NotRecorded, one_of
from cordiale.output.charts.style import house_style, inks, scenario_ink
from cordiale.study import labels as words
from cordiale.study.estimate import Estimate, clearly_first
from cordiale.study.study import Study

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
    """A scenario's gain and cost against the first one, in the same worlds.

    Attributes
    ----------
    gains : (worlds,) of which the gain is the mean; empty where they are not known
    """

    name: str
    title: str
    gain: Estimate
    cost: Estimate
    gains: Array = field(default_factory=lambda: np.empty(0), repr=False, compare=False)


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
    plane = Field(
        words.scenario_title(study, study.scenarios[0]), titles.subject_of(study, gained, entity), held.label,
        more=held.more,
    )  # fmt: skip
    marks = [_mark(study, each, each in front, scenario) for each in policies]
    figure = pareto(plane, marks, [marks[policies.index(each)] for each in front], scenario)
    return finish(figure, _words(study, gained, entity, held, policies, front, left_out(plane, marks)))


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

    gain, paid = (study.measure(each.partition(":")[0]) for each in (gained, cost.measures[0]))
    per = "0 to 1" if paid.yes_no and len(cost.measures) > 1 else paid.unit  # a mean of several is no yes or no
    gains = gap([gained])
    return Policy(
        scenario, words.scenario_title(study, scenario), Estimate.of(gains, gain.unit, gain.good),
        Estimate.of(gap(cost.measures), per, "less" if cost.more else "more"), gains,
    )  # fmt: skip


def on_front(policies: Sequence[Policy], more: bool) -> list[Policy]:
    """Return the policies that neither another one nor doing nothing beats on both, from the cheapest on."""
    sign = 1.0 if more else -1.0
    points = np.array([(0.0, 0.0), *((each.gain.mean, -sign * each.cost.mean) for each in policies)])
    found = [each for each, kept in zip(policies, non_dominated(points)[1:], strict=True) if kept]
    return sorted(found, key=lambda each: sign * each.cost.mean)


def _mark(study: Study, policy: Policy, front: bool, asked: str | None) -> Mark:
    place = study.scenarios.index(policy.name)
    if len(study.scenarios) - 1 <= FEW:
        colour = scenario_ink(place).colour
    else:
        colour = inks().series[0] if policy.name == asked else inks().soft
    return Mark(policy.name, policy.title, policy.gain, policy.cost, colour, front)


def _words(
    study: Study, gained: str, entity: str, cost: Cost, policies: Sequence[Policy], front: Sequence[Policy], left: str
) -> Words:  # fmt: skip
    of, by = titles.subject_of(study, gained, entity), end_of(study.quarters()[-1])
    first = words.scenario_title(study, study.scenarios[0])
    held = any_cost([_mark(study, each, False, None) for each in policies])
    unit = unit_words(study.measure(gained).unit)
    per = unit_words(study.measure(cost.measures[0].partition(":")[0]).unit)
    paid = within(cost.label)
    same = "" if unit == per or not held else f"; {paid} {per}"
    what = f"{of} (up) and to {paid} (right)" if held else of
    subtitle = titles.joined(
        f"What {'each' if len(policies) > 1 else 'the'} policy adds to {what} by {by}, against “{first}” in the same "
        f"worlds; {unit}{same}"
    )
    intervals = " with 95 % intervals" if len(policies) <= FEW else ""
    drawn = (
        f"Means over worlds{intervals}. Diamonds: policies that no other beats on both, nor doing nothing "
        f"(the Pareto front). {'' if len(policies) <= NAMED else UNNAMED}{NO_MONEY}"
    ) if held else f"{MARKS}. {left}No policy noticeably changes {paid}. {NO_MONEY}"  # fmt: skip
    told = "; ".join(f"{each.title}: gain {each.gain.full}, cost {each.cost.full}" for each in (front or policies[:8]))
    forms = _titles(cost, policies, of)
    count = f"{len(policies)} {'policy' if len(policies) == 1 else 'policies'}"
    kind = f"A scatter of {count} by gain and cost" if held else f"Sorted gains of {count}"
    alt = f"{kind}. {forms[0]}. " + (
        f"On the Pareto front: {told}." if front else f"None is better than doing nothing. {told}."
    )
    return Words(forms, subtitle, titles.caption(study, drawn), alt)


def _titles(cost: Cost, policies: Sequence[Policy], of: str) -> list[str]:
    """Return which policy gains most and at what cost; or which one gains as much for less, where there is one.

    None is said to gain most where the first two do not differ clearly.
    """
    best, paid = max(policies, key=lambda each: each.gain.mean), within(cost.label)
    if not (best.gain.noticeable and best.gain.mean > 0):
        return [f"No policy noticeably raises {of}", "No policy gains noticeably"]
    price = -best.cost.better
    cheaper = [
        each for each in policies
        if each is not best and each.gain.mean >= ALIKE * best.gain.mean and -each.cost.better <= CHEAP * price
    ]  # fmt: skip
    if price > 0 and best.cost.noticeable and cheaper:
        other = min(cheaper, key=lambda each: -each.cost.better)
        share = max(0.0, 100 * -other.cost.better / price)
        return [
            f"“{other.title}” raises {of} about as much as “{best.title}”, for {share:.0f} % of the cost",
            f"“{other.title}” gains about as much as “{best.title}” for {share:.0f} % of the cost",
        ]
    tail = f"for {best.cost.full} in {paid}" if best.cost.noticeable else f"with {best.cost.verdict} in {paid}"
    first, *others = sorted(policies, key=lambda each: -each.gain.mean)
    if others and others[0].gain.noticeable and not clearly_first([first.gains, others[0].gains]):
        both = f"“{first.title}” and “{others[0].title}”"
        numbers = f"{first.gain.full} and {others[0].gain.full}"
        return [f"{both} raise {of} about as much: {numbers}", f"{both} gain about as much: {numbers}"]
    most = "" if len(policies) == 1 else " most"
    return [f"“{best.title}” raises {of}{most}: {best.gain.full}, {tail}",
            f"“{best.title}” gains{most}: {best.gain.full}, {tail}"]  # fmt: skip
