"""From a name or a path to a checked pack or scenario file.

Data is looked for in the working directory first (`agents/`, `scenarios/`), then in the data that
cordiale ships: beside the code in a wheel, in the repository's root in a clone.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from cordiale.checks import check_pack
from cordiale.errors import FileError, OptionError, did_you_mean
from cordiale.pack import Case, Pack, StateFile, Ties, Weight
from cordiale.scenario import ScenarioFile
from cordiale.validate import validate, validate_map
from cordiale.yamlfile import Document, read

HERE = Path(__file__).parent


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


def scenario_names(pack: str) -> list[str]:
    """Return the names of a pack's scenarios, `baseline` first."""
    names = {path.stem for root in roots() for path in root.glob(f"scenarios/{pack}/*.yaml")} - {"claims"}
    return sorted(names, key=lambda name: (name != "baseline", name))


# ---------------------------------------------------------------- packs


class LoadedPack:
    """A pack with the documents it was read from, for places in files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.documents: dict[str, Document] = {}
        case = self._read("case", Case)
        weights = dict(_model_weights())
        for name, weight in case.behaviour.items():
            if name not in weights:
                message = f"'{name}' is not a weight of the model{did_you_mean(name, weights)}"
                self.documents["case"].fail(("behaviour", name), message, of_key=True)
            weights[name] = weight
        self.pack = Pack(
            name=folder.name,
            case=case,
            ties=self._read("ties", Ties),
            states={code: self._read(code, StateFile) for code in case.states},
            weights=weights,
        )
        check_pack(self.pack, self.documents)

    def _read(self, name: str, record: type) -> object:
        path = self.folder / f"{name}.yaml"
        if path.exists() and self.folder.resolve() not in path.resolve().parents:
            raise FileError(path, None, None, "leads out of the pack's folder")
        self.documents[name] = read(path)
        return validate(self.documents[name], record)

    @property
    def files(self) -> list[Path]:
        """The files that the pack was read from, and the model's weights."""
        return [document.path for document in self.documents.values()] + [WEIGHTS]


WEIGHTS = HERE / "models" / "diplomacy.yaml"


@lru_cache(maxsize=1)
def _model_weights() -> dict[str, Weight]:
    return validate_map(read(WEIGHTS), Weight)


@lru_cache(maxsize=1)
def weights_document() -> Document:
    """Return the document of the model's own weights."""
    return read(WEIGHTS)


@lru_cache(maxsize=8)
def _load_pack(folder: Path) -> LoadedPack:
    return LoadedPack(folder)


def find_pack(name: str | Path) -> LoadedPack:
    """Return the pack of a name, or in a folder given as a path."""
    if isinstance(name, Path) or "/" in name or (Path(name) / "case.yaml").is_file():
        folder = Path(name)
        if not (folder / "case.yaml").is_file():
            raise OptionError(f"'{name}' is no case pack: it has no case.yaml")
        return _load_pack(folder)
    for root in roots():
        folder = root / "agents" / name
        if (folder / "case.yaml").is_file() and _is_name(name):
            return _load_pack(folder)
    known = pack_names()
    raise OptionError(f"no case pack '{name}'{did_you_mean(name, known)} (known: {', '.join(known) or 'none'})")


def load_pack(name: str | Path = "indo_pacific_2018") -> Pack:
    """Return a checked case pack by its name or folder.

    Raises FileError for a fault in one of its files and OptionError where there is none of that name.
    """
    return find_pack(name).pack


# ---------------------------------------------------------------- scenario files


class LoadedScenario:
    """One scenario file with its document; parents are not applied yet."""

    def __init__(self, path: Path) -> None:
        self.path, self.name = path, path.stem
        self.document = read(path)
        self.file = validate(self.document, ScenarioFile)

    @property
    def parents(self) -> list[str]:
        """Names of the parents in the order in which they apply."""
        return [self.file.extends] if isinstance(self.file.extends, str) else list(self.file.extends)


def find_scenario(name: str | Path, pack: str | None = None) -> LoadedScenario:
    """Return the scenario file of a name (in any pack, or the one given) or a path."""
    text = str(name)
    if isinstance(name, Path) or "/" in text or text.endswith((".yaml", ".yml")):
        path = Path(name)
        if not path.is_file():
            raise OptionError(f"no scenario file '{name}'")
        return LoadedScenario(path)
    packs = [pack] if pack else pack_names()
    for root in roots():
        for folder in packs:
            path = root / "scenarios" / folder / f"{text}.yaml"
            if _is_name(text) and path.is_file() and text != "claims":
                return LoadedScenario(path)
    known = [known for folder in packs for known in scenario_names(folder)]
    raise OptionError(f"no scenario '{text}'{did_you_mean(text, known)}; `cordiale list` shows them")


def find_parent(child: LoadedScenario, index: int, name: str, pack: str | None) -> LoadedScenario:
    """Return a parent: beside its child, or among the pack's scenarios."""
    beside = child.path.parent / f"{name}.yaml"
    if beside.is_file():
        return LoadedScenario(beside)
    try:
        return find_scenario(name, pack)
    except OptionError:
        many = isinstance(child.file.extends, list)
        known = [path.stem for path in child.path.parent.glob("*.yaml")] + (scenario_names(pack) if pack else [])
        message = f"extends '{name}', and there is no such scenario{did_you_mean(name, known)}"
        child.document.fail(("extends", index) if many else ("extends",), message)


def _is_name(text: str) -> bool:
    return text.replace("_", "").replace("-", "").isalnum()
