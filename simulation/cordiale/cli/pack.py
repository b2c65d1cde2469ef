"""`cordiale pack`: the article behind a case pack, and the schemas of its files."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cordiale.cli import app
from cordiale.cli.options import Replace
from cordiale.cli.run import Json

pack = typer.Typer(help="What a case pack rests on.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(pack, name="pack")
Name = Annotated[str, typer.Argument(help="Name or folder of the case pack.")]


@pack.command(epilog="Example: cordiale pack coverage")
def coverage(
    name: Name = "indo_pacific_2018",
    full: Annotated[bool, typer.Option("--full", help="Name every number.")] = False,
    as_json: Json = False,
) -> None:
    """List each paragraph of the article with the numbers, levers and scenarios that rest on it."""
    from cordiale.coverage import coverage as coverage_of
    from cordiale.loaded_pack import find_pack

    found = coverage_of(find_pack(name))
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=1))
        return
    for each in found:
        typer.echo(f"{each.locator}: {each.about}")
        if each.bare:
            typer.echo("  nothing rests on it")
            continue
        numbers = ", ".join(each.numbers) if full else str(len(each.numbers))
        typer.echo(f"  numbers: {numbers or 'none'}")
        typer.echo(f"  levers: {', '.join(each.levers) or 'none'}")
        typer.echo(f"  scenarios: {', '.join(each.scenarios) or 'none'}")
    bare = [each.locator for each in found if each.bare]
    typer.echo(f"Nothing rests on {len(bare)} of {len(found)} paragraphs: {', '.join(bare) or 'none'}")


@pack.command(epilog="Example: cordiale pack schema --root .")
def schema(
    name: Name = "indo_pacific_2018",
    root: Annotated[Path, typer.Option(help="Folder that holds agents/ and scenarios/.")] = Path(),
    replace: Replace = False,
) -> None:
    """Write the JSON Schemas of a pack's files, for editors."""
    from cordiale.loaded_pack import find_pack
    from cordiale.schema import write_schemas

    for path in write_schemas(find_pack(name).pack, root, replace):
        typer.echo(str(path))
