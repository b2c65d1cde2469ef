"""Names within ties.yaml that must agree with the case, and ties that are coded twice."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from cordiale.case.checker import Checker, Path
from cordiale.case.pack import Case, Ties


def check_ties(ties: Ties, case: Case, sheet: Checker) -> None:
    """Note names in the ties that do not agree with the case, and ties that are coded twice."""
    _check_ladder(ties, sheet)
    _check_talks(ties, case, sheet)
    _check_contracts(ties, case, sheet)
    _check_classes(ties, sheet)
    _check_dyads(ties, sheet)
    for text, view in ties.views.items():
        sheet.dyad(("views", text), text.replace(">", "-"), key=True)
        sheet.keys_known(("views", text, "bias"), view.bias, sheet.names.issues, "issue")
        sheet.each_known(("views", text, "watches"), view.watches, sheet.names.issues, "issue")


class _Once:
    """What stood already, and where."""

    def __init__(self, sheet: Checker) -> None:
        self._sheet = sheet
        self._seen: dict[Hashable, Path] = {}

    def add(self, thing: Hashable, at: Path, what: str, *, key: bool = False) -> None:
        if thing in self._seen:
            line, _ = self._sheet.document.place(self._seen[thing], of_key=key)
            self._sheet.fail(at, f"{what} stands twice: first in line {line}", of_key=key)
        self._seen.setdefault(thing, at)


def _check_ladder(ties: Ties, sheet: Checker) -> None:
    once = _Once(sheet)
    for index, rung in enumerate(ties.ladder):
        at = ("ladder", index)
        dyad = sheet.dyad((*at, "dyad"), rung.dyad)
        sheet.known((*at, "agreement"), rung.agreement, sheet.names.agreements, "agreement")
        once.add((dyad, rung.agreement), (*at, "dyad"), f"'{rung.agreement}' of {rung.dyad}")


def _check_talks(ties: Ties, case: Case, sheet: Checker) -> None:
    once, signed = _Once(sheet), {(_sorted(rung.dyad), rung.agreement) for rung in ties.ladder}
    for index, talks in enumerate(ties.talks):
        at = ("talks", index)
        dyad = sheet.dyad((*at, "dyad"), talks.dyad)
        sheet.known((*at, "agreement"), talks.agreement, sheet.names.agreements, "agreement")
        once.add((dyad, talks.agreement), (*at, "dyad"), f"'{talks.agreement}' of {talks.dyad}")
        if (_sorted(talks.dyad), talks.agreement) in signed:
            sheet.fail((*at, "agreement"), f"'{talks.agreement}' of {talks.dyad} stands in the ladder, so it is signed")
        _check_before((*at, "opened"), talks.opened, case, sheet)


def _check_contracts(ties: Ties, case: Case, sheet: Checker) -> None:
    once = _Once(sheet)
    for index, contract in enumerate(ties.contracts):
        at = ("contracts", index)
        for key in ("seller", "buyer"):
            sheet.known((*at, key), getattr(contract, key), sheet.names.states, "state")
        if contract.seller == contract.buyer:
            sheet.fail((*at, "buyer"), f"{contract.buyer} buys from itself")
        once.add((contract.seller, contract.buyer), at, f"a contract of {contract.seller} with {contract.buyer}")
        _check_before((*at, "year"), contract.year, case, sheet)


def _check_before(at: Path, year: int, case: Case, sheet: Checker) -> None:
    if year > int(case.start[:4]):
        sheet.fail(at, f"{year} is after the start, {case.start}")


def _sorted(dyad: str) -> str:
    return "-".join(sorted(dyad.split("-")))


def _check_classes(ties: Ties, sheet: Checker) -> None:
    once, classes = _Once(sheet), ties.classes or {}  # None where the key is missing, which is told elsewhere
    for name, kind in classes.items():
        for index, text in enumerate(kind.dyads):
            at: Path = ("classes", name, "dyads", index)
            once.add(sheet.dyad(at, text), at, text)
        _check_practice(("classes", name, "practice"), kind.practice, sheet)
        sheet.keys_whole(("classes", name, "practice"), kind.practice, sheet.names.domains, "domain")
    for key, named in (("other", ties.other), ("close", ties.close)):
        if classes and named is not None:
            sheet.known((key,), named, classes, "class of ties")


def _check_dyads(ties: Ties, sheet: Checker) -> None:
    once = _Once(sheet)
    for text, tie in ties.dyads.items():
        at: Path = ("dyads", text)
        once.add(sheet.dyad(at, text, key=True), at, text, key=True)
        _check_practice((*at, "practice"), tie.practice, sheet)


def _check_practice(at: Path, practice: Mapping[str, object], sheet: Checker) -> None:
    sheet.keys_known(at, practice, sheet.names.domains, "domain")
