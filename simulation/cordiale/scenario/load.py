"""A scenario with its parents applied: what holds, and which layer said so.

Layers lie in order: the pack, another coder's numbers, the parents (each once, earliest first), the
file itself, --set. A later layer replaces what an earlier one says of the same thing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from cordiale.case.checker import Checker
from cordiale.case.checks import check_lever, check_move, paragraphs
from cordiale.case.coding import Coding, read_coding
from cordiale.case.fields import SETTINGS, Names
from cordiale.case.load import LoadedPack, find_pack, is_file, nearest_pack, read_case
from cordiale.case.numbers import Number, coded_numbers
from cordiale.case.pack import Pack
from cordiale.case.quarters import to_index, to_text
from cordiale.case.ranges import Coded
from cordiale.files.errors import Faults, FileError, OptionError, together
from cordiale.files.yaml_file import Key
from cordiale.models.base import DEFAULT, FAMILIES, Family, family_of
from cordiale.models.measures import known_measures, request
from cordiale.scenario.acts import check_act
from cordiale.scenario.conditions import check_condition
from cordiale.scenario.file import (
    MOST_QUARTERS,
    LoadedScenario,
    check_against,
    find_scenario,
    joined,
    lineage_of,
    pack_of,
)
from cordiale.scenario.layers import Event, Origin, Settings, When
from cordiale.scenario.overrides import Pairs, apply_sets, own_sets, pairs_of
from cordiale.scenario.recurring import idle_faults
from cordiale.scenario.settings import Scenario
from cordiale.scenario.timeline import check_levers, date_faults, event_faults, events_of

__all__ = ["Scenario", "load_case", "load_pack", "load_scenario"]


def load_scenario(
    name: str | Path,
    *,
    set: Mapping[str, Any] | Sequence[str] | Pairs = (),
    pack: str | Path | None = None,
    coding: Path | str | None = None,
    model: str | None = None,
    allow: Collection[str] = (),
) -> Scenario:
    """Return a scenario by name or path with its parents, and `set` on top.

    Parameters
    ----------
    name : "france_joins_quad", a path, or several joined by +, later ones over earlier ones
    set : {"france_in_quad": 1} or ["france_in_quad=1"]: levers, parameters by path, or worlds, seed, horizon
    pack : name or folder of the case pack, where the file does not say; refused where it says another
    coding : csv of another coder's numbers, or the name of one of the pack's; they replace the pack's where they stand
    model : the family of models, in place of what the files say
    allow : modules from which a file may name a family of the user's own

    Raises
    ------
    FileError, OptionError
    """
    parts = [find_scenario(part, pack) for part in _parts(name)]
    return assemble(parts, set=set, pack=pack, coding=coding, model=model, allow=allow)


def assemble(
    parts: list[LoadedScenario],
    *,
    set: Mapping[str, Any] | Sequence[str] | Pairs = (),
    pack: str | Path | None = None,
    coding: Path | str | None = None,
    model: str | None = None,
    allow: Collection[str] = (),
) -> Scenario:
    """Return the scenario of one file, or of several at once, as `load_scenario` does.

    What is usable of its files and of the pack's is checked to the end, and all faults are raised together.
    """
    own = parts[0] if len(parts) == 1 else joined(parts)
    faults = Faults()
    lineage = lineage_of(parts, pack, faults)
    lacks = bool(faults)  # a parent, and what it defines
    if "against" not in own.document.lost:
        faults.noted(lambda: check_against(own, pack))
    faults += [fault for file in lineage for fault in file.document.faults]
    based = faults.noted(lambda: _base(lineage, pack, model, allow))
    if based is None:
        raise together(faults)
    family, loaded = based
    faults += loaded.faults
    names, numbers = _named(loaded)
    cells = None
    if coding is not None and not loaded.faults:
        cells = read_coding(coding, names, numbers, loaded.folder)
    files = ([cells.path] if cells else []) + [file.path for file in lineage if file.in_file]
    settings = _of_coding(cells) if cells else Settings()
    scenario = Scenario.of(own.name, own.file, loaded, family, names, numbers, settings, files, cells)
    lost = frozenset[str]().union(names.lost, *(file.document.lost for file in lineage))
    for file in lineage:
        layer = _Layer(scenario, file, lost, lacks)
        scenario = layer.applied()
        faults += layer.checker.faults
    try:
        scenario = apply_sets(_fitted_to_model(_watching(scenario), model), own_sets(set, own.name, [own.name]))
    except OptionError:
        sheet = Checker(own.document, names, lost)
        if not (lacks or any(sheet.is_lost(path.rpartition(":")[2]) for path, _ in pairs_of(set))):
            raise  # else what is set may stand in what could not be read
    if not (lacks or {"start", "horizon"} & lost):
        faults += _dates(scenario, own, lineage)
    if not (lacks or any(file.document.lost for file in lineage)):
        faults += event_faults(scenario) + idle_faults(scenario)
    if not faults or (_lasts(scenario) and all(_is_known(scenario, handle) for handle in scenario.moved)):
        faults.noted(lambda: check_levers(scenario))  # refuses levers that move one number at the same time
    faults.raise_any()
    return scenario


@lru_cache(maxsize=8)
def _named(loaded: LoadedPack) -> tuple[Names, dict[str, Number]]:
    """Return the names of a pack and its coded numbers: one for all its scenarios, so that many take little memory."""
    names = Names(loaded.pack)
    return names, coded_numbers(loaded, names)


def _dates(scenario: Scenario, own: LoadedScenario, lineage: Sequence[LoadedScenario]) -> list[FileError]:
    """Return where the horizon, or an event, lies outside what the start allows."""
    if scenario.settings.horizon is None and not _lasts(scenario):
        start, usual = to_text(scenario.start), to_text(scenario.horizon)
        message = f"says no `horizon`, and {usual}, which holds without, does not fit the start, {start}"
        return [FileError(own.document.path, *own.document.place(()), message)]
    return [fault for file in lineage for fault in date_faults(scenario, file)]


def _lasts(scenario: Scenario) -> bool:
    """Return whether the horizon fits the start."""
    return 1 <= scenario.quarters <= MOST_QUARTERS


def _is_known(scenario: Scenario, handle: str) -> bool:
    """Return whether all that a lever, or the path of a number, moves is in the pack."""
    try:
        return all(scenario.names.canonical(path) for path in scenario.handle(handle).moves)
    except KeyError:
        return False


def _base(
    lineage: list[LoadedScenario], pack: str | Path | None, model: str | None, allow: Collection[str]
) -> tuple[Family, LoadedPack]:
    """Return the family of models and what is usable of the pack that a scenario's files are laid on."""
    folder = pack_of(lineage, pack)
    family = _family(model, lineage, folder, allow)
    return family, _usable(folder, family)


