"""A scenario with its parents applied: what holds, and which layer said so.

Layers lie in order: the pack, the parents (each once, earliest first), the file itself, --set. A
later layer replaces what an earlier one says of the same thing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cordiale.checks import paragraphs
from cordiale.coded import Coded
from cordiale.errors import OptionError, did_you_mean
from cordiale.fields import FIELDS, Names
from cordiale.library import LoadedPack, LoadedScenario, find_pack, find_parent, find_scenario
from cordiale.measures.catalogue import check_measure
from cordiale.numbers import Number, coded_numbers
from cordiale.quarters import to_index, to_text
from cordiale.scenario import Event, ScenarioFile
from cordiale.yamlfile import Key

SETTINGS = ("horizon", "worlds", "seed", "measures")


@dataclass(frozen=True)
class Origin:
    """Who set a value: a layer's name, and the file and line where it stands (None for --set)."""

    layer: str
    file: str | None
    line: int | None


@dataclass(frozen=True)
class Setting:
    """One value of one layer."""

    value: Any
    origin: Origin


@dataclass
class Scenario:
    """A scenario ready to run; `history` keeps, for each thing set, the settings of all layers in order."""

    name: str
    file: ScenarioFile
    loaded: LoadedPack
    names: Names
    numbers: dict[str, Number]
    history: dict[str, list[Setting]] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)

    def _last(self, prefix: str) -> dict[str, Any]:
        cut = len(prefix)
        return {key[cut:]: found[-1].value for key, found in self.history.items() if key.startswith(prefix)}

    @property
    def title(self) -> str:
        """The scenario's title."""
        return self.file.title

    @property
    def start(self) -> int:
        """Running number of the first quarter."""
        return to_index(self.loaded.pack.case.start)

    @property
    def horizon(self) -> int:
        """Running number of the last quarter."""
        return to_index(self._setting("horizon", "2025Q4"))

    @property
    def quarters(self) -> int:
        """How many quarters a world lives."""
        return self.horizon - self.start + 1

    @property
    def worlds(self) -> int:
        """How many worlds to run."""
        return int(self._setting("worlds", 500))

    @property
    def seed(self) -> int:
        """Seed of all streams."""
        return int(self._setting("seed", 0))

    @property
    def measures(self) -> list[str]:
        """Measures to record."""
        return list(self._setting("measures", ["alignment"]))

    def _setting(self, name: str, default: Any) -> Any:
        return self.history[name][-1].value if name in self.history else default

    @property
    def levers(self) -> dict[str, float]:
        """Levers set from the first quarter on."""
        return self._last("levers.")

    @property
    def fixed(self) -> dict[str, float]:
        """Parameters that --set fixed in every world."""
        return self._last("fixed.")

    @property
    def events(self) -> list[tuple[int, str, str, float, int]]:
        """Timeline entries (quarter, kind, lever, value, length), by quarter."""
        found = [found[-1].value for key, found in self.history.items() if key.startswith("event.")]
        return sorted(found, key=lambda event: (event[0], event[1] != "stop", event[2]))

    @property
    def ranges(self) -> dict[str, Coded]:
        """Path -> the range that each world draws from."""
        table = {path: number.coded for path, number in self.numbers.items()}
        return table | self._last("uncertainties.")


def load_scenario(
    name: str | Path, *, set: Mapping[str, Any] | Sequence[str] = (), pack: str | None = None
) -> Scenario:
    """Return a scenario by name or path with its parents, and `set` on top.

    Parameters
    ----------
    set : {"france_in_quad": 1} or ["france_in_quad=1"]: levers, parameters by path, or worlds, seed, horizon
    pack : name or folder of the case pack, where the file does not say

    Raises
    ------
    FileError, OptionError
    """
    own = find_scenario(name, pack)
    lineage = _lineage(own, pack, ())
    pack_name = pack or _pack_name(lineage)
    loaded = find_pack(pack_name)
    names = Names(loaded.pack)
    scenario = Scenario(own.name, own.file, loaded, names, coded_numbers(loaded, names))
    for layer in lineage:
        scenario.files.append(layer.path)
        _apply(scenario, layer)
    for path, value in _pairs(set):
        apply_set(scenario, path, value)
    _check_dates(scenario, lineage)
    return scenario


