"""What is sound in a pack and worth a second look: ties that nobody coded, numbers that are not the state's own."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from cordiale.case.checks import walk_coded
from cordiale.case.load import LoadedPack
from cordiale.case.quarters import to_index
from cordiale.case.ranges import Coded
from cordiale.files.errors import FileError
from cordiale.files.yaml_file import Key

PLACEHOLDER = "assumption: a placeholder"
MOST_COW = 999  # the largest number that a country can have there
MANY = 10  # numbers of a state that are those of another, with the same sources, before it is told
_COPIED = re.compile(r"copied from ([A-Z]{3})\b")
Path = tuple[Key, ...]


def copied_source(code: str, source: str) -> str:
    """Return the source of a number that is copied from another state, by which it is known again."""
    return f"copied from {code}: {source}"


def second_look(loaded: LoadedPack) -> list[FileError]:
    """Return what is worth a second look in a pack, in words and with its place; nothing is raised."""
    return [*_default_ties(loaded), *_equal_trust(loaded), *_not_own(loaded), *_alike(loaded), *_codes(loaded)]


def late_entries(loaded: LoadedPack, horizon: int) -> list[FileError]:
    """Return the states that enter after the last quarter of every scenario, and so in none.

    Parameters
    ----------
    horizon : running number of the last quarter of the longest
    """
    late = {code: state.enters for code, state in loaded.pack.states.items() if state.enters}
    return [
        _at(
            loaded,
            code,
            ("enters",),
            f"{code} enters in {quarter}, after every scenario's horizon: it takes part in none",
        )
        for code, quarter in late.items()
        if to_index(quarter) > horizon
    ]


def _codes(loaded: LoadedPack) -> Iterator[FileError]:
    """Yield the states with a code that is none of the Correlates of War project, or that of another state."""
    owner: dict[int, str] = {}
    for code, state in loaded.pack.states.items():
        if state.cow_code > MOST_COW:
            yield _at(loaded, code, ("cow_code",), f"{state.cow_code} is no code of the Correlates of War project, "
                      "by which exports are merged")  # fmt: skip
        other = owner.setdefault(state.cow_code, code)
        if other != code:
            yield _at(loaded, code, ("cow_code",), f"{state.cow_code} is the code of {other} too, so that exports "
                      "could not tell the two apart")  # fmt: skip


def _default_ties(loaded: LoadedPack) -> Iterator[FileError]:
    ties, states = loaded.pack.ties, loaded.pack.case.states
    named = {frozenset(dyad.split("-")) for kind in ties.classes.values() for dyad in kind.dyads}
    left = ["-".join(sorted(pair)) for pair in combinations(states, 2) if frozenset(pair) not in named]
    if left:
        are = "1 pair of states is" if len(left) == 1 else f"{len(left)} pairs of states are"
        yield _at(loaded, "ties", ("other",), f"{are} in no class of ties, and so in '{ties.other}': {', '.join(left)}")


def _equal_trust(loaded: LoadedPack) -> Iterator[FileError]:
    """Yield where trust is the same in all ties, so that it has no spread between pairs, in which it is counted."""
    ties = loaded.pack.ties
    coded = [*(kind.trust for kind in ties.classes.values()), *(view.trust for view in ties.views.values())]
    if len({trust.best for trust in coded if trust is not None}) == 1:
        first = next(iter(ties.classes))
        told = (
            "all ties have the same best trust, so that mutual trust has no spread between pairs, and counts as 0 in "
            "every measure made of it: give a class another"
        )
        yield _at(loaded, "ties", ("classes", first, "trust"), told)


def _not_own(loaded: LoadedPack) -> Iterator[FileError]:
    """Yield, for each file, how many of its numbers and facts are copied or placeholders, at the first of them."""
    for name in loaded.documents:
        places: dict[str, list[Path]] = defaultdict(list)
        for path, source in _sources(loaded, name):
            if copied := _COPIED.match(source):
                places[f"copied from {copied[1]}: code them, or say why they hold"].append(path)
            elif source.startswith(PLACEHOLDER):
                places["placeholders, still to be coded"].append(path)
        for what, found in places.items():
            yield _at(loaded, name, found[0], f"{_count(len(found), name)} {what}")


def _count(count: int, name: str) -> str:
    what = "entry" if name == "ties" else "number"
    many = "entries" if name == "ties" else "numbers"
    return f"1 {what} is" if count == 1 else f"{count} {many} are"


def _sources(loaded: LoadedPack, name: str) -> Iterator[tuple[Path, str]]:
    pack = loaded.pack
    if name == "ties":
        for kind in ("ladder", "talks", "contracts"):
            yield from (((kind, at), fact.source) for at, fact in enumerate(getattr(pack.ties, kind)))
    record = {"case": pack.case, "ties": pack.ties, **pack.states}[name]
    yield from ((path, coded.source or "") for path, coded in walk_coded(record))


def _alike(loaded: LoadedPack) -> Iterator[FileError]:
    """Yield the states many of whose numbers are those of another, word for word, and no mark says so."""
    own = {
        code: {path: coded for path, coded in walk_coded(state) if not _marked(coded)}
        for code, state in loaded.pack.states.items()
    }
    for one, other in combinations(own, 2):
        same = [path for path, coded in own[other].items() if own[one].get(path) == coded]
        if len(same) >= MANY:
            yield _at(
                loaded, other, same[0], f"{len(same)} numbers have the same values and sources as in the file of {one}"
            )


def _marked(coded: Coded) -> bool:
    source = coded.source or ""
    return source.startswith(PLACEHOLDER) or _COPIED.match(source) is not None


def _at(loaded: LoadedPack, name: str, path: Path, message: str) -> FileError:
    document = loaded.documents[name]
    return FileError(document.path, *document.place(path, of_key=True), message)
