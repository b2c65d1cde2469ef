"""Parts of the model's specification, docs/ODD.md, which holds its equations once and for all."""

from __future__ import annotations

import re

from cordiale.errors import CordialeError
from cordiale.library import roots

_HEADING = re.compile(r"^(#{2,3}) +(.*)$", re.MULTILINE)


class Specification:
    """The text by its headings: "7 Submodels", "4.12 Where the model departs ...", "References"."""

    def __init__(self, name: str = "ODD.md") -> None:
        path = roots()[-1] / "docs" / name
        if not path.is_file():
            raise CordialeError(f"the model's specification is not installed: {path} is missing")
        self.text = path.read_text("utf-8")
        found = list(_HEADING.finditer(self.text))
        self._parts = [
            (len(each[1]), each[2], self.text[each.start() : after.start() if after else len(self.text)].strip())
            for each, after in zip(found, [*found[1:], None], strict=True)
        ]

    def section(self, number: str, without: str | None = None) -> str:
        """Return a section with its headings ("7", "4.12", "References"); KeyError where there is none.

        Parameters
        ----------
        without : number of a subsection to leave out
        """
        text, inside = [], 0
        for level, heading, part in self._parts:
            inside = 0 if inside and level <= inside else inside
            if heading.split()[0] == number and not inside:
                inside = level
            if inside and heading.split()[0] != without:
                text.append(part)
        if not text:
            raise KeyError(number)
        return "\n\n".join(text)

    def body(self, number: str, without: str | None = None) -> str:
        """Return a section without its own heading."""
        return self.section(number, without).partition("\n")[2].strip()
