"""`cordiale verify`, `replay`: whether a study is what it says, and what happened in one of its worlds."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from cordiale.cli import app
from cordiale.cli.run import Json, Modules, progress

StudyName = Annotated[str, typer.Argument(help="Folder of a study, or its name below outputs/.")]


@app.command(epilog="Example: cordiale verify outputs/baseline-france_joins_quad")
def verify(
    study: StudyName,
    worlds: Annotated[int, typer.Option(min=1, help="How many worlds to run again.")] = 16,
    allow_module: Modules = None,
    as_json: Json = False,
) -> None:
    """Hash a study's files, run a sample of its worlds again, and say whether they match; exit 1 where not."""
    from cordiale.study import Study
    from cordiale.verify import verify as check

    with progress("stretches") as report:
        found = check(Study.open(study), worlds, allow=allow_module or [], progress=report)
    if as_json:
        different = {" ".join(key): size for key, size in found.different.items()}
        typer.echo(json.dumps(asdict(found) | {"different": different, "holds": found.holds}, indent=1))
    else:
        for sentence in found.words:
            typer.echo(sentence)
    raise typer.Exit(0 if found.holds else 1)


@app.command(epilog="Example: cordiale replay baseline-france_joins_quad --world 7 --state FRA --state JPN")
def replay(
    study: StudyName,
    world: Annotated[int, typer.Option(min=0, help="Number of the world.")],
    scenario: Annotated[str | None, typer.Option(help="Scenario of the study; the first without it.")] = None,
    states: Annotated[list[str] | None, typer.Option("--state", help="Only what concerns these states.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Proposals that came to nothing, too.")] = False,
    allow_module: Modules = None,
    as_json: Json = False,
) -> None:
    """Tell the story of one world of a study: who proposed what, who agreed, what was signed, who entered."""
    from cordiale.analysis.replay import replay as run_again
    from cordiale.analysis.story import PROPOSAL, START, among
    from cordiale.study import Study

    happenings = run_again(Study.open(study), world, scenario, allow=allow_module or [])
    if states:
        happenings = among(happenings, states)
    if not everything:
        happenings = [each for each in happenings if each.kind != START and (each.kind != PROPOSAL or each.agreed)]
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in happenings], ensure_ascii=False, indent=1))
        return
    for each in happenings:
        typer.echo(f"{each.quarter}  {each.words}")
