"""`cordiale moves` and `robust`: what a state can do, what it gains and costs, and which few moves are best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from cordiale.cli import app
from cordiale.cli.options import (
    Folder,
    Jobs,
    Json,
    Model,
    Modules,
    PackName,
    Replace,
    Resume,
    Seed,
    Sets,
    as_options,
    load,
    names_in,
    needed,
    resume_command,
    tell,
    worlds_option,
)
from cordiale.cli.run import progress
from cordiale.files.errors import OptionError, short
from cordiale.files.streams import remark

Actor = Annotated[str | None, typer.Argument(metavar="STATE", help="Code or name of the state that moves.")]
Over = Annotated[str, typer.Option("--scenario", help="Scenario that the moves are laid over.")]
Measure = Annotated[
    str | None,
    typer.Option("--measure", metavar="MEASURE:ENTITY", help="What is gained. [default: the headline of the focus]"),
]
Want = Annotated[str, typer.Option(help="Whether more or less of it is wanted.")]
Quarter = Annotated[str | None, typer.Option(help="Quarter in which the gain is read. [default: the last]")]
Since = Annotated[str | None, typer.Option(help="First quarter of the moves. [default: the second]")]


@app.command(epilog="Example: cordiale moves FRA --worlds 200")
def moves(
    actor: Actor = None,
    worlds: Annotated[int, worlds_option("Each move is run on the same worlds.", 2, 100_000)] = 200,
    scenario: Over = "baseline",
    measure: Measure = None,
    want: Want = "more",
    quarter: Quarter = None,
    since: Since = None,
    seed: Seed = None,
    set_: Sets = None,
    model: Model = None,
    out: Folder = None,
    replace: Replace = False,
    jobs: Jobs = None,
    pack: PackName = None,
    allow_module: Modules = None,
    resume: Resume = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Show what each move of a state gains and costs."""
    options = as_options(locals())
    if resume is not None:
        return resume_command(moves, resume, locals(), jobs=jobs, as_json=as_json)
    from cordiale.analysis.moves import moves as find
    from cordiale.study.result import folder_of

    actor = needed(actor, "a state")
    loaded, _ = load(scenario, None, set_, seed, pack, model, allow_module, worlds)
    folder = out or folder_of("moves", actor, loaded.name)
    with progress("runs") as report:
        found = find(
            actor, loaded, worlds=worlds, measure=measure, want=want, quarter=quarter, since=since,
            allow=allow_module or [], out=folder, replace=replace, jobs=jobs, progress=report,
            begun_by=("moves", options),
        )  # fmt: skip
    tell(found, f"In {folder}/: moves.csv, charts/, manifest.json", as_json, folder=str(folder))


@app.command(epilog="Example: cordiale robust FRA --size 2 --alone --worlds 64")
def robust(
    actor: Actor = None,
    size: Annotated[int, typer.Option(min=1, max=4, help="Moves of a package at most.")] = 3,
    worlds: Annotated[int, worlds_option("Of each future, at the last look.", 64, 100_000)] = 128,
    future: Annotated[
        list[str] | None,
        typer.Option(metavar="SCENARIO", help="A future. May be repeated. [default: those that change gains most]"),
    ] = None,
    models: Annotated[
        str | None,
        typer.Option(
            metavar="NAME,NAME", help="Models that are futures too, on a measure that all share, such as opinion."
        ),
    ] = None,
    alone: Annotated[bool, typer.Option("--alone", help="Leave out moves that need the consent of others.")] = False,
    level: Annotated[
        list[str] | None,
        typer.Option(metavar="LEVER=VALUES", help="Values of a lever, such as 0.3,0.7. May be repeated."),
    ] = None,
    enough: Annotated[
        float | None, typer.Option(help="Least gain that is good enough. [default: 0.1 SD across dyads]")
    ] = None,
    most_cost: Annotated[
        float | None, typer.Option("--most-cost", help="Most of the first cost that is good enough. [default: any]")
    ] = None,
    optimism: Annotated[
        float | None, typer.Option(min=0, max=1, help="Weight of the best future in Hurwicz's rule. [default: none]")
    ] = None,
    scenario: Over = "baseline",
    measure: Measure = None,
    want: Want = "more",
    quarter: Quarter = None,
    since: Since = None,
    yes: Annotated[bool, typer.Option("--yes", help="Run also if it takes more than ten minutes.")] = False,
    seed: Seed = None,
    set_: Sets = None,
    model: Model = None,
    out: Folder = None,
    replace: Replace = False,
    jobs: Jobs = None,
    pack: PackName = None,
    allow_module: Modules = None,
    resume: Resume = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Find the few moves of a state that are best together, by several rules over several futures."""
    options = as_options(locals())
    if resume is not None:
        return resume_command(robust, resume, locals(), jobs=jobs, as_json=as_json)
    from cordiale.analysis.packages import robust as find
    from cordiale.study.result import folder_of

    actor = needed(actor, "a state")
    loaded, _ = load(scenario, None, set_, seed, pack, model, allow_module, worlds)
    folder = out or folder_of("robust", actor, loaded.name)
    with progress("packages") as report:
        found = find(
            actor, loaded, size=size, worlds=worlds, futures=future or [],
            models=names_in(models) if models else [], alone=alone,
            levels=_levels(level or []), enough=enough, most_cost=most_cost, optimism=optimism, measure=measure,
            want=want, quarter=quarter, since=since, allow=allow_module or [], out=folder, replace=replace, jobs=jobs,
            yes=yes, progress=report, begun_by=("robust", options), tell=remark,
        )  # fmt: skip
    tell(found, f"In {folder}/: packages.csv, confirmed.csv, futures.csv, charts/, manifest.json", as_json,
         folder=str(folder))  # fmt: skip


def _levels(given: Sequence[str]) -> dict[str, list[float]]:
    """Return lever -> values of what is written as LEVER=0.3,0.7."""
    found: dict[str, list[float]] = {}
    for text in given:
        lever, _, values = text.partition("=")
        try:
            found[lever] = [float(value) for value in values.split(",")]
        except ValueError:
            raise OptionError(f"--level {short(text)}: write it as LEVER=0.3,0.7") from None
        if lever in list(found)[:-1]:
            raise OptionError(f"--level {short(text)}: {lever} is given twice")
    return found
