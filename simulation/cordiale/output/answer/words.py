"""An answer in words: what is gained, what it costs, and how sure; each piece says what it is, for its colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cordiale.analysis.answers import Answer, Change, Moved, Part
from cordiale.case.quarters import day_of, end_of
from cordiale.models.measures import SPREADS, extent_of, is_little, within

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
    """Return the answer: the gain, the price and how sure both are, a sentence each.

    Parameters
    ----------
    pair : whose headline has parts: "France and Japan"
    """
    return [_gain(pair, answer), _price(answer), [Piece(how_sure(answer))]]


def _gain(states: str, answer: Answer) -> list[Piece]:
    gain = answer.gain
    pair = gain.measure == answer.whole.measure and gain.unit == SPREADS
    head = f"{states} " if pair else f"{gain.label}: "
    number = f"({difference(gain, gain.mean)})"
    little = " a little" if is_little(gain.mean, gain.small) else ""
    if not moves(gain):
        told = "come no closer in any world" if pair else "the same in every world"
    elif not gain.sure:
        told = f"{'come no clearly closer' if pair else 'no clear change'} {number}"
    elif pair:
        told = f"{f'come{little} closer' if gain.mean > 0 else f'drift{little} apart'} {number}"
    else:
        told = f"{'up' if gain.mean > 0 else 'down'}{little} {number}"
    return [Piece(head), Piece(told, "gain"), Piece(".")]


def _price(answer: Answer) -> list[Piece]:
    cost = answer.cost
    if cost is None:
        return [Piece("The pack names no price.")]
    label = within(cost.label)
    if not moves(cost):
        return [Piece("The price: "), Piece("none", "cost"), Piece(f"; {label} the same in every world.")]
    if not cost.sure:
        return [Piece("The price: "), Piece(f"no clear change of {label}", "cost"), Piece(".")]
    told = f"{label} {'up' if cost.mean > 0 else 'down'}{'' if cost.noted else ', too little to notice'}"
    ends = f" ({level(cost, cost.before)} to {level(cost, cost.after)})."
    return [Piece("No price: " if cost.sign * cost.mean > 0 else "The price: "), Piece(told, "cost"), Piece(ends)]


def moves(moved: Change) -> bool:
    """Whether anything differs in any world."""
    return bool(moved.mean or moved.low or moved.high)


def how_sure(answer: Answer) -> str:
    """Return how sure the direction of the gain is, and whether its size can be seen."""
    gain = answer.gain
    if not moves(gain):
        return "Nothing differs in this model."
    if not gain.sure:
        return "Not even the direction is sure in this model."
    if not gain.noted:
        return "The direction is sure in this model; the size is too small to notice."
    if gain.share < 0.6:
        return "The mean is clear in this model, and many worlds go the other way or do not move."
    size = "small" if is_little(gain.mean, gain.small) else "not small"
    return f"The direction is sure in this model; the size is {size}."


def way_of(moved: Moved) -> str:
    """Return which guess the model bears out: "up", "same" of what nobody would notice, or "down"."""
    if not moved.noted or not moved.mean:
        return "same"
    return "up" if moved.mean > 0 else "down"


# ---------------------------------------------------------------- numbers


def digits_of(moved: Moved) -> int:
    """Return with how many decimals a measure is told: a thousandth of what lies between two ends, else a hundredth."""
    return 3 if extent_of(moved.unit) else 2


def least_of(moved: Moved) -> float:
    """Return the least difference that can be told: what its last decimal counts."""
    return 0.01 if moved.yes_no else 0.1 ** digits_of(moved)


def difference(moved: Moved, value: float) -> str:
    """Return a difference with its sign: "+0.09", "−12 points"."""
    if moved.yes_no:
        return f"{signed(100 * value, 0)} points"
    return signed(value, digits_of(moved))


def level(moved: Moved, value: float) -> str:
    """Return a level: "3.99", "12 %"."""
    return f"{100 * value:.0f} %" if moved.yes_no else f"{value:.{digits_of(moved)}f}".replace("-", "−")


def signed(value: float, digits: int) -> str:
    """Return a number with its sign; "0" of what is nothing at these digits."""
    return f"{value:+.{digits}f}".replace("-", "−") if round(abs(value), digits) > 0 else "0"


def number(moved: Moved, change: Change | None = None) -> str:
    """Return a difference with its interval: "+0.09 (95 % interval +0.08 to +0.10)"."""
    return f"{difference(moved, (change or moved).mean)} (95 % interval {interval(moved, change)})"


def interval(moved: Moved, change: Change | None = None) -> str:
    """Return the 95 % interval of a difference: "+0.08 to +0.10"."""
    of = change or moved
    return f"{difference(moved, of.low)} to {difference(moved, of.high)}"


def unit_words(moved: Moved) -> str:
    """Return a unit for those who meet it first."""
    if moved.unit == SPREADS:
        return "1 is the spread between pairs of states"
    return "share of worlds" if moved.yes_no else f"scale {moved.unit}" if extent_of(moved.unit) else moved.unit


def meaning(answer: Answer, moved: Moved) -> str:
    """Return what a measure is for those who meet it first: of the headline its parts, and its unit."""
    if moved.measure != answer.whole.measure or not answer.parts:
        return unit_words(moved)
    labels = [part.label for part in answer.parts]
    return f"the mean of {', '.join(labels[:-1])} and {labels[-1]}; {unit_words(moved)}"


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
    label = " and ".join([", ".join(part.label for part in rest[:-1]), rest[-1].label])
    return [*parts[: LINES - 1], Part(label=label, moves=sum(part.moves for part in rest))]


def why_lines(answer: Answer) -> list[tuple[str, str]]:
    """Return the lines of `why` as they are shown, number and label: what is read sums to the whole as it is read."""
    lines = why(answer)
    digits = digits_of(answer.whole)
    wanted = round(answer.whole.mean, digits)
    shown = [round(part.moves, digits) for part in lines]
    if lines:
        at = max(range(len(lines)), key=lambda k: abs(lines[k].moves - shown[k]) + 1e-9 * abs(lines[k].moves))
        shown[at] += wanted - sum(shown)
    return [(signed(value, digits), part.label) for value, part in zip(shown, lines, strict=True)]


def ends_of(values: Sequence[float]) -> tuple[float, float]:
    """Return the least and the largest of some values, with zero among them."""
    return min(0.0, *values), max(0.0, *values)
