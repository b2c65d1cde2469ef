"""A scenario that is written in Python: it says what a file says, and is checked by the same rules."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import yaml

from cordiale.files.errors import FileError, OptionError, short
from cordiale.scenario.file import LONGEST_NAME, Event, LoadedScenario, find_scenario, is_name
from cordiale.scenario.load import assemble
from cordiale.scenario.settings import Scenario

EVENT = set(Event.model_fields) - {"quarter"}


def scenario_of(
    name: str | None, given: Mapping[str, Any], set: Mapping[str, Any] | Sequence[str], allow: Collection[str]
) -> Scenario:
    """Return the scenario of what is given; see `Scenario`.

    Parameters
    ----------
    name : of the scenario; made of its title where None
    given : key of a scenario file -> value; None for what is not given

    Raises
    ------
    OptionError, FileError
    """
    title = str(given["title"])
    name = name or re.sub(r"\W+", "_", title.lower()).strip("_")[:LONGEST_NAME] or "scenario"
    path = Path(name)
    if not is_name(name) or path.stem != name:
        raise OptionError(
            f"Scenario: the name {short(name)}: a letter first, then plain characters without a dot or slash"
        )
    record = {key: _plain(value) for key, value in given.items() if value is not None}
    record = _parents(record)
    if isinstance(given["timeline"], Mapping):
        record["timeline"] = list(_events(given["timeline"]))
    try:
        layer = LoadedScenario(path, yaml.safe_dump(record, sort_keys=False, allow_unicode=True))
        return assemble([layer], set=set, allow=allow)
    except FileError as error:
        if error.path != path:
            raise
        raise OptionError(f"Scenario {short(title)}: {error.message}") from None


def _parents(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record with the question and the basis of its last parent, where it says none of its own."""
    parents = record.get("extends") or []
    if not parents or {"question", "basis"} <= record.keys():
        return record
    parent = find_scenario(parents if isinstance(parents, str) else parents[-1], record.get("pack")).sound().file
    return {"question": parent.question, "basis": parent.basis.model_dump(), **record}


def _events(timeline: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the events of a file: what is no event of its own sets levers."""
    for quarter, moves in timeline.items():
        event = moves if isinstance(moves, Mapping) and moves.keys() & EVENT else {"set": moves}
        yield {"quarter": quarter, **_plain(event)}


def _plain(value: Any) -> Any:
    """Return what a YAML file can hold: NumPy's numbers, tuples and paths are none."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, str | bool) or value is None:
        return value
    if isinstance(value, Sequence):
        return [_plain(each) for each in value]
    if isinstance(value, Integral):
        return int(value)
    return float(value) if isinstance(value, Real) else str(value)
