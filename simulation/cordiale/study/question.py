"""A question: a function whose signature and docstring are its command too, and whose answer can be kept and resumed.

    @question
    def moves(actor: str, scenario: Given = "baseline", *, worlds: int = 200, **how: Unpack[How]) -> Moves:

Python, the command line (`cli/asked.py`) and captions under charts have the same parameters under the same names.
"""

from __future__ import annotations

import shlex
import time
import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any, Literal, ParamSpec, TypedDict, TypeVar

from cordiale.engine.pool import Ordered, ordered
from cordiale.files.atomic_write import user_path
from cordiale.files.errors import OptionError, StudyWarning
from cordiale.scenario.layers import BY_SET
from cordiale.scenario.overrides import check_said_once, with_options
from cordiale.scenario.settings import Scenario
from cordiale.study.design import key_of
from cordiale.study.journal import journal
from cordiale.study.result import Result, folder_of
from cordiale.study.run import matched
from cordiale.study.unfinished import Begun, Header

P = ParamSpec("P")
Found = TypeVar("Found", bound=Result)
Given = str | Path | Scenario  # name, path or loaded scenario
LOADING = ("seed", "set", "pack", "model", "allow")  # what a loaded scenario has already
NO_NUMBER = {"out", "replace", "jobs", "progress", "begun_by", "tell", "yes"}  # what changes no number of an answer


class How(TypedDict, total=False):
    """What questions take beside their own parameters.

    Parameters
    ----------
    seed : Seed of all random numbers: the same seed gives the same worlds.
    set : Set a lever, a parameter or the horizon. May be repeated.
    pack : Name or folder of the case pack.
    model : Model to run: diplomacy, landscape, opinion, bargaining, or MODULE:NAME. [default: as scenarios say]
    allow : Allow files to name classes and models of this Python module. May be repeated.
    out : Folder for tables and charts. [default: below outputs/]
    replace : Replace what cordiale wrote there before and nobody has changed since.
    jobs : Number of processes. [default: chosen by the amount of work]
    progress : called with (done, in all)
    begun_by : the command, with its options, that resumes the work
    """

    seed: Annotated[int | None, 0]
    set: Annotated[Mapping[str, Any] | Sequence[str], "PATH=VALUE"]
    pack: str | None
    model: str | None
    allow: Annotated[Collection[str], "MODULE"]
    out: Annotated[Path | str | Literal[True] | None, "PATH"]
    replace: bool
    jobs: Annotated[int | None, 1]
    progress: Callable[[int, int], None] | None
    begun_by: Begun | None


@dataclass(frozen=True)
class Asked:
    """What was asked: a question's name, and what was given for it that is not as usual, in its parameters' order."""

    name: str
    given: Mapping[str, Any]
    arguments: Collection[str] = ()
    started: float = field(default_factory=time.time)

    def words(self) -> list[str]:
        """Return what is typed to ask the same again.

        >>> Asked("sample_size", {"study": "outputs/a", "error": 0.1, "set": {"brexit": 1}}, ["study"]).words()
        ['sample-size', 'outputs/a', '--error', '0.1', '--set', 'brexit=1']
        """
        words, sets = [self.name.replace("_", "-")], list[str]()
        for name, value in self.given.items():
            option = [] if name in self.arguments else [f"--{name.replace('_', '-')}"]
            for each in _each(value):
                words += [*option, *([] if each is True else [each.name if isinstance(each, Scenario) else str(each)])]
            sets += _sets(value) if isinstance(value, Scenario) else []
        return [*words, *sets]

    def command(self) -> str:
        """Return the command line that asks the same again."""
        return shlex.join(["cordiale", *self.words()])


def _each(value: Any) -> Sequence[Any]:
    """Return what is typed for a value, an option each: PATH=VALUE of a mapping."""
    if isinstance(value, Mapping):
        return [f"{name}={one if isinstance(one, str | int | float) else ','.join(map(str, one))}"
                for name, one in value.items()]  # fmt: skip
    return value if isinstance(value, list | tuple) else [value]