def _watching(scenario: Scenario) -> Scenario:
    """Return a scenario that records what its conditions read, so that a study tells which worlds met them."""
    for event in scenario.settings.events.values():
        condition, measures = event.value and event.value.condition, scenario.measures
        if condition and {condition.measure, condition.measure.partition(":")[0]}.isdisjoint(measures):
            settings = scenario.settings.with_setting("measures", [*measures, condition.measure], event.origin)
            scenario = scenario.copy(settings=settings)
    return scenario


def _fitted_to_model(scenario: Scenario, model: str | None) -> Scenario:
    """Record the model that was asked for, and leave out the measures of files that are of another model."""
    family, asked, settings = scenario.family, scenario.measures, scenario.settings
    if model is not None:
        settings = settings.with_setting("model", model, Origin("--model"))
    known = known_measures(family, scenario.names)
    measures = [measure for measure in asked if measure.partition(":")[0] in known]
    if len(measures) < len(asked):
        measures = list(dict.fromkeys([family.headline, *family.parts, *measures]))
        settings = settings.with_setting("measures", measures, Origin(f"model {family.name}"))
    return scenario.copy(settings=settings)


def load_case(name: str | Path | None = None, model: str | None = None, allow: Collection[str] = ()) -> LoadedPack:
    """Return a checked case pack with its documents, and with the weights of a family of models.

    Parameters
    ----------
    name : of the pack, or its folder; the only pack of the nearest folder that has any where None
    model : one of `models.base.FAMILIES`; the one that the pack names where None
    allow : modules from which the pack may name a family of the user's own

    Raises
    ------
    FileError, OptionError
    """
    name = nearest_pack(name)
    return case_of(name, family_of(model, allow) if model else family_of_pack(name, allow))


def case_of(name: str | Path, family: Family) -> LoadedPack:
    """Return a checked case pack with the weights of a family; the pack's own count where it names that family."""
    return _usable(name, family).sound()


