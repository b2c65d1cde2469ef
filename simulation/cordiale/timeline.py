"""When the levers move: each lever becomes two numbers a quarter for each parameter it moves.

The parameter in quarter t is (1 - f_t) * drawn + c_t (docs/ODD.md, 7.1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cordiale.draws import Array
from cordiale.errors import OptionError
from cordiale.fields import FIELDS
from cordiale.layers import Scenario
from cordiale.parameters import Parameters, put


@dataclass(frozen=True)
class Profile:
    """What the levers do to one parameter.

    Attributes
    ----------
    path : the parameter
    share : (quarters,) f_t, 0 where the drawn value stands, 1 where the lever has replaced it
    part : (quarters,) c_t
    """

    path: str
    share: Array
    part: Array


def lever_course(scenario: Scenario, lever: str) -> tuple[Array, Array]:
    """Return a lever's own (f_t, c_t): (quarters,) each, with c on the lever's scale 0..1."""
    course = np.zeros((scenario.quarters, 2))
    starts = [(scenario.start, "set", scenario.levers[lever], 0)] if lever in scenario.levers else []
    events = starts + [(at, kind, value, n) for at, kind, name, value, n in scenario.events if name == lever]
    ends = [(at + n, "stop", 0.0, 0) for at, kind, _, n in events if kind == "shock"]
    set_here = {event[0] for event in events}
    events += [end for end in ends if end[0] not in set_here]
    for at, kind, value, length in sorted(events, key=lambda event: event[0]):
        quarter = at - scenario.start
        if quarter >= scenario.quarters:
            continue
        goal = np.array([0.0, 0.0]) if kind == "stop" else np.array([1.0, value])
        before = course[quarter - 1] if quarter else np.zeros(2)
        steps = np.arange(scenario.quarters - quarter) / length if kind == "ramp" else np.ones(1)
        course[quarter:] = before + np.minimum(steps, 1.0)[:, None] * (goal - before)
    return course[:, 0], course[:, 1]


def profiles(scenario: Scenario) -> list[Profile]:
    """Return the profile of every parameter that a lever or --set moves, sorted by path.

    Raises OptionError where two levers move one parameter in the same quarter.
    """
    moved: dict[str, tuple[str, Profile]] = {}
    used = dict.fromkeys([*scenario.levers, *(event[2] for event in scenario.events)])
    for lever in used:
        share, part = lever_course(scenario, lever)
        for path, (low, high) in scenario.loaded.pack.case.levers[lever].moves.items():
            canonical = scenario.names.canonical(path)
            profile = Profile(canonical, share, low * share + (high - low) * part)
            if canonical in moved:
                profile = _merged(canonical, lever, profile, *moved[canonical])
            moved[canonical] = (lever, profile)
    for path, value in scenario.fixed.items():
        moved[path] = ("--set", Profile(path, np.ones(scenario.quarters), np.full(scenario.quarters, value)))
    return [moved[path][1] for path in sorted(moved)]


def _merged(path: str, lever: str, new: Profile, other: str, old: Profile) -> Profile:
    if np.any((new.share > 0) & (old.share > 0)):
        raise OptionError(f"levers '{other}' and '{lever}' both move '{path}' in the same quarter")
    return Profile(path, new.share + old.share, new.part + old.part)


class Timeline:
    """The parameters of a block in each quarter."""

    def __init__(self, scenario: Scenario, drawn: Parameters) -> None:
        self._names, self._drawn = scenario.names, drawn
        self.profiles = profiles(scenario)
        self._state: tuple[tuple[float, float], ...] | None = None
        self._now = drawn

    def at(self, quarter: int) -> Parameters:
        """Return the parameters of a quarter, counted from 0; the same object while nothing moves."""
        state = tuple((float(p.share[quarter]), float(p.part[quarter])) for p in self.profiles)
        if state != self._state:
            self._now, self._state = self._moved(state), state
        return self._now

    def _moved(self, state: tuple[tuple[float, float], ...]) -> Parameters:
        arrays: dict[str, Array] = {}
        weights: dict[str, Array] = {}
        for profile, (share, part) in zip(self.profiles, state, strict=True):
            if share == 0.0:
                continue
            field, index = self._names.paths[profile.path]
            if field == "weights":
                name = profile.path.removeprefix("weight.")
                weights[name] = (1 - share) * self._drawn.weights[name] + part
                continue
            array = arrays.setdefault(field, self._drawn.arrays[field].copy(order="F"))
            held = FIELDS[field].kind == "hold"
            value = (part if share == 1.0 else np.nan) if held else (1 - share) * array[(slice(None), *index)] + part
            put(array, field, index, value)
        return self._drawn.changed(arrays, weights)
