"""Whether the design of a study is one that files could say, and fits the pack beside it: it may come from anyone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pydantic import ValidationError

from cordiale.case.fields import SETTINGS
from cordiale.engine.block import requests
from cordiale.files.errors import UserError, short
from cordiale.files.yaml_file import fault_in
from cordiale.models.measures import single
from cordiale.scenario.conditions import Condition
from cordiale.scenario.file import LONGEST_NAME, MOST_QUARTERS, ScenarioFile, is_name
from cordiale.scenario.overrides import scale_of
from cordiale.scenario.settings import Scenario
from cordiale.scenario.timeline import check_levers

if TYPE_CHECKING:
    from cordiale.study.design import ScenarioDesign


def fault_of_text(design: ScenarioDesign) -> str | None:
    """Return what no scenario's file could say of name, texts and settings; None where all is well."""
    if not is_name(design.name[:LONGEST_NAME]):
        return f"{short(design.name)} is no name of a scenario"
    if unknown := set(design.settings) - set(SETTINGS):
        return f"{short(min(unknown))} is no setting"
    if fault := fault_in(design.title) or fault_in(design.question):
        return fault
    said = {"title": design.title[:1000], "question": design.question, "basis": design.basis}
    try:
        ScenarioFile.model_validate(said | design.settings)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        return f"{'.'.join(str(part) for part in detail['loc'])}: {detail['msg']}"
    return None


def fault_of_values(design: ScenarioDesign, scenario: Scenario) -> str | None:
    """Return what does not fit the pack; None where all does."""
    if not 1 <= scenario.quarters <= MOST_QUARTERS:
        return f"{scenario.quarters} quarters"
    levers = scenario.known_levers
    moves = [(name, value, scenario.start, "set", 0) for name, value in design.levers.items()]
    moves += [(name, value, at, kind, length) for at, kind, name, value, length, *_ in design.events]
    for name, value, at, kind, length in moves:
        least = 1 if kind in ("ramp", "shock") else 0
        if name not in levers and name not in scenario.names.paths:
            return f"{short(name)} is no lever"
        bottom, top = (0.0, 1.0) if name in levers or kind == "stop" else scale_of(scenario, name)
        if (
            not bottom <= value <= top
            or not least <= length <= MOST_QUARTERS
            or not scenario.start <= at <= scenario.horizon
        ):
            return f"{name}: {value:g} in quarter {at} for {length}"
    for path, coded in design.uncertainties.items():
        bounds = scenario.numbers[path].coded.bounds if path in scenario.numbers else (math.nan, math.nan)
        if not bounds[0] <= coded.low <= coded.best <= coded.high <= bounds[1]:
            return f"{short(path)}: no range of a number of the pack"
    for path, number in design.fixed.items():
        bottom, top = scale_of(scenario, path) if path in scenario.names.paths else (math.nan, math.nan)
        if not bottom <= number <= top:
            return f"{short(path)}: no value of a parameter of the pack"
    try:
        requests(scenario)
        check_levers(scenario)
        for when, event in scenario.timeline:
            if event.condition and (fault := _fault_of_condition(event.condition, scenario, when.quarter)):
                return f"{when.lever}: {fault}"
    except UserError as error:
        return str(error)
    return None


def _fault_of_condition(condition: Condition, scenario: Scenario, quarter: int) -> str | None:
    """Return what no file could say of the condition of an event in a quarter; None where all is well.

    Raises OptionError for a measure that the scenario's family does not have, or that is of several entities
    """
    read = single(condition.measure, scenario.names, scenario.family, "a condition").measure
    if read.last_only or not math.isfinite(condition.number):
        return f"{condition}: which cannot be"
    if not scenario.start <= condition.since <= condition.quarter < quarter:
        return f"{condition}: which is not before the event"
    return None
