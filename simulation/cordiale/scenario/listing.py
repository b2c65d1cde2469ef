"""What a pack and its scenarios offer, as rows; and what rests on each paragraph of its article."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cordiale.case.checks import paragraphs, walk_coded
from cordiale.case.fields import FIELDS, Names
from cordiale.case.load import LoadedPack, pack_names, scenario_names
from cordiale.case.numbers import coded_numbers
from cordiale.files.errors import OptionError, did_you_mean
from cordiale.models.measures import known_measures
from cordiale.scenario.file import find_scenario
from cordiale.scenario.load import family_of_pack, load_case
from cordiale.scenario.words import labels_of

KINDS = ("scenarios", "levers", "measures", "parameters", "packs")


def listing(what: str, pack: str | Path | None = None, allowed: Collection[str] = ()) -> list[dict[str, Any]]:
    """Return rows about all scenarios, levers, measures, parameters or packs.

    Parameters
    ----------
    pack : name or folder of the only case pack whose rows they are; where None and there are several, each row says
        of which it is
    allowed : modules from which packs may name families of the user's own

    Raises
    ------
    OptionError for another kind, a pack that there is not, or a family of a module that is not allowed
    """
    if what not in KINDS:
        raise OptionError(f"'{what}' cannot be listed{did_you_mean(what, KINDS)} (known: {', '.join(KINDS)})")
    if what == "packs":
        return [{"pack": name, "title": load_case(name, allow=allowed).pack.case.title} for name in pack_names()]
    rows_of = {"scenarios": _scenarios, "levers": _levers, "measures": _measures, "parameters": _parameters}[what]
    if pack is not None or len(pack_names()) == 1:
        return rows_of(pack or pack_names()[0], allowed)
    return [{"pack": name, **row} for name in pack_names() for row in rows_of(name, allowed)]


def _scenarios(pack: str | Path, _: Collection[str]) -> list[dict[str, Any]]:
    found = [find_scenario(name, pack).sound() for name in scenario_names(pack)]
    return [{"scenario": each.name, "title": each.file.title, "question": each.file.question} for each in found]


def _levers(pack: str | Path, allowed: Collection[str]) -> list[dict[str, Any]]:
    levers = load_case(pack, allow=allowed).pack.case.levers.items()
    return [{"lever": name, "label": each.label, "paragraph": each.locator, "moves": ", ".join(each.moves)}
            for name, each in levers]  # fmt: skip


def _measures(pack: str | Path, allowed: Collection[str]) -> list[dict[str, Any]]:
    loaded, family = load_case(pack, allow=allowed).pack, family_of_pack(pack, allowed)
    labels = labels_of(loaded.case) | {"challenger": {code: state.name for code, state in loaded.states.items()}}
    rows = []
    for name in known_measures(family, Names(loaded)):
        kind, part = family.measure(name), name.partition(".")[2]
        meaning = f"{kind.meaning}: {labels.get(kind.of, {}).get(part, part)}" if kind.of else kind.meaning
        rows.append({"measure": name, "of": kind.entity, "unit": kind.unit, "meaning": meaning})
    return rows


def _parameters(pack: str | Path, allowed: Collection[str]) -> list[dict[str, Any]]:
    loaded = load_case(pack, allow=allowed)
    names = Names(loaded.pack)
    rows = []
    for path, number in coded_numbers(loaded, names).items():
        field, _ = names.paths[path]
        meaning = FIELDS[field].meaning if field in FIELDS else loaded.pack.weights[path.partition(".")[2]].meaning
        coded = number.coded
        values = {"low": float(coded.low), "best": float(coded.best), "high": float(coded.high)}
        rows.append({"parameter": path, **values, "basis": coded.basis, "meaning": meaning})
    return rows


# ----------------------------------------------------------------
# Which numbers, levers and scenarios rest on which paragraph of the article.


@dataclass
class Paragraph:
    """A paragraph of the article and what rests on it."""

    locator: str
    about: str
    numbers: list[str] = field(default_factory=list)
    levers: list[str] = field(default_factory=list)
    scenarios: list[str] = field(default_factory=list)

    @property
    def bare(self) -> bool:
        """Whether nothing rests on it."""
        return not (self.numbers or self.levers or self.scenarios)


def coverage(loaded: LoadedPack) -> list[Paragraph]:
    """Return every paragraph of a pack's article, in order, with what rests on it."""
    table = {locator: Paragraph(locator, about) for locator, about in paragraphs(loaded.pack.case).items()}
    records = {"case": loaded.pack.case, "ties": loaded.pack.ties, **loaded.pack.states}
    for name, record in records.items():
        for path, coded in walk_coded(record):
            if coded.locator:
                table[coded.locator].numbers.append(".".join(str(part) for part in (name, *path)))
    for name, lever in loaded.pack.case.levers.items():
        table[lever.locator].levers.append(name)
    for name in scenario_names(loaded.folder):
        locator = find_scenario(name, loaded.folder).sound().file.basis.locator
        if locator in table:
            table[locator].scenarios.append(name)
    return list(table.values())
