"""Where every value of a scenario comes from, layer by layer, and what a pack and its scenarios offer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cordiale.case.checks import paragraphs, walk_coded
from cordiale.case.fields import FIELDS, SETTINGS, Names
from cordiale.case.load import LoadedPack, pack_names, scenario_names
from cordiale.case.numbers import coded_numbers
from cordiale.case.pack import Lever
from cordiale.case.quarters import to_text
from cordiale.case.ranges import Coded
from cordiale.files.errors import OptionError, did_you_mean, shown
from cordiale.models.measures import known_measures
from cordiale.scenario.acts import is_act
from cordiale.scenario.file import find_scenario
from cordiale.scenario.layers import BY_SET, Event, Layered, When
from cordiale.scenario.load import family_of_pack, load_case
from cordiale.scenario.settings import Scenario
from cordiale.scenario.words import act_words, labels_of, limits, quarters


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
        meaning = kind.named(labels.get(kind.of or "", {}).get(part, part))
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
