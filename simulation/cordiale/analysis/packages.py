"""Packages of moves: which few of a state's moves together are best, by several rules, over futures that are tests."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cordiale.analysis import race as racing
from cordiale.analysis.confirm import Confirmed, confirm
from cordiale.analysis.decision import Enough, Index, Rules
from cordiale.analysis.discover import Search, search
from cordiale.analysis.futures import (
    APART,
    SCREEN,
    Future,
    Screened,
    asked_of,
    candidates,
    families_of,
    screened,
    under_models,
)
from cordiale.analysis.options import ROWS, Move, Option, Reads, Runs, Task, moves_of, run_options, run_task
from cordiale.analysis.package_words import in_short, sentences
from cordiale.engine.pool import Ordered, cores
from cordiale.files.errors import OptionError, did_you_mean, short
from cordiale.models.parameters import draw
from cordiale.models.random import Array, Streams
from cordiale.models.units import SD, SEEN, unit_of
from cordiale.scenario.load import Scenario, load_scenario
from cordiale.scenario.overrides import with_options
from cordiale.study.design import key_of
from cordiale.study.manifest import about_scenario, made_with
from cordiale.study.result import Result, Row, worked_out
from cordiale.study.unfinished import Begun, Header

if TYPE_CHECKING:
    import pandas as pd

WORLDS = 128  # of each future, at the last look
FUTURES = 5  # beside the scenario as coded
FRESH = 256  # worlds of each future that confirm
LONG = 600.0  # seconds from which a search is not begun unasked
Progress = Callable[[int, int], None]
Tell = Callable[[str], None]


@dataclass(frozen=True, repr=False)
class Packages(Result):
    """The packages of a state that may be best.

    Attributes
    ----------
    options : all packages that raced, by their numbers
    futures : in which they raced, the scenario as coded first
    screen : what single moves showed under every future; moves that changed nothing are in no package
    race : what it found
    confirmed : what it chose, on fresh worlds
    weak : package -> where in the coded ranges it is not good enough, on fresh worlds
    """

    kind = "robust"
    runs: Runs
    options: Sequence[Option]
    futures: Sequence[Future]
    screen: Screened
    race: racing.Race
    confirmed: Sequence[Confirmed]
    weak: Mapping[int, Search]
    fresh: int
    started: float

    @property
    def left_out(self) -> list[Future]:
        """Futures that change gains less, and were not used."""
        used = {future.name for future in self.futures}
        return [future for future in self.screen.futures if future.name not in used]

    @property
    def reads(self) -> Reads:
        """What is read of each option."""
        return self.runs.reads

    def label(self, package: int) -> str:
        """Return "A; B" of a package's moves, "nothing is done" of the empty one."""
        return "; ".join(move.label for move in self.options[package]) or "Nothing is done"

    def consent(self, package: int) -> list[str]:
        """Return the states whose consent a package needs."""
        return sorted({code for move in self.options[package] for code in move.others})

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return a row a package that is left, a row a choice that was confirmed, and a row a future."""
        import pandas as pd

        return {
            "packages": pd.DataFrame([self._line(row, int(package)) for row, package in enumerate(self.race.left)]),
            "confirmed": pd.DataFrame([self._confirmed(each) for each in self.confirmed]),
            "futures": pd.DataFrame([_future(each, True) for each in self.futures]
                                    + [_future(each, False) for each in self.left_out]),
        }  # fmt: skip

    def _line(self, row: int, package: int) -> Row:
        found = self.race
        line: Row = {"package": self.label(package), "moves": len(self.options[package]),
                     "consent": " ".join(self.consent(package))}  # fmt: skip
        line |= {rule: float(values[row]) for rule, values in found.values.items()}
        line |= {f"may_be_best_by_{rule}": package in of for rule, of in found.candidates.items()}
        futures = found.gains[row].mean(axis=-1)
        line |= {f"gain, {future.name}": float(gain) for future, gain in zip(self.futures, futures, strict=True)}
        costs = zip(self.race_costs, found.costs[:, row].mean(axis=(1, 2)), strict=True)
        return line | {name: float(cost) for name, cost in costs}

    @property
    def race_costs(self) -> list[str]:
        """Names of the costs that raced, as more of them is worse."""
        return [cost.name if cost.said.worse == "more" else f"loss_of_{cost.name}" for cost in self.reads.costs]

    def _confirmed(self, each: Confirmed) -> Row:
        return {
            "rule": each.rule, "place": each.place, "package": self.label(each.package),
            "in_the_race": each.in_race, "fresh": each.fresh.value, "fresh_low": each.fresh.low,
            "fresh_high": each.fresh.high, "winners_curse": each.curse, "gain": each.gain.value,
            "gain_low": each.gain.low, "gain_high": each.gain.high, "regret": each.regret.value,
            **{name: cost.value for name, cost in zip(self.race_costs, each.costs, strict=True)},
        }  # fmt: skip

    def details(self) -> Row:
        """Return what its manifest says of it."""
        own = {
            "actor": self.runs.actor, "gain": self.runs.gain.measure, "want": self.runs.gain.want,
            "quarter": self.runs.gain.words, "packages": len(self.options),
            "futures": {future.name: future.bite for future in self.futures}, "worlds": self.race.worlds,
            "fresh": self.fresh, "looks": [[look.worlds, look.packages, look.left] for look in self.race.looks],
            "sentences": self.sentences(), "in_short": in_short(self),
        }  # fmt: skip
        return about_scenario(self.runs.scenario) | own | made_with(self.started)

    def record(self) -> Row:
        """Return what a program would read of it, as JSON."""
        tables = {name: table.to_dict("records") for name, table in self.tables().items()}
        return {**{key: value for key, value in self.details().items() if key in _TOLD}, **tables,
                "sentences": self.sentences()}  # fmt: skip

    def sentences(self) -> list[str]:
        """Return what is best by each rule, what is not told apart, the winner's curse, and where the best fails."""
        return sentences(self)


