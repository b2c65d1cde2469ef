"""`--set`: a lever, a parameter or a setting laid over what the files of a scenario say."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any

from cordiale.errors import OptionError, did_you_mean, short
from cordiale.fields import FIELDS
from cordiale.quarters import to_index, to_text
from cordiale.resolved import Origin, Scenario, Setting
from cordiale.scenario import MOST_QUARTERS, MOST_WORLDS, ScenarioFile
from cordiale.yamlfile import to_number

EXAMPLE = "write it as PATH=VALUE, such as france_in_quad=1"


def apply_sets(scenario: Scenario, given: Mapping[str, Any] | Sequence[str]) -> None:
    """Lay every --set on a scenario, each thing once; OptionError where one does not fit."""
    seen: set[str] = set()
    for path, value in _pairs(given):
        key = apply_set(scenario, path, value)
        if key in seen:
            raise OptionError(f"--set {short(path, '')}={short(value, '')}: {short(path)} is set twice")
        seen.add(key)


def _pairs(given: Mapping[str, Any] | Sequence[str]) -> list[tuple[str, Any]]:
    if isinstance(given, Mapping):
        return list(given.items())
    pairs = []
    for text in [given] if isinstance(given, str) else given:
        path, equals, value = (part.strip() for part in text.partition("="))
        if not (path and equals and value):
            raise OptionError(f"--set {short(text)}: {EXAMPLE}")
        pairs.append((path, value))
    return pairs


def apply_set(scenario: Scenario, path: str, value: Any, option: str | None = None) -> str:
    """Lay one --set on top of a scenario, and return the key of `history` that it stands under.

    Parameters
    ----------
    path : a lever, which then holds from the first quarter to the last, whatever the timeline says of it; a
        parameter; or worlds, seed, horizon
    option : what the user typed, for messages; "--set path=value" where None

    Raises
    ------
    OptionError where the value does not fit
    """
    number: int | float | str
    option = option or f"--set {short(path, '')}={short(value, '')}"
    if path in _SETTINGS:
        key, number = path, _SETTINGS[path](scenario, option, value)
    elif path.removeprefix("levers.") in scenario.loaded.pack.case.levers:
        name = path.removeprefix("levers.")
        key, number = f"levers.{name}", _within(option, value, 0.0, 1.0, f"of the lever '{name}'")
        take_out(scenario, name, "--set")
    else:
        canonical = _parameter(scenario, option, path)
        key, number = (
            f"fixed.{canonical}",
            _within(option, value, *scale_of(scenario, canonical), f"of '{path}'"),
        )
    scenario.history.setdefault(key, []).append(Setting(number, Origin("--set", None, None)))
    return key


def take_out(scenario: Scenario, lever: str, layer: str) -> None:
    """Take a lever out of the timeline, so that what a layer says of it holds throughout."""
    for event in [event for event in scenario.history if event.startswith("event.") and event.endswith(f".{lever}")]:
        scenario.history[event].append(Setting(None, Origin(layer, None, None)))


def _parameter(scenario: Scenario, option: str, path: str) -> str:
    try:
        return scenario.names.canonical(path)
    except KeyError:
        if path in ScenarioFile.model_fields:
            raise OptionError(f"{option}: '{path}' stands in the scenario's file, not in --set") from None
        known = [*scenario.loaded.pack.case.levers, *scenario.names.paths, *_SETTINGS]
        hint = did_you_mean(path, known) or "; `cordiale list levers` and `cordiale list parameters` show them"
        raise OptionError(f"{option}: no lever or parameter of that name{hint}") from None


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
