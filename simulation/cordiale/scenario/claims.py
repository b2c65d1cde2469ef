"""The article's causal sentences as records: what each says, and the contrast that tests it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cordiale.case.checker import Checker
from cordiale.case.checks import paragraphs
from cordiale.case.fields import Names
from cordiale.case.load import beside_scenarios
from cordiale.case.pack import Name, Quarter, Words
from cordiale.case.quarters import to_index, to_text
from cordiale.case.ranges import Finite, Strict
from cordiale.files.error_messages import Inconsistent
from cordiale.files.errors import Faults, OptionError, UserError, did_you_mean, shown, together
from cordiale.files.sift import sift
from cordiale.files.yaml_file import Key, read
from cordiale.models.base import Family
from cordiale.models.measures import Request, one_of_many, request
from cordiale.scenario.load import Scenario, load_scenario, usable_case

Sign = Literal["+", "-", "0", "ambivalent"]
Voice = Literal["asserts", "hedges", "reports a belief"]


class Arm(Strict):
    """One side of a contrast: a scenario, and what is laid over it as with --set."""

    scenario: Name = "baseline"
    set: dict[str, Finite] = Field(default_factory=dict, description="levers and parameters by path")


Window = Annotated[list[Quarter], Field(min_length=2, max_length=2)]


class Read(Strict):
    """When a measure is read."""

    quarter: Quarter | None = Field(None, description="the quarter that is read; the last one without it and 'over'")
    over: Window | None = Field(None, description="or the mean over these quarters, the first and the last, both in it")

    @model_validator(mode="after")
    def _one_time(self) -> Self:
        if self.quarter is not None and self.over is not None:
            raise Inconsistent("over", "a contrast is read at a 'quarter' or as a mean 'over' quarters, not both")
        return self


class Than(Read):
    """What an effect is held against: the same difference elsewhere; what is absent is that of the test itself."""

    from_: Arm | None = Field(None, alias="from")
    to: Arm | None = None
    measure: str | None = None

    @model_validator(mode="after")
    def _differs(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("'than' says nothing that differs from the test itself")
        return self


class Contrast(Read):
    """What is compared: the effect is the measure in `to` minus the measure in `from`, on the same worlds."""

    from_: Arm = Field(default_factory=Arm, alias="from", description="without the cause")
    to: Arm = Field(description="with the cause, all else held")
    measure: str = Field(description="a measure of one entity, as MEASURE:ENTITY")
    than: Than | None = Field(
        None, description="for order, timing and interaction: this difference, on the same worlds, is taken off"
    )
    margin: Annotated[float, Field(gt=0, allow_inf_nan=False)] = Field(
        description="in the measure's own unit: an effect inside it is none that a reader would notice"
    )
    why: Words = Field(description="why this contrast and measure stand for the sentence")


class Further(Contrast):
    """One more contrast of a claim, each of which could refute the sentence."""

    sign: Literal["+", "-", "0"] | None = Field(None, description="that of the claim without it")


class Claim(Strict):
    """A causal or conditional sentence of the article."""

    id: Name
    locator: str
    paraphrase: Words = Field(description="the sentence in the coder's words")
    voice: Voice = Field(description="whether the article says it, hedges it, or reports it as somebody's belief")
    holder: Words | None = Field(None, description="of a belief: whose")
    cause: Words
    effect: Words
    sign: Sign
    designed: Words | None = Field(
        None, description="which expectation of expectations.yaml requires the same: no evidence for the model, then"
    )
    by_construction: Words | None = Field(
        None, description="why the effect follows from the definition: the cause is a term of what is measured"
    )
    test: Contrast | None = None
    also: list[Further] = Field(default_factory=list, description="further contrasts; all must hold")
    not_testable: Words | None = Field(None, description="why no contrast of this model can test it")

    @property
    def contrasts(self) -> list[tuple[str, Contrast]]:
        """Each contrast that tests it, with the sign that it should have; none where it cannot be tested."""
        further = [(each.sign or self.sign, each) for each in self.also]
        return [] if self.test is None else [(self.sign, self.test), *further]

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.test is None) == (self.not_testable is None):
            raise ValueError("a claim has either 'test' or 'not_testable'")
        if self.also and self.test is None:
            raise ValueError("'also' goes with 'test'")
        if (self.voice == "reports a belief") != (self.holder is not None):
            raise ValueError("'holder' goes with the voice 'reports a belief'")
        if self.sign == "ambivalent" and self.test is not None:
            raise ValueError("an ambivalent claim has no sign to test: say under 'not_testable' what pulls which way")
        return self


class ClaimsFile(Strict):
    """All claims of a case."""

    claims: list[Claim] = Field(min_length=1)


# ----------------------------------------------------------------
# The claims of a pack, read and checked: every name in them must exist, at its line.


@dataclass(frozen=True)
class Difference:
    """A measure with a cause minus the same without it.

    Attributes
    ----------
    without, under : the two arms: without the cause, and with it
    read : the measure, of one entity
    quarters : over which its mean is taken, counted from 0
    """

    without: Scenario
    under: Scenario
    read: Request
    quarters: range


@dataclass(frozen=True)
class Test:
    """A contrast, loaded.

    Attributes
    ----------
    sign : that the effect should have
    effect : what is compared;  than : the difference that is taken off it, if any
    """

    said: Contrast
    sign: str
    effect: Difference
    than: Difference | None

    __test__ = False  # not one of pytest's


@dataclass(frozen=True)
class Loaded:
    """A claim with its tests; none where it cannot be tested here."""

    claim: Claim
    tests: tuple[Test, ...]


def load_claims(pack: str | Path, only: list[str] | None = None, allow: Collection[str] = ()) -> list[Loaded]:
    """Return the claims of a pack in the order of the article.

    Parameters
    ----------
    only : ids; all where None
    allow : modules from which files may name a family of the user's own

    Raises
    ------
    FileError at the line of a scenario, lever, measure or paragraph that does not exist, with all faults of the claims,
    of their scenarios and of the pack; OptionError for an unknown id
    """
    document, said = sift(read(claims_path(pack)), ClaimsFile)
    faults = Faults(document.faults)
    based = faults.noted(lambda: usable_case(pack, allow))
    if based is None:
        raise together(faults)
    family, case = based
    faults += case.faults
    claims = (said.claims if said else None) or []
    sheet, places = Checker(document, Names(case.pack)), paragraphs(case.pack.case)
    known, loaded = [claim.id for claim in claims], []
    for wanted in only or []:
        if wanted not in known and not document.faults:
            raise OptionError(f"--only {wanted}: no claim of that name{did_you_mean(wanted, known)}")
    for at, claim in enumerate(claims):
        where: tuple[Key, ...] = ("claims", at)
        if claim.id in known[:at]:
            sheet.fail((*where, "id"), f"'{claim.id}' stands twice")
        sheet.paragraph((*where, "locator"), claim.locator, places)
        if only is None or claim.id in only:
            reading = _Reading(sheet, faults, pack, family, allow)
            tests = [
                _test(reading, (*where, *(("also", number - 1) if number else ("test",))), sign, contrast)
                for number, (sign, contrast) in enumerate(claim.contrasts)
            ]
            loaded.append(Loaded(claim, tuple(test for test in tests if test is not None)))
    faults += sheet.faults
    faults.raise_any()
    return loaded


@dataclass(frozen=True)
class _Reading:
    """What is needed to read a claim's contrast: what is known, and where it is noted that something does not fit."""

    sheet: Checker
    faults: Faults
    pack: str | Path
    family: Family
    allow: Collection[str]


