"""Acts: what states do in one quarter, such as opening talks; an act is a shock of 1 that lasts 1 quarter."""

from __future__ import annotations

from cordiale.case.checker import Checker
from cordiale.case.fields import Names
from cordiale.files.errors import did_you_mean, short
from cordiale.files.yaml_file import Key
from cordiale.scenario.layers import Event

ACT = Event("shock", 1.0, 1)
WORDS = {  # field of the number that an act sets to 1 -> the act in words, with the members of the field's axes
    "open_talks": "{} and {} open talks: {}",
    "sign": "{} and {} sign: {}",
    "cancel": "{} cancels its large contract with {}",
    "coercion": "{} coerces {}",
    "breach": "{} sees a breach by {}",
    "found": "{} is founded",
    "leave": "{} leaves: {}",
}


def is_act(names: Names, what: str, event: Event) -> bool:
    """Return whether an event of a timeline is an act.

    Parameters
    ----------
    what : name of a lever, or canonical path of a number
    """
    return event[:3] == ACT[:3] and what in names.paths and names.paths[what][0] in WORDS


def check_act(checker: Checker, at: tuple[Key, ...], text: str) -> str:
    """Return the canonical path of an act's number; note where a text is no act."""
    names = checker.names
    try:
        path = names.canonical(text)
        field, index = names.paths[path]
    except KeyError:
        path, field, index = text, "", ()
    if field not in WORDS:
        acts = [known for known, (of, _) in names.paths.items() if of in WORDS]
        checker.fail(at, f"{short(text)} is no act{did_you_mean(text, acts) or _known(acts)}")
    elif field == "coercion" and names.states[index[0]] not in names.challengers:
        known = ", ".join(names.challengers) or "none"
        checker.fail(at, f"{names.states[index[0]]} is no challenger, so it coerces nobody (known: {known})")
    return path


def _known(acts: list[str]) -> str:
    """Return an example of each kind of act that a pack has."""
    examples = [next((act for act in acts if field in act.split(".")), "") for field in WORDS]
    return f" (acts are such as {', '.join(each for each in examples if each)})"
