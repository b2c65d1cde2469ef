"""What varies: the record of a scenario file."""

from __future__ import annotations

import os
from contextlib import suppress
from copy import copy
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from cordiale.case.load import (
    BESIDE,
    check_stays,
    is_file,
    is_plain,
    pack_folder,
    pack_names,
    roots,
    scenario_folders,
    scenario_names,
)
from cordiale.case.pack import Lever, ModelName, Name, Quarter, Words
from cordiale.case.ranges import Finite, Free, Strict
from cordiale.files.error_messages import Inconsistent
from cordiale.files.errors import Faults, FileError, OptionError, did_you_mean, short, shown, together
from cordiale.files.sift import sift
from cordiale.files.yaml_file import read

MOST_QUARTERS = 400  # of a scenario, a ramp or a shock
MOST_WORLDS = 100_000_000
ParameterPath = Annotated[str, Field(max_length=120)]
Handle = Annotated[str, Field(max_length=120, description="a lever, or the path of a coded number")]
Moves = Annotated[dict[Handle, Finite], Field(min_length=1)]
MeasureText = Annotated[str, Field(max_length=120)]
Sign = Literal["below", "above", "at_least", "at_most"]
SIGNS: tuple[Sign, ...] = get_args(Sign)


LONGEST_NAME = 100


def is_name(name: str) -> bool:
    """Return whether a scenario can be called so: studies, tables and charts are called after it."""
    return len(name) <= LONGEST_NAME and name.isprintable() and (name[:1].isalnum() or name[:1] == "_")


class Condition(Strict):
    """On what history of a world an event happens in it: a measure, one comparison, and when it is read."""

    measure: MeasureText = Field(description="a measure of one entity, as MEASURE:ENTITY")
    below: Finite | None = Field(None, description="the measure is less than this number")
    above: Finite | None = Field(None, description="the measure is more than this number")
    at_least: Finite | None = Field(None, description="the measure is this number or more")
    at_most: Finite | None = Field(None, description="the measure is this number or less")
    in_: Quarter = Field(alias="in", description="the quarter at whose end it is read, before the event's own")
    since: Quarter | None = Field(
        None, description="with it, the condition must hold in every quarter from this one to 'in'"
    )

    @property
    def given(self) -> dict[Sign, float]:
        """The comparisons that are said."""
        return {sign: number for sign in SIGNS if (number := getattr(self, sign)) is not None}

    @model_validator(mode="after")
    def _check(self) -> Self:
        if len(self.given) != 1:
            found = " and ".join(self.given) or "none"
            raise ValueError(f"a condition has exactly one of {', '.join(SIGNS)}; this one has {found}")
        if self.since is not None and self.since > self.in_:
            raise Inconsistent("since", f"the first quarter, {self.since}, is after the last, {self.in_}")
        return self


