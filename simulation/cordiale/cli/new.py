"""`cordiale new`: commented starts for a case pack and for a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from cordiale.cli import app

new = typer.Typer(help="Lay down a commented start that validates.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(new, name="new")


@new.command(epilog="Example: cordiale new pack my_article")
def pack(name: Annotated[str, typer.Argument(help="Its name: small letters, digits and _.")]) -> None:
    """Write agents/NAME and scenarios/NAME in the working directory: a case pack for another article."""
    from cordiale.new import new_pack

    _tell(new_pack(name))
    typer.echo(f"Read agents/{name}/README.md first. Then:")
    typer.echo(f"  cordiale validate {name}")
    typer.echo(f"  cordiale run scenarios/{name}/baseline.yaml --worlds 100")
    typer.echo(f"  cordiale new scenario my_question --pack {name}")


@new.command(epilog="Example: cordiale new scenario my_question --pack indo_pacific_2018")
def scenario(
    name: Annotated[str, typer.Argument(help="Its name: small letters, digits and _.")],
    pack: Annotated[str | None, typer.Option("--pack", help="Name of the case pack; the only one without it.")] = None,
) -> None:
    """Write scenarios/PACK/NAME.yaml in the working directory, with the pack's levers explained."""
    from cordiale.new import new_scenario, run_words

    written = new_scenario(name, pack)
    _tell(written)
    typer.echo("Then:")
    typer.echo(f"  cordiale validate {written[0]}")
    typer.echo(f"  {run_words(written[0], written[0].parent.name)} --worlds 100")


def _tell(paths: Sequence[Path]) -> None:
    for path in paths:
        typer.echo(str(path))
