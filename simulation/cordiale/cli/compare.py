"""`cordiale compare`: differences between scenarios on matched worlds."""

from __future__ import annotations

import json
import sys
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cordiale.cli import app
from cordiale.cli.options import Model, Replace, Resume, as_options, needed, out_option, resume_command, table
from cordiale.cli.run import Json, Modules, Sets, progress

if TYPE_CHECKING:
    from cordiale.analysis.sweep import Sweep
    from cordiale.analysis.sweep_design import Cost, Design


@app.command(epilog="Example: cordiale compare baseline france_joins_quad --context us_retrenchment")
def compare(
    scenarios: Annotated[
        list[str] | None, typer.Argument(help="The baseline and others, or the folder of one study.")
    ] = None,
    measure: Annotated[list[str] | None, typer.Option(help="MEASURE:ENTITY; alignment and parts without it.")] = None,
    context: Annotated[list[str] | None, typer.Option(help="A scenario under which to ask the same question.")] = None,
    coding: Annotated[list[Path] | None, typer.Option(help="Csv of another coder, to ask it under too.")] = None,
    until: Annotated[float | None, typer.Option(help="Go on until the first measure's interval is this wide.")] = None,
    worlds: Annotated[int | None, typer.Option(help="Number of worlds.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of all random streams.")] = None,
    set_: Sets = None,
    model: Model = None,
    out: Annotated[Path | None, out_option("Folder; outputs/compare-<names> without it.")] = None,
    replace: Replace = False,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes.")] = None,
    allow_module: Modules = None,
    resume: Resume = None,
    as_json: Json = False,
) -> None:
    """Compare scenarios with the first one, world by world: intervals, charts, and words."""
    options = as_options(locals())
    if resume is not None:
        return resume_command(compare, resume, locals(), jobs=jobs, as_json=as_json)
    from cordiale.analysis.compare import compare as compare_study
    from cordiale.analysis.compare import run_comparison, save, words
    from cordiale.study.study import Study

    said: list[str] = []
    scenarios, codings = needed(scenarios, "the scenarios"), [Path(each) for each in coding or []]
    if len(scenarios) == 1 and (Path(scenarios[0]) / "manifest.json").is_file():
        study = Study.open(scenarios[0])
        found = compare_study(study, measure, context or [])
        save(found, out or study.folder, replace)
    else:
        with progress("worlds") as report:
            study, said = run_comparison(
                scenarios, measure, context or [], codings=codings, model=model, until=until, worlds=worlds,
                seed=seed, set=set_ or [],
                out=out, replace=replace, jobs=jobs, allow=allow_module or [], progress=report,
                begun_by=("compare", options),
            )  # fmt: skip
        found = compare_study(study, measure, [*(context or []), *(f"@{each.stem}" for each in codings)])
    sentences = said + words(found)
    if as_json:
        rows = json.loads(found.horizon().to_json(orient="records"))
        typer.echo(json.dumps({"study": str(study.folder), "words": sentences, "differences": rows}, indent=1))
        return
    typer.echo(f"Comparison of {study.worlds} matched worlds in {study.folder}/ (comparison.csv, differences.parquet)")
    for sentence in sentences:
        typer.echo(f"- {sentence}")
    table([_row(line) for line in found.horizon().to_dict("records")], title=found.rows[0].quarters[-1])


def _row(line: dict[Any, Any]) -> dict[str, Any]:
    return {
        "scenario": line["scenario"], "against": line["baseline"], "measure": f"{line['measure']}:{line['entity']}",
        "mean": f"{line['mean']:+.4f}", "95 %": f"{line['low']:+.4f} to {line['high']:+.4f}",
        "all rows at once": f"{line['together_low']:+.4f} to {line['together_high']:+.4f}",
        "same sign": f"{line['share']:.0%}", "size": "" if isnan(line["size"]) else f"{line['size']:+.2f}",
    }  # fmt: skip


# ----------------------------------------------------------------
# `cordiale sweep`: grids and factorials over levers and parameters.


Overs = Annotated[
    list[str] | None,
    typer.Option("--over", metavar="PATH=LEVELS", help="A lever or parameter, and FROM:TO:POINTS or X,Y,Z."),
]
Measures = Annotated[list[str] | None, typer.Option("--measure", help="With its entity, such as trust:FRA-JPN.")]
SHOWN = 10  # cells of a large design that are printed