class Event(Strict):
    """What happens at a quarter; exactly one of act, set, ramp, stop, shock."""

    quarter: Quarter
    act: Annotated[list[ParameterPath], Field(min_length=1)] | None = Field(
        None, description="what states do in this quarter: each a shock of 1 that lasts 1"
    )
    set: Moves | None = Field(None, description="levers that start here, with their values")
    ramp: Moves | None = Field(None, description="levers that move in equal steps to these values")
    stop: Annotated[list[Handle], Field(min_length=1)] | None = Field(
        None, description="levers that end here; the coded number returns"
    )
    shock: Moves | None = Field(None, description="levers that start here and end after `lasts` quarters")
    over: Annotated[int, Field(ge=1, le=MOST_QUARTERS)] | None = Field(None, description="quarters that a ramp takes")
    lasts: Annotated[int, Field(ge=1, le=MOST_QUARTERS)] | None = Field(None, description="quarters that a shock lasts")
    every: Annotated[int, Field(ge=1, le=MOST_QUARTERS)] | None = Field(
        None, description="quarters after which the event comes again"
    )
    until: Quarter | None = Field(None, description="the last quarter in which it may come again")
    when: Condition | None = Field(None, description="it happens only in worlds whose own history meets this")

    @model_validator(mode="after")
    def _check(self) -> Self:
        given = [kind for kind in ("act", "set", "ramp", "stop", "shock") if getattr(self, kind) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none"
            raise ValueError(f"an event has exactly one of act, set, ramp, stop, shock; this one has {found}")
        for kind, length in (("ramp", "over"), ("shock", "lasts")):
            if kind in given and getattr(self, length) is None:
                raise ValueError(f"'{kind}' needs '{length}': how many quarters, such as {length}: 4")
            if kind not in given and getattr(self, length) is not None:
                raise ValueError(f"'{length}' belongs to '{kind}', and this event has '{given[0]}'")
        if self.when is not None and self.every is not None:
            raise ValueError("an event with 'when' happens once: leave 'every' out, or write the event several times")
        if self.until is not None and self.every is None:
            raise ValueError("'until' needs 'every': after how many quarters the event comes again, such as every: 4")
        if self.until is not None and self.until < self.quarter:
            message = f"the last quarter, {self.until}, is before the first, {self.quarter}: nothing comes again"
            raise Inconsistent("until", message)
        for what, quarters in (("shock", self.lasts), ("ramp", self.over)):
            if quarters is not None and self.every is not None and quarters >= self.every:
                raise ValueError(f"a {what} of {quarters} quarters cannot come again after {self.every}")
        return self


class Basis(Strict):
    """Where in the article the scenario's question comes from."""

    locator: Annotated[str, Field(max_length=120)]
    says: Words


class ScenarioFile(Strict):
    """A scenario as it stands in its file; what is absent comes from its parents."""

    title: Words
    question: Words
    basis: Basis
    pack: Name | None = Field(None, description="the case pack; without it the folder's name, or the parents' pack")
    extends: Name | Annotated[list[Name], Field(max_length=20)] = Field(
        default_factory=list, description="parents, later ones over earlier ones"
    )
    against: Name | None = Field(
        None, description="the scenario that this one is read against; without it the first of a study"
    )
    model: ModelName | None = Field(None, description="the family of models; the pack's own without it")
    define: dict[Name, Lever] = Field(default_factory=dict, description="levers of the scenario's own")
    levers: dict[Name, Finite] = Field(default_factory=dict, description="policy from the first quarter on")
    uncertainties: dict[ParameterPath, Free] = Field(
        default_factory=dict, description="ranges in place of the pack's, by path"
    )
    timeline: Annotated[list[Event], Field(max_length=1000)] = Field(default_factory=list)
    horizon: Quarter | None = Field(None, description="the last quarter")
    worlds: Annotated[int, Field(ge=1, le=MOST_WORLDS)] | None = None
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = None
    measures: Annotated[list[MeasureText], Field(min_length=1, max_length=500)] | None = None


# ----------------------------------------------------------------
# From a name or a path to a checked scenario file; its parents are found and not applied (`scenario/load.py`).


class LoadedScenario:
    """One scenario file with its document; parents are not applied yet.

    It is what is usable of the file: its faults stand in the document, and `sound` raises them. FileError where
    nothing is usable.

    Parameters
    ----------
    text : of a scenario that was written in Python, in place of the file's
    """

    def __init__(self, path: Path, text: str | None = None) -> None:
        self.path, self.name, self.in_file = path, path.stem, text is None
        if not is_name(self.name):
            message = f"a scenario is called as its file: a letter first, at most {LONGEST_NAME} plain characters"
            raise FileError(path, None, None, message)
        self.document, said = sift(read(path, text), ScenarioFile)
        if said is None:
            raise together(self.document.faults)
        self.file: ScenarioFile = said

    def sound(self) -> LoadedScenario:
        """Return the scenario file; FileError with all its faults where it has any."""
        if self.document.faults:
            raise together(self.document.faults)
        return self

    @property
    def parents(self) -> list[str]:
        """Names of the parents in the order in which they apply."""
        return [self.file.extends] if isinstance(self.file.extends, str) else list(self.file.extends)


def find_scenario(name: str | Path, pack: str | Path | None = None) -> LoadedScenario:
    """Return the scenario file of a name (in any pack, or the one given by its name or folder) or a path."""
    text = str(name)
    if isinstance(name, Path) or "/" in text or text.endswith((".yaml", ".yml")):
        path = Path(name)
        if os.path.isdir(path):
            raise OptionError(
                f"{short(text)} is a folder: a scenario is a file, and a pack is a folder with a case.yaml"
            )
        if not is_file(path):
            raise OptionError(f"no scenario file {short(text)}{did_you_mean(path.name, _beside(path))}")
        return LoadedScenario(path)
    if pack is None:
        groups = [[root / "scenarios" / each for each in pack_names()] for root in roots()]
    else:
        groups = [[folder] for folder in scenario_folders(pack)]
    for folders in groups if is_plain(text) and text not in BESIDE else []:
        found = [path for folder in folders if is_file(path := folder / f"{text}.yaml")]
        if len(found) > 1:
            of = " and ".join(path.parent.name for path in found)
            raise OptionError(f"{short(text)} is a scenario of the packs {of}: say which with --pack")
        for path in found:
            check_stays(path, "the scenarios' folder")
            return LoadedScenario(path)
    known = _names_of(pack)
    listed = "cordiale list" if pack is None else f"cordiale list --pack {shown(pack)}"
    raise OptionError(f"no scenario {short(text)}{did_you_mean(text, known) or f'; `{listed}` shows them'}")


def _names_of(pack: str | Path | None) -> list[str]:
    """Return the names of the scenarios of a pack, or of every pack."""
    return [name for each in (pack_names() if pack is None else [pack]) for name in scenario_names(each)]


def _beside(path: Path) -> list[str]:
    if not os.path.isdir(path.parent):  # which says no of a name that no folder can have
        return []
    return [found.name for found in path.parent.glob("*.yaml") if found.is_file()]


def find_parent(child: LoadedScenario, index: int, name: str, pack: str | Path | None) -> LoadedScenario:
    """Return a parent: beside its child, or among the pack's scenarios."""
    beside = child.path.parent / f"{name}.yaml"
    if is_file(beside):
        check_stays(beside, "its folder")
        return LoadedScenario(beside)
    try:
        return find_scenario(name, pack)
    except OptionError:
        many = isinstance(child.file.extends, list)
        known = [path.stem for path in child.path.parent.glob("*.yaml")]
        with suppress(OptionError):  # of a pack that there is not, which `pack_of` tells
            known += _names_of(pack)
        message = f"extends '{name}', and there is no such scenario{did_you_mean(name, known)}"
        child.document.fail(("extends", index) if many else ("extends",), message)


# ----------------------------------------------------------------
# Which files a scenario is made of, in the order in which they apply, and of which pack they are.


DEEPEST = 50  # generations of `extends`


def joined(parts: list[LoadedScenario]) -> LoadedScenario:
    """Return a scenario that stands for several at once: the last one's file under all their names."""
    own = copy(parts[-1])
    own.name = "+".join(part.name for part in parts)
    title = " + ".join(part.file.title for part in parts)
    own.file = own.file.model_copy(update={"title": title, "against": None})
    return own


def lineage_of(parts: list[LoadedScenario], pack: str | Path | None, faults: Faults) -> list[LoadedScenario]:
    """Return the ancestors and the files themselves in the order in which they apply, each once.

    Parameters
    ----------
    faults : where it is noted that a parent is missing or cannot be read, or that `extends` goes round in a loop
    """
    order: dict[Path, LoadedScenario] = {}
    for part in parts:
        faults.noted(partial(_add, part, pack, (), order, faults))
    return list(order.values())


def check_against(own: LoadedScenario, pack: str | Path | None) -> None:
    """Note where a file is to be read against itself, or against a scenario that there is not; FileError then."""
    name = own.file.against
    if name is None or (is_file(own.path.parent / f"{name}.yaml") and name != own.name):
        return
    if name == own.name:
        own.document.fail(("against",), "is to be read against itself: name another scenario")
    pack = own.file.pack or pack or _folder_pack(own)
    try:
        find_scenario(name, pack)
    except OptionError:
        known = [path.stem for path in own.path.parent.glob("*.yaml")]
        with suppress(OptionError):  # of a pack that there is not, which `pack_of` tells
            known += _names_of(pack)
        hint = did_you_mean(name, {*known} - {own.name})
        own.document.fail(("against",), f"is to be read against '{name}', and there is no such scenario{hint}")


def _add(
    child: LoadedScenario,
    pack: str | Path | None,
    below: tuple[Path, ...],
    order: dict[Path, LoadedScenario],
    faults: Faults,
) -> None:
    resolved = (
        child.path.resolve() if child.in_file else child.path
    )  # a file of that name may lie here, and be extended
    if resolved in below:
        loop = " -> ".join(path.stem for path in (*below[below.index(resolved) :], resolved))
        child.document.fail(("extends",), f"extends goes round in a loop: {loop}")
    if resolved in order:
        return
    if len(below) >= DEEPEST:
        child.document.fail(("extends",), f"more than {DEEPEST} scenarios extend one another in a row")
    pack = child.file.pack or pack or _folder_pack(child)
    for index, name in enumerate(child.parents):
        parent = faults.noted(partial(find_parent, child, index, name, pack))
        if parent is not None:
            faults.noted(partial(_add, parent, pack, (*below, resolved), order, faults))
    order[resolved] = child


def _folder_pack(layer: LoadedScenario) -> str | None:
    folder = layer.path.resolve().parent
    return folder.name if folder.parent.name == "scenarios" else None


def pack_of(lineage: list[LoadedScenario], given: str | Path | None = None) -> Path:
    """Return the folder of the pack that the files, from the last to the first, say or lie under.

    Parameters
    ----------
    given : by its name or folder, where the files do not say; FileError where they say another
    """
    folder = None if given is None else pack_folder(given)
    for layer in reversed(lineage):
        name = layer.file.pack or _folder_pack(layer)
        if name is None:
            continue
        at = ("pack",) if layer.file.pack else ()
        if folder is not None and folder.name != name:
            why = "as `pack:` says" if layer.file.pack else "in whose folder it lies"
            layer.document.fail(at, f"is a scenario of the pack '{name}', {why}, and not of '{folder.name}'")
        try:
            return folder or pack_folder(name)
        except OptionError as error:
            layer.document.fail(at, str(error))
    if folder is not None:
        return folder
    lineage[-1].document.fail((), "says no pack: add `pack: NAME`, or extend a scenario of a pack")
