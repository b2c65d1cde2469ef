"""Groups of numbers that an analysis moves together: presets, and single numbers by pattern."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase

from cordiale.errors import OptionError, did_you_mean, short
from cordiale.fields import FIELDS
from cordiale.resolved import Scenario

Groups = dict[str, list[str]]
PRESETS = ("focus", "fields", "states", "weights")
REST = "all other numbers"
WEIGHTS = "weights: "
KINDS = {
    "ideal": "positions", "trend": "positions", "expected_trend": "positions", "salience": "salience",
    "resolve": "character", "bandwidth": "character", "clarity": "character", "liberal_order": "character",
    "assertiveness": "character", "capability": "capability", "threat": "threat and dependence",
    "dependence": "threat and dependence", "practice": "practice at the start", "trust": "baseline trust",
    "usefulness": "views and forum", "bias": "views and forum", "export_control_forum": "views and forum",
    "character": "formats", "aimed_at": "formats", "visible": "visibility and depth", "weight": "visibility and depth",
}  # fmt: skip
FAMILIES = {
    "value": "worth of an initiative", "openness": "readiness to act", "readiness": "readiness to act",
    "rung": "readiness to act", "agreement": "readiness to act", "trust": "trust", "forum": "trust",
    "practice": "practice", "ratification": "practice", "format": "formats", "consent": "formats",
    "pressure": "pressure and positions", "hardening": "pressure and positions",
    "stiffening": "pressure and positions", "influence": "pressure and positions",
    "signal": "pressure and positions", "alignment": "parts of alignment",
}  # fmt: skip


def groups_of(scenario: Scenario, preset: str | None = None, over: Sequence[str] = ()) -> Groups:
    """Return group -> its paths, of every number that is drawn from a range with a width; each in one group.

    Parameters
    ----------
    preset : "focus" numbers of the focus dyad by state and kind, weights by family, all else by kind; "fields"
        by field; "states" by state; "weights" each weight alone. Without it "focus", or each number alone where
        `over` says which
    over : patterns such as "FRA.*": only the numbers that fit one are told apart, the others are one group

    Raises
    ------
    OptionError for an unknown preset, or a pattern that no number fits
    """
    if preset is not None and preset not in PRESETS:
        raise OptionError(
            f"--group {short(preset)}: no such grouping{did_you_mean(preset, PRESETS)} (known: {', '.join(PRESETS)})"
        )
    moving = [path for path, coded in scenario.ranges.items() if coded.high > coded.low]
    wanted = matching(scenario, over, moving) if over else moving
    chosen = preset or (None if over else "focus")
    found: Groups = {}
    for path in moving:
        group = (path if chosen is None else _group(scenario, chosen, path)) if path in wanted else REST
        found.setdefault(group, []).append(path)
    return found


def matching(scenario: Scenario, patterns: Sequence[str], paths: Collection[str] | None = None) -> set[str]:
    """Return the drawn paths that fit a pattern of `--over`; OptionError for a pattern that none fits."""
    known = list(scenario.ranges if paths is None else paths)
    wanted: set[str] = set()
    for pattern in patterns:
        found = {path for path in known if fnmatchcase(path, _turned(scenario, pattern))}
        if not found:
            raise OptionError(
                f"--over {short(pattern)}: no number that is drawn has such a path{did_you_mean(pattern, known)}; "
                "`cordiale list parameters` shows them"
            )
        wanted |= found
    return wanted


def _turned(scenario: Scenario, pattern: str) -> str:
    """Return a pattern with its dyad in the order in which paths have it."""
    head, dot, rest = pattern.partition(".")
    try:
        return scenario.names.dyad(head) + dot + rest
    except KeyError:
        return pattern


def _group(scenario: Scenario, preset: str, path: str) -> str:
    field, index = scenario.names.paths[path]
    if field == "weights":
        return _of_weight(preset, path)
    if preset == "weights":
        return "all numbers of the case"
    if preset == "fields":
        return field.replace("_", " ")
    states = _states(scenario, field, index)
    if preset == "states":
        return _by_state(scenario, states)
    focus = scenario.loaded.pack.case.focus.split("-")
    kind = KINDS.get(field, field)
    if states and set(states) <= set(focus):
        name = "–".join(_name(scenario, code) for code in (focus if len(states) == 2 else states))
        return f"{name}: {kind}"
    return f"others: {kind}" if states else kind


def _of_weight(preset: str, path: str) -> str:
    name = path.removeprefix("weight.")
    if preset == "weights":
        return path
    return "weights" if preset != "focus" else WEIGHTS + FAMILIES.get(name.partition("_")[0], "other")


def _by_state(scenario: Scenario, states: Sequence[str]) -> str:
    """Return the group of a state's own numbers, or of the ties of the focus dyad's states."""
    if not states:
        return "case"
    if len(states) == 1:
        return _name(scenario, states[0])
    focus = scenario.loaded.pack.case.focus.split("-")
    inside = [code for code in focus if code in states]
    names = "–".join(_name(scenario, code) for code in inside)
    return {0: "ties of others", 1: f"ties of {names} with others", 2: f"ties of {names}"}[len(inside)]


def _states(scenario: Scenario, field: str, index: Sequence[int]) -> list[str]:
    """Return whom a number is of: one state, both of a dyad, or nobody."""
    axes = ("state", "observer", "observed", "one", "other")
    return [scenario.names.states[at] for axis, at in zip(FIELDS[field].axes, index, strict=True) if axis in axes]


def _name(scenario: Scenario, code: str) -> str:
    return scenario.loaded.pack.states[code].name
