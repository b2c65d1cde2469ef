"""What varies: the record of a scenario file."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from cordiale.coded import Finite, Free, Strict
from cordiale.pack import Name, Words

QuarterText = Annotated[str, Field(pattern=r"^\d{4}Q[1-4]$", description="a quarter: 2019Q2")]


class Event(Strict):
    """What happens at a quarter; exactly one of set, ramp, stop, shock."""

    quarter: QuarterText
    set: dict[Name, Finite] | None = Field(None, description="levers that start here, with their values")
    ramp: dict[Name, Finite] | None = Field(None, description="levers that move in equal steps to these values")
    stop: list[Name] | None = Field(None, description="levers that end here; the coded number returns")
    shock: dict[Name, Finite] | None = Field(None, description="levers that start here and end after `lasts` quarters")
    over: Annotated[int, Field(ge=1, le=400)] | None = Field(None, description="quarters that a ramp takes")
    lasts: Annotated[int, Field(ge=1, le=400)] | None = Field(None, description="quarters that a shock lasts")

    @model_validator(mode="after")
    def _check(self) -> Self:
        given = [kind for kind in ("set", "ramp", "stop", "shock") if getattr(self, kind) is not None]
        if len(given) != 1:
            raise ValueError(f"an event has exactly one of set, ramp, stop, shock; this one has {given or 'none'}")
        for kind, length in (("ramp", "over"), ("shock", "lasts")):
            if (kind in given) != (getattr(self, length) is not None):
                raise ValueError(f"'{kind}' and '{length}' go together")
        return self


class Basis(Strict):
    """Where in the article the scenario's question comes from."""

    locator: str
    says: Words


class ScenarioFile(Strict):
    """A scenario as it stands in its file; what is absent comes from its parents."""

    title: Words
    question: Words
    basis: Basis
    pack: Name | None = Field(None, description="the case pack; without it the folder's name, or the parents' pack")
    extends: Name | list[Name] = Field(default_factory=list, description="parents, later ones over earlier ones")
    levers: dict[Name, Finite] = Field(default_factory=dict, description="policy from the first quarter on")
    uncertainties: dict[str, Free] = Field(default_factory=dict, description="ranges in place of the pack's, by path")
    timeline: list[Event] = Field(default_factory=list)
    horizon: QuarterText | None = Field(None, description="the last quarter")
    worlds: Annotated[int, Field(ge=1, le=100_000_000)] | None = None
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = None
    measures: list[str] | None = None
