"""From a name or a folder to a checked case pack, with the places of its numbers in files."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeVar, cast

from pydantic import BaseModel

from cordiale.case.checks import pack_faults
from cordiale.case.fields import FIELDS, Names
from cordiale.case.pack import Case, Pack, StateFile, Ties, Weight
from cordiale.files.error_messages import Record, validate_map
from cordiale.files.errors import Faults, FileError, OptionError, did_you_mean, short, shown, together
from cordiale.files.sift import sift
from cordiale.files.yaml_file import Document, Key, read

MOST_NUMBERS = 500_000
Given = TypeVar("Given")


class LoadedPack:
    """A pack with the documents it was read from, for places in files.

    It is what is usable of them; FileError where nothing is usable of case.yaml.

    Parameters
    ----------
    folder : of the pack
    weights : file of the weights of the family of models that is to run it
    own : whether that is the family that the pack's own weights, its `behaviour:`, are of

    Attributes
    ----------
    faults : what is wrong in its files; a pack that has any can be checked against, and not run
    """

    def __init__(self, folder: Path, weights: Path, own: bool = True) -> None:
        self.folder, self.weights = folder, read_weights(weights)
        self.documents: dict[str, Document] = {}
        self.faults = Faults()
        case = self._noted("case", lambda: _read_case(folder))
        on_disk = [path.stem for path in sorted(folder.glob("[A-Z][A-Z][A-Z].yaml"))]
        if case is not None:
            self._check_states(case, on_disk)
        ties = self._read("ties", Ties)
        codes = on_disk if case is None else [code for code in case.states if self._path(code).exists()]
        states = {code: state for code in codes if (state := self._read(code, StateFile)) is not None}
        if case is None:
            raise together(self.faults)
        self.pack = Pack.model_construct(
            name=folder.name, case=case, ties=ties, states=states, weights=self._weights(case, own),
            lost=self.documents["case"].lost,
        )  # fmt: skip
        self._check_size(Names(self.pack))
        self.faults += pack_faults(self.pack, self.documents)

    def sound(self) -> LoadedPack:
        """Return the pack; FileError with all its faults where it has any."""
        self.faults.raise_any()
        return self

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.yaml"

    def _read(self, name: str, record: type[Record]) -> Record | None:
        """Return what is usable of a file, None where nothing is; its faults are noted."""
        return self._noted(name, lambda: _read(self._path(name), record))

    def _noted(self, name: str, reading: Callable[[], tuple[Document, Given]]) -> Given | None:
        found = self.faults.noted(reading)
        if found is None:
            return None
        self.documents[name], said = found
        self.faults += self.documents[name].faults
        return said

    def _check_states(self, case: Case, on_disk: Sequence[str]) -> None:
        """Note a state without a file, and a state's file without a state."""
        for index, code in enumerate(case.states):
            if not self._path(code).exists():
                message = f"the state {code} has no file: {shown(self._path(code))} is missing"
                place = self.documents["case"].place(("states", index))
                self.faults.append(FileError(self.documents["case"].path, *place, message))
        for code in on_disk:
            if code not in case.states and code not in self.documents["case"].lost:
                message = f"{code} is not among the `states` of case.yaml"
                self.faults.append(FileError(self._path(code), None, None, message))

    def _check_size(self, names: Names) -> None:
        """Raise FileError for a case whose parameters, which grow with the square of its states, no memory holds."""
        size = sum(math.prod(names.shape(field)) for field in FIELDS) + len(names.agreements) ** 2
        if size > MOST_NUMBERS:
            message = f"{len(names.states)} states with these issues, domains and agreements have {size:,} numbers"
            self._note(("states",), f"{message}; at most {MOST_NUMBERS:,}")
            raise together(self.faults)

    def _weights(self, case: Case, own: bool) -> dict[str, Weight]:
        """Return the family's weights with the case's own in place of some; what does not fit is noted."""
        weights = self.faults.noted(lambda: validate_map(self.weights, Weight)) or {}
        for name, weight in case.behaviour.items():
            if name in weights:
                weights[name] = self._fitted(name, weight, weights[name].bounds)
            elif own:
                message = f"'{name}' is not a weight of the model{did_you_mean(name, weights)}"
                self._note(("behaviour", name), message)
        return weights

    def _fitted(self, name: str, weight: Weight, scale: tuple[float, float]) -> Weight:
        """Return a weight of the case's own on the family's scale; note where it leaves it."""
        (bottom, top), at = scale, ("behaviour", name)
        if weight.low < bottom or weight.high > top:
            message = f"{weight.low:g}..{weight.high:g} leaves the scale {bottom:g}..{top:g} of '{name}'"
            self._note((*at, "low" if weight.low < bottom else "high"), message)
        return weight.model_copy(update={"least": bottom, "most": top})

    def _note(self, at: tuple[Key, ...], message: str) -> None:
        """Note a fault at a key of case.yaml."""
        document = self.documents["case"]
        self.faults.append(FileError(document.path, *document.place(at, of_key=True), message))

    @property
    def files(self) -> list[Path]:
        """The files that the pack was read from, and the model's weights."""
        return [document.path for document in self.documents.values()] + [self.weights.path]


