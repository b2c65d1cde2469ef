"""Lay down a new state in a pack: its file, its place in case.yaml and, like another state, proposed ties."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cordiale.case.checks import walk_coded
from cordiale.case.coding import widened
from cordiale.case.fields import FIELDS
from cordiale.case.load import LoadedPack, nearest_pack
from cordiale.case.pack import StateFile, Tie, View
from cordiale.case.quarters import to_index, to_text
from cordiale.case.ranges import Coded
from cordiale.case.second_look import PLACEHOLDER, copied_source
from cordiale.files.atomic_write import write_user_files
from cordiale.files.errors import OptionError, did_you_mean, short, shown
from cordiale.files.yaml_file import text_of
from cordiale.files.yaml_insert import Text
from cordiale.scenario.load import load_case
from cordiale.scenario.new import check_free
from cordiale.scenario.words import render

_CODE = re.compile(r"[A-Z]{3}")
OWN = ("resolve", "bandwidth", "clarity", "liberal_order")


def new_state(code: str, pack: str | None = None, like: str | None = None, name: str | None = None) -> list[Path]:
    """Write the file of a new state of a pack, put it into case.yaml and ties.yaml, and return what was written.

    Parameters
    ----------
    code : ISO 3166-1 alpha-3
    pack : name or folder of a pack below the working directory; the only one there where None
    like : a state of the pack whose numbers and ties are copied, and marked as copied; placeholders where None
    name : what charts call it; the code where None

    Raises
    ------
    OptionError for a code that cannot be one or is taken, a state that is not known, a pack that is not one's own, or
        one that somebody changes meanwhile
    StudyError where a file cannot be written, or somebody has made it meanwhile; then all stay as they were
    """
    loaded = load_case(nearest_pack(pack))
    if not _CODE.fullmatch(code):
        raise OptionError(f"{short(code)} cannot be a state: give three capital letters of ISO 3166, such as THA")
    taken = f"{code} is a state of the pack {loaded.pack.name} already" if code in loaded.pack.states else ""
    _check_own(loaded, f"{taken}, and " if taken else "")
    if taken:
        raise OptionError(taken)
    if like is not None and like not in loaded.pack.states:
        known = loaded.pack.states
        raise OptionError(f"--like {short(like)}: no state of the pack{did_you_mean(like, known)} ({', '.join(known)})")
    if name is not None and not 3 <= len(name) <= 1000:
        raise OptionError(f"--name {short(name)}: at least three letters")
    path = loaded.folder / f"{code}.yaml"
    check_free(path)
    texts = {path: render("new_state.yaml.j2", **_words(loaded, code, like, name or code))}
    if like is not None:
        texts[loaded.documents["ties"].path] = _ties(loaded, code, like)
    case = Text(loaded.documents["case"])
    case.append(("states",), [code])
    texts[loaded.documents["case"].path] = case.text  # as the last: after a kill before it, the pack says what is left
    _check(loaded, texts)
    write_user_files(texts, [each for each in texts if each != path], still=lambda: _check_same(loaded))
    return sorted(texts)


def formats_of(pack: str | None, code: str) -> list[str]:
    """Return the formats that a state is a member of, in the order of the pack."""
    formats = load_case(nearest_pack(pack)).pack.case.formats
    return [name for name, group in formats.items() if code in group.members]


def _check_own(loaded: LoadedPack, first: str) -> None:
    if Path.cwd().resolve() not in (loaded.folder.resolve(), *loaded.folder.resolve().parents):
        name = loaded.pack.name
        raise OptionError(
            f"{first}the pack {name} does not lie in this folder, so it is left as it is: make a copy of your own with "
            f"`cordiale new pack my_pack --like {name}`, then say --pack my_pack"
        )


# ---------------------------------------------------------------- the state's file


def _words(loaded: LoadedPack, code: str, like: str | None, name: str) -> dict[str, Any]:
    case = loaded.pack.case
    challenger = code in case.hazards
    model = loaded.pack.states[like] if like else None
    numbers = _copied(loaded, model) if model else {}
    rated = [hazard for hazard in case.hazards if hazard != code]
    pressing = [state for state in case.states if state in case.hazards]
    own = [*OWN, *(["assertiveness"] if challenger else []), *(["hits"] if challenger and "hits" in numbers else [])]

    def number(field: str, at: str) -> str:
        return numbers.get(at) or _open(field)

    def rows(field: str, known: list[str]) -> dict[str, str]:
        given = [each for each in known if f"{field}.{each}" in numbers] if model else known
        return {each: number(field, f"{field}.{each}") for each in given}

    return {
        "code": code, "name": name, "like": like, "case": case, "cow_code": 9001 + len(case.states),
        "behaviour": _behaviour(model, challenger), "later": to_text(to_index(case.start) + 9),
        "issues": {issue: _positions(numbers, issue) for issue in case.issues},
        "own": {kind: number(kind, kind) for kind in own},
        "capability": rows("capability", list(case.theatres)),
        "threat": rows("threat", rated), "dependence": rows("dependence", pressing),
        "meanings": {field: about.meaning for field, about in FIELDS.items()},
    }  # fmt: skip


def _behaviour(model: StateFile | None, challenger: bool) -> str:
    usual = "Challenger" if challenger else "State"
    if model is None or (model.behaviour == "Challenger") != challenger:
        return usual
    return model.behaviour


def _positions(numbers: Mapping[str, str], issue: str) -> dict[str, str]:
    """Return the numbers of a state on an issue; a trend only where it is copied."""
    needed = {kind: numbers.get(f"issues.{issue}.{kind}") or _open(kind) for kind in ("ideal", "salience")}
    trends = {kind: numbers.get(f"issues.{issue}.{kind}") for kind in ("trend", "expected_trend")}
    return needed | {kind: number for kind, number in trends.items() if number}


def _copied(loaded: LoadedPack, model: StateFile) -> dict[str, str]:
    """Return the numbers of a state by their places in its file, marked as copied."""
    return {".".join(map(str, path)): _copy(coded, model.code) for path, coded in walk_coded(model)}


def _copy(coded: Coded, of: str) -> str:
    """Return a number of another state as it stands in a file: no paragraph speaks of the new one, so it is wide."""
    source = coded.source or f"{coded.paraphrase} ({coded.locator})"
    wide = widened(coded, coded.least_width)
    return _flow(wide.low, wide.best, wide.high, copied_source(of, source))


def _open(field: str) -> str:
    bottom, top = FIELDS[field].scale
    source = f"{PLACEHOLDER}, nothing is coded yet: {FIELDS[field].meaning}"
    return _flow(bottom, (bottom + top) / 2, top, source)


def _flow(low: float, best: float, high: float, source: str) -> str:
    said = json.dumps(source, ensure_ascii=False)
    return f"{{low: {low:.10g}, best: {best:.10g}, high: {high:.10g}, basis: not in the article, source: {said}}}"


# ---------------------------------------------------------------- its ties, like those of another state


def _ties(loaded: LoadedPack, code: str, like: str) -> str:
    """Return the text of ties.yaml in which a state has the ties of another, each marked as copied."""
    ties, text = loaded.pack.ties, Text(loaded.documents["ties"])
    for name, kind in ties.classes.items():
        if dyads := list(_swapped(kind.dyads, like, code)):
            text.append(("classes", name, "dyads"), dyads, f"copied from {like}")
    rungs = [
        f"{{dyad: {_swap(rung.dyad, like, code)}, agreement: {rung.agreement}, signed: {rung.signed}, "
        + (f"in_force: {rung.in_force}, " if rung.in_force else "")
        + f"source: {json.dumps(copied_source(like, rung.source), ensure_ascii=False)}}}"
        for rung in ties.ladder
        if like in rung.dyad
    ]
    if rungs:
        text.prepend(("ladder",), rungs)
    for at, entries in (("dyads", ties.dyads), ("views", ties.views)):
        own = [f"{_swap(pair, like, code)}: {_tie(entry, like)}" for pair, entry in entries.items() if like in pair]
        if own:
            text.prepend((at,), own)
    return text.text


def _swapped(dyads: list[str], like: str, code: str) -> Iterator[str]:
    return (_swap(dyad, like, code) for dyad in dyads if like in dyad)


def _swap(pair: str, like: str, code: str) -> str:
    return pair.replace(like, code)


def _tie(entry: Tie | View, like: str) -> str:
    """Return what is coded of a pair, in flow style, marked as copied."""
    parts = []
    for key in type(entry).model_fields:
        value = getattr(entry, key)
        if isinstance(value, Coded):
            parts.append(f"{key}: {_copy(value, like)}")
        elif isinstance(value, list) and value:
            parts.append(f"{key}: [{', '.join(value)}]")
        elif value:
            inner = ", ".join(f"{name}: {_copy(coded, like)}" for name, coded in value.items())
            parts.append(f"{key}: {{{inner}}}")
    return "{" + ", ".join(parts) + "}"


# ---------------------------------------------------------------- files, all of them or none


def _check(loaded: LoadedPack, texts: Mapping[Path, str]) -> None:
    """Load the pack as it will be, elsewhere: what does not fit is raised before anything is written."""
    with TemporaryDirectory() as folder:
        for document in loaded.documents.values():
            here = Path(folder) / document.path.name
            here.write_bytes(texts.get(document.path, "").encode() or document.path.read_bytes())
        for path in texts.keys() - {document.path for document in loaded.documents.values()}:
            (Path(folder) / path.name).write_text(texts[path], "utf-8", newline="")
        load_case(Path(folder))


def _check_same(loaded: LoadedPack) -> None:
    """Raise OptionError where somebody has changed a file of a pack since it was read."""
    for document in loaded.documents.values():
        if text_of(document.path) != document.text:
            raise OptionError(
                f"{shown(document.path)} was changed by somebody else meanwhile: nothing is written; "
                "type the command again"
            )
