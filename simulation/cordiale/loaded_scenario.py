"""From a name or a path to a checked scenario file; its parents are found and not applied (`layers.py`)."""

from __future__ import annotations

import os
from pathlib import Path

from cordiale.errors import FileError, OptionError, did_you_mean, short
from cordiale.library import check_stays, is_file, is_plain, pack_names, roots, scenario_names
from cordiale.scenario import LONGEST_NAME, ScenarioFile, is_name
from cordiale.validate import validate
from cordiale.yamlfile import read


class LoadedScenario:
    """One scenario file with its document; parents are not applied yet."""

    def __init__(self, path: Path) -> None:
        self.path, self.name = path, path.stem
        if not is_name(self.name):
            message = f"a scenario is called as its file: a letter first, at most {LONGEST_NAME} plain characters"
            raise FileError(path, None, None, message)
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
        if os.path.isdir(path):
            raise OptionError(
                f"{short(text)} is a folder: a scenario is a file, and a pack is a folder with a case.yaml"
            )
        if not is_file(path):
            raise OptionError(f"no scenario file {short(text)}{did_you_mean(path.name, _beside(path))}")
        return LoadedScenario(path)
    packs = [pack] if pack else pack_names()
    for root in roots():
        for folder in packs:
            path = root / "scenarios" / folder / f"{text}.yaml"
            if is_plain(text) and is_file(path) and text != "claims":
                check_stays(path, "the scenarios' folder")
                return LoadedScenario(path)
    known = [known for folder in packs for known in scenario_names(folder)]
    hint = did_you_mean(text, known) or "; `cordiale list` shows them"
    raise OptionError(f"no scenario {short(text)}{hint}")


def _beside(path: Path) -> list[str]:
    if not os.path.isdir(path.parent):  # which says no of a name that no folder can have
        return []
    return [found.name for found in path.parent.glob("*.yaml") if found.is_file()]


def find_parent(child: LoadedScenario, index: int, name: str, pack: str | None) -> LoadedScenario:
    """Return a parent: beside its child, or among the pack's scenarios."""
    beside = child.path.parent / f"{name}.yaml"
    if is_file(beside):
        check_stays(beside, "its folder")
        return LoadedScenario(beside)
    try:
        return find_scenario(name, pack)
    except OptionError:
        many = isinstance(child.file.extends, list)
        known = [path.stem for path in child.path.parent.glob("*.yaml")] + (scenario_names(pack) if pack else [])
        message = f"extends '{name}', and there is no such scenario{did_you_mean(name, known)}"
        child.document.fail(("extends", index) if many else ("extends",), message)
