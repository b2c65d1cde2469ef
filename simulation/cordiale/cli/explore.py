"""`cordiale sensitivity`, `discover`, `worlds`, `sample-size`, `splits`, `settle`: what moves a measure, and where."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cordiale.cli import app
from cordiale.cli.options import (
    MEASURE,
    Against,
    Folder,
    Jobs,
    Json,
    Model,
    Modules,
    PackName,
    RecordedMeasures,
    Replace,
    Resume,
    ScenarioName,
    Seed,
    Sets,
    StudyName,
    as_options,
    load,
    names_of,
    needed,
    out_option,
    print_json,
    resume_command,
    tell,
    worlds_option,
)
from cordiale.cli.run import progress
from cordiale.cli.tables import say
from cordiale.files.errors import OptionError, short

if TYPE_CHECKING:
    from cordiale.case.public.published import Example

Over = Annotated[
    list[str] | None,
    typer.Option(metavar="PATH", help="Only these numbers; * is any part of a path. May be repeated."),
]


def _where(folder: Path) -> str:
    return f"In {folder}/: tables, charts/, manifest.json"


@app.command(epilog="Example: cordiale sensitivity baseline --measure alignment:FRA-JPN --method morris")
def sensitivity(
    scenario: ScenarioName = None,
    measure: Annotated[
        str | None,
        typer.Option(metavar="MEASURE:ENTITY", help=f"{MEASURE} Add @2022Q4 for an earlier quarter."),
    ] = None,
    against: Against = None,
    method: Annotated[str, typer.Option(help="sobol (shares of the variance) or morris (screening).")] = "sobol",
    group: Annotated[
        str | None, typer.Option(help="How numbers are grouped: focus, fields, states or weights. [default: focus]")
    ] = None,
    over: Over = None,
    samples: Annotated[
        int | None,
        typer.Option(
            min=1, max=1 << 20,
            help="sobol: N, a power of two, for N x (groups + 2) rows [default: 256]; "
            "morris: r trajectories, for r x (groups + 1) rows [default: 40].",
        ),
    ] = None,
    luck: Annotated[int, typer.Option(min=1, max=1000, help="Number of worlds averaged for each row.")] = 4,
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
    """Show which uncertain numbers move a measure, and the shares of coding and chance."""
    options = as_options(locals())
    if resume is not None:
        return resume_command(sensitivity, resume, locals(), jobs=jobs, as_json=as_json)
    from cordiale.analysis.sensitivity import sensitivity as analyse
    from cordiale.study.result import folder_of

    scenario, measure = needed(scenario, "a scenario"), needed(measure, "what is measured with --measure")
    loaded, other = load(scenario, against, set_, seed, pack, model, allow_module)
    folder = out or folder_of("sensitivity", method, *names_of(loaded, other), measure)
    with progress("rows") as report:
        found = analyse(
            loaded, measure, method, against=other, group=group, over=over or [], samples=samples, luck=luck,
            allow=allow_module or [], out=folder, replace=replace, jobs=jobs, progress=report,
            begun_by=("sensitivity", options),
        )  # fmt: skip
    tell(found, _where(folder), as_json, folder=str(folder))


@app.command(epilog="Example: cordiale discover baseline --where 'alignment:FRA-JPN < 3'")
def discover(
    scenario: ScenarioName = None,
    where: Annotated[
        str | None,
        typer.Option(
            metavar="CONDITION",
            help="The condition: MEASURE:ENTITY < NUMBER, or with <=, > or >=. ENTITY@2022Q4 is of an earlier quarter.",
        ),
    ] = None,
    against: Against = None,
    worlds: Annotated[int, worlds_option("Each world has its own numbers.", 60, 200_000)] = 1000,
    over: Over = None,
    boxes: Annotated[int, typer.Option(min=1, max=9, help="Largest number of boxes; a box is a set of ranges.")] = 3,
    density: Annotated[
        float | None, typer.Option(min=0, max=1, help="Least share of a box's worlds in which the condition holds.")
    ] = None,
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
) -> None:
    """Find the ranges of a few numbers in which a condition holds (scenario discovery)."""
    options = as_options(locals())
    if resume is not None:
        return resume_command(discover, resume, locals(), jobs=jobs, as_json=as_json)
    from cordiale.analysis.discover import discover as search
    from cordiale.analysis.response import condition_of
    from cordiale.study.result import folder_of

    scenario, where = needed(scenario, "a scenario"), needed(where, "a condition with --where")
    loaded, other = load(scenario, against, set_, seed, pack, model, allow_module, worlds)
    folder = out or folder_of("discover", *names_of(loaded, other), condition_of(where, loaded, against=other).text)
    with progress("worlds") as report:
        found = search(
            loaded, where, worlds, over or [], against=other, most=boxes, density=density, allow=allow_module or [],
            out=folder, replace=replace, jobs=jobs, progress=report, begun_by=("discover", options),
        )  # fmt: skip
    tell(found, _where(folder), as_json, folder=str(folder))


@app.command(epilog="Example: cordiale worlds outputs/baseline-france_joins_quad --where 'ladder:FRA-JPN >= 5'")
def worlds(
    study: StudyName,
    where: Annotated[
        list[str],
        typer.Option(
            metavar="CONDITION",
            help="MEASURE:ENTITY >= NUMBER, or with <=, >, < or ==. May be repeated: all must be met.",
        ),
    ],
    scenario: Annotated[str | None, typer.Option(help="Scenario of the study. [default: the first]")] = None,
    as_json: Json = False,
) -> None:
    """List the worlds of a study in which a measure reaches a value in any quarter."""
    from cordiale.study.study import Study
    from cordiale.study.worlds import worlds_where

    found = worlds_where(Study.open(study), where, scenario)
    if as_json:
        print_json(found.record())
        return
    for sentence in found.sentences():
        say(sentence)


@app.command("sample-size", epilog="Example: cordiale sample-size outputs/baseline-france_joins_quad --error 0.005")
def sample_size(
    study: StudyName,
    measure: RecordedMeasures = None,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="SCENARIO",
            help="Ask for the difference of the other scenarios to this one of the study, world by world.",
        ),
    ] = None,
    error: Annotated[
        float | None,
        typer.Option(help="Standard error to reach. [default: a hundredth of the measure's scale]"),
    ] = None,
    out: Folder = None,
    replace: Replace = False,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Show how many worlds each measure of a study needs."""
    from cordiale.analysis.sample_size import sample_size as needed_worlds
    from cordiale.study.result import folder_of

    found = needed_worlds(study, measure, error, against)
    name = found.study.folder.name
    folder = found.save(out or folder_of("sample-size", name, *(["against", against] if against else [])), replace)
    tell(found, _where(folder), as_json, folder=str(folder))


