"""Where every value of a scenario comes from, layer by layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cordiale.case.quarters import to_text
from cordiale.case.ranges import Coded
from cordiale.files.errors import OptionError, did_you_mean, shown
from cordiale.scenario.load import SETTINGS, Scenario


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
        lines += _of_key(scenario, name) or [Line(name, _text(_default(scenario, name)), "default", "", "", "", True)]
    for key in scenario.history:
        if key not in SETTINGS and not key.startswith("uncertainties."):
            lines += _of_key(scenario, key)
    numbers = scenario.numbers if everything else ()
    changed = [key.partition(".")[2] for key in scenario.history if key.startswith("uncertainties.")]
    for name in dict.fromkeys([*changed, *numbers]):
        lines += _number(scenario, name)
    return lines


def _default(scenario: Scenario, name: str) -> Any:
    return to_text(scenario.horizon) if name == "horizon" else getattr(scenario, name)


def _one(scenario: Scenario, path: str) -> list[Line]:
    name, levers = path.removeprefix("levers."), scenario.known_levers
    if path in SETTINGS:
        return _of_key(scenario, path) or [Line(path, _text(_default(scenario, path)), "default", "", "", "", True)]
    if name in levers:
        return _lever(scenario, name)
    try:
        return _number(scenario, scenario.names.canonical(path))
    except KeyError:
        known = [*SETTINGS, *levers, *scenario.names.paths]
        raise OptionError(f"'{path}' is no setting, lever or parameter{did_you_mean(path, known)}") from None


def _lever(scenario: Scenario, name: str) -> list[Line]:
    lever, document = scenario.handle(name), scenario.loaded.documents["case"]
    place = f"{shown(document.path)}:{document.place(('levers', name), of_key=True)[0]}"
    layer = "pack"
    if own := scenario.history.get(f"define.{name}"):
        origin = own[-1].origin
        layer, place = origin.layer, f"{shown(origin.file)}:{origin.line}" if origin.file else ""
    set_by = _set_by(scenario, name)
    moves = "; ".join(f"{path} {low:g} to {high:g}" for path, (low, high) in lever.moves.items())
    head = Line(name, f"not set; moves {moves}", layer, place, "", f"{lever.locator}: {lever.says}", not set_by)
    return [head, *(line for key in set_by for line in _of_key(scenario, key))]


def _set_by(scenario: Scenario, name: str) -> list[str]:
    """Return the keys of `history` under which something is said of a lever, or of a number by its path."""
    events = [key for key in scenario.history if key.startswith("event.") and key.split(".", 2)[2] == name]
    return [f"levers.{name}", *events] if f"levers.{name}" in scenario.history else events


def _of_key(scenario: Scenario, key: str) -> list[Line]:
    found = scenario.history.get(key, [])
    kind, _, name = key.partition(".")
    path = key if kind in ("levers", *SETTINGS) else name
    source = ""
    if kind == "event":
        quarter, _, lever = name.partition(".")
        path = f"{to_text(int(quarter))}.{lever}"
    if kind in ("levers", "event"):
        lever_record = scenario.handle(name if kind == "levers" else lever)
        source = f"{lever_record.locator}: {lever_record.says}" if lever_record.locator else ""
    return [
        Line(
            path, _text(setting.value), setting.origin.layer,
            f"{shown(setting.origin.file)}:{setting.origin.line}" if setting.origin.file else "",
            "", source, setting is found[-1],
        )
        for setting in found
    ]  # fmt: skip


def _number(scenario: Scenario, path: str) -> list[Line]:
    number, lines = scenario.numbers.get(path), []
    later = scenario.history.get(f"uncertainties.{path}", [])
    fixed = scenario.history.get(f"fixed.{path}", [])
    moved = [name for name, lever in {**scenario.known_levers, path: scenario.handle(path)}.items()
             if path in {scenario.names.canonical(move) for move in lever.moves}]  # fmt: skip
    used = [name for name in moved if _set_by(scenario, name)]
    if number is not None:
        file, line = number.place
        lines.append(_coded(path, number.coded, "pack", f"{shown(file)}:{line}", not (later or fixed)))
    else:
        value, place = _without_range(scenario, path)
        lines.append(Line(path, value, "pack", place, "", "", not (fixed or used)))
    for setting in later:
        place = f"{shown(setting.origin.file or '')}:{setting.origin.line}"
        lines.append(_coded(path, setting.value, setting.origin.layer, place, setting is later[-1] and not fixed))
    for name in used:
        lines += _lever(scenario, name)[1:]
    return lines + [Line(path, f"{each.value:g}", "--set", "", "", "", each is fixed[-1]) for each in fixed]


def _without_range(scenario: Scenario, path: str) -> tuple[str, str]:
    """Return what the pack says of a number that is not drawn from a range, and where."""
    state = scenario.loaded.pack.states.get(path.removesuffix(".present"))
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
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    if isinstance(value, tuple):
        _, kind, _, number, length, every, until = (*value, 0, 0)[:7]
        again = f", every {every} quarters" + (f" until {to_text(until)}" if until else "") if every else ""
        if kind == "stop":
            return f"stops{again}"
        tail = {"ramp": f" over {length} quarters", "shock": f" for {length} quarters"}.get(kind, "")
        return f"{kind} {number:g}{tail}{again}"
    return f"{value:g}" if isinstance(value, float) else str(value)
