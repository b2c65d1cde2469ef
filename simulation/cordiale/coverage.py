"""Which numbers, levers and scenarios rest on which paragraph of the article."""

from __future__ import annotations

from dataclasses import dataclass, field

from cordiale.checks import paragraphs, walk_coded
from cordiale.library import scenario_names
from cordiale.loaded_pack import LoadedPack
from cordiale.loaded_scenario import find_scenario


@dataclass
class Paragraph:
    """A paragraph of the article and what rests on it."""

    locator: str
    about: str
    numbers: list[str] = field(default_factory=list)
    levers: list[str] = field(default_factory=list)
    scenarios: list[str] = field(default_factory=list)

    @property
    def bare(self) -> bool:
        """Whether nothing rests on it."""
        return not (self.numbers or self.levers or self.scenarios)


def coverage(loaded: LoadedPack) -> list[Paragraph]:
    """Return every paragraph of a pack's article, in order, with what rests on it."""
    table = {locator: Paragraph(locator, about) for locator, about in paragraphs(loaded.pack.case).items()}
    records = {"case": loaded.pack.case, "ties": loaded.pack.ties, **loaded.pack.states}
    for name, record in records.items():
        for path, coded in walk_coded(record):
            if coded.locator:
                table[coded.locator].numbers.append(".".join(str(part) for part in (name, *path)))
    for name, lever in loaded.pack.case.levers.items():
        table[lever.locator].levers.append(name)
    for name in scenario_names(loaded.pack.name):
        locator = find_scenario(name, loaded.pack.name).file.basis.locator
        if locator in table:
            table[locator].scenarios.append(name)
    return list(table.values())
