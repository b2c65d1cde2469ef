"""`cordiale run`, `chart`, `show`: studies."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cordiale.cli import app
from cordiale.cli.options import (
    CodingFile,
    Jobs,
    Json,
    Model,
    Modules,
    PackName,
    RecordedMeasures,
    Replace,
    Resume,
    Seed,
    Sets,
    StudyName,
    Worlds,
    as_options,
    out_option,
    print_json,
    tell,
)
from cordiale.cli.tables import say, table
from cordiale.files.streams import remark

if TYPE_CHECKING:
    from cordiale.study.study import Study

Names = Annotated[
    list[str] | None, typer.Argument(help="Scenario names or paths; the others are compared with the first.")
]


@app.command(epilog="Example: cordiale run baseline france_joins_quad --worlds 200")
def run(
    scenarios: Names = None,
    worlds: Worlds = None,
    seed: Seed = None,
    set_: Sets = None,
    coding: CodingFile = None,
    pack: PackName = None,
    model: Model = None,
    out: Annotated[str | None, typer.Option(help="Folder or address of the study. [default: outputs/<names>]")] = None,
    replace: Replace = False,
    resume: Resume = None,
    charts: Annotated[bool, typer.Option(help="Draw charts and write the summary table.")] = True,
    jobs: Jobs = None,
    executor: Annotated[str, typer.Option(help="Where worlds are run: local, or dask (with --scheduler).")] = "local",
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler: tcp://host:8786.")] = None,
    block: Annotated[
        int, typer.Option(min=1, help="Number of worlds that are run at once; it does not change results.")
    ] = 256,
    allow_module: Modules = None,
    as_json: Json = False,
) -> None:
    """Run scenarios on the same worlds and write a study: findings, tables and charts."""
    options = as_options(locals())
    from cordiale.files.errors import OptionError
    from cordiale.study.run import resume as resume_study
    from cordiale.study.run import run as run_study
    from cordiale.study.unfinished import interrupted

    if out is not None and out.lower().startswith("memory:"):
        raise OptionError(
            f"--out {out}: what lies in memory is gone when the command has ended: choose another address"
        )
    where = _scheduler(executor, scheduler)
    if resume is not None:
        target, header = interrupted(resume, "run")
        charts = charts and (header.options or {}).get("charts", True)
    with progress("worlds") as report:
        how: Any = {
            "jobs": jobs, "scheduler": where, "block": block, "allow": allow_module or [], "progress": report,
            "finish": (lambda unfinished: _finish(unfinished, report)) if charts else None,
        }  # fmt: skip
        if resume is not None:
            if scenarios or set_ or coding or pack or model or out or replace or worlds is not None or seed is not None:
                raise OptionError(
                    "--resume goes on with a study as it was begun: give no scenario and no --set, --out, ..."
                )
            study = resume_study(target, **how)
        else:
            study = run_study(
                scenarios or [], worlds=worlds, seed=seed, set=set_ or [], coding=coding, pack=pack, model=model,
                out=out, replace=replace,
                begun_by=("run", options), tell=remark, **how,
            )  # fmt: skip
    head = f"Study of {study.worlds} worlds in {study.folder}/"
    if charts:
        drawn = f"{study.folder}/charts/" if (study.folder / "charts").exists() else "none for what is recorded"
        head += f"\n  charts: {drawn}   table: {study.folder}/summary.csv"
    tell(study, head, as_json)


def _scheduler(executor: str, address: str | None) -> str | None:
    """Return where the work is done; None for here. OptionError where the two options do not go together."""
    from cordiale.files.errors import OptionError, did_you_mean

    if executor not in ("local", "dask"):
        raise OptionError(f"--executor {executor}: it is local or dask{did_you_mean(executor, ('local', 'dask'))}")
    if (executor == "dask") != (address is not None):
        raise OptionError("--executor dask and --scheduler ADDRESS go together")
    return address


def _finish(study: Study, report: Callable[..., None] | None) -> None:
    """Add the summary table and the charts to a study; with many worlds they take as long as a part of the run."""
    from cordiale.files.atomic_write import write_files
    from cordiale.output.charts.study import draw_all
    from cordiale.study.quantiles import summary

    summed, drawn = (report and partial(report, what=what) for what in ("measures summed up", "charts"))
    table = summary(study, summed)
    summed_up = {"summary.csv": partial(table.to_csv, index=False, float_format="%.6g")}
    write_files(study.folder, summed_up, own=study.folder)
    draw_all(study, study.folder / "charts", drawn)


@app.command(epilog="Example: cordiale chart outputs/baseline-france_joins_quad fan --measure trust")
def chart(
    study: StudyName,
    name: Annotated[str | None, typer.Argument(help="Name of one chart. [default: all that the study allows]")] = None,
    measure: Annotated[
        str | None,
        typer.Option(
            metavar="MEASURE:ENTITY",
            help="What to draw, if the chart shows one measure. "
            "[default: the headline of the pair that the article is about]",
        ),
    ] = None,
    for_: Annotated[
        str, typer.Option("--for", metavar="SIZE", help="What it is drawn for: column, page, slide or web.")
    ] = "page",
    format_: Annotated[
        list[str] | None,
        typer.Option("--format", metavar="FORMAT", help="png, svg or pdf. May be repeated. [default: png and svg]"),
    ] = None,
    dark: Annotated[bool, typer.Option("--dark", help="Draw on dark paper.")] = False,
    width: Annotated[
        float | None, typer.Option(metavar="INCHES", help="Width of the sheet. [default: that of the size]")
    ] = None,
    title: Annotated[
        bool, typer.Option("--title/--no-title", help="Whether title and subtitle stand on the sheet.")
    ] = True,
    caption: Annotated[
        bool, typer.Option("--caption/--no-caption", help="Whether the text under the chart stands on the sheet.")
    ] = True,
    out: Annotated[Path | None, out_option("Folder for the charts. [default: the study's own]")] = None,
    replace: Replace = False,
) -> None:
    """Draw the charts of a study, or one of them of another measure."""
    from cordiale.files.errors import StudyError, shown
    from cordiale.output.charts.study import chart as draw
    from cordiale.output.charts.study import draw_folder
    from cordiale.study.study import Study

    found = Study.open(study)
    folder = out or found.here / "charts"
    if out is None and os.path.islink(str(folder)):
        raise StudyError(f"{shown(folder)} is a link: say with --out where charts are to go")
    drawn_for: dict[str, object] = {"size": for_, "dark": dark, "width": width, "title": title, "caption": caption}
    if name is None:
        paths = draw_folder(found, out, replace, format_, **drawn_for)
    else:
        options = drawn_for if measure is None else {**drawn_for, "measure": measure}
        paths = draw(found, name, folder, replace, format_, **options)
    for path in paths:
        typer.echo(str(path))


@app.command(epilog="Example: cordiale show outputs/baseline-france_joins_quad --measure ladder")
def show(
    study: StudyName,
    measure: RecordedMeasures = None,
    as_json: Json = False,
) -> None:
    """Print a study's findings and its measures in the last quarter."""
    from cordiale.study.quantiles import last_quarter
    from cordiale.study.study import Study

    found = Study.open(study)
    rows = last_quarter(found, measure)
    if as_json:
        print_json({"findings": found.sentences(), "last_quarter": rows})
        return
    for sentence in found.sentences():
        say(f"- {sentence}", "  ")
    table(rows)


