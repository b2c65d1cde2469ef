"""The document: a template filled with the program's tables and the specification's rules."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from importlib.metadata import version
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from cordiale.case.fields import FIELDS, Names
from cordiale.case.load import LoadedPack, beside_scenarios, roots, scenario_names
from cordiale.case.numbers import coded_numbers
from cordiale.case.quarters import to_text
from cordiale.case.ranges import Coded, Strict
from cordiale.files.error_messages import validate
from cordiale.files.errors import CordialeError
from cordiale.files.yaml_file import read
from cordiale.models.base import Family, Kind, family_of
from cordiale.scenario.claims import Claim, ClaimsFile
from cordiale.scenario.file import find_scenario
from cordiale.scenario.load import load_case, load_scenario


def odd(pack: str, model: str, allow: Collection[str] = ()) -> str:
    """Return the ODD document of a model with a case pack, as Markdown.

    Parameters
    ----------
    pack : name or folder of the case pack
    model : the family of models
    allow : modules from which it may be a family of the user's own

    Raises
    ------
    OptionError for an unknown pack or model, FileError for a fault in the pack
    """
    family = family_of(model, allow)
    text: str = _environment().get_template("odd.md.j2").render(context(load_case(pack, model, allow), family, allow))
    return text.strip() + "\n"


def context(loaded: LoadedPack, family: Family, allow: Collection[str] = ()) -> dict[str, Any]:
    """Return what the template shows."""
    specification, case, name = specification_of(family), loaded.pack.case, loaded.pack.name
    first_case = f"`{name}`" in specification.section("1")  # the specification speaks of the case it was made with
    scenarios = [find_scenario(each, loaded.folder).sound() for each in scenario_names(loaded.folder)]
    return {
        "model": family.name, "version": version("cordiale"), "pack": loaded.pack, "case": case,
        "ties": loaded.pack.ties,
        "roles": {name: held for name, held in case.roles if name != "words"},
        "names": Names(loaded.pack), "first_case": first_case, "specification": specification,
        "variables": variables(family), "parameters": parameters(loaded), "measures": measures(family),
        "weights": weights(loaded), "numbers": numbers(loaded), "methods": methods(family),
        "records": records(), "scenarios": scenarios, "claims": _claims(loaded.folder),
        "horizon": _horizon(loaded.folder, [each.name for each in scenarios], allow),
    }  # fmt: skip


def _claims(pack: Path) -> list[Claim]:
    path = beside_scenarios(pack, "claims.yaml")
    return [] if path is None else list(validate(read(path), ClaimsFile).claims)


def _horizon(pack: Path, scenarios: list[str], allow: Collection[str]) -> str:
    """Return the last quarter and the number of quarters of the first scenario; '' without scenarios."""
    if not scenarios:
        return ""
    first = load_scenario(scenarios[0], pack=pack, allow=allow)
    return f"{to_text(first.horizon)} in `{first.name}`: {first.quarters} steps"


def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("cordiale.output", "."), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        autoescape=False, keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters |= {"cell": cell, "codes": codes, "number": lambda value: f"{value:g}"}
    return environment


def cell(text: object) -> str:
    """Return a text from a file as Markdown shows it as it is, in a line or a cell of a table."""
    from cordiale.study.labels import plain

    return plain(str(text)).replace("&", "&amp;").replace("<", "&lt;").replace("|", r"\|")


def codes(names: Any) -> str:
    """Return names as code, joined; an em dash of none."""
    return ", ".join(f"`{name}`" for name in names) or "none"


# ----------------------------------------------------------------
# What the document must name: everything that the model or the pack has, each in the table of its kind.


# Heading of the table in which each kind stands.
TABLES = {
    "state variable": "State variables", "field": "Parameters", "state": "The states", "issue": "Issues",
    "domain": "Domains of practice", "agreement": "Agreements", "format": "Formats", "theatre": "Theatres and hazards",
    "hazard": "Theatres and hazards", "measure": "Measures", "class of ties": "Classes of ties", "lever": "Levers",
    "weight": "Annex A",
}  # fmt: skip


def wanted(loaded: LoadedPack, family: Family) -> dict[str, list[str]]:
    """Return kind -> names that an ODD of the family and this pack must have."""
    case = loaded.pack.case
    return {
        "state variable": [each.name for each in fields(family.world)],
        "field": list(FIELDS),
        "state": list(case.states),
        "issue": list(case.issues),
        "domain": list(case.domains),
        "agreement": list(case.agreements),
        "format": list(case.formats),
        "theatre": list(case.theatres),
        "hazard": list(case.hazards),
        "measure": [measure_name(name, kind) for name, kind in family.measures.items()],
        "class of ties": list(loaded.pack.ties.classes),
        "lever": list(case.levers),
        "weight": list(loaded.pack.weights),
    }


def lacking(text: str, names: Mapping[str, Sequence[str]]) -> list[str]:
    """Return what a document does not have in a row of the table of its kind: "field ideal"."""
    return [
        f"{kind} {name}"
        for kind, known in names.items()
        for name in known
        if f"| `{name}` |" not in _under(text, TABLES[kind])
    ]


def _under(text: str, heading: str) -> str:
    """Return what stands under the heading that begins so, up to the next heading."""
    lines, inside = [], False
    for line in text.splitlines():
        if line.startswith("#"):
            inside = line.lstrip("#").strip().startswith(heading)
        elif inside:
            lines.append(line)
    return "\n".join(lines)


# ----------------------------------------------------------------
# The rows of the document's tables, each from what the program itself reads.


Row = dict[str, Any]
_KINDS = {
    "coded": "drawn from the pack's range; a lever may move it",
    "lever": "0 until a lever sets it",
    "hold": "free until a lever holds it in (1) or out (0)",
    "start": "drawn, and used at the start only: no lever moves it",
}


def variables(family: Family) -> list[Row]:
    """Return the state variables: what a quarter changes."""
    about = _attributes(inspect.getdoc(family.world) or "")
    return [{"name": each.name, "about": about.get(each.name, "")} for each in fields(family.world)]


def _attributes(doc: str) -> dict[str, str]:
    """Return name -> what a docstring says of it under Attributes.

    "in_force, pending : ..." is of both, and "member : ...;  level : ..." of one after the other.
    """
    found: dict[str, str] = {}
    for each in doc.partition("----------")[2].replace(";  ", "\n").splitlines():
        names, colon, text = each.partition(" : ")
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


def measures(family: Family) -> list[Row]:
    """Return every kind of measure."""
    return [
        {
            "name": measure_name(name, kind), "of": kind.entity, "unit": kind.unit, "meaning": kind.meaning,
            "when": "last quarter" if kind.last_only else "every quarter",
        }
        for name, kind in family.measures.items()
    ]  # fmt: skip


def measure_name(name: str, kind: Kind) -> str:
    """Return "practice.<domain>" for the kind "practice."; a kind without parts as it is."""
    return f"{name}<{kind.of}>" if kind.of else name


def weights(loaded: LoadedPack) -> list[Row]:
    """Return every behavioural weight with range, scale, basis and source."""
    own = loaded.pack.case.behaviour
    return [
        {
            "name": name, "meaning": each.meaning, "unit": each.unit, "least": each.bounds[0], "most": each.bounds[1],
            **_range(each), "of": "the pack" if name in own else "the model",
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


def methods(family: Family) -> list[Row]:
    """Return every function and method of a family, module by module."""
    home = sys.modules[type(family).__module__]
    package = sys.modules.get(home.__name__.rpartition(".")[0])
    if package is None or package is sys.modules[Family.__module__.rpartition(".")[0]]:
        homes = [each.__module__ for each in type(family).__mro__ if issubclass(each, Family) and each is not Family]
        return [row for name in dict.fromkeys(homes) for row in _of_module(sys.modules[name])]
    names = sorted(each.name for each in pkgutil.iter_modules(package.__path__))
    modules = [importlib.import_module(f"{package.__name__}.{name}") for name in names]
    return [row for module in modules for row in _of_module(module)]


def _of_module(module: ModuleType) -> Iterable[Row]:
    place = module.__name__.removeprefix("cordiale.")
    for name, found in vars(module).items():
        if getattr(found, "__module__", None) != module.__name__:
            continue
        if inspect.isclass(found):
            yield {"place": place, "name": name, "about": _first(found)}
            for own, method in vars(found).items():
                made = getattr(method, "__module__", place) in ("collections", "typing")  # of a named tuple
                if not own.startswith("__") and not made and isinstance(method, FunctionType | property):
                    yield {"place": place, "name": f"{name}.{own}", "about": _first(method)}
        elif inspect.isfunction(found):
            yield {"place": place, "name": name, "about": _first(found)}


def _first(of: object) -> str:
    return " ".join((inspect.getdoc(of) or "").split("\n\n")[0].split())


def records() -> list[Row]:
    """Return what the files of a pack hold, from the records that check them: keys with what is said of each."""
    from cordiale.case import pack

    models = [each for each in vars(pack).values() if isinstance(each, type) and issubclass(each, Strict)
              and each.__module__ == pack.__name__ and each is not pack.Pack]  # fmt: skip
    return [
        {
            "name": model.__name__, "about": _first(model),
            "keys": {key: field.description or "" for key, field in model.model_fields.items()},
        }
        for model in models
    ]  # fmt: skip


# ----------------------------------------------------------------
# Parts of the model's specification, docs/ODD.md, which holds its equations once and for all.


_HEADING = re.compile(r"^(#{2,3}) +(.*)$", re.MULTILINE)


def specification_of(family: Family) -> Specification:
    """Return a family's specification: its document in docs/, else what the docstring of its module says."""
    if family.specification is None:
        text = inspect.getdoc(sys.modules[type(family).__module__]) or ""
        return Specification(f"## 7 Submodels\n\n{text}")
    path = roots()[-1] / "docs" / family.specification
    if not path.is_file():
        raise CordialeError(f"the model's specification is not installed: {path} is missing")
    return Specification(path.read_text("utf-8"))


class Specification:
    """A text by its headings: "7 Submodels", "4.12 Where the model departs ...", "References"."""

    def __init__(self, text: str) -> None:
        self.text = text
        found = list(_HEADING.finditer(self.text))
        self._parts = [
            (len(each[1]), each[2], self.text[each.start() : after.start() if after else len(self.text)].strip())
            for each, after in zip(found, [*found[1:], None], strict=True)
        ]

    def section(self, number: str, without: str | None = None) -> str:
        """Return a section with its headings ("7", "4.12", "References"); "" where there is none.

        Parameters
        ----------
        without : number of a subsection to leave out
        """
        text, inside = [], 0
        for level, heading, part in self._parts:
            inside = 0 if inside and level <= inside else inside
            if heading.split()[0] == number and not inside:
                inside = level
            if inside and heading.split()[0] != without:
                text.append(part)
        return "\n\n".join(text)

    def body(self, number: str, without: str | None = None) -> str:
        """Return a section without its own heading."""
        return self.section(number, without).partition("\n")[2].strip()
