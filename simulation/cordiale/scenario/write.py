"""A scenario written back as a file that needs no parent: what holds in the end, whichever layer said it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from cordiale.case.pack import Lever
from cordiale.case.quarters import to_text
from cordiale.files.atomic_write import user_path, write_text
from cordiale.files.errors import OptionError, short
from cordiale.scenario.acts import is_act
from cordiale.scenario.layers import values
from cordiale.scenario.settings import Scenario

_MOVES = {"set": None, "ramp": "over", "shock": "lasts"}  # kind of event -> the key of its length


def scenario_text(
    scenario: Scenario, *, title: str | None = None, measures: Sequence[str] | None = None, note: str = ""
) -> str:
    """Return a scenario as the text of a file; run from it, every world is the same to the last bit.

    Levers, events, ranges, horizon, worlds and seed are those that hold after all layers, `--set` included.

    Parameters
    ----------
    title, measures : in place of the scenario's own
    note : a comment for the head of the file

    Raises
    ------
    OptionError for a parameter that --set fixed in every world, which a scenario file cannot say
    """
    for path in scenario.fixed:
        raise OptionError(
            f"--set {path}=...: a scenario file cannot fix a number in every world; "
            f"move a lever, or give its range under `uncertainties`"
        )
    basis = scenario.file.basis
    record: dict[str, Any] = {
        "title": _Quoted(title or scenario.title),
        "question": _Quoted(scenario.file.question),
        "basis": {"locator": _Quoted(basis.locator), "says": _Quoted(basis.says)},
        "pack": scenario.loaded.pack.name,
        "against": scenario.against,
        "define": {name: _lever_record(lever) for name, lever in scenario.own_levers.items()},
        "levers": _levers(scenario),
        "timeline": list(_timeline(scenario)),
        "uncertainties": _uncertainties(scenario),
        "horizon": to_text(scenario.horizon),
        "worlds": scenario.worlds,
        "seed": scenario.seed,
        "measures": list(measures or scenario.measures),
    }
    kept = {key: value for key, value in record.items() if value not in ({}, [], None)}
    head = "".join(f"# {line}\n" for line in note.splitlines())
    return head + yaml.dump(kept, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


def write_scenario(scenario: Scenario, path: Path, replace: bool = False) -> Path:
    """Write a scenario as a file and return its path; StudyError where a file is in the way."""
    if Path(path).suffix not in (".yaml", ".yml"):
        raise OptionError(f"{short(str(path))}: a scenario's file is called NAME.yaml")
    return write_text(
        user_path(path), scenario_text(scenario, note=f"written by cordiale {version('cordiale')}"), replace
    )


def _lever_record(lever: Lever) -> dict[str, Any]:
    return _quoted(lever.model_dump(exclude_defaults=True))


def _quoted(record: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _Quoted(value) if isinstance(value, str) else value for key, value in record.items()}


def _levers(scenario: Scenario) -> dict[str, float]:
    """Return what is set from the first quarter on; an event of that quarter has the last word on its lever."""
    taken = {when.lever for when, _ in scenario.events if when.quarter == scenario.start}
    return {name: value for name, value in scenario.levers.items() if name not in taken}


def _timeline(scenario: Scenario) -> Iterator[dict[str, Any]]:
    for (quarter, lever), event in scenario.events:
        if event.kind == "stop" and quarter == scenario.start:
            continue  # ends what `_levers` has left out
        entry: dict[str, Any] = {"quarter": to_text(quarter)}
        when = {} if event.condition is None else {"when": _quoted(event.condition.record)}
        if is_act(scenario.names, lever, event):
            yield entry | {"act": [lever]} | when
            continue
        entry |= {"stop": [lever]} if event.kind == "stop" else {event.kind: {lever: event.value}}
        if name := _MOVES.get(event.kind):
            entry[name] = event.length
        yield entry | when


def _uncertainties(scenario: Scenario) -> dict[Any, Any]:
    found = {}
    for path, coded in values(scenario.settings.ranges).items():
        found[_Quoted(path)] = _quoted(coded.model_dump(exclude_none=True))
    return found


class _Quoted(str):
    """Text in quotation marks: YAML 1.1 and 1.2 differ in which bare words are numbers."""


class _Dumper(yaml.SafeDumper):
    """PyYAML's safe dumper, which also quotes what must stay text, and never writes an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.add_representer(
    _Quoted, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style='"')
)
