"""Packages of moves: which few of a state's moves together are best, by several rules, over futures that are tests."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from typing import Annotated, Unpack

import numpy as np

from cordiale.analysis import race as racing
from cordiale.analysis.confirm import WINNER, Confirmed, confirm
from cordiale.analysis.decision import (
    CVAR,
    HURWICZ,
    MEAN,
    PARETO,
    REGRET,
    SATISFICING,
    WORST_CASE,
    Enough,
    Index,
    Rules,
)
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
from cordiale.engine.pool import Ordered, cores
from cordiale.files.errors import OptionError, did_you_mean, short
from cordiale.models.parameters import draw
from cordiale.models.random import Array, Streams
from cordiale.models.units import SD, SEEN, unit_of
from cordiale.scenario.overrides import names_in
from cordiale.scenario.settings import Scenario
from cordiale.scenario.words import label, third
from cordiale.study.question import Given, How, kept, laid, question, renamed
from cordiale.study.result import Result, Row

WORLDS = 128  # of each future, at the last look
FUTURES = 5  # beside the scenario as coded
FRESH = 256  # worlds of each future that confirm
LONG = 600.0  # seconds from which a search is not begun unasked
Tell = Callable[[str], None]
NAMES = {
    MEAN: "mean over futures (Laplace)", WORST_CASE: "worst future (Wald)", CVAR: "worst tenth of worlds (CVaR)",
    REGRET: "largest regret (Savage)", HURWICZ: "best and worst future weighted (Hurwicz)",
    SATISFICING: "share of worlds good enough (satisficing)", PARETO: "gain and cost (Pareto front)",
}  # fmt: skip
SHOWN = 3  # packages that are named of those that are not told apart


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

    @property
    def scenario(self) -> Scenario:
        """The scenario that packages are laid over."""
        return self.runs.scenario

    def contents(self) -> dict[str, list[Row]]:
        """Return a row a package that is left, a row a choice that was confirmed, and a row a future."""
        return {
            "packages": [self._line(row, int(package)) for row, package in enumerate(self.race.left)],
            "confirmed": [self._confirmed(each) for each in self.confirmed],
            "futures": [*(_future(each, True) for each in self.futures),
                        *(_future(each, False) for each in self.left_out)],
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

    def facts(self) -> Row:
        """Return whose packages they are, what they are to gain, and how many raced."""
        gain = self.runs.gain
        return {
            "actor": self.runs.actor, "gain": gain.measure, "want": gain.want, "quarter": gain.words,
            "raced": len(self.options), "bites": {future.name: future.bite for future in self.futures},
            "worlds": self.race.worlds, "fresh": self.fresh,
            "looks": [[look.worlds, look.packages, look.left] for look in self.race.looks], "in_short": in_short(self),
        }  # fmt: skip

    def sentences(self) -> list[str]:
        """Return what is best by each rule, what is not told apart, the winner's curse, and where the best fails."""
        return _sentences(self)


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
    progress: Callable[[int, int], None] | None

    def __call__(self, packages: Index, worlds: range) -> tuple[Array, Array]:
        """Return gains, (packages, futures, worlds), and the first cost, (costs, packages, futures, worlds)."""
        every = [future.runs for future in self.futures]
        asked = [self.options[package] for package in packages]
        values = run_options(every, [(), *asked], worlds, self.jobs, self.run, self.progress, APART)
        better = every[0].reads.better[:, None] * (values[:, 1:] - values[:, :1])
        return np.swapaxes(better[:, :, 0], 0, 1), -np.moveaxis(better[:, :, 1:], (2, 1), (0, 1))


