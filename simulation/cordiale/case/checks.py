"""What no single file can know: names that must agree across the files of a pack."""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cordiale.case.fields import FIELDS, SETTINGS, Names
from cordiale.case.pack import Case, Lever, Pack, StateFile, Ties
from cordiale.case.quarters import to_index
from cordiale.case.ranges import Coded, Strict
from cordiale.files.error_messages import MOST_FAULTS
from cordiale.files.errors import FileError, did_you_mean, short
from cordiale.files.yaml_file import Document, Key

__all__ = ["pack_faults", "paragraphs", "walk_coded"]


def pack_faults(pack: Pack, documents: Mapping[str, Document]) -> list[FileError]:
    """Return every name that does not agree, and every locator that leads nowhere.

    Parameters
    ----------
    pack : checked file by file: what is usable of it
    documents : name of a file -> what it says
    """
    names = Names(pack)
    sheets = {name: Checker(document, names) for name, document in documents.items()}
    check_case(pack.case, sheets["case"])
    for code, state in pack.states.items():
        check_state(code, state, pack.case, sheets[code])
    if pack.ties is not None:
        check_ties(pack.ties, sheets["ties"])
    places = paragraphs(pack.case)
    for name, record in {"case": pack.case, **pack.states, "ties": pack.ties}.items():
        for path, value in walk(record):
            if getattr(value, "locator", None) is not None:
                sheets[name].paragraph((*path, "locator"), getattr(value, "locator", ""), places)
    return [fault for sheet in sheets.values() for fault in sheet.faults]


# ----------------------------------------------------------------
# A file of a pack with the names that the whole pack knows, and the faults that it can have.


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


# ----------------------------------------------------------------
# Names within case.yaml: issues, domains, agreements, formats and what the levers move.


def check_case(case: Case, sheet: Checker) -> None:
    """Note names in a case that do not agree with the others."""
    sheet.each_known(("states",), case.states, case.states, "state")
    if case.focus is not None:
        sheet.dyad(("focus",), case.focus)
    sheet.each_known(("poles",), case.poles or (), case.states, "state")
    _check_issues(case, sheet)
    _check_domains(case, sheet)
    for name, agreement in case.agreements.items():
        others = [other for other in case.agreements if other != name]
        sheet.each_known(("agreements", name, "implies"), agreement.implies, others, "other agreement")
    _check_formats(case, sheet)
    _check_levers(case, sheet)


def _check_issues(case: Case, sheet: Checker) -> None:
    for name, issue in case.issues.items():
        if name in FIELDS:
            message = f"'{name}' is a word that paths use: give the issue another name"
            sheet.fail(("issues", name), message, of_key=True)
        sheet.each_known(("issues", name, "provokes"), issue.provokes, sheet.names.challengers, "challenger")
        if issue.restrains_flows_to:
            at = ("issues", name, "restrains_flows_to")
            sheet.known(at, issue.restrains_flows_to, sheet.names.challengers, "challenger")


def _check_domains(case: Case, sheet: Checker) -> None:
    for name, domain in case.domains.items():
        at = ("domains", name)
        sheet.known((*at, "theatre"), domain.theatre, case.theatres, "theatre")
        sheet.each_known((*at, "meets"), domain.meets, case.hazards, "hazard")
        if domain.appetite:
            sheet.known((*at, "appetite"), domain.appetite, case.issues, "issue")
        if domain.patron:
            sheet.known((*at, "patron"), domain.patron, case.states, "state")
        if domain.unlocked_by:
            sheet.known((*at, "unlocked_by"), domain.unlocked_by, case.agreements, "agreement")


def _check_formats(case: Case, sheet: Checker) -> None:
    for name, group in case.formats.items():
        at = ("formats", name)
        sheet.each_known((*at, "members"), group.members, case.states, "state")
        sheet.each_known((*at, "consent"), group.consent, case.states, "state")
        sheet.keys_known((*at, "character"), group.character, case.issues, "issue")
        sheet.keys_known((*at, "aimed_at"), group.aimed_at, sheet.names.challengers, "challenger")


def _check_levers(case: Case, sheet: Checker) -> None:
    for name, lever in case.levers.items():
        check_lever(sheet, ("levers", name), name, lever)


def check_lever(sheet: Checker, at: Path, name: str, lever: Lever) -> None:
    """Note that a lever is called as a setting, or moves what it cannot."""
    if name in SETTINGS:
        message = f"'{name}' is a setting of scenarios: give the lever another name"
        sheet.fail(at, message, of_key=True)
    moved: dict[str, str] = {}
    for path, ends in lever.moves.items():
        canonical = check_move(sheet, (*at, "moves", path), path, ends, "no lever can move it")
        if canonical in moved:
            message = f"'{path}' stands twice: first as '{moved[canonical]}'"
            sheet.fail((*at, "moves", path), message, of_key=True)
        moved[canonical] = path


