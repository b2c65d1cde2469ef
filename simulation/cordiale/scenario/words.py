"""A scenario's policy in words: which levers it moves, when and how far, and where two scenarios differ."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cordiale.case.fields import FIELDS
from cordiale.case.pack import Case
from cordiale.case.quarters import to_text
from cordiale.case.ranges import Coded
from cordiale.files.errors import one_line
from cordiale.models.diplomacy.causes import KINDS
from cordiale.scenario.acts import WORDS, is_act
from cordiale.scenario.layers import Event, When, values
from cordiale.scenario.settings import Scenario


@dataclass(frozen=True)
class Move:
    """One thing that a scenario sets.

    Attributes
    ----------
    what : name of the lever, or path of a number
    label : its name for a reader: "France in the Quad"
    how : "at 1 from 2019Q3 on"
    says, locator : what the article says of the lever, in the coder's words, and where; "" of a number
    nobodys : whether it is an event that nobody controls
    act : whether it is what states do in one quarter
    """

    what: str
    label: str
    how: str
    says: str = ""
    locator: str = ""
    nobodys: bool = False
    act: bool = False

    def __str__(self) -> str:
        return f"{self.label}{',' if self.act else ':'} {self.how}"


def moves(scenario: Scenario) -> list[Move]:
    """Return what a scenario sets, in the order of time; numbers that it draws otherwise come last."""
    result = [_move(scenario, name, f"at {value:g} throughout") for name, value in scenario.levers.items()]
    result += [move_of(scenario, when, event) for when, event in scenario.timeline]
    return result + _numbers(scenario)


def move_of(scenario: Scenario, when: When, event: Event) -> Move:
    """Return what an event of a scenario sets."""
    if is_act(scenario.names, when.lever, event):
        how = f"in {to_text(when.quarter)}{limits(event)}"
        return Move(when.lever, act_words(scenario, when.lever), how, act=True)
    return _move(scenario, when.lever, _how(when.quarter, event))


def _move(scenario: Scenario, name: str, how: str) -> Move:
    lever = scenario.handle(name)
    called = lever.label if name in scenario.known_levers else label(scenario, name)
    return Move(name, called, how, lever.says, lever.locator, lever.shock)


def _how(quarter: int, event: Event) -> str:
    date, value, length = to_text(quarter), event.value, event.length
    return {
        "set": f"at {value:g} from {date} on",
        "ramp": f"to {value:g} in {quarters(length)} from {date} on",
        "shock": f"at {value:g} for {quarters(length)} from {date} on",
        "stop": f"as coded again from {date} on",
    }[event.kind] + limits(event)


def quarters(count: int) -> str:
    """Return a number of quarters in words: "1 quarter", "4 quarters"."""
    return "1 quarter" if count == 1 else f"{count} quarters"


def limits(event: Event) -> str:
    """Return when an event happens again, or in which worlds alone it happens; "" where it happens once in all.

    ", every 4 quarters until 2021Q4", or ", if pressure.CHN:FRA is below 0.2 in 2021Q4".
    """
    if event.condition is not None:
        return f", {event.condition}"
    until = f" until {to_text(event.until)}" if event.until else ""
    every = "quarter" if event.every == 1 else quarters(event.every)
    return f", every {every}{until}" if event.every else ""


def _numbers(scenario: Scenario) -> list[Move]:
    result = [
        Move(path, label(scenario, path), f"drawn from {each.low:g} to {each.high:g}, best {each.best:g}")
        for path, each in values(scenario.settings.ranges).items()
        if path not in scenario.fixed
    ]
    result += [Move(path, label(scenario, path), f"{value:g} in every world") for path, value in scenario.fixed.items()]
    return result


def differing(one: Scenario, other: Scenario) -> tuple[list[Move], list[Move]]:
    """Return what only the one and what only the other scenario sets."""
    first, second = moves(one), moves(other)
    return [move for move in first if move not in second], [move for move in second if move not in first]


def difference_words(one: Scenario, other: Scenario) -> list[str]:
    """Return how another scenario differs from one, a sentence each."""
    lost, added = differing(one, other)
    sentences = [f"{move}." for move in added]
    taken = {move.what for move in added}
    for move in (move for move in lost if move.what not in taken):
        sentences.append(f"{move.label}: {'not here' if move.act else 'as coded'} (in {one.title}: {move.how}).")
    for name, mine, its in _settings(one, other):
        sentences.append(f"{name}: {its} (in {one.title}: {mine}).")
    return sentences or [f"{other.title} sets nothing that {one.title} does not."]


def _settings(one: Scenario, other: Scenario) -> list[tuple[str, object, object]]:
    def known(scenario: Scenario) -> Mapping[str, object]:
        coder = scenario.coding.name if scenario.coding else "the pack's"
        return {"Last quarter": to_text(scenario.horizon), "Seed": scenario.seed, "Coding": coder}

    mine, its = known(one), known(other)
    return [(name, mine[name], its[name]) for name in mine if mine[name] != its[name]]


# ----------------------------------------------------------------
# Numbers and targets in words, for sentences and charts.


THIRDS = ("lower", "middle", "upper")
_SHORT = {
    "ideal": "position", "salience": "salience", "trend": "trend", "expected_trend": "expected trend",
    "trust": "baseline trust", "usefulness": "usefulness", "bias": "bias", "practice": "practice at the start",
    "export_control_forum": "export-control forum", "aimed_at": "aimed at", "rate": "events a year",
    "weight": "part in depth", "opens": "chance to be opened", "signature": "chance of a signature",
    "present": "taking part", "hits": "episodes of coercion", "exports": "share of arms exports",
}  # fmt: skip


def label(scenario: Scenario, path: str) -> str:
    """Return a number's name for a chart: "Japan: Tone toward China (word), position"."""
    field, index = scenario.names.paths[path]
    if field == "weights":
        return path.removeprefix("weight.").replace("_", " ") + " (weight)"
    owner, rest = _owner(scenario, field, index)
    return f"{owner}: {', '.join([*rest, _SHORT.get(field, field.replace('_', ' '))])}"


