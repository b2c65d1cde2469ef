"""The command line: thin commands over the library."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Any, NamedTuple

import typer

import cordiale
from cordiale.files import stop
from cordiale.files.errors import StudyWarning, UserError
from cordiale.files.streams import remark

OLD_NAMES = {"terms": "causes"}  # of commands, for one version
OLD_OPTIONS = {"--allow-module": "--allow"}  # of options, for one version


class Question(NamedTuple):
    """A question that is a command; `cli/asked.py` makes its options of the function's signature and docstring.

    Attributes
    ----------
    place : of the function: "analysis.moves:moves"
    unit : what is counted while it works
    kept : whether its answer is kept below outputs/ where no folder is named
    """

    place: str
    unit: str
    summary: str
    epilog: str
    kept: bool | None = True


QUESTIONS = {
    "sweep": Question(
        "analysis.sweep:sweep", "cells",
        "Run every combination of levels on the same worlds: effects, tables and charts.",
        epilog="Example: cordiale sweep baseline --over france_in_quad=0,1 --over quad_hardness=0:1:5",
    ),
    "moves": Question(
        "analysis.moves:moves", "runs", "Show what each move of a state gains and costs.",
        epilog="Example: cordiale moves FRA --worlds 200",
    ),
    "robust": Question(
        "analysis.robust:robust", "packages",
        "Find the few moves of a state that are best together, by several rules over several futures.",
        epilog="Example: cordiale robust FRA --size 2 --alone --worlds 64",
    ),
    "causes": Question(
        "study.attribution:causes", "worlds",
        "Show why a policy changes what holds two states together: what each cause adds.",
        epilog="Example: cordiale causes dual_use_revealed --worlds 200", kept=None,
    ),
    "sensitivity": Question(
        "analysis.sensitivity:sensitivity", "rows",
        "Show which uncertain numbers move a measure, and the shares of coding and chance.",
        epilog="Example: cordiale sensitivity baseline --measure alignment:FRA-JPN --method morris",
    ),
    "discover": Question(
        "analysis.discover:discover", "worlds",
        "Find the ranges of a few numbers in which a condition holds (scenario discovery).",
        epilog="Example: cordiale discover baseline --where 'alignment:FRA-JPN < 3'",
    ),
}  # fmt: skip

GROUPS = {
    "Run": ("run", "compare", "sweep"),
    "Ask": (
        "moves",
        "robust",
        "sensitivity",
        "discover",
        "claims",
        "causes",
        "worlds",
        "replay",
        "sample-size",
        "agreement",
        "forecast",
        "panel",
        "score",
        "splits",
        "settle",
    ),
    "Show": ("show", "chart", "page", "class"),
    "Share": ("brief", "report", "handout", "export", "cite", "odd", "verify"),
    "Case": ("list", "explain", "validate", "new", "pack"),
    "For maintainers of a case": ("baseline", "calibrate", "findings", "answers", "data"),
}


class Summaries(typer.core.TyperGroup):
    """Commands that are listed with their whole summaries, in groups."""

    def groups(self, ctx: Any) -> Mapping[str, Sequence[str]]:
        """Return the title of each group and the names of its commands."""
        return {"Commands": self.list_commands(ctx)}

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the groups."""
        for title, names in self.groups(ctx).items():
            with formatter.section(title):
                commands = [(name, self.get_command(ctx, name)) for name in names]
                formatter.write_dl([(name, (each.help or "").split("\n\n")[0]) for name, each in commands if each])


class Commands(Summaries):
    """The commands; one that is stopped says what is kept of its work."""

    def groups(self, _: Any) -> Mapping[str, Sequence[str]]:
        """Return the groups of what commands are for."""
        return GROUPS

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all commands."""
        return [name for names in GROUPS.values() for name in names]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command; of a question its summary alone, since its options take the time to read its function."""
        if cmd_name in QUESTIONS:
            return typer.core.TyperCommand(cmd_name, help=QUESTIONS[cmd_name].summary)
        return super().get_command(ctx, cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that is called, also by the name that it had in the version before."""
        if args[0] in OLD_NAMES:
            remark(f"cordiale: the command {args[0]} is called {OLD_NAMES[args[0]]} now")
            args = [OLD_NAMES[args[0]], *args[1:]]
        for old in OLD_OPTIONS.keys() & set(args):
            remark(f"cordiale: the option {old} is called {OLD_OPTIONS[old]} now")
        name, command, args = super().resolve_command(ctx, [OLD_OPTIONS.get(each, each) for each in args])
        if name in QUESTIONS:
            from cordiale.cli.asked import command_of

            command = command_of(name, QUESTIONS[name])
        return name, command, args

    def invoke(self, ctx: Any) -> Any:
        """Call a command; one that is stopped ends here, before the option parser makes another error of it."""
        try:
            found = super().invoke(ctx)
            stop.check()
        except BaseException as error:
            stop.end(error)
            raise
        return found


app = typer.Typer(
    name="cordiale",
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"cordiale {cordiale.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Policy articles about alliances as computational models whose every number has a source and a range."""


@cache
def _commands() -> Any:
    """Return the commands, read from their functions once in a process: that takes a sixth of a second."""
    from cordiale.cli import case, claims, compare, explore, forecast, new, output, run  # noqa: F401  (they register their commands)

    return typer.main.get_command(app)


def main() -> None:
    """Run the command line: exit 0 on success, 2 where the user can mend it, 1 where we must."""
    commands = _commands()
    warnings.showwarning = _warn
    try:
        raise SystemExit(commands(standalone_mode=False) or 0)
    except UserError as error:
        remark(f"cordiale: {error}")
        raise SystemExit(2) from None
    except Exception as error:
        if not hasattr(error, "format_message"):  # of the option parser, which typer brings along
            raise
        usage = error.format_message().strip()
        several = "\n" in usage  # the help that a command without arguments shows
        remark(usage if several else f"cordiale: {usage}")
        raise SystemExit(2) from None


def _warn(message: Warning | str, category: type[Warning], *place: object, **_: object) -> None:
    """Tell what the user should know in one line; what is only for programmers is not shown."""
    if issubclass(category, StudyWarning):
        remark(f"cordiale: {message}")