HERE = Path(__file__).parent.parent  # the package


@lru_cache(maxsize=8)
def read_weights(path: Path) -> Document:
    """Return the document of a family's weights."""
    return read(path)


def _read(path: Path, record: type[Record]) -> tuple[Document, Record | None]:
    """Return what is usable of a pack's file; FileError for one that is not there, or a link that leads out."""
    check_stays(path, "the pack's folder")
    if not path.exists():
        raise FileError(path, None, None, "no such file: a pack has case.yaml, ties.yaml and a file for each state")
    stat = path.stat()
    document, found = _record(path, record, (stat.st_mtime_ns, stat.st_size))
    return document, cast("Record | None", found)


@lru_cache(maxsize=256)
def _record(path: Path, record: type[BaseModel], stamp: tuple[int, int]) -> tuple[Document, BaseModel | None]:
    """Return what is usable of a pack's file, the same for every family; one that is edited is read again."""
    return sift(read(path), record)


NEEDED = ("states", "theatres", "issues", "domains", "agreements")  # of a case: without them no name can be checked
USUAL_START = "2018Q4"  # of a case that says none, which is a fault: with it the rest is checked


def _read_case(folder: Path) -> tuple[Document, Case]:
    """Return what is usable of a pack's case.yaml; FileError where that is too little to check anything against."""
    document, case = _read(folder / "case.yaml", Case)
    if case is None or any(getattr(case, name) is None for name in NEEDED):
        raise together(document.faults)
    return document, case if case.start else case.model_copy(update={"start": USUAL_START})


Stamp = tuple[tuple[str, int, int], ...]


@lru_cache(maxsize=8)
def _load_pack(folder: Path, weights: Path, own: bool, stamp: Stamp) -> LoadedPack:
    return LoadedPack(folder, weights, own)


def _stamp(folder: Path) -> Stamp:
    """Return names, times and sizes of a pack's files: a pack that is edited is read again."""
    found = [(path.name, path.stat()) for path in sorted(folder.glob("*.yaml")) if path.exists()]
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in found)


def find_pack(name: str | Path, weights: Path, own: bool = True) -> LoadedPack:
    """Return the pack of a name, or in a folder given as a path, with a family's weights; `own` as in `LoadedPack`.

    It is what is usable of its files: their faults stand in it, and `sound` raises them. Raises FileError where
    nothing is usable of its case.yaml, and OptionError where there is no pack of that name.
    """
    folder = pack_folder(name)
    return _load_pack(folder, weights, own, _stamp(folder))


def read_case(name: str | Path) -> tuple[Document, Case]:
    """Return what is usable of the case.yaml of a pack, which may name a model."""
    return _read_case(pack_folder(name))


