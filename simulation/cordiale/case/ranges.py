"""A coded number: low, best, high, and where it comes from.

The distribution is PERT (Malcolm, Roseboom, Clark and Fazar 1959): a beta distribution over
[low, high] with mode `best` and shape 4.
"""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cordiale.files.error_messages import Inconsistent

Basis = Literal["explicit", "implied", "not in the article"]
Finite = Annotated[float, Field(allow_inf_nan=False)]
WIDE = 0.25  # of the scale: the least width of a range that the article does not support


class Strict(BaseModel):
    """A record that refuses unknown keys and silent conversions, and never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Coded(Strict):
    """A number of the pack with its range and source; the scale is that of the subclass."""

    scale: ClassVar[tuple[float, float]] = (0.0, 1.0)

    low: Finite = Field(description="the lowest value that the source allows")
    best: Finite = Field(description="the coder's best value")
    high: Finite = Field(description="the highest value that the source allows")
    basis: Basis = Field(description="whether the article says it, implies it, or does not say it")
    locator: str | None = Field(None, description="section and paragraph of the article, e.g. 'Limitations 1'")
    paraphrase: str | None = Field(None, min_length=8, description="what the paragraph says, in the coder's words")
    source: str | None = Field(None, min_length=8, description="another source, or 'assumption: ...'")

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the largest value that the scale allows."""
        return self.scale

    @property
    def least_width(self) -> float:
        """How wide a range that is not in the article must be."""
        return self.width_around(self.best)

    def width_around(self, best: float) -> float:
        """Return how wide a range with another best value must be, where it is not in the article."""
        bottom, top = self.bounds
        return WIDE * (top - bottom)

    @model_validator(mode="after")
    def _check(self) -> Self:
        bottom, top = self.bounds
        if not self.low <= self.best <= self.high:
            message = f"low <= best <= high does not hold: {self.low:g}, {self.best:g}, {self.high:g}"
            raise Inconsistent("low" if self.low > self.best else "high", message)
        if self.low < bottom or self.high > top:
            message = f"{self.low:g}..{self.high:g} leaves the scale {bottom:g}..{top:g}"
            raise Inconsistent("low" if self.low < bottom else "high", message)
        if self.basis == "not in the article":
            self._check_unsupported()
        else:
            for key in ("locator", "paraphrase"):
                if not getattr(self, key):
                    raise Inconsistent("basis", f"a number with basis '{self.basis}' needs '{key}'")
        return self

    def _check_unsupported(self) -> None:
        for key in ("locator", "paraphrase"):
            if getattr(self, key):
                raise Inconsistent(key, f"a number that is not in the article has 'source' in place of '{key}'")
        if not self.source:
            raise Inconsistent(
                "basis",
                "a number that is not in the article needs 'source', which may begin with 'assumption:'",
            )
        if self.high - self.low < self.least_width - 1e-9:
            message = f"a number that is not in the article needs a wide range: at least {self.least_width:g}"
            raise Inconsistent("basis", f"{message}, and {self.low:g}..{self.high:g} is {self.high - self.low:g}")


class Signed(Coded):
    """A bias: -1..1."""

    scale: ClassVar[tuple[float, float]] = (-1.0, 1.0)


class Trend(Coded):
    """A change a quarter: -0.1..0.1."""

    scale: ClassVar[tuple[float, float]] = (-0.1, 0.1)


class Count(Coded):
    """A count a quarter: 0..6."""

    scale: ClassVar[tuple[float, float]] = (0.0, 6.0)


class Share(Coded):
    """A share or a chance 0..1 of which the size counts: .05 and .1 are as far apart as .3 and .6.

    A quarter of the scale would span everything. The range is at least as wide as the best value, such as
    x/2 to 3x/2; half to twice the best value is the rule of the packs that are shipped.
    """

    def width_around(self, best: float) -> float:
        """Return the best value itself."""
        return best


class Rate(Share):
    """Events a year: 0..20. A rare kind has a tenth of one, a usual kind several, so the size counts."""

    scale: ClassVar[tuple[float, float]] = (0.0, 20.0)


class Episodes(Share):
    """Episodes a year: 0..6, of which the size counts."""

    scale: ClassVar[tuple[float, float]] = (0.0, 6.0)


class Logit(Coded):
    """The logit of a chance a year: -12..0. A factor 2 each way in the odds is log 2 = .69 each way."""

    scale: ClassVar[tuple[float, float]] = (-12.0, 0.0)

    def width_around(self, best: float) -> float:
        """Return the width of a factor 2 each way."""
        return 2 * math.log(2)


class Free(Coded):
    """A number whose scale is that of the parameter it stands for; it is checked where the path is known."""

    scale: ClassVar[tuple[float, float]] = (float("-inf"), float("inf"))

    def width_around(self, best: float) -> float:
        """No width is asked for here."""
        return 0.0
