"""The events of a timeline: what each says of a lever, and whether they fit together."""

from __future__ import annotations

from collections.abc import Iterator

from cordiale.errors import FileError
from cordiale.loaded_scenario import LoadedScenario
from cordiale.quarters import to_index, to_text
from cordiale.resolved import Scenario, Setting
from cordiale.scenario import MOST_QUARTERS, Event
from cordiale.yamlfile import Key

Entry = tuple[str, str, float, int, tuple[Key, ...]]


def entries(event: Event, at: tuple[Key, ...]) -> Iterator[Entry]:
    """Yield (kind, lever, value, length, path) for each lever of an event that stands at a path."""
    for kind, values, length in (
        ("set", event.set, 0),
        ("ramp", event.ramp, event.over),
        ("shock", event.shock, event.lasts),
    ):
        for name, value in (values or {}).items():
            yield kind, name, value, length or 0, (*at, kind, name)
    for index, name in enumerate(event.stop or []):
        yield "stop", name, 0.0, 0, (*at, "stop", index)


def check_dates(scenario: Scenario, layer: LoadedScenario) -> None:
    """Raise FileError where a file's horizon or an event of its timeline lies outside the scenario."""
    start, horizon = scenario.start, scenario.horizon
    if layer.file.horizon is not None:
        length = to_index(layer.file.horizon) - start + 1
        if length < 1:
            layer.document.fail(("horizon",), f"{layer.file.horizon} is before the start, {to_text(start)}")
        if length > MOST_QUARTERS:
            message = f"{layer.file.horizon} is more than {MOST_QUARTERS} quarters from {to_text(start)}"
            layer.document.fail(("horizon",), message)
    for index, event in enumerate(layer.file.timeline):
        quarter, at = to_index(event.quarter), ("timeline", index, "quarter")
        if quarter < start:
            layer.document.fail(at, f"{event.quarter} is before the start, {to_text(start)}")
        if quarter > horizon:
            given = scenario.history.get("horizon")
            by = f" ({given[-1].origin})" if given else ""
            layer.document.fail(at, f"{event.quarter} is after the horizon, {to_text(horizon)}{by}")


def check_events(scenario: Scenario) -> None:
    """Raise FileError for an event within a shock on the same lever, or one that stops what never began."""
    begun: dict[str, int] = dict.fromkeys(scenario.levers, scenario.start)
    until: dict[str, tuple[int, int]] = {}
    for quarter, kind, lever, _, length in scenario.events:
        first, end = until.get(lever, (0, 0))
        if quarter < end:
            message = f"'{lever}' is in a shock from {to_text(first)} that ends in {to_text(end)}: begin after it"
            _fail(event_setting(scenario, quarter, lever), message)
        if kind == "stop" and lever not in begun:
            _fail(event_setting(scenario, quarter, lever), f"'{lever}' stops here, and nothing sets it before")
        begun[lever] = quarter
        if kind == "shock":
            until[lever] = (quarter, quarter + length)


def event_setting(scenario: Scenario, quarter: int, lever: str) -> Setting:
    """Return the setting of an event that holds: that of the last layer."""
    return scenario.history[f"event.{quarter}.{lever}"][-1]


def _fail(setting: Setting, message: str) -> None:
    origin = setting.origin
    raise FileError(origin.file or "", origin.line, origin.column, message)