def pack_folder(name: str | Path) -> Path:
    """Return the folder of a pack, by its name or given as a path; OptionError where there is none."""
    here = Path(os.path.abspath(name))
    if isinstance(name, Path) or "/" in name or is_file(here / "case.yaml"):
        if not is_file(here / "case.yaml"):
            raise OptionError(f"{short(str(name))} is no case pack: it is no folder with a case.yaml")
        return here
    if (folder := _of_name(name)) is not None:
        return folder
    known = pack_names()
    raise OptionError(f"no case pack {short(name)}{did_you_mean(name, known)} (known: {', '.join(known) or 'none'})")


def _of_name(name: str) -> Path | None:
    """Return the nearest folder agents/NAME with a pack; None where there is none."""
    folders = (root / "agents" / name for root in roots() if is_plain(name))
    return next((folder for folder in folders if is_file(folder / "case.yaml")), None)


# ----------------------------------------------------------------
# Where packs and scenarios lie, and what they are called.


def roots() -> list[Path]:
    """Return the folders that may hold `agents/` and `scenarios/`, the nearest first."""
    shipped = HERE / "data"
    if not shipped.is_dir():
        repository = HERE.parent.parent
        shipped = repository if (repository / "pyproject.toml").is_file() else shipped
    return [Path.cwd(), shipped] if Path.cwd() != shipped else [shipped]


def pack_names() -> list[str]:
    """Return the names of the packs that can be found, sorted."""
    return sorted({path.parent.name for root in roots() for path in root.glob("agents/*/case.yaml")})


def nearest_pack(name: str | Path | None = None) -> str | Path:
    """Return the pack that is named, else the only one of the nearest folder that has any.

    Raises OptionError where that folder has several, of which none is chosen in silence.
    """
    if name is not None:
        return name
    for root in roots():
        found = sorted(path.parent.name for path in root.glob("agents/*/case.yaml"))
        if len(found) > 1:
            raise OptionError(
                f"which case pack? {' and '.join(found)} lie in {shown(root / 'agents')}: say with --pack"
            )
        if found:
            return found[0]
    raise OptionError("no case pack: there is no agents/NAME/case.yaml here")


BESIDE = {  # files among scenarios that are none
    "claims": "a pack's claims",
    "expectations": "a pack's expectations",
    "first_questions": "what the page and a class ask first",
    "questions": "questions for a forecast",
}


def scenario_folders(pack: str | Path) -> list[Path]:
    """Return the folders that may hold a pack's scenarios and claims, the nearest first; OptionError without the pack.

    Of a pack that is found by its name they are scenarios/NAME in each of `roots`; of any other folder agents/NAME,
    which is given as a path, scenarios/NAME beside its agents/; a folder elsewhere has none.
    """
    folder = pack_folder(pack)
    if folder == _of_name(folder.name):
        return [root / "scenarios" / folder.name for root in roots()]
    return [folder.parent.parent / "scenarios" / folder.name] if folder.parent.name == "agents" else []


def beside_scenarios(pack: str | Path, name: str) -> Path | None:
    """Return a file that lies among a pack's scenarios; None where there is none."""
    for folder in scenario_folders(pack):
        if is_file(path := folder / name):
            check_stays(path, "the scenarios' folder")
            return path
    return None


def scenario_names(pack: str | Path) -> list[str]:
    """Return the names of a pack's scenarios, `baseline` first."""
    found = [path for folder in scenario_folders(pack) for path in folder.glob("*.yaml")]
    names = {path.stem for path in found if path.is_file()} - set(BESIDE)
    return sorted(names, key=lambda name: (name != "baseline", name))


def is_file(path: Path) -> bool:
    """Return whether a path is a file; False for a path that cannot be one."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def check_stays(path: Path, where: str) -> None:
    """Raise FileError for a link that leads out of the folder it lies in."""
    if path.is_symlink() and path.exists() and path.parent.resolve() not in path.resolve().parents:
        raise FileError(path, None, None, f"is a link that leads out of {where}")


def is_plain(text: str) -> bool:
    """Return whether a name is one of letters, digits, `_` and `-` alone, and so no path."""
    return text.replace("_", "").replace("-", "").isalnum()
