"""What a pack and its scenarios offer, as rows; and whether all of it can be loaded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cordiale.errors import OptionError, did_you_mean
from cordiale.fields import FIELDS, Names
from cordiale.layers import load_scenario
from cordiale.library import is_file, pack_names, scenario_names
from cordiale.loaded_pack import find_pack
from cordiale.loaded_scenario import find_scenario
from cordiale.measures.catalogue import known_measures, measure_of
from cordiale.numbers import coded_numbers
from cordiale.timeline import profiles

KINDS = ("scenarios", "levers", "measures", "parameters", "packs")


def listing(what: str, pack: str | None = None) -> list[dict[str, Any]]:
    """Return rows about all scenarios, levers, measures, parameters or packs.

    Raises OptionError for another kind.
    """
    if what not in KINDS:
        raise OptionError(f"'{what}' cannot be listed{did_you_mean(what, KINDS)} (known: {', '.join(KINDS)})")
    if what == "packs":
        return [{"pack": name, "title": find_pack(name).pack.case.title} for name in pack_names()]
    rows = []
    for name in [pack] if pack else pack_names():
        rows += {
            "scenarios": _scenarios,
            "levers": _levers,
            "measures": _measures,
            "parameters": _parameters,
        }[what](name)
    return rows


def _scenarios(pack: str) -> list[dict[str, Any]]:
    found = [find_scenario(name, pack) for name in scenario_names(pack)]
    return [{"scenario": each.name, "title": each.file.title, "question": each.file.question} for each in found]


def _levers(pack: str) -> list[dict[str, Any]]:
    levers = find_pack(pack).pack.case.levers.items()
    return [{"lever": name, "label": each.label, "paragraph": each.locator, "moves": ", ".join(each.moves)}
            for name, each in levers]  # fmt: skip


def _measures(pack: str) -> list[dict[str, Any]]:
    names = Names(find_pack(pack).pack)
    kinds = [(name, measure_of(name)) for name in known_measures(names)]
    return [{"measure": name, "of": kind.entity, "unit": kind.unit, "meaning": kind.meaning} for name, kind in kinds]


def _parameters(pack: str) -> list[dict[str, Any]]:
    loaded = find_pack(pack)
    names = Names(loaded.pack)
    rows = []
    for path, number in coded_numbers(loaded, names).items():
        field, _ = names.paths[path]
        meaning = FIELDS[field].meaning if field in FIELDS else loaded.pack.weights[path.partition(".")[2]].meaning
        coded = number.coded
        values = {"low": float(coded.low), "best": float(coded.best), "high": float(coded.high)}
        rows.append({"parameter": path, **values, "basis": coded.basis, "meaning": meaning})
    return rows


def check(names: Sequence[str], pack: str | None = None, allowed: Sequence[str] = ()) -> Iterator[str]:
    """Yield a line for each pack or scenario that is sound; the first that is not raises its error."""
    if not names:
        for known in [pack] if pack else pack_names():
            yield _pack_line(known)
            for scenario in scenario_names(known):
                yield _scenario_line(scenario, known, allowed)
        return
    for name in names:
        if name in pack_names() or is_file(Path(name) / "case.yaml"):
            yield _pack_line(name)
        else:
            yield _scenario_line(name, pack, allowed)


def _pack_line(name: str) -> str:
    loaded = find_pack(name)
    numbers = coded_numbers(loaded, Names(loaded.pack))
    return f"ok  pack {name}: {len(loaded.pack.states)} states, {len(numbers)} numbers with range and source"


def _scenario_line(name: str, pack: str | None, allowed: Sequence[str]) -> str:
    from cordiale.models.block import behaviours

    scenario = load_scenario(name, pack=pack)
    profiles(scenario)
    behaviours(scenario, allowed=allowed)
    return f"ok  scenario {scenario.name}: {scenario.title}"
