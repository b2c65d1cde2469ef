"""The command reference, walked from the commands themselves, so that it cannot drift."""

from __future__ import annotations

import importlib
import pkgutil
import textwrap
from collections.abc import Iterator
from typing import Any

import typer.main
from text import code, page, table, words


def commands_page() -> str:
    """Return the page: each command with its help, arguments, options and example."""
    parts = [f"Every command shows this with `--help`. {words(root().help)}"]
    parts.append("Exit codes: 0 done, 2 something that you can mend (one line says what), 1 a fault of ours.")
    parts.append(table(["command", "what it does"], [_line(name, each) for name, each in walk()]))
    parts += [_section(name, command) for name, command in walk()]
    return page("Commands", *parts)


def root() -> Any:
    """Return the command that all others belong to, with every module that registers one imported."""
    package = importlib.import_module("cordiale.cli")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"cordiale.cli.{module.name}")
    return typer.main.get_command(package.app)


def walk(group: Any = None, before: str = "cordiale") -> Iterator[tuple[str, Any]]:
    """Yield the full name of each command, "cordiale pack coverage", and the command."""
    for name, command in (group or root()).commands.items():
        full = f"{before} {name}"
        if hasattr(command, "commands"):
            yield from walk(command, full)
        elif not command.hidden:
            yield full, command


def _line(name: str, command: Any) -> list[str]:
    anchor = name.replace(" ", "-")
    return [f"[{code(name)}](#{anchor})", words((command.help or "").split("\n\n")[0])]


def _section(name: str, command: Any) -> str:
    context = command.make_context(name, [], resilient_parsing=True)
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option" and not each.hidden]
    usage = " ".join([name, *(_usage(each) for each in arguments), "[options]" if options else ""]).rstrip()
    # a command's help is text with lines that belong together, so each paragraph stands as it is
    help_text = "\n\n".join(words(part) for part in textwrap.dedent(command.help or "").split("\n\n"))
    return "\n\n".join([
        f"## {name} {{ #{name.replace(' ', '-')} }}", help_text, f"```text\n{usage}\n```",
        table(["argument", "meaning"], [_record(each, context) for each in arguments]),
        table(["option", "meaning"], [_record(each, context) for each in options]),
        _example(command.epilog or ""),
    ])  # fmt: skip


def _usage(argument: Any) -> str:
    name = argument.name.upper() + ("..." if argument.nargs != 1 else "")
    return name if argument.required else f"[{name}]"


def _record(parameter: Any, context: Any) -> list[str]:
    usage, meaning = parameter.get_help_record(context)
    if parameter.param_type_name == "argument":
        usage = _usage(parameter).strip("[]")
    return [code(usage), words(meaning)]


def _example(epilog: str) -> str:
    return f"```text\n{epilog.removeprefix('Example: ')}\n```" if epilog else ""
