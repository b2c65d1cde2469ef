"""Run scenarios on the same worlds and write the study; a folder appears only when it is whole."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from cordiale.blocks import BlockResult, Plan, run_block
from cordiale.errors import OptionError
from cordiale.folders import new_folder
from cordiale.layers import Scenario, apply_set, load_scenario
from cordiale.manifest import manifest_of
from cordiale.models.block import Behaviour, behaviours, standards
from cordiale.study import Study
from cordiale.tables import InputRows, MeasureRows, Table

BLOCK = 256  # worlds that live side by side in one process; any number gives the same worlds
Progress = Callable[[int, int], None]


def run(
    scenarios: Sequence[str | Path | Scenario] | str | Path | Scenario,
    *,
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, object] | Sequence[str] = (),
    out: Path | str | None = None,
    replace: bool = False,
    behaviour: Behaviour | None = None,
    allow: Collection[str] = (),
    jobs: int | None = None,
    block: int = BLOCK,
    progress: Progress | None = None,
    finish: Callable[[Study], None] | None = None,
) -> Study:
    """Run scenarios on the same worlds and return the study.

    Parameters
    ----------
    scenarios : names, paths or loaded scenarios
    worlds, seed, set : in place of what the scenarios say
    out : the study's folder; `outputs/<names>` where None
    replace : whether a study that lies there already may go
    behaviour : code -> subclass of State, for states that behave in the user's own way
    allow : modules from which a pack may name behaviours
    jobs : processes; as many as cores where None and the work is long enough to pay
    block : worlds that live side by side; any number gives the same worlds
    progress : called with (worlds done, worlds in all) after each block
    finish : called with the study before its folder appears, to add charts and tables

    Raises
    ------
    FileError, OptionError, StudyError
    """
    extra = dict(set) if isinstance(set, Mapping) else list(set)
    loaded = [
        each.copy() if isinstance(each, Scenario) else load_scenario(each, set=extra) for each in _listed(scenarios)
    ]
    for scenario in loaded:
        _override(scenario, worlds, seed)
    plan = make_plan(loaded, behaviour, allow)
    folder = Path(out) if out is not None else Path("outputs") / "-".join(scenario.name for scenario in loaded)[:120]
    started = time.time()
    with new_folder(folder, replace) as temporary:
        _write(plan, temporary, jobs, block, progress)
        manifest = manifest_of(plan, temporary, started, command=_command())
        (temporary / "manifest.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", "utf-8")
        if finish is not None:
            finish(Study.open(temporary))
    return Study.open(folder)


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


def block_results(plan: Plan, jobs: int | None, block: int) -> Iterator[BlockResult]:
    """Yield the results of all blocks in the order of worlds."""
    if block < 1:
        raise OptionError("--block: at least one world")
    worlds = plan.scenarios[0].worlds
    tasks = [(first, min(block, worlds - first)) for first in range(0, worlds, block)]
    quarters = worlds * sum(scenario.quarters for scenario in plan.scenarios)
    if jobs is None:
        jobs = min(
            len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
            len(tasks),
        )
        jobs = jobs if quarters > 30_000 else 1  # a process starts as slowly as 10,000 world-quarters run
    if jobs <= 1:
        for first, size in tasks:
            yield run_block(plan, first, size)
        return
    context = get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_receive, initargs=(plan,)) as pool:
        yield from pool.map(_run_here, tasks)


_plan: Plan | None = None


def _receive(plan: Plan) -> None:
    global _plan
    _plan = plan


def _run_here(task: tuple[int, int]) -> BlockResult:
    assert _plan is not None
    return run_block(_plan, *task)


def _write(plan: Plan, folder: Path, jobs: int | None, block: int, progress: Progress | None) -> None:
    measures, inputs = MeasureRows(plan), InputRows(plan)
    done, worlds = 0, plan.scenarios[0].worlds
    with (
        Table(folder / "measures.parquet", measures.schema) as values,
        Table(folder / "inputs.parquet", inputs.schema, rows=1024) as drawn,
    ):
        for result in block_results(plan, jobs, block):
            values.add(measures.table(result))
            drawn.add(inputs.table(result))
            done += len(result.values)
            if progress is not None:
                progress(done, worlds)


def _command() -> list[str]:
    return [Path(sys.argv[0]).name, *sys.argv[1:]]
