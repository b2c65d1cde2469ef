"""The grid of a handout: the levers that scenarios move, each at a few levels, every cell on the same worlds."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from cordiale.case.fields import FIELDS
from cordiale.case.pack import Lever
from cordiale.case.quarters import to_text
from cordiale.files.errors import OptionError, UserError, did_you_mean, short
from cordiale.scenario.layers import Event, Origin, When
from cordiale.scenario.settings import Scenario
from cordiale.scenario.timeline import check_levers
from cordiale.scenario.words import moves

NAMED = 4  # levers that a user may name at most
Course = tuple[tuple[int | None, Event], ...]  # what happens to a lever, and when; None: from the first quarter on


@dataclass(frozen=True)
class Level:
    """One setting of a lever.

    Attributes
    ----------
    course : what it lays on the base; nothing where the lever is as coded
    words : "at 1 from 2019Q3 on"
    title : of the scenario that does this and no more, or what the pack calls it; "" where neither has a name for it
    stated : whether a scenario or the user asks for it; not so of the other end of the scale
    """

    course: Course
    words: str
    title: str = ""
    stated: bool = True


@dataclass(frozen=True)
class Control:
    """A lever with its levels; the first is as coded."""

    name: str
    label: str
    levels: tuple[Level, ...]

    @property
    def least(self) -> Control:
        """The control without the levels that no scenario states."""
        return replace(self, levels=tuple(each for each in self.levels if each.stated))

    def called(self, level: int) -> str:
        """Return what a level is called: a scenario's title, or the lever and its setting."""
        found = self.levels[level]
        return found.title or f"{self.label}: {found.words}"