@contextmanager
def progress(what: str) -> Iterator[Callable[..., None] | None]:
    """Give a callback (done, in all, what=...) that shows progress with the time left; None where nobody watches."""
    import sys

    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks = {what: bar.add_task(what, total=None)}

        def show(done: int, total: int, what: str = what) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)

        yield show


# ----------------------------------------------------------------
# `cordiale verify`, `replay`: whether a study is what it says, and what happened in one of its worlds.


@app.command(epilog="Example: cordiale verify outputs/baseline-france_joins_quad")
def verify(
    study: StudyName,
    worlds: Annotated[int, typer.Option(min=1, help="Number of worlds of the study to run again.")] = 16,
    allow_module: Modules = None,
    as_json: Json = False,
) -> None:
    """Check a study's files and run some worlds again; exit 1 if anything differs."""
    from cordiale.study.study import Study
    from cordiale.study.verify import verify as check

    with progress("stretches") as report:
        found = check(Study.open(study), worlds, allow=allow_module or [], progress=report)
    if as_json:
        different = {" ".join(key): size for key, size in found.different.items()}
        print_json(asdict(found) | {"different": different, "holds": found.holds})
    else:
        for sentence in found.words:
            say(sentence)
    raise typer.Exit(0 if found.holds else 1)


@app.command(epilog="Example: cordiale replay baseline-france_joins_quad --world 7 --all")
def replay(
    study: StudyName,
    world: Annotated[int, typer.Option(min=0, help="Number of the world.")],
    scenario: Annotated[str | None, typer.Option(help="Scenario of the study. [default: the first]")] = None,
    states: Annotated[
        list[str] | None,
        typer.Option(
            "--state",
            metavar="CODE",
            help="Only what this state has a part in. May be repeated: then what is among these alone.",
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Show also what holds at the start, and everyday activity.")
    ] = False,
    allow_module: Modules = None,
    as_json: Json = False,
) -> None:
    """Show the events of one world: policy, agreements, contracts, coercion and entries."""
    from cordiale.study.narrative import milestones
    from cordiale.study.narrative import replay as run_again
    from cordiale.study.study import Study

    happenings = run_again(Study.open(study), world, scenario, states=states or (), allow=allow_module or [])
    if not everything:
        happenings = milestones(happenings)
    if as_json:
        print_json([asdict(each) for each in happenings])
        return
    for each in happenings:
        say(f"{each.quarter}  {each.words}", " " * 8)
