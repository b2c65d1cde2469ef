"""What each move of a state gains and costs: every lever that it holds, alone, at both ends, on the same worlds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as replaced
from typing import Annotated, Unpack

import numpy as np

from cordiale.analysis.decision import non_dominated
from cordiale.analysis.options import Gain, Move, Reads, Runs, moves_of, run_options, state_of
from cordiale.case.quarters import to_text
from cordiale.engine.pool import Ordered
from cordiale.models.measures import sentence_case, within
from cordiale.models.random import Array
from cordiale.models.units import size
from cordiale.scenario.settings import Scenario
from cordiale.study.estimate import LITTLE_CHANGE, Estimate, listed
from cordiale.study.question import Given, How, kept, laid, question
from cordiale.study.result import Finding, Result, Row


@dataclass(frozen=True)
class Priced:
    """A move with what it gains and costs.

    Attributes
    ----------
    costs : by name, in the order of the state's file
    better : by how much the gain is better, and by how much the first cost, the gravest; 0 where none is named
    front : whether no other move that needs no more consent is better by the one and no worse by the other
    """

    move: Move
    gain: Estimate
    costs: Mapping[str, Estimate]
    better: tuple[float, float]
    front: bool = False

    @property
    def first(self) -> Estimate:
        """The first cost, the gravest, of a state that names any."""
        return next(iter(self.costs.values()))


@dataclass(frozen=True, repr=False)
class Moves(Result):
    """The moves of a state, those that gain most first.

    Attributes
    ----------
    actor : its code
    gain : what is gained, in which quarter, and which way is wanted
    priced : those that change anything
    idle : those that change nothing in any world, since they are so already
    first : running number of the quarter from which a move is made
    """

    kind = "moves"
    scenario: Scenario
    actor: str
    gain: Gain
    reads: Reads
    priced: Sequence[Priced]
    idle: Sequence[Move]
    first: int
    worlds: int

    @property
    def name(self) -> str:
        """The state's name."""
        return state_of(self.scenario, self.actor)

    def contents(self) -> dict[str, list[Row]]:
        """Return a row a move."""
        return {"moves": [_line(each) for each in self.priced]}

    def facts(self) -> Row:
        """Return whose moves they are, what they gain and what they cost."""
        return {
            "actor": self.actor, "gain": self.gain.measure, "want": self.gain.want, "quarter": self.gain.words,
            "from": to_text(self.first), "costs": self.reads.labels, "worlds": self.worlds,
            "idle": [move.label for move in self.idle],
        }  # fmt: skip

    def rows(self) -> list[tuple[str, list[Row]]]:
        """Return a table of moves that the state makes alone, and one of those that need consent."""
        titles = {
            False: f"Moves of {self.name} alone (* none brings more at a lower first cost)",
            True: "Moves that need the consent of others",
        }
        return [
            (title, [_short(each) for each in self.priced if each.move.joint == joint])
            for joint, title in titles.items()
            if any(each.move.joint == joint for each in self.priced)
        ]

    @property
    def best(self) -> Priced | None:
        """The move that gains most of those that the state makes alone, of all where it makes none alone; None where
        none clearly gains.
        """
        alone = [each for each in self.priced if not each.move.joint] or list(self.priced)
        return alone[0] if alone and alone[0].better[0] > 0 and alone[0].gain.noticeable else None

    def findings(self) -> list[Finding]:
        """Return what gains most, what no other move beats, what needs consent, and what is too small to see."""
        return _findings(self)


