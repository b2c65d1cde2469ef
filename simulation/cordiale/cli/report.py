"""`cordiale report`: a study as one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cordiale.cli import app
from cordiale.cli.options import Replace, out_option


@app.command(epilog="Example: cordiale report outputs/baseline-france_joins_quad")
def report(
    study: Annotated[str, typer.Argument(help="Folder of a study, or its name below outputs/.")],
    out: Annotated[Path | None, out_option("The file; report.html in the study's folder without it.")] = None,
    replace: Replace = False,
    claims: Annotated[Path | None, typer.Option(help="Folder that `cordiale claims` wrote.")] = None,
    sensitivity: Annotated[Path | None, typer.Option(help="Folder that `cordiale sensitivity` wrote.")] = None,
) -> None:
    """Write a study as one HTML file to read, print and mail: scenarios, findings, charts, sources, command."""
    from cordiale.report.page import save
    from cordiale.study import Study

    path = save(Study.open(study), out, replace=replace, verdicts=claims, sensitive=sensitivity)
    typer.echo(f"{path} ({path.stat().st_size / 1e6:.1f} MB)")
