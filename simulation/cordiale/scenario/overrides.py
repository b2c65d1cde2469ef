"""`--set`: a lever, a parameter or a setting laid over what the files of a scenario say."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from numbers import Integral, Real
from typing import Any

from cordiale.case.fields import FIELDS, SETTINGS
from cordiale.case.quarters import to_index, to_text
from cordiale.files.errors import OptionError, did_you_mean, short
from cordiale.files.yaml_file import to_number
from cordiale.scenario.file import MOST_QUARTERS, MOST_WORLDS, ScenarioFile
from cordiale.scenario.layers import BY_SET, Event, Origin, When
from cordiale.scenario.settings import Scenario

EXAMPLE = "write it as PATH=VALUE, such as france_in_quad=1"


Pairs = Sequence[tuple[str, Any]]


def pairs_of(given: Mapping[str, Any] | Sequence[str] | Pairs) -> list[tuple[str, Any]]:
    """Return path and value of each --set; OptionError where it is not written as one."""
    if isinstance(given, Mapping):
        return list(given.items())
    pairs: list[tuple[str, Any]] = []
    for each in [given] if isinstance(given, str) else given:
        if not isinstance(each, str):
            pairs.append((each[0], each[1]))
            continue
        path, equals, value = (part.strip() for part in each.partition("="))
        if not (path and equals and value):
            raise OptionError(f"--set {short(each)}: {EXAMPLE}")
        pairs.append((path, value))
    return pairs


def own_sets(given: Mapping[str, Any] | Sequence[str] | Pairs, name: str, names: Collection[str]) -> Pairs:
    """Return what is set of one of several scenarios, as given: all that names no scenario, and what names this one.

    Parameters
    ----------
    name : of the scenario; "a+b" is named by "a" and by "b" too
    names : of all that are run together

    Raises
    ------
    OptionError for a --set that names none of them
    """
    known = {part for each in names for part in (each, *each.split("+"))}
    own = []
    for path, value in pairs_of(given):
        scenario, colon, _ = path.partition(":")
        if colon and scenario not in known:
            hint = did_you_mean(scenario, known) or f" (scenarios: {', '.join(names)})"
            raise OptionError(f"--set {short(path, '')}={short(value, '')}: {short(scenario)} is not run here{hint}")
        if not colon or scenario in (name, *name.split("+")):
            own.append((path, value))
    return own


def moved(scenario: Scenario) -> list[str]:
    """Return the levers, numbers and settings that --set moved, and not those that it set to what they were."""
    settings = scenario.settings
    ended = {when.lever for when, event in settings.events.items() if event.origin == BY_SET}
    given = {**{name: getattr(settings, name) for name in SETTINGS}, **settings.levers, **settings.fixed}
    return [
        name for name, each in given.items()
        if each is not None and each.origin == BY_SET
        and (name in ended or each.replaced is None or each.replaced.value != each.value)
    ]  # fmt: skip


def sentences_of_sets(scenarios: Sequence[Scenario], given: Mapping[str, Any] | Sequence[str]) -> list[str]:
    """Return which of several scenarios each --set moved, a sentence each; nothing of one scenario, or of settings."""
    moves = {scenario.name: moved(scenario) for scenario in scenarios}
    told = []
    for path in dict.fromkeys(path.partition(":")[2] or path for path, _ in pairs_of(given)):
        at = path.removeprefix("levers.")
        names = [name for name, found in moves.items() if at in found or _canonical(scenarios[0], at) in found]
        if names and (len(scenarios) == 1 or path in _SETTINGS):
            continue
        told.append(f"--set {path} moves {', '.join(names) or 'no scenario: all have that value already'}.")
    return told


def _canonical(scenario: Scenario, path: str) -> str:
    try:
        return scenario.names.canonical(path)
    except KeyError:
        return path


def apply_sets(scenario: Scenario, given: Mapping[str, Any] | Sequence[str] | Pairs) -> Scenario:
    """Return a scenario with every --set laid on it, each thing once; OptionError where one does not fit.

    A scenario's name before the path, see `own_sets`, is the user's word for this scenario.
    """
    seen: set[str] = set()
    for said, value in pairs_of(given):
        path, option = said.rpartition(":")[2], f"--set {short(said, '')}={short(value, '')}"
        scenario = apply_set(scenario, path, value, option)
        what = path if path in _SETTINGS else handle_of(scenario, path)
        if what in seen:
            raise OptionError(f"{option}: {short(path)} is set twice")
        seen.add(what)
    return scenario


def apply_set(scenario: Scenario, path: str, value: Any, option: str | None = None) -> Scenario:
    """Return a scenario with one --set laid on it.

    Parameters
    ----------
    path : a lever, which then holds from the first quarter to the last, whatever the timeline says of it; a
        parameter; or worlds, seed, horizon
    option : what the user typed, for messages; "--set path=value" where None

    Raises
    ------
    OptionError where the value does not fit
    """
    option = option or f"--set {short(path, '')}={short(value, '')}"
    if path in _SETTINGS:
        setting = _SETTINGS[path](scenario, option, value)
        return scenario.copy(settings=scenario.settings.with_setting(path, setting, BY_SET))
    return held(scenario, *read_set(scenario, path, value, option), BY_SET)


def check_said_once(given: Mapping[str, Any] | Sequence[str] | Pairs, **options: int | None) -> None:
    """Refuse a setting that --set and the option of its own name both give, of one scenario or of all."""
    for path, value in pairs_of(given):
        name = path.rpartition(":")[2]
        if options.get(name) is not None:
            said = f"--set {short(path, '')}={short(value, '')}"
            raise OptionError(f"{said} and --{name} {options[name]}: give one of them")


def with_options(scenario: Scenario, **given: int | None) -> Scenario:
    """Return a scenario with the settings that the options of their names give; None of an option that is not given."""
    for name, value in given.items():
        if value is not None:
            scenario = apply_set(scenario, name, value, option=f"--{name} {value}")
    return scenario


def held(scenario: Scenario, name: str, value: float, origin: Origin) -> Scenario:
    """Return a scenario in which a lever, or a number by its canonical path, has one value in every quarter."""
    hold = scenario.settings.holding if name in scenario.known_levers else scenario.settings.with_fixed
    return scenario.copy(settings=hold(name, value, origin))


def held_from(scenario: Scenario, levers: Mapping[str, float], quarter: int, origin: Origin) -> Scenario:
    """Return a scenario in which levers have one value from a quarter on, whatever the timeline says of them then.

    Parameters
    ----------
    quarter : running number
    """
    settings = scenario.settings
    for lever, value in levers.items():
        for when in settings.events_of(lever):
            event = settings.events[when].value
            if when.quarter >= quarter or (event is not None and event.every):
                settings = settings.with_event(when, None, origin)
        settings = settings.with_event(When(quarter, lever), Event("set", value), origin)
    return scenario.copy(settings=settings)


def read_set(scenario: Scenario, path: str, value: Any, option: str) -> tuple[str, float]:
    """Return a lever's name or a number's canonical path, and its value; OptionError where the value does not fit."""
    name = handle_of(scenario, path, option)
    if name in scenario.known_levers:
        return name, _within(option, value, 0.0, 1.0, f"of the lever '{name}'")
    number = _within(option, value, *scale_of(scenario, name), f"of '{path}'")
    if scenario.names.is_held(name) and number not in (0, 1):
        raise OptionError(f"{option}: is neither 0 nor 1, as '{path}' must be")
    return name, number


def handle_of(scenario: Scenario, path: str, option: str = "") -> str:
    """Return the name of a lever, or the canonical path of a number; OptionError where it is neither."""
    name = path.removeprefix("levers.")
    return name if name in scenario.known_levers else _parameter(scenario, option, path)


def _parameter(scenario: Scenario, option: str, path: str) -> str:
    try:
        return scenario.names.canonical(path)
    except KeyError:
        if path in ScenarioFile.model_fields:
            raise OptionError(f"{option}: '{path}' stands in the scenario's file, not in --set") from None
        hint = (
            scenario.names.hint(path, [*scenario.known_levers, *_SETTINGS])
            or "; `cordiale list levers` and `cordiale list parameters` show them"
        )
        raise OptionError(f"{option}: no lever or parameter of that name in '{scenario.name}'{hint}") from None


def scale_of(scenario: Scenario, canonical: str) -> tuple[float, float]:
    """Return the least and the largest value of a parameter."""
    number = scenario.numbers.get(canonical)
    return number.coded.bounds if number else FIELDS[scenario.names.paths[canonical][0]].scale


def _within(option: str, value: Any, bottom: float, top: float, of_what: str) -> float:
    number = _number(option, value)
    if not bottom <= number <= top:
        raise OptionError(f"{option}: leaves the scale {bottom:g}..{top:g} {of_what}")
    return float(number)


def _number(option: str, value: Any) -> int | float:
    """Return a number given from Python, or written as a file would write it."""
    number = to_number(value) if isinstance(value, str) else value
    if not isinstance(number, Real) or isinstance(number, bool):
        raise OptionError(f"{option}: {short(value)} is not a number")
    if not math.isfinite(number):
        raise OptionError(f"{option}: {short(value)} is not a finite number")
    return int(number) if isinstance(number, Integral) else float(number)


def _whole(option: str, value: Any, least: int, most: int) -> int:
    number = _number(option, value)
    if number != int(number) or not least <= number <= most:
        raise OptionError(f"{option}: {short(value)} is not a whole number from {least} to {most}")
    return int(number)


def _worlds(_: Scenario, option: str, value: Any) -> int:
    return _whole(option, value, 1, MOST_WORLDS)


def _seed(_: Scenario, option: str, value: Any) -> int:
    return _whole(option, value, 0, 2**63 - 1)


def _horizon(scenario: Scenario, option: str, value: Any) -> str:
    try:
        quarter = to_index(str(value))
    except ValueError as error:
        raise OptionError(f"{option}: {error}") from None
    if quarter < scenario.start:
        raise OptionError(f"{option}: is before the start, {to_text(scenario.start)}")
    if quarter - scenario.start >= MOST_QUARTERS:
        raise OptionError(f"{option}: is more than {MOST_QUARTERS} quarters from {to_text(scenario.start)}")
    return str(value)


_SETTINGS: dict[str, Callable[[Scenario, str, Any], int | str]] = {
    "worlds": _worlds,
    "seed": _seed,
    "horizon": _horizon,
}


def names_in(text: str) -> list[str]:
    """Return the names that stand in an option with commas between them."""
    return [each.strip() for each in text.split(",")]
