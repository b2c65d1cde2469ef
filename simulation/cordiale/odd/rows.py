"""The rows of the document's tables, each from what the program itself reads."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterable
from dataclasses import fields
from types import ModuleType
from typing import Any

from cordiale.coded import Coded, Strict
from cordiale.fields import FIELDS, Names
from cordiale.loaded_pack import LoadedPack
from cordiale.measures.catalogue import MEASURES
from cordiale.numbers import coded_numbers
from cordiale.world import World

Row = dict[str, Any]
_KINDS = {
    "coded": "drawn from the pack's range; a lever may move it",
    "lever": "0 until a lever sets it",
    "hold": "free until a lever holds it in (1) or out (0)",
    "start": "drawn, and used at the start only: no lever moves it",
}


def variables() -> list[Row]:
    """Return the state variables: what a quarter changes."""
    about = _attributes(inspect.getdoc(World) or "")
    return [{"name": each.name, "about": about.get(each.name, "")} for each in fields(World)]


def _attributes(doc: str) -> dict[str, str]:
    """Return name -> what a docstring says of it under Attributes; "in_force, pending : ..." is of both."""
    found: dict[str, str] = {}
    for line in doc.partition("----------")[2].splitlines():
        names, colon, text = line.partition(" : ")
        if colon:
            found |= dict.fromkeys(names.split(", "), text.strip())
    return found


def parameters(loaded: LoadedPack) -> list[Row]:
    """Return every field with its axes, scale, kind, meaning, and how many numbers the pack codes for it."""
    names = Names(loaded.pack)
    coded = Counter(names.paths[path][0] for path in coded_numbers(loaded, names))
    return [
        {
            "name": name, "axes": field.axes, "low": field.scale[0], "high": field.scale[1],
            "kind": _KINDS[field.kind], "meaning": field.meaning, "coded": coded[name],
        }
        for name, field in FIELDS.items()
    ]  # fmt: skip


def measures() -> list[Row]:
    """Return every kind of measure."""
    return [
        {
            "name": measure_name(name), "of": kind.entity, "unit": kind.unit, "meaning": kind.meaning,
            "when": "last quarter" if kind.last_only else "every quarter",
        }
        for name, kind in MEASURES.items()
    ]  # fmt: skip


def measure_name(kind: str) -> str:
    """Return "practice.<domain>" for the kind "practice."; a kind without parts as it is."""
    return f"{kind}<{MEASURES[kind].of}>" if MEASURES[kind].of else kind


def weights(loaded: LoadedPack) -> list[Row]:
    """Return every behavioural weight with range, scale, basis and source."""
    own = loaded.pack.case.behaviour
    return [
        {
            "name": name, "meaning": each.meaning, "unit": each.unit, "least": each.bounds[0], "most": each.bounds[1],
            **_range(each), "of": "the pack" if name in own else "the model",
            "prior": f"{each.prior.low:g} / {each.prior.best:g} / {each.prior.high:g}" if each.prior else "",
        }
        for name, each in loaded.pack.weights.items()
    ]  # fmt: skip


def numbers(loaded: LoadedPack) -> dict[str, list[Row]]:
    """Return file -> every coded number in it; the range of a class of ties stands once for all that draw from it."""
    found: dict[tuple[Any, ...], Row] = {}
    for path, number in coded_numbers(loaded, Names(loaded.pack)).items():
        file = number.document.path.name
        if path.startswith("weight."):
            continue
        row = found.setdefault((file, number.at), {"file": file, "path": path, "draws": 0, **_range(number.coded)})
        row["draws"] += 1
        if number.at[0] == "classes":
            row["path"] = ".".join(str(key) for key in number.at)
    tables: dict[str, list[Row]] = {}
    for row in found.values():
        tables.setdefault(row["file"], []).append(row)
    return tables


def _range(coded: Coded) -> Row:
    article = f"{coded.locator}: {coded.paraphrase}" if coded.locator else ""
    source = "; ".join(text for text in (article, coded.source) if text)
    return {"low": coded.low, "best": coded.best, "high": coded.high, "basis": coded.basis, "source": source}


def methods() -> list[Row]:
    """Return every method of the states and the model, and every function of ties and measures, with its docstring."""
    from cordiale.measures import alignment, blocs, similarity
    from cordiale.models import diplomacy, ties
    from cordiale.states import actor, challenger, hedger, state, worth

    modules = (actor, worth, state, hedger, challenger, diplomacy, ties, similarity, alignment, blocs)
    return [row for module in modules for row in _of_module(module)]


def _of_module(module: ModuleType) -> Iterable[Row]:
    place = module.__name__.removeprefix("cordiale.")
    for name, found in vars(module).items():
        if getattr(found, "__module__", None) != module.__name__:
            continue
        if inspect.isclass(found):
            yield {"place": place, "name": name, "about": _first(found)}
            for own, method in vars(found).items():
                if not own.startswith("__") and (inspect.isfunction(method) or isinstance(method, property)):
                    yield {"place": place, "name": f"{name}.{own}", "about": _first(method)}
        elif inspect.isfunction(found):
            yield {"place": place, "name": name, "about": _first(found)}


def _first(found: object) -> str:
    return " ".join((inspect.getdoc(found) or "").split("\n\n")[0].split())


def records() -> list[Row]:
    """Return what the files of a pack hold, from the records that check them: keys with what is said of each."""
    from cordiale import pack

    models = [each for each in vars(pack).values() if isinstance(each, type) and issubclass(each, Strict)
              and each.__module__ == pack.__name__ and each is not pack.Pack]  # fmt: skip
    return [
        {
            "name": model.__name__, "about": _first(model),
            "keys": {key: field.description or "" for key, field in model.model_fields.items()},
        }
        for model in models
    ]  # fmt: skip
