"""Griffe extension: the house's docstrings, a line an entry, in the form that numpydoc gives to tools.

The house writes "worlds : number of worlds" where numpydoc has the type after the colon, since types stand
in the signature already. Here the text moves to a line of its own, so that it is shown as a description.
"""

from __future__ import annotations

import re
from typing import Any

from griffe import Extension

SECTION = re.compile(r"^(Parameters|Attributes|Raises|Returns|Yields)\n-+\n", re.MULTILINE)
ENTRY = re.compile(r"^(\S.*?) +: +(.*)$")


MEANINGS = {  # of errors that a docstring only names
    "FileError": "a fault in a file, with its place",
    "OptionError": "an option or argument that does not fit",
    "StudyError": "a study that cannot be read or written",
}


class HouseDocstrings(Extension):
    """Rewrites the sections of each docstring when its object is loaded."""

    def on_object(self, *, obj: Any, **_: Any) -> None:
        """Rewrite one object's docstring in place."""
        if obj.docstring is not None:
            obj.docstring.value = rewritten(obj.docstring.value)


def rewritten(text: str) -> str:
    """Return a docstring whose entries have their texts on lines of their own."""
    parts = SECTION.split(text)
    found = parts[0]
    for kind, body in zip(parts[1::2], parts[2::2], strict=True):
        entry, blank, rest = body.partition("\n\n")
        lines = _raised(entry) if kind == "Raises" else _entries(entry)
        found += f"{kind}\n{'-' * len(kind)}\n" + "\n".join(lines) + blank + rest
    return found


def _entries(body: str) -> list[str]:
    lines: list[str] = []
    for line in body.splitlines():
        entry = ENTRY.match(line)
        lines += [entry[1], f"    {entry[2]}"] if entry else [line]
    return lines


def _raised(body: str) -> list[str]:
    """Return "OptionError for what is unknown; StudyError ..." as an entry an error."""
    lines: list[str] = []
    for clause in re.split(r";\s+|(?<=Error), ", " ".join(body.split())):
        name, _, when = clause.partition(" ")
        name = name.rstrip(",")
        lines += [name, f"    {when or MEANINGS.get(name, 'as said above')}"]
    return lines
