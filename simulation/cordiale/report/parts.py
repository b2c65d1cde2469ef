"""What a page is made of: tables and figures, numbered by the template in the order in which they stand."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from cordiale.study import Study

_HYPHEN = re.compile(r"(?<![\w.−–-])-(?=\d)")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)|(?<=s)'(?=\s)")
SHORT = 12  # rows that are kept on one page in print


@dataclass(frozen=True)
class Table:
    """A table; its cells are plain text.

    Attributes
    ----------
    caption : what it shows, and how to read it
    head : names of the columns
    rows : texts, as many as columns in each row
    numeric : places of the columns that are set flush right
    """

    caption: str
    head: list[str]
    rows: list[list[str]]
    numeric: frozenset[int] = field(default_factory=frozenset)

    @property
    def kind(self) -> str:
        """How the table is set: "short" stays on one page, "grouped" has room between groups of rows."""
        heads = [row[0] for row in self.rows]
        kinds = {"short": len(heads) <= SHORT, "grouped": len(set(heads)) < len(heads)}
        return " ".join(kind for kind, holds in kinds.items() if holds)


@dataclass(frozen=True)
class Picture:
    """A figure of the page.

    Attributes
    ----------
    title, note, source : of the caption
    image : an svg, or an img of one
    width : in points, as it was drawn
    """

    title: str
    note: str
    source: str
    image: Markup
    width: float


def signed(value: float, digits: int = 3) -> str:
    """Return "+0.012" or "-0.012", whose sign `typeset` sets; "0" where nothing differs."""
    return f"{value:+.{digits}f}" if value else "0"


def span(low: float, high: float, digits: int = 3) -> str:
    """Return "+0.010 to +0.014"; "not known" where too few worlds give no interval."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return "not known"
    return f"{signed(low, digits)} to {signed(high, digits)}"


def typeset(value: Any) -> Any:
    """Return a text with minus signs before numbers and with apostrophes; what is no bare text stays as it is."""
    return _APOSTROPHE.sub("’", _HYPHEN.sub("−", value)) if type(value) is str else value


def digits(value: float) -> int:
    """Return with how many digits a difference is told: a small one with four."""
    return 3 if abs(value) >= 0.01 else 4


def comparable(study: Study) -> Study:
    """Return the study of those scenarios only that have the first one's quarters."""
    quarters = study.quarters()
    kept = [about for about in study.manifest["scenarios"] if about["quarters"] == quarters]
    return Study(study.folder, {**study.manifest, "scenarios": kept})


def pair(study: Study, joint: str = " and ") -> str:
    """Return the names of the focus dyad's states."""
    names = study.manifest["names"]
    return joint.join(names.get(code, code) for code in str(study.manifest["focus"]).split("-"))
