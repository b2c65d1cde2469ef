"""When the levers move: each lever becomes two numbers a quarter for each parameter it moves.

The parameter in quarter t is (1 - f_t) * drawn + c_t (docs/ODD.md, 7.1).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cordiale.case.checker import Checker
from cordiale.case.fields import FIELDS
from cordiale.case.quarters import to_index, to_text
from cordiale.files.errors import Faults, FileError, OptionError, UserError
from cordiale.files.yaml_file import Key
from cordiale.models.base import Model
from cordiale.models.parameters import Parameters, put
from cordiale.models.random import Array
from cordiale.scenario.acts import ACT
from cordiale.scenario.conditions import MOST_CONDITIONS, Condition
from cordiale.scenario.file import MOST_QUARTERS, LoadedScenario
from cordiale.scenario.file import Condition as When
from cordiale.scenario.file import Event as Entry
from cordiale.scenario.layers import Event, Kind, Origin
from cordiale.scenario.settings import Scenario


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
    events = [(when.quarter, event) for when, event in scenario.events if when.lever == lever]
    if lever in scenario.levers:
        events.insert(0, (scenario.start, Event("set", scenario.levers[lever])))
    set_here = {at for at, _ in events}
    ends = [(at + event.length, Event("stop", 0.0)) for at, event in events if event.kind == "shock"]
    events += [end for end in ends if end[0] not in set_here]
    for at, event in sorted(events, key=lambda dated: dated[0]):
        quarter = at - scenario.start
        if not 0 <= quarter < scenario.quarters:  # a date outside is a fault that is told elsewhere
            continue
        goal = np.array([0.0, 0.0]) if event.kind == "stop" else np.array([1.0, event.value])
        before = course[quarter - 1] if quarter else np.zeros(2)
        steps = np.arange(scenario.quarters - quarter) / event.length if event.kind == "ramp" else np.ones(1)
        course[quarter:] = before + np.minimum(steps, 1.0)[:, None] * (goal - before)
    return course[:, 0], course[:, 1]


def check_levers(scenario: Scenario) -> None:
    """Refuse levers that move one parameter in the same quarter in any world, as `profiles` does, and many conditions.

    Raises FileError or OptionError
    """
    if len(scenario.conditions) > MOST_CONDITIONS:
        raise _one_too_many(scenario)
    for each in scenario.variants:
        profiles(each)


def profiles(scenario: Scenario) -> list[Profile]:
    """Return the profile of every parameter that a lever or --set moves, sorted by path.

    Parameters
    ----------
    scenario : without conditions: one of the `variants` of an adaptive plan

    Raises
    ------
    FileError, with all of them, or OptionError for --set, where two levers move one parameter in the same quarter
    """
    if scenario.conditions:
        raise OptionError(f"'{scenario.name}' is an adaptive plan, and this takes scenarios without `when`")
    moved: dict[str, tuple[str, Profile]] = {}
    clashes = Faults()
    late = _late(scenario)
    for lever in scenario.moved:
        share, part = lever_course(scenario, lever)
        for path, (low, high) in scenario.handle(lever).moves.items():
            canonical = scenario.names.canonical(path)
            profile = Profile(canonical, share, low * share + (high - low) * part)
            if canonical in moved:
                other, old = moved[canonical]
                if np.any(both := (share > 0) & (old.share > 0)):
                    clashes.append(_clash(scenario, lever, other, path, scenario.start + int(np.argmax(both))))
                profile = Profile(canonical, share + old.share, profile.part + old.part)
            moved[canonical] = (lever, profile)
    clashes.raise_any()
    for path, absent in late.items():
        lever, own = moved.get(path, ("", absent))
        moved[path] = (lever, Profile(path, np.maximum(own.share, absent.share), own.part))
    for path, value in scenario.fixed.items():
        moved[path] = ("--set", Profile(path, np.ones(scenario.quarters), np.full(scenario.quarters, value)))
    return [moved[path][1] for path in sorted(moved)]


def _one_too_many(scenario: Scenario) -> UserError:
    """Return the error of the first event whose condition is one more than a scenario may have."""
    seen: set[Condition] = set()
    for layered in scenario.settings.events.values():
        if layered.value is not None and layered.value.condition is not None:
            seen.add(layered.value.condition)
        if len(seen) > MOST_CONDITIONS:
            message = f"a scenario has at most {MOST_CONDITIONS} different conditions, and this is one more"
            return _fault(layered.origin, message) if layered.origin.file else OptionError(message)
    raise AssertionError("no scenario of few conditions comes here")


def _late(scenario: Scenario) -> dict[str, Profile]:
    """Return for each state that enters later than at the start what keeps it out until then, by path."""
    enters = {code: state.enters for code, state in scenario.loaded.pack.states.items() if state.enters}
    quarters, never = scenario.start + np.arange(scenario.quarters), np.zeros(scenario.quarters)
    return {
        path: Profile(path, (quarters < to_index(quarter)).astype(float), never)
        for path, quarter in ((f"{code}.present", quarter) for code, quarter in enters.items())
    }


def _clash(scenario: Scenario, lever: str, other: str, path: str, quarter: int) -> FileError:
    """Say where two levers begin to move one parameter, in the layer that was laid on last; OptionError for --set."""
    origins = {name: _begins(scenario, name, quarter) for name in (lever, other)}
    late = max(origins, key=lambda name: _rank(scenario, origins[name]))
    early = other if late == lever else lever
    message = (
        f"'{late}' and '{early}' ({origins[early]}) both move '{path}' in {to_text(quarter)}: "
        f"stop one before the other begins"
    )
    origin = origins[late]
    if origin.file is None:
        raise OptionError(f"--set {late}: {message}")
    return FileError(origin.file, origin.line, origin.column, message)


def _begins(scenario: Scenario, lever: str, quarter: int) -> Origin:
    """Return who set a lever as it is in a quarter: the last one until then."""
    dates = [when for when, _ in scenario.events if when.lever == lever and when.quarter <= quarter]
    return scenario.origin_of(max(dates)) if dates else scenario.settings.levers[lever].origin


def _rank(scenario: Scenario, origin: Origin) -> tuple[int, int]:
    """Return the order in which values were laid on: by file, then by line; --set is last."""
    files = [str(path) for path in scenario.files]
    return (files.index(origin.file), origin.line or 0) if origin.file in files else (len(files), 0)


class Timeline:
    """The parameters of a block in each quarter."""

    def __init__(self, scenario: Scenario, drawn: Parameters) -> None:
        self._scenario, self._names, self._drawn = scenario, scenario.names, drawn
        self.profiles = profiles(scenario)
        self._state: tuple[tuple[float, float], ...] | None = None
        self._now = drawn

    def follow(self, model: Model, rows: slice = slice(None)) -> None:
        """Look at nothing: what happens hangs on no world's history."""

    def lived(self, world: int) -> Scenario:
        """Return the scenario, under which every world lives."""
        return self._scenario

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
            if FIELDS[field].kind == "hold":
                put(array, field, index, part if share == 1.0 else np.nan)
            else:
                at: tuple[slice | int, ...] = (slice(None), *index)
                put(array, field, index, (1 - share) * array[at] + part)
        return self._drawn.changed(arrays, weights) if arrays or weights else self._drawn


