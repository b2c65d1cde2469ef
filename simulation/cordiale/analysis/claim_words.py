"""A contrast in words: which cause from what to what, what is measured, of whom, and when."""

from __future__ import annotations

from cordiale.case.quarters import to_text
from cordiale.scenario.claims import Difference, Test
from cordiale.scenario.settings import Scenario
from cordiale.scenario.words import Move, differing, moves, name_of

ALWAYS = (" throughout", " in every world")  # what need not be said of a number that an arm sets


def contrast_words(test: Test) -> str:
    """Return what a contrast compares: "Tone of Finland from 0.3 to 0.9: trust, of Estonia and Finland, in 2025Q4"."""
    effect, than = test.effect, test.than
    words = f"{_cause(effect)}: {_read(effect)}"
    if than is None:
        return words
    read = "" if _read(than) == _read(effect) else f": {_read(than)}"
    return f"{words}; less the same difference of {_cause(than)}{read}"


def unit_of(test: Test) -> str:
    """Return the unit of an effect."""
    return test.effect.read.measure.unit


def _cause(each: Difference) -> str:
    held = held_words(each.without, each.under)
    return cause_words(each.without, each.under) + (f" (in both arms: {held})" if held else "")


def _read(each: Difference) -> str:
    return f"{measure_words(each)}, {when_words(each)}"


def cause_words(without: Scenario, under: Scenario) -> str:
    """Return what differs between two arms: "Tone of Finland from 0.3 to 0.9"."""
    lost, added = differing(without, under)
    before, after = ({move.what: move for move in moves} for moves in (lost, added))
    told = [
        f"{(after.get(what) or before[what]).label} from {_how(before.get(what))} to {_how(after.get(what))}"
        for what in dict.fromkeys([*before, *after])
    ]
    return "; ".join(told) or "nothing"


def held_words(without: Scenario, under: Scenario) -> str:
    """Return what both arms set alike, "" if nothing: of two differences often the one thing in which they differ."""
    alike = set(moves(without)) & set(moves(under))
    return "; ".join(_held(move) for move in moves(without) if move in alike)


def _held(move: Move) -> str:
    return f"{move.label} {f'kept at {_how(move)}' if move.how.endswith(ALWAYS) else move.how}"


def _how(move: Move | None) -> str:
    if move is None:
        return "as coded"
    how = move.how.removeprefix("at ")
    for always in ALWAYS:
        how = how.removesuffix(always)
    return how


def measure_words(each: Difference) -> str:
    """Return what is measured, and of whom: "practice: Maritime exercises, of France and Japan"."""
    read, scenario = each.read, each.without
    measure, part = read.measure, read.name.partition(".")[2]
    what = measure.named(name_of(scenario, measure.of, part) if measure.of else "")
    entity = read.entities[0]
    if measure.entity == "system":
        return what
    if measure.entity == "directed":
        observer, observed = (name_of(scenario, "state", code) for code in entity.split(">"))
        return f"{what}, of {observed} as {observer} sees it"
    return f"{what}, of {' and '.join(name_of(scenario, 'state', code) for code in entity.split('-'))}"


def when_words(each: Difference) -> str:
    """Return when it is measured."""
    first, last = (to_text(each.without.start + quarter) for quarter in (each.quarters[0], each.quarters[-1]))
    return f"in {last}" if first == last else f"mean from {first} to {last}"
