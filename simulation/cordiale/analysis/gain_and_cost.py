"""What each scenario of a study gains and costs against another of the same study, in the same worlds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cordiale.analysis.moves import Change
from cordiale.models.random import Array
from cordiale.scenario.costs import LoadedCost
from cordiale.study.attribution import moved_by
from cordiale.study.findings import effect_words
from cordiale.study.intervals import few_differ
from cordiale.study.study import Study


@dataclass(frozen=True)
class Weighed:
    """A scenario with what it gains and costs.

    Attributes
    ----------
    scenario, against : names of it, and of what it is compared with
    gain : change of the focus dyad's headline in the last quarter; None where nothing can be compared
    differences : (worlds,) of which the gain is the mean; empty where there is none
    costs : name -> change of its mean over the quarters after the first; without those that are not recorded
    parts : by how much each part moves the headline, means that sum to the gain; empty where it has no parts
    few : "gain", or name of a cost -> in how many worlds there is a difference, where that is in few
    words : the gain in a sentence, or why there is none
    """

    scenario: str
    against: str
    gain: Change | None
    differences: Array = field(repr=False)
    costs: Mapping[str, Change]
    parts: Mapping[str, float]
    few: Mapping[str, str]
    words: str


def weighed(study: Study, scenario: str, costs: Sequence[LoadedCost], against: str | None = None) -> Weighed:
    """Return what a scenario of a study gains and costs.

    Parameters
    ----------
    costs : of the state whose costs count
    against : the first scenario where None
    """
    other, dyad, measure = against or study.scenarios[0], str(study.manifest["focus"]), study.headline
    words = effect_words(study, scenario, other)
    recorded = all(dyad in study.measures(each).get(measure, []) for each in (scenario, other))
    apart = {code for each in (scenario, other) for code in study.outside_at_end(each)} & set(dyad.split("-"))
    if not recorded or apart or study.quarters(scenario) != study.quarters(other):
        return Weighed(scenario, other, None, np.empty(0), {}, {}, {}, words)
    here, there = (study.values(measure, dyad, each, quarter=-1) for each in (scenario, other))
    found = here - there
    gain = Change.of(found, study.measure(measure).yes_no)
    sides = {cost.name: (cost_values(study, cost, scenario), cost_values(study, cost, other)) for cost in costs}
    paid = {name: mine - its for name, (mine, its) in sides.items() if len(mine) and len(its)}
    told = {name: few_differ(each) for name, each in {"gain": found, **paid}.items()}
    few = {name: text for name, text in told.items() if text}
    parts = moved_by(study, scenario, dyad, other)
    return Weighed(scenario, other, gain, found, {n: Change.of(each) for n, each in paid.items()}, parts, few, words)


def cost_values(study: Study, cost: LoadedCost, scenario: str) -> Array:
    """Return (worlds,) the mean of a cost's measures over the quarters after the first; empty where one is missing.

    The quarters are those of `cordiale moves`: what a policy costs is paid on the way, and not in the last quarter.
    """
    found = []
    for measure in cost.requests:
        name, _, entity = measure.partition(":")
        if entity not in study.measures(scenario).get(name, []):
            return np.empty(0)
        values = study.values(name, entity, scenario)
        found.append(values[:, 1:].mean(axis=1) if values.shape[1] > 1 else values[:, 0])
    return np.asarray(np.mean(found, axis=0))
