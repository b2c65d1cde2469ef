"""The scenarios of a study as its folder holds them, and what of it is not as it was written."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from cordiale.case.coding import Coding, read_coding
from cordiale.case.load import LoadedPack
from cordiale.files.errors import StudyError, UserError, shown
from cordiale.models.measures import known_measures
from cordiale.scenario.layers import Layered, Origin
from cordiale.scenario.settings import Scenario
from cordiale.study.design import NAME, Design, ScenarioDesign, coding_in, read_design, same_version, scenarios_of
from cordiale.study.earlier_results import refuse_first_form
from cordiale.study.study import Study
from cordiale.study.verify import damaged


@dataclass(frozen=True)
class Rebuilt:
    """What a report needs beside the study itself.

    Attributes
    ----------
    scenarios : in the order of the study; numbers of another coder lie in `coding` alone
    doubts : what is not as it was when the study was run, a sentence each
    """

    study: Study
    loaded: LoadedPack
    scenarios: dict[str, Scenario]
    doubts: list[str] = field(default_factory=list)

    @property
    def first(self) -> Scenario:
        """The scenario that the others are compared with."""
        return self.scenarios[self.study.scenarios[0]]

    @property
    def others(self) -> list[Scenario]:
        """The scenarios that are compared with the first."""
        return [self.scenarios[name] for name in self.study.scenarios[1:]]


def rebuild(study: Study, allow: Collection[str] = ()) -> Rebuilt:
    """Return the scenarios of a study; StudyError where its design is broken, or of the model's first form."""
    refuse_first_form(study.model, study.folder)
    design = read_design(study.folder)
    known = {each.name: each for each in scenarios_of(study.folder, design, allow)}
    if not known.keys() >= set(study.scenarios):
        raise StudyError(f"{shown(study.folder / NAME)}: not the design that the study was run from")
    scenarios = {name: known[name] for name in study.scenarios}
    for about in design.scenarios:
        if about.name in scenarios:
            scenarios[about.name] = _finished(study, scenarios[about.name], about)
    first = next(iter(scenarios.values()))
    _check(study, first)
    return Rebuilt(study, first.loaded, scenarios, list(_doubts(study, design)))


def _finished(study: Study, scenario: Scenario, about: ScenarioDesign) -> Scenario:
    """Return a scenario with a title of its own, and its coder's numbers apart."""
    titled = scenario.copy(title=study.title(scenario.name))
    if about.coding is None:
        return titled
    coding, ranges = _coding(study, scenario, about.coding.path, about.coding.hash), dict(scenario.settings.ranges)
    for cell in coding.cells:
        drawn = scenario.ranges[cell.path]
        if (drawn.low, drawn.best, drawn.high) == (cell.coded.low, cell.coded.best, cell.coded.high):
            ranges.pop(cell.path, None)  # else the scenario has a range of its own
    return titled.copy(coding=coding, settings=replace(scenario.settings, ranges=ranges))


def _check(study: Study, first: Scenario) -> None:
    """Raise StudyError for a study whose focus or measures the pack and this version do not know."""
    known, focus = set(known_measures(first.family, first.names)), str(study.manifest["focus"])
    unknown = [name for scenario in study.scenarios for name in study.measures(scenario) if name not in known]
    if unknown:
        raise StudyError(f"{shown(study.folder)} records '{unknown[0]}', which is no measure of its pack")
    try:
        first.names.dyad(focus)
    except KeyError:
        raise StudyError(f"{shown(study.folder)}: its focus '{focus}' is no dyad of its pack") from None


def _doubts(study: Study, design: Design) -> Iterator[str]:
    for name in damaged(study):
        yield f"{name} is not what the study wrote."
    if (other := same_version(design)) is not None:
        yield f"The words here may not be those of its day: {other}."


def _coding(study: Study, scenario: Scenario, path: str, digest: str) -> Coding:
    """Return the coding that lies in the study's folder, under the name that it had."""
    held = coding_in(study.folder, Path(path), digest.removeprefix("sha256:"))
    try:
        coding = read_coding(held, scenario.names, scenario.numbers)
    except UserError:
        coding = None
    if coding is None or f"sha256:{coding.sha256}" != digest:
        raise StudyError(f"{shown(held)}: is not the coding that the study was run with")
    return replace(coding, path=Path(path), called=path)


def coded_by(scenario: Scenario) -> Scenario:
    """Return a scenario with the numbers of its coder as ranges of its own."""
    if scenario.coding is None:
        return scenario
    origin, ranges = Origin(scenario.coding.name), dict(scenario.settings.ranges)
    for cell in scenario.coding.cells:
        ranges.setdefault(cell.path, Layered(cell.coded, origin))
    return scenario.copy(settings=replace(scenario.settings, ranges=ranges))