_TOLD = ("actor", "gain", "want", "quarter", "worlds", "fresh", "looks")


def _future(each: Future, used: bool) -> Row:
    return {"future": each.name, "title": each.title, "bite": each.bite, "used": used}


# ---------------------------------------------------------------- the search


def options_of(moves: Sequence[Move], size: int, scenario: Scenario) -> list[Option]:
    """Return every package of up to some moves, that of none first; none moves one lever, or one number, twice."""
    levers: dict[str, list[Move]] = {}
    for move in moves:
        levers.setdefault(move.lever, []).append(move)
    numbers = {lever: {scenario.names.canonical(path) for path in scenario.handle(lever).moves} for lever in levers}
    found: list[Option] = [()]
    for count in range(1, size + 1):
        for those in combinations(levers, count):
            if all(not numbers[one] & numbers[other] for one, other in combinations(those, 2)):
                found += list(product(*(levers[lever] for lever in those)))
    return found


@dataclass
class _Worlds:
    """Runs the worlds that a race asks for: what packages gain and cost against nothing done in the same world."""

    futures: Sequence[Future]
    options: Sequence[Option]
    jobs: int | None
    run: Ordered
    progress: Progress | None

    def __call__(self, packages: Index, worlds: range) -> tuple[Array, Array]:
        """Return gains, (packages, futures, worlds), and the first cost, (costs, packages, futures, worlds)."""
        every = [future.runs for future in self.futures]
        asked = [self.options[package] for package in packages]
        values = run_options(every, [(), *asked], worlds, self.jobs, self.run, self.progress, APART)
        better = every[0].reads.better[:, None] * (values[:, 1:] - values[:, :1])
        return np.swapaxes(better[:, :, 0], 0, 1), -np.moveaxis(better[:, :, 1:], (2, 1), (0, 1))