@question
def moves(
    actor: Annotated[str, "STATE"], scenario: Annotated[Given, "--scenario"] = "baseline", *,
    worlds: Annotated[int, 2, 100_000] = 200, measure: Annotated[str | None, "MEASURE:ENTITY"] = None,
    want: str = "more", quarter: str | None = None, since: str | None = None, **how: Unpack[How],
) -> Moves:  # fmt: skip
    """Return what each move of a state gains and costs.

    Parameters
    ----------
    actor : Code or name of the state that moves.
    scenario : Scenario that the moves are laid over.
    worlds : Number of worlds in which each move is run, the same for all.
    measure : What is gained. [default: the headline of the focus]
    want : Whether more or less of it is wanted.
    quarter : Quarter in which the gain is read; costs are means from the first quarter to it. [default: the last]
    since : First quarter of the moves. [default: the second]
    how : as in `study.question.How`

    Raises
    ------
    FileError, OptionError, StudyError

    Examples
    --------
    >>> import cordiale
    >>> found = cordiale.moves("FRA", worlds=2)
    >>> found.call.command()
    'cordiale moves FRA --worlds 2'
    """
    base, _ = laid(scenario, how, worlds=worlds)
    runs = Runs.of(base, actor, measure, want, quarter, since, how.get("allow") or ())
    found = moves_of(base, runs.actor)

    def work(run: Ordered) -> Moves:
        options = [(), *((move,) for move in found)]
        (values,) = run_options([runs], options, range(worlds), how.get("jobs", 1), run, how.get("progress"))
        return _found(runs, found, values, worlds)

    return kept(work, how, base, names=(actor, base.name), actor=runs.actor, about=runs.key, worlds=worlds)


def _found(runs: Runs, found: Sequence[Move], values: Array, worlds: int) -> Moves:
    """Return the moves with what they change; values are (options, gain and costs, worlds), those of no move first."""
    changes = values[1:] - values[:1]
    live = [at for at in range(len(found)) if changes[at].any()]
    priced = [_priced(found[at], changes[at], runs) for at in live]
    marked = [replaced(each, front=on) for each, on in zip(priced, _on_front(priced), strict=True)]
    marked.sort(key=lambda each: -each.better[0])
    idle = [found[at] for at in range(len(found)) if at not in live]
    return Moves(runs.scenario, runs.actor, runs.gain, runs.reads, marked, idle, runs.first, worlds)


def _priced(move: Move, changes: Array, runs: Runs) -> Priced:
    """Return a move with what it changes; changes are (gain and costs, worlds)."""
    wanted = "less" if runs.gain.want == "less" else ""
    gain = Estimate.of(changes[0], runs.gain.unit, wanted)
    costs = {
        cost.name: Estimate.of(values, cost.unit, cost.good)
        for cost, values in zip(runs.reads.costs, changes[1:], strict=True)
    }
    return Priced(move, gain, costs, (gain.better, next((each.better for each in costs.values()), 0.0)))


def _on_front(every: Sequence[Priced]) -> list[bool]:
    """Return which moves gain something and are on the Pareto front of those that need no more consent."""
    better = np.array([each.better for each in every]).reshape(-1, 2)
    joint = np.array([each.move.joint for each in every], dtype=bool)
    kept = non_dominated(better)
    kept[~joint] = non_dominated(better[~joint])
    return [bool(on) for on in kept & (better[:, 0] > 0)]


def _line(each: Priced) -> Row:
    move = each.move
    about = {"move": move.label, "lever": move.lever, "value": move.value, "held_by": " ".join(move.holders),
             "consent": " ".join(move.others)}  # fmt: skip
    return {**about, "gain": each.gain, **each.costs, "front": each.front}


def _short(each: Priced) -> Row:
    row = {"move": each.move.label + (" *" if each.front else ""), "gain": each.gain.cell}
    row |= {name.replace("_", " "): cost.cell for name, cost in each.costs.items()}
    return row | ({"consent": " ".join(each.move.others)} if each.move.joint else {})


# ---------------------------------------------------------------- in words


