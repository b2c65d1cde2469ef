"""The article's causal sentences as records: what each says, and the contrast that tests it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cordiale.case.checker import Checker
from cordiale.case.checks import paragraphs
from cordiale.case.fields import Names
from cordiale.case.load import check_stays, is_file, roots
from cordiale.case.pack import Name, Quarter, Words
from cordiale.case.quarters import to_index
from cordiale.case.ranges import Finite, Strict
from cordiale.files.errors import Faults, OptionError, UserError, did_you_mean, together
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


class Contrast(Strict):
    """What is compared: the effect is the measure in `to` minus the measure in `from`, on the same worlds."""

    from_: Arm = Field(default_factory=Arm, alias="from", description="without the cause")
    to: Arm = Field(description="with the cause")
    measure: str = Field(description="a measure of one entity, as MEASURE:ENTITY")
    quarter: Quarter | None = Field(None, description="when it is read; the horizon without it")
    margin: Annotated[float, Field(gt=0, allow_inf_nan=False)] = Field(
        0.01, description="on the measure's scale: an effect within it is none that anyone would notice"
    )
    why: Words = Field(description="why this contrast and measure stand for the sentence")


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
    test: Contrast | None = None
    not_testable: Words | None = Field(None, description="why no contrast of this model can test it")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.test is None) == (self.not_testable is None):
            raise ValueError("a claim has either 'test' or 'not_testable'")
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
class Test:
    """A claim's contrast, loaded.

    Attributes
    ----------
    without, under : the two arms: without the cause, and with it
    read : the measure, of one entity
    quarter : when it is read, counted from 0
    """

    without: Scenario
    under: Scenario
    read: Request
    quarter: int

    __test__ = False  # not one of pytest's


@dataclass(frozen=True)
class Loaded:
    """A claim with its test; None where it cannot be tested here."""

    claim: Claim
    test: Test | None


def load_claims(pack: str, only: list[str] | None = None, allow: Collection[str] = ()) -> list[Loaded]:
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
    document, said = sift(read(_path(pack)), ClaimsFile)
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
            test = (
                None
                if claim.test is None
                else _test(_Reading(sheet, faults, pack, family, allow), (*where, "test"), claim.test)
            )
            loaded.append(Loaded(claim, test))
    faults += sheet.faults
    faults.raise_any()
    return loaded


@dataclass(frozen=True)
class _Reading:
    """What is needed to read a claim's contrast: what is known, and where it is noted that something does not fit."""

    sheet: Checker
    faults: Faults
    pack: str
    family: Family
    allow: Collection[str]


def _path(pack: str) -> Path:
    for root in roots():
        path = root / "scenarios" / pack / "claims.yaml"
        if is_file(path):
            check_stays(path, "the scenarios' folder")
            return path
    raise OptionError(f"the pack '{pack}' has no claims.yaml among its scenarios")


def _test(reading: _Reading, at: tuple[Key, ...], contrast: Contrast) -> Test | None:
    """Return a contrast, loaded; None where something does not fit, which is noted."""
    sheet = reading.sheet
    without = _arm(reading, (*at, "from"), contrast.from_)
    under = _arm(reading, (*at, "to"), contrast.to)
    names, family = (without.names, without.family) if without else (sheet.names, reading.family)
    found = None
    try:
        found = request(contrast.measure, names, family)
        if len(found.entities) != 1:
            raise one_of_many(contrast.measure, found.entities)
    except OptionError as error:
        if not sheet.is_lost(contrast.measure):
            sheet.fail((*at, "measure"), str(error))
    if without is None or under is None or found is None:
        return None
    quarter = to_index(contrast.quarter) - without.start if contrast.quarter else without.quarters - 1
    if not 0 <= quarter < min(without.quarters, under.quarters):
        sheet.fail((*at, "quarter"), f"{contrast.quarter} is not among the quarters of both arms")
    return Test(without, under, found, quarter)


def _arm(reading: _Reading, at: tuple[Key, ...], arm: Arm) -> Scenario | None:
    try:
        load = partial(load_scenario, arm.scenario, set=dict(arm.set), pack=reading.pack, allow=reading.allow)
        return reading.faults.noted(load)
    except UserError as error:
        reading.sheet.fail(at, str(error))
        return None