def _sets(scenario: Scenario) -> list[str]:
    """Return the options that `--set` laid over a loaded scenario: its horizon, seed, levers and numbers."""
    own = scenario.settings
    found = {"horizon": own.horizon, "seed": own.seed} | dict(own.levers) | dict(own.fixed)
    laid = {name: each.value for name, each in found.items() if each is not None and each.origin == BY_SET}
    return [word for name, value in laid.items() for word in ("--set", f"{name}={value}")]


ASKED: ContextVar[Asked] = ContextVar("ASKED")


def question(function: Callable[P, Found]) -> Callable[P, Found]:
    """Return a function whose answer knows what was asked."""
    known = signature(function).parameters
    arguments = [name for name, each in known.items() if each.default is Parameter.empty and name != "how"]

    @wraps(function)
    def ask(*args: P.args, **kwargs: P.kwargs) -> Found:
        bound = signature(function).bind(*args, **kwargs).arguments
        given = {
            name: value for name, value in (bound | bound.pop("how", {})).items()
            if name not in NO_NUMBER and not (value is None or value is False or value == () or value == [])
            and (name not in known or value != known[name].default)
        }  # fmt: skip
        token = ASKED.set(Asked(function.__name__, given, arguments))
        try:
            return function(*args, **kwargs)
        finally:
            ASKED.reset(token)

    return ask


def renamed(**old: str) -> Callable[[Callable[P, Found]], Callable[P, Found]]:
    """Let parameters be given under the names that they had in the version before: old name -> new name."""

    def of(function: Callable[P, Found]) -> Callable[P, Found]:
        @wraps(function)
        def ask(*args: P.args, **kwargs: P.kwargs) -> Found:
            for name in old.keys() & kwargs.keys():
                warnings.warn(f"{function.__name__}: {name} is called {old[name]} now", StudyWarning, stacklevel=2)
                kwargs[old[name]] = kwargs.pop(name)
            return function(*args, **kwargs)

        return ask

    return of


def laid(
    scenario: Given, how: How, against: Given | None = None, worlds: int | None = None, least: int = 2, **more: Any
) -> tuple[Scenario, Scenario | None]:
    """Return the scenario that is asked about, and the one that is subtracted, as `how` and `worlds` say.

    Raises FileError, OptionError.
    """
    loading: Any = more | {name: value for name, value in how.items() if name in LOADING and value is not None}
    given = loading.get("set", ())
    if not isinstance(given, Mapping):
        check_said_once(given, worlds=worlds, seed=how.get("seed"))
    if worlds is not None and worlds < least:
        raise OptionError(f"--worlds {worlds}: intervals need at least two worlds")
    base, other = matched(scenario, against, **loading)
    return with_options(base, worlds=worlds), other


def names_of(scenario: Scenario, against: Scenario | None = None) -> list[str]:
    """Return what the folder of an answer is called after: a scenario, and what is subtracted."""
    return [scenario.name, "against", against.name] if against else [scenario.name]


def kept(
    work: Callable[[Ordered], Found], how: How, *scenarios: Scenario | None, names: Sequence[str], **about: Any
) -> Found:
    """Return the answer that some work gives; with a folder it is kept there, and goes on where it was interrupted.

    Parameters
    ----------
    work : given what works through tasks, as `pool.ordered` does
    scenarios : that it hangs on
    names : what its folder is called after, where `out` is True: below outputs/
    about : what else it hangs on, as it was resolved, so that "FRA" and "France" are one work
    """
    out, asked = how.get("out"), ASKED.get()
    if out is None:
        return answered(work(ordered), asked)
    target = user_path(folder_of(asked.name.replace("_", "-"), *names) if out is True else out)
    header = Header.of(asked.name, key_of([each for each in scenarios if each], **about), how.get("begun_by"))
    with journal(target, header, replace=how.get("replace", False)) as run:
        found = answered(work(run.ordered), asked, target)
        found.write(run)
    return found


def answered(found: Found, asked: Asked, folder: Path | None = None) -> Found:
    """Return an answer that knows what was asked, and where it is kept, if it is."""
    object.__setattr__(found, "call", asked)
    object.__setattr__(found, "kept_in", folder)
    return found
