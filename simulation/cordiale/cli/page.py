"""`cordiale page`: the interactive page."""

from __future__ import annotations

from typing import Annotated

import typer

from cordiale.cli import app
from cordiale.cli.inspect import PackName


@app.command(epilog="Example: cordiale page baseline france_joins_quad")
def page(
    scenarios: Annotated[
        list[str] | None, typer.Argument(help="What to begin with: a scenario to compare with, and another.")
    ] = None,
    pack: PackName = None,
    host: Annotated[str, typer.Option(help="Address to listen at; others reach the page at 0.0.0.0.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen at.")] = 8501,
    open_: Annotated[bool, typer.Option("--open", help="Open the page in this machine's browser.")] = False,
) -> None:
    """Serve the interactive page to this machine; add ?class=1 to its address for a class."""
    from cordiale.page.server import serve

    serve(host, port, pack, scenarios or [], open_browser=open_)
