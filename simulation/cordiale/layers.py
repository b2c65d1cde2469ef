"""A scenario with its parents applied: what holds, and which layer said so.

Layers lie in order: the pack, another coder's numbers, the parents (each once, earliest first), the
file itself, --set. A later layer replaces what an earlier one says of the same thing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from cordiale.checks import paragraphs
from cordiale.checks.sheet import Sheet
from cordiale.coded import Coded
from cordiale.coding import Coding, read_coding
from cordiale.errors import OptionError
from cordiale.events import check_dates, check_events, entries
from cordiale.fields import Names
from cordiale.library import is_file
from cordiale.lineage import joined, lineage_of, pack_of
from cordiale.loaded_pack import find_pack
from cordiale.loaded_scenario import LoadedScenario, find_scenario
from cordiale.measures.catalogue import known_measures
from cordiale.measures.requests import check_measure
from cordiale.numbers import coded_numbers
from cordiale.overrides import apply_set, apply_sets
from cordiale.quarters import to_index, to_text
from cordiale.resolved import Origin, Scenario, Setting
from cordiale.scenario import MOST_QUARTERS, SETTINGS
from cordiale.timeline import profiles
from cordiale.yamlfile import Key

__all__ = ["SETTINGS", "Origin", "Scenario", "Setting", "apply_set", "load_scenario"]


def load_scenario(
    name: str | Path,
    *,
    set: Mapping[str, Any] | Sequence[str] = (),
    pack: str | None = None,
    coding: Path | str | None = None,
) -> Scenario:
    """Return a scenario by name or path with its parents, and `set` on top.

    Parameters
    ----------
    name : "france_joins_quad", a path, or several joined by +, later ones over earlier ones
    set : {"france_in_quad": 1} or ["france_in_quad=1"]: levers, parameters by path, or worlds, seed, horizon
    pack : name or folder of the case pack, where the file does not say
    coding : csv of another coder's numbers, which replace the pack's where they stand

    Raises
    ------
    FileError, OptionError
    """
    parts = [find_scenario(part, pack) for part in _parts(name)]
    own = parts[0] if len(parts) == 1 else joined(parts)
    lineage = lineage_of(parts, pack)
    loaded = find_pack(pack) if pack else pack_of(lineage)
    names = Names(loaded.pack)
    scenario = Scenario(own.name, own.file, loaded, names, coded_numbers(loaded, names))
    if coding is not None:
        _lay_coding(scenario, read_coding(coding, names, scenario.numbers))
    for file in lineage:
        scenario.files.append(file.path)
        _Layer(scenario, file).apply()
    apply_sets(scenario, set)
    if "horizon" not in scenario.history and not 1 <= scenario.quarters <= MOST_QUARTERS:
        start, usual = to_text(scenario.start), to_text(scenario.horizon)
        own.document.fail((), f"says no `horizon`, and {usual}, which holds without, does not fit the start, {start}")
    for file in lineage:
        check_dates(scenario, file)
    check_events(scenario)
    profiles(scenario)  # refuses levers that move one number at the same time
    return scenario


def _lay_coding(scenario: Scenario, coding: Coding) -> None:
    """Lay another coder's numbers over the pack's, below every file of the scenario."""
    scenario.files.append(coding.path)
    scenario.coding = coding
    for cell in coding.cells:
        origin = Origin(coding.name, str(coding.path), cell.line, cell.column)
        scenario.history.setdefault(f"uncertainties.{cell.path}", []).append(Setting(cell.coded, origin))


def _parts(name: str | Path) -> Sequence[str | Path]:
    return name.split("+") if isinstance(name, str) and "+" in name and not is_file(Path(name)) else [name]


class _Layer:
    """One file, about to be laid on a scenario."""

    def __init__(self, scenario: Scenario, layer: LoadedScenario) -> None:
        self.scenario, self.name, self.file, self.document = scenario, layer.name, layer.file, layer.document
        self.sheet = Sheet(layer.document, scenario.names)
        self.levers = scenario.loaded.pack.case.levers

    def apply(self) -> None:
        """Add all that the file says to the history; FileError for what does not fit the pack."""
        places = paragraphs(self.scenario.loaded.pack.case)
        self.sheet.paragraph(("basis", "locator"), self.file.basis.locator, places)
        for index, measure in enumerate(self.file.measures or []):
            self._check_measure(index, measure)
        for name in SETTINGS:
            if getattr(self.file, name) is not None:
                self._put(name, getattr(self.file, name), (name,))
        for name, value in self.file.levers.items():
            self._check_lever(name, value, ("levers", name))
            self._put(f"levers.{name}", float(value), ("levers", name))
        self._put_ranges(places)
        self._put_events()

    def _put_ranges(self, places: Collection[str]) -> None:
        ranges: dict[str, str] = {}
        for path, coded in self.file.uncertainties.items():
            at = ("uncertainties", path)
            canonical = self._canonical(at, path)
            if canonical in ranges:
                self.document.fail(at, f"'{path}' stands twice: first as '{ranges[canonical]}'", of_key=True)
            self._check_range(at, path, coded, canonical)
            if coded.locator:
                self.sheet.paragraph((*at, "locator"), coded.locator, places)
            ranges[canonical] = path
            self._put(f"uncertainties.{canonical}", coded, at)

    def _put(self, key: str, value: Any, at: tuple[Key, ...]) -> None:
        origin = Origin(self.name, str(self.document.path), *self.document.place(at, of_key=True))
        self.scenario.history.setdefault(key, []).append(Setting(value, origin))

    def _check_measure(self, index: int, measure: str) -> None:
        name = measure.partition(":")[0]
        self.sheet.known(("measures", index), name, known_measures(self.scenario.names), "measure")
        try:
            check_measure(measure, self.scenario.names)
        except OptionError as error:
            self.document.fail(("measures", index), str(error))

    def _check_lever(self, name: str, value: float, at: tuple[Key, ...]) -> None:
        self.sheet.known(at, name, self.levers, "lever", key=True)
        if not 0 <= value <= 1:
            self.document.fail(at, f"{value:g} leaves the scale 0..1 of the lever '{name}'")

    def _canonical(self, at: tuple[Key, ...], path: str) -> str:
        try:
            canonical = self.scenario.names.canonical(path)
        except KeyError as error:
            self.document.fail(at, str(error.args[0]), of_key=True)
        if canonical not in self.scenario.numbers:
            self.document.fail(at, f"'{path}' is not drawn from a range: a lever sets it", of_key=True)
        return canonical

    def _check_range(self, at: tuple[Key, ...], path: str, coded: Coded, canonical: str) -> None:
        packs = self.scenario.numbers[canonical].coded
        bottom, top = packs.bounds
        if coded.low < bottom or coded.high > top:
            message = f"{coded.low:g}..{coded.high:g} leaves the scale {bottom:g}..{top:g} of '{path}'"
            self.document.fail((*at, "low" if coded.low < bottom else "high"), message, of_key=True)
        if coded.basis == "not in the article" and coded.high - coded.low < packs.least_width - 1e-9:
            message = f"a number that is not in the article needs a wide range: at least {packs.least_width:g}"
            self.document.fail((*at, "basis"), message, of_key=True)

    def _put_events(self) -> None:
        start = self.scenario.start
        seen: dict[str, tuple[Key, ...]] = {f"event.{start}.{name}": ("levers", name) for name in self.file.levers}
        for index, event in enumerate(self.file.timeline):
            for kind, name, value, length, at in entries(event, ("timeline", index)):
                self._check_lever(name, value, at)
                key = f"event.{to_index(event.quarter)}.{name}"
                if key in seen:
                    line, _ = self.document.place(seen[key], of_key=True)
                    message = f"'{name}' is set twice in {event.quarter}: first in line {line}"
                    self.document.fail(at, message, of_key=True)
                seen[key] = at
                self._put(key, (to_index(event.quarter), kind, name, float(value), length), at)
