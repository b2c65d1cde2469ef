"""The moves of a state: what each gains against what it costs, with those that no other beats, and a row each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from matplotlib.figure import Figure

from cordiale.analysis.moves import Change, Moves, Priced
from cordiale.analysis.options import Gain
from cordiale.case.quarters import end_of, to_text
from cordiale.models.measures import is_little, within
from cordiale.output.charts.axes import scale_of_unit
from cordiale.output.charts.captions import caption_of
from cordiale.output.charts.forest import MARKS, Bar, Panel, Row, fitting, forest
from cordiale.output.charts.frame import Words, finish
from cordiale.output.charts.pareto import Field, Interval, Mark, pareto
from cordiale.output.charts.style import house_style, inks, target
from cordiale.output.charts.titles import joined, signed, unit_text
from cordiale.scenario.load import Scenario

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
        "Nothing is done", moves.gain.subject, _cost_labels(moves)[0],
        (scale_of_unit(moves.gain.unit).step, scale_of_unit(_cost_units(moves)[0]).step),
        wanted=bool(moves.reads.better[0] > 0), more=bool(moves.reads.better[1] < 0),
    )  # fmt: skip
    best = _best(moves)
    marks = [_mark(each, inks().series[0] if each is best else inks().soft) for each in moves.priced]
    alone = [mark for each, mark in zip(moves.priced, marks, strict=True) if each.front and not each.move.joint]
    alone.sort(key=lambda mark: mark.cost[0], reverse=not field.more)
    figure = pareto(field, marks, alone, None if best is None else best.move.label)
    drawn = (
        f"Means over worlds; the cost is a mean over the quarters from the move on. {_front(moves)}A mark without a "
        "name has no room for it. The model counts no money"
    )
    subtitle = (
        f"Each mark is a move of {moves.name}: how it changes {field.gain} (up: {moves.gain.want}) by {_by(moves)}, "
        f"and {within(field.cost)} (right: {'more' if field.more else 'less'}), against the same worlds without it; "
        f"{unit_text(moves.gain.unit)}"
        f"{_other_unit(moves, _cost_units(moves)[0], field.cost)}"
    )
    forms = _titles(moves)
    told = "; ".join(f"{mark.title} gain {_told(moves, mark.gain[0])}" for mark in alone)
    alt = joined(f"A scatter of {len(marks)} moves by gain and cost. {forms[0]}", told and f"On the front: {told}")
    return finish(figure, Words(forms, joined(subtitle), _caption(moves, drawn), alt))


def _front(moves: Moves) -> str:
    if not any(each.front for each in moves.priced):
        return ""
    joint = "Hollow: needs the consent of others. " if any(each.move.joint for each in moves.priced) else ""
    return f"Diamonds: no other move that needs no more consent brings more for less (the Pareto front). {joint}"


def _mark(each: Priced, colour: str) -> Mark:
    cost = next(iter(each.costs.values()))
    return Mark(each.move.label, each.move.label, _interval(each.gain), _interval(cost), colour, each.front,
                each.move.joint)  # fmt: skip


def _interval(change: Change) -> Interval:
    return change.mean, change.low, change.high


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
    best, shown = _best(moves), _shown(moves, [names[at] + _short_unit(units, at) for at in range(kept)])
    labels = [_row(each, each is not None and each is best) for each in shown]
    panels = [
        Panel(
            names[at] + _short_unit(units, at), labels,
            [None if isinstance(each, str) else _bar([each.gain, *each.costs.values()][at]) for each in shown],
            scale_of_unit(units[at]).step, partial(signed, digits=scale_of_unit(units[at]).digits), units[at],
        )
        for at in range(kept)
    ]  # fmt: skip
    figure = forest(panels, beside=True)
    left = len(moves.priced) - sum(not isinstance(each, str) for each in shown)
    more = f"The {left} that gain least are left out" if left else ""
    gone = f"Not drawn for want of room: {'; '.join(names[kept:])}" if names[kept:] else ""
    costs = "The cost is a mean over the quarters from the move on. The model counts no money" if names[1:] else ""
    what = f"What each move of {moves.name} adds to {moves.gain.subject} by {_by(moves)}"
    what += ", and what it costs" if names[1:] else ""
    subtitle = f"{what}, against the same worlds without it; {unit_text(moves.gain.unit)}"
    forms = _titles(moves)
    told = "; ".join(f"{each.move.label} {_told(moves, each.gain.mean)}" for each in moves.priced)
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


def _bar(change: Change) -> Bar:
    return Bar(change.mean, change.low, change.high, change.share)


# ---------------------------------------------------------------- words


def _cost_labels(moves: Moves) -> list[str]:
    return [cost.said.label for cost in moves.reads.costs]


def _cost_units(moves: Moves) -> list[str]:
    return [cost.unit for cost in moves.reads.costs]


def _other_unit(moves: Moves, unit: str, label: str) -> str:
    return "" if unit == moves.gain.unit else f"; {within(label)} {unit_text(unit)}"


def _short_unit(units: Sequence[str], at: int) -> str:
    """Return the unit of a panel whose unit is not that of the first."""
    return "" if units[at] == units[0] else f" ({unit_text(units[at]).removeprefix('on a scale ')})"


def _by(moves: Moves) -> str:
    return end_of(moves.gain.words)


def _told(moves: Moves, gain: float) -> str:
    return signed(gain, scale_of_unit(moves.gain.unit).digits)


def _best(moves: Moves) -> Priced | None:
    """Return the move that gains most of those that the state makes alone, of all where it makes none alone; None
    where none clearly gains.
    """
    alone = [each for each in moves.priced if not each.move.joint] or list(moves.priced)
    return alone[0] if alone[0].better[0] > 0 and alone[0].gain.sure else None


def _titles(moves: Moves) -> list[str]:
    """Return which move gains most and what it costs, and which needs the consent of others, longest form first."""
    best, of, scale = _best(moves), moves.gain.subject, scale_of_unit(moves.gain.unit)
    if best is None or abs(best.gain.mean) < scale.step:
        return [f"No move of {moves.name} alone brings {moves.gain.want} {of} that one would notice",
                f"No move of {moves.name} alone gains enough to notice"]  # fmt: skip
    verb = "raises" if best.gain.mean > 0 else "lowers"
    little = " a little" if is_little(best.gain.mean, scale.step) else ""
    who = f"Of {moves.name}'s own moves" if not best.move.joint else f"Of {moves.name}'s moves"
    number = f"“{best.move.label}” {verb} {of} most{little and ', though little'}: {_told(moves, best.gain.mean)}"
    short = f"“{best.move.label}” gains most: {_told(moves, best.gain.mean)}"
    price = _price(moves, best)
    return [f"{who} {number}{price}", f"{number}{price}", number, f"{short}{price}", short]


def _price(moves: Moves, best: Priced) -> str:
    if not best.costs:
        return ""
    cost, step = next(iter(best.costs.values())), scale_of_unit(_cost_units(moves)[0])
    label = within(_cost_labels(moves)[0])
    if not cost.sure or abs(cost.mean) < step.step:
        return f", with hardly any change in {label}"
    return f", for {signed(cost.mean, step.digits)} in {label}"


def _caption(moves: Moves, drawn: str) -> str:
    asked = words_of(moves.scenario, moves.gain, moves.first)
    command = ["moves", moves.actor, "--worlds", str(moves.worlds), *asked]
    return caption_of(moves.scenario, drawn, f"{moves.worlds:,} worlds", command)


def words_of(scenario: Scenario, gain: Gain, first: int) -> list[str]:
    """Return the options that say what a state's moves are for and laid over, without those that are usual.

    Parameters
    ----------
    first : running number of the quarter from which moves are made
    """
    usual = f"{scenario.family.headline}:{scenario.names.dyad(scenario.loaded.pack.case.focus)}"
    told = ["--scenario", scenario.name] if scenario.name != "baseline" else []
    told += ["--measure", gain.measure] if gain.measure != usual else []
    told += ["--want", "less"] if gain.want == "less" else []
    told += ["--quarter", gain.words] if gain.quarter != scenario.horizon else []
    return [*told, *(["--since", to_text(first)] if first != scenario.start + 1 else [])]
