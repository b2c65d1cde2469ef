"""Which pairs of states a policy moves: a row each, of those whose headline changes noticeably, and no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from cordiale.case.quarters import end_of
from cordiale.models.measures import sentence_case
from cordiale.models.units import unit_words
from cordiale.output.charts import titles
from cordiale.output.charts.forest import HEAD, MARKS, Panel, Row, fitting, forest
from cordiale.output.charts.frame import Words, finish
from cordiale.output.charts.recorded import all_dyads, quarters
from cordiale.output.charts.style import house_style, inks, scenario_ink, target
from cordiale.study import labels as words
from cordiale.study.estimate import Estimate, listed
from cordiale.study.study import Study

MOST = 30  # rows
NAMED = 4  # states that a title names


@dataclass(frozen=True)
class Moved:
    """What happens to the headline of all pairs of states.

    Attributes
    ----------
    by : "France joins the Quad", or "since 2018"
    found : dyad -> its change; without pairs with a state that takes no part in a quarter that is read
    """

    by: str
    colour: str
    found: dict[str, Estimate]

    @property
    def noticeable(self) -> list[str]:
        """The dyads that change noticeably, those that rise most first."""
        kept = [dyad for dyad, each in self.found.items() if each.noticeable]
        return sorted(kept, key=lambda dyad: -self.found[dyad].mean)


@house_style()
def pairs(study: Study, scenario: str | None = None) -> Figure:
    """Return the pairs whose headline a scenario changes noticeably by the last quarter, a row each.

    Parameters
    ----------
    scenario : one; where None every scenario that changes any, and of one alone what has changed since the start

    Raises
    ------
    OptionError where the study lacks the headline of all dyads, or the scenario
    """
    all_dyads(study, "pairs", study.headline)
    if scenario is not None:
        study.about(scenario)
    first, asked = study.scenarios[0], [scenario] if scenario else study.scenarios[1:] or [study.scenarios[0]]
    every = [moved_by(study, name) for name in asked]
    shown = [each for each in every if each.noticeable] or every[:1]
    labels = [{dyad: Row(words.entity_name(study, dyad), each.colour) for dyad in _rows(each)} for each in shown]
    panels = [
        Panel(each.by, [rows[dyad] for dyad in kept], [each.found[dyad] for dyad in kept])
        for each, rows, kept in zip(shown, labels, _fitting(shown, labels), strict=True) if kept
    ]  # fmt: skip
    by, what = end_of(study.quarters()[-1]), words.quantity(study, study.headline)
    against = f"against “{words.scenario_title(study, first)}” in the same worlds"
    against = against if len(study.scenarios) > 1 and asked != [first] else f"since {end_of(study.quarters()[0])}"
    unit = unit_words(study.measure(study.headline).unit, target().sheet.fixed)
    subtitle = titles.joined(f"Change of {what} of each pair of states by {by}, {against}, {unit}")
    count = sum(len(each.noticeable) for each in shown)
    left = count - sum(len(panel.rows) for panel in panels)
    others = f"No other of {len(every[0].found)} pairs changes noticeably" if count else ""
    drawn = titles.joined(MARKS, f"{left} more pairs are not drawn" if left > 0 else others)
    forms = _titles(study, every, what)
    told = "; ".join(f"{panel.head}: {_told(panel)}" for panel in panels)
    alt = titles.joined(f"Rows of pairs of states. {forms[0]}", told)
    return finish(forest(panels), Words(forms, subtitle, titles.caption(study, drawn), alt))


def moved_by(study: Study, scenario: str) -> Moved:
    """Return what a scenario changes against the first; of the first, what has changed since the start."""
    first, measure = study.scenarios[0], study.headline
    entities, place = study.measures(first)[measure], study.scenarios.index(scenario)
    if scenario == first:
        values = study.values(measure, scenario=first)
        change, read = values[:, -1] - values[:, 0], [(first, 0), (first, -1)]
    else:
        _, one, two = np.intersect1d(quarters(study, first), quarters(study, scenario), return_indices=True)
        here = study.values(measure, scenario=scenario, quarter=int(two[-1]))
        order = [study.measures(scenario)[measure].index(entity) for entity in entities]
        change = here[:, order] - study.values(measure, scenario=first, quarter=int(one[-1]))
        read = [(first, int(one[-1])), (scenario, int(two[-1]))]
    out = {
        code for name, at in read for code, those in study.outside(name).items() if study.quarters(name)[at] in those
    }
    kind = study.measure(measure)
    found = {
        dyad: Estimate.of(change[:, k], kind.unit, kind.good)
        for k, dyad in enumerate(entities) if not out & set(dyad.split("-"))
    }  # fmt: skip
    by = words.scenario_title(study, scenario) if place else f"Since {end_of(study.quarters()[0])}"
    return Moved(by, scenario_ink(place).colour if place else inks().ink, found)


def _rows(each: Moved) -> list[str]:
    """Return the dyads that are drawn: those that change noticeably, else the largest one."""
    return each.noticeable or sorted(each.found, key=lambda dyad: -abs(each.found[dyad].mean))[:1]


def _fitting(shown: Sequence[Moved], labels: Sequence[Mapping[str, Row]]) -> list[list[str]]:
    """Return the dyads of each panel that have room: of what moves most pairs, of which the title tells, first, and of
    each those that change most.
    """
    kept, placed = [list[str]() for _ in shown], list[Row]()
    for count, at in enumerate(sorted(range(len(shown)), key=lambda k: -len(shown[k].noticeable))):
        found, rows = shown[at].found, labels[at]
        most = sorted(rows, key=lambda dyad: -abs(found[dyad].mean))
        wanted = [*placed, *(rows[dyad] for dyad in most)]
        room = min(MOST, fitting(wanted, [shown[at].by], below=HEAD * count)) - len(placed)
        most = most[: max(0, room)]
        kept[at] = [dyad for dyad in rows if dyad in most]
        placed += [rows[dyad] for dyad in most]
    return kept


def _told(panel: Panel) -> str:
    return ", ".join(f"{row.label} {bar.full}" for row, bar in zip(panel.rows, panel.bars, strict=True) if bar)


def _titles(study: Study, every: Sequence[Moved], what: str) -> list[str]:
    """Return between whom a policy changes the headline: the states by name where they all are of one state's ties."""
    counts = [len(each.noticeable) for each in every]
    most = every[counts.index(max(counts))]
    dyads, of = most.noticeable, len(most.found)
    if not dyads:
        return [f"No pair of states changes noticeably in {what}", "No pair of states changes noticeably"]
    shared = set.intersection(*(set(dyad.split("-")) for dyad in dyads))
    count = f"{len(dyads)} of {of} pairs of states"
    forms = [f"{most.by}: {what} changes noticeably in {count}", f"{most.by}: {count} change noticeably"]
    ups = [most.found[dyad].mean > 0 for dyad in dyads]
    if shared and len(dyads) <= NAMED and (all(ups) or not any(ups)):
        one = min(shared, key=lambda code: code != words.focus_first(study))
        others = listed([words.state(study, code) for dyad in dyads for code in dyad.split("-") if code != one])
        verb = most.found[dyads[0]].verb
        forms.insert(0, f"{most.by}: {what} {verb} between {words.state(study, one)} and {others}, and no other pair")
    return [sentence_case(each) for each in forms]
