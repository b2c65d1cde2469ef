"""`cordiale export`, `odd`, `report`, `handout`, `brief`, `cite`, `page`: results for others to read and use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

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
    StudyName,
    Worlds,
    as_options,
    check_out,
    needed,
    one_pack,
    out_option,
    print_json,
    resume_command,
    tell,
    worlds_option,
)
from cordiale.cli.run import progress
from cordiale.files.extras import install
from cordiale.files.streams import remark


@app.command(epilog="Example: cordiale export baseline-france_joins_quad --format dta")
def export(
    study: StudyName,
    format_: Annotated[str, typer.Option("--format", help="csv, parquet or dta (Stata 14 and later).")] = "csv",
    out: Annotated[Path | None, out_option("Folder. [default: export/<format> in the study's own]")] = None,
    every_world: Annotated[
        bool,
        typer.Option("--every-world/--summary", help="Write every world, or mean, standard deviation and quantiles."),
    ] = False,
    year: Annotated[
        str, typer.Option(help="Value of a year: last (its last quarter) or mean (of its quarters).")
    ] = "last",
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="TABLE", help="Only this table, such as dyads_undirected_yearly. May be repeated."),
    ] = None,
    input_: Annotated[
        list[str] | None,
        typer.Option(
            "--input",
            metavar="PATH",
            help="With --every-world, a drawn number to add to every table. May be repeated.",
        ),
    ] = None,
    pack: Annotated[
        str | None, typer.Option("--pack", help="Take COW codes from this pack. [default: the study's own]")
    ] = None,
    replace: Replace = False,
    allow_module: Modules = None,
    as_json: Json = False,
) -> None:
    """Write a study as dyad-years and state-years with COW codes and a codebook."""
    from cordiale.output.export.write import export as export_study
    from cordiale.study.study import Study

    with progress("export") as report:
        written = export_study(
            Study.open(study), format_, out, every_world=every_world, year=year, only=only or [],
            inputs=input_ or [], pack=pack, replace=replace, allow=allow_module or [], progress=report, tell=remark,
        )  # fmt: skip
    if as_json:
        rows = [{"file": str(each.path), "rows": each.rows, "columns": each.columns, "bytes": each.bytes}
                for each in written]  # fmt: skip
        print_json(rows)
        return
    for each in written:
        typer.echo(f"{each.path}: {each.rows:,} rows, {each.columns} columns, {each.bytes / 1e6:.2f} MB")
    typer.echo(f"What each column is: {written[0].path.parent}/codebook.md")


@app.command(epilog="Example: cordiale odd indo_pacific_2018 diplomacy --out odd.md")
def odd(
    name: Annotated[
        str | None, typer.Argument(metavar="[PACK]", help="Name or folder of the case pack, unless --pack names it.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Argument(metavar="MODEL", help="The model: diplomacy, landscape, opinion, bargaining, or MODULE:NAME."),
    ] = None,
    pack: PackName = None,
    out: Annotated[Path | None, out_option("File for the document. [default: printed]")] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="Write it as PDF, with the equations set.")] = False,
    replace: Replace = False,
    allow_module: Modules = None,
) -> None:
    """Describe model and case by the ODD protocol: rules, parameters, ranges, sources."""
    from cordiale.files.atomic_write import write_bytes, write_text
    from cordiale.files.errors import OptionError
    from cordiale.files.extras import require
    from cordiale.output.odd import odd as odd_of

    if pdf:
        if out is None:
            raise OptionError("--pdf: name the file with --out, such as --out odd.pdf")
        for module in ("typst", "pypandoc"):
            require(module, "odd", "--pdf")
        check_out(out, replace)
    if pack is not None and model is None:
        name, model = None, name
    named = one_pack(name, pack)
    if named is None or model is None:
        raise OptionError("name a case pack and a model: cordiale odd PACK diplomacy")
    text = odd_of(named, model, allow_module or [])
    if pdf and out is not None:
        from cordiale.output.pdf import of_odd as pdf_of

        typer.echo(str(write_bytes(out, pdf_of(text), replace)))
        return
    if out is None:
        typer.echo(text, nl=False)
        return
    typer.echo(str(write_text(out, text, replace)))


# ---------------------------------------------------------------- `cordiale handout`: one offline page for a class


@app.command(epilog="Example: cordiale handout baseline france_joins_quad us_retrenchment")
def handout(
    scenarios: Annotated[list[str], typer.Argument(help="Scenario names or paths, which differ in levers.")],
    lever: Annotated[
        list[str] | None,
        typer.Option(
            "--lever", metavar="NAME", help="A lever to vary. May be repeated. [default: those with the largest effect]"
        ),
    ] = None,
    dyad: Annotated[
        str | None, typer.Option(help="Pair of states to show. [default: the pair that the article is about]")
    ] = None,
    worlds: Annotated[int, worlds_option("Each combination of levels is run in them.")] = 200,
    seed: Seed = None,
    pack: PackName = None,
    model: Model = None,
    out: Annotated[Path | None, out_option("The file. [default: outputs/handout-<names>.html]")] = None,
    replace: Replace = False,
    jobs: Jobs = None,
    allow_module: Modules = None,
) -> None:
    """Write one HTML file for a class, to try policies and answer questions offline."""
    from cordiale.files.atomic_write import write_text
    from cordiale.output.handout.build import default_file, html, prepare
    from cordiale.output.handout.cells import SCREENED

    file = out or default_file(scenarios)
    check_out(file, replace)
    with progress("cells") as report:
        made = prepare(scenarios, lever or [], worlds, dyad, seed, jobs, model, allow_module or [], pack, report)
    page = html(made)
    write_text(file, page, replace)
    labels = "; ".join(f"{control.label} ({len(control.levels)})" for control in made.grid.controls)
    typer.echo(f"Handout of {made.grid.cells} cells, each of the same {worlds} worlds, in {file} ({_size(page)})")
    typer.echo(f"  levers and their settings: {labels}")
    if made.left_out:
        typer.echo(f"  left out, with their effect in a trial of {SCREENED} worlds: {'; '.join(made.left_out)}")
        typer.echo("  choose others with --lever NAME")


def _size(page: str) -> str:
    return f"{len(page.encode()) / 1e6:.2f} MB"


# ---------------------------------------------------------------- `cordiale report`: a study as one HTML file


@app.command(epilog="Example: cordiale report outputs/baseline-france_joins_quad")
def report(
    study: StudyName,
    out: Annotated[Path | None, out_option("The file. [default: report.html in the study's folder]")] = None,
    replace: Replace = False,
    claims: Annotated[Path | None, typer.Option(help="Folder that `cordiale claims` wrote.")] = None,
    sensitivity: Annotated[Path | None, typer.Option(help="Folder that `cordiale sensitivity` wrote.")] = None,
    allow_module: Modules = None,
) -> None:
    """Write a study as one HTML file to read, print and send."""
    from cordiale.output.report.page import report as write

    path = write(study, out, replace=replace, claims=claims, sensitivity=sensitivity, allow=allow_module or [])
    typer.echo(f"{path} ({path.stat().st_size / 1e6:.1f} MB)")


# ---------------------------------------------------------------- `cordiale brief`: a question on two pages


def _kept(command: str) -> Any:
    return typer.Option(f"--{command}", parser=Path, metavar="FOLDER", help=f"Folder that `cordiale {command}` wrote.")


@app.command(
    epilog='Example: cordiale brief "Should France join the Quad?" baseline france_joins_quad dual_use_stopped'
)
def brief(
    question: Annotated[str | None, typer.Argument(help="A question of at most 160 signs, in quotes.")] = None,
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(
            help="What is asked, and other options, held against the baseline or whatever they extend, which may stand "
            "first; or one study by its folder or name."
        ),
    ] = None,
    sensitivity: Annotated[Path | None, _kept("sensitivity")] = None,
    robust: Annotated[Path | None, _kept("robust")] = None,
    moves: Annotated[Path | None, _kept("moves")] = None,
    claims: Annotated[Path | None, _kept("claims")] = None,
    causes: Annotated[Path | None, _kept("causes")] = None,
    rival: Annotated[
        str | None, typer.Option(metavar="STUDY", help="A study of the same pack that was run with another --model.")
    ] = None,
    pdf: Annotated[
        bool | None, typer.Option("--pdf/--no-pdf", help="Write a PDF too. [default: if Typst is installed]")
    ] = None,
    worlds: Worlds = None,
    seed: Seed = None,
    set_: Sets = None,
    pack: PackName = None,
    model: Model = None,
    out: Annotated[Path | None, out_option("Folder. [default: the study's own, or outputs/brief-<names>]")] = None,
    replace: Replace = False,
    jobs: Jobs = None,
    allow_module: Modules = None,
    resume: Resume = None,
    as_json: Json = False,
) -> None:
    """Answer a question on two printed pages: options with gain and cost, why, and what would change the answer."""
    options = as_options(locals())
    if resume is not None:
        return resume_command(brief, resume, locals(), jobs=jobs, as_json=as_json)
    from cordiale.analysis.brief import brief as make
    from cordiale.study.study import Study, is_study

    question, scenarios = needed(question, "a question"), needed(scenarios, "the scenarios")
    given = {"sensitivity": sensitivity, "robust": robust, "moves": moves, "claims": claims, "causes": causes,
             "rival": rival}  # fmt: skip
    found: dict[str, Path | str] = {kind: folder for kind, folder in given.items() if folder is not None}
    study = Study.open(scenarios[0]) if len(scenarios) == 1 and is_study(scenarios[0]) else None
    with progress("worlds") as report:
        made = make(
            question, study or scenarios, found=found, pdf=pdf, worlds=worlds, seed=seed, set=set_ or [], pack=pack,
            model=model, out=out, replace=replace, jobs=jobs, allow=allow_module or [], progress=report,
            begun_by=("brief", options), tell=remark,
        )  # fmt: skip
    if study is not None and out is None:
        made.lay_beside(study.here, replace)
    elif study is not None:
        made.save(out or study.here, replace)
    folder = made.study.folder if study is None or out is None else out
    files = f"brief.html{', brief.pdf' if made.pdf else ''}, annex.html (sources), options.csv, parts.csv"
    tell(made, f"In {folder}/: {files}", as_json)
    if not made.pdf and pdf is None:
        remark(f"no PDF was written, since Typst is not installed: {install('print')}; or print brief.html")


# ---------------------------------------------------------------- `cordiale cite`: a methods paragraph


@app.command(epilog="Example: cordiale cite outputs/baseline-france_joins_quad")
def cite(
    study: StudyName,
    out: Annotated[Path | None, out_option("File for the text. [default: printed]")] = None,
    replace: Replace = False,
) -> None:
    """Write a methods paragraph for a paper, and what to cite, from a study's manifest."""
    from cordiale.files.atomic_write import write_text
    from cordiale.output.pages.cite import methods
    from cordiale.study.study import Study

    text = methods(Study.open(study))
    if out is None:
        typer.echo(text, nl=False)
        return
    typer.echo(str(write_text(out, text, replace)))


