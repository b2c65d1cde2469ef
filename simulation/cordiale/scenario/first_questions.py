"""What a reader is asked first: a file beside the scenarios of a pack, each question with its own measure and cost.

A pack without the file asks of every scenario what its own file asks, by the headline of the focus and the gravest
cost of its first state.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from cordiale.case.checker import Checker
from cordiale.case.fields import Names
from cordiale.case.load import beside_scenarios, scenario_names
from cordiale.case.pack import Code, Name, Quarter
from cordiale.case.quarters import to_index, to_text
from cordiale.case.ranges import Strict
from cordiale.files.error_messages import validate
from cordiale.files.errors import FileError, OptionError, UserError, did_you_mean, short, together
from cordiale.files.yaml_file import Key, read
from cordiale.models.measures import Request, one_of_many, request
from cordiale.scenario.costs import LoadedCost, measured_costs
from cordiale.scenario.load import Scenario, load_scenario

FILE = "first_questions.yaml"


def _asks(text: str) -> str:
    if not text.endswith("?"):
        raise ValueError(f"{short(text)} is no question: it ends without a question mark")
    return text


class Question(Strict):
    """What is asked of a scenario, by what it is answered, and what it may cost."""

    ask: Annotated[str, Field(min_length=3, max_length=80), AfterValidator(_asks)] = Field(
        description="the question, ended by ?"
    )
    scenario: Name = Field(description="whose effect answers it")
    against: Name | None = Field(None, description="read against; what the scenario says, or the baseline, without it")
    gain: str | None = Field(None, description="a measure of one entity, as MEASURE:ENTITY; the headline without it")
    label: Annotated[str, Field(min_length=3, max_length=60)] | None = Field(
        None, description="what is gained in plain words; made from the measure without it"
    )
    want: Literal["more", "less"] = Field("more", description="whether more or less of it is hoped for")
    quarter: Quarter | None = Field(None, description="in which the gain is read; the last without it")
    cost: str | None = Field(
        None, pattern=r"^[A-Z]{3}\.[a-z][a-z0-9_]*$",
        description="a cost that a state's file names, as STATE.COST; the gravest of the focus' first without it",
    )  # fmt: skip
    change: list[Name] = Field(default_factory=list, max_length=4, description="levers that are offered first")


class Team(Strict):
    """A team of a class, which plays a state with a goal of its own."""

    plays_for: Annotated[str, Field(min_length=3, max_length=60)]
    goal: str = Field(description="a measure of one entity, as MEASURE:ENTITY")
    want: Literal["more", "less"] = "more"


class QuestionsFile(Strict):
    """The questions of a case, in the order in which they are asked, and the teams of a class."""

    questions: dict[Name, Question] = Field(min_length=1, max_length=12)
    teams: dict[Code, Team] = Field(default_factory=dict, max_length=6, description="by the state that is played")


# ----------------------------------------------------------------
# The questions of a pack, read and checked: every name in them must exist, at its line.


@dataclass(frozen=True)
class Asked:
    """A question, loaded.

    Attributes
    ----------
    name : in the file, or of the scenario
    first : whether it is one of the file, and so stands on the first screen
    quarter : running number of the quarter in which the gain is read
    gain : of one entity
    cost : None where the pack names none that the model measures
    """

    name: str
    first: bool
    said: Question
    scenario: Scenario
    against: Scenario
    gain: Request
    quarter: int
    cost: LoadedCost | None


def load_questions(pack: str | Path, allow: Collection[str] = ()) -> list[Asked]:
    """Return the questions of a pack's file, then one of each scenario that none of them asks about.

    Parameters
    ----------
    allow : modules from which files may name a family of the user's own

    Raises
    ------
    FileError at the line of a scenario, measure, cost, quarter or lever that does not exist; OptionError of a pack that
    has nothing to compare
    """
    names = scenario_names(pack)
    if not names:
        raise OptionError(f"the pack '{pack}' has no scenarios to ask about")
    base = load_scenario(names[0], pack=pack, allow=allow)
    path = beside_scenarios(pack, FILE)
    asked = [] if path is None else _Reading(path, base, pack, allow).whole()
    known = {each.scenario.name for each in asked}
    loaded = [load_scenario(name, pack=pack, allow=allow) for name in names[1:]]
    others = [each for each in loaded if each.name not in known and each.horizon == base.horizon]
    return asked + [question_of(each, base, pack, allow) for each in others]


@dataclass(frozen=True)
class Playing:
    """A team, loaded."""

    code: str
    name: str
    said: Team
    goal: Request


def load_teams(pack: str | Path, allow: Collection[str] = ()) -> list[Playing]:
    """Return the teams of a pack's file; none where it has no file, or names none.

    Raises
    ------
    FileError at the line of a state or measure that does not exist, or of a state that holds no lever
    """
    path = beside_scenarios(pack, FILE)
    if path is None:
        return []
    base = load_scenario(scenario_names(pack)[0], pack=pack, allow=allow)
    return _Reading(path, base, pack, allow).teams()


def check_questions(pack: str | Path, allow: Collection[str] = ()) -> None:
    """Read a pack's file of questions, where it has one; FileError with all its faults."""
    path = beside_scenarios(pack, FILE)
    if path is None:
        return
    reading = _Reading(path, load_scenario(scenario_names(pack)[0], pack=pack, allow=allow), pack, allow)
    reading.whole(also_teams=True)


