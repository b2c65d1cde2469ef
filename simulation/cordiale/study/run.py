"""Run scenarios on the same worlds and write the study; a study appears only when it is whole."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cordiale.engine.block import Plan
from cordiale.engine.pool import ordered, ordered_on
from cordiale.files.atomic_write import user_path
from cordiale.files.errors import OptionError, StudyError, StudyWarning, named_in, shown
from cordiale.files.file_list import RESULT, Written, kind_of
from cordiale.files.remote import is_laid, is_remote, remote, remote_place
from cordiale.models.base import Behaviour
from cordiale.scenario.load import Scenario, load_scenario
from cordiale.scenario.overrides import Pairs, apply_sets, check_said_once, own_sets, sentences_of_sets, with_options
from cordiale.scenario.timeline import check_levers
from cordiale.study.design import NAME as DESIGN
from cordiale.study.design import (
    SOURCES,
    Design,
    design_of,
    files_of,
    plan_of,
    read_design,
    same_version,
    write_design,
)
from cordiale.study.journal import Journal, journal
from cordiale.study.manifest import Done, manifest_of, write_manifest
from cordiale.study.partitions import PART, PartBytes, part_name, run_part
from cordiale.study.study import Study
from cordiale.study.unfinished import Begun, Header, command_line, hidden, interrupted

BLOCK = 256  # worlds that live side by side in one process; any number gives the same worlds
BEGUN = (DESIGN, SOURCES, "codings")  # what a study's folder holds before its first part
Progress = Callable[[int, int], None]
Finish = Callable[[Study], None]
RUN: Begun = ("run", {})


def run(
    scenarios: Sequence[str | Path | Scenario] | str | Path | Scenario,
    *,
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, object] | Sequence[str] = (),
    coding: Path | str | None = None,
    pack: str | None = None,
    model: str | None = None,
    out: Path | str | None = None,
    replace: bool = False,
    behaviour: Behaviour | None = None,
    allow: Collection[str] = (),
    jobs: int | None = None,
    scheduler: str | None = None,
    block: int = BLOCK,
    progress: Progress | None = None,
    finish: Finish | None = None,
    begun_by: Begun = RUN,
    tell: Callable[[str], None] | None = None,
) -> Study:
    """Run scenarios on the same worlds and return the study.

    Parameters
    ----------
    scenarios : names, paths or loaded scenarios
    worlds, seed, set : in place of what the scenarios say; "NAME:path" in `set` is of one scenario
    coding : csv of another coder's numbers, for scenarios that are not loaded yet
    pack : name or folder of the case pack, where the files do not say, for scenarios that are not loaded yet
    model : the family of models, in place of what the files say, for scenarios that are not loaded yet
    out : the study's folder, or an fsspec address; `outputs/<names>`, with the names of coding and model, where None
    replace : whether a study that lies there already may go
    behaviour : code -> subclass of State, for states that behave in the user's own way
    allow : modules from which files may name behaviours, and a family of models
    jobs : processes; None for as many as pay
    scheduler : address of a Dask scheduler, whose workers do the work in place of processes here
    block : worlds that live side by side; any number gives the same worlds
    progress : called with (worlds done, worlds in all) after each block
    finish : called with the study before its folder appears, to add charts and tables
    begun_by : the command, with its options, that resumes the run if it is interrupted
    tell : called with which scenarios each `set` moved, before they are run

    Raises
    ------
    FileError, OptionError, StudyError
    """
    check_said_once(set, worlds=worlds, seed=seed)
    listed = _listed(scenarios)
    loaded = load_together(listed, set, pack=pack, coding=coding, model=model, allow=allow)
    loaded = [with_options(scenario, worlds=worlds, seed=seed) for scenario in loaded]
    plan = make_plan(loaded, behaviour, allow)
    _warn_of_left_out(loaded)
    tell_sets(loaded, set, tell)
    folder = Path("outputs") / _name(loaded, coding, model)
    how = How(jobs, scheduler, block, progress, finish, begun_by)
    design = design_of(plan, command_line())
    if not is_remote(out):
        return _complete(plan, design, user_path(folder if out is None else out), how, replace)
    _run_there(plan, design, str(out), folder, how, replace)
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
    finish: Finish | None = None,
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
    folder, header = interrupted(study)
    begun = hidden(folder) / RESULT
    Written(begun).check_unchanged()
    try:
        design = read_design(begun)
    except StudyError as error:
        doubt = f"type its command again to go on, or delete {shown(hidden(folder))}"
        raise StudyError(f"{error}; {doubt}") from None
    if (reason := same_version(design)) is not None:
        raise StudyError(f"{shown(folder)}: cannot be resumed: {reason}; delete {shown(hidden(folder))} to begin anew")
    plan = plan_of(begun, design, behaviour, allow)
    begun_by = header.command, header.options or {}
    return _complete(plan, design, folder, How(jobs, scheduler, block, progress, finish, begun_by), replace=False)


def _run_there(plan: Plan, design: Design, address: str, folder: Path, how: How, replace: bool) -> None:
    """Run a study here, and lay it at an address; one that was run for it, but not laid there, is taken as it is."""
    if is_laid(folder, address) and _was_for(remote(address), design, address):
        Written(folder).check_ours()
        Written(folder).remove()
        told = f"{address} was whole already: what was left of it in {shown(folder)} is taken away"
        return warnings.warn(told, StudyWarning, stacklevel=3)
    begun = folder if _was_for(folder, design, address) else None
    place = remote_place(address, replace, begun)
    if begun is None and os.path.lexists(folder):
        raise StudyError(f"{shown(folder)} exists, where the study is run before it is laid at {address}: move it away")
    if begun is None:
        begun = _complete(plan, design, folder, how, replace=False).folder  # a study that lies here stays
    else:
        Written(begun).check_ours()
    typed = _names(design.command, address)
    place.upload(begun, "type the same command with --replace to lay it there" if typed else "copy it there")


def _was_for(folder: Path, design: Design, address: str) -> bool:
    """Return whether a whole study lies in a folder that the same work made on its way to an address, or there."""
    if kind_of(folder) != "study" or not _holds(folder, design):
        return False
    return _names(read_design(folder).command, address)


def _names(command: Sequence[str], address: str) -> bool:
    """Return whether a command that was typed has this address as its --out."""
    return address in command or f"--out={address}" in command


@dataclass(frozen=True)
class How:
    """How a study is run, which changes no number: see `run`."""

    jobs: int | None
    scheduler: str | None
    block: int
    progress: Progress | None
    finish: Finish | None
    begun_by: Begun = RUN


def _complete(plan: Plan, design: Design, folder: Path, how: How, replace: bool) -> Study:
    """Run what is not done yet, and give the study its name."""
    if how.block < 1:
        raise OptionError("--block: at least one world")
    started = time.time()
    header = Header.of("run", design.key, how.begun_by)
    with journal(folder, header, replace=replace, unit="worlds", begun=BEGUN) as run:
        files = files_of(plan, design)
        design = design.model_copy(update={"command": run.header.typed})  # what began it, also where it goes on
        if not _holds(run.result, design) or not all((run.result / name).is_file() for name in files):
            write_design(plan, design, run)
        run.list_begun(files)
        parts = _run_parts(plan, run, how)
        run.check_begun()
        write_manifest(manifest_of(plan, design, parts, run.result, started), run)
        if how.finish is not None:
            how.finish(Study.open(run.result))
    return Study.open(folder)


def _holds(folder: Path, design: Design) -> bool:
    """Return whether a design lies in a folder, whole."""
    try:
        return read_design(folder).key == design.key
    except StudyError:
        return False  # the run was stopped while it wrote the design


def _warn_of_left_out(scenarios: Sequence[Scenario]) -> None:
    """Tell once which measures of the files the model does not have."""
    left_out: dict[str, None] = {}
    for scenario in scenarios:
        asked = scenario.settings.measures
        if asked and asked.replaced and asked.origin.layer == f"model {scenario.model}":
            left_out |= dict.fromkeys(name for name in asked.replaced.value if name not in scenario.measures)
    if left_out:
        message = f"the model {scenarios[0].model} has no {', '.join(left_out)}: recorded without"
        warnings.warn(message, StudyWarning, stacklevel=3)


def _name(scenarios: Sequence[Scenario], coding: Path | str | None, model: str | None) -> str:
    names = [scenario.name for scenario in scenarios] + ([Path(coding).stem] if coding is not None else [])
    names += [] if model is None else [model.replace(":", ".")]
    return "-".join(names)[:120].encode()[:200].decode(errors="ignore")  # what file systems hold, in bytes


def name_of(scenario: str | Path | Scenario) -> str:
    """Return what a scenario will be called: "a+b" for several at once."""
    if isinstance(scenario, Scenario):
        return scenario.name
    return (
        "+".join(Path(part).stem for part in str(scenario).split("+")) if isinstance(scenario, str) else scenario.stem
    )


def loaded_with(scenario: str | Path | Scenario, sets: Pairs, **how: Any) -> Scenario:
    """Return a scenario with what is set of it."""
    if not isinstance(scenario, Scenario):
        return load_scenario(scenario, set=sets, **how)
    laid = apply_sets(scenario, sets)
    check_levers(laid)  # refuses levers that move one number at the same time
    return laid


def load_together(
    scenarios: Sequence[str | Path | Scenario], sets: Mapping[str, Any] | Sequence[str] | Pairs,
    beside: Sequence[str | Path | Scenario] = (), **how: Any,
) -> list[Scenario]:  # fmt: skip
    """Return scenarios that are run together, each with what is set of it.

    Parameters
    ----------
    sets : of all that name no scenario, and of one where "NAME:path" does
    beside : what else is run with them, and may be named
    how : pack, coding, model and allow as in `load_scenario`, for what is not loaded yet
    """
    names = [name_of(each) for each in (*scenarios, *beside)]
    return [loaded_with(each, own_sets(sets, name_of(each), names), **how) for each in scenarios]


def tell_sets(
    scenarios: Sequence[Scenario], sets: Mapping[str, Any] | Sequence[str], tell: Callable[[str], None] | None
) -> None:
    """Tell which of several scenarios each `set` moved, if anybody listens."""
    if tell is not None:
        for sentence in sentences_of_sets(scenarios, sets):
            tell(sentence)


def matched(
    scenario: str | Path | Scenario,
    against: str | Path | Scenario | None,
    *,
    set: Mapping[str, object] | Sequence[str] = (),
    seed: int | None = None,
    **how: Any,
) -> tuple[Scenario, Scenario | None]:
    """Return a scenario, and the one that is subtracted from it world by world; None where nothing is.

    Parameters
    ----------
    scenario, against : names, paths or loaded scenarios
    set, seed : of both; "NAME:path" in `set` is of one
    how : pack, coding, model and allow as in `load_scenario`, for what is not loaded yet

    Raises
    ------
    FileError; OptionError, also where the two cannot share worlds, or end in different quarters
    """

    def read(one: str | Path | Scenario, beside: Sequence[str | Path | Scenario]) -> Scenario:
        return with_options(load_together([one], set, beside, **how)[0], seed=seed)

    if against is None:
        return read(scenario, ()), None
    first = read(scenario, [against])
    with named_in("--against", name_of(against)):
        other = read(against, [scenario])
        _check_matched(other, first, "seed", "horizon")
    return first, other


def _listed(
    scenarios: Sequence[str | Path | Scenario] | str | Path | Scenario,
) -> list[str | Path | Scenario]:
    return [scenarios] if isinstance(scenarios, str | Path | Scenario) else list(scenarios)


def make_plan(scenarios: list[Scenario], behaviour: Behaviour | None = None, allow: Collection[str] = ()) -> Plan:
    """Return the plan of a study; OptionError where scenarios cannot share worlds."""
    if not scenarios:
        raise OptionError("no scenario to run")
    first, seen = scenarios[0], {}
    for scenario in scenarios:
        if scenario.name in seen:
            raise OptionError(f"scenario '{scenario.name}' is given twice")
        seen[scenario.name] = scenario
        _check_matched(scenario, first, "seed", "worlds")
    return Plan(scenarios, first.family.rules(first.loaded, behaviour, allow))


def _check_matched(scenario: Scenario, first: Scenario, *same: str) -> None:
    """Raise OptionError where two scenarios are of different models or packs, or differ in one of some settings."""
    if scenario.family is not first.family:
        models = f"{scenario.family.name}, and '{first.name}' of {first.family.name}"
        raise OptionError(f"'{scenario.name}' is of the model {models}: give one with --model")
    if scenario.loaded is not first.loaded:
        raise OptionError(f"'{scenario.name}' is of another case pack than '{first.name}'")
    for what in same:
        if getattr(scenario, what) != getattr(first, what):
            option = "--set horizon=..." if what == "horizon" else f"--{what}"
            raise OptionError(f"'{scenario.name}' has another {what} than '{first.name}': give one with {option}")


def _run_parts(plan: Plan, run: Journal, how: How) -> list[Done]:
    """Run the parts that are not done, and return all of them in the order of their worlds."""
    worlds, quarters = plan.scenarios[0].worlds, sum(scenario.quarters for scenario in plan.scenarios)
    done = {part.first: part for part in _done(run)}
    tasks = [
        (first, min(PART, worlds - first), how.block) for first in range(0, worlds, PART) if first not in done
    ]  # fmt: skip
    if how.scheduler is None:
        parts = ordered(run_part, plan, tasks, how.jobs, quarters * sum(size for _, size, _ in tasks))
    else:
        parts = ordered_on(how.scheduler, run_part, plan, tasks)
    for each in parts:
        done[each.first] = _add(run, each)
        if how.progress is not None:
            how.progress(sum(part.worlds for part in done.values()), worlds)
    if not any(part.kept for part in done.values()):
        run.parts.clear()  # to resume it would give the same
        raise StudyError(f"{shown(run.target)}: a behaviour failed in every world: {done[0].failed[0].fault}")
    return [done[first] for first in sorted(done)]


def _done(run: Journal) -> Iterator[Done]:
    """Yield the parts that were done when the run was interrupted."""
    for part in run.parts.values():
        with suppress(ValueError):  # a line that tells of no part of a study: its worlds are run again
            yield Done.of(part)


def _add(run: Journal, part: PartBytes) -> Done:
    name = part_name(part.first)
    files = {f"{RESULT}/{table}/{name}": data for table, data in part.tables.items()}
    about = {"first": part.first, "worlds": part.worlds, "kept": part.kept}
    return Done.of(run.add(name, files, about | {"failed": [asdict(each) for each in part.failed]}))
