"""What a handout asks and tells: questions with the worlds' answers, unclear ones said so; and one world's story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cordiale.analysis.answers import Answer
from cordiale.engine.block import Plan
from cordiale.models.base import Event
from cordiale.models.measures import within
from cordiale.models.random import Array
from cordiale.models.units import YES_NO
from cordiale.output.answer.words import WAYS, number, sentences, way_of, when
from cordiale.output.handout.grid import Grid
from cordiale.scenario.load import Scenario
from cordiale.study.estimate import Estimate, listed
from cordiale.study.intervals import share_interval
from cordiale.study.narrative import ACTIVITY, START, among, telling

SHARES = ((0.0, 0.5), (0.5, 0.75), (0.75, 0.9), (0.9, 1.01))
MORE = ("more", "about the same", "less")


@dataclass(frozen=True)
class Question:
    """A question.

    Attributes
    ----------
    groups : legend and options of each choice that makes a guess
    right : guesses that the worlds agree with, an option a choice
    answer : sentences
    """

    text: str
    groups: tuple[tuple[str, tuple[str, ...]], ...]
    right: tuple[tuple[int, ...], ...]
    answer: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """What questions are asked of.

    Attributes
    ----------
    answers : of each cell, against the first
    ends : (worlds,) of each cell the headline in the last quarter
    parts : (parts, worlds) of each cell what each part of the headline has added to its difference
    pair : "France and Japan"
    """

    grid: Grid
    answers: Sequence[Answer]
    ends: Sequence[Array]
    parts: Sequence[Array]
    pair: str

    def moved(self, cell: int) -> Array:
        """Return the difference of the headline in the last quarter, (worlds,)."""
        return self.ends[cell] - self.ends[0]


@dataclass(frozen=True)
class Single:
    """A change of one lever: its cell, and what is told of it."""

    control: int
    cell: int
    answer: Answer

    @property
    def name(self) -> str:
        """What it is called, as in a sentence."""
        return f"“{self.answer.title}”"

    @property
    def way(self) -> int:
        """Which of `WAYS` the model agrees with."""
        return [way for way, _ in WAYS].index(way_of(self.answer.gain))


def questions_of(told: Told) -> list[Question]:
    """Return the questions on a grid."""
    grid = told.grid
    cells = [(control, grid.single(control, level)) for control, level in grid.singles()]
    singles = [Single(control, cell, told.answers[cell]) for control, cell in cells]
    order = sorted(singles, key=lambda each: -abs(each.answer.gain.mean))
    other = next((each for each in order if each.control != order[0].control), None)
    third = _share(told, order[0]) if other is None else _together(told, order[0], other)
    through = [_part(told, order[0])] if order[0].answer.parts else []
    return [_most(told, singles, order), *through, third]


def _rivals(order: Sequence[Array]) -> list[int]:
    """Return which differences, the largest first, are not clearly smaller in size than the first."""
    first = np.sign(order[0].mean()) * order[0]
    gaps = [Estimate.of(first - np.sign(each.mean()) * each) for each in order[1:]]
    return [0, *(at for at, each in enumerate(gaps, 1) if not each.low > 0)]


def _most(told: Told, singles: Sequence[Single], order: Sequence[Single]) -> Question:
    best, gain = order[0], order[0].answer.gain
    equals = [order[at] for at in _rivals([told.moved(each.cell) for each in order])]
    said = ["".join(piece.text for piece in each) for each in sentences(told.pair, best.answer)]
    ways = ("Which way?", tuple(label for _, label in WAYS))
    of = f"the {within(gain.label)} {when(gain)}"
    if len(singles) == 1:
        return Question(f"{best.answer.title}: what becomes of {of}?", (ways,), ((best.way,),), tuple(said))
    answer = [f"{best.name} moves it most.", *said]
    if WAYS[best.way][0] == "same":
        answer = [f"None moves it noticeably. The largest is {best.name}: {number(gain.estimate)}."]
    elif len(equals) > 1:
        answer[0] = (
            f"Several move it about as much, and each counts as right: {listed([each.name for each in equals])}."
        )
    else:
        answer.append("Its lead over the next is clear.")
    noticed = [each for each in equals if WAYS[each.way][0] != "same"] or singles
    right = tuple((singles.index(each), each.way) for each in noticed)
    groups = (("Which?", tuple(each.answer.title for each in singles)), ways)
    return Question(f"Which of these, alone, moves {of} most, and which way?", groups, right, tuple(answer))


def _part(told: Told, best: Single) -> Question:
    labels, moved = [part.label for part in best.answer.parts], told.parts[best.cell]
    unit = best.answer.whole.unit
    found = [Estimate.of(each, unit) for each in moved]
    order = sorted(range(len(labels)), key=lambda at: -abs(found[at].mean))
    clear = [order[at] for at in _rivals([moved[at] for at in order]) if found[order[at]].clear]
    if not clear:
        head = "Not clear: no part that could be the largest is sure to have moved."
    elif len(clear) > 1:
        head = f"Not clear which of {' and '.join(labels[at] for at in clear)} moves more; each counts."
    else:
        head = f"Through {labels[clear[0]]}."
    lines = "; ".join(f"{labels[at]} {number(found[at])}" for at in order)
    text = f"Through what does {best.name} change the {within(best.answer.whole.label)} most?"
    return Question(
        text, (("Which part?", (*labels, "not clear")),), tuple((at,) for at in clear) or ((len(labels),),),
        (head, f"{lines}.", "Together they are the whole difference."),
    )  # fmt: skip


def _together(told: Told, one: Single, other: Single) -> Question:
    """Ask whether the effect of one change is another where the other holds too."""
    grid, gain = told.grid, one.answer.gain
    both = [max(pair) for pair in zip(grid.levels(one.cell), grid.levels(other.cell), strict=True)]
    there = told.ends[grid.cell(both)] - told.ends[other.cell]
    unit = "0 to 1" if gain.unit == YES_NO else gain.unit  # of a difference of differences
    change = Estimate.of(there - told.moved(one.cell), unit)
    right = 1 if not change.noticeable else 0 if change.mean * gain.mean > 0 else 2
    answer = (
        f"{MORE[right].capitalize()}.", f"{one.name} alone: {number(gain.estimate)}.",
        f"{one.name} where {other.name} holds too: {number(Estimate.of(there, gain.unit))}.",
        f"The difference between the two: {number(change)}{'' if change.noticeable else f', {change.verdict}'}.",
    )  # fmt: skip
    text = f"With {other.name} too: what becomes of what {one.name} does?"
    return Question(text, (("It does …", MORE),), ((right,),), answer)


def _share(told: Told, best: Single) -> Question:
    """Ask in how many worlds the one change there is goes its way."""
    gain, worlds = best.answer.gain, len(told.ends[0])
    share = gain.higher if gain.mean > 0 else gain.lower
    options = tuple(f"{100 * low:.0f} to {100 * min(high, 1):.0f}" for low, high in SHARES)
    right = tuple((at,) for at, (low, high) in enumerate(SHARES) if low <= share < high)
    low, high = share_interval(np.array(round(share * worlds)), worlds)
    way = "higher" if gain.mean > 0 else "lower"
    text = f"In how many of 100 worlds is the {within(gain.label)} {way} with {best.name}?"
    said = f"In {100 * share:.0f} of 100 (95 % interval {100 * low:.0f} to {100 * high:.0f}), each with its own"
    return Question(text, (("How many?", options),), right, (f"{said} numbers and chance.",))


PLACES = {"far apart": 0.1, "close": 0.9}  # where a world stands in the order of all by the headline at the end


@dataclass(frozen=True)
class Year:
    """A year of a world.

    Attributes
    ----------
    together : how many things the two did in it, meetings, exercises, visits and so on
    told : what else happened between the two, a sentence each
    """

    year: str
    together: int
    told: list[str]


@dataclass(frozen=True)
class Chronicle:
    """What happens between two states in one world, with nothing changed.

    Attributes
    ----------
    number : of the world
    place : where it stands among all: "far apart", "close"
    """

    number: int
    place: str
    years: list[Year]


def chronicles(plan: Plan, scenario: Scenario, dyad: str, ends: Array) -> list[Chronicle]:
    """Return two worlds of a scenario, one in which the two end far apart and one in which they end close.

    None of a model that tells no story, nor where all worlds end alike.

    Parameters
    ----------
    ends : (worlds,) the headline of the dyad in the last quarter, of worlds from 0 on
    """
    if plan.family.chronicle(scenario.loaded.pack, lambda *_: False) is None or np.ptp(ends) == 0:
        return []
    order = np.argsort(ends, kind="stable")
    numbers = {place: int(order[round(share * (len(ends) - 1))]) for place, share in PLACES.items()}
    return [
        Chronicle(number, place, _years(among(list(telling(plan, scenario, number)), dyad.split("-"))))
        for place, number in numbers.items()
    ]


def _years(events: Sequence[Event]) -> list[Year]:
    """Return events by year, those at the start left out."""
    found: dict[str, list[Event]] = {}
    for event in events:
        found.setdefault(event.quarter[:4], []).append(event)
    return [
        Year(year, sum(each.kind == ACTIVITY and len(each.states) > 1 for each in those),
             [f"{each.quarter}: {each.words}" for each in those if each.kind not in (START, ACTIVITY)])
        for year, those in found.items()
    ]  # fmt: skip
