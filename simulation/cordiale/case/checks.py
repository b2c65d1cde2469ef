"""What no single file can know: names that must agree across the files of a pack."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

from cordiale.case.checker import Checker, Path
from cordiale.case.fields import FIELDS, SETTINGS, Names
from cordiale.case.pack import Case, Lever, Pack, StateFile, Ties
from cordiale.case.quarters import to_index
from cordiale.case.ranges import Coded, Strict
from cordiale.files.errors import FileError
from cordiale.files.yaml_file import Document

__all__ = ["pack_faults", "paragraphs", "walk_coded"]

WORDS = "words"  # what an agreement follows that is about documents and meetings, and not about domains


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
        check_ties(pack.ties, pack.case, sheets["ties"])
    places = paragraphs(pack.case)
    for name, record in {"case": pack.case, **pack.states, "ties": pack.ties}.items():
        for path, value in walk(record):
            if getattr(value, "locator", None) is not None:
                sheets[name].paragraph((*path, "locator"), getattr(value, "locator", ""), places)
    return [fault for sheet in sheets.values() for fault in sheet.faults]


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
    _check_agreements(case, sheet)
    _check_formats(case, sheet)
    _check_roles(case, sheet)
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
        if domain.contribution:
            sheet.known((*at, "contribution"), domain.contribution, case.issues, "issue")
        _check_agreed((*at, "about"), domain.about, case, sheet)


def _check_agreed(at: Path, issues: Sequence[str], case: Case, sheet: Checker) -> None:
    """Note an issue on which partners cannot agree, since it is a deed."""
    sheet.each_known(at, issues, case.issues, "issue")
    for index, name in enumerate(issues):
        if name in case.issues and case.issues[name].deed:
            sheet.fail((*at, index), f"'{name}' is a deed, which states supply: it is nothing that they agree on")


def _check_agreements(case: Case, sheet: Checker) -> None:
    for name, agreement in case.agreements.items():
        at = ("agreements", name)
        others = [other for other in case.agreements if other != name]
        sheet.each_known((*at, "implies"), agreement.implies, others, "other agreement")
        if isinstance(agreement.follows, list):
            sheet.each_known((*at, "follows"), agreement.follows, case.domains, "domain")
        elif agreement.follows != WORDS:
            message = f"'follows' must be a list of domains or the word '{WORDS}', not '{agreement.follows}'"
            sheet.fail((*at, "follows"), message)


def _check_roles(case: Case, sheet: Checker) -> None:
    _check_agreed(("roles", "words"), case.roles.words, case, sheet)
    for role, known, what in (
        ("presence", case.issues, "issue"),
        ("exercises", case.domains, "domain"),
        ("meetings", case.agreements, "agreement"),
        ("dialogue", case.agreements, "agreement"),
        ("treaty", case.agreements, "agreement"),
        ("arms", case.domains, "domain"),
    ):
        if (name := getattr(case.roles, role)) is not None:
            sheet.known(("roles", role), name, known, what)


def _check_formats(case: Case, sheet: Checker) -> None:
    for name, group in case.formats.items():
        at = ("formats", name)
        sheet.each_known((*at, "members"), group.members, case.states, "state")
        sheet.keys_known((*at, "character"), group.character, case.issues, "issue")
        sheet.keys_known((*at, "aimed_at"), group.aimed_at, sheet.names.challengers, "challenger")


def _check_levers(case: Case, sheet: Checker) -> None:
    for name, lever in case.levers.items():
        check_lever(sheet, ("levers", name), name, lever)
        sheet.each_known(("levers", name, "held_by"), lever.held_by, case.states, "state")


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
        elif sheet.names.is_held(canonical) and end not in (0, 1):
            message = f"{end:g} is neither 0 nor 1, as '{path}' must be: {FIELDS[of].meaning}"
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
    for key in ("assertiveness", "hits"):
        if code not in names.challengers and getattr(state, key) is not None and not sheet.is_lost(code):
            sheet.fail((key,), f"only a challenger has '{key}', and {code} is no hazard in case.yaml", of_key=True)
    if state.elections is not None:
        _check_elections(state.elections.quarters, case, sheet)


def _check_elections(quarters: Sequence[str], case: Case, sheet: Checker) -> None:
    for index, quarter in enumerate(quarters):
        at = ("elections", "quarters", index)
        if to_index(quarter) < to_index(case.start):
            sheet.fail(at, f"{quarter} is before the start, {case.start}")
        elif index and to_index(quarter) <= to_index(quarters[index - 1]):
            sheet.fail(at, f"{quarter} is not after {quarters[index - 1]}, which stands before it")


def _check_entry(code: str, quarter: str, case: Case, sheet: Checker) -> None:
    if to_index(quarter) <= to_index(case.start):
        message = f"{quarter} is not after the start, {case.start}: without 'enters' a state takes part from the start"
        sheet.fail(("enters",), message)
    if code in (case.poles or ()):
        sheet.fail(("enters",), f"{code} is a pole in case.yaml, and the poles take part from the start", of_key=True)


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
