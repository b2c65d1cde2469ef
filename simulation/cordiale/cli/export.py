"""`cordiale export`, `odd`: results for other people's data, and the model as a document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from cordiale.cli import app
from cordiale.cli.options import Replace, check_out, out_option
from cordiale.cli.run import Json, progress


@app.command(epilog="Example: cordiale export baseline-france_joins_quad --format dta")
def export(
    study: Annotated[str, typer.Argument(help="Folder of a study, or its name below outputs/.")],
    format_: Annotated[str, typer.Option("--format", help="csv, parquet or dta (Stata 14 and later).")] = "csv",
    out: Annotated[Path | None, out_option("Folder; export/<format> in the study's own without it.")] = None,
    worlds: Annotated[
        bool, typer.Option("--worlds/--summary", help="Every world; or mean, sd and quantiles over worlds.")
    ] = False,
    year: Annotated[str, typer.Option(help="What a year is: its last quarter, or the mean of its quarters.")] = "last",
    only: Annotated[list[str] | None, typer.Option(help="Only this table, such as dyads_undirected_yearly.")] = None,
    pack: Annotated[str | None, typer.Option("--pack", help="Pack whose COW codes count, not the study's.")] = None,
    replace: Replace = False,
    as_json: Json = False,
) -> None:
    """Write a study as dyad-years and state-years with COW codes and a codebook, to merge with other data."""
    from cordiale.export import export as export_study
    from cordiale.study import Study

    with progress("export") as report:
        written = export_study(
            Study.open(study), format_, out, worlds=worlds, year=year, only=only or [], pack=pack, replace=replace,
            progress=report, tell=lambda size: typer.echo(size, err=True),
        )  # fmt: skip
    if as_json:
        rows = [{"file": str(each.path), "rows": each.rows, "columns": each.columns, "bytes": each.bytes}
                for each in written]  # fmt: skip
        typer.echo(json.dumps(rows, indent=1))
        return
    for each in written:
        typer.echo(f"{each.path}: {each.rows:,} rows, {each.columns} columns, {each.bytes / 1e6:.2f} MB")
    typer.echo(f"What each column is: {written[0].path.parent}/codebook.md")


@app.command(epilog="Example: cordiale odd indo_pacific_2018 diplomacy --out odd.md")
def odd(
    pack: Annotated[str, typer.Argument(help="Name or folder of the case pack.")],
    model: Annotated[str, typer.Argument(help="The model: diplomacy.")],
    out: Annotated[Path | None, out_option("File for the document; printed without it.")] = None,
    replace: Replace = False,
) -> None:
    """Describe model and case by the ODD protocol: every rule, parameter, range and source."""
    from cordiale.files.atomic_write import write_text
    from cordiale.odd import odd as odd_of

    check_out(out, replace)
    text = odd_of(pack, model)
    if out is None:
        typer.echo(text, nl=False)
        return
    typer.echo(str(write_text(out, text, replace)))
