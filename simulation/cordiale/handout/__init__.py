"""The handout: one HTML file for a class, with a grid of policies run beforehand, that needs nothing but a browser."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from cordiale.errors import OptionError, did_you_mean
from cordiale.handout.cells import SCREENED, Progress, Work, run_cells, trial
from cordiale.handout.choice import check_alike, chosen, fitted
from cordiale.handout.data import Result
from cordiale.handout.document import html
from cordiale.handout.grid import Control, as_coded, controls_of, laid
from cordiale.layers import Scenario, apply_set, load_scenario
from cordiale.models.block import Behaviour
from cordiale.runs import make_plan

__all__ = ["WORLDS", "default_file", "handout", "prepare"]

WORLDS = 200  # of each cell: 36 cells take about a minute on two cores


def handout(
    scenarios: Sequence[str | Path | Scenario],
    *,
    levers: Sequence[str] = (),
    worlds: int = WORLDS,
    dyad: str | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    allow: Collection[str] = (),
    progress: Progress | None = None,
) -> str:
    """Run a grid of the levers that scenarios move and return the page.

    Parameters
    ----------
    scenarios : names, paths or loaded scenarios of one pack, which differ in levers only
    levers : of the grid, four at most; all that the scenarios move where none, or of more than three those
        with the largest effect in a trial
    worlds : of each cell, two at least
    dyad : whose alignment; the case's focus where None
    seed, jobs, allow : as in `run`
    progress : called with (cells done, cells in all)

    Raises
    ------
    FileError, OptionError
    """
    return html(prepare(scenarios, levers, worlds, dyad, seed, jobs, allow, progress))


def default_file(scenarios: Sequence[str]) -> Path:
    """Return `outputs/handout-<names>.html`."""
    names = "-".join(Path(name).stem for name in scenarios)
    return Path("outputs") / f"handout-{names[:100]}.html"


def prepare(
    scenarios: Sequence[str | Path | Scenario],
    levers: Sequence[str],
    worlds: int,
    dyad: str | None,
    seed: int | None,
    jobs: int | None,
    allow: Collection[str],
    progress: Progress | None,
) -> Result:
    """Run the grid; parameters and errors as in `handout`."""
    loaded = [each.copy() if isinstance(each, Scenario) else load_scenario(each) for each in scenarios]
    if worlds < 2:
        raise OptionError(f"--worlds {worlds}: intervals need at least two worlds")
    for scenario in loaded:
        apply_set(scenario, "worlds", worlds, option=f"--worlds {worlds}")
        if seed is not None:
            apply_set(scenario, "seed", seed, option=f"--seed {seed}")
    behaviour = make_plan(loaded, allow=allow).behaviour
    check_alike(loaded)
    base = as_coded(loaded[0])
    pair = _dyad(base, dyad)
    kept, left_out = chosen(base, controls_of(loaded, base, levers), _trial(base, pair, behaviour, jobs, progress),
                            levers)  # fmt: skip
    grid = fitted(base, kept)
    cells = tuple(grid.scenario(cell) for cell in range(grid.cells))
    work = Work(cells, pair, worlds, behaviour)
    command = _command([scenario.name for scenario in loaded], levers, worlds, dyad, base.seed)
    return Result(loaded, grid, run_cells(work, jobs, progress), pair, left_out, command)


def _dyad(base: Scenario, text: str | None) -> str:
    names, focus = base.names, base.loaded.pack.case.focus
    try:
        return names.dyad(text or focus)
    except KeyError:
        hint = did_you_mean(str(text), [f"{a}-{b}" for a in names.states for b in names.states if a != b])
        raise OptionError(f"--dyad: '{text}' is no dyad of this pack{hint}") from None


def _trial(
    base: Scenario, dyad: str, behaviour: Behaviour, jobs: int | None, progress: Progress | None
) -> Callable[[Sequence[Control]], list[float]]:
    """Return what gives the largest mean difference under each of many controls, from a few worlds."""

    def sizes(controls: Sequence[Control]) -> list[float]:
        courses = [(at, level.course) for at, control in enumerate(controls) for level in control.least.levels[1:]]
        scenarios = (base, *(laid(base, course) for _, course in courses))
        found = trial(Work(scenarios, dyad, SCREENED, behaviour), jobs, progress)
        of = [[size for (own, _), size in zip(courses, found, strict=True) if own == at] for at in range(len(controls))]
        return [max(each, key=abs) for each in of]

    return sizes


def _command(names: Sequence[str], levers: Sequence[str], worlds: int, dyad: str | None, seed: int) -> str:
    parts = ["cordiale", "handout", *names]
    parts += [part for lever in levers for part in ("--lever", lever)]
    parts += ["--worlds", str(worlds), "--seed", str(seed), *(["--dyad", dyad] if dyad else [])]
    return shlex.join(parts)