def usable_case(name: str | Path, allow: Collection[str] = ()) -> tuple[Family, LoadedPack]:
    """Return the family that a pack names and what is usable of the pack, whose faults stand in it."""
    family = family_of_pack(name, allow)
    return family, _usable(name, family)


def _usable(name: str | Path, family: Family) -> LoadedPack:
    return find_pack(name, family.weights, (read_case(name)[1].model or DEFAULT) == family.name)


def family_of_pack(name: str | Path, allow: Collection[str] = ()) -> Family:
    """Return the family of models that a pack names; FileError with the place in its case.yaml where it cannot be."""
    document, case = read_case(name)
    try:
        return family_of(case.model, allow)
    except OptionError as error:
        document.fail(("model",), str(error))


def load_pack(name: str | Path | None = None) -> Pack:
    """Return a checked case pack by its name or folder.

    Raises FileError for a fault in one of its files and OptionError where there is none of that name.
    """
    return load_case(name).pack


def _family(model: str | None, lineage: Sequence[LoadedScenario], folder: Path, allow: Collection[str]) -> Family:
    """Return the family that is given, else named by the last file that names one, else by the pack."""
    if model is not None:
        return family_of(model, allow)
    for layer in reversed(lineage):
        if layer.file.model is not None:
            try:
                return family_of(layer.file.model, allow)
            except OptionError as error:
                layer.document.fail(("model",), str(error))
    return family_of_pack(folder, allow)


def _of_coding(coding: Coding) -> Settings:
    """Return another coder's numbers, which lie over the pack's and below every file of the scenario."""
    settings = Settings()
    for cell in coding.cells:
        origin = Origin(coding.name, str(coding.path), cell.line, cell.column)
        settings = settings.with_range(cell.path, cell.coded, origin)
    return settings


def _parts(name: str | Path) -> Sequence[str | Path]:
    return name.split("+") if isinstance(name, str) and "+" in name and not is_file(Path(name)) else [name]


