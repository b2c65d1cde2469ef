"""What varies: the record of a scenario file."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from cordiale.coded import Finite, Free, Strict
from cordiale.pack import Name, Words

MOST_QUARTERS = 400  # of a scenario, a ramp or a shock
MOST_WORLDS = 100_000_000
SETTINGS = ("horizon", "worlds", "seed", "measures")
QuarterText = Annotated[str, Field(pattern=r"^[0-9]{4}Q[1-4]$", description="a quarter: 2019Q2")]
ParameterPath = Annotated[str, Field(max_length=120)]
Moves = Annotated[dict[Name, Finite], Field(min_length=1)]
MeasureText = Annotated[str, Field(max_length=120)]


LONGEST_NAME = 100


def is_name(name: str) -> bool:
    """Return whether a scenario can be called so: studies, tables and charts are called after it."""
    return len(name) <= LONGEST_NAME and name.isprintable() and (name[:1].isalnum() or name[:1] == "_")


class Event(Strict):
    """What happens at a quarter; exactly one of set, ramp, stop, shock."""

    quarter: QuarterText
    set: Moves | None = Field(None, description="levers that start here, with their values")
    ramp: Moves | None = Field(None, description="levers that move in equal steps to these values")
    stop: Annotated[list[Name], Field(min_length=1)] | None = Field(
        None, description="levers that end here; the coded number returns"
    )
    shock: Moves | None = Field(None, description="levers that start here and end after `lasts` quarters")
    over: Annotated[int, Field(ge=1, le=MOST_QUARTERS)] | None = Field(None, description="quarters that a ramp takes")
    lasts: Annotated[int, Field(ge=1, le=MOST_QUARTERS)] | None = Field(None, description="quarters that a shock lasts")

    @model_validator(mode="after")
    def _check(self) -> Self:
        given = [kind for kind in ("set", "ramp", "stop", "shock") if getattr(self, kind) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none"
            raise ValueError(f"an event has exactly one of set, ramp, stop, shock; this one has {found}")
        for kind, length in (("ramp", "over"), ("shock", "lasts")):
            if kind in given and getattr(self, length) is None:
                raise ValueError(f"'{kind}' needs '{length}': how many quarters, such as {length}: 4")
            if kind not in given and getattr(self, length) is not None:
                raise ValueError(f"'{length}' belongs to '{kind}', and this event has '{given[0]}'")
        return self


class Basis(Strict):
    """Where in the article the scenario's question comes from."""

    locator: Annotated[str, Field(max_length=120)]
    says: Words


class ScenarioFile(Strict):
    """A scenario as it stands in its file; what is absent comes from its parents."""

    title: Words
    question: Words
    basis: Basis
    pack: Name | None = Field(None, description="the case pack; without it the folder's name, or the parents' pack")
    extends: Name | Annotated[list[Name], Field(max_length=20)] = Field(
        default_factory=list, description="parents, later ones over earlier ones"
    )
    levers: dict[Name, Finite] = Field(default_factory=dict, description="policy from the first quarter on")
    uncertainties: dict[ParameterPath, Free] = Field(
        default_factory=dict, description="ranges in place of the pack's, by path"
    )
    timeline: Annotated[list[Event], Field(max_length=1000)] = Field(default_factory=list)
    horizon: QuarterText | None = Field(None, description="the last quarter")
    worlds: Annotated[int, Field(ge=1, le=MOST_WORLDS)] | None = None
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = None
    measures: Annotated[list[MeasureText], Field(min_length=1, max_length=500)] | None = None
