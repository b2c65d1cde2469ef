"""`cordiale compare`: differences between scenarios on matched worlds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from cordiale.cli import app
from cordiale.cli.options import Replace, Resume, as_options, needed, out_option, resume_command
from cordiale.cli.run import Json, Modules, Sets, progress
from cordiale.cli.text import table


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
    from cordiale.analysis.compare import words
    from cordiale.analysis.compare_run import run_comparison, save
    from cordiale.study import Study

    said: list[str] = []
    scenarios, codings = needed(scenarios, "the scenarios"), [Path(each) for each in coding or []]
    if len(scenarios) == 1 and (Path(scenarios[0]) / "manifest.json").is_file():
        study = Study.open(scenarios[0])
        found = compare_study(study, measure, context or [])
        save(found, out or study.folder, replace)
    else:
        with progress("worlds") as report:
            study, said = run_comparison(
                scenarios, measure, context or [], codings=codings, until=until, worlds=worlds,
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
        "same sign": f"{line['share']:.0%}", "size": f"{line['size']:+.2f}",
    }  # fmt: skip
