"""What each move of a state gains and costs: every lever that it holds, alone, at both ends, on the same worlds."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as replaced
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cordiale.analysis.decision import non_dominated
from cordiale.analysis.options import Gain, Move, Reads, Runs, moves_of, run_options, state_of
from cordiale.case.quarters import to_text
from cordiale.engine.pool import Ordered
from cordiale.files.errors import OptionError
from cordiale.models.measures import sentence_case, within
from cordiale.models.random import Array
from cordiale.models.units import SD, SMALL, size
from cordiale.scenario.load import Scenario, load_scenario
from cordiale.scenario.overrides import with_options
from cordiale.study.design import key_of
from cordiale.study.estimate import LITTLE_CHANGE, Estimate, flat, listed
from cordiale.study.manifest import about_scenario, made_with
from cordiale.study.result import Result, Row, worked_out
from cordiale.study.unfinished import Begun, Header

if TYPE_CHECKING:
    import pandas as pd

WORLDS = 200
Progress = Callable[[int, int], None]


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
    started: float

    @property
    def name(self) -> str:
        """The state's name."""
        return state_of(self.scenario, self.actor)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return a row a move."""
        import pandas as pd

        from cordiale.study.renamed import MOVES, Frame

        return {"moves": Frame.of(pd.DataFrame([_line(each) for each in self.priced]), MOVES)}

    def details(self) -> Row:
        """Return what its manifest says of it."""
        own = {
            "actor": self.actor, "gain": self.gain.measure, "want": self.gain.want, "quarter": self.gain.words,
            "from": to_text(self.first), "costs": self.reads.labels, "worlds": self.worlds,
            "sentences": self.sentences(),
        }  # fmt: skip
        return about_scenario(self.scenario) | own | made_with(self.started)

    def record(self) -> Row:
        """Return what a program would read of it, as JSON."""
        return {**{key: self.details()[key] for key in ("actor", "gain", "want", "quarter", "from", "costs", "worlds")},
                "moves": [_line(each) for each in self.priced], "idle": [move.label for move in self.idle],
                "sentences": self.sentences()}  # fmt: skip

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

    def sentences(self) -> list[str]:
        """Return what gains most, what no other move beats, what needs consent, and what is too small to see."""
        return _sentences(self)


def moves(
    actor: str, scenario: str | Path | Scenario = "baseline", *, worlds: int = WORLDS, measure: str | None = None,
    want: str = "more", quarter: str | None = None, since: str | None = None, seed: int | None = None,
    set: Mapping[str, Any] | Sequence[str] = (), pack: str | None = None, model: str | None = None,
    allow: Collection[str] = (), out: Path | str | None = None, replace: bool = False, jobs: int | None = 1,
    progress: Progress | None = None, begun_by: Begun | None = None,
) -> Moves:  # fmt: skip
    """Return what each move of a state gains and costs.

    Parameters
    ----------
    actor : code or name of a state
    scenario : that the moves are laid over: name, path or loaded scenario
    measure : what is gained, "alignment:FRA-JPN"; the headline of the focus dyad where None
    want : "more" or "less" of it
    quarter : in which the gain is read; the horizon where None. Costs are means from the first quarter to it
    since : the first quarter of the moves; the one after the start where None
    seed, set, pack, model, allow, out, replace, jobs, progress : as in `run`
    begun_by : the command, with its options, that resumes the work if it is interrupted

    Raises
    ------
    FileError, OptionError, StudyError
    """
    started = time.time()
    base = (
        load_scenario(scenario, set=set, pack=pack, model=model, allow=allow)
        if not isinstance(scenario, Scenario)
        else scenario
    )
    base = with_options(base, worlds=worlds, seed=seed)
    if worlds < 2:
        raise OptionError(f"--worlds {worlds}: intervals need at least two worlds")
    runs = Runs.of(base, actor, measure, want, quarter, since, allow)
    found = moves_of(base, runs.actor)
    header = Header.of("moves", key_of([base], actor=runs.actor, about=runs.key, worlds=worlds), begun_by)

    def work(run: Ordered) -> Moves:
        (values,) = run_options([runs], [(), *((move,) for move in found)], range(worlds), jobs, run, progress)
        return _found(runs, found, values, worlds, started)

    return worked_out(work, out, header, replace)


def _found(runs: Runs, found: Sequence[Move], values: Array, worlds: int, started: float) -> Moves:
    """Return the moves with what they change; values are (options, gain and costs, worlds), those of no move first."""
    changes = values[1:] - values[:1]
    live = [at for at in range(len(found)) if changes[at].any()]
    priced = [_priced(found[at], changes[at], runs) for at in live]
    marked = [replaced(each, front=on) for each, on in zip(priced, _on_front(priced), strict=True)]
    marked.sort(key=lambda each: -each.better[0])
    idle = [found[at] for at in range(len(found)) if at not in live]
    return Moves(
        runs.scenario, runs.actor, runs.gain, runs.reads, marked, idle, runs.first, worlds, started,
    )  # fmt: skip


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
    return flat({**about, "gain": each.gain, **each.costs, "front": each.front})


def _short(each: Priced) -> Row:
    row = {"move": each.move.label + (" *" if each.front else ""), "gain": each.gain.cell}
    row |= {name.replace("_", " "): cost.cell for name, cost in each.costs.items()}
    return row | ({"consent": " ".join(each.move.others)} if each.move.joint else {})


# ---------------------------------------------------------------- in words


def _sentences(found: Moves) -> list[str]:
    told = _of_others(found)
    for joint in (False, True):
        those = [each for each in found.priced if each.move.joint == joint]
        if helping := [each for each in those if each.better[0] > 0 and each.gain.noticeable]:
            told.append(_best(found, helping))
        elif those:
            who = "No move that needs consent" if joint else f"No move of {found.name} alone"
            told.append(f"{who} noticeably brings {found.gain.want} {found.gain.subject} by {found.gain.words}.")
    told += _front(found) + _dear(found)
    small = [each.move.label for each in found.priced if each.gain.verdict == LITTLE_CHANGE]
    told += [f"No noticeable change (below {size(SMALL, found.gain.unit)}): {listed(small)}."] if small and (
        found.gain.unit == SD) else []  # fmt: skip
    if found.idle:
        told.append(f"No effect, because it is already so in every world: {listed([m.label for m in found.idle])}.")
    return told


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
