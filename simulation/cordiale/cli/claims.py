"""`cordiale claims`: the article's sentences as tests."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cordiale.cli import app
from cordiale.cli.options import (
    Jobs,
    Json,
    Modules,
    PackName,
    Replace,
    Resume,
    as_options,
    check_out,
    out_option,
    resume_command,
    tell,
    worlds_option,
)
from cordiale.cli.run import progress
from cordiale.files.streams import remark
from cordiale.scenario.overrides import names_in


@app.command(epilog="Example: cordiale claims --only two_plus_two_carries_strategy")
def claims(
    pack: PackName = None,
    only: Annotated[list[str] | None, typer.Option(metavar="ID", help="Only this claim. May be repeated.")] = None,
    worlds: Annotated[int, worlds_option("Each world has its own numbers.", 20)] = 500,
    codings: Annotated[
        int,
        typer.Option(
            min=1,
            max=10_000,
            help="Number of single codings, each with one value of every number; the effect must be as said in 80 % of "
            "them.",
        ),
    ] = 20,
    placebos: Annotated[
        int,
        typer.Option(
            min=2,
            max=10_000,
            help="Number of placebo packs to compare the score with: in turn states' labels, positions or ties are "
            "mixed up.",
        ),
    ] = 102,
    models: Annotated[
        str,
        typer.Option(
            metavar="NAME,NAME", help="Other models under which claims are asked too, on drawn worlds; none for none."
        ),
    ] = "landscape,opinion,bargaining",
    out: Annotated[Path, out_option("Folder of the tables and charts.")] = Path("outputs/claims"),
    replace: Replace = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 1 if a verdict differs from the recorded one.")
    ] = False,
    record: Annotated[
        bool, typer.Option("--record", help="Record the verdicts in the file beside the claims.")
    ] = False,
    jobs: Jobs = None,
    allow_module: Modules = None,
    resume: Resume = None,
    as_json: Json = False,
) -> None:
    """Test the article's causal claims, and compare the score with placebo packs.

    A claim is run without its cause and with it on the same worlds, and its effect counts beyond the margin that the
    claim states. All claims take most of an hour on two cores; a few (--only) with fewer worlds, codings and placebos
    take a minute. A stopped run goes on with --resume.
    """
    options = as_options(locals())
    if resume is not None:
        return resume_command(claims, resume, locals(), jobs=jobs, as_json=as_json)
    from cordiale.analysis.claim_record import changed, recorded
    from cordiale.analysis.claim_record import record as record_verdicts
    from cordiale.analysis.judge import Settings, judge
    from cordiale.case.load import nearest_pack

    if strict or record:
        recorded(nearest_pack(pack), strict)  # a file that cannot be read is told before the run, and not after it
    with progress("parts") as report:
        found = judge(
            pack, only, Settings(worlds, codings, placebos=placebos, models=_models(models)), out=out, replace=replace,
            jobs=jobs, progress=report, begun_by=("claims", options), allow=allow_module or [],
        )  # fmt: skip
    if record:
        remark(f"recorded in {record_verdicts(nearest_pack(pack), found.by_id, found.whole)}")
    tell(found, f"Tables and charts in {out}/ (claims.csv, contrasts.csv, placebos.csv, claims.md, charts/)", as_json)
    if strict and (lines := changed(nearest_pack(pack), found.by_id)):
        for line in lines:
            remark(line)
        raise typer.Exit(1)


def _models(text: str) -> tuple[str, ...]:
    return () if text == "none" else tuple(names_in(text))


@app.command(epilog="Example: cordiale findings --out docs/findings.md --claims outputs/claims")
def findings(
    pack: PackName = None,
    worlds: Annotated[int, worlds_option(least=20)] = 500,
    with_claims: Annotated[Path | None, typer.Option("--claims", help="Folder that `cordiale claims` wrote.")] = None,
    sensitivity: Annotated[Path | None, typer.Option(help="Folder that `cordiale sensitivity` wrote.")] = None,
    out: Annotated[
        Path | None, out_option("File for the page, its charts beside it in figures/. [default: printed]")
    ] = None,
    replace: Replace = False,
) -> None:
    """Write the page of main findings: effects, claims, and what the model cannot tell."""
    from cordiale.output.charts.overview import NAMES
    from cordiale.output.pages.findings import findings_page, save_page

    check_out(out, replace, *(f"figures/{name}.png" for name in NAMES))
    found = findings_page(worlds, with_claims, sensitivity, pack)
    if out is None:
        typer.echo(found.text)
        return
    for path in save_page(found, out, replace):
        typer.echo(str(path))


@app.command(epilog="Example: cordiale answers --record")
def answers(
    pack: PackName = None,
    worlds: Annotated[int, worlds_option(least=20)] = 500,
    record: Annotated[
        bool, typer.Option("--record", help="Keep them beside the scenarios, for page and class.")
    ] = False,
    jobs: Jobs = None,
    allow_module: Modules = None,
    as_json: Json = False,
) -> None:
    """Answer the questions of a pack, which the page and the class show first."""
    from cordiale.analysis.answering import answers_of
    from cordiale.analysis.answers import FILE, keep
    from cordiale.case.load import nearest_pack, scenario_folders, scenario_names
    from cordiale.files.errors import shown
    from cordiale.output.answer.words import sentences
    from cordiale.output.pages.findings import limits
    from cordiale.scenario.load import load_scenario

    folder = nearest_pack(pack)
    told = [str(each) for each in limits(load_scenario(scenario_names(folder)[0], pack=folder))]
    with progress("worlds") as report:
        found = answers_of(folder, worlds, limits=told, jobs=jobs, allow=allow_module or [], progress=report)
    if record:
        place = next(each for each in scenario_folders(folder) if each.is_dir())
        remark(f"recorded in {shown(keep(found, place / FILE))}")
    if as_json:
        typer.echo(found.model_dump_json())
        return
    for answer in found.first:
        said = " ".join("".join(piece.text for piece in sentence) for sentence in sentences(found.pair, answer))
        typer.echo(f"- {answer.ask} {said}")


# ----------------------------------------------------------------
# `cordiale agreement` and `calibrate`: what rests on a coder, and what rests on the record.


@app.command(epilog="Example: cordiale agreement second_coder.csv --out outputs/agreement")
def agreement(
    coding: Annotated[Path, typer.Argument(help="CSV file of another coder: state,issue,value[,low,high][,basis].")],
    pack: PackName = None,
    out: Annotated[Path | None, out_option("Folder for agreement.csv and the chart.")] = None,
    replace: Replace = False,
    allow_module: Modules = None,
    as_json: Json = False,
) -> None:
    """Compare two coders: Krippendorff's alpha, and where they differ."""
    from cordiale.analysis.agreement import agreement as compare

    found = compare(coding, pack, allow=allow_module or [])
    folder = None if out is None else found.save(out, replace)
    tell(found, None if folder is None else f"In {folder}/: agreement.csv, charts/, manifest.json", as_json)


