"""Questions of a forecast: each dated, answered by yes or no, and read from measures of the model.

The hash of a question leaves out its answer and where the answer was found, so that answers can be filled in after a
forecast is sealed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from cordiale.case.fields import Names
from cordiale.case.load import beside_scenarios, scenario_names
from cordiale.case.pack import Quarter, Words
from cordiale.case.quarters import to_index, to_text
from cordiale.case.ranges import Finite, Strict
from cordiale.files.error_messages import Inconsistent, validate
from cordiale.files.errors import FileError, OptionError, short, together
from cordiale.files.yaml_file import Document, Key, read
from cordiale.models.base import Family
from cordiale.models.measures import one_of_many, request
from cordiale.scenario.load import Scenario, load_scenario
from cordiale.scenario.truth import YEAR, Denied, How, Joined, Reading, Truth

FILE = "questions.yaml"  # beside the scenarios of a pack
Block = Literal["agreements", "events", "formats", "positions", "ruptures", "ties"]
Fit = Literal["exact", "close", "rough"]
HEADLINE: tuple[Fit, ...] = ("exact", "close")  # readings that the headline is scored on
OF_PART: dict[str, Block] = {
    "agreement": "agreements", "event": "events", "format": "formats", "issue": "positions", "challenger": "ruptures",
}  # fmt: skip
OF_NAME: dict[str, Block] = {
    "ladder": "agreements", "signed": "agreements", "talks": "agreements", "events": "events", "ruptures": "ruptures",
    "contracts": "ruptures",
}  # fmt: skip
READS = ("within", "at", "by", "change")
JOINS = ("all_of", "any_of", "not")
_DEADLINE = re.compile(r"([0-9]{4})(Q[1-4]|-(0[1-9]|1[0-2])(-[0-3][0-9])?)")


def _deadline(text: str) -> str:
    if _DEADLINE.fullmatch(text) is None:
        raise ValueError(f"{short(text)} is no deadline such as 2021Q4 or 2021-12")
    return text


def _asks(text: str) -> str:
    if not text.endswith("?"):
        raise ValueError(f"{short(text)} is no question: it ends without a question mark")
    return text


Window = Annotated[list[Quarter], Field(min_length=2, max_length=2)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$", max_length=60)]


class Statement(Strict):
    """What is true in a world: a number read of measures, or statements joined."""

    measure: str | Annotated[list[str], Field(min_length=1, max_length=200)] | None = Field(
        None, description="a measure of one entity, as MEASURE:ENTITY, or a list of them, which are added up"
    )
    within: Window | None = Field(None, description="the sum from the first quarter to the last, both counted")
    at: Quarter | None = Field(None, description="the value in this quarter")
    by: Quarter | None = Field(None, description="the value in any quarter from the start to this one")
    change: Window | None = Field(None, description="the value in the second quarter less that in the first")
    every: Literal["year"] | None = Field(None, description="the sum in every calendar year of `within`")
    at_least: Finite | None = None
    at_most: Finite | None = None
    all_of: Annotated[list[Statement], Field(min_length=1, max_length=100)] | None = None
    any_of: Annotated[list[Statement], Field(min_length=1, max_length=100)] | None = None
    not_: Statement | None = Field(None, alias="not")
    given: Statement | None = Field(
        None, description="of a whole question only: it is read in the worlds where this is true"
    )

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        said = [name for name in ("measure", *JOINS) if self.said(name) is not None]
        if len(said) != 1:
            told = "measure, all_of, any_of or not" if not said else f"one of {' and '.join(said)}"
            raise ValueError(f"a statement has {told}")
        times = [name for name in READS if self.said(name) is not None]
        limited = self.at_least is not None or self.at_most is not None
        if self.measure is None:
            if times or limited or self.every:
                raise ValueError(f"times and limits stand beside a measure, inside {said[0]}")
            return self
        if len(times) != 1:
            raise ValueError(
                f"a measure is read by one of {', '.join(READS)}" + (f", not by {' and '.join(times)}" if times else "")
            )
        if not limited:
            raise ValueError("a measure is held against at_least or at_most")
        if self.every and self.within is None:
            raise Inconsistent("every", "'every' counts the years of 'within'")
        return self

    def said(self, name: str) -> object:
        """Return what stands under a key of the file."""
        return getattr(self, "not_" if name == "not" else name)


class ForecastQuestion(Strict):
    """A question that is answered by yes or no at a date."""

    asks: Annotated[str, Field(min_length=3, max_length=300), AfterValidator(_asks)] = Field(
        description="the question, ended by ?"
    )
    true_when: Statement | None = Field(None, description="when it is answered by yes in a world of the model")
    given: Statement | None = Field(None, description="it is read in the worlds where this is true")
    reading: Fit | None = Field(None, description="how well the reading fits the question; exact without it")
    why: Words | None = Field(None, description="what the reading leaves out, or adds")
    unreadable: Words | None = Field(None, description="in place of true_when: why the model has no word for it")
    block: Block | None = Field(None, description="what it is about; that of its measure without it")
    cluster: Annotated[str, Field(min_length=1, max_length=60)] | None = Field(
        None, description="questions of one cluster are answered by the same course of things; its own without it"
    )
    deadline: Annotated[str, AfterValidator(_deadline)] | None = Field(
        None, description="a quarter, month or day; nothing later is read"
    )
    source: Words | None = Field(None, description="where its answer is told; it may be filled in with the answer")
    answer: Literal["yes", "no"] | None = Field(None, description="absent: open")

    @model_validator(mode="after")
    def _read_or_not(self) -> Self:
        if (self.true_when is None) == (self.unreadable is None):
            found = "neither" if self.true_when is None else "both"
            raise ValueError(f"a question has either 'true_when' or 'unreadable', and this one has {found}")
        if self.unreadable is not None and (self.reading is not None or self.given is not None):
            raise ValueError("'reading' and 'given' go with 'true_when'")
        if self.given is not None and self.true_when is not None and self.true_when.given is not None:
            raise Inconsistent("given", "'given' stands twice: once inside true_when, and once beside it")
        return self

    @property
    def hash(self) -> str:
        """A hash of all but its answer and where that is told."""
        said = self.model_dump(mode="json", by_alias=True, exclude={"answer", "source"}, exclude_none=True)
        return "sha256:" + hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


class ForecastQuestionsFile(Strict):
    """The questions of a forecast, each under its id."""

    questions: dict[Id, ForecastQuestion] = Field(min_length=1, max_length=5000)


# ----------------------------------------------------------------
# Questions read against a scenario: every measure and quarter in them must exist, at its line.


@dataclass(frozen=True)
class Asked:
    """A question, loaded.

    Attributes
    ----------
    truth : None where it is unreadable
    given : the worlds in which it is read; all where None
    """

    id: str
    said: ForecastQuestion
    block: str
    truth: Truth | None
    given: Truth | None

    @property
    def cluster(self) -> str:
        """The cluster of the file, else its own."""
        return self.said.cluster or self.id

    @property
    def reading(self) -> str:
        """How well its reading fits: exact, close, rough or unreadable."""
        return "unreadable" if self.truth is None else self.said.reading or "exact"

    @property
    def measures(self) -> frozenset[str]:
        """The measures that it reads."""
        return frozenset().union(*(each.measures for each in (self.truth, self.given) if each is not None))


def questions_document(path: Path) -> tuple[Document, ForecastQuestionsFile]:
    """Return a file of questions, read but not held against a pack; FileError for its faults."""
    document = read(path)
    return document, validate(document, ForecastQuestionsFile)


def load_forecast_questions(path: Path, scenario: Scenario) -> list[Asked]:
    """Return the questions of a file, in its order.

    Parameters
    ----------
    scenario : of whose pack and family the measures are, and whose quarters are read

    Raises
    ------
    FileError with all faults, each at its line: measures, entities and quarters that do not exist
    """
    document, file = questions_document(path)
    loading = _Loading(document, scenario.names, scenario.family, scenario.start, scenario.quarters)
    found = [loading.asked(name, said) for name, said in file.questions.items()]
    if loading.faults:
        raise together(loading.faults)
    return found


def check_forecast_questions(pack: str | Path, allow: Collection[str] = ()) -> None:
    """Read the questions beside a pack's scenarios, where there are any; FileError with all its faults."""
    path = beside_scenarios(pack, FILE)
    if path is not None:
        load_forecast_questions(path, load_scenario(scenario_names(pack)[0], pack=pack, allow=allow))


