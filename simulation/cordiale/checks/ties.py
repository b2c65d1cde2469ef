"""Names within ties.yaml."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from cordiale.checks.sheet import Path, Sheet
from cordiale.pack import Ties


def check_ties(ties: Ties, sheet: Sheet) -> None:
    """Raise FileError for a name in the ties that does not agree with the case, or a tie coded twice."""
    _check_ladder(ties, sheet)
    _check_classes(ties, sheet)
    _check_dyads(ties, sheet)
    for text, view in ties.views.items():
        sheet.dyad(("views", text), text.replace(">", "-"), key=True)
        sheet.keys_known(("views", text, "bias"), view.bias, sheet.names.issues, "issue")


class _Once:
    """What stood already, and where."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._seen: dict[Hashable, Path] = {}

    def add(self, thing: Hashable, at: Path, what: str, *, key: bool = False) -> None:
        document = self._sheet.document
        if thing in self._seen:
            line, _ = document.place(self._seen[thing], of_key=key)
            document.fail(at, f"{what} stands twice: first in line {line}", of_key=key)
        self._seen[thing] = at


def _check_ladder(ties: Ties, sheet: Sheet) -> None:
    once = _Once(sheet)
    for index, rung in enumerate(ties.ladder):
        at = ("ladder", index)
        dyad = sheet.dyad((*at, "dyad"), rung.dyad)
        sheet.known((*at, "agreement"), rung.agreement, sheet.names.agreements, "agreement")
        once.add((dyad, rung.agreement), (*at, "dyad"), f"'{rung.agreement}' of {rung.dyad}")


def _check_classes(ties: Ties, sheet: Sheet) -> None:
    once = _Once(sheet)
    for name, kind in ties.classes.items():
        for index, text in enumerate(kind.dyads):
            at: Path = ("classes", name, "dyads", index)
            once.add(sheet.dyad(at, text), at, text)
        _check_practice(("classes", name, "practice"), kind.practice, sheet)
        sheet.keys_whole(("classes", name, "practice"), kind.practice, sheet.names.domains, "domain")
    sheet.known(("other",), ties.other, ties.classes, "class of ties")


def _check_dyads(ties: Ties, sheet: Sheet) -> None:
    once = _Once(sheet)
    for text, tie in ties.dyads.items():
        at: Path = ("dyads", text)
        once.add(sheet.dyad(at, text, key=True), at, text, key=True)
        _check_practice((*at, "practice"), tie.practice, sheet)


def _check_practice(at: Path, practice: Mapping[str, object], sheet: Sheet) -> None:
    sheet.keys_known(at, practice, sheet.names.domains, "domain")