def robust(
    actor: str, scenario: str | Path | Scenario = "baseline", *, size: int = 3, worlds: int = WORLDS,
    futures: Sequence[str] = (), models: Sequence[str] = (), alone: bool = False,
    levels: Mapping[str, Sequence[float]] | None = None,
    enough: float | None = None, most_cost: float | None = None, optimism: float | None = None,
    measure: str | None = None, want: str = "more", quarter: str | None = None, since: str | None = None,
    seed: int | None = None, set: Mapping[str, Any] | Sequence[str] = (), pack: str | None = None,
    model: str | None = None, allow: Collection[str] = (), out: Path | str | None = None, replace: bool = False,
    jobs: int | None = 1, yes: bool = False, progress: Progress | None = None, begun_by: Begun | None = None,
    tell: Tell | None = None,
) -> Packages:  # fmt: skip
    """Return which packages of a state's moves may be best, by several rules over several futures.

    Parameters
    ----------
    actor : code or name of a state
    scenario : that packages are laid over, as coded
    size : moves of a package at most
    worlds : of each future at the last look
    futures : names of scenarios; those that change gains most where there is none, and no models
    models : names of families under which packages are run too, each a future; the gain is then a measure that all
        share, the similarity of the focus where no measure is named
    alone : whether moves that need the consent of others are left out
    levels : lever -> values in place of 0 and 1
    enough, most_cost : the least gain, and the most of the first cost, that are good enough in a world; where None
        SEEN of what is measured in SD across dyads and nothing else, and any cost
    optimism : weight of the best future in Hurwicz's rule, which is left out where None
    measure, want, quarter, since : as in `moves`
    yes : whether more than ten minutes are meant
    tell : called with each sentence that is known before the end
    seed, set, pack, model, allow, out, replace, jobs, progress, begun_by : as in `moves`

    Raises
    ------
    FileError, StudyError; OptionError, also where more than ten minutes are needed and were not said yes to
    """
    started = time.time()
    _check(futures, enough, most_cost, optimism)
    base = (
        scenario
        if isinstance(scenario, Scenario)
        else load_scenario(scenario, set=set, pack=pack, model=model, allow=allow)
    )
    base = with_options(base, seed=seed)
    if models:
        measure = _shared(base, models, measure, allow)
    runs = Runs.of(base, actor, measure, want, quarter, since, allow, most_costs=1)
    moves = [move for move in _levelled(moves_of(base, runs.actor), levels or {}) if not (alone and move.joint)]
    if not moves:
        raise OptionError(f"{runs.actor} holds no lever alone: leave out --alone")
    rivals = under_models(runs, models, allow)
    runs = rivals[0]
    good_enough = _enough(enough, most_cost, runs)
    every = [*(candidates(runs, moves, futures, allow) if futures or not models else [runs]), *rivals[1:]]
    about = {
        "about": runs.key, "actor": runs.actor, "size": size, "worlds": worlds, "enough": enough,
        "most_cost": most_cost, "optimism": optimism, "moves": [[move.lever, move.value] for move in moves],
        "models": list(models),
    }  # fmt: skip
    header = Header.of("robust", key_of([each.scenario for each in every], **about), begun_by)

    def work(run: Ordered) -> Packages:
        screen = screened(every, moves, jobs, run, progress)
        chosen = screen.futures if futures or models else screen.futures[: FUTURES + 1]
        options = options_of(screen.live, size, base)
        _announce(options, chosen, jobs or cores(), yes, tell)
        units = [runs.gain.unit, *(cost.unit for cost in runs.reads.costs)]
        rules = Rules(optimism=optimism, enough=good_enough, little=tuple(unit_of(each).step for each in units))
        more = _Worlds(chosen, options, jobs, run, progress)
        found = racing.race(more, [len(option) for option in options], rules, most=worlds, least=0.0)
        fresh = max(FRESH, worlds)
        told = confirm(found, more, fresh)
        weak = _weak(found, told, more, chosen[0], range(found.worlds, found.worlds + fresh), rules)
        return Packages(runs, options, chosen, screen, found, told, weak, fresh, started)

    return worked_out(work, out, header, replace)


def _check(futures: Sequence[str], enough: float | None, most_cost: float | None, optimism: float | None) -> None:
    """Refuse what is asked where it is no number, or a future that would count twice."""
    for option, value in (("--enough", enough), ("--most-cost", most_cost)):
        if value is not None and not math.isfinite(value):
            raise OptionError(f"{option} {value}: is not a finite number")
    if optimism is not None and not 0 <= optimism <= 1:
        raise OptionError(f"--optimism {optimism}: is not between 0 and 1")
    for name in futures:
        if futures.count(name) > 1:
            raise OptionError(f"--future {short(name)}: is given twice, and would count twice")


