"""What a search for packages found, in words: what is best and how sure, what it costs, and where it fails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cordiale.analysis.confirm import WINNER, Confirmed
from cordiale.analysis.decision import CVAR, HURWICZ, MEAN, PARETO, REGRET, SATISFICING, WORST_CASE
from cordiale.scenario.words import label, third

if TYPE_CHECKING:
    from cordiale.analysis.packages import Packages

NAMES = {
    MEAN: "mean over futures (Laplace)", WORST_CASE: "worst future (Wald)", CVAR: "worst tenth of worlds (CVaR)",
    REGRET: "largest regret (Savage)", HURWICZ: "best and worst future weighted (Hurwicz)",
    SATISFICING: "share of worlds good enough (satisficing)", PARETO: "gain and cost (Pareto front)",
}  # fmt: skip
SHOWN = 3  # packages that are named of those that are not told apart


def sentences(found: Packages) -> list[str]:
    """Return what was found, a sentence each: the winner by each rule, how sure, the cost, and where it fails."""
    winners = [each for each in found.confirmed if each.place == WINNER]
    told = [_searched(found), *_idle(found), *_losing(found), *_winners(found, winners), *_apart(found), *_front(found)]
    return [*told, _curse(winners), *_bites(found), *_models(found), *_weak(found)]


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


def _weak(found: Packages) -> list[str]:
    told = []
    for package, search in found.weak.items():
        share = float(search.met.mean())
        name = f"'{found.label(package)}' is not good enough in {share:.0%} of fresh worlds"
        if not search.boxes:
            told.append(f"{name}; no range of a few coded numbers tells which.")
        for box in search.boxes:
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