def question_of(scenario: Scenario, base: Scenario, pack: str | Path, allow: Collection[str]) -> Asked:
    """Return the question that a scenario's own file asks."""
    against = load_scenario(scenario.against, pack=pack, allow=allow) if scenario.against else base
    return asked_of(scenario, against, base.loaded.pack.case.focus)


def asked_of(scenario: Scenario, against: Scenario, dyad: str) -> Asked:
    """Return what a scenario's own file asks, by the headline of a dyad and the gravest cost of its first state."""
    said = Question.model_construct(ask=scenario.file.question, scenario=scenario.name)
    gain, cost = _headline(against, dyad), _gravest(against, dyad)
    return Asked(scenario.name, False, said, scenario, against, gain, scenario.horizon, cost)


def _headline(base: Scenario, dyad: str) -> Request:
    return request(f"{base.family.headline}:{dyad}", base.names, base.family)


def _gravest(base: Scenario, dyad: str) -> LoadedCost | None:
    """Return the first cost of a dyad's first state."""
    payer = dyad.split("-")[0]
    return next(iter(measured_costs(payer, base.loaded, base.names, base.family)), None)


class _Reading:
    """A reading of one file that goes on after a fault."""

    def __init__(self, path: Path, base: Scenario, pack: str | Path, allow: Collection[str]) -> None:
        self.document = read(path)
        self.file = validate(self.document, QuestionsFile)
        self.base, self.pack, self.allow = base, pack, allow
        self.sheet = Checker(self.document, Names(base.loaded.pack))
        self.faults: list[FileError] = []
        self.focus = base.loaded.pack.case.focus

    def whole(self, also_teams: bool = False) -> list[Asked]:
        found = [self._asked(name, said) for name, said in self.file.questions.items()]
        if also_teams:
            for code, said in self.file.teams.items():
                self._team(code, said)
        if faults := self.faults + self.sheet.faults:
            raise together(faults)
        return [each for each in found if each is not None]

    def teams(self) -> list[Playing]:
        found = [self._team(code, said) for code, said in self.file.teams.items()]
        if faults := self.faults + self.sheet.faults:
            raise together(faults)
        return [each for each in found if each is not None]

    def _team(self, code: str, said: Team) -> Playing | None:
        at: tuple[Key, ...] = ("teams", code)
        states = self.base.loaded.pack.states
        if code not in states:
            self.sheet.known(at, code, states, "state", key=True)
            return None
        if not any(code in lever.held_by for lever in self.base.known_levers.values()):
            self._note(at, f"{code} holds no lever, so that a team has nothing to move")
        goal = self._gain((*at, "goal"), said.goal)
        return None if goal is None else Playing(code, states[code].name, said, goal)

    def _asked(self, name: str, said: Question) -> Asked | None:
        at: tuple[Key, ...] = ("questions", name)
        scenario = self._scenario((*at, "scenario"), said.scenario)
        if scenario is None:
            return None
        other = said.against or scenario.against
        against = (
            self.base if other is None else self._scenario((*at, "against" if said.against else "scenario"), other)
        )
        gain = _headline(self.base, self.focus) if said.gain is None else self._gain((*at, "gain"), said.gain)
        quarter = scenario.horizon if said.quarter is None else self._quarter((*at, "quarter"), said.quarter)
        cost = _gravest(self.base, self.focus) if said.cost is None else self._cost((*at, "cost"), said.cost)
        self.sheet.each_known((*at, "change"), said.change, self.base.loaded.pack.case.levers, "lever")
        if scenario.horizon != self.base.horizon:
            self._note((*at, "scenario"), f"'{scenario.name}' ends in {to_text(scenario.horizon)}, and the baseline "
                                          f"in {to_text(self.base.horizon)}")  # fmt: skip
        if against is None or gain is None or quarter is None:
            return None
        return Asked(name, True, said, scenario, against, gain, quarter, cost)

    def _scenario(self, at: tuple[Key, ...], name: str) -> Scenario | None:
        try:
            return load_scenario(name, pack=self.pack, allow=self.allow)
        except FileError as fault:  # of the scenario's own file
            self.faults.append(fault)
        except UserError as error:
            self._note(at, str(error))
        return None

    def _gain(self, at: tuple[Key, ...], text: str) -> Request | None:
        try:
            found = request(text, self.base.names, self.base.family)
            if len(found.entities) != 1:
                raise one_of_many(text, found.entities)
        except OptionError as error:
            self._note(at, str(error))
            return None
        return found

    def _quarter(self, at: tuple[Key, ...], text: str) -> int | None:
        found = to_index(text)
        if self.base.start < found <= self.base.horizon:
            return found
        self._note(at, f"{text} is not from {to_text(self.base.start + 1)} to {to_text(self.base.horizon)}")
        return None

    def _cost(self, at: tuple[Key, ...], text: str) -> LoadedCost | None:
        code, _, name = text.partition(".")
        if code not in self.base.names.states:
            self.sheet.known(at, code, self.base.names.states, "state")
            return None
        costs = {each.name: each for each in measured_costs(code, self.base.loaded, self.base.names, self.base.family)}
        if name not in costs:
            known = f" (its costs: {', '.join(costs) or 'none'})"
            self._note(at, f"{code} names no cost '{name}'{did_you_mean(name, costs) or known}")
        return costs.get(name)

    def _note(self, at: tuple[Key, ...], message: str) -> None:
        self.faults.append(FileError(self.document.path, *self.document.place(at), message))
