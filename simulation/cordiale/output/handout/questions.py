"""Three questions to a class, with the answers that the worlds give; whatever is not clear is said to be so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from cordiale.models.random import Array
from cordiale.output.handout.cells import (
    HEADLINE,
    Cell,
    MeanDifference,
    mean_differences,
    part_differences,
    parts_of,
    percent,
    signed,
)
from cordiale.output.handout.grid import Grid

WAYS = ("up: closer", "down: apart", "not clear")
TOGETHER = ("Yes: with it, further up", "Yes: with it, further down", "Not clear")
SHARES = ((0.0, 0.5), (0.5, 0.75), (0.75, 0.9), (0.9, 1.01))


@dataclass(frozen=True)
class Question:
    """A question.

    Attributes
    ----------
    groups : legend and options of each choice that makes a guess
    right : guesses that the worlds bear out, an option a choice
    answer : sentences
    picture : whether the answer shows the effects of all single changes
    """

    text: str
    groups: tuple[tuple[str, tuple[str, ...]], ...]
    right: tuple[tuple[int, ...], ...]
    answer: tuple[str, ...]
    picture: bool = field(default=False)


@dataclass(frozen=True)
class Single:
    """A change of one lever: its cell, its name, alignment's difference by world, and what is told of it."""

    control: int
    cell: int
    name: str
    values: Array
    found: MeanDifference


def singles_of(grid: Grid, cells: Sequence[Cell]) -> list[Single]:
    """Return the single changes in the order of the controls."""
    found, headline = [], grid.base.family.measure(grid.base.family.headline)
    for control, level in grid.singles():
        at = grid.single(control, level)
        values = last(cells[at]) - last(cells[0])
        (said,) = mean_differences(values[:, None], yes_no=headline.yes_no)
        found.append(Single(control, at, grid.controls[control].called(level), values, said))
    return found


def last(cell: Cell) -> Array:
    """Return alignment in the last quarter, (worlds,)."""
    return cell.values[HEADLINE][:, -1]


def questions_of(
    grid: Grid, cells: Sequence[Cell], singles: Sequence[Single], pair: str, end: str, what: str
) -> list[Question]:
    """Return the questions on a grid.

    Parameters
    ----------
    pair : "France and Japan";  end : the last quarter;  what : the headline in words, "alignment"
    """
    order = sorted(singles, key=lambda each: -abs(each.found.mean))
    other = next((each for each in order if each.control != order[0].control), None)
    third = _share(order[0], pair) if other is None else _interaction(grid, cells, order[0], other, what)
    through = [_part(cells, order[0], what)] if parts_of(cells[0]) else []
    return [_most(singles, order, pair, end, what), *through, third]


def _rivals(order: Sequence[Array]) -> list[int]:
    """Return which columns, the largest first, are not clearly smaller in size than the first."""
    gaps = [np.sign(order[0].mean()) * order[0] - np.sign(each.mean()) * each for each in order[1:]]
    found = mean_differences(np.stack(gaps, axis=1)) if gaps else []
    return [0, *(at for at, each in enumerate(found, 1) if not each.low > 0)]


def _way(difference: MeanDifference) -> int:
    return 2 if not difference.clear else 0 if difference.mean > 0 else 1


def _most(singles: Sequence[Single], order: Sequence[Single], pair: str, end: str, what: str) -> Question:
    best = order[0]
    equals = [order[at] for at in _rivals([each.values for each in order])]
    legend = "Which way?"
    ways = (legend, WAYS)
    answer = [f"“{best.name}” moves it most, whichever way: {best.found}."]
    if not best.found.clear:
        answer = [f"None clearly: the largest, “{best.name}”, is {best.found}, and that spans zero."]
    elif len(equals) > 1:
        answer.append(f"Its lead is not clear over: {'; '.join(f'“{each.name}”' for each in equals[1:])}.")
    elif len(order) > 1:
        answer.append("Its lead over the next is clear: the interval of the difference in size leaves zero out.")
    if len(singles) == 1:
        text = f"Which way does this move {about(what, pair)} by {end}: “{best.name}”?"
        return Question(text, (ways,), ((_way(best.found),),), tuple(answer), True)
    right = tuple((singles.index(each), _way(each.found)) for each in equals if each.found.clear)
    right = right or tuple((at, 2) for at in range(len(singles)))
    text = f"Which of these, alone, moves {about(what, pair)} most by {end}, and which way?"
    return Question(text, (("Which?", tuple(each.name for each in singles)), ways), right, tuple(answer), True)


def about(what: str, pair: str) -> str:
    """Return "the alignment of France and Japan"."""
    return what.replace("they", pair) if what.startswith("the ") else f"the {what} of {pair}"


def _part(cells: Sequence[Cell], best: Single, what: str) -> Question:
    names = parts_of(cells[0])
    differences = part_differences(cells[best.cell], cells[0])
    found = mean_differences(differences)
    order = sorted(range(len(names)), key=lambda at: -abs(found[at].mean))
    equals = [order[at] for at in _rivals([differences[:, at] for at in order])]
    clear = [at for at in equals if found[at].clear]
    text = f"Through which part of {what} does “{best.name}” work most?"
    options = (*(part.capitalize() for part in names), "Not clear")
    answer = [f"{names[at].capitalize()} {found[at]}." for at in order]
    if not clear:
        head = "Not clear: no part that could be the largest is sure to have moved."
    elif len(clear) > 1:
        head = f"Not clear which of {' and '.join(names[at] for at in clear)} moves more; either counts."
    else:
        head = f"Through {names[clear[0]]}."
    right = tuple((at,) for at in clear) or ((len(names),),)
    said = f"Each part counts as it does in {what}, so they add up to the whole difference."
    return Question(text, (("Which part?", options),), right, (head, *answer, said))


def _interaction(grid: Grid, cells: Sequence[Cell], one: Single, other: Single, what: str) -> Question:
    """Ask whether the effect of one change is another where the other holds too."""
    both = [max(pair) for pair in zip(grid.levels(one.cell), grid.levels(other.cell), strict=True)]
    with_other = last(cells[grid.cell(both)]) - last(cells[other.cell])
    effect_there, hangs = mean_differences(np.stack([with_other, with_other - one.values], axis=1))
    way = _way(hangs)
    first, second = f"“{one.name}”", f"“{other.name}”"
    verdict = (f"Yes: with {second} it moves {what} further up.", f"Yes: with {second}, further down.",
               "Not clear.")[way]  # fmt: skip
    text = f"Does the effect of {first} hang on {second}?"
    answer = (
        verdict, f"{first} alone: {one.found}.", f"{first} where {second} holds too: {effect_there}.",
        f"The difference between the two: {hangs}{'' if hangs.clear else ', which spans zero'}.",
    )  # fmt: skip
    return Question(text, (("Your guess", TOGETHER),), ((way,),), answer)


def _share(best: Single, pair: str) -> Question:
    """Ask in how many worlds the one change there is has its sign."""
    found = best.found
    options = tuple(f"{percent(low)} to {percent(min(high, 1))} of them" for low, high in SHARES)
    right = tuple((at,) for at, (low, high) in enumerate(SHARES) if low <= found.share < high)
    text = f"In how many of the {found.worlds} worlds are {pair} {_apart(found)} in the end with “{best.name}”?"
    interval = f"95 % interval {percent(found.share_low)} to {percent(found.share_high)}"
    answer = f"In {percent(found.share)} of worlds ({interval}); {signed(found.mean)} on average."
    return Question(text, (("How many?", options),), right, (answer,))


def _apart(difference: MeanDifference) -> str:
    return "closer" if difference.mean > 0 else "further apart"
