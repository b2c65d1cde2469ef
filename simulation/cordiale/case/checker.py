"""A file of a pack with the names that the whole pack knows, and the faults that it can have."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from cordiale.case.fields import Names
from cordiale.files.error_messages import MOST_FAULTS
from cordiale.files.errors import FileError, did_you_mean, short
from cordiale.files.yaml_file import Document, Key

Path = tuple[Key, ...]


@dataclass(frozen=True)
class Checker:
    """One document under check; each method notes what does not fit.

    In each, `at` is the path to what is checked, and `key` says that it is a key and not a value. A name that stood in
    what was left out for its faults is not refused: that fault is told, and a second one would be none.

    Attributes
    ----------
    lost : such names in other files that this one builds on
    faults : what was found, at most MOST_FAULTS
    """

    document: Document
    names: Names
    lost: frozenset[str] = frozenset()
    faults: list[FileError] = field(default_factory=list)

    def fail(self, at: Path, message: str, *, of_key: bool = False) -> None:
        """Note a fault at its place."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(FileError(self.document.path, *self.document.place(at, of_key=of_key), message))

    def is_lost(self, text: str) -> bool:
        """Return whether a name, or a part of a path or locator, stood in what was left out for its faults."""
        lost = self.names.lost | self.document.lost | self.lost
        return bool(lost) and not lost.isdisjoint((text, text.rpartition(" ")[0], *re.split(r"[.>:-]", text)))

    def known(self, at: Path, name: str, known: Collection[str], what: str, *, key: bool = False) -> None:
        """Refuse a name that the pack does not know."""
        if name not in known and not self.is_lost(name):
            hint = did_you_mean(name, known) or _all_known(known, what)
            self.fail(at, f"{short(name)} is no {what} of this pack{hint}", of_key=key)

    def each_known(self, at: Path, names: Iterable[str], known: Collection[str], what: str) -> None:
        """Refuse an unknown name in a list, and one that stands there twice."""
        seen: set[str] = set()
        for index, name in enumerate(names):
            self.known((*at, index), name, known, what)
            if name in seen:
                self.fail((*at, index), f"{short(name)} stands twice in the list")
            seen.add(name)

    def keys_known(self, at: Path, names: Iterable[str], known: Collection[str], what: str) -> None:
        """Refuse an unknown name among the keys of a mapping."""
        for name in names:
            self.known((*at, name), name, known, what, key=True)

    def keys_whole(self, at: Path, given: Collection[str], known: Iterable[str], what: str) -> None:
        """Refuse a mapping that lacks one of the names it must have."""
        for name in known:
            if name not in given and name not in self.document.lost:
                self.fail(at, f"the {what} '{name}' is missing", of_key=True)

    def dyad(self, at: Path, text: str, *, key: bool = False) -> str:
        """Return a dyad in canonical order, as it is where it has none: of an unknown state, or a state with itself."""
        try:
            return self.names.dyad(text)
        except KeyError:
            before = len(self.faults)
            for code in (text[:3], text[4:]):
                self.known(at, code, self.names.states, "state", key=key)
            if len(self.faults) == before and text[:3] == text[4:]:
                self.fail(at, f"'{text}' is a state with itself", of_key=key)
            return text

    def paragraph(self, at: Path, locator: str, places: Collection[str]) -> None:
        """Refuse a locator that is no paragraph of the article."""
        if locator not in places and not self.is_lost(locator) and "article" not in self.names.lost:
            hint = did_you_mean(locator, places) or f" (it has: {', '.join(places)})"
            self.fail(at, f"{short(locator)} is no paragraph of the article{hint}")


def _all_known(known: Collection[str], what: str) -> str:
    if len(known) > 20:
        return f"; `cordiale list {what}s` shows them"
    return f" (known: {', '.join(known) or 'none'})"
