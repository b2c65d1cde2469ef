"""Options that commands share: where something is written, what it may replace, and what is resumed."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from cordiale.cli.tables import say, table
from cordiale.files.atomic_write import check_files, check_links, user_path
from cordiale.files.errors import OptionError, StudyError, short, shown

if TYPE_CHECKING:
    from cordiale.study.result import Result

Given = TypeVar("Given")
Replace = Annotated[
    bool,
    typer.Option("--replace", help="Replace what cordiale wrote there before and nobody has changed since."),
]
Resume = Annotated[
    str | None,
    typer.Option("--resume", metavar="FOLDER", help="Resume an interrupted run in this folder; give no other option."),
]
Model = Annotated[
    str | None,
    typer.Option(
        "--model",
        help="Model to run: diplomacy, landscape, opinion, bargaining, or MODULE:NAME. [default: as scenarios say]",
    ),
]
Jobs = Annotated[int | None, typer.Option(min=1, help="Number of processes. [default: chosen by the amount of work]")]
Modules = Annotated[
    list[str] | None,
    typer.Option(
        "--allow",
        metavar="MODULE",
        help="Allow files to name classes and models of this Python module. May be repeated.",
    ),
]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Set a lever, a parameter or the horizon. May be repeated."),
]
CodingFile = Annotated[
    Path | None,
    typer.Option("--coding", help="CSV file of another coder's numbers, or the name of a coding of the pack's."),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
MEASURE = "What to measure, as MEASURE:ENTITY; `cordiale list measures` shows the names."
Measures = Annotated[list[str] | None, typer.Option("--measure", metavar="MEASURE:ENTITY", help=MEASURE)]
RecordedMeasures = Annotated[
    list[str] | None,
    typer.Option(
        "--measure",
        metavar="MEASURE[:ENTITY]",
        help="Only this measure; without :ENTITY, of all states or pairs of states.",
    ),
]
WORLDS = "Number of worlds in which each scenario is run."
PackName = Annotated[str | None, typer.Option("--pack", help="Name or folder of the case pack.")]
Worlds = Annotated[int | None, typer.Option("--worlds", help=f"{WORLDS} [default: what the scenarios say]")]
Seed = Annotated[
    int | None, typer.Option(min=0, help="Seed of all random numbers: the same seed gives the same worlds.")
]
Against = Annotated[
    str | None,
    typer.Option(metavar="SCENARIO", help="Subtract this scenario world by world: what is told is of the difference."),
]
ScenarioName = Annotated[str | None, typer.Argument(help="Scenario name or path.")]
StudyName = Annotated[str, typer.Argument(help="Folder of a study, or its name in outputs/.")]
HOW = ("resume", "jobs", "as_json")  # options that change no result: they hold for the call in which they are given


def one_pack(argument: str | None, option: str | None) -> str | None:
    """Return the pack that is named as an argument or with --pack; OptionError where both name one."""
    if argument is not None and option is not None:
        raise OptionError(f"the case pack is named twice, {short(argument)} and --pack {option}: leave one out")
    return argument if option is None else option


def out_option(text: str) -> Any:
    """Return the option --out; "~" in it is the home folder, also where no shell has seen it."""
    return typer.Option("--out", parser=user_path, metavar="PATH", help=text)


Folder = Annotated[Path | None, out_option("Folder for tables and charts. [default: below outputs/]")]


def worlds_option(more: str = "", least: int = 1, most: int | None = None) -> Any:
    """Return the option --worlds, which means the same in every command that runs scenarios."""
    return typer.Option("--worlds", min=least, max=most, help=f"{WORLDS} {more}".strip())


def check_out(file: Path | None, replace: bool, *beside: str) -> None:
    """Raise StudyError where a file may not be written: before the work, whose result would have no place.

    Parameters
    ----------
    beside : paths of others, from the folder of this one
    """
    if file is not None:
        files = [file, *(file.parent / each for each in beside)]
        check_files(files, replace)
        check_links(file.parent, *files)


def as_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a command, its own `locals()`, as a journal keeps them."""
    return {name: _plain(value) for name, value in given.items() if name not in HOW and value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, Path) else value


def resume_command(command: Callable[..., None], folder: str, given: Mapping[str, Any], **how: Any) -> None:
    """Call a command again with the options with which interrupted work was begun.

    Parameters
    ----------
    given : the options of this call, its `locals()`
    how : options that hold for this call

    Raises
    ------
    OptionError where other options are given; StudyError where nothing was interrupted there, or what no command began
    """
    from inspect import signature

    from cordiale.study.unfinished import interrupted, resuming

    for name, parameter in signature(command).parameters.items():
        if name not in HOW and name not in how and given[name] != parameter.default:
            option = "--" + name.strip("_").replace("_", "-")
            raise OptionError(f"--resume goes on with what was begun, as it was begun: leave out {option}")
    target, header = interrupted(folder, command.__name__)
    options = header.options
    if options is None:
        raise StudyError(
            f"{shown(target)} was begun from Python, by {short(' '.join(header.typed))}, and goes on there: "
            f"call the same function again with the same arguments, and out={short(shown(target))}"
        )
    if unknown := options.keys() - signature(command).parameters:
        raise StudyError(
            f"{shown(target)}: its journal has the option {short(min(unknown))}, which there is not: begin anew"
        )
    with resuming(target):
        command(**{**options, "out": target, **how})


def needed(value: Given | None, what: str) -> Given:
    """Return an argument; OptionError where it is missing and nothing is resumed."""
    if value is None or value == []:
        raise OptionError(f"name {what}, or with --resume the folder in which it was interrupted")
    return value


# ---------------------------------------------------------------- what was found, on a terminal


def tell(result: Result, head: str | None, as_json: bool, **before: Any) -> None:
    """Print a result: its head, its sentences and its tables; or what a program would read of it.

    Parameters
    ----------
    before : what stands first in that record
    """
    if as_json:
        print_json(before | result.record())
        return
    if head is not None:
        typer.echo(head)
    for sentence in result.sentences():
        say(f"- {sentence}", "  ")
    for title, rows in result.rows():
        table(rows, title or None)


def print_json(record: Any) -> None:
    """Print what a program reads, and nothing else; a number that is none is null, since JSON knows no NaN."""
    typer.echo(json.dumps(_finite(record), ensure_ascii=False, indent=1, allow_nan=False))


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
