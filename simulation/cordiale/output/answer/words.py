"""An answer in words: what is gained, what it costs, and how sure; each piece says what it is, for its colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cordiale.analysis.answers import Answer, Moved, Part
from cordiale.case.quarters import day_of, end_of
from cordiale.models.measures import within
from cordiale.models.units import SD, YES_NO, extent_of, signed, unit_of
from cordiale.models.units import level as level_in
from cordiale.study.estimate import LITTLE_CHANGE, Estimate, adding_up, listed

LINES = 3  # of the parts of the headline
WAYS = (("up", "higher"), ("same", "about the same"), ("down", "lower"))  # that one can guess, and what they say


@dataclass(frozen=True)
class Piece:
    """A piece of a sentence.

    Attributes
    ----------
    kind : "gain", "cost" or "" of plain words
    """

    text: str
    kind: str = ""


def sentences(pair: str, answer: Answer) -> list[list[Piece]]:
    """Return the answer: the gain, the cost and how sure both are, a sentence each.

    Parameters
    ----------
    pair : whose headline has parts: "France and Japan"
    """
    return [_gain(pair, answer), _cost(answer), [Piece(how_sure(answer))]]


def _gain(states: str, answer: Answer) -> list[Piece]:
    gain, found = answer.gain, answer.gain.estimate
    label = within(gain.label)
    if gain.measure == answer.whole.measure and gain.unit == SD and found.noticeable:
        way = f"come{found.little} closer" if found.mean > 0 else f"drift{found.little} apart"
        return [Piece(f"{states} "), Piece(way, "gain"), Piece(f": {found.full}.")]
    return _pieces(gain, label, "gain")


def _cost(answer: Answer) -> list[Piece]:
    if answer.cost is None:
        return [Piece("The case names no cost.")]
    return [Piece("Cost: "), *_pieces(answer.cost, within(answer.cost.label), "cost", start=False)]


def _pieces(moved: Moved, label: str, kind: str, start: bool = True) -> list[Piece]:
    """Return what happens to a measure: what it does in colour, and from which level to which."""
    found = moved.estimate
    if found.nothing:
        told = "No change" if start else "no change"
        return [Piece(told, kind), Piece(f" in {label} in any world.")]
    ends = found.levels(moved.before, moved.after)
    if found.noticeable:
        head = label[:1].upper() + label[1:] if start else label
        return [Piece(f"{head} "), Piece(f"{found.verb_of(label)}{found.little}", kind), Piece(f", {ends}.")]
    told = found.verdict[:1].upper() + found.verdict[1:] if start else found.verdict
    return [Piece(told, kind), Piece(f" in {label}: {ends}.")]


def how_sure(answer: Answer) -> str:
    """Return how sure the direction of the gain is, and whether its size would be noticed."""
    found = answer.gain.estimate
    if found.nothing:
        return "Nothing differs in this model."
    if not found.clear:
        return "Even the direction is not clear in this model."
    if found.verdict == LITTLE_CHANGE:
        return "The direction is clear in this model, and the effect is too small to notice."
    share = found.higher if found.mean > 0 else found.lower
    if share < 0.6:
        return f"On average yes, but {100 * (1 - share):.0f} of 100 worlds show no such change."
    return f"The direction is clear in the model, and the effect is {'small' if found.little else 'not small'}."


def way_of(moved: Moved) -> str:
    """Return which guess the model agrees with: "up", "same" of what nobody would notice, or "down"."""
    if not moved.estimate.noticeable:
        return "same"
    return "up" if moved.mean > 0 else "down"


# ---------------------------------------------------------------- numbers


def least_of(moved: Moved) -> float:
    """Return the least difference that can be told: what its last decimal counts."""
    return 0.01 if moved.unit == YES_NO else 10.0 ** -unit_of(moved.unit).digits


def difference(moved: Moved, value: float) -> str:
    """Return a difference with its sign: "+0.09", "−12 points"."""
    return signed(value, moved.unit)


def level(moved: Moved, value: float) -> str:
    """Return a level: "3.99", "12 %"."""
    return level_in(value, moved.unit)


def number(found: Estimate) -> str:
    """Return a difference with its interval: "+0.09 (95 % interval +0.08 to +0.10)"."""
    return f"{found.text()} (95 % interval {found.interval})"


def unit_words(moved: Moved) -> str:
    """Return a unit for those who meet it first."""
    if moved.unit == SD:
        return "1 is the standard deviation (SD) across pairs of states"
    return "share of worlds" if moved.unit == YES_NO else f"scale {moved.unit}" if extent_of(moved.unit) else moved.unit


def meaning(answer: Answer, moved: Moved) -> str:
    """Return what a measure is for those who meet it first: of the headline its parts, and its unit."""
    if moved.measure != answer.whole.measure or not answer.parts:
        return unit_words(moved)
    return f"the mean of {listed([part.label for part in answer.parts])}; {unit_words(moved)}"


def first_sentence(text: str) -> str:
    """Return a text up to the end of its first sentence."""
    return text.partition(". ")[0].removesuffix(".") + "."


def when(moved: Moved) -> str:
    """Return "by the end of 2025", or "mean of 2019Q1 to 2025Q4"."""
    return f"mean of {moved.when}" if " to " in moved.when else f"by {end_of(moved.when)}"


def begins(answer: Answer) -> str:
    """Return the first day of the policy: "from 1 July 2019"; "" where it holds from the start."""
    return f"from {day_of(answer.begins)}" if answer.begins else ""


# ---------------------------------------------------------------- why


def why(answer: Answer) -> list[Part]:
    """Return the parts of the headline, the largest first: three lines that sum to it."""
    parts = sorted(answer.parts, key=lambda part: -abs(part.moves))
    if len(parts) <= LINES:
        return parts
    rest = parts[LINES - 1 :]
    return [*parts[: LINES - 1], Part(label=listed([p.label for p in rest]), moves=sum(part.moves for part in rest))]


def why_lines(answer: Answer) -> list[tuple[str, str]]:
    """Return the lines of `why` as they are shown, number and label: what is read sums to the whole as it is read."""
    lines, whole = why(answer), answer.whole
    shown = adding_up([part.moves for part in lines], whole.mean, unit_of(whole.unit).digits)
    return [(difference(whole, value), part.label) for value, part in zip(shown, lines, strict=True)]


def ends_of(values: Sequence[float]) -> tuple[float, float]:
    """Return the least and the largest of some values, with zero among them."""
    return min(0.0, *values), max(0.0, *values)
