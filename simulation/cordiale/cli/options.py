"""Options that commands share: where something is written, what it may replace, and what is resumed."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from cordiale.files.atomic_write import check_files, user_path
from cordiale.files.errors import OptionError, StudyError, short, shown

if TYPE_CHECKING:
    from cordiale.study.result import Result

Given = TypeVar("Given")
Replace = Annotated[
    bool,
    typer.Option("--replace", help="Replace what cordiale wrote there before, or a table or picture of that name."),
]
Resume = Annotated[
    Path | None,
    typer.Option("--resume", metavar="FOLDER", help="Resume an interrupted run in this folder; give no other option."),
]
Model = Annotated[
    str | None,
    typer.Option(
        "--model", help="Model to run: diplomacy, landscape, or MODULE:NAME. [default: what the scenarios say]"
    ),
]
Jobs = Annotated[int | None, typer.Option(min=1, help="Number of processes. [default: chosen by the amount of work]")]
PackName = Annotated[str | None, typer.Option("--pack", help="Name or folder of the case pack.")]
Seed = Annotated[int | None, typer.Option(min=0, help="Seed of all random streams.")]
StudyName = Annotated[str, typer.Argument(help="Folder of a study, or its name in outputs/.")]
HOW = ("resume", "jobs", "as_json")  # options that change no result: they hold for the call in which they are given


def out_option(text: str) -> Any:
    """Return the option --out; "~" in it is the home folder, also where no shell has seen it."""
    return typer.Option("--out", parser=user_path, metavar="PATH", help=text)


def check_out(file: Path | None, replace: bool) -> None:
    """Raise StudyError where a file may not be written: before the work, whose result would have no place."""
    if file is not None:
        check_files([file], replace)


def as_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a command, its own `locals()`, as a journal keeps them."""
    return {name: _plain(value) for name, value in given.items() if name not in HOW and value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, Path) else value


def resume_command(command: Callable[..., None], folder: Path, given: Mapping[str, Any], **how: Any) -> None:
    """Call a command again with the options with which interrupted work was begun.

    Parameters
    ----------
    given : the options of this call, its `locals()`
    how : options that hold for this call

    Raises
    ------
    OptionError where other options are given, StudyError where nothing was interrupted there
    """
    from inspect import signature

    from cordiale.study.journal import interrupted

    for name, parameter in signature(command).parameters.items():
        if name not in HOW and given[name] != parameter.default:
            option = "--" + name.strip("_").replace("_", "-")
            raise OptionError(f"--resume goes on with what was begun, as it was begun: leave out {option}")
    target, header = interrupted(folder, command.__name__)
    options = header.options or {}
    if unknown := options.keys() - signature(command).parameters:
        raise StudyError(
            f"{shown(target)}: its journal has the option {short(min(unknown))}, which there is not: begin anew"
        )
    where = {"out": target} if "out" in options else {}
    command(**{**options, **where, **how})


def needed(value: Given | None, what: str) -> Given:
    """Return an argument; OptionError where it is missing and nothing is resumed."""
    if value is None or value == []:
        raise OptionError(f"name {what}, or with --resume the folder in which it was interrupted")
    return value


# ---------------------------------------------------------------- what was found, on a terminal


def tell(found: Result, head: str | None, as_json: bool, **before: Any) -> None:
    """Print a result: its head, its sentences and its tables; or what a program would read of it.

    Parameters
    ----------
    before : what stands first in that record
    """
    if as_json:
        typer.echo(json.dumps(before | found.record(), ensure_ascii=False, indent=1))
        return
    if head is not None:
        typer.echo(head)
    for sentence in found.sentences():
        typer.echo(f"- {sentence}")
    for title, rows in found.rows():
        table(rows, title or None)


def table(rows: Sequence[dict[str, Any]], title: str | None = None) -> None:
    """Print rows of one shape as a table; texts from files are printed as they are."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return
    found = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for name, value in rows[0].items():
        numeric = isinstance(value, int | float)
        found.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        found.add_row(*(Text(f"{value:.3f}" if isinstance(value, float) else str(value)) for value in row.values()))
    width = None if sys.stdout.isatty() else int(os.environ.get("COLUMNS", "160"))
    Console(width=width).print(found)
