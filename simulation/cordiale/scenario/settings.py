"""A scenario ready to run, and which layer said what."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cordiale.case.coding import Coding
from cordiale.case.fields import Names
from cordiale.case.load import LoadedPack
from cordiale.case.numbers import Number
from cordiale.case.quarters import to_index
from cordiale.case.ranges import Coded
from cordiale.files.errors import shown
from cordiale.models.base import Family
from cordiale.scenario.file import ScenarioFile


@dataclass(frozen=True)
class Origin:
    """Who set a value: a layer's name, and the file, line and column where it stands (None for --set)."""

    layer: str
    file: str | None
    line: int | None
    column: int | None = None

    def __str__(self) -> str:
        return self.layer if self.file is None else f"{shown(self.file)}:{self.line}"


@dataclass(frozen=True)
class Setting:
    """One value of one layer."""

    value: Any
    origin: Origin


@dataclass
class Scenario:
    """A scenario ready to run; `history` keeps, for each thing set, the settings of all layers in order."""

    name: str
    file: ScenarioFile
    loaded: LoadedPack
    family: Family
    names: Names
    numbers: dict[str, Number]
    history: dict[str, list[Setting]] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    coding: Coding | None = None

    def copy(self) -> Scenario:
        """Return a scenario whose settings can change without changing this one's."""
        return replace(self, history={key: list(found) for key, found in self.history.items()})

    def _last(self, prefix: str) -> dict[str, Any]:
        cut = len(prefix)
        return {key[cut:]: found[-1].value for key, found in self.history.items() if key.startswith(prefix)}

    @property
    def model(self) -> str:
        """Name of the family of models."""
        return self.family.name

    @property
    def title(self) -> str:
        """The scenario's title."""
        return self.file.title

    @property
    def start(self) -> int:
        """Running number of the first quarter."""
        return to_index(self.loaded.pack.case.start)

    @property
    def horizon(self) -> int:
        """Running number of the last quarter."""
        return to_index(self._setting("horizon", "2025Q4"))

    @property
    def quarters(self) -> int:
        """How many quarters a world lives."""
        return self.horizon - self.start + 1

    @property
    def worlds(self) -> int:
        """How many worlds to run."""
        return int(self._setting("worlds", 500))

    @property
    def seed(self) -> int:
        """Seed of all streams."""
        return int(self._setting("seed", 0))

    @property
    def measures(self) -> list[str]:
        """Measures to record."""
        return list(self._setting("measures", [self.family.headline]))

    def _setting(self, name: str, default: Any) -> Any:
        return self.history[name][-1].value if name in self.history else default

    @property
    def levers(self) -> dict[str, float]:
        """Levers set from the first quarter on."""
        return self._last("levers.")

    @property
    def fixed(self) -> dict[str, float]:
        """Parameters that --set fixed in every world."""
        return self._last("fixed.")

    @property
    def events(self) -> list[tuple[int, str, str, float, int]]:
        """Timeline entries (quarter, kind, lever, value, length), by quarter."""
        found = [found[-1].value for key, found in self.history.items() if key.startswith("event.")]
        found = [event for event in found if event is not None]  # what --set took out
        return sorted(found, key=lambda event: (event[0], event[1] != "stop", event[2]))

    @property
    def ranges(self) -> dict[str, Coded]:
        """Path -> the range that each world draws from."""
        table = {path: number.coded for path, number in self.numbers.items()}
        return table | self._last("uncertainties.")