def _shared(base: Scenario, models: Sequence[str], measure: str | None, allow: Collection[str]) -> str:
    """Return the measure of the gain that all models share; the first of the focus where None."""
    families = [base.family, *(each for each in families_of(models, allow, least=1) if each is not base.family)]
    if len(families) < 2:
        raise OptionError(f"--models {short(','.join(models))}: name another model than that of the scenario")
    return asked_of(base, families, [measure] if measure else [])[0]


def _levelled(moves: Sequence[Move], levels: Mapping[str, Sequence[float]]) -> list[Move]:
    """Return moves with named levels of their levers in place of both ends."""
    levers = dict.fromkeys(move.lever for move in moves)
    for lever, values in levels.items():
        if lever not in levers:
            raise OptionError(f"--level {short(lever)}: no lever that it holds{did_you_mean(lever, levers)}")
        if not values or not all(0 <= value <= 1 for value in values):
            raise OptionError(f"--level {lever}: values from 0 to 1, such as {lever}=0.3,0.7")
        if len(set(values)) < len(values):
            raise OptionError(f"--level {lever}: a value is given twice")
    found = []
    for lever in levers:
        ends = {move.value: move for move in moves if move.lever == lever}
        for value in levels.get(lever, ends):
            near = ends[round(value)]
            label = near.label if value in ends else f"{near.label} ({value:g})"
            found.append(replace(near, value=float(value), label=label))
    return found


def _enough(gain: float | None, cost: float | None, runs: Runs) -> Enough | None:
    """Return what is good enough in a world; None where nobody says and the unit has no size that can be seen."""
    if gain is None and cost is None and runs.gain.unit != SD:
        return None
    if cost is not None and not runs.reads.costs:
        raise OptionError(f"--most-cost: {runs.actor} has no cost that is measured here")
    least = (SEEN if runs.gain.unit == SD else 0.0) if gain is None else gain
    return Enough(least, (np.inf if cost is None else cost,) if runs.reads.costs else ())


def _announce(options: Sequence[Option], futures: Sequence[Future], jobs: int, yes: bool, tell: Tell | None) -> None:
    """Tell how long the first look takes at least; OptionError where that is long and nobody said yes."""
    from cordiale.analysis.sweep_cells import duration

    worlds = len(options) * len(futures) * (racing.NAMED + racing.FIRST)
    first = worlds * _seconds(futures[0].runs, options) / jobs
    told = (
        f"{len(options):,} packages in {len(futures)} futures: the first look takes up to {duration(first)}, "
        "less as packages go that gain less than nothing, and the others together up to as long"
    )
    if 2 * first > LONG and not yes:
        raise OptionError(f"{told}: add --yes, or give a smaller --size, --alone or fewer --future")
    if tell is not None:
        tell(told)


def _seconds(runs: Runs, options: Sequence[Option]) -> float:
    """Return how long a world of an option takes in one process; one block is run for it, and nothing of it is kept."""
    task = Task(0, 0, SCREEN, tuple(options[: ROWS // SCREEN]))
    began = time.perf_counter()
    run_task([runs], task)
    return (time.perf_counter() - began) / (len(task.options) * SCREEN)


def _weak(
    found: racing.Race, told: Sequence[Confirmed], more: _Worlds, coded: Future, worlds: range, rules: Rules
) -> dict[int, Search]:
    """Return for the winner by the mean where in the coded ranges it is not good enough; nothing without the extra."""
    from importlib.util import find_spec

    if find_spec("ema_workbench") is None:
        return {}
    winner = next(each.package for each in told)
    gains, costs = more(np.array([winner]), worlds)
    enough = rules.enough or Enough(0.0, (np.inf,) * len(costs))
    good = (gains[0] >= enough.gain) & np.all(
        [cost[0] <= most for cost, most in zip(costs, enough.costs, strict=True)], axis=0
    )
    drawn = [
        draw(future.runs.scenario.ranges, Streams(future.runs.scenario.seed, worlds.start + at * APART, len(worlds)))
        for at, future in enumerate(more.futures)
    ]
    ranges = coded.runs.scenario.ranges
    shared = [path for path in ranges if all(path in each for each in drawn)]  # models have weights of their own
    values = {path: np.concatenate([each[path] for each in drawn]) for path in shared}
    moving = {path: value for path, value in values.items() if np.ptp(value) > 0}
    return {winner: search(moving, ~good.ravel(), gains[0].ravel())}