@dataclass(frozen=True)
class Grid:
    """The product of the controls' levels; cell 0 is the base, the last control turns fastest."""

    base: Scenario
    controls: tuple[Control, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of levels of each control."""
        return tuple(len(control.levels) for control in self.controls)

    @property
    def cells(self) -> int:
        """Number of cells."""
        return math.prod(self.shape)

    def levels(self, cell: int) -> tuple[int, ...]:
        """Return the index of each control's level in a cell."""
        return tuple(int(at) for at in np.unravel_index(cell, self.shape))

    def cell(self, levels: Sequence[int]) -> int:
        """Return the cell of an index of each control's level."""
        return int(np.ravel_multi_index(tuple(levels), self.shape))

    def single(self, control: int, level: int) -> int:
        """Return the cell in which one control is moved and the others are as coded."""
        return self.cell([level if at == control else 0 for at in range(len(self.controls))])

    def scenario(self, cell: int) -> Scenario:
        """Return the scenario of a cell, under a name of its own."""
        chosen = zip(self.controls, self.levels(cell), strict=True)
        found = laid(self.base, {control.name: control.levels[at].course for control, at in chosen})
        return found.copy(name=f"cell_{cell}", title=self.title(cell))

    def title(self, cell: int) -> str:
        """Return what a cell is called: "France joins the Quad + US retrenchment from Asia: at 1"."""
        chosen = zip(self.controls, self.levels(cell), strict=True)
        return " + ".join(control.called(at) for control, at in chosen if at) or "Nothing changed"

    def singles(self) -> list[tuple[int, int]]:
        """Return control and level of each cell that moves one control."""
        return [(at, level) for at, control in enumerate(self.controls) for level in range(1, len(control.levels))]

    def of(self, scenario: Scenario) -> int | None:
        """Return the cell that does what a scenario does; None where the grid has none."""
        found = {name: course_of(scenario, name) for name in scenario.moved}
        levels = []
        for control in self.controls:
            course = found.pop(control.name, ())
            courses = [level.course for level in control.levels]
            if course not in courses:
                return None
            levels.append(courses.index(course))
        return None if found else self.cell(levels)


def course_of(scenario: Scenario, lever: str) -> Course:
    """Return all that a scenario lays on a lever."""
    first = ((None, Event("set", scenario.levers[lever])),) if lever in scenario.levers else ()
    return (*first, *((when.quarter, event) for when, event in scenario.timeline if when.lever == lever))


def laid(base: Scenario, courses: Mapping[str, Course]) -> Scenario:
    """Return a base with the courses of some levers on it."""
    settings, origin = base.settings, Origin("handout")
    for lever, course in courses.items():
        for quarter, event in course:
            if quarter is None:
                settings = settings.with_lever(lever, event.value, origin)
            else:
                settings = settings.with_event(When(quarter, lever), event, origin)
    return base.copy(settings=settings)


def as_coded(scenario: Scenario) -> Scenario:
    """Return a scenario that moves no lever and is otherwise the same."""
    return scenario.copy(settings=replace(scenario.settings, levers={}, events={}))


def controls_of(scenarios: Sequence[Scenario], base: Scenario, named: Sequence[str]) -> list[Control]:
    """Return a control for each lever named, or else for each that a scenario moves.

    Raises OptionError for a lever that the pack lacks or that is named twice, and where there is none.
    """
    known = base.loaded.pack.case.levers
    for at, name in enumerate(named):
        if name not in known:
            hint = did_you_mean(name, known) or "; `cordiale list levers` shows them"
            raise OptionError(f"--lever {short(name)}: no lever of that name{hint}")
        if name in named[:at]:
            raise OptionError(f"--lever {name}: is given twice")
    if len(named) > NAMED:
        raise OptionError(f"--lever: {len(named)} levers, and a class can follow {NAMED} at most: leave some out")
    wanted = list(named) or list(dict.fromkeys(name for scenario in scenarios for name in scenario.moved))
    if not wanted:
        names = " and ".join(f"'{scenario.name}'" for scenario in scenarios[:3])
        verb = "moves" if len(scenarios) == 1 else "move"
        raise OptionError(f"{names} {verb} no lever, so there is nothing to try: add a scenario that does, or --lever")
    if strange := [name for name in wanted if name not in known]:
        raise OptionError(
            f"{short(strange[0])} is no lever of the pack, and a handout varies those: name some with --lever"
        )
    return [_control(scenarios, base, name) for name in wanted]


def _control(scenarios: Sequence[Scenario], base: Scenario, name: str) -> Control:
    lever = base.loaded.pack.case.levers[name]
    stated: dict[Course, str] = {}
    for scenario in scenarios:
        if course := course_of(scenario, name):
            alone = scenario.title if len(scenario.moved) == 1 else ""
            stated[course] = stated.get(course, "") or alone
    stated = stated or {((None, Event("set", 1.0)),): ""}
    levels = [
        Level(course, _words(base, name, course), title or _end(lever, course)) for course, title in stated.items()
    ]
    if len(levels) == 1 and (other := _other_end(base, name, levels[0].course)):
        levels.append(Level(other, _words(base, name, other), _end(lever, other), stated=False))
    first = Level((), "does not happen" if lever.shock else "no change (as coded)")
    return Control(name, lever.label, (first, *levels))


def _words(base: Scenario, name: str, course: Course) -> str:
    return "; ".join(move.how for move in moves(laid(base, {name: course})) if move.what == name)


def _end(lever: Lever, course: Course) -> str:
    """Return what the pack calls an end of a lever's scale to which a course leads; "" elsewhere."""
    at = course[-1][1].value
    return lever.named[int(at)] if lever.named and len(course) == 1 and at in (0, 1) else ""


def _other_end(base: Scenario, name: str, course: Course) -> Course | None:
    """Return the same course to the other end of the lever's scale, where that says something new."""
    lever = base.loaded.pack.case.levers[name]
    fields = [FIELDS.get(base.names.paths[base.names.canonical(path)][0]) for path in lever.moves]
    switch = all(field is not None and field.kind == "hold" for field in fields)
    if lever.shock or switch or len(course) > 1:
        return None
    ((quarter, event),) = course
    end = 0 if event.value >= 0.5 else 1
    if not any(_far(base, path, ends[0], ends[1], end) for path, ends in lever.moves.items()):
        return None
    return ((quarter, event._replace(value=float(end))),)


def _far(base: Scenario, path: str, low: float, high: float, end: int) -> bool:
    """Whether a lever's end lies more than a quarter of its way from what is coded."""
    number = base.numbers.get(base.names.canonical(path))
    coded = number.coded.best if number else 0.0
    return abs((low, high)[end] - coded) > abs(high - low) / 4


# ----------------------------------------------------------------
# Which levers a grid holds: those that fit together, and of many those that move alignment most.


MOST_CELLS = 36
AT_ONCE = 3  # levers of a grid where the user names none


def check(grid: Grid) -> None:
    """Raise OptionError for a grid of too many cells, or of levers that move one number at the same time."""
    if grid.cells > MOST_CELLS:
        sizes = " x ".join(str(size) for size in grid.shape)
        most = max(grid.controls, key=lambda control: len(control.levels))
        raise OptionError(f"{sizes} = {grid.cells} cells, and a handout holds {MOST_CELLS}: give fewer scenarios, or "
                          f"leave out '{most.name}' by naming the others with --lever")  # fmt: skip
    for one, other in combinations(grid.controls, 2):
        if problem := clash(grid.base, one, other):
            raise OptionError(f"{problem}: leave one of them out with --lever")


def clash(base: Scenario, one: Control, other: Control) -> str:
    """Return why two controls cannot stand in one grid: they move one number at the same time; "" where they can."""
    for mine in one.levels:
        for others in other.levels:
            try:
                check_levers(laid(base, {one.name: mine.course, other.name: others.course}))
            except UserError:
                return f"'{one.name}' and '{other.name}' move one number at the same time"
    return ""


def fitted(base: Scenario, controls: Sequence[Control]) -> Grid:
    """Return the grid of controls, without levels that no scenario states where it would be too large."""
    grid = Grid(base, tuple(controls))
    if grid.cells > MOST_CELLS:
        grid = Grid(base, tuple(control.least for control in controls))
    check(grid)
    return grid


def chosen(
    base: Scenario,
    controls: Sequence[Control],
    sizes: Callable[[Sequence[Control]], Sequence[float]],
    named: Collection[str] = (),
) -> tuple[list[Control], list[str]]:
    """Return the controls with the largest effects, in the order given, and why the others are left out.

    Parameters
    ----------
    sizes : gives the largest mean difference of alignment under each control, with its sign
    named : what the user named, which all stays
    """
    if named or len(controls) <= AT_ONCE:
        return list(controls), []
    found = dict(zip((control.name for control in controls), sizes(controls), strict=True))
    kept: list[Control] = []
    out: list[str] = []
    for control in sorted(controls, key=lambda each: -abs(found[each.name])):
        problem = next((text for other in kept if (text := clash(base, control, other))), "")
        if len(kept) < AT_ONCE and not problem:
            kept.append(control)
        else:
            told = f"{control.label} ({found[control.name]:+.4f}".replace("-", "−")
            out.append(f"{told}; {problem})" if problem else f"{told})")
    return [control for control in controls if control in kept], out


def check_alike(scenarios: Sequence[Scenario]) -> None:
    """Raise OptionError for scenarios that cannot share a grid: they differ in more than levers."""
    first = scenarios[0]
    for other in scenarios[1:]:
        same: Collection[tuple[str, object, object]] = (
            ("another horizon", to_text(other.horizon), to_text(first.horizon)),
            ("another coding", other.coding and other.coding.path, first.coding and first.coding.path),
            ("other fixed numbers", other.fixed, first.fixed),
            ("other ranges", other.ranges, first.ranges),
        )
        for what, its, firsts in same:
            if its != firsts:
                raise OptionError(f"'{other.name}' has {what} than '{first.name}': a handout moves levers only")
