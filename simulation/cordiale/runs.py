"""Run scenarios on the same worlds and write the study; a study appears only when it is whole."""

from __future__ import annotations

import os
import sys
import time
import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cordiale.blocks import Plan
from cordiale.cluster import ordered_on
from cordiale.design import NAME as DESIGN
from cordiale.design import Design, design_of
from cordiale.durable import PART
from cordiale.errors import OptionError, StudyError, StudyWarning, shown
from cordiale.layers import Scenario, apply_set, load_scenario
from cordiale.manifest import manifest_of, write_manifest
from cordiale.models.block import Behaviour, behaviours, standards
from cordiale.parts import run_part
from cordiale.pool import ordered
from cordiale.remote import check_free, is_remote, remote, upload
from cordiale.restored import plan_of, read_design, same_version
from cordiale.study import Study
from cordiale.unfinished import Unfinished, hidden, unfinished

BLOCK = 256  # worlds that live side by side in one process; any number gives the same worlds
Progress = Callable[[int, int], None]


def run(
    scenarios: Sequence[str | Path | Scenario] | str | Path | Scenario,
    *,
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, object] | Sequence[str] = (),
    coding: Path | str | None = None,
    out: Path | str | None = None,
    replace: bool = False,
    behaviour: Behaviour | None = None,
    allow: Collection[str] = (),
    jobs: int | None = None,
    scheduler: str | None = None,
    block: int = BLOCK,
    progress: Progress | None = None,
    finish: Callable[[Study], None] | None = None,
) -> Study:
    """Run scenarios on the same worlds and return the study.

    Parameters
    ----------
    scenarios : names, paths or loaded scenarios
    worlds, seed, set : in place of what the scenarios say
    coding : csv of another coder's numbers, for scenarios that are not loaded yet
    out : the study's folder, or an fsspec address; `outputs/<names>`, and the coding's name, where None
    replace : whether a study that lies there already may go
    behaviour : code -> subclass of State, for states that behave in the user's own way
    allow : modules from which a pack may name behaviours
    jobs : processes; None for as many as pay
    scheduler : address of a Dask scheduler, whose workers do the work in place of processes here
    block : worlds that live side by side; any number gives the same worlds
    progress : called with (worlds done, worlds in all) after each block
    finish : called with the study before its folder appears, to add charts and tables

    Raises
    ------
    FileError, OptionError, StudyError
    """
    extra = dict(set) if isinstance(set, Mapping) else list(set)
    loaded = [
        each.copy() if isinstance(each, Scenario) else load_scenario(each, set=extra, coding=coding)
        for each in _listed(scenarios)
    ]
    for scenario in loaded:
        _override(scenario, worlds, seed)
    plan = make_plan(loaded, behaviour, allow)
    folder = Path("outputs") / _name(loaded, coding)
    work = Work(jobs, scheduler, block, progress, finish)
    design = design_of(plan, _command())
    if not is_remote(out):
        return _complete(plan, design, Path(out or folder), work, replace)
    target = remote(str(out))
    check_free(target, replace)
    upload(_complete(plan, design, folder, work, replace=False).folder, target)  # a study that lies here stays
    return Study.open(str(out))


def resume(
    study: Path | str,
    *,
    behaviour: Behaviour | None = None,
    allow: Collection[str] = (),
    jobs: int | None = None,
    scheduler: str | None = None,
    block: int = BLOCK,
    progress: Progress | None = None,
    finish: Callable[[Study], None] | None = None,
) -> Study:
    """Go on with a study that was broken off, and return it: the same bytes as if it had not been.

    Parameters
    ----------
    study : the folder that the study would have had
    behaviour, allow, jobs, scheduler, block, progress, finish : as in `run`

    Raises
    ------
    StudyError where nothing was broken off there, or where this version would give other numbers
    """
    folder = _named(study)
    design = read_design(hidden(folder))
    if (reason := same_version(design)) is not None:
        raise StudyError(f"{shown(folder)}: cannot be gone on with: {reason}")
    plan = plan_of(hidden(folder), design, behaviour, allow)
    return _complete(plan, design, folder, Work(jobs, scheduler, block, progress, finish), replace=True)


