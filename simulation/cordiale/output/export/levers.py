"""What scenarios set, quarter by quarter, as columns of an export: levers, and numbers by their path."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cordiale.models.random import Array
from cordiale.output.export.columns import Column, Times, YearOf, label, short_name
from cordiale.scenario.acts import is_act
from cordiale.scenario.settings import Scenario
from cordiale.scenario.timeline import lever_course
from cordiale.scenario.words import act_words
from cordiale.scenario.words import label as number_label
from cordiale.study.design import read_design, scenarios_of
from cordiale.study.first_form import is_first_form
from cordiale.study.study import Study
from cordiale.study.taken import taken_in

Course = tuple[Array, Array]


@dataclass(frozen=True)
class Courses:
    """What the scenarios of a study set.

    A number moved by a lever is (1 - share) * coded + share * (low + (high - low) * value).

    Attributes
    ----------
    labels : name of a lever, or path of a number -> what it is called, of all that any scenario sets
    plain : names of those that are levers, 0 to 1; the others are numbers in their own unit
    own : (scenario, name) -> (variants, quarters) share, and share times value, of what that scenario sets
    variants : scenario -> (worlds,) which variant each world lives; all 0 but in an adaptive plan
    """

    labels: dict[str, str] = field(default_factory=dict)
    plain: frozenset[str] = frozenset()
    own: dict[tuple[str, str], Course] = field(default_factory=dict)
    variants: dict[str, NDArray[np.int64]] = field(default_factory=dict)

    def at(self, scenario: str, name: str, places: NDArray[np.int64] | None, times: Times) -> Course:
        """Return (lines, T) value and share of what a scenario sets; nan and 0 where all is as coded.

        Parameters
        ----------
        places : of some worlds among those of the study; None for one line of means over all worlds
        """
        lines, found = 1 if places is None else len(places), self.own.get((scenario, name))
        if found is None:
            return np.full((lines, len(times.years)), np.nan), np.zeros((lines, len(times.years)))
        lived = self.variants[scenario] if places is None else self.variants[scenario][places]
        share, part = (times.gathered(each[lived][..., None])[..., 0] for each in found)
        if places is None:
            share, part = share.mean(axis=0, keepdims=True), part.mean(axis=0, keepdims=True)
        return np.divide(part, share, out=np.full(share.shape, np.nan), where=share > 0), share


def courses_of(study: Study, allow: Collection[str] = ()) -> Courses:
    """Return what the scenarios of a study set; nothing of a study of the model's first form, whose rules are gone."""
    if is_first_form(study.model):
        return Courses()
    known = {each.name: each for each in scenarios_of(study.folder, read_design(study.folder), allow)}
    scenarios = [known[name] for name in study.scenarios]
    labels = {name: _label(each, name) for each in scenarios for name in [*each.moved, *each.fixed]}
    plain = frozenset(name for each in scenarios for name in each.moved if name in each.known_levers)
    own = {(each.name, name): course for each in scenarios for name, course in _courses(each).items()}
    return Courses(labels, plain, own, {each.name: _lived(study, each) for each in scenarios})


def _label(scenario: Scenario, name: str) -> str:
    if name in scenario.known_levers:
        return scenario.known_levers[name].label
    return act_words(scenario, name) if _acts(scenario, name) else number_label(scenario, name)


def _acts(scenario: Scenario, name: str) -> bool:
    return any(when.lever == name and is_act(scenario.names, name, event) for when, event in scenario.timeline)


def _courses(scenario: Scenario) -> dict[str, Course]:
    """Return name -> (variants, quarters) share, and share times value."""
    found = {}
    for name in scenario.moved:
        each = [lever_course(variant, name) for variant in scenario.variants]
        found[name] = np.stack([share for share, _ in each]), np.stack([part for _, part in each])
    for path, value in scenario.fixed.items():
        held = np.ones((len(scenario.variants), scenario.quarters))
        found[path] = held, held * value
    return found


def _lived(study: Study, scenario: Scenario) -> NDArray[np.int64]:
    """Return (worlds,) the number of the variant that each world lives."""
    took = {each.condition: each.worlds for each in taken_in(study, scenario.name)} if scenario.conditions else {}
    lived = np.zeros(study.worlds, dtype=np.int64)
    for bit, condition in enumerate(scenario.conditions):
        lived += np.isin(study.numbers, took[str(condition)]) << bit
    return lived


def lever_columns(study: Study, courses: Courses, year: YearOf, taken: Sequence[str]) -> list[Column]:
    """Return a column of values for each thing that is set, and one of its share where it is set in part.

    Parameters
    ----------
    taken : names of the columns before them
    """
    used, found = set(taken), []
    for name, words in courses.labels.items():
        lever = name in courses.plain
        what = f"lever {name}" if lever else f"number {name}"
        source = f"the scenarios' files; {what} of the pack {study.manifest['pack']}"
        column = short_name(f"lever_{name}", used)
        used.add(column)
        unit = "0 to 1" if lever else "the number's own"
        meaning = f"{words}: what the scenario sets; empty where it leaves it as coded"
        found.append(Column(column, label(f"{words} ({name})"), unit, meaning, source, lever=name))
        if _in_part(study, courses, name, year):
            column = short_name(f"share_{name}", used)
            used.add(column)
            meaning = f"{words}: how much of the way it has replaced what is coded, over worlds and quarters of a row"
            found.append(Column(column, label(f"Share set of {words} ({name})"), "0 to 1", meaning, source,
                                lever=name, statistic="share"))  # fmt: skip
    return found


def _in_part(study: Study, courses: Courses, name: str, year: YearOf) -> bool:
    """Return whether something is set in part in any row: in a ramp, in some quarters of a year or in some worlds."""
    for scenario in study.scenarios:
        for yearly in (False, True):
            _, share = courses.at(scenario, name, None, Times.make(study.quarters(scenario), yearly, year))
            if ((share > 0) & (share < 1)).any():
                return True
    return False
