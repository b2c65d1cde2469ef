"""The document: a template filled with the program's tables and the specification's rules."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from cordiale.claims import Claim, ClaimsFile
from cordiale.errors import OptionError, did_you_mean, short
from cordiale.fields import Names
from cordiale.layers import load_scenario
from cordiale.library import is_file, roots, scenario_names
from cordiale.loaded_pack import LoadedPack, find_pack
from cordiale.loaded_scenario import find_scenario
from cordiale.odd import rows
from cordiale.odd.specification import Specification
from cordiale.quarters import to_text
from cordiale.validate import validate
from cordiale.yamlfile import read

MODELS = {"diplomacy": "ODD.md"}  # model -> its specification in docs/


def odd(pack: str, model: str) -> str:
    """Return the ODD document of a model with a case pack, as Markdown.

    Parameters
    ----------
    pack : name or folder of the case pack
    model : one of MODELS

    Raises
    ------
    OptionError for an unknown pack or model, FileError for a fault in the pack
    """
    if model not in MODELS:
        raise OptionError(f"no model {short(model)}{did_you_mean(model, MODELS)} (known: {', '.join(MODELS)})")
    loaded = find_pack(pack)
    text: str = _environment().get_template("template.md.j2").render(context(loaded, model))
    return text.strip() + "\n"


def context(loaded: LoadedPack, model: str) -> dict[str, Any]:
    """Return what the template shows."""
    specification, case, name = Specification(MODELS[model]), loaded.pack.case, loaded.pack.name
    first_case = f"`{name}`" in specification.section("1")  # the specification speaks of the case it was made with
    scenarios = [find_scenario(each, name) for each in scenario_names(name)]
    return {
        "model": model, "version": version("cordiale"), "pack": loaded.pack, "case": case, "ties": loaded.pack.ties,
        "names": Names(loaded.pack), "first_case": first_case, "specification": specification,
        "variables": rows.variables(), "parameters": rows.parameters(loaded), "measures": rows.measures(),
        "weights": rows.weights(loaded), "numbers": rows.numbers(loaded), "methods": rows.methods(),
        "records": rows.records(), "scenarios": scenarios, "claims": _claims(name),
        "horizon": _horizon(name, [each.name for each in scenarios]),
    }  # fmt: skip


def _claims(pack: str) -> list[Claim]:
    for root in roots():
        path = root / "scenarios" / pack / "claims.yaml"
        if is_file(path):
            return list(validate(read(path), ClaimsFile).claims)
    return []


def _horizon(pack: str, scenarios: list[str]) -> str:
    """Return the last quarter and the number of quarters of the first scenario; '' without scenarios."""
    if not scenarios:
        return ""
    first = load_scenario(scenarios[0], pack=pack)
    return f"{to_text(first.horizon)} in `{first.name}`: {first.quarters} steps"


def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("cordiale.odd", "."), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        autoescape=False, keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters |= {"cell": cell, "codes": codes, "number": lambda value: f"{value:g}"}
    return environment


def cell(text: object) -> str:
    """Return a text from a file as Markdown shows it as it is, in a line or a cell of a table."""
    from cordiale.charts.words import plain

    return plain(str(text)).replace("&", "&amp;").replace("<", "&lt;").replace("|", r"\|")


def codes(names: Any) -> str:
    """Return names as code, joined; an em dash of none."""
    return ", ".join(f"`{name}`" for name in names) or "none"