def _named(study: Path | str) -> Path:
    """Return where a study that was broken off would lie; StudyError where none was."""
    folder = Path(study)
    for each in (folder, Path("outputs") / folder):
        if os.path.isfile(hidden(each) / DESIGN):
            return each
    if os.path.isfile(folder / "manifest.json"):
        raise StudyError(f"{shown(folder)} is finished: there is nothing to go on with")
    raise StudyError(f"'{study}': no run was broken off there")


@dataclass(frozen=True)
class Work:
    """How the work is done, which changes no number: see `run`."""

    jobs: int | None
    scheduler: str | None
    block: int
    progress: Progress | None
    finish: Callable[[Study], None] | None


def _complete(plan: Plan, design: Design, folder: Path, work: Work, replace: bool) -> Study:
    """Run what is not done yet, and give the study its name."""
    if work.block < 1:
        raise OptionError("--block: at least one world")
    started = time.time()
    with unfinished(folder, plan, design, replace) as run:
        for fault in run.damaged:
            warnings.warn(fault, StudyWarning, stacklevel=3)
        _run_parts(plan, run, work)
        _check_any(run)
        write_manifest(manifest_of(plan, design, run, started), run.folder)
        if work.finish is not None:
            work.finish(Study.open(run.folder))
    return Study.open(folder)


def _name(scenarios: Sequence[Scenario], coding: Path | str | None) -> str:
    names = [scenario.name for scenario in scenarios] + ([Path(coding).stem] if coding is not None else [])
    return "-".join(names)[:120].encode()[:200].decode(errors="ignore")  # what file systems hold, in bytes


def _listed(
    scenarios: Sequence[str | Path | Scenario] | str | Path | Scenario,
) -> list[str | Path | Scenario]:
    return [scenarios] if isinstance(scenarios, str | Path | Scenario) else list(scenarios)


def _override(scenario: Scenario, worlds: int | None, seed: int | None) -> None:
    for name, value in (("worlds", worlds), ("seed", seed)):
        if value is not None:
            apply_set(scenario, name, value, option=f"--{name} {value}")


def make_plan(scenarios: list[Scenario], behaviour: Behaviour | None = None, allow: Collection[str] = ()) -> Plan:
    """Return the plan of a study; OptionError where scenarios cannot share worlds."""
    if not scenarios:
        raise OptionError("no scenario to run")
    first, seen = scenarios[0], {}
    for scenario in scenarios:
        if scenario.name in seen:
            raise OptionError(f"scenario '{scenario.name}' is given twice")
        seen[scenario.name] = scenario
        if scenario.loaded is not first.loaded:
            raise OptionError(f"'{scenario.name}' is of another case pack than '{first.name}'")
        for what in ("seed", "worlds"):
            if getattr(scenario, what) != getattr(first, what):
                message = f"'{scenario.name}' has another {what} than '{first.name}': give one with --{what}"
                raise OptionError(message)
    classes = behaviours(first, behaviour, allow)
    return Plan(scenarios, classes, standards(first, classes))


def _check_any(run: Unfinished) -> None:
    """Raise StudyError where a behaviour failed in every world, and none is left to say anything."""
    if not any(part.kept for part in run.parts.values()):
        failure = run.parts[0].failed[0]
        raise StudyError(f"{shown(run.study)}: a behaviour failed in every world: {failure.fault}")


def _run_parts(plan: Plan, run: Unfinished, work: Work) -> None:
    worlds, quarters = plan.scenarios[0].worlds, sum(scenario.quarters for scenario in plan.scenarios)
    tasks = [
        (first, min(PART, worlds - first), work.block) for first in range(0, worlds, PART) if first not in run.parts
    ]  # fmt: skip
    if work.scheduler is None:
        parts = ordered(run_part, plan, tasks, work.jobs, quarters * sum(size for _, size, _ in tasks))
    else:
        parts = ordered_on(work.scheduler, run_part, plan, tasks)
    for part in parts:
        run.add(part)
        if work.progress is not None:
            work.progress(run.done, worlds)


def _command() -> list[str]:
    program = Path(sys.argv[0])
    return ["cordiale" if program.parts[-2:] == ("cordiale", "__main__.py") else program.name, *sys.argv[1:]]
