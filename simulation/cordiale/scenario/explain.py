"""Where every value of a scenario comes from, layer by layer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from cordiale.case.fields import SETTINGS
from cordiale.case.pack import Lever
from cordiale.case.quarters import to_text
from cordiale.case.ranges import Coded
from cordiale.files.errors import OptionError, shown
from cordiale.scenario.acts import is_act
from cordiale.scenario.layers import BY_SET, Event, Layered, When
from cordiale.scenario.settings import Scenario
from cordiale.scenario.words import act_words, limits, quarters


@dataclass(frozen=True)
class Line:
    """One value of one layer; the last line of a path is the one that holds.

    Attributes
    ----------
    path : what is set: "worlds", "levers.france_in_quad", "2020Q1.france_in_quad", "FRA.china_tone.ideal"
    value : as text: a number, a range "low / best / high", or a list
    layer : "pack", a scenario's name, "default" or "--set"
    place : file:line, or ""
    basis, source : of a coded number; for a lever the paragraph of the article
    holds : whether this is the effective value
    """

    path: str
    value: str
    layer: str
    place: str
    basis: str
    source: str
    holds: bool


def explain(scenario: Scenario, path: str | None = None, *, everything: bool = False) -> list[Line]:
    """Return the lines of a scenario's settings, levers, events and ranges, or those of one path.

    Parameters
    ----------
    path : a setting, a lever, or a parameter; OptionError with a hint where it is none of these
    everything : whether to add every number of the pack
    """
    if path is not None:
        return _one(scenario, path)
    lines = []
    for name in SETTINGS:
        lines += _setting(scenario, name)
    for _, of_thing in sorted(_policy(scenario), key=lambda thing: _layer(scenario, thing[0])):
        lines += of_thing
    numbers = scenario.numbers if everything else ()
    for name in dict.fromkeys([*scenario.settings.ranges, *numbers]):
        lines += _number(scenario, name)
    return lines


def _one(scenario: Scenario, path: str) -> list[Line]:
    name, levers = path.removeprefix("levers."), scenario.known_levers
    if path in SETTINGS:
        return _setting(scenario, path)
    if name in levers:
        return _lever(scenario, name)
    try:
        return _number(scenario, scenario.names.canonical(path))
    except KeyError:
        known = [*SETTINGS, *levers, *scenario.names.paths]
        raise OptionError(f"'{path}' is no setting, lever or parameter{scenario.names.hint(path, known)}") from None


def _setting(scenario: Scenario, name: str) -> list[Line]:
    if layered := getattr(scenario.settings, name):
        return _lines(name, layered)
    default = to_text(scenario.horizon) if name == "horizon" else getattr(scenario, name)
    return [Line(name, _text(default), "default", "", "", "", True)]


def _policy(scenario: Scenario) -> list[tuple[Layered[Any], list[Line]]]:
    """Return levers, events and fixed numbers, each with its lines."""
    settings = scenario.settings
    things: list[tuple[Layered[Any], list[Line]]] = [
        (own, _lines(f"define.{name}", own, f"{own.value.locator}: {own.value.says}"))
        for name, own in settings.defined.items()
    ]
    things += [(layered, _set(scenario, name)) for name, layered in settings.levers.items()]
    things += [(layered, _event(scenario, when)) for when, layered in settings.events.items()]
    return things + [(layered, _lines(path, layered)) for path, layered in settings.fixed.items()]


def _layer(scenario: Scenario, layered: Layered[Any]) -> tuple[int, bool]:
    """Return the layer in which a thing was set first: the files in order, what is written in Python, --set."""
    origin, files = next(layered.layers()).origin, [str(path) for path in scenario.files]
    return files.index(origin.file) if origin.file in files else len(files), origin == BY_SET


def _lever(scenario: Scenario, name: str) -> list[Line]:
    lever, document = scenario.handle(name), scenario.loaded.documents["case"]
    layer, place = "pack", f"{shown(document.path)}:{document.place(('levers', name), of_key=True)[0]}"
    if own := scenario.settings.defined.get(name):
        layer, place = own.origin.layer, own.origin.place
    lines = _moves(scenario, name)
    head = Line(name, f"not set; {_text(lever)}", layer, place, "", f"{lever.locator}: {lever.says}", not lines)
    return [head, *lines]


def _moves(scenario: Scenario, name: str) -> list[Line]:
    """Return all that is set of a lever, or of a number by its path."""
    lines = _set(scenario, name) if name in scenario.settings.levers else []
    return lines + [line for when in scenario.settings.events_of(name) for line in _event(scenario, when)]


def _set(scenario: Scenario, lever: str) -> list[Line]:
    return _lines(f"levers.{lever}", scenario.settings.levers[lever], _source(scenario, lever))


def _event(scenario: Scenario, when: When) -> list[Line]:
    path, layered = f"{to_text(when.quarter)}.{when.lever}", scenario.settings.events[when]
    if layered.value is not None and is_act(scenario.names, when.lever, layered.value):
        acted = f"act: {act_words(scenario, when.lever)}{limits(layered.value)}"
        return [replace(line, value=acted) if line.holds else line for line in _lines(path, layered)]
    return _lines(path, layered, _source(scenario, when.lever))


def _source(scenario: Scenario, name: str) -> str:
    lever = scenario.handle(name)
    return f"{lever.locator}: {lever.says}" if lever.locator else ""


def _lines(path: str, layered: Layered[Any], source: str = "") -> list[Line]:
    return [
        Line(path, _text(each.value), each.origin.layer, each.origin.place, "", source, each is layered)
        for each in layered.layers()
    ]


def _number(scenario: Scenario, path: str) -> list[Line]:
    number, settings, lines = scenario.numbers.get(path), scenario.settings, []
    drawn, fixed = settings.ranges.get(path), settings.fixed.get(path)
    moved = [name for name, lever in {**scenario.known_levers, path: scenario.handle(path)}.items()
             if path in {scenario.names.canonical(move) for move in lever.moves}]  # fmt: skip
    moves = [line for name in moved for line in _moves(scenario, name)]
    if number is not None:
        file, line = number.place
        lines.append(_coded(path, number.coded, "pack", f"{shown(file)}:{line}", not (drawn or fixed)))
    else:
        value, place = _without_range(scenario, path)
        lines.append(Line(path, value, "pack", place, "", "", not (fixed or moves)))
    for each in drawn.layers() if drawn else ():
        lines.append(_coded(path, each.value, each.origin.layer, each.origin.place, each is drawn and not fixed))
    return [*lines, *moves, *(_lines(path, fixed) if fixed else [])]


def _without_range(scenario: Scenario, path: str) -> tuple[str, str]:
    """Return what the pack says of a number that is not drawn from a range, and where."""
    state = scenario.loaded.pack.states.get(path.removesuffix(".present"))
    if state is not None and state.enters is None:
        return "1: takes part, unless something sets it to 0", ""
    if state is None or state.enters is None:
        return "0, or free: not coded, a lever sets it", ""
    document = scenario.loaded.documents[state.code]
    return f"0 until it enters in {state.enters}", f"{shown(document.path)}:{document.place(('enters',))[0]}"


def _coded(path: str, coded: Coded, layer: str, place: str, holds: bool) -> Line:
    source = coded.source or f"{coded.locator}: {coded.paraphrase}"
    return Line(path, f"{coded.low:g} / {coded.best:g} / {coded.high:g}", layer, place, coded.basis, source, holds)


def _text(value: Any) -> str:
    if value is None:
        return "taken out: --set holds the lever throughout"
    if isinstance(value, Lever):
        return "moves " + "; ".join(f"{path} {low:g} to {high:g}" for path, (low, high) in value.moves.items())
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    if isinstance(value, Event):
        if value.kind == "stop":
            return f"stops{limits(value)}"
        tail = {"ramp": f" over {quarters(value.length)}", "shock": f" for {quarters(value.length)}"}.get(
            value.kind, ""
        )
        return f"{value.kind} {value.value:g}{tail}{limits(value)}"
    return f"{value:g}" if isinstance(value, float) else str(value)