def _findings(found: Moves) -> list[Finding]:
    told = [Finding([text]) for text in _of_others(found)]
    for joint in (False, True):
        those = [each for each in found.priced if each.move.joint == joint]
        if helping := [each for each in those if each.better[0] > 0 and each.gain.noticeable]:
            sentence = _best(found, helping)
        elif those:
            who = "No move that needs consent" if joint else f"No move of {found.name} alone"
            sentence = f"{who} noticeably brings {found.gain.want} {found.gain.subject} by {found.gain.words}."
        else:
            continue
        chart = "" if any(each.chart for each in told) else "moves"
        told.append(Finding([sentence, *(_titles(found) if chart else [])], chart))
    told += [Finding([text]) for text in (*_front(found), *_dear(found))]
    small = [each.move.label for each in found.priced if each.gain.verdict == LITTLE_CHANGE]
    if small:
        told.append(
            Finding(
                [f"No noticeable change (below {size(found.priced[0].gain.step, found.gain.unit)}): {listed(small)}."]
            )
        )
    if found.idle:
        idle = listed([move.label for move in found.idle])
        told.append(Finding([f"No effect, because it is already so in every world: {idle}."]))
    return told


def _titles(found: Moves) -> list[str]:
    """Return which move gains most and what it costs, longest form first."""
    best, of = found.best, found.gain.subject
    if best is None:
        return [f"No move of {found.name} alone noticeably brings {found.gain.want} {of}",
                f"No move of {found.name} alone gains noticeably"]  # fmt: skip
    price = ""
    if best.costs:
        label = within(next(iter(found.reads.labels.values())))
        price = f"for {best.first.full}" if best.first.noticeable else f"with {best.first.verdict}"
        price = f", {price} in {label}"
    who = f"Of {found.name}'s own moves" if not best.move.joint else f"Of {found.name}'s moves"
    number = f"“{best.move.label}” gains most: {best.gain.full}"
    return [f"{who} {number} in {of}{price}", f"{who} {number}{price}", f"{number}{price}", number]


def _of_others(found: Moves) -> list[str]:
    """Return that what is gained is no tie of the state that moves, where it is not: it may not want it at all."""
    states = {code for entity in found.gain.request.entities for code in re.split("[->]", entity)}
    if not states or found.actor in states:
        return []
    return [f"The gain is {found.gain.subject}, which does not involve {found.name}: --measure names another."]


def _best(found: Moves, helping: Sequence[Priced]) -> str:
    """Return what gains most; the first two where they do not differ clearly."""
    best, *others = helping
    who = f"With the consent of {_states(found, best.move.others)}" if best.move.joint else f"{found.name} alone"
    costs = [
        each.phrase(within(label)) for label, each in zip(found.reads.labels.values(), best.costs.values(), strict=True)
    ]
    rival = f" The next, “{others[0].move.label}”, gains {others[0].gain.full}." if others else ""
    return (
        f"{who}, “{best.move.label}” gains most: {best.gain.phrase(found.gain.subject)} by {found.gain.words} "
        f"({best.gain.detail()}).{''.join(f' {sentence_case(text)}.' for text in costs)}{rival}"
    )


def _front(found: Moves) -> list[str]:
    alone = [each for each in found.priced if each.front and not each.move.joint]
    if not found.reads.costs or len(alone) < 2 or not any(each.first.noticeable for each in found.priced):
        return []
    told = [f"“{each.move.label}” ({each.gain.full} for {each.first.full})" for each in alone]
    label = within(next(iter(found.reads.labels.values())))
    return [f"Of {found.name} alone, no move brings more at a lower cost in {label} than {listed(told)}."]


def _dear(found: Moves) -> list[str]:
    """Return which move that helps costs most, or that none has a noticeable cost."""
    if not found.reads.costs:
        return []
    label = within(next(iter(found.reads.labels.values())))
    costly = [each for each in found.priced if each.better[0] > 0 > each.better[1] and each.first.noticeable]
    if not costly:
        return [f"No move that helps has a noticeable cost in {label}."]
    worst = min(costly, key=lambda each: each.better[1])
    paid = worst.first.phrase(label)
    return [f"The most costly one that helps is “{worst.move.label}”: {worst.gain.full}, and {paid}."]


def _states(found: Moves, codes: Sequence[str]) -> str:
    return listed([state_of(found.scenario, code) for code in codes])