@renamed(futures="future", levels="level")
@question
def robust(
    actor: Annotated[str, "STATE"], scenario: Annotated[Given, "--scenario"] = "baseline", *,
    size: Annotated[int, 1, 4] = 3, worlds: Annotated[int, 64, 100_000] = WORLDS,
    future: Annotated[Sequence[str], "SCENARIO"] = (), models: Annotated[str | Sequence[str], "NAME,NAME"] = (),
    alone: bool = False, level: Annotated[Mapping[str, Sequence[float]] | Sequence[str], "LEVER=VALUES"] = (),
    enough: float | None = None, most_cost: float | None = None, optimism: Annotated[float | None, 0, 1] = None,
    measure: Annotated[str | None, "MEASURE:ENTITY"] = None, want: str = "more", quarter: str | None = None,
    since: str | None = None, yes: bool = False, tell: Tell | None = None, **how: Unpack[How],
) -> Packages:  # fmt: skip
    """Return which packages of a state's moves may be best, by several rules over several futures.

    Parameters
    ----------
    actor : Code or name of the state that moves.
    scenario : Scenario that packages are laid over, as coded.
    size : Moves of a package at most.
    worlds : Number of worlds of each future, at the last look.
    future : A future. May be repeated. [default: those that change gains most]
    models : Models that are futures too, on a measure that all share, such as opinion.
    alone : Leave out moves that need the consent of others.
    level : Values of a lever, such as 0.3,0.7. May be repeated. [default: 0 and 1]
    enough : Least gain that is good enough. [default: 0.1 SD across dyads]
    most_cost : Most of the first cost that is good enough. [default: any]
    optimism : Weight of the best future in Hurwicz's rule. [default: none]
    measure : What is gained. [default: the headline of the focus]
    want : Whether more or less of it is wanted.
    quarter : Quarter in which the gain is read. [default: the last]
    since : First quarter of the moves. [default: the second]
    yes : Run also if it takes more than ten minutes.
    tell : called with each sentence that is known before the end
    how : as in `study.question.How`

    Raises
    ------
    FileError, StudyError; OptionError, also where more than ten minutes are needed and were not said yes to
    """
    models = names_in(models) if isinstance(models, str) else list(models)
    _check(future, enough, most_cost, optimism)
    base, _ = laid(scenario, how)
    allow, jobs, progress = how.get("allow") or (), how.get("jobs", 1), how.get("progress")
    if models:
        measure = _shared(base, models, measure, allow)
    runs = Runs.of(base, actor, measure, want, quarter, since, allow, most_costs=1)
    moves = [move for move in _levelled(moves_of(base, runs.actor), _values_of(level)) if not (alone and move.joint)]
    if not moves:
        raise OptionError(f"{runs.actor} holds no lever alone: leave out --alone")
    rivals = under_models(runs, models, allow)
    runs = rivals[0]
    good_enough = _enough(enough, most_cost, runs)
    every = [*(candidates(runs, moves, future, allow) if future or not models else [runs]), *rivals[1:]]
    about = {
        "about": runs.key, "actor": runs.actor, "size": size, "worlds": worlds, "enough": enough,
        "most_cost": most_cost, "optimism": optimism, "moves": [[move.lever, move.value] for move in moves],
        "models": models,
    }  # fmt: skip

    def work(run: Ordered) -> Packages:
        screen = screened(every, moves, jobs, run, progress)
        chosen = screen.futures if future or models else screen.futures[: FUTURES + 1]
        options = options_of(screen.live, size, base)
        _announce(options, chosen, jobs or cores(), yes, tell)
        units = [runs.gain.unit, *(cost.unit for cost in runs.reads.costs)]
        rules = Rules(optimism=optimism, enough=good_enough, little=tuple(unit_of(each).step for each in units))
        more = _Worlds(chosen, options, jobs, run, progress)
        found = racing.race(more, [len(option) for option in options], rules, most=worlds, least=0.0)
        fresh = max(FRESH, worlds)
        told = confirm(found, more, fresh)
        weak = _weak(found, told, more, chosen[0], range(found.worlds, found.worlds + fresh), rules)
        return Packages(runs, options, chosen, screen, found, told, weak, fresh)

    return kept(work, how, *(each.scenario for each in every), names=(actor, base.name), **about)


def _values_of(given: Mapping[str, Sequence[float]] | Sequence[str]) -> Mapping[str, Sequence[float]]:
    """Return lever -> values of what is written as LEVER=0.3,0.7."""
    if isinstance(given, Mapping):
        return given
    found: dict[str, list[float]] = {}
    for text in given:
        lever, _, values = text.partition("=")
        if lever in found:
            raise OptionError(f"--level {short(text)}: {lever} is given twice")
        try:
            found[lever] = [float(value) for value in values.split(",")]
        except ValueError:
            raise OptionError(f"--level {short(text)}: write it as LEVER=0.3,0.7") from None
    return found


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
    from cordiale.analysis.sweep_design import duration

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


# ---------------------------------------------------------------- in words


def _sentences(found: Packages) -> list[str]:
    """Return what was found, a sentence each: the winner by each rule, how sure, the cost, and where it fails."""
    winners = [each for each in found.confirmed if each.place == WINNER]
    told = [_searched(found), *_idle(found), *_losing(found), *_winners(found, winners), *_apart(found), *_front(found)]
    return [*told, _curse(winners), *_bites(found), *_models(found), *_fails(found)]


def in_short(found: Packages) -> list[str]:
    """Return of these what is best by each rule, and what the futures change, for a page with little room."""
    return [*_winners(found, [each for each in found.confirmed if each.place == WINNER]), *_bites(found)]


def _winners(found: Packages, winners: Sequence[Confirmed]) -> list[str]:
    """Return a sentence for each package that is best by a rule, or by several."""
    return [
        _winner(found, package, [each for each in winners if each.package == package])
        for package in dict.fromkeys(each.package for each in winners)
    ]


def _searched(found: Packages) -> str:
    race, gain, most = found.race, found.runs.gain, max(map(len, found.options))
    several, futures = "s" * (len(found.futures) != 1), ", ".join(each.name for each in found.futures)
    return (
        f"{race.packages:,} packages of {'one move' if most == 1 else f'up to {most} moves'}, judged by "
        f"{gain.subject} in {gain.words} in {len(found.futures)} future{several} ({futures}): "
        f"{race.unbeaten} may be best by some rule after {race.worlds} worlds of each future."
    )


