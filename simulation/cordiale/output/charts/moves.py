"""The moves of a state: what each gains against what it costs, with those that no other beats, and a row each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from matplotlib.figure import Figure

from cordiale.analysis.moves import Moves, Priced
from cordiale.case.quarters import end_of
from cordiale.models.measures import within
from cordiale.models.units import unit_words
from cordiale.output.charts.captions import caption_of
from cordiale.output.charts.forest import MARKS, Panel, Row, fitting, forest
from cordiale.output.charts.frame import Words, finish
from cordiale.output.charts.pareto import NO_MONEY, UNNAMED, Field, Mark, any_cost, left_out, pareto
from cordiale.output.charts.style import house_style, inks, target
from cordiale.output.charts.titles import joined

MOST = 60  # rows


def figures(moves: Moves) -> dict[str, Callable[[], Figure]]:
    """Return gain against cost, of a state that names a cost, and the rows of all moves."""
    if not moves.priced:
        return {}
    drawn: dict[str, Callable[[], Figure]] = {"gain_cost": partial(gain_cost, moves)} if moves.reads.costs else {}
    return drawn | {"moves": partial(rows, moves)}


@house_style()
def gain_cost(moves: Moves) -> Figure:
    """Return each move as a mark: what it gains (up) and its first cost, the gravest (right).

    Of the moves that no other beats those that the state makes alone are joined by a line; what needs the consent of
    others is hollow.
    """
    field = Field(
        "Nothing is done", moves.gain.subject, _cost_labels(moves)[0], wanted=bool(moves.reads.better[0] > 0),
        more=bool(moves.reads.better[1] < 0),
    )  # fmt: skip
    best = moves.best
    marks = [_mark(each, inks().series[0] if each is best else inks().soft) for each in moves.priced]
    alone = [mark for each, mark in zip(moves.priced, marks, strict=True) if each.front and not each.move.joint]
    alone.sort(key=lambda mark: mark.cost.mean, reverse=not field.more)
    figure = pareto(field, marks, alone, None if best is None else best.move.label)
    held, paid = any_cost(marks), within(field.cost)
    drawn = (
        f"Means over worlds; the cost is a mean over the quarters from the move on. {_front(moves)}"
        f"{UNNAMED}{NO_MONEY}" if held else
        f"{MARKS}. {left_out(field, marks)}No move noticeably changes {paid}. {NO_MONEY}"
    )  # fmt: skip
    subtitle = (
        f"Each {'mark' if held else 'row'} is a move of {moves.name}: how it changes {field.gain}"
        f"{f' (up: {moves.gain.want})' if held else ''} by {_by(moves)}"
        f"{f', and {paid} (right: ' + ('more' if field.more else 'less') + ')' if held else ''}, against the same "
        f"worlds without it; {unit_words(moves.gain.unit)}{_other_unit(moves, _cost_units(moves)[0], paid) * held}"
    )
    forms = moves.titles("moves")
    told = "; ".join(f"{mark.title} gain {mark.gain.text()}" for mark in alone)
    kind = "A scatter" if held else "Sorted rows"
    alt = joined(f"{kind} of {len(marks)} moves by gain. {forms[0]}", told and f"On the front: {told}")
    return finish(figure, Words(forms, joined(subtitle), _caption(moves, drawn), alt))


def _front(moves: Moves) -> str:
    if not any(each.front for each in moves.priced):
        return ""
    joint = "Hollow: needs the consent of others. " if any(each.move.joint for each in moves.priced) else ""
    return f"Diamonds: no other move that needs no more consent brings more for less (the Pareto front). {joint}"


def _mark(each: Priced, colour: str) -> Mark:
    return Mark(each.move.label, each.move.label, each.gain, each.first, colour, each.front, each.move.joint)


@house_style()
def rows(moves: Moves) -> Figure:
    """Return a row a move: what it gains, and each cost; first what the state does alone, those that gain most on top.

    A narrow sheet and a slide have the first cost alone.
    """
    units = [moves.gain.unit, *_cost_units(moves)]
    names = [f"Gain: {'less ' if moves.gain.want == 'less' else ''}{moves.gain.subject}"]
    for cost in moves.reads.costs:
        names.append(f"Cost: {within(cost.said.label)}{', less is worse' if cost.said.worse == 'less' else ''}")
    kept = min(2 if target().narrow or target().sheet.fixed else len(names), len(names))
    best, shown = moves.best, _shown(moves, [names[at] + _short_unit(units, at) for at in range(kept)])
    labels = [_row(each, each is not None and each is best) for each in shown]
    panels = [
        Panel(
            names[at] + _short_unit(units, at), labels,
            [None if isinstance(each, str) else [each.gain, *each.costs.values()][at] for each in shown],
        )
        for at in range(kept)
    ]  # fmt: skip
    figure = forest(panels, beside=True)
    left = len(moves.priced) - sum(not isinstance(each, str) for each in shown)
    more = f"The {left} that gain least are left out" if left else ""
    gone = f"Not drawn for want of room: {'; '.join(names[kept:])}" if names[kept:] else ""
    costs = f"The cost is a mean over the quarters from the move on. {NO_MONEY}" if names[1:] else ""
    what = f"What each move of {moves.name} adds to {moves.gain.subject} by {_by(moves)}"
    what += ", and what it costs" if names[1:] else ""
    subtitle = f"{what}, against the same worlds without it; {unit_words(moves.gain.unit)}"
    forms = moves.titles("moves")
    told = "; ".join(f"{each.move.label} {each.gain.text()}" for each in moves.priced)
    alt = joined(f"Rows of moves with what each gains and costs. {forms[0]}", f"Gains: {told}")
    return finish(figure, Words(forms, joined(subtitle), _caption(moves, joined(MARKS, more, gone, costs)), alt))


def _shown(moves: Moves, heads: Sequence[str]) -> list[Priced | str]:
    """Return what has a row, by consent, with a line of words before those that need it; those that gain most where a
    sheet has no room for all.
    """
    kept = list(moves.priced)
    room = min(MOST, fitting([_row(each, False) for each in kept], heads))
    kept = kept[: room if room == len(kept) else room - 2]
    found: list[Priced | str] = []
    for joint, text in ((False, f"{moves.name} alone:"), (True, "With the consent of others:")):
        own = [each for each in moves.priced if each in kept and each.move.joint == joint]
        found += [text, *own] if own else []
    return found


def _row(each: Priced | str, best: bool) -> Row:
    if isinstance(each, str):
        return Row(each, inks().soft, bold=True)
    return Row(each.move.label, inks().series[0] if best else inks().ink, bold=best)


# ---------------------------------------------------------------- words


def _cost_labels(moves: Moves) -> list[str]:
    return [cost.said.label for cost in moves.reads.costs]


def _cost_units(moves: Moves) -> list[str]:
    return [cost.unit for cost in moves.reads.costs]


def _other_unit(moves: Moves, unit: str, label: str) -> str:
    return "" if unit == moves.gain.unit else f"; {within(label)} {unit_words(unit)}"


def _short_unit(units: Sequence[str], at: int) -> str:
    """Return the unit of a panel whose unit is not that of the first."""
    return "" if units[at] == units[0] else f" ({unit_words(units[at]).removeprefix('on a scale ')})"


def _by(moves: Moves) -> str:
    return end_of(moves.gain.words)


def _caption(moves: Moves, drawn: str) -> str:
    return caption_of(moves, drawn, f"{moves.worlds:,} worlds")