@app.command(epilog="Example: cordiale data --out docs/data-and-article.md")
def data(
    coding: Annotated[
        str, typer.Argument(help="CSV file of another coder's numbers, or the name of a coding of the pack's.")
    ] = "data",
    pack: PackName = None,
    worlds: Annotated[int, worlds_option("Under each of the two codings.", least=8)] = 128,
    out: Annotated[Path | None, out_option("File for the page. [default: printed]")] = None,
    replace: Replace = False,
    allow_module: Modules = None,
) -> None:
    """Write the page that says where public data and a pack part, and what that changes in the findings."""
    from cordiale.analysis.two_codings import two_codings
    from cordiale.files.atomic_write import write_text
    from cordiale.output.pages.two_codings import page

    check_out(out, replace)
    text = page(two_codings(coding, pack, worlds, allow_module or []))
    typer.echo(text if out is None else str(write_text(out, text, replace)))


@app.command(epilog="Example: cordiale calibrate --out docs/calibration.md")
def calibrate(
    pack: PackName = None,
    out: Annotated[Path | None, out_option("File for the page, its charts beside it in figures/.")] = None,
    replace: Replace = False,
    write: Annotated[bool, typer.Option("--write", help="Print the lines that would adopt the numbers.")] = False,
    as_json: Json = False,
) -> None:
    """Set the hazards of agreements and the level of a world by what was signed before the case's start."""
    from cordiale.analysis.calibrate import calibrate as work_out
    from cordiale.analysis.calibrate import yaml_lines
    from cordiale.output.pages.calibration import CHARTS, page, save_page

    check_out(out, replace, *CHARTS)
    found = work_out(pack)
    if out is not None:
        for path in save_page(found, out, replace):
            (remark if as_json else typer.echo)(str(path))
    if as_json:
        tell(found, None, as_json)
    elif write:
        typer.echo("\n".join(f"# {file}\n" + "\n".join(lines) for file, lines in yaml_lines(found).items()))
    elif out is None:
        typer.echo(page(found))
