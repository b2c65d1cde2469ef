"""Run scenarios on the same worlds and write the study; a folder appears only when it is whole."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path

from cordiale.blocks import BlockResult, Plan, run_block
from cordiale.errors import OptionError
from cordiale.folders import new_folder
from cordiale.layers import Scenario, apply_set, load_scenario
from cordiale.manifest import manifest_of
from cordiale.models.block import Behaviour, behaviours, standards
from cordiale.pool import ordered
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
    coding: Path | str | None = None,
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
    coding : csv of another coder's numbers, for scenarios that are not loaded yet
    out : the study's folder; `outputs/<names>`, and the coding's name, where None
    replace : whether a study that lies there already may go
    behaviour : code -> subclass of State, for states that behave in the user's own way
    allow : modules from which a pack may name behaviours
    jobs : processes; None for as many as pay
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
    folder = Path(out) if out is not None else Path("outputs") / _name(loaded, coding)
    started = time.time()
    with new_folder(folder, replace) as temporary:
        _write(plan, temporary, jobs, block, progress)
        manifest = manifest_of(plan, temporary, started, command=_command())
        (temporary / "manifest.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", "utf-8")
        if finish is not None:
            finish(Study.open(temporary))
    return Study.open(folder)


def _name(scenarios: Sequence[Scenario], coding: Path | str | None) -> str:
    names = [scenario.name for scenario in scenarios] + ([Path(coding).stem] if coding is not None else [])
    return "-".join(names)[:120]


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
    return ordered(_run_task, plan, tasks, jobs, quarters)


def _run_task(plan: Plan, task: tuple[int, int]) -> BlockResult:
    return run_block(plan, *task)


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
