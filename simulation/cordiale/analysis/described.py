"""Numbers and targets in words, for sentences and charts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cordiale.analysis.target import Target
from cordiale.coded import Coded
from cordiale.fields import FIELDS
from cordiale.measures.catalogue import measure_of
from cordiale.resolved import Scenario

THIRDS = ("lower", "middle", "upper")
_SHORT = {
    "ideal": "position", "salience": "salience", "trend": "trend", "expected_trend": "expected trend",
    "trust": "baseline trust", "usefulness": "usefulness", "bias": "bias", "practice": "practice at the start",
    "export_control_forum": "export-control forum", "aimed_at": "aimed at", "visible": "visibility",
    "weight": "part in depth",
}  # fmt: skip


def label(scenario: Scenario, path: str) -> str:
    """Return a number's name for a chart: "Japan: Tone toward China (word), position"."""
    field, index = scenario.names.paths[path]
    if field == "weights":
        return path.removeprefix("weight.").replace("_", " ") + " (weight)"
    owner, rest = _owner(scenario, field, index)
    return f"{owner}: {', '.join([*rest, _SHORT.get(field, field.replace('_', ' '))])}"


def meaning(scenario: Scenario, path: str) -> str:
    """Return what a number says: "Japan: weight of its ideal point against the pull of others"."""
    field, index = scenario.names.paths[path]
    if field == "weights":
        return scenario.loaded.pack.weights[path.removeprefix("weight.")].meaning
    owner, rest = _owner(scenario, field, index)
    about = f" ({', '.join(rest)})" if rest else ""
    return f"{owner}: {FIELDS[field].meaning}{about}"


def _owner(scenario: Scenario, field: str, index: tuple[int, ...]) -> tuple[str, list[str]]:
    """Return whose number it is, and the names of what else it is of."""
    axes = FIELDS[field].axes
    members = [scenario.names.members[axis][at] for axis, at in zip(axes, index, strict=True)]
    words = [name_of(scenario, axis, member) for axis, member in zip(axes, members, strict=True)]
    if axes[:2] == ("observer", "observed"):
        return f"{words[0]} toward {words[1]}", words[2:]
    if axes[:2] == ("one", "other"):
        return f"{words[0]}–{words[1]}", words[2:]
    return words[0], words[1:]


def name_of(scenario: Scenario, axis: str, member: str) -> str:
    """Return the name or label of a member of an axis; the case's own name where it has no label."""
    pack = scenario.loaded.pack
    if member in pack.states:
        return pack.states[member].name
    case = pack.case
    tables: dict[str, Mapping[str, Any]] = {
        "issue": case.issues, "domain": case.domains, "agreement": case.agreements, "format": case.formats,
    }  # fmt: skip
    return str(tables[axis][member].label) if axis in tables else member.replace("_", " ")


def third(coded: Coded, value: float) -> str:
    """Return in which third of a coded range a value lies: "lower"."""
    return THIRDS[min(2, max(0, int(3 * share(coded, value))))]


def share(coded: Coded, value: float) -> float:
    """Return where a value lies in a coded range, 0 at its low end and 1 at its high."""
    return (value - coded.low) / (coded.high - coded.low)


def target_words(scenario: Scenario, target: Target) -> str:
    """Return a target's name: "alignment of France and Japan in 2025Q4"."""
    name = target.measure.partition(":")[0]
    kind, part = measure_of(name), name.partition(".")[2]
    what = f"{kind.meaning} ({name_of(scenario, kind.of, part)})" if kind.of else kind.meaning
    states = {code: state.name for code, state in scenario.loaded.pack.states.items()}
    if ">" in target.entity:
        observer, partner = (states[code] for code in target.entity.split(">"))
        return f"{what} of {partner} as {observer} sees it in {target.quarter}"
    return f"{what} of {' and '.join(states[code] for code in target.entity.split('-'))} in {target.quarter}"
