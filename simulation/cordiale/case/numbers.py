"""Every coded number of a pack by its parameter path, with the place where it stands.

Ranges of a class of ties become one number for each of its dyads, so that dyads draw independently.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cordiale.case.fields import Names
from cordiale.case.load import LoadedPack
from cordiale.case.ranges import Coded
from cordiale.files.yaml_file import Document, Key


@dataclass(frozen=True)
class Number:
    """A coded number and where it stands."""

    coded: Coded
    document: Document
    at: tuple[Key, ...]

    @property
    def place(self) -> tuple[str, int]:
        """File name and line."""
        return str(self.document.path), self.document.place(self.at, of_key=True)[0]


def coded_numbers(loaded: LoadedPack, names: Names) -> dict[str, Number]:
    """Return canonical path -> Number for all that is drawn, in a fixed order; of a pack with faults what is usable."""
    numbers: dict[str, Number] = {}
    for code in loaded.pack.states:
        document = loaded.documents[code]
        for path, at, coded in _of_state(loaded, code):
            numbers[path] = Number(coded, document, at)
    for path, at, coded in _of_case(loaded):
        numbers[path] = Number(coded, loaded.documents["case"], at)
    for path, at, coded in _of_ties(loaded, names) if loaded.pack.ties else ():
        numbers[path] = Number(coded, loaded.documents["ties"], at)
    for name, weight in loaded.pack.weights.items():
        own = name in loaded.pack.case.behaviour
        document = loaded.documents["case"] if own else loaded.weights
        numbers[f"weight.{name}"] = Number(weight, document, ("behaviour", name) if own else (name,))
    return numbers


Found = Iterator[tuple[str, tuple[Key, ...], Coded]]


def _of_state(loaded: LoadedPack, code: str) -> Found:
    state = loaded.pack.states[code]
    for issue in loaded.pack.case.issues:
        position = (state.issues or {}).get(issue)
        for kind in ("ideal", "salience", "trend", "expected_trend"):
            coded = getattr(position, kind, None)
            if coded is not None:
                yield f"{code}.{issue}.{kind}", ("issues", issue, kind), coded
    for kind in ("resolve", "bandwidth", "clarity", "liberal_order", "assertiveness", "hits", "exports"):
        if getattr(state, kind) is not None:
            yield f"{code}.{kind}", (kind,), getattr(state, kind)
    for kind in ("capability", "threat", "dependence"):
        for name, coded in (getattr(state, kind) or {}).items():
            yield f"{code}.{kind}.{name}", (kind, name), coded


def _of_case(loaded: LoadedPack) -> Found:
    case = loaded.pack.case
    for name, domain in case.domains.items():
        if domain.rate is not None:
            yield f"{name}.rate", ("domains", name, "rate"), domain.rate
    for name, agreement in case.agreements.items():
        for kind in ("weight", "opens", "signature"):
            if getattr(agreement, kind) is not None:
                yield f"{name}.{kind}", ("agreements", name, kind), getattr(agreement, kind)
    for name, group in case.formats.items():
        for issue, coded in group.character.items():
            yield f"{name}.character.{issue}", ("formats", name, "character", issue), coded
        for challenger, coded in group.aimed_at.items():
            yield f"{name}.aimed_at.{challenger}", ("formats", name, "aimed_at", challenger), coded


def _of_ties(loaded: LoadedPack, names: Names) -> Found:
    ties, classes = loaded.pack.ties, loaded.pack.ties.classes or {}
    kind_of = {_in_order(dyad): kind for kind, record in classes.items() for dyad in record.dyads}
    spelt = {_in_order(dyad): dyad for dyad in ties.dyads}
    for index, one in enumerate(names.states):
        for other in names.states[index + 1 :]:
            dyad = _in_order(f"{one}-{other}")
            kind = kind_of.get(dyad, ties.other)
            of_class = classes.get(kind)
            own = ties.dyads.get(spelt.get(dyad, ""))
            for domain in names.domains:
                if own is not None and domain in own.practice:
                    at: tuple[Key, ...] = ("dyads", spelt[dyad], "practice", domain)
                    yield f"{dyad}.practice.{domain}", at, own.practice[domain]
                elif of_class is not None and domain in of_class.practice:
                    at = ("classes", kind, "practice", domain)
                    yield f"{dyad}.practice.{domain}", at, of_class.practice[domain]
            if own is not None and own.export_control_forum is not None:
                at = ("dyads", spelt[dyad], "export_control_forum")
                yield f"{dyad}.export_control_forum", at, own.export_control_forum
            for directed in (f"{one}>{other}", f"{other}>{one}"):
                yield from _of_view(loaded, directed, kind)


def _in_order(dyad: str) -> str:
    """Return a dyad in the order of the alphabet, also one of a state that the pack has not."""
    return "-".join(sorted(dyad.split("-")))


def _of_view(loaded: LoadedPack, directed: str, kind: str) -> Found:
    view = loaded.pack.ties.views.get(directed)
    if view is not None and view.trust is not None:
        yield f"{directed}.trust", ("views", directed, "trust"), view.trust
    elif kind in (loaded.pack.ties.classes or {}):
        yield f"{directed}.trust", ("classes", kind, "trust"), loaded.pack.ties.classes[kind].trust
    if view is None:
        return
    if view.usefulness is not None:
        yield f"{directed}.usefulness", ("views", directed, "usefulness"), view.usefulness
    for issue, coded in view.bias.items():
        yield f"{directed}.bias.{issue}", ("views", directed, "bias", issue), coded