def act_words(scenario: Scenario, path: str) -> str:
    """Return what states do, by the path of an act: "France and Japan open talks: Reciprocal access"."""
    field, index = scenario.names.paths[path]
    axes = FIELDS[field].axes
    members = (scenario.names.members[axis][at] for axis, at in zip(axes, index, strict=True))
    return WORDS[field].format(*(name_of(scenario, axis, each) for axis, each in zip(axes, members, strict=True)))


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


def labels_of(case: Case) -> dict[str, dict[str, str]]:
    """Return kind -> name -> label; the kinds are those that measures have parts of."""
    return {
        "issue": {name: each.label for name, each in case.issues.items()},
        "domain": {name: each.label for name, each in case.domains.items()},
        "agreement": {name: each.label for name, each in case.agreements.items()},
        "format": {name: each.label for name, each in case.formats.items()},
        "event": KINDS | {name: each.label for name, each in case.domains.items()},
    }


def third(coded: Coded, value: float) -> str:
    """Return in which third of a coded range a value lies: "lower"."""
    return THIRDS[min(2, max(0, int(3 * share(coded, value))))]


def share(coded: Coded, value: float) -> float:
    """Return where a value lies in a coded range, 0 at its low end and 1 at its high."""
    return (value - coded.low) / (coded.high - coded.low)


def render(template: str, **words: Any) -> str:
    """Return a template of this package filled in; texts go in as YAML or comments that nothing can break."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("cordiale.scenario", "templates"), undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, autoescape=False, keep_trailing_newline=True,
    )  # fmt: skip
    filters: dict[str, Callable[..., str]] = {
        "quoted": lambda value: json.dumps(value, ensure_ascii=False),
        "comment": lambda value: one_line(" ".join(str(value).split())),
        "number": lambda value: f"{value:g}",
    }
    environment.filters |= filters
    found: str = environment.get_template(template).render(**words)
    return found
