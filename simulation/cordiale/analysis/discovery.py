"""Where in the coded ranges a condition is met: worlds that draw their own numbers, and boxes of them.

Numbers are screened first (`screened.screen`), boxes are found on two thirds of the worlds (`boxes.candidates`) and
counted on the third that was kept back, so that what is reported was not picked by the same luck.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cordiale.analysis.boxes import SURE, Bounds, Counted, best, candidates, count, efficient, inside, simplified
from cordiale.analysis.evaluate import Progress
from cordiale.analysis.groups import matching
from cordiale.analysis.sample import Sampler, blocks
from cordiale.analysis.screened import screen, split
from cordiale.analysis.target import Condition, Mask
from cordiale.draws import Array, Streams
from cordiale.errors import OptionError, short
from cordiale.models.block import Behaviour
from cordiale.parameters import draw
from cordiale.pool import Ordered, ordered
from cordiale.resolved import Scenario

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
    scenario: Scenario, condition: Condition, worlds: int = WORLDS, behaviour: Behaviour | None = None,
    jobs: int | None = 1, progress: Progress | None = None, run: Ordered = ordered,
) -> tuple[dict[str, Array], Array]:  # fmt: skip
    """Return what worlds draw, path -> (worlds,), and the condition's measure in each, (worlds,)."""
    found: list[Array] = []
    for values in run(_measured, (scenario, condition, behaviour), list(blocks(worlds)), jobs,
                      worlds * scenario.quarters):  # fmt: skip
        found.append(values)
        if progress is not None:
            progress(sum(map(len, found)), worlds)
    return draw(scenario.ranges, Streams(scenario.seed, 0, worlds)), np.concatenate(found)


def _measured(work: tuple[Scenario, Condition, Behaviour | None], block: tuple[int, int]) -> Array:
    scenario, condition, behaviour = work
    sampler = Sampler([scenario], [condition.target.measure], behaviour)
    return condition.target.read(sampler.worlds(*block)[0])


def discover(
    scenario: Scenario, condition: Condition, worlds: int = WORLDS, over: Sequence[str] = (), *, most: int = 3,
    density: float | None = None, behaviour: Behaviour | None = None, jobs: int | None = 1,
    progress: Progress | None = None, run: Ordered = ordered,
) -> Search:  # fmt: skip
    """Run worlds and search for boxes in which they meet a condition.

    Parameters
    ----------
    over : patterns of paths that a box may restrict; all drawn numbers without one
    jobs : processes, None for as many as pay
    run : works through blocks of worlds; a journal's keeps those that are done

    Raises
    ------
    OptionError where no world or every world meets the condition
    """
    wanted = matching(scenario, over) if over else set(scenario.ranges)
    values, outcome = sampled(scenario, condition, worlds, behaviour, jobs, progress, run)
    met = condition.met(outcome)
    check_met(condition, outcome, met)
    moving = {path: values[path] for path in scenario.ranges if path in wanted and np.ptp(values[path]) > 0}
    return search(moving, met, outcome, most=most, density=density)


def check_met(condition: Condition, outcome: Array, met: Mask) -> None:
    """Raise OptionError where there is nothing to tell apart, naming the option and where the values lie."""
    said, worlds = f"--where {short(condition.text)}", len(met)
    low, middle, high = np.quantile(outcome, [0, 0.5, 1])
    lie = f"{condition.target} lies between {low:.3g} and {high:.3g}, its median is {middle:.3g}"
    if not met.any() or met.all():
        raise OptionError(f"{said}: {'every world' if met.any() else 'no world'} of {worlds} meets it; {lie}")
