"""The article's causal sentences as records: what each says, and the contrast that tests it."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cordiale.coded import Finite, Strict
from cordiale.pack import Name, Words
from cordiale.scenario import QuarterText

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
    measure: str = Field(description="a measure of one entity: alignment:FRA-JPN")
    quarter: QuarterText | None = Field(None, description="when it is read; the horizon without it")
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