# ---------------------------------------------------------------- `cordiale page`: the interactive page


@app.command(epilog="Example: cordiale page quad")
def page(
    question: Annotated[
        str, typer.Argument(help="Question or scenario that is shown first. [default: the pack's first question]")
    ] = "",
    pack: PackName = None,
    host: Annotated[
        str, typer.Option(help="Address of the server; 0.0.0.0 lets other machines reach it.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the server.")] = 8501,
    open_: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
) -> None:
    """Start the interactive page: questions with their answers, what they cost, and how sure they are."""
    from cordiale.page.server import serve

    serve(host, port, pack, question, open_browser=open_)


@app.command("class", epilog="Example: cordiale class --questions quad,ships")
def class_(
    questions: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME,NAME", help="Questions that are asked, in order. [default: the pack's first three]"),
    ] = None,
    game: Annotated[bool, typer.Option("--game/--no-game", help="Let teams play states at the end.")] = True,
    pack: PackName = None,
    host: Annotated[str, typer.Option(help="Address of the server; by default all of this machine's.")] = "0.0.0.0",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the server.")] = 8501,
    open_: Annotated[bool, typer.Option("--open", help="Open the teacher's screen in a browser.")] = False,
) -> None:
    """Start a class: a screen for the projector, and phones in the same network that guess before they see."""
    from cordiale.page.server import serve_class

    names = [name.strip() for text in questions or [] for name in text.split(",") if name.strip()]
    serve_class(host, port, pack, names, game=game, open_browser=open_)
