"""What a reader expects each scenario to move, and which way: a file beside the scenarios of a pack.

An expectation is a requirement of the model's design and no evidence for it: it says through what a lever should act.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field

from cordiale.case.checks import paragraphs
from cordiale.case.load import beside_scenarios
from cordiale.case.pack import Name, Quarter
from cordiale.case.quarters import to_index
from cordiale.case.ranges import Finite, Strict
from cordiale.files.error_messages import validate
from cordiale.files.errors import FileError, OptionError, UserError, did_you_mean, together
from cordiale.files.yaml_file import Document, Key, read
from cordiale.models.measures import one_of_many, request
from cordiale.scenario.load import Scenario, load_case, load_scenario

Sign = Literal["+", "-", "0"]


class Expectation(Strict):
    """What one scenario should do to one measure, as a mean over a window of quarters."""

    measure: str = Field(
        description="a measure of one entity, as MEASURE:ENTITY, or a sum of the file's, as SUM:ENTITY"
    )
    sign: Sign = Field(description="of the change against the baseline; 0: none that can be seen")
    from_: Quarter | None = Field(None, alias="from", description="first quarter; the one after the start without it")
    to: Quarter | None = Field(None, description="last quarter; the horizon without it")
    locator: str | None = Field(None, description="paragraph of the article; the scenario's own without it")


class Placebo(Strict):
    """A policy that should leave some measures alone."""

    set: dict[str, Finite] = Field(min_length=1, description="levers and parameters by path")
    measures: list[str] = Field(min_length=1, description="as in an expectation")


class ExpectationsFile(Strict):
    """All expectations of a case."""

    sums: dict[Name, list[str]] = Field(default_factory=dict, description="measures that are added up, without entity")
    expectations: dict[Name, list[Expectation]] = Field(min_length=1, description="by scenario")
    placebos: dict[Name, Placebo] = Field(default_factory=dict)


# ----------------------------------------------------------------
# The expectations of a pack, read and checked: every name in them must exist, at its line.


@dataclass(frozen=True)
class Expected:
    """An expectation, loaded.

    Attributes
    ----------
    policy : name of the scenario or of the placebo
    measure : as written;  reads : the measures that it is the sum of, of one entity each
    first, last : quarters from the start, both in the window
    locator : paragraph of the article; none of a placebo
    """

    policy: str
    measure: str
    reads: tuple[str, ...]
    first: int
    last: int
    sign: Sign
    locator: str


@dataclass(frozen=True)
class Expectations:
    """The expectations of a pack.

    Attributes
    ----------
    baseline : what all are measured against;  policies : name -> scenario, those of placebos among them
    """

    baseline: Scenario
    policies: Mapping[str, Scenario]
    expected: list[Expected]
    placebos: list[Expected]


def load_expectations(
    pack: str | Path, *, set: Mapping[str, float] | None = None, allow: Collection[str] = ()
) -> Expectations | None:
    """Return the expectations of a pack; None where it has no file of them.

    Parameters
    ----------
    set : laid over every scenario, as `--set`
    allow : modules from which files may name a family of the user's own

    Raises
    ------
    FileError at the line of a scenario, measure or paragraph that does not exist
    """
    path = beside_scenarios(pack, "expectations.yaml")
    return None if path is None else _Reading(read(path), pack, set or {}, allow).whole()


class _Reading:
    """A reading of one file that goes on after a fault."""

    def __init__(self, document: Document, pack: str | Path, over: Mapping[str, float], allow: Collection[str]) -> None:
        self.document, self.pack, self.over, self.allow = document, pack, dict(over), allow
        self.file = validate(document, ExpectationsFile)
        self.places = paragraphs(load_case(pack, allow=allow).pack.case)
        self.faults: list[FileError] = []

    def whole(self) -> Expectations:
        baseline = load_scenario("baseline", pack=self.pack, set=self.over, allow=self.allow)
        policies: dict[str, Scenario] = {}
        expected, placebos = [], []
        for name, wanted in self.file.expectations.items():
            scenario = self._scenario(("expectations", name), name, {})
            if scenario is None:
                continue
            policies[name] = scenario
            for at, each in enumerate(wanted):
                expected += self._expected(("expectations", name, at), name, each, scenario)
        for name, placebo in self.file.placebos.items():
            scenario = self._scenario(("placebos", name), "baseline", placebo.set)
            if scenario is None:
                continue
            policies[name] = scenario
            for at, measure in enumerate(placebo.measures):
                each = Expectation.model_validate({"measure": measure, "sign": "0"})
                placebos += self._expected(("placebos", name, "measures", at), name, each, scenario)
        if self.faults:
            raise together(self.faults)
        return Expectations(baseline, policies, expected, placebos)

    def _scenario(self, at: tuple[Key, ...], name: str, more: Mapping[str, float]) -> Scenario | None:
        try:
            return load_scenario(name, pack=self.pack, set={**self.over, **more}, allow=self.allow)
        except FileError as fault:  # of the scenario's own file
            self.faults.append(fault)
        except UserError as error:
            self._note(at, str(error), of_key=not more)
        return None

    def _note(self, at: tuple[Key, ...], message: str, *, of_key: bool = False) -> None:
        self.faults.append(FileError(self.document.path, *self.document.place(at, of_key=of_key), message))

    def _expected(self, at: tuple[Key, ...], name: str, each: Expectation, scenario: Scenario) -> list[Expected]:
        head, colon, entity = each.measure.partition(":")
        reads = tuple(f"{part}{colon}{entity}" for part in self.file.sums.get(head, [head]))
        before = len(self.faults)
        measure_at = at if at[0] == "placebos" else (*at, "measure")
        for text in reads:
            try:
                found = request(text, scenario.names, scenario.family)
                if len(found.entities) != 1:
                    raise one_of_many(text, found.entities)
            except OptionError as error:
                self._note(measure_at, str(error))
        locator = each.locator or (
            scenario.file.basis.locator if at[0] == "expectations" and scenario.file.basis else ""
        )
        if locator and locator not in self.places:
            hint = did_you_mean(locator, self.places)
            self._note((*at, "locator"), f"'{locator}' is no paragraph of the article{hint}")
        first = to_index(each.from_) - scenario.start if each.from_ else 1
        last = to_index(each.to) - scenario.start if each.to else scenario.quarters - 1
        if not 0 <= first <= last < scenario.quarters:
            self._note(at, f"no quarter of {name} lies in this window")
        return (
            [Expected(name, each.measure, reads, first, last, each.sign, locator)] if len(self.faults) == before else []
        )