def _lineage(child: LoadedScenario, pack: str | None, below: tuple[Path, ...]) -> list[LoadedScenario]:
    """Return the ancestors and the child in the order in which they apply, each once."""
    resolved = child.path.resolve()
    if resolved in below:
        loop = " -> ".join(path.stem for path in (*below[below.index(resolved) :], resolved))
        child.document.fail(("extends",), f"extends goes round in a loop: {loop}")
    order: list[LoadedScenario] = []
    pack = child.file.pack or pack or _folder_pack(child)
    for index, parent_name in enumerate(child.parents):
        parent = find_parent(child, index, parent_name, pack)
        for layer in _lineage(parent, pack, (*below, resolved)):
            if all(layer.path.resolve() != known.path.resolve() for known in order):
                order.append(layer)
    return [*order, child]


def _folder_pack(layer: LoadedScenario) -> str | None:
    folder = layer.path.resolve().parent
    return folder.name if folder.parent.name == "scenarios" else None


def _pack_name(lineage: list[LoadedScenario]) -> str:
    for layer in reversed(lineage):
        if layer.file.pack or _folder_pack(layer):
            return layer.file.pack or str(_folder_pack(layer))
    own = lineage[-1]
    own.document.fail((), "says no pack: add `pack: NAME`, or extend a scenario of a pack")


# ---------------------------------------------------------------- one file


def _apply(scenario: Scenario, layer: LoadedScenario) -> None:
    file, document = layer.file, layer.document
    levers = scenario.loaded.pack.case.levers

    def put(key: str, value: Any, at: tuple[Key, ...]) -> None:
        origin = Origin(layer.name, str(document.path), document.place(at, of_key=True)[0])
        scenario.history.setdefault(key, []).append(Setting(value, origin))

    def lever(name: str, value: float, at: tuple[Key, ...]) -> None:
        if name not in levers:
            document.fail(at, f"'{name}' is no lever of this pack{did_you_mean(name, levers)}", of_key=True)
        if not 0 <= value <= 1:
            document.fail(at, f"{value:g} leaves the scale 0..1 of a lever")

    if file.basis.locator not in _paragraphs(scenario):
        near = did_you_mean(file.basis.locator, _paragraphs(scenario))
        document.fail(("basis", "locator"), f"'{file.basis.locator}' is no paragraph of the article{near}")
    for name in SETTINGS:
        if getattr(file, name) is not None:
            put(name, getattr(file, name), (name,))
    for index, measure in enumerate(file.measures or []):
        try:
            check_measure(measure, scenario.names)
        except OptionError as error:
            document.fail(("measures", index), str(error))
    for name, value in file.levers.items():
        lever(name, value, ("levers", name))
        put(f"levers.{name}", float(value), ("levers", name))
    for path, coded in file.uncertainties.items():
        put(f"uncertainties.{_uncertain(scenario, layer, path, coded)}", coded, ("uncertainties", path))
    here: dict[str, int] = {f"event.{scenario.start}.{name}": 0 for name in file.levers}
    for index, event in enumerate(file.timeline):
        for kind, name, value, length in _entries(event):
            at = ("timeline", index, kind, name) if kind != "stop" else ("timeline", index, kind)
            lever(name, value, at)
            key = f"event.{to_index(event.quarter)}.{name}"
            if key in here:
                document.fail(at, f"'{name}' is set twice in {event.quarter}", of_key=True)
            here[key] = index
            put(key, (to_index(event.quarter), kind, name, float(value), length), at)


def _paragraphs(scenario: Scenario) -> dict[str, str]:
    return paragraphs(scenario.loaded.pack.case)


def _entries(event: Event) -> list[tuple[str, str, float, int]]:
    """Return the (kind, lever, value, length) entries of an event."""
    entries = [("set", name, value, 0) for name, value in (event.set or {}).items()]
    entries += [("ramp", name, value, event.over or 0) for name, value in (event.ramp or {}).items()]
    entries += [("shock", name, value, event.lasts or 0) for name, value in (event.shock or {}).items()]
    return entries + [("stop", name, 0.0, 0) for name in event.stop or []]