# ----------------------------------------------------------------
# The events of a timeline: what each says of a lever, and whether they fit together.


def events_of(entry: Entry, at: tuple[Key, ...]) -> Iterator[tuple[str, Event, tuple[Key, ...]]]:
    """Yield the lever, the event and its path, for each lever of an entry of a file's timeline at a path."""
    again = (entry.every or 0, to_index(entry.until) if entry.until else 0)
    given: tuple[tuple[Kind, dict[str, float] | None, int | None], ...] = (
        ("set", entry.set, 0),
        ("ramp", entry.ramp, entry.over),
        ("shock", entry.shock, entry.lasts),
    )
    for kind, values, length in given:
        for name, value in (values or {}).items():
            yield name, Event(kind, float(value), length or 0, *again), (*at, kind, name)
    for index, name in enumerate(entry.act or []):
        yield name, Event(*ACT[:3], *again), (*at, "act", index)
    for index, name in enumerate(entry.stop or []):
        yield name, Event("stop", 0.0, 0, *again), (*at, "stop", index)


def date_faults(scenario: Scenario, layer: LoadedScenario) -> list[FileError]:
    """Return where a file's horizon or an event of its timeline lies outside the scenario."""
    start, horizon = scenario.start, scenario.horizon
    sheet = Checker(layer.document, scenario.names)
    if layer.file.horizon is not None:
        length = to_index(layer.file.horizon) - start + 1
        if length < 1:
            sheet.fail(("horizon",), f"{layer.file.horizon} is before the start, {to_text(start)}")
        if length > MOST_QUARTERS:
            message = f"{layer.file.horizon} is more than {MOST_QUARTERS} quarters from {to_text(start)}"
            sheet.fail(("horizon",), message)
    for index, event in enumerate(layer.file.timeline):
        quarter, at = to_index(event.quarter), ("timeline", index, "quarter")
        if quarter < start:
            sheet.fail(at, f"{event.quarter} is before the start, {to_text(start)}")
        if quarter > horizon:
            by = f" ({scenario.settings.horizon.origin})" if scenario.settings.horizon else ""
            sheet.fail(at, f"{event.quarter} is after the horizon, {to_text(horizon)}{by}")
        if event.when is not None:
            _check_dates(sheet, ("timeline", index, "when"), event.when, event.quarter, start)
    return sheet.faults


def _check_dates(sheet: Checker, at: tuple[Key, ...], when: When, quarter: str, start: int) -> None:
    """Note where a condition is read before the start, or when the event has begun."""
    if to_index(when.in_) >= to_index(quarter):
        sheet.fail((*at, "in"), f"{when.in_} is not before the event, which is in {quarter}")
    for key, read in (("since", when.since), ("in", when.in_)):
        if read is not None and to_index(read) < start:
            sheet.fail((*at, key), f"{read} is before the start, {to_text(start)}")


def event_faults(scenario: Scenario) -> list[FileError]:
    """Return every event within a shock on the same lever, and every one that stops what never began."""
    faults: list[FileError] = []
    begun: dict[str, int] = dict.fromkeys(scenario.levers, scenario.start)
    until: dict[str, tuple[int, int]] = {}
    for when, event in scenario.events:
        quarter, lever = when
        first, end = until.get(lever, (0, 0))
        if quarter < end:
            message = f"'{lever}' is in a shock from {to_text(first)} that ends in {to_text(end)}: begin after it"
            faults.append(_fault(scenario.origin_of(when), message))
        if event.kind == "stop" and lever not in begun:
            faults.append(_fault(scenario.origin_of(when), f"'{lever}' stops here, and nothing sets it before"))
        begun[lever] = quarter
        if event.kind == "shock":
            until[lever] = (quarter, quarter + event.length)
    return faults


def _fault(origin: Origin, message: str) -> FileError:
    return FileError(origin.file or "", origin.line, origin.column, message)
