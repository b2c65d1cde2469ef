"""Which levers a grid holds: those that fit together, and of many those that move alignment most."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import combinations

from cordiale.errors import OptionError, UserError
from cordiale.handout.grid import Control, Grid, laid
from cordiale.quarters import to_text
from cordiale.resolved import Scenario
from cordiale.timeline import profiles

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
                profiles(laid(base, mine.course, others.course))
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
