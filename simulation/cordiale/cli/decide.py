"""`cordiale moves`: what a state can do, what it gains and what it costs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cordiale.cli import app
from cordiale.cli.options import (
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
    needed,
    out_option,
    resume_command,
    tell,
    worlds_option,
)
from cordiale.cli.run import progress

Out = Annotated[Path | None, out_option("Folder for table and charts. [default: below outputs/]")]
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
    out: Out = None,
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
    loaded = load(scenario, set_, None, pack, model, allow_module)
    folder = out or folder_of("moves", actor, loaded.name)
    with progress("runs") as report:
        found = find(
            actor, loaded, worlds=worlds, measure=measure, want=want, quarter=quarter, since=since, seed=seed,
            allow=allow_module or [], out=folder, replace=replace, jobs=jobs, progress=report,
            begun_by=("moves", options),
        )  # fmt: skip
    tell(found, f"In {folder}/: moves.csv, charts/, manifest.json", as_json, folder=str(folder))
