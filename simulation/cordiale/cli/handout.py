"""`cordiale handout`: one offline page for a class."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cordiale.cli import app
from cordiale.cli.options import Replace, check_out, out_option
from cordiale.cli.run import Modules, progress


@app.command(epilog="Example: cordiale handout baseline france_joins_quad us_retrenchment")
def handout(
    scenarios: Annotated[list[str], typer.Argument(help="Scenario names or paths, which differ in levers.")],
    lever: Annotated[
        list[str] | None, typer.Option("--lever", metavar="NAME", help="A lever of the grid; by its effect without it.")
    ] = None,
    dyad: Annotated[str | None, typer.Option(help="Whose alignment; the case's focus without it.")] = None,
    worlds: Annotated[int, typer.Option(help="Number of worlds, the same in every cell.")] = 200,
    seed: Annotated[int | None, typer.Option(help="Seed of all random streams.")] = None,
    out: Annotated[Path | None, out_option("The file; outputs/handout-<names>.html without it.")] = None,
    replace: Replace = False,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes; by the length of the work without it.")] = None,
    allow_module: Modules = None,
) -> None:
    """Make one HTML file for a class: policies to try, why, and questions; it needs no network and no install."""
    from cordiale.files.atomic_write import write_text
    from cordiale.handout import default_file, prepare
    from cordiale.handout.cells import SCREENED
    from cordiale.handout.document import html

    file = out or default_file(scenarios)
    check_out(file, replace)
    with progress("cells") as report:
        made = prepare(scenarios, lever or [], worlds, dyad, seed, jobs, allow_module or [], report)
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