@app.command(epilog="Example: cordiale splits --example isis")
def splits(
    propensity: Annotated[
        Path | None, typer.Argument(help="CSV file with a column 'actor' and a column for each actor.")
    ] = None,
    sizes: Annotated[Path | None, typer.Option(help="CSV file with the columns 'actor' and 'size'.")] = None,
    centre: Annotated[
        float | None, typer.Option(help="Middle of the scale, such as 3 for 1 to 5. [default: 0, for -1 to 1]")
    ] = None,
    example: Annotated[
        str | None, typer.Option(metavar="NAME", help="A published case in place of files: unix or isis.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List the stable divisions of actors into two sides (landscape theory; at most 20)."""
    from cordiale.analysis.splits import splits as find

    head = None
    if example is not None:
        shipped = _example(example, "splits", propensity, sizes)
        propensity, sizes, head = *shipped.paths[:2], shipped.says
        centre = shipped.centre if centre is None else centre
    if propensity is None or sizes is None:
        raise OptionError("name a file of propensities and one of --sizes, or a published case with --example")
    tell(find(propensity, sizes, centre), head, as_json, **({} if example is None else {"example": example}))


def _example(name: str, command: str, *files: Path | None) -> Example:
    """Return the published case that stands in place of files; OptionError where files are named too."""
    from cordiale.case.public.published import example

    if any(file is not None for file in files):
        raise OptionError(f"--example {short(name)} has files of its own: name no other")
    return example(name, command)


@app.command(epilog="Example: cordiale settle issues.csv --rule all --out outputs/settled")
def settle(
    issues: Annotated[
        Path | None,
        typer.Argument(
            help="CSV file with the columns issue, actor, position, salience, capability, and outcome where known."
        ),
    ] = None,
    rule: Annotated[
        str, typer.Option(help="mean or median by weight, challenge (bargaining by expected utility), or all.")
    ] = "all",
    rounds: Annotated[int, typer.Option(min=1, max=1000, help="Rounds of bargaining that are played.")] = 10,
    example: Annotated[
        str | None, typer.Option(metavar="NAME", help="A published case in place of a file: emission.")
    ] = None,
    out: Annotated[Path | None, out_option("Folder for tables and the chart. [default: none is written]")] = None,
    replace: Replace = False,
    as_json: Json = False,
) -> None:
    """Show where actors settle on issues, by weight or by bargaining, and which rule comes nearest to outcomes."""
    from cordiale.analysis.settle import settle as find

    said = []
    if example is not None:
        shipped = _example(example, "settle", issues)
        issues, said = shipped.paths[0], [shipped.says]
    if issues is None:
        raise OptionError("name a file of issues, or a published case with --example")
    found = find(issues, rule, rounds)
    said += [] if out is None else [_where(found.save(out, replace))]
    before = {"example": example, "folder": None if out is None else str(out)}
    tell(found, "\n".join(said) or None, as_json, **{name: each for name, each in before.items() if each is not None})
