"""`cordiale claims`: the article's sentences as tests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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

if TYPE_CHECKING:
    from cordiale.analysis.calibrate import Calibration


@app.command(epilog="Example: cordiale claims --only two_plus_two_carries_strategy")
def claims(
    pack: PackName = None,
    only: Annotated[list[str] | None, typer.Option(help="Only these claims, by id.")] = None,
    worlds: Annotated[int, worlds_option("Each has its own numbers.", 20)] = 500,
    codings: Annotated[int, typer.Option(min=1, help="Single codings, in most of which the sign must hold.")] = 20,
    placebos: Annotated[int, typer.Option(min=1, help="Number of placebo packs to compare the score with.")] = 10,
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
    """Test the article's causal claims, and compare the score with placebo packs."""
    options = as_options(locals())
    if resume is not None:
        return resume_command(claims, resume, locals(), jobs=jobs, as_json=as_json)
    from cordiale.analysis.judge import Settings, changed, judge, recorded
    from cordiale.analysis.judge import record as record_verdicts
    from cordiale.case.load import nearest_pack

    if strict or record:
        recorded(str(nearest_pack(pack)), strict)  # a file that cannot be read is told before the run, and not after it
    with progress("parts") as report:
        found = judge(
            pack, only, Settings(worlds, codings, placebos=placebos), out=out, replace=replace, jobs=jobs,
            progress=report, begun_by=("claims", options), allow=allow_module or [],
        )  # fmt: skip
    if record:
        remark(f"recorded in {record_verdicts(found)}")
    tell(found, f"Tables and charts in {out}/ (claims.csv, claims.md, charts/)", as_json)
    if strict and (lines := changed(found)):
        for line in lines:
            remark(line)
        raise typer.Exit(1)


@app.command(epilog="Example: cordiale findings --out docs/findings.md --claims outputs/claims")
def findings(
    pack: PackName = None,
    worlds: Annotated[int, worlds_option(least=20)] = 500,
    with_claims: Annotated[Path | None, typer.Option("--claims", help="Folder that `cordiale claims` wrote.")] = None,
    sensitivity: Annotated[Path | None, typer.Option(help="Folder that `cordiale sensitivity` wrote.")] = None,
    out: Annotated[Path | None, out_option("File for the page. [default: printed]")] = None,
    replace: Replace = False,
) -> None:
    """Write the page of main findings: effects, claims, and what the model cannot tell."""
    from cordiale.files.atomic_write import write_text
    from cordiale.output.pages.findings import findings_page

    check_out(out, replace)
    text = findings_page(worlds, with_claims, sensitivity, pack)
    if out is None:
        typer.echo(text)
    else:
        typer.echo(str(write_text(out, text, replace)))


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


CHART = "figures/calibration.png"  # beside the page


@app.command(epilog="Example: cordiale calibrate --out docs/calibration.md")
def calibrate(
    pack: PackName = None,
    worlds: Annotated[int, worlds_option("Each draws weights from the prior.", 100)] = 4000,
    accept: Annotated[float, typer.Option(min=0.001, max=0.5, help="Share of the draws to accept.")] = 0.05,
    sound_worlds: Annotated[int, typer.Option(min=8, help="Worlds of the sound-baseline table.")] = 500,
    out: Annotated[Path | None, out_option("File for the page, its chart beside it in figures/.")] = None,
    replace: Replace = False,
    write: Annotated[bool, typer.Option("--write", help="Print the lines that would adopt the ranges.")] = False,
    jobs: Jobs = None,
    resume: Resume = None,
    as_json: Json = False,
) -> None:
    """Calibrate weights to the agreements that the case's two states signed before its start."""
    options = as_options(locals())
    if resume is not None:
        more = {"replace": True} if replace else {}  # else as it was begun
        return resume_command(calibrate, resume, locals(), jobs=jobs, as_json=as_json, **more)
    from cordiale.analysis.calibrate import calibrated, effect, in_the_model, past_of, yaml_lines
    from cordiale.output.pages.calibration import Settings, page
    from cordiale.study.design import key_of
    from cordiale.study.journal import journal
    from cordiale.study.unfinished import Header

    check_out(out, replace, CHART)
    past = past_of("baseline", pack)
    header = Header.of("calibrate", key_of([past.scenario], worlds=worlds, accept=accept), ("calibrate", options))
    with journal(out or Path("outputs/calibrate"), header, replace=replace, publish=lambda _: None) as run:
        with progress("worlds") as report:
            found = calibrated(past, worlds, accept, report, jobs, run.ordered)
        if as_json:
            tell(found, None, as_json)
        elif write:
            typer.echo("\n".join(yaml_lines(found.posteriors)))
        if out is None and (as_json or write):
            return
        measured = effect(found, past, min(worlds, 1000), sound_worlds, jobs, run.ordered)
        settings = Settings(worlds, accept, sound_worlds)
        text = page(found, measured, settings, in_the_model(past.scenario, found.posteriors))
        if out is None:
            typer.echo(text)
        else:
            for path in _save_page(out, text, found, replace):
                (remark if as_json else typer.echo)(str(path))


def _save_page(out: Path, text: str, calibration: Calibration, replace: bool) -> list[Path]:
    from cordiale.files.atomic_write import write_files
    from cordiale.output.charts.calibrate import figures, source
    from cordiale.output.charts.layout import pictures

    drawn = pictures(figures(calibration)["calibration"](), "calibration", source(calibration))
    files = {out.name: lambda path: path.write_text(text, "utf-8"), CHART: drawn["calibration.png"]}
    return write_files(out.parent, files, replace)