@app.command(epilog="Example: cordiale sweep baseline --over france_in_quad=0,1 --over quad_hardness=0:1:5")
def sweep(
    scenario: Annotated[str | None, typer.Argument(help="Scenario name or path.")] = None,
    over: Overs = None,
    measure: Measures = None,
    worlds: Annotated[int, typer.Option(help="Number of worlds, the same in every cell.")] = 200,
    quarter: Annotated[str | None, typer.Option(help="When measures are read; the horizon without it.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of all random streams.")] = None,
    set_: Sets = None,
    model: Model = None,
    design_only: Annotated[
        bool, typer.Option("--design-only", "--dry-run", help="Print the cells and how long they take, and stop.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Run more than 10,000 cells, or more than 10 minutes.")] = False,
    out: Annotated[Path | None, out_option("Folder; outputs/sweep-<scenario>-<paths> without it.")] = None,
    replace: Replace = False,
    charts: Annotated[bool, typer.Option(help="Draw charts.")] = True,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes; by the length of the work without it.")] = None,
    allow_module: Modules = None,
    resume: Resume = None,
    as_json: Json = False,
) -> None:
    """Run every combination of levels on the same worlds: tables, charts, effects, and what was found in words."""
    options = as_options(locals())
    if resume is not None:
        return resume_command(sweep, resume, locals(), jobs=jobs, as_json=as_json)
    from cordiale.analysis.sweep import plan
    from cordiale.analysis.sweep import sweep as run_sweep
    from cordiale.analysis.sweep_design import cost_of

    scenario, allow = needed(scenario, "a scenario"), allow_module or []
    if design_only:
        work = plan(scenario, over or [], measures=measure or [], worlds=worlds, quarter=quarter, seed=seed,
                    set=set_ or [], model=model, allow=allow)  # fmt: skip
        _print_design(work.design, cost_of(work, jobs), yes, as_json)
        return
    with progress("cells") as report:
        found = run_sweep(
            scenario, over or [], measures=measure or [], worlds=worlds, quarter=quarter, seed=seed, set=set_ or [],
            model=model, out=out, replace=replace, allow=allow, jobs=jobs, yes=yes, progress=report,
            finish=_draw if charts else None, begun_by=("sweep", options),
        )  # fmt: skip
    _print(found, charts, as_json)


def _draw(found: Sweep) -> None:
    from cordiale.output.charts.sweep import draw_sweep

    draw_sweep(found, found.folder / "charts")


def _print_design(design: Design, cost: Cost, yes: bool, as_json: bool) -> None:
    """Print the design as CSV, so that it can be sent to a file, and the estimate beside it."""
    shown = design.cells if yes or not cost.large else min(SHOWN, design.cells)
    if as_json:
        cells = design.frame(0, shown).to_dict("records")
        record = {"cells": design.cells, "worlds": cost.worlds, "seconds": round(cost.seconds), "jobs": cost.jobs}
        typer.echo(json.dumps(record | {"design": cells}, ensure_ascii=False, indent=1))
        return
    design.write(sys.stdout, shown)
    sys.stdout.flush()
    rest = f"; the first {shown} are shown, all with --yes" if shown < design.cells else ""
    typer.echo(f"{cost} (from a block of the first cell){rest}", err=True)


def _print(found: Sweep, charts: bool, as_json: bool) -> None:
    from cordiale.analysis.sweep import findings

    sentences = findings(found)
    if as_json:
        record = {
            "sweep": str(found.folder), "cells": found.design.cells, "worlds": found.worlds,
            "factors": found.design.shape, "findings": sentences,
            "effects": json.loads(found.effects().to_json(orient="records")),
        }  # fmt: skip
        typer.echo(json.dumps(record, ensure_ascii=False, indent=1))
        return
    typer.echo(f"Sweep of {found.design.cells:,} cells, each of the same {found.worlds:,} worlds, in {found.folder}/")
    typer.echo(f"  tables: summary.csv, effects.csv, cells.parquet{'   charts: charts/' if charts else ''}")
    for sentence in sentences:
        typer.echo(f"- {sentence}")
