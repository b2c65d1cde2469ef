"""A scenario ready to run, and which layer said what."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cordiale.case.coding import Coding
from cordiale.case.fields import Names
from cordiale.case.load import LoadedPack
from cordiale.case.numbers import Number
from cordiale.case.pack import Lever
from cordiale.case.quarters import to_index
from cordiale.case.ranges import Coded
from cordiale.files.errors import shown
from cordiale.models.base import Family
from cordiale.scenario.file import ScenarioFile

if TYPE_CHECKING:
    import pandas as pd


Event = tuple[int, str, str, float, int]
Said = tuple[int, str, str, float, int, int, int]


def _in_time(event: tuple[Any, ...]) -> tuple[int, bool, str]:
    return event[0], event[1] != "stop", event[2]


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


@dataclass(init=False, repr=False)
class Scenario:
    """A scenario ready to run.

    Written in Python it says what a file says; `load_scenario` reads one from a file.

    Parameters
    ----------
    title : what it is called on charts
    extends : name of a parent, or names, later ones over earlier ones
    name : what studies and tables call it; made of the title where None
    question, basis : as in a file; those of the last parent where None
    pack, model, uncertainties, horizon, worlds, seed, measures : as in a file
    levers : lever -> 0 to 1, from the first quarter on
    define : levers of its own, as in a file
    timeline : quarter -> {lever: value}, or {"ramp": {lever: value}, "over": 4} and so on; or a list as in a file
    set : laid over it at last, as `--set`: {"FRA.china_tone.ideal": 0.4}
    allow : modules from which a family of models of your own may come

    Attributes
    ----------
    history : of each thing set, the settings of all layers in order

    Raises
    ------
    OptionError for what does not fit the pack, FileError for a fault in a parent's file
    """

    name: str
    file: ScenarioFile
    loaded: LoadedPack
    family: Family
    names: Names
    numbers: dict[str, Number]
    history: dict[str, list[Setting]]
    files: list[Path]
    coding: Coding | None

    def __init__(
        self,
        title: str,
        *,
        extends: str | Sequence[str] = (),
        name: str | None = None,
        question: str | None = None,
        basis: Mapping[str, str] | None = None,
        pack: str | None = None,
        model: str | None = None,
        define: Mapping[str, Mapping[str, Any]] | None = None,
        levers: Mapping[str, float] | None = None,
        timeline: Mapping[str, Mapping[str, Any]] | Sequence[Mapping[str, Any]] | None = None,
        uncertainties: Mapping[str, Mapping[str, Any]] | None = None,
        horizon: str | None = None,
        worlds: int | None = None,
        seed: int | None = None,
        measures: Sequence[str] | None = None,
        set: Mapping[str, Any] | Sequence[str] = (),
        allow: Collection[str] = (),
    ) -> None:
        from cordiale.scenario.in_code import written  # which loads scenarios, and so builds on this file

        said = {
            "title": title, "question": question, "basis": basis, "extends": extends, "pack": pack, "model": model,
            "define": define, "levers": levers, "timeline": timeline, "uncertainties": uncertainties,
            "horizon": horizon, "worlds": worlds, "seed": seed, "measures": measures,
        }  # fmt: skip
        vars(self).update(vars(written(name, said, set, allow)))

    @classmethod
    def of(
        cls,
        name: str,
        file: ScenarioFile,
        loaded: LoadedPack,
        family: Family,
        names: Names,
        numbers: dict[str, Number],
        history: dict[str, list[Setting]] | None = None,
    ) -> Scenario:
        """Return a scenario of a pack that is loaded."""
        made = object.__new__(cls)
        made.name, made.file, made.loaded, made.family = name, file, loaded, family
        made.names, made.numbers, made.history = names, numbers, {} if history is None else history
        made.files, made.coding = [], None
        return made

    def copy(self, **changes: Any) -> Scenario:
        """Return a scenario whose settings can change without changing this one's.

        Parameters
        ----------
        changes : name, title, or another attribute, in place of this one's
        """
        if "title" in changes:
            changes["file"] = self.file.model_copy(update={"title": changes.pop("title")})
        other = object.__new__(type(self))
        vars(other).update(vars(self))
        other.history = {key: list(found) for key, found in self.history.items()}
        vars(other).update(changes)
        return other

    def explain(self, path: str | None = None, everything: bool = False) -> pd.DataFrame:
        """Return where each value comes from: path, value, layer, place, basis, source, and whether it holds.

        Parameters
        ----------
        path : a setting, lever or parameter; all that the scenario says where None
        everything : every number of the pack too
        """
        import pandas as pd

        from cordiale.scenario.explain import explain

        return pd.DataFrame(explain(self, path, everything=everything))

    def differences(self, other: Scenario) -> list[str]:
        """Return in words what another scenario does that this one does not."""
        from cordiale.scenario.words import difference_words

        return difference_words(self, other)

    def known(self, what: str) -> pd.DataFrame:
        """Return what a scenario of this pack can name: "levers", "measures", "parameters" or "scenarios"."""
        import pandas as pd

        from cordiale.scenario.listing import listing

        return pd.DataFrame(listing(what, self.loaded.pack.name))

    def to_yaml(self, path: Path | str | None = None, replace: bool = False) -> str:
        """Return the scenario as the text of a file, from which every world is the same; with a path it is written.

        Raises
        ------
        OptionError for a number that --set fixed in every world, which a file cannot say; StudyError where a file
        is in the way
        """
        from cordiale.scenario.write import scenario_text, write_scenario

        if path is not None:
            write_scenario(self, Path(path), replace)
        return scenario_text(self)

    def __repr__(self) -> str:
        told = "".join(f", {name} {value:g}" for name, value in self.levers.items())
        return f"<Scenario {self.name}: {self.title}{told}>"

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
    def events(self) -> list[Event]:
        """Timeline entries (quarter, kind, lever, value, length), by quarter; those that recur each time."""
        found = {(at, event[2]): event[:5] for event in self.said_events for at in self._again(event)}
        found |= {
            (event[0], event[2]): event[:5] for event in self.said_events
        }  # what is said of a quarter counts more
        dated = [(at, *event[1:]) for (at, _), event in found.items()]
        return sorted(dated, key=_in_time)

    @property
    def said_events(self) -> list[Said]:
        """Timeline entries as they are said: (quarter, kind, lever, value, length, every, until), by quarter.

        every : quarters after which it comes again, 0 where it does not;  until : the last quarter for that, or 0
        """
        found = [found[-1].value for key, found in self.history.items() if key.startswith("event.")]
        events = [(*event, 0, 0)[:7] for event in found if event is not None]  # None: what --set took out
        return sorted(events, key=_in_time)

    def _again(self, event: Said) -> range:
        """Return the quarters in which an event comes again."""
        first, every, until = event[0], event[5], event[6]
        last = min(self.horizon, until or self.horizon)
        return range(first + every, last + 1, every) if every else range(0)

    def event_setting(self, quarter: int, lever: str) -> Setting:
        """Return who said that something happens to a lever in a quarter; of one that recurs, its first time."""
        if f"event.{quarter}.{lever}" in self.history:
            return self.history[f"event.{quarter}.{lever}"][-1]
        first = max(event[0] for event in self.said_events if event[2] == lever and quarter in self._again(event))
        return self.history[f"event.{first}.{lever}"][-1]

    @property
    def own_levers(self) -> dict[str, Lever]:
        """The levers that its files define."""
        return self._last("define.")

    @property
    def known_levers(self) -> dict[str, Lever]:
        """The levers of the pack and the scenario's own."""
        return {**self.loaded.pack.case.levers, **self.own_levers}

    def handle(self, name: str) -> Lever:
        """Return what a name in a timeline moves: a lever, or one coded number by its path."""
        known = self.known_levers
        if name in known:
            return known[name]
        moves = {name: [0.0, 1.0]}  # so that the lever's value is the number's
        return Lever.model_construct(label=name, says="", locator="", moves=moves, shock=False)

    @property
    def ranges(self) -> dict[str, Coded]:
        """Path -> the range that each world draws from."""
        table = {path: number.coded for path, number in self.numbers.items()}
        return table | self._last("uncertainties.")