def check_move(sheet: Checker, at: Path, path: str, ends: Sequence[float], so: str) -> str:
    """Return the canonical path of a number that is moved; note where it cannot be, or leaves its scale.

    Parameters
    ----------
    at : where the path stands as a key; below it the ends, if there are several
    so : what follows where the number is used at the start only
    """
    try:
        canonical = sheet.names.canonical(path)
    except KeyError as error:
        if not sheet.is_lost(path):
            sheet.fail(at, str(error.args[0]), of_key=True)
        return path
    of, _ = sheet.names.paths[canonical]
    if of == "weights" or FIELDS[of].kind == "start":
        sheet.fail(at, f"'{path}' is used at the start only, so {so}", of_key=True)
    bottom, top = sheet.names.scale(canonical)
    for index, end in enumerate(ends):
        if not bottom <= end <= top:
            message = f"{end:g} leaves the scale {bottom:g}..{top:g} of '{path}'"
            sheet.fail((*at, index) if len(ends) > 1 else at, message)
    return canonical


# ---------------------------------------------------------------- Names within a state's file


def check_state(code: str, state: StateFile, case: Case, sheet: Checker) -> None:
    """Note names in a state's file that do not agree with the case, or that it lacks."""
    names = sheet.names
    if state.code not in (code, None):
        sheet.fail(("code",), f"'{state.code}' stands in the file of {code}")
    if state.enters is not None:
        _check_entry(code, state.enters, case, sheet)
    for key, given, known, what in (
        ("issues", state.issues, names.issues, "issue"),
        ("capability", state.capability, names.theatres, "theatre"),
    ):
        if given is not None:
            sheet.keys_known((key,), given, known, what)
            sheet.keys_whole((key,), given, known, what)
    for key, rated, known, what in (
        ("threat", state.threat, names.hazards, "hazard"),
        ("dependence", state.dependence, names.challengers, "challenger"),
    ):
        sheet.keys_known((key,), rated, known, what)
        if code in rated:
            message = "a state rates neither its threat nor its dependence on itself"
            sheet.fail((key, code), message, of_key=True)
    if code in names.challengers and state.assertiveness is None and "assertiveness" not in sheet.document.lost:
        message = f"{code} is a hazard in case.yaml, so its file needs 'assertiveness'"
        sheet.fail((), message)
    if code not in names.challengers and state.assertiveness is not None and not sheet.is_lost(code):
        message = f"only a challenger has 'assertiveness', and {code} is no hazard in case.yaml"
        sheet.fail(("assertiveness",), message, of_key=True)


def _check_entry(code: str, quarter: str, case: Case, sheet: Checker) -> None:
    if to_index(quarter) <= to_index(case.start):
        message = f"{quarter} is not after the start, {case.start}: without 'enters' a state takes part from the start"
        sheet.fail(("enters",), message)
    if code in (case.poles or ()):
        sheet.fail(("enters",), f"{code} is a pole in case.yaml, and the poles take part from the start", of_key=True)


# ---------------------------------------------------------------- Names within ties.yaml


def check_ties(ties: Ties, sheet: Checker) -> None:
    """Note names in the ties that do not agree with the case, and ties that are coded twice."""
    _check_ladder(ties, sheet)
    _check_classes(ties, sheet)
    _check_dyads(ties, sheet)
    for text, view in ties.views.items():
        sheet.dyad(("views", text), text.replace(">", "-"), key=True)
        sheet.keys_known(("views", text, "bias"), view.bias, sheet.names.issues, "issue")


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


def _check_classes(ties: Ties, sheet: Checker) -> None:
    once = _Once(sheet)
    for name, kind in (ties.classes or {}).items():
        for index, text in enumerate(kind.dyads):
            at: Path = ("classes", name, "dyads", index)
            once.add(sheet.dyad(at, text), at, text)
        _check_practice(("classes", name, "practice"), kind.practice, sheet)
        sheet.keys_whole(("classes", name, "practice"), kind.practice, sheet.names.domains, "domain")
    if ties.other is not None and ties.classes is not None:
        sheet.known(("other",), ties.other, ties.classes, "class of ties")


def _check_dyads(ties: Ties, sheet: Checker) -> None:
    once = _Once(sheet)
    for text, tie in ties.dyads.items():
        at: Path = ("dyads", text)
        once.add(sheet.dyad(at, text, key=True), at, text, key=True)
        _check_practice((*at, "practice"), tie.practice, sheet)


def _check_practice(at: Path, practice: Mapping[str, object], sheet: Checker) -> None:
    sheet.keys_known(at, practice, sheet.names.domains, "domain")


# ----------------------------------------------------------------
# Every record and every coded number below a record, and the paragraphs that they can rest on.


def paragraphs(case: Case) -> dict[str, str]:
    """Return locator -> what the paragraph is about, in the order of the article; nothing of one with faults."""
    return {
        f"{short} {number}": about
        for short, section in (case.article.sections.items() if case.article else ())
        for number, about in section.paragraphs.items()
    }


def walk(value: object, path: Path = ()) -> Iterable[tuple[Path, object]]:
    """Yield every record below a record with its path in the file."""
    if isinstance(value, Strict):
        yield path, value
        if not isinstance(value, Coded):
            for name in type(value).model_fields:
                yield from walk(getattr(value, name), (*path, name))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from walk(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from walk(item, (*path, index))


def walk_coded(record: object) -> Iterable[tuple[Path, Coded]]:
    """Yield every coded number below a record with its path in the file."""
    for path, value in walk(record):
        if isinstance(value, Coded):
            yield path, value
