"""`cordiale sensitivity`, `discover`, `worlds`, `sample-size`, `splits`, `settle`: what moves a measure, and where."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cordiale.cli import app
from cordiale.cli.options import (
    Folder,
    Json,
    RecordedMeasures,
    Replace,
    StudyName,
    out_option,
    print_json,
    tell,
)
from cordiale.cli.tables import say
from cordiale.files.errors import OptionError, short

if TYPE_CHECKING:
    from cordiale.case.public.published import Example


def _where(folder: Path) -> str:
    return f"In {folder}/: tables, charts/, manifest.json"


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