class _Layer:
    """One file, about to be laid on a scenario.

    Parameters
    ----------
    lost : names in what was left out of the files for its faults
    lacks : whether a parent could not be read, so that levers may be defined that nobody knows
    """

    def __init__(self, scenario: Scenario, layer: LoadedScenario, lost: frozenset[str], lacks: bool) -> None:
        self.scenario, self.name, self.file, self.document = scenario, layer.name, layer.file, layer.document
        self.in_file, self.settings = layer.in_file, scenario.settings
        self.levers = {**scenario.known_levers, **self.file.define}
        self.checker, self.lacks = Checker(layer.document, scenario.names, lost), lacks

    def applied(self) -> Scenario:
        """Return the scenario with all that the file says laid on it; what does not fit the pack is noted."""
        places = paragraphs(self.scenario.loaded.pack.case)
        if self.file.basis is not None:
            self.checker.paragraph(("basis", "locator"), self.file.basis.locator, places)
        for index, measure in enumerate(self.file.measures or []):
            self._check_measure(index, measure)
        for setting in SETTINGS:
            if (value := getattr(self.file, setting)) is not None:
                self.settings = self.settings.with_setting(setting, value, self._origin(setting))
        self._put_levers(places)
        self._put_ranges(places)
        self._put_events()
        return self.scenario.copy(settings=self.settings)

    def _origin(self, *at: Key) -> Origin:
        return Origin(
            self.name, *((str(self.document.path), *self.document.place(at, of_key=True)) if self.in_file else ())
        )

    def _put_levers(self, places: Collection[str]) -> None:
        """Add levers of the file's own, none of which the pack has, and what it sets from the first quarter on."""
        for name, lever in self.file.define.items():
            if name in self.scenario.loaded.pack.case.levers:
                message = f"'{name}' is a lever of the pack: give it another name"
                self.checker.fail(("define", name), message, of_key=True)
            check_lever(self.checker, ("define", name), name, lever)
            if lever.locator is not None:
                self.checker.paragraph(("define", name, "locator"), lever.locator, places)
            self.settings = self.settings.with_defined(name, lever, self._origin("define", name))
        for name, value in self.file.levers.items():
            self._check_lever(name, value, ("levers", name))
            self.settings = self.settings.with_lever(name, float(value), self._origin("levers", name))

    def _put_ranges(self, places: Collection[str]) -> None:
        ranges: dict[str, str] = {}
        for path, coded in self.file.uncertainties.items():
            at = ("uncertainties", path)
            canonical = self._canonical(at, path)
            if canonical is None:
                continue
            if canonical in ranges:
                self.checker.fail(at, f"'{path}' stands twice: first as '{ranges[canonical]}'", of_key=True)
            self._check_range(at, path, coded, canonical)
            if coded.locator:
                self.checker.paragraph((*at, "locator"), coded.locator, places)
            ranges[canonical] = path
            self.settings = self.settings.with_range(canonical, coded, self._origin(*at))

    @cached_property
    def _known_measures(self) -> tuple[list[str], list[str]]:
        """The measures of the scenario's family, and all that the file may name."""
        names = self.scenario.names
        own = known_measures(self.scenario.family, names)
        others = () if self.file.model else (family_of(each) for each in FAMILIES)
        return own, sorted({*own, *(each for other in others for each in known_measures(other, names))})

    def _check_measure(self, index: int, measure: str) -> None:
        """Refuse what no family has, or what the family that this file names has not; other files' are left out."""
        name, family, names = measure.partition(":")[0], self.scenario.family, self.scenario.names
        own, known = self._known_measures
        if not self.checker.is_lost(measure):
            self.checker.known(("measures", index), name, known, "measure")
        if name in own and not self.checker.is_lost(measure):
            try:
                request(measure, names, family)
            except OptionError as error:
                self.checker.fail(("measures", index), str(error))

    def _check_lever(self, name: str, value: float, at: tuple[Key, ...]) -> None:
        if not self.lacks:
            self.checker.known(at, name, self.levers, "lever", key=True)
        if not 0 <= value <= 1:
            self.checker.fail(at, f"{value:g} leaves the scale 0..1 of the lever '{name}'")

    def _check_handle(self, name: str, event: Event, at: tuple[Key, ...]) -> str:
        """Return a lever's name, or the canonical path of a coded number; note where it is neither."""
        if name in self.levers or not {".", ">"} & set(name):
            self._check_lever(name, event.value, at)  # which says what is near
            return name
        ends = [] if event.kind == "stop" else [event.value]
        path = check_move(self.checker, at, name, ends, "nothing can move it")
        if event.kind == "ramp" and self.scenario.names.is_held(path):
            self.checker.fail(at, f"'{name}' is 0 or 1, and nothing between: no ramp can move it", of_key=True)
        return path

    def _canonical(self, at: tuple[Key, ...], path: str) -> str | None:
        """Return the canonical path of a number that is drawn; None where it is none, which is noted."""
        try:
            canonical = self.scenario.names.canonical(path)
        except KeyError as error:
            if not self.checker.is_lost(path):
                self.checker.fail(at, str(error.args[0]), of_key=True)
            return None
        if canonical not in self.scenario.numbers:
            if not self.scenario.loaded.faults:
                self.checker.fail(at, f"'{path}' is not drawn from a range: a lever sets it", of_key=True)
            return None
        return canonical

    def _check_range(self, at: tuple[Key, ...], path: str, coded: Coded, canonical: str) -> None:
        packs = self.scenario.numbers[canonical].coded
        bottom, top = packs.bounds
        if coded.low < bottom or coded.high > top:
            message = f"{coded.low:g}..{coded.high:g} leaves the scale {bottom:g}..{top:g} of '{path}'"
            self.checker.fail((*at, "low" if coded.low < bottom else "high"), message, of_key=True)
        least = packs.width_around(coded.best)
        if coded.basis == "not in the article" and coded.high - coded.low < least - 1e-9:
            message = f"a number that is not in the article needs a wide range: at least {least:g}"
            self.checker.fail((*at, "basis"), message, of_key=True)

    def _put_events(self) -> None:
        start = self.scenario.start
        seen: dict[When, tuple[Key, ...]] = {When(start, name): ("levers", name) for name in self.file.levers}
        for index, entry in enumerate(self.file.timeline):
            condition = check_condition(self.checker, ("timeline", index, "when"), entry.when, self.scenario.family)
            for handle, event, at in events_of(entry, ("timeline", index)):
                if "act" in at:
                    name = check_act(self.checker, at, handle)
                else:
                    name = self._check_handle(handle, event, at)
                when = When(to_index(entry.quarter), name)
                if when in seen:
                    line, _ = self.document.place(seen[when], of_key=True)
                    message = f"'{name}' is set twice in {entry.quarter}: first in line {line}"
                    self.checker.fail(at, message, of_key=True)
                seen.setdefault(when, at)
                self.settings = self.settings.with_event(when, event._replace(condition=condition), self._origin(*at))
