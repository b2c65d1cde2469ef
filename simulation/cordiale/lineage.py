"""Which files a scenario is made of, in the order in which they apply, and of which pack they are."""

from __future__ import annotations

from copy import copy
from pathlib import Path

from cordiale.errors import OptionError
from cordiale.loaded_pack import LoadedPack, find_pack
from cordiale.loaded_scenario import LoadedScenario, find_parent

DEEPEST = 50  # generations of `extends`


def joined(parts: list[LoadedScenario]) -> LoadedScenario:
    """Return a scenario that stands for several at once: the last one's file under all their names."""
    own = copy(parts[-1])
    own.name = "+".join(part.name for part in parts)
    title = " + ".join(part.file.title for part in parts)
    own.file = own.file.model_copy(update={"title": title})
    return own


def lineage_of(parts: list[LoadedScenario], pack: str | None) -> list[LoadedScenario]:
    """Return the ancestors and the files themselves in the order in which they apply, each once.

    Raises FileError where a parent is missing, or `extends` goes round in a loop.
    """
    order: dict[Path, LoadedScenario] = {}
    for part in parts:
        _add(part, pack, (), order)
    return list(order.values())


def _add(child: LoadedScenario, pack: str | None, below: tuple[Path, ...], order: dict[Path, LoadedScenario]) -> None:
    resolved = child.path.resolve()
    if resolved in below:
        loop = " -> ".join(path.stem for path in (*below[below.index(resolved) :], resolved))
        child.document.fail(("extends",), f"extends goes round in a loop: {loop}")
    if resolved in order:
        return
    if len(below) >= DEEPEST:
        child.document.fail(("extends",), f"more than {DEEPEST} scenarios extend one another in a row")
    pack = child.file.pack or pack or _folder_pack(child)
    for index, name in enumerate(child.parents):
        _add(find_parent(child, index, name, pack), pack, (*below, resolved), order)
    order[resolved] = child


def _folder_pack(layer: LoadedScenario) -> str | None:
    folder = layer.path.resolve().parent
    return folder.name if folder.parent.name == "scenarios" else None


def pack_of(lineage: list[LoadedScenario]) -> LoadedPack:
    """Return the pack that the files, from the last to the first, say or lie under."""
    for layer in reversed(lineage):
        name = layer.file.pack or _folder_pack(layer)
        if name is None:
            continue
        try:
            return find_pack(name)
        except OptionError as error:
            layer.document.fail(("pack",) if layer.file.pack else (), str(error))
    lineage[-1].document.fail((), "says no pack: add `pack: NAME`, or extend a scenario of a pack")