def _uncertain(scenario: Scenario, layer: LoadedScenario, path: str, coded: Coded) -> str:
    at = ("uncertainties", path)
    try:
        canonical = scenario.names.canonical(path)
    except KeyError as error:
        layer.document.fail(at, str(error.args[0]), of_key=True)
    if canonical not in scenario.numbers:
        layer.document.fail(at, f"'{path}' is not drawn: a lever sets it", of_key=True)
    bottom, top = scenario.numbers[canonical].coded.bounds
    if coded.low < bottom or coded.high > top:
        layer.document.fail(at, f"{coded.low:g}..{coded.high:g} leaves the scale {bottom:g}..{top:g} of '{path}'")
    width = scenario.numbers[canonical].coded.least_width
    if coded.basis == "not in the article" and coded.high - coded.low < width - 1e-9:
        layer.document.fail(at, f"a number that is not in the article needs a wide range: at least {width:g}")
    if coded.locator and coded.locator not in _paragraphs(scenario):
        message = f"'{coded.locator}' is no paragraph of the article{did_you_mean(coded.locator, _paragraphs(scenario))}"
        layer.document.fail((*at, "locator"), message)
    return canonical


def _check_dates(scenario: Scenario, lineage: list[LoadedScenario]) -> None:
    start, horizon = scenario.start, scenario.horizon
    for layer in lineage:
        if layer.file.horizon is not None and to_index(layer.file.horizon) < start:
            layer.document.fail(("horizon",), f"{layer.file.horizon} is before the start, {to_text(start)}")
        for index, event in enumerate(layer.file.timeline):
            quarter = to_index(event.quarter)
            if quarter < start:
                message = f"{event.quarter} is before the start, {to_text(start)}"
                layer.document.fail(("timeline", index, "quarter"), message)
            if quarter > horizon:
                message = f"{event.quarter} is after the horizon, {to_text(horizon)}"
                layer.document.fail(("timeline", index, "quarter"), message)


# ---------------------------------------------------------------- --set


def _pairs(given: Mapping[str, Any] | Sequence[str]) -> list[tuple[str, Any]]:
    if isinstance(given, Mapping):
        return list(given.items())
    pairs = []
    for text in given:
        path, equals, value = text.partition("=")
        if not equals:
            raise OptionError(f"--set '{text}': write it as path=value, such as france_in_quad=1")
        pairs.append((path.strip(), value.strip()))
    return pairs


def apply_set(scenario: Scenario, path: str, value: Any) -> None:
    """Lay one --set on top of a scenario; OptionError where it does not fit."""
    levers = scenario.loaded.pack.case.levers
    name = path.removeprefix("levers.")
    key, cast = f"levers.{name}", _number
    if path in ("worlds", "seed"):
        key, cast = path, _whole
    elif path == "horizon":
        key, cast = path, _quarter
    elif name in levers:
        if not 0 <= _number(path, value) <= 1:
            raise OptionError(f"--set {path}={value}: leaves the scale 0..1 of a lever")
    else:
        key = f"fixed.{_parameter(scenario, path, value)}"
    scenario.history.setdefault(key, []).append(Setting(cast(path, value), Origin("--set", None, None)))
    if path == "horizon" and scenario.horizon < scenario.start:
        raise OptionError(f"--set horizon={value}: is before the start, {to_text(scenario.start)}")
    if path == "worlds" and scenario.worlds < 1:
        raise OptionError(f"--set worlds={value}: at least one world is needed")


def _parameter(scenario: Scenario, path: str, value: Any) -> str:
    try:
        canonical = scenario.names.canonical(path)
    except KeyError:
        known = [*scenario.loaded.pack.case.levers, *scenario.names.paths, *SETTINGS]
        raise OptionError(f"--set {path}: no lever or parameter of that name{did_you_mean(path, known)}") from None
    number = scenario.numbers.get(canonical)
    field, _ = scenario.names.paths[canonical]
    bottom, top = number.coded.bounds if number else FIELDS[field].scale
    if not bottom <= _number(path, value) <= top:
        raise OptionError(f"--set {path}={value}: leaves the scale {bottom:g}..{top:g}")
    return canonical


def _number(path: str, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise OptionError(f"--set {path}={value}: '{value}' is not a number") from None
    if number != number or number in (float("inf"), float("-inf")):
        raise OptionError(f"--set {path}={value}: not a finite number")
    return number


def _whole(path: str, value: Any) -> int:
    number = _number(path, value)
    if number != int(number) or number < 0:
        raise OptionError(f"--set {path}={value}: '{value}' is not a whole number")
    return int(number)


def _quarter(path: str, value: Any) -> str:
    try:
        to_index(str(value))
    except ValueError as error:
        raise OptionError(f"--set {path}={value}: {error}") from None
    return str(value)