def _idle(found: Packages) -> list[str]:
    """Return which moves are in no package."""
    if not found.screen.idle:
        return []
    cost = f" or {found.reads.costs[0].said.label}" if found.reads.costs else ""
    return [
        f"In no package, since alone they changed no {found.runs.gain.subject}{cost} in any of "
        f"{found.screen.worlds:,} worlds: {_joined([move.label for move in found.screen.idle])}."
    ]


def _losing(found: Packages) -> list[str]:
    """Return how many packages went since they lose what is to be gained."""
    count = sum(each.short for each in found.race.dropped)
    if not count:
        return []
    return [f"{count:,} of them gain less than doing nothing on the mean over futures: no answers, whatever they cost."]


def _winner(found: Packages, package: int, chosen: Sequence[Confirmed]) -> str:
    gain, cost = chosen[0].gain, chosen[0].costs
    rules = _joined([NAMES[each.rule] for each in chosen])
    consent = found.consent(package)
    price = "" if not cost else f", {_cost(found)} {cost[0].value:+.3f} ({cost[0].low:+.3f} to {cost[0].high:+.3f})"
    return (
        f"Best by {rules}: {found.label(package)}. On {found.fresh} fresh worlds of each future: gain "
        f"{gain.value:+.3f} (95 % {gain.low:+.3f} to {gain.high:+.3f}){price}, regret at most "
        f"{chosen[0].regret.value:.3f}{'; needs the consent of ' + _joined(consent) if consent else ''}."
    )


def _cost(found: Packages) -> str:
    cost = found.reads.costs[0].said
    return cost.label if cost.worse == "more" else f"loss of {cost.label}"


def _apart(found: Packages) -> list[str]:
    """Return by which rules the winner is not told apart from others."""
    told = []
    for rule, packages in found.race.candidates.items():
        if rule == PARETO or len(packages) < 2:
            continue
        some = "; ".join(f"'{found.label(package)}'" for package in packages[1 : 1 + SHOWN])
        more = f" and {len(packages) - 1 - SHOWN} more" if len(packages) > 1 + SHOWN else ""
        told.append(f"By {NAMES[rule]}, the best is not told apart from {some}{more}.")
    return told


def _front(found: Packages) -> list[str]:
    if not found.reads.costs:
        return []
    race = found.race
    rows = {int(package): row for row, package in enumerate(race.left)}
    told = [
        f"'{found.label(package)}' ({gain:+.3f} for {cost:+.3f})"
        for package, gain, cost in (
            (package, race.gains[rows[package]].mean(), race.costs[0, rows[package]].mean())
            for package in race.front[: 2 * SHOWN]
        )
    ]
    more = f" and {len(race.front) - 2 * SHOWN} more" if len(race.front) > 2 * SHOWN else ""
    return [f"No package gains more for less {_cost(found)} than {'; '.join(told)}{more}."]


def _curse(winners: Sequence[Confirmed]) -> str:
    worst = max(winners, key=lambda each: each.curse)
    return (
        f"The race made its winners look better than fresh worlds do by {worst.curse:+.3f} at most "
        f"({NAMES[worst.rule]}): the winner's curse, which the figures above leave out."
    )


def _bites(found: Packages) -> list[str]:
    tests = [each for each in found.futures if each.bite > 0]
    if not tests:
        return ["No future changed what any move gains: this search tested nothing but coding and luck."]
    told = _joined([f"{each.name} ({each.bite:.3f})" for each in tests])
    return [f"By how much a future changes the gain of a single move, on average: {told}."]


def _models(found: Packages) -> list[str]:
    """Return under which other models packages were run, and that their costs are not known."""
    own = found.runs.scenario.model
    others = [each.runs.scenario.model for each in found.futures if each.runs.scenario.model != own]
    if not others:
        return []
    cost = "" if found.reads.costs else ", and no cost is told, since none is measured by all of them"
    return [f"{len(others)} of the futures are other models than {own} ({_joined(others)}){cost}."]


def _fails(found: Packages) -> list[str]:
    told = []
    for package, searched in found.weak.items():
        share = float(searched.met.mean())
        name = f"'{found.label(package)}' is not good enough in {share:.0%} of fresh worlds"
        if not searched.boxes:
            told.append(f"{name}; no range of a few coded numbers tells which.")
        for box in searched.boxes:
            where = _joined([_bound(found, path, *ends) for path, ends in box.bounds.items()])
            told.append(
                f"{name}, and in {box.tested.density:.0%} of those where {where} (which holds "
                f"{box.tested.coverage:.0%} of its failures; counted on worlds that did not choose the ranges)."
            )
    return told


def _bound(found: Packages, path: str, low: float, high: float) -> str:
    """Return "Tokyo's suspicion is above 0.6 (the upper third of its range)"."""
    scenario = found.runs.scenario
    coded = scenario.ranges[path]
    ends = [f"above {low:.3g}" for _ in [0] if low > coded.low] + [
        f"below {high:.3g}" for _ in [0] if high < coded.high
    ]
    middle = (max(low, coded.low) + min(high, coded.high)) / 2
    return f"{label(scenario, path)} is {' and '.join(ends)} (the {third(coded, middle)} third of its range)"


def _joined(texts: Sequence[str]) -> str:
    """Return "A, B and C"."""
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)
