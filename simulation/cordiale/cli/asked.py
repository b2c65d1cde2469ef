"""Commands made of questions: options from a function's signature, help from its docstring; see `study/question.py`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from importlib import import_module
from inspect import Parameter, Signature, cleandoc, signature
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import typer

from cordiale.cli import Question
from cordiale.cli.options import as_options, print_json, resume_command, tell
from cordiale.cli.run import progress
from cordiale.files.atomic_write import user_path
from cordiale.files.errors import OptionError
from cordiale.files.streams import remark
from cordiale.scenario.settings import Scenario
from cordiale.study.question import How
from cordiale.study.unfinished import Begun

ONLY_PYTHON = ("progress", "begun_by", "tell", "behaviour")  # parameters that no option gives
DESIGN = ("design_only", Annotated[bool, "--design-only", "--dry-run"], False,
          "Print what would be run and the estimated time, and run nothing.")  # fmt: skip
RESUME = (
    "resume",
    Annotated[str | None, "FOLDER"],
    None,
    "Resume an interrupted run in this folder; give no other option.",
)
JSON = ("as_json", Annotated[bool, "--json"], False, "Print the result as JSON.")


def command_of(name: str, about: Question) -> Any:
    """Return the command that asks a question.

    A module that has `design_of_work` can say what would be run: its command has `--design-only`.
    """
    module, _, function = about.place.partition(":")
    home = import_module(f"cordiale.{module}")
    ask: Any = getattr(home, function)
    design: Any = getattr(home, "design_of_work", None)
    known = signature(ask).parameters
    keeps, resumes = "out" in known or "how" in known, "how" in known
    every = [*_of(ask, known), *([DESIGN] if design else []), *([RESUME] if resumes else []), JSON]
    parameters = [_parameter(*each, resumes) for each in every]
    needs = {each.name: each.annotation.__metadata__[1] for each in parameters if each.annotation.__metadata__[1]}
    usual = {each.name: each.default for each in parameters}

    def command(**given: Any) -> None:
        given = usual | given  # what resumes gives only what was begun with
        as_json = given["as_json"]
        if given.get("resume") is not None:
            return resume_command(command, given["resume"], given, jobs=given["jobs"], as_json=as_json)
        own = {each: value for each, value in given.items() if each not in ("resume", "as_json", "design_only")}
        for each, sign in needs.items():
            if own[each] is None or own[each] == []:
                raise OptionError(f"missing {sign}. {about.epilog}")
        asked = {each: value for each, value in own.items() if value is not None}
        if given.get("design_only"):
            text, record, told = design(
                **{each: value for each, value in asked.items() if each not in ("out", "replace")}
            )
            print_json(record) if as_json else typer.echo(text, nl=False)
            return None if as_json else remark(told)
        if keeps:
            asked |= {"out": own["out"] or about.kept}
        if resumes:
            asked["begun_by"] = (command.__name__, as_options(own))
        with progress(about.unit) as report:
            for each, value in (("progress", report), ("tell", remark)):
                asked |= {each: value} if each in known or (each == "progress" and resumes) else {}
            found = ask(**asked)
        return tell(found, found.head(), as_json, **({"folder": str(found.kept_in)} if found.kept_in else {}))

    command.__name__, command.__doc__ = name, about.summary
    command.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    one = typer.Typer(
        rich_markup_mode=None, context_settings={"help_option_names": ["-h", "--help"]}, add_completion=False
    )
    one.command(name, epilog=about.epilog)(command)
    return typer.main.get_command(one)


def _of(ask: Any, known: Mapping[str, Parameter]) -> list[tuple[str, Any, Any, str]]:
    """Return name, type, what is usual, and text of the parameters of a question: its own, then those of `How`."""
    hints, said = get_type_hints(ask, include_extras=True), texts_of(How.__doc__ or "") | texts_of(ask.__doc__ or "")
    own = [(name, hints[name], each.default) for name, each in known.items() if name != "how"]
    if "how" in known:
        types = {"Begun": Begun, "Mapping": Mapping, "Sequence": Sequence, "Collection": Collection, "Path": Path}
        shared = get_type_hints(How, localns=types, include_extras=True)
        own += [(name, hint, False if hint is bool else None) for name, hint in shared.items() if name not in known]
    return [(*each, said[each[0]]) for each in own if each[0] not in ONLY_PYTHON]


def _parameter(name: str, hint: Any, usual: Any, text: str, resumes: bool) -> Parameter:
    """Return an option; what Python needs is an argument, or an option that is needed where nothing is resumed."""
    hint, *about = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    texts = [each for each in about if isinstance(each, str)]
    flags = [each for each in texts if each.startswith("--")]
    kind = _kind(hint)
    how: dict[str, Any] = {"help": text, "metavar": next((each for each in texts if each not in flags), None)}
    how |= dict(zip(("min", "max"), (each for each in about if isinstance(each, int | float)), strict=False))
    how |= {"parser": user_path} if kind is Path else {}
    must, usual = usual is Parameter.empty, None if usual in ((), Parameter.empty) else usual
    usual = usual or any("/--no-" in each for each in flags) or usual  # a command draws charts unless told not to
    place: Any = typer.Argument(**how)
    if not must or flags:
        place = typer.Option(*(flags or ["--" + name.replace("_", "-")]), **how)
    sign = " ".join([*flags, how["metavar"] or name.upper()]) if must else ""
    if must and not resumes:
        return Parameter(name, Parameter.KEYWORD_ONLY, annotation=Annotated[kind, place, ""])
    kind = kind if usual is not None else kind | None
    return Parameter(name, Parameter.KEYWORD_ONLY, default=usual, annotation=Annotated[kind, place, sign])


def _kind(hint: Any) -> Any:
    """Return the type that a command line reads for what Python takes."""
    several = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    every = [each for each in several if each is not type(None)]
    origins = {get_origin(each) or each for each in every}
    if origins & {Mapping, Sequence, Collection, list, tuple}:
        return list[str]
    for kind in (bool, int, float):
        if kind in origins:
            return kind
    return Path if Path in origins and Scenario not in origins else str


def texts_of(doc: str) -> dict[str, str]:
    r"""Return parameter -> what a docstring says of it, on one line.

    >>> texts_of("Title.\n\nParameters\n----------\na, b : what\n    it is\n\nReturns\n-------\nc : d")
    {'a': 'what it is', 'b': 'what it is'}
    """
    section = cleandoc(doc).partition("----------\n")[2].split("\n\n")[0]
    pairs = (line.partition(" : ") for line in re.split(r"\n(?=\w[\w, ]* : )", section) if " : " in line)
    return {name.strip(): " ".join(text.split()) for names, _, text in pairs for name in names.split(",")}
