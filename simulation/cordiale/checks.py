"""What no single file can know: names that must agree across the files of a pack."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

from cordiale.coded import Coded, Strict
from cordiale.errors import did_you_mean
from cordiale.fields import FIELDS, Names
from cordiale.pack import Case, Pack, StateFile, Ties
from cordiale.yamlfile import Document, Key

Path = tuple[Key, ...]


def check_pack(pack: Pack, documents: dict[str, Document]) -> None:
    """Raise FileError for the first name that does not agree, or locator that leads nowhere."""
    names = Names(pack)
    _check_case(pack.case, names, documents["case"])
    for code, state in pack.states.items():
        _check_state(code, state, pack, names, documents[code])
    _check_ties(pack.ties, names, documents["ties"])
    places = paragraphs(pack.case)
    for name, document in documents.items():
        record = {"case": pack.case, "ties": pack.ties}.get(name) or pack.states[name]
        for path, value in _walk(record):
            locator = getattr(value, "locator", None)
            if locator is not None and locator not in places:
                message = f"'{locator}' is no paragraph of the article{did_you_mean(locator, places)}"
                document.fail((*path, "locator"), message)


def paragraphs(case: Case) -> dict[str, str]:
    """Return locator -> what the paragraph is about, in the order of the article."""
    return {
        f"{short} {number}": about
        for short, section in case.article.sections.items()
        for number, about in section.paragraphs.items()
    }


def _known(document: Document, path: Path, name: str, known: Iterable[str], what: str, *, key: bool = False) -> None:
    known = list(known)
    if name not in known:
        near = did_you_mean(name, known)
        document.fail(path, f"'{name}' is no {what} of this pack{near or ' (' + ', '.join(known) + ')'}", of_key=key)


def _check_case(case: Case, names: Names, document: Document) -> None:
    for name in case.issues:
        if name in FIELDS:
            document.fail(("issues", name), f"'{name}' is a word that paths use", of_key=True)
    try:
        names.dyad(case.focus)
    except KeyError:
        _no_dyad(document, ("focus",), case.focus, names, key=False)
    for index, code in enumerate(case.poles):
        _known(document, ("poles", index), code, names.states, "state")
    for name, issue in case.issues.items():
        for index, code in enumerate(issue.provokes):
            _known(document, ("issues", name, "provokes", index), code, names.challengers, "challenger")
        if issue.restrains_flows_to:
            at = ("issues", name, "restrains_flows_to")
            _known(document, at, issue.restrains_flows_to, names.challengers, "challenger")
    for name, domain in case.domains.items():
        at = ("domains", name)
        _known(document, (*at, "theatre"), domain.theatre, names.theatres, "theatre")
        for index, hazard in enumerate(domain.meets):
            _known(document, (*at, "meets", index), hazard, names.hazards, "hazard")
        for key, known in (("appetite", names.issues), ("patron", names.states), ("unlocked_by", names.agreements)):
            if getattr(domain, key):
                _known(document, (*at, key), getattr(domain, key), known, key)
    for name, agreement in case.agreements.items():
        for index, implied in enumerate(agreement.implies):
            _known(document, ("agreements", name, "implies", index), implied, names.agreements, "agreement")
    for name, group in case.formats.items():
        for kind in ("members", "consent"):
            for index, code in enumerate(getattr(group, kind)):
                _known(document, ("formats", name, kind, index), code, names.states, "state")
        for issue_name in group.character:
            at = ("formats", name, "character", issue_name)
            _known(document, at, issue_name, names.issues, "issue", key=True)
        for code in group.aimed_at:
            _known(document, ("formats", name, "aimed_at", code), code, names.challengers, "challenger", key=True)
    for name, lever in case.levers.items():
        for path, ends in lever.moves.items():
            _check_move(names, document, ("levers", name, "moves", path), path, ends)


def _check_move(names: Names, document: Document, at: Path, path: str, ends: list[float]) -> None:
    try:
        canonical = names.canonical(path)
    except KeyError as error:
        document.fail(at, str(error.args[0]), of_key=True)
    field, _ = names.paths[canonical]
    if field == "weights" or FIELDS[field].kind == "start":
        document.fail(at, f"'{path}' is used at the start only, so no lever can move it", of_key=True)
    bottom, top = names.scale(canonical)
    for index, end in enumerate(ends):
        if not bottom <= end <= top:
            document.fail((*at, index), f"{end:g} leaves the scale {bottom:g}..{top:g} of '{path}'")


def _check_state(code: str, state: StateFile, pack: Pack, names: Names, document: Document) -> None:
    if state.code != code:
        document.fail(("code",), f"'{state.code}' stands in the file of {code}")
    whole: tuple[tuple[str, list[str], str], ...]
    whole = (("issues", names.issues, "issue"), ("capability", names.theatres, "theatre"))
    part = (("threat", names.hazards, "hazard"), ("dependence", names.challengers, "challenger"))
    for key, known, what in (*whole, *part):
        for name in getattr(state, key):
            _known(document, (key, name), name, known, what, key=True)
            if name == code:
                document.fail((key, name), "a state rates neither its threat nor its dependence on itself", of_key=True)
    for key, known, what in whole:
        for name in known:
            if name not in getattr(state, key):
                document.fail((key,), f"the {what} '{name}' is missing", of_key=True)
    if (code in names.challengers) != (state.assertiveness is not None):
        document.fail(("assertiveness",), "a challenger, and no other state, has 'assertiveness'", of_key=True)


def _check_ties(ties: Ties, names: Names, document: Document) -> None:
    seen: dict[object, Path] = {}

    def once(thing: object, at: Path, what: str) -> None:
        if thing in seen:
            document.fail(at, f"{what} stands twice: first in line {document.place(seen[thing])[0]}")
        seen[thing] = at

    def dyad(text: str, at: Path, *, key: bool = False) -> str:
        try:
            return names.dyad(text)
        except KeyError:
            _no_dyad(document, at, text, names, key=key)

    for index, rung in enumerate(ties.ladder):
        at: Path = ("ladder", index, "dyad")
        canonical = dyad(rung.dyad, at)
        _known(document, ("ladder", index, "agreement"), rung.agreement, names.agreements, "agreement")
        once((canonical, rung.agreement), at, f"{rung.agreement} of {rung.dyad}")
    for name, kind in ties.classes.items():
        for index, text in enumerate(kind.dyads):
            once(dyad(text, ("classes", name, "dyads", index)), ("classes", name, "dyads", index), text)
        for domain in names.domains:
            if domain not in kind.practice:
                document.fail(("classes", name, "practice"), f"the domain '{domain}' is missing", of_key=True)
    _known(document, ("other",), ties.other, ties.classes, "class of ties")
    practices: list[tuple[Path, Strict]] = [(("classes", name), kind) for name, kind in ties.classes.items()]
    for text, tie in ties.dyads.items():
        once(("tie", dyad(text, ("dyads", text), key=True)), ("dyads", text), text)
        practices.append((("dyads", text), tie))
    for at, record in practices:
        for domain in getattr(record, "practice"):  # noqa: B009  (of two record types)
            _known(document, (*at, "practice", domain), domain, names.domains, "domain", key=True)
    for text, view in ties.views.items():
        dyad(text.replace(">", "-"), ("views", text), key=True)
        for issue in view.bias:
            _known(document, ("views", text, "bias", issue), issue, names.issues, "issue", key=True)


def _no_dyad(document: Document, at: Path, text: str, names: Names, *, key: bool) -> NoReturn:
    unknown = [code for code in (text[:3], text[4:]) if code not in names.states]
    if not unknown:
        document.fail(at, f"'{text}' is a state with itself", of_key=key)
    document.fail(at, f"'{unknown[0]}' is no state of this pack{did_you_mean(unknown[0], names.states)}", of_key=key)


def _walk(value: object, path: Path = ()) -> Iterable[tuple[Path, object]]:
    """Yield every record below a record with its path in the file."""
    if isinstance(value, Strict):
        yield path, value
        if not isinstance(value, Coded):
            for name in type(value).model_fields:
                yield from _walk(getattr(value, name), (*path, name))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _walk(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(item, (*path, index))


def walk_coded(record: object) -> Iterable[tuple[Path, Coded]]:
    """Yield every coded number below a record with its path in the file."""
    for path, value in _walk(record):
        if isinstance(value, Coded):
            yield path, value
