"""Where in the coded ranges a condition is met: worlds that draw their own numbers, and boxes of them.

Numbers are screened first (`screened.screen`), boxes are found on two thirds of the worlds (`boxes.candidates`) and
counted on the third that was kept back, so that what is reported was not picked by the same luck.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Unpack

import numpy as np

from cordiale.analysis.prim import (
    FALSE,
    MOST,
    SURE,
    Bounds,
    Counted,
    best,
    candidates,
    count,
    efficient,
    inside,
    screen,
    simplified,
    split,
)
from cordiale.analysis.response import Condition, Mask, Progress, Target, condition_of, target_words
from cordiale.analysis.sobol import matching
from cordiale.engine.pool import Ordered, ordered
from cordiale.engine.sample import blocks
from cordiale.files.errors import OptionError, short
from cordiale.files.extras import require
from cordiale.models.base import Rules
from cordiale.models.parameters import draw
from cordiale.models.random import Array, Streams
from cordiale.scenario.settings import Scenario
from cordiale.scenario.words import label, meaning, third
from cordiale.study.question import Given, How, kept, laid, names_of, question, renamed
from cordiale.study.result import Result, Row

WORLDS = 1000
FEW = 20  # worlds that meet it, or do not, below which no box is sought


@dataclass(frozen=True)
class Box:
    """A box of worlds.

    Attributes
    ----------
    bounds : path -> (low, high), infinite where free
    found : counted on the worlds that found it
    tested : counted on the worlds kept back
    dropped : paths that it restricted at first, and that the worlds kept back did not confirm
    """

    bounds: Bounds
    found: Counted
    tested: Counted
    dropped: tuple[str, ...] = ()

    @property
    def confirmed(self) -> bool:
        """Whether every restriction holds on the worlds kept back."""
        return all(quasi <= SURE for quasi in self.tested.quasi_p.values())


@dataclass(frozen=True)
class Search:
    """What a search over worlds found.

    Attributes
    ----------
    met : (worlds,) bool, which worlds are of interest
    tried : how many numbers were screened
    screened : path -> p-value of those that passed
    boxes : the first box, and further ones among the worlds outside it; the worlds kept back confirm every bound
    refused : paths of bounds that they did not confirm
    outcome : (worlds,) of the condition's measure, where it is known
    tradeoff : boxes that no other exceeds in both coverage and density, from all worlds down
    """

    met: Mask
    tried: int
    screened: dict[str, float]
    boxes: list[Box]
    tradeoff: list[Box]
    refused: list[str]
    outcome: Array | None = None


@dataclass(frozen=True, repr=False)
class Discovery(Result):
    """Where in the coded ranges of a scenario worlds meet a condition.

    Attributes
    ----------
    over : patterns of the numbers that a box might restrict; () for all
    """

    kind = "discover"
    packages = ("ema_workbench",)
    scenario: Scenario
    condition: Condition
    search: Search
    over: tuple[str, ...]

    @property
    def ran(self) -> Sequence[Scenario]:
        """It, and what is subtracted."""
        return self.condition.target.scenarios

    def contents(self) -> dict[str, list[Row]]:
        """Return boxes with their counts, their bounds, the trade-off, and the numbers that passed the screen."""
        found = self.search
        return {
            "boxes": counted_rows(found.boxes), "bounds": box_rows(self.scenario, found),
            "tradeoff": counted_rows(found.tradeoff),
            "screened": [{"path": path, "p": p, "meaning": meaning(self.scenario, path)}
                         for path, p in found.screened.items()],
        }  # fmt: skip

    def sentences(self) -> list[str]:
        """Return what was found, a sentence each."""
        return sentences(self.scenario, self.condition, self.search)

    def facts(self) -> Row:
        """Return the condition, and how many worlds meet it."""
        found, condition = self.search, self.condition
        return {
            "scenario": self.scenario.name, "against": condition.target.against and condition.target.against.name,
            "where": condition.text, "quarter": condition.target.quarter, "worlds": len(found.met),
            "met": int(found.met.sum()), "over": list(self.over), "numbers": found.tried,
        }  # fmt: skip


def search(
    values: Mapping[str, Array], met: Mask, outcome: Array | None = None, *, most: int = 3, density: float | None = None
) -> Search:
    """Search for boxes of worlds that meet a condition more often than the others.

    Parameters
    ----------
    values : path -> (worlds,) what each world drew
    met : (worlds,) bool
    outcome : (worlds,) of what the condition is on, which helps to screen
    most : boxes at most
    density : the least density of a box among the worlds that find it
    """
    if too_few(met):
        return Search(met, len(values), {}, [], [], [], outcome)
    finders, kept = split(len(met))
    mine = {path: value[finders] for path, value in values.items()}
    passed = screen(mine, met[finders], None if outcome is None else outcome[finders])
    hunt = _Hunt({path: mine[path] for path in passed}, {path: values[path][kept] for path in passed}, met, density)
    while passed and len(hunt.boxes) < most and hunt.next():
        pass
    return Search(met, len(values), passed, hunt.boxes, hunt.tradeoff, hunt.refused, outcome)


class _Hunt:
    """Box after box, each among the worlds outside those before it.

    Parameters
    ----------
    mine, theirs : path -> (worlds,) of the worlds that find boxes, and of those kept back
    met : (worlds,) bool of all worlds
    """

    def __init__(
        self, mine: Mapping[str, Array], theirs: Mapping[str, Array], met: Mask, density: float | None
    ) -> None:
        finders, kept = split(len(met))
        self.mine, self.theirs, self.density = mine, theirs, density
        self.met, self.met_kept = met[finders], met[kept]
        self.left = np.ones(len(self.met), dtype=np.bool_)
        self.boxes: list[Box] = []
        self.tradeoff: list[Box] = []
        self.refused: list[str] = []

    def box(self, bounds: Bounds, dropped: Sequence[str] = ()) -> Box:
        """Count a box on both sorts of worlds."""
        counted = count(bounds, self.mine, self.met), count(bounds, self.theirs, self.met_kept)
        return Box(bounds, *counted, tuple(dropped))

    def next(self) -> bool:
        """Find one more box and return whether there is one.

        Bounds that the worlds kept back do not confirm are dropped. That choice is made on the worlds that
        the box is then counted on, so its counts are a little too good where bounds were dropped.
        """
        met = self.met[self.left]
        if min(met.sum(), (~met).sum()) < FEW / 2:
            return False
        values = {path: value[self.left] for path, value in self.mine.items()}
        sought = candidates(values, met)
        shown = [{}, *efficient(sought, self.mine, self.met)]
        self.tradeoff = self.tradeoff or [self.box(bounds) for bounds in shown]
        chosen = best(sought, values, met, self.density)
        if chosen is None:
            return False
        sure = simplified(chosen[0], self.theirs, self.met_kept)
        dropped = [path for path in chosen[0] if path not in sure]
        self.refused += dropped
        if sure:
            self.boxes.append(self.box(sure, dropped))
            self.left &= ~inside(sure, self.mine, len(self.left))
        return bool(sure)


def too_few(met: Mask) -> bool:
    """Return whether too few worlds, or all but too few, meet a condition for a box to be sought."""
    return min(int(met.sum()), int((~met).sum())) < FEW


def sampled(
    target: Target, worlds: int = WORLDS, rules: Rules | None = None, jobs: int | None = 1,
    progress: Progress | None = None, run: Ordered = ordered,
) -> tuple[dict[str, Array], Array]:  # fmt: skip
    """Return what worlds draw, path -> (worlds,), and the target in each, (worlds,)."""
    scenario, found = target.scenario, list[Array]()
    for values in run(_measured, (target, rules), list(blocks(worlds)), jobs, worlds * target.quarters):
        found.append(values)
        if progress is not None:
            progress(sum(map(len, found)), worlds)
    return draw(scenario.ranges, Streams(scenario.seed, 0, worlds)), np.concatenate(found)


def _measured(work: tuple[Target, Rules | None], block: tuple[int, int]) -> Array:
    target, rules = work
    return target.read(target.sampler(rules).worlds(*block))


@renamed(most="boxes")
@question
def discover(
    scenario: Given, where: Annotated[str, "--where", "CONDITION"], worlds: Annotated[int, 60, 200_000] = WORLDS,
    over: Annotated[Sequence[str], "PATH"] = (), *, against: Annotated[Given | None, "SCENARIO"] = None,
    boxes: Annotated[int, 1, 9] = 3, density: Annotated[float | None, 0, 1] = None, **how: Unpack[How],
) -> Discovery:  # fmt: skip
    """Run worlds and search for boxes of a few numbers in which they meet a condition.

    Parameters
    ----------
    scenario : Scenario name or path.
    where : The condition: MEASURE:ENTITY < NUMBER, or with <=, > or >=. ENTITY@2022Q4 is of an earlier quarter.
    worlds : Number of worlds; each has its own numbers.
    over : Only these numbers; * is any part of a path. May be repeated.
    against : Subtract this scenario world by world: the condition is on the difference.
    boxes : Largest number of boxes; a box is a set of ranges.
    density : Least share of a box's worlds in which the condition holds.
    how : as in `study.question.How`

    Raises
    ------
    FileError, StudyError; OptionError, also where no world or every world meets the condition
    """
    require("ema_workbench", "discover", "discover")
    loaded, other = laid(scenario, how, against, worlds)
    condition, allow = condition_of(where, loaded, against=other), how.get("allow") or ()
    rules = loaded.family.rules(loaded.loaded, allowed=allow)

    def work(run: Ordered) -> Discovery:
        wanted = matching(loaded, over) if over else {*loaded.ranges}
        values, outcome = sampled(condition.target, worlds, rules, how.get("jobs", 1), how.get("progress"), run)
        met = condition.met(outcome)
        check_met(condition, outcome, met)
        moving = {path: values[path] for path in loaded.ranges if path in wanted and np.ptp(values[path]) > 0}
        found = search(moving, met, outcome, most=boxes, density=density)
        return Discovery(loaded, condition, found, tuple(over))

    return kept(work, how, *condition.target.scenarios, names=[*names_of(loaded, other), condition.text],
                measure=condition.target.measure, worlds=worlds, allow=list(allow) or None)  # fmt: skip


def check_met(condition: Condition, outcome: Array, met: Mask) -> None:
    """Raise OptionError where there is nothing to tell apart, naming the option and where the values lie."""
    said, worlds = f"--where {short(condition.text)}", len(met)
    low, middle, high = np.quantile(outcome, [0, 0.5, 1])
    lie = f"{condition.target} lies between {low:.3g} and {high:.3g}, its median is {middle:.3g}"
    if not met.any() or met.all():
        raise OptionError(f"{said}: {'every world' if met.any() else 'no world'} of {worlds} meets it; {lie}")


# ----------------------------------------------------------------
# What a search for boxes found, in words and as tables.


def sentences(scenario: Scenario, condition: Condition, search: Search) -> list[str]:
    """Return what was found, a sentence each."""
    about, base = target_words(condition.target), float(search.met.mean())
    passed = len(search.screened)
    most = f", the {MOST} surest at most" if passed == MOST else ""
    head = f"{about[0].upper()}{about[1:]} is {condition.words} in {search.met.sum():,} of {len(search.met):,} worlds"
    if too_few(search.met):
        return [f"{head}: with fewer than {FEW} on one side no box is sought.{_milder(condition, search)}"]
    told = [
        f"{head} ({base:.0%}).",
        f"Of {search.tried:,} drawn numbers {passed} differ between those worlds and the others, or go with the "
        f"measure, beyond what chance explains (at most {FALSE:.0%} false discoveries expected{most}); boxes were "
        "sought in these alone, on two thirds of the worlds, and counted on the third kept back.",
    ]
    told += [_box(scenario, condition, box, at, base) for at, box in enumerate(search.boxes, 1)]
    if not search.boxes:
        names = " and ".join(label(scenario, path) for path in search.refused)
        tried = f"; bounds on {names} were found, and the worlds kept back did not confirm them" if names else ""
        told.append(f"No box tells these worlds from the others{tried}: what decides is spread over many, or is luck.")
    return told


def _milder(condition: Condition, search: Search) -> str:
    """Return what to try where too few worlds meet a condition, or all but too few."""
    if search.outcome is None:
        return ""
    rare = search.met.mean() < 0.5
    part = 0.1 if rare == condition.operator.startswith("<") else 0.9
    number = float(np.quantile(search.outcome, part))
    worlds = int(np.ceil(2 * FEW / min(search.met.mean(), 1 - search.met.mean()) / 100)) * 100
    share = "a tenth" if rare else "nine tenths"
    return (
        f" Next: --worlds {worlds}, or the threshold that {share} of the worlds meet, "
        f"--where '{condition.target.measure} {condition.operator} {number:.3g}'."
    )


def _box(scenario: Scenario, condition: Condition, box: Box, at: int, base: float) -> str:
    counted = box.tested
    often = "mostly" if counted.density >= 0.5 and counted.density > base else "more often"
    where = " and ".join(restriction(scenario, path, *bound) for path, bound in box.bounds.items())
    text = (
        f"Box {at}: {condition.target.name} is {condition.words} {often} where {where}. In these worlds "
        f"{counted.density:.0%} meet it (density), against {base:.0%} of all; they are {counted.mass:.0%} of all "
        f"worlds (mass) and hold {counted.coverage:.0%} of those that meet it (coverage)."
    )
    quasi = max(counted.quasi_p.values())
    text += f" Every bound holds on the worlds kept back (largest quasi-p-value {quasi:.2g})"
    if not box.dropped:
        return text + "."
    weak = " and ".join(label(scenario, path) for path in box.dropped)
    return text + f"; a bound on {weak} did not, and was dropped: with more --worlds it may."


def restriction(scenario: Scenario, path: str, low: float, high: float) -> str:
    """Return a bound in words, and in which third of the coded range it lies."""
    coded = scenario.ranges[path]
    span = f"its coded range {coded.low:g} to {coded.high:g}"
    what = f"{meaning(scenario, path)} [{path}]"
    if np.isfinite(low) and np.isfinite(high):
        return f"{what} is between {low:.3g} and {high:.3g}, within {span}"
    side, value = ("above", low) if np.isfinite(low) else ("below", high)
    return f"{what} is {side} {value:.3g}, in the {third(coded, value)} third of {span}"


def box_rows(scenario: Scenario, search: Search) -> list[dict[str, Any]]:
    """Return a row a box and restriction."""
    rows = []
    for at, box in enumerate(search.boxes, 1):
        for path, (low, high) in box.bounds.items():
            coded = scenario.ranges[path]
            rows.append({
                "box": at, "path": path, "meaning": meaning(scenario, path), "low": _number(low),
                "high": _number(high), "coded_low": coded.low, "coded_best": coded.best, "coded_high": coded.high,
                "quasi_p_found": box.found.quasi_p[path], "quasi_p_kept": box.tested.quasi_p[path],
            })  # fmt: skip
    return rows


def counted_rows(boxes: list[Box]) -> list[dict[str, Any]]:
    """Return a row a box: what it restricts, and its counts on the worlds that found it and on those kept back."""
    rows = []
    for at, box in enumerate(boxes, 1):
        row: dict[str, Any] = {"box": at, "restricted": len(box.bounds), "where": _terse(box.bounds)}
        for name, counted in (("found", box.found), ("kept", box.tested)):
            row |= {
                f"coverage_{name}": counted.coverage, f"density_{name}": _number(counted.density),
                f"mass_{name}": counted.mass, f"worlds_{name}": counted.worlds,
                f"of_interest_{name}": counted.of_interest,
            }  # fmt: skip
        rows.append(row | {"confirmed": box.confirmed})
    return rows


def _terse(bounds: Bounds) -> str:
    parts = []
    for path, (low, high) in bounds.items():
        parts += [f"{path} >= {low:.4g}"] if np.isfinite(low) else []
        parts += [f"{path} <= {high:.4g}"] if np.isfinite(high) else []
    return " and ".join(parts)


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