def under_model(claims: Collection[Loaded], pack: str | Path, model: str, allow: Collection[str] = ()) -> list[Loaded]:
    """Return the same claims under another family of models; one that it cannot be asked has no tests.

    A family cannot be asked where it lacks a measure of a contrast, or a number that an arm sets.
    """
    return [Loaded(each.claim, _tests_under(each, pack, model, allow)) for each in claims]


def _tests_under(each: Loaded, pack: str | Path, model: str, allow: Collection[str]) -> tuple[Test, ...]:
    def arm(said: Arm) -> Scenario:
        return load_scenario(said.scenario, set=dict(said.set), pack=pack, model=model, allow=allow)

    def again(found: Difference, said: Contrast | Than, whole: Contrast) -> Difference:
        without, under = arm(said.from_ or whole.from_), arm(said.to or whole.to)
        return replace(
            found,
            without=without,
            under=under,
            read=request(said.measure or whole.measure, without.names, without.family),
        )

    try:
        return tuple(
            replace(
                test, effect=again(test.effect, test.said, test.said),
                than=again(test.than, test.said.than, test.said) if test.than and test.said.than else None,
            )
            for test in each.tests
        )  # fmt: skip
    except OptionError:
        return ()


def claims_path(pack: str | Path) -> Path:
    """Return the file of a pack's claims; OptionError where it has none."""
    if (path := beside_scenarios(pack, "claims.yaml")) is None:
        raise OptionError(f"the pack '{shown(pack)}' has no claims.yaml among its scenarios")
    return path


def _test(reading: _Reading, at: tuple[Key, ...], sign: str, contrast: Contrast) -> Test | None:
    """Return a contrast, loaded; None where something does not fit, which is noted."""
    effect = _difference(reading, at, contrast, contrast)
    if effect is None:
        return None
    than = _difference(reading, (*at, "than"), contrast.than, contrast) if contrast.than else None
    return Test(contrast, sign, effect, than)


def _difference(reading: _Reading, at: tuple[Key, ...], said: Contrast | Than, whole: Contrast) -> Difference | None:
    """Return what is compared, loaded; what is not said is that of the whole contrast."""
    sheet = reading.sheet
    without = _arm(reading, (*at, "from"), said.from_ or whole.from_)
    under = _arm(reading, (*at, "to"), said.to or whole.to)
    measure = said.measure or whole.measure
    names, family = (without.names, without.family) if without else (sheet.names, reading.family)
    found = None
    try:
        found = request(measure, names, family)
        if len(found.entities) != 1:
            raise one_of_many(measure, found.entities)
    except OptionError as error:
        if not sheet.is_lost(measure):
            sheet.fail((*at, "measure"), str(error))
    if without is None or under is None or found is None:
        return None
    timed = said if said.quarter or said.over else whole
    return Difference(without, under, found, _quarters(sheet, at, timed, without, under))


def _quarters(sheet: Checker, at: tuple[Key, ...], said: Read, without: Scenario, under: Scenario) -> range:
    """Return the quarters that are read; that both arms have them is checked."""
    window = said.over or [said.quarter or to_text(without.start + without.quarters - 1)]
    first, last = to_index(window[0]) - without.start, to_index(window[-1]) - without.start
    where = (*at, "over" if said.over else "quarter")
    if first > last:
        sheet.fail(where, f"{window[0]} comes after {window[-1]}")
    elif first < 0 or last >= min(without.quarters, under.quarters):
        sheet.fail(where, f"{' to '.join(window)} is not among the quarters of both arms")
    return range(first, last + 1)


def _arm(reading: _Reading, at: tuple[Key, ...], arm: Arm) -> Scenario | None:
    try:
        load = partial(load_scenario, arm.scenario, set=dict(arm.set), pack=reading.pack, allow=reading.allow)
        return reading.faults.noted(load)
    except UserError as error:
        reading.sheet.fail(at, str(error))
        return None