class _Loading:
    """A reading of one file that goes on after a fault."""

    def __init__(self, document: Document, names: Names, family: Family, start: int, quarters: int) -> None:
        self.document, self.names, self.family = document, names, family
        self.start, self.quarters = start, quarters
        self.faults: list[FileError] = []

    def asked(self, name: str, said: ForecastQuestion) -> Asked:
        at: tuple[Key, ...] = ("questions", name)
        if said.true_when is None:
            return Asked(name, said, said.block or "unreadable", None, None)
        before = len(self.faults)
        truth = self._truth((*at, "true_when"), said.true_when, top=True)
        inner = said.true_when.given is not None
        given = said.true_when.given if inner else said.given
        place = (*at, "true_when", "given") if inner else (*at, "given")
        condition = None if given is None else self._truth(place, given)
        if len(self.faults) > before or truth is None:
            return Asked(name, said, "ties", None, None)
        self._check_deadline((*at, "deadline"), said.deadline, truth)
        return Asked(name, said, said.block or self._block(said.true_when), truth, condition)

    def _note(self, at: tuple[Key, ...], message: str, of_key: bool = False) -> None:
        self.faults.append(FileError(self.document.path, *self.document.place(at, of_key=of_key), message))

    def _check_deadline(self, at: tuple[Key, ...], deadline: str | None, truth: Truth) -> None:
        if deadline is None:
            return
        last = _quarter_of(deadline)
        if self.start + truth.last > last:
            self._note(at, f"{to_text(self.start + truth.last)} is read, which is after the deadline {deadline}")

    def _truth(self, at: tuple[Key, ...], said: Statement, top: bool = False) -> Truth | None:
        if said.given is not None and not top:
            self._note((*at, "given"), "'given' is of a whole question: put it beside true_when", of_key=True)
        if said.measure is not None:
            return self._reading(at, said)
        if said.not_ is not None:
            part = self._truth((*at, "not"), said.not_)
            return None if part is None else Denied(part)
        key = "all_of" if said.all_of is not None else "any_of"
        parts = [self._truth((*at, key, place), each) for place, each in enumerate(said.all_of or said.any_of or [])]
        found = tuple(part for part in parts if part is not None)
        return Joined(found, key == "all_of") if len(found) == len(parts) else None

    def _reading(self, at: tuple[Key, ...], said: Statement) -> Reading | None:
        before = len(self.faults)
        several = isinstance(said.measure, list)
        texts = said.measure if isinstance(said.measure, list) else [said.measure or ""]
        read = tuple(self._measure((*at, "measure", place) if several else (*at, "measure"), text, said)
                     for place, text in enumerate(texts))  # fmt: skip
        how, first, last = self._quarters(at, said)
        if len(set(read)) < len(read) and len(self.faults) == before:
            self._note((*at, "measure"), "a measure stands twice in the sum")
        return Reading(read, how, first, last, said.at_least, said.at_most) if len(self.faults) == before else None

    def _measure(self, at: tuple[Key, ...], text: str, said: Statement) -> str:
        try:
            found = request(text, self.names, self.family)
            if len(found.entities) != 1:
                raise one_of_many(text, found.entities)
            last = to_text(self.start + self.quarters - 1)
            if found.measure.last_only and said.at != last:
                raise OptionError(f"'{found.name}' is read in the last quarter only: say at: {last}")
        except OptionError as error:
            self._note(at, str(error))
            return text
        return f"{found.name}:{found.entities[0]}"

    def _quarters(self, at: tuple[Key, ...], said: Statement) -> tuple[How, int, int]:
        """Return how the quarters are read, and the first and the last of them, counted from 0."""
        if said.within is not None:
            first, last = self._window((*at, "within"), said.within)
            if said.every and (self.start + first) % YEAR + (self.start + last + 1) % YEAR:
                self._note((*at, "within"), "every: year needs whole years, from a first quarter to a fourth")
            return "every_year" if said.every else "sum", first, last
        if said.change is not None:
            return "change", *self._window((*at, "change"), said.change)
        key = "at" if said.at is not None else "by"
        last = self._quarter((*at, key), said.at or said.by or "")
        return ("at", last, last) if said.at is not None else ("ever", 0, last)

    def _window(self, at: tuple[Key, ...], ends: list[str]) -> tuple[int, int]:
        first, last = (self._quarter((*at, place), each) for place, each in enumerate(ends))
        if first > last:
            self._note(at, f"{ends[0]} comes after {ends[1]}")
        return first, last

    def _quarter(self, at: tuple[Key, ...], text: str) -> int:
        found = to_index(text) - self.start
        if not 0 <= found < self.quarters:
            last = to_text(self.start + self.quarters - 1)
            self._note(at, f"{text} is not from {to_text(self.start)} to {last}, which are run")
        return found

    def _block(self, said: Statement) -> str:
        """Return what a statement is about, by its first measure."""
        while said.measure is None:
            said = said.not_ or (said.all_of or said.any_of or [said])[0]
        text = said.measure if isinstance(said.measure, str) else said.measure[0]
        name = text.partition(":")[0]
        part = self.family.measure(name).of
        return OF_PART.get(part or "") or OF_NAME.get(name.partition(".")[0], "ties")


def _quarter_of(deadline: str) -> int:
    """Return the running number of the quarter in which a deadline lies."""
    if "Q" in deadline:
        return to_index(deadline)
    year, month = deadline.split("-")[:2]
    return int(year) * 4 + (int(month) - 1) // 3
