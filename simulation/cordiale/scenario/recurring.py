"""Events that are said to come again, and change nothing after their first time."""

from __future__ import annotations

from cordiale.files.errors import FileError
from cordiale.scenario.layers import Event, When
from cordiale.scenario.settings import Scenario
from cordiale.scenario.words import quarters

SAYS = {"set": "sets", "ramp": "moves", "stop": "stops"}


def idle_faults(scenario: Scenario) -> list[FileError]:
    """Return every set, ramp or stop that comes again where nothing else is said of its lever until the last time.

    What a lever is set to holds until something else happens to it, so the second time says what holds already. The
    horizon does not count, which --set may bring nearer.
    """
    return [
        _fault(scenario, when, event)
        for when, event in scenario.timeline
        if event.every and event.kind in SAYS and not any(_between(when, event, *other) for other in scenario.timeline)
    ]


def _between(when: When, event: Event, at: When, other: Event) -> bool:
    """Return whether another event changes what one that comes again has set, before it comes for the last time."""
    changes = at.lever == when.lever and (other.kind, other.value) != (event.kind, event.value)
    later = at.quarter > when.quarter or other.every > 0
    return changes and later and (not event.until or at.quarter < event.until)


def _fault(scenario: Scenario, when: When, event: Event) -> FileError:
    message = (
        f"'{event.kind}' every {quarters(event.every)} {SAYS[event.kind]} '{when.lever}' only once: what it says holds "
        "until something else happens; stop it in between, or write a shock"
    )
    origin = scenario.origin_of(when)
    return FileError(origin.file or "", origin.line, origin.column, message)
