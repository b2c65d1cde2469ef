"""The command line: thin commands over the library."""

from __future__ import annotations

import sys
import warnings

import typer

from cordiale.errors import StudyWarning, UserError

STOPPED = 130
app = typer.Typer(
    name="cordiale",
    help="Policy articles about alliances as computational models whose every number has a source and a range.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command line: exit 0 on success, 2 where the user can mend it, 1 where we must."""
    from cordiale.cli import (  # noqa: F401  (they register their commands)
        claims,
        coding,
        compare,
        explore,
        export,
        handout,
        inspect,
        new,
        pack,
        page,
        report,
        run,
        study,
        sweep,
    )  # fmt: skip

    warnings.showwarning = _warn
    try:
        code = app(standalone_mode=False) or 0
        if code == STOPPED:  # typer makes it of Ctrl-C
            print("cordiale: stopped; nothing half-written is left", file=sys.stderr)
        raise SystemExit(code)
    except UserError as error:
        print(f"cordiale: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except Exception as error:
        if not hasattr(error, "format_message"):  # of the option parser, which typer brings along
            raise
        usage = error.format_message().strip()
        several = "\n" in usage  # the help that a command without arguments shows
        print(usage if several else f"cordiale: {usage}", file=sys.stderr)
        raise SystemExit(2) from None


def _warn(message: Warning | str, category: type[Warning], *place: object, **_: object) -> None:
    """Tell what the user should know in one line; what is only for programmers is not shown."""
    if issubclass(category, StudyWarning):
        print(f"cordiale: {message}", file=sys.stderr)
